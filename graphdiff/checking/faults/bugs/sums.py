"""Sums within arrays: over the samples of a batch, over the units of a layer, over entries.

One of their terms is left out, or has the wrong sign; or it is the only one that is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Derivation
from graphdiff.checking.faults.operations import Operation, Use
from graphdiff.checking.faults.scene import Scene, bracketed
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.movement import Broadcast, Reshape, Transpose
from graphdiff.language.functions.reductions import Mean, Sum

Array = Any
Changed = Callable[[Array, int, int], Array]
"""Takes an array, an axis of it and a place there, and returns the array with that changed."""

MOST = 16
"""Terms of a sum that are looked at one by one."""


def _chosen(array: Array, axis: int, k: int) -> tuple[slice | int, ...]:
    return (*(slice(None) for _ in range(axis % array.ndim)), k)


def only(array: Array, axis: int, k: int) -> Array:
    """Return an array with zeros in all other places of an axis."""
    found = np.zeros_like(array)
    found[_chosen(array, axis, k)] = array[_chosen(array, axis, k)]
    return found


def without(array: Array, axis: int, k: int) -> Array:
    """Return an array with zeros in one place of an axis."""
    found = np.array(array)
    found[_chosen(array, axis, k)] = 0
    return found


def turned(array: Array, axis: int, k: int) -> Array:
    """Return an array with the other sign in one place of an axis."""
    found = np.array(array)
    found[_chosen(array, axis, k)] *= -1
    return found


class Added(NamedTuple):
    """A sum that is made in going back through a use of a value.

    Attributes
    ----------
    axis
        The axis of the operation's value along which it is, counted from the end.
    many
        The number of its terms.
    is_batch
        Whether the terms are those of samples, else of units.
    """

    use: Use
    axis: int
    many: int
    is_batch: bool

    def changed(self, k: int, change: Changed) -> Alteration:
        """Return that one term of the sum is changed."""
        use, axis = self.use, self.axis
        return Alteration({use: lambda at, P: at.through(use, change(P, axis, k))})


def added(scene: Scene) -> Iterator[Added]:
    """Yield the sums in the products of matrices that go back, and where a value is spread."""
    for use in scene.uses:
        by, used, other = scene.by(use), scene.used(use), scene.beside(use)
        if isinstance(by.declared, MatMul) and other is not None:
            if len(other.shape) == 2 and by.shape:
                axis = -len(by.shape) if use.slot == 1 else -1
                yield Added(use, axis, by.shape[axis], not _is_weight(scene, other))
        elif by.is_map and by.shape and used.shape == by.shape[1:] and used.number is None:
            yield Added(use, -len(by.shape), by.shape[0], is_batch=True)


def _is_weight(scene: Scene, operation: Operation) -> bool:
    """Whether an operation is a parameter, or one with its entries elsewhere."""
    while isinstance(operation.declared, Transpose | Reshape | Broadcast):
        operation = scene.operations[operation.arguments[0]]
    return operation.node is not None and operation.node.kind == "parameter"


def _samples(scene: Scene, change: Changed) -> Iterator[Made]:
    """Change what one sample gives, where all are to be added up."""
    for one in added(scene):
        for row in range(one.many) if one.is_batch and 1 < one.many <= MOST else ():
            words = {**scene.words(one.use), "row": str(row + 1)}
            likely = 1.0 if row in (0, one.many - 1) else 0.4
            yield Made(one.changed(row, change), words, scene.where(one.use), likely)


def of_units(scene: Scene, change: Changed) -> Iterator[Made]:
    """Change what comes through one unit of a layer, where it comes through all."""
    for one in added(scene):
        for k in range(one.many) if not one.is_batch and 1 < one.many <= MOST else ():
            words = scene.words(one.use)
            layer = bracketed(words["i"])
            unit = f"{layer}[{k}]" if len(scene.by(one.use).shape) == 1 else f"{layer}[:, {k}]"
            yield Made(one.changed(k, change), {**words, "i": unit, "through": unit},
                       scene.where(one.use))  # fmt: skip


def of_values(scene: Scene, change: Changed) -> Iterator[Made]:
    """Change one term of a sum that a value is computed by."""
    for operation in scene.evaluated:
        declared = operation.declared
        if operation.owner is not scene.target.of:
            continue
        if isinstance(declared, MatMul):
            first, second = (scene.operations[k] for k in operation.arguments)
            slot, axis, many = 0, -1, first.shape[-1]
            left = bracketed(first.text) + ("[:, {k}]" if len(first.shape) > 1 else "[{k}]")
            right = f"{bracketed(second.text)}[{{k}}]"
            is_outer = len(first.shape) == len(second.shape) == 2
            term = f"outer({left}, {right})" if is_outer else f"{left}*{right}"
        elif isinstance(declared, Sum | Mean):
            (first,) = (scene.operations[k] for k in operation.arguments)
            if not first.shape or operation.shape:
                continue
            slot, axis, many = 0, -len(first.shape), first.shape[0]
            term = f"{bracketed(first.text)}[{{k}}]"
        else:
            continue
        for k in range(many) if 1 < many <= MOST else ():
            place = operation.arguments[slot]
            again = ways.again(operation, slot, _entry_changed(place, axis, k, change))
            words = {"j": term.replace("{k}", str(k)), "i": operation.text, "part": "term"}
            yield Made(Alteration(values={operation.place: again}), words, operation.text)


def _entry_changed(place: int, axis: int, k: int, change: Changed) -> Callable[[Derivation], Array]:
    return lambda at: change(at.values[place], axis, k)


BUGS = (
    Bug(
        "one-sample", "only one row of a batch is counted",
        "only row {row} is counted, where all rows of the batch are to be added up for {j}",
        "{j} is used for every row of the batch: what happens to their parts?",
        "∂L/∂b = Σ over the batch", 2, lambda scene: _samples(scene, only),
    ),
    Bug(
        "sample-left-out", "one row of a batch is left out",
        "row {row} is left out, where all rows of the batch are to be added up for {j}",
        "Count the terms: {j} is used for every row of the batch.",
        "∂L/∂b = Σ over the batch", 1.5, lambda scene: _samples(scene, without),
    ),
    Bug(
        "sign-of-sample", "the sign of one row of a batch is turned round",
        "the part of row {row} has the wrong sign in the sum over the batch for {j}",
        "Write what each row of the batch gives for {j} for itself, with its sign.",
        "∂L/∂b = Σ over the batch", 2.5, lambda scene: _samples(scene, turned),
    ),
)  # fmt: skip
"""Mistakes about the samples of a batch."""
