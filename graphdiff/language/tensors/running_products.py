"""Products of entries, and what goes along an axis by products.

The derivative of a product in one of its factors is the product of the others, which is not the
product over the factor where that is 0. It is the product of those before and those behind; and
the way back through products that go along is s_i = a_i s_{i−1} + b_i, whose own way back is of
its kind. So zeros have the right derivatives of every order.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Transpose,
    summed_to,
)
from graphdiff.language.functions.reductions import Reduction
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
    known,
)
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors.common import (
    Axis,
    axes_of,
    axis_keywords,
    axis_of,
    composite,
)
from graphdiff.language.tensors.rearranging import flip


@dataclass(frozen=True, repr=False)
class LinearScan(TensorFunction):
    """s_i = a_i s_{i−1} + b_i along the last axis; backwards s_i = a_{i+1} s_{i+1} + b_i.

    The first coefficient is not used. There are ``rank`` axes of coefficients; b may have more
    in front.
    """

    rank: int
    reverse: bool = False

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "linear_scan"

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """Reverse."""
        return (("reverse", True),) if self.reverse else ()

    def shape(self, a: Shape, b: Shape) -> Shape:
        """Return the shape of b."""
        if not a or b[len(b) - len(a) :] != a:
            raise ShapeError(
                "linear_scan takes coefficients and terms of one shape, with an axis to go along, "
                "but was given {0} and {1}"
            )
        return b

    def operations(self, *shapes: Any) -> int:
        """Return two for each entry."""
        return 2 * math.prod(shapes[1])

    def stack_of(self, slot: int) -> int | None:
        """Return the axes of the coefficients: it is linear in the terms."""
        return self.rank if slot else None

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the sums."""
        a, b = arrays
        lead = a.shape[: a.ndim - len(shapes[0])]
        a = a.reshape(lead + (1,) * (len(shapes[1]) - len(shapes[0])) + tuple(shapes[0]))
        a, b = np.broadcast_arrays(a, b)
        return _backwards(a, b) if self.reverse else _scanned(a, b)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return the sums the other way; times the one before, for the coefficients."""
        a, _ = part.arguments
        back = make(replace(self, reverse=not self.reverse), a, c)
        if slot == 1:
            return back
        if a.shape[-1] == 1:
            return None
        left, right = (back, part) if self.reverse else (part, back)
        return summed_to(_after(make, left, 0) * right, a.shape)


def _scanned(a: Array, b: Array) -> Array:
    if b.ndim == 1 and b.dtype != object:  # plain floats are the quickest in a row
        s, row = 0.0, []
        for coefficient, term in zip(a.tolist(), b.tolist(), strict=True):
            s = coefficient * s + term if row else term
            row.append(s)
        return np.array(row, b.dtype)
    result = b.copy()
    for i in range(1, b.shape[-1]):
        result[..., i] += a[..., i] * result[..., i - 1]
    return result


def _backwards(a: Array, b: Array) -> Array:
    coefficients = np.concatenate([a[..., :1], np.flip(a[..., 1:], -1)], -1)
    return np.flip(_scanned(coefficients, np.flip(b, -1)), -1)


def _after(make: Maker, x: Tensor, first: int) -> Tensor:
    """Return, along the last axis, what stands before each entry; a number before the first."""
    known(x.shape, "the derivative of a product")
    start = make(Broadcast((*x.shape[:-1], 1)), make.count(first))
    return make(Concatenate(x.ndim - 1), start, x[..., :-1]) if x.shape[-1] > 1 else start


@dataclass(frozen=True, repr=False)
class Cumprod(TensorFunction):
    """The products along an axis of ``rank``, of the entries up to each."""

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
        """Return the products."""
        return np.cumprod(arrays[0], self.axis - self.rank)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return, for each entry, the product before it times Σ_{i≥j} c_i Π_{j<k≤i} x_k."""
        swap = list(range(self.rank))
        swap[self.axis], swap[-1] = swap[-1], swap[self.axis]

        def turned(e: Tensor) -> Tensor:
            return e if self.axis == self.rank - 1 else make(Transpose(tuple(swap)), e)

        x, products, c = turned(part.arguments[0]), turned(part), turned(c)
        behind = make(LinearScan(self.rank, reverse=True), x, c)
        return turned(_after(make, products, 1) * behind)

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return the statements of a program: one call into the buffer of the value."""
        return (f"multiply.accumulate({{0}}, {self.axis}, None, {{into}})",)


@dataclass(frozen=True, repr=False)
class Prod(Reduction):
    """The product along axes."""

    @property
    def sign(self) -> str:
        """What stands before the entries in LaTeX."""
        return r"\prod"

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the product."""
        one = numbers.number(1)
        return np.multiply.reduce(
            arrays[0], axis=self.from_the_end, keepdims=self.keepdims, initial=one
        )

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return the cotangent at every entry, times the product of the others."""
        (x,) = part.arguments
        if 0 in x.shape:
            return None
        return self.spread(make, c, x.shape) * prod_of_others(x, self.axes)

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return a reduction by a ufunc."""
        axes = self.axes[0] if len(self.axes) == 1 else self.axes
        return (f"multiply.reduce({{0}}, {axes}, None, {{into}}, {self.keepdims})",)


