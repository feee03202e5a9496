"""Operands: a value of another node, another index, another example taken."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Through
from graphdiff.checking.faults.operations import Operation, Use
from graphdiff.checking.faults.scene import Scene
from graphdiff.language.functions.arithmetic import add, neg, sub

_LINEAR = (add, sub, neg)
"""Functions whose derivative has no value in it."""


def _wrong(scene: Scene) -> Iterator[Made]:
    yield from _in_derivatives(scene)
    yield from _in_values(scene)
    yield from _everywhere(scene)
    yield from _in_steps(scene)


def _in_steps(scene: Scene) -> Iterator[Made]:
    """Begin the step of a parameter at another one."""
    if not scene.is_step or scene.target.key is not None:
        return
    own = scene.operations[scene.operations.of_node[scene.target.of.name]]
    for other, nearness in scene.nodes_like(own):
        if other.node is not None and other.node.kind == "parameter":
            begun = Alteration(
                end=lambda at, found, one=own.place, two=other.place: (
                    found + (at.values[two] - at.values[one])[:, 0]
                )
            )
            words = {"right": own.text, "other": other.text, "i": own.text,
                     "within": "the step of "}  # fmt: skip
            yield Made(begun, words, own.text, nearness)


def _in_derivatives(scene: Scene) -> Iterator[Made]:
    for use in reversed(scene.uses):  # those next to what is derived in first
        by = scene.by(use)
        if by.declared in _LINEAR or by.function is None:
            continue
        for slot, place in enumerate(by.arguments):
            operand = scene.operations[place]
            if operand.number is not None or (slot == use.slot and not _is_seen(scene, use)):
                continue
            yield from _replaced(scene, use, slot, operand)


def _is_seen(scene: Scene, use: Use) -> bool:
    """Whether a derivative depends on the argument it is taken in."""
    return scene.by(use).is_map and not scene.is_product(use)


def _replaced(scene: Scene, use: Use, slot: int, operand: Operation) -> Iterator[Made]:
    where = scene.where(use)
    if operand.node is not None:
        for other, nearness in scene.nodes_like(operand):
            taken = ways.with_argument(use, slot, ways.value(other.place))
            words = {"right": operand.text, "other": other.text, "i": scene.by(use).text,
                     "within": "the derivative of "}  # fmt: skip
            yield Made(Alteration({use: taken}), words, where, nearness)
        return
    for inner, k in enumerate(operand.arguments):  # t of (t − a) within a formula
        part = scene.operations[k]
        if part.node is None:
            continue
        for other, nearness in scene.nodes_like(part):
            again = ways.again(operand, inner, ways.value(other.place))
            taken = ways.with_argument(use, slot, again)
            words = {"right": part.text, "other": other.text, "i": operand.text, "within": ""}
            yield Made(Alteration({use: taken}), words, operand.text, 0.7 * nearness)


def _everywhere(scene: Scene) -> Iterator[Made]:
    """Take another node in all places where one stands in a formula, or in its derivative."""
    of_derivatives = [scene.by(use).owner for use in reversed(scene.uses)]
    of_values = [operation.owner for operation in scene.evaluated]
    for owner in dict.fromkeys((*of_derivatives, *of_values)):
        if owner is None:
            continue
        own = [operation for operation in scene.operations if operation.owner is owner]
        for operand in owner.parents:
            place = scene.operations.of_node[operand.name]
            slots = [
                (operation, slot)
                for operation in own
                for slot, argument in enumerate(operation.arguments)
                if argument == place and operation.function is not None
            ]
            if len(slots) < 2 or len({operation.place for operation, _ in slots}) < len(slots):
                continue
            for other, nearness in scene.nodes_like(scene.operations[place]):
                taken = ways.value(other.place)
                values = {op.place: ways.again(op, slot, taken) for op, slot in slots}
                uses = dict[Use, Through]()
                if owner not in of_values:  # its value is right, its derivative is not
                    values[own[-1].place] = ways.value(own[-1].place)
                    uses = {
                        use: ways.with_argument(use, slot, taken)
                        for operation, slot in slots
                        for use in scene.uses
                        if use.by == operation.place
                    }
                words = {"right": operand.name, "other": other.text, "i": owner.name, "within": ""}
                yield Made(Alteration(uses, values=values), words, owner.name, nearness)


def _in_values(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        for slot, place in enumerate(operation.arguments):
            operand = scene.operations[place]
            if operand.node is None or operation.function is None:
                continue
            for other, nearness in scene.nodes_like(operand):
                is_own = other.node is operation.owner  # which is not computed yet
                if other.place >= operation.place and other.node is not None and not is_own:
                    continue
                again = ways.again(operation, slot, ways.value(other.place))
                words = {"right": operand.text, "other": other.text, "i": operation.text,
                         "within": ""}  # fmt: skip
                yield Made(Alteration(values={operation.place: again}), words, operation.text,
                           nearness * scene.nearness(operation), is_natural=not is_own)  # fmt: skip


BUGS = (
    Bug(
        "operand", "a value of another node is taken",
        "{other} is taken in place of {right} in {within}{i}",
        "Compare the names and indices in your line with those in the graph, one by one.",
        "each edge has its own value", 5, _wrong,
    ),
)  # fmt: skip
