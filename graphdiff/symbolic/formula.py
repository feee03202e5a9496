"""Formulas of tensors over the nodes of a graph, to read, print and compute."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.numerical_errors import check_formula
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression, rebuilt
from graphdiff.language.shapes import Shape, fits, shown, sizes_of
from graphdiff.local_functions.letter_sizes import bound, has_letters
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import latex, text
from graphdiff.symbolic.alike_terms import latex_of_steps
from graphdiff.symbolic.result import Letter as Letter
from graphdiff.symbolic.result import Recipe, Result, Value
from graphdiff.symbolic.sign_first import sign_first


def _nothing_else() -> None:
    """There is no other expression of the same numbers."""


@dataclass(frozen=True, eq=False, repr=False)
class Formula(Result):
    """A formula of tensors over the nodes of a graph.

    ``str`` and ``.text`` are in the grammar of expressions, ``.latex`` in matrix notation. It
    may be added to the graph as a node: ``g.node("g", formula.expression)``.

    Attributes
    ----------
    expression
        The formula as an expression over nodes, and letters for what is none.
    leaves
        Nodes that it need not have, of which values say too what sizes that are letters are.
    """

    expression: Expression
    leaves: tuple[Node, ...] = ()
    in_floats: Callable[[], Expression | None] = _nothing_else
    """Returns another expression of the same numbers, which floats compute with all digits."""

    @property
    def shape(self) -> Shape:
        """The shape of its value."""
        return self.expression.shape

    @cached_property
    def _local(self) -> tuple[LocalFunction, tuple[Any, ...]]:
        program, found = localise(self.expression)
        return LocalFunction(program, len(found), tuple(part.shape for part in found)), found

    @cached_property
    def _computed(self) -> tuple[LocalFunction, tuple[Any, ...]]:
        """What gives the numbers in floats, of values that the formula has too."""
        other = self.in_floats()
        if other is None:
            return self._local
        program, found = localise(other, written=False)
        if {part.name for part in found} - set(self.names):  # type: ignore[attr-defined]
            return self._local
        return LocalFunction(program, len(found), tuple(part.shape for part in found)), found

    @property
    def text(self) -> str:
        """The formula as plain text; the sign of a product is that of its first factor."""
        found: tuple[Any, ...]
        program, found = localise(rebuilt(self.expression, sign_first))
        function = LocalFunction(program, len(found), tuple(part.shape for part in found))
        return text.authored(function, [part.name for part in found])

    @property
    def latex(self) -> str:
        """The formula as LaTeX, without dollar signs; a sum of alike terms as one below Σ."""
        steps = latex_of_steps(self.expression)
        if steps is not None:
            return steps
        function, found = self._local
        return latex.authored(function, [_latex_name(part) for part in found])

    @property
    def parts(self) -> tuple[Any, ...]:
        """The nodes and letters it has, each once."""
        return tuple(dict.fromkeys(self._local[1]))

    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> Value:
        """Return its value, an array or a number."""
        given = {part.name: self._value(part, values) for part in self.parts}
        for leaf in self.leaves:
            if leaf.facts and leaf.name in values:
                leaf.facts.check_value(values[leaf.name], f"the value of {leaf.name!r}")
        if arithmetic is FLOAT64 and self._computed is not self._local:
            function, found = self._computed
            value = _at(
                bound_to(function, (*self.leaves, *found), values), found, given, arithmetic
            )
            if arithmetic.is_finite(value):
                return value
        function, found = self._local
        function = bound_to(function, (*self.leaves, *found), values)
        value = _at(function, found, given, arithmetic)
        with arithmetic.guard():
            arguments = [arithmetic.number(given[part.name]) for part in found]
            check_formula(function, [part.name for part in found], arguments, value, arithmetic)
        return value

    def recipe(self) -> Recipe:
        """Return the formula, as floats compute it, as the one node of a graph."""
        function, found = self._computed
        own = {part.name: part for part in self.parts}
        return recipe(function.expression(tuple(own[part.name] for part in found)), self.parts)

    @staticmethod
    def _value(part: Any, values: Mapping[str, Any]) -> Array:
        value = values[part.name]
        shape = np.shape(value)
        if not fits(shape, part.shape):
            raise GraphError(
                f"the value of {part.name!r} has shape {shown(shape)}; "
                f"in the formula it has {shown(part.shape)}"
            )
        return np.asarray(value) if part.shape else value


def bound_to(
    function: LocalFunction, parts: Iterable[Any], values: Mapping[str, Any]
) -> LocalFunction:
    """Return a function with numbers for the letters of its shapes, those of values."""
    if not has_letters(function):
        return function
    given = {part.name: part for part in parts if part.name in values}
    return bound(
        function, sizes_of((n, part.shape, np.shape(values[n])) for n, part in given.items())
    )


def delta_name(node: Node) -> str:
    """Return what δ of a node is called as text."""
    return free_name(f"delta_{node.name}", node.graph)


def free_name(name: str, taken: Container[str]) -> str:
    """Return a name, with marks behind it as long as it is taken."""
    while name in taken:
        name += "_"
    return name


def recipe(
    expression: Expression,
    parts: Sequence[Any],
    wrt: Any = None,
    *,
    is_transposed: bool = False,
) -> Recipe:
    """Return a graph whose leaves are the parts and whose one node is an expression of them.

    Parameters
    ----------
    wrt
        The part whose Jacobian is wanted, if that is.
    is_transposed
        Whether the Jacobian is wanted in denominator layout.
    """
    graph = ComputationalGraph()
    leaves: dict[Expression, Expression] = {}
    for part in dict.fromkeys(parts):
        is_leaf = isinstance(part, Node) and part.is_leaf
        own = graph.adopt(part) if is_leaf else graph.input(part.name, shape=part.shape)
        leaves[part] = own
    name = free_name("f", [part.name for part in parts])
    output = graph.node(name, rebuilt(expression, replaced=leaves))
    return Recipe(graph, output, None if wrt is None else graph[wrt.name], is_transposed)


def _at(
    function: LocalFunction, found: Sequence[Any], given: Mapping[str, Any], arithmetic: Arithmetic
) -> Any:
    with arithmetic.guard():
        numbers = [arithmetic.number(given[part.name]) for part in found]
        return value_of(arithmetic, function, numbers)


def _latex_name(part: Any) -> str:
    return latex.name(part.name) if isinstance(part, Node) else part.latex
