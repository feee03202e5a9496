"""The teacher's file: the graph, what is required of its quantities, and what that is worth.

A file with nothing but a graph and ``[claims]`` asks for the targets of its claims, a point each.
What is right is always what the graph gives.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

from graphdiff.checking.claims import target_of
from graphdiff.checking.descents import Descent
from graphdiff.checking.targets import Target
from graphdiff.checking.verify import check, descent_of, truths
from graphdiff.errors import FileError, GraphdiffError, UnknownNameError, unknown
from graphdiff.errors.plain_text import neutral
from graphdiff.files import formats, values
from graphdiff.files.storage import read_text
from graphdiff.files.tolerance import tolerance
from graphdiff.files.worksheet import Worksheet
from graphdiff.grading.credit import Credit, credit, exactly
from graphdiff.grading.records import Required
from graphdiff.workbench import Graph

Form = Literal["any", "formula", "number"]
FORMS: tuple[Form, ...] = get_args(Form)
Count = Literal["last", "best"]
COUNTS: tuple[Count, ...] = get_args(Count)

MAX_REQUIRED = 1000
"""Quantities that one assignment asks for."""

MAX_POINTS = 10**6
"""Points for one quantity."""

KEPT = 10_000
"""Targets of claims that are kept as they were read."""

OF_EACH = ("points", "hidden", "form")
"""What may be said of each quantity, and once for all."""

KEYS = ("required", "credit", "count", "strict", "tolerance", "learning_rate", *OF_EACH)


T = TypeVar("T")
S = TypeVar("S", bound=str)


@dataclass(frozen=True)
class Question:
    """A quantity that is asked for, as it is understood.

    Attributes
    ----------
    required
        What gradebooks say of it.
    target
        The quantity, or some of its entries.
    form
        Whether a formula is asked for, a number, or either.
    """

    required: Required
    target: Target
    form: Form = "any"


@dataclass(frozen=True, repr=False)
class Assignment:
    """A teacher's file.

    Attributes
    ----------
    source, is_json
        Its text, and in which of the two forms it is; where it has data in files beside it, the
        same with the data in it.
    graph, sheet
        The graph, and how claims about it are judged: tolerance, learning rate, what is supposed.
    questions
        What is asked for, in order.
    credit
        What an answer earns.
    count
        Which of several answers to a question counts.
    strict
        Whether a formula that is right only with given values put in is coincidental.
    """

    source: str
    is_json: bool
    graph: Graph
    sheet: Worksheet
    questions: tuple[Question, ...]
    credit: Credit = field(default_factory=Credit)
    count: Count = "last"
    strict: bool = False

    def __repr__(self) -> str:
        count = len(self.questions)
        asked = "quantity" if count == 1 else "quantities"
        return f"<Assignment {neutral(repr(self.title))}: {count} {asked} asked for>"

    @property
    def title(self) -> str:
        """The title of the graph."""
        return self.graph.title

    @property
    def required(self) -> tuple[Required, ...]:
        """What gradebooks say of what is asked for."""
        return tuple(question.required for question in self.questions)

    @cached_property
    def truths(self) -> tuple[Any | None, ...]:
        """What is right of each quantity asked for, in order; None where that is not known."""
        targets = [question.target for question in self.questions]
        return tuple(truths(self.graph, self.sheet, targets))

    def doubts(self) -> Iterator[str]:
        """Yield which of its own claims, a teacher's solution, is not what the graph gives."""
        own = replace(self.sheet, cases=(), grading=None)
        report = check(self.graph, own, {}, strict=self.strict, diagnose=False)
        for result in report.results:
            if not result.ok:
                right = f"; the graph gives {result.expected}" if result.expected else ""
                said = f"{result.target} = {result.claimed}"
                yield f"its own claim {said} is {result.verdict}{right}"

    def target(self, source: str) -> Target | None:
        """Return what the target of a claim stands for; None if it is none."""
        if source not in self._targets:
            if len(self._targets) >= KEPT:
                self._targets.clear()
            self._targets[source] = self._read(source)
        return self._targets[source]

    def _read(self, source: str) -> Target | None:
        try:
            return _of(self.graph, self.sheet, self._descent, source)
        except GraphdiffError:
            return None

    @cached_property
    def _descent(self) -> Descent | None:
        """The descent that claims are about."""
        return descent_of(self.graph, self.sheet, self.graph.nodes[-1])

    @cached_property
    def _targets(self) -> dict[str, Target | None]:
        """The targets read so far."""
        return {}


