"""The learning rate that the steps of a page were made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.checking.rate_names import is_rate
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Side, Sum, Tree
from graphdiff.language.expression import Constant, Expression, in_order


def has_number(tree: Tree) -> bool:
    """Whether a decimal stands in a formula, as one does where it was computed."""
    match tree:
        case Number(text=text):
            return "." in text
        case Script(body=body):
            return has_number(body)
        case _:
            return any(map(has_number, trees.parts_of(tree)))


def has_rate(tree: Tree) -> bool:
    """Whether the letter of a learning rate stands in a formula."""
    return any(isinstance(part, Name) and is_rate(part.text) for part in trees.walk(tree))


def in_step(interpreter: Interpreter, line: Sequence[Side]) -> Iterator[Fraction]:
    """Yield what may be the learning rate in a step: the factors of what is taken off."""
    for side in line[1:]:
        tree = side.tree
        if not isinstance(tree, Sum) or len(tree.terms) < 2:
            continue
        for _, term in tree.terms[1:]:
            while isinstance(term, trees.Group):
                term = term.body
            factors = term.factors if isinstance(term, trees.Product) else (term,)
            if len(factors) < 2:
                continue
            for factor in factors:
                number = _number(interpreter, factor)
                if number is not None and number > 0:
                    yield number


def _number(interpreter: Interpreter, tree: Tree) -> Fraction | None:
    try:
        found: Expression = interpreter.readings(tree)[0].expression
    except (NotUnderstoodError, MisfitError):
        return None
    if all(isinstance(part, Constant) for part in in_order(found)) and isinstance(found, Constant):
        return Fraction(str(found.value)) if found.value.is_Rational else None
    return None


def usual_rate(found: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Return the number that stands in most steps, the first where several do."""
    counts = Counter(number for numbers in found for number in dict.fromkeys(numbers))
    if not counts:
        return None
    most = max(counts.values())
    return next(number for number, count in counts.items() if count == most)


class Move(NamedTuple):
    """How far an entry of a parameter moved, what its slope is, and one unit of its last digit."""

    by: float
    slope: float
    unit: float


def moves(value: Any, literal: Any, slope: Any) -> list[Move]:
    """Return the moves of the entries of a parameter; none where the new value has another form."""
    if value is None or slope is None or np.size(value) != np.size(literal):
        return []
    new = np.ravel(np.asarray(literal, object)).tolist()
    old = np.ravel(np.asarray(value, float)).tolist()
    slopes = np.ravel(np.asarray(slope, float)).tolist()
    if len(slopes) != len(new):
        return []
    return [
        Move(a - float(b), g, float(_unit(b))) for a, b, g in zip(old, new, slopes, strict=True)
    ]


def _unit(number: Fraction) -> Fraction:
    """Return one unit of the last digit of a decimal."""
    unit = Fraction(1)
    while (number / unit).denominator != 1 and unit > Fraction(1, 10**15):
        unit /= 10
    return unit


def rate_of(found: Sequence[Move]) -> Fraction | None:
    """Return the rate of few digits that most moves were made with; None if it is no such one."""
    tried = {
        Fraction(f"{move.by / move.slope:.{digits}g}")
        for move in found if move.slope and move.by / move.slope > 0
        for digits in (1, 2)
    }  # fmt: skip

    def fitting(rate: Fraction) -> tuple[int, int]:
        right = sum(abs(move.by - float(rate) * move.slope) <= move.unit for move in found)
        return right, -len(str(rate))

    best = max(tried, key=fitting, default=None)
    return best if best is not None and 2 * fitting(best)[0] > len(found) else None
