"""Normalisation: of each vector, or of each entry over a batch."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language.cotangent_arithmetic import times
from graphdiff.language.expression import Constant, Expression, apply, as_expression, described
from graphdiff.language.functions.movement import summed_to
from graphdiff.language.shapes import shown
from graphdiff.language.tensors.common import composite, named_map, vector
from graphdiff.language.tensors.reductions import var

EPSILON = Decimal("0.00001")


def layer_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: Any = EPSILON) -> Expression:
    """Return γ ⊙ (x − mean) / √(variance + eps) + β along the last axis.

    Shapes (…, n), gamma and beta (n,) or scalars; the variance is divided by n.

    Raises
    ------
    GraphError
        For a scalar, a gamma or beta of another shape, and an eps below 0.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.layer_norm([[1, 3], [5, 5]], eps=0.5625))
    >>> g.forward(exact=True).value["z"]
    array([[-4/5, 4/5],
           [0, 0]], dtype=object)
    """
    x = vector(x, "layer_norm")
    return _normalised("layer_norm", x, (x.ndim - 1,), gamma, beta, eps)


def batch_norm(x: Any, gamma: Any = None, beta: Any = None, *, eps: Any = EPSILON) -> Expression:
    """Return γ ⊙ (x − mean) / √(variance + eps) + β, mean and variance over the batch.

    Shapes (…, n), gamma and beta (n,) or scalars. Every axis but the last is the batch.

    Raises
    ------
    GraphError
        For less than two axes, a gamma or beta of another shape, and an eps below 0.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.batch_norm([[1, 5], [3, 5]], 10, eps=0.5625))
    >>> g.forward(exact=True).value["z"]
    array([[-8, 0],
           [8, 0]], dtype=object)
    """
    x = as_expression(x)
    if x.ndim < 2:
        raise GraphError(f"batch_norm takes a batch of vectors, but was given {described(x)}")
    return _normalised("batch_norm", x, tuple(range(x.ndim - 1)), gamma, beta, eps)


def _normalised(
    name: str, x: Expression, axes: tuple[int, ...], gamma: Any, beta: Any, eps: Any
) -> Expression:
    epsilon = eps if isinstance(eps, Constant) else Constant(eps)
    if epsilon.value.is_negative:
        raise GraphError(f"the eps of {name} is {epsilon.text}; it must not be negative")
    if beta is not None and gamma is None:
        gamma = 1
    given = [as_expression(part) for part in (gamma, beta) if part is not None]
    for what, part in zip(("gamma", "beta"), given, strict=False):
        if part.shape not in ((), x.shape[-1:]):
            raise GraphError(
                f"the {what} of {name} is {described(part)}; for {described(x)} it must have "
                f"shape {shown(x.shape[-1:])}"
            )

    def expand(a: Expression, *affine: Expression) -> Expression:
        centred = a - a.mean(axes, keepdims=True)
        deviation = apply(named_map("sqrt"), (centred**2).mean(axes, keepdims=True) + epsilon)
        scaled = centred / deviation
        if affine:
            scaled = scaled * affine[0]
        return scaled + affine[1] if len(affine) > 1 else scaled

    def rule(
        slot: int, c: Expression, arguments: tuple[Expression, ...], value: Expression
    ) -> Expression:
        a, *affine = arguments
        if slot == 2:
            return summed_to(c, affine[1].shape)
        scaled = composite(name, expand, a, keywords, rule=rule) if affine else value
        if slot == 1:
            return summed_to(times(c, scaled), affine[0].shape)
        g = times(c, affine[0]) if affine else c
        along = (g * scaled).mean(axes, keepdims=True)
        spread = var(a, axes, keepdims=len(axes) < a.ndim)
        deviation = apply(named_map("sqrt"), spread + epsilon)
        return (g - g.mean(axes, keepdims=True) - scaled * along) / deviation

    keywords = () if epsilon.value == Constant(EPSILON).value else (("eps", epsilon.text),)
    return composite(name, expand, x, keywords, *given, rule=rule)
