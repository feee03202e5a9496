"""The sweeps as formulas: the value and P^j of every node as expressions.

P^n is a cotangent, P^j = Σ over children i of what edge j → i passes back of P^i. Every part is
one object wherever it is used, so what is written once is computed once.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce

from graphdiff.evaluation import numerical_errors
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.path_enumeration import between
from graphdiff.language.cotangent_arithmetic import total
from graphdiff.language.expression import Constant, Expression, apply
from graphdiff.language.functions.movement import Broadcast
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.accumulation import accumulated
from graphdiff.local_functions.pullback import pullback
from graphdiff.symbolic.result import Letter

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
    way = between(graph, wrt, output)

    def passed_on(i: Node, P: Expression) -> Iterator[tuple[Node, Expression]]:
        if i.function is None:
            return
        for slot, j in enumerate(i.parents):
            if j.name in way:
                with numerical_errors.named(i, slot):
                    i.function.check_real(slot)
        arguments = [values[parent.name] for parent in i.parents]
        place = dict(zip(arguments, i.parents, strict=True))
        if len(place) < len(set(i.parents)):  # x, and a node that is +x, are one expression
            for slot, j in enumerate(i.parents):
                if j.name in way:
                    yield j, i.function.pullback(slot).expression((*arguments, P))
            return
        own = values[i.name]
        value = i.function.expression(tuple(arguments)) if own is i else own
        for j, back in zip(place.values(), pullback(value, P, list(place)), strict=True):
            if j.name in way:
                yield j, zeros(j.shape) if back is None else back

    found = accumulated(reversed(way.values()), output, cotangent, passed_on, total)
    return {i.name: P for i, P in found}


def gradients_of(
    output: Expression, wrt: Sequence[Expression], cotangent: Expression
) -> list[Expression]:
    """Return what a cotangent of an expression gives to each of some leaves, 0 for none."""
    found = pullback(output, cotangent, wrt)
    return [
        zeros(leaf.shape) if back is None else back for leaf, back in zip(wrt, found, strict=True)
    ]


def pushed_forward(
    output: Expression, wrt: Sequence[Expression], tangents: Sequence[Expression]
) -> Expression:
    """Return the change of an output for tangents of the leaves: Σ_j ∂output/∂leaf_j · v_j.

    The pullback of an output is linear in its cotangent; going back through it, from the
    tangents to the cotangent, is going forward.
    """
    c = Letter("c", output.shape)
    pairs = zip(pullback(output, c, wrt), tangents, strict=True)
    pushed = [gradients_of(back, [c], v)[0] for back, v in pairs if back is not None]
    return reduce(operator.add, pushed) if pushed else zeros(output.shape)


def ones(shape: Shape) -> Expression:
    """Return the cotangent of an output with one entry."""
    return filled(1, shape)


def zeros(shape: Shape) -> Expression:
    """Return the derivative in what nothing depends on."""
    return filled(0, shape)


def filled(number: int, shape: Shape) -> Expression:
    """Return an array with one number everywhere."""
    return apply(Broadcast(shape), Constant(number)) if shape else Constant(number)
