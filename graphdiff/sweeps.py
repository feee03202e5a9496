"""Back-propagation as the lecture states it: the forward sweep, then the P recursion.

Forward, for i in topological order::

    u^i = f^i(α^i)

Reverse, from P^n = I, for j = n−1 … 1::

    P^j = Σ_{i : (j,i) ∈ E} P^i J^{j→i}(α^i)        (dⁿ×dʲ = Σ dⁿ×dⁱ · dⁱ×dʲ)

Everything is computed with dense matrices and every term of each sum is kept. The numbers
are float64, exact or multiprecision; batches are leading axes of the matrices.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from graphdiff.arithmetic import EXACT, FLOAT64, Arithmetic, Array, value_of
from graphdiff.errors import GraphdiffError, GraphError, NumericalError, quoted_list
from graphdiff.graph import ComputationalGraph, Edge, Node, checked_number, checked_samples
from graphdiff.notation import text


def _nothing() -> Mapping[Any, Any]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Term:
    """One term P^i J^{j→i} of the sum for P^j.

    Attributes
    ----------
    child, slot
        The edge: the parent j is argument number ``slot`` of this child i.
    P, J, product
        The three numbers (or matrices).
    """

    child: str
    slot: int
    P: Any
    J: Any
    product: Any


@dataclass(frozen=True)
class Run:
    """What a sweep found; nothing in it changes afterwards.

    A 1 × 1 matrix is given as the number itself, and one for each sample of a batch as an
    array of shape (m,).

    Attributes
    ----------
    graph
        The graph that was swept.
    value
        The value of every node, by name.
    output
        The node differentiated, or None after a forward sweep only.
    J
        The local Jacobians (dⁱ × dʲ) by (parent, child), summed over the slots of a
        parent that repeats.
    P
        ∂uⁿ/∂uʲ (dⁿ × dʲ) by name.
    gradient
        P in the shape of the node.
    terms
        Every term of the sum for each P.
    disconnected
        Nodes the output does not depend on: their P is 0 for that reason alone.
    exact
        Whether the numbers are exact.
    """

    graph: ComputationalGraph
    value: Mapping[str, Any]
    output: str | None = None
    J: Mapping[tuple[str, str], Any] = field(default_factory=_nothing)
    P: Mapping[str, Any] = field(default_factory=_nothing)
    gradient: Mapping[str, Any] = field(default_factory=_nothing)
    terms: Mapping[str, tuple[Term, ...]] = field(default_factory=_nothing)
    disconnected: tuple[str, ...] = ()
    exact: bool = False

    def term(self, edge: Edge) -> Term | None:
        """Return what an edge contributes to P of its parent; None off the way to the output."""
        return self._term_of_edge.get(edge)

    @functools.cached_property
    def _term_of_edge(self) -> dict[Edge, Term]:
        return {
            Edge(self.graph[j], self.graph[term.child], term.slot): term
            for j, terms in self.terms.items()
            for term in terms
        }

    def __repr__(self) -> str:
        if self.output is None:
            return f"<Run of {self.graph!r}: values of {len(self.value)} nodes>"
        found = text.number(self.value[self.output])
        return f"<Run of {self.graph!r}: {self.output} = {found}, and P of {len(self.P)} nodes>"


def forward(
    graph: ComputationalGraph, values: Mapping[str, Any], arithmetic: Arithmetic = FLOAT64
) -> dict[str, Array]:
    """Return the value of every node: u^i = f^i(α^i) in topological order.

    Raises
    ------
    NumericalError
        Naming the first node whose value is not a finite real number.
    """
    u: dict[str, Array] = {}
    with arithmetic.guard():
        for i in graph.nodes:
            try:
                if i.function is None:
                    u[i.name] = arithmetic.number(values[i.name])
                else:
                    u[i.name] = value_of(arithmetic, i.function, [u[j.name] for j in i.parents])
            except GraphdiffError as error:
                raise type(error)(f"{_named(i)}: {error}") from None
            if not arithmetic.is_finite(u[i.name]):
                raise _not_finite(_named(i), i, u, u[i.name])
    return u


def reverse(
    graph: ComputationalGraph,
    n: Node,
    u: Mapping[str, Array],
    arithmetic: Arithmetic = FLOAT64,
    wanted: Container[str] | None = None,
) -> tuple[dict[str, Array], dict[str, list[Term]]]:
    """Return P^j for the nodes the output n depends on, and the terms of each sum.

    Parameters
    ----------
    wanted
        The nodes whose P is asked for, and all between them and n; all nodes if None.

    Raises
    ------
    NumericalError
        Naming the first edge whose local Jacobian is not finite.
    """
    P = {n.name: identity(n, u[n.name], arithmetic)}
    terms: dict[str, list[Term]] = {n.name: []}
    with arithmetic.guard():
        for j in reversed(graph.nodes[: n.index - 1]):
            if wanted is not None and j.name not in wanted:
                continue
            sum_j = []
            for _, i, slot in graph.children(j):
                if i.name in P:
                    J = local_jacobian(i, slot, u, arithmetic)
                    sum_j.append(Term(i.name, slot, P[i.name], J, P[i.name] @ J))
            if sum_j:
                P[j.name] = functools.reduce(operator.add, (term.product for term in sum_j))
                terms[j.name] = sum_j
    return P, terms


def local_jacobian(i: Node, slot: int, u: Mapping[str, Array], arithmetic: Arithmetic) -> Array:
    """Return J^{j→i}(α^i), of shape (…, dⁱ, dʲ), for argument number ``slot`` of node i."""
    if i.function is None:
        raise GraphError(f"{i.kind} {i.name!r} is a leaf and has no local Jacobian")
    arguments = [u[parent.name] for parent in i.parents]
    try:
        J = arithmetic.partial(i.function, slot)(*arguments)
    except GraphdiffError as error:
        raise type(error)(f"{_edge(i, slot)}: {error}") from None
    if not arithmetic.is_finite(J):
        raise _not_finite(_edge(i, slot), i, u, J)
    return np.broadcast_to(np.asarray(J), np.shape(u[i.name]))[..., None, None]


def identity(n: Node, value: Array, arithmetic: Arithmetic) -> Array:
    """Return P^n = I, of shape (…, dⁿ, dⁿ), for each sample of the output's value."""
    one, zero = arithmetic.number(1), arithmetic.number(0)
    eye = np.where(np.eye(n.size, dtype=bool), one, zero)
    return np.broadcast_to(eye, np.shape(value) + eye.shape)


