"""Pictures of computational graphs: typeset, laid out, and written as text."""

from graphdiff.drawing.frames import Frame, Frames, frames
from graphdiff.drawing.options import ANNOTATIONS, DIRECTIONS, Options
from graphdiff.drawing.page import page
from graphdiff.drawing.picture import Picture, draw
from graphdiff.drawing.themes import THEMES

__all__ = [
    "ANNOTATIONS",
    "DIRECTIONS",
    "THEMES",
    "Frame",
    "Frames",
    "Options",
    "Picture",
    "draw",
    "frames",
    "page",
]
