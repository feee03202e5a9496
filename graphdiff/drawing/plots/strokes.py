"""How several lines of one plot are told apart: by colours, and in grey by dashes and strength."""

from __future__ import annotations

from graphdiff.drawing.scene import Stroke
from graphdiff.drawing.themes import Theme, mixed

DASHES = (
    (), (7.0, 3.0), (2.0, 2.5), (9.0, 3.0, 2.0, 3.0), (14.0, 3.0), (4.0, 5.0),
    (9.0, 3.0, 2.0, 3.0, 2.0, 3.0), (1.5, 5.0), (12.0, 3.0, 5.0, 3.0), (5.0, 2.0),
    (3.0, 2.0, 3.0, 7.0), (10.0, 7.0),
)  # fmt: skip
MOST = len(DASHES)
"""Lines of one plot."""
FIRST, SECOND = 2.0, 3.2
"""How wide lines are that have their colour first, and those that have it again."""
PALER = 0.55
"""How strong a colour is that a line has again."""


def stroke_of(k: int, theme: Theme) -> Stroke:
    """Return how the k-th of several lines is drawn.

    None has the dashes of another, and none its colour, but in a theme of one colour: of colours
    that have all been taken a line has a paler one, and is wider.
    """
    colours = (*theme.paths, theme.reverse, theme.ink)
    again, place = divmod(k, len(colours))
    colour = mixed(colours[place], theme.background, PALER) if again else colours[place]
    return Stroke(colour, SECOND if again else FIRST, dashes=DASHES[k])
