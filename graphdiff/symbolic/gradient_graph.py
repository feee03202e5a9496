"""The reverse sweep as a graph: to the nodes of a graph, one more for each P^j.

P^n = 1, P^j = Σ P^i J^{j→i}, written as nodes in the order of the recursion. What comes out is
a graph like any other: it is swept, drawn and explained, and differentiated again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any, NamedTuple, TypeVar

import sympy as sp

from graphdiff.errors import DerivationError, ExpressionError, GraphdiffError, GraphError
from graphdiff.evaluation import numerical_errors
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.build import unused_name
from graphdiff.graph.names import MAX_NAME
from graphdiff.graph.path_enumeration import between
from graphdiff.graph.structure import slots_of
from graphdiff.language.expression import (
    Apply,
    Constant,
    Expression,
    apply,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions.arithmetic import div, mul, neg
from graphdiff.language.functions.movement import Broadcast, Reshape
from graphdiff.language.interning import Interning
from graphdiff.language.shapes import shown
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.local_functions.pullback import Placeholder, substituted
from graphdiff.local_functions.without_primes import spelled_out, with_comparisons
from graphdiff.symbolic import scalar_derivatives
from graphdiff.symbolic.cotangents import ones, zeros
from graphdiff.symbolic.own_value import in_own_value
from graphdiff.symbolic.tensor_algebra import tidied

MAX_TERMS = 200
"""Terms in one node; a longer sum is one of partial sums, each a node of its own."""

G = TypeVar("G", bound=ComputationalGraph)


def gradient_graph(
    graph: ComputationalGraph, output: Node, wrt: Sequence[Node] | None, into: G
) -> G:
    """Add to an empty graph the nodes of another, and the P^j of an output as nodes.

    Parameters
    ----------
    wrt
        The nodes whose P is asked for; None for all leaves that are not constant.
    into
        The graph to fill, whose declared output is to be the name of this one.

    Raises
    ------
    GraphError
        If the output is a leaf or no scalar.
    ExpressionError
        If a derivative is too large for one node.
    """
    _check_output(output)
    varied = [leaf for leaf in graph.leaves if not leaf.facts.constant]
    asked = varied if wrt is None else list(dict.fromkeys(wrt))
    for node in graph.nodes:
        into.adopt(node)
    for name, members in graph.groups.items():
        into.group(name, [node.name for node in members])
    recursion = _Recursion(graph, output, into)
    way = {**between(graph, asked, output), output.name: output}

    def passed_on(i: Node, P: Node) -> Iterator[tuple[Node, Expression | None]]:
        for j, slots in slots_of(i).items():
            if j.name in way:
                yield j, recursion.term(i, slots, P)

    order, one = reversed(way.values()), ones(output.shape)
    P = dict(accumulated(order, output, one, passed_on, recursion.add_sum))
    for node in asked:
        if node not in P:
            recursion.add_sum(node, [])
    return into


def name_of(graph: ComputationalGraph, output: Node, node: Node) -> str:
    """Return a free name for ∂output/∂node: dL_dw, or by indices, du8_du2, if it is too long."""
    name = f"d{output.name}_d{node.name}"
    if len(name) > MAX_NAME // 2:
        name = f"du{output.index}_du{node.index}"
    return unused_name(graph, name)


def _check_output(output: Node) -> None:
    if output.is_leaf:
        raise GraphError(
            f"{output.name!r} is a leaf, {output.kind} u^{output.index}; differentiate a computed "
            "node"
        )
    if output.shape and output.size != 1:
        raise GraphError(
            f"{output.name!r} has shape {shown(output.shape)}, so it has no gradient but a "
            "Jacobian; name a scalar output, or add one, such as "
            f"graph.node('s', graph[{output.name!r}].sum())"
        )


class _Term(NamedTuple):
    """P^i J^{j→i} over stand-ins: for the parents by slot, then P^i, then u^i itself."""

    expression: Expression
    uses: tuple[Placeholder, ...]


class _Recursion:
    """One recursion: the nodes it adds, and each distinct P^i J^{j→i} once."""

    def __init__(self, graph: ComputationalGraph, output: Node, into: ComputationalGraph) -> None:
        self.output = output
        self.into = into
        self.terms: dict[Any, _Term | None] = {}
        self.known = _Known()
        needed = graph.ancestors(output)
        for node in graph.nodes[: output.index]:
            if node.name in needed:
                self.known.add(into[node.name])

    def add_sum(self, j: Node, received: Sequence[Expression | None]) -> Node:
        """Add the node P^j, a sum; of very many terms, after nodes of partial sums."""
        terms = [term for term in reversed(received) if term is not None]
        name = name_of(self.into, self.output, j)
        while len(terms) > MAX_TERMS:
            groups = [terms[k : k + MAX_TERMS] for k in range(0, len(terms), MAX_TERMS)]
            terms = [
                self._added(unused_name(self.into, f"{name}_{k}"), reduce(_plus, group))
                for k, group in enumerate(groups, start=1)
            ]
        return self._added(name, reduce(_plus, terms) if terms else zeros(j.shape))

    def _added(self, name: str, expression: Expression) -> Node:
        try:
            return self.into.node(name, expression)
        except ExpressionError as error:
            raise ExpressionError(f"node {name!r}: {error}") from None

    def term(self, i: Node, slots: list[int], P: Node) -> Expression | None:
        """Return P^i J^{j→i} for the slots j stands in; None where J is 0."""
        function = scalar_derivatives.function_of(i)
        first = _first_slots(i)
        key = (function, first, *slots)
        if key not in self.terms:
            with numerical_errors.named(i, slots[0]):
                self.terms[key] = _term(function, first, slots)
        term = self.terms[key]
        if term is None:
            return None
        n = function.arity
        stands = {n: P, n + 1: self.into[i.name]}
        by = [
            stands[part.slot] if part.slot >= n else self.into[i.parents[part.slot].name]
            for part in term.uses
        ]
        return self.known.put_in(substituted(term.expression, term.uses, by))


def _first_slots(i: Node) -> tuple[int, ...] | None:
    """Return for each slot the first with the same parent; None if no parent repeats."""
    if len(set(i.parents)) == len(i.parents):
        return None
    place: dict[Node, int] = {}
    return tuple(place.setdefault(parent, slot) for slot, parent in enumerate(i.parents))


# One edge, or the edges from one parent


def _term(
    function: LocalFunction, first: tuple[int, ...] | None, slots: Sequence[int]
) -> _Term | None:
    formals = [Placeholder(k, shape) for k, shape in enumerate(function.shapes)]
    arguments = tuple(formals if first is None else (formals[k] for k in first))
    c = Placeholder(function.arity, function.shape)
    value = Placeholder(function.arity + 1, function.shape)
    found = None
    if function.is_scalar:
        try:
            J = _scalar_jacobian(function, first, slots, arguments, value)
            found = None if J is None else _times(c, J)
        except (DerivationError, ExpressionError):
            found = _pulled(function, slots, arguments, c, value)
    else:
        found = _pulled(function, slots, arguments, c, value)
    if found is None:
        return None
    return _Term(found, tuple(part for part in in_order(found) if isinstance(part, Placeholder)))


def _scalar_jacobian(
    function: LocalFunction,
    first: tuple[int, ...] | None,
    slots: Sequence[int],
    arguments: Sequence[Expression],
    value: Expression,
) -> Expression | None:
    """Return J^{j→i} between scalars as SymPy derives it, with u^i where it turns up; or None."""
    formals = function.formals
    equal = {} if first is None else dict(zip(formals, (formals[k] for k in first), strict=True))
    J = sp.Add(*(function.derivative(slot).xreplace(equal) for slot in slots))
    J = with_comparisons(scalar_derivatives.tidied(J))
    if J == 0:
        return None
    own = function.formula.xreplace(equal)
    u = sp.Symbol("u", real=True)
    J = in_own_value(J, own, u)
    if J.is_Add and all(term.could_extract_minus_sign() for term in J.args):
        J = sp.Mul(-1, -J, evaluate=False)  # −(u² + 1), not −u² − 1
    stands: dict[sp.Basic, Expression] = {u: value}
    for symbol in J.free_symbols - {u}:
        stands[symbol] = arguments[int(str(symbol).removeprefix("a_"))]
    return converted_from_sympy(J, stands)


def _pulled(
    function: LocalFunction,
    slots: Sequence[int],
    arguments: tuple[Expression, ...],
    c: Expression,
    value: Expression,
) -> Expression | None:
    """Return the pullback of c through the slots, tidied, with u^i where it turns up; or None."""
    parts = [function.pullback(slot).expression((*arguments, c)) for slot in slots]
    parts = [spelled_out(part) for part in parts if not _is_zero(part)]
    if not parts:
        return None
    total = reduce(_plus, parts)
    found = spelled_out(_tidied(total, c, function.expression(arguments), value))
    return None if _is_zero(found) else found


def _tidied(total: Expression, c: Expression, formula: Expression, value: Expression) -> Expression:
    """Return a pullback tidied, as far as that goes."""
    known = {c: c}  # the cotangent stands first in products
    if not (isinstance(formula, Apply) and isinstance(formula.function, Reshape | Broadcast)):
        known[formula] = value
    try:
        return tidied(total, known=known)
    except GraphdiffError:  # SymPy has a derivative we have no name for
        return tidied(total, keep_primes=True, known=known)


def _is_zero(expression: Expression) -> bool:
    while isinstance(expression, Apply) and isinstance(expression.function, Broadcast):
        expression = expression.arguments[0]
    return isinstance(expression, Constant) and expression.value == 0


def _times(P: Expression, J: Expression) -> Expression:
    """Return P·J without brackets, a minus first: P·2·e, −P·x, P·x/y."""
    outer: list[Apply] = []
    negative = False
    while isinstance(J, Apply) and J.function in (neg, mul, div):
        if J.function is neg:
            negative = not negative
        else:
            outer.append(J)
        J = J.arguments[0]
    if isinstance(J, Constant) and J.value < 0:
        negative, J = not negative, Constant.written(-J.value, J.text.removeprefix("-"))
    result = -P if negative else P
    if not (isinstance(J, Constant) and J.value == 1):
        result = result * J
    for part in reversed(outer):
        result = apply(part.function, result, part.arguments[1])
    return result


def _plus(a: Expression, b: Expression) -> Expression:
    """Return a + b, as a − c where b is −c."""
    outer: list[Apply] = []
    first = b
    while isinstance(first, Apply) and first.function in (mul, div):
        outer.append(first)
        first = first.arguments[0]
    if not (isinstance(first, Apply) and first.function is neg):
        return a + b
    result = first.arguments[0]
    for part in reversed(outer):
        result = apply(part.function, result, part.arguments[1])
    return a - result


class _Known:
    """Formulas that a graph computes already, by their structure."""

    def __init__(self) -> None:
        self._equal = Interning()
        self._nodes: dict[Expression, Node] = {}

    def add(self, node: Node) -> None:
        """Let a node stand for its formula."""
        if node.function is not None and node.parents:
            formula = node.function.expression(tuple(node.parents))
            if isinstance(formula, Apply):
                self._nodes.setdefault(self._equal.interned(formula, {}), node)

    def put_in(self, expression: Expression) -> Expression:
        """Return an expression with a node in the place of each formula that is one's."""
        equal: dict[Expression, Expression] = {}
        self._equal.interned(expression, equal)

        def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
            node = self._nodes.get(equal[part])
            return with_arguments(part, arguments) if node is None else node

        return rebuilt(expression, make)
