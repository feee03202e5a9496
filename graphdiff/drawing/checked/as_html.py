"""A checked page as HTML: one file, without scripts or anything to load."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from graphdiff.checking.report import MARKS, Report, Result
from graphdiff.checking.told import Told, told_of_line
from graphdiff.drawing import html_page
from graphdiff.drawing.checked import formulas
from graphdiff.drawing.checked.joined import CheckedLine, first_wrong, section
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.typeset import Fragment as Typeset
from graphdiff.drawing.writers.svg import escaped
from graphdiff.files.mathematics.macros import Macro

STYLE = """
.sheet { width: 100%; }
.sheet td { vertical-align: top; padding: .5rem .75rem; }
.sheet .place { color: var(--faint); white-space: nowrap; width: 1%;
  border-left: .4rem solid transparent; }
.sheet .formula-cell { max-width: 40rem; overflow-x: auto; }
.sheet .verdict { width: 38%; }
.sheet ul { margin: 0; padding: 0; list-style: none; }
.sheet li + li { margin-top: .35rem; }
.sheet b { white-space: nowrap; }
.link { color: var(--faint); }
tr.correct .place, tr.rounded .place, tr.given .place, tr.convention .place {
  border-left: .15rem solid var(--good); }
tr.wrong .place { border-left: .5rem solid var(--bad); }
tr.follows .place { border-left: .5rem dashed var(--bad); }
tr.coincidental .place { border-left: .5rem dotted var(--doubt); }
tr.unread .place, tr.undecided .place { border-left: .5rem double var(--faint); }
li.wrong b, li.follows b { color: var(--bad); }
li.coincidental b { color: var(--doubt); }
li.correct b, li.rounded b, li.given b, li.convention b { color: var(--good); }
li.says-nothing b { color: var(--faint); font-weight: 400; }
tr.wrong td { background: var(--wrong); } tr.first td { border-top: 2px solid var(--bad);
  border-bottom: 2px solid var(--bad); }
.badge { display: inline-block; border: 2px solid var(--bad); color: var(--bad); font-weight: 700;
  padding: 0 .4rem; margin-bottom: .25rem; }
