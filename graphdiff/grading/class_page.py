"""The page of a class: which claims were got wrong, which mistakes are behind that, the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from graphdiff.derivations.derivation import as_markdown
from graphdiff.drawing import html_page
from graphdiff.drawing.checked.as_markdown import code
from graphdiff.drawing.writers.svg import escaped
from graphdiff.errors.plain_text import brief
from graphdiff.grading import bars
from graphdiff.grading.earlier import GENERATOR
from graphdiff.grading.records import Gradebook, Graded, cell, percent, shown_points
from graphdiff.grading.summary import (
    BINS,
    OUTCOMES,
    ClaimSummary,
    ClassSummary,
    MistakeSummary,
    Outcome,
    summary,
)
from graphdiff.notation.display import Table

MAX_ANSWER = 60
"""Characters of a wrong answer."""

MAX_COLUMNS, MAX_HEADING = 20, 18
"""Claims side by side in the table of marks, and characters of each above it."""

SIGNS = "✓ right, → follows from a mistake before, ✗ wrong, – missing, ? not read or not judged"

MEANING: dict[Outcome, str] = {
    "right": "right",
    "follows": "follows from a mistake before",
    "wrong": "wrong",
    "missing": "missing",
    "unread": "not read or not judged",
}

STYLE = (
    bars.STYLE
    + """
.book { width: 100%; } .points { width: auto; } .book th, .book td { vertical-align: top; }
.book .number { text-align: right; white-space: nowrap; padding-right: 1.25rem; }
.book code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.book td:first-child code { white-space: nowrap; }
.book .note { color: var(--faint); } .hardest { font-weight: 700; }
.book p { margin: .15rem 0 0; }
.marks { margin-bottom: 1.5rem; font-size: .875rem; table-layout: fixed; width: 0; }
.marks th, .marks td { padding: .25rem 0; white-space: nowrap; width: 3.2rem; }
.marks thead th:first-child { width: 10rem; }
.marks thead th { height: 6.5rem; vertical-align: bottom; font-weight: 400; }
.marks thead th:first-child { font-weight: 600; }
.marks .turned span { display: block; width: 1.25rem;
  transform: translateY(-.3rem) rotate(-90deg); }
