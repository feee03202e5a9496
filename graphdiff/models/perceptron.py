"""The perceptron: net = Σ w_k x_k + b, and an activation of it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.models.activations import activation as activation_of
from graphdiff.models.activations import checked_activation
from graphdiff.models.conventions import Convention, of_activation
from graphdiff.models.truth import TruthTable, truth_table
from graphdiff.workbench import Graph

MAX_INPUTS = 10_000


class Threshold(Graph):
    """A graph of perceptrons whose inputs and outputs are truths.

    Called with inputs it returns the output, in its convention.
    """

    convention: Convention | None

    def truth_table(self) -> TruthTable:
        """Return what it puts out for every row of its inputs, exactly.

        Raises
        ------
        GraphError
            If its activation puts out other values than two.

        Examples
        --------
        >>> import graphdiff as gd
        >>> print(gd.models.gate("and").truth_table())
        x_1  x_2 | net  o
        ---------+-------
          0    0 |  -2  0
          0    1 |  -1  0
          1    0 |  -1  0
          1    1 |   0  1
        """
        return truth_table(self, self._convention())

    def __call__(self, *inputs: Any) -> int:
        """Return the output for inputs that are truths in its convention."""
        convention = self._convention()
        if len(inputs) != len(self.inputs):
            raise GraphError(f"{len(inputs)} inputs are given, and there are {len(self.inputs)}")
        for node, value in zip(self.inputs, inputs, strict=True):
            convention.read(value, f"the input {node.name!r}")
        run = self.forward(dict(zip(self.inputs, inputs, strict=True)), exact=True)
        return int(run.value[self.output.name])

    def _convention(self) -> Convention:
        if self.convention is None:
            raise GraphError(
                "the perceptron's output is no truth; give activation='step', which is 0 or 1, or "
                "'bipolar', which is −1 or 1"
            )
        return self.convention


def perceptron(
    n: int,
    activation: str = "step",
    weights: Sequence[Any] | None = None,
    bias: Any = 0,
    *,
    x: Sequence[Any] | None = None,
    title: str = "Perceptron",
) -> Threshold:
    r"""Return a perceptron of n inputs as a graph: net = Σ w_k x_k + b and o = φ(net).

    Parameters
    ----------
    n
        How many inputs it has.
    activation
        φ: ``"step"``, 1 where net ≥ 0, else 0; ``"bipolar"``, 1 where net > 0, else −1; with the
        other sign at net = 0, ``"strict_step"`` and ``"bipolar_step"``; or any of
        :data:`graphdiff.models.ACTIVATIONS`.
    weights, bias
        w_1, …, w_n, all 0 if left out, and b.
    x
        Values for the inputs.
    title
        The title of the graph.

    Raises
    ------
    GraphError
        For no inputs, as many weights or values as there are not inputs, or an unknown activation.

    Examples
    --------
    >>> import graphdiff as gd
    >>> neuron = gd.models.perceptron(2, "sigmoid", weights=[2, -3], bias=-3, x=[-1, -2])
    >>> [f"{node.name} = {node.formula}" for node in neuron if not node.is_leaf]
    ['net = w_1*x_1 + w_2*x_2 + b', 'o = sigmoid(net)']
    >>> round(neuron.backward().P["w_1"], 4)
    -0.1966
    """
    if isinstance(n, bool) or not isinstance(n, int | np.integer) or not 1 <= n <= MAX_INPUTS:
        raise GraphError(f"n is {n!r:.40}; give a number of inputs from 1 to {MAX_INPUTS}")
    activation = checked_activation(activation)
    held = _checked(weights, n, "weights", 0)
    given = _checked(x, n, "values", None)
    graph = Threshold(title)
    graph.convention = of_activation(activation)
    signals = [graph.input(f"x_{k}", value) for k, value in enumerate(given, 1)]
    w = [graph.parameter(f"w_{k}", value) for k, value in enumerate(held, 1)]
    add_neuron(graph, signals, w, graph.parameter("b", bias), activation)
    return graph


def add_neuron(
    graph: Graph,
    signals: Sequence[Expression],
    weights: Sequence[Node],
    bias: Node,
    activation: str,
    suffix: str = "",
) -> Node:
    """Add net = Σ w_k x_k + b and o = φ(net) to a graph, and return the last of them."""
    products = [w * x for w, x in zip(weights, signals, strict=True)]
    net = graph.node(f"net{suffix}", reduce(add, [*products, bias]))
    if activation == "identity":
        return net
    return graph.node(f"o{suffix}", activation_of(activation)(net))


def _checked(given: Any, n: int, what: str, default: Any) -> tuple[Any, ...]:
    if given is None:
        return (default,) * n
    if np.ndim(given) != 1 or len(given) != n:
        raise GraphError(
            f"the {what} have shape {np.shape(given)}; a perceptron of {n} "
            f"input{'s' if n > 1 else ''} takes {n}"
        )
    return tuple(given)
