"""The picture of a graph whose numbers the page fills in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from graphdiff.drawing.graph_scene import compose
from graphdiff.drawing.labels.description import EdgeLabel, NodeLabel, Role
from graphdiff.drawing.picture import Picture
from graphdiff.drawing.scene import Group, Item, Scene, Text
from graphdiff.drawing.stepwise.staging import Stages, Staging
from graphdiff.drawing.styles import GraphPicture
from graphdiff.errors import DrawingError

LIVE: Mapping[Role, str] = {"value": "value", "P": "P", "jacobian_value": "jacobian_value"}
"""The lines that are numbers of a run, and what the page calls them."""


@dataclass(frozen=True)
class LiveStages(Stages):
    """Lines of numbers as groups of their own, which a program finds by what they say."""

    live: Mapping[Role, str] = field(default_factory=lambda: LIVE)

    def seen(self, role: Role, *items: Item) -> Iterator[Item]:
        """Yield the items of a line, in a group where they are numbers; a card as it is."""
        if role in self.live and any(isinstance(item, Text) for item in items):
            yield Group(items, kind=f"live {self.live[role]}")
        else:
            yield from items


@dataclass(frozen=True)
class LiveStaging(Staging):
    """A picture whose numbers are groups of their own."""

    def node(self, label: NodeLabel) -> Stages:
        """Return how the lines of a node are shown; a leaf has its name and value on one."""
        is_leaf = label.kind in ("input", "parameter")
        return LiveStages(live={**LIVE, "formula": "value"} if is_leaf else LIVE)

    def edge(self, label: EdgeLabel) -> Stages:  # noqa: ARG002 - all edges alike
        """Return how the lines of an edge are shown."""
        return LiveStages()


def live_scene(picture: Picture) -> Scene:
    """Return the scene of a graph's picture with its numbers in groups.

    Raises
    ------
    DrawingError
        If it is none of nodes, or the graph is too large for that.
    """
    if picture.options.style != "graph":
        raise DrawingError(
            f"the explorer shows graphs node by node, not in the style {picture.options.style!r}; "
            "leave style out"
        )
    if not isinstance(picture, GraphPicture):
        raise DrawingError("the graph is too large to be shown node by node, as the explorer does")
    scene = compose(picture.laid_out, picture.options.theme, LiveStaging())
    return replace(scene, scale=picture.scene.scale)
