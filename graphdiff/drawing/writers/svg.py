"""A scene as SVG text.

All text is outlines; what users wrote stands, escaped, in titles and ``data-`` attributes. With
``text``, each line stands over its outlines once more as plain text that is not seen: to be
selected, searched and copied, in whatever font the reader's program has, set as wide as the line.
"""

from __future__ import annotations

import hashlib
import html
from collections.abc import Iterable, Iterator
from itertools import groupby

from graphdiff.drawing.fragments import glyphs_of
from graphdiff.drawing.scene import Circle, Group, Item, Path, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.typeset import Fragment, Glyph
from graphdiff.errors.plain_text import one_line

NAMED_LATER = "\0"
"""In place of a beginning for ids that depends on all that is drawn; no text has it in it."""
NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def svg(scene: Scene, *, text: bool = False) -> str:
    """Return the picture as SVG, with its text over the outlines if that is asked for."""
    drawn = list(items(scene.items, NAMED_LATER, text=text))
    prefix = _prefix(scene, drawn) if not text else prefix_of(scene)
    return document(scene, (line.replace(NAMED_LATER, prefix) for line in drawn), prefix)


def document(scene: Scene, body: Iterable[str], prefix: str, style: str = "") -> str:
    """Return an SVG document of a scene's size and glyphs around elements."""
    size = sized(scene.pixels[0], scene.pixels[1], scene.width, scene.height)
    return "\n".join(
        [
            f'<svg {NAMESPACES} {size} role="img" aria-label="{escaped(scene.title)}">',
            f"<title>{escaped(scene.title)}</title>",
            f"<desc>{escaped(scene.alt)}</desc>",
            *([f"<style>{style}</style>"] if style else []),
            definitions(glyphs_of(scene.fragments), prefix),
            f'<rect width="100%" height="100%" fill="{scene.background}"/>',
            *body,
            "</svg>\n",
        ]
    )


def prefix_of(scene: Scene) -> str:
    """Return a beginning for ids, so that two pictures on one page do not mix."""
    return _prefix(scene, items(scene.items, NAMED_LATER))


def _prefix(scene: Scene, drawn: Iterable[str]) -> str:
    named = "".join((scene.background, *drawn)).replace(NAMED_LATER, "")
    return "g" + hashlib.sha256(named.encode()).hexdigest()[:8]


def sized(width: float, height: float, inner_width: float = 0, inner_height: float = 0) -> str:
    """Return the attributes of an ``<svg>`` of a size, and of what is drawn in it."""
    inner = f"{number(inner_width or width)} {number(inner_height or height)}"
    return f'width="{number(width)}" height="{number(height)}" viewBox="0 0 {inner}"'


# Items


def items(drawn: Iterable[Item], prefix: str, *, text: bool = False) -> Iterator[str]:
    """Yield the elements of items, each group on a line of its own."""
    for item in drawn:
        if isinstance(item, Group) and any(isinstance(inner, Group) for inner in item.items):
            yield opened(item)
            yield from items(item.items, prefix, text=text)
            yield "</g>"
        else:
            yield element(item, prefix, text=text)


def element(item: Item, prefix: str, *, text: bool = False) -> str:
    """Return one item as an element."""
    match item:
        case Group():
            inner = "".join(_elements(item.items, prefix, text=text))
            return f"{opened(item)}{inner}</g>"
        case Text():
            return placed(item.fragment, item.x, item.y, item.colour, prefix, text=text)
        case Rectangle():
            return _rectangle(item)
        case Circle():
            return (
                f'<circle cx="{number(item.x)}" cy="{number(item.y)}" r="{number(item.radius)}"'
                f"{_paint(item.fill, item.stroke)}/>"
            )
        case Path():
            return f'<path d="{outline(item)}"{_paint(item.fill, item.stroke)}/>'


