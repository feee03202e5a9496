"""A zoo of scalar graphs: which kind of program is chosen for each, and how far from the best.

python benchmarks/zoo.py [--quick] [--only WORD] [--rounds N] [--least SECONDS]

All kinds are compiled and timed in turn. The last column is the time of the one that was chosen
divided by that of the best; the program fails where it is more than 1.5.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import threads  # noqa: F401  # isort: skip  (before NumPy)
import numpy as np

import graphdiff as gd
from graphdiff.program.scalars import MAX_LINES, scalar_program

MOST = 1.5
"""How many times the best kind's time the chosen one may take."""
KINDS = ("floats", "grouped", "sequential")


class Animal(NamedTuple):
    """A graph: how it is built, and what it is differentiated in, ``"leaves"`` or ``"one"``."""

    name: str
    build: Callable[[], gd.Graph]
    wrt: str = "leaves"


class Measured(NamedTuple):
    """The kind that was chosen, and the seconds of all."""

    chosen: str
    seconds: dict[str, float]

    @property
    def ratio(self) -> float:
        """Return the time of the kind chosen by that of the best."""
        return self.seconds[self.chosen] / min(self.seconds.values())


# One value after the other

Step = Callable[..., Any]
STEPS: dict[str, Step] = {
    "tanh(w v + b)": lambda v, w, b: gd.tanh(w * v + b),
    "sin(v) c + b": lambda v, c, b: gd.sin(v) * c + b,
    "v + c sin(v)": lambda v, c, b: v + c * gd.sin(v),
    "c v (1 - v)": lambda v, c, b: c * v * (1 - v),
    "w v + b": lambda v, w, b: w * v + b,
    "exp(-v) / (b + v^2)": lambda v, c, b: gd.exp(-v) / (b + v**2),
    "where(v > b, c v, v / 2 + b)": lambda v, c, b: gd.where(v > b, c * v, v / 2 + b),
    "relu(w v + b)": lambda v, w, b: gd.relu(w * v + b),
}


def chain(step: Step, length: int, weights: str) -> gd.Graph:
    """Return a chain, one node a step; its weights shared by all steps, own ones, or numbers."""
    g = gd.Graph()
    v = g.input("v", 0.4)
    c, b = (g.parameter("c", 0.9), g.parameter("b", 0.1)) if weights == "shared" else (0.9, 0.1)
    for k in range(length):
        if weights == "own":
            c, b = g.parameter(f"c{k}", 0.8 + 0.1 * (k % 3)), g.parameter(f"b{k}", 0.1)
        v = g.node(f"v{k}", step(v, c, b))
    return g


def operation_by_operation(length: int) -> gd.Graph:
    """Return a chain in which each operation of sin(v) c + b is a node."""
    g = gd.Graph()
    v, c, b = g.input("v", 0.4), g.parameter("c", 0.9), g.parameter("b", 0.1)
    for k in range(length):
        s = g.node(f"s{k}", gd.sin(v))
        p = g.node(f"p{k}", s * c)
        v = g.node(f"v{k}", p + b)
    return g


def of_two_steps(length: int) -> gd.Graph:
    """Return u_i = sin(u_{i-1}) c_i + u_{i-2}."""
    g = gd.Graph()
    before, v = g.input("u0", 0.3), g.input("u1", 0.4)
    for k in range(length):
        c = g.parameter(f"c{k}", 0.2 * (k % 5) - 0.4)
        before, v = v, g.node(f"v{k}", gd.sin(v) * c + before)
    return g


def distinct(length: int) -> gd.Graph:
    """Return a chain in which each node has numbers of its own."""
    g = gd.Graph()
    v = g.input("v", 0.4)
    for k in range(length):
        v = g.node(f"v{k}", gd.sin((1 + k / 1e4) * v) * 0.9 + 0.1)
    return g


# By levels


