"""Training: steps of a method on batches of data, epoch by epoch."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.learning import batches, data
from graphdiff.learning.callbacks import Callback, as_callbacks
from graphdiff.learning.choices import whole
from graphdiff.learning.history import Training
from graphdiff.learning.methods import adam
from graphdiff.learning.trainer import Trainer
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import as_method
from graphdiff.workbench import Graph


def fit(
    model: Graph,
    X: Any,
    y: Any = None,
    *,
    optimiser: Method | str | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    validation: Any = None,
    callbacks: Callback | Sequence[Callback] = (),
    metrics: Any = (),
    prediction: Any = None,
    output: Any = None,
    wrt: Any = None,
    residuals: str | None = None,
    shuffle: bool = True,
    seed: int = 0,
    dtype: Any = None,
    backend: str = "numpy",
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Training:
    r"""Train a graph: θ ← θ − step(∇ of the mean over a batch), batch by batch, epoch by epoch.

    Parameters
    ----------
    model
        A network of :func:`graphdiff.models.mlp`, or any graph whose inputs take rows: by a leading
        axis, whose size is best a letter, ``shape=("m", 4)``, or one example at a time; then its
        output is averaged over the batch.
    X
        Rows, (N, …), or a mapping from the names of inputs to rows. For data larger than memory a
        function without arguments that yields the batches of an epoch, ``(X, y)`` or mappings.
    y
        The targets, a row each; for several outputs also the numbers of classes, (N,).
    optimiser
        A method of descent, or its name; ``adam()`` if left out. Those with a line search, and
        others that need more than the gradient at one place, are of all rows at once.
    epochs
        How often all data are gone through.
    batch_size
        Rows of a batch, the last of an epoch may have fewer; 32, or all if there are fewer, or the
        method needs them.
    validation
        Data that are not trained on, ``(X, y)`` or a mapping; or the part of the rows to keep for
        it, of (0, 1), chosen by the seed.
    callbacks
        One or several, called after each epoch with the history; one that returns a text ends the
        training.
    metrics
        Names of :data:`graphdiff.learning.metrics.METRICS`, or functions of outputs and targets.
    prediction
        The node that metrics are of; that of a network is known.
    output
        What is minimised, a number; may be left out when there is only one output.
    wrt
        The parameters that change; all if left out.
    residuals
        The node r that the objective is a sum or mean of squares of, for Gauss–Newton and
        Levenberg–Marquardt.
    shuffle, seed
        Whether rows come in another order in each epoch, and from where the orders are drawn, and
        the masks of :func:`with_dropout`: those of step t are ``dropout_masks(graph, (seed, t))``.
    dtype
        ``"float64"`` or ``"float32"``.
    backend
        Who computes values and gradients, as in ``graph.compile``.
    progress
        Whether a bar is shown.
    checkpoint
        A file, ``.npz``, that is written after each epoch; if there is one, of the same training,
        it goes on from there, bit for bit as if it had not stopped.

    Returns
    -------
    Training
        The model with its trained values, the history, and the best epoch. Ctrl-C ends it after
        the last whole epoch, with the best values.

    Raises
    ------
    GraphError
        For data or settings that do not fit, in one line.
    NumericalError
        When the objective is no longer finite, naming step, node and value.
    FileError
        If the checkpoint is of another training.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 4, 1], output="sigmoid", loss="binary_cross_entropy", seed=1)
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> xor = fit(net, X, y, optimiser=gd.learning.adam(0.1), metrics="accuracy")
    >>> xor.best.metrics
    {'accuracy': 1.0}
    """
    method = adam() if optimiser is None else as_method(optimiser)
    stops = as_callbacks(callbacks)
    stream: Callable[[], Any] | None = X if callable(X) else None
    if isinstance(X, Iterator):
        raise GraphError(
            "X is used up after one epoch; give the function that makes it, called for each"
        )
    if stream is not None:
        if y is not None or batch_size is not None or isinstance(validation, float):
            raise GraphError(
                "a function yields whole batches, targets among them; leave out y and batch_size, "
                "and give data to validate with, validation=(X, y)"
            )
        if not method.is_of_gradients:
            raise GraphError(
                f"{method.rule.title} needs all rows at once; give arrays, or a method such as adam"
            )
        first = next(batches.streamed(model, stream))
    else:
        first = data.arrays_of(model, X, y)
    trainer = Trainer(
        model, first, method, validation=validation, batch_size=batch_size, metrics=metrics,
        prediction=prediction, output=output, wrt=wrt, residuals=residuals, shuffle=shuffle,
        seed=whole(seed, "seed", 0), dtype=dtype, backend=backend,
        epochs=whole(epochs, "epochs"), stream=stream,
    )  # fmt: skip
    return trainer.run(stops, progress, checkpoint)
