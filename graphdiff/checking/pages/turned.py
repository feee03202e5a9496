"""Products of matrices written with a factor turned over, or with two of them swapped.

Where a product does not fit together, or is not what is asked for, one that differs only so may be:
then that is what went wrong.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, NamedTuple

from graphdiff.checking.diagnoses import Diagnosis
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.files.mathematics.trees import (
    Accent,
    Group,
    Name,
    Product,
    Script,
    Span,
    Transpose,
    Tree,
    walk,
)

MAX_TURNED = 12
"""Ways to turn a side over that are tried."""

SENTENCES = {
    False: "{} is transposed and should not be, or the other way round",
    True: "the factors of {} are swapped",
}
"""What is said of a factor that is turned over, and of two that are swapped."""

NOWHERE = {"i": "the product", "j": "it"}
"""Words for a product that is no edge of the graph."""


class Turned(NamedTuple):
    """A side with one factor turned over, or two swapped.

    Attributes
    ----------
    tree
        The side.
    span
        Where the factor stands, or the two.
    swapped
        Whether two are swapped.
    """

    tree: Tree
    span: Span
    swapped: bool


def turned(tree: Tree) -> Iterator[Turned]:
    """Yield a side with a factor of a product transposed or not, then with two swapped."""
    products = [part for part in walk(tree) if isinstance(part, Product)]
    for product in products:
        for factor in product.factors:
            yield Turned(_replaced(tree, factor, _turned(factor)), factor.span, swapped=False)
    for product in products:
        for k in range(1, len(product.factors)):
            one, other = product.factors[k - 1 : k + 1]
            factors = (*product.factors[: k - 1], other, one, *product.factors[k + 1 :])
            span = one.span[0], other.span[1]
            yield Turned(
                _replaced(tree, product, replace(product, factors=factors)), span, swapped=True
            )


def diagnosis(
    tree: Tree, is_right: Callable[[Tree], bool], written: Callable[[Span], str]
) -> Diagnosis | None:
    """Return what is turned over in a side; None if no way to turn it makes it right.

    Parameters
    ----------
    is_right
        Whether a side would be right.
    written
        Returns what stands somewhere in it.
    """
    found = [one for one in itertools.islice(turned(tree), MAX_TURNED) if is_right(one.tree)]
    bug = CATALOGUE["factors-swapped"]
    explanations = tuple(
        replace(bug.explained(NOWHERE, where), sentence=SENTENCES[one.swapped].format(where))
        for one in found
        for where in (written(one.span),)
    )
    return Diagnosis(explanations, certain=len(found) == 1) if found else None


def _turned(factor: Tree) -> Tree:
    """Return a factor without its transpose, or with one."""
    match factor:
        case Transpose(body=body):
            return body
        case Script(body=body, below=None, above=Name(text="T"), primes=0):
            return body
        case Script(above=Name(text="T")):
            return replace(factor, above=None)
        case Name() | Script() | Accent() | Group():
            return Transpose(factor, span=factor.span)
        case _:
            return factor


def _replaced(whole: Any, old: Tree, new: Tree) -> Any:
    """Return a tree, or several, with another in place of one in it."""
    if whole is old:
        return new
    if isinstance(whole, tuple):
        return tuple(_replaced(one, old, new) for one in whole)
    if not isinstance(whole, Tree):
        return whole
    changed = {
        field.name: _replaced(getattr(whole, field.name), old, new)
        for field in fields(whole)
        if field.name != "span"
    }
    return replace(whole, **changed)
