"""Lines that say how a parameter changes: ``w ← w − η ∂L/∂w``, ``w_new = 0.5 − 0.1·0.07``."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.checking.pages import known_functions, spelling
from graphdiff.checking.pages.names import Names
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Side, Sum, Tree
from graphdiff.graph import Node

ARROWS = frozenset({"←", ":=", "-=", "+=", "→"})
"""Relations after which stands the new value."""

CHANGES = frozenset({"-=", "+="})
"""Relations after which stands what is added, or taken off."""

MOST = 20
"""Steps that an index may count."""

Values = Mapping[str, Sequence[Any]]
"""What each leaf is on a page, one after the other."""

NEW = frozenset({
    "new", "neu", "next", "updated", "update", "upd", "nuevo", "nueva", "nouveau", "novo", "nova",
    "baru", "nuovo", "nuova", "nieuw", "nieuwe", "nowy", "moi", "after", "plus", "post", "neue",
    "neues", "neuer", "neuen", "nouvelle", "новое", "новый", "新",
})  # fmt: skip
"""Words beside a name for its value after a step."""


def parameter_of(
    names: Names, line: Sequence[Side], values: Values, seen: Sequence[Node]
) -> Node | None:
    """Return the parameter whose new value a statement gives; None if it gives none.

    Parameters
    ----------
    values
        What each leaf is on the page, one after the other.
    seen
        The parameters whose gradients the page has given so far, the last one last.
    """
    if len(line) < 2 or line[0].relation:
        return None
    left, right = line[0].tree, line[1]
    bare, marked = without_mark(left)
    if (other := _counted_name(left)) != (None, None) and other[1] is None:
        bare = other[0] or bare  # ŵ = w − …
    if not marked:
        stepped = _stepped(names, left, right.tree)
        if stepped is None:
            stepped = _counted(names, left, right.tree)
        if stepped is not None:
            return stepped
    node = _leaf(names, bare)
    if node is None and isinstance(bare, Script) and bare.above is None and not bare.primes:
        whole = _leaf(names, bare.body)  # W of W_2, an entry of it
        node = whole if whole is not None and whole.shape else None
    if node is None and marked:
        node = _by_value(names, bare, line, values, seen)
    if node is None or node.kind != "parameter":
        return None
    if marked or right.relation in ARROWS:
        return node
    return node if _changes(names, node, line, values, seen) else None


def perhaps(names: Names, tree: Tree) -> tuple[Node, tuple[int, ...]] | None:
    """Return the parameter that a name may mean after steps, and how many: w_2, w^{(2)}, ŵ, w*.

    An index counts steps only where the graph has one number of that name, and none with it.
    """
    bare, count = _counted_name(tree)
    is_marked = bare is not None and count is None
    own = None if is_marked else names.exact(spelling.parts_of(tree) or ())
    if own is not None:
        return (own, (0, 1)) if own.kind == "parameter" else None
    node = None if bare is None else _leaf(names, bare)
    if node is None or node.kind != "parameter":
        return None
    if count is None:
        return node, (1,)
    counts = tuple(steps for steps in (count, count - 1) if 0 <= steps <= MOST)
    return (node, counts) if counts and not node.shape else None


def _counted_name(tree: Tree) -> tuple[Tree | None, int | None]:
    """Return a name without its sign or its number, and this number."""
    match tree:
        case trees.Accent(accent="hat" | "tilde" | "widehat" | "widetilde", body=body):
            return body, None
        case Script(body=trees.Accent() as accented, primes=0):
            body, _ = _counted_name(accented)
            return (None if body is None else replace(tree, body=body)), None
        case Script(above=Name(text="*" | "∗"), primes=0):
            return _script(tree.body, tree.below, None, 0, tree), None
        case Script(body=body, below=None, above=None, primes=2):
            return body, 2
        case Script(above=trees.Group("(", Number(text=text)), primes=0) if text.isdecimal():
            return _script(tree.body, tree.below, None, 0, tree), int(text[:4])
        case (
            Script(body=body, below=Number(text=text), above=None, primes=0)
            | trees.Product(factors=(body, trees.Group("(", Number(text=text))), operators=("",))
        ) if text.isdecimal():
            return body, int(text[:4])
        case _:
            return None, None


def with_arrow(sides: Sequence[Side]) -> tuple[Sequence[Side], Sequence[Side]]:
    """Return w = 0.5 → 0.52 as what it says before the arrow, and w ← 0.52."""
    for place, side in enumerate(sides):
        if place > 1 and side.relation == "→" and literal(side.tree) is not None:
            return sides[:place], [sides[0], Side("←", side.tree), *sides[place + 1 :]]
    return sides, ()


def written_out(sides: Sequence[Side]) -> Sequence[Side]:
    """Return ``w -= η g`` as what it stands for, w ← w − η g."""
    if len(sides) < 2 or sides[1].relation not in CHANGES:
        return sides
    first, step, *rest = sides
    sign = step.relation[0]
    taken = trees.Group("(", step.tree, span=step.tree.span)
    new = Sum((("+", first.tree), (sign, taken)), span=step.tree.span)
    return [first, Side(":=", new), *rest]


def without_mark(tree: Tree) -> tuple[Tree, bool]:
    """Return a name without what marks a new value: w⁺, w_new, w^{(t+1)}, w′, new w."""
    if not isinstance(tree, Script):
        if isinstance(tree, trees.Product) and not any(tree.operators) and len(tree.factors) == 2:
            for one, other in (tree.factors, tree.factors[::-1]):
                if isinstance(one, Name) and one.text.lower() in NEW:
                    return other, True
                if isinstance(one, trees.Group) and is_mark(one):  # w(new), w(t + 1)
                    return other, True
        if isinstance(tree, Name) and tree.is_word:
            words = tree.text.split("_")
            kept = [word for word in words if word.lower() not in NEW]
            if 0 < len(kept) < len(words):
                return replace(tree, text="_".join(kept)), True
        return tree, False
    above, below = tree.above, tree.below
    if isinstance(above, Script) and above.primes == 1 and above.above is above.below is None:
        return _script(tree.body, below, above.body, tree.primes, tree), True  # W^{(1)\prime}
    if above is not None and is_mark(above):
        return _script(tree.body, below, None, tree.primes, tree), True
    if below is not None and is_mark(below):
        return _script(tree.body, None, above, tree.primes, tree), True
    if isinstance(below, Script) and below.below is not None and is_mark(below.below):  # w₁_new
        inner = _script(below.body, None, below.above, below.primes, below)
        return _script(tree.body, inner, above, tree.primes, tree), True
    if (inner := _without_one_mark(below)) is not None:
        return _script(tree.body, inner, above, tree.primes, tree), True
    if (inner := _without_one_mark(above)) is not None:  # w₁₁^{(1),new}
        return _script(tree.body, below, inner, tree.primes, tree), True
    if tree.primes == 1 and above is None:
        return _script(tree.body, below, None, 0, tree), True
    inner, marked = without_mark(tree.body)
    if marked:
        return Script(inner, below, above, tree.primes, span=tree.span), True
    return tree, False


def marked_as_new(tree: Tree) -> tuple[Tree, bool]:
    """Return a name without the word or the + that says new; z′ and h_{t+1} may be other things."""
    above_or_below = [tree.below, tree.above] if isinstance(tree, Script) else []
    is_in_time = any(isinstance(_inner(one), Sum) for one in above_or_below if one is not None)
    if is_in_time or (isinstance(tree, Script) and tree.primes):
        return tree, False
    return without_mark(tree)


def _inner(tree: Tree) -> Tree:
    while isinstance(tree, trees.Group):
        tree = tree.body
    return tree


def _without_one_mark(script: Tree | None) -> Tree | None:
    """Return what stands above or below without the one of its parts that is a mark."""
    if not isinstance(script, trees.Items | trees.Product):
        return None
    parts = script.items if isinstance(script, trees.Items) else script.factors
    kept = [part for part in parts if not is_mark(part)]
    if len(kept) != len(parts) - 1 or not kept:
        return None
    return kept[0] if len(kept) == 1 else trees.Items(tuple(kept), span=script.span)


def _stepped(names: Names, left: Tree, right: Tree) -> Node | None:
    """Return the parameter of w^{(2)} = w^{(1)} − …, in which two steps of it have numbers."""
    start = right.terms[0][1] if isinstance(right, Sum) and len(right.terms) > 1 else None
    name, before = (
        spelling.without_step(left),
        None if start is None else spelling.without_step(start),
    )
    if name is None or start is None or not isinstance(name, Name):
        return None
    if not isinstance(before, Name) or before.text != name.text:
        return None
    parts = spelling.split(name.text)
    node = names.exact(parts)
    after, start_at = (_first_number(_index_of(tree)) for tree in (left, start))
    if node is None or node.kind != "parameter" or node.shape or start_at is None:
        return None
    return node if after == start_at + 1 else None


def _counted(names: Names, left: Tree, right: Tree) -> Node | None:
    """Return the parameter of w^{(2)} = 0.6 − 0.1·…: a power of it is nothing one computes so."""
    match left:
        case Script(below=None, above=trees.Group("(", Number()), body=body, primes=0):
            node = _leaf(names, body)
        case _:
            return None
    is_change = isinstance(right, Sum) and len(right.terms) > 1
    is_number = node is not None and node.kind == "parameter" and not node.shape
    return node if is_change and is_number else None


def _index_of(tree: Tree) -> Tree:
    assert isinstance(tree, Script)  # noqa: S101 - asked
    index = tree.above if tree.above is not None else tree.below
    assert index is not None  # noqa: S101 - it has one
    return index


def _bare_word(text: str) -> str:
    """Return a word in small letters without accents: moi for mới."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def is_mark(tree: Tree) -> bool:
    """Whether a script says that a value is the new one: +, new, t + 1, (t + 1)."""
    tree = _inner(tree)
    match tree:
        case Name(text=text):
            return _bare_word(text) in NEW or text == "+"
        case Sum(terms=((_, Name()), ("+", Number(text="1")))):
            return True
        case trees.Accent(body=body):
            return is_mark(body)
        case trees.Unread(found="+"):
            return True
        case _:
            return False


