"""Which of the mistakes that fit is to be told, and with what certainty."""

from __future__ import annotations

import itertools
import re
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


RECURS = 4.0
"""How much likelier a mistake is that another line of the page has for certain, beside 1."""


LITTLE = 0.1
"""How much less a mistake counts beside others that only says where something went wrong."""


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
    excluded
        Whether a step or formula stands before the line that it is not in.
    """

    explanation: Explanation
    likely: float
    chance: float
    general: bool = False
    effect: bytes | None = None
    doubtful: bool = False
    shown: bool = False
    excluded: bool = False

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
    step is printed. One that the page speaks against is told if there is no other; one that
    the formula before a number has not is told if no slip says more, after the general one.
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
    excluded = [fit for fit in ranked if fit.excluded]
    if len(excluded) < len(ranked):
        ranked = [fit for fit in ranked if not fit.excluded]
    near = [fit for fit in ranked if fit.weight >= FAR * ranked[0].weight]
    told = _each_once(near)[: TOLD - len(general)]
    sure = sum(fit.chance <= DOUBTED and not fit.excluded for fit in told)
    certain = bool(general) and not ranked and general[0].chance <= CERTAIN
    if len(told) == 1:
        (only,) = told
        places = {fit.explanation.where for fit in near if fit.effect is not None}
        is_alone = only.shown or len(places) <= 1
        is_likely = only.chance <= CERTAIN and not (only.doubtful or only.excluded)
        certain = is_likely and is_alone and len(only.explanation.faults) == 1 and not excluded
    shown = (*told[:sure], *general, *told[sure:])
    weights = tuple(fit.weight for fit in shown)
    return Diagnosis(tuple(fit.explanation for fit in shown), certain, weights=weights)


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
    """Return results with more belief in a mistake that other lines of the page have too.

    The weight of a mistake grows by `RECURS` times its share of the belief in another line, half
    of that where it is made at another kind of place there. What stands behind a general one is
    doubted, and stays there.
    """
    shares = [_shares(result) for result in results]

    def believed(own: int, result: Result) -> Result:
        found = result.diagnosis
        if found is None or len(found.explanations) < 2:
            return result

        def support(explanation: Explanation) -> float:
            if all(CATALOGUE[key].vague for key in explanation.faults):
                return 0.0
            others = (each for k, each in enumerate(shares) if k != own)
            return sum(
                max((share * _likeness(explanation, one) for one, share in each), default=0.0)
                for each in others
            )

        weights = [
            weight * (1 + RECURS * support(one))
            for one, weight in zip(found.explanations, _weights(found), strict=True)
        ]
        general = [place for place, one in enumerate(found.explanations) if _says_where(one)]
        last = general[0] if general else len(weights)  # those behind it are doubted
        order = sorted(range(len(weights)), key=lambda place: (place > last, -weights[place]))
        ranked = tuple(found.explanations[place] for place in order)
        weights = tuple(weights[place] for place in order)
        return replace(result, diagnosis=replace(found, explanations=ranked, weights=weights))

    return tuple(believed(k, result) for k, result in enumerate(results))


def _shares(result: Result) -> list[tuple[Explanation, float]]:
    """Return the explanations of a line, each with its share of the belief in all of them."""
    if result.diagnosis is None:
        return []
    weights = _weights(result.diagnosis)
    total = sum(weights)
    pairs = zip(result.diagnosis.explanations, weights, strict=True)
    return [(explanation, weight / total) for explanation, weight in pairs if total > 0]


def _weights(found: Diagnosis) -> list[float]:
    """Return how likely each explanation is: none is likelier than one that is told before it.

    One that only says where says little: it is told first if nothing else is likely.
    """
    count = len(found.explanations)
    given = found.weights if len(found.weights) == count else [1 / (1 + k) for k in range(count)]
    said = [
        weight * (LITTLE if _says_where(one) else 1)
        for one, weight in zip(found.explanations, given, strict=True)
    ]
    return list(itertools.accumulate(said, min))


def _says_where(explanation: Explanation) -> bool:
    """Whether an explanation only says where something went wrong."""
    return any(getattr(CATALOGUE[key], "general", False) for key in explanation.faults)


def _likeness(one: Explanation, other: Explanation) -> float:
    """Return how alike two mistakes are: made at places that are alike but for their numbers."""
    if one.faults != other.faults:
        return 0.0
    return 1.0 if _stem(one.where) == _stem(other.where) else 0.5


def _stem(where: str) -> str:
    return re.sub(r"[0-9₀-₉]+", "", where)
