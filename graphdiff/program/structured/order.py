"""In which order factors are multiplied: two at a time, the cheapest of all orders."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from graphdiff.local_functions.pullback import ONE
from graphdiff.program.structured.products import contracted, ordered, summed_out, times
from graphdiff.program.structured.shared import Shared
from graphdiff.program.structured.terms import Factor, Labels

MOST_SEARCHED = 6
"""Factors of one contraction whose orders are all tried; of more, the cheapest pair goes first."""

BLAS = 8
"""Products of a matrix product in the time of one entry by entry."""

LOOP = 12
"""Entries in the time it takes to begin a row."""

Split = tuple["Split", "Split"] | int


def reduced(
    make: Shared,
    factors: Sequence[Factor],
    summed: Collection[int],
    sizes: Mapping[int, int],
    first: Collection[int] = (),
) -> list[Factor]:
    """Return the factors with some labels summed away.

    The factors that have one such label become one; the others stay as they are.
    """
    apart = [factor for factor in factors if not set(factor.labels) & set(summed)]
    rest = [factor for factor in factors if set(factor.labels) & set(summed)]
    while rest:
        group = [rest.pop(0)]
        linked = set(group[0].labels) & set(summed)
        while joining := [factor for factor in rest if set(factor.labels) & linked]:
            group += joining
            rest = [factor for factor in rest if factor not in joining]
            linked = {label for f in group for label in f.labels} & set(summed)
        apart.append(_contraction(make, group, linked, sizes, first))
    return apart


def _contraction(
    make: Shared, group: list[Factor], summed: set[int], sizes: Mapping[int, int],
    first: Collection[int],
) -> Factor:  # fmt: skip
    single = {label for label in summed if sum(label in factor.labels for factor in group) == 1}
    group = [
        summed_out(make, factor, alone) if (alone := set(factor.labels) & single) else factor
        for factor in group
    ]
    # In front what is to be in front, alone if that costs the same: Bᵀ(v ⊙ B).
    group.sort(key=lambda factor: not set(factor.labels) & set(first))
    return _multiplied(make, group, summed - single, sizes, (), first)


def multiplied(
    make: Shared, factors: Sequence[Factor], sizes: Mapping[int, int], order: Labels
) -> Factor:
    """Return the product of factors, its labels in this order."""
    if not factors:
        return Factor(ONE, ())
    return ordered(make, _multiplied(make, list(factors), set(), sizes, order, ()), order)


def _multiplied(
    make: Shared, factors: list[Factor], summed: set[int], sizes: Mapping[int, int],
    order: Labels, first: Collection[int],
) -> Factor:  # fmt: skip
    while len(factors) > MOST_SEARCHED:
        factors = _one_pair_less(make, factors, summed, sizes, order, first)
    labels = tuple(frozenset(factor.labels) for factor in factors)
    every = sorted({label for factor in factors for label in factor.labels})
    some = tuple((label, sizes[label]) for label in every)
    found = _best(labels, frozenset(summed), some, order)
    return _along(make, found, factors, summed, order, first)


def _along(
    make: Shared, split: Split, factors: list[Factor], summed: set[int], order: Labels,
    first: Collection[int],
) -> Factor:  # fmt: skip
    """Return the product of factors by an order of pairs."""

    def leaves(split: Split) -> set[int]:
        return {split} if isinstance(split, int) else leaves(split[0]) | leaves(split[1])

    def walk(split: Split) -> Factor:
        if isinstance(split, int):
            return factors[split]
        inside = leaves(split)
        outside = {
            label for k, factor in enumerate(factors) if k not in inside for label in factor.labels
        }
        left, right = walk(split[0]), walk(split[1])
        over = {label for label in left.labels if label in summed and label not in outside}
        over &= set(right.labels)
        if over:
            return contracted(make, left, right, sorted(over), first)
        return times(make, left, right, order)

    return walk(split)


@lru_cache(maxsize=20_000)
def _best(
    labels: tuple[frozenset[int], ...], summed: frozenset[int],
    sizes: tuple[tuple[int, int], ...], order: Labels,
) -> Split:  # fmt: skip
    """Return the cheapest order of pairs, by the best order of every subset."""
    size_of = dict(sizes)
    everything = range(len(labels))
    best: dict[frozenset[int], tuple[float, Split]] = {frozenset({k}): (0.0, k) for k in everything}

    def left_over(subset: frozenset[int]) -> frozenset[int]:
        inside = frozenset[int]().union(*(labels[k] for k in subset))
        outside = frozenset[int]().union(*(labels[k] for k in everything if k not in subset))
        return frozenset(label for label in inside if label not in summed or label in outside)

    kept = {
        frozenset(some): left_over(frozenset(some))
        for count in range(1, len(labels) + 1)
        for some in itertools.combinations(everything, count)
    }
    for subset in (subset for subset in kept if len(subset) > 1):
        lowest = min(subset)
        candidates: list[tuple[float, Split]] = []
        for count in range(1, len(subset)):
            for some in itertools.combinations(sorted(subset), count):
                left = frozenset(some)
                if lowest in left:
                    right = subset - left
                    cost = best[left][0] + best[right][0]
                    cost += _cost(kept[left], kept[right], kept[subset], size_of, order)
                    candidates.append((cost, (best[left][1], best[right][1])))
        best[subset] = min(candidates, key=lambda found: found[0])
    return best[frozenset(everything)][1]


def _cost(
    left: frozenset[int], right: frozenset[int], result: frozenset[int],
    sizes: Mapping[int, int], order: Labels,
) -> float:  # fmt: skip
    """Return the estimated time of one product, in entries multiplied."""
    every = math.prod(sizes[label] for label in left | right)
    entries = math.prod(sizes[label] for label in result)
    if not entries or result != left | right:
        return every / BLAS + entries
    return entries + LOOP * entries / _row(left, right, result, sizes, order)


def _row(
    left: frozenset[int], right: frozenset[int], result: frozenset[int],
    sizes: Mapping[int, int], order: Labels,
) -> int:  # fmt: skip
    """Return how many entries are multiplied in one go: along axes that both have, or one lacks."""
    own = [label for label in order if label in result]
    if not own:
        return math.prod(sizes[label] for label in result)
    row, pattern = 1, (own[-1] in left, own[-1] in right)
    for label in reversed(own):
        if (label in left, label in right) != pattern:
            break
        row *= sizes[label]
    return row


def _one_pair_less(
    make: Shared, factors: list[Factor], summed: set[int], sizes: Mapping[int, int],
    order: Labels, first: Collection[int],
) -> list[Factor]:  # fmt: skip
    """Return the factors with the cheapest pair multiplied."""

    def outcome(pair: tuple[int, int]) -> tuple[float, set[int]]:
        left, right = (frozenset(factors[k].labels) for k in pair)
        outside = {
            label for k, factor in enumerate(factors) if k not in pair for label in factor.labels
        }
        over = {label for label in left & right if label in summed and label not in outside}
        return _cost(left, right, (left | right) - over, sizes, order), over

    pair = min(itertools.combinations(range(len(factors)), 2), key=lambda p: outcome(p)[0])
    a, b = (factors[k] for k in pair)
    over = outcome(pair)[1]
    made = contracted(make, a, b, sorted(over), first) if over else times(make, a, b, order)
    return [f for k, f in enumerate(factors) if k not in pair] + [made]
