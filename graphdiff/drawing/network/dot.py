"""A network as DOT source in plain text: a rank for each column, dots where units are left out."""

from __future__ import annotations

import graphviz
import numpy as np

from graphdiff.drawing.layout.dot import quoted
from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Excerpt, excerpt, heading
from graphdiff.drawing.network.paints import scale_for
from graphdiff.drawing.network.unit_words import painted
from graphdiff.drawing.network.wording import DELTA, at_weight, equations
from graphdiff.drawing.options import Options
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph
from graphdiff.recognition.network import read
from graphdiff.recognition.network_numbers import Numbers


def network_dot(graph: ComputationalGraph, run: Run | None, options: Options) -> str:
    """Return the network as DOT source, for any program that reads it.

    Raises
    ------
    DrawingError
        If the graph is no network, or the run is of another graph.
    """
    network = read(graph)
    numbers, digits = Numbers(network, graph, run, options.sample), options.digits
    drawn = excerpt(network)
    scale = scale_for(painted(drawn), numbers, options.edges)
    theme = options.theme
    source = graphviz.Digraph(
        graph_attr={
            "rankdir": options.direction, "bgcolor": theme.background, "fontcolor": theme.ink,
            "labelloc": "t", "label": quoted([network.title]), "splines": "line", "ranksep": "1.2",
        },
        node_attr={
            "shape": "circle", "style": "filled", "fontcolor": theme.ink,
        },
        edge_attr={"color": theme.edge, "fontcolor": theme.ink},
    )  # fmt: skip
    for c, shown in enumerate(drawn.columns):
        with source.subgraph(name=f"layer_{shown.number}") as layer:
            layer.attr(rank="same")
            plain = {"shape": "plaintext", "style": "", "fontcolor": theme.faint}
            layer.node(f"heading{c}", quoted(heading(drawn, shown)), **plain)
            for slot in shown.slots:
                if slot is None:
                    layer.node(f"dots{c}", "…", **plain)
                    continue
                kind = "input" if network.units[slot].is_input else "computation"
                paint = theme.kinds[kind]
                layer.node(
                    f"u{slot}",
                    quoted(unit_lines(drawn, slot, numbers, options)),
                    fillcolor=paint.fill,
                    color=paint.stroke,
                    peripheries="2" if kind == "input" else "1",
                )
    for before in range(len(drawn.columns) - 1):
        source.edge(f"heading{before}", f"heading{before + 1}", style="invis")
    for link in drawn.links:
        stroke = scale.stroke(link.weight, theme)
        source.edge(
            f"u{link.source}",
            f"u{link.target}",
            quoted([said.plain for said in at_weight([link.weight], numbers, options, digits)]),
            color=stroke.colour,
            penwidth=f"{stroke.width:.2f}",
            style="dashed" if stroke.dashed else "solid",
        )
    if lines := loss_lines(drawn, graph, numbers, options):
        paint = theme.kinds["computation"]
        source.node("loss", quoted(lines), shape="box", fillcolor=paint.fill, color=paint.stroke)
        for k in drawn.network.outputs:
            if k in drawn.where:
                source.edge(f"u{k}", "loss")
    return source.source


def unit_lines(drawn: Excerpt, k: int, numbers: Numbers, options: Options) -> list[str]:
    """Return the lines of a unit: its name, its value, its bias."""
    unit = drawn.network.units[k]
    name, value = names.unit(unit), numbers.unit(k)
    known = value is not None and "value" in options.show
    lines = [names.equal(name, value, options.digits).plain if known else name.plain]
    net = numbers.net(k) if options.show >= {"value", "net"} else None
    if net is not None and unit.activation is not None and not unit.activation.is_identity:
        lines.append(names.equal(names.net(unit), net, options.digits).plain)
    for bias in unit.added:
        lines += [said.plain for said in equations(bias, numbers, options, options.digits)]
    delta = numbers.delta(k) if options.show >= {"value", "P"} else None
    if delta is not None:
        lines.append(names.equal(DELTA, delta, options.digits).plain)
    return lines


def loss_lines(
    drawn: Excerpt, graph: ComputationalGraph, numbers: Numbers, options: Options
) -> list[str]:
    """Return the lines of the loss: its last formulas, its value; none if there is no loss."""
    loss = drawn.network.loss
    if loss is None:
        return []
    lines = [f"{name} = {graph[name].formula}"[:200] for name in loss.nodes[-3:]]
    value = numbers.of_node(loss.output)
    if value is not None and not np.ndim(value):
        lines.append(names.equal(names.indexed(loss.output, ()), value, options.digits).plain)
    return lines
