"""Every map has its digits in floats, in the tails and near 0: value and two derivatives."""

import itertools

import mpmath
import numpy as np
import pytest

import graphdiff as gd
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.multiprecision import Multiprecision
from graphdiff.language.expression import apply
from graphdiff.language.functions import CATALOGUE, NAMED
from graphdiff.language.functions.scalar_derivative import prime

SIZES = (
    1e-300, 1e-200, 1e-100, 1e-20, 1e-10, 1e-5, 1e-3, 0.1, 0.3, 0.5, 0.75, 0.9, 0.999, 1, 1.5, 2,
    3, 5, 7, 10, 15, 20, 30, 40, 100, 300, 500, 700, 705, 710, 745, 1e3, 1e5, 1e10, 1e100, 1e150,
    1e200, 1e300,
)  # fmt: skip
POINTS = [sign * size for size in SIZES for sign in (1, -1)]
OF_ONE = [name for name, function in NAMED.items() if function.arity == 1]
OF_TWO = ("div", "mul", "pow", "xlogy", "logaddexp", "max", "min", "leaky_relu", "elu")
PAIRS = list(itertools.product((1e-200, -1e-200, -3.0, 0.3, 2.0, 40.0, -40.0, 1e200), repeat=2))
SMALLEST = 1e-290
"""Below it floats have fewer digits."""


class Unbounded(Multiprecision):
    largest = mpmath.inf


TRUE = Unbounded(500)


def wanted(functions, points):
    """Return the points where all functions have a float, and their values there."""
    kept, values = [], []
    for point in points:
        with TRUE.guard():
            found = [TRUE.apply(function)(*map(mpmath.mpf, point)) for function in functions]
            found = [float(value) for value in found]
        if np.isfinite(found).all():
            kept.append(point)
            values.append(found)
    assert len(kept) > 8
    return np.array(kept), np.array(values).T


def near(found, true, points, what):
    found = np.broadcast_to(np.asarray(found, float), true.shape)
    off = np.abs(found - true) > 1e-12 * np.abs(true) + SMALLEST
    off |= ~np.isfinite(found)
    assert not off.any(), f"{what} at {points[off][0]}: {found[off][0]}, not {true[off][0]}"


@pytest.mark.parametrize("name", OF_ONE)
def test_a_map_of_one_number(name):
    function = NAMED[name]
    first = prime(function, 0)
    functions = (function, first, prime(first, 0))
    points, true = wanted(functions, [(point,) for point in POINTS])
    x = points[:, 0]
    with FLOAT64.guard():
        for order, each in enumerate(functions):
            near(FLOAT64.apply(each)(x), true[order], x, f"kernel of {each.name}")
    g = gd.Graph()
    applied = getattr(gd, name)
    g.node("L", gd.sum(applied(g.parameter("x", x))))
    h = gd.Graph()
    h.node("L", applied(h.parameter("x", 1.0)))
    value, slope = g.compile("L", "x")(x)
    with np.errstate(over="ignore"):
        total = np.sum(true[0])
    if np.isfinite(total):
        near([value], np.array([total]), x[:1], "compiled value")
    near(slope, true[1], x, "compiled gradient")
    near(np.diag(g.compile("L", "x", form="hessian")(x)), true[2], x, "compiled Hessian")
    near(g.gradient("L", "x").at({"x": x}), true[1], x, ".at() of the gradient")
    near(np.diag(g.hessian("L", "x").at({"x": x})), true[2], x, ".at() of the Hessian")
    step, curvature = h.compile("L", "x"), h.compile("L", "x", form="hessian")
    of_scalars = [step(float(each)) for each in x]
    near([value for value, _ in of_scalars], true[0], x, "compiled value of scalars")
    near([slope for _, slope in of_scalars], true[1], x, "compiled gradient of scalars")
    near([curvature(float(each)) for each in x], true[2], x, "compiled Hessian of scalars")


@pytest.mark.parametrize("name", OF_TWO)
def test_a_map_of_two_numbers(name):
    function = CATALOGUE[name]
    functions = (function, prime(function, 0), prime(function, 1))
    points, true = wanted(functions, PAIRS)
    with FLOAT64.guard():
        for each, values in zip(functions, true, strict=True):
            near(FLOAT64.apply(each)(*points.T), values, points, f"kernel of {each.name}")
    h = gd.Graph()
    a, b = h.parameter("a", 1.0), h.parameter("b", 1.0)
    h.node("L", apply(function, a, b))
    step = h.compile("L", ["a", "b"])
    found = [step(*map(float, point)) for point in points]
    near([value for value, _ in found], true[0], points, "compiled value")
    for slot, leaf in enumerate("ab"):
        near([slope[leaf] for _, slope in found], true[1 + slot], points, f"compiled in {leaf}")


@pytest.mark.parametrize("scale", [1e-200, 1e-160, 1.0, 1e160, 1e200])
@pytest.mark.parametrize("shape", [(), (1,)])
def test_the_angle_of_a_point_far_away_or_near(scale, shape):
    g = gd.Graph()
    y, x = (g.parameter(n, np.full(shape, k * scale)[()]) for n, k in (("y", 3), ("x", 4)))
    g.node("L", gd.sum(gd.atan2(y, x)) if shape else gd.atan2(y, x))
    for found in (g.backward().gradient, g.compile("L", ["y", "x"], form="gradient")()):
        np.testing.assert_allclose(found["y"] * scale, 4 / 25, rtol=1e-14)
        np.testing.assert_allclose(found["x"] * scale, -3 / 25, rtol=1e-14)
