"""Formulas of tensors over the nodes of a graph, to read, print and compute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.number_systems import EXACT, FLOAT64, Arithmetic, Array, value_of
from graphdiff.evaluation.numerical_errors import check_formula
from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import Shape, fits, shown, sizes_of
from graphdiff.local_functions.letter_sizes import bound, has_letters
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import latex, text


class Letter(Expression):
    """A letter in a formula that is no node: a tangent v, a cotangent c, ∂L/∂z.

    Attributes
    ----------
    name, latex
        How it is written.
    shape
        The shape of what it stands for.
    """

    __slots__ = ("latex", "name", "shape")

    def __init__(self, name: str, shape: Shape, latex_name: str = "") -> None:
        self.name = name
        self.shape = shape
        self.latex = latex_name or latex.name(name)

    def __repr__(self) -> str:
        return self.name


def _nothing_else() -> None:
    """There is no other expression of the same numbers."""


@dataclass(frozen=True, eq=False)
class Formula:
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

    @cached_property
    def text(self) -> str:
        """The formula as plain text."""
        function, found = self._local
        return text.authored(function, [part.name for part in found])

    @cached_property
    def latex(self) -> str:
        """The formula as LaTeX, without dollar signs."""
        function, found = self._local
        return latex.authored(function, [_latex_name(part) for part in found])

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the nodes and letters it has, each once."""
        return tuple(dict.fromkeys(part.name for part in self._local[1]))

    def at(self, values: Mapping[Any, Any], *, exact: bool = False) -> np.ndarray | float | sp.Expr:
        """Return its value, an array or a number.

        Parameters
        ----------
        values
            An array or number for each of :attr:`names`; ``run.value`` has them for nodes. They
            say what sizes that are letters are.
        exact
            Whether to compute with exact numbers.

        Raises
        ------
        GraphError
            If a value is missing, has another shape, or breaks what is said of a leaf.
        NumericalError
            If an entry is not finite, naming the part that it comes of.
        """
        if not isinstance(values, Mapping):
            raise GraphError(
                f"the values of a formula are {values!r:.40}; give a mapping from names, such as "
                "run.value"
            )
        given = {part.name: self._value(part, values) for part in self._local[1]}
        for leaf in self.leaves:
            if leaf.facts and leaf.name in values:
                leaf.facts.check_value(values[leaf.name], f"the value of {leaf.name!r}")
        arithmetic = EXACT if exact else FLOAT64
        if not exact and self._computed is not self._local:
            function, found = self._computed
            value = _at(self._sized(function, values), found, given, arithmetic)
            if arithmetic.is_finite(value):
                return value
        function, found = self._local
        function = self._sized(function, values)
        value = _at(function, found, given, arithmetic)
        with arithmetic.guard():
            arguments = [arithmetic.number(given[part.name]) for part in found]
            check_formula(function, [part.name for part in found], arguments, value, arithmetic)
        return value

    def _sized(self, function: LocalFunction, values: Mapping[Any, Any]) -> LocalFunction:
        """Return the function with numbers for the letters of its shapes."""
        if not has_letters(function):
            return function
        parts = {part.name: part for part in (*self.leaves, *self._local[1])}
        given = [part for name, part in parts.items() if name in values]
        return bound(function, sizes_of((p.name, p.shape, np.shape(values[p.name])) for p in given))

    @staticmethod
    def _value(part: Any, values: Mapping[Any, Any]) -> Array:
        try:
            value = values[part.name]
        except KeyError:
            raise GraphError(f"no value for {part.name!r} in the formula") from None
        shape = np.shape(value)
        if not fits(shape, part.shape):
            raise GraphError(
                f"the value of {part.name!r} has shape {shown(shape)}; "
                f"in the formula it has {shown(part.shape)}"
            )
        return np.asarray(value) if part.shape else value

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<formula {self.text} of shape {shown(self.shape)}>"

    def _repr_latex_(self) -> str:
        return f"${self.latex}$"


def delta_name(node: Node) -> str:
    """Return what δ of a node is called as text."""
    name = f"delta_{node.name}"
    while name in node.graph:
        name += "_"
    return name


def _at(
    function: LocalFunction, found: Sequence[Any], given: Mapping[str, Any], arithmetic: Arithmetic
) -> Any:
    with arithmetic.guard():
        numbers = [arithmetic.number(given[part.name]) for part in found]
        return value_of(arithmetic, function, numbers)


def _latex_name(part: Any) -> str:
    return latex.name(part.name) if isinstance(part, Node) else part.latex
