"""The links of one statement, each judged by the one before it as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graphdiff.checking import wording
from graphdiff.checking.claim_records import Misfit, Side
from graphdiff.checking.judge import Judge
from graphdiff.checking.report import Result
from graphdiff.checking.targets import Target


class Steps:
    """The links of one statement so far.

    A link that carries on a mistake of its own statement is as wrong as that; a right number after
    a wrong step does not come of it.
    """

    def __init__(self, judge: Judge, target: Target, before: int) -> None:
        self.judge = judge
        self.target = target
        self.before = before
        self.results: list[Result] = []
        self.last: tuple[Result, Side | Misfit] | None = None

    def judged(self, result: Result, way: Side | Misfit) -> Result:
        """Return the result of a link with what the step before it says."""
        if result.follows is not None and result.follows > self.before:
            cause = self.results[result.follows - self.before - 1]
            result = replace(
                result, verdict=cause.verdict, follows=cause.follows,
                note=cause.note if cause.verdict == "follows" else "as the step before",
                diagnosis=cause.diagnosis,
            )  # fmt: skip
        elif result.ok and self.last is not None and not self.last[0].ok:
            given = self._given(way)
            if given:
                note = f"the number is right, but the step before it gives {given}"
                result = replace(result, verdict="coincidental", note=note)
        return result

    def add(self, result: Result, way: Side | Misfit, place: int) -> None:
        """Add the result of a link, and what it says, for those after it."""
        self.results += [result] * (place - self.before - len(self.results))
        self.last = result, way

    def _given(self, way: Side | Misfit) -> str:
        """Return what the step before gives, where a number is another."""
        assert self.last is not None  # noqa: S101 - asked
        step = self.last[1]
        if isinstance(step, Misfit) or isinstance(way, Misfit):
            return ""
        if not (step.is_numeric and way.is_numeric):
            return ""
        numbers, here = self.judge.of_numbers, self.judge.ground.here
        claimed, given = here.of(way), here.of(step)
        if claimed is None or given is None or np.size(claimed) != np.size(given):
            return ""
        slack = numbers.slack(step, given)
        match, _ = numbers.matched(self.target, way, claimed, given, slack)
        return "" if match is not None else wording.shown_value(given)
