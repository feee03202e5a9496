"""The picture of a graph, in the forms one can show and keep."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import resvg_py

from graphdiff.drawing import boxes, dot, layout, svg
from graphdiff.drawing.compose import compose
from graphdiff.drawing.labels import Description, counted, describe
from graphdiff.drawing.options import Options, checked_options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.themes import THEMES
from graphdiff.errors import DrawingError
from graphdiff.files.storage import write_new
from graphdiff.graph import ComputationalGraph
from graphdiff.run import Run

MAX_PIXELS = 80_000_000
SUFFIXES = (".svg", ".png", ".dot", ".gv")


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture of a graph; it shows itself in a notebook.

    Attributes
    ----------
    options
        The choices it is drawn with.
    """

    options: Options

    @cached_property
    def scene(self) -> Scene:
        """The picture as shapes with places, in the width asked for.

        Raises
        ------
        DrawingError
            If the graph is too large to lay out, or there is no layout program.
        """
        raise NotImplementedError

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source in plain text, for any program that reads it."""
        raise NotImplementedError

    @property
    def title(self) -> str:
        """The title of the graph; it may be empty."""
        raise NotImplementedError

    @property
    def alt(self) -> str:
        """The picture in words."""
        raise NotImplementedError

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with all text as outlines."""
        return svg.svg(self.scene)

    def png(self, scale: float = 2) -> bytes:
        """Return the picture as PNG, ``scale`` pixels to a unit of the SVG (1/96 inch).

        Raises
        ------
        DrawingError
            For a scale that is not positive, or would give a picture too large for memory.
        """
        if not isinstance(scale, int | float) or not 0 < scale < float("inf"):
            raise DrawingError(f"scale is {scale!r}; give a positive number")
        width, height = self.scene.pixels
        if width * height * scale * scale > MAX_PIXELS:
            fitting = (MAX_PIXELS / (width * height)) ** 0.5
            raise DrawingError(
                f"at scale {scale:g} the picture has {width * scale:.0f} × {height * scale:.0f} "
                f"pixels; use scale={fitting:.2g} or less, or save it as .svg"
            )
        return bytes(
            resvg_py.svg_to_bytes(
                svg_string=self.svg,
                background=self.scene.background,
                zoom=scale,
                dpi=96,
                skip_system_fonts=True,
            )
        )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Write the picture as its suffix says: .svg, .png, .dot or .gv.

        Raises
        ------
        DrawingError
            For another suffix.
        FileError
            If the file exists and ``overwrite`` is false, or cannot be written.
        """
        match Path(path).suffix.lower():
            case ".svg":
                return write_new(path, self.svg, overwrite=overwrite)
            case ".png":
                return write_new(path, self.png(), overwrite=overwrite)
            case ".dot" | ".gv":
                return write_new(path, self.dot, overwrite=overwrite)
            case suffix:
                raise DrawingError(
                    f"a picture cannot be written as {suffix or 'a file without suffix'!r}; "
                    f"use {', '.join(SUFFIXES)}"
                )

    def __repr__(self) -> str:
        called = f" of {self.title!r}" if self.title else ""
        return f"<Picture{called}: {self._counted}, {self.options.direction}, {self.options.theme}>"

    @property
    def _counted(self) -> str:
        return self.options.style

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, repr=False)
class GraphPicture(Picture):
    """The picture of a computational graph, node by node.

    Attributes
    ----------
    description
        Everything the picture says.
    """

    description: Description

    @cached_property
    def scene(self) -> Scene:
        layout.check_size(self.description)
        measured = boxes.measure(self.description)
        laid_out = layout.lay_out(measured, self.options.direction)
        return compose(laid_out, THEMES[self.options.theme])

    @cached_property
    def dot(self) -> str:
        return dot.export(self.description, self.options)

    @property
    def title(self) -> str:
        return self.description.title

    @property
    def alt(self) -> str:
        return self.description.alt

    @property
    def _counted(self) -> str:
        said = self.description
        return f"{counted(said.nodes, 'node')}, {counted(said.edges, 'edge')}"


def draw(
    graph: ComputationalGraph,
    run: Run | None = None,
    *,
    show: Iterable[str] | None = None,
    direction: str = "LR",
    theme: str = "lecture",
    digits: int = 4,
) -> Picture:
    """Return the picture of a graph.

    Parameters
    ----------
    graph
        The graph.
    run
        A sweep to show: values, and after a reverse sweep P and the local Jacobians' numbers.
    show
        The annotations, of ``"index"``, ``"name"``, ``"formula"``, ``"value"``, ``"P"``,
        ``"jacobian"``, ``"jacobian_value"`` and ``"legend"``; all if None.
    direction
        ``"LR"`` from left to right, ``"TB"`` from top to bottom.
    theme
        ``"lecture"``, ``"dark"`` or ``"print"``.
    digits
        Significant digits of numbers.

    Raises
    ------
    DrawingError
        For unknown choices, an empty graph, or a run of another graph.
    """
    options = checked_options(show, direction, theme, digits)
    return GraphPicture(options, describe(graph, run, options))
