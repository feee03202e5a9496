"""How long gradients take as formulas, beautiful as they are printed, in new processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contest import Contest, Contestant, Goal
from fresh import seconds_of

import graphdiff as gd

STEPS = 20


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests of formulas."""
    yield Contest(
        "all gradients of an attention block with layer norm, as formulas in nodes",
        [Contestant("graphdiff", seconds("attention"), goal=Goal(0.5, "s"))],
        quantity="seconds",
    )
    steps = 4 if quick else STEPS
    yield Contest(
        f"all gradients of an LSTM of {steps} steps, as the formulas of its recursion",
        [Contestant("graphdiff", seconds("lstm", str(steps)), goal=Goal(1, "s"))],
        quantity="seconds",
    )


def seconds(function: str, *arguments: str) -> Callable[[], Callable[[], float]]:
    """Return what measures one of the functions below in a new process."""
    return lambda: lambda: seconds_of("formulas", function, *arguments)


def attention() -> Callable[[], Any]:
    """Return what derives all parameters of a block of a transformer."""
    g = gd.Graph("attention with layer norm")
    X, T = g.input("X", shape=("m", "d")), g.input("T", shape=("m", "d"))
    W_Q, W_K, W_V, W_O = (g.parameter(f"W_{k}", shape=("d", "d")) for k in "QKVO")
    U, V = g.parameter("U", shape=("h", "d")), g.parameter("V", shape=("d", "h"))
    b, c = g.parameter("b", shape=("h",)), g.parameter("c", shape=("d",))
    scales = [
        g.parameter(name, shape=("d",)) for name in ("gamma_1", "beta_1", "gamma_2", "beta_2")
    ]
    N = g.node("N", gd.layer_norm(X, *scales[:2]))
    Q, K, Z = (g.node(n, N @ W.T) for n, W in (("Q", W_Q), ("K", W_K), ("Z", W_V)))
    A = g.node("A", gd.softmax(Q @ K.T / 8))
    H = g.node("H", X + g.node("O", A @ Z) @ W_O.T)
    M = g.node("M", gd.layer_norm(H, *scales[2:]))
    F = g.node("F", gd.relu(M @ U.T + b))
    Y = g.node("Y", H + F @ V.T + c)
    L = g.node("L", gd.mse(Y, T))
    names = [leaf.name for leaf in g.leaves if leaf.kind == "parameter"]
    return lambda: [g.gradient(L, name, "nodes").text for name in names]


def lstm(steps: str) -> Callable[[], Any]:
    """Return what derives all parameters of an LSTM, and the state it began with."""
    g = gd.Graph("LSTM")
    gates = {
        gate: (
            g.parameter(f"W_{gate}", shape=("k", "n")),
            g.parameter(f"U_{gate}", shape=("k", "k")),
            g.parameter(f"b_{gate}", shape=("k",)),
        )
        for gate in "ifog"
    }
    h, c = g.input("h_0", shape=("k",)), g.input("c_0", shape=("k",))
    y = g.input("y", shape=("k",))
    for t in range(1, int(steps) + 1):
        x = g.input(f"x_{t}", shape=("n",))
        i, f, o, u = (
            g.node(f"{gate}_{t}", (gd.tanh if gate == "g" else gd.sigmoid)(W @ x + U @ h + b))
            for gate, (W, U, b) in gates.items()
        )
        c = g.node(f"c_{t}", f * c + i * u)
        h = g.node(f"h_{t}", o * gd.tanh(c))
    L = g.node("L", gd.squared_error(h, y))
    names = [leaf.name for leaf in g.leaves if leaf.kind == "parameter"]
    names += [node.name for node in g.nodes if node.function is not None and node is not L]
    return lambda: [g.gradient(L, name, "children").latex for name in names]
