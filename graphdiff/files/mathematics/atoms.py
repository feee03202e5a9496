r"""What a factor begins with: numbers, names, brackets, functions, and what runs over something."""

from __future__ import annotations

from decimal import Decimal

from graphdiff.files.mathematics import differentials
from graphdiff.files.mathematics.arrays import bracketed, cases, matrix
from graphdiff.files.mathematics.items import NotUnderstood, Reads, Row, split
from graphdiff.files.mathematics.scripts import arguments, at_place, script, with_scripts
from graphdiff.files.mathematics.signs import ACCENTS, PRODUCTS, RUNNING, TERMS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import (
    Accent,
    Call,
    Dots,
    Fraction,
    Group,
    Items,
    Large,
    Matrix,
    Name,
    Number,
    Root,
    Sum,
    Tree,
)


def atom(reads: Reads, row: Row) -> Tree:
    """Read what a factor begins with."""
    item = row.take()
    match item.kind:
        case "number":
            return _number(reads, item, row)
        case "letters" | "letter":
            return Name(item.text, style=item.style, span=item.span)
        case "word" | "text":
            return _word(reads, item, row)
        case "function":
            return _function(reads, item, row)
        case "large":
            return _large(reads, item.text, item, row)
        case "group":
            if item.style == "|" and item.text != "|" and row.is_kind("script"):
                return at_place(reads, reads.whole(item.parts[0], item), row)
            return bracketed(reads, item)
        case "matrix":
            return matrix(reads, item)
        case "cases":
            return cases(reads, item.parts[0], item)
        case "built":
            return _built(reads, item, row)
        case "sign":
            return _sign(reads, item, row)
        case "lacking":
            raise NotUnderstood(item, "lacks an argument")
        case "open" | "close" | "stray":
            raise NotUnderstood(item, "has no partner")
        case "unknown":
            raise NotUnderstood(item, "is no known command")
        case _:
            raise NotUnderstood(item, "has no place here")


def _number(reads: Reads, item: Item, row: Row) -> Tree:
    """Read a number, of hundreds if a % follows."""
    if "." in item.text and row.at("…"):  # 0.378…: digits that are left out
        dots = row.take()
        return Number(item.text, span=(item.span[0], dots.span[1]))
    if reads.form == "code" or not row.at("%"):
        return Number(item.text, span=item.span)
    sign = row.take()
    return Number(str(Decimal(item.text).scaleb(-2)), span=(item.span[0], sign.span[1]))


def _word(reads: Reads, item: Item, row: Row) -> Tree:
    text = item.text.strip()
    if not text:
        raise NotUnderstood(item, "has nothing in it")
    if text in RUNNING and item.kind == "text":
        return _function(reads, item._replace(text=text), row)
    return Name(text, is_word=True, span=item.span)


def _sign(reads: Reads, item: Item, row: Row) -> Tree:
    if item.text == "…":
        return Dots(span=item.span)
    if item.text in ("|", "‖"):
        return _modulus(reads, item, row)
    if item.text == "∇":
        return differentials.gradient(reads, item, row)
    if item.text in ("·", "?") and row.is_over and row.is_alone:
        return Dots(span=item.span)
    if item.text == "∂":
        raise NotUnderstood(item, "is no derivative with a ∂ below it")
    raise NotUnderstood(item, "has no place here")


def _modulus(reads: Reads, opening: Item, row: Row) -> Tree:
    inside: list[Item] = []
    while not row.is_over and not (row.now.kind == "sign" and row.now.text == opening.text):
        inside.append(row.take())
    if row.is_over:
        raise NotUnderstood(opening, "has no partner")
    closing = row.take()
    body = reads.whole(inside, opening)
    return Group(opening.text, body, span=(opening.span[0], closing.span[1]))


