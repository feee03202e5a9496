"""What judging a page of twenty claims costs: the first about a graph, and one after others."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import get_args

from contest import Contest, Contestant, Goal

import graphdiff as gd
from graphdiff.checking import Verdict

AFTER_OTHERS = Goal(0.5)
VERDICTS = get_args(Verdict)

Claims = list[tuple[str, str]]


def cell() -> gd.Graph:
    """Return a cell of an LSTM with a squared error, in single numbers."""
    g = gd.Graph()
    x, h0, c0, y = (g.input(n, v) for n, v in (("x", 0.5), ("h0", 0.1), ("c0", 0.2), ("y", 0.3)))
    gates = []
    for k in "ifog":
        w, u, b = (g.parameter(n + k, v) for n, v in (("w", 0.4), ("u", -0.3), ("b", 0.1)))
        z = g.node(f"z{k}", w * x + u * h0 + b)
        gates.append(g.node(f"n{k}", gd.tanh(z) if k == "g" else gd.sigmoid(z)))
    i, f, o, new = gates
    c = g.node("c", f * c0 + i * new)
    h = g.node("h", o * gd.tanh(c))
    g.node("L", (h - y) ** 2 / 2)
    return g


def page(graph: gd.Graph, seed: int, many: int = 20) -> Claims:
    """Return claims of a student: chain rules, numbers of four decimals, a quarter of them wrong."""
    draw, run, claims = random.Random(seed), graph.backward(), list[tuple[str, str]]()
    nodes = draw.sample([node for node in graph.nodes if node.name != "L"], many)
    for node in sorted(nodes, key=lambda node: -node.index):
        terms = [
            f"P[{edge.child.name}]*J[{node.name}->{edge.child.name}]"
            for edge in graph.children(node)
        ]
        number = float(run.gradient[node]) + (draw.random() < 0.25) * draw.choice((0.1, -0.3))
        sign = "-" if draw.random() < 0.25 else ""
        links = draw.choice(([f"{sign}({' + '.join(terms)})"], [f"{number:.4f}"]))
        claims.append((f"dL/d{node.name}", " = ".join(links)))
    return claims


def first(pages: list[Claims]) -> Callable[[], list[str]]:
    """Return what judges each page with a graph of its own, as if it were the only one."""
    return lambda: [result.verdict for page in pages for result in cell().check(page)]


def after_others(pages: list[Claims]) -> Callable[[], list[str]]:
    """Return what judges the pages of a class with one graph."""
    graph = cell()
    graph.check(page(graph, 1))
    return lambda: [result.verdict for page in pages for result in graph.check(page)]


def contests(quick: bool) -> Iterator[Contest]:
    """Yield the contests."""
    graph = cell()
    pages = [page(graph, seed) for seed in range(2, 3 if quick else 6)]
    many = sum(map(len, pages))
    yield Contest(
        f"{many} claims about a cell of an LSTM, judged",
        [
            Contestant("graphdiff, each page the first", partial(first, pages), verdicts),
            Contestant(
                "graphdiff, pages of a class", partial(after_others, pages), verdicts, AFTER_OTHERS
            ),
        ],
    )


def verdicts(found: list[str]) -> list[list[int]]:
    """Return verdicts as numbers, to be compared."""
    return [[VERDICTS.index(verdict) for verdict in found]]
