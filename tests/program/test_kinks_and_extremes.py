"""Kinks, ties, unchosen branches and saturated functions, in both types, without a warning."""

from fractions import Fraction

import numpy as np
import pytest
from closeness import close
from compiling import agree

import graphdiff as gd

DTYPES = ("float64", "float32")


def both(build, *values, dtype="float64"):
    """Return value and gradients of an expression of leaves a, b, …"""
    graph = gd.Graph()
    leaves = [graph.parameter("abc"[k], value) for k, value in enumerate(values)]
    graph.node("L", build(*leaves))
    step = graph.compile("L", leaves, dtype=dtype)
    if dtype == "float64":
        agree(graph, "L", step)
    value, gradients = step()
    return value, [gradients[leaf.name] for leaf in leaves]


def equal(found, expected):
    np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


@pytest.mark.parametrize("dtype", DTYPES)
def test_kinks_of_maps(dtype):
    at = [-1.0, 0.0, 2.0]
    for function, slopes in (
        (gd.relu, [0, 0, 1]), (gd.abs, [-1, 0, 1]), (gd.sign, [0, 0, 0]), (gd.step, [0, 0, 0]),
        (lambda x: gd.relu(gd.relu(x)), [0, 0, 1]), (lambda x: gd.relu(x) * (x > 0), [0, 0, 1]),
    ):  # fmt: skip
        _, (slope,) = both(lambda x, f=function: f(x).sum(), at, dtype=dtype)
        equal(slope, slopes)
        for x, expected in zip(at, slopes, strict=True):
            _, (slope,) = both(function, x, dtype=dtype)
            equal(slope, expected)
    _, (slope,) = both(lambda x: gd.leaky_relu(x).sum(), at, dtype=dtype)
    close(slope, [0.01, 0.01, 1], 1e-8)


@pytest.mark.parametrize("dtype", DTYPES)
def test_ties_share(dtype):
    _, (slope,) = both(lambda a: a.max(), [1.0, 3.0, 3.0], dtype=dtype)
    equal(slope, [0, 0.5, 0.5])
    _, (slope,) = both(lambda a: (a.min(1) * [1, 3]).sum(), [[1.0, 1.0], [2.0, 1.0]], dtype=dtype)
    equal(slope, [[0.5, 0.5], [0, 3]])
    _, slopes = both(lambda a, b: gd.max(a, b).sum(), [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], dtype=dtype)
    equal(slopes, [[0, 0.5, 1], [1, 0.5, 0]])
    _, slopes = both(lambda a, b: gd.min(a, b).sum(), [1.0, 2.0, 3.0], [2.0, 2.0, 2.0], dtype=dtype)
    equal(slopes, [[1, 0.5, 0], [0, 0.5, 1]])
    _, (slope,) = both(lambda a: gd.max_pool1d(a, 2).sum(), [1.0, 1.0, 2.0, 3.0], dtype=dtype)
    equal(slope, [0.5, 0.5, 0, 1])


@pytest.mark.parametrize("dtype", DTYPES)
def test_branches_not_chosen(dtype):
    x = [0.0, 1.0, 4.0]
    graph = gd.Graph()
    a = graph.parameter("a", x)
    graph.node("L", gd.where(a > 0.5, a * 3, a * 2).sum())
    value, gradients = graph.compile(dtype=dtype)()
    assert value == 15
    equal(gradients["a"], [2, 3, 3])
    graph = gd.Graph()
    a = graph.parameter("a", x)
    graph.node("y", gd.where(a > 0.5, gd.log(a), a))
    found = graph.compile("y", form="value", dtype=dtype)()
    close(found, [0, 0, np.log(4)], 1e-7)
    chosen = graph.compile("y", form="vjp", dtype=dtype)(cotangent=np.ones(3))
    close(chosen["a"][1:], [1, 0.25], 1e-7)


@pytest.mark.parametrize("dtype", DTYPES)
def test_xlogy(dtype):
    value, _ = both(lambda p: gd.xlogy(p, [0.25, 0.5, 0.75]).sum(), [0.0, 0.5, 0.5], dtype=dtype)
    close(value, 0.5 * np.log(0.5) + 0.5 * np.log(0.75), 1e-7)
    graph = gd.Graph()
    x, y = graph.parameter("x", [0.0, 1.0, 0.0]), graph.parameter("y", [0.0, 2.0, 3.0])
    graph.node("L", gd.xlogy(x, y).sum())
    value, found = graph.compile("L", "y", dtype=dtype)()
    close(value, np.log(2), 1e-7)
    equal(found, [0, 0.5, 0])