def levels(depth: int, width: int, arity: int, weights: str, function: Any = gd.tanh) -> gd.Graph:
    """Return levels of nodes f(Σ w x) of neighbours in the level before."""
    g = gd.Graph()
    row = [g.input(f"x{j}", 0.1 * (j % 7)) for j in range(width)]
    shared = [0.5 - 0.4 * k / arity for k in range(arity)]
    if weights == "shared":
        shared = [g.parameter(f"w{k}", value) for k, value in enumerate(shared)]
    for i in range(depth):
        new = []
        for j in range(width):
            w = shared
            if weights == "own":
                w = [g.parameter(f"w{i}_{j}_{k}", 0.5 - 0.4 * k / arity) for k in range(arity)]
            total = w[0] * row[j]
            for k in range(1, arity):
                total = total + w[k] * row[(j + k) % width]
            new.append(g.node(f"h{i}_{j}", function(total)))
        row = new
    g.node("L", _sum([v**2 for v in row]))
    return g


def heat(steps: int, width: int) -> gd.Graph:
    """Return explicit steps of the heat equation on a ring, with one coefficient."""
    g = gd.Graph()
    c = g.parameter("c", 0.2)
    u = [g.input(f"u{j}", 0.1 * (j % 5)) for j in range(width)]
    for i in range(steps):
        u = [
            g.node(f"u{i}_{j}", u[j] + c * (u[j - 1] - 2 * u[j] + u[(j + 1) % width]))
            for j in range(width)
        ]
    g.node("L", _sum([v * v for v in u]))
    return g


def grid(size: int) -> gd.Graph:
    """Return u_ij = tanh(a u_{i-1,j} + b u_{i,j-1}), whose levels are diagonals."""
    g = gd.Graph()
    a, b = g.parameter("a", 0.6), g.parameter("b", 0.5)
    u = {(i, -1): g.input(f"l{i}", 0.1 + i / size) for i in range(size)}
    u |= {(-1, j): g.input(f"t{j}", 0.5 - j / size) for j in range(size)}
    for i, j in itertools.product(range(size), repeat=2):
        u[i, j] = g.node(f"u{i}_{j}", gd.tanh(a * u[i - 1, j] + b * u[i, j - 1]))
    return g


def recurrent(steps: int, width: int) -> gd.Graph:
    """Return h' = tanh(W h + x), the weights shared by all steps."""
    g = gd.Graph()
    W = [[g.parameter(f"w{i}_{j}", 0.3 * ((i + j) % 3) - 0.2) for j in range(width)]
         for i in range(width)]  # fmt: skip
    h = [g.input(f"h{j}", 0.1 * j) for j in range(width)]
    for t in range(steps):
        x = g.input(f"x{t}", 0.5 - (t % 4) / 5)
        h = [
            g.node(f"h{t}_{i}", gd.tanh(_sum([W[i][j] * h[j] for j in range(width)]) + x))
            for i in range(width)
        ]
    g.node("L", _sum([v**2 for v in h]))
    return g


def at_random(length: int, window: int, arity: int, weights: str, mix: bool) -> gd.Graph:
    """Return nodes of some of the ``window`` nodes before, of one function or of several."""
    rng, g = np.random.default_rng(4), gd.Graph()
    nodes = [g.input(f"x{k}", float(rng.uniform(-1, 1))) for k in range(window)]
    functions = (gd.tanh, gd.sin, gd.sigmoid, lambda z: z / (1 + z * z)) if mix else (gd.tanh,)
    for k in range(length):
        of = [nodes[int(i)] for i in rng.integers(len(nodes) - window, len(nodes), arity)]
        w: Sequence[Any] = [0.7 - 0.2 * j for j in range(arity)]
        if weights == "own":
            w = [g.parameter(f"w{k}_{j}", float(rng.normal()) / 2) for j in range(arity)]
        total = _sum([a * b for a, b in zip(w, of, strict=True)])
        nodes.append(g.node(f"v{k}", functions[int(rng.integers(len(functions)))](total)))
    g.node("L", _sum(nodes[-window:]))
    return g


def skipping(length: int, window: int) -> gd.Graph:
    """Return a chain with a connection from some node before, and own weights."""
    rng, g = np.random.default_rng(6), gd.Graph()
    nodes = [g.input("x", 0.3)]
    for k in range(length):
        far = nodes[int(rng.integers(max(0, len(nodes) - window), len(nodes)))]
        w = g.parameter(f"w{k}", float(rng.uniform(-0.5, 0.5)))
        nodes.append(g.node(f"v{k}", gd.sin(nodes[-1]) * w + 0.5 * far))
    return g


