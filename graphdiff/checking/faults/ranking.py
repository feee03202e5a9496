"""Which of the mistakes that fit is to be told, and with what certainty."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.report import Result

TOLD = 3
"""Mistakes that are told at most."""

FAR = 0.1
"""Beside the likeliest, mistakes of less than this part of its weight are not told."""

BY_CHANCE, BY_CHANCE_PAIRED = 3.0, 0.02
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
    effect
        What tells what it does from what others do; None where that is not known.
    doubtful
        Whether the page speaks against it.
    shown
        Whether the line shows it.
    """

    explanation: Explanation
    likely: float
    chance: float
    general: bool = False
    effect: bytes | None = None
    doubtful: bool = False
    shown: bool = False

    @property
    def weight(self) -> float:
        """How likely it is now: less, the more it may fit by chance."""
        return self.likely / (1 + self.chance / DOUBTED)

    @property
    def is_vague(self) -> bool:
        """Whether it says what is off in the result, not what was done."""
        return all(CATALOGUE[key].vague for key in self.explanation.faults)

    def is_under(self, other: Fit) -> bool:
        """Whether the catalogue declares that another one says the same, and better."""
        keys = other.explanation.faults
        is_declared = all(self.explanation.faults[0] in CATALOGUE[key].over for key in keys)
        return is_declared and (None in (self.effect, other.effect) or self.does_as(other))

    def is_vaguer_than(self, other: Fit) -> bool:
        """Whether another one does the same, and says what was done."""
        return self.is_vague and not other.is_vague and self.does_as(other)

    def is_there_with(self, other: Fit) -> bool:
        """Whether another one does the same at the same place."""
        place = self.explanation.where
        return place != "" and place == other.explanation.where and self.does_as(other)

    def does_as(self, other: Fit) -> bool:
        """Whether another one is known to do the same."""
        return self.effect is not None and self.effect == other.effect


def diagnosis(fits: Iterable[Fit]) -> Diagnosis:
    """Return what is to be told of the mistakes that fit.

    A general one stands after those that say more and are no chance; alone it is certain, if a
    step is printed. One that the page speaks against is told if there is no other.
    """
    best: dict[tuple[str, ...], Fit] = {}
    for fit in sorted(fits, key=lambda fit: -fit.weight):
        limit = BY_CHANCE if len(fit.explanation.faults) == 1 else BY_CHANCE_PAIRED
        if fit.chance <= limit:
            best.setdefault(fit.explanation.faults, fit)
    general = [fit for fit in best.values() if fit.general]
    ranked = [fit for fit in best.values() if not fit.general]
    if not all(fit.doubtful for fit in ranked):
        ranked = [fit for fit in ranked if not fit.doubtful]
    near = [fit for fit in ranked if fit.weight >= FAR * ranked[0].weight]
    told = _each_once(near)[: TOLD - len(general)]
    sure = sum(fit.chance <= DOUBTED for fit in told)
    certain = bool(general) and not ranked and general[0].chance <= CERTAIN
    if len(told) == 1:
        (only,) = told
        places = {fit.explanation.where for fit in near if fit.effect is not None}
        is_alone = only.shown or len(places) <= 1
        is_likely = only.chance <= CERTAIN and not only.doubtful
        certain = is_likely and is_alone and len(only.explanation.faults) == 1
    explanations = (fit.explanation for fit in (*told[:sure], *general, *told[sure:]))
    return Diagnosis(tuple(explanations), certain)


def _each_once(fits: Sequence[Fit]) -> list[Fit]:
    """Return fits, the likeliest first, without those that say what others say as well.

    One rule after the other: two fits could each give way to the other by different ones.
    """
    single = [fit for fit in fits if len(fit.explanation.faults) == 1]
    upper = [fit for fit in single if not any(map(fit.is_under, single))]
    plain = [fit for fit in upper if not any(map(fit.is_vaguer_than, upper))]
    told = [fit for k, fit in enumerate(plain) if not any(map(fit.is_there_with, plain[:k]))]
    return [fit for fit in fits if fit in told or fit not in single]


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
