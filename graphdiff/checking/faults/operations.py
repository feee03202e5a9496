"""A graph spelled out, each operation for itself: where mistakes are made.

A node a = σ(w·x + b) is three operations, and a mistake is made at one of them: the derivative of
σ is left out, a factor of w·x. What each operation is follows from its declaration in the
catalogue of functions.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from graphdiff.checking import work
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import (
    AnyFunction,
    Apply,
    Constant,
    Expression,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.functions import Function
from graphdiff.language.functions.activations import FUNCTIONS as ACTIVATIONS
from graphdiff.language.functions.activations import relu, sigmoid
from graphdiff.language.functions.elementary import tanh
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import (
    Formal,
    Instruction,
    LocalFunction,
    localise,
)
from graphdiff.notation import text

COMMON = (sigmoid, tanh, relu)
"""Functions that every course has, so that one is taken for another."""

CONFUSED = (*COMMON, *(one for one in ACTIVATIONS if one.arity == 1 and one not in COMMON))
"""Activations whose derivatives are taken for each other's."""


class Use(NamedTuple):
    """One use of an operation's value: as argument number ``slot`` of the operation ``by``."""

    by: int
    slot: int


@dataclass(frozen=True, eq=False)
class Operation:
    """One operation, or a leaf, or a number.

    Attributes
    ----------
    place
        Its place in the order of computing.
    function
        What is applied, as a local function of that alone; None for leaves, numbers and a node
        that only repeats another.
    arguments
        The places of what it is applied to.
    expression
        It and what it is applied to.
    owner
        The node whose formula it is in; None for leaves.
    node
        The node it is the value of; None for what is within a formula.
    number
        Its value, if it is a number.
    """

    place: int
    function: LocalFunction | None
    arguments: tuple[int, ...]
    expression: Expression
    owner: Node | None
    node: Node | None
    number: float | None

    @cached_property
    def shape(self) -> Shape:
        """The shape of its value."""
        return self.expression.shape

    @cached_property
    def size(self) -> int:
        """The number of entries of its value."""
        return math.prod(self.shape)

    @property
    def named(self) -> Expression:
        """The node it is the value of, else its formula."""
        return self.expression if self.node is None else self.node

    @cached_property
    def work(self) -> int:
        """About how many numbers are computed to apply it: entries, and products in sums."""
        return 1 if self.function is None else work.operations(self.function)

    @cached_property
    def text(self) -> str:
        """How it is written: the name of its node, or its formula."""
        if self.node is not None:
            return self.node.name
        if isinstance(self.expression, Constant):
            return self.expression.text
        program, names = localise(self.expression)
        function = LocalFunction(program, len(names), tuple(name.shape for name in names))
        return text.authored(function, [getattr(name, "name", str(name)) for name in names])

    @property
    def declared(self) -> AnyFunction | None:
        """The function of the catalogue that is applied."""
        line = self.function.program[-1] if self.function is not None else None
        return line.function if isinstance(line, Instruction) else None

    @cached_property
    def is_map(self) -> bool:
        """Whether it acts entry by entry, so that it has a derivative in each argument."""
        return isinstance(self.declared, Function)

    @property
    def is_activation(self) -> bool:
        """Whether it is a named map of one argument that is no constant: σ, tanh, exp, log."""
        function = self.declared
        return isinstance(function, Function) and len(self.arguments) == 1 and not function.operator


