"""The typesetter of formulas, used so that its time is linear in the depth of a formula.

Before it sets a row, ziamath sets the whole row once to find out how tall its brackets are to be,
and so each row in it: a name in six rows is set 64 times. Where a row has no brackets of its own
that stretch, or is itself being measured, this is of no use, and is left out; a matrix that was set
to be measured is taken as it is. An outline is written once, not for each time it is used; a length
such as ``0.28em``, a letter in a style and how far apart two letters are is found once.

A letter that the font of formulas lacks is taken from another. All else that is set stays the same.
The typesetter is as it was when no formula of a picture is being set, and one that is built
otherwise than expected is used as it is.
"""

from __future__ import annotations

import copy
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import Any, NamedTuple

from graphdiff.drawing import other_fonts

_SIDEWAYS = frozenset("→←↔⇒⇐⇔↦")
"""What stretches, but not in height."""
_ROWS = frozenset(("mrow", "math", "mtr", "mtd", "mtable"))
"""What has its brackets measured for itself."""

_TURN = threading.RLock()  # of two threads one would keep what stands in


class _Part(NamedTuple):
    """A function of the typesetter, and what stands in for it."""

    owner: Any
    name: str
    other: Any


@contextmanager
def in_linear_time() -> Iterator[None]:
    """Let the typesetter leave out what it does in vain, for as long as this lasts."""
    parts = _parts()
    with _TURN:
        saved = [getattr(part.owner, part.name) for part in parts]
        for part in parts:
            setattr(part.owner, part.name, part.other)
        try:
            yield
        finally:
            for part, original in zip(parts, saved, strict=True):
                setattr(part.owner, part.name, original)


@lru_cache(maxsize=1)
def _parts() -> tuple[_Part, ...]:
    import ziamath.mathfont
    import ziamath.nodes.mnode
    import ziamath.nodes.mrow
    import ziamath.nodes.mtable
    import ziamath.operators
    import ziamath.styles
    import ziamath.zmath
    from ziafont import font, glyph

    row, table = ziamath.nodes.mrow, ziamath.operators.operators
    stretching = {name for (name, _), how in table.items() if how.get("stretchy") == "true"}
    upwards = stretching - _SIDEWAYS
    other = {
        (row.Mrow, "_get_height_nostretch"): lambda measure: _heights(measure, upwards),
        (row, "ET"): lambda _: _copying(upwards),
        (ziamath.nodes.mtable.Mtable, "_setup"): lambda set_up: _matrices(set_up, upwards),
        (ziamath.zmath, "apply_mstyle"): _styles,
        (ziamath.mathfont, "styledchr"): _letters,
        (ziamath.styles, "asdict"): lambda _: vars,  # the copy is only read, and not deeply
        (ziamath.styles, "ChainMap"): lambda _: _chained,
        (ziamath.nodes.mtable, "namedtuple"): lru_cache,  # a class for each table
        (glyph.SimpleGlyph, "svgsymbol"): _symbols,
        (ziamath.nodes.mnode.Mnode, "size_px"): _sizes,
        (font.Font, "glyph"): _glyphs,
        (font.Font, "advance"): _advances,
    }
    return tuple(
        _Part(owner, name, made(getattr(owner, name)))
        for (owner, name), made in other.items()
        if hasattr(owner, name)
    )


def _heights(measure: Callable[..., Any], stretching: set[str]) -> Callable[..., Any]:
    """Return what measures a row, if something in it stretches."""

    def heights(row: Any, line: list[ET.Element], **kwargs: Any) -> Any:
        if kwargs.get("nostretch"):  # being measured itself, where nothing stretches
            return 0.0, 0.0
        if any(_stretches(child, stretching) for child in line):
            return measure(row, line, **kwargs)
        return 0.0, 0.0

    return heights


def _stretches(element: ET.Element, stretching: set[str]) -> bool:
    """Whether something stretches that is of no row in this element."""
    if element.tag == "mfenced":
        return True
    if element.tag in ("mo", "mi") and _written(element) in stretching:
        return True
    return element.tag not in _ROWS and any(_stretches(each, stretching) for each in element)