def _script(body: Tree, below: Tree | None, above: Tree | None, primes: int, at: Tree) -> Tree:
    if below is None and above is None and not primes:
        return body
    return Script(body, below, above, primes, span=at.span)


def _leaf(names: Names, tree: Tree) -> Node | None:
    parts = spelling.parts_of(tree)
    node = None if parts is None else names.node(parts)
    return node if node is not None and node.is_leaf else None


def _by_value(
    names: Names,
    tree: Tree,
    line: Sequence[Side],
    values: Mapping[str, Sequence[Any]],
    seen: Sequence[Node],
) -> Node | None:
    """Return the parameter a shortened name means: w of w1 and w2, by the value it begins with."""
    parts = spelling.parts_of(tree)
    if parts is None:
        return None
    alike = [
        node for node in names.graph.leaves
        if node.kind == "parameter" and spelling.split(node.name)[: len(parts)] == parts
    ]  # fmt: skip
    first = _first_number(line[1].tree)
    fitting = [node for node in alike if first is not None and _is_one(values, node, first)]
    recent = [node for node in reversed(seen) if node in fitting]
    if recent:
        return recent[0]
    return fitting[0] if len(fitting) == 1 else None


def _first_number(tree: Tree) -> Fraction | None:
    """Return the number a sum begins with."""
    while True:
        match tree:
            case Sum(terms=((sign, first), *_)):
                found = _first_number(first)
                return None if found is None else (-found if sign == "-" else found)
            case trees.Group(body=body):
                tree = body
            case Number():
                return spelling.number_of(tree)
            case _:
                return None


