"""The steps of the two sweeps, in the order the lecture takes them, and on cards of several nodes.

A card is complete in the step of the last of its nodes, so its steps are one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from graphdiff.drawing.reduced.collapse import card_indices
from graphdiff.drawing.stepwise.staging import Staging
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.recognition.parts import Part


@dataclass(frozen=True)
class SweepStep:
    """One step: the nodes of which something is found, and the edges along which it is.

    The first one only gives the leaves their values. The last one of a reverse sweep says, if
    there are any, which nodes the output does not depend on, so that their P is 0. The ``card``
    is that of several nodes, 0 where each is drawn.
    """

    sweep: Literal["given", "forward", "backward"]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    card: int = 0


@dataclass(frozen=True)
class Places:
    """Where nodes and edges are found in a picture: by the indices of the cards they are on."""

    cards: Mapping[int, int] = field(default_factory=dict[int, int])

    def of(self, node: Node) -> int:
        """Return the index of the card of a node: its own where it is alone."""
        return self.cards.get(node.index, node.index)

    def along(self, edge: Edge) -> tuple[int, int, int]:
        """Return what an edge is known by: tail, head and slot; one of several nodes has none."""
        tail, head = self.of(edge.parent), self.of(edge.child)
        return tail, head, edge.slot if tail > 0 < head else 0


def places(parts: Sequence[Part] | None) -> Places:
    """Return where nodes are found that are drawn on these cards; None for each on its own."""
    shown = zip(parts or (), card_indices(parts or ()), strict=True)
    return Places({node.index: card for part, card in shown if card < 0 for node in part.nodes})


def steps(run: Run, at: Places | None = None) -> Iterator[SweepStep]:
    """Yield the steps that a run took, those of a card's nodes as one."""
    taken = _of_nodes(run)
    yield from taken if at is None or not at.cards else _on_cards(taken, run, at)


def _of_nodes(run: Run) -> Iterator[SweepStep]:
    graph = run.graph
    yield SweepStep("given", graph.leaves)
    for i in graph.nodes:
        if not i.is_leaf:
            into = tuple(Edge(parent, i, slot) for slot, parent in enumerate(i.parents))
            yield SweepStep("forward", (i,), into)
    for j in reversed(graph.nodes):
        if j.name in run.terms:
            terms = run.terms[j.name]
            along = tuple(Edge(j, graph[term.child], term.slot) for term in terms)
            yield SweepStep("backward", (j,), along)
    if run.disconnected:
        yield SweepStep("backward", tuple(graph[name] for name in run.disconnected))


def _on_cards(taken: Iterable[SweepStep], run: Run, at: Places) -> Iterator[SweepStep]:
    """Yield the steps of a card together, where the last of them is taken."""
    found: dict[tuple[str, int], SweepStep] = {}
    for step in taken:
        many = step.sweep == "given" or (step.nodes[0].name in run.disconnected and not step.edges)
        card = 0 if many else at.of(step.nodes[0])
        before = found.pop((step.sweep, card), None)
        if before is not None:
            nodes, edges = (*before.nodes, *step.nodes), (*before.edges, *step.edges)
            step = replace(step, nodes=nodes, edges=edges)
        found[step.sweep, card] = replace(step, card=min(card, 0))
    yield from found.values()


def staging(taken: Sequence[SweepStep], at: Places) -> Staging:
    """Return from which step on each value, P and local Jacobian is seen."""
    found = list(enumerate(taken))
    return Staging(
        len(taken),
        {at.of(i): k for k, step in found if step.sweep == "forward" for i in step.nodes},
        {at.of(j): k for k, step in found if step.sweep == "backward" for j in step.nodes},
        {at.along(edge): k for k, step in found if step.sweep == "backward" for edge in step.edges},
    )