def load_assignment(path: str | os.PathLike[str]) -> Assignment:
    """Read a teacher's file, TOML or JSON.

    Raises
    ------
    FileError
        If it cannot be read, or is no assignment; the line is named.
    GraphdiffError
        If it describes no graph.
    """
    source = read_text(path, what="an assignment")
    try:
        return assignment_of(
            source, is_json=formats.is_json(path, source), folder=Path(path).parent
        )
    except GraphdiffError as error:
        raise type(error)(f"{path!s}: {error}") from None


def assignment_of(source: str, *, is_json: bool = False, folder: Path | None = None) -> Assignment:
    """Return the assignment of a teacher's text.

    Raises
    ------
    GraphdiffError
        As :func:`load_assignment` does.

    Examples
    --------
    >>> assignment = assignment_of(
    ...     '''
    ... [parameters]
    ... w = 3
    ... [nodes]
    ... L = "w**2"
    ... [grading.required]
    ... "dL/dw" = 2
    ... '''
    ... )
    >>> [(one.target, str(one.points)) for one in assignment.required]
    [('dL/dw', '2')]
    """
    graph = Graph()
    document = formats.from_text(source, graph, folder, is_json=is_json)
    if any(
        _is_of_file(value) for value in (*document.inputs.values(), *document.parameters.values())
    ):
        source, is_json = formats.to_toml(formats.from_graph(graph, document.worksheet)), False
    sheet, grading = document.worksheet, document.worksheet.grading
    place = _Places(source)
    graph.claims = sheet = _judged_by(sheet, grading or {}, place)
    return Assignment(
        source, is_json, graph, sheet,
        questions=tuple(_questions(graph, sheet, grading or {}, place)),
        credit=_within(place, "credit", lambda: credit((grading or {}).get("credit", {}))),
        count=_chosen(grading or {}, "count", COUNTS, "last", place),
        strict=_yes_or_no(grading or {}, "strict", place),
    )  # fmt: skip


def _is_of_file(value: Any) -> bool:
    return isinstance(value, Mapping) and "file" in value


def _judged_by(sheet: Worksheet, grading: Mapping[str, Any], place: _Places) -> Worksheet:
    """Return how claims are judged: what [grading] says of it stands before the rest."""
    for key in grading:
        if key not in KEYS:
            raise UnknownNameError(f"{place(key)}{unknown('entry of [grading]', key, KEYS)}")
    if (entry := grading.get("tolerance")) is not None:
        _within(place, "tolerance", lambda: tolerance(entry))
        sheet = replace(sheet, tolerance=entry)
    if (entry := grading.get("learning_rate")) is not None:
        rate = _within(place, "learning_rate", lambda: values.given("learning_rate", entry, None))
        sheet = _within(place, "learning_rate", lambda: replace(sheet, learning_rate=rate.value))
    return sheet


def _questions(
    graph: Graph, sheet: Worksheet, grading: Mapping[str, Any], place: _Places
) -> Iterator[Question]:
    """Yield what is asked for; the same quantity is not asked for twice."""
    common = {key: grading[key] for key in OF_EACH if key in grading}
    asked = dict[Any, str]()
    for source, entry in _entries(sheet, grading, place):
        question = _question(graph, sheet, source, {**common, **entry}, place)
        known = question.target.quantity, question.target.key
        if known in asked:
            raise FileError(
                f"{place(source)}{source!r} is asked for twice; it is the same as {asked[known]!r}"
            )
        asked[known] = source
        yield question
    if not asked:
        raise FileError(
            'it asks for nothing; write [grading] required = ["dL/dw"], or [claims] with what is '
            "asked for"
        )
    if len(asked) > MAX_REQUIRED:
        raise FileError(f"it asks for {len(asked)} quantities, more than {MAX_REQUIRED}")


