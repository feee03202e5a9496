"""Whether a formula carries derivatives on, as the chain rule does, or only has them in it.

dL/dw = dL/db·x is 0 where dL/db is, and so is every sum over paths; w − η dL/dw is w then. But
z = w x + b + dL/db − f, or dL/dw = x f + dL/db − f, is right just if f is dL/db: that is asked.
Likewise L = (a − y)² is right whatever a is; z = w x + b + a − f is so just if f is a.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from graphdiff.checking import sizes
from graphdiff.checking.conventions import kinks_in
from graphdiff.checking.points import Point
from graphdiff.checking.samples import samples_of
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node

TRIED = 3
"""Random points at which derivatives are put to 0."""

SIZES = (0.5, -0.5, 2, -2, 8, -8, 40, -40)
"""About how large values are at random points where they are put to any number."""

CLOSE = 1e-9
"""To this part a number is the same as another."""


def is_right_whatever(about: Target, said: Target, values: Sequence[Node]) -> bool:
    """Whether what is said of a quantity is right whatever some values in it are.

    Of a derivative through the values it is not asked: a (1 − a) is that of a = σ(z), and of no
    other a.
    """
    graph = about.of.graph
    if about.step or sizes.letters(graph):
        return True
    before = graph.ancestors(about.of)
    through = about.is_derivative or about.kind == "expression"
    asked = [node for node in values if not (through and node.name in before)]
    if not asked:
        return True
    if _kinks(said) > sum(_kinks_of(graph[name]) for name in before):
        return False  # where it bends would tell on which side the values are
    told = 0
    among = itertools.cycle(samples_of(graph, {}, {}, rough=True, descent=None).generic)
    for seed, (size, at) in enumerate(zip(SIZES, among, strict=False)):
        there = _freed(at, asked, seed, size)
        right, claimed = there.at(about), there.at(said)
        if right is None:
            continue
        told += 1
        if claimed is None or np.size(right) != np.size(claimed):
            return False
        off = np.abs(np.ravel(np.asarray(claimed, float)) - np.ravel(np.asarray(right, float)))
        if np.any(off > CLOSE * max(1.0, float(np.max(np.abs(right))))):
            return False
    return told > 0


def _kinks(said: Target) -> int:
    """Return how many operations of a formula have a kink or a jump."""
    return kinks_in(said.link.function) if said.kind == "expression" else 0


def _kinks_of(node: Node) -> int:
    return 0 if node.function is None else kinks_in(node.function)


def _freed(at: Point, values: Sequence[Node], seed: int, size: float = 0.5) -> Point:
    """Return a point where some computed values are any numbers, about as large as said."""
    draw = np.random.default_rng(seed)
    free = {node.name: size * draw.uniform(0.2, 1.8, node.shape) for node in values}
    numbers = {name: one if one.shape else float(one) for name, one in free.items()}
    return replace(at, leaves={**at.leaves, **numbers})


def is_chained(about: Target, said: Target, values: Sequence[Node] = ()) -> bool:
    """Whether what is said of a quantity comes of the derivatives in it, and of nothing else.

    Parameters
    ----------
    about
        What it is said of.
    said
        What is said, a derivative or a formula that names some.
    values
        Computed values that may be any numbers: what is left of them would ask what they are.
    """
    if not about.is_derivative and not about.step:
        return False  # values come of no derivatives
    if said.kind != "expression":
        return about.is_derivative and not said.step
    places = [k for k, name in enumerate(said.link.names) if _is_derived(name)]
    named = [name.target for name in said.link.names if isinstance(name, Reference)]
    if any(map(about.is_same_as, named)):
        return False
    graph = about.of.graph
    if sizes.letters(graph):
        return True  # there are no points to tell at
    among = samples_of(graph, {}, {}, rough=True, descent=None).generic
    return all(
        _is_nothing_else(about, said, places, _freed(at, values, seed))
        for seed, at in enumerate(itertools.islice(among, TRIED))
    )


def _is_derived(name: object) -> bool:
    """Whether a name is that of a derivative, or of a value after a step."""
    if not isinstance(name, Reference):
        return False
    return name.target.kind != "value" or name.target.step > 0


def _is_nothing_else(about: Target, said: Target, places: list[int], at: Point) -> bool:
    """Whether with 0 for its derivatives a formula is 0, or the parameter before the step."""
    zeros = {k: np.zeros(said.link.names[k].shape) for k in places}
    left = at.with_arguments(said.link, {k: z if z.shape else 0.0 for k, z in zeros.items()})
    if left is None:
        return False
    before = at.values.get(about.of.name) if about.kind == "value" else None
    off = left if before is None else np.asarray(left) - np.asarray(before)
    size = 1.0 if before is None else float(np.max(np.abs(before), initial=0.0))
    return bool(np.all(np.abs(np.asarray(off, float)) <= CLOSE * size))
