"""A worksheet as one file of HTML, to be printed from a browser: nothing is to be installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphdiff.derivations.derivation import Step
from graphdiff.drawing import html_page, typeset
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.typeset import Fragment
from graphdiff.drawing.writers.svg import escaped
from graphdiff.exercises.writing.sheet import Part, Row, Sheet
from graphdiff.notation.equations import Line

STYLE = """
@page { size: A4; margin: 18mm 16mm; }
main { max-width: 52rem; }
.name { margin: 0 0 1rem; } .name span { display: inline-block; width: 18rem;
  border-bottom: 1px solid var(--ink); }
.given .formula { margin-right: 1.1rem; }
ol.asked { display: grid; grid-template-columns: 1fr 1fr; column-gap: 2.5rem;
  padding-left: 1.4rem; margin: .25rem 0 0; }
ol.asked.wide { display: block; }
ol.asked li { break-inside: avoid; padding: .3rem 0; }
ol.asked li::marker { color: var(--faint); }
ol.asked .line { display: flex; align-items: center; gap: .5rem; }
ol.asked .blank { flex: 1; min-width: 5rem; height: .8rem; border-bottom: 1px solid var(--ink); }
ol.asked .note { color: var(--faint); font-size: .8rem; white-space: nowrap; }
h2 { margin-top: 1.4rem; margin-bottom: .1rem; break-after: avoid; }
p { margin: .3rem 0; }
.step { break-inside: avoid; margin: 0 0 .5rem; }
.origin { color: var(--faint); font-size: .8rem; margin-top: 2rem; }
@media screen and (max-width: 40rem) { ol.asked { grid-template-columns: 1fr; } }
@media print { body { font-size: 11pt; } figure svg { max-height: 17cm; } }
"""

SIZE = html_page.SIZE
TOGETHER = 4
"""Equations of a step that stay on one page; the list of local derivatives may be longer."""

WIDE = 260.0
"""Units of a formula from which on the lines of a part have the whole width."""


def html(sheet: Sheet, picture: Picture) -> str:
    """Return a worksheet as HTML text."""
    writer = _Writer()
    body = list(writer.body(sheet, picture))
    return html_page.document(sheet.title, body, writer.fragments, style=STYLE)


class _Writer:
    """Collects the formulas that are typeset, whose outlines stand once in the page."""

    def __init__(self) -> None:
        self.fragments: list[Fragment] = []

    def body(self, sheet: Sheet, picture: Picture) -> Iterator[str]:
        yield f"<h1>{escaped(sheet.title)}</h1>"
        if not sheet.steps:
            yield '<p class="name">Name: <span>&nbsp;</span></p>'
        yield f"<p>{escaped(sheet.about)}</p>"
        yield from html_page.figures(picture)
        yield f'<p class="given">Given: {self._lines(sheet.given)}</p>'
        if sheet.told:
            yield f'<p class="given">You may use: {self._lines(sheet.told)}</p>'
        yield from (f"<p>{escaped(hint)}</p>" for hint in sheet.hints)
        for part in sheet.parts:
            yield from self._part(part)
        if sheet.steps:
            yield "<h2>How the answers come about</h2>"
        for step in sheet.steps:
            yield from self._step(step)
        yield f'<p class="origin">{escaped(sheet.origin)}</p>'

    def _step(self, step: Step) -> Iterator[str]:
        """Yield the equations of a step, which stay on one page, with its heading if it has one."""
        first, *others = (f'<div class="equation">{self._line(line)}</div>' for line in step.lines)
        head = f"<h3>{escaped(step.heading)}</h3>" if step.heading else ""
        if len(step.lines) > TOGETHER:
            yield f'<div class="step">{head}{first}</div>'
            yield from others
        else:
            yield f'<div class="step">{head}{first}{"".join(others)}</div>'

    def _part(self, part: Part) -> Iterator[str]:
        rows = [self._row(row) for row in part.rows]
        wide = any(width > WIDE for _, width in rows) or any(row.note for row in part.rows)
        yield f"<h2>{escaped(part.heading)}</h2><p>{escaped(part.sentence)}</p>"
        yield f'<ol class="asked{" wide" if wide else ""}">'
        yield from (f"<li>{shown}</li>" for shown, _ in rows)
        yield "</ol>"

    def _row(self, row: Row) -> tuple[str, float]:
        if row.answer is not None:
            sign, answer = row.sign, row.answer
            written = f"{row.left.latex} {sign.latex} {answer.latex}"
            found = self._typeset(written, f"{row.left.text} {sign.text} {answer.text}")
            return found[0], found[1].width
        shown, fragment = self._typeset(f"{row.left.latex} =", f"{row.left.text} =")
        note = f'<span class="note">{escaped(row.note)}</span>' if row.note else ""
        room = f' style="min-height: {1.7 * row.lines:.1f}rem"'
        line = f'<div class="line"{room}>{shown}<span class="blank"></span>{note}</div>'
        return line, fragment.width

    def _lines(self, lines: Sequence[Line]) -> str:
        return " ".join(map(self._line, lines))

    def _line(self, line: Line) -> str:
        return self._typeset(line.latex, line.text)[0]

    def _typeset(self, latex: str, plain: str) -> tuple[str, Fragment]:
        fragment = typeset.formula(latex, plain, SIZE)
        self.fragments.append(fragment)
        return html_page.shown(plain, fragment), fragment
