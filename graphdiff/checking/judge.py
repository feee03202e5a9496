"""Judge claims: whether a number is right here, and a formula everywhere.

A number is compared with the truth at its own precision, then with other conventions at kinks,
then with what the page's own numbers give. A formula is compared as a function: with the truth,
with the truth where rows are probabilities, with the truth when given values are put in, then with
what follows from wrong formulas above.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from graphdiff.checking import layout_readings, wording
from graphdiff.checking.claim_records import Claim, ClaimedSide, Misfit, Side, Unread
from graphdiff.checking.descents import Descent
from graphdiff.checking.diagnoses import Diagnosis
from graphdiff.checking.faults import search
from graphdiff.checking.faults.declaration import WrongLine
from graphdiff.checking.faults.effort import Allowance, Effort
from graphdiff.checking.finding import Finding
from graphdiff.checking.formula_verdicts import FormulaJudge
from graphdiff.checking.formulas import formula_of
from graphdiff.checking.ground import Ground
from graphdiff.checking.number_verdicts import NumberJudge
from graphdiff.checking.page import Page
from graphdiff.checking.points import PageLine
from graphdiff.checking.report import ACCEPTED, UNJUDGED, Result
from graphdiff.checking.targets import Reference, Target
from graphdiff.errors import BudgetError, GraphdiffError, defects
from graphdiff.files import budget
from graphdiff.files.tolerance import Tolerance
from graphdiff.graph import ComputationalGraph
from graphdiff.language.shapes import Shape

SAYING = budget.EVALUATION / 4
"""Seconds of CPU time for what is said to be right, after a claim was judged."""

DIAGNOSES = budget.FILE / 2
"""Seconds of CPU time for the mistakes behind all wrong lines of a page, as a far stop."""

DIAGNOSED = ("wrong", "coincidental")
"""Verdicts that come of a mistake."""


class Options(NamedTuple):
    """How a page is to be judged.

    Attributes
    ----------
    tolerance
        A teacher's word on how far numbers may be off; None for their own precision.
    strict
        Whether a formula with given values put in counts as coincidental.
    descent
        How parameters change, where claims are about values after some steps.
    diagnose
        Whether to look for the mistakes behind wrong lines.
    effort
        What all wrong lines together may take for that.
    """

    tolerance: Tolerance | None = None
    strict: bool = False
    descent: Descent | None = None
    diagnose: bool = False
    effort: Effort | None = None


class Judge:
    """Judges the lines of one page in their order, at one point, and formulas at many."""

    def __init__(
        self,
        graph: ComputationalGraph,
        values: Mapping[str, Any],
        supposed: Mapping[str, Any],
        claims: Sequence[Claim | Unread],
        options: Options,
        shown: ComputationalGraph,
        deadline: float,
    ) -> None:
        read = [claim for claim in claims if isinstance(claim, Claim)]
        self.shown = shown
        self.ground = Ground(graph, values, supposed, read, options.descent, deadline)
        self.page = Page()
        self.of_numbers = NumberJudge(self.ground, self.page, options.tolerance)
        self.of_formulas = FormulaJudge(
            self.ground, self.page, self.of_numbers, strict=options.strict
        )
        self.options = options
        self.diagnoses = DIAGNOSES
        self.effort = options.effort or Effort(len(claims))

    def result(self, claim: Claim, place: int, lettered: Claim, line: int) -> Result:
        """Judge one link of a claim; what does not fit is said in the letters it was read in."""
        link, written = claim.links[place - 1], lettered.links[place - 1]
        misfit = written if isinstance(written, Misfit) else link
        if isinstance(misfit, Misfit) or isinstance(link, Misfit):
            assert isinstance(misfit, Misfit)  # noqa: S101 - both are read alike
            found = Finding("unread" if misfit.unread else "wrong", misfit.problem)
        else:
            found = self._found(claim, link, written, lettered, line)
        verdict, note, point, follows, off = found
        leaves = point and {name: wording.written(v) for name, v in point.leaves.items()}
        judged = verdict not in UNJUDGED
        expected = self._expected(claim.target, link) if judged else ""
        return Result(
            claim.written, place, link.written, expected, verdict, note, leaves, follows,
            wrong_entries=_indices(off, claim.target.shape),
        )  # fmt: skip

    def diagnosed(
        self, result: Result, target: Target, link: Side | Misfit, before: Sequence[Side | Misfit]
    ) -> Result:
        """Return a result with the mistakes behind it, if it is wrong and there is time for it.

        Parameters
        ----------
        before
            The sides of its chain before it.
        """
        self.effort.judged()
        if result.verdict not in DIAGNOSED or result.diagnosis is not None:
            return result
        if isinstance(link, Misfit) or not self.options.diagnose:
            return result
        steps = tuple(side for side in before if not isinstance(side, Misfit))
        line = WrongLine(target, link, steps, self.ground, self.page, self.of_numbers)
        with self.effort.share() as work:
            return replace(result, diagnosis=self._searched(line, work))

    def _searched(self, line: WrongLine, work: Allowance) -> Diagnosis | None:
        """Return the mistakes behind a line; a defect of the search costs the verdict nothing."""
        began = time.process_time()
        try:
            with budget.cpu(max(0.0, self.diagnoses)):
                return search.diagnosis(line, work)
        except (BudgetError, MemoryError):
            return Diagnosis((), False, search.OUT_OF_WORK)
        except Exception as error:
            defects.passed_over(error)
            return None
        finally:
            self.diagnoses -= time.process_time() - began

    def _found(
        self, claim: Claim, link: Side, written: Side | Misfit, lettered: Claim, line: int
    ) -> Finding:
        """Judge a link within its budget; whatever goes wrong, it costs the others nothing."""
        try:
            with budget.cpu(budget.EVALUATION):
                found, turned = self.finding(claim, link)
                if found is None:
                    assert not isinstance(written, Misfit)  # noqa: S101 - told before
                    mismatch = layout_readings.mismatch(written, lettered.target, claim.written)
                    found = Finding("wrong", mismatch)
                self.page.add(_line(claim.target, turned, line), found.verdict)
        except GraphdiffError as error:  # of its budget, or of a method that has no such step
            return Finding("undecided", str(error))
        except MemoryError:
            return Finding("undecided", "it takes too much memory")
        except Exception as error:
            defects.passed_over(error)
            return Finding("undecided", f"it could not be judged ({type(error).__name__})")
        return found

    def finding(self, claim: Claim, link: Side) -> tuple[Finding | None, Side]:
        """Judge a link in each way its shape may be read, the plainest first; None if in none.

        The second is the link as it is read then.
        """
        ways = layout_readings.readings(link, claim.target, claim.written)
        first: tuple[Finding, Side] | None = None
        for way in ways:
            turned = link.turned(way.turn)
            found = self.judged(claim, turned)
            repeats = found.verdict == "says-nothing" and not way.accepted
            if found.verdict in ACCEPTED or repeats:
                if way.accepted:
                    note = "; ".join(filter(None, (way.note, found.note)))
                    return found._replace(note=note), turned
                before = Finding("wrong") if first is None else first[0]
                return before._replace(note=way.note, point=found.point), link
            if way.accepted and first is None:
                first = found, turned
                if found.verdict in ("undecided", "says-nothing"):
                    break
        return first or (None, link)

    def judged(self, claim: Claim, link: Side) -> Finding:
        """Judge a link that has its target's shape."""
        if isinstance(link, ClaimedSide) and not link.is_numeric:
            if self.of_formulas.says_nothing(claim.target, link):
                return Finding("says-nothing", "it repeats what it is about")
            found = self.of_formulas.judged(claim, link)
            if found.verdict == "wrong":  # perhaps for a number of a line above
                return self.of_numbers.following(claim.target, link) or found
            return found
        return self.of_numbers.judged(claim, link)

    def _expected(self, target: Target, link: Side | Misfit) -> str:
        """Return what is right; nothing where that takes too long to find out."""
        try:
            with budget.cpu(SAYING):
                return self._right(target, link)
        except Exception as error:
            defects.passed_over(error)
            return ""

    def _right(self, target: Target, link: Side | Misfit) -> str:
        """Return what is right: a number for a number, a formula for a formula."""
        if not link.is_numeric and (formula := self._formula(target)):
            return formula
        value = self.ground.known(target)
        if value is None:
            return ""
        literal = link if isinstance(link, ClaimedSide) and link.is_literal else None
        return wording.shown_value(value, literal and self.ground.here.of(literal))

    def _formula(self, target: Target) -> str:
        """Return the formula of a target; nothing if it has none that a report shows."""
        found = self.ground.samples.formulas
        if target in found:
            return found[target]
        if self.ground.late or not target.is_bare:
            return ""
        found[target] = formula_of(self.shown, target)
        return found[target]


def _indices(places: Sequence[int], shape: Shape) -> tuple[tuple[int, ...], ...]:
    """Return where entries of an array stand that are counted row by row."""
    if not places or not shape:
        return ()
    return tuple(zip(*(axis.tolist() for axis in np.unravel_index(places, shape)), strict=True))


def _line(target: Target, side: Side, place: int) -> PageLine:
    """Return a line for the page; one about −q as one about q."""
    if target.kind == "expression" and (name := target.link.of_negative) is not None:
        about = name.target if isinstance(name, Reference) else Target("value", name)
        return PageLine(about, side.negated, place)
    return PageLine(target, side, place)
