"""A model as a function of rows: the graph that computes with so many examples at once.

A network of :func:`graphdiff.models.mlp` is built again for each number of rows. Of another graph
the inputs say what they take: a leading axis whose size is a letter takes any number of rows, one
whose size is a number that many, and inputs without that axis take one example, over which the
output is averaged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import Node
from graphdiff.graph.letter_sizes import sized
from graphdiff.language.shapes import Shape, sizes_of
from graphdiff.learning.dropout import at_rest
from graphdiff.models.mlp import MLP
from graphdiff.workbench import Graph

Kind = Literal["network", "letter", "number", "example"]


@dataclass(frozen=True)
class ByRows:
    """A model, by the number of rows it computes with.

    Attributes
    ----------
    model
        The graph as it was given.
    kind
        How it takes rows.
    shapes
        Of each input that data is given for, by name, the shape of one row.
    """

    model: Graph
    kind: Kind
    shapes: Mapping[str, tuple[int, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs that data is given for."""
        return tuple(self.shapes)

    @cached_property
    def graph(self) -> Graph:
        """The graph whose parameters are trained: of a network, its layers."""
        if self.kind == "network":
            assert isinstance(self.model, MLP)  # noqa: S101 - it is of that kind
            return self.model.layers()
        return self.model

    @cached_property
    def fixed(self) -> int | None:
        """The number of rows it takes, where it takes no other."""
        if self.kind != "number":
            return None
        return int(self.model[self.names[0]].shape[0])

    def check_whole(self, rows: int, what: str) -> None:
        """Raise an error if so many rows cannot all be taken, as many at once as there must be."""
        if self.fixed is not None and rows % self.fixed:
            raise GraphError(
                f"the {what} have {rows} rows, and the graph takes {self.fixed} at once; give a "
                f"multiple of {self.fixed}, or declare the leading axis of its inputs with a "
                'letter, shape=("m", …), for any number'
            )

    def of(self, rows: int) -> Graph:
        """Return the graph that computes with so many rows."""
        match self.kind:
            case "network":
                assert isinstance(self.model, MLP)  # noqa: S101 - it is of that kind
                return self.model.batched(rows)
            case "letter":
                graph = self.model
                given = {name: (rows, *shape) for name, shape in self.shapes.items()}
                held = {
                    leaf.name: np.shape(leaf.value)
                    for leaf in graph.leaves
                    if leaf.value is not None and leaf.name not in given
                }
                shapes = {**given, **held}
                sizes = sizes_of((name, graph[name].shape, of) for name, of in shapes.items())
                return at_rest(sized(graph, sizes))
            case _:
                return self.model

    def trained(self, values: Mapping[str, np.ndarray]) -> Graph:
        """Return the model with other values for parameters."""
        graph = self.graph.with_values(dict(values))
        if isinstance(self.model, MLP) and self.kind == "network":
            assert isinstance(graph, MLP)  # noqa: S101 - its layers
            graph.architecture, graph.view = self.model.architecture, "layers"
            return graph.neurons() if self.model.view == "neurons" else graph
        return graph


def by_rows(graph: Graph, arrays: Mapping[str, np.ndarray]) -> ByRows:
    """Return a model for data, a row of each array for an example.

    Raises
    ------
    GraphError
        If an array has not the shape of its input in any of the ways.
    """
    if isinstance(graph, MLP) and graph.is_plain:
        return ByRows(graph, "network", {name: array.shape[1:] for name, array in arrays.items()})
    kinds: dict[str, Kind] = {name: _kind(graph[name], array) for name, array in arrays.items()}
    first = next(iter(kinds))
    for name, kind in kinds.items():
        if kind != kinds[first]:
            raise GraphError(
                f"input {first!r} takes rows as {_SAID[kinds[first]]}, and {name!r} as "
                f"{_SAID[kind]}; let all inputs of data take them in one way"
            )
    found = ByRows(graph, kinds[first], {name: array.shape[1:] for name, array in arrays.items()})
    if found.kind == "number" and len({graph[name].shape[0] for name in arrays}) > 1:
        sizes = ", ".join(f"{name!r} {graph[name].shape[0]}" for name in arrays)
        raise GraphError(f"the inputs take different numbers of rows: {sizes}")
    return found


_SAID = {
    "letter": "a leading axis of any size",
    "number": "a leading axis of a fixed size",
    "example": "samples of one example",
}


def _kind(node: Node, array: np.ndarray) -> Kind:
    shape, row = node.shape, array.shape[1:]
    if shape and _fits(shape[1:], row):
        return "letter" if isinstance(shape[0], sp.Basic) else "number"
    if _fits(shape, row):
        return "example"
    wanted = "a number" if not shape else f"shape {shape}"
    raise GraphError(
        f"each row of the data for {node.name!r} has shape {row}; the input takes {wanted} for one "
        'example, or rows of it, declared with a letter: shape=("m", …)'
    )


def _fits(shape: Shape, row: Sequence[int]) -> bool:
    return len(shape) == len(row) and all(
        isinstance(size, sp.Basic) or size == given for size, given in zip(shape, row, strict=True)
    )


def starting_values(parameters: Sequence[Node]) -> list[Any]:
    """Return the values that parameters begin with, as floats.

    Raises
    ------
    GraphError
        If one has none.
    """
    for node in parameters:
        if node.value is None:
            raise GraphError(
                f"parameter {node.name!r} has no value to begin with; give one when building the "
                "graph, or by graph.with_values"
            )
    return [FLOAT64.number(node.value) for node in parameters]
