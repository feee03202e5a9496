r"""Derivatives in all their forms: fractions, ∂L/∂w in a line, operators before their operand."""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import Literal, NamedTuple

from graphdiff.files.mathematics.items import NotUnderstood, Reads, Row, union
from graphdiff.files.mathematics.scripts import script as script_of
from graphdiff.files.mathematics.signs import LETTERS, PRIMES, PRODUCTS, TERMS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import (
    At,
    Derivative,
    Group,
    Items,
    Name,
    Number,
    Product,
    Script,
    Tree,
)

Mark = Literal["∂", "d"]
_NAMES = ("letters", "word", "text")


class _Differential(NamedTuple):
    """What begins with a ∂ or a d: its mark, its order, and what comes after both."""

    mark: Mark
    order: int
    rest: list[Item]


def _differential(items: list[Item]) -> _Differential | None:
    """Read ``∂^2 L`` or ``dL``; None if it is nothing of the kind."""
    if not items:
        return None
    first, rest = items[0], items[1:]
    if first.kind == "sign" and first.text == "∂":
        mark: Mark = "∂"
    elif _begins_with_d(first):
        mark = "d"
        if len(first.text.strip()) > 1:
            return _Differential(mark, 1, [_without_d(first), *rest])
    else:
        return None
    order = 1
    if rest and rest[0].kind == "script":
        number = _integer(rest[0])
        if rest[0].text != "^" or number is None:
            return None
        order, rest = number, rest[1:]
    if rest and rest[0].kind == "sign" and rest[0].text not in ("∂", "∇", "|", "‖"):
        return None
    return _Differential(mark, order, rest)


def _begins_with_d(item: Item) -> bool:
    """Whether an item is a d, or a d and a name that touches it."""
    text = item.text.strip()
    if item.kind not in _NAMES or item.style or text[:1] != "d" or text in LETTERS:
        return False
    return len(text) == 1 or (text[1].isalpha() and " " not in text) or _order_of(item) > 1


def _order_of(item: Item) -> int:
    """Return 2 of ``d2L`` and ``d²L``, which programs and lines of text have, else 1."""
    found = re.fullmatch(r"d([23²³])[^\W\d_]\w*", item.text.strip())
    return int(unicodedata.normalize("NFKC", found[1])) if found else 1


def _without_d(item: Item) -> Item:
    return _part(item, 2 if _order_of(item) > 1 else 1)


def _part(item: Item, first: int, last: int | None = None) -> Item:
    """Return a part of a word as an item."""
    start, end = item.span
    text = item.text.strip()[first:last]
    if end - start == len(item.text):
        start += first
        end = start + len(text)
    name = LETTERS.get(text)
    if name:
        return item._replace(kind="letter", text=name, span=(start, end), glued=True)
    return item._replace(text=text, span=(start, end), glued=True)


def _integer(script: Item) -> int | None:
    inside = script.parts[0]
    if len(inside) == 1 and inside[0].kind == "number" and inside[0].text in ("1", "2", "3", "4"):
        return int(inside[0].text)
    return None


def _below_in_one_word(item: Item, order: int) -> list[Item]:
    """Return w, b for the ``dwdb`` below ``d2L``, and w, w for ``dw2``; nothing for other words."""
    text = item.text.strip()
    inner = [found.start() for found in re.finditer(r"d(?=[^\W\d_])", text[2:])]
    if len(inner) == order - 1:
        ends = [0, *(place + 2 for place in inner), len(text)]
        return [_part(item, a + 1, b) for a, b in itertools.pairwise(ends)]
    is_power = unicodedata.normalize("NFKC", text[-1:]) == str(order) and len(text) > 2
    return [_part(item, 1, -1)] * order if is_power else []


def fraction(reads: Reads, item: Item, row: Row) -> Tree | None:
    r"""Return a fraction as a derivative, if it is one; \frac{∂}{∂w} takes its operand."""
    above, below = _differential(item.parts[0]), _differential(item.parts[1])
    if above is None or below is None or not below.rest:
        return None
    mark: Mark = "∂" if "∂" in (above.mark, below.mark) else "d"
    order = max(above.order, below.order)
    wrt = _wrt(reads, below.rest, order, below.order > 1, item)
    if above.rest:
        return Derivative(mark, reads.whole(above.rest, item), wrt, span=item.span)
    return _applied(mark, _operand(reads, row, item), wrt, item)


