"""The graph itself: names, order, immutability, networkx."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import networkx as nx
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from lecture import lecture
from strategies import graphs

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError, UnknownNameError
from graphdiff.graph import Node


def test_nodes_in_order():
    graph = lecture()
    assert [node.index for node in graph.nodes] == list(range(1, 9))
    assert graph[3] is graph["u"] is graph[graph["u"]]
    assert [node.kind for node in graph] == [
        "input", "parameter", "computation", "parameter", "computation", "input", "computation",
        "computation",
    ]  # fmt: skip
    assert [node.name for node in graph.inputs] == ["x", "y"]
    assert [node.name for node in graph.parameters] == ["w", "b"]
    assert [node.name for node in graph.leaves] == ["x", "w", "b", "y"]
    assert [node.name for node in graph.outputs] == ["L"]
    assert graph.output is graph["L"]
    assert len(graph) == 8
    assert "u" in graph
    assert "v" not in graph
    assert 3 not in graph
    assert graph.ancestors("u") == {"x", "w", "u"}
    assert graph.descendants("e") == {"e", "L"}
    assert repr(graph["u"]) == "<computation u^3 u = x*w>"
    assert repr(graph["x"]) == "<input u^1 x = 1>"
    assert repr(graph) == ("<Graph 'Linear regression': 2 inputs, 2 parameters, 4 computed nodes>")


def test_a_node_keeps_what_its_author_wrote():
    graph = gd.Graph()
    x, w, b = graph.input("x"), graph.parameter("w"), graph.parameter("b")
    assert graph.node("u", x * w).formula == "x*w"
    assert graph.node("v", w * x + b - 2 / (1 + b)).formula == "w*x + b - 2/(1 + b)"
    assert graph["v"].parents == (w, x, b)
    assert graph["u"].shape == ()
    assert graph["u"].size == 1


@pytest.mark.parametrize("name", ["ŷ", "σ", "ℒ", "θ_1", "w_1_10", "_", "x̂", "tiếng", "中"])
def test_names(name):
    graph = gd.Graph()
    node = graph.input(name, 1)
    assert graph[name] is node
    graph.node("z", node * 2)
    assert graph.backward("z", {name: 3}).value["z"] == 6


def test_names_are_compared_in_normal_form():
    graph = gd.Graph()
    graph.input("y\u0302", 1)
    assert graph["\u0177"].name == "\u0177"
    assert "y\u0302" in graph
    with pytest.raises(GraphError, match="there is already a node"):
        graph.input("\u0177")


@pytest.mark.parametrize("name", ["", "1x", "a b", "x-y", "x" * 101, "x\n", "<b>", "x₁", "ŷ!"])
def test_not_a_name(name):
    with pytest.raises(GraphError) as error:
        gd.Graph().input(name)
    assert str(error.value) == (
        f"{name[:100]!r} cannot be a node's name; use letters, digits and _, beginning with a "
        "letter, at most 100"
    )


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda g: g.input("x"), "there is already a node 'x' (u^1, an input); choose another name"),
        (lambda g: g.node("w", g["x"] * 2), "there is already a node 'w' (u^2, a parameter); choose another name"),
        (lambda g: g.input("u"), "there is already a node 'u' (u^3, a computation); choose another name"),
        (lambda g: g.input(3), "a node's name must be a text, not 3"),
        (lambda g: g.input("a", [[1, 2], [3]]), "the value of input 'a' is no array: its rows are not equally long, or not equally deep"),
        (lambda g: g.input("a", []), "the value of input 'a' has shape (0,), no entries; give an array, numpy.zeros((0, 3)), or say the shape"),
        (lambda g: g.input("a", [1, "b"]), "entry [1] of the value of input 'a' is 'b' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.input("a", 1, shape=(2,)), "the value of input 'a' has shape (); the node's is (2,), so samples of it have shape (m, 2)"),
        (lambda g: g.input("a", [1, 2, 3, 4], shape=(2, 2)), "the value of input 'a' has shape (4,); the node's is (2, 2); the entries are as many, so reshape it if that is meant"),
        (lambda g: g.input("a", [1, 2], shape=("n",)), "the value of input 'a' cannot be kept: its shape (n,) has letters; give it to forward, backward, a step or a formula, or sizes as numbers"),
        (lambda g: g.input("a", shape=(-1, 2)), "the shape of input 'a' has the size -1; a size is a whole number from 0, or a letter such as \"n\", or made of them, \"2*n + 1\""),
        (lambda g: g.input("a", shape=(10**9, 2)), "input 'a' has shape (1000000000, 2), which is more than 10000000 entries"),
        (lambda g: g.input("a", "one"), "the value of input 'a' is 'one' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.node("a", "x*w"), "a constant is 'x*w' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda g: g.node("a", g["x"] * np.ones(2000)), "an array of shape (2000,) is too long to stand in a formula; make it the value of an input"),
        (lambda g: g.node("a", max(g["x"], 0)), "nodes have no order while the graph is being built, so if, and, or and Python's max and min do not work on them; use gd.where, gd.max, gd.min, gd.step or gd.relu"),
        (lambda g: g.node("a", lecture()["x"] * 2), "node 'a' uses <input u^1 x = 1>, which belongs to another graph; use nodes of this graph"),
        (lambda g: g[lecture()["x"]], "node 'x' belongs to another graph"),
        (lambda g: g[0], "there is no node u^0; indices run from 1 to 8"),
        (lambda g: g[9], "there is no node u^9; indices run from 1 to 8"),
        (lambda g: g[1.5], "1.5 is not a node, the name of one, or an index"),
        (lambda g: g.local_jacobian("x", "L"), "there is no edge 'x' -> 'L'; the parents of 'L' are 'e'"),
        (lambda g: g.local_jacobian("x", "w"), "there is no edge 'x' -> 'w'; 'w' is a leaf"),
        (lambda g: g.gradient("L", "w", "leafs"), "in_terms_of is 'leafs'; it must be 'nodes', 'leaves' or 'children'"),
        (lambda g: g.hessian("L", ["w", "u"]), "'u' depends on 'w', so they cannot vary independently; take the Hessian in one of them"),
        (lambda g: gd.Graph().output, "the graph has no computed node yet; add one with graph.node"),
    ],
)  # fmt: skip
def test_messages(build, message):
    with pytest.raises(GraphError) as error:
        build(lecture())
    assert str(error.value) == message


def test_unknown_names():
    for key, message in {
        "yhta": "unknown node 'yhta'; did you mean 'yhat'?",
        "l": "unknown node 'l'; did you mean 'L'?",
        "q": "unknown node 'q'; known: 'x', 'w', 'u', 'b', 'yhat', 'y', 'e', 'L'",
    }.items():
        with pytest.raises(UnknownNameError) as error:
            lecture()[key]
        assert str(error.value) == message
    with pytest.raises(KeyError, match="there are none yet"):
        gd.Graph()["x"]


def test_nodes_never_change():
    graph = lecture()
    for change in (
        lambda: setattr(graph["x"], "value", 2),
        lambda: setattr(graph["x"], "new", 2),
        lambda: delattr(graph["x"], "name"),
    ):
        with pytest.raises(AttributeError) as error:
            change()
        assert str(error.value) == (
            "node 'x' cannot be changed once it is in a graph; give new values to forward or "
            "backward, or build another graph"
        )
    with pytest.raises(TypeError):
        graph.nodes[0] = None


def test_children_of_a_graph_that_grows():
    graph = gd.Graph()
    x = graph.input("x", 3)
    assert graph.children("x") == ()
    u = graph.node("u", x * x)
    assert [tuple(edge) for edge in graph.children("x")] == [(x, u, 0), (x, u, 1)]
    v = graph.node("v", u * x)
    assert [(edge.child, edge.slot) for edge in graph.children(x)] == [(u, 0), (u, 1), (v, 1)]
    assert graph.children(v) == ()
    assert set(graph.edges) == {edge for node in graph for edge in graph.children(node)}
    assert graph.outputs == (v,)
    assert graph.descendants(u) == {"u", "v"}


def test_threads_that_look_at_one_graph():
    graph = gd.Graph()
    u = x = graph.input("x", 3)
    for k in range(3000):
        u = graph.node(f"u_{k}", u + x)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(graph.children, [x] * 8))
    assert {len(edges) for edges in found} == {3001}


def test_a_symbol_is_made_once():
    x = gd.Graph().input("x")
    assert x.symbol is x.symbol
    assert x.symbol == sp.Symbol("x", real=True)


def test_values_are_kept_as_given():
    graph = gd.Graph()
    values = [1, 0.5, np.float64(0.5), np.float32(0.5), np.int64(2), 10**30, Fraction(1, 3), -0.0]
    kept = [graph.input(f"x_{k}", value).value for k, value in enumerate(values)]
    assert kept == [1, 0.5, 0.5, 0.5, 2, 10**30, sp.Rational(1, 3), 0]
    assert [type(value) for value in kept[:6]] == [int, float, float, float, int, int]
    assert str(kept[-1]) == "-0.0"
    for value in (float("nan"), np.float64("nan")):
        with pytest.raises(GraphError, match="the value of input 'y' is nan; it must be finite"):
            graph.input("y", value)
    with pytest.raises(GraphError, match="is True of type bool"):
        graph.input("y", True)


def test_a_refused_node_leaves_no_trace():
    graph = lecture()
    with pytest.raises(GraphError):
        graph.node("x", graph["w"] * 2)
    assert len(graph) == 8
    assert [edge.child.name for edge in graph.children("w")] == ["u"]


def test_to_networkx():
    graph = gd.Graph("square", output="z")
    x = graph.input("x", 3)
    graph.node("z", x * x)
    multigraph = graph.to_networkx()
    assert isinstance(multigraph, nx.MultiDiGraph)
    assert multigraph.graph == {"title": "square", "output": "z"}
    assert multigraph.nodes["x"] == {"kind": "input", "index": 1, "shape": (), "value": 3}
    assert multigraph.nodes["z"] == {
        "kind": "computation", "index": 2, "shape": (), "expression": "x*x",
    }  # fmt: skip
    assert sorted(multigraph.edges(keys=True)) == [("x", "z", 0), ("x", "z", 1)]


@given(graphs())
def test_there_and_back_through_networkx(graph):
    again = gd.Graph.from_networkx(graph.to_networkx())
    assert [
        (node.name, node.kind, node.value, node.formula, [p.name for p in node.parents])
        for node in again
    ] == [
        (node.name, node.kind, node.value, node.formula, [p.name for p in node.parents])
        for node in graph
    ]


def test_networkx_with_other_edges():
    multigraph = lecture().to_networkx()
    multigraph.add_edge("x", "L", key=0)
    with pytest.raises(GraphError, match="the edges do not agree with the expressions: x -> L"):
        gd.Graph.from_networkx(multigraph)


def test_node_is_public():
    assert gd.Node is Node


def test_a_dot_for_products_is_no_letter():
    with pytest.raises(GraphError, match="'a·b' cannot be a node's name"):
        gd.Graph().input("a·b")


def test_exact_samples_stay_exact():
    g = gd.Graph()
    x = g.input("x")
    f = g.node("f", x**2 + gd.sqrt(x))
    third = sp.Rational(1, 3)
    run = g.backward(f, x=[Fraction(1, 3), 4, sp.sqrt(2), 0.5], exact=True)
    assert run.value["x"].tolist() == [third, 4, sp.sqrt(2), sp.Rational(1, 2)]
    assert run.value["f"][:2].tolist() == [third**2 + sp.sqrt(3) / 3, 18]
    assert run.P["x"][1] == sp.Rational(33, 4)
    floats = g.backward(f, x=[Fraction(1, 3), 4, sp.sqrt(2), 0.5])
    assert floats.value["f"].dtype == np.float64
    assert floats.value["f"] == pytest.approx(run.value["f"].astype(float))
    assert (
        g.backward(f, x=np.array([Fraction(1, 3), 2], dtype=object), exact=True).value["x"][0]
        == third
    )


def test_exact_samples_round_trip_through_networkx():
    g = gd.Graph()
    g.node("y", g.input("x", [Fraction(1, 3), 2], shape=()) * 3)
    assert gd.Graph.from_networkx(g.to_networkx()).backward(exact=True).value["y"].tolist() == [
        1,
        6,
    ]


def test_samples_too_large_for_float64():
    g = gd.Graph()
    g.node("y", g.input("x", [10**400, 1], shape=()) / 10**399)
    assert g.forward(exact=True).value["y"][0] == 10
    with pytest.raises(NumericalError, match="node 'x'"):
        g.forward()


@pytest.mark.parametrize("mask", [np.array([True, False, True]), [True, False, True]])
@pytest.mark.parametrize("exact", [False, True])
def test_booleans_are_ones_and_zeros(mask, exact):
    graph = gd.Graph()
    m, x = graph.input("m", mask), graph.parameter("x", [1, 2, 3])
    on = graph.input("on", np.bool_(True))
    L = graph.node("L", gd.where(m, x**2, 0).sum() * on + (m * x).sum())
    assert graph.backward(L, exact=exact).gradient[x].tolist() == [3, 0, 7]
    other = ~np.asarray(mask)
    assert graph.backward(L, m=other, exact=exact).gradient[x].tolist() == [0, 5, 0]
    step = graph.compile(L, x, form="gradient")
    assert step(m=other).tolist() == [0, 5, 0]
    assert graph.gradient(L, x).at({"m": other, "x": [1, 2, 3], "on": True}).tolist() == [0, 5, 0]


def test_what_a_node_needs_is_its_ancestors_in_order():
    r = np.random.default_rng(4)
    g = gd.Graph()
    nodes = [g.input(f"x{k}", k + 1) for k in range(3)]
    for k in range(40):
        i, j = r.integers(0, len(nodes), 2)
        nodes.append(g.node(f"v{k}", nodes[i] * nodes[j]))
        for asked in (nodes[-1], nodes[i], "x1", nodes[-1]):
            needed = g.needed(asked)
            assert {node.name for node in needed} == g.ancestors(asked)
            assert list(needed) == sorted(needed, key=lambda node: node.index)
