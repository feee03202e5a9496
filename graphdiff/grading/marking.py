"""From verdicts to marks: which statements answer a question, and what they earn.

A statement is a chain about one target. It answers a question that asks for the same quantity,
however that is written, "dL/dw" or "P[w]", or for entries of it.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.checking.report import ACCEPTED, Report, Result
from graphdiff.checking.targets import Target
from graphdiff.grading.assignment import Assignment, Form, Question
from graphdiff.grading.records import Mark, MarkVerdict
from graphdiff.grading.resting import Resting, named_by
from graphdiff.language.functions import NAMED
from graphdiff.language.functions.movement import Index
from graphdiff.language.shapes import is_known

WORST: tuple[MarkVerdict, ...] = (
    "unread", "undecided", "missing", "wrong", "coincidental", "says-nothing", "follows", "given",
    "convention", "rounded", "correct",
)  # fmt: skip
"""The verdicts, the one that says most against an answer first."""

NUMERIC = {*NAMED, "pi", "e", "inf", "nan", "array", "tensor", "np", "float64", "float32"}
"""Words that numbers may have in them, where no node is called so."""

_REPEATS = "it repeats what it is about"
_RESTATES = "its formula is that of the exercise, and a number is asked for"
_DECIDED = (*ACCEPTED, "wrong", "follows")
_BACKWARD = "it rests on what is computed from it"
_OPEN = "it rests on a derivative that is answered nowhere"

_EXPONENT = re.compile(r"(?<=[\d.])[eE][-+]?\d+")
_NUMBER = re.compile(r"[-+−]?\s*[\d.]+(?:[eE][-+]?\d+)?(?:\s*/\s*[\d.]+)?|\[.*\]", re.DOTALL)
_WORD = re.compile(r"[^\W\d]\w*")


Earned = tuple[Fraction, MarkVerdict, str]
"""The share that a link earns, the verdict on it, and why."""


@dataclass(frozen=True)
class Statement:
    """A chain about one target.

    Attributes
    ----------
    target
        The target; None if it is none.
    links
        The results of its links.
    """

    target: Target | None
    links: tuple[Result, ...]


@dataclass(frozen=True)
class Answer:
    """What a statement earns for a question, as a share of its points.

    Attributes
    ----------
    places
        The entries that it is about, counted row by row in what is asked for.
    """

    share: Fraction
    verdict: MarkVerdict
    links: tuple[Result, ...]
    places: frozenset[int]
    note: str = ""


def marks(assignment: Assignment, report: Report) -> tuple[Mark, ...]:
    """Return what is earned for each question, given the verdicts on all that is claimed."""
    return _Marking(assignment, report).marks()


class _Marking:
    def __init__(self, assignment: Assignment, report: Report) -> None:
        self.assignment = assignment
        self.report = report
        self.statements = [
            Statement(assignment.target(links[0].target), links)
            for links in _chains([one for one in report.results if not one.case])
        ]
        self.resting = Resting(
            (one.target.quantity, self._named(link))
            for one in self.statements
            if one.target is not None
            for link in one.links
            if link.verdict not in ("unread", "says-nothing")
        )

    def marks(self) -> tuple[Mark, ...]:
        """Return a mark for each question."""
        return tuple(map(self.mark, self.assignment.questions))

    def mark(self, question: Question) -> Mark:
        """Return what is earned for a question by the statements that answer it."""
        about = [
            statement
            for statement in self.statements
            if statement.target is not None and statement.target.is_same_as(question.target)
        ]
        answers = [answer for one in about if (answer := self.answer(question, one)) is not None]
        if not answers:
            note = self._amiss(question, about) or self._unread(question)
            return Mark(question.required, Fraction(0), "missing", (), note)
        chosen = self._chosen(answers)
        size = _size(question.target)
        share = sum((one.share * len(one.places) for one in chosen), Fraction(0)) / size
        given = len(frozenset().union(*(one.places for one in chosen)))
        notes = [one.note for one in chosen if one.note]
        if given < size:
            notes.append(f"{given} of {size} entries are given")
        verdict = _worst(one.verdict for one in chosen)
        verdict = _worst(["missing", verdict]) if given < size else verdict
        links = tuple(link for one in chosen for link in one.links)
        earned = share * question.required.points
        return Mark(question.required, earned, verdict, links, "; ".join(dict.fromkeys(notes)))

    def _amiss(self, question: Question, about: Sequence[Statement]) -> str:
        """Return why what is said about a quantity is no answer to a question; nothing if none is.

        It has another form, is about other entries, or applies a function that is not known.
        """
        if unknown := [one for each in about for one in each.links if one.unknown_function]:
            return unknown[-1].note
        if any(_places(question.target, one.target) for one in about if one.target is not None):
            other = "a number" if question.form == "formula" else "a formula"
            return f"a {question.form} is asked for, not {other}"
        return "only other entries are given" if about else ""

    def _unread(self, question: Question) -> str:
        """Return that a statement about something that is no target may have been meant."""
        written = question.required.target
        unread = (one for one in self.statements if one.target is None)
        return next((one.links[0].note for one in unread if one.links[0].target == written), "")

    def _chosen(self, answers: Sequence[Answer]) -> list[Answer]:
        """Return the answers that count, each for entries that no other is about."""
        order = list(enumerate(answers))
        if self.assignment.count == "best":
            order.sort(key=lambda pair: (pair[1].share, pair[0]))
        chosen, taken = list[Answer](), set[int]()
        for _, answer in reversed(order):
            if not answer.places & taken:
                chosen.insert(0, answer)
                taken |= answer.places
        return chosen

    def answer(self, question: Question, statement: Statement) -> Answer | None:
        """Return what a statement earns for a question; None if it does not answer it."""
        assert statement.target is not None  # noqa: S101 - seen to before
        places = _places(question.target, statement.target)
        links = [
            one
            for one in statement.links
            if self._has_form(one, question.form) and not one.unknown_function
        ]
        if not places or not links:
            return None
        said = [one for one in links if not self._says_nothing(question, one)] or links
        earned = [self._link(question, statement.target, one) for one in said]
        judged = list(self._consistent(said, earned))
        share = sum((one[0] for one in judged), Fraction(0)) / len(judged)
        notes = dict.fromkeys(one[2] for one in judged if one[2])
        right = sum(one[0] == 1 for one in judged)
        if right < len(judged) and len(judged) > 1:
            share *= self.assignment.credit.of_links
            notes[f"{right} of {len(judged)} links count in full"] = None
        verdict = _worst(one[1] for one in judged)
        return Answer(share, verdict, tuple(links), frozenset(places), "; ".join(notes))

    def _link(self, question: Question, about: Target, link: Result) -> Earned:
        """Return the share that a link earns, its verdict, and why."""
        credit = self.assignment.credit
        if why := self._says_nothing(question, link):
            return Fraction(0), "says-nothing", why
        if link.verdict == "follows" and (why := self._own_fault(question.target, link)):
            return Fraction(0), "follows", why
        if link.ok and (named := self._named(link)):
            if self.resting.is_circular(named):
                return Fraction(0), "says-nothing", "it rests on lines that rest on it"
            if self.resting.is_backward(about.quantity, named):
                return Fraction(0), "says-nothing", _BACKWARD
            if self.resting.is_open(named):
                return credit.of(link.verdict) * credit.of_open, link.verdict, _OPEN
        if not link.wrong_entries or link.verdict != "wrong":
            return credit.of(link.verdict), link.verdict, ""
        wrong = _asked_and_wrong(question.target, about, link.wrong_entries)
        asked = _places(question.target, about)
        if not wrong:
            return Fraction(1), "correct", "the entries that are asked for are right"
        right = len(asked) - len(wrong)
        if not right:
            return credit.of("wrong"), "wrong", ""
        share = credit.of_entries * Fraction(right, len(asked))
        return share, "wrong", f"{right} of {len(asked)} entries are right"

    def _consistent(self, links: Sequence[Result], earned: Sequence[Earned]) -> Iterator[Earned]:
        """Yield what links earn where a chain is taken at its word: all of it is equal.

        What is right behind what is wrong was not derived from it, and of numbers that contradict
        each other none was meant.
        """
        numbers = [one.ok for one in links if self._is_number(one) and one.verdict in _DECIDED]
        is_guessed, is_broken = any(numbers) and not all(numbers), False
        for link, (share, verdict, note) in zip(links, earned, strict=True):
            if is_guessed and link.ok and self._is_number(link):
                yield Fraction(0), verdict, "numbers of its chain contradict each other"
            elif is_broken and link.ok:
                yield Fraction(0), verdict, "it contradicts what stands before it in its chain"
            else:
                yield share, verdict, note
            is_broken = is_broken or link.verdict in ("wrong", "follows")

    def _named(self, link: Result) -> frozenset[Any]:
        """Return the derivatives that a link names."""
        if not self._is_formula(link):
            return frozenset()
        return named_by(self.assignment.target(link.claimed.strip()))

    def _has_form(self, link: Result, form: Form) -> bool:
        return form == "any" or (form == "formula") == self._is_formula(link)

    def _is_formula(self, link: Result) -> bool:
        """Whether a link has names in it, and is not numbers alone."""
        words = set(_WORD.findall(_EXPONENT.sub("", link.claimed)))
        return any(word in self.assignment.graph for word in words) or bool(words - NUMERIC)

    def _is_number(self, link: Result) -> bool:
        """Whether a link is a number, or an array of them, and no arithmetic."""
        return not self._is_formula(link) and _NUMBER.fullmatch(link.claimed.strip()) is not None

    def _is_zero(self, link: Result) -> bool:
        """Whether a link is 0, or an array of zeros."""
        return self._is_number(link) and not re.search("[1-9]", _EXPONENT.sub("", link.claimed))

    def _says_nothing(self, question: Question, link: Result) -> str:
        """Return why a link is no answer to a question, right as it may be; else nothing."""
        if link.verdict == "says-nothing":
            return _REPEATS
        if not link.ok or not self._is_formula(link):
            return ""
        named = self.assignment.target(link.claimed.strip())
        if named is not None and named.kind != "expression" and named.is_same_as(question.target):
            return _REPEATS  # on pages others may stand behind it: δ = ∂L/∂z = …
        return _RESTATES if question.form == "any" and self._has_number(question.target) else ""

    def _has_number(self, target: Target) -> bool:
        """Whether what is asked for is the value of a node, which the values given determine."""
        if target.kind != "value" or target.step or target.of.is_leaf:
            return False
        leaves = self.assignment.graph.leaves
        return all(leaf.value is not None for leaf in leaves if leaf.name in target.before)

    def _own_fault(self, target: Target, link: Result) -> str:
        """Return why what a link follows from is no mistake made before; nothing if it is one."""
        found = list(self._roots(link))
        if any(one.case for one in found):  # of a graph handed in, which is a mistake before it
            return ""
        roots = [self.assignment.target(one.target) for one in found]
        if any(root is not None and _is_leaf(root) for root in roots):
            return "it follows from another value than the one given"
        if roots and all(root is not None and root.is_same_as(target) for root in roots):
            return "it follows from what is wrong in the answer itself"
        if roots and self._is_number(link) and all(map(self._is_zero, found)):
            return "it follows from a 0 that is wrong, from which all follows"
        return ""

    def _roots(self, link: Result) -> Iterator[Result]:
        """Yield the results that a link follows from in the end."""
        todo, seen = [link], {id(link)}
        while todo:
            for cause in self._causes(todo.pop()):
                if cause.ok or id(cause) in seen:
                    continue
                seen.add(id(cause))
                if cause.verdict == "follows":
                    todo.append(cause)
                else:
                    yield cause

    def _causes(self, link: Result) -> Iterator[Result]:
        """Yield the results that stand on the line that a link follows from."""
        results = self.report.results
        if link.follows is None:
            return
        if link.line is None:
            yield from results[link.follows - 1 : link.follows]
            return
        where = link.follows, link.follows_cell
        yield from (one for one in results if (one.line, one.cell) == where and one is not link)


def _chains(results: Sequence[Result]) -> Iterator[tuple[Result, ...]]:
    """Yield the results of each chain."""
    chain: list[Result] = []
    for before, result in itertools.pairwise([None, *results]):
        assert result is not None  # noqa: S101 - only the first is none
        if before is not None and (result.link <= before.link or result.target != before.target):
            yield tuple(chain)
            chain = []
        chain.append(result)
    if chain:
        yield tuple(chain)


def _worst(verdicts: Iterable[MarkVerdict]) -> MarkVerdict:
    return min(verdicts, key=WORST.index)


def _is_leaf(target: Target | None) -> bool:
    return target is not None and target.kind == "value" and target.of.is_leaf and not target.step


def _size(target: Target) -> int:
    """Return how many entries are meant; one where their number is a letter."""
    return math.prod(target.shape) if is_known(target.shape) else 1


def _table(target: Target) -> np.ndarray:
    """Return the places of the entries meant in all entries of the quantity, row by row."""
    places = np.arange(math.prod(target.whole)).reshape(target.whole)
    return places if target.key is None else Index(target.key).table(target.whole)


def _places(asked: Target, given: Target) -> list[int]:
    """Return the entries of what is asked for that a target is about, counted row by row."""
    if (asked.key is None and given.key is None) or not is_known(asked.whole):
        return list(range(_size(asked)))
    known = set(_table(given).ravel().tolist())
    return [k for k, place in enumerate(_table(asked).ravel().tolist()) if place in known]


def _asked_and_wrong(asked: Target, given: Target, wrong: Sequence[tuple[int, ...]]) -> list[int]:
    """Return the entries asked for that are wrong in what was given."""
    shape = given.shape
    table = _table(given).ravel().tolist()
    off = {table[int(np.ravel_multi_index(index, shape))] for index in wrong}
    return [k for k, place in enumerate(_table(asked).ravel().tolist()) if place in off]