def _applied(mark: Mark, of: Tree, wrt: tuple[Tree, ...], operator: Item) -> Tree:
    r"""Return an operator applied; in ``d/dw (w²)|_{w=3}`` the derivative is taken at the place."""
    span = (operator.span[0], of.span[1])
    if isinstance(of, At):
        return At(Derivative(mark, of.body, wrt, span=span), of.place, span=span)
    if isinstance(of, Product) and isinstance(last := of.factors[-1], At):
        body = Product((*of.factors[:-1], last.body), of.operators, span=of.span)
        return At(Derivative(mark, body, wrt, span=span), last.place, span=span)
    return Derivative(mark, of, wrt, span=span)


def _wrt(reads: Reads, items: list[Item], order: int, each: bool, place: Item) -> tuple[Tree, ...]:
    """Return what is differentiated by, from ``w ∂b`` or ``w^2``."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind == "sign" and item.text == "∂":
            parts.append([])
        elif order > 1 and item.kind == "sign" and item.text in PRODUCTS:
            continue  # as in (dw*db)
        elif order > 1 and parts[-1] and _begins_with_d(item):
            parts.append([_without_d(item)] if len(item.text) > 1 else [])
        else:
            parts[-1].append(item)
    trees = [reads.whole(part, place) for part in parts]
    if each and len(trees) == 1:
        return (trees[0],) * order
    return tuple(name for tree in trees for name in _repeated(tree, order))


def _repeated(tree: Tree, order: int) -> tuple[Tree, ...]:
    """Return w, w for the w² below a derivative of second order."""
    if order > 1 and isinstance(tree, Script) and isinstance(tree.above, Number):
        times = tree.above.text
        if times.isdigit() and 2 <= int(times) <= order:
            plain = tree.below is None and not tree.primes
            once = tree.body if plain else Script(tree.body, tree.below, None, tree.primes,
                                                  span=tree.span)  # fmt: skip
            return (once,) * int(times)
    return (tree,)


def _operand(reads: Reads, row: Row, operator: Item) -> Tree:
    """Read what an operator applies to: a bracket, or all that stands side by side.

    A mere number is not differentiated: then what it is multiplied by belongs to it.
    """
    if row.is_over or row.at(TERMS | PRODUCTS):
        raise NotUnderstood(operator, "has nothing after it to apply to")
    if row.now.kind == "group":
        return reads.factor(row)
    body = reads.side_by_side(row, is_argument=False)
    while row.at(PRODUCTS) and not row.is_last and not _has_names(body):
        sign = row.take()
        more = reads.side_by_side(row, is_argument=False)
        body = Product((body, more), (sign.text,), span=union(body, more))
    return body


def _has_names(tree: Tree) -> bool:
    """Whether there is more in a tree than numbers."""
    if isinstance(tree, Number):
        return False
    parts = [getattr(tree, slot, None) for slot in ("above", "below", "body")]
    inner = [part for part in parts if isinstance(part, Tree)]
    inner += getattr(tree, "factors", ())
    return not inner or any(map(_has_names, inner))


def flat(reads: Reads, row: Row) -> Tree | None:
    """Read ``∂L/∂w``, ``dL/dw``, ``∂/∂w (…)`` or ``∂_w L``, if that is what comes next."""
    start, order = row.now, 1
    if start.kind == "sign" and start.text == "∂":
        row.take()
        mark: Mark = "∂"
    elif _begins_with_d(start) and _is_over_d(row, reads.form == "code"):
        row.take()
        mark, order = "d", _order_of(start)
        if len(start.text.strip()) > 1:
            row.put(_without_d(start))
    else:
        return None
    while not row.is_over and row.now.kind == "script" and row.last.text in ("∂", "d"):
        script = row.take()
        if script.text == "_":
            by = script_of(reads, script)
            return _applied(mark, _operand(reads, row, start), _names(by), start)
        order = _integer(script) or 0
    of = None if row.at("/") else _function_of(reads, row, start)
    if not row.at("/") or not order:
        raise NotUnderstood(start, f"is no derivative with a {mark} below it")
    row.take()
    wrt = _flat_wrt(reads, row, order, start)
    if of is None:
        return _applied(mark, _operand(reads, row, start), wrt, start)
    return Derivative(mark, of, wrt, span=(start.span[0], row.last.span[1]))


def _names(tree: Tree) -> tuple[Tree, ...]:
    if isinstance(tree, Group) and isinstance(tree.body, Items):
        return tree.body.items
    return tree.items if isinstance(tree, Items) else (tree,)


def _function_of(reads: Reads, row: Row, start: Item) -> Tree:
    """Read what is differentiated, up to the stroke: ``L``, ``J(W, b)``, ``(wx + b)``."""
    if row.is_over or row.at(TERMS | PRODUCTS):
        raise NotUnderstood(start, "has nothing after it")
    parts = [reads.scripted(row)]
    while not row.is_over and not row.at(TERMS | PRODUCTS) and row.now.kind != "sign":
        parts.append(reads.scripted(row))
    if len(parts) == 1:
        return parts[0]
    return Product(tuple(parts), ("",) * (len(parts) - 1), span=union(*parts))


def _flat_wrt(reads: Reads, row: Row, order: int, start: Item) -> tuple[Tree, ...]:
    if not row.is_over and row.now.kind == "group" and _differential(row.now.parts[0]):
        group = row.take()
        below = _differential(group.parts[0])
        return _wrt(reads, below.rest if below else [], order, False, group)
    found: tuple[Tree, ...] = ()
    while len(found) < order:
        if row.is_over or not (row.at("∂") or _begins_with_d(row.now)):
            if found:
                break
            raise NotUnderstood(start, "has no ∂ or d below it")
        mark = row.take()
        is_last = row.is_over or not (_begins_with_d(row.now) or row.is_kind("script"))
        together = _below_in_one_word(mark, order) if not found and is_last else []
        if order > 1 and together:
            return tuple(reads.whole([part], mark) for part in together)
        if mark.kind != "sign" and len(mark.text.strip()) > 1:
            row.put(_without_d(mark))
        elif row.is_over:
            raise NotUnderstood(mark, "has nothing after it")
        tree = reads.scripted(row)
        found += _repeated(tree, order) if not found else (tree,)
    return found


def _is_over_d(row: Row, is_glued: bool) -> bool:
    """Whether a d… that comes next has a d… below it: ``dL/dw``, ``d L_1 / d w``, ``d/dw``."""
    place = row.index + 1
    items = row.items

    def kind(index: int) -> str:
        return items[index].kind if index < len(items) else ""

    if len(row.now.text.strip()) == 1:
        place += kind(place) == "script"
        place += kind(place) in (*_NAMES, "letter", "group", "built")
    while kind(place) == "script" or (kind(place) == "sign" and items[place].text in PRIMES):
        place += 1
    if kind(place) == "group" and items[place].glued:
        place += 1
    if kind(place) != "sign" or items[place].text != "/" or place + 1 >= len(items):
        return False
    below = items[place + 1]
    if below.kind == "group":
        return _differential(below.parts[0]) is not None
    if is_glued and not (items[place].glued and below.glued):
        return False
    if not _begins_with_d(below):
        return False
    return len(below.text.strip()) > 1 or kind(place + 2) in (*_NAMES, "letter", "group", "built")


def gradient(reads: Reads, nabla: Item, row: Row) -> Tree:
    """Read ``∇_w L`` and ``∇²L``; a ∇ with nothing behind it is a name."""
    wrt: tuple[Tree, ...] = ()
    mark: Literal["∇", "∇²"] = "∇"
    while not row.is_over and row.now.kind == "script":
        script = row.take()
        if script.text != "^":
            wrt = _names(script_of(reads, script))
        elif _integer(script) == 2:
            mark = "∇²"
        else:
            raise NotUnderstood(script, "is a power of ∇")
    if row.is_over or row.at(TERMS | PRODUCTS) or row.now.kind == "sign":
        name = Name("nabla", span=nabla.span)
        return Script(name, wrt[0], span=nabla.span) if len(wrt) == 1 else name
    if row.now.kind in ("built", "number", "large", "function"):
        of = _operand(reads, row, nabla)
    else:
        of = reads.scripted(row)
        if not row.is_over and row.now.kind == "group" and row.now.glued:
            argument = reads.scripted(row)
            of = Product((of, argument), ("",), span=union(of, argument))
    return Derivative(mark, of, wrt, span=(nabla.span[0], of.span[1]))