.marks .number { text-align: right; }
.marks th:first-child { position: sticky; left: 0; background: var(--paper); }
.marks tbody th { font-weight: 400; white-space: normal; overflow-wrap: anywhere; }
@media screen and (max-width: 40rem) {
  .points .bar { width: 8rem; height: auto; }
}
@page { size: landscape; margin: 12mm; }
@media print {
  main { font-size: 9pt; } .wide { overflow: visible; } thead { display: table-header-group; }
  .bar { width: 9rem; height: auto; } .key .bar { width: auto; }
  .book th, .book td { padding-right: .6rem; } h2, h2 + p { break-after: avoid; }
  .marks { font-size: 8pt; width: 100%; } .marks th, .marks td { width: 11mm; }
  .marks thead th:first-child { width: 32mm; }
}
"""
)


@dataclass(frozen=True, repr=False)
class ClassPage:
    """A class as a page, for the teacher.

    Attributes
    ----------
    gradebook
        The class.
    anonymous
        Whether to leave out who the students are, and what they may not see of hidden claims.
    """

    gradebook: Gradebook
    anonymous: bool = False

    @cached_property
    def summary(self) -> ClassSummary:
        """What the page says; of an anonymous one no more than students may see."""
        if not self.anonymous:
            return summary(self.gradebook)
        seen = tuple(one.for_student() for one in self.gradebook.graded)
        found = summary(replace(self.gradebook, graded=seen))
        claims = (replace(one, answers=()) if one.required.hidden else one for one in found.claims)
        return replace(found, claims=tuple(claims))

    @cached_property
    def html(self) -> str:
        """One file of HTML, without scripts or anything to load."""
        title = self.gradebook.title or "Gradebook"
        body = [f"<h1>{escaped(title)}</h1>", *self._elements()]
        return html_page.document(title, body, (), style=STYLE, generator=GENERATOR)

    @cached_property
    def markdown(self) -> str:
        """Markdown, with tables in place of bars."""
        return "\n\n".join(self._parts()) + "\n"

    def __repr__(self) -> str:
        return f"<ClassPage: {self._overall().rstrip('.')}>"

    def _elements(self) -> Iterator[str]:
        found = self.summary
        yield f"<p>{escaped(self._overall())}</p>"
        yield "<h2>Claims</h2>"
        present: list[Outcome] = [
            kind for kind in OUTCOMES if any(claim.counts[kind] for claim in found.claims)
        ]
        yield f"<p>{''.join(bars.key(kind, MEANING[kind]) for kind in present)}</p>"
        headings = (
            "Claim",
            "Share",
            *map(str.capitalize, present),
            "Points",
            "Most common wrong answers",
        )
        rows = [
            (
                self._name(claim), bars.stacked(claim.counts),
                *(str(claim.counts[kind]) for kind in present),
                escaped(_mean(claim)), _answers(claim),
            )
            for claim in found.claims
        ]  # fmt: skip
        yield from _table(headings, rows, numbers=range(2, 2 + len(present) + 1))
        yield "<h2>Mistakes</h2>"
        yield f"<p>{escaped(_first_and_following(found))}</p>"
        if found.mistakes:
            read = len(self.gradebook.graded) - len(found.unread)
            mistakes = [
                (
                    f"<b>{escaped(one.title)}</b><p>{escaped(one.sentence)}</p>",
                    bars.single(one.students, read), escaped(_students(one)), escaped(_places(one)),
                )
                for one in found.mistakes
            ]  # fmt: skip
            yield from _table(("Mistake", "Share", "Students", "Where"), mistakes)
        yield "<h2>Points</h2>"
        most = max(found.bins)
        bins = [
            (_bin(k), bars.single(count, most), str(count)) for k, count in enumerate(found.bins)
        ]
        yield from _table(("Percent", "Share", "Students"), bins, numbers=(2,), kind="book points")
        yield from self._students()

    def _students(self) -> Iterator[str]:
        if self.anonymous:
            return
        read = [one for one in self.gradebook.graded if not one.problem]
        if read:
            yield "<h2>Students</h2>"
            yield f"<p>{SIGNS}</p>"
        for first in range(0, len(self.gradebook.required) if read else 0, MAX_COLUMNS):
            yield from _marks(self.gradebook, read, first)
        if self.summary.unread:
            yield "<h2>Could not be read</h2>"
            unread = [
                (escaped(one.student), escaped(one.file), escaped(one.problem))
                for one in self.summary.unread
            ]
            yield from _table(("Student", "File", "Why"), unread)

    def _name(self, claim: ClaimSummary) -> str:
        name = f"<code>{escaped(claim.required.target)}</code>"
        if claim.required.hidden:
            name += ' <span class="note">hidden</span>'
        if claim is self.summary.hardest:
            name += f'<p class="hardest">wrong most often, {_mistaken(claim, self.gradebook)}</p>'
        return name

    def _overall(self) -> str:
        """Return the class in a sentence."""
        found, count = self.summary, len(self.gradebook.graded)
        said = f"{count} submission{'' if count == 1 else 's'}"
        if found.unread:
            said += f", {len(found.unread)} of them could not be read"
        if found.mean is not None and found.median is not None:
            said += f"; of {shown_points(self.gradebook.possible)} points {found.mean:.0f} % on "
            said += f"average, {found.median:.0f} % in the median"
        return f"{said}."

    def _parts(self) -> Iterator[str]:
        found = self.summary
        yield f"# {as_markdown(self.gradebook.title or 'Gradebook')}"
        yield as_markdown(self._overall())
        yield "## Claims"
        if (hardest := found.hardest) is not None:
            often = _mistaken(hardest, self.gradebook)
            yield f"{code(hardest.required.target)} was wrong most often, {often}."
        claims = tuple(
            (
                claim.required.target + (" (hidden)" if claim.required.hidden else ""),
                *(_share(claim, kind) for kind in OUTCOMES),
                _mean(claim),
                "; ".join(_answer(*answer) for answer in claim.answers),
            )
            for claim in found.claims
        )
        headings = ("Claim", *OUTCOMES, "Points", "Most common wrong answers")
        yield _markdown_table(headings, claims)
        yield "## Mistakes"
        yield as_markdown(_first_and_following(found))
        if found.mistakes:
            mistakes = tuple(
                (one.title, one.sentence, _students(one), _places(one)) for one in found.mistakes
            )
            yield _markdown_table(("Mistake", "What was done", "Students", "Where"), mistakes)
        yield "## Points"
        bins = tuple((_bin(k), str(count)) for k, count in enumerate(found.bins))
        yield _markdown_table(("Percent", "Students"), bins)
        if self.anonymous:
            return
        read = [one for one in self.gradebook.graded if not one.problem]
        if read:
            rows = tuple(
                (one.student, *map(cell, one.marks), shown_points(one.earned), _percent(one))
                for one in read
            )
            claims = (one.target for one in self.gradebook.required)
            yield "## Students"
            yield SIGNS
            total = f"of {shown_points(self.gradebook.possible)}"
            yield _markdown_table(("Student", *claims, total, "%"), rows)
        if found.unread:
            unread = tuple((one.student, one.file, one.problem) for one in found.unread)
            yield "## Could not be read"
            yield _markdown_table(("Student", "File", "Why"), unread)


def _marks(gradebook: Gradebook, read: Sequence[Graded], first: int) -> Iterator[str]:
    """Yield the marks of students as a table: so many claims, from one on, as a page is wide."""
    some = slice(first, first + MAX_COLUMNS)
    claims = "".join(
        f'<th scope="col" class="turned"><span>{escaped(name)}</span></th>'
        for name in (brief(one.target, MAX_HEADING) for one in gradebook.required[some])
    )
    total = f"of {shown_points(gradebook.possible)}"
    yield (
        f'<div class="wide"><table class="marks"><thead><tr><th scope="col">Student</th>{claims}'
        f'<th scope="col" class="number">{total}</th><th scope="col" class="number">%</th></tr>'
        "</thead><tbody>"
    )
    for one in read:
        cells = "".join(f"<td>{escaped(cell(mark))}</td>" for mark in one.marks[some])
        yield (
            f'<tr><th scope="row">{escaped(one.student)}</th>{cells}<td class="number">'
            f'{shown_points(one.earned)}</td><td class="number">{_percent(one)}</td></tr>'
        )
    yield "</tbody></table></div>"


def _table(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    numbers: Sequence[int] = (),
    kind: str = "book stacks",
) -> Iterator[str]:
    """Yield a table of cells in HTML; those of some columns are numbers."""
    kinds = [' class="number"' if k in numbers else "" for k in range(len(headings))]
    of = [
        "" if k == 0 or name == "Share" else f' data-of="{name}"' for k, name in enumerate(headings)
    ]
    head = "".join(
        f'<th scope="col"{kind}>{name}</th>' for kind, name in zip(kinds, headings, strict=True)
    )
    yield f'<div class="wide"><table class="{kind}"><thead><tr>{head}</tr></thead><tbody>'
    for row in rows:
        cells = zip(kinds, of, row, strict=True)
        yield f"<tr>{''.join(f'<td{kind}{name}>{cell}</td>' for kind, name, cell in cells)}</tr>"
    yield "</tbody></table></div>"


def _markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top, *below = (tuple(brief(cell, 4 * MAX_ANSWER) for cell in row) for row in (headings, *rows))
    return Table("", top, tuple(below)).markdown()


def _answers(claim: ClaimSummary) -> str:
    said = (
        f"<code>{escaped(brief(answer, MAX_ANSWER))}</code> ({count})"
        for answer, count in claim.answers
    )
    return "<br>".join(said)


def _answer(answer: str, count: int) -> str:
    return f"{brief(answer, MAX_ANSWER)} ({count})"


def _mistaken(claim: ClaimSummary, gradebook: Gradebook) -> str:
    return f"{claim.mistaken} of {sum(not one.problem for one in gradebook.graded)}"


def _mean(claim: ClaimSummary) -> str:
    return f"{shown_points(claim.earned)} of {shown_points(claim.required.points)}"


def _share(claim: ClaimSummary, kind: Outcome) -> str:
    count = claim.counts[kind]
    return f"{count} ({100 * count / claim.students:.0f} %)" if count else "0"


def _first_and_following(found: ClassSummary) -> str:
    said = f"{_claims(found.first)} wrong in {'itself' if found.first == 1 else 'themselves'}"
    said += f", {_claims(found.following)} wrong only because of a mistake before."
    if found.unexplained:
        said += f" No known mistake explains a line of {_several(found.unexplained, 'student')}."
    return said


def _claims(count: int) -> str:
    return f"{_several(count, 'claim')} {'is' if count == 1 else 'are'}"


def _several(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _students(mistake: MistakeSummary) -> str:
    certain, possible = mistake.certain, mistake.possible
    if not possible:
        return str(certain)
    return f"{certain} for certain, {possible} perhaps" if certain else f"{possible} perhaps"


def _places(mistake: MistakeSummary) -> str:
    return ", ".join(f"{target} ({count})" for target, count in mistake.targets)


def _bin(k: int) -> str:
    width = 100 // BINS
    return f"{k * width} to {(k + 1) * width}"


def _percent(graded: Graded) -> str:
    share = percent(graded)
    return "" if share is None else f"{share:.0f}"
