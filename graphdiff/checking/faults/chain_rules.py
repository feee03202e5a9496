"""Slips in writing down the chain rule: over a node that is not on the way, without the sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.faults.declaration import Attempt, Fault, Slip, WrongLine
from graphdiff.checking.faults.derivation import Derivation
from graphdiff.checking.faults.formulas import formula_of
from graphdiff.checking.faults.operations import Operation, operations
from graphdiff.checking.faults.scene import bracketed
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Reference, Target, written
from graphdiff.graph import Node
from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.arithmetic import mul
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.shapes import Shape, entries

MOST_ENTRIES = 64
"""Entries of an array that one may have been taken of."""

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
    if target.wrt is None:
        return
    points = [line.ground.here] if link.is_numeric else list(islice(line.ground.generic, SAMPLED))
    pairs = [(point.of(link), point.at(target)) for point in points]
    many = entries(link.shape) if link.is_numeric else 1
    units = [known.unit or 0 for known in line.numbers.known_to(link, many)]
    allowed = many * float(max(units)) if link.is_numeric else 0.0
    if pairs and all(_is_sum(said, right, allowed) for said, right in pairs):
        many = len(np.atleast_1d(np.asarray(pairs[0][0])))

        def value(point: Point) -> Any | None:
            return point.of(link)

        yield Attempt(fault, value, {"m": str(many)})


def _is_sum(said: Any, right: Any, allowed: float) -> bool:
    """Whether a number, or an array, is the sum of several along their first axis."""
    if said is None or right is None or np.shape(said)[1:] != np.shape(right):
        return False
    if np.ndim(said) != np.ndim(right) + 1:
        return False
    total = np.sum(np.asarray(said, np.float64), axis=0)
    return bool(np.allclose(total, np.asarray(right, np.float64), 1e-6, allowed))


@dataclass(frozen=True)
class _Way:
    """What comes in on the way from a number to what it is derived in.

    It is there for claims of another number of entries only: else a bug takes what comes in
    elsewhere.
    """

    target: Target
    _derivations: dict[int, tuple[Point, Derivation]] = field(default_factory=dict[int, Any])

    def P(self, place: int, point: Point) -> np.ndarray:
        """Return what comes in at an operation."""
        if id(point) not in self._derivations:
            self._derivations[id(point)] = point, Derivation([point])
        _, at = self._derivations[id(point)]
        found = at.P(at.operations.of_node[self.target.of.name], place)
        return np.array(np.nan) if found is None else found[0, 0]

    def summed(self, place: int, axis: int, point: Point) -> np.ndarray:
        """Return what comes in at an operation, added up along an axis."""
        return self.P(place, point).sum(axis=axis)

    def between(self, line: WrongLine) -> Iterator[Operation]:
        """Yield the operations on the way."""
        target, wrt = self.target, self.target.wrt
        is_gradient = target.kind in ("P", "derivative") and target.key is None and not target.step
        if not is_gradient or wrt is None or target.of.size > 1:
            return
        if entries(line.link.shape) == entries(target.shape):
            return
        own = operations(target.of.graph)
        ends = own.of_node[wrt.name], own.of_node[target.of.name]
        yield from (own[place] for place in own.between(*ends).places if place not in ends)


def _received(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield what comes in on the way, where a claim has the shape of that, not that asked for."""
    way = _Way(line.target)
    for operation in way.between(line):
        if operation.shape == line.link.shape:
            i = bracketed(operation.text)
            words = {"L": line.target.of.name, "i": i, "j": _wrt(line)}
            yield Attempt(fault, partial(way.P, operation.place), words, f"d{words['L']}/d{i}")


def _along_other_axes(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield what comes in on the way summed along an axis, where that has the claim's shape."""
    way = _Way(line.target)
    for operation in way.between(line):
        shape = operation.shape
        for axis in range(len(shape)) if len(shape) > 1 else ():
            if (*shape[:axis], *shape[axis + 1 :]) == line.link.shape:
                value = partial(way.summed, operation.place, axis)
                words = {"i": operation.text, "j": _wrt(line)}
                yield Attempt(fault, value, words, operation.text)


def _one_entry(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield one entry or row of what is asked for, alone or in the place of all of them."""
    target, claimed = line.target, line.link.shape
    if target.key is not None or not target.shape or target.kind == "expression":
        return
    leading = target.shape[: len(target.shape) - len(claimed)]
    if claimed == target.shape:
        leading = target.shape[:1]
    elif not leading or target.shape[len(leading) :] != claimed:
        return
    for key in islice(np.ndindex(*leading), MOST_ENTRIES):
        entry = _written(target, key)
        given = f"{entry} is put in for all" if claimed == target.shape else f"{entry} is given"
        words = {"given": given, "whole": written(target), "shape": str(target.shape)}
        yield Attempt(fault, partial(_entry_of, target, key, claimed), words, entry)


def _written(target: Target, key: tuple[int, ...]) -> str:
    return f"{written(target)}[{', '.join(map(str, key))}]"


def _entry_of(target: Target, key: tuple[int, ...], shape: Shape, point: Point) -> Any | None:
    whole = point.at(target)
    return None if whole is None else np.broadcast_to(np.asarray(whole)[key], shape)


def _whole(fault: Fault, line: WrongLine) -> Iterator[Attempt]:
    """Yield all entries where one is asked for."""
    whole = replace(line.target, key=None)
    if line.target.key is not None and line.link.shape == whole.shape != ():
        words = {"entry": written(line.target), "whole": written(whole)}
        yield Attempt(fault, lambda point: point.at(whole), words, words["whole"])


def _wrt(line: WrongLine) -> str:
    return "" if line.target.wrt is None else line.target.wrt.name


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
    Slip(
        "derivative-elsewhere", "the derivative is taken in something else on the way",
        "this is ∂{L}/∂{i}, not yet the derivative in {j}",
        "has this the shape of {j}? Which step of the chain rule is left?",
        "the gradient has the shape of what it is the derivative in", 3.0, _received,
    ),
    Slip(
        "other-axis", "it is added up along another axis",
        "what comes in at {i} is added up along another axis than that of {j}",
        "which axis has {j} not? Along that one it is added up",
        "∂J/∂b = Σ over the axes that b has not", 3.0, _along_other_axes,
    ),
    Slip(
        "one-entry", "one entry is taken for the whole array",
        "{whole} has shape {shape}, and only {given}",
        "How many numbers are asked for, and what is each of them?",
        "the gradient has the shape of what it is the derivative in", 3.0, _one_entry,
    ),
    Slip(
        "whole-array", "the whole array is given for one entry",
        "{entry} is one number, and all entries of {whole} are given",
        "How many numbers are asked for?",
        "∂L/∂x_i is one entry of ∂L/∂x", 3.0, _whole,
    ),
)  # fmt: skip
"""Slips in the chain rule as it is written."""
