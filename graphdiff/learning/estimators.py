"""Networks as estimators of scikit-learn, for its pipelines and searches; the extra ``sklearn``."""

# pyright: reportMissingImports=false

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from graphdiff.errors import GraphError
from graphdiff.learning.callbacks import early_stopping
from graphdiff.learning.choices import USUAL_BATCH
from graphdiff.learning.fitting import fit
from graphdiff.learning.history import Training
from graphdiff.learning.methods import called
from graphdiff.learning.predicting import predict
from graphdiff.models.mlp import MLP, mlp
from graphdiff.optimisers.method import Method


class _Network(BaseEstimator):
    """What both estimators have."""

    def __init__(
        self,
        hidden: Sequence[int] = (32,),
        activation: str = "tanh",
        *,
        l2: float = 0.0,
        optimiser: str | Method = "adam",
        learning_rate: float = 0.01,
        epochs: int = 200,
        batch_size: int | None = None,
        validation: float | None = None,
        patience: int | None = None,
        random_state: Any = 0,
        progress: bool = False,
    ) -> None:
        self.hidden = hidden
        self.activation = activation
        self.l2 = l2
        self.optimiser = optimiser
        self.learning_rate = learning_rate
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation = validation
        self.patience = patience
        self.random_state = random_state
        self.progress = progress

    def _trained(self, X: np.ndarray, y: np.ndarray, outputs: int, output: str, loss: str) -> None:
        """Train a network on checked data, and keep it."""
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        init = "he" if self.activation == "relu" else "xavier"
        sizes = [X.shape[1], *self.hidden, outputs]
        net = mlp(sizes, self.activation, output, loss, init=init, l2=self.l2, seed=seed)
        method = self.optimiser
        if not isinstance(method, Method):
            method = called(method)(self.learning_rate)
        size = min(USUAL_BATCH if self.batch_size is None else self.batch_size, len(X))
        stops = [] if self.patience is None else [early_stopping(self.patience)]
        self.training_: Training = fit(
            net, X, y, optimiser=method, epochs=self.epochs, batch_size=size, seed=seed,
            validation=self.validation, callbacks=stops, progress=self.progress,
        )  # fmt: skip
        self.n_iter_ = len(self.training_.history)

    @property
    def model_(self) -> MLP:
        """The trained network, a graph like any other."""
        check_is_fitted(self, "training_")
        assert isinstance(self.training_.model, MLP)  # noqa: S101 - it was made here
        return self.training_.model

    def _predicted(self, X: Any) -> np.ndarray:
        check_is_fitted(self, "training_")
        return predict(self.model_, validate_data(self, X, reset=False, dtype=np.float64))


class GraphClassifier(ClassifierMixin, _Network):
    """A multilayer perceptron that tells classes apart, as an estimator of scikit-learn.

    Two classes have one output, a sigmoid; more have one each, a softmax; the loss is the
    cross-entropy.

    Parameters
    ----------
    hidden, activation
        The neurons of each hidden layer, and their activation.
    l2
        λ of the penalty λ/2 Σ w².
    optimiser, learning_rate
        The name of a method of descent and its rate, or a method that has its own.
    epochs, batch_size
        How often all rows are gone through, and how many make a batch.
    validation, patience
        The part of the rows kept to validate with, and how many epochs that may get no better
        until training ends; None for none.
    random_state
        Where weights and orders are drawn from.
    progress
        Whether a bar is shown.

    Attributes
    ----------
    classes_
        The classes.
    training_
        The :class:`graphdiff.learning.Training`, with its history.
    n_iter_
        How many epochs were made.

    Examples
    --------
    >>> from graphdiff.learning import GraphClassifier
    >>> xor = GraphClassifier(hidden=[6]).fit([[0, 0], [0, 1], [1, 0], [1, 1]], list("abba"))
    >>> xor.predict([[0, 1], [1, 1]])
    array(['b', 'a'], dtype='<U1')
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on rows and their classes."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, numbers = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            one = self.classes_.tolist()[0]
            raise GraphError(
                f"all {len(y)} targets are of one class, {one!r:.40}; a classifier needs two "
                "classes at least"
            )
        if len(self.classes_) == 2:
            self._trained(X, numbers, 1, "sigmoid", "binary_cross_entropy_with_logits")
        else:
            count = len(self.classes_)
            self._trained(X, numbers, count, "softmax", "cross_entropy_with_logits")
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of each class, a row for each row."""
        found = self._predicted(X)
        return np.hstack([1 - found, found]) if found.shape[1] == 1 else found

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class of each row."""
        found = self.predict_proba(X)
        return self.classes_[found.argmax(axis=1)]


class GraphRegressor(RegressorMixin, _Network):
    """A multilayer perceptron that predicts numbers, as an estimator of scikit-learn.

    The loss is the mean squared error. Parameters and attributes are those of
    :class:`GraphClassifier`, but for the classes.

    Examples
    --------
    >>> from graphdiff.learning import GraphRegressor
    >>> line = GraphRegressor(hidden=[], learning_rate=0.1).fit([[0], [1], [2]], [1, 3, 5])
    >>> line.predict([[10]]).round(1)
    array([21.])
    """

    def fit(self, X: Any, y: Any) -> Self:
        """Train on rows and their numbers, one or several each."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        self._is_flat = np.ndim(y) == 1
        targets = np.asarray(y, np.float64).reshape(len(X), -1)
        self._trained(X, targets, targets.shape[1], "identity", "mse")
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Return the numbers of each row."""
        found = self._predicted(X)
        return found[:, 0] if self._is_flat else found

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
