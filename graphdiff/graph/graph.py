"""The computational graph G = ⟨n, l, E, u¹…uⁿ, d¹…dⁿ, f^{l+1}…fⁿ⟩, and nothing else.

Nodes are ordered, named and never change once added. Leaves are inputs or parameters;
every other node has a local function of its ordered parents α^i, which may repeat.
"""

from __future__ import annotations

import itertools
import math
import operator
import threading
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import networkx as nx
import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, quoted_list, unknown
from graphdiff.errors.plain_text import is_seen
from graphdiff.graph import facts as facts_of_leaves
from graphdiff.graph.facts import NOTHING, Facts, Rows
from graphdiff.graph.plain import plain
from graphdiff.language import numpy_calls, quantity, shapes
from graphdiff.language.expression import Expression, as_expression
from graphdiff.language.functions import Function
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.language.tensors import numpy_dispatch
from graphdiff.local_functions.local_function import (
    Instruction,
    LocalFunction,
    Outline,
    Program,
    localise,
    outlined,
)
from graphdiff.local_functions.local_function import Literal as LiteralLine
from graphdiff.notation import text
from graphdiff.notation.labels import checked_label

numpy_calls.ANSWERS.update(numpy_dispatch.ANSWERS)

Kind = Literal["input", "parameter", "computation"]
KINDS: tuple[Kind, ...] = ("input", "parameter", "computation")
MAX_NAME = 100


class _Fields(Expression):
    """The fields of a node; once they are set it becomes a :class:`Node`, which refuses changes.

    To set them in spite of that refusal, in ``Node`` itself, would take four times as long.
    """

    __slots__ = (
        "_symbol",
        "facts",
        "function",
        "graph",
        "index",
        "kind",
        "name",
        "parents",
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
        parents: tuple[Node, ...],
        function: LocalFunction | None,
        facts: Facts,
    ) -> None:
        self.graph = graph
        self.name = name
        self.kind: Kind = kind
        self.index = index
        self.shape = shape
        self.value = value
        self.parents = parents
        self.function = function
        self.facts = facts
        self._symbol: sp.Symbol | None = None


class Node(_Fields):
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


def slots_of(i: Node) -> dict[Node, list[int]]:
    """Return the slots each parent of a node stands in."""
    slots: dict[Node, list[int]] = {}
    for slot, j in enumerate(i.parents):
        slots.setdefault(j, []).append(slot)
    return slots


