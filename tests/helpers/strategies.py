"""Random graphs and expressions, well inside every function's domain."""

from __future__ import annotations

from fractions import Fraction

import hypothesis.strategies as st

import graphdiff as gd
from graphdiff.language.expression import Expression, pi

SMOOTH = (gd.sin, gd.cos, gd.tanh, gd.sigmoid, gd.softplus, gd.atan, gd.swish, gd.gelu, gd.erf)
KINKED = (gd.abs, gd.relu, gd.leaky_relu, gd.elu)
ALGEBRAIC = ("+", "-", "*", "/", "**", "neg", "square", "sqrt")

CONSTANTS = st.one_of(
    st.integers(-3, 3),
    st.sampled_from([Fraction(1, 3), Fraction(-5, 2), 0.25, -1.5]),
)
LEAF_VALUES = st.fractions(-2, 2, max_denominator=16)


def combined(draw: st.DrawFn, parts: st.SearchStrategy, functions: tuple) -> Expression:
    """Draw one operation on parts, such that it has a value and a derivative everywhere."""
    kind = draw(st.sampled_from((*ALGEBRAIC, *functions)))
    a = draw(parts)
    if not isinstance(kind, str):
        return kind(a)
    match kind:
        case "neg":
            return -a
        case "square":
            return a ** draw(st.integers(2, 3))
        case "sqrt":
            return gd.sqrt(a * a + 1)
    b = draw(st.one_of(parts, CONSTANTS))
    match kind:
        case "+":
            return a + b
        case "-":
            return draw(st.sampled_from([a - b, b - a]))
        case "*":
            return a * b
        case "/":
            return a / (b * b + 1)
        case _:
            return (a * a + 1) ** b


@st.composite
def expressions(draw: st.DrawFn, leaves: tuple, functions: tuple = SMOOTH) -> Expression:
    """Draw an expression of up to a dozen operations; parts are often used again."""
    parts: list = list(leaves)
    for _ in range(draw(st.integers(1, 6))):
        parts.append(combined(draw, st.sampled_from(parts), functions))
    return parts[-1]


@st.composite
def graphs(
    draw: st.DrawFn, functions: tuple = SMOOTH, most: int = 8, composite: bool = True
) -> gd.Graph:
    """Draw a scalar graph: fan-out, repeated parents, constants, and several outputs."""
    graph = gd.Graph()
    nodes = [
        (graph.input if k % 2 else graph.parameter)(f"x_{k}", draw(LEAF_VALUES))
        for k in range(draw(st.integers(1, 3)))
    ]
    for k in range(draw(st.integers(1, most))):
        parts = st.sampled_from(nodes)
        if composite and draw(st.booleans()):
            expression = draw(expressions(tuple(nodes[-3:]), functions))
        else:
            expression = combined(draw, parts, functions)
        nodes.append(graph.node(f"u_{k}", expression))
    return graph


def written_expressions(leaves: tuple) -> st.SearchStrategy:
    """Expressions of every shape, for writing and reading; they need not have a value."""
    numbers = st.one_of(
        st.integers(-20, 20), st.sampled_from([0.5, -0.25, 1e-9, 2.5e12]), st.just(pi)
    )

    def larger(parts: st.SearchStrategy) -> st.SearchStrategy:
        either = st.one_of(parts, numbers)
        return st.one_of(
            st.builds(lambda a, b: a + b, parts, either),
            st.builds(lambda a, b: b - a, parts, either),
            st.builds(lambda a, b: a - b, parts, either),
            st.builds(lambda a, b: a * b, parts, either),
            st.builds(lambda a, b: a / b, parts, either),
            st.builds(lambda a, b: b / a, parts, either),
            st.builds(lambda a, b: a**b, parts, st.one_of(parts, st.integers(-3, 3))),
            st.builds(lambda a: 2**a, parts),
            st.builds(lambda a: -a, parts),
            st.builds(lambda f, a: f(a), st.sampled_from((*SMOOTH, *KINKED, gd.exp)), parts),
            st.builds(lambda a, b: gd.max(a, b, 1), parts, parts),
        )

    return st.recursive(st.sampled_from(leaves), larger, max_leaves=10)
