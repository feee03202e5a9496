"""Programs in JAX compute what the graph does, under jit, vmap and grad."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from export_cases import (
    CASES,
    KINKED,
    NAMES,
    agrees,
    at_kinks,
    inside,
    loss_of,
    network,
    own_functions,
)

import graphdiff as gd
from graphdiff.errors import GraphError

jax = pytest.importorskip("jax")
jnp = jax.numpy
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(autouse=True)
def double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_functions_of_tensors(case):
    graph = loss_of(case)
    agrees(jax.jit(graph.compile("L").to_jax())(), graph, "L")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_grad_of_functions_of_tensors(case):
    graph = loss_of(case)
    value = graph.compile("L", form="value").to_jax()
    values = [jnp.asarray(leaf.value, float) for leaf in graph.leaves]
    found = jax.jit(jax.grad(value, argnums=tuple(range(len(values)))))(*values)
    run = graph.backward("L")
    for leaf, gradient in zip(graph.leaves, found, strict=True):
        close(gradient, run.gradient[leaf.name])


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(name):
    graph = inside(name)
    agrees(graph.compile("f").to_jax()(), graph, "f")
    run = graph.backward("f")
    value = graph.compile("f", form="value").to_jax()
    arguments = [jnp.asarray(float(leaf.value)) for leaf in graph.leaves]
    for k, leaf in enumerate(graph.leaves):
        close(jax.grad(value, argnums=k)(*arguments), run.gradient[leaf.name])


@pytest.mark.parametrize("name", KINKED)
def test_derivatives_declared_at_kinks(name):
    for graph, partials in at_kinks(name):
        value, gradients = graph.compile("f").to_jax()()
        close(value, graph.forward().value["f"])
        close(jnp.stack(list(gradients.values())), partials)


@pytest.mark.parametrize("name", ["abs", "sign", "step", "relu", "max", "min", "elu", "leaky_relu"])
def test_grad_has_the_derivatives_declared_at_kinks(name):
    for graph, partials in at_kinks(name):
        value = graph.compile("f", form="value").to_jax()
        arguments = [jnp.asarray(float(leaf.value)) for leaf in graph.leaves]
        found = jax.grad(value, argnums=tuple(range(len(arguments))))(*arguments)
        close(jnp.stack(found), partials)


def test_a_network_by_name_and_in_order():
    graph, values = network()
    step = graph.compile("L").to_jax()
    agrees(step(), graph, "L")
    agrees(step(*(values[leaf.name] for leaf in graph.leaves)), graph, "L")
    other = {**values, "W_1": values["W_1"] * 2}
    found = step({"W_1": other["W_1"]})
    wanted = graph.compile("L")({"W_1": other["W_1"]})
    close(found[0], wanted[0])
    close(found[1]["β"], wanted[1]["β"])


def test_float32_stays_float32():
    graph, values = network(np.float32)
    value, gradients = graph.compile("L").to_jax()(values)
    assert value.dtype == np.float32
    assert {gradient.dtype for gradient in gradients.values()} == {np.dtype(np.float32)}
    wanted = graph.backward("L")
    close(value, np.float32(wanted.value["L"]), 1e-5)
    step = graph.compile("L").to_jax()
    assert step(W_1=values["W_1"])[0].dtype == np.float32
    assert step(W_1=values["W_1"].astype(np.float64))[0].dtype == np.float64
    assert step()[0].dtype == np.float64


def test_vmap_takes_samples():
    graph, values = network()
    step = graph.compile("L").to_jax()
    many = np.stack([values["X"], values["X"] * 0.5, -values["X"]])
    value, gradients = jax.vmap(lambda X: step(X=X))(many)
    assert value.shape == (3,)
    assert gradients["W_1"].shape == (3, 4, 3)
    numpy_step = graph.compile("L")
    for k, one in enumerate(many):
        wanted = numpy_step(X=one)
        close(value[k], wanted[0])
        close(gradients["β"][k], wanted[1]["β"])


@pytest.mark.parametrize("form", ["gradient", "jacobian", "hessian", "value"])
def test_other_forms(form):
    graph, _ = network()
    wanted = graph.compile("L", form=form)()
    found = graph.compile("L", form=form).to_jax()()
    if form == "value":
        close(found, wanted)
        return
    assert list(found) == list(wanted)
    for key in wanted:
        close(found[key], wanted[key])


@pytest.mark.parametrize(
    ("form", "vector"), [("hvp", "tangent"), ("jvp", "tangent"), ("vjp", "cotangent")]
)
def test_forms_with_a_vector(form, vector):
    graph, _ = network()
    step = graph.compile("L" if form == "hvp" else "ĥ", "W_1", form=form)
    shape = (5, 4) if form == "vjp" else (4, 3)
    direction = np.linspace(-1, 1, np.prod(shape)).reshape(shape)
    close(step.to_jax()(**{vector: direction}), step(**{vector: direction}))


def test_second_derivatives_by_jax_equal_ours():
    graph, values = network()
    value = graph.compile("L", form="value").to_jax()
    found = jax.hessian(lambda w: value(W_2=w))(values["W_2"])
    close(found, graph.compile("L", "W_2", form="hessian")())


def test_functions_of_ones_own():
    graph = own_functions()
    agrees(graph.compile("L").to_jax()(), graph, "L")


def test_one_wrt_hands_out_the_bare_gradient():
    graph, _ = network()
    _, gradient = graph.compile("L", "W_2").to_jax()()
    close(gradient, graph.backward("L").gradient["W_2"])


def test_a_gradient_that_is_a_number():
    graph = gd.Graph()
    graph.node("L", 3 * graph.parameter("w", 2) + graph.parameter("b", 1))
    value, gradients = graph.compile("L").to_jax()()
    assert (float(value), float(gradients["w"]), float(gradients["b"])) == (7, 3, 1)
    assert {g.dtype for g in gradients.values()} == {np.dtype(np.float64)}


def test_large_arrays_of_places_have_names():
    graph = gd.Graph()
    w = graph.parameter("w", np.arange(50.0))
    places = [int(k) for k in np.random.default_rng(0).integers(0, 50, 100)]
    graph.node("L", gd.sum(w[places] ** 2))
    exported = graph.compile("L").to_jax()
    assert [array.shape for array in exported.constants.values()] == [(100,)]
    agrees(exported(), graph, "L")


def test_samples_are_refused_with_advice():
    graph, values = network()
    with pytest.raises(GraphError) as error:
        graph.compile("L").to_jax()(X=np.stack([values["X"]] * 2))
    assert str(error.value) == (
        "the value of 'X' has shape (2, 5, 3); it must have shape (5, 3); for samples use vmap"
    )


def test_a_missing_value():
    graph = gd.Graph()
    graph.node("L", graph.input("x") * graph.parameter("w", 2))
    step = graph.compile("L").to_jax()
    with pytest.raises(GraphError, match=r"^no value for 'x'; give it when building the graph"):
        step()
    assert float(step(x=3)[0]) == 6
