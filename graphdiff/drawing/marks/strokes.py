"""The line of each mark: its colour, its breadth, its dashes; and how wide a badge is."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.scene import Stroke
from graphdiff.drawing.themes import Theme

DASHES: tuple[tuple[float, ...], ...] = (
    (), (8.0, 3.5), (2.2, 2.4), (10.0, 2.6, 2.2, 2.6), (17.0, 4.5), (4.5, 6.5),
    (12.0, 2.6, 2.2, 2.6, 2.2, 2.6), (2.2, 6.0), (15.0, 3.0, 6.0, 3.0),
)  # fmt: skip
"""Of each path's line, so that they differ without colour."""

DOUBTFUL = (6.0, 3.0)
LINE = 2.6
HEAVY = 3.2
"""Of what is pointed at: so it is seen without its colour too."""
BADGE = 7.5
"""Half the height of a badge."""
STEP = 11.0
"""From one number in a badge to the next."""


def colour_of(mark: Mark, theme: Theme) -> str:
    """Return the colour of a mark."""
    match mark.kind:
        case "wrong":
            return theme.wrong
        case "doubtful":
            return theme.doubtful
        case "highlight" if mark.colour:
            return mark.colour
        case "path" | "highlight":
            return theme.paths[(mark.number - 1) % len(theme.paths) if mark.number else 0]


def stroke_of(mark: Mark, theme: Theme) -> Stroke:
    """Return the line of a mark."""
    if mark.kind == "doubtful":
        return Stroke(colour_of(mark, theme), LINE, dashes=DOUBTFUL)
    dashes = DASHES[(mark.number - 1) % len(DASHES)] if mark.number else ()
    width = HEAVY if mark.kind == "highlight" else LINE
    return Stroke(colour_of(mark, theme), width, dashes=dashes)


def lanes(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return one mark for each line that is drawn: several claims of a kind are one."""
    return tuple(dict.fromkeys(mark._replace(said=None) for mark in marks))


def badge_number(least: float = 0.0) -> float:
    """Return the size of the numbers in badges, no less than the least, which each has as room."""
    return max(STEP, least)


def badge_half(least: float = 0.0) -> float:
    """Return half the height of a badge."""
    return BADGE * badge_number(least) / STEP


def badge_width(marks: Sequence[Mark], least: float = 0.0) -> float:
    """Return how wide a badge is; 0 if there is none."""
    shown = [mark for mark in lanes(marks) if mark.has_badge]
    return 2 * badge_half(least) + badge_number(least) * (len(shown) - 1) if shown else 0.0
