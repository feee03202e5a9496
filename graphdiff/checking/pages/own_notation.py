"""The names of claims on pages, ``J[h1->o]`` and ``P[h1]``: J and P with what they are of below."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.files.mathematics.trees import (
    Comparison,
    Group,
    Indexed,
    Name,
    Product,
    Script,
    Tree,
    mapped,
)


def with_scripts(names: Names, lines: Iterable[Line]) -> list[Line]:
    """Return lines with J_{h1→o} for such names, and P_{h1} where no node is called P."""

    def change(tree: Tree) -> Tree:
        match tree:
            case Indexed(Name(text="J" | "P") as letter, indices=(of,)) if _is_of(
                names, letter, of
            ):
                return Script(letter, below=of, span=tree.span)
            case Product(factors=factors, operators=operators):
                return _joined(names, tree, factors, operators)
            case _:
                return tree

    return [line.changed(lambda tree: mapped(tree, change)) for line in lines]


def _joined(
    names: Names, tree: Product, factors: tuple[Tree, ...], operators: tuple[str, ...]
) -> Tree:
    for k, (letter, group) in enumerate(itertools.pairwise(factors)):
        if not isinstance(letter, Name) or not isinstance(group, Group) or group.bracket != "[":
            continue
        if not operators[k] and _is_of(names, letter, group.body):
            script = Script(letter, below=group.body, span=(letter.span[0], group.span[1]))
            rest = (*factors[:k], script, *factors[k + 2 :])
            left = operators[:k] + operators[k + 1 :]
            if len(rest) == 1:
                return script
            return _joined(names, Product(rest, left, span=tree.span), rest, left)
    return tree


def _is_of(names: Names, letter: Name, of: Tree) -> bool:
    """Whether what stands in brackets is an edge, or a node of the graph behind a P."""
    if isinstance(of, Comparison):
        return letter.text == "J" and of.relations == ("→",)
    return letter.text == "P" and isinstance(of, Name | Script) and "P" not in names.graph
