"""What an arithmetic is: it computes functions and derivatives in one kind of number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import lru_cache, partial, wraps
from typing import Any

import numpy as np

from graphdiff.errors import GraphdiffError
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction

CACHED = 10_000
"""Compiled formulas kept."""

Array = Any
"""A float64 array, an object array of exact numbers, or one such number."""

Rule = Callable[..., Array]
"""What computes a function of numbers."""


class Arithmetic(ABC):
    """What the sweeps need of a kind of number.

    Attributes
    ----------
    repeats
        Whether it computes the same each time and is there for long: programs in it are kept.
    """

    repeats: bool

    @abstractmethod
    def number(self, value: Any) -> Array:
        """Return a leaf's value in this kind of number."""

    @abstractmethod
    def apply(self, function: Function) -> Callable[..., Array]:
        """Return what computes a catalogue function."""

    @abstractmethod
    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        """Return what computes ∂f/∂a_slot from the arguments."""

    @abstractmethod
    def is_finite(self, value: Array) -> bool:
        """Whether every entry is a finite real number."""

    @abstractmethod
    def guard(self) -> Any:
        """Return the context manager to compute in."""

    def share(self, many: int) -> Array:
        """Return what each of so many entries that tie has of the derivative of the largest."""
        return self.number(1) / self.number(many)

    def settled(self, value: Array) -> Array:
        """Return the value of a function of tensors, its numbers in their simplest form."""
        return value

    def checked(self, value: Array) -> Array:
        """Return the value of a node or P, if its numbers have not outgrown their kind."""
        return value


def once(make: Callable[..., Rule]) -> Callable[..., Rule]:
    """Have a method of an arithmetic make the rule of each function once."""
    name = f"_made_by_{make.__qualname__}"

    @wraps(make)
    def made(self: Any, *of: Any) -> Rule:
        rules = self.__dict__.get(name)
        if rules is None:
            rules = self.__dict__[name] = lru_cache(maxsize=CACHED)(partial(make, self))
        return rules(*of)

    return made


def entrywise(compute: Callable[..., Any]) -> Callable[..., Array]:
    """Return a function of numbers as one of arrays (``np.frompyfunc`` ends at 63 arguments)."""

    def on_arrays(*arguments: Array) -> Array:
        if not any(isinstance(argument, np.ndarray | np.generic) for argument in arguments):
            return compute(*arguments)
        shape = np.broadcast_shapes(*map(np.shape, arguments))
        if not shape:
            return compute(*(np.asarray(argument, object).item() for argument in arguments))
        columns = (np.broadcast_to(argument, shape).flat for argument in arguments)
        result = np.empty(shape, object)
        result.ravel()[:] = [compute(*row) for row in zip(*columns, strict=True)]
        return result

    return on_arrays


def never_raising(compute: Callable[..., Any], failed: Any) -> Callable[..., Any]:
    """Return a function that gives ``failed`` where numbers have no answer (1/0, log 0)."""

    def attempt(*arguments: Any) -> Any:
        try:
            return compute(*arguments)
        except GraphdiffError:
            raise
        except (ArithmeticError, ValueError, TypeError, MemoryError):
            return failed

    return attempt
