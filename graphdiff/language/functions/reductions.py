"""Reductions: sum, mean, largest and smallest along axes."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphdiff.errors import ShapeError
from graphdiff.language.functions import kinks
from graphdiff.language.functions.movement import Broadcast, Reshape
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.functions.writing import ATOM, SUM, LatexPart, Pen, Written
from graphdiff.language.shapes import Shape, entries


@dataclass(frozen=True, repr=False)
class Reduction(TensorFunction):
    """A reduction along some axes of ``rank``; they stay with size 1 where ``keepdims``."""

    reduces: ClassVar[bool] = True
    """Whether an entry of the value is made of several of the argument, and of no others."""

    axes: tuple[int, ...]
    rank: int
    keepdims: bool = False

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The axes, where they are not all, and keepdims."""
        options: list[tuple[str, Any]] = []
        if len(self.axes) < self.rank:
            options.append(("axis", self.axes[0] if len(self.axes) == 1 else self.axes))
        if self.keepdims:
            options.append(("keepdims", True))
        return tuple(options)

    @property
    def sign(self) -> str:
        """What stands before the entries in LaTeX."""
        return r"\sum"

    @functools.cached_property
    def from_the_end(self) -> tuple[int, ...]:
        """The axes, counted from the last."""
        return tuple(axis - self.rank for axis in self.axes)

    def shape(self, old: Shape) -> Shape:
        """Return the sizes of the other axes."""
        if self.keepdims:
            return tuple(1 if axis in self.axes else size for axis, size in enumerate(old))
        return tuple(size for axis, size in enumerate(old) if axis not in self.axes)

    def of_some(self, old: Shape) -> Shape:
        """Return the shape of the value; raise if it would be of no entries."""
        if self.count(old) == 0:
            raise ShapeError(f"{self.name} of {{0}} is over no entries, and has no value")
        return Reduction.shape(self, old)

    def kept(self, old: Shape) -> Shape:
        """Return the shape with the axes kept at size 1."""
        return tuple(1 if axis in self.axes else size for axis, size in enumerate(old))

    def count(self, old: Shape) -> Any:
        """Return how many entries are reduced to one."""
        return entries(tuple([old[axis] for axis in self.axes]))

    def operations(self, *shapes: Any) -> int:
        """Return the number of entries reduced."""
        return math.prod(shapes[0])

    def latex_of(self, pen: Pen, reduced: Written, part: LatexPart) -> Written:
        """Return it in LaTeX from the sign with the entries of ``part`` behind it."""
        return reduced

    def spread(self, make: Maker, c: Tensor, old: Shape) -> Tensor:
        """Return a cotangent of the value at every entry that was reduced."""
        if not self.keepdims and c.ndim:
            c = make(Reshape(self.kept(old)), c)
        return c if c.shape == old else make(Broadcast(old), c)


@dataclass(frozen=True, repr=False)
class Sum(Reduction):
    """The sum along axes."""

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the sum."""
        return np.add.reduce(arrays[0], axis=self.from_the_end, keepdims=self.keepdims)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent at every entry."""
        return self.spread(make, c, part.arguments[slot].shape)


@dataclass(frozen=True, repr=False)
class Mean(Reduction):
    """The mean along axes."""

    def shape(self, old: Shape) -> Shape:
        """Return the sizes of the other axes, if there are entries."""
        return self.of_some(old)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the sum over the number of entries."""
        total = np.add.reduce(arrays[0], axis=self.from_the_end, keepdims=self.keepdims)
        return total / numbers.number(self.count(shapes[0]))

    def latex_of(self, pen: Pen, reduced: Written, part: LatexPart) -> Written:
        """Return (1/n) Σ_i x_i."""
        latex, binding = reduced
        if not self.axes:
            return reduced
        return rf"\frac{{1}}{{{pen.size(self.count(part.shape))}}} {latex}", binding

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent over the number of entries, at each."""
        old = part.arguments[slot].shape
        return self.spread(make, c, old) / make.count(self.count(old))


