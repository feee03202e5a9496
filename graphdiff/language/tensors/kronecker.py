"""The Kronecker product."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from graphdiff.errors import ShapeError
from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Reshape
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.functions.writing import PRODUCT, SUM, LatexPart, Pen, Written
from graphdiff.language.shapes import Shape


@dataclass(frozen=True, repr=False)
class Kron(TensorFunction):
    """Each entry of the left argument times the whole of the right one, in its place."""

    is_multilinear: ClassVar[bool] = True

    def shape(self, left: Shape, right: Shape) -> Shape:
        """Return the products of the sizes."""
        if len(left) != len(right):
            raise ShapeError("kron takes arrays of equally many axes, but was given {0} and {1}")
        return tuple(m * p for m, p in zip(left, right, strict=True))

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the product."""
        left, right = (
            array.reshape(array.shape[: array.ndim - len(shape)] + _stretched(shape, slot))
            for slot, (array, shape) in enumerate(zip(arrays, shapes, strict=True))
        )
        found = left * right
        return found.reshape(found.shape[: found.ndim - 2 * len(shapes[0])] + self.shape(*shapes))

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the contraction of each block of the cotangent, or of all of them, weighed."""
        left, right = part.arguments
        rank = left.ndim
        first, second = string.ascii_letters[:rank], string.ascii_letters[rank : 2 * rank]
        blocks = "".join(map("".join, zip(first, second, strict=True)))
        sizes = (size for both in zip(left.shape, right.shape, strict=True) for size in both)
        apart = make(Reshape(tuple(sizes)), c)
        if slot == 0:
            return make(Einsum(f"{blocks},{second}->{first}"), apart, right)
        return make(Einsum(f"{first},{blocks}->{second}"), left, apart)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return A ⊗ B."""
        left, right = parts
        return rf"{left.held(PRODUCT)} \otimes {right.held(PRODUCT, after=True)}", SUM

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return the statements of a program: the blocks, each in its place."""
        left, right = (_stretched(shape, slot) for slot, shape in enumerate(shapes))
        blocks = tuple(size for both in zip(*shapes, strict=True) for size in both)
        product = f"{{0}}.reshape({left}), {{1}}.reshape({right}), {{t}}.reshape({blocks})"
        return "{alloc}", f"multiply({product})"


def _stretched(shape: Shape, slot: int) -> Shape:
    """Return a shape with room between its axes for those of the other argument."""
    return tuple(one for size in shape for one in ((size, 1), (1, size))[slot])


def kron(a: Any, b: Any) -> Expression:
    """Return the Kronecker product A ⊗ B, the blocks a_ij B; axes of size 1 go before fewer axes.

    Raises
    ------
    GraphError
        If it would have too many entries.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> K = g.node("K", gd.kron([[1, 2]], [[1, 0], [0, 1]]))
    >>> g.forward().value["K"]
    array([[1., 0., 2., 0.],
           [0., 1., 0., 2.]])
    """
    a, b = as_expression(a), as_expression(b)
    rank = max(a.ndim, b.ndim)
    if rank == 0:
        return a * b
    a, b = (x if x.ndim == rank else x.reshape((1,) * (rank - x.ndim) + x.shape) for x in (a, b))
    return apply(Kron(), a, b)
