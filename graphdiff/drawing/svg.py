"""The SVG text of a picture that is laid out.

All text is outlines; what users wrote stands, escaped, in titles and ``data-`` attributes.
"""

from __future__ import annotations

import hashlib
import html
import math
from collections.abc import Iterable, Iterator

from graphdiff.drawing import typeset
from graphdiff.drawing.boxes import Box, Line
from graphdiff.drawing.labels import EdgeLabel, Entry, NodeLabel, Phrase
from graphdiff.drawing.layout import Curve, LaidOut, Point
from graphdiff.drawing.sheet import (
    ENTRY_GAP,
    LEGEND_SIZE,
    ROW,
    SAMPLE_GAP,
    SWATCH,
    Sample,
    Sheet,
    sheet_for,
)
from graphdiff.drawing.themes import OUTLINES, Outline, Paint, Theme
from graphdiff.drawing.typeset import Fragment, Glyph

MARGIN = 24.0
LISTING_GAP = 26.0
ARROW = 4.0
"""Half the breadth of an arrow's head."""
BORDER_GAP = 3.0
HALO = 2.0
"""How far around a label an arrow that passes is covered."""
DASHES = ' stroke-dasharray="5 3"'
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(laid_out: LaidOut, theme: Theme) -> str:
    """Return the picture as SVG text."""
    description = laid_out.measured.description
    sheet = sheet_for(laid_out.measured, laid_out.width)
    prefix = _prefix(laid_out, theme)
    width = sheet.width + 2 * MARGIN
    head = MARGIN + (sheet.title.height + 18 if sheet.title else 0)
    list_top = head + laid_out.height + LISTING_GAP
    list_foot = list_top + sheet.listing.height if sheet.listing.height else head + laid_out.height
    foot = list_foot + (18 if sheet.legend else 0)
    height = foot + ROW * len(sheet.legend) + MARGIN - (8 if sheet.legend else 0)
    across = MARGIN + (sheet.width - laid_out.width) / 2
    glyphs = typeset.glyphs_of([*_fragments(laid_out), *sheet.fragments])
    title = description.title or "Computational graph"
    size = sized(math.ceil(width), math.ceil(height))
    return "\n".join(
        [
            f'<svg {NAMESPACES} {size} role="img" aria-label="{escaped(title)}">',
            f"<title>{escaped(title)}</title>",
            f"<desc>{escaped(description.alt)}</desc>",
            definitions(glyphs, prefix),
            f'<rect width="100%" height="100%" fill="{theme.background}"/>',
            *_title(sheet, theme, prefix),
            f'<g class="graph" transform="translate({_pair(across, head)})">',
            *_edges(laid_out, theme),
            *_jacobians(laid_out, theme, prefix),
            *_nodes(laid_out, theme, prefix),
            "</g>",
            *_listing(sheet, theme, prefix, list_top),
            *_legend(sheet, theme, prefix, foot),
            "</svg>\n",
        ]
    )


def _prefix(laid_out: LaidOut, theme: Theme) -> str:
    """Return a beginning for ids, so that two pictures on one page do not mix."""
    all_of_it = laid_out.measured.description, laid_out.nodes, theme
    return "g" + hashlib.sha256(repr(all_of_it).encode()).hexdigest()[:8]


def _fragments(laid_out: LaidOut) -> Iterator[Fragment]:
    for box in (*laid_out.measured.nodes, *laid_out.measured.edges):
        yield from (line.fragment for line in box.lines)


# Text


def escaped(text: str) -> str:
    """Return text for the inside of an element or an attribute."""
    return html.escape(typeset.one_line(text), quote=True)


def definitions(glyphs: Iterable[Glyph], prefix: str) -> str:
    """Return the outlines of glyphs, to be used by :func:`placed`."""
    paths = "".join(f'<path id="{prefix}{_id(g)}" d="{g.path}"/>' for g in glyphs)
    return f"<defs>{paths}</defs>"


def placed(fragment: Fragment, x: float, y: float, fill: str, prefix: str) -> str:
    """Return a fragment with the left end of its baseline at (x, y)."""
    uses = "".join(
        f'<use xlink:href="#{prefix}{_id(mark.glyph)}" '
        f'transform="translate({_pair(mark.x, mark.y)})scale({mark.scale:.4g})"/>'
        for mark in fragment.marks
    )
    bars = "".join(
        f'<rect x="{number(bar.x)}" y="{number(bar.y)}" '
        f'width="{number(bar.width)}" height="{number(bar.height)}"/>'
        for bar in fragment.bars
    )
    return f'<g transform="translate({_pair(x, y)})" fill="{fill}">{uses}{bars}</g>'


