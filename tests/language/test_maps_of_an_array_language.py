"""Maps that NumPy and the usual libraries have: their values, digits and spellings."""

from __future__ import annotations

import itertools
import math

import mpmath
import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphdiffError, GraphError, NumericalError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.multiprecision import Multiprecision
from graphdiff.language.functions import CATALOGUE
from graphdiff.language.functions.scalar_derivative import prime

SIZES = (1e-300, 1e-160, 1e-20, 1e-8, 1e-3, 0.1, 0.5, 1, 3, 10, 27, 36, 100, 700, 1e5, 1e160)
SCALES = [sign * size for size in SIZES for sign in (-1, 1)]
MANY = Multiprecision(1000)


def orders(function):
    """The function, its first and second derivatives in float64, and from the plain formula."""
    formula = function.formula(*function.formals)
    yield function, formula
    for k, first in enumerate(function.formals):
        slope = formula.diff(first)
        yield prime(function, k), slope
        for j, second in enumerate(function.formals):
            yield prime(prime(function, k), j), slope.diff(second)


@pytest.mark.parametrize(
    "name", ["log1p", "expm1", "erfc", "mish", "softsign", "selu", "logaddexp"]
)  # fmt: skip
def test_no_digit_is_lost_on_any_scale(name):
    function = CATALOGUE[name]
    scales = SCALES if function.arity == 1 else SCALES[::3]
    compared = 0
    for computed, formula in orders(function):
        exact = MANY.formula(function.formals, formula.doit())
        for at in itertools.product(scales, repeat=function.arity):
            with MANY.guard():
                expected = exact(*map(mpmath.mpf, at))
            if not mpmath.isfinite(expected) or not 1e-290 < abs(expected) < 1e300:
                continue
            with FLOAT64.guard():
                found = float(FLOAT64.apply(computed)(*map(np.float64, at)))
            assert abs(found - expected) <= 1e-12 * abs(expected), (computed, at)
            compared += 1
    assert compared > 25


@pytest.mark.parametrize(
    ("name", "numpys", "arity"),
    [("floor", np.floor, 1), ("ceil", np.ceil, 1), ("round", np.round, 1), ("mod", np.mod, 2),
     ("floor_divide", np.floor_divide, 2), ("atan2", np.arctan2, 2), ("clip", np.clip, 3),
     ("logaddexp", np.logaddexp, 2), ("log1p", np.log1p, 1), ("expm1", np.expm1, 1)],
)  # fmt: skip
def test_values_are_numpys_in_every_evaluator(name, numpys, arity):
    halves = np.arange(0.5 if name == "log1p" else -4, 5, 0.5)
    columns = [halves, 0.75 + halves % 2, 1 + halves**2][:arity]
    graph = gd.Graph()
    leaves = [graph.parameter("abc"[k], column) for k, column in enumerate(columns)]
    graph.node("f", getattr(gd, name)(*leaves))
    graph.node("g", numpys(*leaves))
    expected = numpys(*columns)
    run, exact = graph.forward(), graph.forward(exact=True)
    for node in "fg":
        np.testing.assert_array_equal(run.value[node], expected)
        np.testing.assert_allclose(exact.value[node].astype(float), expected, rtol=1e-15)
    np.testing.assert_allclose(graph.compile("f", form="value")(), expected, rtol=1e-15)


@pytest.mark.parametrize(
    "build",
    [
        lambda x: x % 3, lambda x: 7 % (x + 10), lambda x: x // 2, lambda x: 7 // (x + 10),
        lambda x: np.array([4.0]) % (x + 10), lambda x: np.remainder(x, 3), np.rint, np.around,
        lambda x: np.clip(x, 0, 1), lambda x: np.clip(x, None, 1), lambda x: np.clip(x, 0, None),
        lambda x: np.clip(x, min=0, max=1), lambda x: np.clip(x, -x, np.array([1.0, 2, 3])),
    ],
)  # fmt: skip
def test_spellings_of_python_and_numpy(build):
    x = np.array([-2.5, 0.5, 3.5])
    graph = gd.Graph()
    graph.node("f", build(graph.input("x", x)))
    np.testing.assert_array_equal(graph.forward().value["f"], build(x))


