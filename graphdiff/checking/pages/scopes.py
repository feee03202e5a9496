"""Stretches of a page with values of their own: exercises, iterations, sections.

A stretch ends at a heading, and where steps of descent have been made. It has the values of the
graph, those that the page states there, or those that the steps before led to: the ones that most
of its own numbers fit.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.checking.claim_records import Side as ClaimSide
from graphdiff.checking.pages import updates
from graphdiff.checking.pages.chains import Chain
from graphdiff.checking.pages.known import Known
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.targets import Reference
from graphdiff.errors import GraphdiffError
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.checked_values import checked_value
from graphdiff.notation import text


def sections(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the lines below each heading."""
    key = lambda line: line.fragment.headings  # noqa: E731
    return [list(group) for _, group in itertools.groupby(lines, key=key)]


@dataclass(frozen=True)
class Scope:
    """A stretch of a page.

    Attributes
    ----------
    chains
        What it claims.
    values
        The values of the leaves there.
    changed
        Those that are not the graph's, or those of the stretch before.
    steps
        How many steps of descent the page made to come to these values.
    """

    chains: tuple[Chain, ...]
    values: Mapping[str, Any]
    changed: tuple[str, ...] = ()
    steps: int = 0


def scopes(
    chains: Sequence[Chain],
    start: Mapping[str, Any],
    stated: Callable[[Sequence[Chain]], Mapping[str, Any]],
    known: Callable[[Mapping[str, Any]], Known],
    is_taken: Callable[[Mapping[str, Any], str, Any], bool],
) -> Iterator[Scope]:
    """Yield the stretches of a page.

    Parameters
    ----------
    start
        The values of the graph.
    stated
        Returns the values that a stretch states.
    known
        Returns what is known with some values.
    is_taken
        Whether a page that comes to a value of a parameter by a step, from some values of all,
        goes on with it.
    """
    values, moved, made = dict(start), dict[str, Any](), 0
    runs = stretches(chains)
    alone = sum(any(map(is_checked, run)) for run in runs) < 2
    before: list[Chain] = []
    for run in runs:
        found = stated(run)
        own = {
            name: value
            for name, value in found.items()
            if not (alone and name in start) and not updates.is_same(value, values.get(name, []))
        }
        steps = {**values, **moved}
        tried = [values, steps, {**steps, **own}, {**values, **own}, {**start, **own}]
        if not own and _goes_on(before, run):
            tried = [values]
        best = _best(run, tried, known)
        changed = tuple(name for name, value in best.items() if value is not values.get(name))
        if changed:
            made = 0 if are_same(best, start) else made + bool(moved)
            values, moved, before = dict(best), {}, []
        yield Scope(tuple(_with_new_values(run) if made else run), best, changed, made)
        moved |= {
            name: value for name, value in _steps(run).items() if is_taken(values, name, value)
        }
        before += run


def _goes_on(before: Sequence[Chain], run: Sequence[Chain]) -> bool:
    """Whether a stretch has more derivatives of the one before: no values, none of them again."""
    if not before or before[-1].line.fragment.headings != run[0].line.fragment.headings:
        return False
    asked = [target for chain in run for target in chain.targets[:1] if not target.step]
    stated = {target.quantity for chain in before for target in chain.targets[:1]}
    return all(target.kind != "value" and target.quantity not in stated for target in asked)


def _best(
    run: Sequence[Chain],
    tried: Sequence[dict[str, Any]],
    known: Callable[[Mapping[str, Any]], Known],
) -> dict[str, Any]:
    """Return the values that most numbers of a stretch fit, the first of several."""
    different: list[dict[str, Any]] = []
    for values in tried:
        if not any(are_same(values, other) for other in different):
            different.append(values)
    if len(different) == 1:
        return different[0]
    return max(different, key=lambda values: _fitting(run, known(values)))


def are_same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether all leaves have the same values."""
    return one.keys() == other.keys() and all(
        updates.is_same(value, other[name]) for name, value in one.items()
    )


def _fitting(run: Sequence[Chain], known: Known) -> int:
    """Return how many numbers of a stretch are right with some values."""
    return sum(
        known.matches(target, way)
        for chain in run
        if not any(target.step for target in chain.targets)
        for target in chain.targets[:1]
        for link in chain.links
        for way in link.ways[:1]
        if way.is_numeric and target.of.graph is known.graph
    )


def stretches(chains: Sequence[Chain]) -> list[list[Chain]]:
    """Return the chains between headings, and between steps of descent."""
    found: list[list[Chain]] = []
    for before, chain in itertools.pairwise((None, *chains)):
        assert chain is not None  # noqa: S101 - only the first is none
        new_heading = before and before.line.fragment.headings != chain.line.fragment.headings
        if before is None or new_heading or (_is_step(before) and not _is_step(chain)):
            found.append([])
        found[-1].append(chain)
    return found


def _with_new_values(run: Sequence[Chain]) -> Iterator[Chain]:
    """Yield chains in which z_new is z, up to the next step: its values are those here."""
    stepped = False
    for chain in run:
        stepped = stepped or any(target.step and target.of.is_leaf for target in chain.targets)
        if stepped or not _is_step(chain):
            yield chain
            continue
        targets = tuple(replace(target, step=0) for target in chain.targets)
        links = tuple(
            link._replace(ways=tuple(map(_without_steps, link.ways))) for link in chain.links
        )
        yield replace(chain, targets=targets, links=links)


def _without_steps(way: ClaimSide) -> ClaimSide:
    """Return a side with w for w_new."""
    if not isinstance(way, ClaimedSide):
        return way
    names = tuple(
        name.target.of
        if isinstance(name, Reference) and name.target.kind == "value" and name.target.key is None
        else name
        for name in way.names
    )
    return replace(way, names=names)


def _is_step(chain: Chain) -> bool:
    return any(target.step for target in chain.targets)


def is_checked(chain: Chain) -> bool:
    """Whether a chain has a number of a computed node or a derivative."""
    return any(not target.of.is_leaf for target in chain.targets) and any(
        way.is_numeric for link in chain.links for way in link.ways
    )


def _steps(run: Sequence[Chain]) -> dict[str, Any]:
    """Return the values that the steps of a stretch lead to, as the page gives them."""
    found: dict[str, Any] = {}
    for chain in run:
        for target in chain.targets:
            new = updates.literal(chain.links[-1].side.tree) if chain.links else None
            is_of_leaf = target.of.is_leaf and target.key is None
            if target.step and is_of_leaf and new is not None:
                value = as_value(target.of.graph, target.of.name, new)
                if value is not None:
                    found[target.of.name] = value
    return found


def as_value(graph: ComputationalGraph, name: str, literal: Any) -> Any | None:
    """Return numbers of the page as the value of a leaf, in its shape; None if they do not fit."""
    node = graph[name]
    array = np.asarray(literal, object)
    if array.shape != node.shape and array.size == node.size:
        array = array.reshape(node.shape)
    try:
        return checked_value(array.tolist(), node.shape, name)
    except GraphdiffError:
        return None


def shown(value: Any) -> str:
    """Return a value for a sentence."""
    if not np.ndim(value):
        return text.number(float(value))
    return text.value(np.asarray(value, float), np.shape(value))
