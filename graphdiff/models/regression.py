"""Regressions: the networks of one layer, on a batch of examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.models.mlp import MLP, mlp


def linear_regression(
    x: Any,
    y: Any,
    *,
    weights: Any = None,
    bias: Any = None,
    l2: Any = 0,
    l1: Any = 0,
    title: str = "Linear regression",
) -> MLP:
    r"""Return linear regression on a batch: ŷ = X Wᵀ + b, E = mean of (ŷ − y)².

    Parameters
    ----------
    x
        The examples, a row each: (m, n).
    y
        The targets, (m,) or (m, k).
    weights, bias
        Values of W, (k, n) or (n,), and of b, (k,) or a number; 0 if left out.
    l2, l1
        λ of the penalties λ/2 Σ w² (ridge) and λ Σ abs(w) (lasso).

    Raises
    ------
    GraphError
        If the rows are not equally many, or the weights do not fit.

    Examples
    --------
    >>> import graphdiff as gd
    >>> model = gd.models.linear_regression([[1], [2]], [2, 4], weights=[1])
    >>> run = model.backward()
    >>> run.value["E"], run.gradient["W__1"]
    (2.5, array([[-5.]]))
    """
    outputs = 1 if np.ndim(y) == 1 else _columns(y)
    return _one_layer(x, y, outputs, "identity", "mse", weights, bias, l2, l1, title)


def logistic_regression(
    x: Any,
    y: Any,
    *,
    weights: Any = None,
    bias: Any = None,
    l2: Any = 0,
    l1: Any = 0,
    title: str = "Logistic regression",
) -> MLP:
    r"""Return logistic regression on a batch: ŷ = σ(X Wᵀ + b), E the binary cross-entropy.

    Parameters and errors as for :func:`linear_regression`; y is 0 or 1.

    Examples
    --------
    >>> import graphdiff as gd
    >>> model = gd.models.logistic_regression([[1], [-1]], [1, 0])
    >>> model.backward().gradient["W__1"]
    array([[-0.5]])
    """
    return _one_layer(x, y, 1, "sigmoid", "binary_cross_entropy", weights, bias, l2, l1, title)


def softmax_regression(
    x: Any,
    y: Any,
    *,
    classes: int | None = None,
    weights: Any = None,
    bias: Any = None,
    l2: Any = 0,
    l1: Any = 0,
    title: str = "Softmax regression",
) -> MLP:
    r"""Return softmax regression on a batch: ŷ = softmax(X Wᵀ + b), E the cross-entropy.

    Parameters and errors as for :func:`linear_regression`.

    Parameters
    ----------
    y
        The numbers of the classes, (m,), or rows of 0 and 1, (m, k).
    classes
        How many there are; left out, one more than the largest number in y.

    Examples
    --------
    >>> import graphdiff as gd
    >>> model = gd.models.softmax_regression([[1, 0], [0, 1], [1, 1]], [0, 1, 2])
    >>> model.backward().gradient["b__1"].round(3) + 0
    array([0., 0., 0.])
    """
    if classes is None:
        classes = int(np.max(y)) + 1 if np.ndim(y) == 1 and np.size(y) else _columns(y)
    return _one_layer(x, y, classes, "softmax", "cross_entropy", weights, bias, l2, l1, title)


def _columns(y: Any) -> int:
    shape = np.shape(y)
    if len(shape) != 2:
        raise GraphError(f"y has shape {shape}; give a number, or a row, for each example")
    return shape[1]


def _one_layer(
    x: Any,
    y: Any,
    outputs: int,
    output: str,
    loss: str,
    weights: Any,
    bias: Any,
    l2: Any,
    l1: Any,
    title: str,
) -> MLP:
    shape = np.shape(x)
    if len(shape) != 2:
        raise GraphError(
            f"x has shape {shape}; give a row for each example, (m, n); a single number for each "
            "is a column, [[1], [2]]"
        )
    if np.shape(y)[:1] != shape[:1]:
        rows = np.shape(y)[0] if np.ndim(y) else 0
        raise GraphError(f"x has {shape[0]} rows and y {rows}; give as many targets as examples")
    size = (outputs, shape[1])
    W = np.zeros(size) if weights is None else _as_row(weights, outputs)
    b = np.zeros(outputs) if bias is None else [bias] if np.ndim(bias) == 0 else bias
    return mlp(
        (shape[1], outputs), (), output, loss,
        x=x, y=y, weights=[W], biases=[b], l2=l2, l1=l1, title=title,
    )  # fmt: skip


def _as_row(weights: Any, outputs: int) -> Any:
    return [weights] if outputs == 1 and np.ndim(weights) == 1 else weights
