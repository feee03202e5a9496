"""Values of several leaves as one vector, as optimisers and programs of scalars want them."""

from __future__ import annotations

import itertools
from collections.abc import ItemsView, Iterator, Mapping, Sequence, ValuesView
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.program.arguments import Arguments, floats_of


class Packing:
    """The entries of some leaves, one after the other, each row by row.

    Parameters
    ----------
    nodes
        The leaves, in order.
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = tuple(nodes)
        self.names = [node.name for node in nodes]
        self.shapes = [node.shape for node in nodes]
        ends = np.cumsum([0, *(node.size for node in nodes)])
        self.slices = [slice(a, b) for a, b in itertools.pairwise(ends)]
        self.size = int(ends[-1])

    def packed(self, values: Mapping[str, Any], dtype: Any = None) -> np.ndarray:
        """Return the values of the leaves as one vector of float64, or of another type.

        Raises
        ------
        GraphError
            If one has no value.
        """
        for name in self.names:
            if values[name] is None:
                raise GraphError(f"no value for {name!r}; give it when building the graph")
        dtype = dtype or np.float64
        return np.concatenate([np.ravel(np.asarray(values[name], dtype)) for name in self.names])

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
            name: vector[part].reshape(shape) if shape else vector.item(part.start)
            for name, shape, part in zip(self.names, self.shapes, self.slices, strict=True)
        }


class LeafVector:
    """The values of all leaves of a graph of scalars, as one vector.

    Parameters
    ----------
    arguments
        The leaves, and what they were built with.
    wrt
        The names of those differentiated in.
    used
        The names of those that must have a value.
    """

    def __init__(self, arguments: Arguments, wrt: Sequence[str], used: set[str]) -> None:
        self.place = {name: k for k, name in enumerate(arguments.names)}
        self._by_keyword = {
            keyword: self.place[names[0]]
            for keyword, names in arguments.by_keyword.items()
            if len(names) == 1
        }
        values = [v if type(v) is float else np.nan for v in arguments.held.values()]
        self.held = np.array(values, np.float64)
        places = np.array([self.place[name] for name in wrt], np.int64)
        in_step = len(places) and (np.diff(places) == 1).all()
        self.places = slice(int(places[0]), int(places[-1]) + 1) if in_step else places
        missing = [self.place[name] for name in self.place
                   if type(arguments.held[name]) is not float and name in used]  # fmt: skip
        self._missing = np.array(missing, np.int64)

    @cached_property
    def is_complete(self) -> bool:
        """Whether all leaves that must have a value have one once ``wrt`` do."""
        leaves = self.held.copy()
        leaves[self.places] = 0.0
        return not np.isnan(leaves[self._missing]).any()

    def filled(
        self, values: Sequence[Any], named: Mapping[str, Any], theta: np.ndarray | None = None
    ) -> np.ndarray | None:
        """Return the vector for a call, None where one is missing or something is no number.

        Parameters
        ----------
        theta
            The values of ``wrt``.
        """
        leaves = self.held.copy()
        if len(values) == 1 and isinstance(values[0], Mapping):
            if not self._put(leaves, self.place, values[0]):
                return None
        elif values:
            found = floats_of(values)
            twice = any(self._by_keyword.get(key, 0) < len(values) for key in named)
            if found is None or twice or len(values) > len(leaves):
                return None
            leaves[: len(values)] = found
        if theta is not None:
            leaves[self.places] = theta
        if named and not self._put(leaves, self._by_keyword, named):
            return None
        if len(self._missing) and np.isnan(leaves[self._missing]).any():
            return None
        return leaves

    @staticmethod
    def _put(leaves: np.ndarray, place: Mapping[str, int], given: Mapping[Any, Any]) -> bool:
        """Put values in their places; return whether all are numbers of leaves."""
        found = floats_of(given.values())
        places = [place.get(key, -1) for key in given]
        if found is None or -1 in places:
            return False
        leaves[places] = found
        return True


class Gradient(Mapping[str, float]):
    """Derivatives by the names of the leaves, which are read off one vector.

    Attributes
    ----------
    vector
        All of them, in the order of the names.
    """

    __slots__ = ("_place", "vector")

    def __init__(self, place: Mapping[str, int], vector: np.ndarray) -> None:
        self._place = place
        self.vector = vector

    def __getitem__(self, name: str) -> float:
        return self.vector.item(self._place[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def items(self) -> ItemsView[str, float]:
        """Return the names, each with its derivative."""
        return self._dict().items()

    def values(self) -> ValuesView[float]:
        """Return the derivatives in order."""
        return self._dict().values()

    def __repr__(self) -> str:
        return repr(self._dict())

    def _dict(self) -> dict[str, float]:
        return dict(zip(self._place, self.vector.tolist(), strict=True))
