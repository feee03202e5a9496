"""Which of the mistakes that fit is to be told, and with what certainty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.report import Result

TOLD = 3
"""Mistakes that are told at most."""

FAR = 0.1
"""Beside the likeliest, mistakes of less than this part of its weight are not told."""

BY_CHANCE, BY_CHANCE_PAIRED = 8.0, 0.02
"""A fit that comes about by chance more often than this is none: of one mistake, and of two."""

DOUBTED = 0.3
"""From this chance on a fit is doubted."""

CERTAIN = 0.02
"""Up to this chance a fit is certain, if no other mistake fits."""


class Fit(NamedTuple):
    """A mistake that gives what was claimed.

    Attributes
    ----------
    explanation
        It in words.
    likely
        How likely it was beforehand.
    chance
        How many of the mistakes tried up to it would fit by chance.
    general
        Whether it only says where something went wrong, whatever that was.
    """

    explanation: Explanation
    likely: float
    chance: float
    general: bool = False

    @property
    def weight(self) -> float:
        """How likely it is now: less, the more it may fit by chance."""
        return self.likely / (1 + self.chance / DOUBTED)


def diagnosis(fits: Iterable[Fit]) -> Diagnosis:
    """Return what is to be told of the mistakes that fit.

    A general one stands after those that say more and are no chance; alone it is certain, if a
    step is printed.
    """
    best: dict[tuple[str, ...], Fit] = {}
    for fit in sorted(fits, key=lambda fit: -fit.weight):
        limit = BY_CHANCE if len(fit.explanation.faults) == 1 else BY_CHANCE_PAIRED
        if fit.chance <= limit:
            best.setdefault(fit.explanation.faults, fit)
    general = [fit for fit in best.values() if fit.general]
    ranked = [fit for fit in best.values() if not fit.general]
    told = [fit for fit in ranked if fit.weight >= FAR * ranked[0].weight][: TOLD - len(general)]
    sure = sum(fit.chance <= DOUBTED for fit in told)
    certain = bool(general) and not ranked and general[0].chance <= CERTAIN
    if len(told) == 1:
        certain = told[0].chance <= CERTAIN and len(told[0].explanation.faults) == 1
    explanations = (fit.explanation for fit in (*told[:sure], *general, *told[sure:]))
    return Diagnosis(tuple(explanations), certain)


def recurring(results: Sequence[Result]) -> tuple[Result, ...]:
    """Return results with more belief in a mistake that other lines of the page have too."""
    seen: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for result in results:
        for place, explanation in enumerate(_explanations(result)):
            seen[explanation.faults] += 1 / (1 + place)

    def believed(result: Result) -> Result:
        explanations = _explanations(result)
        if result.diagnosis is None or len(explanations) < 2:
            return result

        def weight(place: int) -> float:
            own = 1 / (1 + place)
            return own * (1 + seen[explanations[place].faults] - own)

        order = sorted(range(len(explanations)), key=weight, reverse=True)
        ranked = tuple(explanations[place] for place in order)
        return replace(result, diagnosis=replace(result.diagnosis, explanations=ranked))

    return tuple(map(believed, results))


def _explanations(result: Result) -> tuple[Explanation, ...]:
    return result.diagnosis.explanations if result.diagnosis else ()
