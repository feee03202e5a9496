"""Arrays as they are shown: whole where small, else by their size, range and norm."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from graphdiff.language.shapes import Shape

SMALL = 6
"""Rows and columns of what is shown whole."""

SAMPLES_SHOWN = 3
"""Samples of a scalar that are written."""

MAX_SUMMARY_DIGITS = 4


class Summary(NamedTuple):
    """What is said of a large array."""

    least: float
    most: float
    norm: float


def is_array(value: Any) -> bool:
    """Whether a value has axes."""
    return bool(getattr(value, "shape", ()))


def samples_of(value: Any, shape: Shape) -> int | None:
    """Return how many samples a value is of a node of this shape; None if it is no samples."""
    axes = len(getattr(value, "shape", ()))
    return None if axes == len(shape) else int(np.prod(value.shape[: axes - len(shape)]))


def is_small(shape: tuple[int, ...], most: int = SMALL) -> bool:
    """Whether an array of this shape is shown whole: a short vector, or a small matrix."""
    return len(shape) <= 2 and all(0 < size <= most for size in shape)


def summarised(value: np.ndarray) -> Summary:
    """Return the smallest and the largest entry and the norm."""
    floats = value.astype(np.float64) + 0.0  # which has no −0
    largest = float(np.max(np.abs(floats)))
    with np.errstate(invalid="ignore"):
        norm = largest * float(np.linalg.norm(floats / largest)) if largest else 0.0
    norm = largest if np.isinf(largest) else norm
    return Summary(float(np.min(floats)), float(np.max(floats)), norm)
