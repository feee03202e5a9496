r"""The grammar of formulas: what stands beside, above and below what.

``sum`` is made of products, ``product`` of factors, ``factor`` of an atom with its scripts. What is
in brackets, or is the argument of a command, is a list of items of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graphdiff.files.mathematics import differentials
from graphdiff.files.mathematics.arguments import over
from graphdiff.files.mathematics.atoms import atom
from graphdiff.files.mathematics.items import (
    LAYOUT,
    MAX_DEPTH,
    NotUnderstood,
    Row,
    is_relation,
    split,
    ternary,
    union,
)
from graphdiff.files.mathematics.scripts import with_scripts
from graphdiff.files.mathematics.signs import PRODUCTS, TERMS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import (
    Cases,
    Comparison,
    Form,
    Group,
    Items,
    Name,
    Number,
    Product,
    Script,
    Span,
    Sum,
    Tree,
)


class Grammar:
    """A reader of items; `depth` is how far inside others it is."""

    def __init__(self, form: Form) -> None:
        self.form: Form = form
        self.depth = 0
        self.skipped: list[tuple[Span, str]] = []

    # What a list of items is.

    def whole(self, items: Sequence[Item], place: Item) -> Tree:
        """Read what is in brackets or an argument: parts with commas, comparisons, or a sum."""
        if self.depth >= MAX_DEPTH:
            raise NotUnderstood(place, "stands too deep inside others")
        self.depth += 1
        try:
            seen = [item for item in items if item.kind not in LAYOUT]
            return self._listed(over(seen, place.span), place)
        finally:
            self.depth -= 1

    def _listed(self, items: list[Item], place: Item) -> Tree:
        while items and items[-1].kind == "sign" and items[-1].text in ",;.":
            items = items[:-1]
        if not items:
            raise NotUnderstood(place, "has nothing in it")
        parts = split(items, ",;")
        if len(parts) == 1:
            return self.comparison(parts[0])
        if not all(parts):
            raise NotUnderstood(place, "has nothing between two commas")
        trees = tuple(self.comparison(part) for part in parts)
        return Items(trees, span=union(*trees))

    def comparison(self, items: Sequence[Item]) -> Tree:
        """Read a chain of relations, or a sum."""
        if self.form != "latex" and (choice := ternary(items)):
            return self._choice(items, choice)
        sides, relations = [list[Item]()], list[str]()
        given = _given(items)
        for place, item in enumerate(items):
            if place == given or is_relation(item):
                sides.append([])
                relations.append("|" if item.text == "‖" else item.text)
            else:
                sides[-1].append(item)
        if not relations:
            return self.sum(items)
        if set(relations) == {":"} and not all(sides):
            return self._slice(sides, items)
        for side, other in pairwise(sides):
            if not other or not side:
                raise NotUnderstood(items[0 if not side else -1], "has nothing on one side")
        trees = tuple(self.sum(side) for side in sides)
        return Comparison(trees, tuple(relations), span=union(*trees))

    def _choice(self, items: Sequence[Item], choice: tuple[int, int]) -> Tree:
        """Read ``a if condition else b`` of a program."""
        parts = items[: choice[0]], items[choice[0] + 1 : choice[1]], items[choice[1] + 1 :]
        value, condition, other = (self.whole(part, items[choice[0]]) for part in parts)
        others = other.rows if isinstance(other, Cases) else ((other, None),)
        return Cases(((value, condition), *others), span=union(value, other))

    def _slice(self, sides: list[list[Item]], items: Sequence[Item]) -> Tree:
        """Read ``:``, ``1:`` or ``::-1``; what is left out is a name without letters."""
        span = (items[0].span[0], items[-1].span[1])
        if len(items) == 1:
            return Name(":", span=span)
        trees = [self.sum(side) if side else Name("", span=span) for side in sides]
        return Comparison(tuple(trees), (":",) * (len(sides) - 1), span=span)

    def sum(self, items: Sequence[Item]) -> Tree:
        """Read terms with their signs."""
        row = Row(items)
        if row.is_over:
            raise NotUnderstood(None, "nothing stands there")
        terms: list[tuple[str, Tree]] = []
        first = row.now
        while not row.is_over:
            sign = "+"
            if row.at(TERMS):
                sign = row.take().text
                if row.is_over and terms and row.last.glued and sign == "+":  # w+ for w^+
                    return self._with_plus(terms, row.last)
                if row.is_over:
                    raise NotUnderstood(row.last, "has nothing after it")
            elif terms:
                raise NotUnderstood(row.now, "does not go on from what stands before it")
            terms.append((sign, self.product(row, is_signed=bool(terms))))
        if len(terms) == 1 and first.text not in TERMS:
            return terms[0][1]
        return Sum(tuple(terms), span=(first.span[0], terms[-1][1].span[1]))

    @staticmethod
    def _with_plus(terms: list[tuple[str, Tree]], plus: Item) -> Tree:
        (sign, body), *others = terms
        if others or sign != "+":
            raise NotUnderstood(plus, "has nothing after it")
        above = Name("+", span=plus.span)
        return Script(body, above=above, span=(body.span[0], plus.span[1]))

    def product(self, row: Row, is_signed: bool = False) -> Tree:
        """Read factors, with operators between them or side by side."""
        factors, operators = [self.factor(row, is_signed)], list[str]()
        while not row.is_over and not row.at(TERMS):
            operator = row.take().text if row.at(PRODUCTS) else ""
            if operator and row.is_over:
                raise NotUnderstood(row.last, "has nothing after it")
            item = row.now
            factor = self.factor(row, is_signed=bool(operator))
            if not operator and isinstance(factors[-1], Number) and isinstance(factor, Number):
                raise NotUnderstood(item, "is a number beside a number")
            operators.append(operator)
            factors.append(factor)
        if len(factors) == 1:
            return factors[0]
        return Product(tuple(factors), tuple(operators), span=union(*factors))

    def side_by_side(self, row: Row, is_argument: bool) -> Tree:
        """Read factors without an operator between them; as an argument, up to a loose bracket."""
        factors = [self.factor(row)]
        while not row.is_over and not row.at(TERMS | PRODUCTS) and self._begins_factor(row.now):
            item = row.now
            if is_argument and (
                item.kind in ("function", "large")
                or (item.kind == "group" and not item.glued)
                or isinstance(factors[0], Group)
            ):
                break
            factors.append(self.factor(row))
        if len(factors) == 1:
            return factors[0]
        return Product(tuple(factors), ("",) * (len(factors) - 1), span=union(*factors))

    @staticmethod
    def _begins_factor(item: Item) -> bool:
        return item.kind != "sign" or item.text in ("∂", "∇", "…")

    # Factors.

    def factor(self, row: Row, is_signed: bool = False) -> Tree:
        """Read an atom with its scripts; after an operator, with a sign before it."""
        if self.depth >= MAX_DEPTH:
            raise NotUnderstood(row.now, "stands too deep inside others")
        self.depth += 1
        try:
            if is_signed and row.at(TERMS):
                sign = row.take()
                if row.is_over:
                    raise NotUnderstood(sign, "has nothing after it")
                body = self.factor(row, is_signed=True)
                return Sum(((sign.text, body),), span=(sign.span[0], body.span[1]))
            if derivative := differentials.flat(self, row):
                return derivative
            return self.scripted(row)
        finally:
            self.depth -= 1

    def scripted(self, row: Row) -> Tree:
        """Read an atom with all that is written onto it."""
        return with_scripts(self, atom(self, row), row)


def _given(items: Sequence[Item]) -> int | None:
    """Return the place of the bar of p(y|x), which is not that of a modulus or of ``|_{x=2}``."""
    bars = [
        place for place, item in enumerate(items) if item.kind == "sign" and item.text in ("|", "‖")
    ]
    if len(bars) != 1 or not 0 < bars[0] < len(items) - 1:
        return None
    return None if items[bars[0] + 1].kind == "script" else bars[0]
