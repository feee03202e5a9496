"""The outcome of a check: one record for each claim and link, as text and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from graphdiff.checking.diagnoses import Diagnosis
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import json_text, neutral
from graphdiff.notation.display import Shown, Table

Verdict = Literal[
    "correct", "rounded", "convention", "given", "coincidental", "wrong", "follows",
    "says-nothing", "unread", "undecided",
]  # fmt: skip
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
ACCEPTED: tuple[Verdict, ...] = ("correct", "rounded", "convention", "given")
UNJUDGED: tuple[Verdict, ...] = ("unread", "undecided")
MARKS: dict[Verdict, str] = {
    "correct": "✓", "rounded": "✓", "convention": "✓", "given": "✓", "coincidental": "≈",
    "wrong": "✗", "follows": "→", "says-nothing": "○", "unread": "?", "undecided": "?",
}  # fmt: skip


MAX_CASE = 120
"""Characters of what a case is called, above its lines."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a report as JSON, for one file or for each of several.

    Examples
    --------
    >>> schema()["$defs"]["verdict"]["enum"][:3]
    ['correct', 'rounded', 'convention']
    """
    return json.loads(Path(__file__).with_name("report.schema.json").read_text("utf-8"))


@dataclass(frozen=True, repr=False)
class Result:
    """The verdict on one link of one claim.

    Attributes
    ----------
    target
        What the claim is about, as written.
    link
        The place of the link in its chain, from 1.
    claimed, expected
        What was written, and what is right, in the same form (number or formula).
    verdict
        ``"correct"``; ``"rounded"``: right but for rounding on the way, or in the last digit;
        ``"convention"``: right by another convention at a kink; ``"given"``: right for the values
        given, some of which were put in; ``"coincidental"``: the number is right at this point,
        the formula is not; ``"wrong"``; ``"follows"``: wrong, but right from an earlier line that
        is; ``"says-nothing"``: it repeats what it is about; ``"unread"``; ``"undecided"``.
    note
        A sentence; empty where there is nothing to say.
    point
        The values of the leaves at a point that tells claim and truth apart, or None.
    follows
        The number of the line, from 1, in which the mistake was made that it carries on, or None;
        of claims, which of the results it is.
    case
        What the case is called, where the page has several; else empty.
    line, cell
        Where it stands on a page, from 1; in a notebook the cell, and the line in it. None for
        claims.
    follows_cell
        In a notebook, the cell that has the line it follows from; else None.
    unknown_function
        In a program, the function it applies that is not known, for which it is unread; else empty.
    source
        How it stands on the page.
    wrong_entries
        Of an array of numbers that is wrong in some entries, their indices in the target.
    diagnosis
        Which known mistakes give what was claimed, where that is wrong or coincidental and they
        were looked for; else None.
    """

    target: str
    link: int
    claimed: str
    expected: str
    verdict: Verdict
    note: str = ""
    point: dict[str, str] | None = None
    follows: int | None = None
    case: str = ""
    line: int | None = None
    cell: int | None = None
    source: str = ""
    wrong_entries: tuple[tuple[int, ...], ...] = ()
    diagnosis: Diagnosis | None = None
    follows_cell: int | None = None
    unknown_function: str = ""

    @property
    def ok(self) -> bool:
        """Whether it is accepted."""
        return self.verdict in ACCEPTED

    def __str__(self) -> str:
        if self.verdict == "unread" and self.line is None:
            return f"{MARKS[self.verdict]} {neutral(self.note)}"
        said = f"{self.target} = {self.claimed}: {self.verdict}"
        if self.verdict not in ("correct", "rounded", "given", "says-nothing") and self.expected:
            said += f"; expected {self.expected}"
        said += f" ({self.note})" if self.note else ""
        found = neutral(f"{MARKS[self.verdict]} {self.place}{said}")
        return f"{found}\n  ↳ {neutral(self.diagnosis.said)}" if self.diagnosis else found

    def __repr__(self) -> str:
        return str(self)

    def to_json(self) -> dict[str, Any]:
        """Return the record as plain data; where it stands on a page only if it does.

        Wrong entries and the diagnosis are there only if there are some.
        """
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        left_out = {"diagnosis", *(() if self.line is not None else ("line", "cell", "source"))}
        may_be_empty = "wrong_entries", "follows_cell", "unknown_function"
        left_out |= {key for key in may_be_empty if not found[key]}
        found = {k: v for k, v in found.items() if k not in left_out}
        return found if self.diagnosis is None else {**found, "diagnosis": self.diagnosis.to_json()}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Result:
        """Return what :meth:`to_json` made."""
        found = record.get("diagnosis")
        diagnosis = None if found is None else Diagnosis.from_json(found)
        wrong = tuple(tuple(index) for index in record.get("wrong_entries", ()))
        entries: dict[str, Any] = {**record, "diagnosis": diagnosis, "wrong_entries": wrong}
        return cls(**entries)

    @property
    def place(self) -> str:
        """Where it stands on a page, for the beginning of a sentence; nothing for claims."""
        if self.line is None:
            return ""
        return f"line {self.line}: " if self.cell is None else f"cell {self.cell}, {self.line}: "


@dataclass(frozen=True, repr=False)
class Report(Shown):
    """The verdicts on all claims, in their order.

    Attributes
    ----------
    title
        The title of the graph.
    results
        A record for each link of each claim.
    remarks
        What is to be said of the graph, such as that two of its names look the same.
    """

    title: str
    results: tuple[Result, ...]
    remarks: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every link is accepted: correct, rounded, convention or given.

        On a page, where another name stands between, ŷ = a = 0.73, or a program names a thing
        again, x = x, or applies a function that is not known, such links are neither for nor
        against it, unless there are no others.
        """
        return all(result.ok for result in self._counting)

    @property
    def _counting(self) -> Sequence[Result]:
        """The links that are for or against what is checked; all, if none is."""
        links = [
            one
            for one in self.results
            if one.line is None or not (one.verdict == "says-nothing" or one.unknown_function)
        ]
        return links or self.results

    @property
    def exit_code(self) -> int:
        """What ``graphdiff check`` ends with: 0 all accepted, 2 unread or undecided, else 1."""
        if any(result.verdict in UNJUDGED for result in self._counting):
            return 2
        return 0 if self.ok else 1

    def remarked(self, remark: str) -> Report:
        """Return the report with a remark more, before the others; an empty one is none."""
        return replace(self, remarks=(remark, *self.remarks)) if remark else self

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many links have each verdict."""
        found = Counter(result.verdict for result in self.results)
        return {verdict: found[verdict] for verdict in VERDICTS}

    def with_verdict(self, *verdicts: Verdict) -> tuple[Result, ...]:
        """Return the results with one of these verdicts."""
        return tuple(result for result in self.results if result.verdict in verdicts)

    def raise_unread(self) -> None:
        """Raise the first claim that could not be read as an error.

        Raises
        ------
        GraphdiffError
            With what was not understood.
        """
        for result in self.with_verdict("unread"):
            raise GraphdiffError(result.note)

    def summary(self) -> str:
        """Return the counts as a sentence."""
        counts = [f"{count} {verdict}" for verdict, count in self.counts.items() if count]
        return ", ".join(counts) or "no claims"

    def to_json(self) -> dict[str, Any]:
        """Return the report as plain data: title, ok, counts, and a record for each link."""
        return {
            "title": self.title,
            "ok": self.ok,
            "counts": self.counts,
            "results": [result.to_json() for result in self.results],
            "remarks": list(self.remarks),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Report:
        """Return what :meth:`to_json` made."""
        results = tuple(map(Result.from_json, record["results"]))
        return cls(record["title"], results, tuple(record["remarks"]))

    def json(self) -> str:
        """Return the report as JSON text."""
        return json_text(self.to_json())

    def shown(self) -> Iterator[Table | str]:
        """Yield the verdicts, and how many there are of each."""
        columns = ("case", "place", "", "target", "claimed", "verdict", "expected", "note")
        columns += ("mistake",) if any(one.diagnosis for one in self.results) else ()
        has_cases, has_places = (any(map(of, self.results)) for of in (_case, _place))
        first = 0 if has_cases else 1 if has_places else 2

        def row(one: Result) -> tuple[str, ...]:
            expected = "" if one.ok else one.expected
            said = (one.target, one.claimed, one.verdict, expected, one.note)
            mistake = one.diagnosis.said if one.diagnosis else ""
            cells = (_case(one), _place(one), MARKS[one.verdict], *said, mistake)
            return cells[first : len(columns)]

        if self.results:
            yield Table.of(self.title, columns[first:], self.results, row)
        yield self.summary()
        yield from self.remarks

    def __str__(self) -> str:
        lines: list[str] = []
        for before, result in zip((None, *self.results), self.results, strict=False):
            if result.case and (before is None or before.case != result.case):
                lines.append(f"case {neutral(' '.join(result.case.split()), MAX_CASE)}:")
            lines.append(str(result))
        return "\n".join([*lines, self.summary(), *map(neutral, self.remarks)])

    def __iter__(self) -> Any:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


def _case(result: Result) -> str:
    return result.case


def _place(result: Result) -> str:
    return result.place.rstrip(": ")
