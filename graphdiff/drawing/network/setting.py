"""How closely a network is drawn: the size of type, the room between units, how many are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

WhereWeights = Literal["edges", "below", "beside", "nowhere"]


@dataclass(frozen=True)
class Setting:
    """How closely a network is drawn.

    Attributes
    ----------
    least
        The least size of type; what has no room in it has fewer digits, or is cut.
    apart
        How far columns are from each other, as a part of the usual.
    units, columns
        The most that are drawn whole; of more, how many of the first and of the last.
    weights
        Where the numbers of weights are: on the edges, or in a table, whose numbers are there; or
        left out, those of biases too.
    """

    least: float = 0.0
    apart: float = 1.0
    units: tuple[int, int, int] = (8, 4, 1)
    columns: tuple[int, int, int] = (9, 4, 3)
    weights: WhereWeights = "edges"

    @property
    def has_table(self) -> bool:
        """Whether weights are in a table."""
        return self.weights in ("below", "beside")


USUAL = Setting()
