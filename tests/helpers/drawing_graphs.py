"""The graphs that pictures are tried on."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language import tensors
from graphdiff.language.expression import Apply, as_expression
from graphdiff.language.functions import named
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


def layer() -> Graph:
    graph = Graph("Linear layer")
    x, t = graph.input("x", [1, 2, 3]), graph.input("t", [0, 1])
    W, b = graph.parameter("W", [[1, 0.5, -1], [0, 2, 1]]), graph.parameter("b", [1, -5])
    a = graph.node("a", call("tanh", graph.node("z", W @ x + b)))
    graph.node("L", tensors.mse(a, t))
    return graph


def network(width: int = 3, rows: int = 5) -> Graph:
    pick = np.random.default_rng(0)
    graph = Graph("Two layers, a batch")
    X = graph.input("X", pick.normal(size=(rows, 4)))
    Y = graph.input("Y", np.eye(2)[pick.integers(0, 2, rows)])
    W1, b1 = (
        graph.parameter("W_1", pick.normal(size=(width, 4))),
        graph.parameter("b_1", [0] * width),
    )
    W2, b2 = graph.parameter("W_2", pick.normal(size=(2, width))), graph.parameter("b_2", [0, 0])
    h = graph.node("h", call("relu", graph.node("z_1", X @ W1.T + b1)))
    z = graph.node("z_2", h @ W2.T + b2)
    graph.node("L", tensors.cross_entropy_with_logits(z, Y))
    return graph


def wide() -> Graph:
    return network(width=16, rows=12)


def attention() -> Graph:
    pick = np.random.default_rng(1)
    graph = Graph("Attention")
    X = graph.input("X", pick.normal(size=(3, 2)))
    Q, K, V = (
        graph.node(name, X @ graph.parameter(f"W_{name}", pick.normal(size=(2, 2))))
        for name in "QKV"
    )
    A = graph.node("A", tensors.softmax(Q @ K.T / call("sqrt", 2)))
    graph.node("L", tensors.norm(graph.node("O", A @ V)) ** 2)
    return graph


def jacobian() -> Graph:
    graph = Graph("A vector of a vector")
    x, W = graph.input("x", [1, 2, 3]), graph.parameter("W", [[1, 0.5, -1], [0, 2, 1]])
    graph.node("s", tensors.softmax(W @ x))
    return graph


def samples() -> Graph:
    graph = Graph("Samples of vectors")
    x = graph.input("x", np.arange(6).reshape(3, 2) / 3, shape=(2,))
    graph.node("L", call("exp", -graph.parameter("w", [0.25, 2]) @ x))
    return graph


GRAPHS = {
    made.__name__: made
    for made in (
        *(regression, square, relu, neuron, exact, forty, long_names),
        *(layer, network, wide, attention, jacobian, samples),
    )
}
"""Graphs of scalars, and of tensors."""


def tangled(seed: int, size: int) -> Graph:
    """Return a graph in which every node has parents from anywhere before it."""
    chance = random.Random(seed)
    graph = Graph(f"Tangled {seed}")
    nodes = [graph.input(f"x_{k}", k / 4) for k in range(chance.randint(1, 3))]
    nodes += [graph.parameter(f"w_{k}", -k / 8) for k in range(1, chance.randint(2, 5))]
    for k in range(1, size + 1):
        a, b, c = chance.choice(nodes[-8:]), chance.choice(nodes), chance.choice(nodes)
        formulas = (a * b, a + b, call("tanh", a * b + 0.5), a * b + c, a**2 + b, call("sin", a))
        nodes.append(graph.node(f"v_{k}", chance.choice(formulas)))
    graph.node("L", sum((node - 1) ** 2 for node in nodes if not list(graph.children(node))))
    return graph
