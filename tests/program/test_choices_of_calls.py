"""Which calls of NumPy a line becomes changes how fast it is, and nothing else."""

from __future__ import annotations

import itertools
from functools import partial
from operator import mul

import numpy as np
import pytest
from closeness import close
from export_cases import CASES, agrees, loss_of

import graphdiff as gd
from graphdiff.program.arrays import maps

R = np.random.default_rng(11)
SHAPES = [(6, 5), (1, 4), (4, 1), (3, 4, 2), (1, 4, 3), (2, 3, 1), (40, 3, 40), (2, 3, 2, 2)]


def axes_of(shape):
    for count in range(1, len(shape) + 1):
        yield from itertools.combinations(range(len(shape)), count)


def summed(build, axes, keepdims, *leaves):
    return build(*leaves).sum(axis=axes, keepdims=keepdims)


def compiled(build, *values, form="value", **options):
    """Return what a program of leaves gives at values, in memory of its own and in the same."""
    g = gd.Graph()
    leaves = [g.parameter("abc"[k], value) for k, value in enumerate(values)]
    g.node("f", build(*leaves))
    found = g.compile("f", form=form, **options)()
    again = g.compile("f", form=form, reuse=True, **options)
    again()
    for one, other in zip(np.atleast_1d(again()), np.atleast_1d(found), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-6 if options else 1e-13, atol=1e-14)
    return found


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_sums_along_any_axes(shape, keepdims):
    x = R.normal(size=shape)
    for axes in axes_of(shape):
        for build, true in (
            (lambda a: a * 2, x * 2),
            (lambda a: a, x),
            (lambda a: (a * 2).T, (x * 2).T),
        ):
            along = partial(summed, build, axes, keepdims)
            close(compiled(along, x), true.sum(axis=axes, keepdims=keepdims))


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((4, 1), (4, 3)), ((4, 1), (1, 3)), ((3,), (4, 3)), ((4, 3, 1), (4, 3, 2)),
        ((1, 3, 2), (4, 3, 2)), ((3, 2), (4, 3, 2)), ((4, 1, 2), (3, 1)), ((1,), (2, 3)),
        ((1, 1), (2, 3)), ((5, 1, 1), (5, 2, 1)),
    ],
    ids=str,
)  # fmt: skip
def test_sums_of_products_of_which_a_factor_is_stretched(left, right, keepdims):
    a, b = R.normal(size=left), R.normal(size=right)
    for axes in axes_of((a * b).shape):
        wanted = (a * b).sum(axis=axes, keepdims=keepdims)
        for options in ({}, {"dtype": "float32"}):
            along = partial(summed, mul, axes, keepdims)
            found = compiled(along, a, b, **options)
            close(found, wanted, 1e-5 if options else 1e-12)
        g = gd.Graph()
        product = g.parameter("a", a) * g.parameter("b", b)
        g.node("f", gd.tanh(product.sum(axis=axes, keepdims=keepdims)).sum() + product.sum())
        run, step = g.backward("f"), g.compile("f")
        value, gradients = step()
        close(value, run.value["f"])
        for name, gradient in gradients.items():
            close(gradient, run.gradient[name])


def test_a_product_that_something_else_needs_is_made_once():
    g = gd.Graph()
    p = g.node("p", g.parameter("a", np.ones((4, 1))) * g.parameter("b", np.ones((4, 3))))
    g.node("f", (gd.exp(p) * p.sum(axis=1, keepdims=True)).sum())
    source = g.compile("f", form="value").source
    assert source.count("multiply(a, b") == 1
    assert ".dot(ones" in source


