"""A derivation with many mistakes, each beside the others, so that one sweep computes them all.

The first axis of each array is that of the settings with the first mistake, then with the second,
and so on. What a mistake does itself is done to its own part of an array; the operations around it
are applied to all at once.
"""

from __future__ import annotations

import functools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.checking.faults.derivation import (
    NO_ALTERATION,
    Alteration,
    AppliedTo,
    BackWith,
    Derivation,
)
from graphdiff.checking.faults.effort import ENTRIES, Work
from graphdiff.checking.faults.operations import Between, Operation, Use
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError
from graphdiff.graph import Node

Array = Any

NUMBERS = 1_000_000
"""Numbers that are computed side by side."""

FAILURES = (GraphdiffError, ValueError)
"""What comes of a mistake that cannot be made here: arrays that do not fit, no value."""


class SideBySide(Derivation):
    """The derivation with several alterations, computed in one.

    Parameters
    ----------
    true
        The derivation without them.
    alterations
        Alterations of values and of what goes back.
    last
        The place of the last operation whose value is needed; None if any may be.

    Attributes
    ----------
    odd
        The alterations, by their numbers, that do not fit beside the others: what they make has
        another shape, or there is none.
    units
        The work that each would take if it were computed alone.
    """

    def __init__(
        self, true: Derivation, alterations: Sequence[Alteration], last: int | None
    ) -> None:
        self.__dict__.update(true.unaltered_copy().__dict__)
        self.true, self.alterations = true, alterations
        self.lead = len(alterations) * len(true.settings)
        self.work = Work()
        self.odd = set[int]()
        self._left_out = set[tuple[Use, int]]()
        self.units = [0] * len(alterations)
        self._among = [frozenset[int]()] * len(alterations)
        self.values: Any = _Values(self)
        for m, alteration in enumerate(alterations):
            if alteration.values:
                after = frozenset[int]().union(*map(self.operations.after, alteration.values))
                self._among[m] = after
        self._altered = frozenset[int]().union(*self._among)
        with np.errstate(all="ignore"):
            self._sweep_values(last)

    @staticmethod
    def most(derivation: Derivation, target: Target) -> int:
        """Return how many alterations are computed side by side."""
        rows = math.prod(target.whole) if target.wrt is not None else 1
        each = len(derivation.settings) * derivation.operations.entries * max(1, rows)
        return max(1, NUMBERS // each)

    # Parts of arrays

    def spread(self, found: Array) -> Array:
        """Return numbers at each setting, or the same at all, for each of the alterations."""
        if not np.ndim(found) or len(found) == 1:
            return found
        return np.concatenate([found] * len(self.alterations))

    def part(self, m: int, found: Array) -> Array:
        """Return the part of an alteration."""
        many = len(self.settings)
        return found if len(found) == 1 else found[m * many : (m + 1) * many]

    def _with_parts(
        self, found: Array, shape: tuple[int, ...], parts: Iterable[tuple[int, Callable[[], Array]]]
    ) -> Array:
        """Return numbers with parts that are computed in another way, each of a mistake's own."""
        many = len(self.settings)
        found = np.array(np.broadcast_to(found, (self.lead, *shape)))
        for m, compute in parts:
            before = self.true.work.done
            try:
                own = compute()
            except FAILURES:
                own = None
            self.units[m] += self.true.work.done - before
            self.true.work.done = before
            if own is None or np.shape(own)[1:] != shape or len(own) not in (1, many):
                self.odd.add(m)
            else:
                found[m * many : (m + 1) * many] = own
        return found

    def _with_arguments(
        self, operation: Operation, changed: Sequence[tuple[int, AppliedTo | BackWith]]
    ) -> list[Array]:
        """Return the arguments of an operation, with those that mistakes have in their place."""
        arguments = self.arguments(operation)
        for slot in {each.slot for _, each in changed}:
            values = [(m, functools.partial(each.value, self._own(m))) for m, each in changed
                      if each.slot == slot]  # fmt: skip
            arguments[slot] = self._with_parts(arguments[slot], arguments[slot].shape[1:], values)
        return arguments

    def _taken(self, whole: Array, found: Array, among: Iterable[int]) -> Array:
        """Return numbers with the parts of some mistakes taken from others."""
        many, shape = len(self.settings), found.shape[1:]
        whole = np.array(np.broadcast_to(whole, (self.lead, *shape)))
        found = np.broadcast_to(found, whole.shape)
        for m in among:
            whole[m * many : (m + 1) * many] = found[m * many : (m + 1) * many]
        return whole

    def _own(self, m: int) -> Derivation:
        """Return the derivation with one of the alterations, as it knows itself."""
        if not self.alterations[m].values:
            return self.true
        if m not in self._owns:
            own = self.true.unaltered_copy()
            own.values, own._altered = _Part(self, m), self._among[m]  # type: ignore[assignment]
            self._owns[m] = own
        return self._owns[m]

    @cached_property
    def _owns(self) -> dict[int, Derivation]:
        return {}

    # Forward

    def _sweep_values(self, last: int | None) -> None:
        changed: defaultdict[int, list[tuple[int, Any]]] = defaultdict(list)
        for m, alteration in enumerate(self.alterations):
            for place, value in alteration.values.items():
                changed[place].append((m, value))
        for place in sorted(self._altered):
            if last is not None and place > last:
                break
            operation = self.operations[place]
            found = self.spread(self.true.values[place])
            if operation.arguments:
                found = self._said(operation, self._value(operation))
            if place in changed:
                found = self._changed_values(operation, found, changed[place])
            self.values.own[place] = found
            self._count_values(operation, {m for m, _ in changed[place]})

    def _changed_values(
        self, operation: Operation, found: Array, changed: Sequence[tuple[int, Any]]
    ) -> Array:
        """Return the values of an operation, with those that mistakes have in their place."""
        again = [(m, one) for m, one in changed if isinstance(one, AppliedTo)
                 and one.place == operation.place]  # fmt: skip
        if again:
            applied = self.applied(operation, self._with_arguments(operation, again))
            found = self._taken(found, applied, [m for m, _ in again])
            units = 1 + operation.work * len(self.true.values[operation.place]) // ENTRIES
            for m, _ in again:
                self.units[m] += units
        others = {m for m, _ in changed}.difference(m for m, _ in again)
        parts = [(m, functools.partial(one, self._own(m))) for m, one in changed if m in others]
        return self._with_parts(found, found.shape[1:], parts) if parts else found

    def _count_values(self, operation: Operation, changed: set[int]) -> None:
        """Count what an operation takes of each alteration that it is computed again for."""
        if operation.function is None:
            return
        units = 1 + operation.work * len(self.true.values[operation.place]) // ENTRIES
        for m, among in enumerate(self._among):
            if operation.place in among and m not in changed:
                self.units[m] += units

    def slope(self, use: Use) -> Array | None:
        """Return the derivative of a map in one argument, entry by entry; None of others."""
        if use in self._slopes:
            return self._slopes[use]
        true = self.true.slope(use)
        if true is None:
            return None
        operation = self.operations[use.by]
        if self._altered.isdisjoint(operation.arguments):
            found = self.spread(true)
        else:
            found = self.slope_at(use, self.where(operation))
        self._slopes[use] = found
        return found

    def where(self, operation: Operation) -> list[Array]:
        """Return where the derivative of an operation is taken."""
        if not self.is_said_by_value(operation):
            return self.arguments(operation)
        (true,) = self.true.where(operation)
        many = len(self.settings)
        found = np.array(np.broadcast_to(self.spread(true), (self.lead, *true.shape[1:])))
        for m, among in enumerate(self._among):
            if not among.isdisjoint(operation.arguments):
                (found[m * many : (m + 1) * many],) = self._own(m).where(operation)
        return [found]

    # Back

    def _swept_together(self, way: Between, within: Node | None) -> Array:
        """Return P of the end of a way, with each alteration."""
        base = self._swept_base(way.of, within)
        uses: defaultdict[Use, list[tuple[int, Any]]] = defaultdict(list)
        received: defaultdict[int, list[tuple[int, Any]]] = defaultdict(list)
        for m, alteration in enumerate(self.alterations):
            for use, through in alteration.uses.items():
                uses[use].append((m, through))
            for place, change in alteration.received.items():
                received[place].append((m, change))
        found = dict[int, Array]()
        reached: list[set[int]] = [set() for _ in self.alterations]
        for place in way.places:
            on_way, P = way.uses.get(place, ()), self.spread(base.P[place])
            fresh = [
                use for use in on_way if use in uses or use.by in found or self._is_altered(use)
            ]
            if place not in received and not fresh:
                continue
            if place != way.of and fresh:
                terms = [self._term(use, base, uses.get(use, ()), found) for use in on_way]
                P = self._total(place, on_way, terms, found, way.of, within)
                for m in range(len(self.alterations)) if self._left_out else ():
                    if all((use, m) in self._left_out for use in on_way):
                        self.part(m, P)[...] = 0  # and no line says it then
                self._count_swept(place, on_way, base, uses, reached)
            if place in received:
                parts = [
                    (m, lambda m=m, change=change, P=P: change(self._own(m), self.part(m, P)))
                    for m, change in received[place]
                ]
                P = self._with_parts(P, P.shape[1:], parts)
                for m, _ in received[place]:
                    reached[m].add(place)
            found[place] = P
        return found.get(way.wrt, base.P[way.wrt])

    def _term(
        self, use: Use, base: Any, changed: Sequence[tuple[int, Any]], found: Mapping[int, Array]
    ) -> Array:
        """Return what goes back through a use of a value."""
        if use.by in found or self._is_altered(use):
            P = found[use.by] if use.by in found else self.spread(base.P[use.by])
            term = self.through(use, P)
        else:
            P = self.spread(base.P[use.by])
            term = self.spread(base.terms[use])
        if not changed:
            return term
        shape = (P.shape[1], *self.shape_of(use))
        with_others = [
            (m, one) for m, one in changed if isinstance(one, BackWith) and one.use == use
        ]
        if with_others:
            arguments = self._with_arguments(self.operations[use.by], with_others)
            back = self.through_at(use, P, arguments)
            term = self._taken(term, back, [m for m, _ in with_others])
            units = self._units(use, self.part(0, P))
            for m, _ in with_others:
                self.units[m] += units

        def parts(m: int, through: Any) -> Callable[[], Array]:
            def compute() -> Array:
                own = through(self._own(m), self.part(m, P))
                if own is None:
                    self._left_out.add((use, m))
                return np.zeros((1, *shape)) if own is None else own

            return compute

        others = {m for m, _ in changed}.difference(m for m, _ in with_others)
        each = [(m, parts(m, through)) for m, through in changed if m in others]
        return self._with_parts(term, shape, each) if each else term

    def _count_swept(
        self, place: int, on_way: Sequence[Use], base: Any, changed: Mapping[Use, Any],
        reached: Sequence[set[int]],
    ) -> None:  # fmt: skip
        """Count what the paths from an operation take of each alteration that they matter to."""
        own = [(use, self._units(use, base.P[use.by])) for use in on_way]
        parts = {use: {m for m, _ in changed[use]} for use in on_way if use in changed}
        for m, (past, among) in enumerate(zip(reached, self._among, strict=True)):
            is_reached = False
            for use, units in own:
                if use in parts and m in parts[use]:
                    is_reached = True
                elif use.by in past or (
                    among and not among.isdisjoint(self.operations[use.by].arguments)
                ):
                    is_reached = True
                    self.units[m] += units
            if is_reached:
                past.add(place)

    def _units(self, use: Use, P: Array) -> int:
        """Return the units of work that taking P back through a use of a value is."""
        operation = self.operations[use.by]
        if operation.function is None:
            return 0
        entries = P.size if operation.is_map else operation.work * P.shape[0] * P.shape[1]
        return 1 + entries // ENTRIES

    # Targets

    def whole(self, target: Target) -> Array | None:
        """Return a target with each alteration, as one array; None where it has none."""
        with np.errstate(all="ignore"):
            return self._at(target, NO_ALTERATION)

    def swept(self, way: Between, within: Node | None, alteration: Alteration) -> Array:
        """Return P of the end of a way, with each alteration."""
        del alteration  # each has its own
        return self._swept_together(way, within)


class _Values:
    """The values of operations with each alteration: those that none changes as they are."""

    def __init__(self, of: SideBySide) -> None:
        self.of = of
        self.own: dict[int, Array] = {}

    def __getitem__(self, place: int) -> Array:
        if place not in self.own:
            self.own[place] = self.of.spread(self.of.true.values[place])
        return self.own[place]


class _Part:
    """The values of operations with one of the alterations."""

    def __init__(self, of: SideBySide, m: int) -> None:
        self.of, self.m = of, m

    def __getitem__(self, place: int) -> Array:
        if place in self.of._among[self.m]:
            return self.of.part(self.m, self.of.values[place])
        return self.of.true.values[place]
