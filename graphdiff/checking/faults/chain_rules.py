"""Slips in writing down the chain rule: over a node that is not on the way, without the sum."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.formulas import formula_of
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.arithmetic import mul
from graphdiff.language.functions.contraction import MatMul

SAMPLED = 2
"""Points at which what samples give has to add up to what is right."""


def links(formula: Expression) -> tuple[Target, ...]:
    """Return the derivatives that a formula is the product of, from the left to the right."""
    match formula:
        case Reference(target=target) if target.is_first:
            return (target,)
        case Apply(function=function, arguments=(left, right)) if function is mul or isinstance(
            function, MatMul
        ):
            before, after = links(left), links(right)
            return (*before, *after) if before and after else ()
        case _:
            return ()


def _elsewhere(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield a chain rule with a node in it that is not between the two it is about."""
    target, link = line.target, line.link
    if not isinstance(link, ClaimedSide) or not target.is_first or target.wrt is None:
        return
    product = links(formula_of(link))
    inner = {one.wrt for one in product} & {one.of for one in product} - {target.of, target.wrt}

    def value(point: Point) -> Any | None:
        return point.of(link)

    for node in sorted((j for j in inner if j is not None), key=_index):
        if not _is_between(node, target.of, target.wrt):
            words = {"node": node.name, "of": target.of.name, "wrt": target.wrt.name}
            yield Attempt(fault, value, words, node.name)


def _index(node: Node) -> int:
    return node.index


def _is_between(node: Node, of: Node, wrt: Node) -> bool:
    graph = of.graph
    return node.name in graph.ancestors(of) and node.name in graph.descendants(wrt)


def _not_summed(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield what a line says, if that is what each sample gives, and their sum is asked for."""
    target, link = line.target, line.link
    points = [line.ground.here] if link.is_numeric else list(islice(line.ground.generic, SAMPLED))
    pairs = [(point.of(link), point.at(target)) for point in points]
    if pairs and all(_is_sum(said, right) for said, right in pairs):
        many = len(np.atleast_1d(np.asarray(pairs[0][0])))

        def value(point: Point) -> Any | None:
            return point.of(link)

        yield Attempt(fault, value, {"m": str(many)})


def _is_sum(said: Any, right: Any) -> bool:
    """Whether a number, or an array, is the sum of several along their first axis."""
    if said is None or right is None or np.shape(said)[1:] != np.shape(right):
        return False
    if np.ndim(said) != np.ndim(right) + 1:
        return False
    total = np.sum(np.asarray(said, np.float64), axis=0)
    return bool(np.allclose(total, np.asarray(right, np.float64), rtol=1e-6))


FAULTS = (
    Slip(
        "way-elsewhere", "the chain rule goes over a node that is not on the way",
        "the chain rule goes over {node}, which is not on the way from {wrt} to {of}",
        "Follow the edges of the graph from {wrt} to {of}: over which nodes do they go?",
        "chain rule: P^j = Σ P^i J^{j→i} over the edges (j, i)", 4.0, _elsewhere,
    ),
    Slip(
        "sum-missing", "the sum over the batch is missing",
        "what each of {m} samples gives is not added up",
        "Has this the shape of what it is the derivative in?",
        "∂J/∂w = Σ over the samples", 4.0, _not_summed,
    ),
)  # fmt: skip
"""Slips in the chain rule as it is written."""
