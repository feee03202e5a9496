"""The paths from one node to another: how many there are, and which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.graph import Edge


def between(graph: ComputationalGraph, start: Node, end: Node) -> set[str]:
    """Return the names of the nodes that stand on a path, the two ends too."""
    return graph.descendants(start) & graph.ancestors(end)


def count(graph: ComputationalGraph, start: Node, end: Node) -> int:
    r"""Return the number of paths, exactly.

    From each node there are as many as from all its children together,
    :math:`c^j = \sum_{(j,i) \in E} c^i` with :math:`c^n = 1`: this is the reverse sweep with
    J = 1 on every edge, and as fast, however many paths there are. Two slots of one parent
    are two edges.
    """
    on_the_way = between(graph, start, end)
    found: defaultdict[str, int] = defaultdict(int, {end.name: 1})
    for i in reversed(graph.nodes[start.index : end.index]):
        from_here = found.pop(i.name, 0)  # no longer needed, and it may have many digits
        for j in i.parents:
            if j.name in on_the_way:
                found[j.name] += from_here
    return found[start.name]


def walks(graph: ComputationalGraph, start: Node, end: Node) -> Iterator[tuple[Edge, ...]]:
    """Yield the paths one by one, each as its edges in order.

    They come in the order of their nodes: of two paths that part at a node, the one that goes
    on to the earlier child is first, or, to one child, the one by the earlier slot. No step
    leads to a dead end, so each path takes no longer than its nodes have children.
    """
    on_the_way = between(graph, start, end)
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
