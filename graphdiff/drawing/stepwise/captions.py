"""What is said of one step of a sweep: u^3 = x w = 1 · 5 = 5, P^3 = P^5 J^{3→5} = 8 · 1 = 8.

A caption has its equation at several lengths; :mod:`graphdiff.drawing.stepwise.rows` sets the
longest for which there is room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import sympy as sp

from graphdiff.derivations import edge_formulas
from graphdiff.drawing.labels.description import Phrase
from graphdiff.drawing.labels.nodes import MAX_STEPS
from graphdiff.drawing.labels.phrases import value_phrase
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.options import Options
from graphdiff.drawing.stepwise.steps import SweepStep
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.graph import Edge
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.notation import latex, text

MANY = (12, 5, 2)
"""How many terms or names are told, the longest form first."""
ROOM = (600.0, 66.0)
"""The room for one value: a vector of three entries is written whole."""
MAX_ARGUMENTS = 3
MAX_PLAIN = 300
HEADINGS = {"given": "Given", "forward": "Forward", "backward": "Backward"}

_DOUBLE = re.compile(r"\\left\(\\left\(([^()]*)\\right\)\\right\)")
_DOUBLE_PLAIN = re.compile(r"\(\(([^()]*)\)\)")
_PLAIN = re.compile(r"-?[0-9.]+")


@dataclass(frozen=True)
class Link:
    """A part of an equation, with its sign of equality; a row may begin with it."""

    latex: str
    plain: str

    @property
    def is_side(self) -> bool:
        """Whether it begins a side of the equation, where a row best begins."""
        return self.plain.startswith(("=", "≈"))

    @property
    def follows_closely(self) -> bool:
        """Whether it begins with a comma."""
        return self.latex.startswith(r"\text{, ")


Form: TypeAlias = tuple[Link, ...]


@dataclass(frozen=True)
class Caption:
    """A heading, and an equation at several lengths, the longest first."""

    heading: str
    forms: tuple[Form, ...]

    @property
    def plain(self) -> str:
        """The caption in plain text, the longest form that is no longer than a sentence."""
        forms = [" ".join(link.plain for link in form) for form in self.forms]
        chosen = next((form for form in forms if len(form) <= MAX_PLAIN), forms[-1])
        clipped = chosen if len(chosen) <= MAX_PLAIN else chosen[: MAX_PLAIN - 1] + "…"
        return f"{self.heading}: {clipped}"


def caption(step: SweepStep, run: Run, options: Options) -> Caption:
    """Return what is said of a step."""
    words = _Words(run, options)
    match step.sweep:
        case "given":
            forms = words.given(step.nodes)
        case "forward":
            forms = words.forward(step.nodes[0])
        case "backward" if step.nodes[0].name == run.output:
            forms = words.start(step.nodes[0])
        case "backward" if step.edges:
            forms = words.recursion(step.nodes[0], step.edges)
        case _:
            forms = words.disconnected(step.nodes)
    return Caption(HEADINGS[step.sweep], tuple(dict.fromkeys(forms)))


def told(step: SweepStep, run: Run, options: Options) -> Iterator[str]:
    """Tell in plain text what a step found."""
    words = _Words(run, options)
    for node in step.nodes:
        if step.sweep == "backward":
            found = words.found(node)
            yield " ".join([words.P(node).plain, *(link.plain for link in found)])
        else:
            yield f"{node.name} {words.value(node).plain}"


@dataclass(frozen=True)
class _Words:
    """Writes equations of one run."""

    run: Run
    options: Options

    # The forms of each step

    def given(self, leaves: tuple[Node, ...]) -> Iterator[Form]:
        if not leaves:
            yield (_words("nothing, there are no leaves"),)
            return
        for many in MANY:
            told, more = list(map(self._leaf, leaves[:many])), len(leaves) - many
            if more > 0:
                told.append(_words(f"and {more} more"))
            yield (*(Link(f"{one.latex},", f"{one.plain},") for one in told[:-1]), *told[-1:])
        yield (_words(f"values for {len(leaves)} leaves"),)

    def _leaf(self, leaf: Node) -> Link:
        if leaf.shape:
            sizes = " × ".join(map(str, leaf.shape))
            return Link(
                rf"{latex.name(leaf.name)} \in \mathbb{{R}}^{{{latex.sizes(leaf.shape)}}}",
                f"{leaf.name} ∈ ℝ^{sizes}"
                if len(leaf.shape) == 1
                else f"{leaf.name} ∈ ℝ^({sizes})",
            )
        value = self.value(leaf)
        return Link(f"{latex.name(leaf.name)} {value.latex}", f"{leaf.name} {value.plain}")

    def forward(self, i: Node) -> Iterator[Form]:
        assert i.function is not None  # noqa: S101
        left, value = self._symbol(i), self.value(i)
        called = _equal(self._called(i))
        if len(i.function.program) <= MAX_STEPS:
            names = [latex.name(parent.name) for parent in i.parents]
            written = _equal(Link(latex.authored(i.function, names), i.formula))
            if numbers := self._with_numbers(i, i.function):
                yield left, written, numbers, value
                yield left, called, numbers, value
            yield left, written, value
        yield left, called, value
        yield left, value

    def start(self, n: Node) -> Iterator[Form]:
        left = self.P(n)
        if n.size == 1:
            yield left, Link("= I", "= I"), Link("= 1", "= 1")
        else:
            one = Link(f"= I_{{{n.size}}}", f"= I_{n.size}")
            yield left, one, _dimensions(_by(n.size, n.size))

    def recursion(self, j: Node, along: tuple[Edge, ...]) -> Iterator[Form]:
        left, found, sizes = self.P(j), self.found(j), self._sizes(j, along)
        rules = [self._rule(edge) for edge in along]
        numbers = self._products(along)
        for many in MANY:
            rule = _sum(rules, many)
            if numbers:
                yield left, *rule, *_sum(numbers[0], many, rounded=numbers[1]), *found
            elif sizes:
                yield left, *rule, sizes, *found
            yield left, *rule, *found
        yield left, *found

    def disconnected(self, nodes: tuple[Node, ...]) -> Iterator[Form]:
        n = self.run.output or ""
        for many in MANY:
            more = len(nodes) - many
            symbols = [self.P(node) for node in nodes[:many]]
            symbols += [Link(r"\ldots", "…")] if more > 0 else []
            zeros = symbols[0], *map(_equal, symbols[1:])
            names = [latex.name(node.name) for node in nodes[:many]]
            plain = ", ".join(node.name for node in nodes[:many])
            rest = f" and {more} more" if more > 0 else ""
            because = Link(
                rf"\text{{, as }} {latex.name(n)} \text{{ does not depend on }}"
                + ", ".join(names) + (rf"\text{{{rest}}}" if rest else ""),
                f"({n} does not depend on {plain}{rest})",
            )  # fmt: skip
            yield *zeros, Link("= 0", "= 0"), because

    # Their parts

    def _symbol(self, i: Node) -> Link:
        if "index" in self.options.show:
            return Link(f"u^{{{i.index}}}", f"u^{i.index}")
        return Link(latex.name(i.name), i.name)

    def P(self, j: Node) -> Link:
        """P^j."""
        if "index" in self.options.show:
            return Link(f"P^{{{j.index}}}", f"P^{j.index}")
        return Link(rf"P_{{{latex.name(j.name)}}}", f"P[{j.name}]")

    def _rule(self, edge: Edge) -> Link:
        P, J = self.P(edge.child), self._J(edge)
        return Link(rf"{P.latex} \, {J.latex}", f"{P.plain} {J.plain}")

    def _J(self, edge: Edge) -> Link:
        j, i, slot = edge
        part = str(slot + 1) if i.parents.count(j) > 1 else ""
        low, short = (f"_{{{part}}}", f"_{part}") if part else ("", "")
        if "index" in self.options.show:
            return Link(rf"J^{{{j.index}\to {i.index}}}{low}", f"J^({j.index}→{i.index}){short}")
        tail, head = latex.name(j.name), latex.name(i.name)
        return Link(rf"J^{{{tail}\to {head}}}{low}", f"J[{j.name}→{i.name}]{short}")

    def _called(self, i: Node) -> Link:
        parents = i.parents[:MAX_ARGUMENTS]
        dots = [r"\ldots"] if len(i.parents) > len(parents) else []
        names = r",\, ".join([*(latex.name(parent.name) for parent in parents), *dots])
        plain = ", ".join([*(parent.name for parent in parents), *("…" for _ in dots)])
        return Link(rf"f^{{{i.index}}}\left({names}\right)", f"f^{i.index}({plain})")

    def _with_numbers(self, i: Node, function: LocalFunction) -> Link | None:
        """Return the formula with its parents' values in it, if each is one number."""
        given = [self.run.value[parent.name] for parent in i.parents]
        if not given or not function.is_scalar or any(map(_has_samples, given)):
            return None
        digits = self.options.digits
        shown = [text.number(one, digits) for one in given]
        filled = LocalFunction(
            tuple(
                Literal(sp.Integer(0), shown[line.slot])
                if isinstance(line, Formal) and _PLAIN.fullmatch(shown[line.slot])
                else line
                for line in function.program
            ),
            function.arity,
        )
        within = [rf"\left({latex.number(one, digits)}\right)" for one in given]
        return _equal(
            Link(
                _DOUBLE.sub(r"\\left(\1\\right)", latex.authored(filled, within)),
                _DOUBLE_PLAIN.sub(r"(\1)", text.authored(filled, [f"({one})" for one in shown])),
            ),
            rounded=any(map(text.is_rounded, given, shown)),
        )

    def _products(self, along: tuple[Edge, ...]) -> tuple[list[Link], bool] | None:
        """Return 8 · 1 for each edge, and whether any number is rounded; None for matrices."""
        terms = [term for term in map(self.run.term, along) if term is not None]
        given = [number for term in terms for number in (term.P, term.J)]
        if any(map(_has_samples, given)):
            return None
        digits = self.options.digits
        links: list[Link] = []
        for term in terms:
            P, J = (
                Link(
                    _held(latex.number(factor, digits), r"\left({}\right)"),
                    _held(text.number(factor, digits), "({})"),
                )
                for factor in (term.P, term.J)
            )
            links.append(Link(rf"{P.latex} \cdot {J.latex}", f"{P.plain}·{J.plain}"))
        return links, any(text.is_rounded(one, text.number(one, digits)) for one in given)

    def value(self, i: Node) -> Link:
        """= value, or what is told of it."""
        return _told(value_phrase(self.run.value[i.name], self.options.digits, shape=i.shape))

    def found(self, j: Node) -> Form:
        """Return the value of P, and that it is in the shape of its node where it is."""
        value, shape = edge_formulas.P(self.run, j)
        phrase = _short(value_phrase(value, self.options.digits, shape=shape))
        if j.shape and shape == j.shape:
            shaped = rf"\text{{, in the shape of }} {latex.name(j.name)} \text{{:}}"
            return (
                Link(shaped, f"in the shape of {j.name}:"),
                Link(phrase.latex, phrase.plain),
            )
        return (_told(phrase),)

    def _sizes(self, j: Node, along: tuple[Edge, ...]) -> Link | None:
        """Return (1×2 · 2×6 = 1×6), the dimensions of P^i J^{j→i}; None if all are 1 × 1."""
        n = self.run.graph[self.run.output or j]
        between = {edge.child.size for edge in along}
        if {n.size, j.size, *between} == {1}:
            return None
        product = _by(n.size, j.size)
        if len(between) > 1:
            return _dimensions(product)
        (size,) = between
        first, second = _by(n.size, size), _by(size, j.size)
        return _dimensions(
            Link(
                rf"{first.latex} \cdot {second.latex} = {product.latex}",
                f"{first.plain} · {second.plain} = {product.plain}",
            )
        )


