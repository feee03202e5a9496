"""What the sweeps found, as a record to read: :class:`Run`."""

from __future__ import annotations

import functools
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from graphdiff.errors import NumericalError, UnknownNameError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.sweeps import Term, Unmade, forward, reverse
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.letter_sizes import letters_of, sized, sizes_in
from graphdiff.graph.structure import Edge
from graphdiff.language.shapes import Shape
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table


class ByNode(Mapping[Any, Any]):
    """A mapping from names, or pairs of names, that also takes nodes and indices.

    Iterating gives the names. ``whose`` entries they are is said where there is none.
    """

    def __init__(
        self, graph: ComputationalGraph, entries: Mapping[Any, Any], whose: str = "the run"
    ) -> None:
        self._graph = graph
        self._entries = MappingProxyType(dict(entries))
        self._whose = whose

    def __getitem__(self, key: Any) -> Any:
        try:
            return _made(self._entries[key])
        except (KeyError, TypeError):
            pass
        names = tuple(self._graph[part].name for part in (key if _is_pair(key) else [key]))
        found = names if _is_pair(key) else names[0]
        if found not in self._entries:
            shown = " -> ".join(map(repr, names))
            raise UnknownNameError(f"{self._whose} has nothing for {shown}; it has {self._some()}")
        return _made(self._entries[found])

    def held(self, key: Any) -> object:
        """Return what is held for a name or a pair: what is not made stays so."""
        return self._entries[key]

    def held_items(self) -> Iterable[tuple[Any, Any]]:
        """Return all names or pairs, and what is held for them."""
        return self._entries.items()

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_node, (self._graph, dict(self._entries), self._whose)

    def _some(self) -> str:
        shown = [" -> ".join(key) if _is_pair(key) else key for key in self._entries]
        if not shown:
            return "none, for it is of the forward sweep only; use graph.backward"
        return ", ".join(map(repr, shown[:8])) + (", …" if len(shown) > 8 else "")

    def __contains__(self, key: object) -> bool:
        try:
            self[key]
        except NumericalError:  # of a matrix that is too large to be made
            return True
        except (KeyError, ValueError):
            return False
        return True

    def __iter__(self) -> Iterator[Any]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return repr(dict(self._entries))


def _by_node(graph: ComputationalGraph, entries: Mapping[Any, Any], whose: str) -> ByNode:
    for entry in entries.values():
        if isinstance(entry, np.ndarray):
            entry.setflags(write=False)
    return ByNode(graph, entries, whose)


def _made(entry: Any) -> Any:
    """Return an entry, a local Jacobian made where it has not been."""
    return _number(entry.made()) if isinstance(entry, Unmade) else entry


def _is_pair(key: object) -> bool:
    return isinstance(key, tuple)


@dataclass(frozen=True, repr=False)
class Run(Shown):
    """What a sweep found; nothing in it changes afterwards.

    It shows itself as a table of the nodes. A 1 × 1 matrix is given as the number itself, and one
    for each sample of a batch as an array of shape (m,).

    Attributes
    ----------
    graph
        The graph that was swept; where sizes are letters, one with the sizes of the values.
    value
        The value of every node, by name, node or index.
    output
        The node differentiated, or None after a forward sweep only.
    J
        The local Jacobians (dⁱ × dʲ) by parent and child, ``run.J["w", "u"]``, summed over
        the slots of a parent that repeats. The entries of a node are counted row by row. One
        of more than a million entries is made when it is asked for.
    P
        ∂uⁿ/∂uʲ (dⁿ × dʲ) by name.
    gradient
        P in the shape of the node; for an output that is no scalar, an array of the
        output's shape followed by the node's.
    terms
        Every term of the sum for each P.
    disconnected
        Nodes the output does not depend on: their P is 0 for that reason alone.
    exact
        Whether the numbers are exact.
    asked
        The nodes that ``wrt`` named; empty if the derivatives in all were asked for.
    """

    graph: ComputationalGraph
    value: Mapping[Any, Any]
    output: str | None
    J: Mapping[Any, Any]
    P: Mapping[Any, Any]
    gradient: Mapping[Any, Any]
    terms: Mapping[Any, tuple[Term, ...]]
    disconnected: tuple[str, ...] = ()
    exact: bool = False
    asked: tuple[str, ...] = ()

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

    def shown(self) -> Iterator[Table | str]:
        """Yield the nodes with their formulas, values and derivatives."""
        n = self.output
        columns = ("u^i", "node", "formula", "value", *(() if n is None else (f"d{n}/du^i",)))

        def row(node: Node) -> tuple[str, ...]:
            value = text.value(self.value[node.name], node.shape)
            found = (node.name, "" if node.is_leaf else node.formula, value)
            return (f"u^{node.index}", *found, *(() if n is None else (self._derivative(node),)))

        yield Table.of(self.graph.title, columns, self.graph.nodes, row)

    def _derivative(self, node: Node) -> str:
        """Return the derivative in a node as text: in its shape, or of its rows."""
        if node.name not in self.P:
            return ""
        found = self.gradient[node.name]
        shape = node.shape if self.graph[self.output or ""].size == 1 else np.shape(found)
        return text.value(found, shape)


