"""Boxes of typeset lines, measured before anything is laid out.

A phrase that is too large for its box is set smaller, then replaced by its shorter form,
then cut: the picture stays legible. Formulas that had no room are listed below the graph.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from graphdiff.drawing import typeset
from graphdiff.drawing.heat_maps import NUMBER, HeatMap, heat_map
from graphdiff.drawing.labels.description import (
    Description,
    EdgeLabel,
    Equation,
    NodeLabel,
    Phrase,
    Role,
)
from graphdiff.drawing.marks.strokes import badge_half, badge_width
from graphdiff.drawing.typeset import Fragment

SIZES: Mapping[Role, float] = {
    "index": 12, "title": 17, "formula": 17, "value": 17, "P": 17, "remark": 11.5, "count": 13,
    "jacobian": 14, "jacobian_value": 14, "rule": 14, "contribution": 14,
    "forward": 16, "backward": 16, "letter": 18,
    "wrong": 14, "doubtful": 14,
}  # fmt: skip
SCALES = (1.0, 0.9, 0.8)

NODE_ROOM = (340.0, 96.0)
EDGE_ROOM = (260.0, 84.0)
NODE_PADDING = (14.0, 9.0)
EDGE_PADDING = (5.0, 4.0)
MARK_PADDING = 5.0
NODE_LEAST = (64.0, 40.0)
ARRAY = 15.0
"""The size of matrices in nodes."""
ARRAY_ROOM = (620.0, 330.0)
FEW = 4
"""The entries of a matrix that is written where matrices are shown in colours."""
NODE_ROLES: tuple[Role, ...] = ("value", "P", "formula")
BESIDE = 22.0
"""Between maps, or matrices, side by side."""
TALL = 150.0
"""A value so high has the derivative at its side."""
LEADING = 6.0
CLUSTER_SIZE = 13.0
GOES_ON = "(continued)"
"""Behind the title of a frame in later rows."""
RULE = 6.0
"""Room above and below the rule between what the forward and the reverse sweep found."""


@dataclass(frozen=True)
class Manner:
    """How labels are set: their room, what is around them, and the least size of type.

    Phrases that are larger than their room are set smaller, though not under ``least``; what is
    said in smaller type by nature, such as indices, is raised to it. Nodes are ``spread`` times as
    far apart as usual, and frames ``in_line`` one behind the other. Of arrays ``in_colours`` no
    more than a few entries are written. Formulas that can be listed, and are wider than
    ``listed_from``, are.
    """

    node_room: tuple[float, float] = NODE_ROOM
    edge_room: tuple[float, float] = EDGE_ROOM
    node_padding: tuple[float, float] = NODE_PADDING
    node_least: tuple[float, float] = NODE_LEAST
    least: float = 0.0
    spread: float = 1.0
    in_line: bool = False
    in_colours: bool = False
    listed_from: float = math.inf

    def scales(self, size: float) -> tuple[float, ...]:
        """Return how much smaller a phrase of this size may be set."""
        return tuple(s for s in SCALES if s == 1 or s * size >= self.least)

    def size(self, role: Role) -> float:
        """Return the size of a phrase."""
        return max(SIZES[role], self.least)

    @property
    def formula_room(self) -> tuple[float, float]:
        """The room of a formula that can be listed."""
        return min(self.node_room[0], self.listed_from), self.node_room[1]


USUAL = Manner()


@dataclass(frozen=True)
class TextLine:
    """A fragment with its place in a box: x of its left end, y of its baseline."""

    fragment: Fragment
    role: Role
    x: float
    y: float


@dataclass(frozen=True)
class Box:
    """Centred lines, and the heights at which a rule is drawn across."""

    width: float
    height: float
    lines: tuple[TextLine, ...] = ()
    rules: tuple[float, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A description with the box of every node and edge, and the formulas that fit in none."""

    description: Description
    nodes: tuple[Box, ...]
    edges: tuple[Box, ...]
    listed: tuple[Equation, ...] = ()
    clusters: tuple[Fragment, ...] = ()
    """The titles of the clusters."""
    ordered: frozenset[int] = frozenset()
    """The indices of nodes that wires enter in the order of the arguments, not as they come."""
    wired: bool = False
    """Whether arrows leave in the middle of a side of a box, and enter in that of the other."""
    manner: Manner = USUAL
    first: tuple[int, ...] = ()
    last: tuple[int, ...] = ()
    """The indices of nodes that are to stand before, and behind, all others."""


