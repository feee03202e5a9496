"""Back-propagation on random graphs, against finite differences and SymPy's own derivative."""

from __future__ import annotations

import math
import random

import hypothesis.strategies as st
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from strategies import KINKED, SMOOTH, graphs

import graphdiff as gd
from graphdiff.errors import DerivationError, ExpressionError, NumericalError
from graphdiff.symbolic import scalar_derivatives
from graphdiff.testing import check_graph

RATIONAL = (gd.relu, gd.abs, gd.leaky_relu)


def closed_form(graph, node):
    """The node in SymPy, by substitution alone: no derivative of ours takes part."""
    closed = {leaf.name: leaf.symbol for leaf in graph.leaves}
    for u in graph.nodes:
        if not u.is_leaf:
            closed[u.name] = u.function.applied(tuple(closed[p.name] for p in u.parents))
    return closed[node.name]


def at_leaves(graph, formula):
    values = {leaf.symbol: sp.Rational(str(leaf.value)) for leaf in graph.leaves}
    return float(sp.N(formula.subs(values).doit(), 30))


def close(found, expected, tolerance=1e-8):
    return math.isclose(found, expected, rel_tol=tolerance, abs_tol=tolerance)


def swept(graph, output, **options):
    try:
        return graph.backward(output, **options)
    except NumericalError:
        return None  # overflow is no matter for these tests


@given(graphs(functions=SMOOTH))
def test_against_finite_differences(graph):
    for output in graph.outputs:
        try:
            check_graph(graph, output)
        except NumericalError:
            assert (
                swept(graph, output) is None or max(map(abs, swept(graph, output).P.values())) > 1e9
            )


@given(graphs(most=4))
@settings(max_examples=settings.default.max_examples * 25 // 60)
def test_against_sympys_total_derivative(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    formula = closed_form(graph, output)
    if run is None or formula.count_ops() > 300 or max(map(abs, run.P.values())) > 1e9:
        return
    for leaf in graph.leaves:
        assert close(run.P[leaf.name], at_leaves(graph, formula.diff(leaf.symbol)))


@given(graphs(functions=RATIONAL, most=5, composite=False))
@settings(max_examples=settings.default.max_examples * 30 // 60)
def test_exact_against_float(graph):
    output = graph.nodes[-1]
    try:
        exact = graph.backward(output, exact=True)
    except (NumericalError, ExpressionError):
        return
    run = graph.backward(output)
    for node in graph.nodes:
        assert close(run.value[node.name], float(exact.value[node.name]))
        assert close(run.P[node.name], float(exact.P[node.name]))


@given(graphs(functions=(*SMOOTH, *KINKED)), st.randoms(use_true_random=False))
def test_samples_together_equal_samples_apart(graph, generator):
    output = graph.nodes[-1]
    samples = {
        leaf.name: np.array([generator.uniform(-1.5, 1.5) for _ in range(3)])
        for leaf in graph.leaves
    }
    together = swept(graph, output, **samples)
    for k in range(3):
        apart = swept(graph, output, **{name: float(values[k]) for name, values in samples.items()})
        if together is None or apart is None:
            return
        for node in graph.nodes:
            for found, single in ((together.value, apart.value), (together.P, apart.P)):
                found = np.broadcast_to(found[node.name], (3,))[k]
                assert close(found, single[node.name], 1e-12)


@given(graphs())
def test_p_is_the_sum_of_its_terms(graph):
    run = swept(graph, graph.nodes[-1])
    if run is None:
        return
    for name, P in run.P.items():
        if run.terms.get(name):
            assert close(P, sum(term.P * term.J for term in run.terms[name]))
    for edge in graph.edges:
        term = run.term(edge)
        if edge.child.name in run.disconnected or edge.child.index > graph[run.output].index:
            assert term is None
        else:
            assert (term.child, term.slot) == (edge.child.name, edge.slot)


@given(graphs())
def test_disconnected_nodes(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    if run is not None:
        reached = graph.ancestors(output)
        assert set(run.disconnected) == {node.name for node in graph} - reached
        assert all(run.P[name] == 0 for name in run.disconnected)


@given(graphs(most=4))
@settings(max_examples=settings.default.max_examples * 25 // 60)
def test_closed_forms_against_the_sweep(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    if run is None:
        return
    values = {node.symbol: sp.Float(run.value[node.name], 30) for node in graph.nodes}
    for wrt in graph.nodes:
        for terms in ("nodes", "leaves"):
            try:
                formula = graph.gradient(output, wrt, in_terms_of=terms)
            except (DerivationError, ExpressionError):
                continue
            if scalar_derivatives.operations(formula) < 2000:
                assert close(float(formula.subs(values).doit()), run.P[wrt.name], 1e-6)


@given(graphs(most=3, composite=False))
@settings(max_examples=settings.default.max_examples * 15 // 60)
def test_hessian_against_differences_of_the_gradient(graph):
    output = graph.nodes[-1]
    H = graph.hessian(output, graph.leaves)
    if any(scalar_derivatives.operations(entry) > 1000 for entry in H):
        return
    values = {leaf.name: float(leaf.value) for leaf in graph.leaves}
    step = 1e-5
    for b, leaf in enumerate(graph.leaves):
        runs = [swept(graph, output, **values | {leaf.name: values[leaf.name] + s * step})
                for s in (-1, 1)]  # fmt: skip
        if None in runs:
            return
        for a, other in enumerate(graph.leaves):
            slope = (runs[1].P[other.name] - runs[0].P[other.name]) / (2 * step)
            found = at_leaves(graph, H[a, b])
            assert math.isclose(found, slope, rel_tol=1e-4, abs_tol=1e-4)


@given(graphs(), st.integers(0, 2**32))
def test_any_topological_order_gives_the_same(graph, seed):
    output = graph.nodes[-1]
    generator = random.Random(seed)
    other = gd.Graph()
    waiting = list(graph.nodes)
    while waiting:
        ready = [node for node in waiting if all(p.name in other for p in node.parents)]
        node = generator.choice(ready)
        waiting.remove(node)
        if node.is_leaf:
            other.input(node.name, node.value)
        else:
            built = dict(zip(node.parents, (other[p.name] for p in node.parents), strict=True))
            other.node(node.name, rebuilt(node, built))
    run, again = swept(graph, output), swept(other, output.name)
    if run is not None and again is not None:
        for node in graph.nodes:
            assert close(run.P[node.name], again.P[node.name], 1e-12)


def rebuilt(node, built):
    from graphdiff.files.parser import parse

    return parse(node.formula, {parent.name: copy for parent, copy in built.items()}.__getitem__)


@pytest.mark.parametrize("function", [lambda x: x * x, lambda x: gd.max(x, x), lambda x: x / x,
                                      lambda x: x**x, lambda x: x - x])  # fmt: skip
def test_a_repeated_parent_has_two_edges(function):
    graph = gd.Graph()
    x = graph.input("x", 3)
    z = graph.node("z", function(x))
    assert z.parents == (x, x)
    assert [edge.slot for edge in graph.children(x)] == [0, 1]
    run = graph.backward()
    assert len(run.terms["x"]) == 2
    assert run.J["x", "z"] == sum(term.J for term in run.terms["x"])
    check_graph(graph)
