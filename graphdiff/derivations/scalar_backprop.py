"""A derivation written out: the P recursion, step by step.

Each step states the rule P^j = Σ P^i J^{j→i}, then the formulas put in, then the values,
then the number, as one would on paper.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.derivations.derivation import Derivation, Line, Step
from graphdiff.errors import DerivationError, GraphError
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.sweeps import Term
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.graph import Edge
from graphdiff.notation import latex, text
from graphdiff.symbolic import scalar_derivatives


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
        formula = rf"P^{{{wrt.index}}} = {derivative(output, wrt)} = 0"
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
        return chain(
            Link(f"u^{i.index}", f"u^{{{i.index}}}"),
            Link(i.name, latex.name(i.name)),
            Link(i.formula, latex.authored(scalar_derivatives.function_of(i), names)),
            *([] if self.run is None else [self._number(self.run.value[i.name])]),
        )

    def local_jacobian(self, edge: Edge) -> Line:
        """J^{j→i} = ∂u^i/∂u^j = formula = value."""
        j, i, slot = edge
        J = self._jacobian(edge)
        note = f" (argument {slot + 1})" if i.parents.count(j) > 1 else ""
        term = self._term(edge) if J.formula.free_symbols else None
        return chain(
            Link(f"J[{j.name}->{i.name}]{note}", edge_symbol(edge)),
            Link(f"d{i.name}/d{j.name}", derivative(i, j)),
            Link(J.text, J.latex),
            *([] if term is None else [self._number(term.J)]),
        )

    def recursion(self, j: Node, into: list[Edge]) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule, the formulas, the values, the number."""
        left = Link(f"P[{j.name}]", f"P^{{{j.index}}}")
        yield chain(left, _sum([self._rule(edge) for edge in into]))
        formulas = _sum([self._symbols(edge) for edge in into])
        if self.run is None:
            yield chain(left, formulas)
        else:
            terms = [term for term in map(self.run.term, into) if term is not None]
            numbers = _sum([self._product(term) for term in terms])
            yield chain(left, formulas, numbers, self._number(self.run.P[j.name]))

    def _rule(self, edge: Edge) -> Link:
        j, i, _ = edge
        return Link(
            f"P[{i.name}]*J[{j.name}->{i.name}]",
            rf"P^{{{i.index}}} \, {edge_symbol(edge)}",
        )

    def _symbols(self, edge: Edge) -> Link:
        i, J = edge.child, self._jacobian(edge)
        sum_or_negative = J.formula.is_Add or J.formula.could_extract_minus_sign()
        return Link(
            f"P[{i.name}]*" + (f"({J.text})" if sum_or_negative else J.text),
            rf"P^{{{i.index}}} \cdot "
            + (rf"\left({J.latex}\right)" if sum_or_negative else J.latex),
        )

    def _jacobian(self, edge: Edge) -> _Jacobian:
        if edge not in self.jacobians:
            formula = scalar_derivatives.tidied(scalar_derivatives.edge_jacobian(edge))
            self.jacobians[edge] = _Jacobian(
                formula, text.symbolic(formula), latex.symbolic(formula)
            )
        return self.jacobians[edge]

    def _product(self, term: Term) -> Link:
        P, J = self._number(term.P), self._number(term.J)
        return Link(
            f"{_factor(P.text)}*{_factor(J.text)}",
            rf"{_factor_latex(P.latex)} \cdot {_factor_latex(J.latex)}",
            P.rounded or J.rounded,
        )

    def result(self, graph: ComputationalGraph, wrt: Node, *, long: bool) -> Iterator[Line]:
        """Write the gradient in terms of nodes, in terms of leaves, and as a number."""
        links = [Link(f"d{self.output.name}/d{wrt.name}", derivative(self.output, wrt))]
        for terms in () if long else ("nodes", "leaves"):
            try:
                formula = scalar_derivatives.tidied(
                    scalar_derivatives.gradient(graph, self.output, wrt, terms)
                )
            except DerivationError:
                continue
            if scalar_derivatives.operations(formula) <= READABLE:
                links.append(Link(text.symbolic(formula), latex.symbolic(formula)))
        if self.run is not None:
            links.append(self._number(self.run.P[wrt.name]))
        if len(links) > 1:
            yield chain(*links)

    def _number(self, value: Any) -> Link:
        shown = text.number(value, self.digits)
        return Link(shown, latex.number(value, self.digits), text.is_rounded(value, shown))

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


class Link(NamedTuple):
    """One side of a chain a = b ≈ c, with whether it was rounded."""

    text: str
    latex: str
    rounded: bool = False


def chain(*links: Link) -> Line:
    """Return a = b = c, leaving out what would repeat the link before it."""
    shown, left, right = links[0].text, links[0].latex, []
    for before, link in itertools.pairwise(links):
        if link.text != before.text:
            shown += (" ≈ " if link.rounded else " = ") + link.text
            right.append((r"\approx " if link.rounded else "= ") + link.latex)
    return Line(shown, " ".join([left, *right]), left, tuple(right))


def _sum(terms: list[Link]) -> Link:
    return Link(
        " + ".join(term.text for term in terms),
        " + ".join(term.latex for term in terms),
        any(term.rounded for term in terms),
    )


def _factor(number: str) -> str:
    return f"({number})" if number.startswith("-") or "/" in number or " " in number else number


def _factor_latex(number: str) -> str:
    return rf"\left({number}\right)" if number.startswith("-") or " + " in number else number


def edge_symbol(edge: Edge) -> str:
    """Return J^{j→i} in LaTeX, the nodes by their numbers."""
    return rf"J^{{{edge.parent.index} \to {edge.child.index}}}"


def derivative(output: Node, wrt: Node) -> str:
    """Return ∂output/∂wrt in LaTeX."""
    return rf"\frac{{\partial {latex.name(output.name)}}}{{\partial {latex.name(wrt.name)}}}"
