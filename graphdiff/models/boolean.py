"""Any Boolean function as a network with one hidden layer, built from its truth table."""

from __future__ import annotations

from typing import Any

from graphdiff.models.conventions import Convention, convention
from graphdiff.models.mlp import MLP, mlp
from graphdiff.models.perceptron import Threshold
from graphdiff.models.truth import Truths, rows, truths_of


class BooleanNetwork(MLP, Threshold):
    """A network of perceptrons with one hidden layer that computes a Boolean function."""


def boolean_network(table: Any, convention: str = "binary") -> BooleanNetwork:
    """Return a network with one hidden layer that computes a Boolean function.

    Each hidden perceptron fires for one row of the truth table alone, and the output fires
    where one of them does: a disjunctive normal form. Where fewer rows are false, they have the
    hidden perceptrons, and the output fires where none does. So the width is at most 2ⁿ⁻¹.

    Parameters
    ----------
    table
        The 2ⁿ outputs, that of 0…0 first and the last input fastest; a truth table; or a Python
        function of n truths.
    convention
        ``"binary"`` or ``"bipolar"``, as for :func:`graphdiff.models.gate`.

    Raises
    ------
    GraphError
        For what is no truth table.

    Examples
    --------
    >>> import graphdiff as gd
    >>> parity = gd.models.boolean_network(lambda a, b, c: (a + b + c) % 2)
    >>> parity.sizes, parity(1, 1, 1), parity(1, 0, 1)
    ((3, 4, 1), 1, 0)
    """
    truths, of = truths_of(table), _convention(convention)
    every = rows(len(truths).bit_length() - 1)
    fires = sum(truths) <= len(truths) // 2
    chosen = [row for row, truth in zip(every, truths, strict=True) if truth == fires]
    hidden = [_detector(row, of) for row in chosen or every[:1]]
    weight = (1 if fires else -1) if chosen else 0
    network = mlp(
        (len(every[0]), len(hidden), 1),
        of.activation,
        of.activation,
        None,
        view="neurons",
        weights=[[weights for weights, _ in hidden], [[weight] * len(hidden)]],
        biases=[[bias for _, bias in hidden], [_output_bias(len(chosen), of, fires=fires)]],
        title="Boolean function of one hidden layer",
    )
    return _as_boolean(network, of)


_convention = convention


def _detector(row: Truths, of: Convention) -> tuple[list[int], Any]:
    """Return weights and bias of a perceptron that fires for one row alone.

    Σ ±x_k is largest for that row, and smaller by the difference of the two values for the next.
    """
    weights = [1 if truth else -1 for truth in row]
    largest = sum(w * of.written(truth) for w, truth in zip(weights, row, strict=True))
    return weights, _half(of) - largest


def _output_bias(count: int, of: Convention, *, fires: bool) -> Any:
    """Return the bias with which the output fires where one of so many fires, or none."""
    if not count:
        return -1 if fires else 1
    silent = count * of.false
    return -silent - _half(of) if fires else silent + _half(of)


def _half(of: Convention) -> Any:
    """Return half the way between the two values, kept whole where it can be."""
    return 0.5 if of.name == "binary" else 1


def _as_boolean(network: MLP, of: Convention) -> BooleanNetwork:
    graph = BooleanNetwork(network.title)
    for node in network:
        graph.adopt(node)
    for name, members in network.groups.items():
        graph.group(name, [node.name for node in members])
    graph.architecture, graph.view, graph.convention = network.architecture, network.view, of
    return graph
