"""Gradients, Jacobians, Hessians and their products as formulas of tensors.

The recursion P^j = Σ P^i J^{j→i} carried out on expressions: what reaches a node, its
*cotangent* ∂L/∂u^i in the shape of the node, is pulled back through the local function of
each child. No Jacobian of a map or a product is ever written out.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial, reduce
from typing import Any, Literal

import numpy as np

from graphdiff.errors import DerivationError, GraphError
from graphdiff.evaluation import numerical_errors
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.evaluation.dense_jacobians import dense
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import check_variable
from graphdiff.graph.letter_sizes import letters_of, sizes_in
from graphdiff.graph.path_enumeration import between
from graphdiff.graph.stable_graph import stable_graph
from graphdiff.graph.structure import Edge
from graphdiff.language.expression import Apply, Expression, as_expression, in_order, rebuilt
from graphdiff.language.shapes import Shape, shown, with_sizes
from graphdiff.local_functions.letter_sizes import bound
from graphdiff.local_functions.local_function import LocalFunction, local_function
from graphdiff.notation import latex
from graphdiff.symbolic.alike_terms import FEWEST, alike
from graphdiff.symbolic.cotangents import (
    cotangents_of,
    gradients_of,
    ones,
    pushed_forward,
    values_of,
    zeros,
)
from graphdiff.symbolic.formula import Formula, bound_to, delta_name, recipe
from graphdiff.symbolic.result import Letter, Recipe, Result
from graphdiff.symbolic.row_blocks import RowBlocks, row_blocks
from graphdiff.symbolic.scalar_derivatives import constants_of
from graphdiff.symbolic.tensor_algebra import kronecker_of, matrix_of, tidied
from graphdiff.symbolic.tensor_algebra.facts import known_of

MAX_OPERATIONS = 20_000
"""Operations in a closed form, written out."""

Layout = Literal["numerator", "denominator"]


def is_scalar(graph: ComputationalGraph, output: Node) -> bool:
    """Whether everything an output depends on is a scalar, so that SymPy has it all."""
    return not output.shape and all(function.is_scalar for function in graph.functions(output))


def gradient(
    graph: ComputationalGraph, output: Node, wrt: Node, in_terms_of: str = "leaves"
) -> Formula:
    """Return ∂output/∂wrt of a scalar output, in the shape of ``wrt``.

    Raises
    ------
    GraphError
        If the output is no scalar.
    DerivationError
        If the closed form would be too large.
    """
    _check_scalar(output, "gradient")
    if in_terms_of == "children":
        return _one_step(graph, output, wrt)
    if in_terms_of not in ("nodes", "leaves"):
        raise GraphError(
            f"in_terms_of is {in_terms_of!r}; it must be 'nodes', 'leaves' or 'children'"
        )
    found = _cotangent(graph, output, wrt, ones(output.shape), in_terms_of)
    return Formula(
        tidied(found, known=_known(graph, output, in_terms_of, found)),
        graph.leaves,
        _in_floats(_cotangent, graph, output, wrt, ones(output.shape), in_terms_of),
    )


def _one_step(graph: ComputationalGraph, output: Node, wrt: Node) -> Formula:
    """Return P^j by one step of the recursion, in terms of the δ of the children."""
    check_variable(wrt.name, wrt.facts)
    way = between(graph, [wrt], output)
    if wrt.name not in way or wrt is output:
        return Formula((ones if wrt is output else zeros)(wrt.shape), graph.leaves)
    edges = [edge for edge in graph.children(wrt) if edge.child.name in way]
    groups = list(alike(edges, known_of))
    many = [
        group
        for group in groups
        if len(group) >= FEWEST and all(i is not output for _, i, _ in group)
    ]
    few = [edge for group in groups if group not in many for edge in group]
    parts = {
        edge: part
        for group in many
        for edge, part in zip(group, _alike_steps(graph, output, group), strict=True)
    }
    if few:
        deltas = [ones(i.shape) if i is output else delta(i) for _, i, _ in few]
        total = reduce(operator.add, map(_pulled, few, deltas))
        parts[few[0]] = tidied(total, known=_known(graph, output, "nodes", total))
    return Formula(reduce(operator.add, (parts[k] for k in edges if k in parts)), graph.leaves)


def _alike_steps(
    graph: ComputationalGraph, output: Node, edges: Sequence[Edge]
) -> Iterator[Expression]:
    """Return what alike edges give to P^j, tidied once, and filled in for each of them."""
    first = edges[0].child
    part = _pulled(edges[0], delta(first))
    formula = tidied(part, known=_known(graph, output, "nodes", part))
    letters = [each for each in in_order(formula) if isinstance(each, Letter)]
    for _, child, _ in edges:
        nodes = dict(zip((*first.parents, first), (*child.parents, child), strict=True))
        yield rebuilt(formula, replaced={**nodes, **dict.fromkeys(letters, delta(child))})


def vjp(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    cotangent: str = "c",
    in_terms_of: str = "leaves",
) -> Formula:
    """Return c̄ᵀ ∂output/∂wrt, in the shape of ``wrt``, for a cotangent of the output's shape."""
    letter = _letter(graph, cotangent, output.shape)
    return _product(_cotangent, graph, output, wrt, letter, in_terms_of)