class ComputationalGraph:
    """A computational graph, built node by node.

    Parameters
    ----------
    title
        A title for pictures and files.
    output
        The name of the node to differentiate when none is given. Left out, it is
        the only node that no other uses.

    Attributes
    ----------
    kept
        What has been found out about the graph and is kept with it, as what is compared when
        claims are checked; a copy begins without it.
    """

    def __init__(self, title: str = "", *, output: str | None = None) -> None:
        self.title = title
        self._output = output
        self._nodes: dict[str, Node] = {}
        self._order: list[Node] = []
        self._edges_from: dict[str, list[Edge]] = {}
        self._needed: tuple[Node, tuple[Node, ...]] | None = None
        self._functions: dict[tuple[Program, tuple[Shape, ...]], LocalFunction] = {}
        self._outlines: dict[Outline, LocalFunction] = {}
        self._adopted: set[LocalFunction] = set()
        self._catalogue: dict[str, Function] = {}
        self._words: dict[str, str] = {}
        self._facts: dict[str, Facts] = {}
        self._labels: dict[str, str] = {}
        self._labelled_so: dict[str, str] = {}
        self._drawing: dict[str, Any] = {}
        self._groups: dict[str, tuple[Node, ...]] = {}
        self._group_of: dict[Node, str] = {}
        self.kept: dict[str, Any] = {}

    # Building

    def input(
        self,
        name: str,
        value: Any = None,
        *,
        shape: Any = None,
        rows: Rows | None = None,
        one_hot: bool = False,
        symmetric: bool = False,
        positive: bool = False,
        integer: bool = False,
        constant: bool = False,
        label: str | None = None,
    ) -> Node:
        """Add an input: a leaf that carries data.

        What is said of it beside its value and shape holds whatever the value is: formulas are
        simplified with it, claims are compared where it holds, and values that break it are
        refused. Derivatives are still in all entries, each by itself.

        Parameters
        ----------
        name
            A name such as ``x``, ``w_1_10`` or ``ŷ``.
        value
            Its value, a number or an array; may also be given to ``forward`` and
            ``backward``.
        shape
            The shape of one value; left out, it is that of ``value``, or a scalar. Sizes may
            be letters, ``("m", "n")``, or made of them, ``"2*n + 1"``; values given later say
            what they are. A value with one axis more is
            samples, the first axis being theirs: (m,) with ``shape=()`` is m samples of a
            scalar.
        rows
            ``"distribution"`` says that each row, along the last axis, is made of
            probabilities: no entry below 0, and the sum 1. So are the targets of a
            cross-entropy.
        one_hot
            Whether each row, along the last axis, is a 1 among zeros.
        symmetric
            Whether a matrix, or each of a stack of them, is its own transpose.
        positive, integer
            Whether all entries are above 0, or whole numbers.
        constant
            Whether it is never differentiated. The value given here, if one is, is then the only
            one, and a number so given stands in formulas in terms of leaves.
        label
            LaTeX for its name in formulas, as for :meth:`label`.

        Raises
        ------
        GraphError
            For a name that is taken or not a name, a value that is not made of real numbers
            or is not of the shape, or of which what is said does not hold.

        Examples
        --------
        >>> g = ComputationalGraph()
        >>> g.input("A", [[2, 1], [1, 3]], symmetric=True).facts.said
        {'symmetric': True}
        >>> g.input("c", -2, positive=True)
        Traceback (most recent call last):
        graphdiff.errors.GraphError: the value of input 'c' is -2; it is positive, above 0
        """
        facts = Facts(rows, one_hot, symmetric, positive, integer, constant)
        return self._labelled(self._leaf(name, "input", value, shape, facts), label)

    def parameter(
        self,
        name: str,
        value: Any = None,
        *,
        shape: Any = None,
        symmetric: bool = False,
        positive: bool = False,
        integer: bool = False,
        label: str | None = None,
    ) -> Node:
        """Add a parameter: a leaf that is learned. Arguments as for :meth:`input`."""
        facts = Facts(symmetric=symmetric, positive=positive, integer=integer)
        return self._labelled(self._leaf(name, "parameter", value, shape, facts), label)

    def leaf(self, name: str, kind: Kind, value: Any, shape: Any, said: Mapping[str, Any]) -> Node:
        """Add an input or a parameter, of which keywords of :meth:`input` say more."""
        return self._leaf(name, kind, value, shape, facts_of_leaves.of(said))

    def node(
        self, name: str, expression: Expression | complex, *, label: str | None = None
    ) -> Node:
        """Add a computed node u^i = f^i(α^i).

        One function applied to nodes, such as ``x*x``, has one edge for each argument.
        A larger expression has one edge for each distinct node in it. A label is LaTeX for its
        name, as for :meth:`label`.

        Raises
        ------
        GraphError
            For a name that is taken, a node of another graph, or what is not an expression.
        ExpressionError
            If the formula is too large for one node.
        """
        found = as_expression(expression)
        outline, parents = outlined(found)
        for parent in parents:
            if type(parent) is not Node or parent.graph is not self:
                raise GraphError(
                    f"node {name!r} uses {parent!r}, which belongs to another graph; "
                    "use nodes of this graph"
                )
        function = self._outlines.get(outline)
        if function is None:
            function = self._outlines[outline] = self._function(name, found)
        name = self._free(name)
        made = self._add(name, "computation", found.shape, parents=parents, function=function)
        return made if label is None else self._labelled(made, label)

    def label(self, node: Node | str | int, label: str) -> None:
        r"""Say how the name of a node is written in formulas.

        Parameters
        ----------
        label
            LaTeX of letters, accents, alphabets, indices below and above, and primes:
            ``r"\hat y"``, ``r"W_{xh}"``, ``r"h_{t-1}"``, ``r"\boldsymbol\theta"``. Plain text keeps
            the name.

        Raises
        ------
        GraphError
            For other LaTeX, and a label that another node has.

        Examples
        --------
        >>> g = ComputationalGraph()
        >>> g.label(g.input("h_before"), "h_{t-1}")
        >>> g["h_before"].label
        'h_{t-1}'
        """
        self._labelled(self[node], label)

    def _labelled(self, node: Node, label: str | None) -> Node:
        if label is not None:
            checked = checked_label(label, node.name)
            taken = self._labelled_so.setdefault(checked, node.name)
            if taken != node.name:
                raise GraphError(
                    f"the label of {node.name!r} is that of {taken!r}; formulas could not tell "
                    "them apart"
                )
            self._labels[node.name] = checked
        return node

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of nodes that have one, by name."""
        return MappingProxyType(self._labels)

    @property
    def drawing(self) -> Mapping[str, Any]:
        """How the graph is drawn where nothing else is said: the keywords of its pictures.

        It is plain data, and stands in the graph's file, as ``[drawing]``.
        """
        return MappingProxyType(self._drawing)

    @drawing.setter
    def drawing(self, given: Mapping[str, Any]) -> None:
        self._drawing = plain(given, "drawing")

    def group(self, name: str, nodes: Iterable[Node | str | int]) -> tuple[Node, ...]:
        """Put nodes into a group, such as a layer: it is framed in pictures, and can be collapsed.

        Parameters
        ----------
        name
            Any line of text, such as ``"layer 1"``.
        nodes
            Nodes of this graph that are in no other group.

        Raises
        ------
        GraphError
            For a name that is taken or no line of text, no nodes, and a node that has a group.

        Examples
        --------
        >>> g = ComputationalGraph()
        >>> z = g.node("z", g.parameter("w") * g.input("x"))
        >>> members = g.group("neuron", ["w", z])
        >>> g.groups
        mappingproxy({'neuron': (<parameter u^1 w>, <computation u^3 z = w*x>)})
        """
        name = self._free_group(name)
        members = {self[node]: None for node in nodes}
        if not members:
            raise GraphError(f"the group {name!r} has no nodes; name at least one")
        for node in members:
            if node in self._group_of:
                raise GraphError(
                    f"node {node.name!r} is in the group {self._group_of[node]!r} already; "
                    "groups share no nodes"
                )
        ordered = tuple(sorted(members, key=lambda node: node.index))
        self._groups[name] = ordered
        self._group_of.update(dict.fromkeys(ordered, name))
        return ordered

    def _free_group(self, name: Any) -> str:
        if not isinstance(name, str) or not name.strip() or not is_seen(name):
            raise GraphError(f"{name!r:.60} cannot be a group's name; give it a line of text")
        if len(name) > MAX_NAME:
            raise GraphError(
                f"the group's name {name[:20]!r}… has {len(name)} characters, more than {MAX_NAME}"
            )
        if name in self._groups:
            raise GraphError(f"there is already a group {name!r}; choose another name")
        return name

    def adopt(self, node: Node, value: Any = None) -> Node:
        """Add a node as it is in another graph, its local function shared, its parents by name.

        Parameters
        ----------
        value
            Another value, for a leaf.

        Raises
        ------
        GraphError
            For a name that is taken, a parent that is not here, or a value of another shape.
        """
        return self._labelled(self._adopted_as(node, value), node.label)

    def _adopted_as(self, node: Node, value: Any) -> Node:
        if node.function is None:
            if value is None:
                return self._add(
                    self._free(node.name), node.kind, node.shape, value=node.value, facts=node.facts
                )
            return self._leaf(node.name, node.kind, value, node.shape, node.facts)
        parents = tuple(self[parent.name] for parent in node.parents)
        if node.function not in self._adopted:
            self._adopted.add(node.function)
            self._check_names(node.name, node.function.program)
            given = node.function.program, tuple(parent.shape for parent in parents)
            self._functions.setdefault(given, node.function)
        return self._add(
            self._free(node.name), node.kind, node.shape, parents=parents, function=node.function
        )

    def recomputed(
        self, formulas: Mapping[Node, Expression], *, keeps_facts: bool = True
    ) -> ComputationalGraph:
        """Return a graph of the same nodes, some of them computed by other formulas.

        Parameters
        ----------
        formulas
            Expressions over nodes of this graph before the one they are for.
        keeps_facts
            Whether what is said of leaves is said of the new ones. What is differentiated again
            must not be simplified with it: Aᵀx is Ax for a symmetric A, their derivatives in A
            are not the same.

        Raises
        ------
        ExpressionError
            If a formula is too large for one node.
        """
        made = ComputationalGraph(self.title, output=self._output)
        order = made._order
        for node in self._order:
            function, parents, facts = node.function, node.parents, node.facts
            if not keeps_facts:
                facts = Facts(constant=facts.constant)
            if node in formulas:
                program, found = localise(formulas[node])
                parents = tuple(parent for parent in found if isinstance(parent, Node))
                function = LocalFunction(program, len(found), tuple(part.shape for part in found))
            own: Any = _Fields(
                made, node.name, node.kind, node.index, node.shape, node.value,
                tuple([order[parent.index - 1] for parent in parents]), function, facts,
            )  # fmt: skip
            own.__class__ = Node
            made._nodes[node.name] = own
            order.append(own)
        made._facts = {node.name: node.facts for node in made._order if node.facts}
        return made

    def _function(self, name: str, expression: Expression) -> LocalFunction:
        """Return the local function of an expression, one for all nodes of its program."""
        program, parents = localise(expression)
        self._check_names(name, program)
        given = tuple(parent.shape for parent in parents)
        function = self._functions.get((program, given))
        if function is None:
            function = self._functions[program, given] = LocalFunction(program, len(given), given)
        return function

    def _check_names(self, name: str, program: Program) -> None:
        """Refuse two functions of one name, and a number of a node's: no formula tells them apart.

        Numbers with names are pi and the letters of sizes.
        """
        for line in program:
            if isinstance(line, LiteralLine) and not line.value.is_Rational:
                for word in map(str, line.value.free_symbols or (line.text,)):
                    if word in self._nodes:
                        raise GraphError(
                            f"node {name!r} uses the number {word}, but the graph has a node "
                            f"{word!r}, and a formula could not tell them apart; give the node "
                            "another name"
                        )
                    self._words.setdefault(word, name)
            if isinstance(line, Instruction) and isinstance(line.function, Function):
                known = self._catalogue.setdefault(line.function.name, line.function)
                if known is not line.function:
                    raise GraphError(
                        f"node {name!r} uses a second function named {line.function.name!r}; "
                        "give one of the two another name"
                    )

    def _leaf(self, name: str, kind: Kind, value: Any, shape: Any, facts: Facts) -> Node:
        """Add a leaf once its name, its shape and its value are checked."""
        name = self._free(name)
        if isinstance(value, np.floating):
            value = value.item()
        if shape is None and not facts and (value is None or _is_plain(value)):
            return self._add(name, kind, SCALAR, value=value)
        described = f"the value of {kind} {name!r}"
        given = shape
        if shape is None:
            given = SCALAR if value is None else _shape_of(value, described)
            if isinstance(value, list | tuple) and 0 in given:
                raise GraphError(
                    f"{described} has shape {given}, no entries; give an array, "
                    "numpy.zeros((0, 3)), or say the shape"
                )
        shape = shapes.checked(given, f"{kind} {name!r}")
        facts.check(kind, shape, f"{kind} {name!r}")
        if value is not None and not shapes.is_known(shape):
            raise GraphError(
                f"{described} cannot be kept: its shape {shapes.shown(shape)} has letters; give it "
                "to forward, backward, a step or a formula, or sizes as numbers"
            )
        value = None if value is None else checked_value(value, shape, described, facts)
        return self._add(name, kind, shape, value=value, facts=facts)

    def _free(self, name: str) -> str:
        """Return a name in its normal form; raise if it is none or taken."""
        name = checked_name(name)
        if name in self._nodes:
            raise GraphError(
                f"there is already a node {name!r} (u^{self._nodes[name].index}, "
                f"a{'n' if self._nodes[name].kind == 'input' else ''} {self._nodes[name].kind}); "
                "choose another name"
            )
        if name in self._words:
            raise GraphError(
                f"{name!r} is a number in the formula of {self._words[name]!r}, which could not be "
                "told from a node of that name; choose another name"
            )
        return name

    def _add(
        self,
        name: str,
        kind: Kind,
        shape: Shape,
        *,
        parents: tuple[Any, ...] = (),
        function: LocalFunction | None = None,
        value: Any = None,
        facts: Facts = NOTHING,
    ) -> Node:
        index = len(self._order) + 1
        node: Any = _Fields(self, name, kind, index, shape, value, parents, function, facts)
        node.__class__ = Node
        if facts is not NOTHING and facts:
            self._facts[name] = facts
        self._nodes[name] = node
        self._order.append(node)
        return node

    # Copies: a node belongs to one graph, so a copy of a graph makes its own

    def __reduce__(self) -> tuple[Any, ...]:
        records = [
            (node.name, node.kind, node.shape, [parent.index for parent in node.parents],
             node.function, node.value, node.facts)
            for node in self._order
        ]  # fmt: skip
        groups = {name: [node.index for node in nodes] for name, nodes in self._groups.items()}
        own = vars(self).keys() - vars(ComputationalGraph()).keys()
        said = dict(self._labels), self._drawing
        made_of = type(self), self.title, self._output, records, groups, *said
        return _remade, made_of, {name: vars(self)[name] for name in own}

    def _remake(
        self,
        name: str,
        kind: Kind,
        shape: Shape,
        indices: Sequence[int],
        function: LocalFunction | None,
        value: Any,
        facts: Facts,
    ) -> None:
        if function is not None:
            known = self._functions.setdefault((function.program, function.shapes), function)
            if known is function:
                self._check_names(name, function.program)
            function = known
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
        parents = tuple([self._order[index - 1] for index in indices])
        self._add(name, kind, shape, parents=parents, function=function, value=value, facts=facts)

    # Looking at it

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
        return tuple([node for node in self._order if node.function is None])

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
        used: set[Node] = set()
        for node in self._order:
            used.update(node.parents)
        return tuple(node for node in self._order if not node.is_leaf and node not in used)

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
    def groups(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes of each group, in order, by the group's name."""
        return MappingProxyType(self._groups)

    def children(self, node: Node | str) -> tuple[Edge, ...]:
        """Return the edges (j, i) ∈ E from a node, in the order of the children."""
        return tuple(self._children[self[node].name])

    def needed(self, node: Node | str) -> tuple[Node, ...]:
        """Return the nodes that a node depends on, and itself, in order.

        Those of the node asked for last are kept: nodes never change.
        """
        asked = self[node]
        kept = self._needed
        if kept is None or kept[0] is not asked:
            is_needed = bytearray(asked.index + 1)
            is_needed[asked.index] = 1
            for before in reversed(self._order[: asked.index]):
                if is_needed[before.index]:
                    for parent in before.parents:
                        is_needed[parent.index] = 1
            found = itertools.compress(self._order, memoryview(is_needed)[1:])
            kept = self._needed = asked, tuple(found)
        return kept[1]

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


