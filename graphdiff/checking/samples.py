"""The points at which formulas are compared, made and computed once for all pages.

What is right at a point depends on the graph and its values alone, and on nothing that a page
says. So it is kept with the graph: of two hundred pages about one exercise all but the first find
the values, derivatives and expected formulas there. Processes forked from one that has judged a
page share what it has found.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.checking import conventions, distributions, points, sampling, work
from graphdiff.checking.descents import Descent
from graphdiff.checking.points import Point
from graphdiff.checking.sampling import Leaves
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.facts import Facts

ENOUGH = 16
"""Random points that formulas must agree at, of five times as many tried."""

TRIES = 5 * ENOUGH
"""Random points that are tried: a formula has no value at some."""

FAR = 300
"""Points far out that formulas with cases must agree at."""

MOST = 4
"""Choices of values for which points are kept with a graph, the latest ones."""

MANY = 100
"""Choices of some given values for which points are kept, the latest ones."""


class Samples:
    """The given point of a graph, and others near to it, at random and where kinks usually are.

    Parameters
    ----------
    values
        Values of leaves.
    supposed
        Values that computed nodes are supposed to have.
    rough
        Whether to compute in float64.
    descent
        How parameters change, where claims are about values after some steps.

    Attributes
    ----------
    formulas
        The formulas of targets as a report shows them, as far as asked for.
    growths
        How roundings grow on the way to the entries of targets, as far as asked for.
    """

    def __init__(
        self,
        graph: ComputationalGraph,
        values: Mapping[str, Any],
        supposed: Mapping[str, Any],
        *,
        rough: bool,
        descent: Descent | None,
    ) -> None:
        self.graph = graph
        self.descent = descent
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
        self.missing = [name for name in self.start if name not in self.given]
        self.digits = points.ROUGH if rough else points.DIGITS
        self.here = Point(
            graph, {**self.given, **fixed}, self.digits,
            exact=not rough and work.is_quick_in_fractions(graph), descent=descent,
        )  # fmt: skip
        self.exercise = replace(self.here, leaves=self.given) if fixed else self.here
        self.nearby = self._kept(lambda: sampling.neighbours(self.start), TRIES)
        self.generic = self._kept(self._random, TRIES)
        self.special = self._kept(lambda: sampling.at_kinks(self.start), 2 * TRIES)
        self.completed = self._with(self.given)
        self.has_kinks = conventions.has_kinks(graph)
        rows = [
            name
            for name in distributions.distributions(graph, self.given)
            if not graph[name].facts.sums_to_one
        ]
        presumed = {name: replace(graph[name].facts, rows="distribution") for name in rows}
        single = distributions.in_numbers(graph, self.given)
        self.proper = self._kept(
            lambda: (distributions.made_one(leaves, single) for leaves in self._random()),
            TRIES,
            {**graph.facts, **presumed},
        )
        self.rows = [f"the rows of {' and '.join(rows)}"] * bool(rows)
        self.rows += [" and ".join(single)] * bool(single)
        self.formulas: dict[Target, str] = {}
        self.growths: dict[Target, list[Any]] = {}
        self._partly: dict[Any, Kept] = {}

    @cached_property
    def is_at_kink(self) -> bool:
        """Whether the given point lies on a kink."""
        return self.has_kinks and not self.here.rough and conventions.at_kink(self.here)

    def compute(self, target: Target, most: int) -> None:
        """Compute a target where formulas are compared: at so many points of each kind at most."""
        for point in itertools.chain(
            self.generic.first(most), self.special.first(most), self.nearby.first(2 * most)
        ):
            point.at(target)

    def with_given(self, names: frozenset[str]) -> Kept:
        """Return the random points with the given values of some leaves."""
        return self._once(
            ("given", names), lambda: self._with({name: self.given[name] for name in names})
        )

    def beyond(self, facts: Mapping[str, Facts]) -> Kept:
        """Return random points where so much is said of leaves, and nothing else."""
        said = tuple(facts.items())
        return self._once(("said", said), lambda: self._kept(self._random, TRIES, facts))

    def scales(self, thresholds: Iterable[Any]) -> Kept:
        """Return points on both sides of every scale and of the thresholds."""
        marks = tuple(thresholds)
        source = lambda: sampling.scales(self.start, marks)  # noqa: E731
        return self._once(("scales", marks), lambda: self._kept(source, FAR))

    def _once(self, which: Any, make: Callable[[], Kept]) -> Kept:
        found = self._partly.pop(which, None) or make()
        self._partly[which] = found
        while len(self._partly) > MANY:
            del self._partly[next(iter(self._partly))]
        return found

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
        return self._kept(lambda: ({**p.leaves, **values} for p in self.generic), TRIES)

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

    def first(self, most: int) -> First:
        """Return no more than so many of the points."""
        return First(self, most)

    def _next(self) -> Point | None:
        leaves = self._leaves or itertools.islice(self._source(), len(self._made), None)
        self._leaves = None  # unless it ends well: an interrupted generator has no more to give
        found = next(leaves, None)
        self._leaves = leaves
        return None if found is None else self._point(found)


class First:
    """The first points of those that are kept."""

    def __init__(self, kept: Kept, most: int) -> None:
        self._kept = kept
        self._most = most

    def __iter__(self) -> Iterator[Point]:
        return itertools.islice(self._kept, self._most)


def samples_of(
    graph: ComputationalGraph,
    values: Mapping[str, Any],
    supposed: Mapping[str, Any],
    *,
    rough: bool,
    descent: Descent | None,
) -> Samples:
    """Return the points for some values, those kept with the graph if there are such."""
    kept: dict[Any, Samples] = graph.kept.setdefault("samples", {})
    which = (len(graph), _mark(values), _mark(supposed), rough, descent)
    found = kept.pop(which, None) or Samples(graph, values, supposed, rough=rough, descent=descent)
    kept[which] = found
    while len(kept) > MOST:
        del kept[next(iter(kept))]
    return found


def _mark(values: Mapping[str, Any]) -> Any:
    """Return what is equal for the same values of the same kinds, and can be looked up."""
    return frozenset((name, _mark_of(value)) for name, value in values.items())


def _mark_of(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return type(value), str(value)
    entries = value.tobytes() if value.dtype != object else tuple(map(_mark_of, value.ravel()))
    return value.dtype.str, value.shape, entries
