"""Every form of a step, beside the literal sweeps or differences of them."""

import numpy as np
import pytest
from closeness import close
from compiling import held, loss_of, network, singles
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd

H = 1e-5


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def graph(request):
    return graph_of(request.param, values_for(request.param))


def tangents_of(graph, seed=0):
    r = np.random.default_rng(seed)
    return {leaf.name: r.normal(size=leaf.shape) for leaf in graph.parameters}


def jacobians(graph):
    """Return P of each parameter as an array: the shape of f, then that of the parameter."""
    run, f = graph.backward("f"), graph["f"]
    return {
        leaf.name: np.reshape(np.asarray(run.P[leaf.name], float), (*f.shape, *leaf.shape))
        for leaf in graph.parameters
    }


def moved(graph, tangents, step):
    return {name: np.asarray(graph[name].value, float) + step * v for name, v in tangents.items()}


def test_value_gradient_and_both(graph):
    loss = loss_of(graph, graph["f"])
    run = graph.backward(loss)
    names = [leaf.name for leaf in graph.parameters]
    close(graph.compile(loss, form="value")(), run.value["loss"])
    gradients = graph.compile(loss, form="gradient")()
    assert list(gradients) == names
    for name in names:
        close(gradients[name], run.gradient[name])
        close(graph.compile(loss, name, form="gradient")(), run.gradient[name])
        value, gradient = graph.compile(loss, graph[name])()
        close(value, run.value["loss"])
        close(gradient, run.gradient[name])
        (only,) = graph.compile(loss, [name], form="gradient")().values()
        close(only, run.gradient[name])


def test_jacobian(graph):
    expected = jacobians(graph)
    several = graph.compile("f", form="jacobian")
    for dtype, tolerance in ((np.float64, 1e-9), (np.float32, 2e-3)):
        values = {name: np.asarray(value, dtype)[()] for name, value in held(graph).items()}
        found = several(values)
        for name in expected:
            close(found[name], expected[name], tolerance, name)
            assert not np.ndim(found[name]) or found[name].dtype == dtype
    for name in expected:
        close(graph.compile("f", name, form="jacobian")(), expected[name])


def test_vjp_and_jvp(graph):
    expected, f = jacobians(graph), graph["f"]
    cotangent = np.random.default_rng(1).normal(size=f.shape)
    found = graph.compile("f", form="vjp")(cotangent=cotangent)
    tangents = tangents_of(graph)
    total = np.zeros(f.shape)
    for name, J in expected.items():
        close(found[name], np.tensordot(cotangent, J, f.ndim), what=name)
        part = np.tensordot(J, tangents[name], np.ndim(tangents[name]))
        close(graph.compile("f", name, form="jvp")(tangent=tangents[name]), part)
        total = total + part
    close(graph.compile("f", form="jvp")(tangent=tangents), total)


def test_hvp_and_hessian(graph):
    loss = loss_of(graph, graph["f"])
    tangents = tangents_of(graph)
    products = graph.compile(loss, form="hvp")(tangent=tangents)
    blocks = graph.compile(loss, graph.parameters, form="hessian")()
    up, down = (graph.backward(loss, moved(graph, tangents, s * H)).gradient for s in (1, -1))
    for a in graph.parameters:
        slope = (np.asarray(up[a.name]) - np.asarray(down[a.name])) / (2 * H)
        close(products[a.name], slope, 1e-6, a.name)
        total = sum(
            np.tensordot(blocks[a.name, b.name], tangents[b.name], b.ndim) for b in graph.parameters
        )
        close(total, products[a.name], 1e-9, a.name)
        alone = graph.compile(loss, a, form="hessian")()
        close(alone, blocks[a.name, a.name])
        assert alone.shape == a.shape * 2 if a.shape else np.shape(alone) == ()


@pytest.mark.parametrize("form", ["jacobian", "vjp", "jvp", "hvp", "hessian"])
def test_forms_on_samples_and_in_both_types(form):
    graph = network()
    output = graph["L"] if form in ("hvp", "hessian") else graph["z"]
    step = graph.compile(output, ["W", "b"], form=form)
    r = np.random.default_rng(0)
    vectors = {}
    if form in ("jvp", "hvp"):
        vectors = {"tangent_W": r.normal(size=(4, 3)), "tangent_b": r.normal(size=3)}
    if form == "vjp":
        vectors = {"cotangent": r.normal(size=(5, 2))}
    samples = r.normal(size=(3, 5, 4))
    together = step(**vectors, X=samples)
    for k in range(3):
        apart = step(**vectors, X=samples[k])
        single = step(singles({**held(graph), **vectors, "X": samples[k]}))
        if form == "jvp":
            close(together[k], apart)
            close(single, apart, 2e-3)
            continue
        for key in apart:
            close(together[key][k], apart[key])
            close(single[key], apart[key], 2e-3)
            assert single[key].dtype == np.float32


def test_third_derivatives_by_gradient_graphs():
    graph = gd.Graph()
    x = graph.parameter("x", 0.5)
    graph.node("y", gd.sin(x) * x**3)
    x_ = 0.5
    s, c = np.sin(x_), np.cos(x_)
    hessian = graph.compile("y", "x", form="hessian")
    close(hessian(), -s * x_**3 + 2 * c * 3 * x_**2 + s * 6 * x_)
    product = graph.compile("y", "x", form="hvp")
    close(product(tangent=2.0), 2 * hessian())
