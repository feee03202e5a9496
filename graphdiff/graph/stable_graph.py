"""A graph as programs compute it: no part beyond the range of floats, across its nodes too.

A sweep gives every node its value, so one that has no float is refused. A program gives the output
and its derivatives alone: where s = 1 + exp(x) is a node and L = log(s) another, it computes L as
softplus(x).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from graphdiff.errors import ExpressionError
from graphdiff.graph.graph import ComputationalGraph
from graphdiff.graph.structure import Node
from graphdiff.language.expression import Apply, Expression, in_order, with_arguments
from graphdiff.local_functions.local_function import Instruction, LocalFunction
from graphdiff.local_functions.stable import Stable, asks, has_source, may_change, passes

MAX_OPENED = 2_000
"""Nodes that are looked into, for those that use them."""


def stable_graph(graph: ComputationalGraph, output: Node) -> ComputationalGraph:
    """Return a graph of the same names in which an output is computed as floats can.

    It is the graph itself where all formulas stay what they are, or would be too large.
    """
    present = graph.functions(output)
    lines = [line for function in present for line in function.program]
    if not may_change({line.function for line in lines if isinstance(line, Instruction)}):
        return graph
    if not any(_kind(function).asks or function.stable is not function for function in present):
        return graph
    found = _Opened(graph, output).formulas()
    try:
        return graph.recomputed(found) if found else graph
    except ExpressionError:
        return graph


class _Kind(NamedTuple):
    """Whether a local function asks for logarithms of parts, knows some, and passes its own on."""

    asks: bool
    has_source: bool
    passes: bool


def _kind(function: LocalFunction | None) -> _Kind:
    if function is None:
        return _Kind(asks=False, has_source=False, passes=False)
    lines = [line for line in function.program if isinstance(line, Instruction)]
    applied = {line.function for line in lines}
    return _Kind(asks(applied), has_source(applied), bool(lines) and passes(lines[-1].function))


class _Opened:
    """The nodes of a graph that others may look into, as formulas of what lies before."""

    def __init__(self, graph: ComputationalGraph, output: Node) -> None:
        self._nodes = [node for node in graph.needed(output) if node.function is not None]
        self._kinds: dict[int, _Kind] = {}
        self._table = Stable()
        self._seen: dict[Node, Expression] = {}
        self._node_of: dict[Expression, Node] = {}

    def _kind(self, node: Node) -> _Kind:
        key = id(node.function)
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = _kind(node.function)
        return found

    def formulas(self) -> dict[Node, Expression]:
        """Return the nodes that are computed by another formula, and that."""
        asking = {node for node in self._nodes if self._kind(node).asks}
        wanted = self._looked_into(parent for node in asking for parent in node.parents)
        for node in sorted(wanted, key=lambda node: node.index):
            self._see(node)
        found: dict[Node, Expression] = {}
        for node in self._nodes:
            function = node.function
            assert function is not None  # noqa: S101 - computed
            if node in asking and not self._seen.keys().isdisjoint(node.parents):
                before = self._table.changes
                formula = self._table.stable(self._formula(node))
                if self._table.changes > before:
                    found[node] = self._in_nodes(formula)
            elif function.stable is not function:
                found[node] = function.stable.expression(node.parents)
        return found

    def _looked_into(self, parents: Iterable[Node]) -> set[Node]:
        """Return the nodes of which logarithms or roots may be known."""
        found: set[Node] = set()
        stack = list(parents)
        while stack and len(found) < MAX_OPENED:
            node = stack.pop()
            kind = self._kind(node)
            if node in found or not kind.passes:
                continue
            if kind.has_source or all(parent.function for parent in node.parents):
                found.add(node)
                stack += node.parents
        return found

    def _see(self, node: Node) -> None:
        table = self._table
        formula = table.stable(self._formula(node))
        known = table.grown(formula), table.root(formula)
        if known != (None, None) or table.adds_exponentials(formula):
            self._seen[node] = formula
            self._node_of.setdefault(formula, node)

    def _formula(self, node: Node) -> Expression:
        """Return a node as a formula of what its parents are made of, where that is known."""
        assert node.function is not None  # noqa: S101 - computed
        return node.function.expression(tuple([self._seen.get(p, p) for p in node.parents]))

    def _in_nodes(self, formula: Expression) -> Expression:
        """Return a formula in which the nodes looked into stand again where they are whole."""
        done: dict[Expression, Expression] = {}
        for part in in_order(formula):
            done[part] = self._node_of.get(part, part) if part is not formula else part
            if isinstance(part, Apply) and done[part] is part:
                done[part] = with_arguments(part, tuple([done[a] for a in part.arguments]))
        return done[formula]