def measure(description: Description, manner: Manner = USUAL) -> Measured:
    """Return the boxes of all labels."""
    return Measured(
        description,
        tuple(node_box(label, manner) for label in description.nodes),
        tuple(edge_box(label, manner) for label in description.edges),
        tuple(_listed(description, manner)),
        tuple(frame_title(cluster.title, manner) for cluster in description.clusters),
        manner=manner,
    )


def frame_title(title: str, manner: Manner, *, among: int = 0) -> Fragment:
    """Typeset the title of a frame; that of one ``among`` several that go on is said again."""
    size, room = max(CLUSTER_SIZE, manner.least), NODE_ROOM[0]
    if not among:
        return cut(title, size, room)
    whole = typeset.words(f"{title} {GOES_ON}", size)
    return whole if among > 1 and whole.width <= room else typeset.words(GOES_ON, size)


def _listed(description: Description, manner: Manner) -> Iterator[Equation]:
    """Yield the formulas that are not shown in their labels, nodes before edges."""
    for node in description.nodes:
        room = manner.formula_room
        if node.equation and not _has_room(node.equation, node.phrases, room, manner):
            yield node.equation
    for edge in description.edges:
        if edge.equation and not _has_room(edge.equation, edge.phrases, manner.edge_room, manner):
            yield edge.equation


def _has_room(
    equation: Equation, phrases: tuple[Phrase, ...], room: tuple[float, float], manner: Manner
) -> bool:
    """Whether a formula is shown in its label: in the phrase of the same role."""
    role = equation.left.role
    return equation.right is not None and all(
        whole(phrase, room, manner) for phrase in phrases if phrase.role == role
    )


def node_box(label: NodeLabel, manner: Manner = USUAL) -> Box:
    """Return the box of a node's label."""
    is_listed = label.equation is not None and can_be_listed(label.equation)
    return stacked(
        tuple(
            _without_room(phrase, manner) if is_listed and phrase.role == "formula" else phrase
            for phrase in label.phrases
        ),
        manner.node_room,
        manner.node_padding,
        manner.node_least,
        size=label.size,
        manner=manner,
    )


def can_be_listed(equation: Equation) -> bool:
    """Whether a formula can be written below the graph, being derived and not too long."""
    return equation.right is not None and typeset.short_enough(equation.right.latex)


def _without_room(phrase: Phrase, manner: Manner) -> Phrase:
    """Return what is said in place of a formula that is listed: at last its name."""
    while phrase.shorter is not None and not whole(phrase, manner.formula_room, manner):
        phrase = phrase.shorter
    return phrase


def edge_box(label: EdgeLabel, manner: Manner = USUAL) -> Box:
    """Return the box of an edge's label; one without lines, for its badge, if nothing is said."""
    phrases = label.phrases
    if label.equation and not _has_room(label.equation, phrases, manner.edge_room, manner):
        phrases = label.brief
    if not phrases:
        width, half = badge_width(label.marks, manner.least), badge_half(manner.least)
        return Box(width + 2 * half, 4 * half) if width else Box(0, 0)
    return stacked(
        phrases,
        manner.edge_room,
        _padding(label),
        (0, 0),
        leading=5.0,
        size=label.size,
        manner=manner,
    )


def _padding(label: EdgeLabel) -> tuple[float, float]:
    """Return the room around a label, with that for several lines side by side and a badge."""
    if not label.marks:
        return EDGE_PADDING
    more = MARK_PADDING * len({(mark.kind, mark.number) for mark in label.marks})
    return EDGE_PADDING[0] + MARK_PADDING + more, EDGE_PADDING[1] + more / 2


