"""Graphs read as architectures: nothing of the graph is lost, and nothing is added."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable

import numpy as np
import pytest
from architectures import (
    ARCHITECTURES,
    attention_in_a_line,
    conv_net,
    gru,
    lstm,
    lstm_of_one_product,
    odd_group,
    residual,
    siamese,
    transformer,
)
from drawing_graphs import GRAPHS, tangled
from graphs_to_lay_out import layer_norm, softmax_regression, unrolled
from hypothesis import given, settings
from hypothesis import strategies as st
from recurrent_cells import CELLS
from tensor_strategies import graphs

import graphdiff as gd
from graphdiff.recognition.blocks.found import architecture, formula_of
from graphdiff.recognition.blocks.records import Architecture, Block
from graphdiff.recognition.operations import divided

ALL = {
    **ARCHITECTURES,
    **GRAPHS,
    "layer norm": layer_norm,
    "softmax regression": softmax_regression,
    "unrolled": lambda: unrolled(4, tensor=True),
    **{f"tangled {seed}": lambda seed=seed: tangled(seed, 12) for seed in range(6)},
}


def check_whole(graph: gd.Graph) -> None:
    """Every operation and every parameter is in one block, and edges are those of the graph."""
    found, made = architecture(graph), divided(graph, once=True)
    owned = Counter(node.name for block in found.blocks for node in block.parameters)
    assert owned == Counter(node.name for node in graph.parameters)
    inside = Counter(node.name for block in found.blocks for node in block.nodes)
    assert inside.keys() >= {node.name for node in made.nodes if node.kind != "parameter"}
    assert set(inside.values()) == {1}
    of = {node.name: k for k, block in enumerate(found.blocks) for node in block.nodes}
    between = {
        (of[parent.name], of[node.name], parent.name)
        for node in made.nodes
        for parent in node.parents
        if parent.name in of and of[parent.name] != of[node.name]
    }
    edges = [(edge.tail, edge.head, edge.node.name) for edge in found.edges]
    inputs = {node.name for node in graph.inputs}
    of_data = {name for name in of if name in inputs or inputs & made.ancestors(name)}
    assert {one for one in between if one[2] in of_data} <= set(edges) <= between
    assert len(edges) == len(set(edges))
    assert all(edge.tail < edge.head for edge in found.edges)
    assert found.count == sum(np.prod(node.shape, dtype=object) for node in graph.parameters)
    assert found.count == sum(block.count for block in found.blocks)


@pytest.mark.parametrize("name", ALL)
def test_every_operation_and_every_parameter_is_in_one_block(name: str):
    check_whole(ALL[name]())


LAYERS = {
    "dense": lambda a, W, b, _: a @ W.T + b,
    "bias first": lambda a, W, b, _: b + a @ W,
    "residual": lambda a, W, b, V: a + gd.tanh(a @ W) @ V + b,
    "norm": lambda a, _W, b, _V: gd.layer_norm(a) * b,
    "activation": lambda a, *_: gd.relu(a),
    "attention": lambda a, W, *_: gd.softmax((a @ W) @ a.T / 3) @ a,
    "square": lambda a, *_: (a**2 + 1) / (2 + gd.exp(a)),
    "shared": lambda a, _W, _b, V: a @ V,
}


@given(st.lists(st.sampled_from(sorted(LAYERS)), max_size=8), st.booleans())
def test_any_stack_of_layers_is_read_whole(layers: list[str], ends: bool):
    graph = gd.Graph()
    a: gd.Node = graph.input("x", np.linspace(-1, 1, 6).reshape(2, 3))
    shared = graph.parameter("V", np.eye(3))
    for k, layer in enumerate(layers):
        W, b = graph.parameter(f"W_{k}", np.eye(3)), graph.parameter(f"b_{k}", np.ones(3))
        a = graph.node(f"a_{k}", LAYERS[layer](a, W, b, shared))
    if ends:
        graph.node("L", gd.mse(a, 0))
    check_whole(graph)


@given(graphs())
def test_any_graph_of_tensors_is_read_whole(graph: gd.Graph):
    check_whole(graph)
    for block in architecture(graph).blocks:
        if block.kind == "formula":
            formula_of(block, architecture(graph))


def kinds(found: Architecture) -> list[str]:
    return [block.kind for block in found.blocks]


def by_kind(found: Architecture, kind: str) -> list[Block]:
    return [block for block in found.blocks if block.kind == kind]


def test_a_conv_net_is_read_with_its_options():
    found = architecture(conv_net())
    assert kinds(found) == [
        "input", "convolution", "activation", "pooling", "movement", "dense", "input", "loss",
    ]  # fmt: skip
    convolution, pooling = found.blocks[1], found.blocks[3]
    assert (convolution.options, convolution.shape) == ({"padding": 1}, (4, 12, 12))
    assert convolution.count == 4 * 9 + 4
    assert (pooling.options, pooling.shape) == ({"size": 2}, (4, 6, 6))


def test_a_bias_belongs_to_its_layer_wherever_it_is_written():
    found = architecture(residual())
    assert kinds(found) == ["input", "dense", "activation", "dense", "sum", "activation"]
    names = [[node.name for node in block.parameters] for block in by_kind(found, "dense")]
    assert names == [["W_1", "b_1"], ["W_2", "b_2"]]
    assert [(found.edges[k].tail, found.edges[k].head) for k in found.skips] == [(0, 4)]


def test_attention_is_read_however_it_is_written():
    for graph, scores in (
        (transformer(), ["matmul", "scaling", "softmax", "matmul"]),
        (attention_in_a_line(), ["matmul", "scaling", "sum", "softmax", "matmul"]),
    ):
        found = architecture(graph)
        (frame,) = found.frames
        assert frame.title == "Scaled dot-product attention"
        assert [found.blocks[k].kind for k in frame.blocks] == scores
        names = [[node.name for node in block.parameters] for block in by_kind(found, "dense")]
        assert names[:3] == [
            [f"W_{s}"] for s in (names[0][0][-1], names[1][0][-1], names[2][0][-1])
        ]
        assert "".join(name[0][-1] for name in names[:3]).lower() == "qkv"
    assert len(architecture(transformer()).skips) == 2


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_each_step_of_an_lstm_is_a_cell_with_the_parameters_of_the_first(steps: int):
    found = architecture(lstm(steps, width=3, inputs=2))
    cells = by_kind(found, "lstm")
    assert [cell.count for cell in cells] == [4 * (3 * 2 + 3 * 3 + 3), *[0] * (steps - 1)]
    assert all(len(cell.shared) == 12 for cell in cells[1:])
    for t, cell in enumerate(cells, start=1):
        named = {role: cell.roles[role].name for role in ("c", "h", "c_new", "h_new")}
        assert named == {
            "c": f"c_{t - 1}", "h": f"h_{t - 1}", "c_new": f"c_{t}", "h_new": f"h_{t}",
        }  # fmt: skip
    assert set(kinds(found)) == {"input", "lstm"}


def test_a_cell_of_one_product_and_both_forms_of_gru_are_cells():
    fused = architecture(lstm_of_one_product())
    assert kinds(fused) == ["input", "input", "input", "lstm"]
    assert fused.blocks[-1].roles["h"].name == "h"
    for resets_after in (False, True):
        found = architecture(gru(resets_after=resets_after))
        assert kinds(found) == ["input", "input", "gru"]
        assert ("resets after" in found.blocks[-1].traits) == resets_after


def test_what_is_almost_a_cell_is_none():
    graph = gd.Graph()
    x, c, z = (graph.input(name, [1.0, 2.0]) for name in "xcz")
    W = graph.parameter("W", np.eye(2))
    s = graph.node("s", gd.sigmoid(W @ x))
    graph.node("h", s * gd.tanh(s * c + s * z))  # the candidate is no tanh
    assert "lstm" not in kinds(architecture(graph))


def test_weights_that_are_shared_belong_to_the_first_block():
    found = architecture(siamese())
    first, second = by_kind(found, "dense")
    assert [node.name for node in first.parameters] == ["W", "b"] and not first.shared
    assert [node.name for node in second.shared] == ["W", "b"] and not second.parameters


def test_a_group_of_plain_operations_is_one_block_and_one_with_layers_a_frame():
    found = architecture(odd_group())
    assert [(block.kind, block.group) for block in found.blocks] == [
        ("input", ""), ("formula", "an odd norm"), ("formula", ""),
    ]  # fmt: skip
    graph = residual()
    graph.group("body", ["H"])
    (frame,) = architecture(graph).frames
    assert frame.title == "body"
    assert [architecture(graph).blocks[k].kind for k in frame.blocks] == ["dense", "activation"]


@pytest.mark.parametrize(
    "formula",
    [
        lambda x: x + gd.eye(3),
        lambda x: x * np.arange(9.0).reshape(3, 3),
        lambda x: gd.cholesky(x @ x.T + gd.eye(3)),
        lambda x: x,
        lambda x: gd.where(x > 0, x, gd.exp(x) - 1),
        lambda x: gd.stack([x, x[0] + 0 * x]),
        lambda x: gd.logdet(gd.inv(2 * x) @ x),
        lambda x: gd.einsum("ij,jk,ki->", x, x, x),
        lambda x: gd.conv2d(x, x[:2, :2]),
    ],
)
def test_operations_of_any_kind_are_blocks(formula: Callable[[gd.Node], gd.Node]):
    graph = gd.Graph()
    graph.node("y", formula(graph.input("x", np.eye(3) + 1)))
    check_whole(graph)
    assert graph.draw(style="architecture").scene.fragments


def test_letters_of_sizes_are_counted():
    graph = gd.Graph()
    x, W = graph.input("x", shape=("n",)), graph.parameter("W", shape=("k", "n"))
    graph.node("z", W @ x + graph.parameter("b", shape=("k",)))
    assert str(architecture(graph).count) == "k*n + k"


@pytest.mark.parametrize("name", CELLS)
@settings(max_examples=settings.default.max_examples // 3)
@given(st.integers(0, 10**6))
def test_cells_are_told_by_what_they_compute(name: str, seed: int):
    """Whatever values are called, wherever formulas are cut, bracketed, and turned about."""
    kind, make = CELLS[name]
    graph, states = make(seed)
    found = by_kind(architecture(graph), kind)
    assert [cell.name for cell in found] == states
    before = [cell.roles["h_new"] for cell in found[:-1]]
    assert [cell.roles["h"] for cell in found[1:]] == before
    looks = {trait for cell in found for trait in cell.traits if trait.endswith("looks")}
    assert len(looks) == {"lstm with peepholes": 3, "lstm of which one gate looks": 1}.get(name, 0)
    after = name == "gru that resets after"
    assert all(("resets after" in cell.traits) == after for cell in found)
    check_whole(graph)


def _step(graph: gd.Graph) -> tuple[gd.Node, gd.Node, gd.Node, Callable[..., object]]:
    x, h, c = (graph.input(name, np.ones(n)) for name, n in (("x", 2), ("h", 3), ("c", 3)))
    names = (f"p_{k}" for k in itertools.count(1))

    def affine(*values: gd.Node) -> object:
        products = [graph.parameter(next(names), np.ones((3, *v.shape))) @ v for v in values]
        return sum(products, graph.parameter(next(names), np.ones(3)))

    return x, h, c, affine


sigmoid, tanh = gd.sigmoid, gd.tanh
ALMOST: dict[str, Callable[..., object]] = {
    "i g is taken away": lambda x, h, c, a: (
        sigmoid(a(x, h)) * tanh(sigmoid(a(x, h)) * c - sigmoid(a(x, h)) * tanh(a(x, h)))
    ),
    "nothing is forgotten": lambda x, h, c, a: (
        sigmoid(a(x, h)) * tanh(c + sigmoid(a(x, h)) * tanh(a(x, h)))
    ),
    "no tanh of the state": lambda x, h, c, a: (
        sigmoid(a(x, h)) * (sigmoid(a(x, h)) * c + sigmoid(a(x, h)) * tanh(a(x, h)))
    ),
    "the candidate takes c": lambda x, h, c, a: (
        sigmoid(a(x, h)) * tanh(sigmoid(a(x, h)) * c + sigmoid(a(x, h)) * tanh(a(x, c)))
    ),
    "r is not for h": lambda x, h, c, a: _mixed(
        sigmoid(a(x, h)), h, tanh(a(x, sigmoid(a(x, h)) * c))
    ),
    "nothing resets": lambda x, h, c, a: _mixed(sigmoid(a(x, h)), h, tanh(a(x, h))),
    "one gate resets and updates": lambda x, h, c, a: _minimal(sigmoid(a(x, h)), x, h, a),
    "twice the old": lambda x, h, c, a: _mixed(
        sigmoid(a(x, h)), 2 * h, tanh(a(x, sigmoid(a(x, h)) * h))
    ),
    "inputs of one shape": lambda x, h, c, a: tanh(a(c, h)),
    "no input is the state": lambda x, h, c, a: tanh(a(x, tanh(a(h)))),
}


def _mixed(z: object, h: object, n: object) -> object:
    return (1 - z) * h + z * n


def _minimal(z: object, x: object, h: object, a: Callable[..., object]) -> object:
    return _mixed(z, h, tanh(a(x, z * h)))


@pytest.mark.parametrize("name", ALMOST)
def test_what_is_only_like_a_cell_is_drawn_as_it_is(name: str):
    graph = gd.Graph()
    graph.node("y", ALMOST[name](*_step(graph)))
    assert not {"lstm", "gru", "rnn"} & set(kinds(architecture(graph)))
    check_whole(graph)


def test_steps_that_take_rows_of_a_matrix_are_cells():
    graph = gd.Graph()
    X, h = graph.input("X", np.ones((4, 2))), graph.input("h", np.ones(3))
    W, U = graph.parameter("W", np.ones((2, 3))), graph.parameter("U", np.ones((3, 3)))
    for k in range(4):
        h = graph.node(f"h_{k}", gd.tanh(X[k] @ W + h @ U))
    found = by_kind(architecture(graph), "rnn")
    assert [cell.roles["h"].name for cell in found] == ["h", "h_0", "h_1", "h_2"]
    assert [cell.count for cell in found] == [15, 0, 0, 0]
