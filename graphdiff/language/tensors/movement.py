"""Structure: functions that only move entries about, and arrays of ones and zeros."""

from __future__ import annotations

from typing import Any

from graphdiff.errors import GraphError
from graphdiff.language import shapes
from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Scatter,
    Stack,
    as_key,
)
from graphdiff.language.tensors.common import axis_of


def transpose(x: Any, *order: Any) -> Expression:
    """Return the axes in another order, reversed if none is given; ``x.T``.

    Raises
    ------
    GraphError
        If the order does not name each axis once.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> A = g.input("A", shape=("l", "m", "n"))
    >>> gd.transpose(A).shape, gd.transpose(A, 0, 2, 1).shape
    ((n, m, l), (l, n, m))
    """
    return as_expression(x).transpose(*order)


def reshape(x: Any, *shape: Any) -> Expression:
    """Return the same entries, row by row, in another shape; one size may be −1.

    Raises
    ------
    GraphError
        If the new shape has not as many entries.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> R = g.node("R", gd.reshape([1, 2, 3, 4, 5, 6], 2, -1))
    >>> g.forward().value["R"]
    array([[1., 2., 3.],
           [4., 5., 6.]])
    """
    return as_expression(x).reshape(*shape)


def broadcast_to(x: Any, shape: Any) -> Expression:
    """Return the same values repeated to a larger shape.

    Raises
    ------
    GraphError
        If a size is neither 1 nor the new one, from the last axis backwards.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> B = g.node("B", gd.broadcast_to([1, 2], (3, 2)))
    >>> g.forward().value["B"]
    array([[1., 2.],
           [1., 2.],
           [1., 2.]])
    """
    return apply(Broadcast(shapes.checked(shape, "the result of broadcast_to")), x)


def concatenate(*parts: Any, axis: int = 0) -> Expression:
    """Return arrays one after the other along an axis.

    They may be given as one list, as in NumPy.

    Raises
    ------
    GraphError
        If there is no such axis, or the sizes of other axes differ.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> c = g.node("c", gd.concatenate([1, 2], [3]))
    >>> g.forward().value["c"]
    array([1., 2., 3.])
    """
    given, axis = _several(parts, axis, "concatenate")
    return apply(Concatenate(axis_of(axis, given[0].ndim, given[0], "concatenate")), *given)


def stack(*parts: Any, axis: int = 0) -> Expression:
    """Return arrays of one shape along a new axis.

    They may be given as one list, as in NumPy.

    Raises
    ------
    GraphError
        If their shapes differ, or there is no such axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> c = g.node("c", gd.stack([1, 2], [3, 4], axis=1))
    >>> g.forward().value["c"]
    array([[1., 3.],
           [2., 4.]])
    """
    given, axis = _several(parts, axis, "stack")
    return apply(Stack(axis_of(axis, given[0].ndim + 1, given[0], "stack")), *given)


def scatter(x: Any, at: Any, shape: Any) -> Expression:
    """Return zeros of a shape with x in the places that brackets choose: indexing backwards.

    What goes to one place is added.

    Parameters
    ----------
    at
        What stands in brackets: whole numbers, slices, lists of whole numbers, None and ``...``.

    Raises
    ------
    GraphError
        If the brackets do not fit the shape, or choose another number of entries than x has.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> c = g.node("c", gd.scatter([1, 2, 3], at=[[0, 0, 2]], shape=4))
    >>> c.formula, g.forward().value["c"]
    ('scatter([1, 2, 3], at=[[0, 0, 2]], shape=(4,))', array([3., 0., 3., 0.]))
    """
    key = as_key(tuple(at) if isinstance(at, list) else at)
    return apply(Scatter(key, shapes.checked(shape, "the result of scatter")), x)


def eye(n: Any) -> Expression:
    """Return the identity matrix (n, n).

    Raises
    ------
    GraphError
        If n is no size.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> E = g.node("E", 3 * gd.eye(2))
    >>> g.forward().value["E"]
    array([[3., 0.],
           [0., 3.]])
    """
    (size,) = shapes.checked((n,), "the identity matrix")
    return apply(Eye(size))


def ones(*shape: Any) -> Expression:
    """Return ones in every place of a shape.

    Raises
    ------
    GraphError
        If it is no shape.

    Examples
    --------
    >>> import graphdiff as gd
    >>> gd.ones(2, 3).shape, gd.ones(("m", 1)).shape
    ((2, 3), (m, 1))
    """
    return broadcast_to(1, _shape_given(shape))


def zeros(*shape: Any) -> Expression:
    """Return zeros in every place of a shape.

    Raises
    ------
    GraphError
        If it is no shape.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> z = g.node("z", gd.zeros(2))
    >>> g.forward().value["z"]
    array([0., 0.])
    """
    return broadcast_to(0, _shape_given(shape))


def _several(parts: tuple[Any, ...], axis: Any, name: str) -> tuple[list[Expression], Any]:
    """Return the parts, given apart or as one list, and the axis, which may follow a list."""
    match parts:
        case (list() | tuple() as inner,):
            parts = tuple(inner)
        case (list() | tuple() as inner, int() as second):  # NumPy's second argument
            parts, axis = tuple(inner), second
        case _:
            pass
    if not parts:
        raise GraphError(f"{name} takes one argument or more, but was given none")
    return [as_expression(part) for part in parts], axis


def _shape_given(shape: tuple[Any, ...]) -> Any:
    return shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
