"""What all results of derivation have in common: to be read, shown, computed and compiled.

A gradient of scalars is SymPy's expression and one of matrices is ours, a Hessian may have a
matrix or only products, a Jacobian may be in index notation; whoever asked for one wants the
same of each.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, UnknownNameError, quoted_list
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.letter_sizes import letters_of
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import Shape
from graphdiff.notation import latex

Values = Mapping[Any, Any] | Run

Value = np.ndarray | float | sp.Expr
"""What a result is at values: an array or a number."""


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


class Recipe(NamedTuple):
    """What a program is to compute: a node of a graph, or its Jacobian in a leaf as a matrix."""

    graph: ComputationalGraph
    output: Node
    wrt: Node | None = None
    is_transposed: bool = False


class Result(ABC):
    """A result of derivation.

    Attributes
    ----------
    text, latex
        It as plain text, and as LaTeX without dollar signs.
    names
        The nodes and letters that its numbers are computed of.
    """

    compiler: ClassVar[Callable[[Recipe], Callable[..., Any]]]
    """What makes a program; the room of programs, which builds on this one, says so."""

    @property
    @abstractmethod
    def text(self) -> str:
        """It as plain text."""

    @property
    @abstractmethod
    def latex(self) -> str:
        """It as LaTeX, without dollar signs."""

    @property
    @abstractmethod
    def parts(self) -> tuple[Any, ...]:
        """The nodes and letters that its numbers are computed of."""

    @abstractmethod
    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> Value:
        """Return its value for those of its parts by name, in a kind of number."""

    @abstractmethod
    def recipe(self) -> Recipe:
        """Return what a program of it computes."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its parts, each once."""
        return tuple(dict.fromkeys(part.name for part in self.parts))

    def at(self, values: Values | None = None, *, exact: bool = False, **named: Any) -> Value:
        """Return its value: a number, an array, for a Jacobian or Hessian a matrix.

        Parameters
        ----------
        values, **named
            A run, or values by name or node: ``{"x": 1}``, ``{x: 1}``, ``x=1``. What is left out
            is the value that a leaf was built with, or computed of those of the leaves.
        exact
            Whether to compute with exact numbers.

        Raises
        ------
        GraphError
            If a value is missing, has another shape, or breaks what is said of a leaf.
        NumericalError
            If an entry is not finite, naming the part that it comes of.
        """
        arithmetic = EXACT if exact else FLOAT64
        given = named_values(self.parts, values, named)
        found = self.numbers(completed(self.parts, given, arithmetic), arithmetic)
        return _plain(found)

    def compile(self) -> Callable[..., Any]:
        """Return a fast function of its :attr:`names` that computes what :meth:`at` does.

        Nodes that the result is written in are arguments, whether they are leaves or not.

        Raises
        ------
        GraphError
            If sizes are letters and a matrix is asked for.
        """
        return Result.compiler(self.recipe())

    def markdown(self) -> str:
        """Return it as Markdown: a formula on lines of its own."""
        return f"$$\n{self.latex}\n$$"

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {self.latex}$"


def _plain(found: Any) -> Value:
    """Return a number of NumPy's, or an array of no axes, as a plain number."""
    return found.item() if isinstance(found, np.ndarray | np.generic) and not found.shape else found


def named_values(
    parts: Iterable[Any], values: Values | None, named: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values by name: of a run, of a mapping from names, nodes or symbols, of keywords.

    Raises
    ------
    GraphError
        For what is neither, and where a part is left out, for a name that nothing has.
    """
    if isinstance(values, Run):
        values = values.value
    if values is not None and not isinstance(values, Mapping):
        raise GraphError(
            f"the values of a formula are {values!r:.40}; give a run, or a mapping from names, "
            "such as run.value"
        )
    known = {part.name: part for part in parts}
    graphs = [part.graph for part in known.values() if isinstance(part, Node)]
    pairs = () if values is None else ((key, values[key]) for key in values)
    found = {_name(key, graphs): value for key, value in pairs} | dict(named)
    unknown = [name for name in found if graphs and name not in known and name not in graphs[0]]
    if unknown and not known.keys() <= found.keys():
        raise UnknownNameError(
            f"{unknown[0]!r} is no node of the graph; the formula has {quoted_list(known)}"
        )
    return found


def _name(key: Any, graphs: Sequence[ComputationalGraph]) -> str:
    if isinstance(key, int) and graphs:
        return graphs[0][key].name
    return key if isinstance(key, str) else getattr(key, "name", str(key))


def completed(
    parts: Iterable[Any], given: Mapping[str, Any], arithmetic: Arithmetic
) -> dict[str, Any]:
    """Return values with those that are missing: as leaves were built, or computed of these.

    Raises
    ------
    GraphError
        For a letter or a leaf without a value.
    """
    known = dict(given)
    needed: dict[str, Any] = {part.name: part for part in parts if part.name not in known}
    for part in needed.values():
        if not isinstance(part, Node) or (not part.is_leaf and letters_of(part.graph)):
            raise GraphError(f"no value for {part.name!r} in the formula")
    nodes: Sequence[Node] = next(iter(needed.values())).graph.nodes if needed else ()
    for node in reversed(nodes):
        if node.name in needed:
            needed |= {parent.name: parent for parent in node.parents if parent.name not in known}
    for node in nodes:
        if node.name in needed:
            known[node.name] = _own(node, known, arithmetic)
    return known


def _own(node: Node, known: Mapping[str, Any], arithmetic: Arithmetic) -> Any:
    """Return what a leaf was built with, or what a node computes of its parents' values."""
    if node.function is None:
        if node.value is None:
            raise GraphError(f"no value for {node.name!r} in the formula")
        return node.value
    with arithmetic.guard():
        numbers = [arithmetic.number(known[parent.name]) for parent in node.parents]
        return value_of(arithmetic, node.function, numbers)
