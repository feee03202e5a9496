"""Forward mode written out: the tangent of each node, u̇ⁱ = Σ Jʲ→ⁱ u̇ʲ, as formula and as number.

Between scalars the terms are products of a local Jacobian and a tangent. Between tensors they are
what pushing the tangents forward gives, Ẇ x + W ẋ, in the shape of the node.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.errors import DerivationError, GraphError
from graphdiff.evaluation.tangents import Tangents
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.notation import equations
from graphdiff.notation.equations import BESIDE, Line, Link, chain, product, total
from graphdiff.symbolic.cotangents import pushed_forward
from graphdiff.symbolic.formula import Formula, Letter
from graphdiff.symbolic.tensor_algebra import tidied


@dataclass(frozen=True)
class ForwardMode:
    """Writes the equations of a sweep in forward mode.

    Attributes
    ----------
    graph, seed
        The graph, and the nodes whose tangents are given; a number or array where it is known.
    found
        The numbers, or None where there are only formulas.
    digits
        Significant digits of numbers.
    own_value
        Whether the value of a node stands in its local Jacobians, where they so are shorter.
    """

    graph: ComputationalGraph
    seed: Mapping[str, Any]
    found: Tangents | None
    digits: int
    own_value: bool = True

    @functools.cached_property
    def reached(self) -> set[str]:
        """The nodes that depend on the seed."""
        return set().union(*(self.graph.descendants(name) for name in self.seed))

    def start(self, node: Node) -> Line:
        """Write the tangent that a node begins with: the seed, or 0."""
        if node.name not in self.seed:
            return chain(symbols.tangent(node), Link("0", "0"))
        seed = self.seed[node.name]
        given = [] if seed is None else [equations.value(seed, node.shape, self.digits)]
        return chain(symbols.tangent(node), *given)

    def rule(self, i: Node) -> Line:
        """u̇^i = Σ J^{j→i} u̇^j over the parents that the seed reaches."""
        terms = [
            product([symbols.J_of(edge), symbols.tangent(edge.parent)], BESIDE)
            for edge in self._into(i)
        ]
        return chain(symbols.tangent(i), total(terms))

    def computed(self, i: Node) -> Line:
        """u̇^i as a formula, then with the numbers put in, then its number."""
        formula = self._of_scalars(i) if self._is_scalar(i) else self._of_tensors(i)
        links = [] if formula is None else [formula]
        if self.found is not None:
            if self._is_scalar(i):
                terms = [
                    product([self._number(term.J), self._number(term.tangent)])
                    for term in self.found.terms[i.name]
                ]
                links.append(total(terms))
            links.append(self.value(i))
        elif not links:
            links.append(Link(self.rule(i).text.partition(" = ")[2], self.rule(i).right[0][2:]))
        return chain(symbols.tangent(i), *links)

    def value(self, i: Node) -> Link:
        """Return the number of u̇^i."""
        assert self.found is not None  # noqa: S101 - asked for where there are numbers
        shape = self.found.run.graph[i.name].shape
        return equations.value(self.found.tangent[i.name], shape, self.digits)

    def _number(self, found: Any) -> Link:
        return equations.value(found, digits=self.digits)

    def _into(self, i: Node) -> list[Edge]:
        return [Edge(j, i, slot) for slot, j in enumerate(i.parents) if j.name in self.reached]

    @staticmethod
    def _is_scalar(i: Node) -> bool:
        return i.function is not None and i.function.is_scalar

    def _of_scalars(self, i: Node) -> Link:
        edges = self._into(i)
        Js = [edge_formulas.of_scalars(edge, own_value=self.own_value) for edge in edges]
        tangents = [symbols.tangent(edge.parent) for edge in edges]
        return total([product(list(pair)) for pair in zip(Js, tangents, strict=True)])

    def _of_tensors(self, i: Node) -> Link | None:
        assert i.function is not None  # noqa: S101 - it is computed
        parents = list(dict.fromkeys(edge.parent for edge in self._into(i)))
        named = [symbols.tangent(j) for j in parents]
        letters = [
            Letter(name.text, j.shape, name.latex) for name, j in zip(named, parents, strict=True)
        ]
        try:
            value = i.function.expression(tuple(i.parents))
            pushed = pushed_forward(value, parents, letters)
            formula = Formula(tidied(pushed, keep_primes=True, known={value: i}))
            return Link(formula.text, formula.latex)
        except (DerivationError, GraphError):
            return None
