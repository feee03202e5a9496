"""The blocks of a graph: what the picture says, where they stand, and its scene."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from graphdiff.drawing.architecture import cards, cells, drawn, said
from graphdiff.drawing.architecture.cards import Opening
from graphdiff.drawing.architecture.volumes import Volume, volumes
from graphdiff.drawing.fit.placing import smallest
from graphdiff.drawing.fit.search import Craft, Found, found
from graphdiff.drawing.fit.sheets import Sheet
from graphdiff.drawing.fit.steps import Giving
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout.boxes import USUAL, Manner, Measured
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import MAX_NODES, LaidOut
from graphdiff.drawing.options import Direction, Options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.themes import Theme
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.structure import Kind
from graphdiff.recognition.blocks.found import architecture
from graphdiff.recognition.blocks.records import Architecture, Block

MOST_OPEN = 3
"""Cells that are drawn with what is in them; of more the cards alone are."""


@dataclass(frozen=True)
class Blocks:
    """A graph as blocks, and how it is drawn."""

    read: Architecture
    options: Options

    def describe(self, options: Options) -> Description:
        """Return everything the picture says."""
        return said.describe(self.read, options, opens=bool(self._opened))

    def found(self, sheet: Sheet | None) -> Found:
        """Return the picture, on a sheet if there is one.

        Raises
        ------
        DrawingError
            If there is no layout program, or it fails.
        """
        craft = Craft(self._measured, self._laid_out, self._composed, giving=Giving(()))
        if sheet is not None:
            return found(self.describe, self.options, sheet, craft=craft)
        measured = self._measured(self.describe(self.options), USUAL)
        laid_out = self._laid_out(measured, self.options.direction)
        scene = self._composed(laid_out, self.options.theme)
        return Found(laid_out, scene, smallest(scene))

    def _measured(self, description: Description, manner: Manner) -> Measured:
        return cards.measure(description, self._blocks, self._volumes, self._opened, manner)

    def _laid_out(self, measured: Measured, direction: Direction) -> LaidOut:
        if self._opened:  # their lines run from left to right
            direction = self.options.direction
        return lay_out_clearly(measured, direction, drawn.led)

    def _composed(self, laid_out: LaidOut, theme: Theme) -> Scene:
        kinds: dict[int, Kind] = {k: said.kind(block) for k, block in self._blocks.items()}
        return drawn.compose(laid_out, kinds, theme)

    @cached_property
    def _blocks(self) -> Mapping[int, Block]:
        return dict(enumerate(self.read.blocks, start=1))

    @cached_property
    def _volumes(self) -> Mapping[int, Volume]:
        return {k + 1: volume for k, volume in volumes(self.read).items()}

    @cached_property
    def _opened(self) -> Mapping[int, Opening]:
        """The cells that are drawn open: where lines run from left to right, as in them."""
        found = {k: one for k, one in self._blocks.items() if one.kind in said.CELLS}
        if self.options.direction != "LR" or len(found) > MOST_OPEN:
            return {}
        named = {node.name for node in self.read.graph.nodes}
        return {k: partial(cells.opened, one, named) for k, one in found.items()}


def blocks(graph: ComputationalGraph, run: Run | None, options: Options) -> Blocks:
    """Return the blocks of a graph.

    Raises
    ------
    DrawingError
        If there is nothing to draw, there are scalars alone, or too many blocks; or the run is of
        another graph.
    """
    if not len(graph):
        raise DrawingError("the graph has no nodes; add some before drawing it")
    if run is not None and run.graph is not graph:
        raise DrawingError("the run is of another graph; draw it with the graph that was swept")
    if not any(node.shape for node in graph.nodes):
        raise DrawingError(
            "all nodes of the graph are numbers, and an architecture is made of arrays; draw it "
            "with style='network' for its neurons, style='circuit' for its operations, or "
            "style='graph'"
        )
    read = architecture(graph)
    if len(read.blocks) > MAX_NODES:
        raise DrawingError(
            f"the architecture has {len(read.blocks)} blocks; at most {MAX_NODES} can be laid out. "
            "Draw a part of the graph, or make groups"
        )
    return Blocks(read, options)