@dataclass(frozen=True, repr=False)
class Extremum(Reduction):
    """The largest entry along axes, or the smallest. Entries that tie share the derivative."""

    has_kinks: ClassVar[bool] = True

    smallest: bool = False

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "min" if self.smallest else "max"

    def shape(self, old: Shape) -> Shape:
        """Return the sizes of the other axes, if there are entries."""
        return self.of_some(old)

    @property
    def sign(self) -> str:
        """What stands before the entries in LaTeX."""
        return rf"\{self.name}"

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the extremum."""
        if arrays[0].dtype != object:
            found = np.minimum if self.smallest else np.maximum
            return found.reduce(arrays[0], axis=self.from_the_end, keepdims=self.keepdims)
        larger = numbers.apply(kinks.min if self.smallest else kinks.max)
        moved = np.moveaxis(arrays[0], self.from_the_end, tuple(range(len(self.axes))))
        rows = list(moved.reshape((self.count(shapes[0]), *moved.shape[len(self.axes) :])))
        result = np.asarray(functools.reduce(larger, rows), dtype=object)
        return np.expand_dims(result, self.from_the_end) if self.keepdims else result

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent where the extremum is."""
        (argument,) = part.arguments
        return self.spread(make, c, argument.shape) * make(self.prime, argument)

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return a reduction by a ufunc."""
        call = "minimum" if self.smallest else "maximum"
        axes = self.axes[0] if len(self.axes) == 1 else self.axes
        return (f"{call}.reduce({{0}}, {axes}, None, {{into}}, {self.keepdims})",)

    @property
    def prime(self) -> TieShares:
        """What each entry has of the extremum."""
        return TieShares(self.axes, self.rank, smallest=self.smallest)


@dataclass(frozen=True, repr=False)
class TieShares(Reduction):
    """1 where an entry is the extremum along the axes, shared where entries tie; else 0."""

    has_kinks: ClassVar[bool] = True
    reduces: ClassVar[bool] = False

    smallest: bool = False

    @property
    def name(self) -> str:
        """The name in formulas: it is the derivative of the extremum in each entry."""
        return "min'" if self.smallest else "max'"

    @property
    def sign(self) -> str:
        """What stands before the entries in LaTeX."""
        return r"\min" if self.smallest else r"\max"

    def latex_of(self, pen: Pen, reduced: Written, part: LatexPart) -> Written:
        """Return 1[x = max_i x_i]."""
        return rf"\mathbf{{1}}\left[{part.held(SUM)} = {reduced[0]}\right]", ATOM

    def shape(self, old: Shape) -> Shape:
        """Return the shape of the argument."""
        return old

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the shares."""
        extremum = Extremum(self.axes, self.rank, keepdims=True, smallest=self.smallest)
        best = extremum.kernel(numbers, arrays, shapes)
        wins = np.asarray(arrays[0] == best, dtype=bool)
        count = wins.sum(axis=self.from_the_end, keepdims=True)
        if arrays[0].dtype != object:
            return wins / count
        shares = np.empty(wins.shape, object)
        counts = np.broadcast_to(count, wins.shape).ravel()
        shares.ravel()[:] = [
            numbers.share(int(many)) if won else numbers.number(0)
            for won, many in zip(wins.ravel(), counts, strict=True)
        ]
        return shares

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return None: the shares jump, and are constant in between."""
        return None

    def in_words(self, make: Maker, part: Tensor) -> Tensor:
        """Return 1 where x is at least the extremum, over how many are."""
        (x,) = part.arguments
        whole = len(self.axes) == self.rank
        best = make(Extremum(self.axes, self.rank, not whole, smallest=self.smallest), x)
        won = x <= best if self.smallest else x >= best
        return won / won.sum(None if whole else self.axes, keepdims=not whole)
