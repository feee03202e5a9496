"""Formulas in terms of a quotient that has a name: s h for d, where h = d/s is a node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from graphdiff.language.expression import Apply, Expression, in_order
from graphdiff.language.functions.arithmetic import div
from graphdiff.local_functions.pullback import substituted

Known = Mapping[Expression, Expression]


def in_quotients(
    expression: Expression, known: Known, tidied: Callable[[Expression], Expression]
) -> Expression:
    """Return a formula with s h for d where h = d/s is known and that is shorter.

    Where h has a value s is not 0, so nothing is lost.
    """
    for numerator, product in _products(known):
        if any(part is numerator for part in in_order(expression)):
            other = tidied(substituted(expression, [numerator], [product]))
            if length(other) < length(expression):
                expression = other
    return expression


def _products(known: Known) -> Iterator[tuple[Expression, Expression]]:
    """Return the numerators of quotients that have a name, and the products they are."""
    for part, name in known.items():
        match part:
            case Apply(function=function, arguments=(numerator, denominator)) if function == div:
                if numerator.shape == name.shape and not isinstance(numerator, Apply):
                    yield numerator, denominator * name


def length(expression: Expression) -> int:
    """Return how many parts an expression has when it is written out."""
    lengths: dict[Expression, int] = {}
    for part in in_order(expression):
        inner = part.arguments if isinstance(part, Apply) else ()
        lengths[part] = 1 + sum(lengths[argument] for argument in inner)
    return lengths[expression]
