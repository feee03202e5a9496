"""Nodes may be called as anything: keywords of Python, names the programs use, any letters."""

import keyword

import numpy as np
import pytest
from closeness import close
from compiling import agree

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.program.arrays.array_program import RESERVED

NAMES = sorted({*keyword.kwlist, *keyword.softkwlist, *RESERVED, "__debug__", "__name__", "t",
                "t_2", "t_3", "out0", "out1", "ones", "c", "places", "identity", "P_L", "P_x", "L_2",
                "self", "values", "named", "held", "np", "é", "θ", "ŷ", "变量", "ﬁ", "ℓ", "x"})  # fmt: skip


def graph_of(names, shape):
    """Return a graph that uses functions of many kinds, its leaves and nodes called so."""
    graph = gd.Graph()
    half = len(names) // 2
    values = np.linspace(0.2, 1.4, max(1, int(np.prod(shape)))).reshape(shape)
    leaves = [
        graph.parameter(name, values * (k % 5 + 1) / 3) for k, name in enumerate(names[:half])
    ]
    last = leaves[0]
    functions = (gd.tanh, gd.exp, gd.sigmoid, gd.erf, gd.softplus, gd.cosh, gd.gelu, gd.relu)
    for k, name in enumerate(names[half:]):
        other = leaves[k % half]
        last = graph.node(name, gd.tanh(functions[k % len(functions)](other) * last + last / 3))
    graph.node("the_loss", gd.mean(last * last) if shape else last * last)
    return graph


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(), (2, 3)])
@pytest.mark.parametrize("order", [1, -1])
def test_every_name(shape, order):
    graph = graph_of(NAMES[::order], shape)
    step = graph.compile("the_loss")
    agree(graph, "the_loss", step)
    r = np.random.default_rng(0)
    for leaf in graph.leaves:
        value = r.uniform(0.5, 1, shape)
        agree(graph, "the_loss", step, {leaf.name: value})
        found, _ = step(**{leaf.name: value})
        close(found, graph.forward({leaf.name: value}).value["the_loss"])
    agree(graph, "the_loss", step)


@pytest.mark.parametrize("value", [2.0, [1.0, 2.0]])
@pytest.mark.parametrize("first", ["lambda", "lambda_2"])
def test_no_keyword_stands_for_another_leaf(first, value):
    graph = gd.Graph()
    names = [first, "lambda_2" if first == "lambda" else "lambda"]
    a, b = (graph.parameter(name, value) for name in names)
    graph.node("L", (a * a + b).sum())
    step = graph.compile()
    for name in names:
        new = np.asarray(value) * 3
        agree(graph, "L", step, {name: new})
        close(step(**{name: new})[0], graph.forward({name: new}).value["L"])


def test_no_keyword_that_is_no_name():
    for value in (2.0, [1.0, 2.0]):
        graph = gd.Graph()
        graph.node("L", graph.parameter("lambda", value).sum())
        with pytest.raises(GraphError, match="unknown node 'lambda_2'; did you mean 'lambda'"):
            graph.compile()(lambda_2=value)


@pytest.mark.parametrize("value", [2.0, [1.0, 2.0]])
def test_letters_that_python_folds(value):
    graph = gd.Graph()
    first, second = graph.parameter("ℓ", value), graph.parameter("l", value)
    graph.node("L", (first * first * second).sum())
    step = graph.compile()
    for name in ("ℓ", "l"):
        agree(graph, "L", step, {name: np.asarray(value) * 3})
    with pytest.raises(GraphError, match="alike as the keyword l"):
        step(l=value)
    alone = gd.Graph()
    alone.node("L", alone.parameter("ℓ", value).sum() ** 2)
    step = alone.compile()
    assert step(ℓ=value)[0] == step({"ℓ": value})[0] == alone.forward().value["L"]
    with pytest.raises(GraphError, match="unknown node 'l'"):
        step({"l": value})
