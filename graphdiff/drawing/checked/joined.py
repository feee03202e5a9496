"""The lines of a page joined with the verdicts on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from graphdiff.checking.report import Report, Result, Verdict
from graphdiff.files.mathematics.reader import read
from graphdiff.files.pages.fragments import Fragment, PageText

WORST: tuple[Verdict, ...] = (
    "wrong", "follows", "coincidental", "unread", "undecided", "convention", "rounded", "given",
    "correct", "says-nothing",
)  # fmt: skip
"""The verdicts, that of a line with several first."""

SAYS = re.compile(r"[=≈←≡∝]|\\(?:approx|leftarrow|gets|equiv|simeq|coloneqq|therefore|Rightarrow)")


@dataclass(frozen=True)
class CheckedLine:
    """A statement of a page and the verdicts on its links.

    Attributes
    ----------
    fragment
        The formula it is, and where it stands; of a formula with several rows, one of them.
    results
        The verdicts; none where nothing was judged.
    """

    fragment: Fragment
    results: tuple[Result, ...]

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the verdicts."""
        found = {result.verdict for result in self.results}
        return next((verdict for verdict in WORST if verdict in found), None)

    @property
    def place(self) -> str:
        """Where it stands: ``line 3``, or ``cell 2, line 3``."""
        cell = "" if self.fragment.cell is None else f"cell {self.fragment.cell}, "
        return f"{cell}line {self.fragment.line}"


def joined(page: PageText, report: Report) -> tuple[CheckedLine, ...]:
    """Return the statements of a page, in their order, with their verdicts."""
    fragments = [part for fragment in page.fragments for part in _statements(fragment, page.macros)]
    found: dict[int, list[Result]] = {}
    apart: list[CheckedLine] = []
    at = 0
    for result in report.results:
        k = _place(fragments, result, at)
        if k is None:
            apart.append(CheckedLine(_lone(result), (result,)))
        else:
            found.setdefault(k, []).append(result)
            at = k
    lines = [
        CheckedLine(fragment, tuple(found.get(k, ())))
        for k, fragment in enumerate(fragments)
        if k in found or SAYS.search(fragment.source)
    ]
    return tuple(sorted([*lines, *apart], key=_order))


def _statements(fragment: Fragment, macros: Sequence[str]) -> Iterator[Fragment]:
    """Yield the statements of a formula: its rows, or the equations in a row."""
    found = read(fragment.source, fragment.form, macros).statements
    if fragment.written or not found:
        yield fragment
        return
    if len(found) == 1:  # with what is around it: ∴, a number at the margin
        yield replace(fragment, line=fragment.line_at(found[0].span[0]))
        return
    for statement in found:
        start, end = statement.span
        source = fragment.source[start:end]
        yield replace(fragment, source=source, line=fragment.line_at(start))


def first_wrong(lines: Sequence[CheckedLine]) -> int | None:
    """Return which line is the first wrong one."""
    return next((k for k, line in enumerate(lines) if line.verdict == "wrong"), None)


def section(line: CheckedLine, title: str) -> str:
    """Return the headings a line stands below, without the title of all."""
    headings = line.fragment.headings
    return " · ".join(headings[1:] if headings[:1] == (title,) else headings)


def _order(line: CheckedLine) -> tuple[int, int]:
    return line.fragment.cell or 0, line.fragment.line


def _place(fragments: Sequence[Fragment], result: Result, at: int) -> int | None:
    """Return the fragment a result is about: on its line, with its source, not before the last."""
    here = list(_on_line(fragments, result))
    written = _squeezed(result.source)
    with_source = [k for k in here if written in _squeezed(fragments[k].source)]
    for choices in (with_source, here):
        later = [k for k in choices if k >= at]
        if later or choices:
            return (later or choices)[0]
    return None


def _on_line(fragments: Sequence[Fragment], result: Result) -> Iterator[int]:
    for k, fragment in enumerate(fragments):
        if result.line is not None and fragment.cell == result.cell:
            last = fragment.line + fragment.source.count("\n")
            if fragment.line <= result.line <= last:
                yield k


def _squeezed(source: str) -> str:
    return "".join(source.split())


def _lone(result: Result) -> Fragment:
    source = result.source or f"{result.target} = {result.claimed}"
    return Fragment(source, "plain", result.line or 1, result.cell)
