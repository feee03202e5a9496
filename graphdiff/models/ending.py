"""The end of a network's graph: penalties on the weights, and the objective J = E + R."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.build import unused_name
from graphdiff.language.expression import Expression, operation
from graphdiff.models.architecture import Architecture

MAX_TERMS = 200
"""Terms in one node; a longer sum is one of partial sums."""

Entries = Callable[[Expression], Expression]


def add_penalties(
    graph: ComputationalGraph, l2: Any, l1: Any, weights: Sequence[Node]
) -> list[Node]:
    """Add λ/2 Σ w² and λ Σ abs(w) over all weights, as far as they are asked for."""
    penalties: list[Node] = []

    def named(name: str) -> str:
        return unused_name(graph, name)

    if l2:
        rate = graph.input(named("lambda_2"), l2)
        total = _total(graph, "S_2", weights, lambda w: w**2)
        penalties.append(graph.node(named("R_L2"), rate / 2 * total))
    if l1:
        rate = graph.input(named("lambda_1"), l1)
        total = _total(graph, "S_1", weights, operation("abs"))
        penalties.append(graph.node(named("R_L1"), rate * total))
    return penalties


def _total(
    graph: ComputationalGraph, name: str, weights: Sequence[Node], entry: Entries
) -> Expression:
    """Return the sum of a function of all entries of the weights."""
    terms: list[Any] = [entry(w).sum() if w.shape else entry(w) for w in weights]
    if len(terms) > MAX_TERMS:
        parts = [terms[k : k + MAX_TERMS] for k in range(0, len(terms), MAX_TERMS)]
        terms = [
            graph.node(unused_name(graph, f"{name}_{k}"), reduce(add, part))
            for k, part in enumerate(parts, 1)
        ]
    return reduce(add, terms)


def add_objective(
    graph: ComputationalGraph, of: Architecture, error: Expression, weights: Sequence[Node]
) -> None:
    """Add the error E, the penalties, and where there are any, the objective J = E + R.

    Biases are left out, as is usual: Goodfellow, Bengio and Courville 2016, section 7.1.
    """
    before = len(graph)
    E = graph.node("E", error)
    penalties = add_penalties(graph, of.l2, of.l1, weights)
    if penalties:
        graph.node("J", reduce(add, penalties, E))
    graph.group("loss", graph.nodes[before:])
