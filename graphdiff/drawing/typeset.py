"""Formulas and words as outlines: nothing of a picture depends on the fonts of a machine.

A :class:`Fragment` is a typeset line: glyph outlines and ruled bars with their places, and
the size of its ink. Both fonts used come inside their packages: STIX Two Math, and DejaVu
Sans for what that lacks.
"""

from __future__ import annotations

import hashlib
import re
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from graphdiff.drawing.typesetter import in_linear_time
from graphdiff.errors.plain_text import one_line

MAX_NESTED = 4
"""Brackets in brackets; the typesetter's time is exponential in them."""
MAX_LATEX = 600
"""Longer formulas are not typeset at all: nobody reads them in a picture."""

BASE = 24.0
"""The size formulas are typeset at, before they are scaled to the size asked for."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
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

_SYMBOL = re.compile(r"\s*([A-Z])\s*")


@dataclass(frozen=True)
class Glyph:
    """The outline of one glyph: a name unique in the package, and SVG path data."""

    name: str
    path: str


@dataclass(frozen=True)
class Mark:
    """A glyph with its origin at (x, y), scaled."""

    glyph: Glyph
    x: float
    y: float
    scale: float


@dataclass(frozen=True)
class Bar:
    """A filled rectangle, as in fractions and roots."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Fragment:
    """A typeset line; x = 0 is the left end of its ink, y = 0 the baseline, y grows downwards.

    ``source`` is what was typeset, LaTeX if it ``is_math``, at a ``size``.
    """

    width: float
    ascent: float
    descent: float
    marks: tuple[Mark, ...] = ()
    bars: tuple[Bar, ...] = ()
    source: str = field(default="", compare=False)
    is_math: bool = field(default=False, compare=False)
    size: float = field(default=BASE, compare=False)

    @property
    def height(self) -> float:
        """From the top of the ink to its bottom."""
        return self.ascent + self.descent

    def scaled(self, by: float) -> Fragment:
        """Return the same line larger or smaller."""
        return Fragment(
            self.width * by,
            self.ascent * by,
            self.descent * by,
            tuple(Mark(m.glyph, m.x * by, m.y * by, m.scale * by) for m in self.marks),
            tuple(Bar(b.x * by, b.y * by, b.width * by, b.height * by) for b in self.bars),
            self.source,
            self.is_math,
            self.size * by,
        )


@lru_cache(maxsize=20_000)
def formula(latex: str, plain: str, size: float) -> Fragment:
    """Typeset LaTeX mathematics, or the plain text where that cannot be done."""
    typeset = at_base_size(latex)
    return words(plain, size) if typeset is None else typeset.scaled(size / BASE)


@lru_cache(maxsize=20_000)
def at_base_size(latex: str) -> Fragment | None:
    """Typeset a formula once, at one size; the typesetter is the slow part of a picture."""
    if len(latex) > MAX_LATEX:
        return None
    engine = _engine()
    with _known_settings(engine), in_linear_time():
        try:
            svg = engine.latex(spaced(latex), size=BASE, font="default").svgxml()
        except Exception:  # the reader of LaTeX raises whatever it stumbles over
            return None
        return replace(_fragment(svg), source=latex, is_math=True)


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
    latex = _UPRIGHT.sub(lambda found: _ITALIC[found[1]], latex)
    latex = _SUM.sub(r"{\\textstyle\\\1}_{\2}\3\\,", latex)
    latex = _MATRIX.sub(lambda matrix: matrix[0].replace(" & ", r" & \, "), latex)
    latex = _DETERMINANT.sub(r"\\det\\,", latex)
    return _BEFORE_NAME.sub(r"\\,", _SIGN.sub(r"\1{\2}", latex))


@lru_cache(maxsize=20_000)
def words(text: str, size: float) -> Fragment:
    """Typeset plain text on one line."""
    text = one_line(text)
    if not text:
        return Fragment(0, 0, 0)
    engine = _engine()
    covered = all(character == " " or engine.stix.glyphindex(character) for character in text)
    with _known_settings(engine):
        font = engine.stix if covered else _sans()
        drawn = _fragment(engine.words(text, font=font, size=size).svgxml())
    return replace(drawn, source=text, size=size)


@dataclass(frozen=True)
class _Engine:
    """What is used of the typesetter."""

    latex: Any
    words: Any
    font: Any
    stix: Any
    settings: Any


@lru_cache(maxsize=1)
def _engine() -> _Engine:
    """Load the typesetter and its fonts, when first needed."""
    with _old_ways():
        from ziafont.config import config
        from ziafont.font import Font, Text
        from ziamath.zmath import Latex, loadedfonts
    return _Engine(Latex, Text, Font, loadedfonts["default"], config)


@lru_cache(maxsize=1)
def _sans() -> Any:
    with _old_ways():
        return _engine().font()


@contextmanager
def _old_ways() -> Iterator[None]:
    """Let the typesetter find its fonts in a way that some versions of Python deprecate."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


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
    return _measured(marks, bars)


@lru_cache(maxsize=5_000)
def _glyph(name: str, drawn: tuple[str, ...]) -> Glyph:
    """Return a glyph; tall braces, brackets and roots are put together from several pieces."""
    path = "".join(_SYMBOL.sub(r"\1", piece).strip() for piece in drawn)
    if len(drawn) > 1:
        # The typesetter's number for these is not theirs alone.
        font = name.rpartition("_")[0]
        name = f"{font}_x{hashlib.sha256(path.encode()).hexdigest()[:10]}"
    return Glyph(name, path)


def _measured(marks: list[Mark], bars: list[Bar]) -> Fragment:
    inks = [*map(ink, marks), *((b.x, b.y, b.x + b.width, b.y + b.height) for b in bars)]
    if not inks:
        return Fragment(0, 0, 0)
    left, top, right, bottom = (
        choose(ink[k] for ink in inks) for k, choose in enumerate((min, min, max, max))
    )
    return Fragment(
        right - left,
        -top,
        bottom,
        tuple(Mark(m.glyph, m.x - left, m.y, m.scale) for m in marks),
        tuple(Bar(b.x - left, b.y, b.width, b.height) for b in bars),
    )


def ink(mark: Mark) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of what a mark shows."""
    left, top, right, bottom = _extent(mark.glyph.path)
    s = mark.scale
    return mark.x + left * s, mark.y + top * s, mark.x + right * s, mark.y + bottom * s


@lru_cache(maxsize=5_000)
def _extent(path: str) -> tuple[float, float, float, float]:
    numbers = [float(n) for n in _NUMBER.findall(path)]
    xs, ys = numbers[0::2], numbers[1::2]
    return min(xs), min(ys), max(xs), max(ys)


def glyphs_of(fragments: Iterable[Fragment]) -> tuple[Glyph, ...]:
    """Return the distinct glyphs of fragments, by name."""
    found = {mark.glyph.name: mark.glyph for fragment in fragments for mark in fragment.marks}
    return tuple(found[name] for name in sorted(found))