@pytest.mark.parametrize("shape", [(1, 3), (7, 2), (50, 8), (100, 32), (50, 40), (2, 32)], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
def test_extrema_of_rows(shape, keepdims):
    x = R.normal(size=shape).round(1)
    wanted = x.max(1, keepdims=keepdims), x.min(1, keepdims=keepdims)
    found = (
        compiled(lambda a: a.max(1, keepdims=keepdims), x),
        compiled(lambda a: a.min(1, keepdims=keepdims), x),
    )
    doubled = compiled(lambda a: (a * 2).max(1, keepdims=keepdims), x)
    assert np.array_equal(found, wanted)
    assert np.array_equal(doubled, 2 * wanted[0])


@pytest.mark.parametrize(
    "matrix",
    [
        [[2.0, 1.0], [1.0, 3.0]], [[0.0, 1.0], [-1.0, 0.0]], [[0.0, 1.0], [1.0, 0.0]],
        [[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[1e-200, 0.0], [0.0, 1e-200]],
        R.normal(size=(7, 7)) @ np.diag([1, 2, 3, 4, 5, 6, 7.0]), [[5.0]], [[-5.0]],
        [[1.0, np.nan], [0.0, 1.0]],
    ],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_inverse_and_log_det_of_one_matrix(matrix, dtype):
    def run(build, form="value"):
        g = gd.Graph()
        A = g.parameter("A", shape=np.shape(matrix))
        g.node("f", build(A))
        step = g.compile("f", "A", form=form, dtype=dtype)
        return step(np.array(matrix, dtype)), step.source

    inverse, _ = run(gd.inv)
    logarithm, _ = run(gd.logdet)
    (value, gradient), source = run(gd.logdet, "value_and_gradient")
    assert source.count("inv_and_logdet(") == 1
    assert "logdet(A)" not in source.replace("inv_and_logdet(A)", "")
    rel = 1e-12 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(value, logarithm, rtol=rel, atol=rel)
    scale = np.abs(inverse).max() if np.isfinite(inverse).all() else 1.0
    np.testing.assert_allclose(gradient, np.asarray(inverse).T, rtol=rel, atol=rel * scale)


@pytest.mark.parametrize("build", [gd.tanh, gd.sigmoid], ids=["tanh", "sigmoid"])
def test_derivatives_of_saturated_entries_among_others_have_their_digits(build):
    x = np.array([[-45.0, -9.0, -1.0], [0.0, 0.5, 2.5], [3.0, 20.0, 40.0]])
    g = gd.Graph()
    g.node("f", build(g.parameter("a", x)).sum())
    found = g.compile("f", "a", form="gradient")()
    if build is gd.tanh:
        true = 4 * np.exp(-2 * np.abs(x)) / (1 + np.exp(-2 * np.abs(x))) ** 2
    else:
        true = np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x))) ** 2
    np.testing.assert_allclose(found, true, rtol=1e-13)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("size", [2, 3])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("shape", [(7, 6), (2, 7, 6), (2, 1, 7, 8)], ids=str)
def test_windows_in_any_order_of_memory(shape, size, stride, ties):
    x = R.normal(size=shape).round(0 if ties else 6)
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (-2, -1))
    windows = windows[..., ::stride, ::stride, :, :]
    for pool, true in ((gd.max_pool2d, np.max), (gd.avg_pool2d, np.mean)):
        g = gd.Graph()
        z = g.node("z", pool(gd.relu(g.parameter("x", x)) * 2 + 1, size, stride=stride))
        g.node("f", (z * gd.sin(z)).sum())
        wanted = true(2 * np.maximum(windows, 0) + 1, axis=(-2, -1))
        close(g.compile("z", form="value")(), wanted)
        run, (value, gradients) = g.backward("f"), g.compile("f")()
        close(value, run.value["f"])
        close(gradients["x"], run.gradient["x"])


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))], ids=str)
def test_maps_of_axes_in_another_order(order):
    a, b = R.normal(size=(2, 3, 4)), R.normal(size=(4,))
    turned = a.transpose(order)
    other = R.normal(size=turned.shape)
    found = compiled(
        lambda a, b, c: gd.exp(gd.tanh(a * b).transpose(order)) * gd.tanh(c[..., :1]) + c * 2,
        a, b, other,
    )  # fmt: skip
    wanted = np.exp(np.tanh(a * b).transpose(order)) * np.tanh(other[..., :1]) + other * 2
    close(found, wanted)


def test_entries_that_are_put_back_wherever_they_came_from():
    x = R.normal(size=(4, 3))
    for key in ([3, 1, 0, 2], [0, 0, 2], [[0, 1], [2, 3]], [2, 1]):
        g = gd.Graph()
        picked = g.parameter("x", x)[key]
        g.node("f", (gd.exp(picked) * picked).sum())
        run, (value, gradients) = g.backward("f"), g.compile("f")()
        close(value, run.value["f"])
        close(gradients["x"], run.gradient["x"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_short_rows_may_lie_in_another_order_in_any_program(case, monkeypatch):
    monkeypatch.setattr(maps, "MANY", 1)
    graph = loss_of(case)
    agrees(graph.compile("L")(), graph, "L")


def test_differences_of_all_pairs_lie_in_long_rows():
    x = R.normal(size=(40, 3))
    g = gd.Graph()
    X = g.parameter("X", x)
    D = ((X.reshape((40, 1, 3)) - X.reshape((1, 40, 3))) ** 2).sum(axis=2)
    g.node("L", gd.exp(-D).sum())
    step = g.compile("L", "X")
    assert "out0 = empty((3, 40, 40), dtype)" in step.source
    value, gradient = step()
    differences = x[:, None] - x
    kernel = np.exp(-(differences**2).sum(2))
    close(value, kernel.sum())
    close(gradient, -4 * (kernel[..., None] * differences).sum(1))
