"""A derivation with tensors written out: the P recursion with the dimensions of its products.

For a scalar output the recursion is shown at work: δ_z = ∂L/∂z in the shape of z, each δ made
of those of the children, as in a lecture on neural networks. For any other output it is
shown for a cotangent c, the row cᵀP in the place of P.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graphdiff.derivations.derivation import Derivation, Line, Step
from graphdiff.derivations.scalar_backprop import READABLE, Link, chain, derivative, edge_symbol
from graphdiff.errors import DerivationError, GraphError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.graph import Edge
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import Shape, is_known
from graphdiff.notation import latex, text
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives
from graphdiff.symbolic.cotangents import ones
from graphdiff.symbolic.formula import Formula, Letter
from graphdiff.symbolic.index_notation import local_jacobian_index


def explain(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    run: Run | None = None,
    digits: int = 6,
    layout: tensor_derivatives.Layout = "numerator",
) -> Derivation:
    """Derive ∂output/∂wrt by the recursion, with values where a run is given.

    Raises
    ------
    GraphError
        If the run is of another graph or another output, or the layout is none.
    """
    if run is not None and (run.graph is not graph or run.output != output.name):
        raise GraphError(f"the run is not a backward sweep from {output.name!r} of this graph")
    title = f"d{output.name}/d{wrt.name} by back-propagation"
    between = graph.ancestors(output) & graph.descendants(wrt)
    if wrt.name not in between:
        sentence = f"{output.name} does not depend on {wrt.name}: not connected, so P = 0"
        formula = rf"P^{{{wrt.index}}} = {derivative(output, wrt)} = 0"
        return Derivation(title, (Step(sentence, (Line(f"P[{wrt.name}] = 0", formula),)),))
    writer = _Writer(graph, output, wrt, run, digits, layout)
    path = [node for node in reversed(graph.nodes[: output.index]) if node.name in between]
    computed = [node for node in reversed(path) if not node.is_leaf and node is not wrt]
    steps = [
        Step("Local functions", tuple(writer.local_function(node) for node in computed)),
        Step(
            f"Local Jacobians, {writer.convention}",
            tuple(
                line
                for node in computed
                for parent in dict.fromkeys(node.parents)
                if parent.name in between
                for line in writer.local_jacobian(parent, node)
            ),
        ),
        Step("Start", (writer.start(),)),
    ]
    for j in path[1:]:
        into = [edge for edge in graph.children(j) if edge.child.name in between]
        steps.append(Step(f"P[{j.name}]", tuple(writer.recursion(j, into))))
    steps.append(Step("Result", tuple(writer.result())))
    return Derivation(title, tuple(step for step in steps if step.lines))


@dataclass(frozen=True)
class _Writer:
    """Writes the equations of one derivation."""

    graph: ComputationalGraph
    output: Node
    wrt: Node
    run: Run | None
    digits: int
    layout: tensor_derivatives.Layout

    @property
    def convention(self) -> str:
        """What rows and columns are."""
        if self.layout == "numerator":
            return "numerator layout: a row for each entry of the child"
        return "denominator layout: a row for each entry of the parent"

    @property
    def of_a_scalar(self) -> bool:
        """Whether the output is one number, so that P is a gradient."""
        return self.output.size == 1

    def local_function(self, i: Node) -> Line:
        """u^i = f^i(α^i), and where it lives."""
        names = [latex.name(parent.name) for parent in i.parents]
        function = scalar_derivatives.function_of(i)
        written = Link(i.formula, latex.authored(function, names))
        line = chain(
            Link(f"u^{i.index}", f"u^{{{i.index}}}"),
            Link(i.name, latex.name(i.name)),
            written,
            *self._value(self.run and self.run.value, i),
        )
        return _with(line, f"in {_space(i.shape)}", rf"\in {_space_latex(i.shape)}")

    def local_jacobian(self, j: Node, i: Node) -> Iterator[Line]:
        """J^{j→i} in matrix notation and in index notation."""
        edges = scalar_derivatives.edges_between(j, i)
        left = [Link(f"J[{j.name}->{i.name}]", edge_symbol(edges[0])),
                Link(f"d{i.name}/d{j.name}", derivative(i, j))]  # fmt: skip
        found = tensor_derivatives.local_jacobian(edges, self.layout)
        size = self._product_of(*self._laid(i, j))
        if found.matrix is not None:
            matrix = Link(found.matrix.text, found.matrix.latex)
            yield _with(chain(*left, matrix), size.text, rf"\quad ({size.latex})")
        try:
            index = local_jacobian_index(self.graph, j, i)
        except DerivationError:
            index = None
        if index is not None and (i.shape or j.shape):
            line = Line(index.text, index.latex)
            yield (
                line
                if found.matrix is not None
                else _with(line, size.text, rf"\quad ({size.latex})")
            )
        elif found.matrix is None and not i.shape:
            whole = tensor_derivatives.contributions(edges, [ones(i.shape)] * len(edges))
            formula = Link(whole.text, whole.latex)
            yield _with(chain(left[1], formula), size.text, rf"\quad ({size.latex})")
        elif found.matrix is None:
            d, at_work = tensor_derivatives.delta(i), found.contribution
            line = Line(f"{d.name} -> {at_work.text}", rf"{d.latex} \mapsto {at_work.latex}")
            yield _with(line, size.text, rf"\quad ({size.latex})")

    def start(self) -> Line:
        """P^n = I."""
        n = self.output
        if self.of_a_scalar:
            return Line(f"P[{n.name}] = 1", rf"P^{{{n.index}}} = 1")
        size = self._product_of(n, n)
        return Line(
            f"P[{n.name}] = I  {size.text}; shown for a cotangent c: c' P",
            rf"P^{{{n.index}}} = I_{{{_size(n)}}} \quad \text{{shown for a cotangent }} c",
        )

    def recursion(self, j: Node, into: Sequence[Edge]) -> Iterator[Line]:
        """P^j = Σ P^i J^{j→i}: the rule with dimensions, then at work in the shape of j."""
        children = list(dict.fromkeys(edge.child for edge in into))
        left = Link(f"P[{j.name}]", f"P^{{{j.index}}}")
        rule = [self._rule(j, i) for i in children]
        sizes = [self._dimensions(j, i) for i in children]
        yield _with(
            chain(left, _plus(rule)),
            "(" + " + ".join(size.text for size in sizes) + f" = {self._of(j).text})",
            r"\quad \left(" + " + ".join(size.latex for size in sizes)
            + f" = {self._of(j).latex}" + r"\right)",
        )  # fmt: skip
        name = self._letter(j)
        links = [Link(name.name, name.latex)]
        if self.of_a_scalar:
            links.append(Link(f"d{self.output.name}/d{j.name}", derivative(self.output, j)))
        named = tensor_derivatives.contributions(
            into, [self._cotangent(edge.child) for edge in into]
        )
        links.append(Link(named.text, named.latex))
        further = self._through_maps(into)
        if further is not None and further.text != named.text:
            links.append(Link(further.text, further.latex))
        yield chain(*links, *self._value(self._gradients, j))

    def _through_maps(self, into: Sequence[Edge]) -> Formula | None:
        """Return the step with a child that acts entry by entry written out, one level on.

        So that δ_z = (Wᵀ δ) ⊙ g′(z) is one equation.
        """
        if not all(scalar_derivatives.function_of(edge.child).is_map for edge in into):
            return None
        reached: list[Expression] = []
        for edge in into:
            further = [e for e in self.graph.children(edge.child) if e.child.name in self._between]
            if edge.child is self.output or not further:
                return None
            reached.append(
                tensor_derivatives.contributions(
                    further, [self._cotangent(e.child) for e in further]
                ).expression
            )
        return tensor_derivatives.contributions(into, reached)

    @property
    def _between(self) -> set[str]:
        return self.graph.ancestors(self.output) & self.graph.descendants(self.wrt)

    def _cotangent(self, i: Node) -> Expression:
        """Return the derivative of the output in a node: at the output 1, or the cotangent c."""
        if i is self.output:
            return ones(i.shape) if self.of_a_scalar else Letter("c", i.shape)
        return self._letter(i)

    def _letter(self, i: Node) -> Letter:
        """Return what stands for the derivative of the output in a node before it."""
        if i.is_leaf and self.of_a_scalar:
            return Letter(f"d{self.output.name}/d{i.name}", i.shape, derivative(self.output, i))
        return tensor_derivatives.delta(i)

    def _rule(self, j: Node, i: Node) -> Link:
        P = Link(f"P[{i.name}]", f"P^{{{i.index}}}")
        J = Link(f"J[{j.name}->{i.name}]", rf"J^{{{j.index} \to {i.index}}}")
        first, second = (P, J) if self.layout == "numerator" else (J, P)
        return Link(f"{first.text}*{second.text}", rf"{first.latex} \, {second.latex}")

    def _dimensions(self, j: Node, i: Node) -> Link:
        """dⁿ×dⁱ · dⁱ×dʲ."""
        n = self.output
        P, J = self._product_of(*self._laid(n, i)), self._product_of(*self._laid(i, j))
        first, second = (P, J) if self.layout == "numerator" else (J, P)
        return Link(f"{first.text} · {second.text}", rf"{first.latex} \cdot {second.latex}")

    def _of(self, j: Node) -> Link:
        return self._product_of(*self._laid(self.output, j))

    def _laid(self, rows: Node, columns: Node) -> tuple[Node, Node]:
        return (rows, columns) if self.layout == "numerator" else (columns, rows)

    @staticmethod
    def _product_of(rows: Node, columns: Node) -> Link:
        return Link(
            f"{_size_text(rows)}×{_size_text(columns)}",
            rf"{_size(rows)} \times {_size(columns)}",
        )

    @property
    def _gradients(self) -> Any:
        return None if self.run is None or not self.of_a_scalar else self.run.gradient

    def _value(self, values: Any, node: Node) -> list[Link]:
        """Return the value of a node, or the gradient in it, where there is a run."""
        if values is None:
            return []
        found = values[node.name]
        written = text.value(found, node.shape, self.digits)
        rounded = text.is_rounded(found, written)
        return [Link(written, latex.value(found, node.shape, self.digits), rounded)]

    def result(self) -> Iterator[Line]:
        """Write the gradient in terms of nodes, in terms of leaves, and as numbers."""
        links = [Link(f"d{self.output.name}/d{self.wrt.name}", derivative(self.output, self.wrt))]
        if not self.of_a_scalar:
            links[0] = Link(f"c' {links[0].text}", rf"c^{{\top}} {links[0].latex}")
        for terms in ("nodes", "leaves"):
            try:
                if self.of_a_scalar:
                    formula = tensor_derivatives.gradient(self.graph, self.output, self.wrt, terms)
                else:
                    formula = tensor_derivatives.vjp(self.graph, self.output, self.wrt, "c", terms)
            except (DerivationError, GraphError):
                continue
            if len(formula.text) <= 4 * READABLE:
                links.append(Link(formula.text, formula.latex))
        links += self._value(self._gradients, self.wrt)
        if len(links) > 1:
            yield chain(*links)


def _with(line: Line, note: str, latex_note: str) -> Line:
    """Return a line with a note after it."""
    right = (*line.right[:-1], f"{line.right[-1]} {latex_note}") if line.right else line.right
    return Line(f"{line.text}   {note}", f"{line.latex} {latex_note}", line.left, right)


def _plus(terms: list[Link]) -> Link:
    return Link(
        " + ".join(term.text for term in terms),
        " + ".join(term.latex for term in terms),
        any(term.rounded for term in terms),
    )


def _space(shape: Shape) -> str:
    sizes = "×".join(map(str, shape))
    return f"R^({sizes})" if len(shape) > 1 else f"R^{sizes}" if shape else "R"


def _space_latex(shape: Shape) -> str:
    sizes = r" \times ".join(map(_size_latex, shape))
    return rf"\mathbb{{R}}^{{{sizes}}}" if shape else r"\mathbb{R}"


def _size_latex(size: Any) -> str:
    return str(size) if isinstance(size, int) else latex.symbolic(size)


def _size(node: Node) -> str:
    """Return dⁱ as LaTeX: a number, or the product of letters m n."""
    if is_known(node.shape):
        return str(node.size)
    sizes = [_size_latex(size) for size in node.shape if size != 1]
    return sizes[0] if len(sizes) == 1 else rf"({' '.join(sizes)})"


def _size_text(node: Node) -> str:
    if is_known(node.shape):
        return str(node.size)
    sizes = [str(size) for size in node.shape if size != 1]
    return sizes[0] if len(sizes) == 1 else f"({'·'.join(sizes)})"
