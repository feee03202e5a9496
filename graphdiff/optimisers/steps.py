"""The lines of a rule computed, each from what is known and those above it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.values import value_of
from graphdiff.optimisers.rule import RATE, Assignment, Formula

Ask = Callable[[str, Mapping[str, Array]], Array]
"""What answers a rule that asks for more than the gradient."""

Put = Callable[[str, Array], Array]
"""What puts another value in the place of one that was computed, by its name."""


@dataclass(frozen=True)
class Stepped:
    """What a step of a rule has found.

    Attributes
    ----------
    lines
        Of each line of the rule the name it assigns, and the value; None where its condition was
        false.
    asked
        What the rule has asked for, by name.
    rate
        The learning rate, or the length of the step.
    """

    lines: tuple[tuple[str, Array | None], ...]
    asked: Mapping[str, Array]
    rate: Array

    @property
    def assigned(self) -> dict[str, Array]:
        """The new values by name."""
        return {name: value for name, value in self.lines if value is not None}


def computed(
    arithmetic: Arithmetic,
    lines: tuple[Assignment, ...],
    known: Mapping[str, Array],
    ask: Ask | None = None,
    put: Put | None = None,
) -> Stepped:
    """Compute lines, each from what is known and those above it.

    Raises
    ------
    NumericalError
        For a line that gives no finite numbers, with the matrix where one is singular.
    """
    values, asked = dict(known), dict[str, Array]()
    ask = ask or _nothing

    def at(formula: Formula) -> Array:
        for name in formula.arguments:
            if name not in values:
                values[name] = asked[name] = ask(name, values)
        arguments = [values[name] for name in formula.arguments]
        with arithmetic.guard():
            value = value_of(arithmetic, formula.function, arguments)
            return arithmetic.settled(value) if np.ndim(value) else plain(value)

    found: list[tuple[str, Array | None]] = []
    for line in lines:
        value = at(line.formula) if line.condition is None or at(line.condition) else None
        if value is not None and not arithmetic.is_finite(value):
            raise _not_finite(line)
        if value is not None and put is not None:
            value = put(line.name, value)
        if value is not None:
            values[line.name] = value
        found.append((line.name, value))
    return Stepped(tuple(found), asked, values.get(RATE))


def _nothing(name: str, _: Mapping[str, Array]) -> Array:
    raise GraphError(f"nothing is known of {name!r} here")


def _not_finite(line: Assignment) -> NumericalError:
    said = f"{line.name} = {line.written}"
    matrix = re.search(r"solve\(([^,]+),", line.written)
    if matrix is None:
        return NumericalError(f"{said} is not finite; take a smaller learning rate")
    return NumericalError(
        f"{said} has no value: {matrix[1].removesuffix(' + lambda*I')} is singular, or nearly; "
        "take damping, such as damping=0.01, or another method"
    )


def plain(value: Array) -> Array:
    """Return a number of NumPy as one of Python."""
    return value.item() if isinstance(value, np.floating | np.ndarray) else value
