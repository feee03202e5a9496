"""The page of a student: each thing asked for with what was written and is right, and the graph."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from graphdiff.checking.report import MARKS, Report, Result
from graphdiff.checking.targets import target
from graphdiff.checking.told import Told, told_of_line
from graphdiff.derivations.derivation import as_markdown
from graphdiff.drawing import html_page
from graphdiff.drawing.checked import as_html, formulas
from graphdiff.drawing.checked import as_markdown as checked_markdown
from graphdiff.drawing.checked.checked_page import CheckedPage
from graphdiff.drawing.checked.joined import CheckedLine
from graphdiff.drawing.marks.claim_marks import formula, symbol
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.typeset import Fragment as Typeset
from graphdiff.drawing.writers.svg import escaped
from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import neutral
from graphdiff.evaluation.run import Run
from graphdiff.files.pages.fragments import Fragment, PageText
from graphdiff.grading.earlier import GENERATOR
from graphdiff.grading.records import Graded, Mark, percent, shown_points, without_answer
from graphdiff.graph import ComputationalGraph
from graphdiff.notation.equations import Link

MISSING = "nothing"

STYLE = """
.marks { width: 100%; } .marks th, .marks td { vertical-align: top; padding: .5rem .75rem; }
.marks th { white-space: nowrap; } .marks .points { text-align: right; min-width: 5.5rem; }
.marks ul { margin: 0; padding: 0; list-style: none; } .marks li + li { margin-top: .5rem; }
.marks .right { max-width: 24rem; overflow-wrap: anywhere; }
.marks .where, .faint { color: var(--faint); }
tr.missing .place { border-left: .15rem dashed var(--faint); }
.total { font-size: 1.35rem; margin: .25rem 0 1rem; }
"""


@dataclass(frozen=True, repr=False)
class StudentPage:
    """What a student gets back.

    Attributes
    ----------
    title
        The title of the assignment.
    graded
        The submission.
    graph
        The teacher's graph.
    page
        The formulas of the page that was handed in; None if it was a file of claims.
    run
        The sweep whose numbers the picture shows where they may be seen, or None.
    answers
        Whether it is said what is right. What is hidden is not said in any case.
    bare
        Why there are only the marks, with formulas as they were written; else empty.
    """

    title: str
    graded: Graded
    graph: ComputationalGraph
    page: PageText | None = None
    run: Run | None = None
    answers: bool = True
    bare: str = ""

    @cached_property
    def html(self) -> str:
        """One file of HTML, without scripts or anything to load."""
        used: list[Typeset] = []
        elements = list(self._elements(used))
        title = self.title or "Graded submission"
        style = as_html.STYLE + STYLE
        return html_page.document(title, elements, used, style=style, generator=GENERATOR)

    @cached_property
    def markdown(self) -> str:
        """Markdown with formulas between dollars, and the graph as a Mermaid flowchart."""
        return "\n\n".join(self._parts()) + "\n"

    def __repr__(self) -> str:
        return f"<StudentPage: {neutral(self.graded.student)}, {_total(self.graded)}>"

    @cached_property
    def _seen(self) -> Graded:
        return self.graded.for_student()

    @cached_property
    def _checked(self) -> CheckedPage:
        """The lines and the graph as they may be seen."""
        report = self._seen.report or Report(self.title, ())
        return CheckedPage(self.page or PageText(()), report, self.graph, self.run, self.answers)

    @property
    def picture(self) -> Picture | None:
        """The graph with what is wrong marked; with numbers only where nothing is hidden."""
        hides = any(mark.required.hidden for mark in self._seen.marks)
        return (replace(self._checked, answers=False) if hides else self._checked).picture

    @property
    def _others(self) -> list[Result]:
        """What was written in a file of claims and not asked for."""
        if self.page is not None or self._seen.report is None:
            return []
        asked = {without_answer(result) for mark in self._seen.marks for result in mark.results}
        return [one for one in self._seen.report.results if without_answer(one) not in asked]

    def _elements(self, used: list[Typeset]) -> Iterator[str]:
        seen, checked = self._seen, self._checked
        yield f"<h1>{escaped(self.title or 'Graded submission')}</h1>"
        yield f'<p>{escaped(seen.student)} <span class="faint">{escaped(seen.file)}</span></p>'
        yield f'<p class="total"><b>{escaped(_total(seen))}</b></p>'
        if seen.problem:
            yield f"<p>It could not be read: {escaped(seen.problem)}</p>"
        rows = [*map(self._mark, seen.marks), *(self._row(None, (one,)) for one in self._others)]
        for _, found in rows:
            used += found
        yield from _table((row for row, _ in rows), answers=self.answers)
        if self.bare:
            yield f"<p>The lines and the graph could not be shown: {escaped(self.bare)}</p>"
        if seen.problem or self.bare:
            return
        if self.page is not None:
            inside, formulas_used = as_html.inside(
                checked.lines, checked.report, checked.macros, answers=self.answers
            )
            used += formulas_used
            yield "<h2>Line by line</h2>"
            yield from inside
        elif checked.report.remarks:
            remarks = (f"<li>{escaped(remark)}</li>" for remark in checked.report.remarks)
            yield f"<ul>{''.join(remarks)}</ul>"
        if (picture := self.picture) is not None:
            yield "<h2>Graph</h2>"
            yield from html_page.figures(picture)

    def _mark(self, mark: Mark) -> tuple[str, list[Typeset]]:
        return self._row(mark, mark.results)

    def _row(self, mark: Mark | None, results: Sequence[Result]) -> tuple[str, list[Typeset]]:
        """Return a row of the table, and the formulas in it."""
        used: list[Typeset] = []

        def set_in_type(link: Link | None, plain: str) -> str:
            fragment = formulas.set_in_type(link.latex) if link else None
            if fragment is None:
                return f"<code>{escaped(plain)}</code>"
            used.append(fragment)
            return html_page.shown(plain, fragment)

        about = mark.required.target if mark else results[0].target
        what = set_in_type(self._symbol(about), about)
        lines, right = list[str](), list[str]()
        for result, said in zip(results, told_of_line(results, answers=self.answers), strict=True):
            claimed = set_in_type(self._formula(result, result.claimed), result.claimed)
            lines.append(f'<li class="{result.verdict}">{_line(result, claimed, said)}</li>')
            if said.expected:
                right.append(set_in_type(self._formula(result, result.expected), said.expected))
        if mark and mark.note:
            lines.append(f"<li>{escaped(mark.note)}</li>")
        if not lines:
            lines.append(f'<li class="faint">{MISSING}</li>')
        cells = [
            f'<td class="place">{what}</td>',
            f"<td><ul>{''.join(lines)}</ul></td>",
            *(
                [f'<td class="right" data-of="Right">{_right(mark, right)}</td>']
                if self.answers
                else []
            ),
            f'<td class="points" data-of="Points">{self._earned(mark, results)}'
            f"{_case(results)}</td>",
        ]
        verdict = mark.verdict if mark else results[0].verdict
        return f'<tr class="{verdict}">{"".join(cells)}</tr>', used

    def _earned(self, mark: Mark | None, results: Sequence[Result]) -> str:
        """Return the points of a mark, or why there are none: another form, or not asked for."""
        if mark is None:
            asked = {one.required.target for one in self._seen.marks}
            is_asked = results[0].target in asked and not results[0].case
            return "does not count" if is_asked else "not asked for"
        return f"{shown_points(mark.earned)} of {shown_points(mark.required.points)}"

    def _symbol(self, about: str) -> Link | None:
        if self.bare:
            return None
        try:
            found = target(self.graph, about, self.graph.nodes[-1])
            return symbol(found, Result(about, 1, "", "", "correct"), indexed=False)
        except GraphdiffError:
            return None

    def _formula(self, result: Result, written: str) -> Link | None:
        if self.bare:
            return None
        try:
            return formula(self.graph, result, written, None)
        except GraphdiffError:
            return None

    def _parts(self) -> Iterator[str]:
        seen, checked = self._seen, self._checked
        yield f"# {as_markdown(self.title or 'Graded submission')}"
        yield f"{as_markdown(seen.student)} ({as_markdown(seen.file)})"
        yield f"**{as_markdown(_total(seen))}**"
        if seen.problem:
            yield f"It could not be read: {as_markdown(seen.problem)}"
        listed = [*map(self._listed, seen.marks), *map(self._other, self._others)]
        yield "\n".join(itertools.chain.from_iterable(listed))
        if self.bare:
            yield f"The lines and the graph could not be shown: {as_markdown(self.bare)}"
        if seen.problem or self.bare:
            return
        if self.page is not None:
            yield "## Line by line"
            yield from checked_markdown.inside(
                checked.lines, checked.report, checked.macros, answers=self.answers
            )
        elif checked.report.remarks:
            yield "\n".join(f"- {as_markdown(said)}" for said in checked.report.remarks)
        if checked.flowchart:
            yield f"## Graph\n\n```mermaid\n{checked.flowchart}\n```"

    def _listed(self, mark: Mark) -> Iterator[str]:
        """Yield a mark as a list: what is asked for, and below it what was written."""
        said = f"{_sign(mark)} {mark.verdict}, {self._earned(mark, mark.results)}"
        yield f"- **{as_markdown(mark.required.target)}** {said}"
        yield from self._links(mark.results)
        if mark.note:
            yield f"  - {as_markdown(mark.note)}"

    def _other(self, result: Result) -> Iterator[str]:
        case = f", {result.case}" if result.case else ""
        counts = self._earned(None, (result,))
        yield f"- **{as_markdown(result.target)}** {counts}{as_markdown(case)}"
        yield from self._links((result,))

    def _links(self, results: tuple[Result, ...]) -> Iterator[str]:
        line = CheckedLine(Fragment("", "plain", 1), results)
        return checked_markdown.links(line, answers=self.answers, every=True)


def _table(rows: Iterable[str], *, answers: bool) -> Iterator[str]:
    headings = ["Asked for", "You wrote", *(["Right"] if answers else []), "Points"]
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    yield f'<div class="wide"><table class="marks stacks"><thead><tr>{head}</tr></thead><tbody>'
    yield from rows
    yield "</tbody></table></div>"


def _line(result: Result, claimed: str, said: Told) -> str:
    where = result.place.rstrip(": ")
    parts = [f"<b>{MARKS[result.verdict]} {result.verdict}</b> {claimed}"]
    if where:
        parts.append(f'<span class="where">({escaped(where)})</span>')
    if said.note:
        parts.append(f"<br>{escaped(said.note)}")
    return " ".join(parts) + "".join(as_html.explained(said))


def _right(mark: Mark | None, right: Sequence[str]) -> str:
    if mark and mark.required.hidden:
        return '<span class="faint">not shown</span>'
    return "<br>".join(dict.fromkeys(right))


def _case(results: Sequence[Result]) -> str:
    """Return what the case of lines is called, if they are of one."""
    case = results[0].case if results else ""
    return f'<br><span class="faint">{escaped(case)}</span>' if case else ""


def _sign(mark: Mark) -> str:
    return "○" if mark.verdict == "missing" else MARKS[mark.verdict]


def _total(graded: Graded) -> str:
    points = f"{shown_points(graded.earned)} of {shown_points(graded.possible)} points"
    share = percent(graded)
    return points if share is None else f"{points} ({share:.0f} %)"
