"""The forward sweep of a graph, operation by operation, at several settings at once.

The first axis of each array is that of the settings: the given point, with the page's own numbers
put in, or random points to tell formulas apart. The second axis is that of the rows of P.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from graphdiff.checking.faults.effort import Work
from graphdiff.checking.faults.operations import Operation, Operations, operations
from graphdiff.checking.points import Point
from graphdiff.checking.targets import quantity
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.graph import Node

Array = Any


class ForwardSweep:
    """The values of a graph at some settings.

    Parameters
    ----------
    settings
        The points, in float64, perhaps with lines of a page put in.

    Attributes
    ----------
    values
        Of each operation, by its place.
    work
        How much was computed so far.
    lead
        The length of the first axis, where it is not 1.
    """

    def __init__(self, settings: Sequence[Point]) -> None:
        self.settings = tuple(settings)
        self.work = Work()
        self.lead = len(self.settings)
        self.operations: Operations = operations(self.settings[0].graph)
        self.values: list[Array] = []
        self._altered = frozenset[int]()
        self._overlays: dict[Any, list[tuple[int, Any, Array]]] = {}
        with np.errstate(all="ignore"):
            for operation in self.operations:
                self.values.append(self._said(operation, self._value(operation)))

    def _value(self, operation: Operation) -> Array:
        """Return the value of an operation, given those before it."""
        if operation.number is not None:
            return np.full((1, 1, *operation.shape), operation.number)
        if operation.function is not None:
            return self.applied(operation, [self.values[k] for k in operation.arguments])
        if operation.arguments:
            return self.values[operation.arguments[0]]
        assert operation.node is not None  # noqa: S101 - a leaf
        found: dict[int, Array] = {}  # settings with other lines have the same leaves
        for point in self.settings:
            if id(point.leaves) not in found:
                found[id(point.leaves)] = _leaf(point, operation.node)
        return np.stack([found[id(point.leaves)] for point in self.settings])[:, None]

    def applied(self, operation: Operation, arguments: Sequence[Array]) -> Array:
        """Return an operation applied to other values."""
        assert operation.function is not None  # noqa: S101 - asked for of those
        found = np.asarray(value_of(FLOAT64, operation.function, arguments), np.float64)
        self.work.add(operation.work * (found.size // max(1, operation.size)))
        lead = found.ndim - len(operation.shape)
        return found if lead == 2 else found.reshape((1,) * (2 - lead) + found.shape)

    def _said(self, operation: Operation, value: Array) -> Array:
        """Return a value with what the settings say of its node."""
        node = operation.node
        if node is None:
            return value
        return self._put(value, quantity(node), node.name)

    def _put(self, value: Array, known_as: Any, supposed: str = "") -> Array:
        """Return a quantity with what lines of the page, or a supposition, say of it.

        There may be several times as many values as settings, those of each setting in turn.
        """
        key = known_as, supposed
        if key not in self._overlays:
            self._overlays[key] = list(self._overlaid(known_as, supposed))
        if not self._overlays[key]:
            return value
        lead = self.lead if len(value) == 1 else len(value)
        value = np.array(np.broadcast_to(value, (lead, *value.shape[1:])), order="C")
        in_rows = value.reshape((-1, len(self.settings), math.prod(value.shape[1:])))
        for k, places, said in self._overlays[key]:
            in_rows[:, k, places] = said
        return value

    def _overlaid(self, known_as: Any, supposed: str) -> Iterator[tuple[int, Any, Array]]:
        """Yield what settings say of a quantity: which, of which entries, and their numbers."""
        for k in self._supposing.get(supposed, ()):
            point = self.settings[k]
            yield k, slice(None), np.ravel(_leaf(point, point.graph[supposed]))
        for k in self._claiming.get(known_as, ()):
            for places, said in self.settings[k].sayings(known_as):
                numbers = np.ravel(np.asarray(said, np.float64))
                yield k, slice(None) if places is None else places, numbers

    @cached_property
    def _claiming(self) -> Mapping[Any, list[int]]:
        """The settings in which lines of the page say a quantity."""
        return _places(point.claimed for point in self.settings)

    @cached_property
    def _supposing(self) -> Mapping[str, list[int]]:
        """The settings in which a computed node has a value of its own, by its name."""
        leaves = {node.name for node in self.operations.graph.leaves}
        return _places(point.leaves.keys() - leaves for point in self.settings)

    def given(self, name: str) -> Array:
        """Return the value of a node."""
        return self.values[self.operations.of_node[name]]

    def arguments(self, operation: Operation) -> list[Array]:
        """Return what an operation is applied to."""
        return [self.values[k] for k in operation.arguments]

    def with_values(
        self, changed: Mapping[int, Callable[[Self], Array]], upto: int | None = None
    ) -> Self:
        """Return the sweep with some values computed in another way, and what follows.

        Parameters
        ----------
        upto
            The place of the last operation whose value is needed; of all if left out.
        """
        other = self.unaltered_copy()
        touched = frozenset[int]().union(*map(self.operations.after, changed))
        for place in sorted(touched):
            if upto is not None and place > upto:
                break
            operation = self.operations[place]
            if place in changed:
                other.values[place] = changed[place](other)
            else:
                other.values[place] = other._said(operation, other._value(operation))
        other._altered = touched
        return other

    def unaltered_copy(self) -> Self:
        """Return the same sweep, for values to be put into it."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, values=list(self.values), _altered=frozenset())
        return other


def _places(each: Iterable[Iterable[Any]]) -> dict[Any, list[int]]:
    """Return for all that is somewhere among others the places where it is."""
    found: dict[Any, list[int]] = {}
    for k, several in enumerate(each):
        for one in several:
            found.setdefault(one, []).append(k)
    return found


def _leaf(point: Point, node: Node) -> Array:
    """Return the value of a leaf in float64; not a number where it has none."""
    if node.name not in point.leaves:
        return np.full(node.shape, np.nan)
    return np.broadcast_to(np.asarray(point.leaf(node.name), np.float64), node.shape)
