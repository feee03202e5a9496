r"""Formulas of a page as they are shown: typeset where that is possible, else as they stand."""

from __future__ import annotations

import re

from graphdiff.drawing import typeset
from graphdiff.drawing.typeset import Fragment as Typeset
from graphdiff.errors.plain_text import one_line
from graphdiff.files.pages.fragments import Fragment

MAX_SHOWN = 600
"""Characters of a formula that is shown as it stands."""

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


def shown(fragment: Fragment) -> Typeset | None:
    """Return a formula of a page typeset; None where it cannot be."""
    return set_in_type(fragment.source) if fragment.form == "latex" else None


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
