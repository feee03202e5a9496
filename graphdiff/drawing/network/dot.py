"""A network as DOT source in plain text: a rank for each column, dots where units are left out."""

from __future__ import annotations

import graphviz

from graphdiff.drawing.layout.dot import quoted
from graphdiff.drawing.network import names
from graphdiff.drawing.network.elision import Connection, Excerpt, excerpt, heading
from graphdiff.drawing.network.paints import Scale, scale_for
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
    numbers = Numbers(network, graph, run)
    drawn = excerpt(network)
    scale = scale_for((link.weight for link in drawn.links), numbers, options.edges)
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
                    quoted(_unit(drawn, slot, numbers, options)),
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
            quoted([_label(link, numbers, scale, options)]),
            color=stroke.colour,
            penwidth=f"{stroke.width:.2f}",
            style="dashed" if stroke.dashed else "solid",
        )
    _add_loss(source, drawn, graph, numbers, options)
    return source.source


def _unit(drawn: Excerpt, k: int, numbers: Numbers, options: Options) -> list[str]:
    """Return the lines of a unit: its name, its value, its bias."""
    unit = drawn.network.units[k]
    name, value = names.unit(unit), numbers.unit(k)
    known = value is not None and "value" in options.show
    lines = [names.equal(name, value, options.digits).plain if known else name.plain]
    for bias in unit.added:
        called, held = names.weight(bias, options.digits), numbers.weight(bias)
        known = held is not None and not bias.is_fixed and "value" in options.show
        lines.append(names.equal(called, held, options.digits).plain if known else called.plain)
    return lines


def _label(link: Connection, numbers: Numbers, scale: Scale, options: Options) -> str:
    """Return what is written on an edge: its number, else the name of its weight."""
    if link.weight.is_fixed:
        return names.weight(link.weight, options.digits).plain
    found = numbers.weight(link.weight) if scale.by == "plain" else scale.number(link.weight)
    if found is not None and "value" in options.show:
        return names.number(found, options.digits).plain
    return names.weight(link.weight, options.digits).plain if "name" in options.show else ""


def _add_loss(
    source: graphviz.Digraph,
    drawn: Excerpt,
    graph: ComputationalGraph,
    numbers: Numbers,
    options: Options,
) -> None:
    loss = drawn.network.loss
    if loss is None:
        return
    theme = options.theme
    paint = theme.kinds["computation"]
    lines = [f"{name} = {graph[name].formula}"[:200] for name in loss.nodes[-3:]]
    value = None if numbers.run is None else numbers.run.value[loss.output]
    if value is not None and not getattr(value, "shape", ()):
        lines.append(names.equal(names.indexed(loss.output, ()), value, options.digits).plain)
    source.node("loss", quoted(lines), shape="box", fillcolor=paint.fill, color=paint.stroke)
    for k in drawn.network.outputs:
        if k in drawn.where:
            source.edge(f"u{k}", "loss")
