"""A plot as a picture: it is saved and shown as any other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from graphdiff.derivations import symbols
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.layout.sheet import Style, Surroundings
from graphdiff.drawing.options import Options
from graphdiff.drawing.picture import Drawn, Picture
from graphdiff.drawing.scene import Item, Scene
from graphdiff.drawing.sheet_scene import Figure, on_sheet
from graphdiff.drawing.stepwise.frames import Frames
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph

PLOT = Style("Plot", least_width=320.0, legend_gap=16.0, widest_title=560.0)


@dataclass(frozen=True, repr=False)
class Plot(Picture):
    """A plot; it shows itself in a notebook.

    Attributes
    ----------
    plotted
        The plot as large as it wants to be.
    """

    plotted: Scene

    @property
    def _whole(self) -> Scene:
        return self.plotted

    def frames(self) -> Frames:
        """Raise: a plot shows no sweep."""
        raise DrawingError("a plot has no steps; graph.draw(run).frames() has those of the sweeps")

    def __repr__(self) -> str:
        return f"<Plot of {self.title!r}>" if self.title else "<Plot>"


def writing(graph: ComputationalGraph, options: Options) -> AbstractContextManager[None]:
    """Write names in the notation and with the labels chosen, as pictures of graphs do."""
    return symbols.writing(options.notation, graph, options.labels)


def plot(
    graph: ComputationalGraph,
    options: Options,
    items: Sequence[Item],
    legend: Sequence[Entry],
    alt: str,
) -> Plot:
    """Return what is drawn on its sheet, with the title of a graph."""
    said = tuple(legend) if "legend" in options.show else ()
    around = Surroundings(PLOT, graph.title, said)
    scene = on_sheet(Figure.of("plot", items), around, alt, options.theme)
    return Plot(Drawn(graph, None), options, scene)
