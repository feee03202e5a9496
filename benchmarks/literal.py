"""The literal sweeps, which keep every term, and what else one waits for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from contest import Contest, Contestant

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.files.document import to_graph
from graphdiff.files.formats import from_toml

LEAVES = ("x", "w", "b", "y")


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests of one point, many points, other work, and chains by length."""
    yield one_point()
    yield many_points()
    yield from deep(10 if quick else 50)
    yield from other_work()
    yield from chains((100, 200) if quick else (1250, 2500, 5000, 10_000))


def built_in(name: str) -> gd.Graph:
    """Return a built-in graph."""
    graph = gd.Graph(output="L")
    to_graph(from_toml(examples.source(name)), graph)
    return graph


def by_hand(x: Any, y: Any, w: Any, b: Any) -> tuple[Any, dict[str, Any]]:
    """Return value and gradients of the linear regression, written by hand."""
    e = x * w + b - y
    g = 2 * e
    return e * e, {"x": g * w, "w": g * x, "b": g, "y": -g}


def read_by_hand(result: tuple[Any, dict[str, Any]]) -> list[Any]:
    """List the value and the gradients."""
    return [result[0], *(np.broadcast_to(result[1][name], np.shape(result[0])) for name in LEAVES)]


def read_run(run: gd.Run) -> list[Any]:
    """List the value and the gradients of a run."""
    return [run.value["L"], *(run.gradient[name] for name in LEAVES)]


def one_point() -> Contest:
    """Value and gradients of the 8-node linear regression at one point."""
    graph = built_in("linear-regression")
    return Contest(
        "literal sweeps: linear regression, one point, all gradients",
        [
            Contestant(
                "Python by hand", lambda: partial(by_hand, 1.0, 2.0, 5.0, 1.0), read_by_hand
            ),
            Contestant("graphdiff backward", lambda: graph.backward, read_run),
            Contestant(
                "graphdiff backward, exact", lambda: partial(graph.backward, exact=True), read_run
            ),
            Contestant("autograd", by_autograd, list, needs="autograd"),
            Contestant("torch", by_torch, list, needs="torch"),
        ],
    )


def by_autograd() -> Callable[[], Any]:
    """Return autograd's value and all gradients."""
    from autograd import value_and_grad

    step = value_and_grad(lambda x, w, b, y: (x * w + b - y) ** 2, argnum=(0, 1, 2, 3))

    def call() -> list[Any]:
        value, gradients = step(1.0, 5.0, 1.0, 2.0)
        return [value, *gradients]

    return call


def by_torch() -> Callable[[], Any]:
    """Return torch's eager value and all gradients."""
    import torch

    def call() -> list[Any]:
        x, w, b, y = (torch.tensor(value, requires_grad=True) for value in (1.0, 5.0, 1.0, 2.0))
        loss = (x * w + b - y) ** 2
        loss.backward()
        return [loss.detach(), x.grad, w.grad, b.grad, y.grad]

    return call


def many_points() -> Contest:
    """The same at 1000 points at once."""
    graph = built_in("linear-regression")
    x, y = np.linspace(-1, 1, 1000), np.linspace(0, 1, 1000)
    return Contest(
        "literal sweeps: linear regression, 1000 points at once",
        [
            Contestant("NumPy by hand", lambda: partial(by_hand, x, y, 5.0, 1.0), read_by_hand),
            Contestant("graphdiff backward", lambda: partial(graph.backward, x=x, y=y), read_run),
        ],
    )


