"""What a page says for a mistake and against it, beside that it gives what was claimed.

A result that is right on the page rules out mistakes inside it, for what is computed from it. A
formula shows some mistakes, a difference that is turned round, and others it would show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.candidates import Candidate, Candidates, candidates, settled
from graphdiff.checking.faults.declaration import Made, WrongLine
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.formulas import formula_of, shown
from graphdiff.checking.faults.printed_steps import nearest
from graphdiff.checking.points import PageLine
from graphdiff.checking.targets import Target
from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Apply, in_order

Array = Any

RULED_OUT = 0.02
"""How likely a mistake still is inside a result that is right on the page."""

SHOWN, NOT_SHOWN = 3.0, 0.1
"""How much likelier a mistake is that a formula shows, and one that it would show and does not."""

SAME = 1e-7
"""To this part a result is the same, where no digits are printed."""

ENTRY = re.compile(r"(?<=\w)\[[\d, ]+\]")
"""The indices of an entry, as they are written behind a name."""


def _inside(made: Made) -> Alteration:
    """Return what a mistake does within a derivation, not to its result."""
    return replace(made.alteration, target=None, step=None, end=None)


class Evidence:
    """What a page says for the mistakes that a wrong line may come of, and against them."""

    def __init__(self, line: WrongLine) -> None:
        self.line = line

    def belief(self, candidate: Candidate) -> float:
        """Return how much likelier the page makes mistakes, beside 1."""
        found = 1.0
        for made in candidate.made:
            if self.shows(made):
                found *= SHOWN
                continue
            if made.seen and self._parts:
                found *= NOT_SHOWN
            if self._is_ruled_out(made):
                found *= RULED_OUT
        return found

    def shows(self, made: Made) -> bool:
        """Whether a formula shows that a mistake was made."""
        return made.seen in self._parts

    def is_excluded(self, candidate: Candidate) -> bool:
        """Whether a number comes of a step or a formula before it that mistakes would not change.

        A formula leaves open what it names, ∂L/∂a of ∂L/∂a·x, and nothing else.
        """
        side = nearest(self.line) if self.line.link.is_numeric else None
        if side is None or side.is_numeric or not isinstance(side, ClaimedSide):
            return side is not None and side.is_numeric
        at = self._exact.derivation
        about = Target("expression", self.line.target.of, link=side)
        with np.errstate(all="ignore"):
            try:
                given = at.at(about)
                altered = [at.at(about, _inside(made)) for made in candidate.made]
            except (GraphdiffError, ArithmeticError, ValueError, IndexError):
                return False
        return given is not None and all(
            one is not None and one.shape == given.shape and np.allclose(one, given, rtol=SAME)
            for one in altered
        )

    @cached_property
    def _parts(self) -> frozenset[str]:
        """The parts of the formula that is claimed, y − p for y[0] − p[0] too; none of a number."""
        link = self.line.link
        if not isinstance(link, ClaimedSide) or link.is_numeric:
            return frozenset()
        parts = [shown(part) for part in in_order(formula_of(link)) if isinstance(part, Apply)]
        return frozenset((*parts, *(ENTRY.sub("", part) for part in parts)))

    def _is_ruled_out(self, made: Made) -> bool:
        """Whether a result would be another that is right on the page."""
        alteration = replace(_inside(made), received={})
        if not (alteration.uses or alteration.values):
            return False
        is_sum = ways.dropped in alteration.uses.values()
        at = self._exact.derivation if self._right else None
        for about, true, allowed in self._right if at is not None else ():
            try:
                altered = at.at(about, alteration) if at is not None else None
            except (GraphdiffError, ValueError):
                continue
            if altered is None or altered.size != true.size:
                continue
            if is_sum and not altered.any():  # of one path alone none is left out
                continue
            off = np.abs(altered.ravel() - true)
            if (off[np.isfinite(off)] > allowed[np.isfinite(off)]).any():
                return True
        return False

    @cached_property
    def _exact(self) -> Candidates:
        about, points = settled(self.line.target, [self.line.ground.here.in_floats])
        return candidates(points, about)

    @cached_property
    def _right(self) -> list[tuple[Target, Array, Array]]:
        """What is right on the page, what it is, and how far it may be off."""
        return list(self._known())

    def _known(self) -> Iterator[tuple[Target, Array, Array]]:
        later = self.line.target.step - self._exact.target.step
        for line in self.line.page.right_of(self.line.target):
            about = line.target
            is_given = about.kind == "value" and about.of.is_leaf
            if about.step != later or about.kind == "J" or is_given:
                continue
            about = replace(about, step=0)
            true = self._exact.derivation.at(about)
            if true is not None:
                yield about, true.ravel(), self._allowed(line, true.ravel())

    def _allowed(self, line: PageLine, true: Array) -> Array:
        """Return how far each number of a right line may be off by the digits printed."""
        allowed = SAME * np.maximum(np.abs(true), np.abs(true).max(initial=0) * 1e-3)
        if not line.side.is_numeric:
            return allowed
        knowns = self.line.numbers.known_to(line.side, true.size)
        units = [0.0 if known.unit is None else float(known.unit) for known in knowns]
        return np.maximum(allowed, units)
