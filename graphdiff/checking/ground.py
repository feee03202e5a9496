"""Where the claims of a page are compared: the given point, and many others."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.checking import conventions, equality, wording, work
from graphdiff.checking.claim_records import Claim, ClaimedSide, Misfit, Side
from graphdiff.checking.descents import Descent
from graphdiff.checking.equality import flat
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.samples import ENOUGH, FAR, samples_of
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.facts import Facts
from graphdiff.local_functions.local_function import Literal

WORK = 20_000
"""Nodes computed for all points far out together."""

MAX_THRESHOLDS = 20
"""Numbers in formulas at which cases are looked for."""


UNSURE, LOSING = 1e-6, 1000
"""What float64 is trusted to, as a part of a number; and as so many times what it loses there."""


def margin(one: Any, other: Any, lost: Any) -> Any:
    """Return how far numbers differ, if float64 is to tell that they do.

    Parameters
    ----------
    lost
        How far float64 is off at the same point without what is asked about.
    """
    return UNSURE * (abs(one) + abs(other)) + LOSING * abs(lost)


class Comparison(NamedTuple):
    """How two sides compare.

    Attributes
    ----------
    separating
        The first point where they differ, or None.
    compared
        At how many points they agree.
    lacks
        Whether the claim has no value at some.
    late
        Whether there was no time for more.
    """

    separating: Point | None
    compared: int
    lacks: bool = False
    late: bool = False


class Ground:
    """The points at which the claims of a page are compared.

    Parameters
    ----------
    values
        Values of leaves.
    supposed
        Values that computed nodes are supposed to have.
    claims
        What is to be judged, for how much there is to compute.
    descent
        How parameters change, where claims are about values after some steps.
    deadline
        When to compare no more.
    """

    def __init__(
        self,
        graph: ComputationalGraph,
        values: Mapping[str, Any],
        supposed: Mapping[str, Any],
        claims: Sequence[Claim],
        descent: Descent | None,
        deadline: float,
    ) -> None:
        sides = [side for claim in claims for side in claim.links if not isinstance(side, Misfit)]
        asked = work.work(graph, [claim.target for claim in claims], sides)
        self.samples = samples_of(graph, values, supposed, rough=asked.rough, descent=descent)
        self.graph = graph
        self.descent = descent
        self.deadline = deadline
        self.enough = min(ENOUGH, asked.points)
        self.tries = 5 * self.enough
        self.given, self.missing = self.samples.given, self.samples.missing
        self.here, self.exercise = self.samples.here, self.samples.exercise
        self.quick = self.here.in_floats if asked.heavy else self.here
        self.nearby = self.samples.nearby.first(self.tries)
        self.generic = self.samples.generic.first(self.tries)
        self.special = self.samples.special.first(2 * self.tries)
        self.proper = self.samples.proper.first(self.tries)
        self.has_kinks, self.rows = self.samples.has_kinks, self.samples.rows
        most = min(FAR, 6 * asked.points, WORK // len(graph))
        self.scales = self.samples.scales(_thresholds(graph, sides)).first(most)

    @property
    def is_at_kink(self) -> bool:
        """Whether the given point lies on a kink, so that other conventions may be told there."""
        return self.samples.is_at_kink

    @property
    def late(self) -> bool:
        """Whether the time for the report is over."""
        return time.monotonic() > self.deadline

    def with_given(self, names: frozenset[str]) -> Iterable[Point]:
        """Return the random points with the given values of some leaves."""
        return self.samples.with_given(names).first(self.tries)

    def beyond(self, facts: Mapping[str, Facts]) -> Iterable[Point]:
        """Return random points where so much is said of leaves, and nothing else."""
        return self.samples.beyond(facts).first(self.tries)

    def known(self, target: Target) -> Any | None:
        """Return the target's number at the given point.

        Where a value is missing it is still known if it is the same whatever the value
        is, such as J = 1.
        """
        value = self.here.at(target)
        if value is not None or not self.missing:
            return value
        some = self.samples.completed.first(min(ENOUGH, self.tries))
        tried = (point.at(target) for point in some)
        found = [value for value in tried if value is not None]
        same = len(found) >= 3 and not any(
            equality.unequal(value, found[0], rough=self.here.rough) for value in found
        )
        return found[0] if same else None

    def missing_for(self, target: Target) -> str | None:
        """Return the leaf without a value that the target needs, if any."""
        needed = {name for node in target.needs for name in self.graph.ancestors(node)}
        return next((name for name in self.missing if name in needed), None)

    def agree(self, point: Point, target: Target | Side, link: Side) -> bool | None:
        """Whether both sides agree at a point; None where one has no value."""
        differing = self.differing(point, target, link)
        return None if differing is None else not differing

    def differing(self, point: Point, target: Target | Side, link: Side) -> list[int] | None:
        """Return the entries in which the sides differ at a point; None where one has no value."""
        claimed, expected = point.of(link), point.at(target)
        if claimed is None or expected is None or np.size(claimed) != np.size(expected):
            return None
        apart = equality.unequal(claimed, expected, rough=point.rough)
        if not apart or point.rough:
            return apart
        sharp = point.sharper.of(link), point.sharper.at(target)
        if sharp[0] is None or sharp[1] is None:
            return None
        return equality.still_unequal(apart, (claimed, expected), sharp)

    def far_apart(
        self, point: Point, lines: Sequence[PageLine], target: Target, link: Side
    ) -> bool:
        """Whether float64 tells what lines give from what a claim says, by far more than it loses.

        What it loses is seen at the same point without the lines.
        """
        floats, claimed = point.in_floats, point.of(link)
        given = floats.with_lines(*lines).at(target)
        right, true = floats.at(target), point.at(target)
        numbers = (claimed, given, right, true)
        if claimed is None or any(
            found is None or np.size(found) != np.size(claimed) for found in numbers
        ):
            return False
        entries = zip(*map(flat, numbers), strict=True)
        return any(abs(a - b) > margin(a, b, c - d) for a, b, c, d in entries)

    def separated(
        self,
        target: Target | Side,
        link: ClaimedSide,
        among: Iterable[Point],
        most: int | None = ENOUGH,
    ) -> Comparison:
        """Return the first point where the sides differ, and how many were compared.

        Parameters
        ----------
        most
            After how many that agree to stop; None for all there are.
        """
        compared, enough = 0, None if most is None else min(most, self.enough)
        lacks = False
        for point in among:
            if enough is not None and compared >= enough:
                break
            if self.late:
                return Comparison(None, compared, lacks, late=True)
            agree = self.agree(point, target, link)
            if agree is False:
                return Comparison(point, compared, lacks)
            lacks = lacks or (agree is None and point.of(link) is None)
            compared += agree is not None
        return Comparison(None, compared, lacks)

    def described(self, point: Point) -> str:
        """Return the values of the leaves at a point, for a sentence."""
        if point is self.here and any(map(np.ndim, point.leaves.values())):
            return "the given point"
        pairs = [f"{name} = {wording.brief(value)}" for name, value in point.leaves.items()]
        return ", ".join(pairs[:6]) + (", …" if len(pairs) > 6 else "")

    def disconnected(self, target: Target) -> str:
        """Say that a derivative is of a node that does not depend on the other, if it is."""
        output, wrt = target.of, target.wrt
        if target.kind == "J" or wrt is None or wrt.name in self.graph.ancestors(output):
            return ""
        return f"{output.name} does not depend on {wrt.name}, so it is 0"


def _thresholds(graph: ComputationalGraph, sides: Sequence[Side]) -> list[sp.Expr]:
    """Return the numbers in the formulas of a graph and of claims: cases may turn there."""
    functions = [node.function for node in graph.nodes if node.function]
    functions += [side.function for side in sides if isinstance(side, ClaimedSide)]
    found = {
        line.value
        for function in functions
        if conventions.is_kinked(function)
        for line in function.program
        if isinstance(line, Literal) and line.value.is_Rational
    }
    return sorted(found)[:MAX_THRESHOLDS]
