"""Compiled and literal evaluation agree on every example, case and function."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp
from closeness import close
from compiling import SINGLE, agree, arrays_in, held, loss_of, singles
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.language.expression import apply
from graphdiff.language.functions import CATALOGUE


def example(name, tmp_path):
    path = tmp_path / f"{name}.toml"
    path.write_text(examples.source(name), encoding="utf-8")
    return gd.load(path)


@pytest.mark.parametrize("name", examples.names())
def test_examples(name, tmp_path):
    graph = example(name, tmp_path)
    output = graph.output
    step = graph.compile(output, graph.leaves)
    agree(graph, output, step)
    moved = {leaf.name: np.asarray(leaf.value, float) * 0.9 + 0.05 for leaf in graph.leaves}
    agree(graph, output, step, moved)
    agree(graph, output, step)


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case_graph(request):
    graph = graph_of(request.param, values_for(request.param))
    return graph, loss_of(graph, graph["f"])


def test_cases(case_graph):
    graph, loss = case_graph
    agree(graph, loss, graph.compile(loss))


def test_cases_in_single_precision(case_graph):
    graph, loss = case_graph
    step = graph.compile(loss)
    run = graph.backward(loss)
    found = step(singles(held(graph)))
    assert all(array.dtype == np.float32 for array in arrays_in(found))
    close(found[0], run.value["loss"], SINGLE)
    for name, gradient in found[1].items():
        close(gradient, run.gradient[name], SINGLE, name)
    agree(graph, loss, step)  # in float64 again


def test_values_of_cases(case_graph):
    graph, _ = case_graph
    step = graph.compile("f", form="value")
    expected = graph.forward().value["f"]
    close(step(), expected)
    found = step(singles(held(graph)))
    close(found, expected, SINGLE)
    assert not np.shape(expected) or found.dtype == np.float32


def test_cases_on_samples(case_graph):
    graph, loss = case_graph
    step = graph.compile(loss)
    first, *others = graph.parameters
    some = np.random.default_rng(2).uniform(0.9, 1.1, (3, *(1 for _ in first.shape)))
    values = {first.name: np.asarray(first.value) * some}
    agree(graph, loss, step, values)
    for leaf in others:
        values[leaf.name] = np.stack([np.asarray(leaf.value)] * 3)
    agree(graph, loss, step, values)
    agree(graph, loss, step)


def point(function, part):
    return [low + (high - low) * part for low, high in function.sample_domain]


@pytest.mark.parametrize("name", CATALOGUE)
def test_catalogue_on_scalars(name):
    function = CATALOGUE[name]
    graph = gd.Graph()
    leaves = [graph.parameter(f"a_{k}", v) for k, v in enumerate(point(function, 0.65))]
    loss = graph.node("loss", apply(function, *leaves) * 2 + apply(function, *leaves))
    step = graph.compile(loss, leaves)
    agree(graph, loss, step)
    for part in (0.3, 0.9):
        agree(graph, loss, step, dict(zip(("a_0", "a_1", "a_2"), point(function, part))))  # noqa: B905


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", CATALOGUE)
def test_catalogue_on_arrays_and_scalars(name, dtype):
    function = CATALOGUE[name]
    parts = np.array([[0.21, 0.47, 0.86], [0.33, 0.72, 0.58]])
    for scalar in range(-1, function.arity):  # which argument is one; -1 for none
        if function.arity == 1 and scalar == 0:
            continue
        graph = gd.Graph()
        leaves = [
            graph.parameter(
                f"a_{k}",
                low + (high - low) * (0.55 if k == scalar else parts[::-1] if k else parts),
            )
            for k, (low, high) in enumerate(function.sample_domain)
        ]
        node = graph.node("y", apply(function, *leaves))
        loss = graph.node("loss", (node * node).sum() + node.max())
        run = graph.backward(loss)
        value, gradients = graph.compile(loss, dtype=dtype)()
        tolerance = SINGLE if dtype == "float32" else 1e-10
        close(value, run.value["loss"], tolerance)
        for leaf in leaves:
            close(gradients[leaf.name], run.gradient[leaf.name], tolerance, leaf.name)
            assert not leaf.shape or gradients[leaf.name].dtype == dtype
        found = graph.compile(node, form="value", dtype=dtype)()
        assert found.dtype == dtype
        close(found, run.value["y"], tolerance)


OPERANDS = ((), (3,), (2, 1), (2, 3))
"""Shapes of operands that are broadcast to each other, but for a vector beside a column."""

OWN = {
    "own": gd.function("own", lambda a, b: a * sp.exp(b)),
    "own-last": gd.function("own_last", lambda a, b, c: a + b**2 / (1 + c**2)),
}


@pytest.mark.parametrize("name", [k for k, f in CATALOGUE.items() if f.arity > 1] + list(OWN))
def test_jacobians_and_hessians_of_operands_of_every_shape(name):
    """A partial derivative may depend on a smaller operand alone: log y, of x log y in x."""
    function = OWN.get(name) or CATALOGUE[name]
    arity = 3 if name == "own-last" else getattr(function, "arity", 2)
    domain = [(0.2, 1.5)] * arity if name in OWN else function.sample_domain
    tried = 0
    for place, shapes in enumerate(itertools.product(OPERANDS, repeat=arity)):
        vector_meets_column = (3,) in shapes and (2, 1) in shapes
        if vector_meets_column or place % (5 if arity == 3 else 1):
            continue
        parts = np.random.default_rng(place)
        graph = gd.Graph()
        leaves = [
            graph.parameter(f"a_{k}", low + (high - low) * parts.uniform(0.2, 0.9, shape))
            for k, (shape, (low, high)) in enumerate(zip(shapes, domain, strict=True))
        ]
        y = graph.node("y", function(*leaves) if name in OWN else apply(function, *leaves))
        run = graph.backward(y)
        found = graph.compile(y, leaves, form="jacobian")()
        for a in leaves:
            assert np.shape(found[a.name]) == y.shape + a.shape
            table = np.reshape(found[a.name], (y.size, a.size))
            close(table, np.reshape(run.P[a.name], table.shape))
        tried += 1
        if tried % 3:
            continue
        loss = graph.node("loss", (y * y).sum())
        second = graph.compile(loss, leaves, form="hessian")()
        expected = graph.hessian(loss, leaves)
        for a in leaves:
            for b in leaves:
                table = np.reshape(second[a.name, b.name], (a.size, b.size))
                close(table, np.reshape(expected[a.name, b.name].at(), table.shape), 1e-9)
    assert tried > 8


def test_functions_of_ones_own():
    bump = gd.function("bump", lambda x: sp.exp(-(x**2)) * sp.Piecewise((1, x > 0), (x, True)))
    seven = gd.function("seven", lambda x: 7 + 0 * x)
    same = gd.function("same", lambda x: x, kernel=lambda x: x)
    one = gd.function("one", lambda x: 1 + 0 * x, kernel=lambda x: 1.0)  # not of x's shape
    graph = gd.Graph()
    x = graph.parameter("x", [[-0.5, 0.3, 1.2], [2.0, -1.0, 0.7]])
    y = graph.node("y", bump(x) * seven(x) + same(x) + one(x))
    loss = graph.node("loss", (y * gd.sin(y)).sum() + same(x[0, 0]) * one(x[1, 1]))
    agree(graph, loss, graph.compile(loss))
    value = graph.compile("y", form="value")()
    close(value, graph.forward().value["y"])


def test_kernel_that_returns_its_argument_shares_no_memory():
    kept = gd.function("kept", lambda x: x, kernel=lambda x: x)
    graph = gd.Graph()
    x = graph.parameter("x", [1.0, 2.0])
    graph.node("y", kept(x))
    given = np.array([3.0, 4.0])
    found = graph.compile("y", form="value")(given)
    assert not np.shares_memory(found, given)
    z = graph.node("z", kept(gd.tanh(x)))
    w = graph.node("w", (gd.sin(gd.exp(gd.cos(gd.tanh(x)))) * z).sum())
    agree(graph, w, graph.compile(w))


@pytest.mark.parametrize("subscripts", ["iijj->ij", "iijj->ji", "iiij->j", "iijj->", "iiii->i"])
def test_einsum_of_one_operand_with_repeats(subscripts):
    shape = (2,) * subscripts.index("-")
    graph = gd.Graph()
    a = graph.parameter("a", np.arange(math.prod(shape)).reshape(shape) / 7)
    y = graph.node("y", gd.einsum(subscripts, gd.tanh(a)))
    z = graph.node("z", gd.sin(gd.cos(gd.exp(gd.tanh(gd.sin(a))))).sum() * y)
    loss = graph.node("loss", (z * z).sum())
    agree(graph, loss, graph.compile(loss))
    bare = graph.node("bare", gd.einsum(subscripts, a))
    value = graph.compile(bare, form="value")()
    close(value, graph.forward().value["bare"])
    assert not np.shares_memory(value, a.value)
