"""How large a picture is, before anything of it is described: whether it can be laid out in time.

What a layout takes grows with the nodes and with the points that arrows pass in the ranks between
their ends, of which arrows of one node share all but the last. Labels need some more.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from graphdiff.drawing.reduced.longest_ways import longest
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import arrows_between
from graphdiff.recognition.parts import Part

MAX_CARDS, MAX_EDGES = 600, 1500
"""More nodes or edges are not laid out."""
MAX_POINTS = 3000
"""Nor are more nodes and points that edges pass: the layout program would take a minute."""
MAX_LENGTH = 3000
"""Edges that cross more ranks together cannot be followed.

One parameter with an edge to each of 80 steps crosses as many.
"""


class Size(NamedTuple):
    """How many cards there are, arrows, and both with the points these pass; and their length.

    The length is how many ranks all arrows cross together.
    """

    cards: int
    arrows: int
    points: int
    length: int

    @property
    def refusal(self) -> str:
        """Why it cannot be laid out and what to do; nothing if it can."""
        limits = (
            (self.cards, MAX_CARDS, "cards"),
            (self.arrows, MAX_EDGES, f"arrows between {self.cards} cards"),
            (self.points, MAX_POINTS, f"points for {self.arrows} arrows to pass"),
        )
        for needed, most, what in limits:
            if needed > most:
                return (
                    f"the graph needs {needed} {what}, though alike nodes share one; at most "
                    f"{most} can be laid out. Draw a part of it, make groups, or export DOT for a "
                    "layout program made for large graphs"
                )
        return ""

    @property
    def is_readable(self) -> bool:
        """Whether it can be laid out, and its arrows can be followed."""
        return not self.refusal and self.length <= MAX_LENGTH


def size(count: int, arrows: Sequence[tuple[int, int]], leaves: Collection[int]) -> Size:
    """Return the size of a picture of so many cards, with arrows between these.

    Examples
    --------
    >>> size(4, [(0, 1), (1, 2), (2, 3), (0, 3)], {0})
    Size(cards=4, arrows=4, points=6, length=6)
    """
    rank = longest(arrows)
    if rank is None:  # cards are before each other
        return Size(count, len(arrows), count + len(arrows), 0)
    first, last = dict[int, int](), dict(rank)
    for tail, head in arrows:
        first[tail] = min(first.get(tail, rank[head]), rank[head])
        last[tail] = max(last[tail], rank[head])
    start = {one: first.get(one, 1) - 1 if one in leaves else rank[one] for one in rank}
    own = sum(rank[head] - start[tail] > 1 for tail, head in arrows)
    shared = sum(max(0, last[one] - start[one] - 2) for one in rank)
    length = sum(rank[head] - start[tail] for tail, head in arrows)
    return Size(count, len(arrows), count + own + shared, length)


def size_of(graph: ComputationalGraph, parts: Sequence[Part]) -> Size:
    """Return the size of a graph whose nodes stand on these cards.

    Where these are too many, their arrows are not counted.
    """
    if len(parts) > MAX_CARDS:
        return Size(len(parts), 0, len(parts), 0)
    arrows: list[tuple[int, int]] = []
    loops = 0
    for ends, arrow in arrows_between(graph, parts).items():
        count = arrow.size if arrow.is_single else 1
        if ends.loops:
            loops += count
        else:
            arrows += [(ends.tail, ends.head)] * count
    found = size(len(parts), arrows, {k for k, part in enumerate(parts) if part.nodes[0].is_leaf})
    return found._replace(arrows=found.arrows + loops)
