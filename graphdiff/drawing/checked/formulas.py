r"""Formulas of a page as they are shown: typeset where that is possible, else as they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from graphdiff.drawing import typeset
from graphdiff.drawing.typeset import Fragment as Typeset
from graphdiff.errors.plain_text import one_line
from graphdiff.files.mathematics.macros import Macro, closing_brace
from graphdiff.files.pages.fragments import Fragment

MAX_SHOWN = 600
"""Characters of a formula that is shown as it stands."""

MAX_EXPANDED = 50
"""Commands of one's own that are written out in a formula."""

DROPPED = re.compile(
    r"(?<!\\)%[^\n]*|\\(?:label|tag|ref|eqref|cite|href|url|class|cssId|style|htmlClass)\*?"
    r"\s*\{[^{}]*\}|\\(?:nonumber|notag|qedhere)(?![a-zA-Z])"
)
"""What is for the author or the renderer, not for the reader."""

OBEYED = re.compile(
    r"\\(?:href|url|class|cssId|style|html\w*|data|require|unicode|bbox|includegraphics|x?def|gdef"
    r"|edef|let|(?:re|provide)?newcommand|input|include|write|openout|read|catcode|csname|special"
    r"|immediate|expandafter|verb|mmlToken|hspace|vspace|kern|rule|raisebox|color|textcolor"
    r"|colorbox|fcolorbox|definecolor|hskip|vskip|mathchoice)(?![a-zA-Z])|:/|\]\(|www\.|javascript"
)
"""What a renderer would do more with than set it; formulas that have it are shown as code."""

OUTER = re.compile(
    r"\\begin\{(equation|displaymath|math|align|gather|multline|eqnarray|flalign|dmath)(\*?)\}"
    r"(?P<body>.*)\\end\{\1\2\}",
    re.DOTALL,
)


def cleaned(latex: str) -> str:
    """Return LaTeX on one line without what sets no ink."""
    latex = DROPPED.sub("", latex)
    if (outer := OUTER.fullmatch(latex.strip())) is not None:
        body = outer["body"].strip().removesuffix(r"\\")
        if "\\\\" in body or "&" in body:
            body = rf"\begin{{aligned}}{body}\end{{aligned}}"
        latex = body
    return " ".join(latex.split())


MATRIX = re.compile(r"(\\begin\{([bpvVB]?matrix)\}(?:(?!\\begin).)*?\\end\{\2\})(?=\s*[\^_])")
"""A matrix with something above or below it, which is set as a whole in braces."""


def with_macros(latex: str, macros: Mapping[str, Macro]) -> str:
    r"""Return LaTeX with commands of its author's own written out: ``\pd{L}{w}``."""
    if not macros:
        return latex
    pattern = re.compile(rf"\\({'|'.join(map(re.escape, macros))})(?![a-zA-Z])")
    for _ in range(MAX_EXPANDED):
        found = pattern.search(latex)
        if found is None or len(latex) > MAX_SHOWN:
            break
        macro, end, given = macros[found[1]], found.end(), list[str]()
        if macro.default is not None:
            close = latex.find("]", end) if latex.startswith("[", end) else -1
            given.append(macro.default if close < 0 else latex[end + 1 : close])
            end = max(end, close + 1)
        while len(given) < macro.arguments:
            end += len(latex[end:]) - len(latex[end:].lstrip())
            close = (
                closing_brace(latex, end, len(latex)) if latex[end : end + 1] == "{" else end + 1
            )
            if close is None:
                return latex
            given.append(latex[end:close].removeprefix("{").removesuffix("}"))
            end = close
        body = re.sub(r"#([1-9])", lambda place, given=given: _argument(given, place), macro.body)
        latex = f"{latex[: found.start()]}{{{body}}}{latex[end:]}"
    return latex


def _argument(given: Sequence[str], place: re.Match[str]) -> str:
    index = int(place[1]) - 1
    return given[index] if index < len(given) else ""


def shown(fragment: Fragment, macros: Mapping[str, Macro]) -> Typeset | None:
    """Return a formula of a page typeset; None where it cannot be."""
    if fragment.form != "latex":
        return None
    return set_in_type(with_macros(fragment.source, macros))


def set_in_type(latex: str) -> Typeset | None:
    """Return LaTeX typeset at the size of a page; None where that cannot be done."""
    latex = one_line(cleaned(latex))
    if not latex or not typeset.short_enough(latex) or OBEYED.search(latex):
        return None
    latex = MATRIX.sub(r"{\1}", latex)
    for attempt in (latex, rf"\begin{{aligned}}{latex}\end{{aligned}}", latex.replace("&", " ")):
        found = typeset.at_base_size(attempt)
        if found is not None and (found.marks or found.bars):
            return found.scaled(SIZE / typeset.BASE)
    return None


SIZE = 17.0


def as_written(fragment: Fragment) -> str:
    """Return a formula as it stands on the page, on one line."""
    line = one_line(fragment.written or fragment.source)
    return line if len(line) <= MAX_SHOWN else line[: MAX_SHOWN - 1] + "…"
