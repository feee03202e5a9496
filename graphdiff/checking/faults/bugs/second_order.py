"""Second derivatives: the first given, or squared; another second derivative."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from graphdiff.checking.faults import second_order
from graphdiff.checking.faults.bugs import ways
from graphdiff.checking.faults.declaration import Bug, Made
from graphdiff.checking.faults.derivation import Alteration, Derivation, Through
from graphdiff.checking.faults.operations import Operation, Use
from graphdiff.checking.faults.scene import Scene
from graphdiff.checking.targets import Target

Array = Any

_LESS = ("path-dropped", "term-dropped", "shared-once", "overwritten", "sign-of-path",
         "sign-of-term")  # fmt: skip
"""What says the same less well, of a second derivative."""


def _first(scene: Scene) -> str | None:
    """Return in what the first derivative is, of a target that is a second one."""
    names = second_order.derivatives(scene.target.of.graph)
    if scene.target.wrt is None:
        return None
    return next((wrt for wrt, name in names.items() if name == scene.target.of.name), None)


def _first_given(scene: Scene) -> Iterator[Made]:
    if (wrt := _first(scene)) is not None and scene.target.key is None:
        given = Alteration(target=Target("value", scene.target.of))
        yield Made(given, {"first": scene.target.of.name, "w": wrt})


def _squared(scene: Scene) -> Iterator[Made]:
    first, target = _first(scene), scene.target
    if first is None or target.wrt is None or target.key is not None:
        return
    one = target.of.name
    other = second_order.derivatives(target.of.graph)[target.wrt.name]

    def multiplied(at: Derivation, found: Array) -> Array:
        a, b = (np.reshape(at.given(name), (len(at.given(name)), -1)) for name in (one, other))
        return np.reshape(a[:, :, None] * b[:, None, :], (-1, *found.shape[1:]))

    product = f"({one})**2" if one == other else f"{one}*{other}"
    yield Made(Alteration(end=multiplied), {"product": product})


def _pure(scene: Scene) -> Iterator[Made]:
    first, target = _first(scene), scene.target
    if first is None or target.wrt is None or first == target.wrt.name:
        return
    graph = target.of.graph
    name = second_order.derivatives(graph)[target.wrt.name]
    if graph[name].shape == target.of.shape:
        other = Target(target.kind, graph[name], target.wrt, key=target.key)
        yield Made(Alteration(target=other), {"first": name, "by": target.wrt.name, "w": first})
    if graph[first].shape == target.wrt.shape:
        other = Target(target.kind, target.of, graph[first], key=target.key)
        words = {"first": target.of.name, "by": first, "w": target.wrt.name}
        yield Made(Alteration(target=other), words)


def _constant(scene: Scene, *, incoming: bool) -> Iterator[Made]:
    """Take for constant what comes in at a node, or what the node hands on of it."""
    graph = scene.target.of.graph
    gradients = second_order.derivatives(graph)
    every = dict[Use, Through]()
    for wrt, name in gradients.items():
        uses = [
            use
            for use in scene.uses
            if scene.by(use).owner is graph[name] and scene.used(use).node is not None
        ]
        of_gradients = [use for use in uses if _is_among(scene.used(use), gradients)]
        chosen = [use for use in uses if (use in of_gradients) is incoming]
        if not chosen or len(chosen) == len(uses):
            continue
        what = dict.fromkeys(scene.used(use).text for use in chosen)
        held = dict.fromkeys(chosen, ways.dropped)
        words = {"j": wrt, "first": name, "held": ", ".join(what)}
        yield Made(Alteration(held), words, name)
        every |= held
    if len(every) > 1 and not incoming:
        words = {"j": "each node", "first": "each gradient", "held": "a local derivative"}
        yield Made(Alteration(every), words)


def _is_among(operation: Operation, gradients: Mapping[str, str]) -> bool:
    return operation.node is not None and operation.node.name in gradients.values()


BUGS = (
    Bug(
        "first-derivative", "the first derivative is given for the second",
        "this is {first}, the first derivative",
        "The second derivative is the derivative of the first: differentiate once more.",
        "∂²L/∂w² = ∂(∂L/∂w)/∂w", 2, _first_given,
    ),
    Bug(
        "first-squared", "first derivatives are multiplied for the second",
        "{product} is given: that is a product of first derivatives, not the second one",
        "The second derivative is the derivative of the first, not its square.",
        "f″ = (f′)′, not (f′)²", 3, _squared,
    ),
    Bug(
        "pure-for-mixed", "a pure second derivative is given for a mixed one",
        "{first} is differentiated in {by} once more, not once in {w} and once in {by}",
        "In which two variables is it to be differentiated?",
        "∂²L/∂w∂b = ∂(∂L/∂w)/∂b", 2, _pure, over=("other-variable",),
    ),
    Bug(
        "local-constant", "the second term of the chain rule is left out",
        "{held} in {first} is taken for constant: the local derivatives change too",
        "{first} is a product: which of its factors change?",
        "(f(g(x)))″ = f″(g(x)) g′(x)² + f′(g(x)) g″(x)", 5,
        lambda scene: _constant(scene, incoming=False), over=_LESS,
    ),
    Bug(
        "incoming-constant", "what comes in is taken for constant",
        "{held} in {first} is taken for constant: what comes in changes too",
        "{first} is a product: which of its factors change?",
        "(u v)″ = u″ v + 2 u′ v′ + u v″", 4,
        lambda scene: _constant(scene, incoming=True), over=_LESS,
    ),
)  # fmt: skip
