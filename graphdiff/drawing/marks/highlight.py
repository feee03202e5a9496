"""A description with marks: what is marked, what is said of it, and what is listed below."""

from __future__ import annotations

from dataclasses import replace

from graphdiff.drawing.labels.description import (
    Description,
    EdgeLabel,
    Entry,
    NodeLabel,
    Phrase,
    Role,
)
from graphdiff.drawing.marks.record import ANY, EdgeKey, Mark, MarkKind, Marks
from graphdiff.notation.equations import Link

ROLES: dict[MarkKind, Role] = {
    "wrong": "wrong",
    "doubtful": "doubtful",
    "path": "remark",
    "highlight": "remark",
}
MAX_TOLD = 60
"""How many remarks the alternative text has."""


def highlighted(description: Description, marks: Marks) -> Description:
    """Return what a picture says, with marks. What is not in the picture is not marked in it."""
    if not marks:
        return description
    nodes = tuple(_node(label, marks.nodes.get(label.index, ())) for label in description.nodes)
    edges = tuple(
        _edge(label, marks.edges.get(_key(label), ()), marks.letters.get(_key(label)))
        for label in description.edges
    )
    legend = tuple(Entry(kind, meaning) for kind, meaning in marks.legend)
    told = [remark.text for remark in marks.remarks[:MAX_TOLD]]
    return replace(
        description,
        nodes=nodes,
        edges=edges,
        legend=(*description.legend, *(legend if description.legend else ())),
        alt=" ".join([description.alt, *(f"{line.rstrip('.')}." for line in told)]),
        remarks=(*description.remarks, *marks.remarks),
    )


def _key(label: EdgeLabel) -> EdgeKey:
    """Return where the marks of an edge are; of one between cards, those of all it stands for."""
    is_edge = label.tail > 0 and label.head > 0
    return label.tail, label.head, label.slot if is_edge else ANY


def _node(label: NodeLabel, marks: tuple[Mark, ...]) -> NodeLabel:
    if not marks:
        return label
    return replace(
        label,
        phrases=(*label.phrases, *_said(marks)),
        summary=f"{label.summary}{_told(marks)}",
        marks=(*label.marks, *marks),
    )


def _edge(label: EdgeLabel, marks: tuple[Mark, ...], letter: Link | None) -> EdgeLabel:
    if not marks:
        return label
    said = _said(marks)
    if letter:
        said = (Phrase("letter", letter.latex, letter.text), *said)
    return replace(
        label,
        phrases=(*label.phrases, *said),
        brief=(*label.brief, *said),
        summary=f"{label.summary}{_told(marks)}",
        marks=(*label.marks, *marks),
    )


def _said(marks: tuple[Mark, ...]) -> tuple[Phrase, ...]:
    return tuple(
        Phrase(ROLES[mark.kind], mark.said.latex, mark.said.text) for mark in marks if mark.said
    )


def _told(marks: tuple[Mark, ...]) -> str:
    """Tell the marks of a label in words."""
    numbers = [str(mark.number) for mark in marks if mark.kind == "path" and mark.number]
    told = [f"claimed: {mark.said.text}" for mark in marks if mark.said]
    if numbers:
        told.insert(0, f"on path{'' if len(numbers) == 1 else 's'} {', '.join(numbers)}")
    if any(mark.kind == "highlight" for mark in marks):
        told.append("highlighted")
    return "".join(f"; {part}" for part in told)
