"""Networks of scalar nodes, each weight a leaf: as a dense one 784-128-10, and irregular."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import networks
import numpy as np
from contest import Contest, Contestant, Goal
from fresh import seconds_of
from networks import Network
from numpy import add, multiply, subtract, tanh

import graphdiff as gd


def dense(quick: bool) -> Network:
    """Return 784-128-10, neuron by neuron."""
    return networks.dense(*((9, 8, 3) if quick else (784, 128, 10)))


def irregular(quick: bool) -> Network:
    """Return a network of as many weights, with 32 random ones for each neuron."""
    inputs, sizes, fan_in = (9, (8, 8, 3), 4) if quick else (784, (1024, 1024, 1024, 104), 32)
    return networks.irregular(inputs, sizes, fan_in)


KINDS = {"784-128-10": dense, "irregular, 32 weights a neuron": irregular}


def contests(quick: bool) -> Iterator[Contest]:
    """Return the step of each network, then building and compiling each."""
    yield contest("784-128-10", dense(quick), matrices, "two matrix products by hand", 2)
    yield contest("irregular, 32 weights a neuron", irregular(quick), sparse, "CSR by hand", 4.5)
    for kind, goal in (("784-128-10", Goal(1.5, "s")), ("irregular, 32 weights a neuron", None)):
        yield building(kind, goal, quick)


def contest(
    kind: str, network: Network, by_hand: Callable[[Network], Any], name: str, goal: float
) -> Contest:
    """Return the contest of one network, from all weights to value and gradient."""
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))  # for micrograd's sums

    def make(step: Callable[[Network], Any]) -> Callable[[], Callable[[], Any]]:
        return lambda: partial(step(network), network.theta)

    return Contest(
        f"{kind}, each weight a scalar node ({network.edges} weights), value and gradient",
        [
            Contestant(name, make(by_hand), list, needs="scipy"),
            Contestant("graphdiff", make(networks.graphdiff_step), list, Goal(goal, "ns")),
            Contestant(
                "CasADi, through raw buffers", make(networks.casadi_step), list, needs="casadi"
            ),
            Contestant("micrograd", make(networks.micrograd_step), list, needs="micrograd"),
        ],
        parts=(network.edges, "edge"),
    )


def building(kind: str, goal: Goal | None, quick: bool) -> Contest:
    """Return the contest of building and compiling, with the first call, in fresh processes."""

    def in_new_process(library: str) -> Callable[[], Callable[[], float]]:
        return lambda: lambda: seconds_of("neuron_by_neuron", "build", kind, library, str(quick))

    return Contest(
        f"{kind}, each weight a scalar node: build, compile and first call",
        [
            Contestant("graphdiff", in_new_process("graphdiff"), goal=goal),
            Contestant("CasADi", in_new_process("casadi"), needs="casadi"),
        ],
        quantity="seconds",
    )


def build(kind: str, library: str, quick: str) -> Callable[[], Any]:
    """Return what is timed in a new process."""
    network = KINDS[kind](quick == "True")
    if library == "casadi":
        import casadi  # noqa: F401  (the import is not timed)

        return lambda: networks.casadi_step(network)(network.theta)
    gd.Graph()  # nor is what graphdiff imports when it is first used
    return lambda: networks.graphdiff_step(network)(network.theta)


def matrices(network: Network) -> Callable[[np.ndarray], Any]:
    """Return the dense network's step as matrix products, written by hand.

    The loss of the outputs o is Σ o², and tanh' = 1 − a².
    """
    x = network.inputs
    (n1, n0), (n2, _) = (parents.shape for parents in network.layers)
    ends = np.cumsum([n1 * n0, n1, n2 * n1, n2])
    a, o, ga, go, t = np.empty(n1), np.empty(n2), np.empty(n1), np.empty(n2), np.empty(n1)
    gradient = np.empty(network.theta.size)
    G1, h1, G2, h2 = np.split(gradient, ends[:-1])
    G1, G2 = G1.reshape(n1, n0), G2.reshape(n2, n1)
    ga_column, go_column, x_row, a_row = ga[:, None], go[:, None], x[None], a[None]

    def step(theta: np.ndarray) -> tuple[float, np.ndarray]:
        W1, b1 = theta[: ends[0]].reshape(n1, n0), theta[ends[0] : ends[1]]
        W2, b2 = theta[ends[1] : ends[2]].reshape(n2, n1), theta[ends[2] :]
        W1.dot(x, a), add(a, b1, a), tanh(a, a)
        W2.dot(a, o), add(o, b2, o), tanh(o, o)
        multiply(o, o, go), subtract(1.0, go, go), multiply(go, o, go), multiply(go, 2.0, go)
        multiply(go_column, a_row, G2), h2.__setitem__(slice(None), go)
        go.dot(W2, ga), multiply(a, a, t), multiply(t, ga, t), subtract(ga, t, ga)
        multiply(ga_column, x_row, G1), h1.__setitem__(slice(None), ga)
        return o.dot(o), gradient

    return step


def sparse(network: Network) -> Callable[[np.ndarray], Any]:
    """Return the step of a network of even fan-in in CSR form, written by hand.

    A layer gathers its parents' values once; they serve the weighted sums and the weights'
    gradients. What goes back to the parents is the product with the transpose, which is the
    same three arrays read as CSC.
    """
    from scipy.sparse import _sparsetools

    inputs = len(network.inputs)
    nodes = inputs + sum(map(len, network.layers))
    a, ga = np.empty(nodes), np.empty(nodes)
    a[:inputs] = network.inputs
    gradient, outputs = np.empty(network.theta.size), network.outputs
    layers, node, place = [], inputs, 0
    for parents in network.layers:
        size, fan_in = parents.shape
        weights = slice(place, place + parents.size)
        biases = slice(weights.stop, weights.stop + size)
        layers.append((
            parents.astype(np.int64), np.empty(parents.shape), np.empty(size),
            np.arange(0, parents.size + 1, fan_in, dtype=np.int32),
            parents.ravel().astype(np.int32), a[node : node + size], ga[node : node + size],
            weights, biases, gradient[weights].reshape(parents.shape), gradient[biases],
            node, size, parents.shape,
        ))  # fmt: skip
        node, place = node + size, biases.stop
    backwards = layers[::-1]

    def step(theta: np.ndarray) -> tuple[float, np.ndarray]:
        for parents, gathered, z, _, _, own, _, weights, biases, *_, shape in layers:
            a.take(parents, None, gathered, "clip")
            np.vecdot(theta[weights].reshape(shape), gathered, z)
            add(z, theta[biases], z), tanh(z, own)
        ga.fill(0.0)
        o = a[outputs]
        ga[outputs] = 2.0 * o
        for _, gathered, z, starts, flat, own, delta, weights, _, G, h, node, size, _ in backwards:
            multiply(own, own, z), multiply(z, delta, z), subtract(delta, z, h)
            multiply(gathered, h[:, None], G)
            if node > inputs:
                _sparsetools.csc_matvec(node, size, starts, flat, theta[weights], h, ga)
        return o.dot(o), gradient

    return step
