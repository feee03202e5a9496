"""The picture of a graph, in the forms one can show and keep."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Unpack

from graphdiff.checking.report import Report
from graphdiff.derivations import symbols
from graphdiff.drawing import formats, handout, mermaid
from graphdiff.drawing.architecture.architecture import Blocks, blocks
from graphdiff.drawing.choices import takes
from graphdiff.drawing.circuit import dot as circuit_dot
from graphdiff.drawing.circuit.circuit import Circuit, circuit
from graphdiff.drawing.defaults import with_defaults
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import Found, found
from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.labels import by_hand
from graphdiff.drawing.labels.describe import check as check_drawn
from graphdiff.drawing.labels.describe import describe
from graphdiff.drawing.labels.description import Description, counted
from graphdiff.drawing.layout import boxes, dot
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import LaidOut
from graphdiff.drawing.marks.highlight import highlighted
from graphdiff.drawing.marks.mark_requests import Ends, marks_for
from graphdiff.drawing.marks.record import Marks
from graphdiff.drawing.network import network_chart, network_dot, network_scene
from graphdiff.drawing.options import OptionKeywords, Options, Saving, SavingKeywords
from graphdiff.drawing.reduced.limits import Plan, plan
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.stepwise.frames import Frames, frames
from graphdiff.drawing.writers import pdf as portable
from graphdiff.drawing.writers import svg, tikz, writing
from graphdiff.drawing.writers.fitting import fitted, sheet_of
from graphdiff.drawing.writers.sizing import of_size
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import heading
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.files.storage import write_new
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import ALIKE, ALL, CHAINS


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

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source in plain text, for any program that reads it."""
        raise NotImplementedError

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
            If it is larger than Mermaid draws.
        """
        raise NotImplementedError

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
        called = f" of {self.title!r}" if self.title else ""
        options = self.options
        return f"<Picture{called}: {self._counted}, {options.direction}, {options.theme.name}>"

    @property
    def _counted(self) -> str:
        return self.options.style

    def _repr_svg_(self) -> str:
        return self.svg


SOURCES: Mapping[str, Callable[[Picture], str]] = MappingProxyType(
    {
        ".html": lambda picture: picture.html,
        ".mmd": lambda picture: picture.mermaid,
        ".dot": lambda picture: picture.dot,
        ".gv": lambda picture: picture.dot,
    }
)
"""What is written of a picture and not of its scene, by the suffix of the file."""


@dataclass(frozen=True, repr=False)
class GraphPicture(Picture):
    """The picture of a computational graph, node by node.

    Attributes
    ----------
    description
        Everything the picture says, if it has to fit nowhere.
    marks
        What is marked in it.
    asked
        What marks were asked for: ``paths`` and ``check``.
    """

    description: Description
    marks: Marks = field(default_factory=Marks)
    asked: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def laid_out(self) -> LaidOut:
        """Where everything stands, by Graphviz.

        Raises
        ------
        DrawingError
            If the graph is too large to lay out, or there is no layout program.
        """
        return self._found.laid_out

    @property
    def _whole(self) -> Scene:
        return self._found.scene

    @cached_property
    def _found(self) -> Found:
        sheet = sheet_of(self.options)
        if sheet is not None:
            with symbols.writing(self.options.notation, self.drawn.graph, self.options.labels):
                return found(self._described, self._told, sheet, self._collapses)
        measured = boxes.measure(self.description)
        laid_out = lay_out_clearly(measured, self.options.direction)
        scene = compose(laid_out, self.options.theme)
        return Found(laid_out, scene, smallest(scene))

    @property
    def _told(self) -> Options:
        """The options without annotations that there is nothing to say for."""
        run = self.drawn.run
        if run is not None and run.output is not None:
            return self.options
        return replace(self.options, show=self.options.show.without(("P", "jacobian_value")))

    @property
    def _collapses(self) -> tuple[tuple[str, ...], ...]:
        """What may share a card so that the rest can be read; nothing of a marked picture."""
        if self.marks:
            return ()
        grouped = self.drawn.graph.groups
        ways = ((ALL,), (ALL, ALIKE)) if grouped else ((CHAINS,), (ALIKE,))
        return tuple(way for way in ways if set(way) - set(self.options.collapse))

    def _described(self, options: Options) -> Description:
        with symbols.writing(options.notation, self.drawn.graph, options.labels):
            numbered = "index" in options.show or "index" not in self.options.show
            return _described(self.drawn, options, self.marks if numbered else self._by_names)

    @cached_property
    def _by_names(self) -> Marks:
        """The marks in a picture in which there is no room for the numbers of nodes."""
        show = self.options.show.without(["index"])
        return marks_for(*self.drawn, replace(self.options, show=show), **self.asked)

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source in plain text, for any program that reads it."""
        return dot.export(self.description, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart in plain text, as READMEs and Markdown show it."""
        return mermaid.export(self.description, self.options)

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return self.description.title

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.description.alt if sheet_of(self.options) is None else self.scene.alt

    @property
    def _counted(self) -> str:
        said = self.description
        return f"{counted(said.nodes, 'node')}, {counted(said.edges, 'edge')}"


@dataclass(frozen=True, repr=False)
class TooLargePicture(Picture):
    """The picture of a graph that is too large to be laid out; it can be exported as DOT.

    Attributes
    ----------
    planned
        What would be drawn, and why it cannot be.
    """

    planned: Plan

    @property
    def _whole(self) -> Scene:
        raise DrawingError(self.planned.refusal)

    @cached_property
    def dot(self) -> str:
        """The graph as DOT source in plain text, for any program that reads it."""
        drawn = _shown(self.drawn)
        with symbols.writing(self.options.notation, drawn.graph, self.options.labels):
            described = describe(*drawn, self.options, planned=self.planned)
            return dot.export(described, self.options)

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return heading(self.drawn.graph.title)

    @property
    def _counted(self) -> str:
        return f"{counted(self.drawn.graph.nodes, 'node')}, too large to be laid out"


@dataclass(frozen=True, repr=False)
class NetworkPicture(Picture):
    """The picture of a graph as a network of neurons.

    Attributes
    ----------
    network
        The figure as large as it wants to be.
    """

    network: Scene

    @property
    def _whole(self) -> Scene:
        return self.network

    @cached_property
    def dot(self) -> str:
        """The network as DOT source in plain text, a rank for each layer."""
        with symbols.writing(self.options.notation, self.drawn.graph, self.options.labels):
            return network_dot(*self.drawn, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The network as a Mermaid flowchart in plain text, a frame for each layer."""
        with symbols.writing(self.options.notation, self.drawn.graph, self.options.labels):
            chart = network_chart(*self.drawn, self.options)
        return mermaid.export(chart, self.options, mermaid.UNITS)


@dataclass(frozen=True, repr=False)
class CircuitPicture(Picture):
    """The picture of a graph as a circuit of gates.

    Attributes
    ----------
    circuit
        The graph of single operations, and its run.
    description
        Everything the picture says.
    """

    circuit: Circuit
    description: Description

    @property
    def _whole(self) -> Scene:
        return self.circuit.scene(self.circuit.laid_out(self.description))

    @cached_property
    def dot(self) -> str:
        """The circuit as DOT source in plain text."""
        return circuit_dot.export(self.description, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The circuit as a Mermaid flowchart in plain text."""
        return mermaid.export(self.description, self.options, mermaid.GATES)

    @property
    def _counted(self) -> str:
        gates = sum(not node.is_leaf for node in self.circuit.graph.nodes)
        return f"circuit of {counted(gates, 'gate')}"

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return self.description.title

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.description.alt


@dataclass(frozen=True, repr=False)
class ArchitecturePicture(Picture):
    """The picture of a graph as layers and other blocks.

    Attributes
    ----------
    blocks
        What was read off the graph.
    description
        Everything the picture says.
    """

    blocks: Blocks
    description: Description

    @cached_property
    def _found(self) -> Found:
        with symbols.writing(self.options.notation, self.drawn.graph, self.options.labels):
            return self.blocks.found(sheet_of(self.options))

    @property
    def _whole(self) -> Scene:
        return self._found.scene

    @cached_property
    def dot(self) -> str:
        """The blocks as DOT source in plain text."""
        return dot.export(self.description, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The blocks as a Mermaid flowchart in plain text."""
        return mermaid.export(self.description, self.options)

    @property
    def _counted(self) -> str:
        return f"architecture of {counted(self.description.nodes, 'block')}"

    @property
    def title(self) -> str:
        """The title of the graph as it is shown; it may be empty."""
        return self.description.title

    @property
    def alt(self) -> str:
        """The picture in words."""
        return self.description.alt if sheet_of(self.options) is None else self.scene.alt


def draw(
    graph: ComputationalGraph,
    run: Run | None = None,
    *,
    paths: Ends | None = None,
    check: Report | None = None,
    **choices: Unpack[OptionKeywords],
) -> Picture:
    """Return the picture of a graph; :meth:`graphdiff.workbench.Graph.draw` tells the choices.

    Raises
    ------
    DrawingError
        For unknown choices, an empty graph, or a run of another graph.
    """
    options, drawn = Options(**choices), Drawn(graph, run)
    by_hand.check(graph, options)
    sheet_of(options)
    with symbols.writing(options.notation, graph, options.labels):
        return _drawn(drawn, options, paths, check)


def _drawn(drawn: Drawn, options: Options, paths: Ends | None, check: Report | None) -> Picture:
    graph = drawn.graph
    if options.style != "graph":
        given = {"paths": paths, "check": check}
        foreign = [*(name for name, one in given.items() if one is not None), *options.foreign]
        if foreign:
            raise DrawingError(
                f"{', '.join(foreign)}: this is said of the nodes of a computational graph; leave "
                f"style={options.style!r} out to see it"
            )
        drawn = _shown(drawn)
        if options.style == "circuit":
            made = circuit(*drawn, options)
            return CircuitPicture(drawn, options, made, made.describe())
        if options.style == "architecture":
            read = blocks(*drawn, options)
            return ArchitecturePicture(drawn, options, read, read.describe(options))
        if options.direction in ("RL", "BT"):
            raise DrawingError(
                f"direction is {options.direction!r}; a network runs from left to right or from "
                "top to bottom, 'LR' or 'TB'"
            )
        return NetworkPicture(drawn, options, network_scene(*drawn, options))
    check_drawn(*drawn)
    planned = plan(graph, options)
    if planned.refusal:
        return TooLargePicture(drawn, options, planned)
    drawn = _shown(drawn)
    asked: dict[str, Any] = {"paths": paths, "check": check}
    marks = marks_for(*drawn, options, **asked)
    return GraphPicture(drawn, options, _described(drawn, options, marks, planned), marks, asked)


def _shown(drawn: Drawn) -> Drawn:
    """Return what is drawn, with 0 for numbers that are nothing but rounding."""
    graph, run = drawn
    return Drawn(graph, None if run is None else as_shown(run))


def _described(
    drawn: Drawn, options: Options, marks: Marks, planned: Plan | None = None
) -> Description:
    """Return what a picture says, with the P of data that is marked."""
    also = [node for node in drawn.graph.inputs if node.index in marks.at]
    return highlighted(describe(*drawn, options, also, planned), marks)
