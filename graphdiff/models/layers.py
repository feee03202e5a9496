"""A multilayer perceptron layer by layer: x, and for each layer W^l, b^l, z^l, a^l."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphdiff.graph import ComputationalGraph
from graphdiff.language import tensors
from graphdiff.language.expression import Expression
from graphdiff.models.activations import activation
from graphdiff.models.architecture import SOFTMAX, Architecture
from graphdiff.models.ending import add_objective


def build(
    graph: ComputationalGraph,
    of: Architecture,
    weights: Sequence[Any],
    biases: Sequence[Any],
    x: Any,
    y: Any,
) -> None:
    """Add the nodes: z^l = W^l a^{l−1} + b^l, of a batch z^l = a^{l−1} (W^l)ᵀ + b^l."""
    a: Expression = graph.input("x", x, shape=_shape(of, 0))
    z, matrices = a, []
    for layer in of.layers:
        shape = of.sizes[layer], of.sizes[layer - 1]
        W = graph.parameter(f"W__{layer}", weights[layer - 1], shape=shape)
        b = graph.parameter(f"b__{layer}", biases[layer - 1], shape=shape[:1])
        z = graph.node(f"z__{layer}", (W @ a if of.batch is None else a @ W.T) + b)
        members = [W, b, z]
        a = z
        if of.output(layer) == "a":
            a = graph.node(f"a__{layer}", _activated(of.activations[layer - 1], z))
            members.append(a)
        matrices.append(W)
        graph.group(f"layer {layer}", members)
    if of.of_loss is not None:
        target = graph.input("y", y, shape=_shape(of, of.depth))
        error = of.of_loss.whole(z if of.of_loss.from_scores else a, target)
        add_objective(graph, of, error, matrices)


def _shape(of: Architecture, layer: int) -> tuple[int, ...]:
    width = of.sizes[layer]
    return (width,) if of.batch is None else (of.batch, width)


def _activated(name: str, z: Expression) -> Expression:
    return tensors.softmax(z) if name == SOFTMAX else activation(name)(z)
