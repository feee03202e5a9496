"""The lines of a page: statements of mathematics, and where they stand."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from graphdiff.errors import GraphError
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.reader import read
from graphdiff.files.mathematics.trees import Side, Span, Statement, Tree
from graphdiff.files.pages.fragments import Fragment, PageText

CLAIMING = frozenset({"", "=", "≈", "≡", ":=", "←", "→", "~", "∝", "-=", "+="})
"""Relations that say what something is."""


@dataclass(frozen=True)
class Line:
    """A statement of a page.

    Attributes
    ----------
    fragment
        The formula it stands in.
    statement
        What it says.
    """

    fragment: Fragment
    statement: Statement

    def line_of(self, side: Side) -> int:
        """Return the line of the page a side stands on, from 1."""
        return self.fragment.line_at(side.span[0])

    def written(self, span: Span) -> str:
        """Return a part of the formula as it stands on the page, in one line."""
        return " ".join(self.fragment.source[slice(*span)].split())

    def changed(self, change: Callable[[Tree], Tree]) -> Line:
        """Return the line with each of its sides changed."""
        sides = (replace(side, tree=change(side.tree)) for side in self.statement.sides)
        return replace(self, statement=replace(self.statement, sides=tuple(sides)))

    @property
    def is_name(self) -> bool:
        """Whether it is one side alone, which says nothing of itself."""
        first, *rest = self.statement.sides
        return not rest and not first.relation and not self.fragment.follows

    @property
    def is_claim(self) -> bool:
        """Whether it says what something is; a condition or a set does not."""
        sides = self.statement.sides
        relations = [side.relation for side in sides]
        goes_on = bool(relations[0]) or self.fragment.follows
        return (len(sides) > 1 or goes_on) and all(word in CLAIMING for word in relations)


MAX_STATEMENTS = 2000
"""Statements of one page."""


def claims_of(page: PageText) -> list[Line]:
    """Return the statements of a page that say what something is, in their order.

    Raises
    ------
    GraphError
        If there are too many to judge.
    """
    found = list(itertools.islice(_statements(page), MAX_STATEMENTS + 1))
    if len(found) > MAX_STATEMENTS:
        raise GraphError(
            f"the page has more than {MAX_STATEMENTS} statements; split it into several"
        )
    return [
        line
        for line, after in itertools.pairwise((*found, None))
        if line is not None and (line.is_claim or _is_named_for(line, after))
    ]


def _is_named_for(line: Line, after: Line | None) -> bool:
    """Whether a line is the name that the next goes on with, in the next cell of a row."""
    if after is None or not after.fragment.follows or not line.is_name:
        return False
    return line.fragment.line == after.fragment.line


def _statements(page: PageText) -> Iterator[Line]:
    for fragment in page.fragments:
        for statement in read(fragment.source, fragment.form, page.macros).statements:
            if statement.sides:
                for one in _taken_apart(statement):
                    yield Line(fragment, one)


def _taken_apart(statement: Statement) -> Iterator[Statement]:
    """Yield what is said of each of several names at once: ``h1, h2 = 0.55, 0.61``."""
    sides = statement.sides
    several = [_items(side.tree) for side in sides]
    count = len(several[0])
    is_each = count > 1 and not sides[0].relation and all(len(one) == count for one in several)
    if not is_each or not all(isinstance(name, trees.Name | trees.Script) for name in several[0]):
        yield statement
        return
    for parts in zip(*several, strict=True):
        made = (Side(side.relation, part) for side, part in zip(sides, parts, strict=True))
        yield Statement(tuple(made), statement.span)


def _items(tree: Tree) -> tuple[Tree, ...]:
    """Return what stands between the commas of a side."""
    if isinstance(tree, trees.Group) and tree.bracket in ("(", "["):
        tree = tree.body
    return tree.items if isinstance(tree, trees.Items) else (tree,)
