"""A graph in which each computed node is one operation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction


def divided(graph: ComputationalGraph) -> ComputationalGraph:
    """Return a graph in which each operation of a formula is a node of its own.

    Nodes keep their names; the operations within a formula are v_1, v_2, …, names that are not
    taken. Parts of a formula that are equal are one node. Numbers stay in the operations they
    are in: x + 1 is one, of x alone.

    Examples
    --------
    >>> g = ComputationalGraph()
    >>> x, y = g.input("x"), g.input("y")
    >>> f = g.node("f", (x + y) * (x + y + 1))
    >>> [(node.name, node.formula) for node in divided(g).nodes[2:]]
    [('v_1', 'x + y'), ('v_2', 'v_1 + 1'), ('f', 'v_1*v_2')]
    """
    made = ComputationalGraph(graph.title, output=graph.declared_output)
    names = (name for k in itertools.count(1) if (name := f"v_{k}") not in graph)
    for node in graph.nodes:
        if node.function is None or _is_one_operation(node.function):
            made.adopt(node)
            continue
        whole = _operations(made, node, node.function, names)
        made.node(node.name, whole, label=node.label)
    return made


def _is_one_operation(function: LocalFunction) -> bool:
    return sum(isinstance(line, Instruction) for line in function.program) <= 1


def _operations(
    made: ComputationalGraph, node: Node, function: LocalFunction, names: Iterator[str]
) -> Expression:
    """Add all operations of a formula but the last, and return that."""
    lines: list[Expression] = []
    numbers: set[int] = set()
    for k, line in enumerate(function.program):
        match line:
            case Formal(slot):
                lines.append(made[node.parents[slot].name])
            case Literal(value, text):
                lines.append(Constant.written(value, text))
                numbers.add(k)
            case Instruction(applied, places):
                part: Expression = Apply(applied, tuple([lines[place] for place in places]))
                if numbers.issuperset(places):
                    numbers.add(k)
                elif k < len(function.program) - 1:
                    part = made.node(next(names), part)
                lines.append(part)
    return lines[-1]
