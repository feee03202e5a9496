"""The circuit of a graph: what it says, where it stands, and its scene."""

from __future__ import annotations

from dataclasses import dataclass, replace

from graphdiff.drawing.circuit import gates, said, wires
from graphdiff.drawing.circuit.operations import swept
from graphdiff.drawing.circuit.signs import is_symmetric
from graphdiff.drawing.labels.description import Description
from graphdiff.drawing.layout.clearing import lay_out_clearly
from graphdiff.drawing.layout.layout import MAX_NODES, LaidOut
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.stepwise.staging import STILL, Staging
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.operations import divided


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

    def laid_out(self, description: Description) -> LaidOut:
        """Return where everything stands that is said.

        Raises
        ------
        DrawingError
            If there is no layout program, or it fails.
        """
        direction = self.options.direction
        computed = (node for node in self.graph.nodes if not node.is_leaf)
        ordered = frozenset(node.index for node in computed if not is_symmetric(node))
        measured = replace(gates.measure(description, direction), ordered=ordered)
        return lay_out_clearly(measured, direction, wires.led)

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
