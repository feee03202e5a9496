"""What a page says before it computes: other names, given values, the learning rate."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.checking import rate_names
from graphdiff.checking.pages import spelling, updates
from graphdiff.checking.pages.interpreter import Interpreter, NotUnderstoodError
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.readings import MisfitError
from graphdiff.errors import GraphdiffError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Number, Tree
from graphdiff.graph import Node
from graphdiff.graph.checked_values import checked_value

_NUMBER = r"(?P<rate>[0-9]*[.,]?[0-9]+)"
RATE_SIGN = re.compile(rf"(?:η|\\eta|\\alpha|α|\blr|learning_rate)\s*(?:=|:|≈)\s*{_NUMBER}")
_RATE_WORDS = re.compile(
    r"(?:learning[ -]?rate|step[ -]?size|tasa de aprendizaje|taxa de aprendizado|lernrate|"
    r"taux d.apprentissage|tốc độ học|скорость обучения|学习率|学習率)"
    rf"(?:[^0-9\n]{{0,25}}?[=:≈]|(?: of| is|,|  )? )[^0-9\n=\\]{{0,3}}?{_NUMBER}",
    re.IGNORECASE,
)
"""A learning rate stated by its sign, or in words of several languages."""


def aliases(names: Names, lines: Iterable[Line]) -> None:
    """Take over the names of its own that a page gives to nodes: u¹ = x."""
    for line in lines:
        sides = line.statement.sides
        if len(sides) < 2 or sides[0].relation or sides[1].relation not in ("=", ":=", "≡"):
            continue
        if _is_power(names, sides[1].tree):
            continue
        own, other = (spelling.bare_parts_of(side.tree) for side in sides[:2])
        if own is not None and other is not None and len(sides) > 2:
            node = names.exact(own)
            if node is not None and not node.is_leaf and names.node(other) is None:
                names.aliases[other] = node  # ŷ = a³ = softmax(z³)
        if own is None or other is None or names.exact(own) is not None:
            continue
        node = names.exact(other)
        if node is None:
            continue
        number = _number_above(sides[0].tree)
        alone = len(sides) == 2 and (names.node(own) is None or number is not None)
        if alone or number == node.index:
            names.aliases[own] = node


def _is_power(names: Names, tree: Tree) -> bool:
    """Whether it is r², a power of a node, or one of e."""
    if not isinstance(tree, trees.Script) or tree.above is None:
        return False
    base = spelling.bare_parts_of(replace(tree, above=None))
    if base in (("e",), ("exp",)):
        return True
    is_node = base is not None and names.exact(base) is not None
    return is_node and _number_above(tree) is not None


def _number_above(tree: Tree) -> int | None:
    """Return the number above a name, as in the u³ of a list of nodes."""
    above = tree.above if isinstance(tree, trees.Script) else None
    while isinstance(above, trees.Group):
        above = above.body
    return int(above.text) if isinstance(above, Number) and above.text.isdecimal() else None


def rate(names: Names, lines: Sequence[Line]) -> Fraction | None:
    """Return the learning rate a page states, in a formula or in words."""
    for line in lines:
        number = line.statement.sides[-1].tree
        if is_rate(names, line) and isinstance(number, Number):
            return spelling.number_of(number)
    for around in dict.fromkeys(line.fragment.around for line in lines):
        if match := RATE_SIGN.search(around) or _RATE_WORDS.search(around):
            return Fraction(match["rate"].replace(",", "."))
    return None


def is_rate(names: Names, line: Line) -> bool:
    """Whether a line says what the learning rate is."""
    sides = line.statement.sides
    parts = spelling.bare_parts_of(sides[0].tree)
    if parts is None or len(sides) != 2 or not isinstance(sides[1].tree, Number):
        return False
    is_called_so = rate_names.is_rate("".join(parts), rate_names.CLEAR)
    return is_called_so and names.exact(parts) is None


def given(interpreter: Interpreter, line: Line) -> tuple[Node, Any] | None:
    """Return the leaf and the value a line gives it, where it gives one: x₁ = 0.05."""
    sides = line.statement.sides
    if len(sides) != 2 or sides[0].relation or sides[1].relation not in ("=", ":=", "≈"):
        return None
    parts = spelling.bare_parts_of(sides[0].tree)
    literal = updates.literal(sides[1].tree)
    if parts is None or literal is None or updates.without_mark(sides[0].tree)[1]:
        return None
    node = interpreter.names.node(parts)
    if node is None or not node.is_leaf:
        return None
    try:
        interpreter.readings(sides[0].tree)
        array = np.asarray(literal, object)
        if array.shape != node.shape and array.size == node.size:
            array = array.reshape(node.shape)
        return node, checked_value(array.tolist(), node.shape, node.name)
    except (NotUnderstoodError, MisfitError, GraphdiffError, ValueError):
        return None


def assumed(lines: Iterable[Line], names: Names, missing: Iterable[str]) -> dict[str, Any]:
    """Return the values of leaves that are never stated, by what stands in their place.

    A line x·w = 1 × 5 has the number 5 where the link before it has w.
    """
    wanted = set(missing)
    found: dict[str, Any] = {}
    before: list[Tree] = []
    for line in lines:
        trees_of = [side.tree for side in line.statement.sides]
        if updates.without_mark(trees_of[0])[1]:
            continue
        about = spelling.bare_parts_of(trees_of[0])
        if line.statement.sides[0].relation and before:
            trees_of = [before[-1], *trees_of]
        elif before and about is not None and about == spelling.bare_parts_of(before[0]):
            trees_of = [trees_of[0], before[-1], *trees_of[1:]]  # the same again, in numbers
        before = trees_of
        for one, other in itertools.pairwise(trees_of):
            for node, number in _aligned(one, other, names):
                if node.name in wanted and not node.shape:
                    found.setdefault(node.name, number)
    return found


def unexplained(names: Names, lines: Iterable[Line]) -> frozenset[Node]:
    """Return the leaves that a page differentiates: it does not say how they are computed."""
    found = (
        node
        for line in lines
        for side in line.statement.sides
        for node in _differentiated(side.tree, names)
    )
    return frozenset(node for node in found if node.is_leaf)


def _differentiated(tree: Tree, names: Names) -> Iterator[Node]:
    """Yield the nodes of which a formula has derivatives."""
    for part in trees.walk(tree):
        parts = spelling.bare_parts_of(part.of) if isinstance(part, trees.Derivative) else None
        node = None if parts is None else names.node(parts)
        if node is not None:
            yield node


def _aligned(one: Tree, other: Tree, names: Names) -> list[tuple[Node, Fraction]]:
    """Return the leaves of a formula with the numbers that stand in their place in another."""
    one, other = _bare(one), _bare(other)
    if isinstance(other, Number):
        parts = spelling.bare_parts_of(one)
        node = None if parts is None else names.exact(parts)
        value = spelling.number_of(other)
        if node is None or value is None or not node.is_leaf:
            return []
        return [(node, value)]
    match one, other:
        case trees.Sum(terms=a), trees.Sum(terms=b) if [s for s, _ in a] == [s for s, _ in b]:
            pairs = [(x, y) for (_, x), (_, y) in zip(a, b, strict=True)]
        case trees.Product(factors=a), trees.Product(factors=b) if len(a) == len(b):
            pairs = list(zip(a, b, strict=True))
        case _:
            return []
    return [found for x, y in pairs for found in _aligned(x, y, names)]


def _bare(tree: Tree) -> Tree:
    while isinstance(tree, trees.Group):
        tree = tree.body
    return tree
