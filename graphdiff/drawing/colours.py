"""Colours: as they are given, by name or in digits; and whether one is read on another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graphdiff.errors import DrawingError, UnknownNameError, unknown

LEGIBLE = 4.5
"""The contrast that text has with its ground at least, as WCAG 2 asks for."""

SEEN = 3.0
"""The contrast that a line has with its ground at least."""

_DIGITS = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def colour(given: object, what: str = "the colour") -> str:
    """Return a colour as ``#rrggbb``.

    Parameters
    ----------
    given
        ``"#rgb"``, ``"#rrggbb"``, or a name of CSS, such as ``"tomato"``.
    what
        What it is the colour of, for the message.

    Raises
    ------
    DrawingError
        For what is no colour, naming the nearest that is.

    Examples
    --------
    >>> colour("#fA0"), colour("Tomato")
    ('#ffaa00', '#ff6347')
    """
    if isinstance(given, str):
        written = given.strip().lower()
        if _DIGITS.fullmatch(written):
            digits = written[1:]
            return f"#{digits if len(digits) == 6 else ''.join(2 * c for c in digits)}"
        if written in NAMES:
            return NAMES[written]
        if written.isalpha():
            raise UnknownNameError(f"{what}: {unknown('colour', written, NAMES)}")
    raise DrawingError(
        f"{what} is {given!r:.60}; give digits such as '#1c62a8', or a name such as 'tomato'"
    )


def mixed(colour: str, ground: str, share: float) -> str:
    """Return a colour of which so large a share stands before a ground."""
    parts = ((int(c[k : k + 2], 16) for c in (colour, ground)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in parts)


def luminance(colour: str) -> float:
    """Return the relative luminance, as WCAG 2 defines it."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21: (L₁ + 0.05) / (L₂ + 0.05)."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def legible(wanted: str, ground: str, otherwise: Iterable[str]) -> str:
    """Return a colour for text on a ground: the one that is wanted, if it is read there.

    Else the first of others that is, or black or white.
    """
    for ink in (wanted, *otherwise):
        if contrast(ink, ground) >= LEGIBLE:
            return ink
    return max(("#000000", "#ffffff"), key=lambda ink: contrast(ink, ground))


def seen(colour: str, ground: str, ink: str) -> str:
    """Return a colour for a line on a ground, mixed with ink until it is seen."""
    shades = (mixed(colour, ink, share / 10) for share in range(10, 0, -1))
    return next((shade for shade in shades if contrast(shade, ground) >= SEEN), ink)


_NAMED = """
    aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc
    bisque ffe4c4 black 000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a
    burlywood deb887 cadetblue 5f9ea0 chartreuse 7fff00 chocolate d2691e coral ff7f50
    cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue 00008b darkcyan
    008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b
    darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000
    darksalmon e9967a darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey
    2f4f4f darkturquoise 00ced1 darkviolet 9400d3 deeppink ff1493 deepskyblue 00bfff dimgray
    696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222 floralwhite fffaf0 forestgreen 228b22
    fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520 gray 808080
    green 008000 greenyellow adff2f grey 808080 honeydew f0fff0 hotpink ff69b4 indianred cd5c5c
    indigo 4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00
    lemonchiffon fffacd lightblue add8e6 lightcoral f08080 lightcyan e0ffff lightgoldenrodyellow
    fafad2 lightgray d3d3d3 lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a
    lightseagreen 20b2aa lightskyblue 87cefa lightslategray 778899 lightslategrey 778899
    lightsteelblue b0c4de lightyellow ffffe0 lime 00ff00 limegreen 32cd32 linen faf0e6 magenta
    ff00ff maroon 800000 mediumaquamarine 66cdaa mediumblue 0000cd mediumorchid ba55d3
    mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a
    mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose
    ffe4e1 moccasin ffe4b5 navajowhite ffdead navy 000080 oldlace fdf5e6 olive 808000 olivedrab
    6b8e23 orange ffa500 orangered ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98
    paleturquoise afeeee palevioletred db7093 papayawhip ffefd5 peachpuff ffdab9 peru cd853f pink
    ffc0cb plum dda0dd powderblue b0e0e6 purple 800080 rebeccapurple 663399 red ff0000 rosybrown
    bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57
    seashell fff5ee sienna a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090
    slategrey 708090 snow fffafa springgreen 00ff7f steelblue 4682b4 tan d2b48c teal 008080
    thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee wheat f5deb3 white ffffff
    whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""
NAMES = dict(
    zip(_NAMED.split()[::2], (f"#{digits}" for digits in _NAMED.split()[1::2]), strict=True)
)
"""The colours that CSS has names for."""
