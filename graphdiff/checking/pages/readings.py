"""Ways to read a formula of arrays, and arithmetic on them.

A page writes ``δ a``, ``W · x`` and ``v × w`` without saying which product it means, and a vector
stands for a row or a column. So a formula is read in each way in which its arrays fit together,
the plainest first, and few of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language import tensors
from graphdiff.language.expression import Constant, Expression

MOST = 6
"""Ways to read a part of a formula that are carried on."""


class Reading(NamedTuple):
    """A way to read a part of a formula.

    Attributes
    ----------
    expression
        What it is then.
    line
        For a vector: ``"row"``, ``"column"``, or ``""`` where that was not said.
    """

    expression: Expression
    line: str = ""


class MisfitError(Exception):
    """Arrays that fit together in no way, and why."""


Readings = list[Reading]


def plain(*expressions: Expression) -> Readings:
    """Return expressions as readings."""
    return [Reading(expression) for expression in expressions]


def combined(
    parts: Sequence[Readings], combine: Callable[..., Iterable[Callable[[], Reading]]]
) -> Readings:
    """Return what can be made of parts, each read in several ways.

    Parameters
    ----------
    combine
        Takes a reading of each part and yields what may be made of them, each tried in turn.

    Raises
    ------
    MisfitError
        If nothing can, with what stood against the first.
    """
    found: Readings = []
    problem = ""
    for chosen in itertools.product(*parts):
        for made in combine(*chosen):
            try:
                reading = made()
            except (GraphError, ShapeError, IndexError, TypeError) as error:
                problem = problem or str(error)
                continue
            found.append(reading)
            if len(found) == MOST:
                return found
    if not found:
        raise MisfitError(problem or "its arrays do not fit together")
    return found


def mapped(parts: Sequence[Readings], function: Callable[..., Expression]) -> Readings:
    """Return what a function makes of its arguments."""
    return combined(parts, lambda *chosen: [lambda: _mapped(function, chosen)])


def _mapped(function: Callable[..., Expression], chosen: Sequence[Reading]) -> Reading:
    result = function(*(reading.expression for reading in chosen))
    return Reading(result, _line(chosen, result))


def _line(chosen: Sequence[Reading], result: Expression) -> str:
    """Return what a vector made of others is: a row if one of them was."""
    if len(result.shape) != 1:
        return ""
    return next((r.line for r in chosen if r.line and r.expression.shape == result.shape), "")


def turned(parts: Readings) -> Readings:
    """Return transposes."""
    other = {"row": "column", "column": "row", "": "turned", "turned": ""}
    return [
        Reading(one.expression.T, other[one.line] if len(one.expression.shape) == 1 else "")
        for one in parts
    ]


def summed(left: Readings, right: Readings, sign: str) -> Readings:
    """Return sums or differences."""
    if sign == "-":
        return mapped([left, right], lambda a, b: a - b)
    return mapped([left, right], lambda a, b: a + b)


def multiplied(left: Readings, right: Readings, operator: str) -> Readings:
    """Return the products that an operator may mean, those first that fit it best."""
    return combined([left, right], lambda a, b: _products(a, b, operator))


def _products(a: Reading, b: Reading, operator: str) -> Iterator[Callable[[], Reading]]:
    x, y = a.expression, b.expression
    if not x.shape or not y.shape:
        yield lambda: _mapped(lambda x, y: x * y, (a, b))
        return
    entrywise = lambda: _mapped(lambda x, y: x * y, (a, b))  # noqa: E731
    if operator in ("⊙", "∘"):
        yield entrywise
        return
    if operator == "⊗":
        yield lambda: Reading(tensors.outer(x, y))
        return
    if operator in ("*", "."):
        yield entrywise
    if len(x.shape) == len(y.shape) == 1:
        columns = b.line in ("turned", "row") and a.line in ("", "column")
        rows = a.line in ("turned", "column") and b.line in ("", "row")
        outer = lambda: Reading(tensors.outer(x, y))  # noqa: E731
        dot = lambda: Reading(x @ y)  # noqa: E731
        yield from (outer, dot) if columns or (rows and a.line == "column") else (dot, outer)
        if operator in ("", "·", "×") and not (columns or rows):
            yield entrywise
        return
    yield lambda: Reading(x @ y)
    if operator in ("", "·", "×"):
        yield entrywise


def divided(above: Readings, below: Readings) -> Readings:
    """Return quotients."""
    return mapped([above, below], lambda a, b: a / b)


def raised(base: Readings, exponent: Readings) -> Readings:
    """Return powers; a matrix to the −1 is its inverse first."""

    def ways(a: Reading, b: Reading) -> Iterator[Callable[[], Reading]]:
        power = b.expression
        whole = isinstance(power, Constant) and power.value == -1
        if whole and len(a.expression.shape) == 2:
            yield lambda: Reading(tensors.inv(a.expression))
        yield lambda: _mapped(lambda a, b: a**b, (a, b))

    return combined([base, exponent], ways)


def totalled(body: Readings) -> Readings:
    """Return sums over all entries, or along an axis; of one number that number."""

    def ways(one: Reading) -> Iterator[Callable[[], Reading]]:
        total = one.expression
        if not total.shape:
            yield lambda: one
            return
        yield lambda: Reading(total.sum())
        for axis in range(len(total.shape)) if len(total.shape) > 1 else ():
            yield lambda axis=axis: Reading(total.sum(axis=axis))
            yield lambda axis=axis: Reading(total.sum(axis=axis, keepdims=True))
        yield lambda: one

    return combined([body], ways)


def listed(entries: Sequence[Readings], line: str = "") -> Readings:
    """Return vectors of entries, or arrays of rows."""

    def ways(*chosen: Reading) -> Iterator[Callable[[], Reading]]:
        made: Any = [reading.expression for reading in chosen]
        yield lambda: Reading(tensors.stack(made), line if not made[0].shape else "")

    return combined(entries, ways)
