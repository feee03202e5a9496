"""What grading gives: marks for what is required, submission by submission, for a class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Literal

from graphdiff.checking.report import ACCEPTED, MARKS, UNJUDGED, Report, Result, Verdict
from graphdiff.errors.plain_text import neutral
from graphdiff.grading.handed_in import own_name
from graphdiff.notation.display import Shown, Table

MISSING = "–"
"""The sign in a table of what was not said."""

MarkVerdict = Verdict | Literal["missing"]
"""A verdict, or that nothing was said."""


@dataclass(frozen=True, repr=False)
class Required:
    """A quantity that is asked for.

    Attributes
    ----------
    target
        The target, as the teacher wrote it.
    points
        What it is worth.
    hidden
        Whether students are not to see what is right.
    """

    target: str
    points: Fraction = Fraction(1)
    hidden: bool = False

    def __repr__(self) -> str:
        hidden = ", hidden" if self.hidden else ""
        return f"<Required: {neutral(self.target)}, {shown_points(self.points)} points{hidden}>"

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {"target": self.target, "points": plain(self.points), "hidden": self.hidden}

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Required:
        """Return what :meth:`to_json` made."""
        return cls(record["target"], number(record["points"]), record["hidden"])


@dataclass(frozen=True, repr=False)
class Mark:
    """What a submission earns for what is required.

    Attributes
    ----------
    required
        What is asked for.
    earned
        The points for it.
    verdict
        Of the links that count the worst, or ``"missing"``.
    results
        The links that count, for the teacher: with what is right, even where that is hidden.
    note
        Why it earns what it does, where the verdict does not say so.
    """

    required: Required
    earned: Fraction
    verdict: MarkVerdict
    results: tuple[Result, ...] = ()
    note: str = ""

    def __repr__(self) -> str:
        points = f"{shown_points(self.earned)} of {shown_points(self.required.points)} points"
        return f"<Mark: {neutral(self.required.target)} {self.verdict}, {points}>"

    @property
    def ok(self) -> bool:
        """Whether what was said is accepted."""
        return self.verdict in ACCEPTED

    def without_answers(self) -> Mark:
        """Return it with nothing but the verdict and the points; all its lines have the same."""
        verdict: Verdict = "wrong" if self.verdict == "missing" else self.verdict
        results = (replace(without_answer(one), verdict=verdict) for one in self.results)
        return replace(self, results=tuple(results), note="" if self.results else self.note)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            **self.required.to_json(),
            "earned": plain(self.earned),
            "verdict": self.verdict,
            "results": [result.to_json() for result in self.results],
            "note": self.note,
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Mark:
        """Return what :meth:`to_json` made."""
        results = tuple(map(Result.from_json, record["results"]))
        required = Required.from_json(record)
        return cls(required, number(record["earned"]), record["verdict"], results, record["note"])


@dataclass(frozen=True, repr=False)
class Graded:
    """One submission, graded.

    Attributes
    ----------
    student
        Who handed it in.
    file
        The file.
    marks
        One for each quantity required, in the order of the teacher's file.
    report
        The verdicts on all that it says, as the student may see them: of what is hidden nothing
        is told but the verdict. None if it could not be read.
    problem
        Why it could not be read; else empty.
    """

    student: str
    file: str
    marks: tuple[Mark, ...]
    report: Report | None = None
    problem: str = ""

    def __repr__(self) -> str:
        said = f"{shown_points(self.earned)} of {shown_points(self.possible)} points"
        said = f"could not be read: {self.problem}" if self.problem else said
        return neutral(f"<Graded: {self.student}, {said}>")

    @property
    def earned(self) -> Fraction:
        """The points of all marks together."""
        return sum((mark.earned for mark in self.marks), Fraction(0))

    @property
    def possible(self) -> Fraction:
        """The points there are."""
        return possible(mark.required for mark in self.marks)

    @property
    def exit_code(self) -> int:
        """What ``graphdiff grade`` ends with: 0 all accepted, 2 not read or not judged, else 1."""
        if self.problem or any(mark.verdict in UNJUDGED for mark in self.marks):
            return 2
        return 0 if all(mark.ok for mark in self.marks) else 1

    def for_student(self) -> Graded:
        """Return it as the student may see it: with the lines as they stand in the report.

        The file is called as the student called it.
        """
        lines = () if self.report is None else self.report.results
        seen = {without_answer(result): result for result in lines}
        marks = tuple(_shown(mark, seen) for mark in self.marks)
        return replace(self, file=own_name(self.file), marks=marks)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data, for the teacher: with what is right, even where hidden."""
        return {
            "student": self.student,
            "file": self.file,
            "earned": plain(self.earned),
            "possible": plain(self.possible),
            "problem": self.problem,
            "marks": [mark.to_json() for mark in self.marks],
            "report": None if self.report is None else self.report.to_json(),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Graded:
        """Return what :meth:`to_json` made."""
        report = None if record["report"] is None else Report.from_json(record["report"])
        marks = tuple(map(Mark.from_json, record["marks"]))
        return cls(record["student"], record["file"], marks, report, record["problem"])


@dataclass(frozen=True, repr=False)
class Gradebook(Shown):
    """A class, graded; it shows itself as a table, a row for each student, a column for each claim.

    Attributes
    ----------
    title
        The title of the assignment.
    required
        What is asked for, in the order of the teacher's file.
    graded
        The submissions, by student.
    remarks
        What is to be said of the run that made it.
    """

    title: str
    required: tuple[Required, ...]
    graded: tuple[Graded, ...]
    remarks: tuple[str, ...] = field(default=(), compare=False)

    @property
    def possible(self) -> Fraction:
        """The points there are."""
        return possible(self.required)

    @property
    def exit_code(self) -> int:
        """The largest of all submissions."""
        return max((graded.exit_code for graded in self.graded), default=0)

    @property
    def table(self) -> Table:
        """The marks: a row for each student, a column for each quantity."""
        columns = ("student", *(one.target for one in self.required))
        last = f"of {plain(self.possible)}"
        return Table(self.title, (*columns, last), tuple(map(_row, self.graded)))

    def summary(self) -> str:
        """Return how the class did in a sentence."""
        codes = Counter(one.exit_code for one in self.graded)
        unread = sum(bool(one.problem) for one in self.graded)
        counts = {
            "all correct": codes[0],
            "with something wrong or missing": codes[1],
            "with something not judged": codes[2] - unread,
            "could not be read": unread,
        }
        said = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        if not self.graded:
            return "no submissions"
        mean = float(sum(one.earned for one in self.graded) / len(self.graded))
        return f"{said}; {mean:.4g} of {plain(self.possible)} points on average"

    def problems(self) -> Iterator[str]:
        """Yield a line for each submission that could not be read, with the reason."""
        for one in self.graded:
            if one.problem:
                yield f"{one.student}: could not be read: {one.problem} ({one.file})"

    def shown(self) -> Iterator[Table | str]:
        """Yield the table, what could not be read, and how the class did."""
        if self.graded:
            yield Table.of(self.table.title, self.table.columns, self.table.rows, lambda row: row)
        yield from self.problems()
        yield self.summary()

    def __str__(self) -> str:
        parts = [self.table.text()] if self.graded else []
        return "\n".join([*parts, *map(neutral, self.problems()), self.summary()])

    def to_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "title": self.title,
            "possible": plain(self.possible),
            "required": [required.to_json() for required in self.required],
            "graded": [graded.to_json() for graded in self.graded],
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Gradebook:
        """Return what :meth:`to_json` made."""
        required = tuple(map(Required.from_json, record["required"]))
        return cls(record["title"], required, tuple(map(Graded.from_json, record["graded"])))


def _row(graded: Graded) -> tuple[str, ...]:
    """Return what a table says of a submission."""
    cells = ["?" if graded.problem else cell(mark) for mark in graded.marks]
    return (neutral(graded.student), *cells, str(plain(graded.earned)))


def cell(mark: Mark) -> str:
    """Return what a table says of a mark: its sign, and the points if there are some."""
    sign = MISSING if mark.verdict == "missing" else MARKS[mark.verdict]
    return f"{sign} {plain(mark.earned)}" if mark.earned or mark.ok else sign


def possible(required: Iterable[Required]) -> Fraction:
    """Return the points there are."""
    return sum((one.points for one in required), Fraction(0))


def without_answer(result: Result) -> Result:
    """Return a result that says what was claimed and the verdict, and nothing of what is right."""
    is_unread = result.verdict == "unread" and not result.expected  # why is about what was written
    said = result.note if is_unread else ""
    return replace(result, expected="", note=said, point=None, diagnosis=None, wrong_entries=())


def _shown(mark: Mark, seen: Mapping[Result, Result]) -> Mark:
    """Return a mark with its lines as they may be seen, which are known by what was claimed."""
    found = (seen.get(told := without_answer(result), told) for result in mark.results)
    return mark.without_answers() if mark.required.hidden else replace(mark, results=tuple(found))


def plain(points: Fraction) -> int | float | str:
    """Return points as JSON has them: a number if it is the same, else a fraction as text.

    Examples
    --------
    >>> plain(Fraction(3)), plain(Fraction(1, 2)), plain(Fraction(1, 3))
    (3, 0.5, '1/3')
    """
    if points.denominator == 1:
        return points.numerator
    return float(points) if number(float(points)) == points else str(points)


def shown_points(points: Fraction) -> str:
    """Return points for a person: whole where they are short decimals, else rounded.

    Examples
    --------
    >>> shown_points(Fraction(3, 2)), shown_points(Fraction(21, 8)), shown_points(Fraction(1, 3))
    ('1.5', '2.625', '0.33')
    """
    digits = 4 if (points * 10**4).denominator == 1 else 2
    return f"{float(points):.{digits}f}".rstrip("0").rstrip(".")


def percent(graded: Graded) -> float | None:
    """Return how much of the points a submission earns, in percent; None if there are none."""
    return float(100 * graded.earned / graded.possible) if graded.possible else None


def number(points: float | str) -> Fraction:
    """Return points that :func:`plain` wrote."""
    return Fraction(str(points))
