"""Sums over the steps of a recursion: derived once, and written below Σ in LaTeX."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import DerivationError
from graphdiff.symbolic.formula import Formula

GATES = {"i": gd.sigmoid, "f": gd.sigmoid, "o": gd.sigmoid, "g": gd.tanh}


def lstm(steps, k=2, n=3):
    g, numbers = gd.Graph("LSTM"), np.random.default_rng(6)
    leaves = {
        gate: [
            g.parameter(f"{name}_{gate}", numbers.normal(size=shape) / 2)
            for name, shape in (("W", (k, n)), ("U", (k, k)), ("b", k))
        ]
        for gate in GATES
    }
    h, c = (g.input(name, numbers.normal(size=k)) for name in ("h_0", "c_0"))
    y = g.input("y", numbers.normal(size=k))
    for t in range(1, steps + 1):
        x = g.input(f"x_{t}", numbers.normal(size=n))
        at = {
            gate: g.node(f"{gate}_{t}", GATES[gate](W @ x + U @ h + b))
            for gate, (W, U, b) in leaves.items()
        }
        c = g.node(f"c_{t}", at["f"] * c + at["i"] * at["g"])
        h = g.node(f"h_{t}", at["o"] * gd.tanh(c))
    return g, g.node("L", gd.squared_error(h, y))


def with_deltas(run):
    return {**run.value, **{f"delta_{name}": P for name, P in run.gradient.items()}}


def test_a_shared_parameter_has_a_sum_over_steps():
    g, L = lstm(20)
    assert g.gradient(L, "W_i", "children").latex == (
        r"\sum_{t=1}^{20} \left(i_{t} \odot \left(1 - i_{t}\right) \odot \delta_{i_{t}}\right)"
        r" x_{t}^{\top}"
    )
    assert g.gradient(L, "U_o", "children").latex == (
        r"\sum_{t=1}^{20} \left(o_{t} \odot \left(1 - o_{t}\right) \odot \delta_{o_{t}}\right)"
        r" h_{t-1}^{\top}"
    )
    assert g.gradient(L, "b_g", "children").latex == (
        r"\sum_{t=1}^{20} \left(1 - g_{t}^{\odot 2}\right) \odot \delta_{g_{t}}"
    )


def test_every_step_of_the_recursion_is_right():
    g, L = lstm(5)
    run = g.backward(L)
    for node in g.nodes:
        if node is not L and node.name in run.gradient:
            found = g.gradient(L, node, "children").at(with_deltas(run))
            np.testing.assert_allclose(found, run.gradient[node.name], rtol=1e-9, atol=1e-13)


def test_the_output_may_be_one_of_the_steps():
    g = gd.Graph()
    w, x = g.parameter("w", [0.5, 2]), g.input("x_0", [1.0, 3])
    for t in range(1, 6):
        x = g.node(f"x_{t}", (w * x).sum() * w)
    L = g.node("x_6", (w * x).sum())
    run = g.backward(L)
    found = g.gradient(L, w, "children")
    np.testing.assert_allclose(found.at(with_deltas(run)), run.gradient["w"], rtol=1e-12)


@pytest.mark.parametrize(
    ("names", "sigma"),
    [
        (["x_1", "x_2", "x_3", "x_4"], r"\sum_{t=1}^{4} x_{t}^{\odot 2}"),
        (["x_0", "x_1", "x_2", "x_3"], r"\sum_{t=0}^{3} x_{t}^{\odot 2}"),
        (["x_1", "x_2", "x_3", "x_5"], None),
        (["x_4", "x_3", "x_2", "x_1"], None),
        (["x_1", "x_2", "y_3", "x_4"], None),
        (["x_1", "x_2", "x_3"], None),
        (["x", "x", "x", "x"], None),
        (["x_1", "x_2", "x_3", "x_4", "t"], r"\sum_{s=1}^{4} x_{s} \odot t"),
    ],
)
def test_names_that_run(names, sigma):
    g = gd.Graph()
    nodes = {name: g.input(name, [1.0, 2]) for name in dict.fromkeys(names)}
    letters = "t" in nodes
    steps = [nodes[name] for name in names if name != "t"]
    total = steps[0] * nodes["t"] if letters else steps[0] ** 2
    for step in steps[1:]:
        total = total + (step * nodes["t"] if letters else step**2)
    found = Formula(total).latex
    assert found == sigma if sigma else r"\sum" not in found


def test_what_is_too_long_in_nodes_is_asked_for_by_steps():
    g, L = lstm(12)
    with pytest.raises(DerivationError, match="in_terms_of='children', or"):
        g.gradient(L, "W_i", "nodes")
