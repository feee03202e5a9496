"""The parts that stand as one symbol in formulas: nodes, products, sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.language.cotangent_arithmetic import ONE
from graphdiff.language.expression import Expression, apply, count
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions.movement import Broadcast, Reshape
from graphdiff.language.interning import Interning
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.tensor_algebra.entry_form import (
    EntryForm,
    factored,
    operations,
    undistributed,
)


@dataclass(frozen=True)
class Atom:
    """A part, and when it first turned up."""

    expression: Expression
    rank: int


class Atoms:
    """The symbols of one tidying, each part once."""

    def __init__(self) -> None:
        self.of: dict[sp.Basic, Atom] = {}
        self._symbols: dict[Expression, sp.Basic] = {}
        self._equal = Interning()

    def symbol(self, expression: Expression) -> sp.Basic:
        """Return the symbol that stands for a part, the same for equal parts."""
        first = self.interned(expression)
        if first not in self._symbols:
            rank = len(self._symbols)
            symbol = sp.Symbol(f"t_{rank:05d}", real=True)
            self._symbols[first] = symbol
            self.of[symbol] = Atom(expression, rank)
        return self._symbols[first]

    def interned(self, expression: Expression) -> Expression:
        """Return the one expression that is equal to this one."""
        return self._equal.interned(expression)

    def name(self, symbol: sp.Basic, name: Expression) -> sp.Basic:
        """Return the symbol for a name, such as a node, of the part that a symbol stands for.

        It is that symbol, if the name has none yet.
        """
        first = self.interned(name)
        if first in self._symbols:
            self._symbols[self.interned(self.of[symbol].expression)] = self._symbols[first]
        else:
            self.of[symbol] = Atom(name, self.of[symbol].rank)
            self._symbols[first] = symbol
        return self._symbols[first]

    def part(self, formula: sp.Basic) -> Expression | None:
        """Return the part a formula is the symbol of, if it is one."""
        atom = self.of.get(formula)
        return None if atom is None else atom.expression

    def within(self, formula: sp.Basic) -> set[sp.Basic]:
        """Return the symbols of parts in a formula."""
        return formula.free_symbols & self.of.keys()

    def shapes(self, formula: sp.Basic) -> list[Shape]:
        """Return the shapes of the parts in a formula."""
        return [self.of[symbol].expression.shape for symbol in self.within(formula)]

    def ranks(self, formula: sp.Basic) -> list[int]:
        """Return when the parts of a formula first turned up, the last first."""
        return sorted((self.of[symbol].rank for symbol in self.within(formula)), reverse=True)

    def split(
        self, form: EntryForm, along: Iterable[int] | None = None
    ) -> tuple[sp.Expr, EntryForm]:
        """Return the factors that are scalars, or equal along axes, and the rest.

        Parameters
        ----------
        along
            Axes, counted from the last.
        """
        if not form.formula.is_Add and not form.formula.is_Mul:
            factors = (form.formula,)
        else:
            factors = sp.Mul.make_args(factored(form.formula))
        outside, rest = [], []
        for factor in factors:
            found = self.shapes(factor)
            if along is None:
                equal = not any(found)
            else:
                equal = all(_is_equal_along(shape, along) for shape in found)
            (outside if equal else rest).append(factor)
        with undistributed(*factors):
            return sp.Mul(*outside), EntryForm(sp.Mul(*rest), form.shape)

    def expression(self, form: EntryForm, *, shaped: bool = True) -> Expression:
        """Return a formula of one entry as an expression, of the form's shape.

        Parameters
        ----------
        shaped
            Whether to repeat a smaller value to the form's shape.
        """
        found = self.within(form.formula)
        leaves = {symbol: self.of[symbol].expression for symbol in found}
        sizes = {size: count(size) for size in form.formula.free_symbols - found}
        if form.formula in leaves and leaves[form.formula].shape == form.shape:
            return leaves[form.formula]
        with undistributed(form.formula):
            try:
                result = converted_from_sympy(form.formula, {**leaves, **sizes}, self._order)
            except GraphError:  # a vector met a column
                rows = {symbol: _as_row(leaf, len(form.shape)) for symbol, leaf in leaves.items()}
                result = converted_from_sympy(form.formula, {**rows, **sizes}, self._order)
        if shaped and result.shape != form.shape:
            if not result.shape and form.formula not in (0, 1):
                return self.expression(EntryForm(form.formula * self._ones(form.shape), form.shape))
            result = apply(Broadcast(form.shape), result)
        return result

    def _ones(self, shape: Shape) -> sp.Basic:
        """Return the symbol of an array of ones."""
        return self.symbol(apply(Broadcast(shape), ONE))

    def _order(self, part: sp.Expr) -> tuple[bool, int, int]:
        """Scalars first, then as they turned up."""
        return any(self.shapes(part)), max(self.ranks(part), default=-1), operations(part)


def _as_row(part: Expression, axes: int) -> Expression:
    """Return a part with axes of size 1 before its own."""
    if not part.ndim or part.ndim >= axes:
        return part
    return apply(Reshape((1,) * (axes - part.ndim) + part.shape), part)


def _is_equal_along(shape: Shape, axes: Iterable[int]) -> bool:
    """Whether a part has but one entry along axes counted from the last."""
    return all(-axis > len(shape) or shape[axis] == 1 for axis in axes)
