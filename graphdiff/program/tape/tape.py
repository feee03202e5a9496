"""The tape: a computation as a straight line of primitive functions, nothing computed twice.

A line is a leaf's value, a number, a fixed array, or a function applied to earlier lines.
Everything a line stands for is known when it is written: its function, its operands and its
shape. What turns a tape into a program (NumPy, JAX, PyTorch, C) reads it once from the top.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from graphdiff.language.functions import Function
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.shapes import SCALAR, Shape


class Leaf(NamedTuple):
    """A value given at the call: a leaf of the graph, or a tangent or cotangent."""

    name: str


class Number(NamedTuple):
    """A number, exact where it is rational."""

    value: Fraction | float


@dataclass(frozen=True, eq=False)
class Fixed:
    """An array of numbers that never change."""

    array: np.ndarray


class Call(NamedTuple):
    """A function applied to earlier lines."""

    function: Function | TensorFunction
    operands: tuple[int, ...]


class Elsewhere(NamedTuple):
    """A value that is computed together with others, in a way of its own."""


Line = Leaf | Number | Fixed | Call | Elsewhere


@dataclass(frozen=True)
class Tape:
    """A computation as a straight line.

    Attributes
    ----------
    lines
        The lines; each uses earlier ones only.
    shapes
        The shape of each line's value.
    names
        What some lines are called: the names of the nodes, and of the derivatives in them.
    outputs
        The lines asked for.
    """

    lines: tuple[Line, ...]
    shapes: tuple[tuple[int, ...], ...]
    names: Mapping[int, str]
    outputs: tuple[int, ...]

    @property
    def leaves(self) -> dict[str, int]:
        """The lines of the leaves, by name."""
        return {line.name: k for k, line in enumerate(self.lines) if isinstance(line, Leaf)}


class Recorder:
    """Writes the lines of a tape, each distinct one once."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.shapes: list[Shape] = []
        self._line_of: dict[object, int] = {}

    def write(self, line: Line, shape: Shape) -> int:
        """Return the number of a line, written now if it is new."""
        key = (line.array.shape, line.array.tobytes()) if isinstance(line, Fixed) else line
        if key not in self._line_of:
            self._line_of[key] = len(self.lines)
            self.lines.append(line)
            self.shapes.append(shape)
        return self._line_of[key]

    def written(self, line: Line) -> int | None:
        """Return the number of a line if it has been written."""
        return self._line_of.get(line)

    def number(self, value: Fraction | float) -> int:
        """Return the line of a number."""
        return self.write(Number(value), SCALAR)

    def value(self, line: int) -> Fraction | float | None:
        """Return the number a line is, or None."""
        found = self.lines[line]
        return found.value if isinstance(found, Number) else None

    def call(self, line: int) -> Call | None:
        """Return the function applied that a line is, or None."""
        found = self.lines[line]
        return found if isinstance(found, Call) else None

    def tape(self, outputs: Sequence[int], names: Mapping[int, str]) -> Tape:
        """Return the lines that the outputs need, as a tape."""
        kept = self._ordered(outputs)
        place = {k: new for new, k in enumerate(kept)}
        return Tape(
            tuple(_moved(self.lines[k], place) for k in kept),
            tuple(self.shapes[k] for k in kept),
            {place[k]: name for k, name in names.items() if k in place},
            tuple(place[k] for k in outputs),
        )

    def _ordered(self, outputs: Sequence[int]) -> list[int]:
        """Return the lines needed, what leads to outputs alone as early as it may come.

        A gradient in weights then frees the memory of what it is made of.
        """
        ends, needed = set(outputs), set(outputs)
        on_the_way: set[int] = set()  # to more than an output
        for k in range(len(self.lines) - 1, -1, -1):
            line = self.lines[k]
            if k in needed and isinstance(line, Call):
                needed.update(line.operands)
                if k in on_the_way or k not in ends:
                    on_the_way.update(line.operands)
        time: dict[int, int] = {}
        for k in sorted(needed):
            line = self.lines[k]
            early = isinstance(line, Call) and k not in on_the_way
            operands = line.operands if isinstance(line, Call) else ()
            time[k] = max((time[operand] for operand in operands), default=-1) if early else k
        return sorted(needed, key=lambda k: (time[k], k))


def _moved(line: Line, place: Mapping[int, int]) -> Line:
    if isinstance(line, Call):
        return Call(line.function, tuple(place[k] for k in line.operands))
    return line
