"""Inputs whose rows are probabilities: declared so, or the targets of a cross-entropy.

softmax(z) − y is the derivative of a cross-entropy only where the rows of y sum to 1. That the
entries of some other input happen to is no reason to take Σx for 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import numpy as np

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions import NAMED, Function
from graphdiff.language.functions.arithmetic import mul, neg
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.local_functions.local_function import Formal, Instruction, LocalFunction

LOGARITHMS = ("log", "log_softmax")


def distributions(graph: ComputationalGraph, given: Mapping[str, Any]) -> list[str]:
    """Return the inputs whose rows are probabilities.

    A target of a cross-entropy counts if it has no values, or rows that are: none below 0, with
    the sum 1.
    """
    return [
        leaf.name
        for leaf in graph.inputs
        if leaf.shape
        and leaf.shape[-1] != 1
        and (
            leaf.facts.sums_to_one
            or (_weighs_logarithms(graph, leaf) and _is_distribution(given.get(leaf.name)))
        )
    ]


def in_numbers(graph: ComputationalGraph, given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the inputs that are single probabilities of one distribution: y1 and y2.

    They are the targets of a cross-entropy, as rows are, that are numbers and no arrays; together
    they have no values, or none below 0 and the sum 1.
    """
    found = [
        leaf.name for leaf in graph.inputs if not leaf.shape and _weighs_logarithms(graph, leaf)
    ]
    values = [given[name] for name in found if name in given]
    are_given = len(values) == len(found)
    fits = _is_distribution(np.array(values, object)) if are_given else not values
    return tuple(found) if len(found) > 1 and fits else ()


def made_one(leaves: Mapping[str, Any], names: Collection[str]) -> Mapping[str, Any]:
    """Return values of leaves of which some are probabilities of one distribution."""
    weights = {name: abs(leaves[name]) + 1 for name in names}
    total = sum(weights.values())
    return {**leaves, **{name: weight / total for name, weight in weights.items()}}


def _is_distribution(value: Any) -> bool:
    if not isinstance(value, np.ndarray):
        return value is None
    rows = value.astype(np.float64)
    return bool(np.all(rows >= 0) and np.allclose(rows.sum(axis=-1), 1, rtol=1e-9))


def _weighs_logarithms(graph: ComputationalGraph, leaf: Node) -> bool:
    """Whether all that is made of a leaf are products with logarithms: Σ y log p.

    The targets of a binary cross-entropy are also in 1 − y, and are none.
    """
    children = {edge.child for edge in graph.children(leaf)}
    return bool(children) and all(
        _only_weighs(child.function, slot, child.parents)
        for child in children
        if child.function is not None
        for slot, parent in enumerate(child.parents)
        if parent is leaf
    )


def _only_weighs(function: LocalFunction, slot: int, parents: tuple[Node, ...]) -> bool:
    """Whether every use of an argument is as a factor of a logarithm."""
    program = function.program
    same = {k for k, line in enumerate(program) if line == Formal(slot)}
    uses: list[bool] = []
    for k, line in enumerate(program):
        if not isinstance(line, Instruction) or not same.intersection(line.lines):
            continue
        if line.function is neg:
            same.add(k)
            continue
        uses += _uses(function, line, same, parents)
    return bool(uses) and all(uses)


def _uses(
    function: LocalFunction, line: Instruction, same: set[int], parents: tuple[Node, ...]
) -> Iterator[bool]:
    match line.function:
        case Function() as of if of is NAMED["xlogy"]:
            yield line.lines[0] in same and line.lines[1] not in same
        case Composite() as composite:
            shapes = tuple(function.line_shapes[k] for k in line.lines)
            formals = tuple(map(Formal, range(len(shapes))))
            whole = LocalFunction(
                (*formals, Instruction(composite, tuple(range(len(shapes))))), len(shapes), shapes
            )
            for slot, place in enumerate(line.lines):
                if place in same:
                    yield _only_weighs(whole.opened, slot, ())
        case Function() | Einsum() | MatMul() if line.function is mul or not isinstance(
            line.function, Function
        ):
            others = [place for place in line.lines if place not in same]
            yield len(others) > 0 and all(_is_logarithm(function, k, parents) for k in others)
        case _:
            yield False


def _is_logarithm(function: LocalFunction, place: int, parents: tuple[Node, ...]) -> bool:
    line = function.program[place]
    if isinstance(line, Formal) and line.slot < len(parents):
        made = parents[line.slot].function
        return made is not None and _is_logarithm(
            made, len(made.program) - 1, parents[line.slot].parents
        )
    return isinstance(line, Instruction) and line.function.name in LOGARITHMS
