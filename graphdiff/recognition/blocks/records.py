"""What an architecture is, as records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape, Size, entries

BlockKind = Literal[
    "input", "parameter",
    "dense", "convolution", "normalisation",
    "pooling", "activation", "softmax", "loss",
    "sum", "product", "scaling", "matmul", "movement", "formula",
    "lstm", "gru", "rnn",
]  # fmt: skip
"""What a block is; ``formula`` is anything that nothing else is."""
CellKind = Literal["lstm", "gru", "rnn"]
Trait = Literal["f looks", "i looks", "o looks", "resets after", "keeps by z"]
"""A variant of a cell: a gate of an LSTM takes the state too, through a peephole; r of a GRU
is applied to U h + b; z says how much is kept, not how much is new."""


@dataclass(frozen=True, eq=False)
class Block:
    """Operations of a graph that are one thing.

    Attributes
    ----------
    nodes
        Of the graph of single operations, in order; the last is the output.
    function
        What it is named after: of a convolution that, not the sum with its bias.
    data
        What ``function`` is applied to, without weights.
    parameters
        Those that belong to it. Each of a graph's belongs to one block.
    shared
        Those it uses too, and which belong to a block before it.
    name
        The node of the author's that it ends in, or is part of.
    roles
        Of a cell, its nodes by what they are.
    group
        The group of the author's that it is.
    traits
        Of a cell, in what it is another than the usual one.
    copies
        How many alike blocks it is, each on its own: one for each head of an attention.
    """

    kind: BlockKind
    nodes: tuple[Node, ...]
    name: str
    function: AnyFunction | None = None
    data: tuple[Node, ...] = ()
    parameters: tuple[Node, ...] = ()
    shared: tuple[Node, ...] = ()
    roles: Mapping[str, Node] = field(default_factory=dict[str, Node], repr=False)
    group: str = ""
    traits: frozenset[Trait] = frozenset()
    copies: int = 1

    @property
    def output(self) -> Node:
        """The last of its nodes."""
        return self.nodes[-1]

    @property
    def shape(self) -> Shape:
        """The shape of its output."""
        return self.output.shape

    @property
    def function_name(self) -> str:
        """The name of its function; "" if it has none."""
        return "" if self.function is None else self.function.name

    @property
    def options(self) -> Mapping[str, Any]:
        """The options of its function."""
        if isinstance(self.function, Composite | TensorFunction):
            return dict(self.function.keywords)
        return {}

    @property
    def count(self) -> Size:
        """How many numbers its parameters have."""
        return counted_entries(self.parameters)


@dataclass(frozen=True)
class BlockEdge:
    """The value of a node, which leads from the block it is in to another."""

    tail: int
    head: int
    node: Node


@dataclass(frozen=True)
class Frame:
    """Blocks, by their numbers, that are one thing together."""

    title: str
    blocks: tuple[int, ...]


@dataclass(frozen=True)
class Architecture:
    """A graph as blocks.

    Attributes
    ----------
    graph
        The graph it was read off.
    blocks
        In a topological order.
    skips
        The numbers of edges past the blocks that are added to them, and of those through a layer
        that only projects what is added.
    alike
        Of blocks that are one for each head: every value and parameter, and those in its place in
        all heads, in their order.
    """

    graph: ComputationalGraph
    blocks: tuple[Block, ...]
    edges: tuple[BlockEdge, ...]
    frames: tuple[Frame, ...]
    skips: frozenset[int]
    alike: Mapping[Node, tuple[Node, ...]] = field(
        default_factory=dict[Node, tuple[Node, ...]], repr=False
    )

    @property
    def count(self) -> Size:
        """How many numbers all parameters have."""
        return counted_entries(self.graph.parameters)


def counted_entries(nodes: tuple[Node, ...]) -> Size:
    """Return how many numbers nodes have together, a number or a formula of letters."""
    return sum(entries(node.shape) for node in nodes)
