"""Graphs drawn as networks of neurons: the figure of a perceptron, and that of a whole network.

graph -> :func:`~graphdiff.recognition.network.read` -> Network -> Excerpt (what is drawn of
it) -> places -> Scene.
"""

from __future__ import annotations

from graphdiff.drawing.fit.sheets import Sheet
from graphdiff.drawing.network import fitted
from graphdiff.drawing.network.chart import network_chart
from graphdiff.drawing.network.dot import network_dot
from graphdiff.drawing.network.setting import USUAL
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Scene
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers

__all__ = ["network_chart", "network_dot", "network_scene"]


def network_scene(
    graph: ComputationalGraph, run: Run | None, options: Options, sheet: Sheet | None = None
) -> Scene:
    """Return the picture of a graph as a network of neurons, for a sheet if there is one.

    Raises
    ------
    DrawingError
        If the graph is no such network, the run is of another graph, or has no such sample or no
        gradients where a learning rate is given.
    """
    network = read(graph)
    numbers = Numbers(network, graph, run, options.sample)
    if options.rate is not None and not numbers.has_gradients:
        raise DrawingError(
            f"rate={options.rate:g} asks for a step of gradient descent, and there are no "
            "gradients of a number; draw a run of graph.backward"
        )
    made = fitted.Made(network, graph, numbers)
    if sheet is not None:
        return fitted.on(made, options, sheet)
    return fitted.drawn(made, fitted.Step(USUAL, options)).scene