def _is_one(values: Values, node: Node, number: Fraction) -> bool:
    """Whether a leaf has this number somewhere on the page."""
    return any(
        not np.ndim(value) and abs(float(value) - float(number)) < 1e-12
        for value in values.get(node.name, ())
    )


def _is_an_entry(values: Values, node: Node, number: Fraction) -> bool:
    """Whether an array has this number as an entry somewhere on the page."""
    return any(
        bool(np.any(np.abs(np.asarray(value, float) - float(number)) < 1e-12))
        for value in values.get(node.name, ())
        if node.shape
    )


def _changes(
    names: Names,
    node: Node,
    line: Sequence[Side],
    values: Mapping[str, Sequence[Any]],
    seen: Sequence[Node],
) -> bool:
    """Whether w = … says what becomes of w: from w, or from its value, or once dL/dw is known."""
    first = line[1].tree
    if isinstance(first, Sum) and len(first.terms) > 1:
        start = first.terms[0][1]
        begins = _first_number(first)
        if begins is not None and (
            _is_one(values, node, begins) or _is_an_entry(values, node, begins)
        ):
            return True
        if _leaf(names, start) is node:
            return True
    last = literal(line[-1].tree)
    if not values.get(node.name) or last is None or node not in seen:
        return False
    return not any(is_same(last, value) for value in values[node.name])


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are the same numbers, entry by entry, whatever shape they are in."""
    if np.size(one) != np.size(other):
        return False
    pairs = zip(*(np.ravel(np.asarray(value, float)) for value in (one, other)), strict=True)
    return all(a == b for a, b in pairs)


def literal(tree: Tree) -> Any | None:
    """Return the numbers of a literal, nested; None for anything else."""
    match tree:
        case Number():
            return spelling.number_of(tree)
        case Sum(terms=(("-", Number() as number),)):
            found = spelling.number_of(number)
            return None if found is None else -found
        case trees.Product(factors=(Name(text=word), trees.Group() as inside), operators=("",)):
            is_copy = word.rpartition(".")[2] in known_functions.COPIES
            return literal(inside) if is_copy else None
        case trees.Group(body=trees.Items(items=items)):
            found = [literal(item) for item in items]
            return None if None in found else found
        case trees.Group(body=body):
            return literal(body)
        case trees.Matrix(rows=rows):
            entries = [[literal(entry) for entry in row] for row in rows]
            if any(None in row for row in entries):
                return None
            flat = [row[0] for row in entries] if all(len(r) == 1 for r in entries) else entries
            return flat[0] if len(entries) == 1 else flat
        case _:
            return None