def tree(leaves: int, plain: bool) -> gd.Graph:
    """Return a balanced tree of sums, or of tanh(a + b)."""
    g = gd.Graph()
    row = [g.parameter(f"x{k}", 0.01 * (k % 11)) for k in range(leaves)]
    count = itertools.count()
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=True)
        row = [g.node(f"s{next(count)}", a + b if plain else gd.tanh(a + b)) for a, b in pairs]
    return g


def running_sum(length: int) -> gd.Graph:
    """Return Σ (sin(x) - y)² summed up term by term in nodes."""
    g = gd.Graph()
    w = g.parameter("w", 0.7)
    total = None
    for k in range(length):
        x, y = g.input(f"x{k}", k / length), g.input(f"y{k}", 0.5)
        e = g.node(f"e{k}", (gd.sin(w * x) - y) ** 2)
        total = e if total is None else g.node(f"s{k}", total + e)
    return g


def branches(depth: int, width: int) -> gd.Graph:
    """Return levels of nodes that choose by the sign of a neighbour."""
    g = gd.Graph()
    a, b = g.parameter("a", 0.9), g.parameter("b", 0.2)
    row = [g.input(f"x{j}", 0.3 - 0.1 * (j % 7)) for j in range(width)]
    for i in range(depth):
        row = [
            g.node(f"h{i}_{j}", gd.where(row[j - 1] > 0, a * row[j], row[j] - b * row[j - 1]))
            for j in range(width)
        ]
    g.node("L", _sum([v**2 for v in row]))
    return g


def layers(*sizes: int) -> gd.Graph:
    """Return a dense network, each weight a leaf, a neuron a node."""
    rng, g = np.random.default_rng(2), gd.Graph()
    row = [g.input(f"x{j}", float(rng.uniform(-1, 1))) for j in range(sizes[0])]
    for i, size in enumerate(sizes[1:]):
        new = []
        for j in range(size):
            w = [g.parameter(f"w{i}_{j}_{k}", float(rng.normal()) / 3) for k in range(len(row))]
            b = g.parameter(f"b{i}_{j}", 0.1)
            total = b + _sum([x * y for x, y in zip(w, row, strict=True)])
            new.append(g.node(f"h{i}_{j}", gd.tanh(total)))
        row = new
    g.node("L", _sum([v**2 for v in row]))
    return g


