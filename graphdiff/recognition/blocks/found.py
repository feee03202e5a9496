"""The architecture of a graph."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.recognition.blocks.attention import attentions, called
from graphdiff.recognition.blocks.cells import cells, leaves
from graphdiff.recognition.blocks.reading import (
    Draft,
    Reading,
    applied,
    grouped,
    join,
    read,
    sources,
)
from graphdiff.recognition.blocks.records import Architecture, Block, BlockEdge, Frame


def architecture(graph: ComputationalGraph) -> Architecture:
    """Return the blocks of a graph: layers with their parameters, and what is between them.

    Every operation is in one block, and every parameter belongs to one, the first that uses it.

    Examples
    --------
    >>> g = ComputationalGraph()
    >>> x, W = g.input("x", shape=(3,)), g.parameter("W", shape=(2, 3))
    >>> h = g.node("h", W @ x + g.parameter("b", shape=(2,)))
    >>> [(block.kind, block.count) for block in architecture(g).blocks]
    [('input', 0), ('dense', 8)]
    """
    reading = read(graph)
    cells(reading)
    join(reading)
    drafts = _in_order(reading)
    owned: set[Node] = set()
    blocks = [_block(reading, draft, owned) for draft in drafts]
    unused = [node for node in reading.graph.parameters if node not in owned]
    blocks = [
        Block("parameter", (node,), node.name, parameters=(node,)) for node in unused
    ] + blocks
    number = {draft: k for k, draft in enumerate(drafts, start=len(unused))}
    edges = tuple(
        BlockEdge(number[reading.of[node]], number[draft], node)
        for draft in drafts
        for node in _taken(reading, draft)
    )
    frames = tuple(
        Frame(title, tuple(sorted(number[draft] for draft in parts)))
        for title, parts in _framed(reading)
    )
    return Architecture(graph, tuple(blocks), edges, frames, frozenset(_skips(blocks, edges)))


def _framed(reading: Reading) -> Iterator[tuple[str, set[Draft]]]:
    """Yield attentions, and groups of several blocks, that do not overlap."""
    found = [(called(parts), set(parts)) for parts in attentions(reading)]
    for name, members in reading.named.groups.items():
        found.append((name, grouped(reading, [node.name for node in members])))
    taken: set[Draft] = set()
    for title, parts in found:
        if len(parts) > 1 and not parts & taken:
            taken |= parts
            yield title, parts


def _taken(reading: Reading, draft: Draft) -> dict[Node, None]:
    """Return the values that a block takes, in the order of its function's arguments."""
    all_of_them = dict.fromkeys(sources(reading, draft))
    first = [node for node in draft.data if node in all_of_them]
    return dict.fromkeys((*first, *all_of_them))


def _in_order(reading: Reading) -> list[Draft]:
    """Return the blocks in a topological order, near that of the graph."""
    waiting = reading.drafts()
    before = {draft: {reading.of[node] for node in sources(reading, draft)} for draft in waiting}
    ordered: dict[Draft, None] = {}
    while waiting:  # twice only where a block has several outputs
        for draft in waiting:
            if before[draft] <= ordered.keys():
                ordered[draft] = None
        waiting = [draft for draft in waiting if draft not in ordered]
    return list(ordered)


def _block(reading: Reading, draft: Draft, owned: set[Node]) -> Block:
    learned = {leaf for node in draft.weights for leaf in leaves(node)}
    used = sorted(learned, key=lambda node: node.index)
    own = tuple(leaf for leaf in used if leaf not in owned)
    shared = tuple(leaf for leaf in used if leaf in owned)
    owned.update(own)
    name = reading.home[draft.nodes[-1]]
    nodes = tuple(draft.nodes)
    return Block(
        draft.kind, nodes, name, draft.function, tuple(draft.data), own, shared,
        dict(draft.roles), draft.group, draft.traits,
    )  # fmt: skip


def _skips(blocks: Sequence[Block], edges: Sequence[BlockEdge]) -> Iterator[int]:
    """Yield the edges that lead past blocks to a sum with what those make of the same value."""
    into: dict[int, list[int]] = {k: [] for k in range(len(blocks))}
    for k, edge in enumerate(edges):
        into[edge.head].append(k)
    for head, block in enumerate(blocks):
        if block.kind != "sum":
            continue
        for k in into[head]:
            others = {edges[one].tail for one in into[head]} - {edges[k].tail}
            if any(_leads(edges[k].tail, other, edges, into) for other in others):
                yield k


def _leads(
    start: int, end: int, edges: Sequence[BlockEdge], into: Mapping[int, Sequence[int]]
) -> bool:
    """Whether one block comes before another; blocks are in order."""
    waiting, met = [end], {end}
    while waiting:
        before = {edges[k].tail for k in into[waiting.pop()]} - met
        if start in before:
            return True
        fresh = {one for one in before if one > start}
        met |= fresh
        waiting += fresh
    return False


def formula_of(block: Block, whole: Architecture) -> tuple[Expression, tuple[Node, ...]]:
    """Return what a block computes, and the values it takes that the author gave no name.

    Products of matrices without a name, and what moves entries of parameters, are written out.
    """
    products = {node for one in whole.blocks if one.kind == "matmul" for node in one.nodes}
    found: dict[Node, Expression] = {}
    nameless: dict[Node, None] = {}

    def written(node: Node) -> Expression:
        if node in found or node.name in whole.graph:
            return found.get(node, node)
        if node in products or _is_of_parameters(node):
            return computed(node)
        nameless[node] = None
        return node

    def computed(node: Node) -> Expression:
        assert node.function is not None  # noqa: S101 - leaves have names
        return applied(node.function, [written(parent) for parent in node.parents])

    for node in block.nodes:
        found[node] = node if node.is_leaf else computed(node)
    return found[block.output], tuple(nameless)


def _is_of_parameters(node: Node) -> bool:
    return all(leaf.kind == "parameter" for leaf in leaves(node))
