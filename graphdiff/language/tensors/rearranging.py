"""Entries turned round, left out above or below a diagonal, put into a column, or framed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language.expression import Constant, Expression, apply, as_expression, described
from graphdiff.language.functions.movement import Broadcast, Concatenate
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
    known,
)
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors.common import Axis, axes_of, axis_keywords, composite, whole

Ends = tuple[int, int]
"""How many entries are put before an axis, and how many behind it."""


@dataclass(frozen=True, repr=False)
class Flip(TensorFunction):
    """The entries in reverse order along an axis of ``rank``."""

    is_multilinear: ClassVar[bool] = True
    is_own_inverse: ClassVar[bool] = True

    axis: int
    rank: int

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The axis, where there are several."""
        return (("axis", self.axis),) if self.rank > 1 else ()

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the argument."""
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the entries in reverse order."""
        return np.flip(arrays[0], self.axis - self.rank)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent turned back."""
        return make(self, c)

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return a copy of a view."""
        return "{alloc}", f"copyto({{t}}, {{0}}[{':, ' * self.axis}::-1])"

    @property
    def along(self) -> int:
        """The axis."""
        return self.axis

    def along_axis(self, axis: int, rank: int) -> Flip:
        """Return the entries in reverse order along another axis."""
        return replace(self, axis=axis, rank=rank)


@dataclass(frozen=True, repr=False)
class Triangle(TensorFunction):
    """A matrix, or a stack of them, with zeros above the k-th diagonal, or below it."""

    is_multilinear: ClassVar[bool] = True

    k: int
    upper: bool

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "triu" if self.upper else "tril"

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The diagonal, where it is not the main one."""
        return (("k", self.k),) if self.k else ()

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the argument."""
        if len(old) < 2:
            raise ShapeError(f"{self.name} takes a matrix or a stack of them, but was given {{0}}")
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the entries on one side."""
        every = np.ones(known(shapes[0][-2:], self.name), bool)
        kept = np.triu(every, self.k) if self.upper else np.tril(every, self.k)
        return np.where(kept, arrays[0], numbers.number(0))

    def stack_of(self, slot: int) -> int:
        """Return 2: it takes stacks of matrices, and is linear in them."""
        return 2

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent on the same side."""
        return make(self, c)


def flip(x: Any, axis: Axis = None) -> Expression:
    """Return the entries in reverse order along one axis, several, or all.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> f = g.node("f", gd.flip([1, 2, 3]))
    >>> g.forward().value["f"]
    array([3., 2., 1.])
    """
    x = as_expression(x)
    axes = axes_of(axis, x, "flip")

    def expand(a: Expression) -> Expression:
        for one in axes:
            a = apply(Flip(one, a.ndim), a)
        return a

    def rule(slot: int, c: Expression, arguments: Any, value: Expression) -> Expression:
        return flip(c, axes)

    if len(axes) < 2:
        return expand(x)
    keywords = axis_keywords(axes, x)
    linear = {"is_multilinear": True, "is_own_inverse": True}
    return composite("flip", expand, x, keywords, rule=rule, **linear)


def tril(x: Any, k: int = 0) -> Expression:
    """Return a matrix (…, m, n) with zeros above its k-th diagonal.

    Diagonals are counted from the main one, 0, upwards.

    Raises
    ------
    GraphError
        For less than two axes, and a k that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> L = g.node("L", gd.tril([[1, 2], [3, 4]]))
    >>> g.forward().value["L"]
    array([[1., 0.],
           [3., 4.]])
    """
    return apply(Triangle(whole(k, "k", "tril"), upper=False), x)


def triu(x: Any, k: int = 0) -> Expression:
    """Return a matrix (…, m, n) with zeros below its k-th diagonal.

    Diagonals are counted from the main one, 0, upwards.

    Raises
    ------
    GraphError
        For less than two axes, and a k that is no whole number.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> U = g.node("U", gd.triu([[1, 2], [3, 4]], k=1))
    >>> g.forward().value["U"]
    array([[0., 2.],
           [0., 0.]])
    """
    return apply(Triangle(whole(k, "k", "triu"), upper=True), x)


def vec(A: Any) -> Expression:
    """Return the columns of a matrix (m, n), one below the other, as a vector (m·n).

    So vec(A X B) = (Bᵀ ⊗ A) vec(X). The rows one after the other are ``A.reshape(-1)``.

    Raises
    ------
    GraphError
        For what is no matrix.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> v = g.node("v", gd.vec([[1, 2], [3, 4]]))
    >>> g.forward().value["v"]
    array([1., 3., 2., 4.])
    """
    A = as_expression(A)
    if A.ndim != 2:
        raise GraphError(f"vec takes a matrix, but was given {described(A)}")
    return composite("vec", lambda a: a.T.reshape(-1), A, is_multilinear=True)


def pad(x: Any, width: Any, value: Any = 0) -> Expression:
    """Return an array with a frame of one value around it.

    Parameters
    ----------
    x
        The array.
    width
        How many entries are put before and behind: one number for all, a pair (before, behind)
        for every axis, or a pair for each axis.
    value
        The number that is put there.

    Raises
    ------
    GraphError
        For a width or a value that is none of these.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> p = g.node("p", gd.pad([1, 2], (1, 2)))
    >>> g.forward().value["p"]
    array([0., 1., 2., 0., 0.])
    """
    x = as_expression(x)
    ends = _ends(width, x)
    number = value if isinstance(value, Constant) else Constant(value)

    def expand(a: Expression) -> Expression:
        for axis, around in enumerate(ends):
            before, behind = (
                [_filled(number, (*a.shape[:axis], many, *a.shape[axis + 1 :]))] if many else []
                for many in around
            )
            parts = *before, a, *behind
            a = apply(Concatenate(axis), *parts) if len(parts) > 1 else a
        return a

    def rule(slot: int, c: Expression, arguments: Any, value: Expression) -> Expression:
        return c[tuple(slice(n, n + size) for (n, _), size in zip(ends, x.shape, strict=True))]

    keywords: list[tuple[str, Any]] = [("width", _shortest(ends))]
    if number.value != 0:
        keywords.append(("value", number.text))
    return composite("pad", expand, x, tuple(keywords), rule=rule)


def _filled(number: Constant, shape: Shape) -> Expression:
    return apply(Broadcast(shape), number)


def _ends(width: Any, x: Expression) -> tuple[Ends, ...]:
    """Return how many entries are put before and behind each axis."""
    given: Any = width.tolist() if isinstance(width, np.ndarray) else width
    if not isinstance(given, tuple | list):
        given = (given, given)
    pairs: Any = given if all(isinstance(one, tuple | list) for one in given) else [given] * x.ndim
    if len(pairs) == 1:
        pairs = list(pairs) * x.ndim
    counts = [many for pair in pairs for many in pair]
    are_counts = all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in counts)
    in_pairs = len(pairs) == x.ndim > 0 and all(len(pair) == 2 for pair in pairs)
    if not (are_counts and in_pairs):
        raise GraphError(
            f"the width of pad is {width!r:.60} for {described(x)}; it must be a whole number from "
            "0, a pair (before, behind), or such a pair for each axis"
        )
    return tuple((int(before), int(behind)) for before, behind in pairs)


def _shortest(ends: tuple[Ends, ...]) -> Any:
    """Return a width as shortly as it can be written."""
    if len(set(ends)) > 1:
        return ends
    before, behind = ends[0]
    return before if before == behind else ends[0]
