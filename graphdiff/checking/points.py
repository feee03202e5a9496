"""Points to tell formulas apart at: the given one, its neighbours, random ones, kinks.

Each point computes the graph to many digits, so that two formulas that agree at several
of them are the same function for all practical purposes, and no simplification is ever
waited for. Arrays too large for that are computed in float64.
"""

from __future__ import annotations

import functools
import itertools
import math
import operator
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import mpmath
import numpy as np

from graphdiff.checking import descent_steps, inverses
from graphdiff.checking.claim_records import Cell, ClaimedSide, Numbers, Side
from graphdiff.checking.descents import ALL, Descent
from graphdiff.checking.equality import flat
from graphdiff.checking.one_sided import OneSided
from graphdiff.checking.rationals import Ratio, Rationals, Strict, many_digits
from graphdiff.checking.roundings import Wobbling
from graphdiff.checking.targets import Reference, Target, is_only_path, quantity
from graphdiff.checking.values import Values
from graphdiff.checking.work import has_tensors
from graphdiff.errors import BudgetError, GraphdiffError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.evaluation.dense_jacobians import MAX_ENTRIES
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.sweeps import identity, local_jacobian, reverse
from graphdiff.evaluation.values import value_of
from graphdiff.evaluation.wobbling import WobblingFloats
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import slots_of
from graphdiff.language.expression import Expression
from graphdiff.language.functions.movement import Index
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.optimisers.rule import THETA
from graphdiff.symbolic.gradient_graph import gradient_graph, name_of

DIGITS, SHARPER, ROUGH = 60, 400, 15

SMALL = 1000
"""Entries of a local Jacobian that is kept where lines of a page are put in."""

SIDES, MAX_KEPT = 256, 30
"""Sides of claims whose numbers are kept, and how many numbers of one."""


MODERATE = 4
"""How far out a leaf without a value shows a domain, not an overflow."""


class PageLine(NamedTuple):
    """A line of the page, to be put in place of what the graph gives for its target.

    Attributes
    ----------
    target, side
        What it is about, and what it says.
    place
        Its number in the report.
    shifts
        What is added to some of its entries, counted row by row.
    """

    target: Target
    side: Side
    place: int
    shifts: tuple[tuple[int, Any], ...] = ()


