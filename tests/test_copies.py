"""Whatever the package returns can be copied, pickled and sent to another process."""

from __future__ import annotations

import copy
import inspect
import multiprocessing
import pickle
import tempfile
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
import tensor_strategies
from hypothesis import given
from outcomes import outcome
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language import functions
from graphdiff.program.tape.transforms import FORMS

COPY = {
    "pickle": lambda made: pickle.loads(pickle.dumps(made)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}
"""The ways to make a copy."""


def of_scalars():
    graph = gd.Graph("scalars")
    a, b = graph.input("a", 0.25), graph.parameter("b", 2)
    c = graph.node("c", gd.sigmoid(a * b))
    graph.node("E", (c - 1) ** 2 + gd.relu(a) + gd.pi)
    graph.group("neuron", [b, c])
    return graph


def of_tensors():
    graph = gd.Graph("tensors", output="L")
    x = graph.input("x", np.array([1.0, 2.0, 0.5]))
    y = graph.input("y", [[0.25, 0.75], [0.5, 0.5]], rows="distribution")
    W, b = graph.parameter("W", [[0.5, -1.0, 2.0], [0.25, 1.0, -2.0]]), graph.parameter("b", [1, 2])
    z = graph.node("z", gd.tanh(W @ x) + b)
    graph.node(
        "L", gd.cross_entropy_with_logits(gd.stack([z, 2 * z]), y) + gd.norm(W, axis=1).sum()
    )
    return graph


def used(step, *values):
    step(*values)
    return step


def graphs_of(make):
    graph = make()
    return {"graph": graph, "node": graph.output, "leaf": graph.leaves[0], "edge": graph.edges[0]}


def of_verbs():
    """Return what each verb of a graph returns, by the verb's name and a word."""
    s, t = of_scalars(), of_tensors()
    runs = s.backward("E"), t.backward("L")
    return {
        "forward": s.forward(), "forward tensors": t.forward(), "backward": runs[0],
        "backward tensors": runs[1], "backward exact": s.backward("E", exact=True),
        "with_values": s.with_values(a=2), "step": s.step(runs[0]), "step tensors": t.step(runs[1]),
        "local_jacobian": s.local_jacobian("c", "E"), "local_jacobian tensors": t.local_jacobian("W", "z"),
        "index_jacobian": s.index_jacobian("c", "E"), "index_jacobian tensors": t.index_jacobian("W", "z"),
        "entrywise_jacobian": t.entrywise_jacobian("W", "z"),
        "gradient": s.gradient("E", "b"), "gradient tensors": t.gradient("L", "W"),
        "jacobian": t.jacobian("z", "x"), "vjp": t.vjp("z", "W"), "jvp": t.jvp("z", "W"),
        "hessian": s.hessian("E", ["a", "b"]), "hessian tensors": t.hessian("L", "b"),
        "gradient_graph": s.gradient_graph("E"), "gradient_graph tensors": t.gradient_graph("L"),
        "explain": s.explain("E", "b"), "explain tensors": t.explain("L", "b"),
        "evaluation_trace": s.evaluation_trace("reverse"),
        "evaluation_trace forward": t.evaluation_trace("forward", "b[0]"),
        "paths": s.paths("b", "E"), "check": s.check({"P[c]": [1, "2*c"], "dE/db": 3}),
        "check tensors": t.check({"P[b]": [1, 2]}), "draw": s.draw(), "draw tensors": t.draw(runs[1]),
        "check_gradients": t.check_gradients(),
        "plot_gradient_errors": t.plot_gradient_errors(t.check_gradients()),
        "plot_loss": s.plot_loss("a", "b"), "plot_decision": gd.models.gate("and").plot_decision(),
        "frames": s.frames(runs[0]), "explore": s.explore(), "compile": s.compile(), "compile samples": used(s.compile(), [1, 2]),
        "compile exported": t.compile("L", "W").to_jax(), "compile for C": s.compile().to_c(),
        "from_expression": gd.Graph.from_expression(sp.Symbol("x") ** 2),
        "from_function": gd.Graph.from_function(lambda x, y: x * y),
        "from_networkx": gd.Graph.from_networkx(t.to_networkx()),
    }  # fmt: skip


def of_pages():
    """Return what each verb makes of a page."""
    page = Path(tempfile.mkdtemp()) / "page.md"
    page.write_text(r"$c = a + b$, $\frac{dE}{dc} = 2$", encoding="utf-8")
    s = of_scalars()
    return {
        "check_file": s.check_file(page), "checked_page": s.checked_page(page, s.check_file(page)),
        "from_page": gd.Graph.from_page(page),
    }  # fmt: skip


def of_models():
    """Return what each model returns."""
    models = gd.models
    return {
        "mlp": models.mlp([2, 3, 1]), "neurons": models.mlp([2, 3, 1]).neurons(),
        "gate": models.gate("xor"), "truth_table": models.gate("and").truth_table(),
        "perceptron": models.perceptron(2, weights=[1, 2]),
        "boolean_network": models.boolean_network([0, 1, 1, 0]),
        "separation": models.separation([0, 0, 0, 1]),
        "approximation": models.approximation(np.sin, (0, 1), 4),
        "linear_regression": models.linear_regression([[1.0], [2.0]], [1.0, 2.0]),
        "logistic_regression": models.logistic_regression([[1.0], [2.0]], [0, 1]),
        "softmax_regression": models.softmax_regression([[1.0], [2.0]], [0, 1], classes=2),
    }  # fmt: skip


MADE = {**of_verbs(), **of_pages(), **of_models(), **graphs_of(of_tensors), "function": gd.exp, "pi": gd.pi,
        "expression": of_scalars()["a"] * 2 + gd.pi}  # fmt: skip
"""One of each kind of result."""


@pytest.mark.parametrize("way", COPY.values(), ids=COPY)
@pytest.mark.parametrize("name", MADE)
def test_a_copy_is_as_good(name, way):
    made = MADE[name]
    before = outcome(made)
    found = way(made)
    assert type(found) is type(made)
    assert outcome(found) == before
    assert outcome(way(found)) == before, "a copy of a copy"


def test_every_verb_and_model_is_tried():
    verbs = {name for name, verb in inspect.getmembers(gd.Graph, inspect.isfunction)
             if verb.__module__.startswith(("graphdiff.verbs", "graphdiff.workbench")) and not name.startswith("_")}  # fmt: skip
    classes = {inspect.ismethod(verb) and name for name, verb in inspect.getmembers(gd.Graph)}
    tried = {name.split()[0] for name in MADE}
    assert verbs - {"save"} <= tried
    assert {"from_expression", "from_function", "from_networkx"} <= tried & classes
    models = {name for name, made in vars(gd.models).items() if inspect.isfunction(made)}
    assert models - {"approximation_errors"} <= tried


def test_results_are_read_in_a_process_that_is_started_anew():
    names = list(MADE)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        found = pool.map(outcome, [MADE[name] for name in names])
    assert dict(zip(names, found, strict=True)) == {name: outcome(MADE[name]) for name in names}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_program_is_copied(form):
    graph = of_tensors()
    step = graph.compile("L", "b", form=form)
    more = {"tangent": [1.0, 2.0]} if form in ("hvp", "jvp") else {}
    more |= {"cotangent": 1.0} if form == "vjp" else {}
    for way in COPY.values():
        assert repr(way(step)(**more)) == repr(step(**more))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_function_of_tensors_is_found_again(case):
    graph = graph_of(case, values_for(case))
    for made in (graph, graph.forward(exact=True)):
        for way in COPY.values():
            assert outcome(way(made)) == outcome(made)


@pytest.mark.parametrize("name", functions.CATALOGUE)
def test_every_map_and_its_derivative_are_found_again(name):
    function = functions.CATALOGUE[name]
    for way in COPY.values():
        assert way(function) is function
        for slot in range(function.arity):
            prime = functions.prime(function, slot)
            assert way(prime) is prime
        applied = function.symbolic(*sp.symbols("x y z", real=True)[: function.arity])
        assert way(applied) == applied


@given(graph=tensor_strategies.graphs())
def test_any_graph_is_copied(graph):
    for way in COPY.values():
        found = way(graph)
        assert outcome(found) == outcome(graph)
        assert all(found[node.name] is not node for node in graph.nodes)
        assert repr(found.forward().value) == repr(graph.forward().value)


def test_a_graph_of_very_many_nodes_and_a_deep_expression():
    graph = gd.Graph()
    x = v = graph.input("x", 0.5)
    for k in range(3000):
        v = graph.node(f"v{k}", gd.sin(v) * 0.9)
    for _ in range(3000):
        x = x * x + 1
    for way in COPY.values():
        assert way(graph).forward().value == graph.forward().value
        assert repr(way(x)) == repr(x)


def test_nodes_of_a_copy_belong_to_it():
    graph = of_tensors()
    run = graph.backward("L")
    graph.favourite = graph["z"]
    found, again = copy.deepcopy((graph, run))
    assert again.graph is found
    assert found.favourite is found["z"]
    assert again.P[found["z"]].tolist() == run.P[graph["z"]].tolist()
    assert not again.value["W"].flags.writeable
    assert not found["W"].value.flags.writeable
    found.node("more", found["z"] * 2)
    assert "more" not in graph
    assert copy.copy(graph["z"]) is graph["z"]


def test_a_function_of_ones_own_is_copied_and_refused_by_pickle():
    cube = gd.function("cube", lambda t: t**3)
    graph = gd.Graph()
    graph.node("z", cube(graph.input("x", 2)))
    assert copy.deepcopy(graph).backward("z").P["x"] == 12
    assert copy.copy(graph.compile())() == graph.compile()()
    for made in (graph, graph.backward("z"), graph.gradient("z", "x"), graph.compile(), cube):
        if made == graph.gradient("z", "x"):
            continue  # 3*x**2 has no cube in it
        with pytest.raises(GraphError, match="'cube' is a function of your own"):
            pickle.dumps(made)
