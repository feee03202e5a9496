"""A checked page in the forms one can show and keep."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from graphdiff.checking.report import Report, Result
from graphdiff.checking.targets import target
from graphdiff.checking.told import told
from graphdiff.drawing.checked import as_html, as_markdown
from graphdiff.drawing.checked.flowchart import flowchart
from graphdiff.drawing.checked.joined import CheckedLine, joined
from graphdiff.drawing.marks.claim_marks import KINDS, marks_of_report
from graphdiff.drawing.marks.record import Mark, MarkKind
from graphdiff.drawing.options import Annotation
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.styles import draw
from graphdiff.errors import DrawingError, FileError, GraphdiffError
from graphdiff.evaluation.run import Run
from graphdiff.files.mathematics.macros import Macro, definitions
from graphdiff.files.pages.extraction import extract, page_text
from graphdiff.files.pages.fragments import PageText
from graphdiff.files.storage import write_new
from graphdiff.graph import ComputationalGraph

SUFFIXES = (".html", ".md")

WITHOUT_ANSWERS: tuple[Annotation, ...] = ("index", "name", "formula", "legend", "clusters")
"""What a picture shows that is not to say what is right."""


@dataclass(frozen=True, repr=False)
class CheckedPage:
    """The lines of a page, each with the verdict beside it, and the graph.

    Attributes
    ----------
    page
        The formulas of the page.
    report
        The verdicts on them.
    graph, run
        The graph they are about, and the sweep whose numbers its picture shows, or None.
    answers
        Whether it is said what is right; without, the picture has no numbers either.
    """

    page: PageText
    report: Report
    graph: ComputationalGraph
    run: Run | None = None
    answers: bool = True

    @cached_property
    def lines(self) -> tuple[CheckedLine, ...]:
        """The statements of the page in their order, with their verdicts."""
        return joined(self.page, self.report)

    @property
    def picture(self) -> Picture | None:
        """The graph with the wrong edges marked; None if it cannot be drawn."""
        run, show = (self.run, None) if self.answers else (None, WITHOUT_ANSWERS)
        for report in (self._marked, None):
            try:
                picture = draw(self.graph, run, check=report, show=show)
                return picture if picture.svg else None
            except DrawingError:
                continue
        return None

    @cached_property
    def html(self) -> str:
        """One file of HTML, without scripts or anything to load."""
        return as_html.html(
            self.lines, self.report, self.picture, self.macros, answers=self.answers
        )

    @cached_property
    def markdown(self) -> str:
        """Markdown with formulas between dollars, and the graph as a Mermaid flowchart."""
        return as_markdown.markdown(
            self.lines, self.report, self.flowchart, self.macros, answers=self.answers
        )

    @property
    def flowchart(self) -> str:
        """The graph as a Mermaid flowchart with the wrong edges marked; empty if too large."""
        marks = marks_of_report(self.graph, self._marked)
        edges: dict[tuple[int, int], MarkKind] = {}
        for (parent, child, _), found in marks.edges.items():
            edges[parent, child] = _worst(found)
        nodes: dict[int, MarkKind] = {index: _worst(found) for index, found in marks.nodes.items()}
        return flowchart(self.graph, edges, nodes)

    @property
    def macros(self) -> dict[str, Macro]:
        """Commands of the author's own."""
        return definitions("\n".join(self.page.macros))[0]

    @property
    def _marked(self) -> Report:
        """The report without wrong claims that a picture of the graph has no place for."""

        def has_place(of: str) -> bool:
            try:
                target(self.graph, of, self.graph.nodes[-1])
            except GraphdiffError:
                return False
            return True

        kept = tuple(
            self._told(result)
            for result in self.report.results
            if result.verdict not in KINDS or has_place(result.target)
        )
        return replace(self.report, results=kept)

    def _told(self, result: Result) -> Result:
        """Return a result with what is told of it alone."""
        shown = told(result, answers=self.answers)
        return replace(result, expected=shown.expected, note=shown.note)

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the page as its suffix says: .html or .md.

        Raises
        ------
        DrawingError
            For another suffix.
        FileError
            If the file exists with other content and ``overwrite`` is false, or cannot be written.
        """
        suffix = Path(path).suffix.lower()
        if suffix not in SUFFIXES:
            raise DrawingError(
                f"a checked page is written to {' or '.join(SUFFIXES)}, not to {suffix!r:.20}"
            )
        content = self.html if suffix == ".html" else self.markdown
        return write_new(path, content, overwrite=overwrite)

    def __repr__(self) -> str:
        count = len(self.lines)
        lines = f"{count} line" if count == 1 else f"{count} lines"
        return f"<CheckedPage: {lines}, {self.report.summary()}>"


def _worst(marks: Sequence[Mark]) -> MarkKind:
    return "wrong" if any(mark.kind == "wrong" for mark in marks) else "doubtful"


def checked_page(
    graph: ComputationalGraph,
    path: str | os.PathLike[str],
    report: Report,
    run: Run | None = None,
    *,
    answers: bool = True,
) -> CheckedPage:
    """Return a page as a file with the verdicts of its report.

    Raises
    ------
    FileError
        If the file cannot be read.
    """
    text = page_text(path).text
    try:
        page = extract(text, Path(path).suffix)
    except GraphdiffError as error:
        raise FileError(f"{path!s}: {error}") from None
    return CheckedPage(page, report, graph, run, answers)
