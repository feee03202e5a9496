"""Chains: what is folded is repeated exactly, and nothing is lost or doubled."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.recognition.alike_nodes import arrows_between, parts_of
from graphdiff.recognition.chains import LEAST_STEPS
from graphdiff.workbench import Graph

OPERATIONS = (gd.sin, gd.tanh, gd.sigmoid, gd.exp)


def unrolled(steps: int, seed: int) -> tuple[Graph, int]:
    """Return a random recurrence of some states, and how many nodes each step has.

    Each step has inputs or parameters of its own, nodes that depend on shared parameters, the
    states before and each other, and an output; some steps add to a loss.
    """
    draw = random.Random(seed)
    graph = Graph()
    shared = [graph.parameter(f"w_{k}", draw.uniform(-1, 1)) for k in range(draw.randint(1, 3))]
    states = [graph.input(f"s{k}_0", draw.uniform(-1, 1)) for k in range(draw.randint(1, 3))]
    own = draw.randint(0, 2)
    loss = graph.parameter("l_0", 0.0) if draw.random() < 0.5 else None
    plan = [
        (draw.choice(OPERATIONS), draw.randrange(len(shared)), draw.random(), draw.random())
        for _ in range(len(states) + draw.randint(0, 2))
    ]
    width = len(plan) + own + (loss is not None)
    for t in range(1, steps + 1):
        given = [graph.parameter(f"x{k}_{t}", draw.uniform(-1, 1)) for k in range(own)]
        made = [*states, *given]
        for k, (operation, w, first, second) in enumerate(plan):
            u, v = (made[int(share * len(made))] for share in (first, second))
            made.append(graph.node(f"s{k}_{t}", operation(shared[w] * made[k] + u) * v))
        states = made[-len(states) :]
        if loss is not None:
            loss = graph.node(f"l_{t}", loss + states[0])
    return graph, width


def folds(parts):
    return {part.fold: part.fold for part in parts if part.fold}


@given(st.integers(LEAST_STEPS + 2, 12), st.integers(0, 10**6))
@settings(deadline=None)
def test_a_fold_is_exact(steps, seed):
    graph, _ = unrolled(steps, seed)
    parts = parts_of(graph, ["chains"])
    assert sorted(n.index for part in parts for n in part.nodes) == [n.index for n in graph.nodes]
    within = {node: part for part in parts for node in part.nodes}
    for part in parts:
        if part.fold is None:
            continue
        assert len(part.nodes) == part.fold.total - 2
        assert [part.fold.step[node] for node in part.nodes] == list(range(2, part.fold.total))
        said = set()
        for node in part.nodes[1:]:  # the second step may take what is outside from the first
            step = part.fold.step[node]
            places = tuple(
                ("lag", within[p], step - part.fold.step[p])
                if within[p].fold is part.fold
                else ("beside", p)
                for p in node.parents
            )
            assert all(place[0] == "beside" or place[2] >= 0 for place in places)
            said.add((node.kind, node.function, node.shape, places))
        lags = {place[2] for _, _, _, places in said for place in places if place[0] == "lag"}
        if max(lags, default=0) <= 1:
            assert len(said) == 1


@given(st.integers(LEAST_STEPS + 1, 12), st.integers(0, 10**6))
@settings(deadline=None)
def test_no_edge_is_lost(steps, seed):
    graph, _ = unrolled(steps, seed)
    parts = parts_of(graph, ["chains"])
    within = {node: part for part in parts for node in part.nodes}
    arrows = arrows_between(graph, parts)
    inside = [
        edge
        for edge in graph.edges
        if within[edge.parent] is within[edge.child]
        and (fold := within[edge.child].fold)
        and fold.step[edge.parent] == fold.step[edge.child]
    ]
    assert not inside  # two nodes of one place in one step do not depend on each other
    assert sum(arrow.size for arrow in arrows.values()) == len(graph.edges)
    for ends, arrow in arrows.items():
        assert arrow.edges == () or len(arrow.edges) == arrow.size
        assert ends.loops == (
            parts[ends.tail].fold is not None
            and parts[ends.tail].fold is parts[ends.head].fold
            and all(
                parts[ends.head].fold.step[e.parent] < parts[ends.head].fold.step[e.child]
                for e in arrow.edges
            )
        )


def recurrence(kind: str, steps: int) -> Graph:
    graph = Graph(kind)
    w, b = graph.parameter("w", 0.9), graph.parameter("b", 0.1)
    v, x = graph.input("v_0", 0.5), graph.input("x_0", 1.0)
    for k in range(1, steps + 1):
        match kind:
            case "tanh":
                v = graph.node(f"v_{k}", gd.tanh(w * v))
            case "affine":
                v = graph.node(f"v_{k}", gd.sin(w * v + b))
            case "two alike":
                a = graph.node(f"a_{k}", gd.tanh(w * v))
                v = graph.node(f"v_{k}", gd.tanh(b * a))
            case "momentum":
                v = graph.node(f"v_{k}", w * v - b * x)
                x = graph.node(f"x_{k}", x + v)
            case "layers":
                own = graph.parameter(f"w_{k}", 0.1 * k), graph.parameter(f"b_{k}", 0.2)
                z = graph.node(f"z_{k}", own[0] * v + own[1])
                v = graph.node(f"v_{k}", gd.tanh(z))
            case "two before":
                v, x = graph.node(f"v_{k}", w * v + b * x), v
            case "outputs":
                v = graph.node(f"v_{k}", gd.tanh(w * v + graph.input(f"u_{k}", 0.1)))
                y = graph.node(f"y_{k}", b * v)
                graph.node(f"e_{k}", (y - graph.input(f"t_{k}", 0.5)) ** 2)
            case _:
                raise AssertionError(kind)
    return graph


@pytest.mark.parametrize(
    ("kind", "width"),
    [("tanh", 1), ("affine", 1), ("two alike", 2), ("momentum", 2), ("layers", 4),
     ("two before", 1), ("outputs", 5)],
)  # fmt: skip
@pytest.mark.parametrize("steps", [8, 300])
def test_recurrences_are_folded(kind, width, steps):
    graph = recurrence(kind, steps)
    parts = parts_of(graph, ["chains"])
    (fold,) = folds(parts)
    assert fold.width == width
    assert fold.total >= steps - 1
    assert sum(len(part.nodes) for part in parts if part.fold) == width * (fold.total - 2)


@pytest.mark.parametrize("kind", ["tanh", "momentum", "layers"])
def test_few_steps_are_not_folded(kind):
    assert not folds(parts_of(recurrence(kind, LEAST_STEPS - 1), ["chains"]))
    assert folds(parts_of(recurrence(kind, LEAST_STEPS), ["chains"]))


def test_a_step_that_differs_ends_a_chain():
    graph = Graph()
    w, v = graph.parameter("w", 0.9), graph.input("v_0", 0.5)
    for k in range(1, 21):
        v = graph.node(f"v_{k}", (gd.sin if k == 11 else gd.tanh)(w * v))
    parts = parts_of(graph, ["chains"])
    found = {tuple(part.nodes[k].name for k in (0, -1)) for part in parts if part.fold}
    assert found == {("v_2", "v_9"), ("v_13", "v_19")}


def test_layers_of_several_neurons_are_folded_once_alike_nodes_are_one():
    graph = gd.models.mlp([3] * 12 + [1], view="neurons", seed=0)
    parts = parts_of(graph, ["alike", "chains"])
    (fold,) = folds(parts)
    assert (fold.total, fold.width) == (11, 4) or (fold.total, fold.width) == (10, 4)
    assert len(parts) < 20


def test_wide_and_random_graphs_have_no_chain():
    graph = gd.models.mlp([20, 20, 1], view="neurons", seed=0)
    assert not folds(parts_of(graph, ["chains"]))
