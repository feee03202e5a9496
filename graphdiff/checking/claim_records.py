"""What a claim is made of: a target, and the sides of a chain claimed to equal it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.checking import precision
from graphdiff.checking.precision import Precision
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Expression
from graphdiff.language.functions.arithmetic import neg
from graphdiff.language.shapes import Shape, entries
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction


@dataclass(frozen=True)
class Turn:
    """How a claimed array is read to have the shape of its target.

    Attributes
    ----------
    shape
        The shape to give it, its entries counted row by row.
    transposed
        Whether to transpose it first.
    """

    shape: Shape
    transposed: bool = False

    def __call__(self, array: Any) -> Any:
        """Return the array turned; a single number is repeated."""
        found = np.asarray(array, dtype=None if isinstance(array, np.ndarray) else object)
        found = found.T if self.transposed else found
        if found.size == entries(self.shape):
            found = found.reshape(self.shape)
        else:
            found = np.broadcast_to(found, self.shape)
        return found if self.shape else found.item()


@dataclass(frozen=True)
class ClaimedSide:
    """One side of a chain a = b = c.

    Attributes
    ----------
    written
        The claim as it was written.
    function, names
        The formula as a local function, and what its arguments stand for: nodes, or
        references such as P[e].
    known
        How exactly it is known, where it is one number.
    turn
        How it is read, where not as it is.
    """

    written: str
    function: LocalFunction
    names: tuple[Expression, ...]
    known: Precision = precision.EXACT
    turn: Turn | None = None

    @property
    def shape(self) -> Shape:
        """The shape it has as it was written."""
        return self.function.shape

    @property
    def is_numeric(self) -> bool:
        """Whether it is a number, or arithmetic on numbers alone."""
        return not self.names

    @property
    def is_literal(self) -> bool:
        """Whether the claim is one number, not arithmetic on several."""
        return len(self.function.program) == 1 and isinstance(self.function.program[0], Literal)

    @property
    def is_zero(self) -> bool:
        """Whether it is the number 0, which stands for zeros of any shape."""
        line = self.function.program[-1]
        return self.is_literal and isinstance(line, Literal) and line.value == 0

    def turned(self, turn: Turn | None) -> ClaimedSide:
        """Return it read in another way."""
        return replace(self, turn=turn)

    @property
    def negated(self) -> ClaimedSide:
        """The same with the other sign."""
        program = (*self.function.program, Instruction(neg, (len(self.function.program) - 1,)))
        function = LocalFunction(program, self.function.arity, self.function.shapes)
        return replace(self, function=function)

    @property
    def of_negative(self) -> Expression | None:
        """What it is the negative of, if it is that of one name."""
        match self.function.program:
            case (Formal(0), Instruction(function, (0,))) if function is neg:
                return self.names[0]
        return None


@dataclass(frozen=True)
class Cell:
    """A number of a claimed array: itself, with how exactly it is known, or arithmetic."""

    value: Fraction | None
    known: Precision = precision.EXACT
    link: ClaimedSide | None = None

    @property
    def text(self) -> str:
        """The number with the digits that were printed."""
        value, unit = self.value or Fraction(0), self.known.unit
        if unit is None:
            return str(value)
        digits = (
            2 + len(str(abs(value.numerator))) + len(str(value.denominator)) + abs(unit.adjusted())
        )
        return str(
            (Decimal(value.numerator) / value.denominator).quantize(unit, context=Context(digits))
        )

    @property
    def negated(self) -> Cell:
        """The same with the other sign."""
        return Cell(self.value and -self.value, self.known, self.link and self.link.negated)


@dataclass(frozen=True)
class Numbers:
    """A claimed array of numbers, as a side of a chain.

    Attributes
    ----------
    written
        The array in brief.
    shape
        Its shape.
    cells
        Its entries, row by row.
    turn
        How it is read, where not as it is.
    """

    written: str
    shape: Shape
    cells: tuple[Cell, ...]
    turn: Turn | None = None
    is_numeric = True
    is_zero = False

    def turned(self, turn: Turn | None) -> Numbers:
        """Return it read in another way."""
        return replace(self, turn=turn)

    @property
    def negated(self) -> Numbers:
        """The same with the other sign."""
        return replace(self, cells=tuple(cell.negated for cell in self.cells))


@dataclass(frozen=True)
class Misfit:
    """A side of a chain whose arrays do not fit together, or that cannot be read, and why."""

    written: str
    problem: str
    unread: bool = False
    is_numeric = False


Side = ClaimedSide | Numbers
"""A side of a chain that can be computed."""


@dataclass(frozen=True)
class Claim:
    """A target, and the chain claimed to equal it."""

    written: str
    target: Target
    links: tuple[Side | Misfit, ...]


@dataclass(frozen=True)
class Unread:
    """A claim that could not be read, with what was not understood."""

    written: str
    claimed: str
    problem: GraphdiffError
