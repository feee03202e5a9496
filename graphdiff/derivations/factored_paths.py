r"""The sum over paths, factored: nine products as (α + β + γ)(δ + ε + ζ).

Where all paths from j to n pass one node, their sum is a product: that of the paths to the node
times that of the paths from it (C. Olah, "Calculus on Computational Graphs: Backpropagation",
2015). The reverse sweep does it at every node; here it is done where it can be read, with a
letter for each *strand*, a piece of the way on which nothing parts or meets:

.. math::

    \sum_{j \to \dots \to n} \prod J = \prod_k \Big( \sum_{i_k \to \dots \to i_{k+1}} \prod J \Big)

Between tensors the factors stand in the order of the matrices, the last of the way first.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import networkx as nx

from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.path_enumeration import between
from graphdiff.graph.structure import Edge
from graphdiff.notation.equations import BESIDE, Link, product, total

GREEK = {
    "α": r"\alpha", "β": r"\beta", "γ": r"\gamma", "δ": r"\delta", "ε": r"\varepsilon",
    "ζ": r"\zeta", "η": r"\eta", "θ": r"\theta", "ι": r"\iota", "κ": r"\kappa",
    "λ": r"\lambda", "μ": r"\mu", "ν": r"\nu", "ξ": r"\xi", "ρ": r"\rho", "σ": r"\sigma",
    "τ": r"\tau", "φ": r"\varphi", "χ": r"\chi", "ψ": r"\psi", "ω": r"\omega",
}  # fmt: skip
"""Letters for strands; those that name a node are left out."""

MAX_EDGES = 200
"""On more edges nothing is factored."""
MAX_PATHS = 8
"""Paths that are written out where they do not factor."""


@dataclass(frozen=True)
class Strand:
    """Edges one after the other, at whose inner nodes nothing parts or meets."""

    edges: tuple[Edge, ...]

    @property
    def ends(self) -> tuple[Node, Node]:
        """The nodes it begins and ends at."""
        return self.edges[0].parent, self.edges[-1].child


@dataclass(frozen=True)
class Sum:
    """Ways side by side."""

    terms: tuple[Ways, ...]


@dataclass(frozen=True)
class Product:
    """Ways one after the other, from j to n."""

    factors: tuple[Ways, ...]


Ways: TypeAlias = Strand | Sum | Product


def factored(graph: ComputationalGraph, start: Node, end: Node) -> Ways | None:
    """Return the sum over the paths as sums and products of strands; None if it does not factor.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x = g.input("x", 1)
    >>> y = g.node("y", g.node("a", 2 * x) + g.node("b", x**2))
    >>> L = g.node("L", g.node("c", gd.sin(y)) * g.node("d", 3 * y))
    >>> ways = factored(g, x, L)
    >>> letters = letters_of(ways, g)
    >>> print(written(ways, lambda strand: letters[strand]).text)
    (α + β)*(γ + δ)
    """
    on_the_way = between(graph, [start], end)
    edges = [
        edge
        for name in on_the_way
        for edge in graph.children(name)
        if edge.child.name in on_the_way
    ]
    if not edges or len(edges) > MAX_EDGES:
        return None
    strands = list(_strands(edges, {start, end}))
    if len(strands) > len(GREEK):
        return None
    found = _ways(start, end, strands)
    return found if found is not None and _is_factored(found) else None


def _strands(edges: Sequence[Edge], ends: set[Node]) -> Iterator[Strand]:
    leaving: defaultdict[Node, list[Edge]] = defaultdict(list)
    entering: defaultdict[Node, int] = defaultdict(int)
    for edge in edges:
        leaving[edge.parent].append(edge)
        entering[edge.child] += 1
    for edge in edges:
        if edge.parent in ends or len(leaving[edge.parent]) > 1 or entering[edge.parent] > 1:
            taken = [edge]
            while (
                (node := taken[-1].child) not in ends
                and entering[node] == len(leaving[node]) == 1
            ):  # fmt: skip
                taken += leaving[node]
            yield Strand(tuple(taken))


def _ways(start: Node, end: Node, strands: Sequence[Strand]) -> Ways | None:
    """Return what leads from one node to another; None if it is too much to write out."""
    if len(strands) == 1:
        return strands[0]
    if stops := _passed_by_all(start, end, strands):
        factors = [
            _ways(a, b, [s for s in strands if a.index <= s.ends[0].index < b.index])
            for a, b in itertools.pairwise([start, *stops, end])
        ]
        whole = [factor for factor in factors if factor is not None]
        return Product(tuple(whole)) if len(whole) == len(factors) else None
    parts = _side_by_side(start, end, strands)
    if len(parts) == 1:
        return _written_out(start, end, strands)
    terms = [_ways(start, end, part) for part in parts]
    whole = [term for term in terms if term is not None]
    return Sum(tuple(whole)) if len(whole) == len(terms) else None


def _passed_by_all(start: Node, end: Node, strands: Sequence[Strand]) -> list[Node]:
    """Return the nodes that all paths pass, in order."""
    behind: defaultdict[Node, int] = defaultdict(int, {start: 1})
    for strand in sorted(strands, key=lambda s: s.ends[0].index):
        behind[strand.ends[1]] += behind[strand.ends[0]]
    before: defaultdict[Node, int] = defaultdict(int, {end: 1})
    for strand in sorted(strands, key=lambda s: -s.ends[1].index):
        before[strand.ends[0]] += before[strand.ends[1]]
    inner = {node for strand in strands for node in strand.ends} - {start, end}
    passed = (node for node in inner if behind[node] * before[node] == behind[end])
    return sorted(passed, key=lambda node: node.index)


def _side_by_side(start: Node, end: Node, strands: Sequence[Strand]) -> list[list[Strand]]:
    """Return the parts that meet at the ends alone."""
    joined: nx.Graph[object] = nx.Graph()
    for k, strand in enumerate(strands):
        joined.add_node(k)
        joined.add_edges_from((k, node) for node in strand.ends if node not in (start, end))
    parts = [
        sorted(k for k in part if isinstance(k, int)) for part in nx.connected_components(joined)
    ]
    return [[strands[k] for k in part] for part in sorted(parts)]


def _written_out(start: Node, end: Node, strands: Sequence[Strand]) -> Sum | None:
    """Return the sum over paths that neither part nor meet as a whole."""
    done: list[Product] = []
    open_ways: list[tuple[Strand, ...]] = [()]
    while open_ways:
        taken = open_ways.pop()
        node = taken[-1].ends[1] if taken else start
        if node is end:
            done.append(Product(taken))
            if len(done) > MAX_PATHS:
                return None
        else:
            onward = [(*taken, strand) for strand in strands if strand.ends[0] is node]
            open_ways += onward[::-1]
    return Sum(tuple(done))


def _is_factored(ways: Ways) -> bool:
    """Whether a sum is a factor anywhere."""
    match ways:
        case Strand():
            return False
        case Sum(terms):
            return any(map(_is_factored, terms))
        case Product(factors):
            return any(isinstance(factor, Sum) or _is_factored(factor) for factor in factors)


def expanded(ways: Ways) -> list[tuple[Edge, ...]]:
    """Return the paths that it is the sum of, each as its edges."""
    match ways:
        case Strand(edges):
            return [edges]
        case Sum(terms):
            return [path for term in terms for path in expanded(term)]
        case Product(factors):
            found: list[tuple[Edge, ...]] = [()]
            for factor in factors:
                found = [(*path, *more) for path in found for more in expanded(factor)]
            return found


def strands_of(ways: Ways) -> list[Strand]:
    """Return the strands in the order in which they are first written."""
    match ways:
        case Strand():
            return [ways]
        case Sum(parts) | Product(parts):
            return list(dict.fromkeys(strand for part in parts for strand in strands_of(part)))


def letters_of(ways: Ways, graph: ComputationalGraph) -> Mapping[Strand, Link]:
    """Return a letter for each strand, none that is the name of a node; {} if there are too few."""
    taken = {node.name for node in graph.nodes}
    free = [
        Link(letter, formula)
        for letter, formula in GREEK.items()
        if letter not in taken and formula.strip("\\").removeprefix("var") not in taken
    ]
    strands = strands_of(ways)
    return dict(zip(strands, free, strict=False)) if len(strands) <= len(free) else {}


def is_scalar(strand: Strand) -> bool:
    """Whether all its nodes are scalars."""
    return not any(node.shape for edge in strand.edges for node in edge[:2])


def value_of(ways: Ways, run: Run) -> Any:
    """Return what ways between scalars come to, the sum of the products along them."""
    match ways:
        case Strand(edges):
            terms = [run.term(edge) for edge in edges]
            return math.prod(term.J for term in terms if term is not None)
        case Sum(terms):
            return sum(value_of(term, run) for term in terms)
        case Product(factors):
            return math.prod(value_of(factor, run) for factor in factors)


def written(
    ways: Ways,
    said: Callable[[Strand], Link],
    times: tuple[str, str] = BESIDE,
    *,
    backward: bool = False,
) -> Link:
    """Return sums and products of what is said of strands.

    Parameters
    ----------
    backward
        Whether factors stand in the order of matrices, the last of the way first.
    """
    match ways:
        case Strand():
            return said(ways)
        case Sum(terms):
            return total([written(term, said, times, backward=backward) for term in terms])
        case Product(factors):
            parts = [written(factor, said, times, backward=backward) for factor in factors]
            return product(parts[::-1] if backward else parts, times)