def jvp(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    tangent: str = "v",
    in_terms_of: str = "leaves",
) -> Formula:
    """Return ∂output/∂wrt · v, in the shape of the output, for a tangent of ``wrt``'s shape."""
    letter = _letter(graph, tangent, wrt.shape)
    return _product(_pushed, graph, output, wrt, letter, in_terms_of)


def _product(
    way: Callable[..., Expression],
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    letter: Letter,
    in_terms_of: str,
) -> Formula:
    """Return the product of a Jacobian with a letter, taken back or forward through the graph."""
    found = way(graph, output, wrt, letter, in_terms_of)
    return Formula(
        tidied(found, known=_known(graph, output, in_terms_of, found, own=True)),
        graph.leaves,
        _in_floats(way, graph, output, wrt, letter, in_terms_of),
    )


def jacobian(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    in_terms_of: str = "leaves",
    layout: Layout = "numerator",
) -> Formula:
    """Return ∂output/∂wrt as a matrix, where there is matrix notation for it.

    Raises
    ------
    DerivationError
        If there is none, such as for a matrix in a matrix.
    """
    letter = Letter("v", wrt.shape)
    pushed = _pushed(graph, output, wrt, letter, in_terms_of)
    matrix = matrix_of(pushed, letter, known=_known(graph, output, in_terms_of, pushed, own=True))
    if matrix is None:
        raise DerivationError(
            f"there is no matrix notation for d{output.name}/d{wrt.name}, shapes "
            f"{shown(output.shape)} and {shown(wrt.shape)}; its products have formulas, "
            "vjp and jvp, and backward has its numbers"
        )

    return Formula(
        tidied(_laid_out(matrix, layout)),
        graph.leaves,
        _in_floats(_matrix, graph, output, wrt, letter, in_terms_of, layout),
    )


def _matrix(
    graph: ComputationalGraph, output: Node, wrt: Node, v: Letter, in_terms_of: str, layout: Layout
) -> Expression | None:
    """Return ∂output/∂wrt as a matrix that is not tidied."""
    found = matrix_of(_pushed(graph, output, wrt, v, in_terms_of), v)
    return None if found is None else _laid_out(found, layout)


def _in_floats(
    derive: Callable[..., Expression | None],
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    *options: Any,
) -> Callable[[], Expression | None]:
    """Return what derives the same of the graph as floats compute it, and tidies nothing.

    Tidied, 1 − tanh² may stand there as 2/2 − tanh², of which no digit is left at 20.
    """
    return partial(_derived_in_floats, derive, graph, output, wrt, *options)


def _derived_in_floats(
    derive: Callable[..., Expression | None],
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    *options: Any,
) -> Expression | None:
    stable = stable_graph(graph, output)
    try:
        return derive(stable, stable[output.name], stable[wrt.name], *options)
    except DerivationError:
        return None


