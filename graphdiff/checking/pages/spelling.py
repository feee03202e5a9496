r"""How names are spelled, on a page and in a graph: ``\hat y_1``, ``ŷ1`` and ``yhat_1`` are one.

A written name falls into *parts*: letters, numbers, words, accents, what stands below and above.
It is the name of a node if the node's own parts are the same, one after the other; or in another
order, if digits keep theirs: ``Z_1(in)`` is ``Zin1``, but ``w_{12}`` is not ``w21``.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from graphdiff.files.bounds import MAX_DECIMAL_EXPONENT
from graphdiff.files.mathematics.trees import (
    Accent,
    Group,
    Items,
    Name,
    Number,
    Product,
    Script,
    Sum,
    Tree,
)
from graphdiff.notation.latex import letters

BEFORE = "before"
"""The part of a name that stands for the step before, h_{t−1}."""

MOST_PARTS = 6
"""Parts of a name that are looked for in other orders."""

Parts = tuple[str, ...]


class _NoNameError(Exception):
    """A tree that is no name."""


@lru_cache(maxsize=10_000)
def split(text: str) -> Parts:
    """Return the parts of a name as a program or a graph writes it.

    Examples
    --------
    >>> split("yhat_1"), split("ŷ1"), split("W_xh"), split("net_h1")
    (('y', 'hat', '1'), ('y', 'hat', '1'), ('W', 'xh'), ('net', 'h', '1'))
    """
    parts: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        if accent := letters.accent(sign):
            parts.append(accent)
        elif spelled := letters.spelled(sign):
            parts.append({"ell": "l"}.get(spelled, spelled))
        elif sign.isdecimal():
            digit = str(int(sign))
            if parts and parts[-1].isdecimal():
                parts[-1] += digit
            else:
                parts.append(digit)
        elif sign.isalpha() and parts and parts[-1][-1:] != " " and parts[-1].isalpha():
            parts[-1] += sign
        elif sign.isalpha():
            parts.append(sign)
        elif parts and parts[-1].isalnum():
            parts.append("")
    return tuple(_without_accent_words(part for part in parts if part))


def _without_accent_words(parts: Iterator[str]) -> Iterator[str]:
    """Take words for accents off letters: yhat is y and hat."""
    for part in parts:
        match = re.fullmatch(r"(\w+?)(hat|bar|tilde)", part)
        if match and match[1] not in ("w", "t", "c"):  # what, that, chat
            yield from match.groups()
        else:
            yield part


def number_of(tree: Number) -> Fraction | None:
    """Return a number that was written; None for one too large or too small to be meant."""
    try:
        number = Decimal(tree.text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > MAX_DECIMAL_EXPONENT:
        return None
    return Fraction(number)


def parts_of(tree: Tree) -> Parts | None:
    """Return the parts of a written name; None for anything else, and where there are none."""
    try:
        return tuple(_parts(tree)) or None
    except _NoNameError:
        return None


def bare_parts_of(tree: Tree) -> Parts | None:
    """Return the parts of a name that is a letter, perhaps with an index or an accent."""
    return parts_of(tree) if isinstance(tree, Name | Script | Accent) else None


def _parts(tree: Tree) -> Iterator[str]:
    match tree:
        case Name(text=text):
            yield from split(text)
        case Number(text=text) if text.isdecimal():
            yield text
        case Accent(accent=accent, body=body):
            yield from _parts(body)
            yield {"widehat": "hat", "overline": "bar", "widetilde": "tilde"}.get(accent, accent)
        case Script(body=body, below=below, above=above, primes=primes):
            yield from _parts(body)
            for script in (below, above):
                if script is not None:
                    yield from _parts(script)
            yield from ["prime"] * primes
        case Group(body=body):
            yield from _parts(body)
        case Items(items=items):
            for item in items:
                yield from _parts(item)
        case Product(factors=factors, operators=operators) if not any(operators):
            for factor in factors:
                yield from _parts(factor)
        case Sum(terms=(("+", Name(text="t")), ("-", Number(text="1")))):
            yield from ("t", BEFORE)
        case Sum(terms=((sign, term),)) if sign == "+":
            yield from _parts(term)
        case _:
            raise _NoNameError


def without_step(tree: Tree) -> Tree | None:
    """Return w for w^{(0)}, w_t or w_0, where an index counts steps; None for another name."""
    if not isinstance(tree, Script) or tree.primes or not isinstance(tree.body, Name):
        return None
    indices = [index for index in (tree.below, tree.above) if index is not None]
    is_power = tree.above is not None and not isinstance(tree.above, Group)
    return tree.body if len(indices) == 1 and not is_power and _counts(indices[0]) else None


def _counts(index: Tree) -> bool:
    """Whether an index may be the number of a step: 0, (2), t, k."""
    while isinstance(index, Group):
        index = index.body
    return isinstance(index, Number) or (isinstance(index, Name) and index.text in "tkn")


def orders(parts: Parts) -> Iterator[str]:
    """Yield the spellings of parts, as written first, then in other orders, digits in theirs."""
    yield "".join(parts)
    if len(parts) > MOST_PARTS:
        return
    digits = [part for part in parts if part.isdecimal()]
    for order in itertools.permutations(parts):
        if order != parts and [part for part in order if part.isdecimal()] == digits:
            yield "".join(order)
