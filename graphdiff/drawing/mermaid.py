"""Pictures as Mermaid, which READMEs and many other pages of Markdown draw.

What users wrote stands in quoted labels, and signs that could mean something as codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from graphdiff.drawing.colours import legible
from graphdiff.drawing.labels.description import Description, EdgeLabel, NodeLabel, counted
from graphdiff.drawing.labels.looks import paint_of
from graphdiff.drawing.marks.strokes import colour_of, lanes
from graphdiff.drawing.options import Options
from graphdiff.drawing.themes import Paint, Theme
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import one_line

Shape = tuple[str, str]

MAX_EDGES = 500
MAX_CHARACTERS = 50_000
"""What is longer is not drawn by those who draw Mermaid."""

MAX_HEADING = 20
LINE, AROUND = 3, 2
"""The height of a line, and the room around lines in a circle, in letters."""

SQUARE: Shape = ("[", "]")
ROUND: Shape = ("((", "))")
SHAPES: Mapping[str, Shape] = MappingProxyType(
    {"input": ("([", "])"), "parameter": ("[[", "]]"), "computation": SQUARE, "card": ("{{", "}}")}
)
UNITS: Mapping[str, Shape] = MappingProxyType(
    {**SHAPES, "input": ROUND, "computation": ROUND, "card": SQUARE}
)
GATES: Mapping[str, Shape] = MappingProxyType(
    {**SHAPES, "input": SQUARE, "parameter": SQUARE, "computation": ROUND}
)

_MEANT = re.compile(r"""^(?:[-+]|\d+[.)](?!\d))|[!"#$%&*/:;<>?@[\\\]`{|}~]|\.(?!\d)|\b_|_\b""")
"""Signs that could be of the language, or of Markdown in labels: lists, links, emphasis."""
_CODED = re.compile(r"[^\w\s]|_")


def export(description: Description, options: Options, shapes: Mapping[str, Shape] = SHAPES) -> str:
    """Return a picture as the source of a flowchart, with labels in plain text.

    Raises
    ------
    DrawingError
        If it is larger than what is drawn.
    """
    if len(description.edges) > MAX_EDGES:
        raise DrawingError(
            f"there are {len(description.edges)} edges, and Mermaid draws {MAX_EDGES} at most; "
            "collapse groups or alike nodes, or save it as .dot"
        )
    source = "\n".join(_lines(description, options, shapes)) + "\n"
    if len(source) > MAX_CHARACTERS:
        raise DrawingError(
            f"{counted(description.nodes, 'node')} and {counted(description.edges, 'edge')} come "
            f"to {len(source)} characters, and Mermaid draws {MAX_CHARACTERS} at most; hide "
            "annotations, collapse groups or alike nodes, or save it as .dot"
        )
    return source


def _lines(
    description: Description, options: Options, shapes: Mapping[str, Shape]
) -> Iterator[str]:
    theme = options.theme
    yield from ("---", f'title: "{_escaped(description.title)}"', "---")
    yield f"flowchart {options.direction}"
    for node in description.nodes:
        opening, closing = _shape(node, shapes)
        said = label(phrase.plain for phrase in node.phrases)
        yield f'  {id_of(node.index)}{opening}"{said}"{closing}'
    for k, cluster in enumerate(description.clusters, 1):
        yield f'  subgraph g{k}["{label([_heading(cluster.title)])}"]'
        yield f"    {' & '.join(map(id_of, cluster.nodes))}"
        yield "  end"
    for edge in description.edges:
        said = label(phrase.plain for phrase in edge.phrases)
        arrow = "-.->" if edge.cut_off or edge.again else "==>" if edge.marks else "-->"
        told = f'|"{said}"|' if said else ""
        yield f"  {id_of(edge.tail)} {arrow}{told} {id_of(edge.head)}"
    yield from _styles(description, theme)
    for k, edge in enumerate(description.edges):
        if colour := _colour(edge, theme):
            yield f"  linkStyle {k} stroke:{colour},color:{theme.ink}"


def _shape(node: NodeLabel, shapes: Mapping[str, Shape]) -> Shape:
    """Return the shape of a node: a circle is as broad as its longest line, and no higher."""
    shape = shapes["card" if node.card != "node" else node.kind]
    longest = max((len(phrase.plain) for phrase in node.phrases), default=0)
    is_high = len(node.phrases) > 1 and LINE * len(node.phrases) > longest + AROUND
    return SHAPES["input"] if shape is ROUND and is_high else shape


def _heading(title: str) -> str:
    """Return what stands above a frame, which is as broad as its nodes, however long that is."""
    return title if len(title) <= MAX_HEADING else title.partition(", ")[0]


def _styles(description: Description, theme: Theme) -> Iterator[str]:
    """Yield a style for each look that nodes have."""
    looks: dict[str, list[str]] = {}
    for node in description.nodes:
        looks.setdefault(_look(node, paint_of(node, theme), theme), []).append(id_of(node.index))
    for k, (look, nodes) in enumerate(looks.items(), 1):
        yield f"  classDef look{k} {look}"
        yield f"  class {','.join(nodes)} look{k}"


def _look(node: NodeLabel, paint: Paint, theme: Theme) -> str:
    ink = legible(theme.ink, node.colour, ()) if node.colour else theme.ink
    stroke, width = paint.stroke, 1
    if highlights := [mark for mark in lanes(node.marks) if mark.kind == "highlight"]:
        stroke, width = colour_of(highlights[0], theme), 3
    dashes = ",stroke-dasharray:5 3" if node.cut_off else ""
    return f"fill:{paint.fill},stroke:{stroke},stroke-width:{width}px,color:{ink}{dashes}"


def _colour(edge: EdgeLabel, theme: Theme) -> str:
    marks = lanes(edge.marks)
    return colour_of(marks[0], theme) if marks else edge.colour


def id_of(index: int) -> str:
    """Return the name of a node; c1, c2, … are cards that stand for several."""
    return f"n{index}" if index > 0 else f"c{-index}"


def label(lines: Iterable[str]) -> str:
    r"""Return lines for the inside of a quoted label, in which nothing means anything.

    Examples
    --------
    >>> print(label(["L = e**2", "≈ -1.5"]), label(['"]; click n1']), label(["1. a", "x_1"]))
    L = e#42;#42;2<br/>≈ -1.5 #34;#93;#59; click n1 1#46; a<br/>x_1
    """
    return "<br/>".join(_MEANT.sub(_coded, one_line(line)) for line in lines)


def _coded(found: re.Match[str]) -> str:
    return _CODED.sub(lambda sign: f"#{ord(sign[0])};", found[0])


def _escaped(title: str) -> str:
    """Return a title for the inside of a quoted scalar of YAML."""
    return re.sub(r"[!-/:-@\[-`{-~]", lambda sign: f"\\x{ord(sign[0]):02x}", one_line(title))
