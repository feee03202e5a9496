"""A graph in which each computed node is one operation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import AnyFunction, Apply, Constant, Expression
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction


def divided(graph: ComputationalGraph, *, once: bool = False) -> ComputationalGraph:
    """Return a graph in which each operation of a formula is a node of its own.

    Nodes keep their names; the operations within a formula are v_1, v_2, …, names that are not
    taken. Parts of a formula that are equal are one node. Numbers stay in the operations they
    are in: x + 1 is one, of x alone.

    Parameters
    ----------
    once
        Whether equal parts of several formulas are one node too.

    Examples
    --------
    >>> g = ComputationalGraph()
    >>> x, y = g.input("x"), g.input("y")
    >>> f = g.node("f", (x + y) * (x + y + 1))
    >>> [(node.name, node.formula) for node in divided(g).nodes[2:]]
    [('v_1', 'x + y'), ('v_2', 'v_1 + 1'), ('f', 'v_1*v_2')]
    """
    made = ComputationalGraph(graph.title, output=graph.declared_output)
    known: dict[object, Expression] = {}
    names = (name for k in itertools.count(1) if (name := f"v_{k}") not in graph)
    for node in graph.nodes:
        if node.function is None or (_is_one_operation(node.function) and not once):
            made.adopt(node)
            continue
        parts = known if once else {}
        whole = _operations(made, node, node.function, names, parts)
        made.node(node.name, whole, label=node.label)
        if isinstance(whole, Apply):
            parts.setdefault(_key(whole.function, whole.arguments), made[node.name])
    return made


def _is_one_operation(function: LocalFunction) -> bool:
    return sum(isinstance(line, Instruction) for line in function.program) <= 1


def _operations(
    made: ComputationalGraph,
    node: Node,
    function: LocalFunction,
    names: Iterator[str],
    known: dict[object, Expression],
) -> Expression:
    """Add all operations of a formula but the last and known ones, and return the last."""
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
                    key = _key(applied, part.arguments)
                    if key not in known:
                        known[key] = made.node(next(names), part)
                    part = known[key]
                lines.append(part)
    return lines[-1]


def _key(applied: AnyFunction, arguments: tuple[Expression, ...]) -> object:
    """Return what is the same of operations that are."""
    said = (line.text if isinstance(line, Constant) else line for line in arguments)
    return applied, tuple(said)
