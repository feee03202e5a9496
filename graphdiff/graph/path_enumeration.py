"""The paths from one node to another: how many there are, and which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.local_functions.accumulation import accumulated, total


def between(graph: ComputationalGraph, starts: Iterable[Node], end: Node) -> dict[str, Node]:
    """Return the nodes on the paths from some nodes to another in order, by name, the ends too."""
    needed, reached = graph.ancestors(end), set(starts)
    found: dict[str, Node] = {}
    for node in graph.nodes[: end.index]:
        if node.name in needed and (node in reached or not reached.isdisjoint(node.parents)):
            reached.add(node)
            found[node.name] = node
    return found


def count(graph: ComputationalGraph, start: Node, end: Node) -> int:
    r"""Return the number of paths, exactly.

    From each node there are as many as from all its children together,
    :math:`c^j = \sum_{(j,i) \in E} c^i` with :math:`c^n = 1`: this is the reverse sweep with
    J = 1 on every edge, and as fast, however many paths there are. Two slots of one parent
    are two edges.
    """
    way = between(graph, [start], end)

    def passed_on(i: Node, c: int) -> Iterator[tuple[Node, int]]:
        return ((j, c) for j in i.parents if j.name in way)

    found = 0
    for _, c in accumulated(reversed(way.values()), end, 1, passed_on, total):
        found = c  # only the last is kept: they may have many digits
    return found


def walks(graph: ComputationalGraph, start: Node, end: Node) -> Iterator[tuple[Edge, ...]]:
    """Yield the paths one by one, each as its edges in order.

    They come in the order of their nodes: of two paths that part at a node, the one that goes
    on to the earlier child is first, or, to one child, the one by the earlier slot. No step
    leads to a dead end, so each path takes no longer than its nodes have children.
    """
    on_the_way = between(graph, [start], end)
    if start.name not in on_the_way:
        return

    def onward(node: Node) -> Iterator[Edge]:
        return (edge for edge in graph.children(node) if edge.child.name in on_the_way)

    if start is end:
        yield ()
        return
    taken: list[Edge] = []
    choices = [onward(start)]
    while choices:
        edge = next(choices[-1], None)
        if edge is None:
            choices.pop()
            if taken:
                taken.pop()
        elif edge.child is end:
            yield (*taken, edge)
        else:
            taken.append(edge)
            choices.append(onward(edge.child))
