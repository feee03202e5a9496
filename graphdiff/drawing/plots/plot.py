"""A plot as a picture: it is saved and shown as any other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from graphdiff.derivations import symbols
from graphdiff.drawing.labels.description import Entry
from graphdiff.drawing.options import Options
from graphdiff.drawing.picture import Drawn, Picture
from graphdiff.drawing.plots.fitting import fit
from graphdiff.drawing.plots.setting import Setting
from graphdiff.drawing.plots.sketch import Draw, Sketch
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.stepwise.frames import Frames
from graphdiff.drawing.writers.fitting import sheet_of
from graphdiff.errors import DrawingError
from graphdiff.graph import ComputationalGraph


@dataclass(frozen=True, repr=False)
class Plot(Picture):
    """A plot; it shows itself in a notebook.

    Attributes
    ----------
    sketch
        What it is made of.
    """

    sketch: Sketch

    @property
    def plotted(self) -> Scene:
        """The plot as large as it wants to be."""
        with self._writing():
            return self.sketch.scene(self.sketch.usual)

    @property
    def _whole(self) -> Scene:
        sheet = sheet_of(self.options)
        if sheet is None:
            return self.plotted
        with self._writing():
            return self.sketch.scene(fit([self.sketch], sheet, self.options.min_pt))

    def __getstate__(self) -> dict[str, Any]:
        """Keep what is drawn in place of what draws it, which cannot be copied."""
        with self._writing():
            return {**vars(self), "scene": self.scene, "sketch": self.sketch.kept()}

    def frames(self) -> Frames:
        """Raise: a plot shows no sweep."""
        raise DrawingError("a plot has no steps; graph.draw(run).frames() has those of the sweeps")

    def __repr__(self) -> str:
        return f"<Plot of {self.title!r:.100}>" if self.title else "<Plot>"


def alike(plots: Sequence[Plot], options: Options, below: float) -> list[Scene]:
    """Return plots that play in one setting, each as it is alone on the sheet that is asked for.

    Parameters
    ----------
    below
        The room on the sheet that is kept free below them.
    """
    sheet = sheet_of(options)
    if sheet is None:
        return [one.plotted for one in plots]
    tried = [plots[k].sketch for k in sorted({0, len(plots) // 2, len(plots) - 1})]
    setting = fit(tried, replace(sheet, height=sheet.height - below), options.min_pt)
    return [one.sketch.scene(setting) for one in plots]


def writing(graph: ComputationalGraph, options: Options) -> AbstractContextManager[None]:
    """Write names in the notation and with the labels chosen, as pictures of graphs do."""
    return symbols.writing(options.notation, graph, options.labels)


def plot(
    graph: ComputationalGraph,
    options: Options,
    draw: Draw,
    legend: Sequence[Entry],
    alt: str,
    *,
    parts: int = 1,
    columns: int = 1,
) -> Plot:
    """Return what is drawn in any setting as a plot, with the title of a graph.

    Parameters
    ----------
    parts, columns
        How many parts there are, and how many of them usually stand beside each other.
    """
    said = tuple(legend) if "legend" in options.show else ()
    usual = Setting(columns=columns)
    sketch = Sketch(graph.title, options.theme, draw, said, alt, usual, parts)
    return Plot(Drawn(graph, None), options, sketch)
