"""The arguments of a step: its leaves and vectors by name, and their values in order."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from graphdiff.errors import GraphError, quoted_list
from graphdiff.evaluation.floating import FLOAT64 as FLOAT64_NUMBERS
from graphdiff.graph import ComputationalGraph
from graphdiff.graph.checked_values import checked_value
from graphdiff.program.tape.simplify import known_sizes

Dtype = np.dtype[Any]
FLOAT32, FLOAT64 = np.dtype(np.float32), np.dtype(np.float64)


def _of_array(array: np.ndarray) -> float:
    if array.shape or array.dtype != FLOAT64:
        raise TypeError("samples, or a number of another type")
    return array.item()


AS_FLOAT: Mapping[type, Callable[[Any], float]] = {
    float: float, int: float, np.float64: float, np.int64: float, np.ndarray: _of_array,
}  # fmt: skip
"""What makes a float of a number that is computed with in float64, by its type."""


def floats_of(values: Collection[Any]) -> np.ndarray | None:
    """Return numbers as a vector of float64, None if one is something else."""
    kinds = set(map(type, values))
    try:
        if not kinds <= AS_FLOAT.keys():
            return None
        if np.ndarray in kinds:
            return np.array([AS_FLOAT[type(value)](value) for value in values])
        return np.fromiter(values, np.float64, len(values))
    except (TypeError, OverflowError):
        return None


class Checked(NamedTuple):
    """Values as a program takes them: arrays of its type, and which are samples."""

    dtype: Dtype
    arrays: dict[str, Any]
    samples: dict[str, int]


class Arguments:
    """The arguments of a step.

    Parameters
    ----------
    graph
        The graph whose leaves are the arguments.
    vectors
        Tangents or a cotangent that come after them, with their shapes.
    vector
        What a tangent or cotangent is called that has a part for each of several leaves.
    dtype
        The type of number, or None where it follows from the values.
    """

    def __init__(
        self,
        graph: ComputationalGraph,
        vectors: Mapping[str, tuple[int, ...]],
        vector: str | None = None,
        dtype: Dtype | None = None,
    ) -> None:
        for name in vectors:
            if name in graph:
                raise GraphError(
                    f"the graph has a node {name!r}, which this form calls a vector; rename the "
                    "node"
                )
        self._graph = graph
        self.vectors = dict(vectors)
        self._vector = vector
        self._dtype = dtype
        self.held: dict[str, Any] = {leaf.name: _held(leaf.value) for leaf in graph.leaves}
        self.held.update(dict.fromkeys(vectors))
        self.names = tuple(self.held)

    def shape(self, name: str) -> tuple[int, ...]:
        """Return the shape of one value of an argument."""
        if name in self.vectors:
            return self.vectors[name]
        return known_sizes(self._graph[name].shape, name)

    def bound(self, values: Sequence[Any], named: Mapping[Any, Any]) -> list[Any]:
        """Return the value of each argument in order, those left out as they were built.

        Raises
        ------
        GraphError
            For an unknown name, a node that is computed, too many values, and two for one leaf.
        """
        given: dict[Any, Any] = {}
        by_keyword = {self._of_keyword(name): value for name, value in named.items()}
        if len(values) == 1 and isinstance(values[0], Mapping):
            given.update(values[0])
        elif len(values) > len(self.names):
            raise GraphError(
                f"the step takes {len(self.names)} values, {quoted_list(list(self.names))}, but "
                f"was given {len(values)}"
            )
        else:
            given.update(zip(self.names, values, strict=False))
            twice = [name for name in given if name in by_keyword]
            if twice:
                raise GraphError(f"{twice[0]!r} is given by position and by keyword; give it once")
        bound = dict(self.held)
        for key, value in {**given, **by_keyword}.items():
            bound.update(self._named(key, value))
        return list(bound.values())

    @cached_property
    def by_keyword(self) -> Mapping[str, list[str]]:
        """The names that Python reads as each keyword."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(unicodedata.normalize("NFKC", name), []).append(name)
        return found

    def _of_keyword(self, keyword: Any) -> Any:
        """Return the name that a keyword stands for: Python reads ``ℓ=3`` as ``l=3``."""
        alike = self.by_keyword.get(keyword, ())
        if len(alike) > 1:
            raise GraphError(
                f"Python reads {quoted_list(alike)} alike as the keyword {keyword}; "
                f"write {{{alike[0]!r}: …}}"
            )
        return alike[0] if alike else keyword

    def _named(self, key: Any, value: Any) -> Mapping[str, Any]:
        """Return values by argument: of a leaf, of a vector, or of one with several parts."""
        if isinstance(key, str) and key in self.vectors:
            return {key: value}
        if key == self._vector and isinstance(value, Mapping):
            return self._parts(value)
        node = self._graph[key]
        if not node.is_leaf:
            raise GraphError(
                f"{node.name!r} is computed as {node.formula}; give values to leaves only"
            )
        return {node.name: value}

    def _parts(self, vector: Mapping[Any, Any]) -> dict[str, Any]:
        """Return the arguments that are the parts of a vector, given by leaf."""
        parts: dict[str, Any] = {}
        for key, part in vector.items():
            name = f"{self._vector}_{self._graph[key].name}"
            if name not in self.vectors:
                wanted = [vector.removeprefix(f"{self._vector}_") for vector in self.vectors]
                raise GraphError(
                    f"the step has no {self._vector} of {self._graph[key].name!r}; it has "
                    f"those of {quoted_list(wanted)}"
                )
            parts[name] = part
        return parts

    def checked(
        self, values: Mapping[str, Any], needed: Collection[str], used: Collection[str]
    ) -> Checked:
        """Return the values as arrays of one type.

        Parameters
        ----------
        needed
            The arguments that must have a value.
        used
            Those that say whether there are samples: all that the output depends on.

        Raises
        ------
        GraphError
            For a missing value, one of another shape, samples whose numbers differ.
        """
        missing = [name for name in self.names if values[name] is None and name in needed]
        if missing:
            raise GraphError(
                f"no value for {quoted_list(missing)}; give it when building the graph, or to "
                f"the step: {missing[0]}=1"
            )
        dtype = self._dtype or self._dtype_of(values)
        arrays = {
            name: self.array(name, values[name], dtype)
            for name in self.names
            if name in used and values[name] is not None
        }
        samples = {
            name: len(array)
            for name, array in arrays.items()
            if np.ndim(array) > len(self.shape(name))
        }
        if len(set(samples.values())) > 1:
            counts = ", ".join(f"{name!r} has {count}" for name, count in samples.items())
            raise GraphError(f"all samples must be equally many, but {counts}")
        return Checked(dtype, arrays, samples)

    def _dtype_of(self, values: Mapping[str, Any]) -> Dtype:
        """Return float32 if every array given at the call is of it, else float64."""
        given = [
            value.dtype
            for name, value in values.items()
            if isinstance(value, np.ndarray) and value is not self.held[name]
        ]
        return FLOAT32 if given and all(dtype == FLOAT32 for dtype in given) else FLOAT64

    def array(self, name: str, value: Any, dtype: Dtype) -> Any:
        """Return a value as a program takes it: an array of its type, or a number."""
        shape = self.shape(name)
        if isinstance(value, np.ndarray | np.generic) and value.dtype in (FLOAT32, FLOAT64):
            array = np.asarray(value)
        elif type(value) is float:
            array = np.float64(value)
        else:
            found = checked_value(value, shape, self._described(name))
            array = FLOAT64_NUMBERS.number(found)
        if array.shape not in (shape, (*array.shape[:1], *shape)) or 0 in array.shape:
            checked_value(array, shape, self._described(name))  # which says what is wrong
        array = np.asarray(array, dtype)
        return array if array.shape else array[()]

    def _described(self, name: str) -> str:
        if name in self.vectors:
            return f"the {name}"
        return f"the value of {self._graph[name].kind} {name!r}"


def _held(value: Any) -> Any:
    if value is None:
        return None
    array = FLOAT64_NUMBERS.number(value)
    return array if array.shape else float(array)
