"""A checked page as Markdown: formulas between dollars, and the graph as a flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from graphdiff.checking.report import MARKS, Report, Result
from graphdiff.checking.told import QUIET, told_of_line
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
    title = report.title or "Checked page"
    parts = [f"# {as_markdown(title)}", *inside(lines, report, macros, answers=answers)]
    if flowchart:
        parts += ["## Graph", f"```mermaid\n{flowchart}\n```"]
    return "\n\n".join(parts) + "\n"


def inside(
    lines: Sequence[CheckedLine], report: Report, macros: Mapping[str, Macro], *, answers: bool
) -> Iterator[str]:
    """Yield what stands between the title and the graph."""
    first = first_wrong(lines)
    title = report.title or "Checked page"
    yield f"{report.summary().capitalize()}."
    if first is not None:
        yield f"The first mistake is in **{lines[first].place}**."
    if report.remarks:
        yield "\n".join(f"- {as_markdown(remark)}" for remark in report.remarks)
    for heading, group in groupby(enumerate(lines), key=lambda each: section(each[1], title)):
        if heading:
            yield f"## {as_markdown(heading)}"
        said = (_line(line, macros, is_first=k == first, answers=answers) for k, line in group)
        yield "\n".join(said)


def _line(line: CheckedLine, macros: Mapping[str, Macro], *, is_first: bool, answers: bool) -> str:
    said = [f"- **{line.place}**"]
    if line.verdict is not None:
        said.append(f"{MARKS[line.verdict]} {line.verdict}")
    if is_first:
        said.append("**(first mistake)**")
    written = _formula(line.fragment, macros)
    return "\n".join([f"{' '.join(said)}: {written}", *links(line, answers=answers)])


def links(line: CheckedLine, *, answers: bool, every: bool = False) -> Iterator[str]:
    """Yield the verdicts on a line as a list; unless on ``every`` link, those that tell more."""
    shown_of = zip(line.results, told_of_line(line.results, answers=answers), strict=True)
    for result, shown in shown_of if every or _is_telling(line.results) else ():
        about = code(result.source or result.claimed)
        said = [f"  - {MARKS[result.verdict]} {result.verdict}: {about}"]
        if shown.expected:
            said.append(f"expected {code(shown.expected)}")
        if shown.note:
            said.append(as_markdown(shown.note))
        yield "; ".join(said)
        if shown.mistake:
            yield f"    - ↳ **{as_markdown(shown.mistake)}**"
        for hint in shown.hints:
            yield f"    - *Hint: {as_markdown(hint)}*"


def _is_telling(results: Sequence[Result]) -> bool:
    """Whether verdicts say more than that of their line."""
    return len(results) != 1 or results[0].verdict not in QUIET or bool(results[0].note)


def _formula(fragment: Fragment, macros: Mapping[str, Macro]) -> str:
    """Return a formula between dollars, if it can be typeset, else as code."""
    if formulas.shown(fragment, macros) is None:
        return code(formulas.as_written(fragment))
    latex = one_line(formulas.cleaned(formulas.with_macros(fragment.source, macros)))
    if "$" in latex or "`" in latex:
        return code(formulas.as_written(fragment))
    latex = latex.replace(r"\|", r"\Vert ").replace("|", r"\vert ")
    latex = latex.replace("<", r"\lt ").replace(">", r"\gt ")
    if re.search(r"(?<!\\)&", latex) and "\\begin" not in latex:
        latex = " ".join(latex.replace("&", " ").split())
    return f"${latex}$"


def code(text: str) -> str:
    """Return text as code, whatever signs are in it."""
    line = one_line(text)
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") or not line else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"
