"""The circuit of a graph: what it says, where it stands, and its scene."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from graphdiff.drawing.circuit import gates, said, wires
from graphdiff.drawing.circuit.operations import swept
from graphdiff.drawing.circuit.signs import is_symmetric
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
from graphdiff.drawing.stepwise.staging import STILL, Staging
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.operations import divided

GIVING = Giving(("name", "P", "value"))
"""What is left out one after the other, names of gates first."""
AGAIN = "dashed, round: goes on from a row above"
TRIES = 8
"""Of rows: gates are small, so that there may be many, and soon laid out."""


@dataclass(frozen=True)
class Circuit:
    """A graph of single operations, and the run it has.

    Attributes
    ----------
    named
        The graph it was made of, whose nodes are named in the picture.
    graph, run
        What it was made: each computed node is one operation.
    """

    named: ComputationalGraph
    graph: ComputationalGraph
    run: Run | None
    options: Options

    def describe(self) -> Description:
        """Return everything the picture says."""
        return said.describe(self.graph, self.run, self.named, self.options)

    def found(self, description: Description, sheet: Sheet | None) -> Found:
        """Return the picture, on a sheet if there is one.

        Raises
        ------
        DrawingError
            If there is no layout program, or it fails.
        """
        if sheet is None:
            laid_out = self.laid_out(description)
            scene = self.scene(laid_out)
            return Found(laid_out, scene, smallest(scene))

        def measured(of: Description, manner: Manner) -> Measured:
            return self._measured(of, self.options.direction, manner)

        craft = Craft(
            measured, partial(lay_out_clearly, led=wires.led), wires.compose, self._turned,
            gates.gate, AGAIN, GIVING, TRIES,
        )  # fmt: skip
        return found(self._described, self.options, sheet, craft=craft)

    def _described(self, options: Options) -> Description:
        return replace(self, options=options).describe()

    def _turned(self, measured: Measured, direction: Direction) -> Measured:
        """Return a circuit measured for a direction; its legend says where things then are."""
        of, options = measured.description, replace(self.options, direction=direction)
        if of.legend:
            legend = tuple(said.legend(of.nodes, of.edges, self.run, options))
            of = replace(of, legend=legend)
        return self._measured(of, direction, measured.manner)

    def _measured(
        self, description: Description, direction: Direction, manner: Manner = USUAL
    ) -> Measured:
        computed = (node for node in self.graph.nodes if not node.is_leaf)
        ordered = frozenset(node.index for node in computed if not is_symmetric(node))
        return replace(gates.measure(description, direction, manner), ordered=ordered)

    def laid_out(self, description: Description) -> LaidOut:
        """Return where everything stands that is said.

        Raises
        ------
        DrawingError
            If there is no layout program, or it fails.
        """
        direction = self.options.direction
        return lay_out_clearly(self._measured(description, direction), direction, wires.led)

    def scene(self, laid_out: LaidOut, staging: Staging = STILL) -> Scene:
        """Return the picture, or that of all steps."""
        return wires.compose(laid_out, self.options.theme, staging)


def circuit(graph: ComputationalGraph, run: Run | None, options: Options) -> Circuit:
    """Return the circuit of a graph.

    Raises
    ------
    DrawingError
        If there is nothing to draw, or too many gates; the run is of another graph, or an
        operation has no value.
    """
    if not len(graph):
        raise DrawingError("the graph has no nodes; add some before drawing it")
    if run is not None and run.graph is not graph:
        raise DrawingError("the run is of another graph; draw it with the graph that was swept")
    made = divided(graph)
    if len(made) > MAX_NODES:
        raise DrawingError(
            f"the circuit needs {len(made)} gates and leaves; at most {MAX_NODES} can be laid out. "
            "Draw it with style='graph', or a part of it"
        )
    return Circuit(graph, made, None if run is None else swept(made, run), options)
