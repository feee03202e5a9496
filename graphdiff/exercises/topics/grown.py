"""Graphs that grow node by node: chains, graphs with fan-out, and mixed ones.

A graph that grows knows its loose ends, nodes that none uses yet. With every node they stay as
many, or become one fewer or one more, so that at the last node none is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graphdiff.exercises.sketch import Sketch
from graphdiff.exercises.topics import arrays
from graphdiff.exercises.topics.declaration import Topic
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import operation

STEPS: tuple[Callable[[Node, int], Any], ...] = (
    lambda u, _: u**2,
    lambda u, k: k * u,
    lambda u, k: u + k,
    lambda u, k: k - u,
)
SMOOTH = tuple(map(operation, ("sigmoid", "tanh", "exp", "relu")))
JOINS: tuple[Callable[[Node, Node], Any], ...] = (
    lambda u, v: u * v,
    lambda u, v: u + v,
    lambda u, v: u - v,
)
CONSTANTS = (2, 3, 4, 5)


def _step(sketch: Sketch, node: Node) -> Any:
    return sketch.draws.choice(STEPS)(node, sketch.draws.choice(CONSTANTS))


def chain(sketch: Sketch) -> None:
    """Grow one node upon the other; a parameter joins on every second step."""
    last = sketch.input("x")
    weights = 0
    smooth = 1 if sketch.level.name != "easy" else 0
    for k in range(1, sketch.nodes + 1):
        name = "L" if k == sketch.nodes else f"v_{k}"
        if k % 2 and k < sketch.nodes:
            weights += 1
            join = sketch.draws.choice(JOINS[:2] if weights > 1 else JOINS[:1])
            last = sketch.node(name, join(sketch.parameter(f"w_{weights}"), last))
        elif smooth and sketch.draws.happens(30):
            smooth -= 1
            last = sketch.node(name, sketch.draws.choice(SMOOTH)(last))
        else:
            last = sketch.node(name, _step(sketch, last))


def fan_out(sketch: Sketch) -> None:
    """Grow a graph in which nodes are used on several paths."""
    _grow(sketch, leaves=min(3, 1 + sketch.nodes // 3), again=70, smooth=0)


def _has_several_paths(graph: ComputationalGraph) -> bool:
    return any(len({edge.child for edge in graph.children(node)}) > 1 for node in graph.nodes)


def mixed(sketch: Sketch) -> None:
    """Grow a graph of all there is."""
    smooth = 0 if sketch.level.name == "easy" else 1
    _grow(sketch, leaves=min(4, max(2, sketch.nodes // 2)), again=40, smooth=smooth)


def _grow(sketch: Sketch, *, leaves: int, again: int, smooth: int) -> None:
    """Grow a graph; of a hundred free choices so many use a node again."""
    loose = [sketch.input(name) for name in "abcd"[:leaves]]
    used: list[Node] = []
    for k in range(1, sketch.nodes + 1):
        name = "L" if k == sketch.nodes else f"v_{k}"
        left = sketch.nodes - k
        if len(loose) > left + 1:
            parents = [_take(sketch, loose), _take(sketch, loose)]
        elif used and sketch.draws.happens(again):
            parents = [_take(sketch, loose), sketch.draws.choice(used)]
        elif smooth and left and sketch.draws.happens(25):
            parents, smooth = [_take(sketch, loose)], smooth - 1
            used += parents
            loose.append(sketch.node(name, sketch.draws.choice(SMOOTH)(parents[0])))
            continue
        else:
            parents = [_take(sketch, loose)]
        used += [parent for parent in parents if parent not in used]
        loose.append(sketch.node(name, _applied(sketch, parents)))


def _applied(sketch: Sketch, parents: Sequence[Node]) -> Any:
    if len(parents) == 1:
        return _step(sketch, parents[0])
    join = sketch.draws.choice((*JOINS[:1], *JOINS))  # products have more to derive
    return join(*sketch.draws.shuffled(parents))


def _take(sketch: Sketch, loose: list[Node]) -> Node:
    """Take a loose end; the newest stays for last, unless it is the only one."""
    return loose.pop(sketch.draws.below(len(loose)))


TOPICS = (
    Topic(
        "mixed", "A computational graph",
        "Sweep forward through the graph, then backward.",
        mixed, arrays.mixed,
    ),
    Topic(
        "chain", "A chain",
        "Along a chain the local derivatives are multiplied, from the output backward.",
        chain,
    ),
    Topic(
        "fan-out", "Several paths",
        "Where a node is used more than once, what comes back along its edges is added.",
        fan_out, condition=_has_several_paths,
    ),
)  # fmt: skip
