"""Attention: softmax(Q Kᵀ / √d) V, with or without scaling and a mask."""

from __future__ import annotations

from graphdiff.recognition.blocks.reading import Draft, Reading, sources

MOST_BETWEEN = 4
"""How many blocks there may be between the product of queries and keys and the softmax."""


def attentions(reading: Reading) -> list[list[Draft]]:
    """Return the blocks of each attention, from the product of queries and keys on."""
    found: list[list[Draft]] = []
    for softmax in reading.drafts():
        if softmax.kind != "softmax":
            continue
        takers = reading.takers(softmax)
        if len(takers) != 1:
            continue
        (taker,) = takers
        scores = _scores(reading, softmax)
        if taker.kind == "matmul" and scores is not None:
            found.append([*scores, softmax, taker])
    return found


def _scores(reading: Reading, softmax: Draft) -> list[Draft] | None:
    """Return the blocks that lead to a softmax, from a product of matrices on."""
    way: list[Draft] = []
    draft = softmax
    for _ in range(MOST_BETWEEN):
        computed = [one for one in sources(reading, draft) if not one.is_leaf]
        if len(set(computed)) != 1:
            return None
        draft = reading.of[computed[0]]
        way.insert(0, draft)
        if draft.kind == "matmul":
            return way
        if draft.kind not in ("scaling", "sum", "formula", "movement"):
            return None
    return None


def called(parts: list[Draft]) -> str:
    """Return what an attention is called: whether scores are scaled before the softmax."""
    scaled = any(draft.kind == "scaling" for draft in parts)
    return "Scaled dot-product attention" if scaled else "Dot-product attention"
