"""Which arrays are written whole, and what is shown of larger ones: their entries as colours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

MOST_ENTRIES = 24
MOST_ROWS, MOST_COLUMNS = 12, 8
"""A matrix of so many entries, rows and columns is written whole, be it a value or a derivative."""

MOST_CELLS = 24
"""Rows and columns of cells; of more entries the largest of a block stands for it."""


@dataclass(frozen=True)
class Heat:
    """An array as cells: numbers from −1 to 1, of the largest entry; and its ends as LaTeX.

    Attributes
    ----------
    cells
        Row by row.
    least, most
        The smallest and the largest entry.
    has_blocks
        Whether a cell stands for several entries.
    ends
        How these are written.
    """

    cells: tuple[tuple[float, ...], ...]
    least: float
    most: float
    ends: tuple[tuple[str, str], tuple[str, str]]
    has_blocks: bool = False

    @property
    def largest(self) -> float:
        """The largest entry without its sign, that of ±1."""
        return max(abs(self.least), abs(self.most))


def is_whole(shape: tuple[int, ...]) -> bool:
    """Whether an array of this shape is written whole.

    Examples
    --------
    >>> is_whole((6, 4)), is_whole((3, 8)), is_whole((5, 5)), is_whole((12,)), is_whole((2, 2, 2))
    (True, True, False, True, False)
    """
    rows, columns = (*shape, 1)[:2]
    return (
        len(shape) in (1, 2)
        and 0 < rows * columns <= MOST_ENTRIES
        and rows <= MOST_ROWS
        and columns <= MOST_COLUMNS
    )


def heat_of(value: np.ndarray, written: tuple[tuple[str, str], tuple[str, str]]) -> Heat | None:
    """Return an array as cells; None if all its entries are one number, or not finite."""
    if not value.size or value.ndim == 0:
        return None
    floats = np.asarray(value, np.float64)
    least, most = float(floats.min()), float(floats.max())
    if least == most or not math.isfinite(most - least):
        return None
    table = floats.reshape(-1, 1) if floats.ndim == 1 else floats.reshape(-1, floats.shape[-1])
    cells = _blocks(_blocks(table).T).T / max(abs(least), abs(most))
    return Heat(tuple(map(tuple, cells.tolist())), least, most, written, cells.size < table.size)


def _blocks(table: np.ndarray) -> np.ndarray:
    """Return a table with few rows: of each column in a block, the entry of largest magnitude."""
    size = -(-len(table) // MOST_CELLS)
    starts = range(0, len(table), size)
    blocks = (table[start : start + size] for start in starts)
    return np.array([b[np.abs(b).argmax(0), np.arange(b.shape[1])] for b in blocks])
