"""Random graphs of tensors: shapes that fit, parts used again, well inside every domain."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language.expression import Expression

SMOOTH = (gd.tanh, gd.sigmoid, gd.sin, gd.softplus, gd.atan)
RATIONAL = ("+", "-", "*", "/", "square", "neg", "matmul", "T", "sum", "mean", "max", "reshape",
            "index", "concatenate", "stack", "outer", "einsum", "broadcast", "trace", "inv",
            "det", "mse", "conv")  # fmt: skip
ANALYTIC = (*RATIONAL, "smooth", "smooth", "softmax", "log_softmax", "logsumexp", "norm", "var",
            "layer_norm", "inv", "det", "logdet", "cross_entropy")  # fmt: skip
MOST_ENTRIES = 30

SIZES = st.sampled_from([2, 3, 2, 3, 1])
SHAPES = st.one_of(
    st.tuples(SIZES, SIZES),
    st.tuples(SIZES),
    st.tuples(st.sampled_from([2, 1]), SIZES, SIZES),
    st.just(()),
)


def values(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Fractions with a large prime below, so that two entries are hardly ever equal."""
    generator = np.random.default_rng(seed)
    result = np.empty(shape, object)
    for place in np.ndindex(*shape):
        result[place] = Fraction(int(generator.integers(-1500, 1500)), 1009)
    return result if shape else result.item()


def ramp(shape: tuple[int, ...]) -> list | float:
    """Constants that tell entries apart, so that none ties with another."""
    count = math.prod(shape)
    return (np.array([(7 * k % 31) / 32 for k in range(count)]).reshape(shape)).tolist()


def combined(draw: st.DrawFn, pool: list[Expression], kinds: tuple[str, ...]) -> Expression:
    """Draw one operation and operands from the pool that fit it; a sum where none do."""
    a = draw(st.sampled_from(pool[-3:]))
    kind = draw(st.sampled_from(kinds))
    try:
        found = _operation(draw, kind, a, pool)
    except GraphError:
        found = None
    if found is None or found.size > MOST_ENTRIES:
        found = a.sum() if a.size > 6 else a * a + 1
    return found


def _fitting(draw: st.DrawFn, pool: list[Expression], fits) -> Expression | None:
    able = [other for other in pool if fits(other.shape)]
    return draw(st.sampled_from(able)) if able else None


def _broadcasts(shape: tuple[int, ...]):
    def fits(other: tuple[int, ...]) -> bool:
        pairs = itertools.zip_longest(reversed(shape), reversed(other), fillvalue=1)
        return all(a == b or 1 in (a, b) for a, b in pairs)

    return fits


def _operation(
    draw: st.DrawFn, kind: str, a: Expression, pool: list[Expression]
) -> Expression | None:
    match kind:
        case "+" | "-" | "*" | "/":
            b = draw(st.one_of(st.just(a), st.sampled_from([2, Fraction(-1, 3), 0.5])))
            if draw(st.booleans()):
                b = _fitting(draw, pool, _broadcasts(a.shape))
            if kind == "/":
                return a / (b * b + 1)
            return a + b if kind == "+" else a - b if kind == "-" else a * b
        case "square":
            return a**2 / 4
        case "neg":
            return -a
        case "smooth":
            return draw(st.sampled_from(SMOOTH))(a)
        case "T":
            return a.transpose(*draw(st.permutations(range(a.ndim)))) if a.ndim else None
        case "matmul":
            return _matmul(draw, a, pool)
        case "sum" | "mean" | "max":
            axes = _axes(draw, a)
            keepdims = draw(st.booleans())
            if kind == "max":
                a = a + ramp(a.shape)
                return draw(st.sampled_from([a.max, a.min]))(axes, keepdims=keepdims)
            return (a.sum if kind == "sum" else a.mean)(axes, keepdims=keepdims)
        case "logsumexp":
            return gd.logsumexp(a, _axes(draw, a), keepdims=draw(st.booleans()))
        case "var":
            return gd.var(a, _axes(draw, a))
        case "norm":
            return gd.norm(a * a + 1, _axes(draw, a))
        case "softmax" | "log_softmax":
            function = gd.softmax if kind == "softmax" else gd.log_softmax
            return function(a, draw(st.integers(-a.ndim, a.ndim - 1))) if a.ndim else None
        case "layer_norm":
            return gd.layer_norm(a + ramp(a.shape), eps=0.5) if a.ndim else None
        case "reshape":
            return a.reshape(*draw(st.sampled_from([(-1,), (1, -1), a.shape[::-1], (*a.shape, 1)])))
        case "broadcast":
            return gd.broadcast_to(a, (2, *a.shape))
        case "index":
            return _index(draw, a)
        case "concatenate" | "stack":
            return _joined(draw, kind, a, pool)
        case "outer":
            b = _fitting(draw, pool, lambda shape: len(shape) == 1)
            return gd.outer(a, b) if a.ndim == 1 and b is not None else None
        case "einsum":
            return _einsum(draw, a, pool)
        case "trace":
            return gd.trace(a) if a.ndim == 2 and a.shape[0] == a.shape[1] else None
        case "inv" | "det" | "logdet":
            if a.ndim != 2:
                return None
            definite = a @ a.T / 4 + gd.eye(a.shape[0])
            return {"inv": gd.inv, "det": gd.det, "logdet": gd.logdet}[kind](definite)
        case "mse":
            return gd.mse(a, _fitting(draw, pool, lambda shape: shape == a.shape))
        case "cross_entropy":
            if not a.ndim:
                return None
            return gd.cross_entropy_with_logits(a, gd.softmax(draw(st.sampled_from([a, -a]))))
        case "conv":
            k = _fitting(draw, pool, lambda shape: len(shape) == 1)
            return gd.conv1d(a, k, padding=draw(st.integers(0, 1))) if k is not None else None
    raise AssertionError(kind)


