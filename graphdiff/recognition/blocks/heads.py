"""Attention of several heads: each on its own, put together, or all along an axis of theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graphdiff.graph import Node
from graphdiff.language.functions.movement import Concatenate, Reshape, Transpose
from graphdiff.recognition.blocks.attention import attentions
from graphdiff.recognition.blocks.cells import leaves
from graphdiff.recognition.blocks.reading import LAYERS, Draft, Reading, sources

Framed = tuple[str, set[Draft]]
"""What blocks are called together."""


def multi_head(reading: Reading) -> list[Framed]:
    """Fold heads that are alike, block on block, and return what is attention of several heads."""
    found = attentions(reading)
    together: dict[Draft, list[list[Draft]]] = {}
    for parts in found:
        if (taker := _only_taker(reading, parts[-1])) is not None:
            together.setdefault(taker, []).append(parts)
    framed: list[Framed] = []
    for taker, heads in together.items():
        if len(heads) > 1 and _puts_together(reading, taker, heads):
            if folded := _folded(reading, [_with_layers(reading, parts) for parts in heads]):
                framed.append(_framed(reading, folded, [taker], len(heads)))
        elif len(heads) == 1 and (axis := _along_an_axis(reading, taker, heads[0])):
            count, merging = axis
            for draft in heads[0]:
                draft.copies = count
            framed.append(_framed(reading, _with_layers(reading, heads[0]), merging, count))
    return framed


def _framed(
    reading: Reading, parts: Sequence[Draft], merging: Sequence[Draft], count: int
) -> Framed:
    """Return heads with what puts them together, and the layer that takes that alone."""
    last = _only_taker(reading, merging[-1])
    projection = [last] if last and last.kind == "dense" and len(last.data) == 1 else []
    return f"Multi-head attention, {count} heads", {*parts, *merging, *projection}


def _only_taker(reading: Reading, draft: Draft) -> Draft | None:
    takers = reading.takers(draft)
    return next(iter(takers)) if len(takers) == 1 else None


# Heads each on its own


def _puts_together(reading: Reading, draft: Draft, heads: Sequence[Sequence[Draft]]) -> bool:
    """Whether a block is nothing but the heads, side by side along their last axis."""
    outputs = {parts[-1].nodes[-1] for parts in heads}
    (node, *more) = draft.nodes
    widths = sum(one.shape[-1] for one in outputs if isinstance(one.shape[-1], int))
    return (
        not more
        and isinstance(draft.function, Concatenate)
        and len(node.parents) == len(heads)
        and set(sources(reading, draft)) == outputs
        and node.shape[-1] == widths
    )


def _with_layers(reading: Reading, parts: Sequence[Draft]) -> list[Draft]:
    """Return the blocks of a head, and before them the layers that lead to it alone, by roles."""
    layers: list[Draft] = []
    for part in parts:
        for node in sources(reading, part):
            draft = reading.of[node]
            is_own = draft.kind in LAYERS and reading.takers(draft) == {part}
            if is_own and draft not in layers:
                layers.append(draft)
    return [*layers, *parts]


def _folded(reading: Reading, heads: Sequence[Sequence[Draft]]) -> list[Draft]:
    """Return the blocks of all heads, the first head's of each kind, if the heads are alike.

    They take the same values, so that none depends on another.
    """
    if len({tuple(map(_form, parts)) for parts in heads}) > 1:
        return []
    if len({frozenset(_taken(reading, parts)) for parts in heads}) > 1:
        return []
    first, *others = heads
    for together in zip(*heads, strict=True):
        for alike in zip(*map(_named_nodes, together), strict=True):
            reading.alike.update(dict.fromkeys(alike, alike))
    for parts in others:
        for into, draft in zip(first, parts, strict=True):
            reading.merge(draft, into)
    for draft in first:
        draft.copies = len(heads)
    return list(first)


def _named_nodes(draft: Draft) -> list[Node]:
    """Return the nodes of a block and the leaves of its weights, in their order."""
    return [*draft.nodes, *(leaf for node in draft.weights for leaf in leaves(node))]


def _form(draft: Draft) -> tuple[object, ...]:
    """Return what a block computes, whatever of."""
    computed = tuple((node.function, node.shape) for node in draft.nodes)
    return draft.kind, computed, tuple(node.shape for node in draft.weights)


def _taken(reading: Reading, parts: Sequence[Draft]) -> Iterator[Node]:
    """Yield the values that blocks take of others."""
    for draft in parts:
        yield from (node for node in sources(reading, draft) if reading.of[node] not in parts)


# Heads along an axis


def _along_an_axis(
    reading: Reading, draft: Draft, parts: Sequence[Draft]
) -> tuple[int, list[Draft]] | None:
    """Return how many heads there are, and what puts them together: each row gets all of its own.

    What heads found, (…, h, n, d), becomes (…, n, h, d), and that (…, n, h d).
    """
    merging = [draft]
    if len(draft.nodes) == 1 and (after := _only_taker(reading, draft)) is not None:
        merging.append(after)
    nodes = [node for one in merging for node in one.nodes]
    found = parts[-1].nodes[-1]
    rank = len(found.shape)
    if rank < 3 or len(nodes) != 2 or any(one.kind != "movement" for one in merging):
        return None
    moved, flat = nodes
    swap, join = (reading.operands(node)[0] for node in nodes)
    *before, heads, rows, size = found.shape
    swapped = (*range(rank - 3), rank - 2, rank - 3, rank - 1)
    if (
        not isinstance(swap, Transpose)
        or not isinstance(join, Reshape)
        or moved.parents != (found,)
        or flat.parents != (moved,)
        or swap.order != swapped
        or not (isinstance(heads, int) and isinstance(size, int) and heads > 1)
        or flat.shape != (*before, rows, heads * size)
    ):
        return None
    return heads, merging
