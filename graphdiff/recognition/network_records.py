"""A network of neurons as it was read from a graph: frozen records, no places, no numbers.

Units are numbered from 0, inputs and neurons alike, sources before what uses them.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from graphdiff.language.expression import Expression
from graphdiff.recognition.activations import Activation


@dataclass(frozen=True)
class Weight:
    """One weight: an entry of a parameter times a factor; the factor alone if it is fixed."""

    parameter: str | None
    entry: tuple[int, ...] = ()
    factor: float = 1.0

    @property
    def is_fixed(self) -> bool:
        """Whether it is a number of the formula that nothing learns."""
        return self.parameter is None


@dataclass(frozen=True)
class Fan:
    """Edges into one neuron, each with a scalar of its own as weight."""

    sources: tuple[int, ...]
    weights: tuple[Weight, ...]

    def into(self, _: int, wanted: Container[int] | None = None) -> Iterator[tuple[int, Weight]]:
        """Yield the sources with their weights; only the wanted ones if some are."""
        for source, weight in zip(self.sources, self.weights, strict=True):
            if wanted is None or source in wanted:
                yield source, weight


@dataclass(frozen=True, eq=False)
class Bundle:
    """Edges into the neurons of a layer, weighed by the entries of one array.

    Attributes
    ----------
    sources
        The units they come from, in the order of the columns of the table.
    table
        For each neuron a row: the place in the flat parameter of the weight of each source.
        Where the bundle is ``diagonal`` neuron j has source j only, and the table is a vector;
        None if the weight is fixed or one scalar for all.
    shape
        The shape of the parameter.
    """

    sources: tuple[int, ...]
    parameter: str | None
    table: np.ndarray | None
    shape: tuple[int, ...]
    factor: float = 1.0
    diagonal: bool = False

    def into(self, row: int, wanted: Container[int] | None = None) -> Iterator[tuple[int, Weight]]:
        """Yield the sources of the neuron in a row with their weights."""
        if self.diagonal:
            source = self.sources[row if len(self.sources) > 1 else 0]
            if wanted is None or source in wanted:
                yield source, self._weight(None if self.table is None else self.table[row])
            return
        for k, source in enumerate(self.sources):
            if wanted is None or source in wanted:
                yield source, self._weight(None if self.table is None else self.table[row, k])

    def _weight(self, flat: Any) -> Weight:
        if flat is None or not self.shape:
            return Weight(self.parameter, (), self.factor)
        entry = tuple(int(k) for k in np.unravel_index(int(flat), self.shape))
        return Weight(self.parameter, entry, self.factor)


@dataclass(frozen=True)
class Bias:
    """What is added in every neuron of a layer: a number, or an entry of a parameter each."""

    parameter: str | None
    table: np.ndarray | None = None
    shape: tuple[int, ...] = ()
    factor: float = 1.0

    def of(self, row: int) -> Weight:
        """Return the bias of the neuron in a row."""
        if self.table is None or not self.shape:
            return Weight(self.parameter, (), self.factor)
        flat = self.table[row if len(self.table) > 1 else 0]
        entry = tuple(int(k) for k in np.unravel_index(int(flat), self.shape))
        return Weight(self.parameter, entry, self.factor)


@dataclass(frozen=True)
class Place:
    """Where a unit's value stands: an entry along an axis of a node's value, or the whole.

    ``expression`` is what is evaluated where a formula of inputs has no node of its own.
    """

    node: str | None
    axis: int | None = None
    row: int = 0
    rank: int = 0
    expression: Expression | None = None


@dataclass(frozen=True)
class Unit:
    """An input or a neuron.

    Attributes
    ----------
    place, net
        Where its value and its weighted sum stand; None if they have no node.
    activation
        What is done to the weighted sum; None for inputs.
    incoming, biases
        The edges into it and what is added, shared by the neurons of a layer.
    row
        Which of a layer's neurons it is, from 0.
    rank
        The number of its column, from 0 for inputs.
    size
        How many neurons its layer has.
    """

    place: Place | None
    net: Place | None = None
    activation: Activation | None = None
    incoming: tuple[Fan | Bundle, ...] = ()
    biases: tuple[Bias, ...] = ()
    row: int = 0
    rank: int = 0
    size: int = 1

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the network."""
        return self.activation is None

    def weights(self, wanted: Container[int] | None = None) -> Iterator[tuple[int, Weight]]:
        """Yield its sources with the weights of the edges from them."""
        for edges in self.incoming:
            yield from edges.into(self.row, wanted)

    @property
    def added(self) -> tuple[Weight, ...]:
        """Its biases."""
        return tuple(bias.of(self.row) for bias in self.biases)


@dataclass(frozen=True)
class Column:
    """The units of one rank."""

    units: tuple[int, ...]
    kind: Literal["input", "hidden", "output"]
    activations: tuple[Activation, ...]

    def __len__(self) -> int:
        return len(self.units)


@dataclass(frozen=True)
class Loss:
    """What comes after the outputs.

    Attributes
    ----------
    nodes
        The names of the nodes, in order.
    output
        The node the graph ends in.
    targets
        Inputs that only it uses.
    parameters
        Parameters it uses, as regularisers do.
    activation
        The activation that a loss of scores has in it; empty for others.
    """

    nodes: tuple[str, ...]
    output: str
    targets: tuple[str, ...]
    parameters: tuple[str, ...]
    activation: str = ""


@dataclass(frozen=True)
class Network:
    """A network of neurons.

    Attributes
    ----------
    title
        The title of the graph.
    outputs
        The units whose values are the predictions.
    shared
        Parameters of which one entry is the weight of several edges.
    """

    title: str
    units: tuple[Unit, ...]
    columns: tuple[Column, ...]
    outputs: tuple[int, ...]
    loss: Loss | None
    shared: tuple[str, ...] = ()

    @cached_property
    def neurons(self) -> tuple[int, ...]:
        """All units that are no inputs."""
        return tuple(k for k, unit in enumerate(self.units) if not unit.is_input)

    @cached_property
    def inputs(self) -> tuple[int, ...]:
        """All units that are inputs."""
        return tuple(k for k, unit in enumerate(self.units) if unit.is_input)
