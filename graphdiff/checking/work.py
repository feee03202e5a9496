"""How much there is to compute at a point, and so in which numbers and at how many points."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from graphdiff.checking.claim_records import ClaimedSide, Side
from graphdiff.checking.targets import Target
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.local_functions.local_function import Instruction, LocalFunction


def has_tensors(graph: ComputationalGraph) -> bool:
    """Whether a node has axes, or is computed by way of one that has."""
    return any(
        node.shape or (node.function is not None and not node.function.is_scalar)
        for node in graph.nodes
    )


def is_quick_in_fractions(graph: ComputationalGraph) -> bool:
    """Whether no matrix is inverted that is large, whose fractions would grow long."""
    return not any(
        isinstance(line, Instruction)
        and isinstance(line.function, TensorFunction)
        and line.function.inverts
        and node.function.line_shapes[line.lines[0]][0] > INVERTED
        for node in graph.nodes
        if node.function
        for line in node.function.program
    )


INVERTED = 5
"""Rows of a matrix that is inverted in fractions."""


class Work(NamedTuple):
    """How much there is to compute at a point: in float64 or not, and at how many points."""

    rough: bool
    points: int
    heavy: bool = False
    """Whether one point with many digits takes long enough to use it sparingly."""


FINE = 30_000
"""Operations at one point that many digits are carried for."""

QUICK = 25_000
"""Operations at all points together that many digits are carried for, if four points allow."""

LIGHT = 1_000
"""Operations at one point from which on what needs few digits is computed in float64."""

KEPT = 2_000_000
"""Entries of the values at all points of a kind together."""

MOST = 5_000_000
"""Entries of the values at one point; of more, only the given one is computed."""


def work(graph: ComputationalGraph, targets: Sequence[Target], sides: Sequence[Side]) -> Work:
    """Return how to compute, by the operations that values, derivatives and claims take."""
    claimed = max(
        (operations(side.function) for side in sides if isinstance(side, ClaimedSide)), default=0
    )
    if not has_tensors(graph) and claimed <= FINE:
        return Work(rough=False, points=QUICK)
    own = {node.name: _operations(node) for node in graph.nodes}
    rows, most = {1}, 0
    for target in targets:
        if target.kind == "J":
            most = max(most, target.of.size * own[target.of.name])
        elif target.by is not None and target.wrt is not None:
            rows.add(target.wrt.size)
        elif target.is_derivative:
            rows.add(target.of.size)
    total = max(rows) * sum(own.values()) + most + claimed
    kept = max(max(rows) * sum(node.size for node in graph.nodes), claimed // 10)
    if total <= FINE:
        return Work(rough=False, points=max(4, QUICK // max(1, total)), heavy=total > LIGHT)
    return Work(rough=True, points=0 if kept > MOST else max(3, KEPT // kept))


def _operations(node: Node) -> int:
    return 1 if node.function is None else operations(node.function)


def operations(function: LocalFunction) -> int:
    """Return about how many numbers a function computes: entries, and products in sums."""
    if function.is_scalar and not any(function.line_shapes):
        return 1
    function, total = function.lowered, 0
    for line, shape in zip(function.program, function.line_shapes, strict=True):
        total += math.prod(shape)
        if isinstance(line, Instruction) and isinstance(line.function, TensorFunction):
            total += line.function.operations(*(function.line_shapes[k] for k in line.lines))
    return total
