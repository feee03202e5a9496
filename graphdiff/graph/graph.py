"""The computational graph G = ⟨n, l, E, u¹…uⁿ, d¹…dⁿ, f^{l+1}…fⁿ⟩, built node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import facts as facts_of_leaves
from graphdiff.graph.checked_values import checked_value, is_plain, shape_of
from graphdiff.graph.facts import NOTHING, Facts, Rows
from graphdiff.graph.names import checked_name
from graphdiff.graph.presentation import Presentation
from graphdiff.graph.structure import Kind, Node, NodeFields
from graphdiff.language import numpy_calls, shapes
from graphdiff.language.expression import Expression, as_expression
from graphdiff.language.functions import Function
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.language.tensors import numpy_dispatch
from graphdiff.local_functions.local_function import (
    Instruction,
    LocalFunction,
    Order,
    Outline,
    Program,
    localise,
    order_of,
    outlined,
)
from graphdiff.local_functions.local_function import Literal as LiteralLine

numpy_calls.ANSWERS.update(numpy_dispatch.ANSWERS)


class ComputationalGraph(Presentation):
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
        super().__init__(title, output=output)
        self._functions: dict[tuple[Program, tuple[Shape, ...]], LocalFunction] = {}
        self._outlines: dict[Outline, tuple[LocalFunction, Order]] = {}
        self._adopted: set[LocalFunction] = set()
        self._catalogue: dict[str, Function] = {}
        self._words: dict[str, str] = {}
        self.kept: dict[str, Any] = {}

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
        facts = NOTHING
        if rows is not None or not one_hot is symmetric is positive is integer is constant is False:
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
        facts = NOTHING
        if not symmetric is positive is integer is False:
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
        outline, met = outlined(found)
        for parent in met:
            if type(parent) is not Node or parent.graph is not self:
                raise GraphError(
                    f"node {name!r} uses {parent!r}, which belongs to another graph; "
                    "use nodes of this graph"
                )
        known = self._outlines.get(outline)
        if known is None:
            known = self._outlines[outline] = self._function(name, found, met)
        function, in_order = known
        name = self._free(name)
        made = self._add(name, "computation", found.shape, in_order(met), function)
        return made if label is None else self._labelled(made, label)

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
        return self._add(self._free(node.name), node.kind, node.shape, parents, node.function)

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
            parents = tuple([order[parent.index - 1] for parent in parents])
            made._add(node.name, node.kind, node.shape, parents, function, node.value, facts)
        return made

    def _function(
        self, name: str, expression: Expression, met: list[Expression]
    ) -> tuple[LocalFunction, Order]:
        """Return the local function of an expression, one for all nodes of its program.

        And what puts the nodes in it, as they are met, into the order of its formals.
        """
        program, parents = localise(expression)
        self._check_names(name, program)
        given = tuple(parent.shape for parent in parents)
        function = self._functions.get((program, given))
        if function is None:
            function = self._functions[program, given] = LocalFunction(program, len(given), given)
        return function, order_of(parents, met)

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
        if shape is None and facts is NOTHING and (value is None or is_plain(value)):
            return self._add(name, kind, SCALAR, value=value)
        described = f"the value of {kind} {name!r}"
        given = shape
        if shape is None:
            given = SCALAR if value is None else shape_of(value, described)
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
        parents: tuple[Any, ...] = (),
        function: LocalFunction | None = None,
        value: Any = None,
        facts: Facts = NOTHING,
    ) -> Node:
        order, above = self._order, self._above
        node: Any = NodeFields(self, name, kind, len(order) + 1, shape, value, function, facts)
        node.__class__ = Node
        for parent in parents:
            above.append(parent.index - 1)
        self._starts.append(len(above))
        if function is None:
            self._leaves.append(node)
        if facts is not NOTHING and facts:
            self._facts[name] = facts
        self._nodes[name] = node
        order.append(node)
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
        self._add(name, kind, shape, parents, function, value=value, facts=facts)


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
