r"""Where something is taken: ``\frac{dL}{dw}(0.5)``, ``L'(0.5)``, ``L(0.5)``, ``…|_{w = 0.5}``.

On the left of a line numbers in brackets behind a value or a derivative are the point, no factor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from graphdiff.checking.pages import updates
from graphdiff.checking.pages.meaning import Meaning
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Group, Name, Script, Tree
from graphdiff.graph import Node


class Taken(NamedTuple):
    """What is taken at a place, and the place: each leaf with its number; None if that is open."""

    body: Tree
    place: tuple[tuple[Node, Any], ...] | None


def taken_at(meaning: Meaning, tree: Tree, values: updates.Values) -> Taken | None:
    """Return what the left of a line is, and where it is taken; None if it names no place."""
    match tree:
        case trees.At(body=body, place=place):
            return Taken(replace(body, span=tree.span), _stated(meaning, place))
        case trees.Product(factors=(body, Group("(", inside)), operators=("",)):
            found = _applied(meaning, body, _numbers(inside), values)
        case trees.Derivative(
            mark=mark, of=trees.Product(factors=(of, Group("(", inside)), operators=("",)), wrt=wrt
        ):
            bare = trees.Derivative(mark, of, wrt, span=tree.span)
            found = _applied(meaning, bare, _numbers(inside), values)
        case _:
            return None
    return None if found is None else Taken(replace(found.body, span=tree.span), found.place)


def _stated(meaning: Meaning, place: Tree) -> tuple[tuple[Node, Any], ...]:
    """Return the leaves that a place behind a bar gives values: ``w = 1, b = 2``."""
    found: list[tuple[Node, Any]] = []
    for part in place.items if isinstance(place, trees.Items) else (place,):
        if isinstance(part, trees.Comparison) and part.relations == ("=",):
            node, number = meaning.fuzzy(part.sides[0]), updates.literal(part.sides[1])
            if node is not None and node.is_leaf and number is not None:
                found.append((node, number))
    return tuple(found)


def _numbers(inside: Tree) -> list[Any] | None:
    """Return the numbers between brackets; None if anything else stands there."""
    parts = inside.items if isinstance(inside, trees.Items) else (inside,)
    found = [updates.literal(part) for part in parts]
    return None if None in found else found


def _applied(
    meaning: Meaning, body: Tree, numbers: list[Any] | None, values: updates.Values
) -> Taken | None:
    """Return a value or a derivative with numbers behind it as taken there."""
    if numbers is None:
        return None
    if isinstance(body, trees.Derivative):
        of = meaning.exact(body.of)
        if not isinstance(of, Node) or of.is_leaf or of.shape:
            return None
        wrt = [meaning.exact(part) for part in body.wrt]
        own = [node for node in dict.fromkeys(wrt) if isinstance(node, Node) and node.is_leaf]
        if len(own) == len(numbers) == 1:
            return Taken(body, ((own[0], numbers[0]),))
        if wrt and not own:
            return None  # a factor: ∂L/∂a (0.25)
        return Taken(body, _place(meaning, of, numbers, values))
    primes = body.primes if isinstance(body, Script) else 0
    bare = replace(body, primes=0) if isinstance(body, Script) else body
    of = meaning.exact(bare) if isinstance(body, Name | Script | trees.Accent) else None
    if not isinstance(of, Node) or of.is_leaf or of.shape or primes > 2:
        return None
    if primes and meaning.exact(body) is not None:
        return None
    place = _place(meaning, of, numbers, values)
    if not primes:
        return Taken(body, place)
    if place is None or len(place) != 1:
        return Taken(bare, None)
    wrt = (Name(place[0][0].name, True, span=body.span),) * primes
    return Taken(trees.Derivative("d", bare, wrt, span=body.span), place)


def _place(
    meaning: Meaning, of: Node, numbers: Sequence[Any], values: updates.Values
) -> tuple[tuple[Node, Any], ...] | None:
    """Return the leaves that numbers are values of: all, all learned, or the one that has it."""
    before = meaning.names.graph.ancestors(of)
    leaves = [leaf for leaf in meaning.names.graph.leaves if leaf.name in before]
    learned = [leaf for leaf in leaves if leaf.kind == "parameter"]
    alike = [
        leaf
        for leaf in learned
        if any(updates.is_same(value, numbers) for value in values.get(leaf.name, ()))
    ]
    for among in (leaves, learned, alike):
        if len(among) == len(numbers) and not any(leaf.shape for leaf in among):
            return tuple(zip(among, numbers, strict=True))
    return None
