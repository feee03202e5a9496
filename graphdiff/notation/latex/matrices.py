"""Matrices in brackets, the middle of what is long left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from graphdiff.notation.arrays import SMALL

T = TypeVar("T")


def matrix(rows: Sequence[Sequence[str]]) -> str:
    r"""Return rows of LaTeX as a matrix in brackets, the middle of a long one left out.

    Examples
    --------
    >>> print(matrix([["1", "2"], ["3", "4"]]))
    \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}
    """
    shown = [shortened(row, r"\cdots") for row in rows]
    return matrix_of_all(shortened(shown, [r"\vdots"] * len(shown[0])))


def matrix_of_all(lines: Sequence[Sequence[str]]) -> str:
    """Return rows of LaTeX as a matrix in brackets, all of them."""
    body = r" \\ ".join(" & ".join(line) for line in lines)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def shortened(row: Sequence[T], dots: T) -> list[T]:
    """Return what is written of a row: all if it is short, else dots before its last."""
    return list(row) if len(row) <= SMALL else [*row[: SMALL - 2], dots, row[-1]]
