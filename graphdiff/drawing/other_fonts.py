"""Letters that the fonts of formulas lack: from DejaVu Sans, or a font of this machine.

Pictures do not depend on the fonts of a machine but for letters that neither font has, as those of
Chinese, Japanese and Korean; where there is no font with them either, they are boxes.
"""

from __future__ import annotations

import os
import re
import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

VARIABLE = "GRAPHDIFF_FONT"
"""Names the file of a font that is asked before those of the machine."""

_WIDE = re.compile(
    r"cjk|fallback|wqy|wenquan|pingfang|hiragino|heiti|song|ming|gothic|msyh|simsun|simhei|meiryo|"
    r"malgun|nanum|unicode|unifont|arphic|uming|ukai|ipa|takao|vl-?gothic|source ?han",
    re.IGNORECASE,
)
"""Fonts that may have letters of East Asia, by their files' names."""
MOST = 12
"""How many of them are read."""
MAX_BYTES = 60_000_000
SUFFIXES = (".ttf", ".otf", ".ttc")


@lru_cache(maxsize=2_000)
def glyph_for(character: str, font: Any) -> Any:
    """Return a glyph for a letter that a font lacks, as one of that font; None if there is none."""
    for other in _others():
        if other.glyphindex(character):
            with suppress(Exception):  # an outline of a kind that the reader does not know
                return _as_of(font, other.glyph(character), character)
    return None


@lru_cache(maxsize=200)
def font_for(text: str) -> Any:
    """Return the first font that has all letters of a text; None if there is none."""
    for other in _others():
        if all(other.glyphindex(character) for character in text if character != " "):
            return other
    return None


def _as_of(font: Any, glyph: Any, character: str) -> Any:
    """Return a glyph of another font in the units of this one."""
    from ziafont.fonttypes import BBox
    from ziafont.glyph import SimpleGlyph

    by = font.info.layout.unitsperem / glyph.font.info.layout.unitsperem
    box = glyph.bbox
    operators = [operator.xform(by, 0, 0, by, 0, 0, 1, 1) for operator in glyph.operators]
    bounds = BBox(box.xmin * by, box.xmax * by, box.ymin * by, box.ymax * by)
    made: Any = SimpleGlyph(0, operators, bounds, font)
    width = glyph.advance() * by
    made.advance = lambda **_: width
    made.id = f"other_x{ord(character):x}"
    return made


def _others() -> Iterator[Any]:
    yield sans()
    yield from _of_machine()


@lru_cache(maxsize=1)
def sans() -> Any:
    """Return DejaVu Sans, which the typesetter brings along."""
    from ziafont.font import Font

    with old_ways():
        return Font()


@contextmanager
def old_ways() -> Iterator[None]:
    """Let the typesetter find its fonts in a way that some versions of Python deprecate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


@lru_cache(maxsize=1)
def _of_machine() -> tuple[Any, ...]:
    """Return the fonts of this machine that may have the letters of East Asia."""
    named = os.environ.get(VARIABLE)
    files = [*([Path(named)] if named else []), *sorted(_files())[:MOST]]
    return tuple(font for file in files if (font := _read(file)) is not None)


def _files() -> Iterator[Path]:
    from ziafont.findfont import FONTPATHS

    for place in FONTPATHS:
        for folder, _, names in os.walk(place):
            for name in names:
                if name.lower().endswith(SUFFIXES) and _WIDE.search(name):
                    yield Path(folder, name)


def _read(file: Path) -> Any:
    """Read a font, of a collection the first; None for what cannot be read."""
    from ziafont.font import Font
    from ziafont.fontread import FontReader

    class First(Font):
        """A font that may be the first of a collection, whose list of tables it puts first."""

        def _readtables(self) -> None:
            read = self.fontfile.getvalue()
            if read[:4] == b"ttcf":
                (start,) = struct.unpack(">I", read[12:16])
                (tables,) = struct.unpack(">H", read[start + 4 : start + 6])
                head = read[start : start + 12 + 16 * tables]
                self.fontfile = FontReader(head + read[len(head) :])
            super()._readtables()

    try:
        return First(file) if file.stat().st_size <= MAX_BYTES else None
    except Exception:  # whatever a broken font makes of its reader
        return None
