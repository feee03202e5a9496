r"""Sums that do not say over what they run: ``\sum r_i x_{i1}`` is over i, the one open index.

An index that the left side has, j in ``∂L/∂w_j = Σ r_i x_{ij}``, stands for any number, and is none
that a sum runs over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from graphdiff.checking.pages.open_indices import LAST, LETTERS
from graphdiff.files.mathematics.trees import (
    Comparison,
    Large,
    Name,
    Number,
    Product,
    Script,
    Side,
    Tree,
)

RUNNING = LETTERS - {LAST}


def indices(tree: Any, is_index: bool = False) -> frozenset[str]:
    """Return the letters that stand as indices in a formula."""
    if isinstance(tree, tuple):
        return frozenset().union(*(indices(part, is_index) for part in tree))
    if isinstance(tree, Name):
        letters = {sign for sign in tree.text if not sign.isdecimal()}
        is_bare = is_index and not tree.is_word and letters <= RUNNING
        return frozenset(letters) if is_bare else frozenset()
    if not isinstance(tree, Tree):
        return frozenset()
    found = (
        indices(getattr(tree, part.name), part.name == "below" or is_index)
        for part in fields(tree)
        if part.name != "span" and not (isinstance(tree, Script) and part.name == "above")
    )
    return frozenset().union(*found)


def with_indices(sides: Sequence[Side], fixed: frozenset[str]) -> tuple[Side, ...]:
    """Return sides whose sums say over what they run, where one index alone is open."""
    return tuple(replace(side, tree=_said(side.tree, fixed)) for side in sides)


def _said(tree: Any, fixed: frozenset[str]) -> Any:
    if isinstance(tree, tuple):
        return tuple(_said(part, fixed) for part in tree)
    if not isinstance(tree, Tree):
        return tree
    if isinstance(tree, Large) and tree.operator == "sum":
        below, letters = tree.below, indices(tree.body) - fixed
        if below is None and tree.above is None and len(letters) == 1:
            below = Name(next(iter(letters)), span=tree.span)
        match below:
            case Name(text=running) | Comparison(sides=(Name(text=running), *_)):
                body = _said(_apart(tree.body, running), fixed | {running})
                return replace(tree, below=below, body=body)
            case _:
                pass
    return _with_parts(tree, lambda part, _: _said(part, fixed))


def _apart(tree: Any, running: str, is_index: bool = False) -> Any:
    """Return a formula in which the running index stands apart from numbers: i 1 for i1."""
    if isinstance(tree, tuple):
        return tuple(_apart(part, running, is_index) for part in tree)
    if isinstance(tree, Name):
        signs = [sign for sign in tree.text if sign == running or sign.isdecimal()]
        if not is_index or len(signs) != len(tree.text) or len(signs) < 2 or running not in signs:
            return tree
        factors = tuple(
            Name(sign, span=tree.span) if sign == running else Number(sign, span=tree.span)
            for sign in signs
        )
        return Product(factors, ("",) * (len(factors) - 1), span=tree.span)
    if not isinstance(tree, Tree):
        return tree
    return _with_parts(tree, lambda part, below: _apart(part, running, below or is_index))


def _with_parts(tree: Tree, change: Any) -> Tree:
    parts = {
        part.name: change(
            getattr(tree, part.name), isinstance(tree, Script) and part.name == "below"
        )
        for part in fields(tree)
        if part.name != "span"
    }
    return replace(tree, **parts)
