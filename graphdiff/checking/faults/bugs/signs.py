"""Signs: turned, left out, of a difference, of an argument."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from graphdiff.checking.faults.bugs import sums, ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration
from graphdiff.checking.faults.formulas import shown
from graphdiff.checking.faults.operations import Operation, Use
from graphdiff.checking.faults.scene import OUTPUTS, Scene, bracketed, name_of
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, neg, sub


def _turned(scene: Scene) -> Iterator[Made]:
    is_value = scene.target.kind == "value" and not scene.target.step
    look = "Put the numbers in with their signs" if is_value else (
        "Count the minus signs that the factors bring"
    )  # fmt: skip
    yield Made(Alteration(end=lambda _, found: -found), {"look": look},
               is_natural=not scene.evaluated or _has_signs(scene))  # fmt: skip


def _has_signs(scene: Scene) -> bool:
    """Whether there is a minus in what a value is computed by, or a negative number."""
    own = [each for each in scene.evaluated if each.owner is scene.target.of]
    used = {place for each in own for place in each.arguments}
    return any(each.declared in (sub, neg) for each in own) or any(
        bool((scene.derivation.values[place] < 0).any()) for place in used
    )


def _of_a_path(scene: Scene) -> Iterator[Made]:
    for way in scene.ways:
        for uses in way.uses.values():
            for use in uses if len(uses) > 1 else ():
                yield Made(Alteration({use: ways.negated(use)}), scene.words(use), scene.where(use))


def _minus_missing(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        words = scene.words(use)
        if scene.is_by(use, neg):
            is_sum = " + " in words["j"] or " - " in words["j"]
            minus = f"the minus sign before {bracketed(words['j']) if is_sum else words['j']}"
        elif scene.is_by(use, sub) and use.slot == 1:
            minus = f"the inner derivative −1 of {words['i']} in {words['j']}"
        else:
            continue
        left_out = Alteration({use: ways.negated(use)})
        yield Made(left_out, {**words, "minus": minus}, scene.where(use))


def _difference_turned(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        for slot, place in enumerate(scene.by(use).arguments):
            difference = scene.operations[place]
            if difference.declared is sub and not scene.is_by(use, add, sub, neg):
                turned = ways.with_argument(use, slot, lambda at, k=place: -at.values[k])
                words = _turned_words(scene, difference)
                yield Made(Alteration({use: turned}), words, difference.text,
                           seen=words["turned"])  # fmt: skip
    for difference in scene.evaluated:
        if difference.declared is sub:
            compute = ways.again(difference)
            turned = {difference.place: lambda at, compute=compute: -compute(at)}
            words = _turned_words(scene, difference)
            yield Made(Alteration(values=turned), words, difference.text,
                       scene.nearness(difference), words["turned"])  # fmt: skip


def _turned_words(scene: Scene, difference: Operation) -> dict[str, str]:
    first, second = (scene.operations[k].named for k in difference.arguments)
    return {"right": shown(first - second), "turned": shown(second - first)}


def _delta_turned(scene: Scene) -> Iterator[Made]:
    """Take y − p for what comes in at z, which is p − y for a cross-entropy of p = softmax(z)."""
    for way in scene.ways if scene.has_logarithm else ():
        for place in way.places:
            z = scene.operations[place]
            P = scene.derivation.P(way.of, place)
            if P is None or place == way.of or P.shape[1] != 1:
                continue
            for p, y in _outputs_and_targets(scene, z):
                if _is_multiple(P[:, 0], scene.derivation.values[p.place][:, 0]
                                - scene.derivation.values[y.place][:, 0]):  # fmt: skip
                    turned = Alteration(received={place: lambda _, P: -P})
                    words = {"right": f"{p.text} - {y.text}", "turned": f"{y.text} - {p.text}"}
                    yield Made(turned, words, z.text, seen=words["turned"])


def _outputs_and_targets(scene: Scene, z: Operation) -> Iterator[tuple[Operation, Operation]]:
    """Yield outputs p = f(z) with leaves of the same shape, of which no difference is in the graph.

    Where it is, as in a squared error, it is turned round there.
    """
    differences = {frozenset(each.arguments) for each in scene.operations if each.declared is sub}
    for by, _ in scene.operations.uses[z.place]:
        p = scene.operations[by]
        if name_of(p) not in OUTPUTS:
            continue
        for y in scene.operations:
            is_leaf = y.node is not None and y.node.is_leaf and y.shape == p.shape
            is_target = is_leaf and z.place not in scene.operations.after(y.place)
            if is_target and frozenset((p.place, y.place)) not in differences:
                yield p, y


def _is_multiple(found: np.ndarray, of: np.ndarray) -> bool:
    """Whether an array is a number times another one, the same number at all settings."""
    size = float((of * of).sum())
    if not np.isfinite(found).all() or not np.isfinite(size) or size == 0:
        return False
    number = float((found * of).sum()) / size
    return bool(np.allclose(found, number * of, 1e-7, 1e-12)) and number != 0


def _argument_turned(scene: Scene) -> Iterator[Made]:
    for use in scene.uses:
        if scene.by(use).is_activation and _is_defined_below_zero(scene.by(use)):
            place = scene.by(use).arguments[0]
            turned = ways.with_argument(use, 0, lambda at, k=place: -at.values[k])
            yield Made(Alteration({use: turned}), _inner(scene, use), scene.where(use))
    for operation in scene.evaluated:
        if operation.is_activation and _is_defined_below_zero(operation):
            k = operation.arguments[0]
            turned = ways.again(operation, 0, lambda at, k=k: -at.values[k])
            words = _inner(scene, Use(operation.place, 0))
            yield Made(Alteration(values={operation.place: turned}), words, operation.text,
                       scene.nearness(operation))  # fmt: skip


def _inner(scene: Scene, use: Use) -> dict[str, str]:
    """Return the words for a use, with the argument as it stands behind a minus."""
    return {**scene.words(use), "inner": bracketed(scene.used(use).text)}


def _is_defined_below_zero(operation: Operation) -> bool:
    """Whether a function has values on both sides of 0: log(−z) is no slip for log(z)."""
    declared = operation.declared
    if not isinstance(declared, Function):
        return True
    with np.errstate(all="ignore"):
        return bool(np.isfinite(FLOAT64.apply(declared)(np.float64(-0.5))))


def _sign_of_a_term(scene: Scene) -> Iterator[Made]:
    for operation in scene.evaluated:
        if operation.declared in (add, sub):
            for slot, k in enumerate(operation.arguments):
                if operation.declared is sub and slot == 0:
                    continue
                turned = ways.again(operation, slot, lambda at, k=k: -at.values[k])
                words = {"j": scene.operations[k].text, "i": operation.text}
                yield Made(Alteration(values={operation.place: turned}), words, operation.text,
                           scene.nearness(operation))  # fmt: skip
        elif operation.declared is neg:
            turned = ways.value(operation.arguments[0])
            words = {"j": scene.operations[operation.arguments[0]].text, "i": operation.text}
            yield Made(Alteration(values={operation.place: turned}), words, operation.text,
                       scene.nearness(operation))  # fmt: skip


def _absolute(_: Scene) -> Iterator[Made]:
    yield Made(Alteration(end=lambda _, found: np.abs(found)))


BUGS = (
    Bug(
        "sign", "the sign of the result is turned round",
        "the sign is turned round",
        "{look}, one by one.",
        "sign rule: (−a)·b = −(a·b)", 8, _turned, vague=True,
    ),
    Bug(
        "sign-of-path", "the sign of one path is turned round",
        "the part that comes through {i} has the wrong sign",
        "Write what comes through {i} for itself, with its sign, before adding it up.",
        "multivariable chain rule: P^j = Σ P^i J^{j→i}", 3,
        lambda scene: itertools.chain(_of_a_path(scene), sums.of_units(scene, sums.turned)),
    ),
    Bug(
        "minus-missing", "the inner derivative −1, or a minus sign, is left out",
        "{minus} is left out",
        "What is the derivative of {i} in {j}? Mind its sign.",
        "chain rule: the derivative of a − b in b is −1", 6, _minus_missing,
    ),
    Bug(
        "difference-turned", "a difference is taken the other way round",
        "{turned} is taken in place of {right}",
        "Look which one is taken from which in the graph.",
        "a − b = −(b − a)", 5, _difference_turned,
    ),
    Bug(
        "delta-turned", "output minus target is taken the other way round",
        "the sign is turned round: {turned} is taken in place of {right}",
        "Which one is taken from which, the target from the output or the reverse?",
        "cross-entropy of softmax or σ: ∂L/∂z = p − y", 6, _delta_turned, over=("minus-missing",),
    ),
    Bug(
        "argument-sign", "the sign of the argument of a function is turned round",
        "{function} is taken at −{inner} in place of {j}",
        "Look at the sign of what goes into {function}.",
        "f(−z) is not f(z)", 3, _argument_turned,
    ),
    Bug(
        "sign-of-term", "the sign of one term is turned round",
        "the term {j} in {i} has the wrong sign",
        "Go through the terms of {i} one by one, with their signs.",
        "a + b and a − b", 3,
        lambda scene: itertools.chain(_sign_of_a_term(scene), sums.of_values(scene, sums.turned)),
    ),
    Bug(
        "absolute", "the absolute value is given",
        "the absolute value is given, the sign is lost",
        "Can this be negative? In which direction does the output move?",
        "the derivative of ½(t − o)² in o is −(t − o), not |t − o|", 0.5, _absolute,
    ),
)  # fmt: skip