def _built(reads: Reads, item: Item, row: Row) -> Tree:
    match item.text:
        case "fraction":
            return differentials.fraction(reads, item, row) or Fraction(
                reads.whole(item.parts[0], item), reads.whole(item.parts[1], item), span=item.span
            )
        case "root":
            body = reads.whole(item.parts[-1], item)
            index = reads.whole(item.parts[0], item) if len(item.parts) > 1 else None
            if isinstance(body, Group) and body.bracket == "(":
                body = body.body  # as in √(x + 1)
            return Root(body, index, span=item.span)
        case "accent":
            return Accent(ACCENTS[item.style], reads.whole(item.parts[0], item), span=item.span)
        case "unit" | "brace":
            body = reads.whole(item.parts[0], item)
            if item.text == "brace":
                _skip_label(reads, row, "_" if item.style.startswith("under") else "^")
            return Group("", body, span=item.span) if isinstance(body, Sum) else body
        case "column":
            entries = tuple((reads.whole(part, item),) for part in item.parts)
            return Matrix(entries, span=item.span)
        case "stack":
            return _stack(reads, item, row)
        case "substack":
            parts = split(item.parts[0], "", ("row",))
            trees = tuple(reads.comparison(part) for part in parts if part)
            return trees[0] if len(trees) == 1 else Items(trees, span=item.span)
        case _:
            raise NotUnderstood(item, "is no known command")


def _stack(reads: Reads, item: Item, row: Row) -> Tree:
    """Read what stands above or below something, by a command."""
    script, body = item.parts
    words = "".join(part.text.strip() for part in body)
    if words in RUNNING or (body and body[0].kind == "large"):
        row.put(
            Item("script", "_" if item.style == "underset" else "^", item.span, True, (script,))
        )
        return _large(reads, words, item, row)
    reads.skipped.append((item.span, "".join(part.text for part in script)))
    return reads.whole(body, item)


def _skip_label(reads: Reads, row: Row, where: str) -> None:
    """Leave out what stands at a brace."""
    if not row.is_over and row.now.kind == "script" and row.now.text == where:
        label = row.take()
        reads.skipped.append((label.span, " ".join(part.text for part in label.parts[0])))


def _function(reads: Reads, item: Item, row: Row) -> Tree:
    r"""Read a function with its argument: ``\log x``, ``\max(0, z)``, ``\sin^2 x``."""
    name = item.text
    if name == "arg" and not row.is_over and row.now.text.strip() in ("max", "min"):
        name += row.take().text.strip()
    elif name == "arg" and not row.is_over and row.now.text == "stack":
        stacked = row.take()
        name += "".join(part.text.strip() for part in stacked.parts[1])
        row.put(Item("script", "_", stacked.span, True, (stacked.parts[0],)))
        return _large(reads, name, item, row)
    following = row.ahead(0)
    if name in RUNNING and following and (following.kind, following.text) == ("script", "_"):
        return _large(reads, name, item, row)
    function = with_scripts(
        reads, Name(name, is_word=item.kind == "text" or reads.form == "code", span=item.span), row
    )
    if item.kind == "text" and row.at("-") and not row.is_last:
        argument = reads.factor(row, is_signed=True)
        return Call(function, (argument,), span=(item.span[0], argument.span[1]))
    if row.is_over or not _begins_argument(row):
        return function
    if row.now.kind == "group" and row.now.text in ("(", "[", "{", ""):
        group = row.take()
        span = (item.span[0], group.span[1])
        return with_scripts(reads, Call(function, arguments(reads, group), span=span), row)
    argument = reads.side_by_side(row, is_argument=True)
    return Call(function, (argument,), span=(item.span[0], argument.span[1]))


def _begins_argument(row: Row) -> bool:
    return row.now.kind != "sign" or row.now.text in ("∂", "∇", "|", "‖", "…")


def _large(reads: Reads, operator: str, item: Item, row: Row) -> Tree:
    """Read an operator that runs over something, and its body: the rest of the term."""
    below: Tree | None = None
    above: Tree | None = None
    while not row.is_over and row.now.kind == "script":
        where = row.take()
        if not where.parts[0]:
            continue
        if where.text == "_":
            below = script(reads, where)
        else:
            above = script(reads, where)
    sign = row.take() if row.at("-") else None
    if row.is_over or row.at(TERMS | PRODUCTS):
        raise NotUnderstood(item, "has nothing to run over")
    body = reads.product(row)
    if sign:
        body = Sum((("-", body),), span=(sign.span[0], body.span[1]))
    return Large(operator, below, above, body, span=(item.span[0], body.span[1]))
