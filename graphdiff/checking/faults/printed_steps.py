"""The steps that a number was computed from, and how they look with one part of them altered.

A step is a side of the chain before the number, a line above about the same quantity, or the
formula of the graph. The numbers printed in it are the student's own: what they give may be told.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide, Numbers, Side
from graphdiff.checking.faults.declaration import Attempt, Fault, WrongLine
from graphdiff.checking.faults.formulas import formula_of, shown, side_of, written_out
from graphdiff.checking.faults.right_formulas import right_formulas
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.targets import Reference
from graphdiff.errors import GraphdiffError
from graphdiff.graph import Node
from graphdiff.language.expression import (
    AnyFunction,
    Apply,
    Expression,
    in_order,
    rebuilt,
)
from graphdiff.language.shapes import entries
from graphdiff.local_functions.local_function import localise

MAX_PARTS = 60
"""Parts of a step up to which each of them is altered."""

MAX_STEPS = 3
"""Steps that a number may have been computed from."""


@dataclass(frozen=True)
class Step:
    """What a number should have been computed from, and was not.

    Attributes
    ----------
    side
        The step as a side of a chain.
    formula
        It as an expression; of an array that is printed entry by entry, the one of one entry.
    given
        What it gives at the given point; None of a formula that is judged as a function.
    off
        The entries in which the claim is not what the step gives.
    place
        The entry that ``formula`` is of; None where it is of all.
    lines
        The lines above whose numbers are put into a formula of names.
    is_written
        Whether it stands on the page, so that it may be shown.
    """

    side: Side
    formula: Expression
    given: Any
    off: tuple[int, ...]
    place: int | None = None
    lines: tuple[PageLine, ...] = ()
    is_written: bool = True

    @cached_property
    def shown(self) -> str:
        """It as text; what does not stand on the page is not told."""
        return shown(self.formula) if self.is_written else "the formula"

    @property
    def result(self) -> str:
        """What it gives, in words."""
        return f"what {self.shown} gives" if is_arithmetic(self.formula) else self.shown

    def part(self, part: Expression) -> str:
        """Return a part of it as text."""
        return self.shown if part is self.formula else shown(part)

    @property
    def is_printed(self) -> bool:
        """Whether it is arithmetic on printed numbers."""
        return is_arithmetic(self.formula) and not localise(self.formula, written=False)[1]

    def altered(self, formula: Expression) -> Callable[[Point], Any | None]:
        """Return what gives the value of the step with another formula where the claim is off."""
        turn = self.side.turn if self.place is None else None
        side = replace(side_of(formula), turn=turn)

        def value(point: Point) -> Any | None:
            point = self._with_lines(point)
            right, found = point.of(self.side), point.of(side)
            if right is None or found is None:
                return None
            if self.place is None and np.size(found) != np.size(right):
                return None
            if not np.ndim(right):
                return found
            changed = np.array(right, object)
            if self.place is not None:
                changed.ravel()[self.place] = found
            else:
                try:
                    spread = np.broadcast_to(np.asarray(found), changed.shape)
                except ValueError:  # with that part altered it is an array of another shape
                    return None
                for place in self.off:
                    changed.ravel()[place] = spread.ravel()[place]
            return changed.astype(np.asarray(right).dtype)

        return value

    def _with_lines(self, point: Point) -> Point:
        """Return a point with the lines put in, the same one each time: it keeps what is found."""
        if not self.lines:
            return point
        if id(point) not in self._points:
            self._points[id(point)] = point, point.with_lines(*self.lines)
        return self._points[id(point)][1]

    @cached_property
    def _points(self) -> dict[int, tuple[Point, Point]]:
        """Points, kept so that none has the place of another, with what they are with the lines."""
        return {}


Rule = Callable[[Expression], Iterable[Expression]]
"""What a part of a step may be taken for."""

Put = Callable[[Expression], Expression]
"""Returns a whole with something else in place of a part."""


@lru_cache(maxsize=4)
def steps(line: WrongLine) -> tuple[Step, ...]:
    """Return the steps that a number may have been computed from, the nearest first.

    Those of arithmetic are the formulas, too, that its numbers should have been put into.
    """
    found: list[Step] = []
    for side in _sides(line):
        found += _not_evaluated(line, side)
        if len(found) >= MAX_STEPS:
            break
    return tuple(found)


def nearest(line: WrongLine) -> Side | None:
    """Return the last side of a chain before a line that is more than a number."""
    return next((side for side in reversed(line.before) if not _is_bare(side)), None)


def _sides(line: WrongLine) -> Iterator[Side]:
    """Yield the sides before a number, and above about the same, that are more than a number."""
    above = [entry.line.side for entry in line.page.before(line.target)]
    if not line.link.is_numeric:
        return
    for side in dict.fromkeys((*reversed(line.before), *above)):
        if side is not line.link and not _is_bare(side):
            yield side
    if not _is_bare(line.link):
        yield from map(side_of, right_formulas(line))


def definition(line: WrongLine) -> Iterator[Step]:
    """Yield the formula of a node, its functions written out, as what a line was written for."""
    node = line.target.of
    if line.target.kind != "value" or line.target.key is not None or node.function is None:
        return
    side = ClaimedSide(node.name, node.function, node.parents)
    formula = formula_of(side)
    if sum(1 for _ in in_order(formula)) <= MAX_PARTS:
        places = tuple(range(entries(node.shape)))
        yield Step(side, written_out(formula), None, places)


def _is_bare(side: Side) -> bool:
    if isinstance(side, Numbers):
        return not any(cell.link and not cell.link.is_literal for cell in side.cells)
    return side.is_literal


def _not_evaluated(line: WrongLine, side: Side) -> Iterator[Step]:
    """Yield a step, or those of its entries, if a claim is not what it gives."""
    here = line.ground.here
    lines = _lines(line) if isinstance(side, ClaimedSide) and side.names else ()
    claimed, given = here.of(line.link), here.with_lines(*lines).of(side)
    if claimed is None or given is None or np.size(claimed) != np.size(given):
        return
    _, off = line.numbers.matched(line.target, line.link, claimed, given)
    if not off:
        return
    if isinstance(side, ClaimedSide):
        formula = formula_of(side)
        if sum(1 for _ in in_order(formula)) <= MAX_PARTS:
            is_written = bool(side.written)  # one that is made here has no text
            yield Step(side, formula, given, tuple(off), lines=lines, is_written=is_written)
        return
    for place in off if side.turn is None else ():
        link = side.cells[place].link
        if link is not None and not link.is_literal:
            yield Step(side, formula_of(link), given, tuple(off), place)


def _lines(line: WrongLine) -> tuple[PageLine, ...]:
    """Return the lines above that the numbers of a formula were taken from."""
    return max(
        (sources.lines for sources in line.page.of_numbers(line.target)), key=len, default=()
    )


def is_arithmetic(formula: Expression) -> bool:
    """Whether it is more than a number or a name."""
    return isinstance(formula, Apply)


def rewritten(
    whole: Expression, rule: Rule, but: Container[AnyFunction] = ()
) -> Iterator[tuple[Expression, Expression, Expression]]:
    """Yield each part that a rule knows, what it is taken for, and the whole; outer parts first.

    A part that stands in several places is altered in one at a time.

    Parameters
    ----------
    but
        Functions whose arguments are not altered themselves.
    """
    queue: deque[tuple[Expression, Put, bool]] = deque([(whole, _itself, True)])
    while queue:
        part, put, is_altered = queue.popleft()
        for new in _known(rule, part) if is_altered else ():
            try:
                yield part, new, put(new)
            except GraphdiffError:  # its shape does not fit
                continue
        if isinstance(part, Apply):
            queue += [
                (argument, partial(_put, part, k, put), part.function not in but)
                for k, argument in enumerate(part.arguments)
            ]


def renamed(whole: Expression, rule: Rule) -> Iterator[tuple[Expression, Expression, Expression]]:
    """Yield the whole with something else in all places of a name, that name, and what it is."""
    places: dict[str, list[Expression]] = {}
    for part in in_order(whole):
        if isinstance(part, Node | Reference):
            places.setdefault(str(part), []).append(part)
    for same in places.values():
        for new in _known(rule, same[0]):
            with contextlib.suppress(GraphdiffError):  # its shape does not fit
                yield rebuilt(whole, replaced=dict.fromkeys(same, new)), same[0], new


def _known(rule: Rule, part: Expression) -> Iterator[Expression]:
    """Yield what a part may be taken for, up to what does not fit its shape."""
    with contextlib.suppress(GraphdiffError):
        yield from rule(part)


def _itself(part: Expression) -> Expression:
    return part


def _put(part: Apply, k: int, put: Put, new: Expression) -> Expression:
    arguments = (*part.arguments[:k], new, *part.arguments[k + 1 :])
    return put(Apply(part.function, arguments))


Attempts = Callable[[Fault, WrongLine], Iterator[Attempt]]


def distinct(attempts: Attempts) -> Attempts:
    """Return the attempts that give another number than those before them."""

    def found(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        quick = _somewhere(line)
        told: list[Any] = []
        for attempt in attempts(fault, line):
            number = attempt.value(quick)
            if number is not None and not any(_is_same(number, one) for one in told):
                told.append(number)
                yield attempt

    return found


def _somewhere(line: WrongLine) -> Point:
    """Return a point to tell attempts apart at: for formulas one where no numbers are alike."""
    if line.link.is_numeric:
        return line.ground.here.in_floats
    return next(iter(line.ground.generic), line.ground.here).in_floats


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-12)
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return first.shape == second.shape and bool(np.allclose(first, second, rtol=1e-12, atol=0))


def by_rule(
    rule: Rule,
    among: Callable[[WrongLine], Iterable[Step]] = steps,
    but: Container[AnyFunction] = (),
) -> Attempts:
    """Return the attempts of a slip in evaluating: each part that a rule knows, altered.

    Of several places that give the same number the outermost is told.

    Parameters
    ----------
    among
        Returns the steps that are altered.
    but
        Functions whose arguments are not altered themselves.
    """

    @distinct
    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        for step in among(line):
            for part, new, whole in rewritten(step.formula, rule, but):
                words = {"part": step.part(part), "step": step.shown, "new": step.part(new)}
                yield Attempt(fault, step.altered(whole), words, step.shown)

    return attempts
