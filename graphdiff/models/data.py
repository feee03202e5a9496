"""Data and weights as the leaves of a network take them, checked against its sizes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.models.architecture import SOFTMAX, Architecture


def rows_of(x: Any, batch: int | None) -> int | None:
    """Return the rows of a batch: those said, else those of a matrix of inputs."""
    if batch is None and x is not None and np.ndim(x) == 2:
        return len(x)
    return batch


def inputs(x: Any, of: Architecture) -> Any:
    """Return x of shape (d_0,), or (m, d_0) with a batch."""
    if x is None:
        return None
    return _shaped(x, "x", _wanted(of.sizes[0], of.batch), of)


def targets(y: Any, of: Architecture) -> Any:
    """Return y of the output's shape; class numbers become rows of 0 and 1 for a softmax.

    Raises
    ------
    GraphError
        For another shape, and a class that is none.
    """
    if y is None:
        return None
    width = of.sizes[-1]
    wanted = _wanted(width, of.batch)
    given = np.shape(y)
    if of.activations[-1] == SOFTMAX and given == wanted[:-1]:
        return one_hot(np.asarray(y), width)
    if width == 1 and given == wanted[:-1]:
        y = np.reshape(np.asarray(y, dtype=_kind(y)), wanted)
    return _shaped(y, "y", wanted, of)


def weights(given: Sequence[Any], of: Architecture, name: str) -> tuple[Any, ...]:
    """Return an array for each layer: (d_l, d_{l−1}) for weights, (d_l,) for biases."""
    arrays = tuple(given)
    if len(arrays) != of.depth:
        raise GraphError(f"{len(arrays)} {name} are given for {of.depth} layers; give one for each")
    for layer, array in zip(of.layers, arrays, strict=True):
        below = () if name == "biases" else (of.sizes[layer - 1],)
        wanted = (of.sizes[layer], *below)
        if np.shape(array) != wanted:
            raise GraphError(
                f"the {name} of layer {layer} have shape {np.shape(array)}; the layer takes "
                f"{wanted}, a row for each of its {wanted[0]} neurons"
            )
    return arrays


def _wanted(width: int, batch: int | None) -> tuple[int, ...]:
    return (width,) if batch is None else (batch, width)


def _shaped(value: Any, name: str, wanted: tuple[int, ...], of: Architecture) -> Any:
    if np.shape(value) != wanted:
        layer = "inputs" if name == "x" else "outputs"
        rows = "" if of.batch is None else f" in each of {of.batch} rows"
        raise GraphError(
            f"{name} has shape {np.shape(value)}; the network has {wanted[-1]} {layer}{rows}, "
            f"so give {wanted}"
        )
    return value


def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return the numbers of classes as rows of 0 and 1.

    Raises
    ------
    GraphError
        For one that is no class.
    """
    whole = labels.astype(float) == np.floor(labels.astype(float))
    bad = ~(whole & (labels >= 0) & (labels < classes))
    if bad.any():
        wrong = float(labels[bad].ravel()[0])
        raise GraphError(f"y has the class {wrong:g}; classes run from 0 to {classes - 1}")
    return np.eye(classes)[labels.astype(int)]


def _kind(values: Any) -> Any:
    """Return object for exact numbers, which are kept as they are."""
    return object if np.asarray(values).dtype == object else None
