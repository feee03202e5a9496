"""Lines of arrays in loops compiled by numba, beside the literal sweeps and NumPy's calls."""

import importlib.util
import sys
from unittest import mock

import numpy as np
import pytest
from closeness import close, terms_of
from compiling import agree, arrays_in
from hypothesis import given, settings
from plain_numba import plain_numba
from tensor_strategies import graphs
from test_random_graphs_compiled import literal, scalar_output

import graphdiff as gd
from graphdiff.language import functions
from graphdiff.language.expression import Operation
from graphdiff.program.arrays import fusing, loops

R = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def _as_python(monkeypatch):
    """Run loops as the Python that they are, of which nothing needs to be compiled."""
    monkeypatch.setitem(sys.modules, "numba", plain_numba())
    monkeypatch.setattr(loops, "_COMPILED", {})


def loops_in(step):
    return step.source.count("\ndef loop")


def same(g, output="L", values=None, **options):
    """Assert that a program with loops computes what one without does; return it."""
    plain, fused = (g.compile(output, jit=jit, **options) for jit in (False, True))
    given = values or {}
    for _ in range(2):
        pairs = zip(arrays_in(fused(**given)), arrays_in(plain(**given)), strict=True)
        for found, expected in pairs:
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    return fused


@given(graphs())
@settings(max_examples=settings.default.max_examples // 3)
def test_random_graphs(graph):
    small = {"LEAST": 1, "MANY": 1, "MADE_AGAIN": 2}
    with mock.patch.multiple(fusing, **small):
        loss = scalar_output(graph)
        run = literal(graph, loss)
        terms = terms_of(run)
        for reuse in (False, True):
            step = graph.compile(loss, graph.leaves, reuse=reuse, jit=not loss_is_scalar(graph))
            for _ in range(2):
                value, gradients = step()
                close(value, run.value["loss"])
                for leaf in graph.leaves:
                    expected = run.gradient[leaf.name]
                    close(gradients[leaf.name], expected, 1e-9, leaf.name, terms=terms[leaf.name])


def loss_is_scalar(graph):
    """Whether a graph is of scalars alone, for which jit means another program."""
    return not any(node.shape for node in graph.nodes)


@pytest.mark.parametrize("name", functions.NAMED)
def test_every_function(name):
    function = functions.NAMED[name]
    g = gd.Graph()
    arguments = [
        g.parameter(f"x{k}", np.linspace(a, b, 82)[1:-1])
        for k, (a, b) in enumerate(function.sample_domain)
    ]
    weights = g.input("w", np.linspace(-1, 1, 80))
    y = g.node("y", Operation(function)(*arguments))
    g.node("L", ((y + 1) * weights - y).sum())
    assert loops_in(same(g)) > 0


def array(*shape):
    return R.normal(size=shape)


@pytest.mark.parametrize("axis", [0, 1, 2, (0, 1), (0, 2), (1, 2), None])
@pytest.mark.parametrize("reduced", [gd.sum, gd.max, gd.min])
@pytest.mark.parametrize("shape", [(4, 5, 6), (3, 2, 40), (1, 9, 8), (40, 3, 1)])
def test_reductions_along_axes(axis, reduced, shape):
    g = gd.Graph()
    a, b = g.parameter("a", array(*shape)), g.parameter("b", array(shape[-1]))
    for keepdims in (False, True):
        z = g.node(f"z{keepdims}", reduced((a * b - a) * a, axis=axis, keepdims=keepdims))
        g.node(f"L{keepdims}", (z * z).sum())
        same(g, f"L{keepdims}")


VIEWS = {
    "transposed": lambda a, b: a.T * b,
    "sliced": lambda a, b: a[1:9, 3:] + b[3:, :8].T,
    "one of them": lambda a, b: a[3] * a[:, -1] + b[1],
    "new axes": lambda a, b: a[:, None, :] - b[None],
    "of size 1": lambda a, b: a.reshape((10, 1, 10)) * b.reshape((10, 10, 1)),
    "a row": lambda a, b: a * b[0] - a * b[:1],
    "a column": lambda a, b: a * b[:, :1] - b[:, 2:3],
    "in steps": lambda a, b: a[::2] * b[::-2] + a[1::2],
    "the other way round": lambda a, b: gd.exp(a * 2 - 1).T * b - a,
}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
def test_operands_are_read_where_they_lie(view):
    g = gd.Graph()
    a, b = g.parameter("a", array(10, 10)), g.parameter("b", array(10, 10))
    z = g.node("z", view(a, b))
    g.node("L", (z * z - z + gd.relu(z)).sum())
    agree(g, "L", same(g))


def test_a_reduction_that_goes_back_into_its_own_shape():
    g = gd.Graph()
    a = g.parameter("a", array(20, 7))
    p = g.node("p", a * 3 - a.max(axis=1, keepdims=True))
    q = g.node("q", p * p - (p * p).sum(axis=0))
    g.node("L", gd.mse(gd.layer_norm(q), p))
    agree(g, "L", same(g))


def test_what_is_made_of_stretched_operands_is_not_kept():
    g = gd.Graph()
    X, s = g.parameter("X", array(30, 4)), g.parameter("s", 1.5)
    D = ((X.reshape((30, 1, 4)) - X.reshape((1, 30, 4))) ** 2).sum(axis=2)
    g.node("L", gd.exp(-D / s**2).mean())
    step = same(g)
    agree(g, "L", step)
    assert "(30, 30, 4)" not in step.source
    assert "(30, 30, 4)" in g.compile("L").source


def test_what_is_no_number_stays_none():
    g = gd.Graph()
    a = g.parameter("a", array(8, 20))
    g.node("z", ((a + 1) * a).max(axis=0))
    g.node("y", gd.relu(a * 2 - 1) + gd.abs(a) + 0 * a)
    values = array(8, 20)
    values[2, 3], values[4, 5], values[5, 6] = np.nan, np.inf, -np.inf
    for output in ("z", "y"):
        plain, fused = (g.compile(output, form="value", jit=jit)(a=values) for jit in (False, True))
        np.testing.assert_array_equal(fused, plain)


def test_arrays_that_lie_otherwise():
    g = gd.Graph()
    g.node("L", ((g.parameter("a", array(12, 12)) * 2 - 1) ** 2).sum())
    step = g.compile("L", jit=True)
    whole = array(24, 13)
    read_only = array(12, 12)
    read_only.flags.writeable = False
    shifted = np.frombuffer(b"-" + array(12, 12).tobytes(), np.float64, offset=1).reshape(12, 12)
    for a in (
        whole[::2, 1:],
        whole[:12, :12].T,
        np.asfortranarray(whole[:12, 1:]),
        read_only,
        shifted,
    ):
        value, gradient = step(a=a)
        close(value, ((a * 2 - 1) ** 2).sum())
        close(gradient["a"], 4 * (a * 2 - 1))


@pytest.mark.parametrize("form", ["value", "gradient", "jacobian", "hessian"])
def test_forms(form):
    g = gd.Graph()
    a, b = g.parameter("a", array(5, 4)), g.parameter("b", array(4))
    y = g.node("y", gd.tanh(a * b - a * a).sum(axis=1) * 3 - 1)
    g.node("L", (y * y).sum())
    same(g, "y" if form == "jacobian" else "L", form=form)


def test_other_calls():
    g = gd.Graph()
    X, w = g.input("X", shape=("m", 6)), g.parameter("w", array(6))
    g.node("L", ((X * w - 1) ** 2 * X).mean())
    for rows in (20, 30):
        fused = same(g, values={"X": array(rows, 6)})
        assert loops_in(fused) > 0
        singles = {"X": array(rows, 6).astype("f"), "w": array(6).astype("f")}
        assert fused(**singles)[1]["w"].dtype == np.float32


@pytest.mark.skipif(not importlib.util.find_spec("numba"), reason="needs numba")
def test_compiled(monkeypatch):
    monkeypatch.delitem(sys.modules, "numba")
    g = gd.Graph()
    X, W, b = g.input("X", array(30, 5)), g.parameter("W", array(5, 8)), g.parameter("b", array(8))
    h = g.node("h", gd.tanh(X @ W + b))
    D = ((h.reshape((30, 1, 8)) - h.reshape((1, 30, 8))) ** 2).sum(axis=2)
    g.node("L", (gd.softmax(-D, axis=1).max(axis=0) * gd.where(D > 3, D, gd.abs(b).sum())).mean())
    agree(g, "L", same(g))