def _id(glyph: Glyph) -> str:
    font, _, index = glyph.name.rpartition("_")
    return f"{'s' if font.startswith('STIX') else 'd'}{index}"


def sized(width: float, height: float) -> str:
    """Return the attributes of an ``<svg>`` of a size."""
    w, h = number(width), number(height)
    return f'width="{w}" height="{h}" viewBox="0 0 {w} {h}"'


def _pair(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def number(value: float) -> str:
    """Return a coordinate as text, to a hundredth."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


# Nodes and edges


def _class(name: str, *, cut_off: bool) -> str:
    return f"{name} cut-off" if cut_off else name


def _nodes(laid_out: LaidOut, theme: Theme, prefix: str) -> Iterator[str]:
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.nodes, measured.nodes, laid_out.nodes, strict=True
    ):
        yield (
            f'<g class="{_class("node " + label.kind, cut_off=label.cut_off)}" '
            f'data-node="{escaped(label.name)}" data-index="{label.index}" '
            f'data-kind="{label.kind}" '
            f'transform="translate({_pair(*corner)})">'
            f"<title>{escaped(label.summary)}</title>"
            f"{''.join(_card(label, box, theme))}"
            f"{''.join(_lines(box, theme, prefix))}</g>"
        )


def _card(label: NodeLabel, box: Box, theme: Theme) -> Iterator[str]:
    paint = theme.cut_off if label.cut_off else theme.kinds[label.kind]
    yield outlined(box.width, box.height, OUTLINES[label.kind], paint, dashed=label.cut_off)
    for rule in box.rules:
        yield (
            f'<path d="M8 {number(rule)}H{number(box.width - 8)}" stroke="{paint.stroke}" '
            'stroke-width="0.8" fill="none"/>'
        )


def outlined(
    width: float, height: float, outline: Outline, paint: Paint, *, dashed: bool = False
) -> str:
    """Return a card: one border inside another, as many as its kind has."""
    drawn = []
    for k in range(outline.borders):
        inset = k * BORDER_GAP
        w, h = width - 2 * inset, height - 2 * inset
        radius = max(0.0, min(outline.radius - inset, w / 2, h / 2))
        at = f'x="{number(inset)}" y="{number(inset)}" ' if inset else ""
        drawn.append(
            f'<rect {at}width="{number(w)}" height="{number(h)}" rx="{number(radius)}" '
            f'fill="{"none" if k else paint.fill}" stroke="{paint.stroke}" '
            f'stroke-width="{0.9 if k else 1.5}"'
            f"{DASHES if dashed else ''}/>"
        )
    return "".join(drawn)


def _lines(box: Box, theme: Theme, prefix: str) -> Iterator[str]:
    for line in box.lines:
        yield placed(line.fragment, line.x, line.y, _ink(line, theme), prefix)


def _ink(line: Line, theme: Theme) -> str:
    if line.role == "P":
        return theme.reverse
    return theme.faint if line.role in ("index", "remark") else theme.ink


def _edges(laid_out: LaidOut, theme: Theme) -> Iterator[str]:
    measured = laid_out.measured
    centres = dict(enumerate(laid_out.centres, start=1))
    for label, curve in zip(measured.description.edges, laid_out.curves, strict=True):
        yield (
            f'<g class="{_class("edge", cut_off=label.cut_off)}" '
            f'data-edge="{_edge_name(label)}" data-slot="{label.slot}">'
            f"<title>{escaped(label.summary)}</title>"
            f"{_arrow(curve, centres[label.tail], label, theme)}</g>"
        )


def _jacobians(laid_out: LaidOut, theme: Theme, prefix: str) -> Iterator[str]:
    """Yield what is said on the edges, on a ground of its own where other edges pass."""
    measured = laid_out.measured
    for label, box, corner in zip(
        measured.description.edges, measured.edges, laid_out.labels, strict=True
    ):
        if corner is not None:
            yield (
                f'<g class="{_class("jacobian", cut_off=label.cut_off)}" '
                f'data-of="{_edge_name(label)}" data-slot="{label.slot}" '
                f'transform="translate({_pair(*corner)})">'
                f"<title>{escaped(label.summary)}</title>"
                f"{''.join(_ground(line, theme) for line in box.lines)}"
                f"{''.join(_lines(box, theme, prefix))}</g>"
            )


def _edge_name(label: EdgeLabel) -> str:
    return f"{escaped(label.parent)}-&gt;{escaped(label.child)}"


def _ground(line: Line, theme: Theme) -> str:
    text = line.fragment
    return (
        f'<rect x="{number(line.x - HALO)}" y="{number(line.y - text.ascent - HALO)}" '
        f'width="{number(text.width + 2 * HALO)}" height="{number(text.height + 2 * HALO)}" '
        f'fill="{theme.background}"/>'
    )


def _arrow(curve: Curve, tail: Point, label: EdgeLabel, theme: Theme) -> str:
    """Return an arrow; it begins inside its node, behind the round corners."""
    start, *rest = (_pair(x, y) for x, y in curve.points)
    (x, y), (cx, cy) = curve.points[0], tail
    inside = _pair(x + (cx - x) / 4, y + (cy - y) / 4)
    colour = theme.cut_off.stroke if label.cut_off else theme.edge
    dashes = DASHES if label.cut_off else ""
    return (
        f'<path d="M{inside}L{start}C{" ".join(rest)}" fill="none" stroke="{colour}" '
        f'stroke-width="1.4"{dashes}/><path d="{_head(curve)}" fill="{colour}"/>'
    )


def _head(curve: Curve) -> str:
    """Return a triangle from the end of the curve to its tip."""
    (x, y), (tx, ty) = curve.points[-1], curve.tip
    length = math.hypot(tx - x, ty - y) or 1.0
    dx, dy = (tx - x) / length * ARROW, (ty - y) / length * ARROW
    return f"M{_pair(x - dy, y + dx)}L{_pair(tx, ty)}L{_pair(x + dy, y - dx)}Z"


# Title, listed formulas and legend


def _title(sheet: Sheet, theme: Theme, prefix: str) -> Iterator[str]:
    if sheet.title:
        title = placed(sheet.title, MARGIN, MARGIN + sheet.title.ascent, theme.ink, prefix)
        yield f'<g class="title">{title}</g>'


def _listing(sheet: Sheet, theme: Theme, prefix: str, top: float) -> Iterator[str]:
    """Yield the formulas for which there was no room in the graph."""
    listing = sheet.listing
    if not listing.height:
        return
    yield f'<g class="formulas" transform="translate({_pair(MARGIN, top)})">'
    for block, (x, y) in zip(listing.blocks, listing.places, strict=True):
        drawn = (
            placed(line.fragment, x + line.x, y + line.y, theme.ink, prefix) for line in block.lines
        )
        yield f"<g><title>{escaped(block.plain)}</title>{''.join(drawn)}</g>"
    if listing.more:
        y = listing.height - listing.more.descent
        yield placed(listing.more, 0, y, theme.faint, prefix)
    yield "</g>"


def _legend(sheet: Sheet, theme: Theme, prefix: str, top: float) -> Iterator[str]:
    if not sheet.legend:
        return
    yield '<g class="legend">'
    for k, row in enumerate(sheet.legend):
        x, middle = MARGIN, top + ROW * k + ROW / 2
        for sample in row:
            yield _drawn_sample(sample, x, middle, theme, prefix)
            x += sample.width + ENTRY_GAP
    yield "</g>"


def _drawn_sample(sample: Sample, x: float, middle: float, theme: Theme, prefix: str) -> str:
    drawn, baseline = [], middle + 0.34 * LEGEND_SIZE
    if sample.notation is None:
        drawn.append(
            f'<g transform="translate({_pair(x, middle - SWATCH[1] / 2)})">'
            f"{_swatch(sample.entry, theme)}</g>"
        )
        x += SWATCH[0] + SAMPLE_GAP
    else:
        phrase = sample.entry.sample
        colour = theme.reverse if isinstance(phrase, Phrase) and phrase.role == "P" else theme.ink
        drawn.append(placed(sample.notation, x, baseline, colour, prefix))
        x += sample.notation.width + SAMPLE_GAP
    if sample.meaning:
        drawn.append(placed(sample.meaning, x, baseline, theme.faint, prefix))
    return "".join(drawn)


def _swatch(entry: Entry, theme: Theme) -> str:
    if entry.sample == "cut_off":
        return outlined(*SWATCH, Outline(radius=2), theme.cut_off, dashed=True)
    kind = entry.sample
    return outlined(*SWATCH, OUTLINES[kind], theme.kinds[kind])  # type: ignore[index]
