"""The derivation of a graph, operation by operation, and with mistakes in it.

The reverse sweep is computed at the settings of the forward sweep. What a mistake does not touch
is not computed again.
"""

from __future__ import annotations

import functools
import math
import operator
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from graphdiff.checking import inverses
from graphdiff.checking.faults.forward_sweep import ForwardSweep
from graphdiff.checking.faults.operations import Between, Operation, Use
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Reference, Target, quantity
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import beside, value_of
from graphdiff.graph import Node
from graphdiff.language.functions.movement import Index
from graphdiff.language.shapes import Shape

Array = Any

Through = Callable[["Derivation", Array], Array | None]
"""What takes P^i back through one use of a value; None where that path is left out."""


@dataclass(frozen=True)
class AppliedTo:
    """An operation applied again, with another value for an argument."""

    place: int
    slot: int
    value: Callable[[Derivation], Array]

    def __call__(self, at: Derivation) -> Array:
        """Return its value."""
        operation = at.operations[self.place]
        arguments = at.arguments(operation)
        arguments[self.slot] = self.value(at)
        return at.applied(operation, arguments)


@dataclass(frozen=True)
class BackWith:
    """What goes back through a use of a value where an argument of the operation has another."""

    use: Use
    slot: int
    value: Callable[[Derivation], Array]

    def __call__(self, at: Derivation, P: Array) -> Array:
        """Return what P of the operation gives."""
        arguments = at.arguments(at.operations[self.use.by])
        arguments[self.slot] = self.value(at)
        return at.through_at(self.use, P, arguments)


@dataclass(frozen=True)
class Alteration:
    """What a mistake does to a derivation.

    Attributes
    ----------
    uses
        How P is taken back through some uses of values, in place of the true way.
    received
        What is done to P of an operation, before it is handed on.
    values
        How the values of some operations are computed, in place of the true way.
    target
        What is computed in place of the target.
    step
        How a parameter is changed by P, in place of θ − η P.
    end
        What is done to the result.
    """

    uses: Mapping[Use, Through] = field(default_factory=dict[Use, Through])
    received: Mapping[int, Callable[[Derivation, Array], Array]] = field(
        default_factory=dict[int, Any]
    )
    values: Mapping[int, Callable[[Derivation], Array]] = field(default_factory=dict[int, Any])
    target: Target | None = None
    step: Callable[[Array, float, Array], Array] | None = None
    end: Callable[[Derivation, Array], Array] | None = None

    def __add__(self, other: Alteration) -> Alteration | None:
        """Return both together; None where they are about the same."""
        pairs = ((self.uses, other.uses), (self.received, other.received))
        if any(
            not one.keys().isdisjoint(two) for one, two in (*pairs, (self.values, other.values))
        ):
            return None
        if (self.target and other.target) or (self.step and other.step):
            return None
        first, second = self.end, other.end
        end = first or second
        if first and second:
            end = lambda at, found: second(at, first(at, found))  # noqa: E731
        return Alteration(
            {**self.uses, **other.uses},
            {**self.received, **other.received},
            {**self.values, **other.values},
            self.target or other.target,
            self.step or other.step,
            end,
        )


NO_ALTERATION = Alteration()


@dataclass
class _Swept:
    """P of operations, and the terms they are the sums of."""

    P: dict[int, Array] = field(default_factory=dict[int, Any])
    terms: dict[Use, Array | None] = field(default_factory=dict[Use, Any])


