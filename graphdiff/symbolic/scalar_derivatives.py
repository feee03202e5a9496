"""Closed forms by SymPy: local Jacobians, gradients by the P recursion, Hessians.

The recursion P^j = Σ P^i J^{j→i} is carried out on formulas. Their size is counted before
they are built, so that a closed form no one could read is refused, not waited for.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.errors import DerivationError, GraphError, NoDerivativeError
from graphdiff.evaluation import numerical_errors
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import check_variable
from graphdiff.graph.path_enumeration import between
from graphdiff.graph.structure import Edge, slots_of
from graphdiff.language import quantity
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.local_function import LocalFunction, differentiated
from graphdiff.local_functions.real_parts import all_real
from graphdiff.symbolic.formula import delta_name
from graphdiff.symbolic.own_value import in_own_value
from graphdiff.symbolic.tensor_algebra.entry_form import cancelled
from graphdiff.symbolic.tensor_algebra.facts import with_facts
from graphdiff.symbolic.tensor_algebra.step_functions import with_steps

MAX_OPERATIONS = 200_000
"""Operations in a closed form."""

MAX_DEPTH = 120
"""Levels of nesting in a closed form, which SymPy walks recursively."""

Terms = Literal["nodes", "leaves", "children"]


def local_jacobian(j: Node, i: Node, *, own_value: bool = True) -> sp.Expr:
    """Return J^{j→i} in terms of the parents of i, summed over the slots j stands in.

    Parameters
    ----------
    own_value
        Whether the value of i stands in it too, where it so is shorter.

    Raises
    ------
    GraphError
        If there is no edge from j to i.
    """
    edges = edges_between(j, i)
    return sp.Add(*(edge_jacobian(edge, own_value=own_value) for edge in edges))


def edges_between(j: Node, i: Node) -> list[Edge]:
    """Return the edges j → i, one for each slot j stands in.

    Raises
    ------
    GraphError
        If there is none.
    """
    edges = [Edge(j, i, slot) for slot, parent in enumerate(i.parents) if parent is j]
    if not edges:
        parents = ", ".join(dict.fromkeys(repr(parent.name) for parent in i.parents))
        raise GraphError(
            f"there is no edge {j.name!r} -> {i.name!r}; "
            + (f"the parents of {i.name!r} are {parents}" if parents else f"{i.name!r} is a leaf")
        )
    return edges


def edge_jacobian(edge: Edge, *, own_value: bool = True) -> sp.Expr:
    """Return J^{j→i} of one edge in terms of the parents of i, and of i where that is shorter.

    Raises
    ------
    NoDerivativeError
        If it is not real.
    """
    check_variable(edge.parent.name, edge.parent.facts)
    derivative = _derivative(edge.child, edge.slot)
    found = _substituted(
        _in_own_value(edge.child, derivative) if own_value else derivative,
        function_of(edge.child).formals,
        [parent.symbol for parent in edge.child.parents],
    )
    return _told(edge.child.graph, found)


class Named(NamedTuple):
    """The symbols of a graph of scalars as nodes."""

    graph: ComputationalGraph

    def part(self, formula: sp.Basic) -> Node | None:
        """Return the node that a symbol stands for."""
        is_node = isinstance(formula, sp.Symbol) and formula.name in self.graph
        return self.graph[formula.name] if is_node else None


def _told(graph: ComputationalGraph, formula: sp.Expr, in_terms_of: Terms = "nodes") -> sp.Expr:
    """Return a formula with what is said of leaves used, and in leaves the numbers of constants."""
    if not graph.facts:
        return formula
    if in_terms_of == "leaves":
        numbers = constants_of(graph)
        formula = formula.xreplace({leaf.symbol: number for leaf, number in numbers.items()})
    return with_facts(Named(graph), formula)


def constants_of(graph: ComputationalGraph) -> dict[Node, sp.Expr]:
    """Return the numbers of constants, which stand in formulas of leaves."""
    said = [graph[name] for name, facts in graph.facts.items() if facts.constant]
    return {
        leaf: quantity.exact(leaf.value)
        for leaf in said
        if leaf.value is not None and not np.ndim(leaf.value)
    }


def _derivative(i: Node, slot: int) -> sp.Expr:
    """Return the derivative of a node's local function, over its formals."""
    with numerical_errors.named(i, slot):
        return function_of(i).derivative(slot)


def check_real(graph: ComputationalGraph, output: Node, wrt: Sequence[Node]) -> None:
    """Refuse derivatives that are real nowhere, for a number in a formula.

    Raises
    ------
    NoDerivativeError
        Naming the first edge between ``wrt`` and the output whose local Jacobian is not real.
    """
    if not any(function.has_domain for function in graph.functions(output)):
        return
    way, sought = between(graph, wrt, output), set(wrt)
    for i in way.values():
        for slot, j in enumerate(i.parents if i not in sought else ()):
            if j.name in way:
                with numerical_errors.named(i, slot):
                    function_of(i).check_real(slot)


