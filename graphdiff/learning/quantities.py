"""What rules of all parameters ask of a graph: its Hessian, its residuals, other places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.evaluation.number_systems import EXACT, Arithmetic, Array
from graphdiff.evaluation.run import run_backward, run_forward
from graphdiff.graph import Node
from graphdiff.optimisers.method import Method
from graphdiff.symbolic.gradient_graph import name_of
from graphdiff.workbench import Graph

TOLERANCE = 1e-10
"""How small the residual of a linear system is, as a part of the first, to be solved in floats."""


@dataclass(frozen=True)
class Vector:
    """Some leaves as one vector θ, their entries one after the other."""

    parameters: tuple[Node, ...]

    @property
    def size(self) -> int:
        """The entries of θ."""
        return sum(p.size for p in self.parameters)

    def packed(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> np.ndarray:
        """Return values by name as θ."""
        dtype = object if arithmetic is EXACT else np.float64
        parts = [np.ravel(np.asarray(values[p.name], dtype)) for p in self.parameters]
        return np.concatenate(parts)

    def unpacked(self, theta: np.ndarray) -> dict[str, Any]:
        """Return the values by name."""
        found, at = dict[str, Any](), 0
        for p in self.parameters:
            part = theta[at : at + p.size]
            found[p.name] = part.reshape(p.shape) if p.shape else part.item()
            at += p.size
        return found


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
    vector: Vector
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

    def value(self, at: Mapping[str, Any]) -> Array:
        """Return the objective, given all leaves."""
        return run_forward(self.graph, at, exact=self.exact).value[self.output.name]

    def swept(self, at: Mapping[str, Any]) -> tuple[Array, dict[str, Any]]:
        """Return the objective and its derivative in each leaf that changes, given all leaves."""
        parameters = self.vector.parameters
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
        wrt = [graph[p.name] for p in self.vector.parameters]
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
        return self.graph.gradient_graph(self.output, self.vector.parameters)

    @cached_property
    def products(self) -> Any:
        """A program of the Hessian times a vector."""
        return self.graph.compile(self.output, self.vector.parameters, form="hvp")


@dataclass(frozen=True)
class Place:
    """An objective at one place of its parameters.

    Attributes
    ----------
    of
        The objective.
    at
        The values of all leaves.
    theta, value, gradient
        The parameters as a vector, the objective there, and its gradient.
    """

    of: Objective
    at: Mapping[str, Any]
    theta: np.ndarray
    value: Array
    gradient: np.ndarray

    def answer(self, method: Method, name: str, values: Mapping[str, Array]) -> Array:
        """Return what a rule asks for here, given what it knows so far."""
        match name:
            case "eta" if method.search is not None:
                return method.search.found(Along(self, np.asarray(values["p"])))
            case "H":
                return self.hessian
            case "I":
                return self.identity
            case "f":
                return self.value
            case "f_trial":
                return self.value_at(np.asarray(values["trial"]))
            case "r":
                return self.residuals[0]
            case "J":
                return self.residuals[1]
            case "q":
                return conjugate_gradients(self, self.gradient)
            case _:
                raise GraphError(f"a rule asks for {name!r}, which no graph has")

    @property
    def identity(self) -> np.ndarray:
        """The identity, n × n."""
        whole = np.full((len(self.theta),) * 2, self.of.arithmetic.number(0))
        whole[np.diag_indices(len(self.theta))] = self.of.arithmetic.number(1)
        return whole

    def value_at(self, theta: np.ndarray) -> Array:
        """Return the objective at another place."""
        return self.of.value({**self.at, **self.of.vector.unpacked(theta)})

    def gradient_at(self, theta: np.ndarray) -> np.ndarray:
        """Return the gradient at another place."""
        _, found = self.of.swept({**self.at, **self.of.vector.unpacked(theta)})
        return self.of.vector.packed(found, self.of.arithmetic)

    @cached_property
    def hessian(self) -> np.ndarray:
        """The Hessian, n × n: every entry of the gradient differentiated again."""
        graph, output = self.of.graph, self.of.output
        names = (name_of(graph, output, p) for p in self.of.vector.parameters)
        return np.vstack([self.of.rows(self.of.twice, self.of.twice[name], self.at)[1]
                          for name in names])  # fmt: skip

    def hessian_times(self, v: np.ndarray) -> np.ndarray:
        """Return Hv."""
        if self.of.exact:
            return self.hessian @ v
        found = self.of.products(dict(self.at), tangent=self.of.vector.unpacked(v))
        return self.of.vector.packed(found, self.of.arithmetic)

    @cached_property
    def residuals(self) -> tuple[np.ndarray, np.ndarray]:
        """r, of m entries, and its Jacobian, m × n."""
        if self.of.residuals is None:
            raise GraphError("the rule needs the residuals; name their node, residuals='e'")
        return self.of.rows(self.of.graph, self.of.graph[self.of.residuals], self.at)


@dataclass(frozen=True)
class Along:
    """The objective along a direction from a place: φ(α) = f(θ + αp)."""

    place: Place
    direction: np.ndarray

    @property
    def arithmetic(self) -> Arithmetic:
        """The kind of number."""
        return self.place.of.arithmetic

    @property
    def value(self) -> Array:
        """φ(0)."""
        return self.place.value

    @cached_property
    def slope(self) -> Array:
        """φ′(0) = gᵀp."""
        return self.place.gradient @ self.direction

    def at(self, length: Array) -> Array:
        """Return φ(α)."""
        return self.place.value_at(self.place.theta + length * self.direction)

    def slope_at(self, length: Array) -> Array:
        """Return φ′(α)."""
        there = self.place.theta + length * self.direction
        return self.place.gradient_at(there) @ self.direction

    def curvature(self) -> Array:
        """Return φ″(0) = pᵀHp."""
        return self.direction @ self.place.hessian_times(self.direction)


def conjugate_gradients(place: Place, b: np.ndarray) -> np.ndarray:
    """Return x with Hx = b, by products with H alone.

    It ends where the curvature along a direction is not positive, as in Nocedal and Wright,
    Numerical optimization, 2006, algorithm 7.1; at the first direction it returns b.
    """
    x, r = place.of.arithmetic.number(0) * b, b
    p, size = r, r @ r
    least = 0 if place.of.exact else TOLERANCE**2 * size
    for _ in range(2 * len(b)):
        if size <= least:
            break
        Hp = place.hessian_times(p)
        curvature = p @ Hp
        if not curvature > 0:
            return x if np.any(x != 0) else b
        alpha = size / curvature
        x, r = x + alpha * p, r - alpha * Hp
        size, before = r @ r, size
        p = r + size / before * p
    return x
