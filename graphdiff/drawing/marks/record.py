"""What is marked in a picture: edges and nodes on a path, and claims that are wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from graphdiff.notation.equations import Link

MarkKind = Literal["path", "wrong", "doubtful", "highlight"]
EdgeKey = tuple[int, int, int]
"""The index of the parent, that of the child, and the slot."""

ANY = -1
"""The slot of an arrow that stands for several edges."""


class Mark(NamedTuple):
    """What an edge or a node is marked as.

    Attributes
    ----------
    kind
        ``"path"``; ``"wrong"`` for a wrong claim; ``"doubtful"`` for one whose number is right
        by coincidence; ``"highlight"`` for what a teacher points at.
    number
        Which of a few paths it is, or which colour of highlights, from 1; 0 for one of many, and
        for claims.
    said
        What is written with it, such as ≠ 2; or None.
    colour
        A colour of its own, or "".
    """

    kind: MarkKind
    number: int = 0
    said: Link | None = None
    colour: str = ""

    @property
    def has_badge(self) -> bool:
        """Whether it has a sign of its own: a number, ✗ or ≈."""
        return self.kind in ("wrong", "doubtful") or (self.kind == "path" and self.number > 0)


@dataclass(frozen=True)
class Remark:
    """A line below the picture: its mark, what is said in formulas and words, and a note.

    Words are links whose LaTeX is empty.
    """

    parts: tuple[Link, ...]
    mark: Mark | None = None
    note: str = ""

    @property
    def is_path(self) -> bool:
        """Whether it is about a single path."""
        return self.mark is not None and self.mark.kind == "path"

    @property
    def text(self) -> str:
        """The remark as plain text."""
        return " ".join(part.text for part in self.parts) + (f" ({self.note})" if self.note else "")


@dataclass(frozen=True)
class Marks:
    """All marks of a picture.

    Attributes
    ----------
    edges, nodes
        The marks of each edge that has some, and of each node by its index.
    remarks
        What is listed below the picture.
    legend
        What each kind of mark means, where the remarks do not say it.
    letters
        What edges are called in the remarks.
    """

    edges: Mapping[EdgeKey, tuple[Mark, ...]] = field(
        default_factory=dict[EdgeKey, tuple[Mark, ...]]
    )
    nodes: Mapping[int, tuple[Mark, ...]] = field(default_factory=dict[int, tuple[Mark, ...]])
    remarks: tuple[Remark, ...] = ()
    legend: tuple[tuple[MarkKind, str], ...] = ()
    letters: Mapping[EdgeKey, Link] = field(default_factory=dict[EdgeKey, Link])

    def __bool__(self) -> bool:
        return bool(self.edges or self.nodes or self.remarks)

    def __repr__(self) -> str:
        return f"<marks of {len(self.nodes)} nodes and {len(self.edges)} edges>"

    @property
    def at(self) -> set[int]:
        """The indices of the nodes that are marked, and of those that marked edges lead from."""
        return {*self.nodes, *(tail for tail, _, _ in self.edges)}

    def __add__(self, other: Marks) -> Marks:
        """Return the marks of both."""
        return Marks(
            {key: (*self.edges.get(key, ()), *other.edges.get(key, ()))
             for key in (*self.edges, *other.edges)},
            {key: (*self.nodes.get(key, ()), *other.nodes.get(key, ()))
             for key in (*self.nodes, *other.nodes)},
            (*self.remarks, *other.remarks),
            tuple(dict.fromkeys((*self.legend, *other.legend))),
            {**self.letters, **other.letters},
        )  # fmt: skip

    def on(self, cards: Mapping[int, int]) -> Marks:
        """Return the marks in a picture where a card stands for several nodes.

        An arrow between cards has the marks of all edges it stands for, whatever their slots,
        without what is said of one of them; an edge within a card is not there.

        Parameters
        ----------
        cards
            The index of the card that a node stands on, for nodes with no card of their own.
        """
        edges: dict[EdgeKey, dict[Mark, None]] = {}
        nodes: dict[int, dict[Mark, None]] = {}
        for (j, i, slot), marks in self.edges.items():
            tail, head = cards.get(j, j), cards.get(i, i)
            if (tail, head) == (j, i):
                edges[j, i, slot] = dict.fromkeys(marks)
            elif tail != head:
                without = (mark._replace(said=None) for mark in marks)
                edges.setdefault((tail, head, ANY), {}).update(dict.fromkeys(without))
        for index, marks in self.nodes.items():
            nodes.setdefault(cards.get(index, index), {}).update(dict.fromkeys(marks))
        return replace(
            self,
            edges={key: tuple(marks) for key, marks in edges.items()},
            nodes={key: tuple(marks) for key, marks in nodes.items()},
            letters={
                key: letter
                for key, letter in self.letters.items()
                if cards.keys().isdisjoint(key[:2])
                or all(cards.get(index, index) == index for index in key[:2])
            },
        )


def words(said: str) -> Link:
    """Return words as a part of a remark."""
    return Link(said, "")
