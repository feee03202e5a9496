"""Values: a part of a formula left out, an operation taken for another one."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from graphdiff.checking.faults.bugs import sums, ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.operations import COMMON
from graphdiff.checking.faults.scene import Scene, bracketed
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, pow, sub

_KINDS = {add: "sum", sub: "difference", mul: "product", div: "quotient"}
_TAKEN = {add: mul, mul: add, div: mul}
"""What an operation is called, and which one is taken for it."""


def _part_left_out(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        if operation.declared not in (add, sub, mul, div):
            continue
        for slot, place in enumerate(operation.arguments):
            left, out = scene.operations[operation.arguments[1 - slot]], scene.operations[place]
            if left.shape != operation.shape or (slot == 0 and operation.declared in (sub, div)):
                continue
            part = {add: "term", sub: "term", div: "divisor"}.get(operation.declared, "factor")
            words = {"part": part, "j": out.text, "i": operation.text}
            yield Made(Alteration(values={operation.place: ways.value(left.place)}), words,
                       operation.text, scene.nearness(operation))  # fmt: skip


def _not_applied(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        is_power = operation.declared is pow
        if not (operation.is_activation or is_power):
            continue
        used = scene.operations[operation.arguments[0]]
        if used.shape != operation.shape:
            continue
        words = {"i": operation.text, "j": used.text}
        yield Made(Alteration(values={operation.place: ways.value(used.place)}), words,
                   operation.text, scene.nearness(operation),
                   is_natural=operation.node is not None)  # fmt: skip


def _another_operation(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        declared = operation.declared
        if not isinstance(declared, Function) or declared not in _TAKEN:
            continue
        taken = _TAKEN[declared]
        compute, (a, b) = FLOAT64.apply(taken), operation.arguments
        values = {operation.place: lambda at, a=a, b=b, f=compute: f(at.values[a], at.values[b])}
        words = {"i": operation.text, "right": _KINDS[declared], "taken": _KINDS[taken]}
        yield Made(Alteration(values=values), words, operation.text, scene.nearness(operation))


def _another_function(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        declared = operation.declared
        if not operation.is_activation or declared not in COMMON:
            continue
        k = operation.arguments[0]
        for other in COMMON:
            if other is declared:
                continue
            compute = FLOAT64.apply(other)
            values = {operation.place: lambda at, k=k, f=compute: np.asarray(f(at.values[k]))}
            words = {"i": operation.text, "other": other.name, "function": declared.name,
                     "j": scene.operations[k].text}  # fmt: skip
            yield Made(Alteration(values=values), words, operation.text, scene.nearness(operation))


def _power_as_product(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        if operation.declared is not pow:
            continue
        base, exponent = operation.arguments
        if scene.operations[exponent].number is None:
            continue
        values = {operation.place: lambda at, a=base, b=exponent: at.values[a] * at.values[b]}
        words = {"i": operation.text, "base": bracketed(scene.operations[base].text),
                 "n": scene.operations[exponent].text}  # fmt: skip
        yield Made(Alteration(values=values), words, operation.text, scene.nearness(operation))


BUGS = (
    Bug(
        "part-left-out", "a term or a factor is left out of a value",
        "the {part} {j} of {i} is left out",
        "Go through the formula of {i} part by part.",
        "the formula of the node", 2,
        lambda scene: itertools.chain(
            _part_left_out(scene), sums.of_values(scene, sums.without)
        ),
    ),
    Bug(
        "not-applied", "a function or a power is not applied",
        "the last operation of {i} is not applied: {j} is given",
        "What is done to {j} in the end?",
        "the formula of the node", 1.5, _not_applied,
    ),
    Bug(
        "other-operation", "a node is computed by another operation",
        "a {taken} is computed where {i} is a {right}",
        "Which operation stands in {i}?",
        "the formula of the node", 1.2, _another_operation,
    ),
    Bug(
        "other-function", "another function is applied",
        "{other} is applied to {j} in place of {function}",
        "Which function is applied to {j} in the graph?",
        "the formula of the node", 0.6, _another_function,
    ),
    Bug(
        "power-as-product", "a power is computed as a product",
        "{base}·{n} is computed in place of {i}",
        "What does the exponent {n} mean?",
        "xⁿ is x·x·…, n factors", 1, _power_as_product,
    ),
)  # fmt: skip
