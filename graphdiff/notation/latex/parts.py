"""Formulas in the making, each with how tightly it holds together."""

from __future__ import annotations

from dataclasses import dataclass

from graphdiff.language.expression import AnyFunction
from graphdiff.language.shapes import SCALAR, Shape

LOOSE, SUM, BIG, ENTRYWISE, PRODUCT, UNARY, POWER, ATOM = 0, 1, 2, 3, 4, 5, 6, 9
"""How tightly a formula holds together; BIG is Σ_i …, open at its right end."""

Written = tuple[str, int]
"""A formula in LaTeX, and how tightly it holds together."""


@dataclass(frozen=True)
class LatexPart:
    """A formula and what it was made of, by which the next one knows how to hold it."""

    latex: str
    binding: int
    shape: Shape = SCALAR
    function: AnyFunction | None = None
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