.mistake, .hint { margin: .15rem 0 0 1.1rem; } .mistake { font-weight: 600; }
.hint { font-style: italic; }
a { color: inherit; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap; }
:root { --bad: #a40000; --good: #14702e; --doubt: #8a5a00; --wrong: #fbeaea; }
@media (prefers-color-scheme: dark) {
  :root { --bad: #ff8a80; --good: #6fdc8c; --doubt: #ffc260; --wrong: #3a1d1d; }
}
@media screen and (max-width: 40rem) {
  .sheet tbody td.place, .sheet tbody td.verdict { width: auto; }
  tr.first td { border-block: 0; } .sheet tr.first { border-block: 2px solid var(--bad); }
}
@media print { :root { --bad: #7a0000; --good: #333333; --doubt: #444444; --wrong: #ffffff; } }
"""


def html(
    lines: Sequence[CheckedLine],
    report: Report,
    picture: Picture | None,
    macros: Mapping[str, Macro],
    *,
    answers: bool = True,
    language: str = "en",
) -> str:
    """Return a checked page as HTML text.

    Parameters
    ----------
    lines
        The statements of the page with their verdicts.
    report
        All verdicts together.
    picture
        The graph, with the wrong edges marked; None to leave it out.
    macros
        Commands of the author's own.
    answers
        Whether to say what is right.
    language
        The language of the page, for readers that speak it.
    """
    title = report.title or "Checked page"
    elements, used = inside(lines, report, macros, answers=answers)
    body = [
        f"<h1>{escaped(title)}</h1>",
        *elements,
        *(("<h2>Graph</h2>", *html_page.figures(picture)) if picture is not None else ()),
    ]
    return html_page.document(title, body, used, language=language, style=STYLE)


def inside(
    lines: Sequence[CheckedLine], report: Report, macros: Mapping[str, Macro], *, answers: bool
) -> tuple[list[str], list[Typeset]]:
    """Return the elements between the title and the graph, and the formulas in them."""
    first = first_wrong(lines)
    typeset = [formulas.shown(line.fragment, macros) for line in lines]
    links = {id(result): _link(result, line, macros) for line in lines for result in line.results}
    title = report.title or "Checked page"
    elements = [
        *_summary(report, lines, first),
        *_sheet(lines, typeset, links, first, title, answers=answers),
    ]
    return elements, [found for found in (*typeset, *links.values()) if found is not None]


def _link(result: Result, line: CheckedLine, macros: Mapping[str, Macro]) -> Typeset | None:
    """Return what a verdict is about, where its line has several."""
    if line.fragment.form != "latex" or len(line.results) < 2 or not result.source:
        return None
    return formulas.set_in_type(formulas.with_macros(result.source, macros))


def _summary(report: Report, lines: Sequence[CheckedLine], first: int | None) -> Iterator[str]:
    yield f"<p>{escaped(report.summary())}.</p>"
    if first is not None:
        yield f'<p>The first mistake is in <a href="#first">{escaped(lines[first].place)}</a>.</p>'
    if report.remarks:
        yield f"<ul>{''.join(f'<li>{escaped(remark)}</li>' for remark in report.remarks)}</ul>"


def _sheet(
    lines: Sequence[CheckedLine],
    typeset: Sequence[Typeset | None],
    links: dict[int, Typeset | None],
    first: int | None,
    title: str,
    *,
    answers: bool,
) -> Iterator[str]:
    for heading, group in groupby(enumerate(lines), key=lambda each: section(each[1], title)):
        if heading:
            yield f"<h2>{escaped(heading)}</h2>"
        yield '<div class="wide"><table class="sheet stacks"><tbody>'
        for k, line in group:
            yield _row(line, typeset[k], links, is_first=k == first, answers=answers)
        yield "</tbody></table></div>"


def _row(
    line: CheckedLine,
    formula: Typeset | None,
    links: dict[int, Typeset | None],
    *,
    is_first: bool,
    answers: bool,
) -> str:
    kinds = " ".join(filter(None, (line.verdict, "first" if is_first else "")))
    marked = f' class="{kinds}"' if kinds else ""
    anchor = ' id="first"' if is_first else ""
    badge = '<span class="badge">first mistake</span>' if is_first else ""
    written = formulas.as_written(line.fragment)
    shown = (
        f"<code>{escaped(written)}</code>" if formula is None else html_page.shown(written, formula)
    )
    verdicts = "".join(
        f'<li class="{result.verdict}">{_verdict(result, line, links, said)}</li>'
        for result, said in zip(
            line.results, told_of_line(line.results, answers=answers), strict=True
        )
    )
    return (
        f'<tr{marked}{anchor}><td class="place">{escaped(line.place)}</td>'
        f'<td class="formula-cell">{shown}</td>'
        f'<td class="verdict">{badge}<ul>{verdicts}</ul></td></tr>'
    )


def _verdict(
    result: Result, line: CheckedLine, links: dict[int, Typeset | None], shown: Told
) -> str:
    """Return a verdict in words: its mark, what it is about, what is right, and why not."""
    said = [f"<b>{MARKS[result.verdict]} {result.verdict}</b>"]
    if len(line.results) > 1:
        formula = links.get(id(result))
        written = result.source or result.claimed
        about = html_page.shown(written, formula) if formula else f"<code>{escaped(written)}</code>"
        said[0] += f' <span class="link">{about}</span>'
    if shown.expected:
        said.append(f"expected <code>{escaped(shown.expected)}</code>")
    if shown.note:
        said.append(escaped(shown.note))
    return "; ".join(said) + "".join(explained(shown))


def explained(shown: Told) -> Iterator[str]:
    """Yield which mistake was made, and what to look at."""
    if shown.mistake:
        yield f'<p class="mistake">↳ {escaped(shown.mistake)}</p>'
    for hint in shown.hints:
        yield f'<p class="hint">Hint: {escaped(hint)}</p>'
