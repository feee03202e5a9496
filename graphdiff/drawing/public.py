"""What :mod:`graphdiff.drawing` offers, with all that it takes to draw."""

from graphdiff.drawing.handout import page
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.stepwise.frames import Frame, Frames, frames
from graphdiff.drawing.styles import draw
from graphdiff.drawing.themes import THEMES, Theme

__all__ = ["THEMES", "Frame", "Frames", "Picture", "Theme", "draw", "frames", "page"]