def checked_name(name: Any) -> str:
    """Return a node's name in its normal form, or say why it is none."""
    if not isinstance(name, str):
        raise GraphError(f"a node's name must be a text, not {name!r}")
    if name.isascii():
        if name.isidentifier() and len(name) <= MAX_NAME:
            return name
    else:
        name = unicodedata.normalize("NFC", name)
    if not name.isidentifier() or "·" in name or len(name) > MAX_NAME:
        raise GraphError(
            f"{name[:MAX_NAME]!r} cannot be a node's name; use letters, digits and _, beginning "
            f"with a letter, at most {MAX_NAME}"
        )
    if not is_seen(name):
        raise GraphError(
            f"{name!r} cannot be a node's name; it has signs that are not seen, or more marks on a "
            "letter than can be read"
        )
    return name


def checked_number(value: Any, described: str) -> Any:
    """Return a leaf's value as int, float or exact SymPy number."""
    if isinstance(value, np.generic | np.ndarray):
        value = int(value) if value.dtype == bool else value.item()
    if _is_plain(value):
        return value
    number = quantity.exact(value, described)
    if isinstance(value, float):
        return value
    return int(number) if number.is_Integer else number


def _is_plain(value: Any) -> bool:
    """Whether a value is an int or a float that is kept as it is, with nothing to check."""
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int and abs(value) <= 2**53


