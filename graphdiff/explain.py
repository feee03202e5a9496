"""A derivation written out: the P recursion step by step, as text, Markdown and LaTeX.

Each step states the rule P^j = Σ P^i J^{j→i}, then the formulas put in, then the values,
then the number, as one would on paper.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sympy as sp

from graphdiff import symbolic
from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import ComputationalGraph, Edge, Node
from graphdiff.notation import latex, text
from graphdiff.run import Run
from graphdiff.sweeps import Term


@dataclass(frozen=True)
class Line:
    """One equation, as plain text and as LaTeX (without dollar signs).

    A chain a = b ≈ c has its parts as well, to be broken where it is long: ``left`` is a,
    and ``right`` has "= b" and "≈ c", in LaTeX.
    """

    text: str
    latex: str
    left: str = ""
    right: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A step of a derivation: a heading and its equations."""

    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
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
        return "\n".join(self._text())

    def _text(self) -> Iterator[str]:
        yield self.title
        yield "=" * len(self.title)
        for step in self.steps:
            yield ""
            yield step.heading
            for line in step.lines:
                yield f"  {line.text}"

    def markdown(self) -> str:
        """Return the derivation as Markdown with ``$$`` formulas."""
        parts = [f"## {_markdown(self.title)}"]
        for step in self.steps:
            parts.append(f"**{_markdown(step.heading)}**")
            parts.extend(f"$$\n{line.latex}\n$$" for line in step.lines)
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

    def _repr_markdown_(self) -> str:
        return self.markdown()


def document(derivations: Iterable[Derivation]) -> str:
    """Return one LaTeX document, for pdflatex, of several derivations."""
    body = _body(derivations)
    return f"{_PREAMBLE}{_macros(body)}\\begin{{document}}\n{body}\\end{{document}}\n"


def fragment(derivations: Iterable[Derivation]) -> str:
    r"""Return several derivations as LaTeX to ``\input``.

    It needs ``\usepackage{amsmath, amssymb, graphicx}``.
    """
    body = _body(derivations)
    return _macros(body) + body


_whole = document  # where a parameter has that name


def _body(derivations: Iterable[Derivation]) -> str:
    parts: list[str] = []
    for derivation in derivations:
        parts.append(rf"\section*{{{_tex(derivation.title)}}}")
        for step in derivation.steps:
            parts.append(rf"\paragraph{{{_tex(step.heading)}}}")
            parts.extend(_display(line) for line in step.lines)
    return latex.ascii_only("\n".join(parts)) + "\n"


