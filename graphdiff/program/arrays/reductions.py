"""Sums and extrema along axes: products with ones, long rows, and what NumPy reduces itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from graphdiff.language.functions.reductions import Extremum, Sum, TieShares
from graphdiff.program.arrays.kernels import shared
from graphdiff.program.arrays.statements import FEW, Statements, Variable


class Reductions:
    """Writes the statements of reductions."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements
        self._extrema: dict[Any, Variable] = {}

    def extremum(self, f: Extremum | TieShares, x: Variable, name: str) -> Variable:
        """Return the extremum along some axes, without them, found once."""
        key = (x, f.axes, f.smallest)
        if key not in self._extrema:
            call = "minimum.reduce" if f.smallest else "maximum.reduce"
            self._extrema[key] = self._reduced_by(call, f.axes, x, name)
        return self._extrema[key]

    def _reduced_by(self, call: str, axes: tuple[int, ...], x: Variable, name: str) -> Variable:
        """Return what a call reduces to: long rows entry by entry, not each short row by itself."""
        s, count = self.statements, math.prod(x.shape[axis] for axis in axes)
        rest = tuple(axis for axis in range(len(x.shape)) if axis not in axes)
        shape = tuple(x.shape[axis] for axis in rest)
        base, order = s.as_it_lies(x)
        if rest and {order[axis] for axis in axes} == set(range(len(axes))):
            rows = s.reshaped(base, (count, *base.shape[len(axes) :]))
            text = f"{call}({{0}}, 0, None{{out}})"
            found = s.add(name, rows.shape[1:], "buffer", (rows,), text)
            return s.transposed(found, tuple(order[axis] - len(axes) for axis in rest))
        is_flat = x.contiguous or x.storage == "given" or len(x.shape) == 2
        if (
            is_flat
            and max(rest, default=-1) < min(axes)
            and 1 < count <= FEW <= 4 * math.prod(shape)
        ):
            turned = s.transposed(s.reshaped(x, (math.prod(shape), count)), (1, 0))
            copied = "copyto({t}, {0})"
            columns = s.add("columns", turned.shape, "buffer", (turned,), "{alloc}", copied)
            text = f"{call}({{0}}, 0, None{{out}})"
            found = s.add(name, turned.shape[1:], "buffer", (columns,), text)
            return s.reshaped(found, shape)
        along = axes[0] if len(axes) == 1 else axes
        return s.add(name, shape, "buffer", (x,), f"{call}({{0}}, {along}, None, {{into}})")

    def shares(self, f: TieShares, x: Variable, name: str) -> Variable:
        """Return 1 where an entry is the extremum, shared where entries tie."""
        s = self.statements
        base, order = s.as_it_lies(x)
        kept = tuple(1 if axis in f.axes else size for axis, size in enumerate(x.shape))
        best = s.lying(s.reshaped(self.extremum(f, x, "t"), kept), order)
        axes = tuple(sorted(order[axis] for axis in f.axes))
        compared = "equal({0}, {1}, {t})", f"{s.constant('shared', shared)}({{t}}, {axes})"
        found = s.add(name, base.shape, "buffer", (base, best), "{alloc}", *compared)
        return s.transposed(found, order)

    def sum(self, f: Sum, x: Variable, shape: tuple[int, ...], name: str) -> Variable:
        """Return the sum along some axes, as a product with ones where BLAS is quicker."""
        base, order = self.statements.as_it_lies(x)
        total = self._as_product(sorted(order[axis] for axis in f.axes), base, name)
        if total is not None:
            places = [place for axis, place in enumerate(order) if axis not in f.axes]
            lying = tuple(base.shape[place] for place in sorted(places))
            rest = tuple(map(sorted(places).index, places))
            total = self.statements.transposed(self.statements.reshaped(total, lying), rest)
            return self.statements.reshaped(total, shape)
        axes = f.axes[0] if len(f.axes) == 1 else f.axes
        text = f"add.reduce({{0}}, {axes}, None, {{into}}, {f.keepdims})"
        return self.statements.add(name, shape, "buffer", (x,), text)

    def _as_product(self, axes: Sequence[int], x: Variable, name: str) -> Variable | None:
        """Return a sum over neighbouring axes as a product with ones, None where it is none.

        NumPy adds up short rows, and what lies apart, at a fraction of the speed of BLAS.
        """
        s, first, last = self.statements, axes[0], axes[-1]
        if last - first + 1 != len(axes):
            return None
        before, count, after = (
            math.prod(part)
            for part in (x.shape[:first], x.shape[first : last + 1], x.shape[last + 1 :])
        )
        if len(x.shape) != 2 or len(axes) != 1:  # a matrix, or a stack of them
            if not (x.contiguous or x.storage == "given") or after > FEW < before:
                return None
            first = 1 if after == 1 or before > 1 else 0
            x = s.reshaped(x, (before,) * first + (count,) + (after,) * (after > 1 or not first))
        ones = Variable(s.constant("ones", np.ones(count, s.dtype)), (count,), "fixed")
        if first == 0:
            return s.add(name, x.shape[1:], "buffer", (ones, x), "{0}.dot({1}{out})")
        if len(x.shape) == 2:
            return s.add(name, x.shape[:1], "buffer", (x, ones), "{0}.dot({1}{out})")
        return s.add(name, (before, after), "buffer", (ones, x), "matmul({0}, {1}{out})")