def _elements(inside: Iterable[Item], prefix: str, *, text: bool) -> Iterator[str]:
    """Yield what is in a group; rectangles one after another of one colour are one outline."""
    for fill, alike in groupby(inside, _plain_fill):
        drawn = list(alike)
        if fill is None or len(drawn) == 1:
            yield from (element(each, prefix, text=text) for each in drawn)
        else:
            outlines = (_corners(each) for each in drawn if isinstance(each, Rectangle))
            yield f'<path d="{"".join(outlines)}" fill="{fill}"/>'


def _plain_fill(item: Item) -> str | None:
    """Return the colour of a rectangle that has no line and no round corners."""
    if isinstance(item, Rectangle) and not (item.stroke or item.radius):
        return item.fill
    return None


def _corners(item: Rectangle) -> str:
    width, height = number(item.width), number(item.height)
    return f"M{_pair(item.x, item.y)}h{width}v{height}H{number(item.x)}z"


def opened(group: Group) -> str:
    """Return the start of a group, with its title."""
    kind = f' class="{escaped(group.kind)}"' if group.kind else ""
    data = "".join(f' data-{name}="{escaped(value)}"' for name, value in group.data)
    moved = f' transform="translate({_pair(group.x, group.y)})"' if group.x or group.y else ""
    title = f"<title>{escaped(group.title)}</title>" if group.title else ""
    return f"<g{kind}{data}{moved}>{title}"


def _rectangle(item: Rectangle) -> str:
    at = f'x="{number(item.x)}" y="{number(item.y)}" ' if item.x or item.y else ""
    radius = f' rx="{number(item.radius)}"' if item.radius else ""
    return (
        f'<rect {at}width="{number(item.width)}" height="{number(item.height)}"{radius}'
        f"{_paint(item.fill, item.stroke)}/>"
    )


def _paint(fill: str | None, stroke: Stroke | None) -> str:
    filled = f' fill="{fill or "none"}"'
    if stroke is None:
        return filled
    pattern = " ".join(map(number, stroke.pattern))
    dashes = f' stroke-dasharray="{pattern}"' if pattern else ""
    return f'{filled} stroke="{stroke.colour}" stroke-width="{number(stroke.width)}"{dashes}'


def outline(path: Path) -> str:
    """Return a path's ``d``."""
    pieces = "".join(
        ("L" if len(piece) == 1 else "C") + " ".join(_pair(*point) for point in piece)
        for piece in path.pieces
    )
    return f"M{_pair(*path.start)}{pieces}{'Z' if path.closed else ''}"


# Text


def escaped(text: str) -> str:
    """Return text for the inside of an element or an attribute."""
    return html.escape(one_line(text), quote=True)


def definitions(glyphs: Iterable[Glyph], prefix: str) -> str:
    """Return the outlines of glyphs, to be used by :func:`placed`."""
    paths = "".join(f'<path id="{prefix}{_id(g)}" d="{g.path}"/>' for g in glyphs)
    return f"<defs>{paths}</defs>"


def placed(
    fragment: Fragment, x: float, y: float, fill: str, prefix: str, *, text: bool = False
) -> str:
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
    said = _said(fragment) if text else ""
    return f'<g transform="translate({_pair(x, y)})" fill="{fill}">{uses}{bars}{said}</g>'


def _said(fragment: Fragment) -> str:
    """Return what a fragment says as text over its outlines, of its width, and without ink."""
    if not fragment.plain:
        return ""
    return (
        f'<text font-family="serif" font-size="{number(fragment.size)}" fill-opacity="0" '
        f'textLength="{number(fragment.width)}" lengthAdjust="spacingAndGlyphs">'
        f"{escaped(fragment.plain)}</text>"
    )


def _id(glyph: Glyph) -> str:
    font, _, index = glyph.name.rpartition("_")
    return f"{'s' if font.startswith('STIX') else 'd'}{index}"


def _pair(x: float, y: float) -> str:
    return f"{number(x)} {number(y)}"


def number(value: float) -> str:
    """Return a coordinate as text, to a hundredth."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
