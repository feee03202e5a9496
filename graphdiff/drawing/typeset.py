"""Formulas and words as outlines: nothing of a picture depends on the fonts of a machine.

A :class:`Fragment` is a typeset line: glyph outlines and ruled bars with their places, and
the size of its ink. Both fonts used come inside their packages: STIX Two Math, and DejaVu
Sans for what that lacks.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from graphdiff.drawing import other_fonts
from graphdiff.drawing.digits import SHEETS, canonical, with_digits
from graphdiff.drawing.fragments import BASE, Bar, Fragment, Glyph, Mark, measured
from graphdiff.drawing.matrices import with_numbers
from graphdiff.drawing.typesetter import in_linear_time
from graphdiff.errors.plain_text import one_line
from graphdiff.notation.latex.letters import mark_of

MAX_NESTED = 4
"""Brackets in brackets; the typesetter's time is exponential in them."""
MAX_LATEX = 600
"""Longer formulas are not typeset at all: nobody reads them in a picture."""

_SIGN = re.compile(
    r"((?:[\[(,=<>]|\\(?:approx|cdot|times|le|ge|to)(?![a-zA-Z]))(?:\s|\\,)*)"
    r"(-\d+(?:\.\d+)?(?:\\times 10\^\{-?\d+\})?)(?![\d^_])"
)
"""A negative number after an opening bracket, a comma or a relation."""
_BEFORE_NAME = re.compile(
    r"(?<=[\w})])(?<!\\cdot) "
    r"(?=\\(?:max|min|log|exp|sin|cos|tan|arc\w+|sinh|cosh|tanh)(?![a-zA-Z]))"
)
_SUM = re.compile(r"\\(sum|prod)_\{([^{}]*)\}(\^\{[^{}]*\})?\s*")
_DETERMINANT = re.compile(r"\\det (?=[A-Za-z\\])")
_MATRIX = re.compile(r"\\begin\{bmatrix\}.*?\\end\{bmatrix\}")
_OTHERWISE = {
    r"\mathrel{+}=": r"\;{+}{=}\;",
    r"\oslash": r"\,\oslash\,",
    r"\log\det": r"\log\,\det",
    r"\mathbf{1}": "𝟏",
    r"\mathbf{0}": "𝟎",
}
"""What the typesetter sets too close, or does not know."""

_ITALIC = {
    "epsilon": "𝜖", "varepsilon": "𝜀", "phi": "𝜙", "varphi": "𝜑", "vartheta": "𝜗", "varrho": "𝜚",
    "varsigma": "𝜍",
}  # fmt: skip
"""Greek letters that the typesetter sets upright, unlike the others."""

_UPRIGHT = re.compile(rf"\\({'|'.join(_ITALIC)})(?![a-zA-Z])")

_TWICE = re.compile(r"\\([a-z]+)\{\\([a-z]+)\{([A-Za-z])\}\}")
"""A letter with two accents, as in Vietnamese, which the typesetter would stack askew."""

_SYMBOL = re.compile(r"\s*([A-Z])\s*")


@lru_cache(maxsize=20_000)
def formula(latex: str, plain: str, size: float) -> Fragment:
    """Typeset LaTeX mathematics, or the plain text where that cannot be done."""
    typeset = at_base_size(latex)
    if typeset is None:
        return words(plain, size)
    return replace(typeset.scaled(size / BASE), plain=one_line(plain))


@lru_cache(maxsize=20_000)
def at_base_size(latex: str) -> Fragment | None:
    """Typeset a formula once, at one size; the typesetter is the slow part of a picture.

    Formulas that differ in their digits alone are set once, where nothing else would change, and
    so are matrices of one size.
    """
    if len(latex) > MAX_LATEX:
        return None
    written = spaced(latex)
    template, digits = canonical(written)
    found = None
    if template != written and (known := set_alone(template)) is not None:
        found = with_digits(known, template, digits, sheets())
    found = found or with_numbers(written, set_alone, at_base_size) or set_alone(written)
    return None if found is None else replace(found, source=latex, is_math=True)


@lru_cache(maxsize=20_000)
def set_alone(spaced_latex: str) -> Fragment | None:
    """Typeset LaTeX as the typesetter does it."""
    engine = _engine()
    with _known_settings(engine), in_linear_time():
        try:
            svg = engine.latex(spaced_latex, size=BASE, font="default").svgxml()
        except Exception:  # the reader of LaTeX raises whatever it stumbles over
            return None
        return _fragment(svg)


@lru_cache(maxsize=1)
def sheets() -> tuple[Fragment, ...]:
    """Return the digits in a row, as they stand in a line and in an index."""
    found = [set_alone(line) for line in SHEETS]
    return tuple(sheet for sheet in found if sheet is not None)


