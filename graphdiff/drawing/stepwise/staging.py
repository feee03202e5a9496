"""When parts of a picture are first seen, where it is shown step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphdiff.drawing.labels.description import EdgeLabel, NodeLabel, Role
from graphdiff.drawing.scene import Group, Item


@dataclass(frozen=True)
class Stages:
    """The step from which each role of one label is seen; roles without one always are."""

    first: Mapping[Role, int] = field(default_factory=dict[Role, int])
    count: int = 0

    def seen(self, role: Role, *items: Item) -> Iterator[Item]:
        """Yield items, in a group with its steps if they are not always seen."""
        if role in self.first:
            yield Group(items, steps=(self.first[role], self.count))
        else:
            yield from items

    def before(self, role: Role, *items: Item) -> Iterator[Item]:
        """Yield items that are seen until those of a role are."""
        if role in self.first:
            yield Group(items, steps=(0, self.first[role]))


@dataclass(frozen=True)
class Staging:
    """The steps of a whole picture.

    Attributes
    ----------
    count
        How many steps there are.
    values, P
        The step in which a node's value and its P are found, by the index of its card.
    jacobians
        The step in which a local Jacobian is used, by the cards of tail and head, and slot.
    """

    count: int = 0
    values: Mapping[int, int] = field(default_factory=dict[int, int])
    P: Mapping[int, int] = field(default_factory=dict[int, int])
    jacobians: Mapping[tuple[int, int, int], int] = field(
        default_factory=dict[tuple[int, int, int], int]
    )

    def node(self, label: NodeLabel) -> Stages:
        """Return when the lines of a node are seen."""
        first: dict[Role, int] = {}
        if label.index in self.values:
            first["value"] = self.values[label.index]
        if label.index in self.P:
            first["P"] = self.P[label.index]
        return Stages(first, self.count)

    def edge(self, label: EdgeLabel) -> Stages:
        """Return when the lines of an edge are seen."""
        step = self.jacobians.get((label.tail, label.head, label.slot))
        if step is None:
            return Stages({}, self.count)
        return Stages({"jacobian_value": step, "contribution": step, "P": step}, self.count)


STILL = Staging()
"""A picture that is shown whole."""
