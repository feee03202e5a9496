"""Losses: one number for a prediction and a target of its shape, a batch averaged.

All but ``squared_error`` take a mean over the batch. The two cross-entropies over classes
add up along the last axis, the classes; for the others every entry counts as one of the batch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.cotangent_arithmetic import times
from graphdiff.language.expression import (
    Constant,
    Expression,
    apply,
    as_expression,
    count,
    described,
)
from graphdiff.language.functions.movement import summed_to
from graphdiff.language.tensors.common import Keywords, composite, named_map, vector
from graphdiff.language.tensors.softmax import log_softmax


def squared_error(prediction: Any, target: Any) -> Expression:
    """Return the sum of squared errors Σ (p − y)², over the batch too.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.squared_error(g.parameter("p", [5, 3]), [2, 1]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["p"]
    (13.0, array([6., 4.]))
    """
    return _loss("squared_error", prediction, target, lambda p, y: ((p - y) ** 2).sum())


def mse(prediction: Any, target: Any) -> Expression:
    """Return the mean squared error (1/n) Σ (p − y)² over all n entries.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.mse(g.parameter("p", [5, 3]), [2, 1]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["p"]
    (6.5, array([3., 2.]))
    """
    return _loss("mse", prediction, target, lambda p, y: ((p - y) ** 2).mean())


def absolute_error(prediction: Any, target: Any) -> Expression:
    """Return the mean absolute error (1/n) Σ abs(p − y); its derivative at p = y is 0.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.absolute_error(g.parameter("p", [5, 1]), [2, 1]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["p"]
    (1.5, array([0.5, 0. ]))
    """
    return _loss("absolute_error", prediction, target, lambda p, y: abs(p - y).mean())


def huber(prediction: Any, target: Any, *, delta: Any = 1) -> Expression:
    """Return the mean of e²/2 where abs(e) ≤ delta, else of delta·(abs(e) − delta/2), e = p − y.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar, or delta is no positive number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.huber(g.parameter("p", [2, 0.5]), [-1, 0]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["p"]
    (1.3125, array([0.5 , 0.25]))
    """
    bound = as_expression(delta)
    if not isinstance(bound, Constant) or not bound.value > 0:
        raise GraphError(f"the delta of huber is {delta!r:.40}; it must be a positive number")

    def expand(p: Expression, y: Expression) -> Expression:
        size = abs(p - y)
        inside, outside = (p - y) ** 2 / 2, bound * (size - bound / 2)
        return apply(named_map("where"), size <= bound, inside, outside).mean()

    def rule(
        slot: int, c: Expression, arguments: tuple[Expression, ...], _: Expression
    ) -> Expression:
        error = arguments[0] - arguments[1]
        back = times(c, apply(named_map("clip"), error, -bound.value, bound) / count(error.size))
        return summed_to(back if slot == 0 else -back, arguments[slot].shape)

    keywords = () if bound.value == 1 else (("delta", bound.text),)
    return _loss("huber", prediction, target, expand, keywords, rule=rule)


def hinge(score: Any, target: Any) -> Expression:
    """Return the mean of max(1 − y·s, 0), for targets y of −1 and 1; at 1 the derivative is 0.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.hinge(g.parameter("s", [0.5, -2]), [1, -1]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["s"]
    (0.25, array([-0.5,  0. ]))
    """
    return _loss("hinge", score, target, lambda s, y: apply(named_map("relu"), 1 - y * s).mean())


def binary_cross_entropy(probability: Any, target: Any) -> Expression:
    """Return the mean of −y log p − (1 − y) log(1 − p); 0·log 0 is 0.

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.binary_cross_entropy(g.parameter("p", [0, 0.5]), [0, 1]))
    >>> run = g.backward(exact=True)
    >>> run.value["L"], run.gradient["p"]
    (log(2)/2, array([1/2, -1], dtype=object))
    """

    def expand(p: Expression, y: Expression) -> Expression:
        xlogy = named_map("xlogy")
        return -(apply(xlogy, y, p) + apply(xlogy, 1 - y, 1 - p)).mean()

    return _loss("binary_cross_entropy", probability, target, expand)


def binary_cross_entropy_with_logits(logit: Any, target: Any) -> Expression:
    """Return the mean of log(1 + exp(z)) − y·z: binary cross-entropy of p = sigmoid(z).

    Raises
    ------
    GraphError
        If the shapes differ and neither is a scalar.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.parameter("z", [1000, -1000])
    >>> L = g.node("L", gd.binary_cross_entropy_with_logits(z, [0, 0]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["z"]
    (500.0, array([0.5, 0. ]))
    """
    return _loss(
        "binary_cross_entropy_with_logits", logit, target,
        lambda z, y: (apply(named_map("softplus"), z) - y * z).mean(),
    )  # fmt: skip


def cross_entropy(probability: Any, target: Any) -> Expression:
    """Return −Σ y log p along the last axis, its mean over the batch; 0·log 0 is 0.

    Shapes (…, classes) of both: the target is a distribution, such as a one-hot vector.

    Raises
    ------
    GraphError
        For a scalar, or if the shapes differ.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.cross_entropy(g.parameter("p", [0, 0.5, 0.5]), [0, 1, 0]))
    >>> run = g.backward(exact=True)
    >>> run.value["L"], run.gradient["p"]
    (log(2), array([0, -2, 0], dtype=object))
    """
    return _of_classes(
        "cross_entropy", probability, target,
        lambda p, y: -apply(named_map("xlogy"), y, p).sum(-1).mean(),
    )  # fmt: skip


def cross_entropy_with_logits(logits: Any, target: Any) -> Expression:
    """Return −Σ y log softmax(z) along the last axis, its mean over the batch.

    Shapes (…, classes) of both: the target is a distribution, such as a one-hot vector.

    Raises
    ------
    GraphError
        For a scalar, or if the shapes differ.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.parameter("z", [1000, -1000])
    >>> L = g.node("L", gd.cross_entropy_with_logits(z, [0, 1]))
    >>> run = g.backward()
    >>> run.value["L"], run.gradient["z"]
    (2000.0, array([ 1., -1.]))
    """
    return _of_classes(
        "cross_entropy_with_logits", logits, target,
        lambda z, y: -(y * log_softmax(z)).sum(-1).mean(),
    )  # fmt: skip


def _loss(
    name: str,
    prediction: Any,
    target: Any,
    expand: Callable[[Expression, Expression], Expression],
    keywords: Keywords = (),
    **options: Any,
) -> Expression:
    prediction, target = as_expression(prediction), as_expression(target)
    if prediction.shape != target.shape and target.shape and prediction.shape:
        raise GraphError(
            f"{name} compares {described(prediction)} with {described(target)}; "
            "the shapes must be equal"
        )
    return composite(name, expand, prediction, keywords, target, **options)


def _of_classes(
    name: str, prediction: Any, target: Any, expand: Callable[..., Expression]
) -> Expression:
    prediction, target = vector(prediction, name), as_expression(target)
    if target.ndim < prediction.ndim:
        raise GraphError(
            f"{name} compares {described(prediction)} with {described(target)}; the target must "
            "have the same shape: for each class its probability, 1 for the right one, else 0"
        )
    return _loss(name, prediction, target, expand)


LOSSES = frozenset(
    function.__name__
    for function in (
        squared_error, mse, absolute_error, huber, hinge, binary_cross_entropy,
        binary_cross_entropy_with_logits, cross_entropy, cross_entropy_with_logits,
    )
)  # fmt: skip
"""The names of all losses."""