def _written(element: ET.Element) -> str:
    return (element.text or "").strip()


def _copying(stretching: set[str]) -> SimpleNamespace:
    """Return what copies elements to be measured, but not a matrix that stays as it is."""

    def copied(element: ET.Element) -> ET.Element:
        return element if _is_plain(element, stretching) else copy.deepcopy(element)

    return SimpleNamespace(Element=ET.Element, tostring=copied, fromstring=lambda same: same)


def _is_plain(element: ET.Element, stretching: set[str]) -> bool:
    """Whether an element is a matrix that is set alike whatever is around it."""
    return element.tag == "mtable" and not any(
        part.tag == "mfenced" or "columnalign" in part.attrib or _written(part) in stretching
        for part in element.iter()
    )


def _matrices(set_up: Callable[..., None], stretching: set[str]) -> Callable[..., None]:
    """Return what sets a matrix, or takes it from when its row was measured."""

    def once(table: Any, **kwargs: Any) -> None:
        row, element = vars(table.parent), table.element
        known = row.setdefault("_measured", {})  # by the elements themselves, which are kept
        if (same := known.get(element)) is not None:
            table.nodes, table.nodexy, table.bbox = same.nodes, same.nodexy, same.bbox
            return
        set_up(table, **kwargs)
        if kwargs.get("nostretch") and _is_plain(element, stretching):
            known[element] = table

    return once


def _styles(apply: Callable[[ET.Element], ET.Element]) -> Callable[[ET.Element], ET.Element]:
    """Return what gives elements the styles around them, where there are any."""
    return lambda element: element if next(element.iter("mstyle"), None) is None else apply(element)


def _letters(find: Callable[[str, Any], str]) -> Callable[[str, Any], str]:
    """Return what finds a letter in a style, each once."""
    known: dict[tuple[Any, ...], str] = {}

    def letter(char: str, variant: Any) -> str:
        key = char, variant.style, variant.bold, variant.italic
        if key not in known:
            known[key] = find(char, variant)
        return known[key]

    return letter


def _advances(measure: Callable[..., int]) -> Callable[..., int]:
    """Return how far the letter after another is behind it, for each two of a font once."""
    known: dict[tuple[Any, ...], int] = {}

    def advance(font: Any, glyph: int, glyph2: int | None) -> int:
        script = font.gpos and (font.gpos.language.script, font.gpos.language.language)
        key = font, glyph, glyph2, script, font.features.get("kern", True)
        if key not in known:
            known[key] = measure(font, glyph, glyph2)
        return known[key]

    return advance


def _chained(own: Mapping[str, Any], inherited: Mapping[str, Any]) -> dict[str, Any]:
    """Return both, of which the first is looked up first: what is only read is quicker so."""
    return {**inherited, **own}


def _symbols(draw: Callable[[Any], ET.Element]) -> Callable[[Any], ET.Element]:
    """Return what writes the outline of a glyph, once for each glyph of a font."""
    written: dict[tuple[Any, Any], ET.Element] = {}

    def symbol(glyph: Any) -> ET.Element:
        if type(glyph).__name__ != "SimpleGlyph":  # of pieces, whose number is not theirs alone
            return draw(glyph)
        key = glyph.font, glyph.id
        if key not in written:
            written[key] = draw(glyph)
        return written[key]

    return symbol


def _glyphs(find: Callable[..., Any]) -> Callable[..., Any]:
    """Return what finds a glyph, in another font where one lacks it."""

    def glyph(font: Any, char: str) -> Any:
        if font.glyphindex(char):
            return find(font, char)
        return other_fonts.glyph_for(char, font) or find(font, char)

    return glyph


def _sizes(read: Callable[..., float]) -> Callable[..., float]:
    """Return what reads a length in a size of the font, each once."""
    known: dict[tuple[str, float], float] = {}

    def size_px(node: Any, size: str, fontsize: float | None = None) -> float:
        key = size, node.glyphsize if fontsize is None else fontsize
        if key not in known:
            known[key] = read(node, size, fontsize)
        return known[key]

    return size_px
