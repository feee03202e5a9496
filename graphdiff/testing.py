"""Checks for functions and graphs of your own, against finite differences.

The differences are taken of the forward map, to many digits, so that they are good to
some twenty places and a wrong derivative cannot hide behind rounding.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.leaf_values import checked_values
from graphdiff.evaluation.multiprecision import Multiprecision
from graphdiff.evaluation.sweeps import forward, reverse
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import quantity, shapes
from graphdiff.language.expression import Operation, as_expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import Formal, Instruction, LocalFunction
from graphdiff.local_functions.pullback import pullback

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
    step = Instruction(function, tuple(range(function.arity)))
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
        with arithmetic.guard():
            left, right = (
                value_of(arithmetic, local, _moved(exact, slot, step)) for step in (-STEP, STEP)
            )
            slopes = sorted([(value - left) / STEP, (right - value) / STEP])
        jumps = max(abs(left - value), abs(right - value)) >= mpmath.mpf(10) ** -10
        if not (jumps or slopes[0] - AGREE <= derived <= slopes[1] + AGREE):
            raise AssertionError(
                f"{name} is {_shown(derived)}, outside the one-sided slopes "
                f"{_shown(slopes[0])} and {_shown(slopes[1])}"
            )


def check_tensors(
    function: Callable[..., Any],
    *shapes: Shape,
    domain: tuple[float, float] = (0.2, 1.5),
    points: int = 2,
    seed: int = 0,
) -> None:
    """Check a function of tensors at random points: its kernel, first and second derivatives.

    The value in float64 is compared with that of the definition to many digits, the reverse
    sweep and the sweep of the gradient as a graph of its own with central differences.

    Parameters
    ----------
    function
        From nodes to an expression, such as ``gd.softmax``.
    *shapes
        The shapes of its arguments.
    domain
        The interval to sample entries from.
    points
        How many random points to check.
    seed
        For the points.

    Raises
    ------
    AssertionError
        Naming the derivative and both numbers.

    Examples
    --------
    >>> import graphdiff as gd
    >>> check_tensors(lambda W, x: gd.softmax(W @ x), (2, 3), (3,))
    """
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    for _ in range(points):
        graph = ComputationalGraph()
        for k, shape in enumerate(shapes):
            graph.parameter(f"a_{k}", _filled(shape, lambda: _between(generator, *domain)))
        f = graph.node("f", function(*graph.leaves))
        _check_floats(graph, f)
        check_graph(graph, f)
        cotangent = _filled(f.shape, lambda: _between(generator, -1, 1))
        for leaf in graph.leaves:
            gradient = _gradient_graph(function, graph, leaf, cotangent)
            if gradient is not None:
                check_graph(gradient, wrt=gradient.parameters)


def _filled(shape: Shape, entry: Callable[[], sp.Expr]) -> Any:
    values = np.empty(shape, object)
    for place in np.ndindex(*shape):
        values[place] = entry()
    return values if shape else values.item()


def _check_floats(graph: ComputationalGraph, f: Node) -> None:
    """Compare float64 with many digits: the value, and every derivative."""
    point = _Mpmath(DIGITS)
    values = {leaf.name: leaf.value for leaf in graph.leaves}
    u, exact = (forward(graph, values, arithmetic) for arithmetic in (FLOAT64, point))
    _close_entries("f in float64", np.asarray(u[f.name]), np.asarray(exact[f.name]), FLOAT_AGREE)
    P, many = reverse(graph, f, u)[0], reverse(graph, f, exact, point)[0]
    for leaf in graph.leaves:
        if leaf.name in P:
            what = f"df/d{leaf.name} in float64"
            _close_entries(what, P[leaf.name], many[leaf.name], FLOAT_AGREE)


def _gradient_graph(
    function: Callable[..., Any], graph: ComputationalGraph, wrt: Node, cotangent: Any
) -> ComputationalGraph | None:
    """Return a graph whose node is Σ_I c_I ∂f_I/∂a for a fixed c; None where f has no a."""
    result = ComputationalGraph()
    leaves = [result.parameter(leaf.name, leaf.value) for leaf in graph.leaves]
    c = result.input("c", cotangent)
    (back,) = pullback(as_expression(function(*leaves)), c, [result[wrt.name]])
    if back is None:
        return None
    result.node(f"gradient_of_{wrt.name}", back)
    return result


def check_graph(
    graph: ComputationalGraph,
    output: Node | str | None = None,
    values: Mapping[str, Any] | None = None,
    *,
    wrt: Sequence[Node | str] | None = None,
    entries: int = 20,
    seed: int = 0,
) -> None:
    """Check the reverse sweep of a graph against central differences of its forward sweep.

    Parameters
    ----------
    graph, output, values
        What to differentiate, and where; values given at building are used otherwise.
    wrt
        The leaves to check; left out, all that are not constant.
    entries
        How many entries of each leaf to check at most, drawn at random.
    seed
        For the drawing.

    Raises
    ------
    AssertionError
        Naming the leaf, or the entries, and both numbers.
    GraphError
        For a value that is missing or has samples.

    Examples
    --------
    >>> import graphdiff as gd
    >>> g = gd.Graph()
    >>> x, w = g.input("x", [2, -1]), g.parameter("w", 0.5)
    >>> z = g.node("z", gd.tanh(w * x) * x)
    >>> check_graph(g)
    """
    n = graph.output if output is None else graph[output]
    point = _Mpmath(DIGITS)
    at = {
        name: point.number(_one_value(graph[name], value))
        for name, value in checked_values(graph, values or {}).items()
    }
    generator = random.Random(seed)  # noqa: S311 - not for secrets
    P, _ = reverse(graph, n, forward(graph, at, point), point)
    varied = [leaf for leaf in graph.leaves if not leaf.facts.constant]
    for leaf in varied if wrt is None else map(graph.__getitem__, wrt):
        drawn = range(leaf.size)
        if leaf.size > entries:
            drawn = sorted(generator.sample(drawn, entries))
        for entry in drawn:
            slope = _slope(
                point,
                lambda moved, leaf=leaf: forward(graph, {**at, leaf.name: moved[0]}, point)[n.name],
                [at[leaf.name]],
                0,
                entry,
            )
            found = P[leaf.name][:, entry] if leaf.name in P else np.zeros(n.size, object)
            _close_column(n, leaf, entry, found, np.ravel(np.asarray(slope, object)))


def _one_value(leaf: Node, value: Any) -> Any:
    if np.shape(value) != leaf.shape:
        raise GraphError(
            f"{leaf.kind} {leaf.name!r} has samples of shape {shapes.shown(leaf.shape)}; "
            "check_graph takes one value"
        )
    return value


def _close_column(n: Node, leaf: Node, entry: int, found: Any, expected: Any) -> None:
    for row in range(n.size):
        of, by = _entry(n, row), _entry(leaf, entry)
        _close(f"d{n.name}{of}/d{leaf.name}{by}", found[row], expected[row])


def _entry(node: Node, flat: int) -> str:
    return str([int(k) for k in np.unravel_index(flat, node.shape)]) if node.shape else ""


def _close_entries(what: str, found: np.ndarray, expected: np.ndarray, tolerance: Any) -> None:
    for place in np.ndindex(*expected.shape):
        at = str(list(place)) if place else ""
        _close(f"{what}{at}", found[place], expected[place], tolerance)


class _Mpmath(Multiprecision):
    """Multiprecision on leaf values that are mpmath numbers already."""

    def number(self, value: Any) -> Any:
        return value if isinstance(value, mpmath.mpf) else super().number(value)


def _numeric(
    arithmetic: Multiprecision, local: LocalFunction, formula: sp.Expr, at: Sequence[Any]
) -> Any:
    return arithmetic.formula(local.formals, formula)(*at)


def _slope(
    arithmetic: Multiprecision, of: Any, at: Sequence[Any], slot: int, entry: int = 0
) -> Any:
    with arithmetic.guard():
        ahead, behind = (of(_moved(at, slot, step, entry)) for step in (STEP, -STEP))
        return (ahead - behind) / (2 * STEP)


def _moved(at: Sequence[Any], slot: int, step: Any, entry: int = 0) -> list[Any]:
    """Return the arguments, one of them moved; of an array, one entry."""
    with mpmath.workdps(DIGITS):
        return [_stepped(value, step, entry) if k == slot else value for k, value in enumerate(at)]


def _stepped(value: Any, step: Any, entry: int) -> Any:
    if not isinstance(value, np.ndarray):
        return value + step
    result = value.copy()
    result.flat[entry] += step
    return result


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


__all__ = ["check_function", "check_graph", "check_tensors"]
