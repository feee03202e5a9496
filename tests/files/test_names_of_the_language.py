"""Nodes may have the names of the language; a file means what the graph did."""

import keyword

import numpy as np
import pytest
from round_trips import assert_round_trip

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.files import document, options, parser
from graphdiff.language import functions, tensors

NAMES = sorted(
    {
        *functions.CATALOGUE, *functions.ALIASES, *tensors.CALLS, *parser.METHODS, "T",
        *options.KINDS, *document.SECTIONS, *keyword.kwlist, *keyword.softkwlist,
        *("pi", "π", "e", "E", "I", "S", "N", "Q", "O", "oo", "zoo", "nan", "inf", "true", "false"),
        *("J", "P", "H", "d", "L", "n", "value", "shape", "rows", "file", "graph", "links"),
    }
)  # fmt: skip
"""What is a word somewhere: in a formula, a file, a claim, a program or SymPy."""


def graph_of(name):
    """Return a graph whose leaf has the name, and formulas in which it stands beside words."""
    graph = gd.Graph()
    x = graph.input(name, np.array([[1.5, 2.0], [0.25, 3.0]]))
    v = graph.parameter("v_", [0.5, 2.0])
    graph.node("products_", x @ v + 2 * x.T @ v - x[0])
    graph.node("calls_", gd.exp(-x) + gd.max(x, 2) + gd.where(x > 1, gd.log(x), x**2) / x)
    graph.node("options_", gd.softmax(x, axis=0).sum(axis=1) + gd.einsum("ij,j->i", x, v))
    graph.node("moved_", x.reshape(4)[1:3] + gd.concatenate([v, v], axis=0)[[0, 1]] - x.mean())
    return graph


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@pytest.mark.parametrize("name", NAMES)
def test_a_leaf_with_the_name_is_read_again(name, suffix, tmp_path):
    graph = graph_of(name)
    assert_round_trip(graph, {}, tmp_path / f"graph{suffix}")
    loaded = gd.load(tmp_path / f"graph{suffix}")
    ours, theirs = graph.forward(), loaded.forward()
    for node in graph.nodes:
        assert np.array_equal(ours.value[node.name], theirs.value[node.name])


@pytest.mark.parametrize("name", NAMES)
def test_a_computed_node_with_the_name_is_read_again(name, tmp_path):
    graph = gd.Graph()
    x = graph.input("x_", 2)
    u = graph.node(name, gd.sqrt(x) * x)
    graph.node("f_", gd.sin(u) - u**2 / (u + x))
    assert_round_trip(graph, {f"P[{name}]": ["1"]}, tmp_path / "graph.toml")


@pytest.mark.parametrize("name", NAMES)
def test_its_gradient_graph_is_read_again(name, tmp_path):
    graph = gd.Graph()
    x = graph.input(name, 0.5)
    graph.node("f_", gd.gelu(x) * x)
    try:
        derived = graph.gradient_graph("f_")
    except GraphError as refused:
        assert name == "pi"  # which stands in the derivative of gelu
        assert "'pi'" in str(refused)
        return
    assert_round_trip(derived, {}, tmp_path / "graph.toml")


@pytest.mark.parametrize("first", ["node", "number"])
def test_the_number_pi_and_a_node_pi_are_not_told_apart(first):
    graph = gd.Graph()
    x = graph.input("x", 2)
    if first == "node":
        graph.input("pi", 1)
        with pytest.raises(GraphError, match="node 'f' uses the number pi, but the graph has a"):
            graph.node("f", 2 * gd.pi * x)
    else:
        graph.node("f", 2 * gd.pi * x)
        with pytest.raises(GraphError, match="'pi' is a number in the formula of 'f'"):
            graph.input("pi", 1)


def test_nor_is_a_node_from_the_letter_of_a_size():
    graph = gd.Graph()
    x, n = graph.input("x", shape=("n",)), graph.input("n", 1)
    graph.node("f", gd.mean(x) * n)
    with pytest.raises(GraphError, match="the number n, but the graph has a node 'n'"):
        graph.gradient_graph("f")


def test_a_file_may_not_mean_both(tmp_path):
    path = tmp_path / "graph.toml"
    path.write_text('[inputs]\npi = 3\n[nodes]\nf = "2*π*pi"\n', encoding="utf-8")
    with pytest.raises(GraphError, match="node 'f' uses the number pi"):
        gd.load(path)
    path.write_text('[inputs]\npi = 3\n[nodes]\nf = "2*pi"\n', encoding="utf-8")
    assert gd.load(path).forward().value["f"] == 6
