"""The derivatives of the operations that scalar programs are made of."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import sympy as sp

from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.program.scalars import numeric
from graphdiff.program.scalars.decomposition import Rule
from graphdiff.program.scalars.operations import CODE, OF_TWO, OPERATIONS
from graphdiff.program.scalars.scalar_tape import Lines

FAR = (1e-200, 1e-12, 1.0, 40.0, 1e150, 1e200)


def rule_of(name):
    lines = Lines()
    inputs = [lines.input(k) for k in range(OPERATIONS[name].arity)]
    return Rule(lines, lines.op(name, *inputs), len(inputs))


def partial(name, slot, point):
    """Return what a program computes for a partial derivative."""
    rule = rule_of(name)
    line = rule.partial(slot)
    values = {**numeric.numbers(rule.lines), **dict(zip(rule.inputs(), point, strict=True))}
    with np.errstate(all="ignore"):
        numeric.run(numeric.steps(rule.lines, [line]), values)
    return float(values[line])


def exact(name, slot, point):
    """Return the catalogue's derivative to many digits; None where it is no finite float."""
    function = OPERATIONS[name]
    at = [sp.Rational(x) for x in point]
    value = prime(function, slot).formula(*function.formals)
    try:
        found = value.subs(dict(zip(function.formals, at, strict=True))).evalf(30, maxn=2000)
    except OverflowError:
        return None
    return float(found) if found.is_real and abs(found) < 1e300 else None


def points(function):
    generator = np.random.default_rng(3)
    inside = [[generator.uniform(a, b) for a, b in function.sample_domain] for _ in range(5)]
    kinks = [list(map(float, point)) for point in function.kinks]
    return [*inside, *kinks]


@pytest.mark.parametrize("name", OPERATIONS)
def test_partials_are_the_catalogues(name):
    function = OPERATIONS[name]
    for slot in range(function.arity):
        for point in points(function):
            expected = exact(name, slot, [np.float64(x) for x in point])
            assert expected is not None
            assert partial(name, slot, np.array(point)) == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    "name",
    ["add", "sub", "mul", "div", "log", "log2", "sqrt", "xlogy", "max", "exp", "relu", "abs"],
)
def test_partials_far_out(name):
    """A quotient of two tiny numbers, or of two huge ones, has a derivative if it has a float."""
    arity = OPERATIONS[name].arity
    compared = 0
    for point in itertools.product(FAR, repeat=arity):
        for slot in range(arity):
            expected = exact(name, slot, point)
            if expected is not None and (expected == 0 or abs(expected) > 1e-290):
                assert math.isclose(partial(name, slot, np.array(point)), expected, rel_tol=1e-13)
                compared += 1
    assert compared >= 3


def test_codes_are_all_operations():
    assert set(CODE) - {"mark", "square", "fixed_pow"} == set(OPERATIONS)
    assert {CODE[name] for name in OF_TWO} == set(range(len(OF_TWO)))


@pytest.mark.parametrize(
    ("name", "longest"),
    [("tanh", 2), ("sigmoid", 2), ("exp", 0), ("sqrt", 2), ("tan", 2), ("log", 1), ("mul", 0),
     ("div", 2), ("expm1", 1), ("softplus", 1), ("erf", 4), ("abs", 1)],
)  # fmt: skip
def test_the_value_is_used_where_it_is_known(name, longest):
    """tanh' = 1 - a² of the value a is two operations."""
    rule = rule_of(name)
    for slot in range(rule.arity):
        known = [*rule.inputs(), rule.output]
        assert len(numeric.steps(rule.lines, [rule.partial(slot)], known)) <= longest


def test_the_two_zeros_are_two_lines():
    b = Lines()
    zero, minus = b.number(0.0), b.number(-0.0)
    assert zero != minus
    assert b.neg(zero) == b.neg(b.neg(minus)) == minus
    assert b.neg(minus) == zero
    outputs = [b.div(b.number(1), zero), b.div(b.number(1), minus), b.number(-0.0)]
    values = numeric.numbers(b)
    with np.errstate(all="ignore"):
        numeric.run(numeric.steps(b, outputs), values)
    assert [str(values[line]) for line in outputs] == ["inf", "-inf", "-0.0"]
