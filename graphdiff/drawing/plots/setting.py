"""The room that axes have, and how the parts of a plot stand: what gives way on a sheet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """How a plot is drawn; its type is of one size in all of them.

    Attributes
    ----------
    across, upwards
        The sides of axes, as a part of the usual ones.
    columns
        How many parts of a plot, axes or a table, stand beside each other.
    aside
        Whether the legend stands at the right of the figure, not below.
    """

    across: float = 1.0
    upwards: float = 1.0
    columns: int = 1
    aside: bool = False
