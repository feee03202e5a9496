"""A checked page as Markdown: formulas between dollars, and the graph as a flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from graphdiff.checking.report import MARKS, Report, Result
from graphdiff.checking.told import QUIET, told
from graphdiff.derivations.derivation import as_markdown
from graphdiff.drawing.checked import formulas
from graphdiff.drawing.checked.joined import CheckedLine, first_wrong, section
from graphdiff.errors.plain_text import one_line
from graphdiff.files.mathematics.macros import Macro
from graphdiff.files.pages.fragments import Fragment


def markdown(
    lines: Sequence[CheckedLine],
    report: Report,
    flowchart: str,
    macros: Mapping[str, Macro],
    *,
    answers: bool = True,
) -> str:
    """Return a checked page as Markdown text.

    Parameters
    ----------
    lines
        The statements of the page with their verdicts.
    report
        All verdicts together.
    flowchart
        The graph; see :func:`graphdiff.drawing.checked.flowchart.flowchart`.
    macros
        Commands of the author's own.
    answers
        Whether to say what is right.
    """
    first = first_wrong(lines)
    title = report.title or "Checked page"
    parts = [f"# {as_markdown(title)}"]
    parts.append(f"{report.summary().capitalize()}.")
    if first is not None:
        parts.append(f"The first mistake is in **{lines[first].place}**.")
    if report.remarks:
        parts.append("\n".join(f"- {as_markdown(remark)}" for remark in report.remarks))
    for heading, group in groupby(enumerate(lines), key=lambda each: section(each[1], title)):
        if heading:
            parts.append(f"## {as_markdown(heading)}")
        parts.append(
            "\n".join(
                _line(line, macros, is_first=k == first, answers=answers) for k, line in group
            )
        )
    if flowchart:
        parts += ["## Graph", f"```mermaid\n{flowchart}\n```"]
    return "\n\n".join(parts) + "\n"


def _line(line: CheckedLine, macros: Mapping[str, Macro], *, is_first: bool, answers: bool) -> str:
    said = [f"- **{line.place}**"]
    if line.verdict is not None:
        said.append(f"{MARKS[line.verdict]} {line.verdict}")
    if is_first:
        said.append("**(first mistake)**")
    written = _formula(line.fragment, macros)
    return "\n".join([f"{' '.join(said)}: {written}", *_links(line, answers=answers)])


def _links(line: CheckedLine, *, answers: bool) -> Iterator[str]:
    for result in _telling(line.results):
        about = _code(result.source or result.claimed)
        said = [f"  - {MARKS[result.verdict]} {result.verdict}: {about}"]
        shown = told(result, answers=answers)
        if shown.expected:
            said.append(f"expected {_code(shown.expected)}")
        if shown.note:
            said.append(as_markdown(shown.note))
        yield "; ".join(said)
        if shown.mistake:
            yield f"    - ↳ **{as_markdown(shown.mistake)}**"
        for hint in shown.hints:
            yield f"    - *Hint: {as_markdown(hint)}*"


def _telling(results: Sequence[Result]) -> Sequence[Result]:
    """Return the verdicts that say more than that of their line."""
    if len(results) == 1 and results[0].verdict in QUIET and not results[0].note:
        return ()
    return results


def _formula(fragment: Fragment, macros: Mapping[str, Macro]) -> str:
    """Return a formula between dollars, if it can be typeset, else as code."""
    if formulas.shown(fragment, macros) is None:
        return _code(formulas.as_written(fragment))
    latex = one_line(formulas.cleaned(formulas.with_macros(fragment.source, macros)))
    if "$" in latex or "`" in latex:
        return _code(formulas.as_written(fragment))
    latex = latex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
    latex = latex.replace("<", r"\lt ").replace(">", r"\gt ")
    if re.search(r"(?<!\\)&", latex) and "\\begin" not in latex:
        latex = " ".join(latex.replace("&", " ").split())
    return f"${latex}$"


def _code(text: str) -> str:
    """Return text as code, whatever signs are in it."""
    line = one_line(text)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"
