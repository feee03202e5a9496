"""What a declaration has at hand to say how its function is written, as text and in LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from graphdiff.language.shapes import SCALAR, Shape, shown

LOOSE, SUM, BIG, ENTRYWISE, PRODUCT, UNARY, POWER, ATOM = 0, 1, 2, 3, 4, 5, 6, 9
"""How tightly a formula holds together; BIG is Σ_i …, open at its right end."""

Written = tuple[str, int]
"""A formula in LaTeX, and how tightly it holds together."""

Keywords = Sequence[tuple[str, Any]]
"""Options by name; those without one stand by their place."""


class TextPart(NamedTuple):
    """A formula as text, and how tightly it holds together."""

    text: str
    binding: float

    def held(self, least: float) -> str:
        """Return it in parentheses if it holds less tightly."""
        return self.text if self.binding >= least else f"({self.text})"


def call(name: str, arguments: Iterable[str], keywords: Keywords = ()) -> str:
    """Return a call as text: ``softmax(z, axis=0)``."""
    inner = list(arguments)
    for key, value in keywords:
        written = shown(value) if isinstance(value, tuple) else str(value)
        inner.append(f"{key}={written}" if key else written)
    return f"{name}({', '.join(inner)})"


@dataclass(frozen=True)
class LatexPart:
    """A formula and what it was made of, by which the next one knows how to hold it."""

    latex: str
    binding: int
    shape: Shape = SCALAR
    function: Any = None
    parts: tuple[LatexPart, ...] = ()
    is_row: bool = False
    """Whether it is a vector written as a row: xᵀB."""
    bound: frozenset[str] = frozenset()
    """Letters of sums inside it."""
    size: int = 1
    is_entry: bool = False
    """Whether it is one entry of a tensor, x_i, or made of such."""

    def held(self, least: int, *, after: bool = False) -> str:
        """Return it in parentheses if it holds less tightly, or begins with a sign."""
        if self.binding < least or (after and self.latex.startswith("-")):
            return rf"\left({self.latex}\right)"
        return self.latex


class Pen(Protocol):
    """What writes LaTeX."""

    def called(self, head: str, parts: Iterable[LatexPart]) -> str:
        """Return a function's name with its arguments in parentheses."""
        ...

    def operator(self, name: str, keywords: Keywords = ()) -> str:
        """Return a function's name, its options below."""
        ...

    def row(self, part: LatexPart, *, after: bool = False) -> str:
        """Return a vector as a row, as it stands behind another factor or alone."""
        ...

    def column(self, part: LatexPart) -> str:
        """Return a vector as a column."""
        ...

    def transposed(self, part: LatexPart) -> str:
        """Return a transpose."""
        ...

    def matrix(self, rows: Sequence[Sequence[str]]) -> str:
        """Return rows as a matrix in brackets."""
        ...

    def few(self, parts: Sequence[LatexPart]) -> Sequence[LatexPart]:
        """Return parts, the middle of many left out."""
        ...

    def subscripted(self, part: LatexPart, index: str) -> str:
        """Return a part with an index below."""
        ...

    def size(self, one: Any) -> str:
        """Return one size, a number or a formula of letters."""
        ...

    def sizes(self, shape: Shape) -> str:
        """Return a shape."""
        ...
