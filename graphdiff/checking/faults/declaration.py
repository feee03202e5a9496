"""What a known mistake is: what it is called, what is said of it, and what it does.

There are two families. A *slip* goes wrong in evaluating or in copying what is written: it makes
other numbers of a line. A *bug* goes wrong in the derivation: it alters what the graph gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

from graphdiff.checking.claim_records import Side
from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.formulas import typeset
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.ground import Ground
from graphdiff.checking.number_verdicts import NumberJudge
from graphdiff.checking.page import Page
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target


@dataclass(frozen=True, eq=False)
class WrongLine:
    """A line that is wrong, with all there is to explain it by.

    The same claim farther down on a page is another one: other lines stand above it.

    Attributes
    ----------
    target, link
        What it is about, and what it says.
    before
        The sides of its chain before this one, the first first: steps it may have been
        computed from.
    ground
        Where it is compared.
    page
        The lines above.
    numbers
        The judge of numbers, for how exactly each is known.
    """

    target: Target
    link: Side
    before: tuple[Side, ...]
    ground: Ground
    page: Page
    numbers: NumberJudge


@dataclass(frozen=True)
class Attempt:
    """A mistake made at one place: what the line would say then.

    Attributes
    ----------
    fault
        The mistake.
    value
        What the line would say at a point, of the shape of its target; None where it has no value.
        For a number that is one number, or an array, whatever the point.
    words
        What fills the sentence and the hint: ``{"edge": "a to z"}``.
    where
        The place as records have it: ``"J[z->a]"``.
    likely
        How likely this place is beside the other places of the same mistake.
    chance
        How often it would be made to fit by chance, where it was sought after for that.
    """

    fault: Fault
    value: Callable[[Point], Any | None]
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    where: str = ""
    likely: float = 1.0
    chance: float = 0.0

    @property
    def explanation(self) -> Explanation:
        """It in words."""
        return self.fault.explained(self.words, self.where)


@dataclass(frozen=True)
class Fault:
    """A known mistake.

    Attributes
    ----------
    key
        Its name in records, in lower case with hyphens: ``"path-dropped"``.
    title
        What a table calls it: "a path is dropped".
    sentence
        What was done, as a clause with the place in braces: "the way over {over} is left out".
    hint
        What to look at; it does not give the answer away. It may have the same braces.
    reference
        The rule that it is against.
    likely
        How often it is seen, beside 1 for a mistake of middling frequency.
    vague
        Whether it says what is off in the result, not what was done: beside a mistake that does
        just the same it says nothing.
    over
        The keys of mistakes that say the same less well where they do the same.
    """

    family: ClassVar[str] = ""

    key: str
    title: str
    sentence: str
    hint: str
    reference: str
    likely: float
    vague: bool = field(default=False, kw_only=True)
    over: tuple[str, ...] = field(default=(), kw_only=True)

    def explained(
        self,
        words: Mapping[str, str],
        where: str,
        written: Callable[[str], str] = typeset,
    ) -> Explanation:
        """Return it in words, made at a place; names and formulas as they are written by hand."""
        put_in = {key: written(word) for key, word in words.items()}
        sentence, hint = (text.format_map(put_in) for text in (self.sentence, self.hint))
        return Explanation((self.key,), sentence, hint, self.reference, where)


@dataclass(frozen=True)
class Slip(Fault):
    """A mistake in evaluating or copying what is written.

    Attributes
    ----------
    attempts
        What it makes of a line, at each place where it can be made.
    general
        Whether it only says where something went wrong, whatever that was.
    """

    family = "slip"

    attempts: Callable[[Fault, WrongLine], Iterator[Attempt]]
    general: bool = False


class Made(NamedTuple):
    """A mistake in the derivation, made at one place; see :class:`Attempt`.

    Attributes
    ----------
    seen
        What stands in a formula in which it was made; empty where that cannot be told.
    is_natural
        Whether somebody who computes could make it here, so that it may be offered as a wrong
        answer; else it is only recognised where it was made.
    """

    alteration: Alteration
    words: Mapping[str, str] = {}
    where: str = ""
    likely: float = 1.0
    seen: str = ""
    is_natural: bool = True


@dataclass(frozen=True)
class Bug(Fault):
    """A mistake in the derivation.

    Attributes
    ----------
    made
        What it does to a derivation, at each place where it can be made.
    """

    family = "bug"

    made: Callable[[Scene], Iterator[Made]]