def short_enough(latex: str) -> bool:
    """Whether LaTeX is short and flat enough to be typeset in a reasonable time."""
    depth = deepest = 0
    for found in re.finditer(r"\\(left|right)(?![a-zA-Z])", latex):
        depth += 1 if found[1] == "left" else -1
        deepest = max(deepest, depth)
    return len(latex) <= MAX_LATEX and deepest <= MAX_NESTED


def typesettable(latex: str) -> bool:
    """Whether LaTeX can be typeset, not only its plain text."""
    return at_base_size(latex) is not None


def spaced(latex: str) -> str:
    r"""Write spaces as TeX would set them, where the typesetter needs to be told.

    It takes a minus inside a formula for a binary one, and ``2 \max`` for one word; and the
    brackets around a large Σ would be as tall as a page.
    """
    for written, otherwise in _OTHERWISE.items():
        latex = latex.replace(written, otherwise)
    latex = _TWICE.sub(_composed, latex)
    latex = _UPRIGHT.sub(lambda found: _ITALIC[found[1]], latex)
    latex = _SUM.sub(r"{\\textstyle\\\1}_{\2}\3\\,", latex)
    latex = _MATRIX.sub(lambda matrix: matrix[0].replace(" & ", r" & \, "), latex)
    latex = _DETERMINANT.sub(r"\\det\\,", latex)
    return _BEFORE_NAME.sub(r"\\,", _SIGN.sub(r"\1{\2}", latex))


def _composed(found: re.Match[str]) -> str:
    """Return a letter with two accents as one sign, if there is one and the font has it."""
    marks = (mark_of(found[2]), mark_of(found[1]))
    sign = unicodedata.normalize("NFC", "".join((found[3], *marks)))
    return sign if len(sign) == 1 and _engine().stix.glyphindex(sign) else found[0]


@lru_cache(maxsize=20_000)
def words(text: str, size: float) -> Fragment:
    """Typeset plain text on one line."""
    text = one_line(text)
    if not text:
        return Fragment(0, 0, 0)
    engine = _engine()
    covered = all(character == " " or engine.stix.glyphindex(character) for character in text)
    with _known_settings(engine):
        font = engine.stix if covered else other_fonts.font_for(text) or other_fonts.sans()
        drawn = _fragment(engine.words(text, font=font, size=size).svgxml())
    return replace(drawn, source=text, size=size, plain=text)


@dataclass(frozen=True)
class _Engine:
    """What is used of the typesetter."""

    latex: Any
    words: Any
    stix: Any
    settings: Any


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Load the typesetter and its fonts, when first needed."""
    with other_fonts.old_ways():
        from ziafont.config import config
        from ziafont.font import Text
        from ziamath.zmath import Latex, loadedfonts
    return _Engine(Latex, Text, loadedfonts["default"], config)


@contextmanager
def _known_settings(engine: _Engine) -> Iterator[None]:
    """Typeset alike whatever the settings a notebook gave to the typesetter."""
    settings = engine.settings
    saved = settings.svg2, settings.precision, settings.debug
    settings.svg2, settings.precision, settings.debug = True, 3, False
    try:
        yield
    finally:
        settings.svg2, settings.precision, settings.debug = saved


def _fragment(svg: ET.Element) -> Fragment:
    """Read what the typesetter drew, and measure its ink."""
    glyphs: dict[str, tuple[Glyph, list[float]]] = {}
    marks: list[Mark] = []
    bars: list[Bar] = []
    for element in svg.iter():
        match element.tag:
            case "symbol":
                name = element.get("id", "")
                glyphs[name] = (
                    _glyph(name, tuple(path.get("d", "") for path in element.iter("path"))),
                    [float(n) for n in element.get("viewBox", "").split()],
                )
            case "use":
                glyph, (left, top, width, height) = glyphs[element.get("href", "#")[1:]]
                x, y, w, h = (float(element.get(key, "0")) for key in ("x", "y", "width", "height"))
                scale = h / height
                inset = (w - width * scale) / 2  # as preserveAspectRatio="xMidYMid" would
                if glyph.path:
                    marks.append(Mark(glyph, x + inset - left * scale, y - top * scale, scale))
            case "rect":
                bars.append(
                    Bar(*(float(element.get(k, "0")) for k in ("x", "y", "width", "height")))
                )
    return measured(marks, bars)


@lru_cache(maxsize=5_000)
def _glyph(name: str, drawn: tuple[str, ...]) -> Glyph:
    """Return a glyph; tall braces, brackets and roots are put together from several pieces."""
    path = "".join(_SYMBOL.sub(r"\1", piece).strip() for piece in drawn)
    if len(drawn) > 1:
        # The typesetter's number for these is not theirs alone.
        font = name.rpartition("_")[0]
        name = f"{font}_x{hashlib.sha256(path.encode()).hexdigest()[:10]}"
    return Glyph(name, path)
