"""A plot that can be drawn in any room: its figure, and what is said around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from graphdiff.drawing.extents import areas, united
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.layout.sheet import Style, Surroundings
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.scene import Item, Scene
from graphdiff.drawing.sheet_scene import Figure, legend_column, on_sheet
from graphdiff.drawing.themes import Theme

PLOT = Style("Plot", least_width=300.0, legend_gap=16.0, widest_title=380.0, wraps=True)
ASIDE, COLUMN = 28.0, 190.0
"""Between a figure and a legend at its side; and how wide that is, unless a word is wider."""

Draw = Callable[[Setting], Iterable[Item]]


@dataclass(frozen=True)
class Kept:
    """A figure that was drawn once, the same in every setting."""

    items: tuple[Item, ...]

    def __call__(self, setting: Setting) -> tuple[Item, ...]:  # noqa: ARG002 - the same in all
        """Return it."""
        return self.items


@dataclass(frozen=True, repr=False)
class Sketch:
    """What a plot is made of.

    Attributes
    ----------
    draw
        Returns the figure in a setting.
    legend, alt
        What is said below or beside, and the plot in words.
    usual
        The setting of a plot with all the room it wants.
    parts
        How many parts there are, which may stand beside each other.
    """

    title: str
    theme: Theme
    draw: Draw
    legend: tuple[Entry, ...]
    alt: str
    usual: Setting
    parts: int = 1

    def __repr__(self) -> str:
        return f"<sketch of {self.title!r}>"

    def kept(self) -> Sketch:
        """Return the sketch of what is drawn in the usual setting, which can be copied."""
        return replace(self, draw=Kept(tuple(self.draw(self.usual))))

    def scene(self, setting: Setting) -> Scene:
        """Return the plot in a setting."""
        items, below = [*self.draw(setting)], self.legend
        if setting.aside and below:
            area = united(areas(items))
            corner = area.right + ASIDE, area.top
            items.append(legend_column(below, COLUMN, corner, self.theme))
            below = ()
        around = Surroundings(PLOT, self.title, below)
        return on_sheet(Figure.of("plot", items), around, self.alt, self.theme)