def test_rounding_by_pythons_own_functions():
    graph = gd.Graph()
    x = graph.input("x", 2.5)
    for name, function in (("r", round), ("f", math.floor), ("c", math.ceil)):
        graph.node(name, function(x))
        assert graph.forward().value[name] == function(2.5)
    for attempt in (lambda: round(x, 2), lambda: np.round(x, 2)):
        with pytest.raises(GraphError, match=r"whole numbers.*gd\.round\(x\*100\)/100"):
            attempt()


@pytest.mark.parametrize("y", [0.1, -0.3, 0.7])
def test_the_derivative_of_mod_counts_the_multiples_taken_off(y):
    """Where x/y rounds to a whole number that the division has not reached."""
    for x in (1.0, 0.3, 0.6, 2.1, -1.0):
        graph = gd.Graph()
        a, b = graph.parameter("a", x), graph.parameter("b", y)
        graph.node("f", a % b)
        run = graph.backward()
        assert abs(run.value["f"] - (x + run.P["b"] * y)) < 1e-15
        assert run.P["a"] == 1


@pytest.mark.parametrize("kind", ["sweep", "float", "array"])
@pytest.mark.parametrize(
    ("at", "partials"),
    [((0, 1, 1), (0, 0, 1)), ((2, 1, 1), (0, 0, 1)), ((0, 2, 1), (0, 0, 1)),
     ((3, 2, 1), (0, 0, 1)), ((1, 1, 2), (0.5, 0.5, 0)), ((2, 1, 2), (0.5, 0, 0.5))],
)  # fmt: skip
def test_shares_of_clip_add_up(kind, at, partials):
    graph = gd.Graph()
    values = [[v] for v in at] if kind == "array" else at
    x, low, high = (graph.parameter(n, v) for n, v in zip("xlh", values, strict=True))
    f = gd.clip(x, low, high)
    graph.node("f", gd.sum(f) if kind == "array" else f)
    found = graph.backward().P if kind == "sweep" else graph.compile("f")()[1]
    assert tuple(float(np.ravel(found[n])[0]) for n in "xlh") == partials


def test_names_in_files(tmp_path):
    text = """
    [inputs]
    x = [-1.5, 0.5, 4]
    [nodes]
    a = "clip(x, 0, 1) + mod(x, 2) - floor_divide(x, 2)*round(x) + atan2(x, 2)"
    b = "log1p(exp(x)) + expm1(x) + erfc(x) + logaddexp(x, 1) + selu(x) + mish(x)"
    c = "softsign(x)*hardtanh(x) + floor(x) - ceil(x)"
    """
    (tmp_path / "given.toml").write_text(text, encoding="utf-8")
    graph = gd.load(tmp_path / "given.toml")
    graph.save(tmp_path / "saved.toml")
    again = gd.load(tmp_path / "saved.toml")
    for name in "abc":
        assert again[name].formula == graph[name].formula
        np.testing.assert_array_equal(again.forward().value[name], graph.forward().value[name])


def test_the_origin_has_no_angle_to_derive():
    graph = gd.Graph()
    graph.node("f", gd.atan2(graph.parameter("y", 0), graph.parameter("x", 0)))
    for exact in (False, True):
        assert graph.forward(exact=exact).value["f"] == 0
        with pytest.raises(
            NumericalError, match=r"J\[[xy]->f\] is not a .*number, where y = 0, x = 0"
        ):
            graph.backward(exact=exact)


def test_dividing_by_zero_is_refused():
    for function in (gd.mod, gd.floor_divide):
        graph = gd.Graph()
        graph.node("f", function(graph.input("x", 1), graph.input("y", 0)))
        for exact in (False, True):
            with pytest.raises(NumericalError, match="where"):
                graph.forward(exact=exact)


def test_what_is_not_there_says_what_to_write_instead(tmp_path):
    with pytest.raises(AttributeError, match=r"no attribute 'argsort': .* sort data before"):
        gd.argsort  # noqa: B018
    assert not hasattr(gd, "sort")
    path = tmp_path / "sorted.toml"
    path.write_text('[inputs]\nx = [2, 1]\n[nodes]\ny = "sort(x)"\n', encoding="utf-8")
    with pytest.raises(GraphdiffError, match=r"no function 'sort', at column 1: .*gd\.where"):
        gd.load(path)