def _has_samples(value: Any) -> bool:
    return bool(getattr(value, "shape", ()))


def _words(said: str) -> Link:
    return Link(rf"\text{{{said}}}", said)


def _by(rows: int, columns: int) -> Link:
    return Link(rf"{rows} \times {columns}", f"{rows}×{columns}")


def _dimensions(of: Link) -> Link:
    return Link(rf"\left({of.latex}\right)", f"({of.plain})")


def _equal(right: Link, *, rounded: bool = False) -> Link:
    shown = f"{{{right.latex}}}" if right.latex.startswith("-") else right.latex
    sign = ("≈", r"\approx") if rounded else ("=", "=")
    return Link(f"{sign[1]} {shown}", f"{sign[0]} {right.plain}")


def _sum(terms: Sequence[Link], most: int, *, rounded: bool = False) -> Form:
    """Return = a, + b, + …, + z."""
    shown = list(terms)
    if len(terms) > most:
        shown = [*terms[: most - 1], Link(r"\cdots", "…"), terms[-1]]
    rest = [Link(f"{{}} + {term.latex}", f"+ {term.plain}") for term in shown[1:]]
    return _equal(shown[0], rounded=rounded), *rest


def _held(factor: str, brackets: str) -> str:
    """Return a factor of a product, in brackets if it begins with a sign or is no number."""
    simple = re.fullmatch(r"[0-9.]+|\\frac\{\d+\}\{\d+\}", factor)
    return factor if simple else brackets.format(factor)


def _short(phrase: Phrase) -> Phrase:
    """Return a value in a form that a caption has room for."""
    while phrase.shorter is not None and not boxes.whole(phrase, ROOM):
        phrase = phrase.shorter
    return phrase


def _told(phrase: Phrase) -> Link:
    """Return a value with its sign; of a large array what is told of it."""
    phrase = _short(phrase)
    if phrase.describes:
        return Link(rf"\text{{with }} {phrase.latex}", f"with {phrase.plain}")
    return _equal(Link(phrase.latex, phrase.plain), rounded=not phrase.exact)
