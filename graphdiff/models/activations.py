"""The activations a layer may have: every function of the catalogue that is defined everywhere."""

from __future__ import annotations

from collections.abc import Callable

from graphdiff.errors import unknown
from graphdiff.language.expression import Expression, operation
from graphdiff.language.functions import ALIASES, NAMED
from graphdiff.language.functions.scalar_function import Function

IDENTITY = "identity"

THRESHOLDS: dict[str, Callable[[Expression], Expression]] = {
    "bipolar": lambda z: operation("where")(z > 0, 1, -1),
    "bipolar_step": lambda z: operation("where")(z >= 0, 1, -1),
    "strict_step": lambda z: operation("where")(z > 0, 1, 0),
}
"""Thresholds beside the catalogue's ``step``; they differ in their two values, and at 0."""


def _is_activation(function: Function) -> bool:
    """Whether it takes any real number, its other arguments having values by default."""
    alone = function.arity - len(function.defaults) == 1
    least, most = function.sample_domain[0]
    return alone and not function.selects and least <= -2 and most >= 2


ACTIVATIONS: tuple[str, ...] = (
    IDENTITY,
    *THRESHOLDS,
    *(name for name, function in NAMED.items() if _is_activation(function)),
)
"""Their names; ``"bipolar"`` is 1 where z > 0, else −1, ``"bipolar_step"`` where z ≥ 0;
``"strict_step"`` is 1 where z > 0, else 0, ``"step"`` where z ≥ 0."""


def activation(name: str) -> Callable[[Expression], Expression]:
    """Return the activation of a name, to be called on z.

    Raises
    ------
    UnknownNameError
        Naming the nearest there is.
    """
    name = checked_activation(name)
    if name == IDENTITY:
        return lambda z: z
    return THRESHOLDS.get(name) or operation(name)


def checked_activation(name: object) -> str:
    """Return the name of an activation, or say which there are."""
    found = ALIASES.get(name, name) if isinstance(name, str) else name
    if found not in ACTIVATIONS:
        raise unknown("activation", str(name), ACTIVATIONS)
    return str(found)
