"""The structure ⟨n, l, E, u¹…uⁿ⟩ of a graph: its nodes and edges, and what follows from them.

Nodes are ordered, named and never change once added. Leaves are inputs or parameters;
every other node has a local function of its ordered parents α^i, which may repeat.
"""

from __future__ import annotations

import itertools
import operator
import threading
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import networkx as nx
import sympy as sp

from graphdiff.errors import GraphError, quoted_list, unknown
from graphdiff.graph.facts import Facts, Rows
from graphdiff.language import shapes
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import LocalFunction
from graphdiff.notation import text

if TYPE_CHECKING:
    from graphdiff.graph.graph import ComputationalGraph  # the graph a node is in, as a type alone

Kind = Literal["input", "parameter", "computation"]
KINDS: tuple[Kind, ...] = ("input", "parameter", "computation")


class NodeFields(Expression):
    """The fields of a node; once they are set it becomes a :class:`Node`, which refuses changes.

    To set them in spite of that refusal, in ``Node`` itself, would take four times as long.
    """

    __slots__ = (
        "_parents",
        "_symbol",
        "facts",
        "function",
        "graph",
        "index",
        "kind",
        "name",
        "shape",
        "value",
    )

    def __init__(
        self,
        graph: ComputationalGraph,
        name: str,
        kind: Kind,
        index: int,
        shape: Shape,
        value: Any,
        function: LocalFunction | None,
        facts: Facts,
    ) -> None:
        self.graph = graph
        self.name = name
        self.kind: Kind = kind
        self.index = index
        self.shape = shape
        self.value = value
        self.function = function
        self.facts = facts
        self._parents: tuple[Node, ...] | None = None
        self._symbol: sp.Symbol | None = None


class Node(NodeFields):
    """A node u^i of a graph; use it in formulas like a variable.

    Attributes
    ----------
    name
        Its name, unique in the graph.
    kind
        ``"input"``, ``"parameter"`` or ``"computation"``.
    index
        The i of u^i: its place in the graph's order, from 1.
    shape, size
        The shape of its value, ``()`` for a scalar, and d^i, the number of entries.
    parents
        α^i, the ordered parents; one may repeat. Empty for leaves.
    function
        The local function f^i; None for leaves.
    value
        A leaf's value given at building, or None.
    facts
        What is said of a leaf, whatever its values are: ``node.facts.symmetric``; a record of
        :class:`~graphdiff.graph.facts.Facts`, in which nothing is said of computed nodes.
    symbol
        The real SymPy symbol that stands for it in formulas.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: Any = None) -> None:
        raise AttributeError(
            f"node {self.name!r} cannot be changed once it is in a graph; give new values to "
            "forward or backward, or build another graph"
        )

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        """Give the graph and the place in it."""
        return operator.getitem, (self.graph, self.index)

    def __copy__(self) -> Node:
        return self

    def __repr__(self) -> str:
        described = f"<{self.kind} u^{self.index} {self.name}"
        if self.function is not None:
            return f"{described} = {self.formula}>"
        if self.value is None:
            return (
                f"{described} of shape {shapes.shown(self.shape)}>"
                if self.shape
                else f"{described}>"
            )
        return f"{described} = {text.value(self.value, self.shape)}>"

    @property
    def label(self) -> str | None:
        """The LaTeX given for its name, or None."""
        return self.graph.labels.get(self.name)

    @property
    def parents(self) -> tuple[Node, ...]:
        """The parents α^i, made a tuple when first asked for."""
        found = self._parents
        if found is None:
            graph = self.graph
            found = tuple([graph._order[place] for place in graph._arguments_of(self.index - 1)])
            object.__setattr__(self, "_parents", found)
        return found

    @property
    def is_leaf(self) -> bool:
        """Whether the node is an input or a parameter."""
        return self.function is None

    @property
    def rows(self) -> Rows | None:
        """``"distribution"`` for an input whose rows are said to be probabilities, else None."""
        return self.facts.rows

    @property
    def symbol(self) -> sp.Symbol:
        """The real SymPy symbol that stands for it in formulas."""
        if self._symbol is None:
            object.__setattr__(self, "_symbol", sp.Symbol(self.name, real=True))
        return self._symbol

    @property
    def formula(self) -> str:
        """The formula as its author wrote it, over the names of the parents; a leaf's name."""
        if self.function is None:
            return self.name
        return text.authored(self.function, [parent.name for parent in self.parents])


