"""What the rules of the algebra may use of a tidying: formulas of one entry, and the way back."""

from __future__ import annotations

from typing import Protocol

from graphdiff.language.expression import Expression
from graphdiff.symbolic.tensor_algebra.atoms import Atoms
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm


class Translation(Protocol):
    """Expressions as formulas of one entry, and formulas as expressions."""

    atoms: Atoms
    """The parts that stand as one symbol in the formulas."""

    def form(self, expression: Expression) -> EntryForm:
        """Return an expression as a formula of one entry."""
        ...

    def part(self, part: Expression) -> EntryForm:
        """Return a part that is tidy already as one symbol, its products in simplest form."""
        ...

    def written(self, form: EntryForm, *, shaped: bool = True) -> Expression:
        """Return a formula of one entry as an expression, repeated to the form's shape or not."""
        ...
