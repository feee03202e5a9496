"""Every operation of a graph in a block: layers, what acts on their values, and formulas.

Operations are met in their order. One joins the block of what it takes if nothing else takes
that: a bias joins its product with weights. So no block depends on itself by way of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import AnyFunction, Apply, Constant, Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Index,
    Reshape,
    Stack,
    Transpose,
)
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import entries
from graphdiff.language.tensors.losses import LOSSES
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction
from graphdiff.recognition.activations import NET, recognised
from graphdiff.recognition.blocks.records import BlockKind, Trait
from graphdiff.recognition.operations import divided

MOVEMENTS = (Reshape, Transpose, Broadcast, Index, Concatenate, Stack)
LAYERS: tuple[BlockKind, ...] = ("dense", "convolution")
PLAIN: tuple[BlockKind, ...] = ("formula", "scaling", "sum", "product")
"""Kinds that may be parts of a formula."""


@dataclass(eq=False)
class Draft:
    """A block that is being put together."""

    kind: BlockKind
    nodes: list[Node]
    function: AnyFunction | None = None
    data: list[Node] = field(default_factory=list[Node])
    weights: list[Node] = field(default_factory=list[Node])
    roles: dict[str, Node] = field(default_factory=dict[str, Node])
    group: str = ""
    traits: frozenset[Trait] = frozenset()
    copies: int = 1


@dataclass
class Reading:
    """What is known of a graph while it is read.

    Attributes
    ----------
    graph
        The graph of single operations.
    home
        The node of the author's that each node is, or is part of, and its group.
    of
        The draft each node is in.
    weights
        Parameters, and what only moves their entries about.
    alike
        Of heads that are folded, each node and those in its place in all of them.
    """

    named: ComputationalGraph
    graph: ComputationalGraph
    home: dict[Node, str]
    of: dict[Node, Draft] = field(default_factory=dict[Node, Draft])
    weights: set[Node] = field(default_factory=set[Node])
    alike: dict[Node, tuple[Node, ...]] = field(default_factory=dict[Node, tuple[Node, ...]])

    def operands(self, node: Node) -> tuple[AnyFunction | None, tuple[Node | None, ...]]:
        """Return the operation that a node is, and what it takes; None for numbers."""
        function = node.function
        assert function is not None  # noqa: S101 - it is computed
        last = function.program[-1]
        if not isinstance(last, Instruction):
            return None, node.parents
        lines = (function.program[place] for place in last.lines)
        taken = (node.parents[line.slot] if isinstance(line, Formal) else None for line in lines)
        return last.function, tuple(taken)

    def consumers(self, node: Node) -> set[Node]:
        """Return the nodes that take the value of a node."""
        return {edge.child for edge in self.graph.children(node)}

    def is_only_for(self, node: Node, one: Node) -> bool:
        """Whether a value goes to one node, and nowhere else."""
        return self.consumers(node) == {one}

    def drafts(self) -> list[Draft]:
        """Return all blocks, in the order of their last nodes."""
        return sorted(set(self.of.values()), key=lambda draft: draft.nodes[-1].index)

    def merge(self, one: Draft, into: Draft) -> None:
        """Move everything of a block to another."""
        into.nodes = sorted((*into.nodes, *one.nodes), key=lambda node: node.index)
        into.data = list(dict.fromkeys((*one.data, *into.data)))
        into.weights = [*one.weights, *into.weights]
        for node in one.nodes:
            self.of[node] = into

    def takers(self, draft: Draft) -> set[Draft]:
        """Return the other blocks that take a value of a block."""
        found = {self.of[one] for node in draft.nodes for one in self.consumers(node)}
        return found - {draft}

    def may_be_one(self, several: set[Draft]) -> bool:
        """Whether no value leaves some blocks and comes back to them by way of others."""
        waiting = [taker for draft in several for taker in self.takers(draft) - several]
        met: set[Draft] = set()
        while waiting:
            draft = waiting.pop()
            if draft not in met:
                met.add(draft)
                waiting += self.takers(draft)
        return not met & several


def read(graph: ComputationalGraph) -> Reading:
    """Return a graph with every node that is no weight in a block."""
    made = divided(graph, once=True)
    home: dict[Node, str] = {}
    waiting: list[Node] = []
    for node in made.nodes:
        waiting.append(node)
        if node.name in graph:
            home.update(dict.fromkeys(waiting, node.name))
            waiting.clear()
    reading = Reading(graph, made, home)
    for node in made.nodes:
        if node.kind == "parameter":
            reading.weights.add(node)
        elif node.kind == "input":
            reading.of[node] = Draft("input", [node])
        else:
            _computed(reading, node)
    return reading


def join(reading: Reading) -> None:
    """Join what is nothing by itself to other blocks: weights moved about, parts of formulas."""
    _weights(reading)
    _joined(reading)
    _grouped(reading)


def _computed(reading: Reading, node: Node) -> None:
    """Put a computed node into a block."""
    function, operands = reading.operands(node)
    taken = [one for one in operands if one is not None]
    is_moved = bool(taken) and isinstance(function, MOVEMENTS)
    if is_moved and reading.weights.issuperset(taken) and reading.graph.children(node):
        reading.weights.add(node)
        return
    data = [one for one in taken if one not in reading.weights]
    weights = [one for one in taken if one in reading.weights]
    draft = _joined_to(reading, node, function, operands, data, weights)
    if draft is None:
        draft = Draft(_kind(reading, node, function, operands, data), [node], function, data)
    elif draft.nodes[-1] is not node:
        draft.nodes.append(node)
    draft.weights += weights
    reading.of[node] = draft


def _joined_to(
    reading: Reading,
    node: Node,
    function: AnyFunction | None,
    operands: tuple[Node | None, ...],
    data: list[Node],
    weights: list[Node],
) -> Draft | None:
    """Return the block that an operation belongs to, if that is one there is."""
    name = "" if function is None else function.name
    if name in ("add", "sub") and len(data) == len(weights) == 1 and operands[0] is not None:
        draft = reading.of[data[0]]
        if not reading.is_only_for(data[0], node) or draft.nodes[-1] is not data[0]:
            return None
        if node.shape != data[0].shape or (name == "sub" and operands[0] in weights):
            return None
        if draft.kind in (*LAYERS, "normalisation"):
            return draft
        if draft.kind == "sum" and reading.home[node] == reading.home[data[0]]:
            layers = [reading.of[one] for one in draft.data if reading.of[one].kind in LAYERS]
            if len(layers) == 1:  # x + W h + b: the bias is that of the layer
                layers[0].weights.append(weights.pop())
                return draft
    if name == "mul" and len(data) == len(weights) == 1:
        draft = reading.of[data[0]]
        is_norm = draft.kind == "normalisation" and draft.nodes[-1] is data[0]
        if is_norm and reading.is_only_for(data[0], node) and node.shape == data[0].shape:
            return draft
    if name == "add" and len(data) == 2:
        first, second = (reading.of[one] for one in data)
        alike = first.kind == second.kind == "dense" and first is not second
        inner = all(
            reading.is_only_for(one, node) and one is reading.of[one].nodes[-1] for one in data
        )
        here = {reading.home[one] for one in (*data, node)}
        if alike and inner and len(here) == 1:
            reading.merge(first, second)
            return second
    return None


def _kind(
    reading: Reading,
    node: Node,
    function: AnyFunction | None,
    operands: tuple[Node | None, ...],
    data: list[Node],
) -> BlockKind:
    """Return what an operation is by itself."""
    name = "" if function is None else function.name
    if isinstance(function, Composite) and (kind := _composite(function, operands, data)):
        return kind
    if isinstance(function, MatMul | Einsum) and len(operands) == 2:
        return "dense" if len(data) == 1 else "matmul"
    if isinstance(function, MOVEMENTS):
        return "movement"
    if not isinstance(function, Function):
        return "formula"
    if len(data) == 1 and len(operands) > 1 and None in operands and name in ("mul", "div"):
        return "scaling" if operands[0] is not None or name == "mul" else "formula"
    if name in ("add", "mul") and len(data) == 2 and not _is_spread(data):
        own = [one for one in data if reading.home[one] == reading.home[node]]
        if not any(reading.of[one].kind == "formula" for one in own):
            return "sum" if name == "add" else "product"
    if len(data) == len(node.parents) == 1 and node.function and node.function.is_map:
        found = recognised(applied(node.function, [NET]))
        return "activation" if found.usual and not found.is_identity else "formula"
    return "formula"


def applied(function: LocalFunction, arguments: Sequence[Expression]) -> Expression:
    """Return a local function of expressions."""
    lines: list[Expression] = []
    for line in function.program:
        match line:
            case Formal(slot):
                lines.append(arguments[slot])
            case Literal(value, text):
                lines.append(Constant.written(value, text))
            case Instruction(called, places):
                lines.append(Apply(called, tuple([lines[place] for place in places])))
    return lines[-1]


def _is_spread(data: list[Node]) -> bool:
    """Whether one of two is a number, which the entries of the other are all given."""
    sizes = [entries(one.shape) for one in data]
    return 1 in sizes and sizes != [1, 1]


def _composite(
    function: Composite, operands: tuple[Node | None, ...], data: list[Node]
) -> BlockKind | None:
    """Return what a function that is made of others is."""
    is_first = bool(data) and data[0] is operands[0]
    if function.name in ("conv1d", "conv2d"):
        return "convolution" if is_first and len(data) == 1 else "formula"
    if function.name in ("layer_norm", "batch_norm"):
        return "normalisation" if is_first and len(data) == 1 else "formula"
    if "pool" in function.name:
        return "pooling"
    if function.name in LOSSES:
        return "loss"
    if function.sums_to_one or function.name == "log_softmax":
        return "softmax"
    return None


def _weights(reading: Reading) -> None:
    """Put what only moves the entries of weights into the first block that takes it."""
    for node in reversed(reading.graph.nodes):
        if node in reading.weights and not node.is_leaf:
            drafts = [reading.of[one] for one in reading.consumers(node)]
            draft = min(drafts, key=lambda one: one.nodes[-1].index)
            draft.nodes = sorted((node, *draft.nodes), key=lambda one: one.index)
            draft.weights += node.parents
            reading.of[node] = draft


def _joined(reading: Reading) -> None:
    """Join operations of one formula that are nothing by themselves."""
    for draft in reversed(reading.drafts()):
        takers = reading.takers(draft)
        if len(takers) != 1:
            continue
        (taker,) = takers
        last, behind = draft.nodes[-1], taker.nodes[-1]
        homes = reading.home[last], reading.home[behind]
        is_moved = draft.kind == "movement" and taker.kind == "matmul"
        both = {draft.kind, taker.kind}
        is_formula = homes[0] == homes[1] and "formula" in both and both <= set(PLAIN)
        if is_moved or is_formula:
            data = [
                each
                for one in taker.data
                for each in (draft.data if reading.of[one] is draft else [one])
            ]
            reading.merge(draft, taker)
            taker.data = list(dict.fromkeys((*data, *draft.data)))
            taker.kind = "matmul" if is_moved else "formula"


def _grouped(reading: Reading) -> None:
    """Make a group one block if nothing in it is anything by itself."""
    for name, members in reading.named.groups.items():
        drafts = grouped(reading, [node.name for node in members])
        kinds = {draft.kind for draft in drafts}
        if len(drafts) > 1 and kinds <= set(PLAIN) and reading.may_be_one(drafts):
            last = max(drafts, key=lambda draft: draft.nodes[-1].index)
            for draft in sorted(drafts - {last}, key=lambda draft: draft.nodes[-1].index):
                reading.merge(draft, last)
            last.kind, last.group = "formula", name


def grouped(reading: Reading, members: Sequence[str]) -> set[Draft]:
    """Return the blocks of computations all of which are in a group."""
    inside = set(members)
    found = {draft for draft in reading.drafts() if draft.kind != "input"}
    return {draft for draft in found if {reading.home[node] for node in draft.nodes} <= inside}


def sources(reading: Reading, draft: Draft) -> Iterator[Node]:
    """Yield the values that a block takes of other blocks."""
    inner = set(draft.nodes)
    for node in draft.nodes:
        for parent in node.parents:
            if parent not in inner and parent not in reading.weights:
                yield parent
