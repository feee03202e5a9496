"""The reverse sweep from graph to formulas: P^j of every node as an expression of the leaves.

P^n = 1, P^j = Σ over children i of what edge j → i passes back of P^i. Every part is one
object wherever it is used, so what is written once is computed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.local_functions.pullback import pullback
from graphdiff.symbolic.formula import Letter
from graphdiff.symbolic.tensor_derivatives import zeros

Expressions = dict[str, Expression]
"""What stands for each node, by name."""


def values_of(graph: ComputationalGraph, output: Node) -> Expressions:
    """Return the value of every node the output depends on, in terms of the leaves."""
    needed = graph.ancestors(output)
    values: Expressions = {}
    for node in graph.nodes[: output.index]:
        if node.name in needed:
            arguments = tuple(values[parent.name] for parent in node.parents)
            function = node.function
            values[node.name] = node if function is None else function.expression(arguments)
    return values


def cotangents_of(
    graph: ComputationalGraph,
    output: Node,
    wrt: Iterable[Node],
    values: Mapping[str, Expression],
    cotangent: Expression,
) -> Expressions:
    """Return P^j of every node between ``wrt`` and the output, for a cotangent of the output."""
    between = graph.ancestors(output) & _descendants(graph, wrt)
    received: dict[str, list[Expression]] = {output.name: [cotangent]}
    found: Expressions = {}
    for i in reversed(graph.nodes[: output.index]):
        if i.name not in between or i.name not in received:
            continue
        found[i.name] = reduce(lambda a, b: a + b, received.pop(i.name))
        arguments = tuple(values[parent.name] for parent in i.parents)
        for slot, j in enumerate(i.parents):
            if j.name in between and i.function is not None:
                back = i.function.pullback(slot).expression((*arguments, found[i.name]))
                received.setdefault(j.name, []).append(back)
    return found


def _descendants(graph: ComputationalGraph, nodes: Iterable[Node]) -> set[str]:
    wanted = {node.name for node in nodes}
    for node in graph.nodes:
        if any(parent.name in wanted for parent in node.parents):
            wanted.add(node.name)
    return wanted


def gradients_of(
    output: Expression, wrt: Sequence[Expression], cotangent: Expression
) -> list[Expression]:
    """Return what a cotangent of an expression gives to each of some leaves, 0 for none."""
    found = pullback(output, cotangent, wrt)
    return [
        zeros(leaf.shape) if back is None else back for leaf, back in zip(wrt, found, strict=True)
    ]


def pushed_forward(
    outputs: Sequence[Expression], wrt: Sequence[Expression], tangents: Sequence[Expression]
) -> list[Expression]:
    """Return the change of each output for tangents of the leaves: Σ_j ∂output/∂leaf_j · v_j.

    The pullback of an output is linear in its cotangent; going back through it, from the
    tangents to the cotangent, is going forward.
    """
    pushed: list[Expression] = []
    for output in outputs:
        c = Letter("c", output.shape)
        total: Expression | None = None
        for back, v in zip(pullback(output, c, wrt), tangents, strict=True):
            if back is not None:
                (part,) = gradients_of(back, [c], v)
                total = part if total is None else total + part
        pushed.append(zeros(output.shape) if total is None else total)
    return pushed
