"""A derivation as a record, and as text, Markdown and LaTeX that compiles.

What the steps say is written in :mod:`graphdiff.derivations.backprop`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from graphdiff.errors.plain_text import neutral, one_line
from graphdiff.notation import latex
from graphdiff.notation.display import few_lines
from graphdiff.notation.equations import Line
from graphdiff.notation.latex.words import as_tex


@dataclass(frozen=True, repr=False)
class Step:
    """A step of a derivation: a heading and its equations."""

    heading: str
    lines: tuple[Line, ...]

    def text(self) -> str:
        """Return the step as plain text: the heading, and the equations below it."""
        return "\n".join([neutral(self.heading), *(f"  {neutral(e.text)}" for e in self.lines)])

    def markdown(self) -> str:
        """Return the step as Markdown with ``$$`` formulas."""
        heading = as_markdown(self.heading)
        displays = (f"$$\n{line.latex}\n$$" for line in self.lines)
        return "\n\n".join([*([f"**{heading}**"] if heading else []), *displays])

    def __repr__(self) -> str:
        return few_lines(self.text())

    def _repr_markdown_(self) -> str:
        return self.markdown()


@dataclass(frozen=True, repr=False)
class Derivation:
    """The derivation of one gradient, step by step.

    Attributes
    ----------
    title
        What is derived.
    steps
        The steps: local functions, local Jacobians, the recursion, the result.
    """

    title: str
    steps: tuple[Step, ...]

    def text(self) -> str:
        """Return the derivation as plain text."""
        title = neutral(self.title)
        parts = [f"{title}\n{'=' * len(title)}", *(step.text() for step in self.steps)]
        return "\n\n".join(parts)

    def markdown(self) -> str:
        """Return the derivation as Markdown with ``$$`` formulas."""
        parts = [f"## {as_markdown(self.title)}", *(step.markdown() for step in self.steps)]
        return "\n\n".join(parts) + "\n"

    def latex(self, *, document: bool = False) -> str:
        r"""Return the derivation as LaTeX in ASCII.

        Parameters
        ----------
        document
            Whether to make a whole document for pdflatex, or a fragment to ``\input``, which
            needs ``\usepackage{amsmath, amssymb, graphicx}``.
        """
        return (_whole if document else fragment)([self])

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return few_lines(self.text())

    def _repr_markdown_(self) -> str:
        return self.markdown()


def document(derivations: Iterable[Derivation]) -> str:
    """Return one LaTeX document, for pdflatex, of several derivations."""
    return whole(_body(derivations))


def whole(body: str) -> str:
    """Return a LaTeX document, for pdflatex, of what it consists of."""
    return f"{_PREAMBLE}{_macros(body)}\\begin{{document}}\n{body}\\end{{document}}\n"


def with_macros(body: str) -> str:
    """Return a fragment of LaTeX with the macros that it needs before it."""
    return _macros(body) + body


def section(title: str, parts: Iterable[str]) -> str:
    """Return displays in LaTeX under a title, in ASCII."""
    head = rf"\section*{{{as_tex(one_line(title))}}}"
    return latex.ascii_only("\n".join([head, *parts])) + "\n"


def fragment(derivations: Iterable[Derivation]) -> str:
    r"""Return several derivations as LaTeX to ``\input``.

    It needs ``\usepackage{amsmath, amssymb, graphicx}``.
    """
    return with_macros(_body(derivations))


_whole = document  # where a parameter has that name


def _body(derivations: Iterable[Derivation]) -> str:
    parts: list[str] = []
    for derivation in derivations:
        parts.append(rf"\section*{{{as_tex(one_line(derivation.title))}}}")
        for step in derivation.steps:
            parts.append(rf"\paragraph{{{as_tex(one_line(step.heading))}}}")
            parts.extend(_display(line) for line in step.lines)
    return latex.ascii_only("\n".join(parts)) + "\n"


_PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb, graphicx}
\setlength{\textwidth}{6.5in}
\setlength{\oddsidemargin}{0in}
\allowdisplaybreaks
\sloppy
"""
MACROS = r"""% formulas wider than the text are scaled down to it
\providecommand{\graphdifffit}[2]{\begingroup\setbox0\hbox{$\displaystyle #2$}%
  \ifdim\wd0>\dimexpr#1\relax\resizebox{\dimexpr#1\relax}{!}{\box0}\else\box0\fi\endgroup}
\providecommand{\graphdiffleft}[1]{\begingroup
  \setbox2\hbox{\graphdifffit{.4\linewidth}{#1}}\xdef\graphdiffwidth{\the\wd2}\box2\endgroup}
\providecommand{\graphdiffright}[1]{%
  \graphdifffit{\linewidth-\graphdiffwidth-2pt}{{}#1}}
"""