def run_forward(
    graph: ComputationalGraph, values: Mapping[str, Any], *, exact: bool = False
) -> Run:
    """Return the forward sweep as a record."""
    u = forward(graph, checked_values(graph, values), EXACT if exact else FLOAT64)
    return Run(graph, _frozen({name: _plain(value) for name, value in u.items()}), exact=exact)


def run_backward(
    graph: ComputationalGraph,
    output: Node,
    values: Mapping[str, Any],
    *,
    wrt: Iterable[Node] | None = None,
    exact: bool = False,
) -> Run:
    """Return both sweeps as a record."""
    arithmetic = EXACT if exact else FLOAT64
    u = forward(graph, checked_values(graph, values), arithmetic)
    wanted = None if wrt is None else set().union(*(graph.descendants(node) for node in wrt))
    P, terms = reverse(graph, output, u, arithmetic, wanted)
    J: dict[tuple[str, str], Any] = {}
    for j, sum_j in terms.items():
        for term in sum_j:
            J[j, term.child] = J[j, term.child] + term.J if (j, term.child) in J else term.J
    disconnected = tuple(
        node.name
        for node in graph.nodes
        if node.name not in P and (wanted is None or node.name in wanted)
    )
    zero = np.multiply(P[output.name], arithmetic.number(0))
    P |= dict.fromkeys(disconnected, zero)
    shown = _frozen({node.name: _number(P[node.name]) for node in graph.nodes if node.name in P})
    return Run(
        graph,
        value=_frozen({name: _plain(value) for name, value in u.items()}),
        output=output.name,
        J=_frozen({edge: _number(matrix) for edge, matrix in J.items()}),
        P=shown,
        gradient=shown,
        terms=_frozen({j: tuple(map(_shown_term, sum_j)) for j, sum_j in terms.items()}),
        disconnected=disconnected,
        exact=exact,
    )


