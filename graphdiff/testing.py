"""Checks for functions and graphs of your own, against finite differences.

The differences are taken of the forward map, to many digits, so that they are good to
some twenty places and a wrong derivative cannot hide behind rounding.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff import quantity
from graphdiff.arithmetic import FLOAT64, Multiprecision, value_of
from graphdiff.expression import Operation
from graphdiff.functions import Function
from graphdiff.functions.kinks import with_declared_kinks
from graphdiff.graph import ComputationalGraph, Node, checked_number
from graphdiff.local import Formal, LocalFunction, Step
from graphdiff.sweeps import forward, reverse

DIGITS = 60
STEP = mpmath.mpf(10) ** -20
AGREE = mpmath.mpf(10) ** -15
FLOAT_AGREE = 1e-9


def check_function(function: Operation | Function, *, points: int = 20, seed: int = 0) -> None:
    """Check a function's derivatives and kernel at random points of its domain.

    First and second partial derivatives are compared with central differences of the
    formula; the NumPy kernel with the formula; float64 derivatives with exact ones; and
    at each declared kink the derivative must be the one declared, and lie between the
    one-sided slopes where the function is continuous.

    Parameters
    ----------
    function
        What :func:`graphdiff.function` returned, or a function of the catalogue.
    points
        How many random points to check.
    seed
        For the points.

    Raises
    ------
    AssertionError
        Naming the derivative, the point and both numbers.

    Examples
    --------
    >>> import graphdiff as gd
    >>> check_function(gd.function("cube", lambda t: t**3))
    """
    declared = function.function if isinstance(function, Operation) else function
    local = as_local(declared)
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    kinks = [tuple(map(_exact, point)) for point in declared.kinks]
    checked = 0
    for _ in range(20 * points):
        at = [_between(generator, low, high) for low, high in declared.sample_domain]
        if tuple(at) not in kinks:
            _check_at(declared, local, at)
            checked += 1
        if checked == points:
            break
    for point, partials in declared.kinks.items():
        _check_kink(declared, local, list(map(_exact, point)), list(map(_exact, partials)))


def as_local(function: Function) -> LocalFunction:
    """Return the local function f(a_0, a_1, …) that applies one function."""
    formals = tuple(Formal(slot) for slot in range(function.arity))
    step = Step(function, tuple(range(function.arity)))
    return LocalFunction((*formals, step), function.arity)


def _check_at(function: Function, local: LocalFunction, at: list[sp.Expr]) -> None:
    arithmetic = Multiprecision(DIGITS)
    exact = [arithmetic.number(value) for value in at]
    floats = [FLOAT64.number(value) for value in at]
    where = f"{function.name}({', '.join(f'{float(value):.6g}' for value in at)})"
    value = value_of(arithmetic, local, exact)
    with FLOAT64.guard():
        _close(f"the kernel of {where}", value_of(FLOAT64, local, floats), value, FLOAT_AGREE)
    for slot in range(function.arity):
        name = f"the derivative of {where} in argument {slot + 1}"
        derived = _numeric(arithmetic, local, local.derivative(slot), exact)
        _close(
            name, derived, _slope(arithmetic, lambda a: value_of(arithmetic, local, a), exact, slot)
        )
        with FLOAT64.guard():
            _close(
                f"{name} in float64", FLOAT64.partial(local, slot)(*floats), derived, FLOAT_AGREE
            )
        for other in range(function.arity):
            second = with_declared_kinks(local.derivative(slot).diff(local.formals[other]))
            found = _numeric(arithmetic, local, second, exact)
            slope = _slope(
                arithmetic,
                lambda a, slot=slot: _numeric(arithmetic, local, local.derivative(slot), a),
                exact,
                other,
            )
            _close(f"the second derivative of {where} in {slot + 1}, {other + 1}", found, slope)


def _check_kink(
    function: Function, local: LocalFunction, at: list[sp.Expr], partials: list[sp.Expr]
) -> None:
    arithmetic = Multiprecision(DIGITS)
    exact = [arithmetic.number(value) for value in at]
    floats = [FLOAT64.number(value) for value in at]
    where = f"the kink {function.name}({', '.join(map(str, at))})"
    value = value_of(arithmetic, local, exact)
    with FLOAT64.guard():
        _close(f"the kernel at {where}", value_of(FLOAT64, local, floats), value, FLOAT_AGREE)
    for slot, partial in enumerate(partials):
        name = f"the derivative at {where} in argument {slot + 1}"
        derived = _numeric(arithmetic, local, local.derivative(slot), exact)
        _close(f"{name}, declared as {partial},", derived, arithmetic.number(partial))
        with FLOAT64.guard():
            _close(
                f"{name} in float64", FLOAT64.partial(local, slot)(*floats), derived, FLOAT_AGREE
            )
        left, right = (
            value_of(arithmetic, local, _moved(exact, slot, step)) for step in (-STEP, STEP)
        )
        if max(abs(left - value), abs(right - value)) < mpmath.mpf(10) ** -10:
            slopes = sorted([(value - left) / STEP, (right - value) / STEP])
            if not slopes[0] - AGREE <= derived <= slopes[1] + AGREE:
                raise AssertionError(
                    f"{name} is {_shown(derived)}, outside the one-sided slopes "
                    f"{_shown(slopes[0])} and {_shown(slopes[1])}"
                )


def check_graph(
    graph: ComputationalGraph,
    output: Node | str | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    wrt: Sequence[Node | str] | None = None,
) -> None:
    """Check the reverse sweep of a graph against central differences of its forward sweep.

    Parameters
    ----------
    graph, output, values
        What to differentiate, and where; values given at building are used otherwise.
    wrt
        The leaves to check; left out, all.

    Raises
    ------
    AssertionError
        Naming the leaf and both numbers.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w = g.input("x", 2), g.parameter("w", 0.5)
    >>> z = g.node("z", gd.tanh(w * x) * x)
    >>> check_graph(g)
    """
    arithmetic = Multiprecision(DIGITS)
    n = graph.output if output is None else graph[output]
    given = {leaf.name: leaf.value for leaf in graph.leaves} | dict(values or {})
    at = {
        name: arithmetic.number(checked_number(value, f"the value of {name!r}"))
        for name, value in given.items()
    }
    point = _Mpmath(arithmetic.digits)
    P, _ = reverse(graph, n, forward(graph, at, point), point)
    for leaf in graph.leaves if wrt is None else map(graph.__getitem__, wrt):
        slope = _slope(
            arithmetic,
            lambda moved, leaf=leaf: forward(graph, {**at, leaf.name: moved[0]}, point)[n.name],
            [at[leaf.name]],
            0,
        )
        found = P[leaf.name][0, 0] if leaf.name in P else mpmath.mpf(0)
        _close(f"d{n.name}/d{leaf.name}", found, slope)


class _Mpmath(Multiprecision):
    """Multiprecision on leaf values that are mpmath numbers already."""

    def number(self, value: Any) -> Any:
        return value if isinstance(value, mpmath.mpf) else super().number(value)


def _numeric(
    arithmetic: Multiprecision, local: LocalFunction, formula: sp.Expr, at: Sequence[Any]
) -> Any:
    return arithmetic.formula(local.formals, formula)(*at)


def _slope(arithmetic: Multiprecision, of: Any, at: Sequence[Any], slot: int) -> Any:
    with arithmetic.guard():
        return (of(_moved(at, slot, STEP)) - of(_moved(at, slot, -STEP))) / (2 * STEP)


def _moved(at: Sequence[Any], slot: int, step: Any) -> list[Any]:
    with mpmath.workdps(DIGITS):
        return [value + step if k == slot else value for k, value in enumerate(at)]


def _close(what: str, found: Any, expected: Any, tolerance: Any = AGREE) -> None:
    found, expected = (mpmath.mpf(np.asarray(v).item()) for v in (found, expected))
    if not abs(found - expected) <= tolerance * max(1, abs(expected)):
        raise AssertionError(f"{what} is {_shown(found)}, but should be {_shown(expected)}")


def _shown(value: Any) -> str:
    return mpmath.nstr(value, 12)


def _exact(value: Any) -> sp.Expr:
    return quantity.exact(value)


def _between(generator: random.Random, low: float, high: float) -> sp.Expr:
    steps = generator.randrange(1, 9973)
    return sp.Rational(str(low)) + (sp.Rational(str(high)) - sp.Rational(str(low))) * steps / 9973


__all__ = ["check_function", "check_graph"]