class Edge(NamedTuple):
    """An edge j → i: parent j is the argument number ``slot`` of child i."""

    parent: Node
    child: Node
    slot: int

    def __repr__(self) -> str:
        slot = f", argument {self.slot + 1}" if self.is_repeated else ""
        return f"<edge {self.parent.name} -> {self.child.name}{slot}>"

    @property
    def is_repeated(self) -> bool:
        """Whether the parent is more than one of the child's arguments."""
        return self.child.parents.count(self.parent) > 1


class Needed(NamedTuple):
    """What a node depends on: nodes, itself the last, and their local functions, each once."""

    node: Node
    nodes: tuple[Node, ...]
    functions: tuple[LocalFunction, ...]


def slots_of(i: Node) -> dict[Node, list[int]]:
    """Return the slots each parent of a node stands in."""
    slots: dict[Node, list[int]] = {}
    for slot, j in enumerate(i.parents):
        slots.setdefault(j, []).append(slot)
    return slots


class Structure:
    """The nodes of a graph in their order, to be looked at."""

    def __init__(self, title: str = "", *, output: str | None = None) -> None:
        self.title = title
        self._output = output
        self._nodes: dict[str, Node] = {}
        self._order: list[Node] = []
        self._leaves: list[Node] = []
        # The parents of all nodes by their places, one after the other, and where those of each
        # begin: a tuple for each of very many nodes would keep the garbage collector busy.
        self._above = array("q")
        self._starts = array("q", [0])
        self._edges_from: dict[str, list[Edge]] = {}
        self._needed: Needed | None = None
        self._facts: dict[str, Facts] = {}
        self._labels: dict[str, str] = {}
        self._drawing: dict[str, Any] = {}
        self._groups: dict[str, tuple[Node, ...]] = {}

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes in order: u¹ … uⁿ."""
        return tuple(self._order)

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The inputs in order."""
        return tuple(node for node in self._order if node.kind == "input")

    @property
    def parameters(self) -> tuple[Node, ...]:
        """The parameters in order."""
        return tuple(node for node in self._order if node.kind == "parameter")

    @property
    def leaves(self) -> tuple[Node, ...]:
        """Inputs and parameters in order."""
        return tuple(self._leaves)

    @property
    def facts(self) -> Mapping[str, Facts]:
        """What is said of leaves, of which something is, by name."""
        return MappingProxyType(self._facts)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """E, one edge for each argument of each computed node."""
        return tuple(
            Edge(parent, node, slot)
            for node in self._order
            for slot, parent in enumerate(node.parents)
        )

    @property
    def outputs(self) -> tuple[Node, ...]:
        """The computed nodes that no other node uses."""
        used = set(self._above)
        return tuple(
            node
            for place, node in enumerate(self._order)
            if place not in used and node.function is not None
        )

    @property
    def output(self) -> Node:
        """The node to differentiate: the one declared, else the only output.

        Raises
        ------
        GraphError
            If there is no computed node, or several outputs and none declared.
        """
        if self._output is not None:
            return self[self._output]
        outputs = self.outputs
        if len(outputs) == 1:
            return outputs[0]
        if not outputs:
            raise GraphError("the graph has no computed node yet; add one with graph.node")
        raise GraphError(
            f"the graph has {len(outputs)} outputs, {quoted_list(n.name for n in outputs)}; "
            "say which one to differentiate"
        )

    @property
    def declared_output(self) -> str | None:
        """The name of the declared output, or None."""
        return self._output

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of nodes that have one, by name."""
        return MappingProxyType(self._labels)

    @property
    def groups(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes of each group, in order, by the group's name."""
        return MappingProxyType(self._groups)

    def children(self, node: Node | str) -> tuple[Edge, ...]:
        """Return the edges (j, i) ∈ E from a node, in the order of the children."""
        return tuple(self._children[self[node].name])

    def needed(self, node: Node | str) -> tuple[Node, ...]:
        """Return the nodes that a node depends on, and itself, in order."""
        return self._needed_by(node).nodes

    def functions(self, node: Node | str) -> tuple[LocalFunction, ...]:
        """Return the local functions of all nodes that a node depends on, and its own, each once.

        They come in the order of the first nodes that have them.
        """
        return self._needed_by(node).functions

    def _needed_by(self, node: Node | str) -> Needed:
        """Return what a node depends on; that of the one asked for last is kept, for nodes stay."""
        asked = self[node]
        kept = self._needed
        if kept is None or kept.node is not asked:
            is_needed, starts, above = bytearray(asked.index), self._starts, self._above
            is_needed[-1] = 1
            for place in reversed(range(asked.index)):
                if is_needed[place]:
                    for parent in above[starts[place] : starts[place + 1]]:
                        is_needed[parent] = 1
            found = tuple(itertools.compress(self._order, is_needed))
            functions = [node.function for node in found if node.function is not None]
            distinct = dict(zip(map(id, functions), functions, strict=True))
            kept = self._needed = Needed(asked, found, tuple(distinct.values()))
        return kept

    @property
    def places_of_parents(self) -> tuple[array[int], array[int]]:
        """The places of the parents of all nodes, from 0, and where those of each begin."""
        return self._above, self._starts

    def _arguments_of(self, place: int) -> array[int]:
        """Return the places of the parents of the node at a place."""
        return self._above[self._starts[place] : self._starts[place + 1]]

    def ancestors(self, node: Node | str) -> set[str]:
        """Return the names of the node and of all it depends on."""
        return _reached(self[node], lambda found: found.parents)

    def descendants(self, node: Node | str) -> set[str]:
        """Return the names of the node and of all that depend on it."""
        children = self._children
        return _reached(self[node], lambda found: [edge.child for edge in children[found.name]])

    @property
    def _children(self) -> dict[str, list[Edge]]:
        """The edges from each node, listed when asked for: most are never looked at."""
        if len(self._edges_from) < len(self._order):
            with _LISTING:
                for node in self._order[len(self._edges_from) :]:
                    for slot, parent in enumerate(node.parents):
                        self._edges_from[parent.name].append(Edge(parent, node, slot))
                    self._edges_from[node.name] = []
        return self._edges_from

    def __getitem__(self, key: Node | str | int) -> Node:
        """Return a node by its name, or by its index from 1 as the lecture numbers them."""
        if isinstance(key, Node):
            if key.graph is not self:
                raise GraphError(f"node {key.name!r} belongs to another graph")
            return key
        if isinstance(key, str):
            node = self._nodes.get(unicodedata.normalize("NFC", key))
            if node is None:
                raise unknown("node", key, self._nodes)
            return node
        if isinstance(key, bool) or not isinstance(key, int):
            raise GraphError(f"{key!r} is not a node, the name of one, or an index")
        if not 1 <= key <= len(self._order):
            raise GraphError(f"there is no node u^{key}; indices run from 1 to {len(self._order)}")
        return self._order[key - 1]

    def __contains__(self, key: object) -> bool:
        if isinstance(key, Node):
            return key.graph is self
        return isinstance(key, str) and unicodedata.normalize("NFC", key) in self._nodes

    def __iter__(self) -> Iterator[Node]:
        return iter(tuple(self._order))

    def __len__(self) -> int:
        return len(self._order)

    def __repr__(self) -> str:
        computed = len(self._order) - len(self.leaves)
        return (
            f"<Graph {self.title!r}: {len(self.inputs)} inputs, {len(self.parameters)} parameters, "
            f"{computed} computed nodes>"
        )

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the graph as a networkx ``MultiDiGraph``, keyed by name, edges by slot.

        Node attributes: ``kind``, ``index``, ``shape``, ``value`` (of leaves), what is said of
        a leaf (``rows``, ``symmetric``, …) and ``expression`` (of computed nodes). Edge key and
        attribute ``slot``: the place of the parent among the child's arguments. Graph attributes:
        ``title``, ``output``, and where there are any ``groups``, names of nodes by the name of
        their group, ``labels``, LaTeX by the name of the node, and ``drawing``, how it is drawn.
        """
        result = nx.MultiDiGraph(title=self.title, output=self._output)
        if self._groups:
            result.graph["groups"] = {
                name: [node.name for node in members] for name, members in self._groups.items()
            }
        if self._labels:
            result.graph["labels"] = dict(self._labels)
        if self._drawing:
            result.graph["drawing"] = self._drawing
        for node in self._order:
            given = {"value": node.value} if node.is_leaf else {"expression": node.formula}
            given |= node.facts.said
            result.add_node(node.name, kind=node.kind, index=node.index, shape=node.shape, **given)
        for edge in self.edges:
            result.add_edge(edge.parent.name, edge.child.name, key=edge.slot, slot=edge.slot)
        return result


_LISTING = threading.Lock()  # two threads that look at one graph must not both list its edges


def _reached(start: Node, step: Callable[[Node], Iterable[Node]]) -> set[str]:
    """Return the names of the nodes that repeated steps from a node lead to, its own too."""
    seen, stack = {start}, [start]
    while stack:
        for node in step(stack.pop()):
            if node not in seen:
                seen.add(node)
                stack.append(node)
    return {node.name for node in seen}
