r"""A scene as TikZ: the same places as in the SVG, formulas set by LaTeX itself.

The file compiles on its own, and by ``\input`` in a document that loads tikz, amsmath and amssymb.
The steps of a sweep are one picture whose parts are seen on their slides of Beamer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphdiff.drawing.scene import Circle, Group, Item, Path, Point, Rectangle, Scene, Stroke, Text
from graphdiff.drawing.writers.svg import number
from graphdiff.errors.plain_text import one_line
from graphdiff.notation.latex.letters import ascii_only
from graphdiff.notation.latex.words import as_tex

UNIT = 0.75
"""PostScript points (bp) in a unit of a scene, 1/96 inch."""

POINTS = 1.00375
"""TeX points in a PostScript point."""

NORMAL = 10.0
"""The size, in TeX points, that every text is set at before it is scaled."""

TOLERANCE = 1.06
"""How much wider or taller than measured a text may be before it is made smaller."""

LEAST = 4.0
"""How much wider or taller it may be at least: fonts differ in digits and in small letters."""

MAX_COMMENT = 100

HEAD = r"""% It compiles on its own, and by \input in a document with
% \usepackage{tikz, amsmath, amssymb}
\expandafter\ifx\csname @twoclasseserror\endcsname\documentclass
  \def\graphdiffbegin{}\def\graphdiffend{}%
