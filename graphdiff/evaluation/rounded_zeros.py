"""Numbers that are nothing but rounding, and are shown as the 0 they stand for.

0.4·0.5 + 0.3·(−1) + 0.1 is 2.8·10⁻¹⁷ in floats. Where terms cancel, what is left may be their
roundings alone: then it is no larger than what roundings on the way do to it, which is seen by
making every operation a little wrong. A number that is small without that, 10⁻¹⁷ as given or
exp(−40), stays. What is nothing but rounding moves by millions of times itself, so that where no
number moves by as much as itself, one time is enough to know that there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphdiff.errors import GraphdiffError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import ByNode, Run, recorded
from graphdiff.evaluation.sweeps import Term, Unmade, forward
from graphdiff.evaluation.tangents import Tangents, TangentTerm, push_forward
from graphdiff.evaluation.tangents import recorded as recorded_tangents
from graphdiff.evaluation.wobbling import SMALL, WobblingFloats

TIMES = 6
"""How often each operation is made wrong; the largest effect counts."""

ROUNDINGS = 4 * 2.0**-53
"""A number below so much of the effect, per part by which operations are wrong, is rounding."""

CROSSED = 1e5
"""Effects that are so much larger than all numbers have crossed a kink."""

SUSPECT = 1e-10
"""The part of the largest number from which on a number may be rounding alone."""


def as_shown(run: Run) -> Run:
    """Return a run with 0 for every number in it that is nothing but rounding.

    Examples
    --------
    >>> from graphdiff import Graph
    >>> g = Graph()
    >>> z = g.node("z", g.input("x", 0.1) + 0.2 - g.input("y", 0.3))
    >>> run = g.backward(z)
    >>> run.value["z"] == 0, as_shown(run).value["z"]
    (False, 0.0)
    """
    if not isinstance(run, Run) or run.exact:
        return run  # what is no run is refused where it is used
    sizes = _sizes(_numbers(run))
    if not _is_suspect(sizes):
        return run
    with FLOAT64.guard():
        return _checked(run, CROSSED * sizes.max())


def _checked(run: Run, most: float) -> Run:
    try:
        first = _again(run, 0)
        if not any(map(_is_moved, _numbers(run), _numbers(first))):
            return run
        others = [first, *(_again(run, seed) for seed in range(1, TIMES))]
    except GraphdiffError:  # beside the point there is no value
        return run
    return _cleared(run, others, most)


def _sizes(numbers: Iterable[Any]) -> NDArray[np.float64]:
    """Return the absolute values of numbers, and of all entries of arrays."""
    scalars: list[float] = []
    arrays: list[Any] = []
    for number in numbers:
        (scalars if isinstance(number, float) else arrays).append(number)
    entries = (np.ravel(np.asarray(array, np.float64)) for array in arrays)
    return np.abs(np.concatenate([np.array(scalars, np.float64), *entries]))


def _is_suspect(sizes: NDArray[np.float64]) -> bool:
    """Whether a number is so much smaller than the largest that it may be rounding alone."""
    return bool(((sizes > 0) & (sizes < SUSPECT * sizes.max(initial=0.0))).any())


def _is_moved(found: Any, wobbled: Any) -> bool:
    """Whether a number moves by as much as itself."""
    size = np.abs(np.asarray(found, np.float64))
    return bool(((size > 0) & (np.abs(np.asarray(wobbled) - found) >= size)).any())


def _numbers(run: Run) -> Iterator[Any]:
    """Yield all numbers that are at hand."""
    yield from run.value.values()
    if run.output is not None:
        yield from run.P.values()
        for terms in run.terms.values():
            for term in terms:
                yield term.product
                if term.is_made:
                    yield term.J


def _again(run: Run, seed: int) -> Run:
    """Return the same sweeps with every operation a little wrong."""
    given = {leaf.name: run.value[leaf.name] for leaf in run.graph.leaves}
    wanted = None if run.output is None else set(run.P)
    with FLOAT64.guard():
        return recorded(run.graph, run.output, given, WobblingFloats(seed), wanted)


def tangents_as_shown(found: Tangents) -> Tangents:
    """Return tangents with 0 for every number in them that is nothing but rounding."""
    run = found.run
    if run.exact:
        return found
    every = [term for sum_i in found.terms.values() for term in sum_i]
    held = [each for term in every for each in (term.J, term.product) if each is not None]
    sizes = _sizes((*found.tangent.values(), *held))
    shown = as_shown(run)
    if not _is_suspect(sizes):
        return found if shown is run else replace(found, run=shown)
    try:
        with FLOAT64.guard():
            others = [_tangents_again(found, seed) for seed in range(TIMES)]
    except GraphdiffError:  # beside the point there is no value
        return replace(found, run=shown)
    most = CROSSED * sizes.max()

    def terms(name: str) -> tuple[TangentTerm, ...]:
        pairs = zip(found.terms[name], *(other.terms[name] for other in others), strict=True)
        return tuple(
            replace(
                term,
                J=None if term.J is None else _without_noise(term.J, [e.J for e in rest], most),
                tangent=_without_noise(term.tangent, [each.tangent for each in rest], most),
                product=_without_noise(term.product, [each.product for each in rest], most),
            )
            for term, *rest in pairs
        )

    tangent = {
        name: _without_noise(value, [other.tangent[name] for other in others], most)
        for name, value in found.tangent.items()
    }
    graph = run.graph
    return replace(
        found,
        run=shown,
        tangent=ByNode(graph, tangent),
        terms=ByNode(graph, {name: terms(name) for name in found.terms}),
    )


def _tangents_again(found: Tangents, seed: int) -> Tangents:
    """Return the same sweeps with every operation a little wrong."""
    graph, wobbling = found.run.graph, WobblingFloats(seed)
    u = forward(graph, {leaf.name: found.run.value[leaf.name] for leaf in graph.leaves}, wobbling)
    wanted = {*found.terms, *found.seed}
    tangent, terms = push_forward(graph, u, found.seed, wobbling, wanted)
    return recorded_tangents(found.run, found.seed, tangent, terms, wobbling)


def _without_noise(found: Any, wobbled: list[Any], most: float) -> Any:
    if isinstance(found, Unmade):
        return found
    held = np.asarray(found, np.float64)
    reach = np.max([np.abs(np.asarray(each) - held) for each in wobbled], axis=0) / SMALL
    noise = (held != 0) & (np.abs(held) <= ROUNDINGS * reach) & (reach < most)
    if not noise.any():
        return found
    cleared = np.where(noise, 0.0, held)
    cleared.setflags(write=False)
    return cleared if cleared.shape else 0.0


def _cleared(run: Run, others: list[Run], most: float) -> Run:
    def number(found: Any, wobbled: list[Any]) -> Any:
        return _without_noise(found, wobbled, most)

    def by_node(of: Any) -> ByNode:
        mapping: ByNode = of(run)
        return ByNode(
            run.graph,
            {key: number(found, [of(other).held(key) for other in others])
             for key, found in mapping.held_items()},
        )  # fmt: skip

    def terms(name: str) -> tuple[Term, ...]:
        pairs = zip(run.terms[name], *(other.terms[name] for other in others), strict=True)
        return tuple(
            term._replace(
                P=number(term.P, [each.P for each in rest]),
                held=number(term.held, [each.held for each in rest]),
                product=number(term.product, [each.product for each in rest]),
            )
            for term, *rest in pairs
        )

    value = by_node(lambda each: each.value)
    if run.output is None:
        return replace(run, value=value)
    return replace(
        run,
        value=value,
        J=by_node(lambda each: each.J),
        P=by_node(lambda each: each.P),
        gradient=by_node(lambda each: each.gradient),
        terms=ByNode(run.graph, {name: terms(name) for name in run.terms}),
    )
