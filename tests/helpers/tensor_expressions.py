"""Random expressions of tensors, for writing and reading; they need not have a value."""

from __future__ import annotations

import hypothesis.strategies as st

import graphdiff as gd
from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Expression

SHAPES = {"s": (), "x": (3,), "y": (3,), "W": (2, 3), "A": (3, 3), "K": (1, 2, 3), "B": ("m", 3)}

CONSTANTS = (2, -1, 0.5, [1, -2, 3], [[0.25, 1, 2], [3, 4, 5]], gd.pi, [gd.pi, 1, -0.5])

UNARY = (
    lambda a: -a,
    lambda a: a.T,
    lambda a: a**2,
    lambda a: gd.exp(a),
    lambda a: gd.leaky_relu(a),
    lambda a: a.sum(),
    lambda a: a.sum(axis=0),
    lambda a: a.sum(axis=-1, keepdims=True),
    lambda a: a.mean(axis=(0, 1)),
    lambda a: a.max(),
    lambda a: a.min(axis=0, keepdims=True),
    lambda a: gd.softmax(a),
    lambda a: gd.softmax(a, axis=0),
    lambda a: gd.log_softmax(a, axis=0),
    lambda a: gd.logsumexp(a, axis=-1),
    lambda a: gd.norm(a),
    lambda a: gd.var(a, axis=0),
    lambda a: gd.layer_norm(a),
    lambda a: gd.layer_norm(a, eps=1e-6),
    lambda a: gd.batch_norm(a, eps=0.5),
    lambda a: a.reshape(-1),
    lambda a: a.reshape(1, -1),
    lambda a: a.transpose(tuple(range(a.ndim))),
    lambda a: a[0],
    lambda a: a[..., -1],
    lambda a: a[:, None],
    lambda a: a[None],
    lambda a: a[1:],
    lambda a: a[::-1],
    lambda a: a[[0, 1, 0]],
    lambda a: a[:, [0, -1]],
    lambda a: gd.diag(a),
    lambda a: gd.trace(a),
    lambda a: gd.inv(a),
    lambda a: gd.det(a) * gd.eye(3),
    lambda a: gd.broadcast_to(a, (2, 3)),
    lambda a: gd.max_pool1d(a, 2, stride=1),
    lambda a: gd.einsum("...i->...", a),
)
BINARY = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: a / b,
    lambda a, b: a**b,
    lambda a, b: a @ b,
    lambda a, b: a < b,
    lambda a, b: a >= b,
    lambda a, b: gd.max(a, b),
    lambda a, b: gd.outer(a, b),
    lambda a, b: gd.stack(a, b),
    lambda a, b: gd.stack(a, b, axis=1),
    lambda a, b: gd.concatenate(a, b),
    lambda a, b: gd.concatenate(a, b, axis=-1),
    lambda a, b: gd.where(a > b, a, 0),
    lambda a, b: gd.mse(a, b),
    lambda a, b: gd.huber(a, b, delta=0.25),
    lambda a, b: gd.cross_entropy_with_logits(a, b),
    lambda a, b: gd.conv1d(a, b, padding=1),
    lambda a, b: gd.einsum("ij,kj->ik", a, b),
    lambda a, b: gd.einsum("i,i->i", a, b),
)


def leaves() -> dict[str, Expression]:
    """Return a graph's leaves by name, one of each shape."""
    graph = gd.Graph()
    return {name: graph.input(name, shape=shape) for name, shape in SHAPES.items()}


@st.composite
def tensor_expressions(draw: st.DrawFn) -> Expression:
    """Draw an expression; a step whose shapes do not fit is left out."""
    parts: list = list(leaves().values())
    for _ in range(draw(st.integers(1, 7))):
        a = draw(st.sampled_from(parts[-10:]))
        try:
            if draw(st.booleans()):
                parts.append(draw(st.sampled_from(UNARY))(a))
                continue
            b = draw(st.sampled_from([*parts[-10:], *CONSTANTS]))
            a, b = (a, b) if draw(st.booleans()) else (b, a)
            parts.append(draw(st.sampled_from(BINARY))(a, b))
        except (GraphdiffError, TypeError, AttributeError):
            continue
    return parts[-1] + 0 if parts[-1] is parts[len(SHAPES) - 1] else parts[-1]
