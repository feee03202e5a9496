"""P without local Jacobians that nobody would read, and those made when they are asked for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from closeness import close, terms_of
from hypothesis import HealthCheck, given, reject, settings
from tensor_strategies import ANALYTIC, RATIONAL, graphs

import graphdiff as gd
from graphdiff.errors import NumericalError
from graphdiff.evaluation import sweeps
from graphdiff.evaluation.sweeps import Unmade


@pytest.fixture
def unmade(monkeypatch):
    monkeypatch.setattr(sweeps, "READABLE", 0)


def both(graph, monkeypatch, **options):
    """The run by dense matrices, and the one by rows pulled back."""
    try:
        literal = graph.backward(graph.nodes[-1], **options)
    except NumericalError:
        reject()
    with monkeypatch.context() as patch:
        patch.setattr(sweeps, "READABLE", 0)
        return literal, graph.backward(graph.nodes[-1], **options)


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(graph=graphs(ANALYTIC))
def test_rows_pulled_back_are_the_product(graph, monkeypatch):
    literal, found = both(graph, monkeypatch)
    terms = terms_of(literal)
    for name in literal.P:
        close(found.P[name], literal.P[name], 1e-9, terms=terms.get(name, 1))
    for edge in literal.J:
        np.testing.assert_allclose(found.J[edge], literal.J[edge], rtol=1e-12, atol=1e-300)


@settings(max_examples=20, suppress_health_check=list(HealthCheck), deadline=None)
@given(graph=graphs(RATIONAL))
def test_exact_rows_pulled_back_are_the_product(graph, monkeypatch):
    literal, found = both(graph, monkeypatch, exact=True)
    for name in literal.P:
        np.testing.assert_array_equal(found.P[name], literal.P[name])


def mlp(rows):
    """Three layers, the first local Jacobian of which has 8·10⁸ entries at 64 rows."""
    generator = np.random.default_rng(0)
    g = gd.Graph()
    a = g.input("X", generator.normal(size=(rows, 784)))
    Y = g.input("Y", np.eye(10)[generator.integers(0, 10, rows)])
    for k, (inner, outer) in enumerate([(784, 128), (128, 64), (64, 10)], 1):
        W = g.parameter(f"W{k}", generator.normal(size=(outer, inner)) / inner**0.5)
        b = g.parameter(f"b{k}", np.zeros(outer))
        a = g.node(f"z{k}", a @ W.T + b)
        a = g.node(f"a{k}", gd.relu(a)) if k < 3 else a
    g.node("L", gd.cross_entropy_with_logits(a, Y).mean())
    return g


def test_a_network_of_ordinary_size_has_its_gradients():
    g = mlp(64)
    run = g.backward("L")
    names = [node.name for node in g.nodes if node.kind == "parameter"]
    _, gradient = g.compile("L", names)()
    for name in names:
        np.testing.assert_allclose(run.gradient[name], gradient[name], rtol=1e-9, atol=1e-15)
    assert ("W1", "z1") in run.J
    with pytest.raises(
        NumericalError, match=r"J\[W1->z1\]: a dense matrix of 8192 × 100352 is more"
    ):
        run.J["W1", "z1"]
    assert run.J["b1", "z1"].shape == (8192, 128)
    assert g.draw(run).scene


def test_samples_and_copies(unmade):
    g = gd.Graph()
    x = g.parameter("x", shape=(3,))
    g.node("L", (gd.softmax(x) * [1, 2, 3]).sum() + x @ x)
    samples = np.random.default_rng(1).normal(size=(5, 3))
    run = g.backward({"x": samples})
    (term,) = run.terms["x"]
    assert isinstance(term.held, Unmade)
    assert not term.is_made
    again = pickle.loads(pickle.dumps(run))
    for k, sample in enumerate(samples):
        alone = g.backward({"x": sample})
        np.testing.assert_allclose(run.gradient["x"][k], alone.gradient["x"], rtol=1e-14)
        np.testing.assert_allclose(again.J["x", "L"][k], alone.J["x", "L"], rtol=1e-14)


def test_what_is_not_finite_is_refused_by_name(unmade):
    g = gd.Graph()
    x = g.parameter("x", [4, 0])
    g.node("r", gd.sqrt(x))
    g.node("L", gd.sum(g["r"]))
    with pytest.raises(
        NumericalError, match=r"^P\[r\] times .* J\[x->r\] is infinite at ∂/∂x\[1\];"
    ):
        g.backward("L")
