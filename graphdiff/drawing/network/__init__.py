"""Graphs drawn as networks of neurons: the figure of a perceptron, and that of a whole network.

graph -> :func:`~graphdiff.recognition.network.read` -> Network -> Excerpt (what is drawn of
it) -> places -> Scene.
"""

from __future__ import annotations

from graphdiff.drawing.layout.sheet import NETWORK, Surroundings
from graphdiff.drawing.network import mlp, perceptron
from graphdiff.drawing.network.alt import told
from graphdiff.drawing.network.chart import network_chart
from graphdiff.drawing.network.dot import network_dot
from graphdiff.drawing.network.elision import excerpt
from graphdiff.drawing.network.figure import figure
from graphdiff.drawing.network.legend import notations, remarks, samples
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Scene
from graphdiff.drawing.sheet_scene import Figure, on_sheet
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers

__all__ = ["network_chart", "network_dot", "network_scene"]


def network_scene(graph: ComputationalGraph, run: Run | None, options: Options) -> Scene:
    """Return the picture of a graph as a network of neurons.

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
    drawn = excerpt(network)
    theme, used = options.theme, options
    if len(network.neurons) == 1:
        sketch = perceptron.sketch(drawn, numbers, options)
        scale, items = sketch.scale, perceptron.items(sketch, graph)
    else:
        found = figure(drawn, numbers, options)
        scale, used, items = found.scale, found.options, mlp.items(found, graph)
    said = (
        *samples(drawn, scale, used),
        *notations(drawn, numbers, used),
        *remarks(drawn, scale, options, used),
    )
    around = Surroundings(NETWORK, network.title, said)
    return on_sheet(Figure.of("network", items), around, told(drawn, numbers, options), theme)
