"""Neurons and small networks, and a weight that is used several times."""

from __future__ import annotations

from typing import Any

from graphdiff.exercises.sketch import Sketch
from graphdiff.exercises.topics.declaration import Topic
from graphdiff.language import tensors
from graphdiff.language.expression import operation

relu, sigmoid, tanh = map(operation, ("relu", "sigmoid", "tanh"))


def _activation(sketch: Sketch) -> Any:
    """Return the activation of hidden neurons: relu is kind to numbers."""
    options = (relu,) if sketch.level.name == "easy" else (relu, relu, tanh, sigmoid)
    return sketch.draws.choice(options)


def perceptron(sketch: Sketch) -> None:
    """Draw a neuron with two or three inputs, its products as nodes of their own if asked for."""
    count = 3 if sketch.nodes >= 7 else 2
    xs = [sketch.input(f"x_{k}") for k in range(1, count + 1)]
    y = sketch.input("y", sketch.draws.choice((0, 1)))
    ws = [sketch.parameter(f"w_{k}") for k in range(1, count + 1)]
    total = sum(w.value * x.value for w, x in zip(ws, xs, strict=True))
    b = sketch.parameter("b", sketch.argument() - total)
    terms: list[Any] = [w * x for w, x in zip(ws, xs, strict=True)]
    if sketch.nodes >= 3 + count:
        terms = [sketch.node(f"p_{k}", term) for k, term in enumerate(terms, 1)]
    z = sketch.node("z", sum(terms[1:], terms[0]) + b)
    a = sketch.node("a", sigmoid(z))
    if sketch.nodes >= 4:
        sketch.node("L", sketch.node("e", a - y) ** 2)
    else:
        sketch.node("L", (a - y) ** 2)


def mlp(sketch: Sketch) -> None:
    """Draw a network of two inputs, two or three hidden neurons and one output."""
    hidden = 3 if sketch.nodes >= 9 else 2 if sketch.nodes >= 6 else 1
    phi = _activation(sketch)
    xs = [sketch.input(f"x_{k}") for k in (1, 2)]
    y = sketch.input("y", sketch.draws.choice((1, 2, -1)))
    activations = []
    for j in range(1, hidden + 1):
        ws = [sketch.parameter(f"w_{j}{k}") for k in (1, 2)]
        z = sketch.node(f"z_{j}", ws[0] * xs[0] + ws[1] * xs[1])
        activations.append(sketch.node(f"a_{j}", phi(z)))
    terms = [sketch.parameter(f"v_{j}") * a for j, a in enumerate(activations, 1)]
    out = sketch.node("s", sum(terms[1:], terms[0]))
    if sketch.nodes > 2 * hidden + 2:
        sketch.node("L", sketch.node("e", out - y) ** 2 / 2)
    else:
        sketch.node("L", (out - y) ** 2 / 2)


def mlp_of_layers(sketch: Sketch) -> None:
    """Draw a network layer by layer."""
    phi = relu
    x = sketch.input("x", None, 2)
    y = sketch.input("y", None, 2)
    W, b = sketch.parameter("W__1", None, 2, 2), sketch.parameter("b__1", None, 2)
    V, c = sketch.parameter("W__2", None, 2, 2), sketch.parameter("b__2", None, 2)
    z = sketch.node("z__1", W @ x + b)
    a = sketch.node("a__1", phi(z))
    out = sketch.node("z__2", V @ a + c)
    e = sketch.node("e", out - y)
    sketch.node("L", tensors.sum(e**2) / 2)


def shared_weight(sketch: Sketch) -> None:
    """Draw a state that goes through several steps with the same weight."""
    steps = max(2, (sketch.nodes - 1) // 2)
    bent = sketch.level.name != "easy" and sketch.draws.happens(40)
    w = sketch.parameter("w", sketch.draws.choice((2, -1, 3, -2) if steps < 4 else (2, -1, -2)))
    h = sketch.input("h_0")
    for t in range(1, steps + 1):
        x = sketch.input(f"x_{t}")
        s = sketch.node(f"s_{t}", w * h + x)
        h = sketch.node(f"h_{t}", relu(s) if bent else s / 2 if t % 2 else s + 1)
    sketch.node("L", h**2)


def shared_matrix(sketch: Sketch) -> None:
    """Draw a state that goes through two steps with the same matrix."""
    W = sketch.parameter("W", None, 2, 2)
    h = sketch.input("h_0", None, 2)
    for t in (1, 2):
        x = sketch.input(f"x_{t}", None, 2)
        s = sketch.node(f"s_{t}", W @ h + x)
        h = sketch.node(f"h_{t}", relu(s)) if t == 1 else s
    sketch.node("L", tensors.sum(h**2) / 2)


TOPICS = (
    Topic(
        "perceptron", "A neuron",
        "A weighted sum, an activation and a squared error.",
        perceptron,
    ),
    Topic(
        "mlp", "A small network",
        "Back-propagation through a hidden layer.",
        mlp, mlp_of_layers,
    ),
    Topic(
        "shared-weight", "One weight, used in every step",
        "A weight that is used several times has one gradient: the sum over its uses.",
        shared_weight, shared_matrix,
    ),
)  # fmt: skip
