"""The picture of a graph in each style, and which one is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Unpack

from graphdiff.checking.report import Report
from graphdiff.derivations import symbols
from graphdiff.drawing import mermaid
from graphdiff.drawing.architecture.architecture import Blocks, blocks
from graphdiff.drawing.circuit import dot as circuit_dot
from graphdiff.drawing.circuit.circuit import Circuit, circuit
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
from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.drawing.picture import DescribedPicture, Drawn, Picture
from graphdiff.drawing.reduced.limits import Plan, plan
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.told_apart import chosen
from graphdiff.drawing.writers.fitting import sheet_of
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import heading
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.alike_nodes import ALIKE, ALL, CHAINS, LEVELS

DEEP = 2, 3, 4, 6, 8, 12, 16, 32, 64
UNGROUPED = (CHAINS,), (ALIKE,), (LEVELS,), *((f"{k} levels",) for k in DEEP)
"""What shares a card where there are no groups, one after the other, until the rest can be read."""


@dataclass(frozen=True, repr=False)
class GraphPicture(DescribedPicture):
    """The picture of a computational graph, node by node.

    Attributes
    ----------
    marks
        What is marked in it.
    asked
        What marks were asked for: ``paths`` and ``check``.
    """

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
            with self._writing():
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
        ways = ((ALL,), (ALL, ALIKE)) if grouped else UNGROUPED
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
        return dot.export(self._described, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The graph as a Mermaid flowchart in plain text, if it is not too large for that too."""
        return mermaid.export(self._described, self.options)

    @cached_property
    def _described(self) -> Description:
        drawn = _shown(self.drawn)
        with symbols.writing(self.options.notation, drawn.graph, self.options.labels):
            return describe(*drawn, self.options, planned=self.planned)

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
        sheet = sheet_of(self.options)
        if sheet is None:
            return self.network
        with self._writing():
            return network_scene(*self.drawn, self.options, sheet)

    @cached_property
    def dot(self) -> str:
        """The network as DOT source in plain text, a rank for each layer."""
        with self._writing():
            return network_dot(*self.drawn, self.options)

    @cached_property
    def mermaid(self) -> str:
        """The network as a Mermaid flowchart in plain text, a frame for each layer."""
        with self._writing():
            chart = network_chart(*self.drawn, self.options)
        return mermaid.export(chart, self.options, mermaid.UNITS)


@dataclass(frozen=True, repr=False)
class CircuitPicture(DescribedPicture):
    """The picture of a graph as a circuit of gates.

    Attributes
    ----------
    circuit
        The graph of single operations, and its run.
    """

    circuit: Circuit

    @property
    def laid_out(self) -> LaidOut:
        """Where everything stands, by Graphviz.

        Raises
        ------
        DrawingError
            If there is no layout program, or it fails.
        """
        return self._found.laid_out

    @property
    def _whole(self) -> Scene:
        return self._found.scene

    @cached_property
    def _found(self) -> Found:
        with self._writing():
            return self.circuit.found(self.description, sheet_of(self.options))

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


@dataclass(frozen=True, repr=False)
class ArchitecturePicture(DescribedPicture):
    """The picture of a graph as layers and other blocks.

    Attributes
    ----------
    blocks
        What was read off the graph.
    """

    blocks: Blocks

    @cached_property
    def _found(self) -> Found:
        with self._writing():
            return self.blocks.found(sheet_of(self.options))

    @property
    def _whole(self) -> Scene:
        return self._found.scene

    @property
    def _counted(self) -> str:
        return f"architecture of {counted(self.description.nodes, 'block')}"


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
    options, drawn = chosen(graph, choices), Drawn(graph, run)
    by_hand.check(graph, options)
    sheet_of(options)
    with symbols.writing(options.notation, graph, options.labels):
        return _drawn(drawn, options, paths, check)


def _drawn(drawn: Drawn, options: Options, paths: Ends | None, check: Report | None) -> Picture:
    graph = drawn.graph
    asked: dict[str, Any] = {"paths": paths, "check": check}
    if options.style != "graph":
        options.check_style(*(name for name, one in asked.items() if one is not None))
        drawn = _shown(drawn)
        if options.style == "circuit":
            made = circuit(*drawn, options)
            return CircuitPicture(drawn, options, made.describe(), made)
        if options.style == "architecture":
            read = blocks(*drawn, options)
            return ArchitecturePicture(drawn, options, read.describe(options), read)
        return NetworkPicture(drawn, options, network_scene(*drawn, options))
    options.check_style()
    check_drawn(*drawn)
    planned = plan(graph, options)
    if planned.refusal:
        return TooLargePicture(drawn, options, planned)
    drawn = _shown(drawn)
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
