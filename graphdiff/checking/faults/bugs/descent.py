"""Gradient descent: the learning rate, the direction, what is gradient and what is updated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Derivation
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.targets import Target
from graphdiff.graph import Node


def _rate_left_out(scene: Scene) -> Iterator[Made]:
    if scene.is_step:
        yield Made(Alteration(step=lambda before, _, P: before - P))


def _rate_in_gradient(scene: Scene) -> Iterator[Made]:
    rate = scene.rate
    if rate is not None and rate != 1 and scene.is_gradient:
        yield Made(Alteration(end=lambda _, P: rate * P), {"sign": ""})
        yield Made(Alteration(end=lambda _, P: -rate * P), {"sign": "−"}, likely=0.4)


def _ascent(scene: Scene) -> Iterator[Made]:
    if scene.is_step:
        yield Made(Alteration(step=lambda before, rate, P: before + rate * P))


def _change_only(scene: Scene) -> Iterator[Made]:
    if scene.is_step:
        yield Made(Alteration(step=lambda _, rate, P: -rate * P))
        yield Made(Alteration(step=lambda _, rate, P: rate * P))


def _gradient_for_step(scene: Scene) -> Iterator[Made]:
    if scene.is_step:
        yield Made(Alteration(step=lambda _, __, P: P), {"given": "the gradient",
                                                         "asked": "the updated value"})  # fmt: skip
    elif scene.rate is not None and scene.is_gradient and scene.target.wrt is not None:
        node = scene.target.wrt
        if node.kind == "parameter" and scene.target.key is None:
            shape, name, rate = scene.target.shape, node.name, scene.rate
            alteration = Alteration(
                end=lambda at, P: at.given(name).reshape((-1, *shape)) - rate * P
            )
            yield Made(alteration, {"given": "the updated value", "asked": "the gradient"})


def _updated_early(scene: Scene) -> Iterator[Made]:
    if scene.rate is None or scene.derivation.descent is None:
        return
    output = scene.derivation.descent.output
    before = output.graph.ancestors(output)
    for use in scene.uses:
        for slot, place in enumerate(scene.by(use).arguments):
            node = scene.operations[place].node
            if slot == use.slot or node is None or node.kind != "parameter":
                continue
            if output.graph is node.graph and node.name in before:
                taken = ways.with_argument(use, slot, _updated(node, output, scene.rate))
                words = {**scene.words(use), "w": node.name}
                yield Made(Alteration({use: taken}), words, scene.where(use))


def _updated(node: Node, output: Node, rate: float) -> Callable[[Derivation], Any]:
    """Return the value of a parameter after the step."""

    def updated(at: Derivation) -> Any:
        P = at.at(Target("derivative", output, node))
        assert P is not None  # noqa: S101 - the output depends on it
        return at.given(node.name) - rate * P.reshape((-1, 1, *node.shape))

    return updated


BUGS = (
    Bug(
        "rate-left-out", "the learning rate is left out of the step",
        "the learning rate is left out: the whole gradient is taken off",
        "How far does one step go? Look at the rule of descent.",
        "gradient descent: w ← w − η ∂L/∂w", 3, _rate_left_out,
    ),
    Bug(
        "rate-in-gradient", "the learning rate is put into the gradient",
        "this is {sign}η times the gradient: the learning rate belongs to the step, not here",
        "Is the gradient asked for, or the step?",
        "gradient descent: w ← w − η ∂L/∂w, where ∂L/∂w has no η", 3, _rate_in_gradient,
    ),
    Bug(
        "ascent", "the step goes uphill",
        "the step is added in place of taken off: it goes uphill",
        "Shall the loss grow or fall?",
        "gradient descent: w ← w − η ∂L/∂w", 2, _ascent, over=("sign-lost",),
    ),
    Bug(
        "change-only", "only the change is given",
        "only the change is given, not the value after the step",
        "Where does the step begin?",
        "gradient descent: w ← w − η ∂L/∂w", 1, _change_only,
    ),
    Bug(
        "gradient-for-step", "gradient and updated weight are confused",
        "{given} is given where {asked} is asked for",
        "Is the gradient asked for, or the weight after the step?",
        "gradient descent: w ← w − η ∂L/∂w", 0.8, _gradient_for_step,
    ),
    Bug(
        "updated-early", "an updated weight is used too early",
        "the updated {w} is used in {i}, where the old value is still meant",
        "With which value of {w} was the forward pass computed?",
        "all gradients are taken at the old weights; then all are updated", 1.8, _updated_early,
    ),
)  # fmt: skip
