"""Slips in copying: a number, or a name, of another place stands where the right one belongs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any, SupportsFloat

import numpy as np
import sympy as sp

from graphdiff.checking.claim_records import ClaimedSide, Numbers, Side
from graphdiff.checking.faults import digits
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.formulas import constants, formula_of, shown, side_of
from graphdiff.checking.faults.printed_steps import Attempts, distinct, renamed, steps
from graphdiff.checking.faults.right_formulas import right_formulas
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Reference, Target, written
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Constant, Expression, in_order, rebuilt
from graphdiff.language.functions.arithmetic import sub

MAX_NUMBERS, SILENTLY = 30, 0.3
"""Numbers of other lines that may stand, unseen, for a name, and how much less likely that is."""

MAX_FORMULAS = 6
"""Formulas that a line should have been computed with."""

HALF = 0.5 + 1e-9
"""A half of a unit of the last digit, for floats."""

TOLD = 2
"""Significant digits of a number from which on its digits tell what it was copied from."""


Replaced = tuple[Expression, Expression, Expression]
"""A formula with something else in place of a part; that part; and what stands for it."""


@dataclass(frozen=True)
class Printed:
    """A number that stands on the page: what it is about, and the number."""

    about: Target
    number: Decimal


class Copied:
    """What the numbers printed in a line may have been copied from; see :func:`copied_into`."""

    def __init__(self, line: WrongLine) -> None:
        self.line = line
        every = max(
            (sources.lines for sources in line.page.of_numbers(line.target)), key=len, default=()
        )
        self.point = line.ground.here.in_floats.with_lines(*every)
        self.printed = [
            Printed(entry.line.target, number)
            for entry in line.page.last.values()
            if not entry.line.target.is_same_as(line.target)
            for number in _numbers(entry.line.side)
        ]

        self._values: dict[Expression, Any] = {}

    def value(self, part: Expression) -> Any | None:
        """Return the value of a part by the numbers of the page; None where it is none."""
        if part not in self._values:
            found = self.point.of(side_of(part))
            self._values[part] = None if found is None or np.ndim(found) else found
        return self._values[part]

    def is_it(self, number: Decimal, part: Expression) -> bool:
        """Whether a number is that of a part, to its digits."""
        value = self.value(part)
        return value is not None and _agrees(number, value)

    @cached_property
    def with_numbers(self) -> tuple[Replaced, ...]:
        """What the line should have been, with one of its own numbers in place of each part."""
        return tuple(_with_numbers(self.line, self))

    @cached_property
    def silently(self) -> tuple[Replaced, ...]:
        """The formula before a number alone, with numbers of other lines in place of a name."""
        return tuple(_silently(self.line, self))


@lru_cache(maxsize=4)
def copied_into(line: WrongLine) -> Copied:
    """Return what the numbers printed in a line may have been copied from: one for all slips."""
    return Copied(line)


def _agrees(number: Decimal, value: Any) -> bool:
    """Whether a number is a value rounded to its digits."""
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    return abs(float(number) - float(value)) <= float(unit) * HALF


def _numbers(side: Side) -> Iterator[Decimal]:
    """Yield the numbers that a line says, as they are printed."""
    if isinstance(side, Numbers):
        links = [cell.link for cell in side.cells if cell.link is not None]
        for cell in side.cells:
            if cell.value is not None:
                yield _printed(cell.text, cell.value)
        for link in links:
            yield from _numbers(link)
    elif side.is_literal:
        yield from map(_decimal, constants(formula_of(side)))


def _decimal(constant: Constant) -> Decimal:
    return _printed(constant.text, constant.value)


def _printed(printed: str, value: SupportsFloat) -> Decimal:
    """Return a number with the digits it is printed with; 1/2 is 0.5."""
    try:
        return Decimal(printed)
    except ArithmeticError:
        return Decimal(str(float(value)))


def twins(node: Node) -> list[Node]:
    """Return the nodes that play the same part elsewhere: another output's target, another unit.

    They are computed by the same function, or stand at the same place of the same function.
    """
    graph = node.graph
    found: dict[Node, None] = {}
    if node.function is not None:
        found |= dict.fromkeys(
            other
            for other in graph.nodes
            if other.function == node.function and other.shape == node.shape
        )
    for edge in graph.children(node):
        for other in graph.nodes:
            if other.function == edge.child.function and other is not edge.child:
                found[other.parents[edge.slot]] = None
    found.pop(node, None)
    return list(found)


def _with_numbers(line: WrongLine, copied: Copied) -> Iterator[Replaced]:
    """Yield what a line should have been with one of its own numbers in place of each part."""
    if not isinstance(line.link, ClaimedSide) or line.link.names or line.link.is_literal:
        return
    own = list(constants(formula_of(line.link)))
    for k, formula in enumerate(right_formulas(line)):
        if k == MAX_FORMULAS:
            return
        for part in filter(_is_copied, in_order(formula)):
            for number in own:
                if isinstance(part, Constant) and _decimal(number) < 0:
                    continue  # a learning rate has no sign that is lost: the step goes uphill
                if part is not formula and not copied.is_it(_decimal(number), part):
                    yield rebuilt(formula, replaced={part: number}), part, number


def _silently(line: WrongLine, copied: Copied) -> Iterator[Replaced]:
    """Yield the formula before a number alone with numbers of other lines in place of a name."""
    if not isinstance(line.link, ClaimedSide) or not line.link.is_literal or line.target.shape:
        return
    numbers = list(dict.fromkeys(one.number for one in reversed(copied.printed)))[:MAX_NUMBERS]

    def taken(part: Expression) -> Iterator[Expression]:
        for number in numbers if not part.shape else ():
            if not copied.is_it(number, part):
                yield Constant(sp.Rational(str(number)), str(number))

    for step in steps(line):
        yield from renamed(step.formula, taken)


def _is_copied(part: Expression) -> bool:
    """Whether a number is copied for a part: for a name, that of a number too, and for 1 − a."""
    if part.shape or (isinstance(part, Constant) and not part.text.isidentifier()):
        return False
    return not isinstance(part, Apply) or (
        part.function is sub and not any(isinstance(inner, Apply) for inner in part.arguments)
    )


Source = Callable[[Copied, Decimal, Expression], str]
"""Says where a number comes from that stands in place of a part; nothing if not from there."""


def _of_twin(copied: Copied, number: Decimal, part: Expression) -> str:
    others = twins(part) if isinstance(part, Node) else []
    return _named(copied, number, others)


def _of_node(copied: Copied, number: Decimal, part: Expression) -> str:
    nodes = copied.line.target.of.graph.nodes
    same = twins(part) if isinstance(part, Node) else []
    return _named(copied, number, [node for node in nodes if node is not part and node not in same])


def _named(copied: Copied, number: Decimal, nodes: Sequence[Node]) -> str:
    """Say of which of some nodes a number is."""
    others = (node for node in nodes if not node.shape and copied.is_it(number, node))
    return next((f"that of {node.name}" for node in others), "")


def _of_page(copied: Copied, number: Decimal, part: Expression) -> str:
    """Say of which line above a number is that is no value of a node, nor of its own at a step."""
    for one in copied.printed:
        is_other = one.about.is_derivative or (one.about.step and one.about.of is not part)
        if isinstance(part, Reference) and one.about.is_same_as(part.target):
            continue
        if is_other and abs(one.number) == abs(number):
            return f"that of {written(one.about)}"
    return ""


def _of_step(copied: Copied, number: Decimal, part: Expression) -> str:
    """Say after which step a number is that of its node."""
    for one in copied.printed:
        if one.about.step and one.about.of is part and one.number == number:
            return f"that of {written(one.about)}"
    return ""


def _of_digits(copied: Copied, number: Decimal, part: Expression) -> str:
    value = copied.value(part)
    if value is None or len(number.as_tuple().digits) < TOLD:
        return ""
    if any(copied.is_it(number.scaleb(-k), part) for k in digits.SHIFTS):
        return "its decimal point is moved"
    unit = Decimal(1).scaleb(int(number.as_tuple().exponent))
    for misprints, more in (
        (digits.swapped, 0), (digits.lost, 1), (digits.doubled, -1), (digits.different, 0),
    ):  # fmt: skip
        right = digits.printed_as(value, unit.scaleb(-more))
        if right is not None and right != 0 and number in misprints(right):
            return "its digits are miscopied"
    return ""


def _of_sign(copied: Copied, number: Decimal, part: Expression) -> str:
    return "it has the other sign" if copied.is_it(-number, part) else ""


def _from_nowhere(copied: Copied, number: Decimal, part: Expression) -> str:
    sources = (_of_twin, _of_page, _of_step, _of_node, _of_digits, _of_sign)
    return "" if any(source(copied, number, part) for source in sources) else "another number"


def by_source(source: Source, *, silently: bool = False) -> Attempts:
    """Return the attempts of a number put in that comes from a certain place.

    Parameters
    ----------
    silently
        Whether it may not be shown that it is put in, too.
    """

    @distinct
    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        seen = copied_into(line)
        unseen = seen.silently if silently else ()
        is_alone = isinstance(line.link, ClaimedSide) and line.link.is_literal
        for formula, part, number in itertools.chain(seen.with_numbers, unseen):
            assert isinstance(number, Constant)  # noqa: S101 - made so
            said = source(seen, _decimal(number), part)
            if said:
                words = {"number": number.text, "part": shown(part), "source": said}
                value = _on_page(side_of(formula), seen)
                likely = SILENTLY if is_alone else 1.0
                yield Attempt(fault, value, words, line.link.written, likely)

    return attempts


def _on_page(side: ClaimedSide, copied: Copied) -> Callable[[Point], Any | None]:
    """Return what gives the value of a side by the numbers of the page."""

    def value(point: Point) -> Any | None:
        return (point if point.lines else copied.point).of(side)

    return value


CHECK = "Check where each number of the step comes from."

FAULTS = (
    Slip(
        "other-output", "a number of another output or unit is put in",
        "{number} is put in for {part}; it is {source}",
        CHECK, "each output has its own target, each unit its own value", 10.0, by_source(_of_twin),
    ),
    Slip(
        "neighbouring-number", "a number of another line is put in",
        "{number} is put in for {part}; it is {source}",
        CHECK, "the line that a number is taken from", 8.0,
        by_source(_of_page, silently=True),
    ),
    Slip(
        "number-of-node", "the number of another node is put in",
        "{number} is put in for {part}; it is {source}",
        CHECK, "the operands of each function", 6.0,
        by_source(_of_node, silently=True),
    ),
    Slip(
        "number-of-step", "the number of another step of descent is put in",
        "{number} is put in for {part}; it is {source}",
        "The old value, or the new one?", "all gradients are taken at the old parameters", 8.0,
        by_source(_of_step),
    ),
    Slip(
        "digits-miscopied", "the digits of a number are miscopied",
        "{number} is put in for {part}; {source}",
        "Compare the digits with those of the line above.", "digits", 5.0, by_source(_of_digits),
    ),
    Slip(
        "sign-miscopied", "a number is put in with the other sign",
        "{number} is put in for {part} with the other sign",
        "Compare the signs with those of the line above.", "−a is not a", 9.0, by_source(_of_sign),
    ),
    Slip(
        "number-put-in", "another number is put in",
        "{number} is put in for {part}",
        CHECK, "the line that a number is taken from", 1.5, by_source(_from_nowhere),
    ),
)  # fmt: skip
"""Slips in copying a number into a step."""
