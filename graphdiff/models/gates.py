"""The logic gates: single perceptrons, and XOR as a graph of three of them and a NOT."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from graphdiff.errors import unknown
from graphdiff.graph import Node
from graphdiff.models.conventions import Convention, convention
from graphdiff.models.perceptron import Threshold, add_neuron, perceptron

Weights = tuple[tuple[Any, ...], Any]

WEIGHTS: Mapping[str, Mapping[str, Weights]] = MappingProxyType(
    {
        "binary": MappingProxyType(
            {
                "not": ((-1,), 0.25),
                "and": ((1, 1), -2),
                "or": ((1, 1), -1),
                "nand": ((-1, -1), 1.5),
                "nor": ((-1, -1), 0.5),
            }
        ),
        "bipolar": MappingProxyType(
            {
                "not": ((-1,), 0),
                "and": ((1, 1), -1),
                "or": ((1, 1), 1),
                "nand": ((-1, -1), 1),
                "nor": ((-1, -1), -1),
            }
        ),
    }
)
"""Weights and bias of each gate by convention; NOT, AND and OR of 0 and 1 are the lecture's."""

GATES = ("not", "and", "or", "nand", "nor", "xor")


def gate(name: str, convention: str = "binary") -> Threshold:
    """Return a logic gate as a graph of perceptrons.

    NOT, AND, OR, NAND and NOR are one perceptron each. XOR(x, y) is
    AND(OR(x, y), NOT(AND(x, y))), as no single perceptron computes it.

    Parameters
    ----------
    name
        ``"not"``, ``"and"``, ``"or"``, ``"nand"``, ``"nor"`` or ``"xor"``.
    convention
        ``"binary"``: inputs and outputs are 0 and 1, and 1 is put out where net ≥ 0; or
        ``"bipolar"``: they are −1 and 1, and 1 is put out where net > 0.

    Raises
    ------
    UnknownNameError
        For another gate or convention.

    Examples
    --------
    >>> import graphdiff as gd
    >>> xor = gd.models.gate("xor")
    >>> xor(0, 1), xor(1, 1)
    (1, 0)
    >>> gd.models.gate("and", "bipolar").truth_table().outputs
    (-1, -1, -1, 1)
    """
    key = name.lower() if isinstance(name, str) else name
    if key not in GATES:
        raise unknown("gate", str(name), GATES)
    of = _convention(convention)
    if key == "xor":
        return _xor(of)
    weights, bias = WEIGHTS[of.name][key]
    return perceptron(len(weights), of.activation, weights, bias, title=key.upper())


_convention = convention


def _xor(of: Convention) -> Threshold:
    graph = Threshold("XOR(x, y) = AND(OR(x, y), NOT(AND(x, y)))")
    graph.convention = of
    x, y = graph.input("x"), graph.input("y")
    either = _add(graph, "or", of, x, y)
    both = _add(graph, "and", of, x, y)
    not_both = _add(graph, "not", of, both)
    _add(graph, "and", of, either, not_both, called="xor")
    return graph


def _add(graph: Threshold, name: str, of: Convention, *signals: Node, called: str = "") -> Node:
    """Add a gate with leaves of its own, named with what it is above."""
    called = called or name
    weights, bias = WEIGHTS[of.name][name]
    before = len(graph)
    w = [graph.parameter(f"w_{k}__{called}", value) for k, value in enumerate(weights, 1)]
    b = graph.parameter(f"b__{called}", bias)
    output = add_neuron(graph, signals, w, b, of.activation, f"__{called}")
    graph.group(name.upper() if called == name else f"{name.upper()} of both", graph.nodes[before:])
    return output