@dataclass(frozen=True, eq=False, repr=False)
class Hessian(Result):
    """The second derivatives of a scalar output; ``.at`` counts entries row by row.

    Attributes
    ----------
    product
        H v as a formula, in the shape of the first variable.
    tangent
        The letter v in it, of the shape of the second variable; dW for a matrix W.
    matrix
        H as a matrix, or None where there is no matrix notation for it.
    """

    product: Formula
    tangent: Letter
    matrix: Formula | None
    _graph: ComputationalGraph
    _gradient: Formula
    _leaves: tuple[Node, ...]
    _wrt: Node

    @property
    def parts(self) -> tuple[Any, ...]:
        """The leaves that the output depends on."""
        return self._leaves

    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> np.ndarray:
        """Return the matrix of numbers, entries of the variables counted row by row.

        Raises
        ------
        NumericalError
            If there is no second derivative: at a kink, at a pole of it.
        """
        needed = {leaf.name for leaf in self._leaves}
        own = {leaf.name: values[leaf.name] for leaf in self._graph.leaves if leaf.name in values}
        given = checked_values(self._graph, own, needed)
        other = self._gradient.in_floats() if arithmetic is FLOAT64 else None
        if other is not None:
            found = self._dense(other, given, arithmetic)
            if arithmetic.is_finite(found):
                return found
        found = self._dense(self._gradient.expression, given, arithmetic)
        about = f"the second derivative in {self._wrt.name}"
        numerical_errors.check_matrix(found, about, arithmetic)
        return found

    def recipe(self) -> Recipe:
        """Return the Jacobian of the gradient."""
        return recipe(self._gradient.expression, (*self._leaves, self._wrt), self._wrt)

    def _dense(
        self, gradient: Expression, given: Mapping[str, Any], arithmetic: Arithmetic
    ) -> np.ndarray:
        leaves = [part for part in in_order(gradient) if isinstance(part, Node)]
        names = [leaf.name for leaf in leaves]
        sizes = sizes_in(self._graph, given) if letters_of(self._graph) else {}
        if self._wrt.name not in names:
            shapes = (self.product.shape, self._wrt.shape)
            return np.full([math.prod(with_sizes(s, sizes)) for s in shapes], arithmetic.number(0))
        function = local_function(gradient, leaves)
        if sizes:
            function = bound(function, sizes)
        with arithmetic.guard():
            arguments = [arithmetic.number(given[name]) for name in names]
            return dense(function, names.index(self._wrt.name), arguments, arithmetic)

    @property
    def text(self) -> str:
        """H as plain text: the matrix, else the product, ``0`` where there is no curvature."""
        if self.is_zero:
            return "0"
        if self.matrix is not None:
            return self.matrix.text
        return f"{self.tangent.name} -> {self.product}"

    @property
    def latex(self) -> str:
        """H as LaTeX, without dollar signs."""
        if self.is_zero:
            return "0"
        if self.matrix is not None:
            return self.matrix.latex
        if self.blocks is not None:
            return self.blocks.latex
        return rf"{self.tangent.latex} \mapsto {self.product.latex}"

    @cached_property
    def blocks(self) -> RowBlocks | None:
        """H as a sum over the rows of a batch, where it is one: Σ_i S_i ⊗ x_i x_iᵀ, in LaTeX."""
        return row_blocks(self.product.expression, self.tangent)

    @property
    def is_zero(self) -> bool:
        """Whether all second derivatives are 0, as formulas."""
        return not self.product.names


def hessian(graph: ComputationalGraph, output: Node, first: Node, second: Node) -> Hessian:
    """Return ∂²output/∂first∂second, the derivative in ``second`` of the gradient in ``first``.

    Raises
    ------
    GraphError
        If the output is no scalar, or one of the variables is computed.
    """
    _check_scalar(output, "Hessian")
    for node in (first, second):
        if not node.is_leaf:
            raise GraphError(
                f"{node.name!r} is computed; take the Hessian in leaves, inputs or parameters"
            )
        check_variable(node.name, node.facts)
    plain = graph.recomputed({}, keeps_facts=False) if graph.facts else graph
    found = gradient(plain, plain[output.name], plain[first.name])
    letter = _tangent(graph, second)
    back: dict[Expression, Expression] = {plain[leaf.name]: leaf for leaf in graph.leaves}
    pushed = pushed_forward(found.expression, [plain[second.name]], [letter])
    pushed = rebuilt(pushed, replaced=back) if graph.facts else pushed
    product = tidied(pushed)
    matrix = matrix_of(pushed, letter)
    return Hessian(
        Formula(product),
        letter,
        _formula_or_none(kronecker_of(product, letter) if matrix is None else matrix),
        graph,
        found,
        tuple(leaf for leaf in graph.leaves if leaf.name in graph.ancestors(output)),
        second,
    )


def _formula_or_none(expression: Expression | None) -> Formula | None:
    return None if expression is None else Formula(expression)


