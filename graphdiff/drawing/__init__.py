"""Pictures of computational graphs: typeset, laid out, and written as text.

graph, run -> labels (what is said; reduced: several nodes as one; marks: what is highlighted)
-> layout (boxes, places) -> a scene -> writers. A network of neurons (network) and the steps of a
sweep (stepwise) are other ways to a scene.
"""

from graphdiff.drawing.options import ANNOTATIONS, DIRECTIONS, Options
from graphdiff.drawing.page import page
from graphdiff.drawing.picture import Picture, draw
from graphdiff.drawing.stepwise.frames import Frame, Frames, frames
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
