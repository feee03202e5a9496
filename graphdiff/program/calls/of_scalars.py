"""Calls of a graph of scalars: plain floats, one vector of all leaves, and samples row by row."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.program.arguments import FLOAT64
from graphdiff.program.calls.asked import Asked
from graphdiff.program.calls.of_arrays import FLOATS, ArrayCalls
from graphdiff.program.calls.programs import Programs
from graphdiff.program.packing import Gradient, LeafVector, Packing
from graphdiff.program.scalars import FloatProgram, ScalarProgram


class ScalarCalls:
    """Calls of a step whose leaves and output are scalars.

    Parameters
    ----------
    asked
        What the step is of.
    program
        The program for it.
    programs
        Where programs are kept; this one is tried first.
    general
        What computes with values that are no plain numbers.

    Attributes
    ----------
    floats
        The program as a function of plain floats, where it is one.
    """

    def __init__(
        self, asked: Asked, program: ScalarProgram, programs: Programs, general: ArrayCalls
    ) -> None:
        self._asked, self._program, self._general = asked, program, general
        self._arguments = asked.arguments
        self.floats: Any = None
        if isinstance(program, FloatProgram):
            self.floats = program.function(self._of_floats)
            programs.begin_with(FLOATS, self.floats, asked.source_of_scalars(program))
        else:
            programs.begin_with("vector", self._by_vector, asked.source_of_scalars(program))

    @cached_property
    def _leaves(self) -> LeafVector:
        """All leaves as one vector."""
        whole = all(type(value) is float for value in self._arguments.held.values())
        return LeafVector(self._arguments, self._asked.names, set() if whole else self._asked.used)

    def theta(self) -> np.ndarray | None:
        """Return the values held of the leaves of ``wrt``, None if one has none."""
        found = self._leaves.held[self._leaves.places]
        return None if np.isnan(found).any() else found

    # Plain floats

    def _of_floats(self, *values: Any) -> Any:
        """Compute what plain floats cannot, the values held as they were, samples among them."""
        defaults = self.floats.__defaults__ or ()
        by_dict = values and type(values[0]) is dict and self._has_plain_names
        if by_dict and all(map(operator.is_, values[1:], defaults[1:])):
            return self.floats(**values[0])
        held = self._arguments.held.values()
        triples = zip(values, defaults, held, strict=True)
        values = tuple(was if value is own else value for value, own, was in triples)
        if values and isinstance(values[0], Mapping):
            leaves = self._leaves.filled((self._general.by_name(values),), {})
            if leaves is not None:
                return self.floats(*leaves.tolist())
        return self._general(*values)

    @cached_property
    def _has_plain_names(self) -> bool:
        """Whether every leaf is called the same in the text of the program."""
        program = self._program
        return isinstance(program, FloatProgram) and program.arguments == self._arguments.names

    # One vector of all leaves

    def _by_vector(self, *values: Any, **named: Any) -> Any:
        leaves = self._leaves.filled(values, named)
        if leaves is None:
            return self._by_samples(*values, **named)
        value, gradient = self._program(leaves)
        if self._asked.form == "value":
            return value
        single = self._asked.single
        derived = gradient.item() if single else Gradient(self._place_in_wrt, gradient)
        return derived if self._asked.form == "gradient" else (value, derived)

    @cached_property
    def _place_in_wrt(self) -> Mapping[str, int]:
        return {name: k for k, name in enumerate(self._asked.names)}

    def _by_samples(self, *values: Any, **named: Any) -> Any:
        """Compute with values of any kind, samples among them, one row after the other."""
        names, bound = self._arguments.names, self._arguments.bound(values, named)
        given = dict(zip(names, bound, strict=True))
        checked = self._arguments.checked(given, self._asked.needed, self._asked.used)
        leaves = [checked.arrays.get(name, 0.0) for name in names]
        if not checked.samples:
            value, gradient = self._program(np.array(leaves, np.float64))
            return self._asked.arranged([value, *gradient.tolist()])
        rows = zip(*np.broadcast_arrays(*leaves), strict=True)
        pairs = [self._program(np.array(row, np.float64)) for row in rows]
        gradients = np.array([gradient for _, gradient in pairs]).T
        return self._asked.arranged([np.array([value for value, _ in pairs]), *gradients])

    # The leaves of wrt as a vector

    def flat(self, theta: np.ndarray, named: Mapping[str, Any]) -> tuple[float, np.ndarray]:
        """Return value and gradient, the leaves of ``wrt`` given as one vector of float64."""
        if not named and theta.dtype == FLOAT64 and theta.shape == self._shape_of_flat:
            return self._flat_of_floats(theta)
        if theta.shape != (len(self._asked.wrt),):
            Packing(self._asked.wrt).unpacked(theta)  # which says what is wrong
        leaves = self._leaves.filled((), named, theta)
        if leaves is None:
            leaves = self._filled_slowly(theta, named)
        if self.floats is None:
            return self._program(leaves)
        return self._vector_of_floats(leaves.tolist())

    @cached_property
    def _shape_of_flat(self) -> tuple[int] | None:
        """The shape of a vector that plain floats are called with, None where that cannot be."""
        complete = self.floats is not None and self._leaves.is_complete
        return (len(self._asked.wrt),) if complete else None

    def _flat_of_floats(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        leaves = self._held_floats.copy()
        if isinstance(self._leaves.places, slice):
            leaves[self._leaves.places] = theta.tolist()
        else:
            for place, number in zip(self._leaves.places.tolist(), theta.tolist(), strict=True):
                leaves[place] = number
        return self._vector_of_floats(leaves)

    @cached_property
    def _held_floats(self) -> list[float]:
        return self._leaves.held.tolist()

    def _vector_of_floats(self, leaves: list[float]) -> tuple[float, np.ndarray]:
        value, found = self.floats(*leaves)
        gradient = [found] if self._asked.single else [*found.values()]
        return float(value), np.array(gradient, np.float64)

    def _filled_slowly(self, theta: np.ndarray, named: Mapping[str, Any]) -> np.ndarray:
        """Return the vector of all leaves for any kind of values, or say which are wrong."""
        given = dict(zip(self._asked.names, theta.tolist(), strict=True))
        bound = self._arguments.bound((given,), named)
        values = dict(zip(self._arguments.names, bound, strict=True))
        checked = self._arguments.checked(values, self._asked.used, self._asked.used)
        if checked.samples:
            name = next(iter(checked.samples))
            raise GraphError(f"flat takes one value of {name!r}, no samples of it")
        return np.array([checked.arrays.get(name, np.nan) for name in values], np.float64)
