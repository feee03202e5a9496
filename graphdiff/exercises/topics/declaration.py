"""The declaration of a topic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graphdiff.exercises.sketch import Sketch
from graphdiff.graph import ComputationalGraph

Builder = Callable[[Sketch], None]
"""Draws a graph; its last node is the output."""


@dataclass(frozen=True)
class Topic:
    """A kind of exercise.

    Attributes
    ----------
    name
        What it is called on the command line.
    title
        The title of its worksheets.
    about
        One sentence that says what is to be learned; it stands on the worksheet.
    scalars, tensors
        The builders of a graph of numbers and of one of vectors and matrices, or None.
    condition
        What a graph must have to be about it.
    """

    name: str
    title: str
    about: str
    scalars: Builder | None = None
    tensors: Builder | None = None
    condition: Callable[[ComputationalGraph], bool] = lambda _: True

    @property
    def kinds(self) -> str:
        """Of which it is: numbers, tensors or both."""
        found = (("numbers", self.scalars), ("tensors", self.tensors))
        return ", ".join(name for name, builder in found if builder)
