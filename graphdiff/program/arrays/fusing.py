"""Which lines of a tape go into one loop.

A loop goes once over the entries of one shape. In it is what is arithmetic, entry by entry, and
sums and extrema over axes of it; what is used nowhere else is never written to memory. Functions
such as exp stay calls of NumPy, which computes eight of them at once, matrix products of BLAS.
A product or difference of stretched operands, which has many more entries than they have, is not
kept: each loop that uses it makes it again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache

from graphdiff.language.functions import Function
from graphdiff.language.functions.movement import Reshape
from graphdiff.language.functions.reductions import Extremum, Sum
from graphdiff.program.scalars.rules import applied
from graphdiff.program.scalars.scalar_tape import CONDITIONS, Lines
from graphdiff.program.tape.tape import Call, Elsewhere, Number, Tape

LEAST = 64
"""Entries of the smallest arrays that are worth a loop."""

MANY = 4096
"""Entries from which on two lines are worth one."""

SHORT = 32
"""Entries along a last axis that are added up one after the other."""

MOST_TERMS = 4096
"""Terms that are added up one after the other; of more NumPy's sums round less."""

MOST = 48
"""Lines of a loop."""

MADE_AGAIN = 4
"""Operations from stretched operands that are rather done again than kept, and how many times
fewer entries these operands have."""

_ARITHMETIC = {
    "input", "number", "add", "sub", "mul", "div", "neg", "sqrt", "abs", "sign", "step", "relu",
    "max", "min", "softsign", "one_minus_sigmoid", "one_minus_tanh_squared", "select", "not",
    *CONDITIONS,
}  # fmt: skip
"""Operations of processors, and what is one of these almost always."""


@dataclass(eq=False)
class Loop:
    """Lines that are computed in one loop.

    Attributes
    ----------
    space
        The shape it goes over, without axes of size 1.
    lines
        The lines, in order.
    again
        Lines that are made again in it.
    """

    space: tuple[int, ...]
    lines: list[int] = field(default_factory=list)
    again: set[int] = field(default_factory=set)

    @property
    def is_worthwhile(self) -> bool:
        """Whether it saves calls, or ways through memory."""
        return len(self.lines) + len(self.again) >= (2 if math.prod(self.space) >= MANY else 3)


def without_ones(shape: Iterable[int]) -> tuple[int, ...]:
    """Return a shape without axes of size 1."""
    return tuple(size for size in shape if size > 1)


