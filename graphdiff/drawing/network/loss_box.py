"""The loss beside a network: a box with its formulas, its target and its value."""

from __future__ import annotations

import numpy as np

from graphdiff.drawing.labels.description import Phrase
from graphdiff.drawing.layout import boxes
from graphdiff.drawing.layout.boxes import Box, Manner
from graphdiff.drawing.network import names
from graphdiff.drawing.network.pens import Written
from graphdiff.drawing.options import Options
from graphdiff.drawing.scene import Group, Item, Rectangle, Stroke
from graphdiff.drawing.themes import Theme
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import latex
from graphdiff.recognition.network_numbers import Numbers
from graphdiff.recognition.network_records import Loss

ROOM = (230.0, 64.0)
PADDING = (12.0, 10.0)
MOST_FORMULAS = 3
MOST_TARGETS, MOST_VALUES = 2, 6
"""Targets that are named one by one; and where their values are known, these with them."""
MAX_LINES = 60
"""Longer formulas are not written in the box."""


def loss_box(
    loss: Loss, graph: ComputationalGraph, numbers: Numbers, options: Options, least: float = 0.0
) -> Box:
    """Return the lines of the box, in type no smaller than ``least``."""
    phrases: list[Phrase] = []
    if len(loss.targets) > (MOST_TARGETS if numbers.run is None else MOST_VALUES):
        first, last = (latex.name(loss.targets[k]) for k in (0, -1))
        plain = f"with {loss.targets[0]}, …, {loss.targets[-1]}"
        phrases.append(Phrase("remark", rf"\text{{with }} {first}, \ldots, {last}", plain))
    else:
        phrases += [_target(graph[name], numbers, options) for name in loss.targets]
    nodes = loss.nodes if len(loss.nodes) <= MOST_FORMULAS else loss.nodes[-MOST_FORMULAS:]
    if len(nodes) < len(loss.nodes):
        phrases.append(_remark(f"after {len(loss.nodes) - len(nodes)} more nodes"))
    phrases += [_formula(graph[name]) for name in nodes]
    value = numbers.of_node(loss.output) if "value" in options.show else None
    if value is not None and not np.ndim(value):
        end = graph[loss.output]
        said = names.equal(names.Name(latex.name(end.name), end.name), value, options.digits)
        phrases.append(Phrase("value", said.latex, said.plain))
    return boxes.stacked(tuple(phrases), ROOM, PADDING, (60.0, 40.0), manner=Manner(least=least))


def _remark(said: str) -> Phrase:
    return Phrase("remark", rf"\text{{{said}}}", said)


def _target(node: Node, numbers: Numbers, options: Options) -> Phrase:
    called = names.Name(latex.name(node.name), node.name)
    value = numbers.of_node(node.name) if "value" in options.show else None
    if value is not None and np.size(value) <= MOST_VALUES:
        called = names.equal_to_all(called, value, options.digits)
    return Phrase("count", rf"\text{{with }} {called.latex}", f"with {called.plain}")


def _formula(node: Node) -> Phrase:
    named = Phrase("formula", latex.name(node.name), node.name)
    if node.function is None or len(node.function.program) > MAX_LINES:
        return named
    arguments = [latex.name(parent.name) for parent in node.parents]
    return Phrase(
        "formula",
        f"{named.latex} = {latex.authored(node.function, arguments)}",
        f"{node.name} = {node.formula}",
        named,
    )


def drawn(box: Box, x: float, y: float, loss: Loss, theme: Theme) -> Group:
    """Return the box with its top left corner at a point."""
    paint = theme.kinds["computation"]
    card = Rectangle(0, 0, box.width, box.height, 2, paint.fill, Stroke(paint.stroke, 1.5))
    lines: list[Item] = [
        Written(line.fragment, line.x, line.y).text(
            theme.faint if line.role == "remark" else theme.ink
        )
        for line in box.lines
    ]
    return Group((card, *lines), x, y, kind="loss", title=f"what is minimised: {loss.output}")