SURE, FITS, ROW = 40, 70, 55
"""Signs in a formula that surely fits, in one that is not broken, and in one row."""


def _macros(body: str) -> str:
    return MACROS if r"\graphdiff" in body else ""


def _display(line: Line) -> str:
    """Return an equation as a display, one link of a long chain a row."""
    width = _width(line.latex)
    if width <= SURE:
        return f"\\[\n{line.latex}\n\\]"
    if width <= FITS or not line.right:
        return f"\\[\n\\graphdifffit{{\\linewidth}}{{{line.latex}}}\n\\]"
    rows = [row for link in line.right for row in _rows(link)]
    broken = " \\\\\n".join(rf"&\graphdiffright{{{row}}}" for row in rows)
    return f"\\begin{{align*}}\n\\graphdiffleft{{{line.left}}} {broken}\n\\end{{align*}}"


def _rows(link: str) -> list[str]:
    """Break a long formula between its terms, or where it has to be inside parentheses."""
    pieces = _pieces(link, _SUM) if _width(link) > ROW else [link]
    if any(_width(piece) > ROW for piece in pieces):
        pieces = _pieces(_with_loose_parentheses(link), _PRODUCT)
    rows: list[str] = []
    for piece in pieces:
        if rows and _width(rows[-1] + piece) <= ROW:
            rows[-1] += piece
        else:
            rows.append(rf"\quad {{}}{piece.lstrip()}" if rows else piece)
    return rows


_SUM = re.compile(r" [+-] ")
_PRODUCT = re.compile(r" [+-] | \\cdot |(?<=\\bigr\)) (?=\\bigl\()")
_BRACKET = re.compile(r"\\(?:begin|left)\b|[{]|(\\(?:end|right)\b|[}])")


def _pieces(formula: str, signs: re.Pattern[str]) -> list[str]:
    """Split a formula in LaTeX before every such sign that is in no bracket."""
    depth, at, places = 0, 0, [0]
    for found in signs.finditer(formula):
        for bracket in _BRACKET.finditer(formula, at, found.start()):
            depth += -1 if bracket[1] else 1
        at = found.start()
        if depth == 0 and formula[:at].strip(" ={}"):
            places.append(at)
    return [formula[a:b] for a, b in itertools.pairwise([*places, len(formula)])]


_PARENTHESIS = re.compile(
    r"(?P<function>\\(?:sigma|log|exp|max|min|(?:arc)?(?:sin|cos|tan|sec|csc|cot)h?)(?:\^\{\d+\})?)\{"
    r"\\left\(|(?P<open>\\left\()|\\right\)(?P<brace>\}?)"
)


def _with_loose_parentheses(formula: str) -> str:
    r"""Return a formula with ``\bigl(`` and ``\bigr)``, between which a row may end."""
    unusual = re.search(r"\\left[^(|]|\\right[^)|]", formula)  # such as [a, b)
    if unusual or formula.count(r"\left(") != formula.count(r"\right)"):
        return formula
    of_functions: list[bool] = []

    def loose(found: re.Match[str]) -> str:
        if found["function"] or found["open"]:
            of_functions.append(not found["open"])
            return (found["function"] or "") + r"\bigl("
        if of_functions.pop():  # the brace before it is gone
            return r"\bigr)" if found["brace"] else r"\bigr){"
        return r"\bigr)" + found["brace"]

    return _PARENTHESIS.sub(loose, formula)


_UNSEEN = re.compile(
    r"\\(?:left|right|bigl|bigr|frac|mathrm|text|operatorname|begin|end|sqrt)\b|\{cases\}"
)
_NAMED = re.compile(r"\\(?:arc)?(?:sin|cos|tan|sec|csc|cot|log|max|min)h?\b")
_COMMAND = re.compile(r"\\(?:[a-zA-Z]+|.)")
_SPACED = re.compile(r"[-+=.]")


def _width(formula: str) -> int:
    """Return about how many letters wide a formula in LaTeX is."""
    seen = _NAMED.sub("name", _UNSEEN.sub("", formula))
    seen = _COMMAND.sub("x", seen)
    return len(re.sub(r"[{}_^&\s]", "", seen)) + len(_SPACED.findall(seen))


_OBEYED = re.compile(r"[\\`*_{}\[\]<>()#+\-.!|$&@~]|:(?=\S)|(?<!\w):")


def as_markdown(words: str) -> str:
    """Return words on one line, with the signs that Markdown would obey escaped.

    A colon between a word and a space is none: it makes neither an address nor a symbol.
    """
    return _OBEYED.sub(r"\\\g<0>", one_line(words))
