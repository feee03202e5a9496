"""Sums that go along: of the entries up to each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language.expression import Expression, apply, as_expression
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors.common import axis_of


@dataclass(frozen=True, repr=False)
class Cumsum(TensorFunction):
    """The sums along an axis of ``rank``, of the entries up to each; in reverse, from each on."""

    is_multilinear: ClassVar[bool] = True

    axis: int
    rank: int
    reverse: bool = False

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The axis, where there are several, and reverse."""
        axis = (("axis", self.axis),) if self.rank > 1 else ()
        return (*axis, ("reverse", True)) if self.reverse else axis

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the argument."""
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the sums."""
        axis = self.axis - self.rank
        if self.reverse:
            return np.flip(np.cumsum(np.flip(arrays[0], axis), axis), axis)
        return np.cumsum(arrays[0], axis)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the sums the other way round: each entry counts in all sums behind it."""
        return make(replace(self, reverse=not self.reverse), c)

    @property
    def along(self) -> int:
        """The axis."""
        return self.axis

    def along_axis(self, axis: int, rank: int) -> Cumsum:
        """Return the sums along another axis."""
        return replace(self, axis=axis, rank=rank)

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return the statements of a program: one call into the buffer of the value."""
        if not self.reverse:
            return (f"add.accumulate({{0}}, {self.axis}, None, {{into}})",)
        key = ":, " * self.axis + "::-1"
        return "{alloc}", f"add.accumulate({{0}}[{key}], {self.axis}, None, {{t}}[{key}])"


def cumsum(x: Any, axis: int | None = None, *, reverse: bool = False) -> Expression:
    """Return the sums Σ_{k≤i} x_k along an axis; without one, of all entries, row by row.

    In reverse they are the sums from each entry on, Σ_{k≥i} x_k.

    Raises
    ------
    GraphError
        If there is no such axis.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> s = g.node("s", gd.cumsum([1, 2, 3]))
    >>> g.forward().value["s"]
    array([1., 3., 6.])
    """
    x = as_expression(x)
    along = axis_of(0 if axis is None else axis, x.ndim, x, "cumsum")
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        x = x.reshape(-1)
    if not isinstance(reverse, bool):
        raise GraphError(f"reverse of cumsum is {reverse!r}; give True or False")
    return apply(Cumsum(along, x.ndim, reverse), x)
