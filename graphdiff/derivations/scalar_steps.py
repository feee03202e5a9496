"""What the steps of a derivation say of scalars.

Each states the rule P^j = Σ P^i J^{j→i}, then the formulas put in, then the values, then the
number.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

import sympy as sp

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.derivations.simplifying import LONG as LONG_TO_SIMPLIFY
from graphdiff.derivations.simplifying import because
from graphdiff.derivations.steps import LONG, READABLE, Steps
from graphdiff.errors import DerivationError
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.notation import equations
from graphdiff.notation.equations import BESIDE, Line, Link, chain, product, total
from graphdiff.notation.notation import current
from graphdiff.symbolic import scalar_derivatives
from graphdiff.symbolic.cancelling import cancelled_below


class ScalarSteps(Steps):
    """Writes the equations of a sweep between scalars."""

    heading = "Local Jacobians"

    def local_jacobians(self, i: Node) -> Iterator[Line]:
        """J^{j→i} = ∂u^i/∂u^j = formula = value, for every argument."""
        for slot, j in enumerate(i.parents):
            if j.name not in self.between:
                continue
            edge = Edge(j, i, slot)
            note = f" (argument {slot + 1})" if edge.is_repeated else ""
            left = symbols.holding(symbols.J(j, i), symbols.held(j, i, self.output))
            term = None if self.run is None else self.run.term(edge)
            is_constant = not scalar_derivatives.edge_jacobian(edge).free_symbols
            said = [left, symbols.derivative(i, j)][: 2 if current().is_usual else 1]
            yield chain(
                said[0]._replace(text=said[0].text + note),
                *said[1:],
                self._formulas[edge],
                *([] if term is None or is_constant else [self._number(term.J)]),
            )

    def recursion(self, j: Node) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule, the formulas, the values, the number.

        Where P and J are written alike, what comes from the output is its local derivative: there
        the rule has no terms to tell from what it is for, and P^n = 1 is no factor.
        """
        n = self.output
        left, into = symbols.P(j, n), self.into(j)
        if not self.begins(j):
            rule = [product([symbols.P(i, n), symbols.J(j, i)], BESIDE) for _, i, _ in into]
            yield chain(left, total(rule))
        formulas = [self._term(edge.child, symbols.P(edge.child, n), self._formulas[edge])
                    for edge in into]  # fmt: skip
        numbers: list[Link] = []
        if self.run is not None:
            terms = [
                self._term(edge.child, self._number(term.P), self._number(term.J))
                for edge in into
                if (term := self.run.term(edge)) is not None
            ]
            numbers = [total(terms), *self.value(self.gradients, j)]
        yield chain(left, total(formulas), *numbers)

    def simplified(self, j: Node) -> Line | None:
        """P^j as the sum of the children's P, in nodes, times J; then what is left of it."""
        into = self.into(j)
        if all(edge.child is self.output for edge in into):
            return None
        try:
            Ps, own = [self._in_nodes(edge.child) for edge in into], self._in_nodes(j)
        except DerivationError:
            return None
        Js = [scalar_derivatives.edge_jacobian(edge) for edge in into]
        parts = scalar_derivatives.Named(self.graph)
        reasons = cancelled_below(parts, [*Ps, *Js], own)
        pairs = zip(Ps, into, strict=True)
        raw = total([product([equations.symbolic(P), self._formulas[edge]]) for P, edge in pairs])
        if not reasons or len(raw.text) > LONG_TO_SIMPLIFY:
            return None
        left = symbols.P(j, self.output)
        return chain(left, raw, equations.symbolic(own)).aside(because(reasons))

    def _in_nodes(self, i: Node) -> sp.Expr:
        if i is self.output:
            return sp.S.One
        found = scalar_derivatives.gradient(self.graph, self.output, i, "nodes")
        return scalar_derivatives.tidied(found)

    @functools.cached_property
    def _formulas(self) -> dict[Edge, Link]:
        """The local Jacobians of all edges on the way, for the two steps that show them."""
        edges = (edge for name in self.between for edge in self.into(self.graph[name]))
        return {edge: edge_formulas.of_scalars(edge, own_value=self.own_value) for edge in edges}

    def _term(self, i: Node, P: Link, J: Link) -> Link:
        is_first = i is self.output and symbols.is_alike(i)
        return J if is_first else product([P, J])

    def _number(self, found: object) -> Link:
        return equations.value(found, digits=self.digits)

    def closed_forms(self) -> Iterator[Link]:
        """Yield the gradient in terms of nodes and in terms of leaves, where it is short."""
        for terms in () if len(self.between) > LONG else ("nodes", "leaves"):
            try:
                found = scalar_derivatives.gradient(self.graph, self.output, self.wrt, terms)
            except DerivationError:
                continue
            formula = scalar_derivatives.tidied(found)
            if scalar_derivatives.operations(formula) <= READABLE:
                yield equations.symbolic(formula)
