"""What an exercise asks for, and the right answers: exact numbers, or rounded to three decimals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Literal

import numpy as np
import sympy as sp

from graphdiff.derivations import symbols
from graphdiff.exercises.friendly import PLACES
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions.arithmetic import add, neg, sub
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import Formal, Instruction
from graphdiff.notation.equations import Link

Kind = Literal["value", "jacobian", "gradient", "update"]

POINTS: dict[Kind, int] = {"value": 1, "jacobian": 1, "gradient": 2, "update": 1}
"""What an answer of each kind is worth."""

MOST = 9
"""Entries of a local Jacobian that is asked for."""


@dataclass(frozen=True)
class Question:
    """One quantity to be computed.

    Attributes
    ----------
    kind
        ``"value"``, ``"jacobian"``, ``"gradient"`` or ``"update"``.
    target
        What it is, as claims name it: ``"z"``, ``"J[w->z]"``, ``"dL/dw"``, ``"w@1"``.
    symbol
        What it is in formulas.
    shape
        The shape of the answer.
    """

    kind: Kind
    target: str
    symbol: Link
    shape: Shape

    @property
    def name(self) -> str:
        """What it is called in a list of questions: ∂L/∂w."""
        target = self.target.replace("__", "^")
        match self.kind:
            case "jacobian":
                parent, child = target[2:-1].split("->")
                return f"∂{child}/∂{parent}"
            case "gradient":
                return f"∂{target[1:].replace('/d', '/∂', 1)}"
            case _:
                return self.symbol.text.replace("__", "^")

    @property
    def points(self) -> int:
        """What a right answer is worth."""
        return POINTS[self.kind]


def questions(graph: ComputationalGraph, rate: Any) -> tuple[Question, ...]:
    """Return what is asked of a graph, in the order in which it is computed.

    All computed values; the local Jacobians on the way to what is asked, where there is something
    to compute; the gradients from the output back to the parameters; and with a learning rate
    the parameters after a step.
    """
    n = graph.output
    wanted = graph.parameters or graph.inputs
    between = {name for leaf in wanted for name in graph.descendants(leaf) & graph.ancestors(n)} | {
        n.name
    }
    return (
        *(_value(node) for node in graph.nodes if not node.is_leaf),
        *_jacobians(graph, between),
        *(
            _gradient(n, node)
            for node in reversed(graph.nodes)
            if node is not n and (node in wanted or (node.name in between and not node.is_leaf))
        ),
        *(_update(node) for node in wanted if rate is not None),
    )


def _value(node: Node) -> Question:
    return Question("value", node.name, symbols.name(node), node.shape)


def _gradient(n: Node, node: Node) -> Question:
    return Question("gradient", f"d{n.name}/d{node.name}", symbols.derivative(n, node), node.shape)


def _update(node: Node) -> Question:
    name = symbols.name(node)
    new = Link(f"{node.name} after the step", rf"{name.latex}_{{\mathrm{{new}}}}")
    return Question("update", f"{node.name}@1", new, node.shape)


def _jacobians(graph: ComputationalGraph, between: set[str]) -> Iterator[Question]:
    for node in graph.nodes:
        for parent in dict.fromkeys(node.parents):
            if node.name not in between or parent.name not in between:
                continue
            size = node.size * parent.size
            is_matrix = bool(node.shape or parent.shape)
            if size > MOST or (is_matrix and max(len(node.shape), len(parent.shape)) > 1):
                continue
            if _is_plain(parent, node) or _is_gradient(graph, parent, node):
                continue
            shape = (node.size, parent.size) if is_matrix else ()
            target = f"J[{parent.name}->{node.name}]"
            yield Question("jacobian", target, symbols.derivative(node, parent), shape)


def _is_plain(parent: Node, node: Node) -> bool:
    """Whether a local Jacobian is ±1, or ±I, whatever the values: the parent is only added."""
    slots = [slot for slot, other in enumerate(node.parents) if other is parent]
    if len(slots) != 1 or parent.shape != node.shape or node.function is None:
        return False
    depends = set[int]()
    for place, line in enumerate(node.function.program):
        if isinstance(line, Formal):
            depends |= {place} if line.slot == slots[0] else set()
        elif isinstance(line, Instruction) and depends & set(line.lines):
            if line.function not in (add, sub, neg):
                return False
            depends.add(place)
    return True


def _is_gradient(graph: ComputationalGraph, parent: Node, node: Node) -> bool:
    """Whether a local Jacobian is the gradient of the parent, which is asked for too."""
    return node is graph.output and {edge.child for edge in graph.children(parent)} == {node}


# Answers


@dataclass(frozen=True)
class Answer:
    """The right answer to a question.

    Attributes
    ----------
    exact
        The exact number, or an array of them.
    shape
        Its shape.
    """

    exact: Any
    shape: Shape

    @property
    def entries(self) -> tuple[Any, ...]:
        """The exact numbers, row by row."""
        return tuple(np.ravel(np.asarray(self.exact, object)).tolist())

    @property
    def printed(self) -> tuple[str, ...]:
        """The numbers as they are printed, row by row."""
        return tuple(printed(entry) for entry in self.entries)

    @property
    def is_rounded(self) -> bool:
        """Whether an entry of it had to be rounded."""
        return not all(_is_short(entry) for entry in self.entries)

    @property
    def text(self) -> str:
        """The answer as files and claims have it."""
        return self._nested("[", ", ", "]")

    @property
    def latex(self) -> str:
        """The answer in formulas: a vector is a column."""
        if not self.shape:
            return self.printed[0]
        rows = self.shape[0]
        columns = len(self.printed) // rows
        lines = [self.printed[k * columns : (k + 1) * columns] for k in range(rows)]
        body = r" \\ ".join(" & ".join(line) for line in lines)
        return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"

    def _nested(self, left: str, comma: str, right: str) -> str:
        def part(entries: Any) -> str:
            if isinstance(entries, str):
                return entries
            return f"{left}{comma.join(map(part, entries))}{right}"

        return part(np.reshape(np.array(self.printed, object), self.shape).tolist())


def printed(number: Any) -> str:
    """Return a number as an answer has it: exact with up to four decimals, else rounded to three.

    Examples
    --------
    >>> printed(sp.Rational(-5, 8)), printed(sp.Integer(12)), printed(sp.log(2)), printed(0)
    ('-0.625', '12', '0.693', '0')
    """
    exact = sp.sympify(number)
    if _is_short(exact):
        found = Decimal(int(exact.p)) / Decimal(int(exact.q))
        return f"{found.normalize():f}" if found else "0"
    places = Decimal(1).scaleb(-PLACES)
    return f"{Decimal(str(sp.N(exact, 40))).quantize(places, ROUND_HALF_UP):f}"


def _is_short(number: Any) -> bool:
    exact = sp.sympify(number)
    return bool(exact.is_Rational) and 10 ** (PLACES + 1) % int(exact.q) == 0


def as_fraction(rate: Fraction) -> sp.Rational:
    """Return a learning rate as an exact number."""
    return sp.Rational(rate.numerator, rate.denominator)