_PREAMBLE = r"""\documentclass{article}
\usepackage{amsmath, amssymb, graphicx}
\setlength{\textwidth}{6.5in}
\setlength{\oddsidemargin}{0in}
\allowdisplaybreaks
\sloppy
"""
_MACROS = r"""% formulas wider than the text are scaled down to it
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
    return _MACROS if r"\graphdiff" in body else ""


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


def explain(
    graph: ComputationalGraph, output: Node, wrt: Node, run: Run | None = None, digits: int = 6
) -> Derivation:
    """Derive ∂output/∂wrt by the recursion, with values where a run is given.

    Raises
    ------
    GraphError
        If the run is of another graph or another output.
    """
    if run is not None and (run.graph is not graph or run.output != output.name):
        raise GraphError(f"the run is not a backward sweep from {output.name!r} of this graph")
    title = f"d{output.name}/d{wrt.name} by back-propagation"
    between = graph.ancestors(output) & graph.descendants(wrt)
    if wrt.name not in between:
        sentence = f"{output.name} does not depend on {wrt.name}: not connected, so P = 0"
        formula = rf"P^{{{wrt.index}}} = {_derivative(output, wrt)} = 0"
        return Derivation(title, (Step(sentence, (Line(f"P[{wrt.name}] = 0", formula),)),))
    writer = _Writer(output, run, digits)
    path = [node for node in reversed(graph.nodes[: output.index]) if node.name in between]
    computed = [node for node in reversed(path) if not node.is_leaf and node is not wrt]
    edges = [
        edge
        for node in computed
        for edge in (Edge(parent, node, slot) for slot, parent in enumerate(node.parents))
        if edge.parent.name in between
    ]
    steps = [
        Step("Local functions", tuple(writer.local_function(node) for node in computed)),
        Step("Local Jacobians", tuple(writer.local_jacobian(edge) for edge in edges)),
        Step("Start", (Line(f"P[{output.name}] = 1", rf"P^{{{output.index}}} = 1"),)),
    ]
    for j in path[1:]:
        into = [edge for edge in graph.children(j) if edge.child.name in between]
        steps.append(Step(f"P[{j.name}]", tuple(writer.recursion(j, into))))
    steps.append(Step("Result", tuple(writer.result(graph, wrt, long=len(path) > LONG))))
    return Derivation(title, tuple(step for step in steps if step.lines))


@dataclass(frozen=True)
class _Writer:
    """Writes equations of one sweep; values are left out where there is no run."""

    output: Node
    run: Run | None
    digits: int
    jacobians: dict[Edge, _Jacobian] = field(default_factory=dict)

    def local_function(self, i: Node) -> Line:
        """u^i = f^i(α^i) = value."""
        names = [latex.name(parent.name) for parent in i.parents]
        return _chain(
            _Link(f"u^{i.index}", f"u^{{{i.index}}}"),
            _Link(i.name, latex.name(i.name)),
            _Link(i.formula, latex.authored(symbolic.function_of(i), names)),
            *([] if self.run is None else [self._number(self.run.value[i.name])]),
        )

    def local_jacobian(self, edge: Edge) -> Line:
        """J^{j→i} = ∂u^i/∂u^j = formula = value."""
        j, i, slot = edge
        J = self._jacobian(edge)
        note = f" (argument {slot + 1})" if i.parents.count(j) > 1 else ""
        term = self._term(edge) if J.formula.free_symbols else None
        return _chain(
            _Link(f"J[{j.name}->{i.name}]{note}", _edge(edge)),
            _Link(f"d{i.name}/d{j.name}", _derivative(i, j)),
            _Link(J.text, J.latex),
            *([] if term is None else [self._number(term.J)]),
        )

    def recursion(self, j: Node, into: list[Edge]) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule, the formulas, the values, the number."""
        left = _Link(f"P[{j.name}]", f"P^{{{j.index}}}")
        yield _chain(left, _sum([self._rule(edge) for edge in into]))
        formulas = _sum([self._symbols(edge) for edge in into])
        if self.run is None:
            yield _chain(left, formulas)
        else:
            terms = [term for term in map(self.run.term, into) if term is not None]
            numbers = _sum([self._product(term) for term in terms])
            yield _chain(left, formulas, numbers, self._number(self.run.P[j.name]))

    def _rule(self, edge: Edge) -> _Link:
        j, i, _ = edge
        return _Link(
            f"P[{i.name}]*J[{j.name}->{i.name}]",
            rf"P^{{{i.index}}} \, {_edge(edge)}",
        )

    def _symbols(self, edge: Edge) -> _Link:
        i, J = edge.child, self._jacobian(edge)
        sum_or_negative = J.formula.is_Add or J.formula.could_extract_minus_sign()
        return _Link(
            f"P[{i.name}]*" + (f"({J.text})" if sum_or_negative else J.text),
            rf"P^{{{i.index}}} \cdot "
            + (rf"\left({J.latex}\right)" if sum_or_negative else J.latex),
        )

    def _jacobian(self, edge: Edge) -> _Jacobian:
        if edge not in self.jacobians:
            formula = symbolic.tidied(symbolic.edge_jacobian(edge))
            self.jacobians[edge] = _Jacobian(
                formula, text.symbolic(formula), latex.symbolic(formula)
            )
        return self.jacobians[edge]

    def _product(self, term: Term) -> _Link:
        P, J = self._number(term.P), self._number(term.J)
        return _Link(
            f"{_factor(P.text)}*{_factor(J.text)}",
            rf"{_factor_latex(P.latex)} \cdot {_factor_latex(J.latex)}",
            P.rounded or J.rounded,
        )

    def result(self, graph: ComputationalGraph, wrt: Node, *, long: bool) -> Iterator[Line]:
        """Write the gradient in terms of nodes, in terms of leaves, and as a number."""
        links = [_Link(f"d{self.output.name}/d{wrt.name}", _derivative(self.output, wrt))]
        for terms in () if long else ("nodes", "leaves"):
            try:
                formula = symbolic.tidied(symbolic.gradient(graph, self.output, wrt, terms))
            except DerivationError:
                continue
            if symbolic.operations(formula) <= READABLE:
                links.append(_Link(text.symbolic(formula), latex.symbolic(formula)))
        if self.run is not None:
            links.append(self._number(self.run.P[wrt.name]))
        if len(links) > 1:
            yield _chain(*links)

    def _number(self, value: Any) -> _Link:
        shown = text.number(value, self.digits)
        return _Link(shown, latex.number(value, self.digits), text.is_rounded(value, shown))

    def _term(self, edge: Edge) -> Term | None:
        return None if self.run is None else self.run.term(edge)


READABLE = 80
"""Operations in a closed form that a derivation still shows."""

LONG = 200
"""Nodes on the way from the output to the variable beyond which no closed form is tried."""


class _Jacobian(NamedTuple):
    """A local Jacobian, made once for the two steps that show it."""

    formula: sp.Expr
    text: str
    latex: str


class _Link(NamedTuple):
    """One side of a chain a = b ≈ c, with whether it was rounded."""

    text: str
    latex: str
    rounded: bool = False


def _chain(*links: _Link) -> Line:
    """Return a = b = c, leaving out what would repeat the link before it."""
    shown, left, right = links[0].text, links[0].latex, []
    for before, link in itertools.pairwise(links):
        if link.text != before.text:
            shown += (" ≈ " if link.rounded else " = ") + link.text
            right.append((r"\approx " if link.rounded else "= ") + link.latex)
    return Line(shown, " ".join([left, *right]), left, tuple(right))


def _sum(terms: list[_Link]) -> _Link:
    return _Link(
        " + ".join(term.text for term in terms),
        " + ".join(term.latex for term in terms),
        any(term.rounded for term in terms),
    )


def _factor(number: str) -> str:
    return f"({number})" if number.startswith("-") or "/" in number or " " in number else number


def _factor_latex(number: str) -> str:
    return rf"\left({number}\right)" if number.startswith("-") or " + " in number else number


def _edge(edge: Edge) -> str:
    return rf"J^{{{edge.parent.index} \to {edge.child.index}}}"


def _derivative(output: Node, wrt: Node) -> str:
    return rf"\frac{{\partial {latex.name(output.name)}}}{{\partial {latex.name(wrt.name)}}}"


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#",
    "%": r"\%", "_": r"\_\allowbreak{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}",
}  # fmt: skip


def _tex(words: str) -> str:
    """Return plain words as LaTeX text in ASCII."""
    parts = []
    for letter in latex.clusters(words):
        if letter in _TEX:
            parts.append(_TEX[letter])
        elif letter.isascii():
            parts.append(letter if letter.isprintable() else " ")
        else:
            parts.append(rf"\ensuremath{{\mathrm{{{latex.ascii_only(latex.name(letter))}}}}}")
    return "".join(parts)


def _markdown(words: str) -> str:
    return "".join(f"\\{c}" if c in r"\`*_{}[]<>()#+-.!|$" else c for c in words)