\else
  \documentclass{article}
  \usepackage[T1]{fontenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
  \usepackage{tikz, amsmath, amssymb}
  \begin{document}
  \def\graphdiffbegin{\setbox0\hbox\bgroup}
  \def\graphdiffend{\egroup\hoffset=-1in \voffset=-1in
    \ifdefined\pagewidth \pagewidth=\wd0 \pageheight=\dimexpr\ht0+\dp0\relax
    \else \pdfpagewidth=\wd0 \pdfpageheight=\dimexpr\ht0+\dp0\relax \fi
    \shipout\box0 \end{document}}
\fi
"""
TEXT = r"""% \graphdifftext{anchor}{x, y}{scale}{widest}{tallest}{colour}{text}
\providecommand\graphdifftext[7]{\node[anchor=#1, inner sep=0pt, outer sep=0pt, text=#6] at (#2)
  {\fontsize{10}{12}\selectfont\setbox2\hbox{\scalebox{#3}{#7}}%
  \ifdim\wd2>#4\setbox2\hbox{\resizebox{#4}{!}{\box2}}\fi
  \ifdim\dimexpr\ht2+\dp2\relax>#5\resizebox*{!}{#5}{\box2}\else\box2\fi};}%
"""
HEAD += TEXT

SLIDES = (
    r"""% It compiles on its own, and by \input in a frame of a document of Beamer with
% \usepackage{tikz, amsmath, amssymb}; in other documents it shows the last step.
\expandafter\ifx\csname @twoclasseserror\endcsname\documentclass
  \providecommand\graphdiffframe[3]{#3}%
\else
  \documentclass{beamer}
  \usepackage[T1]{fontenc}
  \IfFileExists{lmodern.sty}{\usepackage{lmodern}}{}
  \usepackage{tikz, amsmath, amssymb}
  \usefonttheme{serif}
  \setbeamertemplate{navigation symbols}{}
  \setbeamersize{text margin left=0pt, text margin right=0pt}
  \newcommand\graphdiffframe[3]{%
    \geometry{paperwidth=#1, paperheight=#2}
    \begin{document}\frame[plain]{\centering #3}\end{document}}
\fi
% \graphdiffonly{first}{last}{what is seen from one slide to another, to the end if there is none}
\ifdefined\only
  \providecommand\graphdiffonly[3]{\only<#1-#2>{#3}}%
\else
  \providecommand\graphdiffonly[3]{\ifx\relax#2\relax #3\fi}%
\fi
"""
    + TEXT
)

AROUND = 24.0
"""How much larger a slide of its own is than the picture on it, in PostScript points."""


def tikz(scene: Scene) -> str:
    """Return the picture as TikZ in ASCII."""
    return _document(scene, HEAD, [r"\graphdiffbegin", *_picture(scene), r"\graphdiffend"])


def slides(scene: Scene, count: int) -> str:
    """Return the picture of several steps as TikZ in ASCII, a slide of Beamer for each step."""
    size = (f"{number(side * UNIT + AROUND)}bp" for side in scene.pixels)
    opening = rf"\graphdiffframe{{{'}{'.join(size)}}}{{%"
    return _document(scene, SLIDES, [opening, *_picture(scene, count), "}%"])


def _document(scene: Scene, head: str, lines: Iterable[str]) -> str:
    return "\n".join([f"% {_comment(scene.title)}", head.rstrip("\n"), *lines, ""])


def _picture(scene: Scene, count: int = 0) -> list[str]:
    """Return the colours and the picture, with its steps as slides if there are some."""
    unit = UNIT * scene.scale
    width, height = number(scene.width), number(scene.height)
    writer = _Writer(unit, count)
    body = list(writer.items(scene.items, 1))
    colours = sorted(writer.colours | {scene.background})
    return [
        *(rf"\definecolor{{{_named(c)}}}{{HTML}}{{{c[1:].upper()}}}%" for c in colours),
        rf"\begin{{tikzpicture}}[x={_exact(unit)}bp, y=-{_exact(unit)}bp,",
        "  line join=round, baseline=(current bounding box.center)]",
        rf"\useasboundingbox (0,0) rectangle ({width},{height});",
        rf"\fill[{_named(scene.background)}] (0,0) rectangle ({width},{height});",
        *body,
        r"\end{tikzpicture}%",
    ]


class _Writer:
    """Writes items, and remembers their colours, which are defined before them."""

    def __init__(self, unit: float, count: int = 0) -> None:
        self._unit, self._count = unit, count
        self.colours: set[str] = set()

    def items(self, drawn: Iterable[Item], depth: int) -> Iterator[str]:
        indent = "  " * depth
        for item in drawn:
            match item:
                case Group():
                    yield from self._group(item, depth)
                case Text():
                    if item.fragment.width:
                        yield indent + self._text(item)
                case _:
                    yield indent + self._shape(item)

    def _group(self, group: Group, depth: int) -> Iterator[str]:
        indent = "  " * depth
        if self._count and group.steps is not None and group.steps != (0, self._count):
            first, last = group.steps
            seen = f"{{{first + 1}}}{{{last if last < self._count else ''}}}"
            yield rf"{indent}\graphdiffonly{seen}{{%"
            yield from self._group(replace(group, steps=None), depth + 1)
            yield f"{indent}}}%"
            return
        moved = f"[shift={{({number(group.x)},{number(group.y)})}}]" if group.x or group.y else ""
        said = _comment(group.title or group.kind)
        yield rf"{indent}\begin{{scope}}{moved}{f' % {said}' if said else ''}"
        yield from self.items(group.items, depth + 1)
        yield rf"{indent}\end{{scope}}"

    def _text(self, text: Text) -> str:
        fragment = text.fragment
        content = (
            rf"$\displaystyle {ascii_only(one_line(fragment.source))}$"
            if fragment.is_math
            else as_tex(one_line(fragment.source)).replace(r"\allowbreak{}", "{}")
        )
        scale = fragment.size * self._unit * POINTS / NORMAL
        anchor, x = ("base west", text.x)
        if text.centred:
            anchor, x = "base", text.x + fragment.width / 2
        widest, tallest = (
            self._length(TOLERANCE * side + LEAST) for side in (fragment.width, fragment.height)
        )
        return (
            rf"\graphdifftext{{{anchor}}}{{{number(x)},{number(text.y)}}}{{{_exact(scale)}}}"
            rf"{{{widest}}}{{{tallest}}}{{{self._colour(text.colour)}}}{{{content}}}"
        )

    def _shape(self, item: Rectangle | Circle | Path) -> str:
        options = [*self._painted(item.fill, item.stroke)]
        match item:
            case Rectangle():
                if item.radius:
                    options.append(f"rounded corners={self._length(item.radius)}")
                corner = item.x + item.width, item.y + item.height
                outline = f"{_at((item.x, item.y))} rectangle {_at(corner)}"
            case Circle():
                outline = f"{_at((item.x, item.y))} circle[radius={self._length(item.radius)}]"
            case Path():
                outline = _outline(item)
        return rf"\path[{', '.join(options)}] {outline};"

    def _painted(self, fill: str | None, stroke: Stroke | None) -> Iterator[str]:
        if fill is not None:
            yield f"fill={self._colour(fill)}"
        if stroke is not None:
            yield f"draw={self._colour(stroke.colour)}"
            yield f"line width={self._length(stroke.width)}"
            if stroke.pattern:
                pairs = zip(stroke.pattern[::2], stroke.pattern[1::2], strict=False)
                pattern = " ".join(
                    f"on {self._length(on)} off {self._length(off)}" for on, off in pairs
                )
                yield f"dash pattern={pattern}"

    def _colour(self, colour: str) -> str:
        self.colours.add(colour)
        return _named(colour)

    def _length(self, units: float) -> str:
        return f"{number(units * self._unit)}bp"


def _outline(path: Path) -> str:
    drawn = [_at(path.start)]
    for piece in path.pieces:
        if len(piece) == 1:
            drawn.append(f"-- {_at(piece[0])}")
        else:
            one, other, end = map(_at, piece)
            drawn.append(f".. controls {one} and {other} .. {end}")
    return " ".join([*drawn, *(["-- cycle"] if path.closed else [])])


def _at(point: Point) -> str:
    return f"({number(point[0])},{number(point[1])})"


def _named(colour: str) -> str:
    return f"gd{colour[1:].lower()}"


def _exact(value: float) -> str:
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _comment(words: str) -> str:
    """Return words for a comment: one line of ASCII, and not a long one."""
    plain = "".join(c if c.isascii() and c.isprintable() else "?" for c in one_line(words))
    return plain if len(plain) <= MAX_COMMENT else plain[: MAX_COMMENT - 3] + "..."
