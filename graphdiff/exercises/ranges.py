"""Between which numbers an answer lies whatever the leaves are: none beyond is worth offering.

A square is not negative, a softmax has entries from 0 to 1, and so -log of it is not negative. The
image of a function of one number, and of its slope, is found from its formula; the rest is
arithmetic of intervals.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from graphdiff.checking.faults.operations import Operation, Operations, operations
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.elementary import log
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.language.functions.tensor_function import Composite


class Range(NamedTuple):
    """The numbers from one to another."""

    low: float
    high: float

    def holds(self, numbers: np.ndarray) -> bool:
        """Whether all numbers are in it."""
        return bool((numbers >= self.low).all() and (numbers <= self.high).all())


EVERYWHERE = Range(-math.inf, math.inf)

_GRID = np.concatenate([np.linspace(-10, 10, 801), *(s * np.logspace(-9, 9, 400) for s in (1, -1))])
_SEEN = 0.001
"""What is nearer to the end of an open interval is printed as the end itself."""

_FAR = 5.0
"""A function that is farther off somewhere on the grid has no bound; others what they come to."""


@functools.lru_cache(maxsize=1000)
def image(function: Function) -> Range:
    """Return between which numbers the values of a function of one number are.

    Examples
    --------
    >>> from graphdiff.language.functions import NAMED
    >>> image(NAMED["tanh"]), image(prime(NAMED["sigmoid"], 0)), image(NAMED["relu"]).low
    (Range(low=-0.999, high=0.999), Range(low=0.0, high=0.25), 0.0)
    """
    with np.errstate(all="ignore"):
        found = np.asarray(FLOAT64.apply(function)(_GRID), float)
    found = found[~np.isnan(found)]
    if not found.size:
        return EVERYWHERE
    low, high = found.min(), found.max()
    return _inside(
        function.range,
        round(float(low), 6) if low > -_FAR else -math.inf,
        round(float(high), 6) if high < _FAR else math.inf,
    )


def _inside(open_: tuple[float, float], low: float, high: float) -> Range:
    """Return bounds, that of an open interval so much farther in that it is not printed."""
    return Range(low + _SEEN * (low <= open_[0]), high - _SEEN * (high >= open_[1]))


def of_values(graph: ComputationalGraph) -> Mapping[str, Range]:
    """Return between which numbers the values of computed nodes lie, whatever is given."""
    every = operations(graph)
    found: list[Range] = []
    for operation in every:
        found.append(_of(operation, every, found))
    return {name: found[place] for name, place in every.of_node.items()}


def of_slope(node: Node) -> Range:
    """Return between which numbers a local Jacobian of a node lies; with shapes, 0 besides."""
    every = operations(node.graph)
    operation = every[every.of_node[node.name]]
    if not operation.is_activation or every[operation.arguments[0]].node is None:
        return EVERYWHERE
    assert isinstance(operation.declared, Function)  # noqa: S101 - is_activation says so
    found = image(prime(operation.declared, 0))
    return Range(min(found.low, 0), max(found.high, 0)) if node.shape else found


def _of(operation: Operation, every: Operations, found: list[Range]) -> Range:
    arguments = [found[place] for place in operation.arguments]
    declared = operation.declared
    if operation.number is not None:
        return Range(operation.number, operation.number)
    if operation.function is None:
        return arguments[0] if arguments else _of_leaf(operation, every)
    if isinstance(declared, Composite):
        low, high = map(float, declared.range)
        high = min(high, 1.0) if declared.sums_to_one and low >= 0 else high
        return _inside((low, high), low, high)
    if isinstance(declared, Mean | Sum):
        return _of_sum(declared, arguments[0])
    if declared is pow:
        exponent = every[operation.arguments[1]].number
        return Range(0, math.inf) if exponent is not None and exponent % 2 == 0 else EVERYWHERE
    if declared is mul and len(set(operation.arguments)) == 1:
        return Range(0, math.inf)
    if declared is div and _is_share(operation, every, found):
        return Range(0, 1)
    if declared in _ARITHMETIC:
        return _ARITHMETIC[declared](*arguments)
    if operation.is_activation and isinstance(declared, Function):
        return _of_map(declared, arguments[0])
    return EVERYWHERE


def _of_leaf(operation: Operation, every: Operations) -> Range:
    """Return from 0 to 1 for a label: an input of these that stands beside logarithms alone."""
    node = operation.node
    if node is None or node.kind != "input" or node.value is None:
        return EVERYWHERE
    entries = np.ravel(np.asarray(node.value, object))
    is_label = all(entry in (0, 1) for entry in entries.tolist())
    with_log = {each.owner for each in every if each.declared is log}
    children = {edge.child for edge in node.graph.children(node)}
    return Range(0, 1) if is_label and children and children <= with_log else EVERYWHERE


def _of_sum(declared: Mean | Sum, of: Range) -> Range:
    if isinstance(declared, Mean):
        return of
    return Range(0 if of.low >= 0 else -math.inf, 0 if of.high <= 0 else math.inf)


def _of_map(function: Function, of: Range) -> Range:
    """Return the image of a function, and where it only grows what the bounds become."""
    low, high = image(function)
    if function is log or image(prime(function, 0)).low >= 0:
        with np.errstate(all="ignore"):
            ends = np.asarray(FLOAT64.apply(function)(np.array([of.low, of.high])), float)
        low = max(low, float(np.nan_to_num(ends[0], nan=low)))
        high = min(high, float(np.nan_to_num(ends[1], nan=high)))
    return Range(low, high)


def _is_share(operation: Operation, every: Operations, found: list[Range]) -> bool:
    """Whether a quotient is a term by a sum of positive terms: a softmax written out."""
    above, below = operation.arguments
    terms, open_ = [], [below]
    while open_:
        place = open_.pop()
        if every[place].declared is add:
            open_ += every[place].arguments
        else:
            terms.append(place)
    return above in terms and all(found[place].low >= 0 for place in terms)


def _product(a: Range, b: Range) -> Range:
    ends = [0.0 if not x or not y else x * y for x in a for y in b]
    return Range(min(ends), max(ends))


def _quotient(a: Range, b: Range) -> Range:
    if b.low < 0:
        return EVERYWHERE
    inverse = Range(1 / b.high, 1 / b.low if b.low else math.inf)
    return _product(a, inverse)


_ARITHMETIC: Mapping[object, Callable[..., Range]] = {
    add: lambda a, b: Range(a.low + b.low, a.high + b.high),
    sub: lambda a, b: Range(a.low - b.high, a.high - b.low),
    neg: lambda a: Range(-a.high, -a.low),
    mul: _product,
    div: _quotient,
}
