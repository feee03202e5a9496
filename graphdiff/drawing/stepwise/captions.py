"""What is said of one step of a sweep: u^3 = x w = 1 · 5 = 5, P^3 = P^5 J^{3→5} = 8 · 1 = 8.

A caption has its equation at several lengths; :mod:`graphdiff.drawing.stepwise.rows` sets the
longest for which there is room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import sympy as sp

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.drawing.labels.description import Phrase
from graphdiff.drawing.labels.jacobians import jacobian_symbol
from graphdiff.drawing.labels.nodes import MAX_STEPS, of_P
from graphdiff.drawing.labels.phrases import space_of, value_phrase
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.options import Options
from graphdiff.drawing.stepwise.steps import SweepStep
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.notation import equations, latex, text
from graphdiff.notation.arrays import is_array
from graphdiff.notation.equations import (
    DIMENSIONS,
    DOTS,
    Link,
    chain,
    dimensions,
    equal,
    product,
    total,
    unary,
)  # fmt: skip
from graphdiff.notation.notation import current

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


Form: TypeAlias = tuple[Link, ...]


@dataclass(frozen=True)
class Caption:
    """A heading, and an equation at several lengths, the longest first."""

    heading: str
    forms: tuple[Form, ...]

    @property
    def plain(self) -> str:
        """The caption in plain text, the longest form that is no longer than a sentence."""
        forms = [" ".join(link.text for link in form) for form in self.forms]
        chosen = next((form for form in forms if len(form) <= MAX_PLAIN), forms[-1])
        clipped = chosen if len(chosen) <= MAX_PLAIN else chosen[: MAX_PLAIN - 1] + "…"
        return f"{self.heading}: {clipped}"


def caption(step: SweepStep, run: Run, options: Options) -> Caption:
    """Return what is said of a step."""
    words = Words(run, options)
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
    words = Words(run, options)
    for node in step.nodes:
        if step.sweep == "backward":
            found = words.found(node)
            yield " ".join([words.P(node).text, *(link.text for link in found)])
        else:
            yield f"{node.name} {words.value(node).text}"


@dataclass(frozen=True)
class Words:
    """Writes equations of one run."""

    run: Run
    options: Options

    # The forms of each step

    def given(self, leaves: tuple[Node, ...]) -> Iterator[Form]:
        """Yield the values of leaves."""
        if not leaves:
            yield (_words("nothing, there are no leaves"),)
            return
        for many in MANY:
            told, more = list(map(self._leaf, leaves[:many])), len(leaves) - many
            if more > 0:
                told.append(_words(f"and {more} more"))
            yield (*(Link(f"{one.text},", f"{one.latex},") for one in told[:-1]), *told[-1:])
        yield (_words(f"values for {len(leaves)} leaves"),)

    def _leaf(self, leaf: Node) -> Link:
        name = symbols.name(leaf)
        if leaf.shape:
            space = space_of(leaf.shape)
            return Link(f"{name.text} {space.plain}", f"{name.latex} {space.latex}")
        value = self.value(leaf)
        return Link(f"{name.text} {value.text}", f"{name.latex} {value.latex}")

    def forward(self, i: Node) -> Iterator[Form]:
        """Yield u^i = f^i(α^i)."""
        assert i.function is not None  # noqa: S101
        left, value = self._symbol(i), self.value(i)
        called = _equal(self._called(i))
        if len(i.function.program) <= MAX_STEPS:
            written = _equal(symbols.formula(i))
            if numbers := self._with_numbers(i, i.function):
                found = self.value(i, after=numbers)
                yield left, written, _equal(numbers), found
                yield left, called, _equal(numbers), found
            yield left, written, value
        yield left, called, value
        yield left, value

    def start(self, n: Node) -> Iterator[Form]:
        """Yield P^n = I."""
        left = self.P(n)
        if n.size == 1:
            yield left, Link("= I", "= I"), Link("= 1", "= 1")
        else:
            one = Link(f"= I_{n.size}", f"= I_{{{n.size}}}")
            yield left, one, _in_brackets(dimensions(n.shape, n.shape))

    def recursion(self, j: Node, along: tuple[Edge, ...]) -> Iterator[Form]:
        """Yield P^j = Σ P^i J^{j→i}."""
        left, found, sizes = self.P(j), self.found(j), self._sizes(j, along)
        numbers = self._products(along)
        for many in MANY:
            rule = self._rule(along, many)
            if numbers:
                yield left, *rule, *_sum(numbers, many), *self.found(j, after=total(numbers))
            elif sizes:
                yield left, *rule, sizes, *found
            yield left, *rule, *found
        yield left, *found

    def rule(self, j: Node, along: tuple[Edge, ...]) -> Form:
        """Return P^j = Σ P^i J^{j→i} in symbols alone."""
        return self.P(j), *self._rule(along, MANY[0])

    def _rule(self, along: tuple[Edge, ...], most: int) -> Form:
        terms = [product([self.P(edge.child), self.J(edge)], (" ", r" \, ")) for edge in along]
        return _sum(terms, most)

    def disconnected(self, nodes: tuple[Node, ...]) -> Iterator[Form]:
        """Yield P = 0 of nodes that the output does not depend on."""
        n = self.run.output or ""
        for many in MANY:
            more = len(nodes) - many
            zeros = [self.P(node) for node in nodes[:many]]
            zeros += [Link("…", r"\ldots")] if more > 0 else []
            names = [latex.name(node.name) for node in nodes[:many]]
            plain = ", ".join(node.name for node in nodes[:many])
            rest = f" and {more} more" if more > 0 else ""
            because = Link(
                f"({n} does not depend on {plain}{rest})",
                rf"\text{{, as }} {latex.name(n)} \text{{ does not depend on }}"
                + ", ".join(names) + (rf"\text{{{rest}}}" if rest else ""),
            )  # fmt: skip
            yield zeros[0], *map(_equal, zeros[1:]), Link("= 0", "= 0"), because

    # Their parts

    def _symbol(self, i: Node) -> Link:
        return symbols.u(i) if "index" in self.options.show else symbols.name(i)

    def P(self, j: Node) -> Link:
        """Return P^j."""
        n = self.run.graph[self.run.output or j.name]
        P = symbols.P(j, n)
        if not current().is_usual:
            return of_P(j, self.run.output)
        if "index" in self.options.show:
            return of_P(j, self.run.output)
        return Link(P.text, rf"P_{{{latex.name(j.name)}}}")

    def J(self, edge: Edge) -> Link:
        """Return J^{j→i}."""
        if "index" in self.options.show or not current().is_usual:
            symbol = jacobian_symbol(edge)
            return Link(symbol.plain, symbol.latex)
        j, i, slot = edge
        low, short = (f"_{{{slot + 1}}}", f"_{slot + 1}") if edge.is_repeated else ("", "")
        formula = rf"J^{{{latex.name(j.name)}\to {latex.name(i.name)}}}{low}"
        return Link(f"J[{j.name}→{i.name}]{short}", formula)

    def _called(self, i: Node) -> Link:
        told = [symbols.name(parent) for parent in i.parents[:MAX_ARGUMENTS]]
        told += [Link("…", r"\ldots")] if len(i.parents) > MAX_ARGUMENTS else []
        names = r",\, ".join(one.latex for one in told)
        index = current().numbered(i.index)
        return Link(
            f"f^{index}({', '.join(one.text for one in told)})",
            rf"f^{{{current().node(i.index)}}}\left({names}\right)",
        )

    def _with_numbers(self, i: Node, function: LocalFunction) -> Link | None:
        """Return the formula with its parents' values in it, if each is one number."""
        values = [self.run.value[parent.name] for parent in i.parents]
        if not values or not function.is_scalar or any(map(is_array, values)):
            return None
        given = [equations.value(one, digits=self.options.digits) for one in values]
        filled = LocalFunction(
            tuple(
                Literal(sp.Integer(0), given[line.slot].text)
                if isinstance(line, Formal) and _PLAIN.fullmatch(given[line.slot].text)
                else line
                for line in function.program
            ),
            function.arity,
        )
        within = list(map(_in_brackets, given))
        return Link(
            _DOUBLE_PLAIN.sub(r"(\1)", text.authored(filled, [one.text for one in within])),
            _DOUBLE.sub(r"\\left(\1\\right)", latex.authored(filled, [o.latex for o in within])),
            any(one.rounded for one in given),
        )

    def _products(self, along: tuple[Edge, ...]) -> list[Link]:
        """Return 8 · 1 for each edge; nothing for matrices."""
        terms = [term for term in map(self.run.term, along) if term is not None]
        if any(is_array(number) for term in terms for number in (term.P, term.held)):
            return []
        return [
            product(
                [equations.value(one, digits=self.options.digits) for one in (term.P, term.J)],
                ("·", r" \cdot "),
            )
            for term in terms
        ]

    def value(self, i: Node, after: Link | None = None) -> Link:
        """= value, or what is told of it."""
        found = value_phrase(self.run.value[i.name], self.options.digits, shape=i.shape)
        return _told(_short(found), after)

    def found(self, j: Node, after: Link | None = None) -> Form:
        """Return the value of P, and that it is in the shape of its node where it is."""
        value, shape = edge_formulas.P(self.run, j)
        phrase = _short(value_phrase(value, self.options.digits, shape=shape))
        if j.shape and shape == j.shape:
            shaped = rf"\text{{, in the shape of }} {latex.name(j.name)} \text{{:}}"
            return (
                Link(f"in the shape of {j.name}:", shaped),
                Link(phrase.plain, phrase.latex),
            )
        return (_told(phrase, after),)

    def _sizes(self, j: Node, along: tuple[Edge, ...]) -> Link | None:
        """Return (1×2 · 2×6 = 1×6), the dimensions of P^i J^{j→i}; None if all are 1 × 1."""
        n, i = self.run.graph[self.run.output or j], along[0].child
        between = {edge.child.size for edge in along}
        if {n.size, j.size, *between} == {1}:
            return None
        whole = dimensions(n.shape, j.shape)
        if len(between) > 1:
            return _in_brackets(whole)
        sizes = [dimensions(n.shape, i.shape), dimensions(i.shape, j.shape)]
        line = chain(product(sizes, DIMENSIONS), whole)
        return _in_brackets(Link(line.text, line.latex))


def _words(said: str) -> Link:
    return Link(said, rf"\text{{{said}}}")


def _in_brackets(of: Link) -> Link:
    return of._replace(text=f"({of.text})", latex=rf"\left({of.latex}\right)")


def _equal(right: Link, after: Link | None = None) -> Link:
    return equal(unary(right), after)


def _sum(terms: Sequence[Link], most: int) -> Form:
    """Return = a, + b, + …, + z."""
    few = len(terms) <= most
    shown = terms if few else [*terms[: most - 1], DOTS, terms[-1]]
    rest = [Link(f"+ {term.text}", f"{{}} + {term.latex}") for term in shown[1:]]
    return _equal(shown[0], after=total(terms)), *rest


def _short(phrase: Phrase) -> Phrase:
    """Return a value in a form that a caption has room for."""
    while phrase.shorter is not None and not boxes.whole(phrase, ROOM):
        phrase = phrase.shorter
    return phrase


def _told(phrase: Phrase, after: Link | None = None) -> Link:
    """Return a value with its sign; of a large array what is told of it."""
    if phrase.describes:
        return Link(f"with {phrase.plain}", rf"\text{{with }} {phrase.latex}")
    return _equal(Link(phrase.plain, phrase.latex, not phrase.exact), after)
