"""The graphs that pictures are tried on."""

from __future__ import annotations

import random
from typing import Any

import sympy as sp

from graphdiff.expression import Apply, as_expression
from graphdiff.functions import named
from graphdiff.workbench import Graph

HOSTILE = '<script>alert(1)</script> & "] \\input{/etc/passwd} \\N ]]> \x00 tiếng Việt 中 <b>'


def call(function: str, *arguments: Any) -> Apply:
    return Apply(named(function), tuple(map(as_expression, arguments)))


def regression(title: str = "Linear regression") -> Graph:
    graph = Graph(title)
    x, y = graph.input("x", 1), graph.input("y", 2)
    w, b = graph.parameter("w", 5), graph.parameter("b", 1)
    u = graph.node("u", x * w)
    yhat = graph.node("yhat", u + b)
    e = graph.node("e", yhat - y)
    graph.node("L", e**2)
    return graph


def square() -> Graph:
    graph = Graph("Square")
    x = graph.input("x", 3)
    graph.node("u", x * x)
    return graph


def relu() -> Graph:
    graph = Graph("Relu", output="L")
    x, w, b = graph.input("x", 1.5), graph.parameter("w", -2.25), graph.parameter("b", 1)
    h = graph.node("h", call("relu", w * x + b))
    graph.node("L", (h - 2) ** 2 / 3)
    z = graph.input("z", 2)
    graph.node("q", z * b)
    return graph


def neuron() -> Graph:
    graph = Graph("Nơ-ron")
    xs = [graph.input(f"x_{k}", k / 3) for k in (1, 2, 3)]
    ws = [graph.parameter(f"w_1_{9 + k}", k / 8) for k in (1, 2, 3)]
    b, t = graph.parameter("b_1", -0.5), graph.input("y", 1)
    z = graph.node("z", xs[0] * ws[0] + xs[1] * ws[1] + xs[2] * ws[2] + b)
    y = graph.node("ŷ", call("sigmoid", z))
    graph.node("ℒ", -(t * call("log", y) + (1 - t) * call("log", 1 - y)))
    return graph


def exact() -> Graph:
    graph = Graph("Exact")
    x, w = graph.input("x", sp.Rational(2, 3)), graph.parameter("w", sp.Rational(-8, 7))
    u = graph.node("u", x * w)
    v = graph.node("v", u**3 / (x + 1))
    graph.node("L", v**5 + u)
    return graph


def forty() -> Graph:
    pick = random.Random(1)
    graph = Graph("Forty nodes", output="h_29")
    nodes = [graph.input(f"x_{k}", k) for k in range(4)]
    nodes += [graph.parameter(f"w_{k}", k / 8) for k in range(6)]
    for k in range(30):
        a, c = pick.choice(nodes[-10:]), pick.choice(nodes[-12:])
        formula = pick.choice([a * c, a + c, call("sigmoid", a), a - c * 2])
        nodes.append(graph.node(f"h_{k}", formula))
    return graph


def long_names() -> Graph:
    graph = Graph("n" * 300)
    a = graph.input("a" * 100, 1.0 / 3)
    b = graph.parameter("αβγδ_中_ж", 1e-300)
    total = a + b
    for _ in range(40):
        total = total * (a + b)
    graph.node("sum", total)
    return graph


GRAPHS = {
    made.__name__: made for made in (regression, square, relu, neuron, exact, forty, long_names)
}