def _axes(draw: st.DrawFn, a: Expression):
    if not a.ndim or draw(st.booleans()):
        return None
    axes = draw(st.lists(st.integers(0, a.ndim - 1), min_size=1, unique=True))
    return tuple(axis - draw(st.sampled_from([0, a.ndim])) for axis in axes)


def _matmul(draw: st.DrawFn, a: Expression, pool: list[Expression]) -> Expression | None:
    if not a.ndim:
        return None

    def fits(shape: tuple[int, ...]) -> bool:
        if not shape or shape[-2:][0] != a.shape[-1]:
            return False
        return min(len(shape), a.ndim) < 3 or shape[:-2] == a.shape[:-2]

    b = _fitting(draw, pool, fits)
    return (
        a @ (a.transpose(*range(a.ndim - 2), -1, -2) if a.ndim > 1 else a) if b is None else a @ b
    )


def _index(draw: st.DrawFn, a: Expression) -> Expression | None:
    if not a.ndim:
        return a[None]
    first = st.sampled_from(
        [0, -1, slice(None, None, -1), slice(0, 1), None, Ellipsis, [0, 0, a.shape[0] - 1]]
    )
    return a[draw(first)]


def _joined(draw: st.DrawFn, kind: str, a: Expression, pool: list[Expression]) -> Expression | None:
    b = _fitting(draw, pool, lambda shape: shape == a.shape)
    if kind == "stack":
        return gd.stack(a, b, axis=draw(st.integers(-a.ndim - 1, a.ndim)))
    return gd.concatenate(b, a, a, axis=draw(st.integers(-a.ndim, a.ndim - 1))) if a.ndim else None


def _einsum(draw: st.DrawFn, a: Expression, pool: list[Expression]) -> Expression | None:
    """Draw a contraction of two or three operands with indices that agree in size."""
    operands, sizes, terms = [a, draw(st.sampled_from(pool))], {}, []
    if draw(st.booleans()):
        operands.append(draw(st.sampled_from(pool)))
    for operand in operands:
        term = ""
        for size in operand.shape:
            able = [index for index, known in sizes.items() if known == size]
            new = "ijklmnopqr"[len(sizes)]
            index = draw(st.sampled_from([*able, new]))
            sizes.setdefault(index, size)
            term += index
        terms.append(term)
    output = (
        draw(st.lists(st.sampled_from(sorted(sizes)), unique=True, max_size=2)) if sizes else []
    )
    return gd.einsum(f"{','.join(terms)}->{''.join(output)}", *operands)


@st.composite
def graphs(draw: st.DrawFn, kinds: tuple[str, ...] = ANALYTIC, most: int = 6) -> gd.Graph:
    """Draw a graph of tensors: fan-out, broadcasting, repeated parents, several outputs.

    Each node is one operation, or a larger expression of some.
    """
    graph = gd.Graph()
    nodes: list[Expression] = []
    for k in range(draw(st.integers(1, 3))):
        value = values(draw(SHAPES), seed=draw(st.integers(0, 10_000)))
        nodes.append((graph.input if k % 2 else graph.parameter)(f"x_{k}", value))
    for k in range(draw(st.integers(1, most))):
        parts = list(nodes)
        for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
            parts.append(combined(draw, parts, kinds))
        nodes.append(graph.node(f"u_{k}", parts[-1]))
    return graph


@st.composite
def chains(draw: st.DrawFn, most: int = 5) -> gd.Graph:
    """Draw a chain: every node of the one before it, and of no other."""
    graph = gd.Graph()
    shape = draw(SHAPES.filter(len))
    last: Expression = graph.parameter("x", values(shape, seed=draw(st.integers(0, 10_000))))
    for k in range(draw(st.integers(2, most))):
        last = graph.node(f"u_{k}", combined(draw, [last], ANALYTIC))
    return graph
