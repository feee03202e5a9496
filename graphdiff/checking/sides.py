"""What a claim is made of: a target, and the sides of a chain claimed to equal it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.checking.targets import Target
from graphdiff.expression import Expression
from graphdiff.local import Literal, LocalFunction
from graphdiff.shapes import Shape, entries


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
class Link:
    """One side of a chain a = b = c.

    Attributes
    ----------
    written
        The claim as it was written.
    function, names
        The formula as a local function, and what its arguments stand for: nodes, or
        references such as P[e].
    turn
        How it is read, where not as it is.
    """

    written: str
    function: LocalFunction
    names: tuple[Expression, ...]
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
    def decimal(self) -> Decimal | None:
        """The number, where the claim is one decimal with printed digits."""
        if len(self.function.program) == 1 and isinstance(self.function.program[0], Literal):
            return printed(self.function.program[0].text)
        return None

    @property
    def is_zero(self) -> bool:
        """Whether it is the number 0, which stands for zeros of any shape."""
        line = self.function.program[-1]
        return len(self.function.program) == 1 and isinstance(line, Literal) and line.value == 0

    def turned(self, turn: Turn | None) -> Link:
        """Return it read in another way."""
        return replace(self, turn=turn)


@dataclass(frozen=True)
class Cell:
    """A number of a claimed array: itself, its printed decimal, or arithmetic on numbers."""

    value: Fraction | None
    decimal: Decimal | None = None
    link: Link | None = None


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
    computed
        Whether they are floats out of a computation, right to twelve digits.
    turn
        How it is read, where not as it is.
    """

    written: str
    shape: Shape
    cells: tuple[Cell, ...]
    computed: bool = False
    turn: Turn | None = None
    is_numeric = True
    is_zero = False
    decimal = None

    def turned(self, turn: Turn | None) -> Numbers:
        """Return it read in another way."""
        return replace(self, turn=turn)


@dataclass(frozen=True)
class Misfit:
    """A side of a chain whose arrays do not fit together, with the reason."""

    written: str
    problem: str
    is_numeric = False


Side = Link | Numbers
"""A side of a chain that can be computed."""


@dataclass(frozen=True)
class Claim:
    """A target, and the chain claimed to equal it."""

    written: str
    target: Target
    links: tuple[Side | Misfit, ...]


def printed(text: str) -> Decimal | None:
    """Return a literal as a decimal if it shows a decimal point or exponent, else None.

    Examples
    --------
    >>> printed("0.40"), printed("8")
    (Decimal('0.40'), None)
    """
    if not any(mark in text for mark in ".eE") or text.endswith("."):
        return None
    return Decimal(text)


def half_digit(number: Decimal) -> Decimal:
    """Return half a unit of the last printed digit: 0.005 for 0.39."""
    return Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
