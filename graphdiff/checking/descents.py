"""The descent that claims about steps are of: its method, and what it remembers at a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import sympy as sp

from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.optimisers.first_order import DESCENT
from graphdiff.optimisers.loops import of_each
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import GRADIENT, RATE
from graphdiff.program.packing import Packing

ALL = ""
"""The name that what a rule of all parameters finds is kept under."""


@dataclass(frozen=True)
class Descent:
    """A descent of an output J in some parameters.

    Attributes
    ----------
    output, method
        J, and how a step changes a parameter.
    chosen
        The names of the parameters that change; None for all.
    residuals
        The name of the node r that J is a sum of squares of, for rules of least squares.
    steps
        How many steps were made before.
    found
        What the last of them has assigned, by parameter: m̂ as well as m.
    """

    output: Node
    method: Method
    chosen: tuple[str, ...] | None = None
    residuals: str | None = None
    steps: int = 0
    found: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict[str, Mapping[str, Any]], hash=False
    )

    @classmethod
    def at_rate(cls, output: Node, rate: sp.Expr) -> Descent:
        """Return gradient descent, θ ← θ − η dJ/dθ."""
        return cls(output, Method(DESCENT, {RATE: rate}))

    def within(self, graph: ComputationalGraph) -> Descent:
        """Return the descent in another graph with the same names."""
        return replace(self, output=graph[self.output.name])

    @property
    def is_plain(self) -> bool:
        """Whether it is gradient descent and no more."""
        return self.method.rule is DESCENT and self.method.schedule is None

    @property
    def is_of_all(self) -> bool:
        """Whether a step is of all parameters as one vector."""
        return self.method.rule.is_of_all

    @property
    def rate(self) -> Any:
        """The learning rate of the first step."""
        return self.method.settings[RATE]

    @cached_property
    def parameters(self) -> tuple[Node, ...]:
        """The parameters that change."""
        graph = self.output.graph
        if self.chosen is not None:
            return tuple(graph[name] for name in self.chosen)
        return tuple(graph.parameters)

    @cached_property
    def vector(self) -> Packing:
        """The parameters as one vector."""
        return Packing(self.parameters)

    @property
    def residual(self) -> Node | None:
        """The node of the residuals."""
        return None if self.residuals is None else self.output.graph[self.residuals]

    @property
    def sizes(self) -> tuple[int, int]:
        """n, the entries of θ, and m, the residuals."""
        return self.vector.size, 1 if self.residual is None else int(self.residual.size)

    @cached_property
    def states(self) -> Mapping[str, Shape | None]:
        """The letters of what a step keeps or finds, the longest first.

        Each has the shape it is of for all parameters at once; None where every parameter has one
        of its own.
        """
        rule = self.method.rule
        own = {RATE: SCALAR}
        if not self.is_of_all:
            return {**own, **dict.fromkeys(self.method.states)}
        n, m = self.sizes
        sizes = {"n": n, "m": m}
        kept = of_each(rule.shapes, rule.pairs)
        shapes: dict[str, Shape] = {
            name: tuple(sizes[letter] for letter in kept.get(name, "")) for name in rule.kept
        }
        for line in rule.program((n, m)):
            shapes[line.name] = line.formula.function.shape
        shapes.pop(GRADIENT, None)
        ordered = sorted(shapes, key=lambda name: (-len(name), name))
        return {**own, **{name: shapes[name] for name in ordered}}

    def seeing(self, value: Any) -> Descent:
        """Return the descent once the objective was so before its next step."""
        schedule = self.method.schedule
        cost = -value if self.method.is_uphill else value
        seen = () if schedule is None else schedule.seen
        return replace(self, method=self.method.seeing((*seen, cost)))

    def after_step(self, found: Mapping[str, Mapping[str, Any]]) -> Descent:
        """Return the descent after one more step, with what it has found by parameter."""
        return replace(self, steps=self.steps + 1, found=found)

    @property
    def has_constant_rates(self) -> bool:
        """Whether the rate of each step is known whatever the objective is."""
        return self.method.search is None and not self.method.watches

    def last_rate(self, arithmetic: Arithmetic) -> Any | None:
        """Return the learning rate of the last step; None before the first."""
        return self.method.rate(arithmetic, self.steps) if self.steps else None

    def state(self, arithmetic: Arithmetic, leaf: Node) -> Mapping[str, Any]:
        """Return what is remembered of a parameter, and all else of the last step."""
        if leaf.name in self.found:
            return self.found[leaf.name]
        return self.method.start(arithmetic, leaf.shape)
