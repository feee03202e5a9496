"""A local Jacobian in index notation as a record: its formula, its texts, its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, quoted_list
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.evaluation.numerical_errors import check_matrix
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions.movement import Stack
from graphdiff.language.functions.reductions import Extremum
from graphdiff.language.shapes import Shape, is_known
from graphdiff.local_functions.local_function import Instruction, LocalFunction
from graphdiff.notation import latex, text
from graphdiff.symbolic.formula import recipe
from graphdiff.symbolic.index_notation import letters, printing
from graphdiff.symbolic.index_notation.derivation import Derived, derived
from graphdiff.symbolic.index_notation.evaluation import matrix_of
from graphdiff.symbolic.index_notation.factors import added
from graphdiff.symbolic.index_notation.symbols import array, entry
from graphdiff.symbolic.result import Letter, Recipe, Result


@dataclass(frozen=True, repr=False)
class IndexJacobian(Result):
    """∂u_I/∂a_P of one edge, in index notation.

    Attributes
    ----------
    formula
        A SymPy expression: an entry of an array W is ``IndexedBase("W", real=True)[i, q]``,
        beside it stand ``KroneckerDelta``, ``Sum``, and the indicators
        :class:`~graphdiff.symbolic.index_notation.symbols.Within` and
        :class:`~graphdiff.symbolic.index_notation.symbols.Same`.
        Indices count from 0.
    value, argument
        The names of u and a.
    row, column
        Their indices; 0 for an axis of one entry, none for a scalar.
    arguments
        The nodes, or letters, that the function is applied to.
    function
        The local function u = f(α).
    heads
        Arrays that stand in the formula under a name such as ``softmax(z)``, each with the
        function of the same arguments that gives it.
    """

    formula: sp.Expr
    value: str
    argument: str
    row: tuple[sp.Expr, ...]
    column: tuple[sp.Expr, ...]
    arguments: tuple[Any, ...]
    function: LocalFunction
    heads: tuple[tuple[str, LocalFunction], ...] = ()

    @property
    def parts(self) -> tuple[Any, ...]:
        """The nodes, or letters, that the function is applied to."""
        return self.arguments

    @property
    def text(self) -> str:
        """The equation as text: ``d z[i]/d W[p,q] = delta(i,p)*x[q]``."""
        return f"{self.left} = {self.right}"

    @property
    def latex(self) -> str:
        """The equation as LaTeX."""
        return f"{self.left_latex} = {self.right_latex}"

    @property
    def left(self) -> str:
        """The left side as text: ``d z[i]/d W[p,q]``."""
        u, a = (printing.as_text(entry) for entry in self._sides)
        return f"d {u}/d {a}"

    @property
    def left_latex(self) -> str:
        """The left side as LaTeX."""
        u, a = (printing.as_latex(entry) for entry in self._sides)
        return rf"\frac{{\partial {u}}}{{\partial {a}}}"

    @property
    def right(self) -> str:
        """The formula as text."""
        return printing.as_text(self.formula, self.column)

    @property
    def right_latex(self) -> str:
        """The formula as LaTeX."""
        return printing.as_latex(self.formula, self.column, self._heads_in_latex)

    @property
    def _sides(self) -> tuple[sp.Expr, ...]:
        sides = (self.value, self.row), (self.argument, self.column)
        return tuple(entry(array(name, places), places) for name, places in sides)

    @cached_property
    def _heads_in_latex(self) -> dict[str, str]:
        names = [latex.name(part.name) for part in self.arguments]
        return {
            label: _head_in_latex(head, names) for label, head in self.heads if label != self.value
        }

    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> np.ndarray:
        """Return the matrix d^i × d^j that the formula stands for.

        Raises
        ------
        GraphError
            For a missing value, one of another shape, or sizes that are letters.
        NumericalError
            If the formula has too many entries, or one of them is not finite.
        """
        names = [part.name for part in self.arguments]
        arguments = [
            self._argument(name, shape, values, arithmetic)
            for name, shape in zip(names, self.function.shapes, strict=True)
        ]
        known = dict(zip(names, arguments, strict=True))
        for label, head in self.heads:
            with arithmetic.guard():
                known[label] = value_of(arithmetic, head, arguments)
        slot = names.index(self.argument)
        J = matrix_of(
            self.formula,
            (self.row, self.function.shape),
            (self.column, self.function.shapes[slot]),
            known,
            arithmetic,
        )
        check_matrix(J, f"the Jacobian in {self.argument}", arithmetic)
        return J

    def recipe(self) -> Recipe:
        """Return the Jacobian of the local function, each of its arguments a leaf."""
        wrt = next(part for part in self.arguments if part.name == self.argument)
        return recipe(self.function.expression(self.arguments), self.arguments, wrt)

    @staticmethod
    def _argument(
        name: str, shape: Shape, values: Mapping[str, Any], arithmetic: Arithmetic
    ) -> Any:
        if not is_known(shape):
            raise GraphError(f"{name!r} has letters for sizes; give numbers to have a matrix")
        if np.shape(values[name]) != shape:
            raise GraphError(
                f"the value of {name!r} has shape {np.shape(values[name])}; it must be {shape}"
            )
        return arithmetic.number(np.asarray(values[name]) if shape else values[name])


def local_jacobian(
    function: LocalFunction,
    slot: int,
    names: Sequence[str],
    value: str = "f",
    *,
    own_value: bool = True,
) -> IndexJacobian:
    """Return ∂f/∂a_slot of a local function in index notation.

    Parameters
    ----------
    function
        The local function. Its sizes may be letters.
    slot
        The argument to differentiate by.
    names
        A name for each argument.
    value
        The name of the value.
    own_value
        Whether it stands in the formula, where that so is shorter.

    Raises
    ------
    DerivationError
        If there is no index formula that a person could read.
    """
    found = derived(function, slot, own_value=own_value)
    sizes = {str(size) for shape in function.shapes for size in shape}
    taken = {*names, value, *sizes}
    chosen = letters.chosen(found.row, found.column, letters.depth(found.formula), taken)
    heads = _heads(found, names, value if own_value else None)
    symbols: dict[sp.Expr, sp.Expr] = dict(
        zip((*found.row, *found.column), (*chosen.row, *chosen.column), strict=True)
    )
    for k, (name, shape) in enumerate(zip(names, function.shapes, strict=True)):
        symbols[array(f"%argument{k}", shape)] = array(name, shape)
    for number, (label, head) in heads.items():
        symbols[array(f"%head{number}", head.shape)] = array(label, head.shape)
    symbols = {symbol: by for symbol, by in symbols.items() if not symbol.is_Integer}
    formula = letters.with_bound(found.formula.xreplace(symbols), chosen.bound)
    arguments = tuple(map(Letter, names, function.shapes))
    return IndexJacobian(
        formula, value, names[slot], chosen.row, chosen.column, arguments, function,
        tuple(heads.values()),
    )  # fmt: skip


def local_jacobian_index(
    graph: ComputationalGraph, j: Node, i: Node, *, own_value: bool = True
) -> IndexJacobian:
    """Return J^{j→i} in index notation, over the names of the parents of i, and of i itself.

    Where j stands in several slots of i, it is the sum over them.

    Raises
    ------
    GraphError
        If there is no edge from j to i.
    DerivationError
        If there is no index formula that a person could read.
    """
    j, i = graph[j], graph[i]
    names = [parent.name for parent in i.parents]
    if i.function is None or j.name not in names:
        raise GraphError(
            f"there is no edge {j.name!r} -> {i.name!r}; "
            + (f"the parents of {i.name!r} are {quoted_list(dict.fromkeys(names))}"
               if names else f"{i.name!r} is a leaf")
        )  # fmt: skip
    slots = [slot for slot, name in enumerate(names) if name == j.name]
    terms = [local_jacobian(i.function, slot, names, i.name, own_value=own_value) for slot in slots]
    total = terms[0].formula if len(terms) == 1 else added([term.formula for term in terms])
    heads = dict(head for term in terms for head in term.heads)
    return replace(terms[0], formula=total, arguments=i.parents, heads=tuple(heads.items()))


# Names for arrays that are formulas


def _heads(
    found: Derived, names: Sequence[str], value: str | None
) -> dict[int, tuple[str, LocalFunction]]:
    """Return the arrays that stand in a formula by name, each with the name.

    What is the whole formula of the node has the node's name, if that is given.
    """
    heads: dict[int, tuple[str, LocalFunction]] = {}
    present = {symbol.name for symbol in found.formula.atoms(sp.Symbol)}
    for number, head in enumerate(found.heads):
        if f"%head{number}" in present:
            is_node = number == 0 and value is not None
            heads[number] = (str(value) if is_node else text.authored(head, names), head)
    return heads


def _head_in_latex(head: LocalFunction, names: list[str]) -> str:
    last = head.program[-1]
    assert isinstance(last, Instruction)  # noqa: S101 - a name stands for a function applied
    if isinstance(last.function, Stack):
        entries = text.authored(head, names).removeprefix("[").removesuffix("]")
        return rf"\left({entries}\right)"
    if not isinstance(last.function, Extremum):
        return latex.authored(head, names)
    inner = LocalFunction(head.program[: last.lines[0] + 1], head.arity, head.shapes)
    axis = "".join(f"_{{{value}}}" for key, value in last.function.keywords if key == "axis")
    return rf"\{last.function.name}{axis}\left({latex.authored(inner, names)}\right)"