def checked_value(value: Any, shape: Shape, described: str, facts: Facts = NOTHING) -> Any:
    """Return a leaf's value of this shape, or samples of it, one for each row.

    An array is read-only, of float64, or of exact numbers where one is no float: 1/3, √2,
    10³⁰.

    Raises
    ------
    GraphError
        For a shape that is neither, what is not a finite real number, and what breaks a fact.
    """
    if not shape and not facts and _is_plain(value):
        return value
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise GraphError(
            f"{described} has masked entries; fill them (value.filled(0)), or leave them out"
        )
    given = _shape_of(value, described)
    if not shape and not given:
        number = checked_number(value, described)
        facts.check_value(number, described)
        return number
    if 0 in given and 0 in shape and isinstance(value, list):  # which cannot say (0, 3)
        value = np.zeros(shape)
        given = value.shape
    if not shapes.fits(given, shape) and not shapes.fits(given[1:], shape):
        raise GraphError(f"{described} has shape {given}; {_wanted(given, shape)}")
    if len(given) > len(shape) and given[0] == 0:
        raise GraphError(f"{described} has shape {given}, no entries; give one sample at least")
    array = _checked_entries(value, given, described, is_samples=len(given) > len(shape))
    facts.check_value(array, described)
    array.setflags(write=False)
    return array


