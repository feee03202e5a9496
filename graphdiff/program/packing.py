"""Values of several leaves as one vector, as optimisers want them."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node


class Packing:
    """The entries of some leaves, one after the other, each row by row.

    Parameters
    ----------
    nodes
        The leaves, in order.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.names = [node.name for node in nodes]
        self.shapes = [node.shape for node in nodes]
        ends = np.cumsum([0, *(node.size for node in nodes)])
        self.slices = [slice(a, b) for a, b in itertools.pairwise(ends)]
        self.size = int(ends[-1])

    def packed(self, values: Mapping[str, Any], dtype: Any = None) -> np.ndarray:
        """Return the values of the leaves as one vector.

        Raises
        ------
        GraphError
            If one has no value.
        """
        for name in self.names:
            if values[name] is None:
                raise GraphError(f"no value for {name!r}; give it when building the graph")
        entries = [np.ravel(values[name]) for name in self.names]
        return np.concatenate(entries).astype(dtype or np.float64)

    def unpacked(self, vector: Any) -> dict[str, Any]:
        """Return the value of each leaf: a number, or a view of the vector.

        Raises
        ------
        GraphError
            If the vector has not as many entries.
        """
        vector = np.asarray(vector)
        if vector.shape != (self.size,):
            raise GraphError(
                f"the vector has shape {vector.shape}; the {len(self.names)} leaves have "
                f"{self.size} entries together, so it must have shape ({self.size},)"
            )
        return {
            name: vector[part].reshape(shape) if shape else vector[part][0]
            for name, shape, part in zip(self.names, self.shapes, self.slices, strict=True)
        }
