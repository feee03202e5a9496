"""Local Jacobians that no picture has room for are not derived, and no others are left out."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.derivations import edge_formulas
from graphdiff.derivations.lengths import least_length
from graphdiff.drawing import draw
from graphdiff.drawing.typeset import MAX_LATEX
from graphdiff.workbench import Graph

MAPS = (gd.sin, gd.tanh, gd.sigmoid, gd.exp, gd.relu, gd.softplus, lambda x: x**2, lambda x: -x)


@given(st.integers(0, 10**6))
@settings(deadline=None, max_examples=60)
def test_what_is_derived_is_never_shorter(seed):
    draw_one = random.Random(seed)
    graph = Graph()
    parts = [graph.parameter(f"w_{k}") for k in range(draw_one.randint(2, 7))]
    while len(parts) > 1:  # each parameter once, so that nothing cancels
        draw_one.shuffle(parts)
        x, y, *rest = parts
        x = draw_one.choice(MAPS)(x) if draw_one.random() < 0.5 else x
        parts = [draw_one.choice([x + y, x * y, x - y, x / (1 + y**2), 2 * x * y]), *rest]
    graph.node("L", draw_one.choice(MAPS)(parts[0]))
    for edge in graph.edges:
        found = edge_formulas.formula(edge)
        assert found is None or found.latex == "0" or least_length(edge) <= len(found.latex)


def cell(size: int) -> Graph:
    """Return an LSTM cell in which each state is one long formula."""
    graph = Graph("LSTM")
    h = [graph.input(f"h_{k}", 0.1 * k) for k in range(1, size + 1)]

    def gate(name, j, inside):
        total = graph.parameter(f"b_{name}_{j}", 0.1)
        for k, one in enumerate(h, start=1):
            total = graph.parameter(f"w_{name}_{j}_{k}", 0.1 * k) * one + total
        return inside(total)

    for j in range(1, size + 1):
        c = graph.input(f"c_{j}", 0.3)
        new = gate("f", j, gd.sigmoid) * c + gate("i", j, gd.sigmoid) * gate("g", j, gd.tanh)
        graph.node(f"hnew_{j}", gate("o", j, gd.sigmoid) * gd.tanh(new))
    graph.node("L", sum(graph[f"hnew_{j}"] for j in range(2, size + 1)) + graph["hnew_1"])
    return graph


def test_no_jacobian_is_derived_that_has_no_room(monkeypatch):
    graph, derived = cell(6), []
    run, formula = graph.backward(), edge_formulas.formula
    monkeypatch.setattr(
        edge_formulas, "formula", lambda edge, **how: derived.append(edge) or formula(edge, **how)
    )
    picture = draw(graph, run)
    told = [edge for edge in graph.edges if edge.parent.kind != "input"]  # data have no P
    assert set(derived) == {edge for edge in told if least_length(edge) <= MAX_LATEX}
    assert 0 < len(derived) < 0.6 * len(told)
    listed = [e for e in picture.description.edges if e.equation and e.equation.right is None]
    assert len(listed) == len(told) - len(derived)


def test_nothing_is_derived_that_is_hidden(monkeypatch):
    graph, derived = cell(2), []
    run = graph.backward()
    monkeypatch.setattr(edge_formulas, "formula", lambda edge, **how: derived.append(edge))
    draw(graph, run, show=["index", "name", "formula", "value", "P", "jacobian_value"]).svg  # noqa: B018
    assert not derived
