"""Scalar networks as tables of parents, and such a network in each library, weight by weight."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from steps import compiled

import graphdiff as gd


class Network(NamedTuple):
    """A network of scalar neurons tanh(Σ w·parent + b), each weight a leaf of its own.

    Attributes
    ----------
    inputs
        The values of the first nodes.
    layers
        For each layer a table: the parents of each neuron, numbered through all earlier nodes.
    outputs
        The nodes no neuron uses; the loss is the sum of their squares.
    theta
        Layer by layer all weights, neuron after neuron, then all biases.
    """

    inputs: np.ndarray
    layers: Sequence[np.ndarray]
    outputs: np.ndarray
    theta: np.ndarray

    @property
    def edges(self) -> int:
        """The number of weights."""
        return sum(parents.size for parents in self.layers)


def dense(*sizes: int) -> Network:
    """Return the network in which each neuron uses the whole layer before."""
    starts = np.cumsum([0, *sizes])
    return _network(
        sizes[0],
        [
            np.tile(np.arange(starts[k], starts[k + 1]), (sizes[k + 1], 1))
            for k in range(len(sizes) - 1)
        ],
    )


def irregular(inputs: int, sizes: Sequence[int], fan_in: int) -> Network:
    """Return a network in which each neuron uses as many nodes of any earlier layers."""
    rng, layers, earlier = np.random.default_rng(3), [], inputs
    for size in sizes:
        layers.append(np.argsort(rng.random((size, earlier)), axis=1)[:, :fan_in].copy())
        earlier += size
    return _network(inputs, layers)


def _network(inputs: int, layers: list[np.ndarray]) -> Network:
    rng, theta = np.random.default_rng(2), []
    for parents in layers:
        theta.append(rng.normal(size=parents.size) / np.sqrt(parents.shape[1]))
        theta.append(rng.normal(size=len(parents)) / 10)
    used = np.unique(np.concatenate([parents.ravel() for parents in layers]))
    nodes = np.arange(inputs, inputs + sum(map(len, layers)))
    values = rng.uniform(-1, 1, inputs)
    return Network(values, layers, np.setdiff1d(nodes, used), np.concatenate(theta))


def graph(network: Network) -> gd.Graph:
    """Return it as a graph: every weight a parameter, every neuron a node."""
    g, numbers = gd.Graph("neuron by neuron"), iter(network.theta.tolist())
    nodes = [g.input(f"x_{i}", value) for i, value in enumerate(network.inputs.tolist())]
    for k, parents in enumerate(network.layers, 1):
        size, fan_in = parents.shape
        weights = [
            [g.parameter(f"w{k}_{j}_{i}", next(numbers)) for i in range(fan_in)]
            for j in range(size)
        ]
        biases = [g.parameter(f"b{k}_{j}", next(numbers)) for j in range(size)]
        for j, row in enumerate(parents.tolist()):
            total = biases[j]
            for weight, parent in zip(weights[j], row, strict=True):
                total = total + weight * nodes[parent]
            nodes.append(g.node(f"a{k}_{j}", gd.tanh(total)))
    loss = nodes[network.outputs[0]] ** 2
    for output in network.outputs[1:]:
        loss = loss + nodes[output] ** 2
    g.node("L", loss)
    return g


def graphdiff_step(network: Network, reuse: bool = True) -> Callable[[np.ndarray], Any]:
    """Build and compile it; return the step from all weights to value and gradient."""
    return compiled(graph(network), "L", reuse=reuse).flat


def casadi_step(network: Network) -> Callable[[np.ndarray], Any]:
    """Build and compile it with CasADi; return the step on memory that CasADi reads itself."""
    import casadi

    theta = casadi.SX.sym("theta", network.theta.size)
    numbers = iter(casadi.vertsplit(theta))
    nodes = [casadi.SX(value) for value in network.inputs.tolist()]
    for parents in network.layers:
        weights = [[next(numbers) for _ in row] for row in parents]
        for row, own in zip(parents.tolist(), weights, strict=True):
            total = next(numbers)
            for weight, parent in zip(own, row, strict=True):
                total = total + weight * nodes[parent]
            nodes.append(casadi.tanh(total))
    loss = sum(nodes[output] ** 2 for output in network.outputs.tolist())
    function = casadi.Function("step", [theta], [loss, casadi.gradient(loss, theta)])
    return casadi_on_buffers(function, network.theta.size)


def casadi_on_buffers(function: Any, size: int) -> Callable[[np.ndarray], Any]:
    """Return a call of theta ↦ (value, gradient) that converts nothing."""
    buffer, trigger = function.buffer()
    value, gradient = np.empty(1), np.empty(size)
    buffer.set_res(0, memoryview(value))
    buffer.set_res(1, memoryview(gradient))

    def step(theta: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        buffer.set_arg(0, memoryview(theta))
        trigger()
        return value, gradient

    return step


def micrograd_step(network: Network) -> Callable[[np.ndarray], Any]:
    """Return the step that builds and sweeps micrograd's graph at each call."""
    from micrograd.engine import Value

    def step(theta: np.ndarray) -> tuple[float, list[float]]:
        leaves = [Value(number) for number in theta.tolist()]
        numbers = iter(leaves)
        nodes = [Value(value) for value in network.inputs.tolist()]
        for parents in network.layers:
            weights = [[next(numbers) for _ in row] for row in parents]
            for row, own in zip(parents.tolist(), weights, strict=True):
                total = next(numbers)
                for weight, parent in zip(own, row, strict=True):
                    total = total + weight * nodes[parent]
                nodes.append(micrograd_tanh(total))
        loss = sum(nodes[output] ** 2 for output in network.outputs.tolist())
        loss.backward()
        return loss.data, [leaf.grad for leaf in leaves]

    return step


def micrograd_tanh(value: Any) -> Any:
    """Return tanh, which the package has no method for, as its lecture defines it."""
    import math

    from micrograd.engine import Value

    out = Value(math.tanh(value.data), (value,), "tanh")

    def backward() -> None:
        value.grad += (1 - out.data**2) * out.grad

    out._backward = backward
    return out
