"""What a picture says, as records: nothing in them has a place yet."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, field
from typing import Literal

from graphdiff.drawing.labels.heat import Heat
from graphdiff.drawing.marks.record import Mark, Remark
from graphdiff.drawing.scene import Stroke
from graphdiff.graph.structure import Kind
from graphdiff.notation.equations import Link
from graphdiff.recognition.parts import PartKind

Role = Literal[
    "index", "title", "formula", "value", "P", "remark", "count",
    "jacobian", "jacobian_value", "rule", "contribution", "forward", "backward",
    "letter", "wrong", "doubtful",
]  # fmt: skip


@dataclass(frozen=True)
class Phrase:
    """A formula to typeset: as LaTeX and as plain text, and a shorter one if there is no room.

    Numbers that were rounded are not ``exact``: ≈ is written before them, not =. Words have no
    LaTeX.
    """

    role: Role
    latex: str
    plain: str
    shorter: Phrase | None = None
    exact: bool = True
    describes: bool = field(default=False, repr=False)
    """Whether it tells of a value, its range and its norm, in place of the value."""
    entries: int = field(default=0, repr=False)
    """Of how many entries it writes a matrix, which is of one size in all nodes and edges."""
    heat: Heat | None = field(default=None, repr=False)
    """What a box shows in its place, below a ``heading``."""
    heading: Phrase | None = field(default=None, repr=False)

    @property
    def is_array(self) -> bool:
        """Whether a matrix is written in it."""
        return self.entries > 0


@dataclass(frozen=True)
class Equation:
    """A formula that is listed below the graph if its label has no room for it.

    The right side is None if the formula is too long to be derived for a picture.
    """

    left: Phrase
    right: Phrase | None


@dataclass(frozen=True)
class NodeLabel:
    """What is said in a node; ``equation`` is its formula, if that is to be shown.

    A ``card`` that stands for several nodes has a negative index, that of no node; so has a node
    drawn ``again`` in a later row, where it is ``called`` by its name unless it, or the edge that
    has its value, says otherwise. By hand come its ``colour``, or "", its ``size``, how many times
    as large as usual, and its ``note``.
    """

    name: str
    index: int
    kind: Kind
    phrases: tuple[Phrase, ...]
    summary: str
    cut_off: bool = False
    equation: Equation | None = None
    marks: tuple[Mark, ...] = ()
    card: PartKind = "node"
    colour: str = ""
    size: float = 1.0
    note: tuple[Link, ...] = ()
    again: bool = False
    called: Phrase | None = None


@dataclass(frozen=True)
class EdgeLabel:
    """What is said on an edge; ``tail`` and ``head`` are indices of nodes.

    ``equation`` is its local Jacobian, if that is to be shown, and ``brief`` is said on the
    edge when there is no room for it. An edge is ``repeated`` if its parent is more than one
    of the child's arguments. It stands for ``count`` edges of the graph, and ``loops`` if
    they lead from one step of a chain to a later one; or for none, a line from a node to where it
    is drawn ``again``. What is said of it is with other nodes ``held``, where they depend on its
    parent too. Its value is ``called`` otherwise than its tail where that has several.
    """

    parent: str
    child: str
    tail: int
    head: int
    slot: int
    phrases: tuple[Phrase, ...]
    summary: str
    repeated: bool = False
    cut_off: bool = False
    brief: tuple[Phrase, ...] = ()
    equation: Equation | None = None
    marks: tuple[Mark, ...] = ()
    count: int = 1
    loops: bool = False
    colour: str = ""
    size: float = 1.0
    again: bool = False
    held: bool = False
    called: Phrase | None = None

    @property
    def value(self) -> Value:
        """What it leads on."""
        return self.tail, self.called


Value = tuple[int, Phrase | None]
"""A value of a card, by the card's index and what it is called, if that says it."""


@dataclass(frozen=True)
class Cluster:
    """A frame around nodes, given by their indices."""

    title: str
    nodes: tuple[int, ...]


Steps = tuple[int, int]
"""The first step of a sweep, and the one behind the last."""

Swatch = (
    Kind | Literal["cut_off", "path", "wrong", "doubtful", "highlight", "group", "alike", "chain"]
)
"""A kind of node or of mark that is drawn in the legend."""


@dataclass(frozen=True)
class Entry:
    """An entry of the legend: a kind of node or mark, a line or a notation; and what it means.

    Without a sample it is a remark. ``steps`` are those of a sweep in which it is seen, from the
    first to before the last; None for all.
    """

    sample: Swatch | Stroke | Phrase | None
    meaning: str
    steps: Steps | None = None


@dataclass(frozen=True, repr=False)
class Description:
    """Everything a picture says."""

    title: str
    nodes: tuple[NodeLabel, ...]
    edges: tuple[EdgeLabel, ...]
    legend: tuple[Entry, ...]
    alt: str
    remarks: tuple[Remark, ...] = ()
    clusters: tuple[Cluster, ...] = ()

    def __repr__(self) -> str:
        return f"<what a picture says: {self.alt}>"


def counted(things: Sized | int, what: str) -> str:
    """Return how many there are, in words.

    Examples
    --------
    >>> counted(1, "node"), counted("abc", "letter")
    ('1 node', '3 letters')
    """
    count = things if isinstance(things, int) else len(things)
    return f"{count} {what}{'' if count == 1 else 's'}"
