"""Slips in a step of a method of descent: its rate, its direction, what it remembers.

Each is the rule with another line, or other numbers, for the last step alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import sympy as sp

from graphdiff.checking.descents import Descent
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.rule import RATE

Change = Callable[[Descent], Descent | None]
"""What a mistake makes of a descent; None where it cannot be made."""

CORRECTION = re.compile(r"/\(1 - beta_\d\*\*t\)|\(1 - beta_\d\*\*t\)\*")
MOVED = re.compile(r"^(\s*\w+ <- theta )([+-])(?= )", re.MULTILINE)
SOLVED = re.compile(r"^(\s*p <- -)solve\(.*, (.+)\)$", re.MULTILINE)


def _by(change: Change) -> Callable[[Fault, WrongLine], Iterator[Attempt]]:
    """Return what yields the value or state after a step that a change was made to."""

    def attempts(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
        target, descent = line.target, line.ground.descent
        if descent is None or descent.is_plain or not _is_of_step(target):
            return
        if change(descent) is not None:
            yield Attempt(fault, lambda point: _stepped(point, target, change))

    return attempts


def _is_of_step(target: Target) -> bool:
    is_parameter = target.kind == "value" and target.of.kind == "parameter"
    return bool(target.step) and (is_parameter or target.kind == "state")


def _stepped(point: Point, target: Target, change: Change) -> Any | None:
    before = point.after(target.step - 1)
    descent = before and before.descent and change(before.descent)
    if before is None or descent is None:
        return None
    return replace(before, descent=descent).at(replace(target, step=1))


def _without_rate(descent: Descent) -> Descent | None:
    method = descent.method
    if method.search is not None or (method.schedule is None and method.settings[RATE] == 1):
        return None
    settings = {**method.settings, RATE: sp.Integer(1)}
    return replace(descent, method=Method(method.rule, settings))


def _with_formulas(descent: Descent, pattern: re.Pattern[str], put: Any) -> Descent | None:
    rule = descent.method.rule
    formulas = pattern.sub(put, rule.formulas)
    if formulas == rule.formulas:
        return None
    return replace(descent, method=replace(descent.method, rule=replace(rule, formulas=formulas)))


def _other_way(descent: Descent) -> Descent | None:
    def turned(found: re.Match[str]) -> str:
        return found[1] + {"+": "-", "-": "+"}[found[2]]

    return _with_formulas(descent, MOVED, turned)


def _uncorrected(descent: Descent) -> Descent | None:
    return _with_formulas(descent, CORRECTION, "")


def _without_hessian(descent: Descent) -> Descent | None:
    return _with_formulas(descent, SOLVED, r"\1(\2)")


def _without_memory(descent: Descent) -> Descent | None:
    return replace(descent, found={}) if descent.method.rule.state else None


def _change_alone(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield by how much a parameter changes."""
    target, descent = line.target, line.ground.descent
    if descent is None or descent.is_plain or not _is_of_step(target) or target.kind == "state":
        return

    def change(point: Point) -> Any | None:
        after, before = point.at(target), point.at(replace(target, step=target.step - 1))
        return None if after is None or before is None else after - before

    yield Attempt(fault, change)


RULE = "the rule of the method, line by line"

FAULTS = (
    Slip(
        "rate-not-used", "the learning rate of a method is left out",
        "the learning rate is left out: the step is as if η were 1",
        "How far does one step go? Look at the rule.", RULE, 3.0, _by(_without_rate),
    ),
    Slip(
        "other-way", "the step of a method goes the other way",
        "the step has the other sign: it goes the other way",
        "Shall the objective grow or fall?", RULE, 2.0, _by(_other_way),
    ),
    Slip(
        "step-alone", "only the step of a method is given",
        "only the step is given, not the value after it",
        "Where does the step begin?", RULE, 1.0, _change_alone,
    ),
    Slip(
        "correction-left-out", "the correction of the first steps is left out",
        "the mean is not divided by 1 − β^t, which makes up for its start at 0",
        "What do the means begin with?", "m̂ = m/(1 − β^t)", 2.0, _by(_uncorrected),
    ),
    Slip(
        "memory-left-out", "what a method remembers is left out",
        "what was remembered of the steps before is left out",
        "What does the method keep from step to step?", RULE, 1.5, _by(_without_memory),
    ),
    Slip(
        "hessian-left-out", "the step goes along the gradient, not by the Hessian",
        "the gradient is taken as it is: its system with the matrix is not solved",
        "What is the direction of the method?", "p = −H⁻¹g", 1.5, _by(_without_hessian),
    ),
)  # fmt: skip
"""Slips in the steps of methods."""