def prod(x: Any, axis: Axis = None, *, keepdims: bool = False) -> Expression:
    """Return the product Π x_I along one axis, several, or all.

    Its derivatives are right where entries are 0 too.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> p = g.node("p", gd.prod(g.parameter("x", [2, 0, 5])))
    >>> g.backward().gradient["x"]
    array([ 0., 10.,  0.])
    """
    x = as_expression(x)
    axes = axes_of(axis, x, "prod")
    return apply(Prod(axes, x.ndim, bool(keepdims)), x) if axes else x


def prod_of_others(x: Any, axis: Axis = None) -> Expression:
    """Return, for each entry, the product Π_{k≠i} x_k of the others along axes; of all without.

    It is the gradient of the product.

    Raises
    ------
    GraphError
        If there is no such axis, or one stands twice.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> p = g.node("p", gd.prod_of_others([2, 3, 5]))
    >>> g.forward().value["p"]
    array([15., 10.,  6.])
    """
    x = as_expression(x)
    axes = axes_of(axis, x, "prod_of_others")
    if all(x.shape[axis] == 1 for axis in axes):
        return apply(Broadcast(x.shape), 1) if x.ndim else as_expression(1)
    order = (*(k for k in range(x.ndim) if k not in axes), *axes)

    def row(e: Expression) -> Expression:
        turned = e.transpose(*order)
        return turned.reshape(*turned.shape[: e.ndim - len(axes)], -1)

    def placed(e: Expression) -> Expression:
        return apply(Transpose(order).inverse, e.reshape(*(x.shape[axis] for axis in order)))

    def expand(a: Expression) -> Expression:
        return placed(_before(row(a)) * _behind(row(a)))

    def rule(slot: int, c: Expression, arguments: Any, value: Expression) -> Expression:
        a, c = row(arguments[0]), row(c)
        first = _before_back(a, c * _behind(a))
        return placed(first + flip(_before_back(flip(a, -1), flip(c * _before(a), -1)), -1))

    return composite("prod_of_others", expand, x, axis_keywords(axes, x), rule=rule)


def _before(row: Expression) -> Expression:
    """Return the product of the entries before each, along the last axis."""
    known(row.shape, "prod_of_others")
    start = apply(Broadcast((*row.shape[:-1], 1)), 1)
    return apply(Concatenate(row.ndim - 1), start, cumprod(row[..., :-1], -1))


def _behind(row: Expression) -> Expression:
    """Return the product of the entries behind each."""
    return flip(_before(flip(row, -1)), -1)


def _before_back(row: Expression, c: Expression) -> Expression:
    """Return what a cotangent of the products before gives to the entries."""
    end = apply(Broadcast((*row.shape[:-1], 1)), 0)
    later = apply(Concatenate(row.ndim - 1), c[..., 1:], end)
    return _before(row) * linear_scan(row, later, reverse=True)


def cumprod(x: Any, axis: int | None = None) -> Expression:
    """Return the products Π_{k≤i} x_k along an axis; without one, of all entries, row by row.

    Its derivatives are right where entries are 0 too.

    Raises
    ------
    GraphError
        If there is no such axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> p = g.node("p", gd.cumprod([1, 2, 3]))
    >>> g.forward().value["p"]
    array([1., 2., 6.])
    """
    x = as_expression(x)
    along = axis_of(0 if axis is None else axis, x.ndim, x, "cumprod")
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        x = x.reshape(-1)
    return apply(Cumprod(along, x.ndim), x)


def linear_scan(a: Any, b: Any, *, reverse: bool = False) -> Expression:
    """Return s_i = a_i s_{i−1} + b_i along the last axis, from s_0 = b_0.

    In reverse they are s_i = a_{i+1} s_{i+1} + b_i, from the last. Shapes (…, n) of both; a_0 is
    not used.

    Raises
    ------
    GraphError
        If the shapes differ, or have no axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.linear_scan([2, 2, 2], [1, 0, 5]))
    >>> g.forward().value["s"]
    array([1., 2., 9.])
    """
    a, b = as_expression(a), as_expression(b)
    if not isinstance(reverse, bool):
        raise GraphError(f"reverse of linear_scan is {reverse!r}; give True or False")
    return apply(LinearScan(a.ndim, reverse), a, b)