@pytest.mark.parametrize("size", [40.0, 100.0, 1000.0])
@pytest.mark.parametrize("dtype", DTYPES)
def test_saturated(dtype, size):
    z = np.array([-size, 0.0, size])
    e, tiny = np.exp(-size), np.finfo(dtype).tiny * 1e6
    _, (slope,) = both(lambda z: gd.sigmoid(z).sum(), z, dtype=dtype)
    close(slope, [0, 0.25, 0], 1e-8)
    close(slope[0], e, 1e-6, terms=tiny)
    value, (slope,) = both(lambda z: gd.logsumexp(z), z, dtype=dtype)
    close(value, size, 1e-6)
    close(slope, [0, 0, 1], 1e-8)
    close(slope[0], e * e, 1e-6, terms=tiny)
    close(slope[1], e, 1e-6, terms=tiny)
    value, (slope,) = both(lambda z: (gd.softmax(z) * [1, 2, 4]).sum(), z, dtype=dtype)
    close(value, 4, 1e-6)
    close(slope[0], -3 * e * e, 1e-6, terms=tiny)
    close(slope[1], -2 * e, 1e-6, terms=tiny)
    close(slope[2], 0, 1e-8, terms=4)
    y = [0.0, 1.0, 0.0]
    value, (slope,) = both(lambda z: gd.cross_entropy_with_logits(z, y), z, dtype=dtype)
    close(value, size, 1e-6)
    close(slope, [0, -1, 1], 1e-8)
    value, (slope,) = both(
        lambda z: gd.binary_cross_entropy_with_logits(z, [1.0, 0.0, 0.0]) * 3, z, dtype=dtype
    )
    close(value, 2 * size + np.log(2), 1e-6)
    close(slope, [-1, 0.5, 1], 1e-7)
    value, (slope,) = both(lambda z: gd.softplus(z).sum(), z, dtype=dtype)
    close(value, size + np.log(2), 1e-6)
    close(slope, [0, 0.5, 1], 1e-7)
    close(slope[0], e, 1e-6, terms=tiny)
    _, (slope,) = both(lambda z: gd.tanh(z).sum(), z, dtype=dtype)
    close(slope, [0, 1, 0], 1e-8)
    for function in (gd.swish, gd.gelu, gd.elu, gd.erf):
        value, (slope,) = both(lambda z, f=function: f(z).sum(), z, dtype=dtype)
        assert np.isfinite(value)
        assert np.isfinite(slope).all()
        for at in z:
            value, (slope,) = both(function, at, dtype=dtype)
            assert np.isfinite([value, slope]).all()


@pytest.mark.parametrize("dtype", DTYPES)
def test_powers(dtype):
    at = [-2.0, 0.0, 3.0]
    for n in (2, 3, 4, 5):
        value, (slope,) = both(lambda a, n=n: (a**n).sum(), at, dtype=dtype)
        close(value, sum(x**n for x in at), 1e-6)
        close(slope, [n * x ** (n - 1) for x in at], 1e-6)
        for x in at:
            _, (slope,) = both(lambda a, n=n: a**n, x, dtype=dtype)
            close(slope, n * x ** (n - 1), 1e-6)
    graph = gd.Graph()
    a = graph.parameter("a", at)
    graph.node("y", a**0 + 1 / a + a**-1 + a**0.5 + gd.log(a))
    found = graph.compile("y", form="vjp", dtype=dtype)(cotangent=np.ones(3))["a"]
    assert np.isnan(found[0])
    assert not np.isfinite(found[1])
    close(found[2], -2 / 9 + 0.5 / 3**0.5 + 1 / 3, 1e-6)


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_constants_far_from_one(shape, dtype):
    """Factors are not brought together where their product has no float."""
    top = {"float64": 300, "float32": 35}[dtype]
    for sign in (1, -1):
        graph = gd.Graph()
        x = graph.parameter("x", np.full(shape, 10.0 ** (-sign * top))[()])
        big = Fraction(10) ** (sign * top)
        graph.node("y", (x * big) * big)
        found = graph.compile("y", form="value", dtype=dtype)()
        close(found / 10.0 ** (sign * top), np.ones(shape), 1e-5)


def test_constants_without_a_float():
    graph = gd.Graph()
    x = graph.parameter("x", [1e-300, -1.0])
    graph.node("y", x * 10**400)
    equal(graph.compile("y", form="value")(), [np.inf, -np.inf])
    scalar = gd.Graph()
    scalar.node("y", scalar.parameter("x", 1e-300) * 10**400)
    assert scalar.compile("y", form="value")() == np.inf
    assert scalar.compile("y")(x=10**400)[0] == np.inf


@pytest.mark.parametrize("shape", [(), (3,)])
def test_nothing_infinite_is_dropped(shape):
    graph = gd.Graph()
    x, y = (graph.parameter(name, np.full(shape, 2.0)[()]) for name in "xy")
    graph.node("zero", x * 0 + y * 0 + (x - x))
    graph.node("ratio", x / x + x**0 * 0)
    graph.node("L", (graph["zero"] + graph["ratio"]).sum())
    step = graph.compile("L", ["x", "y"])
    agree(graph, "L", step)
    for bad in (np.nan, np.inf):
        for name in "xy":
            value, _ = step({name: np.full(shape, bad)[()]})
            assert np.isnan(value)


@pytest.mark.parametrize(("first", "second"), [((), ()), ((3,), ()), ((), (3,)), ((2, 3), (3,))])
def test_a_choice_between_smaller_operands_has_the_shape_of_its_condition(first, second):
    graph = gd.Graph()
    c = graph.input("c", np.array([[1.0, -1, 2], [-3, 4, -5]]))
    a, b = graph.parameter("a", np.full(first, 2.0)), graph.parameter("b", np.full(second, 3.0))
    for name, node in {
        "same": gd.where(c > 0, a, a), "numbers": gd.where(c > 0, 1, 1) * a, "two": gd.where(c > 0, a, b),
    }.items():  # fmt: skip
        f = graph.node(name, node)
        expected = graph.forward().value[name]
        compiled = graph.compile(f, form="value")()
        assert np.shape(compiled) == f.shape == (2, 3)
        np.testing.assert_array_equal(compiled, expected)
        jacobian = graph.compile(f, "a", form="jacobian")()
        expected = np.reshape(graph.backward(f).P["a"], (2, 3, *first))
        np.testing.assert_array_equal(jacobian, expected)