class Derivation(ForwardSweep):
    """The values and derivatives of a graph at some settings."""

    def __init__(self, settings: Sequence[Point]) -> None:
        self._slopes: dict[Use, Array] = {}
        self._base: dict[tuple[int, Node | None], _Swept] = {}
        self._true: Derivation | None = None
        super().__init__(settings)
        self.descent = self.settings[0].descent
        self.rate = None if self.descent is None else float(self.descent.rate)

    def unaltered_copy(self) -> Self:
        """Return the same derivation: its slopes change with the values put in, its P is kept."""
        other = super().unaltered_copy()
        other._slopes, other._true = {}, self._true or self
        return other

    def slope(self, use: Use) -> Array | None:
        """Return the derivative of a map in one argument, entry by entry; None of others."""
        if use not in self._slopes:
            operation = self.operations[use.by]
            if not operation.is_map:
                return None
            self._slopes[use] = self.slope_at(use, self.where(operation))
        return self._slopes[use]

    def slope_at(self, use: Use, arguments: Sequence[Array]) -> Array:
        """Return the derivative of a map at other arguments."""
        function = self.operations[use.by].function
        assert function is not None  # noqa: S101 - a map
        aligned = beside(arguments, function.shapes)
        return np.asarray(FLOAT64.partial(function, use.slot)(*aligned), np.float64)

    def where(self, operation: Operation) -> list[Array]:
        """Return where the derivative of an operation is taken.

        With the value of a = σ(z) put in, it is taken where σ has that value.
        """
        arguments = self.arguments(operation)
        if not self.is_said_by_value(operation):
            return arguments
        function, node = operation.function, operation.node
        assert function is not None  # noqa: S101 - a function of one argument
        assert node is not None  # noqa: S101 - a line is about it
        for k, point in enumerate(self.settings):
            if not (point.by_value and quantity(node) in point.claimed):
                continue
            value, near = self.values[operation.place], arguments[0]
            z = inverses.inverted(function, value[k], near[k % len(near)], FLOAT64)
            if z is not None:
                many = len(self.settings)
                near = np.array(np.repeat(near, many, axis=0) if len(near) < many else near)
                near[k] = z
                arguments = [near]
        return arguments

    def is_said_by_value(self, operation: Operation) -> bool:
        """Whether the derivative of an operation is taken by what a line says of its value."""
        return (
            len(operation.arguments) == 1
            and operation.function is not None
            and operation.node is not None
            and quantity(operation.node) in self._by_values
        )

    @cached_property
    def _by_values(self) -> set[Any]:
        """What lines say by which derivatives are taken, in some setting."""
        return {known for point in self.settings if point.by_value for known in point.claimed}

    @cached_property
    def is_plain(self) -> bool:
        """Whether lines say of derivatives only what is put in place of a whole P or a value."""
        return not self._locals and not any(
            self.is_said_by_value(one) and not one.is_map for one in self.operations
        )

    def through(self, use: Use, P: Array) -> Array:
        """Return what P of an operation gives to one of its arguments."""
        slope = self.slope(use)
        if slope is None:
            found = self.through_at(use, P, self.where(self.operations[use.by]))
            return self._by_value(use, P, found)
        self.work.add(P.size)
        return summed(P * slope, self.shape_of(use))

    def _by_value(self, use: Use, P: Array, found: Array) -> Array:
        """Return what goes back, computed with the value of softmax where a line says it."""
        operation = self.operations[use.by]
        node, function = operation.node, operation.function
        if node is None or function is None or quantity(node) not in self._by_values:
            return found
        said = [k for k, point in enumerate(self.settings)
                if point.by_value and quantity(node) in point.claimed]  # fmt: skip
        back = inverses.of_value(function, function.pullback(use.slot)) if said else None
        if back is None:
            return found
        own = value_of(FLOAT64, back, [*self.arguments(operation), P, self.values[use.by]])
        many = np.broadcast_shapes(np.shape(own), (len(self.settings), *found.shape[1:]))
        whole = np.array(np.broadcast_to(found, many))
        whole[said] = np.broadcast_to(own, many)[said]
        return whole

    def through_at(self, use: Use, P: Array, arguments: Sequence[Array]) -> Array:
        """Return what P of an operation gives to one of its arguments where these have values."""
        operation, shape = self.operations[use.by], self.shape_of(use)
        if operation.function is None:
            return P
        self.work.add(operation.work * (P.shape[0] * P.shape[1]))
        if operation.is_map:
            return summed(P * self.slope_at(use, arguments), shape)
        found = np.asarray(
            value_of(FLOAT64, operation.function.pullback(use.slot), [*arguments, P])
        )
        if found.ndim < 2 + len(shape):
            found = found.reshape((1,) * (2 + len(shape) - found.ndim) + found.shape)
        return np.broadcast_to(found, (len(found), P.shape[1], *shape))

    def shape_of(self, use: Use) -> Shape:
        """Return the shape of the value that is used."""
        return self.operations[self.operations[use.by].arguments[use.slot]].shape

    def swept(self, way: Between, within: Node | None, alteration: Alteration) -> Array:
        """Return P of the end of a way: the reverse sweep, with what is altered in it."""
        base = self._swept_base(way.of, within)
        changed, received = alteration.uses, alteration.received
        if self._altered:
            fresh = (use for use in way.edges if self._is_altered(use))
            changed = {**{use: _true(use) for use in fresh}, **changed}
        if not changed and not received:
            return base.P[way.wrt]
        found = dict[int, Array]()
        for place in way.places:
            uses = way.uses.get(place, ())
            if place not in received:
                for use in uses:
                    if use in changed or use.by in found:
                        break
                else:
                    continue
            P = base.P[place]
            if place != way.of:
                P = self._received(place, uses, base, found, changed, way.of, within)
            found[place] = received[place](self, P) if place in received else P
        return found.get(way.wrt, base.P[way.wrt])

    def _is_altered(self, use: Use) -> bool:
        """Whether a derivative is taken at values that were altered."""
        operation = self.operations[use.by]
        return not self._altered.isdisjoint(operation.arguments)

    def _received(
        self,
        place: int,
        uses: Sequence[Use],
        base: _Swept,
        altered: Mapping[int, Array],
        changed: Mapping[Use, Through],
        of: int,
        within: Node | None,
    ) -> Array:
        terms: list[Array | None] = []
        for use in uses:
            if use in changed:
                terms.append(changed[use](self, altered.get(use.by, base.P[use.by])))
            elif use.by in altered:
                terms.append(self.through(use, altered[use.by]))
            else:
                terms.append(base.terms[use])
        P = ChainMap(altered, base.P) if self._locals else altered  # type: ignore[arg-type]
        return self._total(place, uses, terms, P, of, within)

    def _total(
        self,
        place: int,
        uses: Sequence[Use],
        terms: Sequence[Array | None],
        P: Mapping[int, Array],
        of: int,
        within: Node | None,
    ) -> Array:
        """Return the sum of what an operation receives, with what lines say of it."""
        operation, end = self.operations[place], self.operations[of]
        own = terms
        if self._locals and within is None:
            own = self._by_lines(operation, end, uses, terms, P)
        left = [term for term in own if term is not None]
        shape = operation.shape
        if not left:
            return np.zeros((1, end_rows(end), *shape))
        total = left[0]
        for term in left[1:]:
            total = total + term
        if operation.node is not None and end.node is not None:
            total = self._put(total, quantity(end.node, operation.node))
        return total

    @cached_property
    def _locals(self) -> set[tuple[Node, Node]]:
        """The edges whose local Jacobian a line says, beside other paths: child and parent."""
        return {
            (known[0], known[1])
            for point in self.settings
            for known in point.claimed
            if isinstance(known, tuple) and len(known) == 5 and known[4] and not known[3]
        }

    def _by_lines(
        self,
        operation: Operation,
        end: Operation,
        uses: Sequence[Use],
        terms: Sequence[Array | None],
        P: Mapping[int, Array],
    ) -> Sequence[Array | None]:
        """Return terms with P^i J^{j→i} in place of those that a line has J of."""
        j = operation.node
        owners = {self.operations[use.by].owner for use in uses}
        said = [i for i in owners if i is not None and j is not None and (i, j) in self._locals]
        found = list(terms)
        for i in said:
            assert j is not None  # noqa: S101 - chosen above
            at = [k for k, use in enumerate(uses) if self.operations[use.by].owner is i]
            own = [term for k in at if (term := found[k]) is not None]
            place = self.operations.of_node[i.name]
            if not own or place not in P:
                continue
            J = self._put(self._jacobian(i, j), quantity(i, j, local=True))
            rows = np.reshape(P[place], (*P[place].shape[:2], i.size))
            by_lines = np.reshape(rows @ J, (-1, end_rows(end), *j.shape))
            total = np.array(np.broadcast_to(functools.reduce(operator.add, own), by_lines.shape))
            for k, point in enumerate(self.settings):
                if quantity(i, j, local=True) in point.claimed:
                    total[k] = by_lines[k]
            for k in at:
                found[k] = None
            found[at[0]] = total
        return found

    def _jacobian(self, i: Node, j: Node) -> Array:
        way = self.way(j, i, i)
        P = self.swept(way, i, NO_ALTERATION)
        return np.reshape(P, (len(P), i.size, j.size))

    def _swept_base(self, of: int, within: Node | None) -> _Swept:
        """Return the whole reverse sweep from an operation, computed once, without mistakes."""
        if self._true is not None:
            return self._true._swept_base(of, within)
        key = of, within
        if key not in self._base:
            base = _Swept()
            end = self.operations[of]
            rows = np.eye(end_rows(end)).reshape((1, end_rows(end), *end.shape))
            base.P[of] = rows
            for place in range(of - 1, -1, -1):
                uses = [
                    use
                    for use in self.operations.uses[place]
                    if use.by in base.P
                    and (within is None or self.operations[use.by].owner is within)
                ]
                if uses:
                    for use in uses:
                        base.terms[use] = self.through(use, base.P[use.by])
                    base.P[place] = self._total(
                        place, uses, [base.terms[use] for use in uses], base.P, of, within
                    )
            self._base[key] = base
        return self._base[key]

    def P(self, of: int, place: int) -> Array | None:
        """Return P of an operation, without mistakes."""
        return self._swept_base(of, None).P.get(place)

    def way(self, wrt: Node, of: Node, within: Node | None = None) -> Between:
        """Return the way from one node to another."""
        places = self.operations.of_node
        return self.operations.between(places[wrt.name], places[of.name], within=within)

    # Targets

    def at(self, target: Target, alteration: Alteration = NO_ALTERATION) -> Array | None:
        """Return a target with what is altered, at each setting; None where it has none."""
        with np.errstate(all="ignore"):
            about, at = alteration.target or target, self
            if alteration.values:
                at = self.with_values(alteration.values, self.last(about, alteration))
            found = at._at(about, alteration)
            if found is not None and alteration.end is not None:
                found = alteration.end(at, found)
        return found

    def last(self, target: Target, alteration: Alteration) -> int | None:
        """Return the place of the last operation that a target needs; None if any may be."""
        if target.kind == "expression" or alteration.end is not None:
            return None
        last = self.descent.output if target.step and self.descent else target.of
        return self.operations.of_node.get(last.name)

    def _at(self, target: Target, alteration: Alteration) -> Array | None:
        if target.kind == "expression":
            return self._expression(target, alteration)
        if target.of.graph is not self.operations.graph:
            return None
        match target.kind, target.wrt, target.by:
            case "value", _, _:
                whole = self._after_step(target, alteration) if target.step else self._plain(target)
            case _, Node() as wrt, None:
                within = target.of if target.kind == "J" else None
                way = self.way(wrt, target.of, within)
                if way.wrt not in way.uses and way.wrt != way.of:
                    whole = np.zeros((1, *target.whole))
                else:
                    whole = self.swept(way, within, alteration)
            case _:
                return None
        if whole is None:
            return None
        whole = np.reshape(whole, (-1, *target.whole))
        if target.key is not None:
            whole = Index(target.key).kernel(FLOAT64, [whole], [target.whole])
        return whole

    def _plain(self, target: Target) -> Array:
        return self.given(target.of.name)[:, 0]

    def _after_step(self, target: Target, alteration: Alteration) -> Array | None:
        """Return the value of a parameter after a step of descent."""
        if self.descent is None or target.of.kind != "parameter":
            return None
        before = self._plain(replace(target, step=0))
        P = self.swept(self.way(target.of, self.descent.output), None, alteration)
        P = np.reshape(P, (len(P), *target.of.shape))
        if not self.descent.is_plain:
            return None  # what is known of mistakes in steps is known of gradient descent
        if alteration.step is not None:
            return alteration.step(before, float(self.descent.rate), P)
        return before - float(self.descent.rate) * P

    def _expression(self, target: Target, alteration: Alteration) -> Array | None:
        arguments: list[Array] = []
        for name in target.link.names:
            about = name.target if isinstance(name, Reference) else Target("value", name)
            found = self._at(about, alteration)
            if found is None:
                return None
            arguments.append(found)
        function = target.link.function
        found = np.asarray(value_of(FLOAT64, function, arguments))
        if found.ndim == len(function.shape):  # of numbers alone, the same at each setting
            found = found[np.newaxis]
        if target.link.turn is not None:
            found = np.stack([np.asarray(target.link.turn(each)) for each in found])
        return found


def summed(c: Array, shape: Shape) -> Array:
    """Return an array summed to a shape that it was broadcast from, below two leading axes.

    Where it has fewer axes than that, having been summed itself, it is the same along the others.
    """
    extra = c.ndim - 2 - len(shape)
    if extra < 0:
        c = np.reshape(c, (*c.shape[:2], *(1 for _ in range(-extra)), *c.shape[2:]))
        return np.broadcast_to(c, (*c.shape[:2], *np.broadcast_shapes(c.shape[2:], shape)))
    if extra > 0:
        c = c.sum(axis=tuple(range(2, 2 + extra)))
    spread = tuple(k + 2 for k, size in enumerate(shape) if size == 1 and c.shape[k + 2] != 1)
    return c.sum(axis=spread, keepdims=True) if spread else c


def end_rows(operation: Operation) -> int:
    """Return the number of rows of P, that of the entries of what is derived."""
    return math.prod(operation.shape)


def _true(use: Use) -> Through:
    return lambda at, P: at.through(use, P)
