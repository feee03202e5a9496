"""The results that known mistakes lead to: wrong answers that a person could give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.checking import sampling
from graphdiff.checking.descents import Descent
from graphdiff.checking.diagnoses import Explanation
from graphdiff.checking.faults.candidates import Candidate, candidates, settled
from graphdiff.checking.faults.formulas import typeset
from graphdiff.checking.points import Point
from graphdiff.checking.targets import Target
from graphdiff.checking.targets import target as read_target
from graphdiff.evaluation.leaf_values import given_values
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity

SAME = 1e-9
"""To this part two results are the same."""


def mistaken(
    graph: ComputationalGraph,
    target: str | Target,
    values: Mapping[str, Any] | None = None,
    *,
    output: Node | None = None,
    learning_rate: Any = None,
    written: Callable[[str], str] = typeset,
) -> Iterator[tuple[Explanation, Any]]:
    """Yield what single known mistakes make of a target: explanation and result, likeliest first.

    No result is the right one, and none comes twice; a mistake that nobody would make at a place,
    such as a factor 2 too many where there is no 2, is left out there.

    Parameters
    ----------
    graph
        The graph.
    target
        What is asked for, as claims name it: ``"dL/dw"``, ``"z"``, ``"J[z->a]"``, ``"w@1"``.
    values
        Values for leaves, beside those they have.
    output
        The output that P and steps of descent belong to, where the graph has several.
    learning_rate
        The η of gradient descent.
    written
        How the names and formulas are written that fill the sentences in.

    Raises
    ------
    GraphdiffError
        If the target is none, or a value.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w, t = g.input("x", 3), g.parameter("w", 0.5), g.input("t", 1)
    >>> L = g.node("L", (w * x - t) ** 2)
    >>> explanation, result = next(gd.faults.mistaken(g, "dL/dw"))
    >>> explanation.sentence, result
    ('t − w·x is taken in place of w·x − t', -3.0)
    """
    about = target if isinstance(target, Target) else read_target(graph, target, output)
    given = {**given_values(graph, values or {})}
    leaves = {name: sampling.exactly(v) for name, v in given.items() if v is not None}
    descent = None
    if learning_rate is not None:
        end = graph.output if output is None else output
        descent = Descent.at_rate(end, quantity.exact(learning_rate, "the learning rate"))
    about, settings = settled(about, [Point(graph, leaves, descent=descent).in_floats])
    found = candidates(settings, about)
    seen = [found.right[0]]
    natural = [each for each in found.single if all(made.is_natural for made in each.made)]
    for candidate in natural:
        result = candidate.values[0]
        if np.isfinite(result).all() and not any(_are_same(result, other) for other in seen):
            seen.append(result)
            shaped = result.reshape(about.shape)
            told = _precisely(candidate, natural)
            (bug,), (made,) = told.bugs, told.made
            explanation = bug.explained(made.words, made.where, written)
            yield explanation, shaped if about.shape else float(shaped)


def _precisely(candidate: Candidate, among: Sequence[Candidate]) -> Candidate:
    """Return the mistake that a result is told by: one that says where, rather than a vague one."""
    if not candidate.bugs[0].vague:
        return candidate
    same = (
        each
        for each in among
        if each.made[0].where and _are_same(each.values[0], candidate.values[0])
    )
    return next(same, candidate)


def _are_same(one: np.ndarray, other: np.ndarray) -> bool:
    size = np.maximum(np.abs(other).max(initial=0), np.abs(one).max(initial=0))
    return bool((np.abs(one - other) <= SAME * size).all())
