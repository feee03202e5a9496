"""Pictures of computational graphs: typeset, laid out, and written as text."""

from graphdiff.drawing.options import ANNOTATIONS, DIRECTIONS, Options
from graphdiff.drawing.page import page
from graphdiff.drawing.picture import Picture, draw
from graphdiff.drawing.themes import THEMES

__all__ = ["ANNOTATIONS", "DIRECTIONS", "THEMES", "Options", "Picture", "draw", "page"]
