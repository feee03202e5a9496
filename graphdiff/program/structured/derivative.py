"""Derivatives of tensors in tensors: forward, backward, and of gradients."""

from __future__ import annotations

import math

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.language.expression import Apply, Expression, brief, in_order
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Eye
from graphdiff.language.shapes import is_known, shown
from graphdiff.local_functions.pullback import Placeholder, pullback
from graphdiff.program.structured.form import Structured
from graphdiff.program.structured.forward import Forward, Terms
from graphdiff.program.structured.order import BLAS
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.terms import LabelledProduct


def derivative(root: Expression, wrt: Expression) -> Structured:
    """Return ∂root/∂wrt, of shape root.shape + wrt.shape, by going forward.

    Raises
    ------
    GraphError
        If a size is a letter.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> W, x = g.parameter("W", [[1, 2], [3, 4]]), g.input("x", [5, 6])
    >>> print(derivative(W @ x, W))
    b->aab: x of shape (2,), a = 1..2 tied
    """
    make = Shared()
    root = make.interned(root)
    _check_sizes(root)
    return _forward(make, root, wrt)


def jacobian(root: Expression, wrt: Expression) -> Structured:
    """Return ∂root/∂wrt, of shape root.shape + wrt.shape, forward or backward.

    Backward it is the derivative of what a cotangent of ``root`` gives to ``wrt``, in that
    cotangent. Whichever takes fewer multiplications is returned.
    """
    make = Shared()
    root = make.interned(root)
    _check_sizes(root)
    ways: list[tuple[float, Structured]] = []
    refusal: GraphError | None = None
    for way in (_forward, _backward):
        try:
            found = way(make, root, wrt)
            ways.append((work(found.expression), found))
        except GraphError as error:  # an array on the way would be too large
            refusal = refusal or error
    if refusal is not None and not ways:
        raise refusal
    return min(ways, key=lambda found: found[0])[1]


def hessian(gradient: Expression, wrt: Expression) -> Structured:
    """Return the derivative of a gradient, as an expression, in a leaf."""
    if math.prod(gradient.shape) < math.prod(wrt.shape):
        return jacobian(gradient, wrt)
    return derivative(gradient, wrt)


def work(root: Expression) -> float:
    """Return the time an expression takes, in products of entries; a matrix product is faster."""
    return sum(_work(part) for part in in_order(root) if isinstance(part, Apply))


def _work(part: Apply) -> float:
    match part.function:
        case MatMul():
            return part.size * part.arguments[0].shape[-1] / BLAS + part.size
        case Einsum() as einsum:
            sizes = einsum.sizes(*(argument.shape for argument in part.arguments))
            eyes = [isinstance(getattr(a, "function", None), Eye) for a in part.arguments]
            if any(eyes) or math.prod(sizes.values()) == part.size:
                return part.size
            return math.prod(sizes.values()) / BLAS + part.size
        case Function():
            return part.size
        case _:
            return part.size / BLAS


def _check_sizes(root: Expression) -> None:
    for part in in_order(root):
        if not is_known(part.shape):
            raise GraphError(
                "a derivative with its structure kept needs sizes that are numbers, but "
                f"{brief(part)} has shape {shown(part.shape)}; give its leaves values"
            )


def _forward(make: Shared, root: Expression, wrt: Expression) -> Structured:
    order = (*range(wrt.ndim, wrt.ndim + root.ndim), *range(wrt.ndim))
    terms = tuple(term.permuted(order) for term in _pushed(make, root, wrt))
    return Structured(terms, root.shape + wrt.shape, make)


def _backward(make: Shared, root: Expression, wrt: Expression) -> Structured:
    cotangent = Placeholder(0, root.shape)
    (back,) = pullback(root, cotangent, [wrt])
    terms = () if back is None else _pushed(make, make.interned(back), cotangent)
    return Structured(terms, root.shape + wrt.shape, make)


def _pushed(make: Shared, root: Expression, wrt: Expression) -> Terms:
    """Return the derivative array with the axes of ``wrt`` first."""
    rank = wrt.ndim
    sizes = (*wrt.shape, *wrt.shape)
    axes = tuple(k % rank if sizes[k] != 1 else k for k in range(2 * rank))
    seed = LabelledProduct(axes, sizes, (), sp.Integer(1))
    return Forward(rank, make).push(root, {wrt: (seed,)})