def _sum(terms: Sequence[Any]) -> Any:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def animals(quick: bool = False) -> Iterator[Animal]:
    """Yield all graphs."""
    lengths = (200,) if quick else (200, 1000, 5000)
    for (name, step), weights in itertools.product(STEPS.items(), ("shared", "own", "numbers")):
        for length in lengths:
            yield Animal(f"chain {name}, {weights}, {length}",
                         lambda s=step, n=length, w=weights: chain(s, n, w))  # fmt: skip
    for length in lengths:
        yield Animal(f"chain op by op, {length}", lambda n=length: operation_by_operation(n))
        yield Animal(f"u_i = sin(u_i-1) c_i + u_i-2, {length}", lambda n=length: of_two_steps(n))
        yield Animal(f"chain, distinct, {length}", lambda n=length: distinct(n))
        yield Animal(f"skips of 50, {length}", lambda n=length: skipping(n, 50))
        yield Animal(f"running sum, {length}", lambda n=length: running_sum(n))
        for window, arity, weights, mix in itertools.product(
            (4, 40, 400), (2, 6), ("own", "numbers"), (False, True)
        ):
            name = f"random of {arity} in {window}, {weights}, {'mixed' if mix else 'alike'}"
            yield Animal(f"{name}, {length}",
                         lambda n=length, w=window, a=arity, k=weights, m=mix:
                         at_random(n, w, a, k, m))  # fmt: skip
    shapes = ((5, 20), (20, 5)) if quick else (
        (5, 100), (5, 1000), (20, 20), (20, 300), (50, 100), (50, 30), (100, 10), (500, 3), (500, 20)
    )  # fmt: skip
    for (depth, width), weights in itertools.product(shapes, ("own", "shared", "numbers")):
        for arity in (2, 8):
            if arity <= width:
                yield Animal(f"levels {depth}x{width} of {arity}, {weights}",
                             lambda d=depth, w=width, a=arity, k=weights: levels(d, w, a, k))  # fmt: skip
    for depth, width in shapes:
        yield Animal(f"levels {depth}x{width} of 2, own, in one",
                     lambda d=depth, w=width: levels(d, w, 2, "own"), "one")  # fmt: skip
        yield Animal(f"levels {depth}x{width} of 2, linear",
                     lambda d=depth, w=width: levels(d, w, 2, "own", lambda z: z))  # fmt: skip
        yield Animal(f"heat {depth}x{width}", lambda d=depth, w=width: heat(d, w))
        yield Animal(f"branches {depth}x{width}", lambda d=depth, w=width: branches(d, w))
    for size in (8, 12) if quick else (12, 30, 100, 200):
        yield Animal(f"grid {size}x{size}", lambda n=size: grid(n))
    for steps, width in ((10, 4),) if quick else ((10, 4), (100, 4), (20, 20), (100, 16), (400, 8)):
        yield Animal(f"recurrent {steps}x{width}", lambda s=steps, w=width: recurrent(s, w))
    for leaves in (256,) if quick else (256, 1024, 16_384):
        yield Animal(f"tree of sums, {leaves}", lambda n=leaves: tree(n, True))
        yield Animal(f"tree of tanh, {leaves}", lambda n=leaves: tree(n, False))
    for sizes in ((8, 16, 4),) if quick else ((8, 16, 4), (20, 20, 20, 20, 20), (100, 50, 10)):
        yield Animal(f"network {'-'.join(map(str, sizes))}", lambda s=sizes: layers(*s))


def measured(animal: Animal, rounds: int = 5, least: float = 0.01) -> Measured:
    """Compile a graph in all kinds, and time them in turn."""
    graph = animal.build()
    output, wrt = graph.outputs[-1], graph.parameters or graph.leaves
    wrt = wrt[:1] if animal.wrt == "one" else wrt
    chosen = scalar_program(graph, output, wrt).kind
    x = np.array([float(leaf.value) for leaf in graph.leaves])
    edges = sum(len(node.parents) for node in graph.nodes)
    kinds = KINDS if 2 * edges < MAX_LINES or chosen == "floats" else KINDS[1:]
    programs: dict[str, Callable[[np.ndarray], Any]] = {}
    for kind in kinds:
        program = scalar_program(graph, output, wrt, kind=kind)  # type: ignore[arg-type]
        programs[kind] = program
    times: dict[str, list[float]] = {kind: [] for kind in programs}
    truth = None
    for turn in range(rounds):
        for kind, program in programs.items():
            if not turn:
                value, gradient = program(x)
                truth = (value, gradient) if truth is None else truth
                np.testing.assert_allclose(value, truth[0], rtol=1e-8)
                np.testing.assert_allclose(gradient, truth[1], rtol=1e-6, atol=1e-12)
            calls, started = 0, time.process_time()
            while (elapsed := time.process_time() - started) < least:
                program(x)
                calls += 1
            times[kind].append(elapsed / calls)
    return Measured(chosen, {kind: statistics.median(found) for kind, found in times.items()})


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small graphs")
    parser.add_argument("--only", default="", help="graphs in whose names this stands")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--least", type=float, default=0.01, help="seconds of a turn")
    options = parser.parse_args()
    print(f"{'graph':58s} chosen     " + "".join(f"{kind:>12s}" for kind in KINDS) + "   ratio")
    missed = []
    for animal in animals(options.quick):
        if options.only in animal.name:
            found = measured(animal, options.rounds, options.least)
            times = "".join(
                f"{found.seconds[kind] * 1e6:9.0f} µs" if kind in found.seconds else " " * 12
                for kind in KINDS
            )
            mark = " *" if found.ratio > MOST else ""
            print(
                f"{animal.name:58s} {found.chosen:11s}{times} {found.ratio:7.2f}{mark}", flush=True
            )
            missed += [animal.name] if mark else []
    print(f"{len(missed)} missed", *missed, sep="\n  ")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
