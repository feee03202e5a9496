"""What the steps of a derivation say with tensors: the dimensions of the products too.

For a scalar output the recursion is shown at work: δ_z = ∂L/∂z in the shape of z, each δ made
of those of the children, as in a lecture on neural networks. For any other output it is
shown for a cotangent c, the row cᵀP in the place of P.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

from graphdiff.derivations import symbols
from graphdiff.derivations.simplifying import LONG, because
from graphdiff.derivations.steps import READABLE, Steps
from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.language.expression import Expression, in_order, rebuilt
from graphdiff.language.shapes import Shape
from graphdiff.notation import latex
from graphdiff.notation.equations import (
    BESIDE,
    DIMENSIONS,
    Line,
    Link,
    chain,
    dimensions,
    entries,
    product,
    total,
)  # fmt: skip
from graphdiff.notation.notation import current
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives
from graphdiff.symbolic.cancelling import may_cancel, reasons
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.index_notation import local_jacobian_index
from graphdiff.symbolic.result import Letter


class TensorSteps(Steps):
    """Writes the equations of a sweep between tensors, in one of the two layouts."""

    @property
    def heading(self) -> str:
        """Of the local Jacobians: what rows and columns are."""
        child_or_parent = "child" if self.layout == "numerator" else "parent"
        return (
            f"Local Jacobians, {self.layout} layout: a row for each entry of the {child_or_parent}"
        )

    @property
    def of_a_scalar(self) -> bool:
        """Whether the output is one number, so that P is a gradient."""
        return self.output.size == 1

    def local_function(self, i: Node) -> Line:
        """u^i = f^i(α^i), and where it lives."""
        return super().local_function(i).aside(_in_space(i.shape))

    def local_jacobians(self, i: Node) -> Iterator[Line]:
        """J^{j→i} in matrix notation and in index notation, for every parent."""
        for j in dict.fromkeys(i.parents):
            if j.name in self.between:
                size = self._dimensions(i, j)
                aside = Link(size.text, rf"\quad ({size.latex})")
                first, *others = self._local_jacobian(j, i)
                yield first.aside(aside)
                yield from others

    def _local_jacobian(self, j: Node, i: Node) -> Iterator[Line]:
        edges = scalar_derivatives.edges_between(j, i)
        held = symbols.held(j, i, self.output)
        left = symbols.holding(symbols.derivative(i, j), held)
        found = tensor_derivatives.local_jacobian(edges, self.layout, own_value=self.own_value)
        if found.matrix is not None:
            yield chain(symbols.holding(symbols.J(j, i), held), left, _written(found.matrix))
        try:
            index = local_jacobian_index(self.graph, j, i, own_value=self.own_value)
        except DerivationError:
            index = None
        if index is not None and (i.shape or j.shape):
            yield Line(index.text, index.latex)
        elif found.matrix is None and not i.shape:
            ones = [tensor_derivatives.ones(i.shape)] * len(edges)
            yield chain(left, _written(tensor_derivatives.contributions(edges, ones)))
        elif found.matrix is None:
            d, at_work = tensor_derivatives.delta(i), found.contribution
            yield Line(f"{d.name} -> {at_work.text}", rf"{d.latex} \mapsto {at_work.latex}")

    def _of_cotangent(self, derivative: Link) -> Link:
        """Return cᵀ P, or in denominator layout P c."""
        if self.layout == "numerator":
            return Link(f"c' {derivative.text}", rf"c^{{\top}} {derivative.latex}")
        return Link(f"{derivative.text} c", rf"{derivative.latex} \, c")

    def start(self) -> Line:
        """P^n = I."""
        if self.of_a_scalar:
            return super().start()
        n = self.output
        P, size = symbols.P(n, n), self._dimensions(n, n)
        shown = self._of_cotangent(Link("P", "P"))
        return Line(
            f"{P.text} = I  {size.text}; shown for a cotangent c: {shown.text}",
            rf"{P.latex} = I_{{{entries(n.shape).latex}}} \quad \text{{shown for a cotangent }} c",
        )

    def recursion(self, j: Node) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule with dimensions, then at work in the shape of j."""
        n, into = self.output, self.into(j)
        children = list(dict.fromkeys(edge.child for edge in into))
        rule = [self._in_order(symbols.P(i, n), symbols.J(j, i), BESIDE) for i in children]
        sizes = [
            self._in_order(self._dimensions(n, i), self._dimensions(i, j), DIMENSIONS)
            for i in children
        ]
        size = chain(total(sizes), self._dimensions(n, j))
        aside = Link(f"({size.text})", rf"\quad \left({size.latex}\right)")
        if not (self.of_a_scalar and self.begins(j)):
            yield chain(symbols.P(j, n), total(rule)).aside(aside)
        letter = self._letter(j)
        links = [Link(letter.name, letter.latex)]
        if self.of_a_scalar and current().derivatives in ("P", "delta"):
            links.append(symbols.derivative(n, j))
        cotangents = [self._cotangent(edge.child) for edge in into]
        links.append(_written(tensor_derivatives.contributions(into, cotangents)))
        if (further := self._through_maps(into)) is not None:
            links.append(_written(further))
        yield chain(*links, *self.value(self.gradients, j))

    def simplified(self, j: Node) -> Line | None:
        """δ_j as the children's δ, in nodes, through J; then what is left of it."""
        into = self.into(j)
        if not self.of_a_scalar or all(edge.child is self.output for edge in into):
            return None
        if not self._may_cancel:
            return None
        try:
            raw = self._put_in(j)
            own = self._in_nodes(j)
        except (DerivationError, GraphError):
            return None
        before = Formula(raw)
        if len(before.text) > LONG or before.text == own.text or not (found := reasons(raw)):
            return None
        left = symbols.derivative(self.output, j)
        return chain(left, _written(before), _written(own)).aside(because(found))

    @functools.cached_property
    def _may_cancel(self) -> bool:
        nodes = (node for node in self.graph.nodes if node.name in self.between)
        return may_cancel(edge for node in nodes for edge in self.into(node))

    def _in_nodes(self, i: Node) -> Formula:
        if i not in self._gradients_in_nodes:
            found = tensor_derivatives.gradient(self.graph, self.output, i, "nodes")
            self._gradients_in_nodes[i] = found
        return self._gradients_in_nodes[i]

    @functools.cached_property
    def _gradients_in_nodes(self) -> dict[Node, Formula]:
        """The gradients that are asked for, each once for all steps."""
        return {}

    def _put_in(self, j: Node) -> Expression:
        """Return Σ P^i J^{j→i} with each P^i as a formula of the nodes, not tidied."""
        terms: list[Expression] = []
        for i in dict.fromkeys(edge.child for edge in self.into(j)):
            edges = scalar_derivatives.edges_between(j, i)
            if i is self.output:
                cotangents = [tensor_derivatives.ones(i.shape)] * len(edges)
                terms.append(tensor_derivatives.contributions(edges, cotangents).expression)
                continue
            P = self._in_nodes(i).expression
            at_work = tensor_derivatives.local_jacobian(edges).contribution.expression
            letters = [part for part in in_order(at_work) if isinstance(part, Letter)]
            terms.append(rebuilt(at_work, replaced=dict.fromkeys(letters, P)))
        return functools.reduce(operator.add, terms)

    def _through_maps(self, into: Sequence[Edge]) -> Formula | None:
        """Return the step with a child that acts entry by entry written out, one level on.

        So that δ_z = (Wᵀ δ) ⊙ g′(z) is one equation.
        """
        if not all(scalar_derivatives.function_of(edge.child).is_map for edge in into):
            return None
        reached: list[Expression] = []
        for edge in into:
            further = self.into(edge.child)
            if edge.child is self.output or not further:
                return None
            cotangents = [self._cotangent(e.child) for e in further]
            reached.append(tensor_derivatives.contributions(further, cotangents).expression)
        return tensor_derivatives.contributions(into, reached)

    def _cotangent(self, i: Node) -> Expression:
        """Return the derivative of the output in a node: at the output 1, or the cotangent c."""
        if i is self.output:
            return tensor_derivatives.ones(i.shape) if self.of_a_scalar else Letter("c", i.shape)
        return self._letter(i)

    def _letter(self, i: Node) -> Letter:
        """Return what stands for the derivative of the output in a node before it."""
        style = current().derivatives
        if self.of_a_scalar and not (style == "P" and not i.is_leaf):
            derivative = symbols.derivative(self.output, i)
            if style != "P":
                derivative = symbols.P(i, self.output)
            return Letter(derivative.text, i.shape, derivative.latex)
        return tensor_derivatives.delta(i)

    def _in_order(self, P: Link, J: Link, times: tuple[str, str]) -> Link:
        """Return P J, or in denominator layout J P."""
        return product([P, J] if self.layout == "numerator" else [J, P], times)

    def _dimensions(self, i: Node, j: Node) -> Link:
        """Return the dimensions of ∂u^i/∂u^j."""
        rows, columns = (i, j) if self.layout == "numerator" else (j, i)
        return dimensions(rows.shape, columns.shape)

    @property
    def gradients(self) -> Any:
        """The gradients, where the output has them."""
        return super().gradients if self.of_a_scalar else None

    def derivative(self) -> Link:
        """∂output/∂wrt, or cᵀ ∂output/∂wrt."""
        found = super().derivative()
        return found if self.of_a_scalar else self._of_cotangent(found)

    def closed_forms(self) -> Iterator[Link]:
        """Yield the gradient in terms of nodes and in terms of leaves, where it is short."""
        for terms in ("nodes", "leaves"):
            try:
                if self.of_a_scalar:
                    formula = tensor_derivatives.gradient(self.graph, self.output, self.wrt, terms)
                else:
                    formula = tensor_derivatives.vjp(self.graph, self.output, self.wrt, "c", terms)
            except (DerivationError, GraphError):
                continue
            if len(formula.text) <= 4 * READABLE:
                yield _written(formula)


def _written(formula: Formula) -> Link:
    return Link(formula.text, formula.latex)


def _in_space(shape: Shape) -> Link:
    """Return ∈ ℝ^{2×3}."""
    sizes = "×".join(map(str, shape))
    shown = f"R^({sizes})" if len(shape) > 1 else f"R^{sizes}" if shape else "R"
    power = f"^{{{latex.sizes(shape)}}}" if shape else ""
    return Link(f"in {shown}", rf"\in \mathbb{{R}}{power}")