def deep(length: int) -> Iterator[Contest]:
    """Sweeps through chains of functions of six entries, all Jacobians dense, and by hand too."""
    start = np.linspace(-1, 1, 6) ** 3
    steps: dict[str, tuple[Callable[[Any], Any], Callable[[np.ndarray, int], np.ndarray]]] = {
        "softmax": (gd.softmax, softmax_by_hand),
        "(v - mean v)/sqrt(var v + 1e-5)": (
            lambda v: (v - gd.mean(v)) / gd.sqrt(gd.var(v) + 1e-5), layer_norm_by_hand,
        ),
    }  # fmt: skip
    for name, (step, by_hand) in steps.items():
        graph = gd.Graph()
        v = graph.parameter("v", start)
        for k in range(length):
            v = graph.node(f"v{k}", step(v))
        yield Contest(
            f"literal sweeps: {length} nodes of {name}, six entries, dense Jacobians",
            [
                Contestant(
                    "NumPy by hand", partial(partial, by_hand, start, length), np.atleast_2d
                ),
                Contestant(
                    "graphdiff backward", lambda g=graph: g.backward, lambda run: run.P["v"]
                ),
            ],
        )


def softmax_by_hand(v: np.ndarray, length: int) -> np.ndarray:
    """Return P = J J … J of softmax after softmax."""
    P, values = np.eye(v.size), []
    for _ in range(length):
        e = np.exp(v - np.maximum.reduce(v))
        v = e / np.add.reduce(e)
        values.append(v)
    for s in reversed(values):
        P = P @ (np.diag(s) - s[:, None] * s)
    return P


def layer_norm_by_hand(v: np.ndarray, length: int) -> np.ndarray:
    """Return P of layer norm after layer norm: J = (I − 1/d − û ûᵀ/d)/r, where û = (v − m)/r."""
    eye, d, P, values = np.eye(v.size), v.size, np.eye(v.size), []
    for _ in range(length):
        away = v - np.add.reduce(v) / d
        r = np.sqrt(np.add.reduce(away**2) / d + 1e-5)
        v = away / r
        values.append((v, r))
    for u, r in reversed(values):
        P = P @ ((eye - (1 + u[:, None] * u) / d) / r)
    return P


def chain(length: int) -> gd.Graph:
    """Return a chain of nodes, each needing the last."""
    graph = gd.Graph()
    node = graph.input("x", 0.3)
    for k in range(length):
        node = graph.node(f"a{k}", gd.sin(node))
    return graph


def chains(lengths: tuple[int, ...]) -> Iterator[Contest]:
    """Building, running and deriving chains: the cost of a node must not grow."""
    graphs = {length: chain(length) for length in lengths}
    works: dict[str, Callable[[int], object]] = {
        "build": chain,
        "both sweeps": lambda length: graphs[length].backward(),
        "gradient in terms of nodes": lambda length: graphs[length].gradient(
            graphs[length].output, "x", "nodes"
        ),
        "explain, with values": lambda length: graphs[length].explain(graphs[length].output, "x"),
    }
    for name, work in works.items():
        yield Contest(
            f"chain of sin: {name}",
            [Contestant(f"{length} nodes", partial(partial, work, length)) for length in lengths],
        )


def other_work() -> Iterator[Contest]:
    """What else one waits for, against one backward call."""
    graph = built_in("linear-regression")
    claims = from_toml(examples.source("linear-regression")).worksheet
    run = graph.backward()
    lecture: dict[str, Callable[[], object]] = {
        "backward": graph.backward,
        "closed-form gradient in w": lambda: graph.gradient("L", "w"),
        "derivation written out": lambda: graph.explain("L", "w", run=run),
        "check of 34 links": lambda: graph.check(claims),
        "picture (formulas typeset before)": lambda: graph.draw(run).svg,
    }
    starts: dict[str, Callable[[], object]] = {
        "python -c pass": lambda: call("-c", "pass"),
        "graphdiff --help": lambda: call("-m", "graphdiff", "--help"),
        "graphdiff example colah": lambda: call("-m", "graphdiff", "example", "colah"),
        "python -c 'import sympy'": lambda: call("-c", "import sympy"),
    }
    for title, calls in (("the lecture's example", lecture), ("start of the program", starts)):
        yield Contest(
            title, [Contestant(name, partial(partial, work)) for name, work in calls.items()]
        )


def call(*arguments: str) -> None:
    """Run Python in a process of its own."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
