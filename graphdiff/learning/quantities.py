"""What rules of all parameters ask of a graph: its Hessian, its residuals, other places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import run_backward, run_forward
from graphdiff.graph import Node
from graphdiff.optimisers.local_objective import NO_RESIDUALS, LocalObjective
from graphdiff.program.packing import Packing
from graphdiff.symbolic.gradient_graph import name_of
from graphdiff.workbench import Graph


@dataclass(frozen=True)
class Objective:
    """A number that a graph computes, as a function of some of its leaves.

    Attributes
    ----------
    graph, output
        The graph, and what is minimised.
    vector
        The leaves that change.
    arithmetic
        The kind of number.
    residuals
        The node r whose squares the objective is made of, where a rule needs it.
    """

    graph: Graph
    output: Node
    vector: Packing
    arithmetic: Arithmetic
    residuals: str | None = None

    @property
    def sizes(self) -> tuple[int, int]:
        """n, the entries of θ, and m, the residuals."""
        m = 1 if self.residuals is None else self.graph[self.residuals].size
        return self.vector.size, int(m)

    @property
    def exact(self) -> bool:
        """Whether the numbers are exact."""
        return self.arithmetic is EXACT

    def packed(self, values: Mapping[str, Any]) -> np.ndarray:
        """Return values of the leaves that change, by name, as θ."""
        return self.vector.packed(values, object if self.exact else np.float64)

    def value(self, at: Mapping[str, Any]) -> Array:
        """Return the objective, given all leaves."""
        return run_forward(self.graph, at, exact=self.exact).value[self.output.name]

    def swept(self, at: Mapping[str, Any]) -> tuple[Array, dict[str, Any]]:
        """Return the objective and its derivative in each leaf that changes, given all leaves."""
        parameters = self.vector.nodes
        run = run_backward(self.graph, self.output, at, wrt=parameters, exact=self.exact)
        zero = self.arithmetic.number(0)
        return run.value[self.output.name], {
            p.name: run.gradient[p.name]
            if p.name in run.gradient
            else (np.full(p.shape, zero) if p.shape else zero)
            for p in parameters
        }

    def rows(self, graph: Graph, node: Node, at: Mapping[str, Any]) -> tuple[Array, np.ndarray]:
        """Return a node's entries, and their derivatives in θ, a row for each."""
        wrt = [graph[p.name] for p in self.vector.nodes]
        run = run_backward(graph, node, at, wrt=wrt, exact=self.exact)
        dtype = object if self.exact else np.float64
        none = np.full((node.size, 1), self.arithmetic.number(0))
        blocks = [
            np.asarray(run.P[p.name], dtype).reshape(node.size, p.size)
            if p.name in run.P
            else np.repeat(none, p.size, axis=1)
            for p in wrt
        ]
        return np.ravel(np.asarray(run.value[node.name], dtype)), np.hstack(blocks)

    @cached_property
    def twice(self) -> Graph:
        """A graph that computes the gradient too."""
        return self.graph.gradient_graph(self.output, self.vector.nodes)

    @cached_property
    def products(self) -> Any:
        """A program of the Hessian times a vector."""
        return self.graph.compile(self.output, self.vector.nodes, form="hvp")


@dataclass(frozen=True)
class GraphPlace(LocalObjective):
    """A place of an objective that a graph computes.

    Attributes
    ----------
    of
        The objective.
    at
        The values of all leaves.
    """

    of: Objective
    at: Mapping[str, Any]

    def value_at(self, theta: np.ndarray) -> Array:
        """Return the objective at another place."""
        return self.of.value({**self.at, **self.of.vector.unpacked(theta)})

    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient at another place."""
        _, found = self.of.swept({**self.at, **self.of.vector.unpacked(theta)})
        return self.of.packed(found)

    def _hessian(self) -> np.ndarray:
        """Return every entry of the gradient differentiated again."""
        graph, output = self.of.graph, self.of.output
        names = (name_of(graph, output, p) for p in self.of.vector.nodes)
        return np.vstack([self.of.rows(self.of.twice, self.of.twice[name], self.at)[1]
                          for name in names])  # fmt: skip

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return Hv."""
        if self.of.exact:
            return self.hessian @ v
        found = self.of.products(dict(self.at), tangent=self.of.vector.unpacked(v))
        return self.of.packed(found)

    def residuals_at(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return r and its Jacobian."""
        of = self.of
        if of.residuals is None:
            raise GraphError(NO_RESIDUALS)
        at = {**self.at, **of.vector.unpacked(theta)}
        return of.rows(of.graph, of.graph[of.residuals], at)


def floats(values: Sequence[Any]) -> np.ndarray:
    """Return numbers of any kind as an array."""
    return np.array([FLOAT64.number(value) for value in values], np.float64)
