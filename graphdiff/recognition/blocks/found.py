"""The architecture of a graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.recognition.blocks.attention import attentions, called
from graphdiff.recognition.blocks.cells import cells, leaves
from graphdiff.recognition.blocks.heads import Framed, multi_head
from graphdiff.recognition.blocks.reading import (
    LAYERS,
    Draft,
    Reading,
    applied,
    grouped,
    join,
    read,
    sources,
)
from graphdiff.recognition.blocks.records import Architecture, Block, BlockEdge, BlockKind, Frame

LINEAR: tuple[BlockKind, ...] = (*LAYERS, "movement", "sum", "scaling")
"""Blocks that bend nothing."""


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
    framed = multi_head(reading)
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
        for node in _one_of_copies(reading, draft, _taken(reading, draft))
    )
    frames = tuple(
        Frame(title, tuple(sorted(number[draft] for draft in parts)))
        for title, parts in _framed(reading, framed)
    )
    skips = frozenset(_skips(blocks, edges))
    return Architecture(graph, tuple(blocks), edges, frames, skips, reading.alike)


def _framed(reading: Reading, framed: Sequence[Framed]) -> Iterator[Framed]:
    """Yield attentions, and groups of several blocks, that do not overlap."""
    found = [*framed, *((called(parts), set(parts)) for parts in attentions(reading))]
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


def _one_of_copies(reading: Reading, draft: Draft, taken: Iterable[Node]) -> Iterator[Node]:
    """Yield of each block that is several the value of one of them, the first."""
    met: set[Draft] = set()
    for node in taken:
        tail = reading.of[node]
        if tail not in met or draft.copies == tail.copies == 1:
            met.add(tail)
            yield node


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
        dict(draft.roles), draft.group, draft.traits, draft.copies,
    )  # fmt: skip


def _skips(blocks: Sequence[Block], edges: Sequence[BlockEdge]) -> Iterator[int]:
    """Yield the edges that lead past blocks to a sum with what those make of the same value.

    That may be projected on its way, W x + F(x), by a layer before the sum or one that adds; then
    F is of x alone, and bends it.
    """
    into: dict[int, list[int]] = {k: [] for k in range(len(blocks))}
    for k, edge in enumerate(edges):
        into[edge.head].append(k)
    for head, block in enumerate(blocks):
        if block.kind != "sum" and block.kind not in LAYERS:
            continue
        for k in into[head]:
            tail = edges[k].tail
            others = {edges[one].tail for one in into[head]} - {tail}
            before = into[tail]
            if block.kind in LAYERS:
                if any(_bends(blocks, tail, other, edges, into) for other in others):
                    yield k
            elif any(_between(tail, other, edges, into) for other in others):
                yield k
            elif blocks[tail].kind in LAYERS and len(before) == 1:
                start = edges[before[0]].tail
                if any(_bends(blocks, start, other, edges, into) for other in others):
                    yield from (before[0], k)


def _bends(
    blocks: Sequence[Block],
    start: int,
    end: int,
    edges: Sequence[BlockEdge],
    into: Mapping[int, Sequence[int]],
) -> bool:
    """Whether one block is made of another alone, and not linearly."""
    between = _between(start, end, edges, into)
    before = {edges[k].tail for one in between for k in into[one]}
    return before - between == {start} and any(blocks[k].kind not in LINEAR for k in between)


def _between(
    start: int, end: int, edges: Sequence[BlockEdge], into: Mapping[int, Sequence[int]]
) -> set[int]:
    """Return the blocks on ways from one block to another, with that; blocks are in order."""
    waiting, met, leading = [end], {end}, set[int]()
    follow: dict[int, set[int]] = {}
    while waiting:
        one = waiting.pop()
        for before in (edges[k].tail for k in into[one]):
            follow.setdefault(before, set()).add(one)
            if before > start and before not in met:
                met.add(before)
                waiting.append(before)
    ahead = [start]
    while ahead:
        fresh = follow.get(ahead.pop(), set()) - leading
        leading |= fresh
        ahead += fresh
    return leading


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