def _entries(
    sheet: Worksheet, grading: Mapping[str, Any], place: _Places
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each target that is asked for, and what is said of it."""
    required = grading.get("required")
    if required is None:
        yield from ((target, {}) for target in dict.fromkeys(target for target, _ in sheet.claims))
        return
    if isinstance(required, Mapping):
        for target, entry in required.items():
            yield target, entry if isinstance(entry, Mapping) else {"points": entry}
        return
    for entry in required if isinstance(required, list) else [None]:
        if isinstance(entry, str):
            yield entry, {}
        elif isinstance(entry, Mapping) and isinstance(entry.get("target"), str):
            yield entry["target"], {key: said for key, said in entry.items() if key != "target"}
        else:
            raise FileError(
                f"{place('required')}required is {entry or required!r:.60}; write a list of "
                'targets, required = ["z", "dL/dw"], or points by target, [grading.required]'
            )


def _question(
    graph: Graph, sheet: Worksheet, source: str, entry: Mapping[str, Any], place: _Places
) -> Question:
    for key in entry:
        if key not in OF_EACH:
            raise UnknownNameError(
                f"{place(source)}{unknown(f'entry of {source!r}', key, OF_EACH)}"
            )
    points = exactly(entry.get("points", 1))
    if points is None or not 0 <= points <= MAX_POINTS:
        raise FileError(
            f"{place(source)}the points for {source!r} are {entry['points']!s:.40}; write a number "
            f'such as 2, 0.5 or "1/3"'
        )
    form: Form = _chosen(entry, "form", FORMS, "any", place, source)
    hidden = _yes_or_no(entry, "hidden", place, source)
    last = graph.nodes[-1]
    target = _within(
        place, source, lambda: _of(graph, sheet, descent_of(graph, sheet, last), source)
    )
    return Question(Required(source, points, hidden), target, form)


def _of(graph: Graph, sheet: Worksheet, descent: Descent | None, source: str) -> Target:
    return target_of(graph, source, descent=descent, tangent=sheet.tangent)


def _chosen(
    entry: Mapping[str, Any], key: str, choices: Sequence[S], default: S, place: _Places,
    source: str | None = None,
) -> S:  # fmt: skip
    given = entry.get(key, default)
    found = next((choice for choice in choices if choice == given), None)
    if found is None:
        listed = ", ".join(f'"{choice}"' for choice in choices)
        of = "" if source is None else f" of {source!r}"
        raise FileError(f"{place(source or key)}{key}{of} is {given!r:.40}; it may be {listed}")
    return found


def _yes_or_no(
    entry: Mapping[str, Any], key: str, place: _Places, source: str | None = None
) -> bool:
    given = entry.get(key, False)
    if not isinstance(given, bool):
        of = "" if source is None else f" of {source!r}"
        raise FileError(f"{place(source or key)}{key}{of} is {given!r:.40}; write true or false")
    return given


def _within(place: _Places, word: str, read: Callable[[], T]) -> T:
    """Return what is read; an error names the line that a word stands on."""
    try:
        return read()
    except GraphdiffError as error:
        raise type(error)(f"{place(word)}{error}") from None


class _Places:
    """The lines of a teacher's text, from where grading begins."""

    def __init__(self, source: str) -> None:
        self.lines = source.split("\n")
        head = re.compile(r'\s*(?:\[+\s*grading\b|"?grading"?\s*[:=])')
        found = (number for number, line in enumerate(self.lines) if head.match(line))
        self.start = next(found, 0)

    def __call__(self, word: str) -> str:
        """Return the beginning of an error about a word: the line it stands on."""
        whole = re.compile(rf"(?<![\w/]){re.escape(word)}(?![\w/])")
        for number, line in enumerate(self.lines[self.start :], self.start + 1):
            if whole.search(line):
                return f"line {number}: "
        return ""
