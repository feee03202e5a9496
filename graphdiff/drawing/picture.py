"""A picture of a graph, in the forms one can show and keep."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Unpack

from graphdiff.derivations import symbols
from graphdiff.drawing import formats, handout, mermaid
from graphdiff.drawing.choices import takes
from graphdiff.drawing.defaults import with_defaults
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout import dot
from graphdiff.drawing.options import Options, Saving, SavingKeywords
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.stepwise.frames import Frames, frames
from graphdiff.drawing.writers import pdf as portable
from graphdiff.drawing.writers import svg, tikz, writing
from graphdiff.drawing.writers.fitting import fitted, sheet_of
from graphdiff.drawing.writers.sizing import of_size
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.files.storage import write_new
from graphdiff.graph import ComputationalGraph


class Drawn(NamedTuple):
    """What a picture was made of."""

    graph: ComputationalGraph
    run: Run | None


@dataclass(frozen=True, repr=False)
class Picture:
    """A picture of a graph; it shows itself in a notebook.

    Attributes
    ----------
    drawn
        What it was made of.
    options
        The choices it is drawn with.
    """

    drawn: Drawn
    options: Options

    @cached_property
    def scene(self) -> Scene:
        """The picture as shapes with places, in the width asked for.

        Raises
        ------
        DrawingError
            If the graph is too large to lay out, or there is no layout program.
        """
        return of_size(fitted(self._whole, self.options), self.options.size)

    @property
    def _whole(self) -> Scene:
        raise NotImplementedError

    def _writing(self) -> AbstractContextManager[None]:
        """Write in the notation and with the labels chosen."""
        return symbols.writing(self.options.notation, self.drawn.graph, self.options.labels)

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source in plain text, for any program that reads it.

        Raises
        ------
        DrawingError
            If it is no picture of nodes and edges.
        """
        raise self._formless("DOT")

    @cached_property
    def html(self) -> str:
        """A page about the graph: the picture, what it says in words, all values, derivations.

        It loads nothing and runs nothing.
        """
        graph, run = self.drawn
        return handout.page(graph, run, handout.derivations(graph, run, self.options), self)

    @cached_property
    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart in plain text, as READMEs and Markdown show it.

        Raises
        ------
        DrawingError
            If it is no picture of nodes and edges, or larger than Mermaid draws.
        """
        raise self._formless("Mermaid")

    def _formless(self, form: str) -> DrawingError:
        others = ", ".join(one for one in formats.PICTURES if one not in OF_NODES)
        return DrawingError(
            f"this is no picture of nodes and edges, which {form} is for; use {others}"
        )

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return self.scene.title if self.drawn.graph.title else ""

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.scene.alt

    @cached_property
    def svg(self) -> str:
        """The picture as SVG, with all text as outlines."""
        return svg.svg(self.scene)

    @cached_property
    def pdf(self) -> bytes:
        """The picture as a page of PDF of its size, and its text to select, search and copy."""
        return portable.pdf(self.scene)

    @cached_property
    def tikz(self) -> str:
        r"""The picture as TikZ, formulas set by LaTeX.

        It compiles on its own, and by ``\\input`` where tikz, amsmath and amssymb are loaded.
        """
        return tikz.tikz(self.scene)

    def png(self, scale: float = writing.PNG_SCALE) -> bytes:
        """Return the picture as PNG, ``scale`` pixels to a unit of the SVG (1/96 inch).

        Raises
        ------
        DrawingError
            For a scale that is not positive, or would give a picture too large for memory.
        """
        return writing.png(self.scene, scale)

    def frames(self) -> Frames:
        """Return the picture after each step of the sweeps it shows.

        Raises
        ------
        DrawingError
            If it shows no sweep, or not every node.
        """
        return frames(*self.drawn, self.options)

    @takes(Saving, SavingKeywords)
    def save(self, path: str | os.PathLike[str], **choices: Unpack[SavingKeywords]) -> Path:
        """Write the picture as its suffix says.

        It is .svg, .png, .pdf, .html (a page with all values and derivations), .tex (TikZ), .mmd
        (Mermaid), .dot or .gv (Graphviz).

        Parameters
        ----------
        {choices}

        Raises
        ------
        DrawingError
            For another suffix.
        FileError
            If the file exists and ``overwrite`` is false, or cannot be written.
        """
        saving = Saving(**with_defaults(self.drawn.graph, Saving, choices))
        suffix = formats.suffix_of(Path(path), formats.PICTURES)
        if suffix in SOURCES:
            content = SOURCES[suffix](self)
        else:
            content = writing.WRITERS[suffix](self.scene, saving)
        return write_new(path, content, overwrite=saving.overwrite)

    def __repr__(self) -> str:
        called = f" of {self.title!r:.100}" if self.title else ""
        options = self.options
        return f"<Picture{called}: {self._counted}, {options.direction}, {options.theme.name}>"

    @property
    def _counted(self) -> str:
        return self.options.style

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, repr=False)
class DescribedPicture(Picture):
    """A picture of cards and the edges between them.

    Attributes
    ----------
    description
        Everything the picture says, if it has to fit nowhere.
    """

    description: Description

    @cached_property
    def dot(self) -> str:
        """The picture as DOT source in plain text, for any program that reads it."""
        return dot.export(self.description, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The picture as a Mermaid flowchart in plain text, as READMEs and Markdown show it."""
        return mermaid.export(self.description, self.options)

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return self.description.title

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.description.alt if sheet_of(self.options) is None else self.scene.alt


SOURCES: Mapping[str, Callable[[Picture], str]] = MappingProxyType(
    {
        ".html": lambda picture: picture.html,
        ".mmd": lambda picture: picture.mermaid,
        ".dot": lambda picture: picture.dot,
        ".gv": lambda picture: picture.dot,
    }
)
"""What is written of a picture and not of its scene, by the suffix of the file."""

OF_NODES = (".mmd", ".dot", ".gv")
"""The suffixes of what only a picture of nodes and edges is written as."""
