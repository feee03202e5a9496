"""A multilayer perceptron neuron by neuron, every weight a node of its own.

w_{jk}^l is the weight from neuron k of layer l − 1 to neuron j of layer l, as in the lecture.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import tensors
from graphdiff.language.expression import Expression, operation
from graphdiff.models.activations import activation
from graphdiff.models.architecture import SOFTMAX, Architecture
from graphdiff.models.ending import add_objective
from graphdiff.models.losses import Loss

Indices = tuple[int, ...]


def name_of(letter: str, indices: Indices, layer: int | None = None) -> str:
    """Return the name of a scalar node: w_2_3__1, x_4."""
    name = "_".join([letter, *map(str, indices)])
    return name if layer is None else f"{name}__{layer}"


def build(
    graph: ComputationalGraph,
    of: Architecture,
    weights: Sequence[Any],
    biases: Sequence[Any],
    x: Any,
    y: Any,
) -> None:
    """Add the nodes: z_j^l = Σ_k w_{jk}^l a_k^{l−1} + b_j^l, a_j^l = φ(z_j^l)."""
    a: list[Expression] = list(_data(graph, "x", x, of.sizes[0], of.batch))
    z: list[Expression] = a
    all_weights: list[Node] = []
    for layer in of.layers:
        before = len(graph)
        W, b = _entries(weights[layer - 1]), _entries(biases[layer - 1])
        of_layer = [_leaves(graph, layer, j, W[j - 1], b[j - 1]) for j in _from_1(of.sizes[layer])]
        z = [
            graph.node(name_of("z", (j,), layer), reduce(add, [*_products(w, a), bias]))
            for j, (w, bias) in enumerate(of_layer, 1)
        ]
        a = z
        if of.output(layer) == "a":
            formulas = _activated(of, layer, z)
            a = [graph.node(name_of("a", (j,), layer), f) for j, f in enumerate(formulas, 1)]
        all_weights += [weight for w, _ in of_layer for weight in w]
        graph.group(f"layer {layer}", graph.nodes[before:])
    if of.of_loss is not None:
        target = list(_data(graph, "y", y, of.sizes[-1], of.batch))
        add_objective(graph, of, _error(of, of.of_loss, z, a, target), all_weights)


def _from_1(count: int) -> range:
    return range(1, count + 1)


def _data(
    graph: ComputationalGraph, letter: str, value: Any, width: int, batch: int | None
) -> Iterator[Node]:
    """Add one input for each entry of a row, with a value for each row of a batch."""
    columns = None if value is None else np.moveaxis(np.asarray(value), -1, 0)
    for k in _from_1(width):
        given = None if columns is None else columns[k - 1]
        shape = () if batch is None else (batch,)
        yield graph.input(name_of(letter, (k,)), _plain(given), shape=shape)


def _entries(array: Any) -> Any:
    """Return an array as nested lists of plain numbers, which are leaves soonest."""
    return np.asarray(array).tolist()


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray | np.generic) and not value.shape else value


def _leaves(
    graph: ComputationalGraph, layer: int, j: int, row: Sequence[Any], bias: Any
) -> tuple[list[Node], Node]:
    weights = [
        graph.parameter(name_of("w", (j, k), layer), value) for k, value in enumerate(row, 1)
    ]
    return weights, graph.parameter(name_of("b", (j,), layer), bias)


def _products(weights: Sequence[Node], signals: Sequence[Expression]) -> list[Expression]:
    return [w * a for w, a in zip(weights, signals, strict=True)]


def _activated(of: Architecture, layer: int, z: Sequence[Expression]) -> Iterator[Expression]:
    """Yield the activation of each neuron; a softmax looks at all z of its layer."""
    name = of.activations[layer - 1]
    if name != SOFTMAX:
        yield from map(activation(name), z)
    elif of.of_loss is not None and of.of_loss.from_scores:  # the form that never overflows
        whole = tensors.softmax(tensors.stack(z, axis=-1), axis=-1)
        yield from (whole[..., j] for j in range(len(z)))
    else:
        exp = operation("exp")
        total = reduce(add, map(exp, z))
        yield from (exp(z_j) / total for z_j in z)


def _error(
    of: Architecture,
    loss: Loss,
    z: Sequence[Expression],
    a: Sequence[Expression],
    y: Sequence[Expression],
) -> Expression:
    """Return the loss: a sum or mean over the outputs, and the mean over a batch."""
    outputs = z if loss.from_scores else a
    total = reduce(add, map(loss.term, outputs, y))
    if loss.from_scores and loss.output == SOFTMAX:
        total = reduce(add, y) * tensors.logsumexp(tensors.stack(z, axis=-1), axis=-1) + total
    if loss.is_mean and len(outputs) > 1:
        total = total / len(outputs)
    if of.batch is None:
        return total
    return total.sum() if of.loss == "squared_error" else total.mean()
