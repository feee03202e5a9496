"""Programs in PyTorch compute what the graph does, and its autograd derives them alike."""

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

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def leaves_of(graph):
    """Return the leaves as tensors to derive in."""
    return [
        torch.tensor(np.asarray(leaf.value, float), requires_grad=True) for leaf in graph.leaves
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_functions_of_tensors(case):
    graph = loss_of(case)
    agrees(graph.compile("L").to_torch()(), graph, "L")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_autograd_of_functions_of_tensors(case):
    graph = loss_of(case)
    leaves = leaves_of(graph)
    graph.compile("L", form="value").to_torch()(*leaves).backward()
    run = graph.backward("L")
    for leaf, tensor in zip(graph.leaves, leaves, strict=True):
        close(tensor.grad, run.gradient[leaf.name])


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(name):
    graph = inside(name)
    agrees(graph.compile("f").to_torch()(), graph, "f")
    leaves = leaves_of(graph)
    value = graph.compile("f", form="value").to_torch()(*leaves)
    run = graph.backward("f")
    if value.requires_grad:
        value.backward()
    for leaf, tensor in zip(graph.leaves, leaves, strict=True):
        close(0.0 if tensor.grad is None else tensor.grad, run.gradient[leaf.name])


@pytest.mark.parametrize("name", KINKED)
def test_derivatives_declared_at_kinks(name):
    for graph, partials in at_kinks(name):
        value, gradients = graph.compile("f").to_torch()()
        close(value, graph.forward().value["f"])
        close(torch.stack(list(gradients.values())), partials)


@pytest.mark.parametrize("name", ["abs", "sign", "relu", "max", "min", "elu", "leaky_relu"])
def test_autograd_has_the_derivatives_declared_at_kinks(name):
    for graph, partials in at_kinks(name):
        leaves = leaves_of(graph)
        graph.compile("f", form="value").to_torch()(*leaves).backward()
        close(torch.stack([leaf.grad for leaf in leaves]), partials)


def test_a_network_by_name_and_in_order():
    graph, values = network()
    step = graph.compile("L").to_torch()
    agrees(step(), graph, "L")
    agrees(step(*(torch.tensor(values[leaf.name]) for leaf in graph.leaves)), graph, "L")
    found = step({"W_1": values["W_1"] * 2})
    wanted = graph.compile("L")({"W_1": values["W_1"] * 2})
    close(found[0], wanted[0])
    close(found[1]["β"], wanted[1]["β"])


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_type_follows_the_tensors(dtype):
    graph, values = network()
    tensors = {name: torch.tensor(value, dtype=dtype) for name, value in values.items()}
    value, gradients = graph.compile("L").to_torch()(tensors)
    assert value.dtype == dtype
    assert {gradient.dtype for gradient in gradients.values()} == {dtype}
    close(value, np.asarray(graph.backward("L").value["L"]), 1e-5)
    assert graph.compile("L").to_torch()(W_1=tensors["W_1"])[0].dtype == dtype


def test_the_device_follows_the_tensors():
    graph, values = network()
    there = torch.tensor(values["X"], device="meta")
    value, gradients = graph.compile("L").to_torch()(X=there)
    assert {value.device.type, *(g.device.type for g in gradients.values())} == {"meta"}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_tensor_made_on_the_way_is_on_the_device(case):
    graph = loss_of(case)
    tensors = [
        torch.tensor(np.asarray(leaf.value), dtype=torch.float32, device="meta")
        for leaf in graph.leaves
    ]
    value, _ = graph.compile("L").to_torch()(*tensors)
    assert (value.device.type, value.dtype) == ("meta", torch.float32)


def test_vmap_takes_samples():
    graph, values = network()
    step = graph.compile("L").to_torch()
    many = torch.tensor(np.stack([values["X"], values["X"] * 0.5]))
    value, gradients = torch.func.vmap(lambda X: step(X=X))(many)
    wanted = graph.compile("L")(X=values["X"] * 0.5)
    close(value[1], wanted[0])
    close(gradients["W_1"][1], wanted[1]["W_1"])


@pytest.mark.parametrize("form", ["gradient", "jacobian", "hessian"])
def test_other_forms(form):
    graph, _ = network()
    wanted = graph.compile("L", form=form)()
    found = graph.compile("L", form=form).to_torch()()
    assert list(found) == list(wanted)
    for key in wanted:
        close(found[key], wanted[key])


def test_functions_of_ones_own():
    graph = own_functions()
    agrees(graph.compile("L").to_torch()(), graph, "L")


def test_what_is_handed_out_is_no_value_of_the_graph():
    graph = gd.Graph()
    x, w = graph.input("x", [1.0, 2.0]), graph.parameter("w", [3.0, 4.0])
    b = graph.parameter("b", [0.0, 0.0])
    graph.node("L", x @ w + b @ x)
    given = torch.tensor([1.0, 2.0], dtype=torch.float64)
    _, gradients = graph.compile("L").to_torch()(x=given)
    gradients["w"] += 10
    assert given.tolist() == [1, 2]
    assert gradients["b"].tolist() == [1, 2]


def test_values_held_are_not_the_graphs_memory():
    graph, values = network()
    step = graph.compile("L", "X", form="gradient").to_torch()
    wanted = step().clone()
    step().add_(1)
    close(step(), wanted.numpy())
    close(graph["W_1"].value, values["W_1"])


def test_samples_are_refused_with_advice():
    graph, values = network()
    with pytest.raises(GraphError) as error:
        graph.compile("L").to_torch()(X=np.stack([values["X"]] * 2))
    assert str(error.value) == (
        "the value of 'X' has shape (2, 5, 3); it must have shape (5, 3); for samples use vmap"
    )


def test_arrays_that_torch_cannot_share():
    graph, values = network()
    step, turned = graph.compile("L"), values["X"][::-1]
    for X in (turned, np.broadcast_to(turned[0], (5, 3))):
        close(step.to_torch()(X=X)[0], step(X=X)[0])
