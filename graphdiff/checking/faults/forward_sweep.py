"""The forward sweep of a graph, operation by operation, at several settings at once.

The first axis of each array is that of the settings: the given point, with the page's own numbers
put in, or random points to tell formulas apart. The second axis is that of the rows of P.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from graphdiff.checking.faults.effort import Work
from graphdiff.checking.faults.operations import Operation, Operations, operations
from graphdiff.checking.points import Point
from graphdiff.checking.targets import quantity
from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.graph import Node
from graphdiff.language.shapes import Shape

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
    """

    def __init__(self, settings: Sequence[Point]) -> None:
        self.settings = tuple(settings)
        self.work = Work()
        self.operations: Operations = operations(self.settings[0].graph)
        self.values: list[Array] = []
        self._altered = frozenset[int]()
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
        found = [_leaf(point, operation.node) for point in self.settings]
        return np.stack(found)[:, None]

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
        """Return a quantity with what lines of the page, or a supposition, say of it."""
        claiming, supposing = self._claiming.get(known_as, ()), self._supposing.get(supposed, ())
        if not claiming and not supposing:
            return value
        many = len(self.settings)
        value = np.repeat(value, many, axis=0) if len(value) == 1 < many else np.array(value)
        for k in supposing:
            point = self.settings[k]
            value[k] = np.asarray(_leaf(point, point.graph[supposed]))
        shape = value.shape[1:]
        for k in claiming:
            whole = np.reshape(value[k], _whole(shape))
            value[k] = np.reshape(np.asarray(self.settings[k].put(whole, known_as)), shape)
        return value

    @cached_property
    def _claiming(self) -> Mapping[Any, list[int]]:
        """The settings in which lines of the page say a quantity."""
        return _places(point.claimed for point in self.settings)

    @cached_property
    def _supposing(self) -> Mapping[str, list[int]]:
        """The settings in which a node has a value of its own, by its name."""
        return _places(point.leaves for point in self.settings)

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
        other = self._unaltered_copy()
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

    def _unaltered_copy(self) -> Self:
        """Return the same sweep, for values to be put into it."""
        other = copy.copy(self)
        other.values, other._altered = list(self.values), frozenset()
        return other


def _places(each: Iterable[Iterable[Any]]) -> dict[Any, list[int]]:
    """Return for all that is somewhere among others the places where it is."""
    found: dict[Any, list[int]] = {}
    for k, several in enumerate(each):
        for one in several:
            found.setdefault(one, []).append(k)
    return found


def _whole(shape: Iterable[int]) -> Shape:
    """Return a shape without the axis of rows, if that is of one."""
    first, *rest = shape
    return tuple(rest) if first == 1 else (first, *rest)


def _leaf(point: Point, node: Node) -> Array:
    """Return the value of a leaf in float64; not a number where it has none."""
    if node.name not in point.leaves:
        return np.full(node.shape, np.nan)
    return np.broadcast_to(np.asarray(point.leaf(node.name), np.float64), node.shape)