@dataclass(frozen=True, eq=False, repr=False)
class LocalJacobian(Result):
    """The local Jacobian J^{j→i} between tensors, summed over the slots of a repeated parent.

    Attributes
    ----------
    parent, child
        The nodes j and i.
    matrix
        J as a matrix, or None where there is no matrix notation for it.
    contribution
        What the edge gives to ∂L/∂uʲ, the matrix at work: in terms of δ = ∂L/∂uⁱ.
    layout
        ``"numerator"``, dⁱ × dʲ, or ``"denominator"``, dʲ × dⁱ.
    """

    parent: Node
    child: Node
    matrix: Formula | None
    contribution: Formula
    layout: str = "numerator"

    @property
    def dimensions(self) -> tuple[Any, Any]:
        """The numbers of rows and columns."""
        sizes = (self.child.size, self.parent.size)
        return sizes if self.layout == "numerator" else sizes[::-1]

    @property
    def text(self) -> str:
        """J as plain text: the matrix, else what it makes of δ."""
        if self.matrix is not None:
            return self.matrix.text
        return f"{delta(self.child).name} -> {self.contribution}"

    @property
    def latex(self) -> str:
        """J as LaTeX, without dollar signs."""
        if self.matrix is not None:
            return self.matrix.latex
        return rf"{delta(self.child).latex} \mapsto {self.contribution.latex}"

    @property
    def parts(self) -> tuple[Any, ...]:
        """The parents of the child."""
        return self.child.parents

    def numbers(self, values: Mapping[str, Any], arithmetic: Arithmetic) -> np.ndarray:
        """Return the matrix of numbers, entries of the nodes counted row by row.

        Raises
        ------
        NumericalError
            If an entry is not finite.
        """
        function = bound_to(self._function, self.parts, values)
        with arithmetic.guard():
            given = [arithmetic.number(values[parent.name]) for parent in self.parts]
            terms = [dense(function, slot, given, arithmetic) for slot in self._slots]
            J: np.ndarray = reduce(operator.add, terms)
        about = f"the local Jacobian J[{self.parent.name}->{self.child.name}]"
        numerical_errors.check_matrix(J, about, arithmetic)
        return J if self.layout == "numerator" else J.T

    def recipe(self) -> Recipe:
        """Return the Jacobian of the local function."""
        written = self._function.expression(self.parts)
        turned = self.layout == "denominator"
        return recipe(written, self.parts, self.parent, is_transposed=turned)

    @property
    def _function(self) -> LocalFunction:
        assert self.child.function is not None  # noqa: S101 - a child is computed
        return self.child.function

    @property
    def _slots(self) -> list[int]:
        return [slot for slot, parent in enumerate(self.parts) if parent is self.parent]


def local_jacobian(
    edges: Sequence[Edge],
    layout: Layout = "numerator",
    *,
    own_value: bool = True,
    keep_primes: bool = False,
) -> LocalJacobian:
    """Return J^{j→i} of the edges between two nodes, over the parents of i, and i itself.

    Parameters
    ----------
    own_value
        Whether the value of i stands in it, where it so is shorter.
    """
    j, i = edges[0].parent, edges[0].child
    check_variable(j.name, j.facts)
    c, letter = Letter("c", i.shape), Letter("v", j.shape)
    back = reduce(operator.add, (_pulled(edge, c) for edge in edges))
    known = _formulas([i]) if own_value else {}
    matrix = matrix_of(gradients_of(back, [c], letter)[0], letter, known=known)
    at_work = reduce(operator.add, (_pulled(edge, delta(i)) for edge in edges))
    return LocalJacobian(
        j,
        i,
        _formula_or_none(None if matrix is None else tidied(_laid_out(matrix, layout))),
        Formula(tidied(at_work, keep_primes=keep_primes, known=known)),
        layout,
    )


def _pulled(edge: Edge, cotangent: Expression) -> Expression:
    """Return what an edge gives to the cotangent of its parent, of that of its child."""
    assert edge.child.function is not None  # noqa: S101 - a child is computed
    with numerical_errors.named(edge.child, edge.slot):
        pullback = edge.child.function.pullback(edge.slot)
    return pullback.expression((*edge.child.parents, cotangent))


def contributions(edges: Sequence[Edge], cotangents: Sequence[Expression]) -> Formula:
    """Return the sum of what edges give to the cotangent of their parent, primes kept."""
    pairs = zip(edges, cotangents, strict=True)
    total = reduce(operator.add, (_pulled(edge, c) for edge, c in pairs))
    return Formula(tidied(total, keep_primes=True))


def contribution(edge: Edge, cotangent: Expression, *, own_value: bool = True) -> Formula:
    """Return what an edge gives to the cotangent of its parent, P^i J^{j→i} in its shape.

    Parameters
    ----------
    cotangent
        What stands for the cotangent of the child, in its shape.
    own_value
        Whether the value of the child stands in it, where it so is shorter.
    """
    known = _formulas([edge.child]) if own_value else {}
    return Formula(tidied(_pulled(edge, cotangent), known=known))


def delta(node: Node) -> Letter:
    """Return the letter δ of a node: the derivative of the output in it, in its shape."""
    name = delta_name(node)
    return Letter(name, node.shape, rf"\delta_{{{latex.name(node.name)}}}")


def _laid_out(matrix: Expression, layout: str) -> Expression:
    """Return a Jacobian, or its transpose in denominator layout."""
    if layout not in ("numerator", "denominator"):
        raise GraphError(f"the layout is {layout!r}; it must be 'numerator' or 'denominator'")
    return matrix.T if layout == "denominator" else matrix


