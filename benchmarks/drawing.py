"""How long pictures of large graphs take: python benchmarks/drawing.py [--only WORD] [--rounds N].

Each graph is drawn in processes of their own, from its description to the SVG, and refused where it
cannot be laid out. The table tells the medians of the processor's time, that of the layout program
too, and of the time on the clock; the sweep that is shown is not counted.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pictured_graphs import lstm, rnn, swept, tangled

import graphdiff as gd
from graphdiff.errors import DrawingError


def bounded(size: int, seed: int = 0) -> gd.Graph:
    """Return a graph of so many nodes, irregular and with values that stay small."""
    chance = random.Random(seed)
    g = gd.Graph(f"{size} random nodes")
    leaves = max(4, size // 5)
    nodes = [g.input(f"x_{k}", k % 7 / 4) for k in range(1, leaves // 2 + 1)]
    nodes += [g.parameter(f"w_{k}", 1 - k % 9 / 8) for k in range(1, leaves - leaves // 2 + 1)]
    for k in range(1, size - leaves):
        a, b, c = chance.choice(nodes[-6:]), chance.choice(nodes[-12:]), chance.choice(nodes)
        formulas = (gd.sin(a * b), gd.tanh(a + b), gd.tanh(a * b + c), gd.sin(a**2 + b), gd.sin(a))
        nodes.append(g.node(f"v_{k}", chance.choice(formulas)))
    g.node("L", sum((node - 1) ** 2 for node in nodes if not list(g.children(node))))
    return g


def scattered(size: int) -> gd.Graph:
    """Return a graph of so many nodes, each with parents from anywhere before it."""
    chance = random.Random(0)
    g = gd.Graph(f"{size} scattered nodes")
    nodes = [g.input(f"x_{k}", k % 7 / 4) for k in range(1, 11)]
    while len(nodes) < size - 1:
        a, b = chance.choice(nodes), chance.choice(nodes)
        formulas = (gd.sin(a * b), gd.tanh(a + b), gd.sin(a))
        nodes.append(g.node(f"v_{len(nodes)}", chance.choice(formulas)))
    g.node("L", sum(node for node in nodes if not list(g.children(node))))
    return g


def recurrence(steps: int) -> gd.Graph:
    """Return v_k = tanh(w v_{k-1})."""
    g = gd.Graph(f"{steps} steps")
    w, v = g.parameter("w", 0.9), g.input("v_0", 0.5)
    for k in range(1, steps + 1):
        v = g.node(f"v_{k}", gd.tanh(w * v))
    return g


def _mlp(*sizes: int, **options: str) -> Callable[[], gd.Graph]:
    return lambda: gd.models.mlp(list(sizes), seed=1, **options)


class Work(NamedTuple):
    """A graph, the style it is drawn in, and the goal, if there is one: seconds of the processor."""

    make: Callable[[], gd.Graph]
    style: str = "graph"
    goal: float | None = None


WORKS: Mapping[str, Work] = {
    "1 000 steps of tanh(w v)": Work(lambda: recurrence(1000), goal=2),
    "RNN of 30 steps": Work(lambda: rnn(30)),
    "LSTM cell": Work(lstm),
    "40 random nodes": Work(lambda: tangled(40)),
    "150 random nodes": Work(lambda: bounded(150)),
    "300 random nodes": Work(lambda: bounded(300), goal=3),
    "3 000 random nodes": Work(lambda: bounded(3000), goal=10),
    "3 000 scattered nodes": Work(lambda: scattered(3000), goal=10),
    "neurons of 784-128-10": Work(_mlp(784, 128, 10, view="neurons")),
    "network 784-128-64-10": Work(_mlp(784, 128, 64, 10), "network"),
    "network of 12 layers": Work(_mlp(*[3] * 13), "network"),
}


class Taken(NamedTuple):
    """What one picture took, in seconds, and how it went."""

    processor: float
    clock: float
    outcome: str


def taken(name: str) -> Taken:
    """Draw a graph once, in this process."""
    work = WORKS[name]
    graph = work.make()
    run = swept(graph)
    start, clock = _processor(), time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = graph.draw(run, style=work.style)
            outcome = f"{len(picture.svg) / 1e3:.0f} kB, {_shown(repr(picture))}"
    except DrawingError as error:
        outcome = f"refused: {str(error).partition(',')[0]}"
    return Taken(_processor() - start, time.perf_counter() - clock, outcome)


def _processor() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _shown(said: str) -> str:
    return said.partition(": ")[2].rsplit(", ", 2)[0]


def main(arguments: list[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", default="", help="graphs whose names have this in them")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args(arguments)
    apart = multiprocessing.get_context("spawn")
    print("| picture of | processor | clock | goal | drawn |\n|---|---:|---:|---:|---|", flush=True)
    for name, work in WORKS.items():
        if given.only not in name:
            continue
        with apart.Pool(1, maxtasksperchild=1) as pool:  # nothing is typeset already
            found = [pool.apply(taken, (name,)) for _ in range(given.rounds)]
        processor, clock = (statistics.median(one[k] for one in found) for k in (0, 1))
        goal = "" if work.goal is None else f"{work.goal:g} s"
        print(
            f"| {name} | {processor:.1f} s | {clock:.1f} s | {goal} | {found[0].outcome} |",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
