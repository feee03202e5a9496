"""Marks for what a teacher points at: nodes, edges and paths, each colour with its own dashes."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.marks.record import EdgeKey, Mark, Marks
from graphdiff.graph import ComputationalGraph


def marks_of_highlights(graph: ComputationalGraph, highlights: Mapping[str, str]) -> Marks:
    """Return the marks of nodes, edges and paths; a path marks its nodes too.

    Parameters
    ----------
    highlights
        The colour of each by its name, ``"x->u->L"``; "" for the theme's.
    """
    colours = list(dict.fromkeys(highlights.values()))
    nodes: dict[int, dict[Mark, None]] = {}
    edges: dict[EdgeKey, dict[Mark, None]] = {}
    for name, colour in highlights.items():
        mark = Mark("highlight", colours.index(colour) + 1, colour=colour)
        path = [graph[part] for part in name.split(ARROW)]
        if len(path) != 2:
            for node in path:
                nodes.setdefault(node.index, {})[mark] = None
        for j, i in itertools.pairwise(path):
            for slot, parent in enumerate(i.parents):
                if parent is j:
                    edges.setdefault((j.index, i.index, slot), {})[mark] = None
    return Marks(
        {key: tuple(marks) for key, marks in edges.items()},
        {index: tuple(marks) for index, marks in nodes.items()},
    )