def reduced_axes(function: Sum | Extremum, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the axes of a reduction, counted without those of size 1."""
    kept = [axis for axis, size in enumerate(shape) if size > 1]
    return tuple(kept.index(axis) for axis in sorted(function.axes) if axis in kept)


def in_loops(tape: Tape) -> list[int | Loop]:
    """Return the lines of a tape in an order in which they can be computed, some in loops."""
    return _Grouping(tape).order()


def without_loops(tape: Tape, order: Iterable[int | Loop]) -> Tape:
    """Return a tape in which nobody sees what is computed in loops."""
    lines = list(tape.lines)
    for one in order:
        for k in one.lines if isinstance(one, Loop) else ():
            lines[k] = Elsewhere()
    return replace(tape, lines=tuple(lines))


@cache
def _is_arithmetic(function: Function, numbers: tuple[float | None, ...]) -> bool:
    """Whether a function, some arguments of which are numbers, is arithmetic alone.

    What hangs on no argument on lines, as 0·x, is left to NumPy, where it may be no number.
    """
    b = Lines()
    arguments = [b.input(k) if x is None else b.number(x) for k, x in enumerate(numbers)]
    needed = b.needed([applied(b, function, arguments)])
    inputs = [k for k, x in zip(arguments, numbers, strict=True) if x is None]
    return {*inputs} <= {*needed} and all(b.lines[k][0] in _ARITHMETIC for k in needed)


class _Grouping:
    """Gathers lines into loops, none of which needs what is computed from it.

    A unit is a loop, or a line by itself, numbered by its first line.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self._unit = list(range(len(tape.lines)))
        self._before = [0] * len(tape.lines)  # of each unit, those it needs, as bits
        self._loops: dict[int, Loop] = {}
        self._reads: dict[int, set[int]] = {}  # of each loop
        self._again: dict[int, set[int]] = {}  # of lines that may be made again, with those in it
        for k, line in enumerate(tape.lines):
            if isinstance(line, Call):
                self._place(k, line)

    def _place(self, k: int, line: Call) -> None:
        needs = 0
        for operand in line.operands:
            unit = self._unit[operand]
            needs |= 1 << unit | self._before[unit]
        self._before[k] = needs
        space = self._space(k, line)
        if space is None:
            return
        made_again = self._made_again(k, line)
        if made_again is not None:
            self._again[k] = made_again
            return
        again = set[int]()
        for operand in line.operands:
            if operand in self._again and without_ones(self.tape.shapes[operand]) == space:
                again |= self._again[operand]
        reads = {o for o in line.operands if math.prod(self.tape.shapes[o]) > 1} | again
        found = self._joined(k, space, reads, needs)
        if found is None:
            if isinstance(line.function, Reshape):
                return
            found = k
            self._loops[k], self._reads[k] = Loop(space), set()
        loop = self._loops[found]
        loop.lines.append(k)
        self._reads[found] |= reads | {k}
        loop.again |= again

    def _space(self, k: int, line: Call) -> tuple[int, ...] | None:
        """Return the shape of the loop that a line may be in."""
        shape, function = self.tape.shapes[k], line.function
        if isinstance(function, Sum | Extremum):
            shape = self.tape.shapes[line.operands[0]]
            if not _is_in_steps(function, shape):
                return None
        elif isinstance(function, Reshape):
            (operand,) = line.operands
            if without_ones(shape) != without_ones(self.tape.shapes[operand]):
                return None
        elif not (isinstance(function, Function) and _is_arithmetic(function, self._numbers(line))):
            return None
        space = without_ones(shape)
        return space if math.prod(space) >= LEAST else None

    def _numbers(self, line: Call) -> tuple[float | None, ...]:
        of = (self.tape.lines[k] for k in line.operands)
        return tuple(float(one.value) if isinstance(one, Number) else None for one in of)

    def _made_again(self, k: int, line: Call) -> set[int] | None:
        """Return the lines that make a line of small operands, this among them."""
        if not isinstance(line.function, Function):
            return None
        found, most = {k}, math.prod(self.tape.shapes[k]) // MADE_AGAIN
        for operand in line.operands:
            if math.prod(self.tape.shapes[operand]) > most:
                if operand not in self._again:
                    return None
                found |= self._again[operand]
        return found if len(found) <= MADE_AGAIN else None

    def _joined(self, k: int, space: tuple[int, ...], reads: set[int], needs: int) -> int | None:
        """Return the loop that a line joins: one over its shape that reads what it does."""
        for unit in reversed(self._loops):
            loop = self._loops[unit]
            if loop.space != space or len(loop.lines) >= MOST or not reads & self._reads[unit]:
                continue
            if any(self._comes_after(operand, unit) for operand in self._operands(k)):
                continue
            self._unit[k] = unit
            self._before[unit] |= needs & ~(1 << unit)
            for other, before in enumerate(self._before):
                if before >> unit & 1:
                    self._before[other] |= self._before[unit]
            return unit
        return None

    def _comes_after(self, k: int, unit: int) -> bool:
        """Whether a line is known only when a loop has come to its end."""
        line = self.tape.lines[k]
        if self._unit[k] == unit:
            return isinstance(line, Call) and isinstance(line.function, Sum | Extremum)
        return bool(self._before[self._unit[k]] >> unit & 1)

    def _operands(self, k: int) -> tuple[int, ...]:
        line = self.tape.lines[k]
        return line.operands if isinstance(line, Call) else ()

    def order(self) -> list[int | Loop]:
        """Return each unit after those it needs, and else where its last line stood."""
        members = {unit: loop.lines for unit, loop in self._loops.items()}
        units = [k for k, unit in enumerate(self._unit) if unit == k]
        units.sort(key=lambda unit: members.get(unit, [unit])[-1])
        order: list[int | Loop] = []
        done = 0
        for last in units:
            needed = [*_bits(self._before[last] & ~done), last]
            needed.sort(key=lambda unit: self._before[unit].bit_count())
            for unit in needed:
                if done >> unit & 1:
                    continue
                done |= 1 << unit
                loop = self._loops.get(unit)
                order += [unit] if loop is None else [loop] if loop.is_worthwhile else loop.lines
        return order


def _is_in_steps(function: Sum | Extremum, shape: tuple[int, ...]) -> bool:
    """Whether a reduction is done entry by entry: few terms, or many side by side."""
    axes, space = reduced_axes(function, shape), without_ones(shape)
    if not axes:
        return False
    last = len(space) - 1
    if axes == (last,):
        return last > 0 and space[last] <= SHORT
    steps = math.prod(space[axis] for axis in axes if axis != last)
    return steps <= MOST_TERMS


def _bits(number: int) -> Iterator[int]:
    while number:
        low = number & -number
        yield low.bit_length() - 1
        number ^= low
