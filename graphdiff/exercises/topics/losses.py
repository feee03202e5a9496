"""Regressions, cross-entropy and softmax, and a step of gradient descent."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from graphdiff.exercises.sketch import Sketch
from graphdiff.exercises.topics.declaration import Topic
from graphdiff.language import tensors
from graphdiff.language.expression import operation

exp, log, sigmoid = map(operation, ("exp", "log", "sigmoid"))

SUMS = ((1, 1, 2), (1, 3), (1, 4), (1, 1, 3), (1, 2, 2), (1, 2, 5), (1, 3, 4), (2, 3, 5), (1, 1))
"""Whole numbers whose parts of their sum are short decimals: exp(z) in a softmax."""


def regression(sketch: Sketch) -> None:
    """Draw a line through two or three points."""
    samples = 3 if sketch.nodes >= 7 else 2
    w, b = sketch.parameter("w"), sketch.parameter("b")
    errors = []
    for k in range(1, samples + 1):
        x, y = sketch.input(f"x_{k}"), sketch.input(f"y_{k}")
        if sketch.nodes > samples + 1:
            p = sketch.node(f"p_{k}", w * x + b)
            errors.append(sketch.node(f"e_{k}", p - y))
        else:
            errors.append(sketch.node(f"e_{k}", w * x + b - y))
    squares = [e**2 for e in errors]
    sketch.node("L", sum(squares[1:], squares[0]) / 2)


def regression_of_rows(sketch: Sketch) -> None:
    """Draw a regression on a matrix of samples."""
    X, y = sketch.input("X", None, 4, 2), sketch.input("y", None, 4)
    w, b = sketch.parameter("w", None, 2), sketch.parameter("b")
    p = sketch.node("p", X @ w + b)
    e = sketch.node("e", p - y)
    sketch.node("L", tensors.mean(e**2))


def update(sketch: Sketch) -> None:
    """Draw a linear model of which the parameters make a step of gradient descent."""
    sketch.rate = sketch.draws.choice((Fraction(1, 10), Fraction(1, 2), Fraction(1, 5)))
    x, y = sketch.input("x"), sketch.input("y")
    w, b = sketch.parameter("w"), sketch.parameter("b")
    u = sketch.node("u", w * x)
    p = sketch.node("p", u + b)
    e = sketch.node("e", p - y)
    if sketch.nodes >= 5:
        r = sketch.node("r", e**2)
        sketch.node("L", r / 2)
    else:
        sketch.node("L", e**2)


def update_of_matrix(sketch: Sketch) -> None:
    """Draw a layer of which weights and biases make a step of gradient descent."""
    sketch.rate = sketch.draws.choice((Fraction(1, 10), Fraction(1, 2), Fraction(1, 5)))
    x, y = sketch.input("x", None, 2), sketch.input("y", None, 2)
    W, b = sketch.parameter("W", None, 2, 2), sketch.parameter("b", None, 2)
    z = sketch.node("z", W @ x + b)
    e = sketch.node("e", z - y)
    sketch.node("L", tensors.sum(e**2) / 2)


def cross_entropy(sketch: Sketch) -> None:
    """Draw a neuron of σ with cross-entropy."""
    y = sketch.input("y", sketch.draws.choice((0, 1)))
    x, w = sketch.input("x"), sketch.parameter("w")
    b = sketch.parameter("b", sketch.argument() - w.value * x.value)
    if sketch.nodes >= 4:
        z = sketch.node("z", sketch.node("u", w * x) + b)
    else:
        z = sketch.node("z", w * x + b)
    a = sketch.node("a", sigmoid(z))
    sketch.node("L", -(y * log(a) + (1 - y) * log(1 - a)))


def softmax(sketch: Sketch) -> None:
    """Draw a softmax written out, with logits whose exponentials are whole numbers."""
    whole = sketch.draws.shuffled(_sums(sketch))
    parts = []
    for k, e in enumerate(whole, 1):
        z = sketch.parameter(f"z_{k}", sp.log(e))
        parts.append(sketch.node(f"e_{k}", exp(z)))
    s = sketch.node("s", sum(parts[1:], parts[0]))
    p = sketch.node("p", parts[sketch.draws.below(len(parts))] / s)
    sketch.node("L", -log(p))


def softmax_of_vector(sketch: Sketch) -> None:
    """Draw a softmax of a vector with cross-entropy."""
    whole = sketch.draws.shuffled(_sums(sketch))
    right = sketch.draws.below(len(whole))
    z = sketch.parameter("z", [sp.log(e) for e in whole])
    y = sketch.input("y", [int(k == right) for k in range(len(whole))], one_hot=True)
    p = sketch.node("p", tensors.softmax(z))
    sketch.node("L", -tensors.sum(y * log(p)))


def _sums(sketch: Sketch) -> tuple[int, ...]:
    count = 2 if sketch.nodes < 6 else 3
    return sketch.draws.choice([numbers for numbers in SUMS if len(numbers) == count])


TOPICS = (
    Topic(
        "regression", "A regression",
        "Every sample has its part in the gradient of the parameters.",
        regression, regression_of_rows,
    ),
    Topic(
        "update", "A step of gradient descent",
        "The gradient, and what a step of gradient descent makes of the parameters.",
        update, update_of_matrix,
    ),
    Topic(
        "cross-entropy", "Cross-entropy of a neuron",
        "With cross-entropy the derivative of sigma cancels.",
        cross_entropy,
    ),
    Topic(
        "softmax", "Softmax and its loss",
        "Every output of a softmax depends on every logit.",
        softmax, softmax_of_vector,
    ),
)  # fmt: skip