def checked_values(graph: ComputationalGraph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every leaf: the given one, else the one it was built with.

    Raises
    ------
    GraphError
        For an unknown name, a node that is computed, a missing value, samples whose
        numbers differ.
    """
    values = given_values(graph, given)
    missing = [name for name, value in values.items() if value is None]
    if missing:
        raise GraphError(
            f"no value for {quoted_list(missing)}; give it when building the graph, or to "
            f"forward and backward: {missing[0]}=1"
        )
    samples = {name: len(value) for name, value in values.items() if np.ndim(value)}
    if len(set(samples.values())) > 1:
        counts = ", ".join(f"{name!r} has {count}" for name, count in samples.items())
        raise GraphError(f"all samples must be equally many, but {counts}")
    return values


def given_values(graph: ComputationalGraph, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value of every leaf as for :func:`checked_values`, None where it is missing."""
    values = {leaf.name: leaf.value for leaf in graph.leaves}
    for key, value in given.items():
        node = graph[key]
        if not node.is_leaf:
            raise GraphError(
                f"{node.name!r} is computed as {node.formula}; give values to leaves only"
            )
        described = f"the value of {node.kind} {node.name!r}"
        checked = checked_samples if np.ndim(value) else checked_number
        values[node.name] = checked(value, described)
    return values


def _named(i: Node) -> str:
    formula = i.formula if len(i.formula) <= 80 else i.formula[:77] + "..."
    return f"node {i.name!r} (u^{i.index} = {formula})"


def _edge(i: Node, slot: int) -> str:
    return f"the local Jacobian J[{i.parents[slot].name}->{i.name}]"


def _not_finite(what: str, i: Node, u: Mapping[str, Array], found: Array) -> NumericalError:
    entries = np.ravel(np.asarray(found))
    first = 0
    if entries.size > 1 and entries.dtype.kind == "f":
        first = int(np.flatnonzero(~np.isfinite(entries))[0])
    where = f" at sample {first}" if entries.size > 1 else ""
    at = [
        f"{name} = {text.number(np.broadcast_to(u[name], entries.shape).flat[first])}"
        for name in dict.fromkeys(parent.name for parent in i.parents)
    ]
    given = f", where {', '.join(at[:6])}" if at else ""
    return NumericalError(
        f"{what} is {_described(entries[first])}{where}{given}; it must be a finite real number"
    )


def _described(entry: Any) -> str:
    if isinstance(entry, float | np.floating):
        return {"nan": "not a number", "inf": "infinite", "-inf": "minus infinity"}[str(entry)]
    return "not a finite real number"


def _plain(value: Array) -> Any:
    """Return a 0-d float array as a Python float, others read-only."""
    if isinstance(value, np.ndarray | np.generic):
        if value.ndim == 0:
            return value.item()
        value = np.array(value)
        value.setflags(write=False)
    return value


def _number(matrix: Array) -> Any:
    """Return 1 × 1 matrices as numbers."""
    return _plain(matrix[..., 0, 0] if matrix.shape[-2:] == (1, 1) else matrix)


def _shown_term(term: Term) -> Term:
    return Term(term.child, term.slot, _number(term.P), _number(term.J), _number(term.product))


def _frozen(mapping: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(mapping)
