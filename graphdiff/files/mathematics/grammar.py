r"""The grammar of formulas: what stands beside, above and below what.

``sum`` is made of products, ``product`` of factors, ``factor`` of an atom with its scripts. What is
in brackets, or is the argument of a command, is a list of items of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from graphdiff.files.mathematics import differentials
from graphdiff.files.mathematics.arrays import bracketed, cases, matrix
from graphdiff.files.mathematics.items import LAYOUT, NotUnderstood, Row, split, union
from graphdiff.files.mathematics.nesting import over
from graphdiff.files.mathematics.signs import ACCENTS, PRIMES, PRODUCTS, RELATIONS, RUNNING, TERMS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import (
    Accent,
    At,
    Call,
    Comparison,
    Dots,
    Form,
    Fraction,
    Group,
    Indexed,
    Items,
    Large,
    Name,
    Number,
    Product,
    Root,
    Script,
    Span,
    Sum,
    Transpose,
    Tree,
)

MAX_DEPTH = 40
"""How deep formulas stand inside each other."""


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
        sides, relations = [list[Item]()], list[str]()
        given = _given(items)
        for place, item in enumerate(items):
            if place == given or (item.kind == "sign" and item.text in RELATIONS):
                sides.append([])
                relations.append("|" if item.text == "‖" else item.text)
            else:
                sides[-1].append(item)
        if not relations:
            return self.sum(items)
        if relations == [":"] and not all(sides):
            return Name(":", span=items[0].span) if len(items) == 1 else self._slice(sides, items)
        for side, other in pairwise(sides):
            if not other or not side:
                raise NotUnderstood(items[0 if not side else -1], "has nothing on one side")
        trees = tuple(self.sum(side) for side in sides)
        return Comparison(trees, tuple(relations), span=union(*trees))

    def _slice(self, sides: list[list[Item]], items: Sequence[Item]) -> Tree:
        if self.form != "code":
            raise NotUnderstood(items[0], "has nothing on one side of :")
        known = tuple(self.sum(side) for side in sides if side)
        names = (Name("", span=known[0].span),)
        both = (*known, *names) if sides[0] else (*names, *known)
        return Comparison(both, (":",), span=union(*known))

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
                if row.is_over:
                    raise NotUnderstood(row.last, "has nothing after it")
            elif terms:
                raise NotUnderstood(row.now, "does not go on from what stands before it")
            terms.append((sign, self.product(row)))
        if len(terms) == 1 and first.text not in TERMS:
            return terms[0][1]
        return Sum(tuple(terms), span=(first.span[0], terms[-1][1].span[1]))

    def product(self, row: Row) -> Tree:
        """Read factors, with operators between them or side by side."""
        factors, operators = [self.factor(row)], list[str]()
        while not row.is_over and not row.at(TERMS):
            operator = row.take().text if row.at(PRODUCTS) else ""
            if operator and row.is_over:
                raise NotUnderstood(row.last, "has nothing after it")
            if not operator and row.now.kind == "number" and isinstance(factors[-1], Number):
                raise NotUnderstood(row.now, "a number beside a number")
            operators.append(operator)
            factors.append(self.factor(row, is_signed=bool(operator)))
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
        return self._scripts(self._atom(row), row)

    def _scripts(self, body: Tree, row: Row) -> Tree:
        for _ in range(MAX_DEPTH):
            body, goes_on = self._wrapped(self._scripted_once(body, row), row)
            if not goes_on:
                return body
        raise NotUnderstood(row.last, "is written onto too much")

    def _scripted_once(self, body: Tree, row: Row) -> Tree:
        """Read what stands above and below a body, and its primes."""
        below: list[Tree] = []
        above: list[Tree] = []
        primes, transposed = 0, False
        start = row.index
        while not row.is_over and len(below) + len(above) < MAX_DEPTH:
            item = row.now
            if item.kind == "script" and item.text == "_":
                below.append(self.script(row.take()))
            elif item.kind == "script":
                inside = row.take().parts[0]
                if count := _primes(inside):
                    primes += count
                elif _is_transpose(inside[-1:]):
                    transposed = True
                    above += [self.script(item, inside[:-1])] if len(inside) > 1 else []
                else:
                    above.append(self.script(item))
            elif row.at(PRIMES) and (item.glued or self.form != "code"):
                primes += PRIMES[row.take().text]
            elif row.at("**") and not row.is_last:
                row.take()
                above.append(self.factor(row, is_signed=True))
            else:
                break
        end = row.last.span[1] if row.index > start else body.span[1]
        return _with(body, _nested(below), _raised(above), primes, end, transposed)

    def _wrapped(self, body: Tree, row: Row) -> tuple[Tree, bool]:
        """Read what is written behind a body as a whole, and whether there was something."""
        following = row.ahead(0)
        if following is None:
            return body, False
        if following.kind == "transpose":
            row.take()
            return Transpose(body, span=(body.span[0], following.span[1])), True
        if row.at("|") and _is_kind(row.ahead(), "script"):
            row.take()
            return self._at(body, row), True
        if self.form == "code" and following.glued:
            if following.kind == "group" and following.text == "[":
                indices = self._arguments(row.take())
                return Indexed(body, indices, span=(body.span[0], following.span[1])), True
            if row.at(".") and _is_kind(row.ahead(), "word"):
                return self._method(body, row), True
        return body, False

    def _method(self, body: Tree, row: Row) -> Tree:
        """Read ``.sum(axis=0)`` after something."""
        row.take()
        name = row.take()
        function = Name(name.text, is_word=True, span=name.span)
        if row.is_over or row.now.kind != "group" or row.now.text != "(":
            raise NotUnderstood(name, "is no method that is called")
        group = row.take()
        arguments = (body, *self._arguments(group)) if group.parts[0] else (body,)
        return Call(function, arguments, span=(body.span[0], group.span[1]))

    def _at(self, body: Tree, row: Row) -> Tree:
        """Read the scripts of a bar behind a body: the place it is taken at."""
        scripts = {}
        while not row.is_over and row.now.kind == "script":
            item = row.take()
            scripts[item.text] = self.script(item)
        end = row.last.span[1]
        place = scripts.pop("_", None) or scripts.pop("^")
        at = At(body, place, span=(body.span[0], end))
        return Script(at, above=scripts["^"], span=at.span) if scripts else at

    def script(self, item: Item, parts: list[Item] | None = None) -> Tree:
        """Read what stands above or below; a lone sign there is a name, as in ``w^+``."""
        parts = item.parts[0] if parts is None else parts
        if len(parts) == 1 and parts[0].kind == "sign" and parts[0].text not in ("∂", "∇", "…"):
            return Name(parts[0].text, span=parts[0].span)
        if parts and parts[0].kind == "sign" and parts[0].text in PRIMES:
            raise NotUnderstood(parts[0], "has nothing before it")
        return self.whole(parts, item)

    # Atoms.

    def _atom(self, row: Row) -> Tree:
        item = row.take()
        match item.kind:
            case "number":
                return Number(item.text, span=item.span)
            case "letters":
                return Name(item.text, style=item.style, span=item.span)
            case "letter":
                return self._letter(item, row)
            case "word" | "text":
                return self._word(item, row)
            case "function":
                return self._function(item, row)
            case "large":
                return self._large(item.text, item, row)
            case "group":
                if item.style == "|" and item.text != "|" and _is_kind(row.ahead(0), "script"):
                    return self._at(self.whole(item.parts[0], item), row)
                return bracketed(self, item)
            case "matrix":
                return matrix(self, item)
            case "cases":
                return cases(self, item.parts[0], item)
            case "built":
                return self._built(item, row)
            case "sign":
                return self._sign(item, row)
            case "lacking":
                raise NotUnderstood(item, "lacks an argument")
            case "open" | "close" | "stray":
                raise NotUnderstood(item, "has no partner")
            case "unknown":
                raise NotUnderstood(item, "is no known command")
            case _:
                raise NotUnderstood(item, "has no place here")

    @staticmethod
    def _letter(item: Item, row: Row) -> Name:
        """Read a Greek letter, with the digits that touch it."""
        text, end = item.text, item.span[1]
        if (
            not row.is_over
            and row.now.kind == "number"
            and row.now.glued
            and row.now.text.isdigit()
        ):
            digits = row.take()
            text, end = text + digits.text, digits.span[1]
        return Name(text, style=item.style, span=(item.span[0], end))

    def _word(self, item: Item, row: Row) -> Tree:
        text = item.text.strip()
        if not text:
            raise NotUnderstood(item, "has nothing in it")
        if text in RUNNING and item.kind == "text":
            return self._function(item._replace(text=text), row)
        return Name(text, is_word=True, span=item.span)

    def _sign(self, item: Item, row: Row) -> Tree:
        if item.text == "…":
            return Dots(span=item.span)
        if item.text in ("|", "‖"):
            return self._modulus(item, row)
        if item.text == "∇":
            return differentials.gradient(self, item, row)
        if item.text in ("·", "?") and row.is_over and row.is_alone:
            return Dots(span=item.span)
        if item.text == "∂":
            raise NotUnderstood(item, "is no derivative with a ∂ below it")
        raise NotUnderstood(item, "has no place here")

    def _modulus(self, opening: Item, row: Row) -> Tree:
        inside: list[Item] = []
        while not row.is_over and not (row.now.kind == "sign" and row.now.text == opening.text):
            inside.append(row.take())
        if row.is_over:
            raise NotUnderstood(opening, "has no partner")
        closing = row.take()
        body = self.whole(inside, opening)
        return Group(opening.text, body, span=(opening.span[0], closing.span[1]))

    def _built(self, item: Item, row: Row) -> Tree:
        match item.text:
            case "fraction":
                return differentials.fraction(self, item, row) or Fraction(
                    self.whole(item.parts[0], item), self.whole(item.parts[1], item), span=item.span
                )
            case "root":
                body = self.whole(item.parts[-1], item)
                index = self.whole(item.parts[0], item) if len(item.parts) > 1 else None
                if (
                    isinstance(body, Group)
                    and item.span[1] == body.span[1]
                    and item.style != "sqrt"
                ):
                    body = body.body
                return Root(body, index, span=item.span)
            case "accent":
                return Accent(ACCENTS[item.style], self.whole(item.parts[0], item), span=item.span)
            case "unit" | "brace":
                body = self.whole(item.parts[0], item)
                if item.text == "brace":
                    self._skip_label(row, "_" if item.style.startswith("under") else "^")
                return Group("", body, span=item.span) if isinstance(body, Sum) else body
            case "stack":
                return self._stack(item, row)
            case "substack":
                parts = split(item.parts[0], "", ("row",))
                trees = tuple(self.comparison(part) for part in parts if part)
                return trees[0] if len(trees) == 1 else Items(trees, span=item.span)
            case _:
                raise NotUnderstood(item, "is no known command")

    def _stack(self, item: Item, row: Row) -> Tree:
        """Read what stands above or below something, by a command."""
        script, body = item.parts
        words = "".join(part.text.strip() for part in body)
        if words in RUNNING or (body and body[0].kind == "large"):
            row.put(
                Item("script", "_" if item.style == "underset" else "^", item.span, True, (script,))
            )
            return self._large(words, item, row)
        self.skipped.append((item.span, "".join(part.text for part in script)))
        return self.whole(body, item)

    def _skip_label(self, row: Row, where: str) -> None:
        """Leave out what stands at a brace."""
        if not row.is_over and row.now.kind == "script" and row.now.text == where:
            label = row.take()
            self.skipped.append((label.span, " ".join(part.text for part in label.parts[0])))

    # What applies to what follows.

    def _function(self, item: Item, row: Row) -> Tree:
        r"""Read a function with its argument: ``\log x``, ``\max(0, z)``, ``\sin^2 x``."""
        name = item.text
        if name == "arg" and not row.is_over and row.now.text.strip() in ("max", "min"):
            name += row.take().text.strip()
        elif name == "arg" and not row.is_over and row.now.text == "stack":
            stacked = row.take()
            name += "".join(part.text.strip() for part in stacked.parts[1])
            row.put(Item("script", "_", stacked.span, True, (stacked.parts[0],)))
            return self._large(name, item, row)
        following = row.ahead(0)
        if name in RUNNING and following and (following.kind, following.text) == ("script", "_"):
            return self._large(name, item, row)
        function = self._scripts(
            Name(name, is_word=item.kind == "text" or self.form == "code", span=item.span), row
        )
        if row.is_over or not self._begins_argument(row):
            return function
        if row.now.kind == "group" and row.now.text in ("(", "[", "{", ""):
            group = row.take()
            arguments = self._arguments(group)
            return self._scripts(Call(function, arguments, span=(item.span[0], group.span[1])), row)
        argument = self.side_by_side(row, is_argument=True)
        return Call(function, (argument,), span=(item.span[0], argument.span[1]))

    def _begins_argument(self, row: Row) -> bool:
        return row.now.kind != "sign" or row.now.text in ("∂", "∇", "|", "‖", "…")

    def _arguments(self, group: Item) -> tuple[Tree, ...]:
        inner = self.whole(group.parts[0], group)
        return inner.items if isinstance(inner, Items) else (inner,)

    def _large(self, operator: str, item: Item, row: Row) -> Tree:
        """Read an operator that runs over something, and its body: the rest of the term."""
        below: Tree | None = None
        above: Tree | None = None
        while not row.is_over and row.now.kind == "script":
            script = row.take()
            if script.text == "_":
                below = self.script(script)
            else:
                above = self.script(script)
        sign = row.take() if row.at("-") else None
        if row.is_over or row.at(TERMS | PRODUCTS):
            raise NotUnderstood(item, "has nothing to run over")
        body = self.product(row)
        if sign:
            body = Sum((("-", body),), span=(sign.span[0], body.span[1]))
        return Large(operator, below, above, body, span=(item.span[0], body.span[1]))


def _with(
    body: Tree, below: Tree | None, above: Tree | None, primes: int, end: int, transposed: bool
) -> Tree:
    """Return a body with its scripts, if it has any."""
    span = (body.span[0], max(end, body.span[1]))
    if (
        below is not None
        and isinstance(body, Group)
        and isinstance(below, Comparison)
        and not primes
    ):
        body = At(body, below, span=span)
        below = None
    if below is not None or above is not None or primes:
        body = Script(body, below, above, primes, span=span)
    return Transpose(body, span=span) if transposed else body


def _nested(below: list[Tree]) -> Tree | None:
    """Return what stands below, also after a second _: ``δ_Z_1`` is δ with Z_1 below."""
    if not below:
        return None
    found = below[-1]
    for tree in below[-2::-1]:
        found = Script(tree, below=found, span=(tree.span[0], found.span[1]))
    return found


def _raised(above: list[Tree]) -> Tree | None:
    """Return what stands above, also after a second ^: ``2^3^4`` is 2 to the power of 3^4."""
    if not above:
        return None
    found = above[-1]
    for tree in above[-2::-1]:
        found = Script(tree, above=found, span=(tree.span[0], found.span[1]))
    return found


def _given(items: Sequence[Item]) -> int | None:
    """Return the place of the bar of p(y|x), which is not that of a modulus or of ``|_{x=2}``."""
    bars = [
        place for place, item in enumerate(items) if item.kind == "sign" and item.text in ("|", "‖")
    ]
    if len(bars) != 1 or not 0 < bars[0] < len(items) - 1:
        return None
    return None if items[bars[0] + 1].kind == "script" else bars[0]


def _is_transpose(items: list[Item]) -> bool:
    """Whether a sign is ⊤ or an upright T."""
    if len(items) != 1:
        return False
    return items[0].text == "⊤" or (items[0].kind == "text" and items[0].text.strip() == "T")


def _is_kind(item: Item | None, kind: str) -> bool:
    return item is not None and item.kind == kind


def _primes(items: list[Item]) -> int:
    """Return how many primes a script consists of; 0 if of something else."""
    if not all(item.kind == "sign" and item.text in PRIMES for item in items):
        return 0
    return sum(PRIMES[item.text] for item in items)
