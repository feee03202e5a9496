"""Where claims are compared: the given point, and many others."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.checking import conventions, distributions, equality, points, sampling, wording, work
from graphdiff.checking.claim_records import Claim, ClaimedSide, Misfit, Side
from graphdiff.checking.equality import flat
from graphdiff.checking.points import Descent, Point
from graphdiff.checking.sampling import Leaves
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.facts import Facts
from graphdiff.local_functions.local_function import Literal

ENOUGH = 16
"""Random points that formulas must agree at, of five times as many tried."""

FAR, WORK = 300, 20_000
"""Points far out that formulas with cases must agree at; nodes computed for all of them."""

MAX_THRESHOLDS = 20
"""Numbers in formulas at which cases are looked for."""

MODERATE = 4
"""How far out a leaf without a value shows a domain, not an overflow."""


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
    """The points at which the claims of a page are compared, made when first needed.

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
        rough, self.enough = asked.rough, min(ENOUGH, asked.points)
        self.given = {
            name: graph[name].facts.obeyed(sampling.exactly(v, rough=rough))
            for name, v in values.items()
        }
        fixed = {name: sampling.exactly(v, rough=rough) for name, v in supposed.items()}
        self.start = {
            leaf.name: self.given[leaf.name]
            if leaf.name in self.given
            else leaf.facts.obeyed(sampling.start(leaf, rough=rough))
            for leaf in graph.leaves
        }
        self.digits = points.ROUGH if rough else points.DIGITS
        self.tries = 5 * self.enough
        self.graph = graph
        self.descent = descent
        self.deadline = deadline
        self.missing = [name for name in self.start if name not in self.given]
        self.here = Point(
            graph, {**self.given, **fixed}, self.digits,
            exact=not rough and work.is_quick_in_fractions(graph), descent=descent,
        )  # fmt: skip
        self.quick = self.here.in_floats if asked.heavy else self.here
        self.exercise = replace(self.here, leaves=self.given) if fixed else self.here
        self.nearby = self._kept(lambda: sampling.neighbours(self.start), self.tries)
        self.generic = self._kept(self._random, self.tries)
        self.special = self._kept(lambda: sampling.at_kinks(self.start), 2 * self.tries)
        self.completed = self._with(self.given)
        thresholds = _thresholds(graph, sides)
        most = min(FAR, 6 * asked.points, WORK // len(graph))
        self.scales = self._kept(lambda: sampling.scales(self.start, thresholds), most)
        self.has_kinks = conventions.has_kinks(graph)
        self.rows = [
            name
            for name in distributions.distributions(graph, self.given)
            if not graph[name].facts.sums_to_one
        ]
        presumed = {name: replace(graph[name].facts, rows="distribution") for name in self.rows}
        self.proper = self._kept(self._random, self.tries, {**graph.facts, **presumed})
        self._partly: dict[frozenset[str], Kept] = {}

    @cached_property
    def is_at_kink(self) -> bool:
        """Whether the given point lies on a kink, so that other conventions may be told there."""
        return self.has_kinks and not self.here.rough and conventions.at_kink(self.here)

    @property
    def late(self) -> bool:
        """Whether the time for the report is over."""
        return time.monotonic() > self.deadline

    def with_given(self, names: frozenset[str]) -> Kept:
        """Return the random points with the given values of some leaves."""
        if names not in self._partly:
            values = {name: self.given[name] for name in names}
            self._partly[names] = self._with(values)
        return self._partly[names]

    def beyond(self, facts: Mapping[str, Facts]) -> Kept:
        """Return random points where so much is said of leaves, and nothing else."""
        return self._kept(self._random, self.tries, facts)

    def known(self, target: Target) -> Any | None:
        """Return the target's number at the given point.

        Where a value is missing it is still known if it is the same whatever the value
        is, such as J = 1.
        """
        value = self.here.at(target)
        if value is not None or not self.missing:
            return value
        tried = (point.at(target) for point in itertools.islice(self.completed, ENOUGH))
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

    def _obeyed(self, facts: Facts, name: str, leaves: Mapping[str, Any]) -> Any:
        """Return the value of a leaf at a point, changed to one of which the facts hold."""
        if facts.constant and name in self.given:
            return self.given[name]
        return facts.obeyed(leaves[name])

    def _random(self) -> Iterator[Leaves]:
        draw = sampling.scaled if self.digits == points.ROUGH else sampling.scattered
        return draw(self.start)

    def _with(self, values: Mapping[str, Any]) -> Kept:
        """Return the random points with these values."""
        return self._kept(lambda: ({**p.leaves, **values} for p in self.generic), self.tries)

    def _kept(
        self,
        source: Callable[[], Iterable[Mapping[str, Any]]],
        most: int,
        facts: Mapping[str, Facts] | None = None,
    ) -> Kept:
        """Return the first points that a source makes the leaves of, where what is said holds."""
        said = self.graph.facts if facts is None else facts

        def point(leaves: Mapping[str, Any]) -> Point:
            changed = {name: self._obeyed(said[name], name, leaves) for name in said}
            return Point(self.graph, {**leaves, **changed}, self.digits, descent=self.descent)

        return Kept(lambda: itertools.islice(source(), most), point)


class Kept:
    """Points made when first needed and kept, so that all claims share their computation.

    Parameters
    ----------
    source
        Makes the values of the leaves, the same each time: what was interrupted is begun anew.
    """

    def __init__(
        self, source: Callable[[], Iterable[Mapping[str, Any]]], point: Callable[..., Point]
    ) -> None:
        self._source = source
        self._point = point
        self._leaves: Iterator[Mapping[str, Any]] | None = None
        self._made: list[Point] = []

    def __iter__(self) -> Iterator[Point]:
        for place in itertools.count():
            if place == len(self._made):
                point = self._next()
                if point is None:
                    return
                self._made.append(point)
            yield self._made[place]

    def _next(self) -> Point | None:
        leaves = self._leaves or itertools.islice(self._source(), len(self._made), None)
        self._leaves = None  # unless it ends well: an interrupted generator has no more to give
        found = next(leaves, None)
        self._leaves = leaves
        return None if found is None else self._point(found)


def is_moderate(point: Point) -> bool:
    """Whether no leaf is so far out that a value may only be too large to compute with."""
    return all(abs(entry) <= MODERATE for value in point.leaves.values() for entry in flat(value))


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