@dataclass(frozen=True)
class Point:
    """Values for leaves, perhaps not for all, with the graph computed when first asked for.

    Attributes
    ----------
    graph
        The graph.
    leaves
        Values by leaf; a computed node may have one too, which then stands for its own.
    digits
        Decimal digits carried; float64 for those it has.
    exact
        Whether what is rational is computed in fractions.
    lines
        Lines of the page that are taken for true, later ones computed from earlier ones.
    by_value
        Whether the derivative of f(z) is taken where f has the value that a line says, as one
        does who computes a(1 − a).
    over_ways
        Whether derivatives over several paths are as lines say, too.
    descent
        How parameters change, where claims are about values after some steps.
    wobble
        The seed of errors added to each operation, to see how roundings grow; None for none.
    side
        From which side derivatives are taken at kinks, 1, −1 or 0 for the middle; None for the
        declared ones.
    sided
        The one node whose derivatives are so; None for all.
    """

    graph: ComputationalGraph
    leaves: Mapping[str, Any]
    digits: int = DIGITS
    exact: bool = False
    lines: tuple[PageLine, ...] = ()
    by_value: bool = False
    over_ways: bool = True
    descent: Descent | None = None
    wobble: int | None = None
    side: int | None = None
    sided: Node | None = None

    @property
    def rough(self) -> bool:
        """Whether it is computed in float64."""
        return self.digits == ROUGH

    @cached_property
    def arithmetic(self) -> Arithmetic:
        """The numbers to compute with."""
        if self.wobble is not None:
            return WobblingFloats(self.wobble) if self.rough else Wobbling(self.digits, self.wobble)
        if self.rough:
            return FLOAT64
        if self.side is not None and self.sided is None:
            return _numbers(OneSided, self.digits, self.side)
        return _numbers(Rationals if self.exact and self.side is None else Strict, self.digits)

    @cached_property
    def known_by(self) -> Any:
        """What tells its values, and how parameters change, from those of other points."""
        descent = self.descent and (self.descent.output.name, repr(self.descent.method))
        return descent, tuple((name, _entries(value)) for name, value in self.leaves.items())

    @cached_property
    def is_moderate(self) -> bool:
        """Whether no leaf is so far out that a value may only be too large to compute with."""
        return all(
            abs(entry) <= MODERATE for value in self.leaves.values() for entry in flat(value)
        )

    @cached_property
    def sharper(self) -> Point:
        """The same point with several times the digits."""
        return replace(self, digits=SHARPER)

    @cached_property
    def in_floats(self) -> Point:
        """The same point in float64."""
        leaves = {
            name: value.astype(np.float64) if isinstance(value, np.ndarray) else value
            for name, value in self.leaves.items()
        }
        return replace(self, leaves=leaves, digits=ROUGH, exact=False)

    def with_lines(self, *lines: PageLine, by_value: bool = False) -> Point:
        """Return the same point with lines of the page taken for true."""
        found = replace(self, lines=lines, by_value=by_value)
        found.__dict__["bare"] = self.bare
        return found

    @cached_property
    def by_edges(self) -> Point:
        """The same point where derivatives over several paths are the sums over these."""
        said = {about[1] for about in self.claimed if isinstance(about[1], Node)}
        if not any(map(self._said_over_several_ways, said)):
            return self
        found = replace(self, over_ways=False)
        found.__dict__["bare"] = self.bare
        return found

    def shifted(self, shifts: Mapping[int, tuple[tuple[int, Any], ...]]) -> Point:
        """Return the same point with so much added to entries of some lines, by their place."""
        moved = list(self.lines)
        for k, amounts in shifts.items():
            moved[k] = moved[k]._replace(shifts=amounts)
        found = self.with_lines(*moved, by_value=self.by_value)
        found.__dict__.update(_numbers=self._numbers, claimed=self.claimed, _moved=self._moved)
        return found

    @cached_property
    def bare(self) -> Point:
        """The same point without lines: what they do not touch is as it is there."""
        return replace(self, lines=(), by_value=False) if self.lines else self

    @cached_property
    def _in_digits(self) -> Point:
        """The same point not in fractions."""
        return replace(self, exact=False) if self.exact else self

    @cached_property
    def _sayings(self) -> dict[int, Any]:
        """What the first lines say here, by their place; shared by all points with fewer lines."""
        return {}

    @cached_property
    def _numbers(self) -> dict[int, Any]:
        """What lines say that are numbers alone, before these are shifted."""
        return {}

    def _said(self, k: int) -> Any | None:
        """Return what the k-th line says here, as numbers of its target's shape.

        It is computed from the lines above it.
        """
        if k not in self._sayings:
            line = self.lines[k]
            said = self._number_said(k) if line.side.is_numeric else self._above(k).of(line.side)
            if said is not None and line.shifts:
                moved = np.array(said, np.float64 if self.rough else object)
                for place, amount in line.shifts:
                    moved.ravel()[place] += amount
                said = moved
            self._sayings[k] = said
        return self._sayings[k]

    def _above(self, k: int) -> Point:
        """Return the same point with the first lines only."""
        above = replace(self, lines=self.lines[:k], exact=False)
        above.__dict__.update(bare=self.bare._in_digits, _sayings=self._sayings)
        return above

    def _number_said(self, k: int) -> Any | None:
        if k not in self._numbers:
            self._numbers[k] = self.bare._in_digits.of(self.lines[k].side)
        return self._numbers[k]

    def put(self, whole: Any, known_as: Any) -> Any:
        """Return a value or derivative of the graph with what lines of the page say of it."""
        for places, said in self.sayings(known_as):
            if places is None and not np.ndim(whole) and not np.ndim(said):
                whole = said
                continue
            dtype = np.float64 if self.rough else object
            if places is None:
                places, changed = slice(None), np.empty(np.shape(whole), dtype)
            else:
                changed = np.array(many_digits(whole), dtype)
            changed.ravel()[places] = np.ravel(np.asarray(said, dtype))
            whole = changed if np.ndim(whole) else changed.item()
        return whole

    def sayings(self, known_as: Any) -> Iterator[tuple[Any | None, Any]]:
        """Yield what lines of the page say of a quantity, one after the other.

        First the entries, counted row by row, None for all; then the numbers.
        """
        for k in self.claimed.get(known_as, ()):
            target, said = self.lines[k].target, self._said(k)
            if said is None:
                continue
            places, size = None, math.prod(target.whole)
            if target.key is not None:
                places = np.ravel(Index(target.key).table(target.whole))
                size = len(places)
            if np.size(said) == size:
                yield places, said

    @cached_property
    def claimed(self) -> Mapping[Any, list[int]]:
        """What the lines are about, with their places."""
        found: dict[Any, list[int]] = {}
        for k, line in enumerate(self.lines):
            found.setdefault(line.target.quantity, []).append(k)
        return found

    @cached_property
    def _moved(self) -> set[str]:
        """The nodes whose values lines may change: what these say, and what is computed of it."""
        said = {line.target.of for line in self.lines if line.target.kind == "value"}
        return set().union(*map(self.graph.descendants, said))

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """The value of every node that has one here: a claim needs no more than its own."""
        return Values(self.graph, self._value_of)

    def _value_of(self, i: Node, values: Mapping[str, Any]) -> Any | None:
        """Return the value of a node, given those before it; None where it has none."""
        if self.lines and i.name not in self._moved:
            return self.bare.values.get(i.name)
        if i.name in self.leaves:
            value = self.leaf(i.name)
        elif i.function is not None and all(j.name in values for j in i.parents):
            value = self._value(i.function, [values[j.name] for j in i.parents])
        else:
            return None
        known_as = quantity(i)
        is_claimed = value is not None and known_as in self.claimed
        return self.put(value, known_as) if is_claimed else value

    def leaf(self, name: str) -> Any:
        """Return the value of a leaf, or of a node that is supposed to have one."""
        with self.arithmetic.guard():
            return self._leaf(self.leaves[name])

    def _leaf(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray) or value.dtype != object:
            return self.arithmetic.number(value)
        result = np.empty(value.shape, np.float64 if self.rough else object)
        result.ravel()[:] = [self._number(entry) for entry in value.ravel().tolist()]
        return result

    def _number(self, entry: Any) -> Any:
        if self.rough or self.wobble is not None or not isinstance(entry, Fraction):
            return self.arithmetic.number(entry)
        if self.exact:
            return Ratio(entry)
        return mpmath.mpf(entry.numerator) / entry.denominator

    def _value(self, function: LocalFunction, arguments: list[Any]) -> Any | None:
        try:
            with self.arithmetic.guard():
                value = value_of(self.arithmetic, function, arguments)
        except NumericalError:
            return None
        return _plain(value) if self.arithmetic.is_finite(value) else None

    @cached_property
    def _swept(self) -> dict[tuple[str, str | None], Mapping[str, Any] | None]:
        return {}

    @cached_property
    def _pulls(self) -> bool:
        """Whether P is found by pulling back: through tensors and kinks, and with lines put in.

        So it is where roundings are followed, which are of each operation on the way.
        """
        special = self.side is not None or self.wobble is not None or bool(self.lines)
        return special or has_tensors(self.graph)

    def at(self, target: Target | Side) -> Any | None:
        """Return the number or the array the target is here; None where there is none.

        Of a side of a claim it is what that says.
        """
        if not isinstance(target, Target):
            return self.of(target)
        if target.step:
            if target.step == 1 and self._is_updated_alone(target):
                updated = self._updated(target.of)
                return None if updated is None else self._settled(updated[THETA])
            later = self.after(target.step)
            return None if later is None else later.at(replace(target, step=0))
        if target.kind == "expression":
            return self.of(target.link)
        if target.key is not None:
            whole = self.at(replace(target, key=None))
            if whole is None:
                return None
            numbers = np.asarray(whole, np.float64 if self.rough else object)
            return _plain(Index(target.key).kernel(self.arithmetic, [numbers], [target.whole]))
        if target not in self._found:
            self._found[target] = self._whole(target)
        return self._found[target]

    @cached_property
    def _found(self) -> dict[Target, Any]:
        """The values and derivatives asked for so far."""
        return {}

    def _whole(self, target: Target) -> Any | None:
        """Return a value or a derivative with all its entries; None where there is none."""
        whole = self.unsettled(target)
        return None if whole is None else self._settled(whole)

    def unsettled(self, target: Target) -> Any | None:
        """Return a value or a derivative, in fractions where they are computed with."""
        if target.of.name not in self.values:
            return None
        match target.kind, target.wrt, target.by:
            case "value", _, _:
                whole = self.values[target.of.name]
            case "state", _, _ if self.descent is not None:
                whole = descent_steps.state_at(self, self.descent, target)
                if whole is not None and target.whole:
                    whole = np.broadcast_to(whole, target.whole)  # some are the same for all
            case "J", Node() as parent, _:
                whole = self._jacobian(target.of, [j is parent for j in target.of.parents])
            case _, Node() as wrt, None:
                whole = self._P(target.of, wrt)
            case _, Node() as wrt, Node() as by:
                whole = self._second(target.of, wrt, by)
            case _:
                raise AssertionError(target)
        if whole is None:
            return None
        if np.ndim(whole) or target.whole:
            numbers = np.asarray(whole, np.float64 if self.rough else object)
            whole = np.reshape(numbers, target.whole)
        return _plain(whole)

    def _settled(self, value: Any) -> Any:
        if not self.exact:
            return value
        with self.arithmetic.guard():
            return many_digits(value)

    def _second(self, of: Node, wrt: Node, by: Node) -> Any | None:
        """Return the second derivative: the first as a node of a graph, differentiated again."""
        try:
            twice = _derived(self.graph, of, wrt)
        except BudgetError:
            raise
        except GraphdiffError:
            return None
        again = replace(self, graph=twice, lines=(), descent=None)
        first = twice[name_of(self.graph, of, wrt)]
        return again.unsettled(Target("P", first, twice[by.name]))

    @cached_property
    def _steps(self) -> dict[int, Point | None]:
        return {0: self}

    def after(self, steps: int) -> Point | None:
        """Return the point after so many steps of gradient descent; None where one has no value."""
        for k in range(1, steps + 1):
            if k not in self._steps:
                before = self._steps[k - 1]
                self._steps[k] = None if before is None else before._stepped()
        return self._steps[steps]

    def _stepped(self) -> Point | None:
        descent = self._descent
        if descent is None or descent.output.name not in self.values:
            return None
        leaves = {name: v for name, v in self.leaves.items() if self.graph[name].is_leaf}
        self._sweep(descent.output)  # one for all
        found: dict[str, Mapping[str, Any]] = {}
        for leaf in descent.parameters:
            if leaf.name not in self.values:
                continue
            if (updated := self._updated(leaf)) is None:
                return None
            found[leaf.name] = updated
            leaves[leaf.name] = updated[THETA]
        if descent.is_of_all:
            found = {ALL: self._updated_all or {}}
        lines = (line for line in self.lines if line.target.step)
        later = (
            line._replace(target=replace(line.target, step=line.target.step - 1)) for line in lines
        )
        return replace(self, leaves=leaves, lines=tuple(later), descent=descent.after_step(found))

    def _updated(self, leaf: Node) -> Mapping[str, Any] | None:
        """Return what the next step gives to a parameter; None where it has no value."""
        descent = self._descent
        if descent is None or any(n.name not in self.values for n in (leaf, descent.output)):
            return None
        if not descent.is_of_all:
            return descent_steps.step_of(self, descent, leaf, self._ahead)
        whole = self._updated_all
        if whole is None:
            return None
        moved = descent_steps.parts_of(descent, whole)
        return {THETA: moved.get(leaf.name, self.values[leaf.name])}

    @cached_property
    def _descent(self) -> Descent | None:
        """The descent whose next step begins here, which sees what the objective is here."""
        if self.descent is None or not self.descent.method.watches:
            return self.descent
        return self.descent.seeing(self.values.get(self.descent.output.name))

    @cached_property
    def _ahead(self) -> Point:
        """Where the gradient of the next step is taken: here, unless the rule looks ahead."""
        assert self._descent is not None  # noqa: S101 - it is asked for by a step
        to = descent_steps.ahead(self, self._descent)
        return self if to is None else self.moved(to)

    @cached_property
    def _updated_all(self) -> Mapping[str, Any] | None:
        """What the next step gives, of a rule of all parameters."""
        assert self._descent is not None  # noqa: S101 - it is asked for by a step
        return descent_steps.step_of_all(self, self._descent)

    def moved(self, leaves: Mapping[str, Any]) -> Point:
        """Return the point with other values of leaves, and no descent or lines of a page."""
        own = {name: v for name, v in self.leaves.items() if self.graph[name].is_leaf}
        return replace(self, leaves={**own, **leaves}, lines=(), descent=None)

    @property
    def dtype(self) -> Any:
        """The type of arrays of its numbers."""
        return np.float64 if self.rough else object

    def _is_updated_alone(self, target: Target) -> bool:
        """Whether a target is a parameter after a step of which lines say nothing else.

        With lines put in a point is asked for one thing, and so only for its own step.
        """
        is_parameter = target.kind == "value" and target.of.kind == "parameter"
        is_whole = target.key is None and bool(self.lines)
        return is_parameter and is_whole and not any(line.target.step for line in self.lines)

    @cached_property
    def _said_by_value(self) -> set[Node]:
        """Nodes whose derivative is to be computed from the value that a line says."""
        said = {line.target.of for line in self.lines if line.target.kind == "value"}
        return said if self.by_value else set()

    @cached_property
    def _inverted(self) -> Mapping[str, Any]:
        """Where a map of one argument has the value that a line says of it, by the map's node."""
        found: dict[str, Any] = {}
        for i in self._said_by_value:
            if (
                i.function is not None
                and i.name in self.values
                and i.parents[0].name in self.values
            ):
                z = inverses.inverted(
                    i.function, self.values[i.name], self.values[i.parents[0].name], self.arithmetic
                )
                if z is not None:
                    found[i.name] = z
        return found

    def _arguments(self, i: Node) -> list[Any]:
        """Return where the derivative of a node is taken."""
        if i.name in self._inverted:
            return [self._inverted[i.name]]
        missing = [parent.name for parent in i.parents if parent.name not in self.values]
        if missing:  # of a node that is supposed to have a value
            raise NumericalError(f"{missing[0]} has no value here")
        return [self.values[parent.name] for parent in i.parents]

    def _jacobian(self, child: Node, among: list[bool]) -> Any | None:
        slots = itertools.compress(itertools.count(), among)
        try:
            names = (parent.name for parent in child.parents)
            values = dict(zip(names, self._arguments(child), strict=True))
            with self.arithmetic.guard():
                if self.wobble is not None:  # by the operations of a program, not a closed formula
                    return self._pulled_jacobian(child, slots)
                total = functools.reduce(
                    operator.add,
                    (local_jacobian(child, slot, values, self._slopes(child)) for slot in slots),
                )
        except NumericalError:
            return None
        return total[0, 0] if total.shape == (1, 1) else total

    def _pulled_jacobian(self, child: Node, slots: Iterator[int]) -> Any:
        rows = identity(child, np.asarray(self.values[child.name]), self.arithmetic)
        rows = rows.item() if self._has_numbers else np.reshape(rows, (child.size, *child.shape))
        terms = (self._shaped(self._through(child, k, rows), child.size, -1) for k in slots)
        return _scalar(functools.reduce(operator.add, terms))

    def _P(self, output: Node, wrt: Node) -> Any | None:
        """Return one P of the sweep that finds them all, or of its own where that fails.

        With lines put in it is of its own: a point with lines is asked for one thing.
        """
        P = self._swept.get((output.name, None)) if self.lines else self._sweep(output)
        if P is None:
            P = self._sweep(output, wrt)
        if P is None:
            return None
        zero = self.arithmetic.number(0)
        size = (output.size, wrt.size)
        return P.get(wrt.name, zero if size == (1, 1) else np.full(size, zero))

    def _sweep(self, output: Node, wrt: Node | None = None) -> Mapping[str, Any] | None:
        key = output.name, None if wrt is None else wrt.name
        if key not in self._swept:
            wanted = None if wrt is None else self.graph.descendants(wrt)
            needs = self.graph.ancestors(output) if wanted is None else wanted
            lacking = any(
                node.name not in self.values for node in self.graph.leaves if node.name in needs
            )
            try:
                if self._pulls or lacking:
                    self._swept[key] = self._pulled(output, wanted)
                else:
                    P, _ = reverse(self.graph, output, self.values, self.arithmetic, wanted)
                    self._swept[key] = {name: matrix[0, 0] for name, matrix in P.items()}
            except NumericalError:
                self._swept[key] = None
        return self._swept[key]

    def _pulled(self, n: Node, wanted: Container[str] | None) -> Mapping[str, Any]:
        """Return every P^j, found by pulling back through each edge: no Jacobian is made."""
        rows = identity(n, np.asarray(self.values[n.name]), self.arithmetic)
        if self._has_numbers:
            rows = rows.item()

        def passed_on(i: Node, P: Any) -> Iterator[tuple[Node, list[Any]]]:
            for j, slots in slots_of(i).items():
                if wanted is None or j.name in wanted:
                    if n.size * j.size > MAX_ENTRIES:
                        raise NumericalError(f"P[{j.name}] has more than {MAX_ENTRIES} entries")
                    yield j, self._terms(i, j, slots, P)

        above: dict[Node, Any] = {}

        def add(j: Node, received: Sequence[list[Any]]) -> Any:
            total = functools.reduce(operator.add, itertools.chain(*reversed(received)))
            total = self._shaped(total, n.size, j.size)
            for i in self._said_over_several_ways(j):
                if i in above and i is not n:  # what is said of n itself is put in below
                    total = total + self._product(above[i], self._said_more(i, j))
            total = above[j] = self.put(total, quantity(n, j))
            if not self.arithmetic.is_finite(total):
                raise NumericalError(f"P[{j.name}] is not finite here")
            return self._shaped(total, n.size, *j.shape)

        with self.arithmetic.guard():
            order = reversed(self.graph.nodes[: n.index])
            found = accumulated(order, n, [rows], passed_on, add)
            return {j.name: _scalar(self._shaped(P, n.size, -1)) for j, P in found}

    @cached_property
    def _has_numbers(self) -> bool:
        """Whether every P and J is one number, and computed as one."""
        return not has_tensors(self.graph)

    def _shaped(self, P: Any, *shape: int) -> Any:
        """Return an array in a shape; a number as it is."""
        return P if self._has_numbers else np.reshape(P, shape)

    def _product(self, P: Any, J: Any) -> Any:
        """Return P J, of matrices or of numbers."""
        return P * J if self._has_numbers else P @ J

    def _said_over_several_ways(self, j: Node) -> list[Node]:
        """Return the nodes whose whole derivative in a node lines say, that has several paths."""
        if not self.over_ways:
            return []
        said = (about[0] for about in self.claimed if about[1:] == (j, None, 0, False))
        return [i for i in said if j not in i.parents or not is_only_path(j, i)]

    def _said_more(self, i: Node, j: Node) -> Any:
        """Return how much more than it is without them lines say di/dj to be, of all paths."""
        known_as = quantity(i, j)
        others = [line for line in self.lines if line.target.quantity != known_as]
        without = self.with_lines(*others, by_value=self.by_value)._P(i, j)
        if without is None:
            raise NumericalError(f"d{i.name}/d{j.name} has no value here")
        if not self._has_numbers:
            dtype = np.float64 if self.rough else object
            without = np.reshape(np.asarray(without, dtype), (i.size, j.size))
        return self.put(without, known_as) - without

    def _terms(self, i: Node, j: Node, slots: Iterable[int], P: Any) -> list[Any]:
        """Return P^i J^{j→i}, a term for each slot; one with J as the page has it, if it has."""
        is_claimed = any(about[:2] == (i, j) for about in self.claimed)
        known_as = quantity(i, j, local=True) if is_claimed else None
        if known_as not in self.claimed:
            return [self._through(i, slot, P) for slot in slots]
        J = self._jacobian(i, [k is j for k in i.parents])
        if J is None:
            raise NumericalError(f"J[{j.name}->{i.name}] has no value here")
        return [self._carried(P, self.put(self._shaped(J, i.size, j.size), known_as), i, j)]

    def _carried(self, P: Any, J: Any, i: Node, j: Node) -> Any:
        """Return P^i J^{j→i} in the shape of j."""
        return self._shaped(self._product(self._shaped(P, -1, i.size), J), -1, *j.shape)

    def _slopes(self, i: Node) -> Arithmetic:
        """Return the numbers in which the derivative of a node is computed."""
        is_sided = self.side is not None and i is self.sided
        return _numbers(OneSided, self.digits, self.side or 0) if is_sided else self.arithmetic

    def _through(self, i: Node, slot: int, cotangent: Any) -> Any:
        assert i.function is not None  # noqa: S101 - a child is computed
        if (J := self._untouched(i, slot)) is not None:
            return self._carried(cotangent, J, i, i.parents[slot])
        pullback, arguments = i.function.pullback(slot), [*self._arguments(i), cotangent]
        if i in self._said_by_value and i.name not in self._inverted:
            of_value = inverses.of_value(i.function, pullback)
            if of_value is not None:
                pullback, arguments = of_value, [*arguments, self.values[i.name]]
        back = value_of(self._slopes(i), pullback, arguments)
        if self._has_numbers:
            return back
        return np.broadcast_to(np.asarray(back), (len(cotangent), *i.function.shapes[slot]))

    def _untouched(self, i: Node, slot: int) -> Any | None:
        """Return the local Jacobian of an argument, if it is small and no line changes it."""
        if not self.lines or i in self._said_by_value or i.size * i.parents[slot].size > SMALL:
            return None
        if any(parent.name in self._moved for parent in i.parents):
            return None
        known, key = self.bare._local, (i.name, slot)
        if key not in known:
            try:
                J = local_jacobian(i, slot, self.bare.values, self.arithmetic)
                known[key] = J[0, 0] if self._has_numbers else J
            except (NumericalError, KeyError):
                known[key] = None
        return known[key]

    @cached_property
    def _local(self) -> dict[tuple[str, int], Any]:
        """The local Jacobians of arguments, as far as asked for."""
        return {}

    def of(self, link: Side) -> Any | None:
        """Return what a claim is here, read as it is meant; None where it has no value."""
        known = self._read.get(id(link))
        if known is not None:
            return known[1]
        found = self._of(link)
        if found is None or np.size(found) <= MAX_KEPT:
            if len(self._read) >= SIDES:
                self._read.clear()
            self._read[id(link)] = link, found
        return found

    @cached_property
    def _read(self) -> dict[int, tuple[Side, Any | None]]:
        """What the last sides of claims are here, each with the side, so that it is no other's."""
        return {}

    def _of(self, link: Side) -> Any | None:
        found = self._cells(link) if isinstance(link, Numbers) else self._formula(link)
        if found is None:
            return None
        found = self._settled(found)
        return found if link.turn is None else link.turn(found)

    def _formula(self, link: ClaimedSide) -> Any | None:
        arguments = [self._named(name) for name in link.names]
        if any(argument is None for argument in arguments):
            return None
        return self._value(link.function, arguments)

    def with_arguments(self, link: ClaimedSide, others: Mapping[int, Any]) -> Any | None:
        """Return a claim with something else in place of some of its names."""
        arguments = [others.get(k, self._named(name)) for k, name in enumerate(link.names)]
        if any(argument is None for argument in arguments):
            return None
        found = self._value(link.function, arguments)
        return found if found is None or link.turn is None else link.turn(self._settled(found))

    def _cells(self, numbers: Numbers) -> Any | None:
        result = np.empty(math.prod(numbers.shape), np.float64 if self.rough else object)
        with self.arithmetic.guard():
            for place, cell in enumerate(numbers.cells):
                value = self.cell(cell)
                if value is None:
                    return None
                result[place] = value
        return result.reshape(numbers.shape)

    def cell(self, cell: Cell) -> Any | None:
        """Return a number of a claimed array; None where it is none."""
        if cell.link is not None:
            return self.of(cell.link)
        return float(cell.value or 0) if self.rough else many_digits(self._number(cell.value))

    def _named(self, name: Expression) -> Any | None:
        if isinstance(name, Reference):
            return self.at(name.target)
        return self.values.get(name.name) if isinstance(name, Node) else None


@functools.cache
def _numbers(kind: Callable[..., Arithmetic], *choices: int) -> Arithmetic:
    """Return one kind of number, the same each time: its rules are made once."""
    return kind(*choices)


def _entries(value: Any) -> Any:
    return value.tobytes() if isinstance(value, np.ndarray) else str(value)


def _plain(value: Any) -> Any:
    """Return an array without axes as the number in it."""
    return value[()] if isinstance(value, np.ndarray) and not value.shape else value


def _scalar(matrix: Any) -> Any:
    return matrix[0, 0] if np.shape(matrix) == (1, 1) else _plain(matrix)


def _derived(graph: ComputationalGraph, output: Node, wrt: Node) -> ComputationalGraph:
    """Return the graph with the derivative as a node."""
    made = graph.kept.setdefault("first derivatives", {})
    key = (len(graph), output.name, wrt.name)
    if key not in made:
        into = ComputationalGraph(output=name_of(graph, output, wrt))
        made[key] = gradient_graph(graph, output, [wrt], into)
    return made[key]