class Operations:
    """The operations of a graph in the order of computing."""

    def __init__(self, graph: ComputationalGraph) -> None:
        self.graph = graph
        self.all: list[Operation] = []
        self.of_node: dict[str, int] = {}
        for node in graph.nodes:
            if node.function is None:
                self._add(None, (), node, None, node)
            else:
                self._spell(node, node.function)

    def _spell(self, node: Node, function: LocalFunction) -> None:
        """Add the operations of a node's formula."""
        whole = _opened(function.expression(node.parents))
        places: dict[Expression, int] = {}
        for part in in_order(whole):
            owned = node if part is whole else None
            if isinstance(part, Apply):
                arguments = tuple(places[argument] for argument in part.arguments)
                alone = _alone(part.function, tuple(each.shape for each in part.arguments))
                places[part] = self._add(alone, arguments, part, node, owned)
            elif isinstance(part, Constant) or owned is not None:
                repeated = () if isinstance(part, Constant) else (self._place(part),)
                places[part] = self._add(None, repeated, part, node, owned)
            else:
                places[part] = self._place(part)

    def _place(self, node: Expression) -> int:
        assert isinstance(node, Node)  # noqa: S101 - formulas are of nodes and numbers
        return self.of_node[node.name]

    def _add(
        self,
        function: LocalFunction | None,
        arguments: tuple[int, ...],
        expression: Expression,
        owner: Node | None,
        node: Node | None,
    ) -> int:
        place = len(self.all)
        number = float(expression.value) if isinstance(expression, Constant) else None
        self.all.append(Operation(place, function, arguments, expression, owner, node, number))
        if node is not None:
            self.of_node[node.name] = place
        return place

    def __getitem__(self, place: int) -> Operation:
        return self.all[place]

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    @cached_property
    def entries(self) -> int:
        """The number of entries of all values together."""
        return sum(operation.size for operation in self.all)

    @cached_property
    def uses(self) -> list[list[Use]]:
        """Where the value of each operation is used."""
        found: list[list[Use]] = [[] for _ in self.all]
        for operation in self.all:
            for slot, argument in enumerate(operation.arguments):
                found[argument].append(Use(operation.place, slot))
        return found

    @cached_property
    def constants(self) -> frozenset[int]:
        """The numbers, and what is computed of numbers alone: √3."""
        found = set[int]()
        for operation in self.all:
            own = operation.arguments
            if operation.number is not None or (own and found.issuperset(own)):
                found.add(operation.place)
        return frozenset(found)

    def after(self, place: int) -> frozenset[int]:
        """Return the operations that an operation's value is used in, itself among them."""
        if place not in self._after:
            found = {place}
            for operation in self.all[place + 1 :]:
                if not found.isdisjoint(operation.arguments):
                    found.add(operation.place)
            self._after[place] = frozenset(found)
        return self._after[place]

    @cached_property
    def _after(self) -> dict[int, frozenset[int]]:
        return {}

    def between(self, wrt: int, of: int, *, within: Node | None = None) -> Between:
        """Return the way from one operation to another; of a node's own formula only, if asked."""
        key = wrt, of, within
        if key not in self._between:
            self._between[key] = Between.found(self, wrt, of, within)
        return self._between[key]

    @cached_property
    def _between(self) -> dict[tuple[int, int, Node | None], Between]:
        return {}


@dataclass(frozen=True)
class Between:
    """The operations and the uses of values on the way from ``wrt`` to ``of``.

    Attributes
    ----------
    places
        The operations, the last first.
    uses
        For each, the uses of its value on the way.
    """

    wrt: int
    of: int
    places: tuple[int, ...]
    uses: dict[int, tuple[Use, ...]]

    @classmethod
    def found(cls, operations: Operations, wrt: int, of: int, within: Node | None) -> Between:
        """Find it."""
        reached = {of}
        uses: dict[int, tuple[Use, ...]] = {}
        after = operations.after(wrt)
        for place in range(of - 1, wrt - 1, -1):
            if place not in after:
                continue
            found = tuple(
                use
                for use in operations.uses[place]
                if use.by in reached and (within is None or operations[use.by].owner is within)
            )
            if found:
                reached.add(place)
                uses[place] = found
        return cls(wrt, of, tuple(sorted(reached, reverse=True)), uses)

    @cached_property
    def edges(self) -> tuple[Use, ...]:
        """All uses on the way, the last first."""
        return tuple(use for uses in self.uses.values() for use in uses)


def _opened(expression: Expression) -> Expression:
    """Return a formula with its composites written out that make few numbers of many.

    One person's softmax is one operation to differentiate; a mean squared error is several.
    """

    def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
        if not isinstance(part.function, Composite) or part.shape == arguments[0].shape:
            return with_arguments(part, arguments)
        return _opened(part.function.expand(*arguments))

    return rebuilt(expression, make)


def _alone(declared: AnyFunction, shapes: tuple[Shape, ...]) -> LocalFunction:
    """Return one function of the catalogue as a local function, the same for the same."""
    key = declared, shapes
    if key not in _ALONE:
        formals = tuple(Formal(slot) for slot in range(len(shapes)))
        step = Instruction(declared, tuple(range(len(shapes))))
        _ALONE[key] = LocalFunction((*formals, step), len(shapes), shapes)
    return _ALONE[key]


_ALONE: dict[tuple[AnyFunction, tuple[Shape, ...]], LocalFunction] = {}


def operations(graph: ComputationalGraph) -> Operations:
    """Return the operations of a graph, spelled out once."""
    made: dict[int, Operations] = graph.kept.setdefault("operations", {})
    if len(graph) not in made:
        made[len(graph)] = Operations(graph)
    return made[len(graph)]