def stacked(
    phrases: tuple[Phrase, ...],
    room: tuple[float, float],
    padding: tuple[float, float],
    least: tuple[float, float],
    leading: float = LEADING,
    size: float = 1.0,
    manner: Manner = USUAL,
) -> Box:
    """Stack phrases in a box, each on a line of its own, so many times as large as usual."""
    if size != 1.0:
        padding = padding[0] * max(size, 0.5), padding[1] * max(size, 0.5)
        least, leading = (least[0] * min(size, 1.0), least[1] * min(size, 1.0)), leading * size
    rows = list(
        _rows([(phrase.role, _set(phrase, room, manner).scaled(size)) for phrase in phrases])
    )
    widths = [sum(part.width for _, part in row) + BESIDE * (len(row) - 1) for row in rows]
    width: float = max([least[0], *(wide + 2 * padding[0] for wide in widths)])
    y, lines, rules = padding[1], list[TextLine](), list[float]()
    for k, (row, wide) in enumerate(zip(rows, widths, strict=True)):
        high = max(manner.size(role) for role, _ in row) * size
        if k:
            y += leading
        if k and row[0][0] == "P" != rows[k - 1][0][0]:
            y += RULE - leading / 2
            rules.append(y)
            y += RULE + 1
        y += max(0.66 * high, *(part.ascent for _, part in row), 0.0)
        x = (width - wide) / 2
        for role, part in row:
            lines.append(TextLine(part, role, x, y))
            x += part.width + BESIDE
        y += max(0.1 * high, *(part.descent for _, part in row), 0.0)
    height = y + padding[1]
    lower = max(0.0, least[1] - height) / 2
    moved = tuple(TextLine(line.fragment, line.role, line.x, line.y + lower) for line in lines)
    return Box(width, height + 2 * lower, moved, tuple(rule + lower for rule in rules))


def _rows(
    fitted: list[tuple[Role, Fragment]],
) -> Iterator[list[tuple[Role, Fragment]]]:
    """Yield what stands on one line: maps and tall matrices side by side, all else by itself."""

    def is_tall(part: tuple[Role, Fragment]) -> bool:
        return isinstance(part[1], HeatMap) or part[1].height > TALL

    for several, parts in groupby(fitted, key=is_tall):
        if several:
            yield list(parts)
        else:
            yield from ([part] for part in parts)


def _set(phrase: Phrase, room: tuple[float, float], manner: Manner) -> Fragment:
    """Typeset a phrase in a box: matrices in one size, whatever their room."""
    if phrase.heat is not None:
        by = max(1.0, manner.least / NUMBER)
        heading = phrase.heading and fit(phrase.heading, room, manner).scaled(1 / by)
        return heat_map(phrase.heat, heading).scaled(by)
    if not phrase.is_array:
        return fit(phrase, room, manner)
    if not (manner.in_colours and phrase.entries > FEW) and typeset.short_enough(phrase.latex):
        size = (
            manner.size(phrase.role) if phrase.role not in NODE_ROLES else max(ARRAY, manner.least)
        )
        found = _typeset(phrase, size)
        if found.width <= ARRAY_ROOM[0] and found.height <= ARRAY_ROOM[1]:
            return found
    return (
        fit(phrase, room, manner) if phrase.shorter is None else _set(phrase.shorter, room, manner)
    )


def fit(phrase: Phrase, room: tuple[float, float], manner: Manner = USUAL) -> Fragment:
    """Typeset a phrase so that it fits."""
    if fragment := whole(phrase, room, manner):
        return fragment
    if phrase.shorter is not None:
        return fit(phrase.shorter, room, manner)
    size = manner.size(phrase.role)
    return cut(phrase.plain, size * manner.scales(size)[-1], room[0])


def whole(phrase: Phrase, room: tuple[float, float], manner: Manner = USUAL) -> Fragment | None:
    """Typeset a phrase as it is, a little smaller if need be; None if it has no room."""
    if typeset.short_enough(phrase.latex):
        size = manner.size(phrase.role)
        for scale in manner.scales(size):
            fragment = _typeset(phrase, size * scale)
            if fragment.width <= room[0] and fragment.height <= room[1]:
                return fragment
    return None


def _typeset(phrase: Phrase, size: float) -> Fragment:
    if not phrase.latex:
        return typeset.words(phrase.plain, size)
    return typeset.formula(phrase.latex, phrase.plain, size)


def cut(text: str, size: float, width: float) -> Fragment:
    """Typeset the beginning of a text, as much as fits, with an ellipsis."""
    fragment = typeset.words(text, size)
    kept = min(len(text), int(width))
    while fragment.width > width and kept > 1:
        kept = min(kept - 1, int(kept * width / fragment.width) + 1)
        fragment = typeset.words(text[:kept].rstrip() + "…", size)
    return fragment
