"""A part of a graph: nodes that are taken together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from graphdiff.graph import Node
from graphdiff.recognition.generic_formula import Generic

PartKind = Literal["node", "group", "alike", "chain"]
"""What a part is: one node, a whole group, nodes that are alike, or one node of many steps."""


@dataclass(frozen=True, eq=False)
class Fold:
    """Steps of a chain drawn as one: those between its first and its last.

    Attributes
    ----------
    total
        How many steps the chain has.
    width
        How many parts each step has.
    step
        The step, from 1, of each node that is folded.
    """

    total: int
    width: int
    step: dict[Node, int] = field(repr=False)

    @property
    def size(self) -> int:
        """How many steps are drawn as one."""
        return self.total - 2


@dataclass(frozen=True)
class Part:
    """Nodes that are taken together, in order; ``group`` is the group they are in.

    ``formula`` says what alike computed nodes are, if one formula does; ``fold`` which steps those
    of a chain are of.
    """

    kind: PartKind
    nodes: tuple[Node, ...]
    group: str | None = None
    formula: Generic | None = None
    fold: Fold | None = None