def _shape_of(value: Any, described: str) -> tuple[int, ...]:
    try:
        shape = tuple(np.shape(value))
    except ValueError:
        raise GraphError(
            f"{described} is no array: its rows are not equally long, or not equally deep"
        ) from None
    return shape


def _wanted(given: tuple[int, ...], shape: Shape) -> str:
    wanted = f"the node's is {shapes.shown(shape)}"
    if not shape:
        return f"{wanted}, a scalar, so samples of it have shape (m,)"
    if math.prod(given) == shapes.entries(shape):
        return f"{wanted}; the entries are as many, so reshape it if that is meant"
    return f"{wanted}, so samples of it have shape (m, {shapes.shown(shape)[1:].replace(',)', ')')}"


def _checked_entries(
    value: Any, shape: tuple[int, ...], described: str, *, is_samples: bool
) -> np.ndarray:
    if isinstance(value, list | tuple) and np.asarray(value).dtype == bool:
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        if value.dtype.kind not in "iufb":  # bools are 1 and 0
            raise GraphError(f"{described} has entries that are not real numbers")
        array = value.astype(np.float64)
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            place = tuple(int(axis) for axis in bad[0])
            which = _entry(place, described, is_samples=is_samples)
            raise GraphError(f"{which} is {array[place]}; it must be finite")
        return array
    objects = np.empty(shape, dtype=object)
    objects[...] = np.array(value, dtype=object).reshape(shape)
    for place in np.ndindex(shape):
        what = _entry(place, described, is_samples=is_samples)
        objects[place] = checked_number(objects[place], what)
    exactly = [entry for entry in objects.flat if not isinstance(entry, float)]
    if any(not isinstance(entry, int) or abs(entry) > 2**53 for entry in exactly):
        for place in np.ndindex(shape):
            objects[place] = quantity.exact(objects[place])
        return objects
    return objects.astype(np.float64)


def _entry(place: tuple[int, ...], described: str, *, is_samples: bool) -> str:
    shown = ", ".join(map(str, place))
    if is_samples and len(place) == 1:
        return f"sample {shown} of {described}"
    return f"entry [{shown}] of {described}"


def _remade(
    kind: type[ComputationalGraph],
    title: str,
    output: str | None,
    records: Sequence[tuple[Any, ...]],
    groups: Mapping[str, Sequence[int]],
    labels: Mapping[str, str],
    drawing: dict[str, Any],
) -> ComputationalGraph:
    """Return a graph of what another was made of, its nodes known by their places."""
    graph = kind.__new__(kind)
    ComputationalGraph.__init__(graph, title, output=output)
    for record in records:
        graph._remake(*record)
    for name, indices in groups.items():
        graph.group(name, indices)
    for name, label in labels.items():
        graph.label(name, label)
    graph._drawing = drawing
    return graph
