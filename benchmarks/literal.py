"""The literal sweeps, derivations, checks and pictures, and the start of the program."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator

import numpy as np
from contest import Contest, Contestant

import graphdiff as gd
from graphdiff import examples
from graphdiff.files.document import to_graph
from graphdiff.files.formats import from_toml

Rows = tuple[str, dict[str, Callable[[], object]]]


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests; lengths of chains are short where quick."""
    lengths = (100, 200) if quick else (1250, 2500, 5000, 10_000)
    for work, rows in (one_point(), many_points(), *other_work(), *chains(lengths)):
        yield Contest(
            work, [Contestant(name, lambda call=call: call) for name, call in rows.items()]
        )


def built_in(name: str) -> gd.Graph:
    """Return a built-in graph."""
    graph = gd.Graph(output="L")
    to_graph(from_toml(examples.source(name)), graph)
    return graph


def by_hand(x, y, w, b):
    """Return value and gradients of the linear regression, written by hand."""
    e = x * w + b - y
    g = 2 * e
    return e * e, {"x": g * w, "w": g * x, "b": g, "y": -g}


def one_point() -> Rows:
    """Value and gradients of the 8-node linear regression at one point."""
    graph = built_in("linear-regression")
    contest: dict[str, Callable[[], object]] = {
        "Python by hand": lambda: by_hand(1.0, 2.0, 5.0, 1.0),
        "graphdiff backward": graph.backward,
        "graphdiff backward, exact": lambda: graph.backward(exact=True),
    }
    if importlib.util.find_spec("autograd"):
        from autograd import grad

        step = grad(lambda p: (p[0] * p[2] + p[3] - p[1]) ** 2)
        point = np.array([1.0, 2.0, 5.0, 1.0])
        contest["autograd"] = lambda: step(point)
    if importlib.util.find_spec("torch"):
        import torch

        def by_torch():
            x, y, w, b = (torch.tensor(v, requires_grad=True) for v in (1.0, 2.0, 5.0, 1.0))
            ((x * w + b - y) ** 2).backward()
            return w.grad

        contest["torch"] = by_torch
    return "linear regression, one point, value and all gradients", contest


def many_points() -> Rows:
    """The same at 1000 points at once."""
    graph = built_in("linear-regression")
    x, y = np.linspace(-1, 1, 1000), np.linspace(0, 1, 1000)
    return "linear regression, 1000 points at once", {
        "NumPy by hand": lambda: by_hand(x, y, 5.0, 1.0),
        "graphdiff backward": lambda: graph.backward(x=x, y=y),
    }


def chain(length: int) -> gd.Graph:
    """Return a chain of nodes, each needing the last."""
    graph = gd.Graph()
    node = graph.input("x", 0.3)
    for k in range(length):
        node = graph.node(f"a{k}", gd.sin(node))
    return graph


def chains(lengths: tuple[int, ...]) -> Iterator[Rows]:
    """Building, running and deriving chains: the cost of a node must not grow."""
    graphs = {length: chain(length) for length in lengths}

    def each(work: Callable[[int], object]) -> dict[str, Callable[[], object]]:
        return {f"{length} nodes": lambda length=length: work(length) for length in lengths}

    yield "chain of sin: build", each(chain)
    yield "chain of sin: both sweeps", each(lambda length: graphs[length].backward())
    yield (
        "chain of sin: gradient in terms of nodes",
        each(lambda length: graphs[length].gradient(graphs[length].output, "x", "nodes")),
    )
    yield (
        "chain of sin: explain, with values",
        each(lambda length: graphs[length].explain(graphs[length].output, "x")),
    )


def other_work() -> Iterator[Rows]:
    """What else one waits for, against one backward call."""
    graph = built_in("linear-regression")
    claims = from_toml(examples.source("linear-regression")).claims
    run = graph.backward()
    yield (
        "the lecture's example",
        {
            "backward": graph.backward,
            "closed-form gradient in w": lambda: graph.gradient("L", "w"),
            "derivation written out": lambda: graph.explain("L", "w", run=run),
            "check of 34 links": lambda: graph.check(claims),
            "picture (formulas typeset before)": lambda: graph.draw(run).svg,
        },
    )
    yield (
        "start of the program",
        {
            "python -c pass": lambda: call("-c", "pass"),
            "graphdiff --help": lambda: call("-m", "graphdiff", "--help"),
            "graphdiff example colah": lambda: call("-m", "graphdiff", "example", "colah"),
            "python -c 'import sympy'": lambda: call("-c", "import sympy"),
        },
    )


def call(*arguments: str) -> None:
    """Run Python in a process of its own."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
