"""What a student is told of a line: all of it, what helps without the answer, or the verdict."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.report import UNJUDGED, Result, Verdict
from graphdiff.errors.plain_text import neutral

QUIET: tuple[Verdict, ...] = ("correct", "rounded", "given", "says-nothing")
"""Verdicts beside which it is not said what is right."""

OWN_WORDS: tuple[Verdict, ...] = (*UNJUDGED, "follows")
"""Verdicts that are explained by nothing but what the student wrote."""

MAX_HINTS = 2
"""Hints of a line that several mistakes explain; more would say that nothing is known."""

SHORT = 3
"""Signs that an answer has to have, to be looked for in a sentence: 2 and x stand in many."""

SIGNS = str.maketrans({"−": "-", "·": "*", "×": "*", "²": "**2", "³": "**3", "∂": "d", "_": ""})
BELOW = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")

NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)(?:\s*[/⁄]\s*(\d+)(?![\w.]))?")


@dataclass(frozen=True)
class Told:
    """What is said of a line, in which nothing is hidden or obeyed.

    Attributes
    ----------
    verdict
        The verdict.
    expected
        What is right; empty where that is clear, or not to be told.
    note, mistake
        What is wrong with it, and which known mistake gives it; empty where nothing is to be said.
    hints
        What to look at, each with the rule in brackets.
    """

    verdict: Verdict
    expected: str = ""
    note: str = ""
    mistake: str = ""
    hints: tuple[str, ...] = ()

    def sentences(self) -> Iterator[str]:
        """Yield what is said, one sentence after the other."""
        if self.expected:
            yield f"Expected: {self.expected}"
        for said in (self.note, self.mistake):
            if said:
                yield f"{said[0].upper()}{said[1:]}"
        for hint in self.hints:
            yield f"Hint: {hint}"


def told(result: Result, *, answers: bool = True) -> Told:
    """Return what a student is told of a line.

    Parameters
    ----------
    answers
        Whether to say what is right. Without it there is no number in what is said but those that
        the student wrote; a mistake that cannot be told so is called by its title.

    Examples
    --------
    >>> result = Result("L", 1, "0.28", "0.289", "wrong", "it is 0.289")
    >>> list(told(result).sentences()), list(told(result, answers=False).sentences())
    (['Expected: 0.289'], [])
    """
    note = "" if result.note == f"it is {result.expected}" else result.note
    found = result.diagnosis
    explained = Told(
        result.verdict,
        "" if result.verdict in QUIET else neutral(result.expected),
        neutral(note),
        neutral(found.said) if found and found.explanations else "",
        tuple(map(neutral, _hints(found))) if found else (),
    )
    return explained if answers else _without_answer(explained, result)


def told_of_line(results: Iterable[Result], *, answers: bool = True) -> list[Told]:
    """Return what a student is told of the links of a line; what is behind several of them, once.

    Parameters
    ----------
    answers
        As for :func:`told`.
    """
    found, explained = list[Told](), set[tuple[str, tuple[str, ...]]]()
    for result in results:
        said = told(result, answers=answers)
        why = said.mistake, said.hints
        found.append(replace(said, mistake="", hints=()) if why in explained else said)
        explained.add(why)
    return found


def _hints(found: Diagnosis) -> list[str]:
    hints = [_with_rule(explanation) for explanation in found.explanations if explanation.hint]
    return list(dict.fromkeys(hints))[:MAX_HINTS]


def _with_rule(explanation: Explanation) -> str:
    rule = explanation.reference
    return f"{explanation.hint} ({rule})" if rule else explanation.hint


def titles(found: Diagnosis) -> str:
    """Return what the mistakes are called that may be behind a line, without where they were made.

    Examples
    --------
    >>> titles(Diagnosis((Explanation(("sign", "operand"), "", "", ""),), certain=False))
    'the sign of the result is turned round and a value of another node is taken'
    """
    several = dict.fromkeys(
        " and ".join(CATALOGUE[key].title for key in explanation.faults if key in CATALOGUE)
        for explanation in found.explanations
    )
    return ", or ".join(several)


def _without_answer(all_of_it: Told, result: Result) -> Told:
    """Return what is told without the answer, and without what has a number that would be it."""
    explanations = result.diagnosis.explanations if result.diagnosis else ()
    places = " ".join(explanation.where for explanation in explanations)
    written = f"{result.target} {result.claimed} {result.source} {places}"
    own = set(_numbers(written))
    answer = _squeezed(result.expected)
    is_formula = any(sign.isalpha() and sign not in "eE" for sign in result.expected)
    right = set() if is_formula else set(_numbers(result.expected)) - own

    def tells(said: str) -> bool:
        is_there = len(answer) >= SHORT and answer in _squeezed(said)
        return is_there or not right.isdisjoint(_numbers(said))

    def harmless(said: str) -> str:
        return "" if tells(said) or not own.issuperset(_numbers(said)) else said

    own_words = result.verdict in OWN_WORDS and not tells(all_of_it.note)
    note = all_of_it.note if own_words else harmless(all_of_it.note)
    mistake = harmless(all_of_it.mistake)
    if all_of_it.mistake and not mistake and result.diagnosis is not None:
        called = neutral(titles(result.diagnosis))
        mistake = "" if tells(called) else called
    return replace(
        all_of_it,
        expected="",
        note=note,
        mistake=mistake,
        hints=tuple(hint for hint in all_of_it.hints if not tells(hint)),
    )


def _squeezed(formula: str) -> str:
    """Return a formula as it is the same with whatever signs, blanks, brackets and powers."""
    plain = unicodedata.normalize("NFKC", formula.translate(SIGNS).translate(BELOW))
    return "".join(sign for sign in plain if sign not in "*·^(){}\\" and not sign.isspace())


def _numbers(said: str) -> Iterator[Fraction]:
    """Yield the numbers of a text without their signs, the same in any form: ½, 1/2, 0.5."""
    for above, below in NUMBER.findall(unicodedata.normalize("NFKC", said)):
        yield Fraction(above) / (Fraction(below or 1) or 1)
