"""The catalogue: every function by name. Declarations live in this folder's modules."""

from __future__ import annotations

import copyreg
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from graphdiff.errors import GraphError, unknown
from graphdiff.language.functions import (
    activations,
    arithmetic,
    comparisons,
    elementary,
    kinks,
    rounding,
)
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.language.functions.scalar_function import Function


def _by_name(*groups: tuple[Function, ...]) -> Mapping[str, Function]:
    catalogue: dict[str, Function] = {}
    for function in (function for group in groups for function in group):
        if function.name in catalogue:
            raise RuntimeError(f"the function {function.name!r} is declared twice")
        catalogue[function.name] = function
    return MappingProxyType(catalogue)


OPERATORS = _by_name(arithmetic.FUNCTIONS, comparisons.COMPARISONS)
"""Functions written as operators, by name."""

NAMED = _by_name(
    elementary.FUNCTIONS, kinks.FUNCTIONS, rounding.FUNCTIONS, activations.FUNCTIONS,
    comparisons.FUNCTIONS,
)  # fmt: skip
"""Functions called by name in expressions."""

CATALOGUE: Mapping[str, Function] = MappingProxyType({**OPERATORS, **NAMED})
"""All of them: the registry the tests walk."""

ALIASES: Mapping[str, str] = MappingProxyType({**elementary.ALIASES, **activations.ALIASES})
"""Other names for the same functions (``ln`` for ``log``)."""


def named(name: str) -> Function:
    """Return the catalogue function called so in expressions.

    Raises
    ------
    UnknownNameError
        With the nearest name that exists.
    """
    function = NAMED.get(ALIASES.get(name, name))
    if function is None:
        raise unknown("function", name, [*NAMED, *ALIASES])
    return function


def _of_name(name: str) -> Function:
    return CATALOGUE[name]


def _pickled(function: Function) -> tuple[Any, ...]:
    """Return how a function is found again in another process: by its name."""
    if CATALOGUE.get(function.name) is function:
        return _of_name, (function.name,)
    if function.of is not None:
        return prime, function.of
    raise GraphError(
        f"{function.name!r} is a function of your own, whose formula is Python code, so what uses "
        "it cannot be pickled or sent to another process; build it there"
    )


copyreg.pickle(Function, _pickled)