def gradient(
    graph: ComputationalGraph, output: Node, wrt: Node, in_terms_of: Terms = "leaves"
) -> sp.Expr:
    """Return ∂output/∂wrt as a formula, by the recursion P^j = Σ P^i J^{j→i}.

    Parameters
    ----------
    in_terms_of
        ``"leaves"`` puts every computed node's formula in its place; ``"nodes"`` keeps the
        nodes' own symbols, as in a derivation by hand; ``"children"`` is one step of the
        recursion, in the δ of the children.

    Raises
    ------
    DerivationError
        If the closed form would be too large, or is not real.
    """
    check_variable(wrt.name, wrt.facts)
    way = between(graph, [wrt], output)
    if wrt.name not in way:
        return sp.S.Zero
    if in_terms_of == "children":
        return _one_step(graph, output, wrt, way)
    if in_terms_of == "leaves":
        closed = closed_forms(graph, output)
    elif in_terms_of == "nodes":
        closed = {node.name: Closed(node.symbol, 1, 1) for node in graph.nodes}
    else:
        raise GraphError(
            f"in_terms_of is {in_terms_of!r}; it must be 'nodes', 'leaves' or 'children'"
        )

    def own(i: Node, derivative: sp.Expr) -> sp.Expr:
        return _in_own_value(i, derivative) if in_terms_of == "nodes" else derivative

    def passed_on(i: Node, P: _Product) -> Iterator[tuple[Node, _Product]]:
        for j, slots in slots_of(i).items():
            if j.name in way:
                function = function_of(i)
                Js = (_closed(function, i, closed, own(i, _derivative(i, slot))) for slot in slots)
                yield j, reduce(_Product.plus, Js, P.times(next(Js)))

    one = _Product(sp.S.One, None, 1, 1)
    P = dict(accumulated(reversed(way.values()), output, one, passed_on, _sum))
    return all_real(with_steps(_canonical(_told(graph, P[wrt].formula(), in_terms_of))))


def _one_step(graph: ComputationalGraph, output: Node, wrt: Node, way: Container[str]) -> sp.Expr:
    """Return Σ P^i J^{j→i} over the children i, their P as δ."""
    if wrt is output:
        return sp.S.One
    into = [edge for edge in graph.children(wrt) if edge.child.name in way]
    deltas = (sp.S.One if i is output else sp.Symbol(delta_name(i), real=True) for _, i, _ in into)
    return _canonical(sp.Add(*(d * edge_jacobian(e) for d, e in zip(deltas, into, strict=True))))


@dataclass(frozen=True)
class Closed:
    """A formula with the number of operations and of levels it has when written out."""

    formula: sp.Expr
    operations: int
    depth: int


@dataclass(frozen=True)
class _Product:
    """P as a product: its last factor and the product before it, multiplied out at the end."""

    factor: sp.Expr
    before: _Product | None
    operations: int
    depth: int

    def times(self, J: Closed) -> _Product:
        depth = max(self.depth, J.depth + 1)
        return _Product(J.formula, self, _bounded(self.operations + J.operations + 1, depth), depth)

    def plus(self, J: Closed) -> _Product:
        """Add J to the last factor: two edges to the same child."""
        operations, depth = self.operations + J.operations + 1, max(self.depth, J.depth + 2)
        return _Product(self.factor + J.formula, self.before, _bounded(operations, depth), depth)

    def formula(self) -> sp.Expr:
        factors, product = [], self
        while product is not None:
            factors.append(product.factor)
            product = product.before
        return sp.Mul(*reversed(factors))


def _sum(_: Node, terms: Sequence[_Product]) -> _Product:
    """Return the sum of terms, that of the earliest child first."""
    if len(terms) == 1:
        return terms[0]
    operations = sum(term.operations for term in terms)
    depth = 2 + max(term.depth for term in terms)
    _bounded(operations, depth)
    formulas = (term.formula() for term in reversed(terms))
    return _Product(sp.Add(*formulas), None, operations, depth)


def closed_forms(
    graph: ComputationalGraph, output: Node, kept: Sequence[Node] = ()
) -> dict[str, Closed]:
    """Return every node the output depends on as a formula of the leaves.

    Parameters
    ----------
    kept
        Computed nodes to keep as symbols.
    """
    needed = graph.ancestors(output)
    closed: dict[str, Closed] = {}
    for node in graph.nodes[: output.index]:
        if node.name in needed:
            if node.function is None or node in kept:
                closed[node.name] = Closed(node.symbol, 1, 1)
            else:
                closed[node.name] = _closed(node.function, node, closed)
    return closed