def run_forward(
    graph: ComputationalGraph, values: Mapping[str, Any], *, exact: bool = False
) -> Run:
    """Return the forward sweep as a record."""
    given = checked_values(graph, values)
    return recorded(graph, None, given, EXACT if exact else FLOAT64)


def run_backward(
    graph: ComputationalGraph,
    output: Node,
    values: Mapping[str, Any],
    *,
    wrt: Iterable[Node] | None = None,
    exact: bool = False,
) -> Run:
    """Return both sweeps as a record."""
    given = checked_values(graph, values)
    asked = None if wrt is None else tuple(j.name for j in wrt)
    wanted = None if asked is None else set().union(*map(graph.descendants, asked))
    arithmetic = EXACT if exact else FLOAT64
    found = recorded(graph, output.name, given, arithmetic, wanted)
    return replace(found, asked=asked) if asked else found


def recorded(
    graph: ComputationalGraph,
    name: str | None,
    given: Mapping[str, Any],
    arithmetic: Arithmetic,
    wanted: Container[str] | None = None,
) -> Run:
    """Return the forward sweep, and the reverse one of an output, in a kind of number."""
    exact, swept = arithmetic is EXACT, _sized(graph, given)
    kept: dict[str, list[Array]] | None = {} if name and arithmetic is FLOAT64 else None
    u = forward(swept, given, arithmetic, kept)
    if name is None:
        none = ByNode(graph, {})
        return Run(swept, _values(graph, u), None, none, none, none, none, exact=exact)
    output = swept[name]
    P, terms = reverse(swept, output, u, arithmetic, wanted, kept or {})
    shown = {name: _number(matrix) for name, matrix in P.items()}
    sums = {j: tuple(_shown(term, shown) for term in sum_j) for j, sum_j in terms.items()}
    J: dict[tuple[str, str], Any] = {}
    for j, sum_j in sums.items():
        for term in sum_j:
            before = J.get((j, term.child))
            J[j, term.child] = term.held if before is None else _both(before, term.held)
    disconnected = tuple(
        node.name
        for node in swept.nodes
        if node.name not in P
        and not node.facts.constant
        and (wanted is None or node.name in wanted)
    )
    zero = P[output.name][..., :1] * arithmetic.number(0)
    for name in disconnected:
        P[name] = np.repeat(zero, swept[name].size, axis=-1)
        shown[name] = _number(P[name])
    found = [node for node in swept.nodes if node.name in P]
    rows = () if output.size == 1 else output.shape
    return Run(
        swept,
        value=_values(graph, u),
        output=output.name,
        J=ByNode(graph, J),
        P=ByNode(graph, {j.name: shown[j.name] for j in found}),
        gradient=ByNode(graph, {j.name: _shaped(P[j.name], rows + j.shape) for j in found}),
        terms=ByNode(graph, sums),
        disconnected=disconnected,
        exact=exact,
    )


def _sized(graph: ComputationalGraph, values: Mapping[str, Any]) -> ComputationalGraph:
    """Return the graph itself, or for sizes that are letters one of those that values have."""
    return sized(graph, sizes_in(graph, values)) if letters_of(graph) else graph


def _values(graph: ComputationalGraph, u: Mapping[str, Array]) -> ByNode:
    return ByNode(graph, {name: _plain(value) for name, value in u.items()})


def _plain(value: Array) -> Any:
    """Return a 0-d array as the number in it, others as read-only copies."""
    return _kept(value.copy() if isinstance(value, np.ndarray) else value)


def _kept(value: Array) -> Any:
    """Return a 0-d array as the number in it, others, which the sweep has made, read-only."""
    if isinstance(value, np.ndarray) and value.ndim:
        value.flags.writeable = False
        return value
    return value.item() if isinstance(value, np.ndarray | np.generic) else value


def _number(matrix: Array) -> Any:
    """Return 1 × 1 matrices as numbers."""
    if matrix.shape == (1, 1):
        return matrix.item()
    return _kept(matrix[..., 0, 0] if matrix.shape[-2:] == (1, 1) else matrix)


def _both(first: Any, second: Any) -> Any:
    """Return the sum of the local Jacobians of two edges between the same nodes."""
    if isinstance(first, Unmade):
        return replace(first, slots=first.slots + second.slots)
    return _plain(first + second)


def _shaped(P: Array, shape: Shape) -> Any:
    """Return the entries of P in another shape, behind the axes of samples."""
    return _kept(P.reshape(P.shape[:-2] + shape)) if shape else _number(P)


def _shown(term: Term, P: Mapping[str, Any]) -> Term:
    J = term.held if isinstance(term.held, Unmade) else _number(term.held)
    return Term(term.child, term.slot, P[term.child], J, _number(term.product))
