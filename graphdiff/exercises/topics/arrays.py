"""Exercises that are of vectors and matrices alone."""

from __future__ import annotations

from graphdiff.exercises.sketch import Sketch
from graphdiff.exercises.topics.declaration import Topic
from graphdiff.language import tensors
from graphdiff.language.expression import operation

relu = operation("relu")

MOST = 9
"""Computed nodes beyond which small whole numbers do not stay small."""


def matrix_product(sketch: Sketch) -> None:
    """Draw a layer without an activation, that is not square."""
    rows, columns = sketch.draws.choice(((2, 3), (3, 2)))
    x, y = sketch.input("x", None, columns), sketch.input("y", None, rows)
    W, b = sketch.parameter("W", None, rows, columns), sketch.parameter("b", None, rows)
    z = sketch.node("z", W @ x + b)
    e = sketch.node("e", z - y)
    sketch.node("L", tensors.sum(e**2) / 2)


def outer_product(sketch: Sketch) -> None:
    """Draw a matrix that is an outer product, applied to a vector."""
    x, y = sketch.input("x", None, 2), sketch.input("y", None, 3)
    u, v = sketch.parameter("u", None, 3), sketch.parameter("v", None, 2)
    A = sketch.node("A", tensors.outer(u, v))
    z = sketch.node("z", A @ x)
    sketch.node("L", tensors.sum(y * z))


def batch(sketch: Sketch) -> None:
    """Draw a layer on a batch: the gradient of its bias is a sum over the rows."""
    X, Y = sketch.input("X", None, 3, 2), sketch.input("Y", None, 3, 2)
    W, b = sketch.parameter("W", None, 2, 2), sketch.parameter("b", None, 2)
    Z = sketch.node("Z", X @ W.T + b)
    E = sketch.node("E", Z - Y)
    sketch.node("L", tensors.sum(E**2) / 2)


def mixed(sketch: Sketch) -> None:
    """Grow a state step by step: products with matrices, sums, products entry by entry, relu."""
    h = sketch.input("x", None, 2)
    before, letters, matrices, bent = [h], iter("bcdefgk"), 0, False
    for k in range(1, min(sketch.nodes, MOST)):
        kinds = ["sum", "product"]
        if matrices < 2:
            kinds += ["matrix"] * 3
        if not bent and k > 1:
            kinds.append("relu")
        if any(other.shape == h.shape for other in before[:-1]):
            kinds.append("again")
        kind = "matrix" if k == 1 else sketch.draws.choice(kinds)
        if kind == "matrix":
            matrices += 1
            W = sketch.parameter("WV"[matrices - 1], None, sketch.draws.choice((2, 3)), *h.shape)
            made = W @ h
        elif kind == "relu":
            bent, made = True, relu(h)
        elif kind == "again":
            other = [node for node in before[:-1] if node.shape == h.shape]
            made = h + sketch.draws.choice(other)
        elif (name := next(letters, None)) is None:
            made = h * 2
        else:
            vector = sketch.parameter(name, None, *h.shape)
            made = h + vector if kind == "sum" else h * vector
        h = sketch.node(f"v_{k}", made)
        before.append(h)
    y = sketch.input("y", None, *h.shape)
    sketch.node("L", tensors.sum(h * y) if sketch.draws.happens(50) else tensors.sum(h**2) / 2)


TOPICS = (
    Topic(
        "matrix-product", "A product of matrix and vector",
        "The gradient of the matrix is an outer product.",
        tensors=matrix_product,
    ),
    Topic(
        "outer-product", "An outer product",
        "What comes back to the two vectors is a product with the matrix that comes back.",
        tensors=outer_product,
    ),
    Topic(
        "batch", "A batch of samples",
        "The rows of a batch are added up in the gradients of weights and biases.",
        tensors=batch,
    ),
)  # fmt: skip