def _closed(
    function: LocalFunction,
    node: Node,
    closed: dict[str, Closed],
    derivative: sp.Expr | None = None,
) -> Closed:
    """Return the node's local function, or a derivative of it, at its parents' closed forms."""
    formula = function.formula if derivative is None else derivative
    arguments = [closed[parent.name] for parent in node.parents]
    own_operations, own_depth, uses = _measure(formula)
    operations, depth = own_operations, own_depth
    for formal, argument in zip(function.formals, arguments, strict=True):
        if formal in uses:
            operations += uses[formal] * (argument.operations - 1)
            depth = max(depth, own_depth + argument.depth)
    _bounded(operations, depth)
    values = [argument.formula for argument in arguments]
    if derivative is None:
        try:
            value = with_declared_kinks(function.applied(tuple(values)))
            is_unreal = all(number.is_number for number in values) and value.is_real is False
        except OverflowError:
            raise DerivationError(
                f"{numerical_errors.node(node)} has numbers beyond what SymPy computes"
            ) from None
        if is_unreal:
            raise NoDerivativeError(
                f"{numerical_errors.node(node)} is {value}; {numerical_errors.MUST}"
            )
        return Closed(value, operations, depth)
    return Closed(_substituted(derivative, function.formals, values), operations, depth)


def _substituted(
    formula: sp.Expr, formals: Sequence[sp.Symbol], values: Sequence[sp.Expr]
) -> sp.Expr:
    return with_declared_kinks(formula.xreplace(dict(zip(formals, values, strict=True))))


def _measure(formula: sp.Expr) -> tuple[int, int, dict[sp.Basic, int]]:
    """Return operations, depth and uses of each symbol of a formula when written out."""
    operations, deepest, uses = 0, 0, {}
    stack: list[tuple[sp.Basic, int]] = [(formula, 1)]
    while stack:
        part, depth = stack.pop()
        operations += 1
        deepest = max(deepest, depth)
        if isinstance(part, sp.Symbol):
            uses[part] = uses.get(part, 0) + 1
        stack.extend((argument, depth + 1) for argument in part.args)
    return operations, deepest, uses


def operations(formula: sp.Expr) -> int:
    """Return how many operations a formula has when written out."""
    return _measure(formula)[0]


def _bounded(operations: int, depth: int) -> int:
    if operations > MAX_OPERATIONS or depth > MAX_DEPTH:
        much = (
            f"more than {MAX_OPERATIONS} operations"
            if operations > MAX_OPERATIONS
            else f"more than {MAX_DEPTH} levels of nesting"
        )
        raise DerivationError(
            f"the closed form would have {much}; ask for it in_terms_of='nodes' or 'children', "
            "or for numbers with backward"
        )
    return operations


def hessian(graph: ComputationalGraph, output: Node, wrt: Sequence[Node]) -> sp.Matrix:
    """Return ∂²output/∂a∂b for every pair of the nodes, as a formula of the leaves.

    Raises
    ------
    GraphError
        If one of the nodes depends on another.
    DerivationError
        If a closed form would be too large, or is not real.
    """
    for node in wrt:
        check_variable(node.name, node.facts)
    check_real(graph, output, wrt)
    for a in wrt:
        for b in wrt:
            if a is not b and b.name in graph.descendants(a):
                raise GraphError(
                    f"{b.name!r} depends on {a.name!r}, so they cannot vary independently; "
                    "take the Hessian in one of them"
                )
    L = closed_forms(graph, output, kept=wrt)[output.name].formula
    first = [_differentiated(L, a.symbol) for a in wrt]
    rows = [[_differentiated(d, b.symbol) for b in wrt] for d in first]
    own = {
        node.symbol: closed.formula
        for node in wrt
        if not node.is_leaf
        for closed in [closed_forms(graph, node)[node.name]]
    }
    return sp.Matrix(rows).applyfunc(
        lambda entry: all_real(_canonical(_told(graph, entry, "leaves")).xreplace(own))
    )


def _differentiated(formula: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    return with_declared_kinks(differentiated(formula, symbol))


def _in_own_value(i: Node, derivative: sp.Expr) -> sp.Expr:
    """Return a derivative with the value of a node where that is shorter: 1 − a² for tanh."""
    return in_own_value(derivative, function_of(i).formula, i.symbol)


def tidied(formula: sp.Expr) -> sp.Expr:
    """Take common factors out where that is shorter, for display: 2(a + b), not 2a + 2b."""
    operations, _, _ = _measure(formula)
    if operations > 300:
        return formula
    candidates = [sp.factor_terms(formula), *cancelled(formula)]
    shorter = min(candidates, key=lambda e: _measure(e)[0])
    return shorter if _measure(shorter)[0] < operations else formula


def _canonical(formula: sp.Expr) -> sp.Expr:
    """Take common factors out where SymPy itself would leave them so, for ``==`` to work."""
    shorter = tidied(formula)
    parts = (part for part in sp.preorder_traversal(shorter) if part.args)
    return shorter if all(part.func(*part.args) == part for part in parts) else formula


def function_of(node: Node) -> LocalFunction:
    """Return the local function of a computed node."""
    if node.function is None:
        raise GraphError(f"{node.kind} {node.name!r} is a leaf and has no local function")
    return node.function
