"""A list of items read from the left to the right, and what the parts of the grammar share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from graphdiff.files.mathematics.signs import RELATIONS
from graphdiff.files.mathematics.tokens import Item
from graphdiff.files.mathematics.trees import Form, Span, Tree

LAYOUT = frozenset({"row", "cell", "gap"})
"""Kinds of items that only say how a formula is laid out."""


MAX_DEPTH = 60
"""How deep formulas stand inside each other, and how much is written onto one thing."""


class NotUnderstood(Exception):  # noqa: N818 - it says so of an item
    """The first item that has no place where it stands, and why; None for the end."""

    def __init__(self, item: Item | None, why: str) -> None:
        super().__init__(why)
        self.item = item
        self.why = why


class Row:
    """Items, and how far they have been read."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = list(items)
        self.index = 0

    @property
    def is_over(self) -> bool:
        """Whether all are read."""
        return self.index >= len(self.items)

    @property
    def is_last(self) -> bool:
        """Whether there is one left at most."""
        return self.index >= len(self.items) - 1

    @property
    def is_alone(self) -> bool:
        """Whether there is one item in all."""
        return len(self.items) == 1

    @property
    def now(self) -> Item:
        """The item to be read next."""
        return self.items[self.index]

    @property
    def last(self) -> Item:
        """The item that was read last."""
        return self.items[self.index - 1]

    def take(self) -> Item:
        """Read an item."""
        self.index += 1
        return self.items[self.index - 1]

    def put(self, item: Item) -> None:
        """Have an item read in place of the one read last."""
        self.index -= 1
        self.items[self.index] = item

    def at(self, signs: Collection[str], after: int = 0) -> bool:
        """Whether this sign, or one of these, comes next, or so many items after."""
        item = self.ahead(after)
        if item is None or item.kind != "sign":
            return False
        return item.text == signs if isinstance(signs, str) else item.text in signs

    def is_kind(self, kind: str, after: int = 0) -> bool:
        """Whether an item of a kind comes next, or so many items after."""
        item = self.ahead(after)
        return item is not None and item.kind == kind

    def ahead(self, after: int = 1) -> Item | None:
        """Return the item so many after the next, if there is one."""
        place = self.index + after
        return self.items[place] if place < len(self.items) else None


class Reads(Protocol):
    """What the grammar reads, for the parts of it that stand in files of their own."""

    form: Form
    skipped: list[tuple[Span, str]]

    def whole(self, items: Sequence[Item], place: Item) -> Tree:
        """Read what is in brackets or an argument."""
        ...

    def comparison(self, items: Sequence[Item]) -> Tree:
        """Read a chain of relations, or a sum."""
        ...

    def factor(self, row: Row, is_signed: bool = False) -> Tree:
        """Read an atom with its scripts, or a derivative."""
        ...

    def scripted(self, row: Row) -> Tree:
        """Read an atom with all that is written onto it."""
        ...

    def side_by_side(self, row: Row, is_argument: bool) -> Tree:
        """Read factors without an operator between them."""
        ...

    def product(self, row: Row) -> Tree:
        """Read factors, with operators between them or side by side."""
        ...


def is_relation(item: Item) -> bool:
    """Whether an item is a relation."""
    return item.kind == "sign" and item.text in RELATIONS


def ternary(items: Sequence[Item]) -> tuple[int, int] | None:
    """Return the places of the first if of ``a if condition else b`` and of its else."""
    first: int | None = None
    for place, item in enumerate(items):
        if item.kind in ("letters", "word") and item.text == "if" and first is None:
            first = place
        elif item.kind in ("letters", "word") and item.text == "else" and first is not None:
            return first, place
    return None


def union(*trees: Tree) -> Span:
    """Return where trees begin and end."""
    return (min(tree.span[0] for tree in trees), max(tree.span[1] for tree in trees))


def split(items: Sequence[Item], separators: str, kinds: Collection[str] = ()) -> list[list[Item]]:
    """Split items at signs, or at items of a kind."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if (item.kind == "sign" and item.text in separators) or item.kind in kinds:
            parts.append([])
        else:
            parts[-1].append(item)
    return parts
