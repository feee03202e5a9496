"""What the builders of exercises draw on: a graph in the making, and friendly numbers for it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from graphdiff.exercises.draws import Draws
from graphdiff.exercises.levels import Level, Number
from graphdiff.graph import Node
from graphdiff.workbench import Graph


class Sketch:
    """A graph that a builder makes, and the numbers it draws.

    Parameters
    ----------
    draws
        Where all choices come from.
    level
        What the numbers are like.
    nodes
        How many computed nodes are asked for.
    """

    def __init__(self, draws: Draws, level: Level, nodes: int) -> None:
        self.draws = draws
        self.level = level
        self.nodes = nodes
        self.graph = Graph()
        self.rate: Fraction | None = None
        self._unused: list[Number] = []

    # Numbers

    def number(self) -> Number:
        """Return a number to give; those of one exercise have different sizes while there are any.

        Where two numbers are the same, one taken for the other would not be noticed.
        """
        if not self._unused:
            self._unused = self.draws.shuffled(self.level.given)
        return self._signed(self._unused.pop())

    def _signed(self, size: Number) -> Number:
        return -size if self.draws.happens(self.level.negative) else size

    def argument(self) -> int:
        """Return where a function such as σ is taken: at 0 if it shall be easy, else near it."""
        return 0 if self.level.name == "easy" else self.draws.choice((1, -1, 2, -2))

    def array(self, *shape: int) -> np.ndarray:
        """Return an array of small numbers."""
        entries = np.empty(shape, object)
        for place in np.ndindex(*shape):
            entries[place] = self._signed(self.draws.choice(self.level.entries))
        return entries

    # Nodes

    def input(self, name: str, value: Any = None, *shape: int, **facts: Any) -> Node:
        """Add an input, with a value of its own or a drawn one of a shape."""
        return self.graph.input(name, self._value(value, shape), **facts)

    def parameter(self, name: str, value: Any = None, *shape: int) -> Node:
        """Add a parameter, with a value of its own or a drawn one of a shape."""
        return self.graph.parameter(name, self._value(value, shape))

    def _value(self, value: Any, shape: tuple[int, ...]) -> Any:
        if value is not None:
            return value
        return self.array(*shape) if shape else self.number()

    def node(self, name: str, expression: Any) -> Node:
        """Add a computed node."""
        return self.graph.node(name, expression)
