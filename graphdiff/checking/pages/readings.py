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
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions.arithmetic import mul
from graphdiff.language.functions.contraction import MatMul

MOST = 8
"""Ways to read a part of a formula that are carried on."""

MOST_FACTORS = 7
"""Factors of a product that are taken together in other orders than from the left."""


class Reading(NamedTuple):
    """A way to read a part of a formula.

    Attributes
    ----------
    expression
        What it is then.
    line
        For a vector: ``"row"``, ``"column"``, or ``""`` where that was not said.
    strain
        How much of it had to be supposed: transposes that are not written, entries repeated.
    """

    expression: Expression
    line: str = ""
    strain: int = 0


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
    return Reading(result, _line(chosen, result), sum(reading.strain for reading in chosen))


def _line(chosen: Sequence[Reading], result: Expression) -> str:
    """Return what a vector made of others is: a row if one of them was."""
    if len(result.shape) != 1:
        return ""
    return next((r.line for r in chosen if r.line and r.expression.shape == result.shape), "")


def turned(parts: Readings) -> Readings:
    """Return transposes."""
    other = {"row": "column", "column": "row", "": "turned", "turned": ""}
    return [
        Reading(
            one.expression.T, other[one.line] if len(one.expression.shape) == 1 else "", one.strain
        )
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


def product(parts: Sequence[Readings], operators: Sequence[str]) -> Readings:
    """Return what factors with operators before them may be, from the left to the right first.

    Several arrays may be meant in another order: a (1 − a) Wᵀ δ and s ⊙ Wᵀ δ are products entry
    by entry of s and Wᵀ δ. Each is tried that gives another result, and those come first in which
    the least is supposed.
    """
    arrays = sum(any(one.expression.shape for one in part) for part in parts)
    if arrays < 3 or len(parts) > MOST_FACTORS or "/" in operators:
        total = parts[0]
        for part, operator in zip(parts[1:], operators[1:], strict=True):
            total = divided(total, part) if operator == "/" else multiplied(total, part, operator)
        return total
    found: dict[tuple[int, int], Readings] = {(k, k + 1): part for k, part in enumerate(parts)}
    problem = MisfitError("its arrays do not fit together")
    for length in range(2, len(parts) + 1):
        for begin in range(len(parts) - length + 1):
            end = begin + length
            several: dict[Any, Reading] = {}
            for cut in sorted(range(begin + 1, end), key=lambda cut: _order(operators, cut, end)):
                left, right = found[begin, cut], found[cut, end]
                try:
                    made = multiplied(left, right, operators[cut]) if left and right else []
                except MisfitError as error:
                    problem = error if end - begin == 2 or cut == end - 1 else problem
                    continue
                for one in made:
                    key = _key(one.expression), one.line
                    several[key] = min(several.get(key, one), one, key=lambda one: one.strain)
            found[begin, end] = sorted(several.values(), key=lambda one: one.strain)[:MOST]
    if not found[0, len(parts)]:
        raise problem
    return found[0, len(parts)]


def _order(operators: Sequence[str], cut: int, end: int) -> tuple[bool, int]:
    """Return when a cut is tried: a product entry by entry binds the least, then the last."""
    return operators[cut] not in ("⊙", "∘"), end - cut


def _key(expression: Expression) -> Any:
    """Return what is the same for products that only differ in their brackets."""
    match expression:
        case Apply(function=function, arguments=(a, b)) if a.shape == b.shape and function is mul:
            return ("mul", *sorted((*_factors(a, "mul"), *_factors(b, "mul")), key=repr))
        case Apply(function=MatMul(), arguments=(a, b)):
            return ("@", *_factors(a, "@"), *_factors(b, "@"))
        case Apply(function=function, arguments=arguments):
            return (repr(function), *map(_key, arguments))
        case _:
            return id(expression)


def _factors(expression: Expression, kind: str) -> tuple[Any, ...]:
    key = _key(expression)
    return key[1:] if isinstance(key, tuple) and key[0] == kind else (key,)


def _products(a: Reading, b: Reading, operator: str) -> Iterator[Callable[[], Reading]]:
    x, y = a.expression, b.expression
    strain = a.strain + b.strain
    if not x.shape or not y.shape:
        yield lambda: _mapped(lambda x, y: x * y, (a, b))
        return

    def entrywise() -> Reading:
        made = _mapped(lambda x, y: x * y, (a, b))
        return made if x.shape == y.shape else made._replace(strain=strain + 3)

    if operator in ("⊙", "∘"):
        yield entrywise
        return
    if operator == "⊗":
        yield lambda: Reading(tensors.outer(x, y), "", strain)
        return
    if operator in ("*", "."):
        yield entrywise
    if operator == "*" and {len(x.shape), len(y.shape)} == {1, 2}:  # a table, as NumPy makes it
        row, other = (x, y) if len(x.shape) == 1 else (y, x)
        yield lambda: Reading(row.reshape(1, -1) * other)
    if len(x.shape) == len(y.shape) == 1:
        columns = b.line in ("turned", "row") and a.line in ("", "column")
        rows = a.line in ("turned", "column") and b.line in ("", "row")
        outer = lambda: Reading(tensors.outer(x, y), "", strain if columns else strain + 3)  # noqa: E731
        dot = lambda: Reading(x @ y, "", strain if rows else strain + 1)  # noqa: E731
        yield from (outer, dot) if columns or (rows and a.line == "column") else (dot, outer)
        if operator in ("", "·", "×") and not (columns or rows):
            yield entrywise
        return
    is_row = len(x.shape) == 1 and a.line not in ("turned", "row")
    yield lambda: Reading(x @ y, "", strain + is_row)
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
