"""Attention of several heads and skips with a projection: told by what they compute."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.recognition.blocks.found import architecture
from graphdiff.recognition.blocks.records import Architecture

ROWS, WIDTH = 3, 4


def weights(graph: gd.Graph, name: str, *shape: int) -> gd.Node:
    return graph.parameter(name, np.linspace(-0.5, 0.6, int(np.prod(shape))).reshape(shape))


def data(graph: gd.Graph, name: str, *shape: int) -> gd.Node:
    return graph.input(name, np.linspace(-1, 1.1, int(np.prod(shape))).reshape(shape))


def one_by_one(
    count: int, *, order: str = "qkv", named: bool = False, last: float = 2.0, axis: int = 1,
    own: bool = False, chained: bool = False,
) -> gd.Graph:  # fmt: skip
    """Return attention whose heads are computed one by one.

    The last one is scaled otherwise, they are put together along another axis, each takes a value
    of its own, or that of the head before.
    """
    graph, size = gd.Graph(), WIDTH
    X, heads = data(graph, "X", ROWS, WIDTH), list[gd.Node]()
    for k in range(count):
        taken = data(graph, f"X{k}", ROWS, WIDTH) if own else heads[-1] if chained and heads else X
        made = {s: taken @ weights(graph, f"u{s}{k}", WIDTH, size) for s in order}
        if named:
            made = {s: graph.node(f"n{s}{k}", value) for s, value in made.items()}
        scores = made["q"] @ made["k"].T / (last if k == count - 1 else 2.0)
        heads.append(graph.node(f"r{k}", gd.softmax(scores) @ made["v"]))
    whole = gd.concatenate(heads, axis=axis)
    graph.node("out", whole @ weights(graph, "o", whole.shape[1], WIDTH))
    return graph


def along_an_axis(count: int, *, order: tuple[int, ...] = (1, 0, 2), batch: int = 0) -> gd.Graph:
    """Return attention whose heads are an axis, (h, n, d), which is moved before it is joined."""
    graph, d = gd.Graph(), 2
    lead = (batch,) if batch else ()
    shift = len(lead)
    moved = (*range(shift), *(shift + k for k in order))
    X = data(graph, "X", *lead, count, d * count)

    def split(name: str) -> gd.Node:
        made = X @ weights(graph, name, d * count, d * count)
        split = made.reshape((*lead, count, count, d))
        return split.transpose((*range(shift), shift + 1, shift, shift + 2))

    q, k, v = map(split, ("a", "b", "c"))
    turned = k.transpose((*range(shift), shift, shift + 2, shift + 1))
    heads = graph.node("heads", gd.softmax(q @ turned / np.sqrt(d)) @ v)
    whole = heads.transpose(moved).reshape((*lead, -1, d * count))
    graph.node("out", whole @ weights(graph, "o", whole.shape[-1], 3))
    return graph


def titles(found: Architecture) -> list[str]:
    return [frame.title for frame in found.frames]


@given(st.integers(2, 5), st.permutations("qkv"), st.booleans())
def test_alike_heads_are_folded(count: int, order: list[str], named: bool):
    graph = one_by_one(count, order="".join(order), named=named)
    found = architecture(graph)
    assert titles(found) == [f"Multi-head attention, {count} heads"]
    folded = [block for block in found.blocks if block.copies > 1]
    assert [block.copies for block in folded] == [count] * 7
    assert sorted(block.kind for block in found.blocks if block.copies == 1) == [
        "dense", "input", "movement",
    ]  # fmt: skip
    owned = [node.name for block in found.blocks for node in block.parameters]
    assert sorted(owned) == sorted(node.name for node in graph.parameters)
    pairs = [(edge.tail, edge.head) for edge in found.edges]
    assert len(set(pairs)) == len(pairs) == 11
    assert all(tail < head for tail, head in pairs)


@pytest.mark.parametrize(
    "graph",
    [
        one_by_one(1), one_by_one(3, last=1.0), one_by_one(2, axis=0), one_by_one(2, own=True),
        one_by_one(2, chained=True),
    ],
    ids=["one head", "one scaled otherwise", "below each other", "of other data", "in a row"],
)  # fmt: skip
def test_what_is_almost_multi_head_is_not_folded(graph: gd.Graph):
    found = architecture(graph)
    assert not any("Multi" in title for title in titles(found))
    assert all(block.copies == 1 for block in found.blocks)


@pytest.mark.parametrize("batch", [0, 2])
@pytest.mark.parametrize("count", [2, 3])
def test_heads_along_an_axis_are_read(count: int, batch: int):
    found = architecture(along_an_axis(count, batch=batch))
    assert titles(found) == [f"Multi-head attention, {count} heads"]
    assert {block.copies for block in found.blocks} == {1, count}


def test_heads_that_are_joined_with_other_rows_are_none():
    """Of as many rows as heads, shapes do not tell which axis was moved."""
    for order in ((0, 1, 2), (2, 0, 1), (0, 2, 1)):
        found = architecture(along_an_axis(2, order=order))
        assert not any("Multi" in title for title in titles(found))
        assert all(block.copies == 1 for block in found.blocks)


def projected(form: str, layers: int, names: tuple[str, ...]) -> gd.Graph:
    """Return what is added to a projection of x, or almost."""
    first, other, *rest = names
    graph = gd.Graph()
    x = data(graph, first, 4)
    z = data(graph, other, 4)
    skip = weights(graph, rest[0], 3, 4) @ x
    h = z if form == "of another" else x
    for k in range(layers):
        h = weights(graph, f"U{k}", 4, 4) @ h
        h = h if form == "linear" else gd.tanh(h)
    f = weights(graph, rest[1], 3, 4) @ h + weights(graph, "beta", 3)
    match form:
        case "in one":
            graph.node("y", skip + f)
        case "named":
            graph.node("y", graph.node("s", skip) + graph.node("f", f))
        case "named last":
            made = graph.node("f", f)
            graph.node("y", gd.relu(made + skip))
        case "bent":
            graph.node("y", gd.relu(graph.node("s", skip)) + graph.node("f", f))
        case "with noise":
            graph.node("y", graph.node("s", skip) + graph.node("f", f * data(graph, "eps", 3)))
        case "times":
            graph.node("y", graph.node("s", skip) * graph.node("f", f))
        case _:
            graph.node("y", graph.node("s", skip) + graph.node("f", f))
    return graph


NAMES = st.permutations(["x", "W", "skip", "a_1"]).map(tuple)


@given(st.sampled_from(["in one", "named", "named last"]), st.integers(1, 3), NAMES)
def test_a_skip_may_be_projected(form: str, layers: int, names: tuple[str, ...]):
    graph = projected(form, layers, names)
    found = architecture(graph)
    ends = {found.edges[k].node.name for k in found.skips}
    assert names[0] in ends
    assert len(found.skips) == (1 if form == "in one" else 2)
    leaving = [edge for edge in found.edges if edge.node.name == names[0]]
    assert len(leaving) == 2  # of which one is part of F
    assert sum(k in found.skips for k, edge in enumerate(found.edges) if edge in leaving) == 1


@given(
    st.sampled_from(["of another", "linear", "bent", "with noise", "times"]),
    st.integers(1, 3),
    NAMES,
)
def test_what_is_almost_a_projected_skip_is_none(form: str, layers: int, names: tuple[str, ...]):
    assert not architecture(projected(form, layers, names)).skips
