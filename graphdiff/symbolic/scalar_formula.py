"""Formulas of scalars: SymPy's expressions, read, shown and computed as all other results are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphdiffError
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Apply, Expression, as_expression
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions import Function
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.saturation import with_digits
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.without_primes import with_comparisons
from graphdiff.notation import latex, text
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.result import Letter, Recipe, Result, Value


@dataclass(frozen=True, eq=False, repr=False)
class ScalarFormula(Result):
    """A formula of scalars, by SymPy.

    SymPy's functions take it as the expression it is, ``sp.expand(formula)``, and what an
    expression can do it can: ``formula.subs(x.symbol, 2)``, ``formula.doit()``. Both return
    SymPy's.

    Attributes
    ----------
    sympy
        The expression, in the symbols of the nodes, ``node.symbol``.
    """

    sympy: Any
    graph: ComputationalGraph

    @property
    def text(self) -> str:
        """The formula as text."""
        return text.symbolic(self.sympy)

    @property
    def latex(self) -> str:
        """The formula as LaTeX, without dollar signs."""
        return latex.symbolic(self.sympy)

    @property
    def shape(self) -> Shape:
        """The shape of its value."""
        return ()

    @property
    def parts(self) -> tuple[Any, ...]:
        """The nodes it has, and δ where it is written in terms of children."""
        return tuple(dict.fromkeys(self._leaves.values()))

    @cached_property
    def _leaves(self) -> dict[sp.Basic, Any]:
        """What stands for each symbol and each entry W[0, 2]."""
        entries = sorted(self.sympy.atoms(sp.Indexed), key=str)
        labels = {entry.base.label for entry in entries} | {entry.base for entry in entries}
        symbols = sorted(self.sympy.free_symbols - labels - set(entries), key=str)
        return {symbol: self._part(str(symbol)) for symbol in symbols} | {
            entry: self._part(str(entry.base.label)) for entry in entries
        }

    def _part(self, name: str) -> Node | Letter:
        return self.graph[name] if name in self.graph else Letter(name, ())

    @cached_property
    def expression(self) -> Expression:
        """The formula as an expression over nodes, which may be added to a graph."""
        return self._converted(self.sympy)

    def _converted(self, formula: sp.Expr) -> Expression:
        """Return an expression; by a function of its own where one of SymPy's has no name here."""
        leaves = {
            symbol: part[tuple(map(int, symbol.indices))]
            if isinstance(symbol, sp.Indexed)
            else part
            for symbol, part in self._leaves.items()
        }
        try:
            return converted_from_sympy(with_comparisons(formula), leaves)
        except GraphdiffError:
            symbols = [symbol for symbol in leaves if formula.has(symbol)]

        def substituted(*arguments: sp.Expr) -> sp.Expr:
            return formula.xreplace(dict(zip(symbols, arguments, strict=True)))

        nameless = Function("formula", substituted, len(symbols))
        return Apply(nameless, tuple(leaves[symbol] for symbol in symbols))

    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> Value:
        """Return its value."""
        return self._formula.numbers(values, arithmetic)

    def recipe(self) -> Recipe:
        """Return what a program of it computes."""
        return self._formula.recipe()

    @cached_property
    def _formula(self) -> Formula:
        return Formula(self.expression, self.graph.leaves, self._in_floats)

    def _in_floats(self) -> Expression:
        """Return an expression of the same numbers, which floats compute with all digits."""
        return self._converted(_with_digits(self.sympy))

    def _sympy_(self) -> Any:
        return self.sympy

    def _latex(self, printer: Any) -> str:
        return printer._print(self.sympy)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "sympy":
            raise AttributeError(name)
        return getattr(self.sympy, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.sympy == (other.sympy if isinstance(other, ScalarFormula) else other))

    def __hash__(self) -> int:
        return hash(self.sympy)


def _by_sympy(name: str) -> Callable[..., Any]:
    """Return an operator of SymPy's expressions for formulas: 2*f, -f, f - g, float(f)."""

    def applied(formula: ScalarFormula, *others: Any) -> Any:
        return getattr(formula.sympy, name)(*(sp.sympify(other, strict=True) for other in others))

    return applied


for _name in ("add", "sub", "mul", "truediv", "pow"):
    for _side in ("", "r"):
        setattr(ScalarFormula, f"__{_side}{_name}__", _by_sympy(f"__{_side}{_name}__"))
for _name in ("neg", "float"):
    setattr(ScalarFormula, f"__{_name}__", _by_sympy(f"__{_name}__"))


class ScalarMatrix(ScalarFormula):
    """A matrix of formulas of scalars: second derivatives, a Jacobian entry by entry.

    ``matrix[0, 1]`` is the formula of one entry, and ``.sympy`` SymPy's immutable matrix.
    """

    @property
    def text(self) -> str:
        """The matrix as text, a list of rows."""
        rows = (", ".join(map(text.symbolic, row)) for row in self.sympy.tolist())
        return f"[{', '.join(f'[{row}]' for row in rows)}]"

    @property
    def shape(self) -> Shape:
        """The numbers of rows and columns."""
        return tuple(map(int, self.sympy.shape))

    @cached_property
    def expression(self) -> Expression:
        """The matrix as an expression over nodes, which may be added to a graph."""
        return self._rows(self._converted)

    def _in_floats(self) -> Expression:
        return self._rows(lambda entry: self._converted(_with_digits(entry)))

    def _rows(self, made: Callable[[sp.Expr], Expression]) -> Expression:
        return as_expression([list(map(made, row)) for row in self.sympy.tolist()])

    def __array__(self, *options: Any, **named: Any) -> np.ndarray:
        return np.array(self.sympy.tolist(), dtype=object)

    def __getitem__(self, place: tuple[int, int]) -> ScalarFormula:
        return ScalarFormula(self.sympy[place], self.graph)


def _with_digits(formula: sp.Expr) -> sp.Expr:
    return with_digits(with_removable_points(formula))


def scalar_matrix(found: sp.Matrix, graph: ComputationalGraph) -> ScalarMatrix:
    """Return SymPy's matrix over the nodes of a graph as a result."""
    return ScalarMatrix(found.as_immutable(), graph)
