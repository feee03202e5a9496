"""The generated text of programs on plain floats: names, guards, tracebacks."""

from __future__ import annotations

import linecache
import traceback
from fractions import Fraction
from functools import reduce
from operator import add

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.program.scalars import float_step
from graphdiff.program.scalars.floats import float_program
from graphdiff.program.scalars.index_arrays import network_of
from graphdiff.program.source import compiled


def general(*arguments):
    return "general", arguments


def step_of(graph, wrt=None, **options):
    wrt = graph.parameters if wrt is None else wrt
    program = float_step(graph, graph.output, wrt, **options)
    return program, program.function(general)


def linear_regression():
    graph = gd.Graph()
    x, y = graph.input("x", 1), graph.input("y", 2)
    w, b = graph.parameter("w", 5), graph.parameter("b", 1)
    e = graph.node("e", graph.node("v", graph.node("u", x * w) + b) - y)
    graph.node("L", e**2)
    return graph


def test_the_text():
    program, step = step_of(linear_regression())
    assert program.source == (
        "def step(x=1.0, y=2.0, w=5.0, b=1.0):\n"
        "    try:\n"
        "        if type(x) is not float or type(y) is not float or type(w) is not float"
        " or type(b) is not float:\n"
        "            x, y, w, b = as_float[type(x)](x), as_float[type(y)](y), as_float[type(w)](w),"
        " as_float[type(b)](b)\n"
        "        u = x * w\n"
        "        v = u + b\n"
        "        e = v - y\n"
        "        L = e * e\n"
        "        P_e = 2.0 * e\n"
        "        P_w = P_e * x\n"
        "        return L, {'w': P_w, 'b': P_e}\n"
        "    except errors:\n"
        "        pass\n"
        "    return general(x, y, w, b)\n"
    )
    assert step() == (16.0, {"w": 8.0, "b": 8.0})
    assert step(2.0, y=1.0) == (100.0, {"w": 40.0, "b": 20.0})


def test_one_variable_and_other_forms():
    graph = linear_regression()
    assert step_of(graph, [graph["w"]], single=True)[1]() == (16.0, 8.0)
    assert step_of(graph, form="value")[1]() == 16.0
    assert step_of(graph, form="gradient")[1]() == {"w": 8.0, "b": 8.0}


@pytest.mark.parametrize(
    "function", [lambda z: z * z, gd.relu, gd.tanh, lambda z: gd.where(z > 0, 1.5, z)]
)
@pytest.mark.parametrize(
    "x", [np.ones(3), np.array([-1.0]), np.float32(2), None, "2", [1.0], True, 10**400,
          np.array("2"), np.array(2.0, np.float32), Fraction(1, 2), 2j],
)  # fmt: skip
def test_what_is_no_number_of_float64_goes_to_general(function, x):
    graph = gd.Graph()
    leaf = graph.parameter("x")
    graph.node("L", function(leaf))
    _, step = step_of(graph)
    name, (given,) = step(x)
    assert name == "general"
    assert given is x
    assert step()[0] == "general"


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (gd.exp, 1000.0),
        (gd.log, 0.0),
        (lambda x: 1 / (x - 2), 2.0),
        (lambda x: (-x) ** 0.3, 2.0),
        (lambda x: x**1.5 * x**-1.5, 1e300),
        (gd.sin, float("inf")),
    ],
)
def test_what_python_refuses_goes_to_general(function, x):
    graph = gd.Graph()
    graph.node("L", function(graph.parameter("x", 1)))
    assert step_of(graph)[1](x) == ("general", (x,))


@pytest.mark.parametrize("kind", [int, np.int64, np.float64, lambda x: np.array(float(x))])
@pytest.mark.parametrize("count", [1, 4])
def test_every_kind_of_number_becomes_a_float(kind, count):
    graph = linear_regression()
    values = [kind(x) if k < count else float(x) for k, x in enumerate((1, 2, 5, 1))]
    value, gradient = step_of(graph)[1](*values)
    assert (value, gradient) == (16.0, {"w": 8.0, "b": 8.0})
    assert {type(value), *map(type, gradient.values())} == {float}


def test_thousands_of_leaves():
    graph = gd.Graph()
    leaves = [graph.parameter(f"x{k}", k / 1000) for k in range(3000)]
    graph.node("L", reduce(add, leaves))
    program = float_program(network_of(graph, graph["L"], leaves))
    value, gradient = program(np.ones(3000))
    assert value == 3000
    assert gradient.tolist() == [1.0] * 3000


def test_names_that_clash():
    names = ["lambda", "None", "type", "float", "tanh", "general", "errors", "P_u", "t3", "__debug__",
             "step", "ﬁ", "fi", "ℓ", "l", "class_2", "class", "self"]  # fmt: skip
    graph = gd.Graph()
    leaves = [graph.parameter(name, 0.1 + k / 20) for k, name in enumerate(names)]
    u = graph.node("u", gd.tanh(leaves[0] * leaves[1]) + leaves[-1])
    for k, leaf in enumerate(leaves):
        u = graph.node(f"exp_{k}" if k else "exp", gd.tanh(u * leaf) + gd.exp(leaf) * u)
    program, step = step_of(graph)
    assert len(set(program.arguments)) == len(names)
    value, gradient = step()
    run = graph.backward()
    assert value == pytest.approx(run.value[graph.output.name])
    assert list(gradient) == [leaf.name for leaf in graph.leaves]
    assert gradient == pytest.approx({name: run.P[name] for name in gradient})


def test_known_values_are_used():
    graph = gd.Graph()
    x = graph.parameter("x", 0.3)
    a = graph.node("a", gd.tanh(x))
    s = graph.node("s", gd.sigmoid(a))
    graph.node("L", gd.exp(s) - (-a) * 1 + 0 * x)
    source = step_of(graph)[0].source
    assert "1.0 - a * a if" in source
    assert "1.0 - s if" in source
    assert source.count("exp(") == source.count("tanh(") == 1
    assert "-1.0" not in source
    assert "* 1.0" not in source


def test_a_traceback_shows_the_line():
    function = compiled("def f(x):\n    y = x + 1\n    return y / 0\n", {}, "test")
    try:
        function(1)
    except ZeroDivisionError as error:
        text = "".join(traceback.format_exception(error))
        file = error.__traceback__.tb_next.tb_frame.f_code.co_filename
    assert "return y / 0" in text
    assert file in linecache.cache
