"""What the steps of a derivation have in common, be it of scalars or of tensors."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphdiff.derivations import symbols
from graphdiff.derivations.derivation import Step
from graphdiff.derivations.simplifying import MOST
from graphdiff.errors import GraphError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.notation import equations
from graphdiff.notation.equations import Line, Link, chain
from graphdiff.symbolic.tensor_derivatives import Layout

READABLE = 80
"""Operations in a closed form that a derivation still shows."""

LONG = 200
"""Nodes on the way from the output to the variable beyond which no closed form is tried."""


@dataclass(frozen=True)
class Steps:
    """Writes the equations of one sweep; values are left out where there is no run."""

    graph: ComputationalGraph
    output: Node
    wrt: Node
    run: Run | None
    digits: int
    layout: Layout
    own_value: bool

    @functools.cached_property
    def between(self) -> set[str]:
        """The nodes on the way from the variable to the output, both among them."""
        return self.graph.ancestors(self.output) & self.graph.descendants(self.wrt)

    def into(self, j: Node) -> list[Edge]:
        """Return the edges from a node that are on the way."""
        return [edge for edge in self.graph.children(j) if edge.child.name in self.between]

    def begins(self, j: Node) -> bool:
        """Whether P of a node comes from the output itself, and is written as its J is."""
        is_beside = any(edge.child is self.output for edge in self.into(j))
        return is_beside and symbols.is_alike(self.output)

    def local_function(self, i: Node) -> Line:
        """u^i = f^i(α^i) = value."""
        value = self.value(self.run and self.run.value, i)
        return chain(symbols.u(i), symbols.name(i), symbols.formula(i), *value)

    def recursion(self, j: Node) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule, and the formulas put in."""
        raise NotImplementedError

    def of_node(self, j: Node) -> Iterator[Step]:
        """Yield the step for P^j, and where much cancels the step that shows how."""
        heading = symbols.P(j, self.output).text
        yield Step(heading, tuple(self.recursion(j)))
        simplified = self.simplified(j) if len(self.between) <= MOST else None
        if simplified is not None:
            yield Step(f"Simplify {heading}", (simplified,))

    def simplified(self, j: Node) -> Line | None:
        """P^j with what the P of the children are put in = what is left = what that needs.

        None where nothing cancels.
        """
        raise NotImplementedError

    def start(self) -> Line:
        """P^n = 1."""
        return chain(symbols.P(self.output, self.output), Link("1", "1"))

    def derivative(self) -> Link:
        """∂output/∂wrt."""
        return symbols.derivative(self.output, self.wrt)

    def closed_forms(self) -> Iterator[Link]:
        """Yield the gradient in terms of nodes and in terms of leaves, where it is short."""
        raise NotImplementedError

    def result(self) -> Iterator[Line]:
        """Write the gradient as formulas, and as numbers."""
        value = self.value(self.gradients, self.wrt)
        if right := [*self.closed_forms(), *value]:
            yield chain(self.derivative(), *right)

    @property
    def gradients(self) -> Any:
        """The derivatives of the output that are shown as numbers."""
        return self.run and self.run.gradient

    def value(self, values: Any, node: Node) -> list[Link]:
        """Return the value of a node, or the gradient in it, where there is a run."""
        if values is None:
            return []
        return [equations.value(values[node.name], node.shape, self.digits)]


def check_run(run: Run | None, graph: ComputationalGraph, output: Node) -> None:
    """Raise a GraphError if a run is of another graph or another output."""
    if run is not None and (run.graph is not graph or run.output != output.name):
        raise GraphError(f"the run is not a backward sweep from {output.name!r} of this graph")


def disconnected(output: Node, wrt: Node) -> Step:
    """Say that an output does not depend on a node."""
    sentence = f"{output.name} does not depend on {wrt.name}: not connected, so P = 0"
    P = symbols.P(wrt, output)
    formula = f"{P.latex} = {symbols.derivative(output, wrt).latex} = 0"
    return Step(sentence, (Line(f"{P.text} = 0", formula),))
