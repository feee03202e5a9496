"""Slips of place: the value of another node, another step, or other parameters than those given."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import Any

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.faults.copying import copied_into, twins
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.digits import printed_as
from graphdiff.checking.faults.formulas import shown
from graphdiff.checking.faults.printed_steps import distinct, renamed, rewritten, steps
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.targets import Reference, Target, written
from graphdiff.graph import Node
from graphdiff.language.expression import Expression

BY_CHANCE = 0.1
"""Up to which chance a parameter of few digits that gives a number is no coincidence."""


def _other_node(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield the value of a node beside the one that a line is about."""
    target = line.target
    if target.kind != "value":
        return
    node = target.of
    near = (*twins(node), *node.parents, *(edge.child for edge in node.graph.children(node)))
    for other in dict.fromkeys(near):
        if other.shape == node.shape and other is not node:
            yield _at(fault, replace(target, of=other), {"other": other.name, "node": node.name})


def _at(fault: Fault, other: Target, words: dict[str, str]) -> Attempt:
    return Attempt(fault, lambda point: point.at(other), words, written(other))


def _other_step(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a value or derivative of the step before, or after."""
    target = line.target
    if line.ground.descent is None or target.kind == "expression":
        return
    for step in (target.step - 1, target.step + 1):
        if step >= 0 and not (target.of.is_leaf and target.kind == "value"):
            words = {"target": written(replace(target, step=0)),
                     "when": "before" if step < target.step else "later"}  # fmt: skip
            yield _at(fault, replace(target, step=step), words)


def _of_page(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield each number that stands on the page for something else, or each array of numbers."""
    if line.target.shape:
        yield from _array_of_page(fault, line)
        return
    if not isinstance(line.link, ClaimedSide) or not line.link.is_literal:
        return
    for one in copied_into(line).printed:
        words = {"other": written(one.about), "target": written(line.target)}
        yield Attempt(fault, _constant(one.number), words, written(one.about))


def _array_of_page(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    for (about, _, is_numeric), entry in line.page.last.items():
        other = entry.line
        if not is_numeric or about == line.target.quantity:
            continue
        if other.target.shape == line.target.shape:
            words = {"other": written(other.target), "target": written(line.target)}
            yield Attempt(fault, partial(_said, other), words, written(other.target))


def _said(other: PageLine, point: Point) -> Any | None:
    return point.of(other.side)


@distinct
def _other_array(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a formula of arrays with the numbers of another line put in for one of them."""
    others = [
        target.of if target.kind == "value" else Reference(target)
        for target in (entry.line.target for entry in line.page.last.values())
        if target.shape and target.kind != "expression" and not target.step
    ]

    def taken(part: Expression) -> Iterator[Expression]:
        if isinstance(part, Node | Reference):
            yield from (o for o in others if o.shape == part.shape and str(o) != str(part))

    for step in steps(line) if line.target.shape else ():
        everywhere = ((part, whole) for whole, part, _ in renamed(step.formula, taken))
        once = ((part, whole) for part, _, whole in rewritten(step.formula, taken))
        for part, whole in itertools.chain(everywhere, once):
            if part is step.formula:  # the numbers of another line are given, which is told so
                continue
            words = {"part": shown(part), "step": step.shown}
            yield Attempt(fault, step.altered(whole), words, step.shown)


def _constant(number: Decimal) -> Callable[[Point], Any]:
    return lambda point: point.arithmetic.number(float(number) if point.rough else number)


def _other_parameters(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a value with another number for one parameter, if one of as few digits gives the claim.

    Where a step is printed, that says what the value was computed from.
    """
    target, here = line.target, line.ground.here.in_floats
    claimed = here.of(line.link)
    if target.shape or target.kind != "value" or target.step or claimed is None or steps(line):
        return
    unit = line.link.known.unit if isinstance(line.link, ClaimedSide) else None
    if unit is None:
        return
    graph = target.of.graph
    before = [graph[name] for name in graph.ancestors(target.of)]
    chance, found_for = 0.0, list[tuple[Node, Decimal, Any]]()
    for leaf in sorted(before, key=lambda node: node.index):
        given = here.leaves.get(leaf.name)
        if leaf.kind != "parameter" or leaf.shape or given is None:
            continue
        given = float(given)
        found = _solved(here, target, leaf, given, float(claimed))
        if found is None:
            continue
        number, slope = found
        step = _decimals(graph.leaves, here)
        few = printed_as(number, step)
        if few is None or few == printed_as(given, step) or slope == 0:
            continue
        one = float(unit) / abs(slope) / float(step)
        chance += one
        if one <= BY_CHANCE:
            other = replace(here, leaves={**here.leaves, leaf.name: float(few)})
            found_for.append((leaf, few, other.at(target)))
    for leaf, few, value in found_for:
        words = {"leaf": leaf.name, "number": str(few.normalize()), "target": written(target)}
        yield Attempt(fault, lambda _, value=value: value, words, leaf.name, chance=chance)


def _solved(
    here: Point, target: Target, leaf: Node, given: float, claimed: float
) -> tuple[float, float] | None:
    """Return the number of a leaf that gives a claim, by Newton's method, and the slope there."""

    def at(number: float) -> float | None:
        found = replace(here, leaves={**here.leaves, leaf.name: number}).at(target)
        return None if found is None else float(found)

    number = given
    for _ in range(20):
        value, beside = at(number), at(number + 1e-6)
        if value is None or beside is None or beside == value:
            return None
        slope = (beside - value) / 1e-6
        change = (claimed - value) / slope
        number += change
        if abs(change) <= 1e-9 * max(1, abs(number)):
            return number, slope
    return None


def _decimals(leaves: Sequence[Node], here: Point) -> Decimal:
    """Return the unit of the last decimal that the leaves of a graph are given to."""
    numbers = [Decimal(repr(float(here.leaves[leaf.name]))) for leaf in leaves
               if not leaf.shape and leaf.name in here.leaves]  # fmt: skip
    exponents = [int(number.normalize().as_tuple().exponent) for number in numbers]
    return Decimal(1).scaleb(min([0, *exponents]))


FAULTS = (
    Slip(
        "other-node", "the value is that of another node",
        "the value is that of {other}, not that of {node}",
        "Look at which node the value is of.", "each node has its own value", 1.0, _other_node,
        over=("number-of-another-line",),
    ),
    Slip(
        "number-of-another-line", "a number of another line is given",
        "the number is that of {other}",
        "Look at which line the number belongs to.", "the line that a number is taken from", 0.6,
        _of_page,
    ),
    Slip(
        "neighbouring-array", "the numbers of another line are put in",
        "in {step} other numbers are put in for {part}",
        "Check where the numbers that you put in come from.",
        "the line that numbers are taken from", 0.8, _other_array,
    ),
    Slip(
        "other-step", "a value of another step is given",
        "this is {target} one step {when}",
        "Look at which parameters are used, the old or the new.", "θ' = θ − η ∂J/∂θ", 1.0,
        _other_step,
    ),
    Slip(
        "stale-value", "the value is one of other parameters",
        "{target} has the value that it would have with {leaf} = {number}",
        "Compare the numbers put in with those given.", "the numbers that are given", 0.7,
        _other_parameters,
    ),
)  # fmt: skip
"""Slips of place."""
