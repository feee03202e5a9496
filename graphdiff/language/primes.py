"""Derivatives under the name of their function: tanh′(z), max′₁(a, b), and max′(x) of an array."""

from __future__ import annotations

import re

from graphdiff.errors import GraphError
from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.language.functions.tensor_function import TensorFunction

_PRIME = re.compile(r"'(?:_([0-9]+))?")

MAX_PRIMES = 5
"""Derivatives of derivatives, whose formulas grow with their order."""

Places = tuple[int | None, ...]
"""For each prime the argument it is the derivative in, from 1; None where none is said."""


def split(name: str) -> tuple[str, Places]:
    """Return a name without its primes, and these.

    Examples
    --------
    >>> split("max'_1'_2"), split("tanh''"), split("tanh")
    (('max', (1, 2)), ('tanh', (None, None)), ('tanh', ()))
    """
    bare, _, _ = name.partition("'")
    return bare, tuple(int(place) if place else None for place in _PRIME.findall(name))


def primed(applied: Expression, name: str, places: Places) -> Expression:
    """Return the derivative of a function where it is applied, in one argument after the other.

    Parameters
    ----------
    applied
        The function applied to its arguments: a map, or the largest entries of an array.
    name
        What it is called.
    places
        The arguments.

    Raises
    ------
    GraphError
        For a function whose derivative is no function of the same kind, an argument it has
        not, and too many primes.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> d = g.node("d", primed(gd.tanh(g.input("x", 0)), "tanh", (None,)))
    >>> d.formula, g.forward().value["d"]
    ("tanh'(x)", 1.0)
    """
    if len(places) > MAX_PRIMES:
        raise GraphError(f"{name} has {len(places)} primes, more than {MAX_PRIMES}")
    for place in places:
        if not isinstance(applied, Apply):
            raise GraphError(f"{name}' is of no function applied to an argument")
        applied = Apply(_prime(applied.function, name, place), applied.arguments)
    return applied


def _prime(function: object, name: str, place: int | None) -> Function | TensorFunction:
    if isinstance(function, TensorFunction) and function.prime is not None and place in (None, 1):
        return function.prime
    if not isinstance(function, Function):
        raise GraphError(
            f"{name}' is no function of the same arguments but a Jacobian; primes stand after "
            "functions that act entry by entry, and after max and min"
        )
    required = function.arity - len(function.defaults)
    if place is None and required > 1:
        both = " or ".join(f"{name}'_{k + 1}" for k in range(function.arity))
        raise GraphError(f"{name} has {function.arity} arguments; write {both} for one of them")
    if not 1 <= (place or 1) <= function.arity:
        raise GraphError(f"{name} has no argument {place}; it has {function.arity}")
    return prime(function, (place or 1) - 1)
