"""What a formula or a number of a page may be: the quantities of the graph it equals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide, Side
from graphdiff.checking.descents import Descent
from graphdiff.checking.ground import Ground
from graphdiff.checking.number_verdicts import NumberJudge
from graphdiff.checking.page import Page
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph, Node

FEW = 6
"""Points at which a formula is compared with those of the graph."""

NEAR = 0.03
"""How far off a number may be, as a part of it, that is still taken for an attempt at another."""


class Known:
    """The quantities of a graph at one point, to be recognised."""

    def __init__(
        self,
        graph: ComputationalGraph,
        output: Node | None,
        values: Mapping[str, Any],
        deadline: float,
        descent: Descent | None = None,
    ) -> None:
        self.graph = graph
        self.output = output
        self.values = values
        self.ground = Ground(graph, values, {}, [], descent, deadline)
        self.numbers = NumberJudge(self.ground, Page(), None)

    def quantities(self) -> Iterator[Target]:
        """Yield what a formula may be: values of computed nodes, derivatives of the output."""
        for node in self.graph.nodes:
            if not node.is_leaf:
                yield Target("value", node)
        if self.output is not None:
            for node in self.graph.nodes:
                if node is not self.output and node.name in self.graph.ancestors(self.output):
                    yield Target("derivative", self.output, node)

    def same(self, way: ClaimedSide) -> list[Target]:
        """Return the quantities that a formula is everywhere."""
        found: list[Target] = []
        for target in self.quantities():
            is_itself = len(way.names) == 1 and way.names[0] is target.of
            if target.shape != way.shape or is_itself:
                continue
            if self.ground.agree(self.ground.here, target, way) is False:
                continue
            compared = self.ground.separated(target, way, self.ground.generic, most=FEW)
            if compared.separating is None and compared.compared:
                found.append(target)
        return found

    def of_value(self, side: Side) -> list[Target]:
        """Return the quantities that have a number here, derivatives first."""
        among = sorted(self.quantities(), key=lambda target: not target.is_derivative)
        return [target for target in among if self.matches(target, side)]

    def matches(self, target: Target, side: Side) -> bool:
        """Whether a side is right about a target here, to its own digits."""
        right, claimed = self.ground.here.at(target), self.ground.here.of(side)
        if right is None or claimed is None or np.shape(right) != np.shape(claimed):
            return False
        slack = self.numbers.slack(side, claimed)
        return self.numbers.matched(target, side, claimed, right, slack)[0] is not None

    def is_near(self, target: Target, side: Side) -> bool:
        """Whether a side is an attempt at a target: rounding and small slips allowed."""
        right, claimed = self.ground.here.at(target), self.ground.here.of(side)
        if right is None or claimed is None or np.size(right) != np.size(claimed):
            return False
        one, other = (np.asarray(value, float).ravel() for value in (right, claimed))
        return bool(np.allclose(one, other, rtol=NEAR, atol=1e-12))

    def is_step(self, leaf: Node, value: Any) -> bool:
        """Whether a step of descent leads a parameter to a value, or nearly so far."""
        right = self.ground.here.at(Target("value", leaf, step=1))
        old = self.values.get(leaf.name)
        if self.ground.descent is None or right is None or old is None:
            return False
        start, end, given = (np.asarray(one, float).ravel() for one in (old, right, value))
        return bool(np.all(np.abs(given - end) <= NEAR * np.abs(end - start)))