def _cotangent(
    graph: ComputationalGraph, output: Node, wrt: Node, c: Expression, in_terms_of: str
) -> Expression:
    """Return what reaches ``wrt`` where c stands at the output."""
    check_variable(wrt.name, wrt.facts)
    if output.name not in graph.descendants(wrt):
        return zeros(wrt.shape)
    at = _arguments(graph, output, in_terms_of)
    found = cotangents_of(graph, output, [wrt], at, c)[wrt.name]
    _check_written(found, "'children'" if in_terms_of == "nodes" else "'nodes' or 'children'")
    return found


def _check_written(expression: Expression, shorter: str = "'nodes' or 'children'") -> None:
    """Raise an error if an expression is too large when written out; some are shorter."""
    sizes: dict[Expression, int] = {}
    for part in in_order(expression):
        inner = part.arguments if isinstance(part, Apply) else ()
        sizes[part] = 1 + sum(sizes[argument] for argument in inner)
        if sizes[part] > MAX_OPERATIONS:
            raise DerivationError(
                f"the closed form would have more than {MAX_OPERATIONS} operations; ask for it "
                f"in_terms_of={shorter}, or for numbers with backward"
            )


def _arguments(graph: ComputationalGraph, output: Node, in_terms_of: str) -> dict[str, Expression]:
    """Return what stands for each node: itself, or its formula in leaves."""
    if in_terms_of == "nodes":
        return {node.name: node for node in graph.nodes}
    if in_terms_of != "leaves":
        raise GraphError(f"in_terms_of is {in_terms_of!r}; it must be 'nodes' or 'leaves'")
    values = values_of(graph, output)
    numbers: dict[Expression, Expression] = {
        leaf: as_expression(number) for leaf, number in constants_of(graph).items()
    }
    if numbers:
        values = {name: rebuilt(value, replaced=numbers) for name, value in values.items()}
    _check_written(values[output.name])  # of which every other is a part
    return values


def _known(
    graph: ComputationalGraph,
    output: Node,
    in_terms_of: str,
    found: Expression,
    *,
    own: bool = False,
) -> dict[Expression, Expression]:
    """Return nodes by their formulas, where one is to be written in nodes.

    Those whose parents all stand in it, for no other can; first those that the output does not
    depend on, so that of equal ones the others are taken. With ``own`` the output is one: a
    Jacobian has its value, as 1 − a², which in a gradient would be a coincidence.
    """
    if in_terms_of != "nodes":
        return {}
    there = {part for part in in_order(found) if isinstance(part, Node)}
    later, needed = graph.descendants(output), graph.ancestors(output)
    nodes = [
        node
        for node in graph.nodes
        if there.issuperset(node.parents) and (node.name not in later or (own and node is output))
    ]
    return _formulas(sorted(nodes, key=lambda node: node.name in needed))


def _formulas(nodes: Iterable[Node]) -> dict[Expression, Expression]:
    """Return the nodes that are computed by their formulas."""
    return {
        node.function.expression(tuple(node.parents)): node
        for node in nodes
        if node.function is not None
    }


def _pushed(
    graph: ComputationalGraph, output: Node, wrt: Node, v: Expression, in_terms_of: str
) -> Expression:
    """Return ∂output/∂wrt · v: the pullback is linear in c, and its own pullback in c is this."""
    c = Letter("c", output.shape)
    return gradients_of(_cotangent(graph, output, wrt, c, in_terms_of), [c], v)[0]


def _check_scalar(output: Node, what: str) -> None:
    if output.shape and output.size != 1:
        raise GraphError(
            f"{output.name!r} has shape {shown(output.shape)}, so it has no {what} but a Jacobian; "
            "name a scalar output, or use jacobian, vjp or jvp"
        )


def _tangent(graph: ComputationalGraph, node: Node) -> Letter:
    """Return the letter v for a change of a node, or dW where that says more."""
    if len(node.shape) < 2 and "v" not in graph:
        return Letter("v", node.shape)
    name = f"d{node.name}"
    while name in graph:
        name = f"d{name}"
    return Letter(name, node.shape, rf"\mathrm{{d}}{latex.name(node.name)}")


def _letter(graph: ComputationalGraph, name: str, shape: Shape) -> Letter:
    if name in graph:
        raise GraphError(f"{name!r} is a node of the graph; name the vector by another letter")
    if not isinstance(name, str) or not name.isidentifier():
        raise GraphError(f"{name!r} cannot be the name of a vector; use letters, digits and _")
    return Letter(name, shape)
