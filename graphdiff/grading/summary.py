"""What a class got right and wrong: each claim, the mistakes behind it, and the totals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, get_args

from graphdiff.checking.diagnoses import Diagnosis
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.report import ACCEPTED, UNJUDGED, Result
from graphdiff.grading.records import (
    Gradebook,
    Graded,
    Mark,
    MarkVerdict,
    Required,
    percent,
    without_answer,
)

Outcome = Literal["right", "follows", "wrong", "missing", "unread"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

BINS = 10
"""Parts that a scale of points is cut into."""

MAX_ANSWERS = 3
"""Wrong answers told of one claim."""


def outcome(verdict: MarkVerdict) -> Outcome:
    """Return what a verdict counts as among those of a class.

    Examples
    --------
    >>> [outcome(verdict) for verdict in ("rounded", "coincidental", "undecided")]
    ['right', 'wrong', 'unread']
    """
    if verdict in ACCEPTED:
        return "right"
    if verdict in UNJUDGED:
        return "unread"
    return verdict if verdict in ("follows", "missing") else "wrong"


@dataclass(frozen=True)
class ClaimSummary:
    """What became of one claim.

    Attributes
    ----------
    required
        The claim.
    counts
        How many students have each outcome; those who could not be read are not counted.
    earned
        The mean of the points.
    answers
        The most common wrong answers, and how many students gave each.
    """

    required: Required
    counts: Mapping[Outcome, int]
    earned: Fraction
    answers: tuple[tuple[str, int], ...]

    @property
    def students(self) -> int:
        """How many students are counted."""
        return sum(self.counts.values())

    @property
    def mistaken(self) -> int:
        """How many made a mistake here, not one that only follows from another."""
        return self.counts["wrong"]


@dataclass(frozen=True)
class MistakeSummary:
    """A known mistake over a class.

    Attributes
    ----------
    faults
        The keys of the mistakes, one or two that were made together.
    certain
        How many students made it for certain.
    possible
        How many more may have made it: others explain their lines as well.
    targets
        Where it was made, the most common first, by how many students.
    sentence
        What is said of it most often.
    hint
        What to look at.
    """

    faults: tuple[str, ...]
    certain: int
    possible: int
    targets: tuple[tuple[str, int], ...]
    sentence: str
    hint: str

    @property
    def title(self) -> str:
        """What it is called."""
        known = (CATALOGUE.get(fault) for fault in self.faults)
        return " and ".join(
            fault.title if fault else key.replace("-", " ")
            for fault, key in zip(known, self.faults, strict=True)
        )

    @property
    def students(self) -> int:
        """How many students it may be behind."""
        return self.certain + self.possible


@dataclass(frozen=True)
class ClassSummary:
    """A class at a glance.

    Attributes
    ----------
    claims
        Each claim, in the order of the teacher's file.
    mistakes
        The known mistakes, those of most students first.
    unexplained
        How many students have a first mistake that none of the known ones explains.
    first, following
        How many claims are wrong themselves, and how many follow from a mistake before.
    bins
        How many students have 0 to 10 % of the points, 10 to 20 %, … 90 to 100 %.
    mean, median
        Of the points in percent; None without students.
    unread
        The submissions that could not be read.
    """

    claims: tuple[ClaimSummary, ...]
    mistakes: tuple[MistakeSummary, ...]
    unexplained: int
    first: int
    following: int
    bins: tuple[int, ...]
    mean: float | None
    median: float | None
    unread: tuple[Graded, ...]

    @property
    def hardest(self) -> ClaimSummary | None:
        """The claim that most students got wrong themselves; None if nobody did, or of several."""
        most = max((claim.mistaken for claim in self.claims), default=0)
        worst = [claim for claim in self.claims if claim.mistaken == most]
        return worst[0] if most and len(worst) == 1 else None


def summary(gradebook: Gradebook) -> ClassSummary:
    """Return a class at a glance."""
    read = [graded for graded in gradebook.graded if not graded.problem]
    claims = tuple(_claim(k, required, read) for k, required in enumerate(gradebook.required))
    shares = sorted(share for one in read if (share := percent(one)) is not None)
    bins = Counter(min(int(share * BINS / 100), BINS - 1) for share in shares)
    mistakes, unexplained = _mistakes(read)
    return ClassSummary(
        claims, mistakes, unexplained,
        first=sum(claim.counts["wrong"] for claim in claims),
        following=sum(claim.counts["follows"] for claim in claims),
        bins=tuple(bins[k] for k in range(BINS)),
        mean=sum(shares) / len(shares) if shares else None,
        median=_median(shares),
        unread=tuple(graded for graded in gradebook.graded if graded.problem),
    )  # fmt: skip


def _median(ordered: list[float]) -> float | None:
    half = len(ordered) // 2
    return (ordered[half] + ordered[-half - 1]) / 2 if ordered else None


def _claim(place: int, required: Required, read: list[Graded]) -> ClaimSummary:
    marks = [graded.marks[place] for graded in read]
    counts = Counter(outcome(mark.verdict) for mark in marks)
    answers = Counter(answer for mark in marks if (answer := _wrong_answer(mark)) is not None)
    mean = sum((mark.earned for mark in marks), Fraction(0)) / len(marks) if marks else Fraction(0)
    return ClaimSummary(
        required,
        {kind: counts[kind] for kind in OUTCOMES},
        mean,
        tuple(answers.most_common(MAX_ANSWERS)),
    )


def _wrong_answer(mark: Mark) -> str | None:
    """Return the first thing that is wrong itself in an answer."""
    return next((" ".join(one.claimed.split()) for one in _first_mistakes(mark)), None)


def _first_mistakes(mark: Mark) -> Iterator[Result]:
    return (result for result in mark.results if outcome(result.verdict) == "wrong")


def _mistakes(read: list[Graded]) -> tuple[tuple[MistakeSummary, ...], int]:
    """Return the known mistakes, each counted once a student, and who made another."""
    certain, possible = Counter[tuple[str, ...]](), Counter[tuple[str, ...]]()
    places = defaultdict[tuple[str, ...], Counter[str]](Counter)
    words = defaultdict[tuple[str, ...], Counter[tuple[str, str]]](Counter)
    unexplained = 0
    for graded in read:
        made = dict[tuple[str, ...], bool]()
        at = set[tuple[tuple[str, ...], str]]()
        is_unexplained = False
        for result, found in _diagnosed(graded):
            is_unexplained |= not found.explanations
            for explanation in found.explanations[:1]:
                faults = explanation.faults
                made[faults] = made.get(faults, False) or found.certain
                at.add((faults, result.target))
                words[faults][explanation.sentence, explanation.hint] += 1
        for faults, is_certain in made.items():
            (certain if is_certain else possible)[faults] += 1
        for faults, target in at:
            places[faults][target] += 1
        unexplained += is_unexplained
    found = [
        MistakeSummary(
            faults, certain[faults], possible[faults], tuple(places[faults].most_common()),
            *words[faults].most_common(1)[0][0],
        )
        for faults in places
    ]  # fmt: skip
    found.sort(key=lambda mistake: (-mistake.students, -mistake.certain, mistake.faults))
    return tuple(found), unexplained


def _diagnosed(graded: Graded) -> Iterator[tuple[Result, Diagnosis]]:
    """Yield what is diagnosed of what was asked for, and of all else that was written."""
    asked = [result for mark in graded.marks for result in mark.results]
    known = set(map(without_answer, asked))
    others = () if graded.report is None else graded.report.results
    for result in (*asked, *(one for one in others if without_answer(one) not in known)):
        if result.diagnosis is not None:
            yield result, result.diagnosis
