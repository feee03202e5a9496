"""Back-propagation on random graphs, against finite differences and SymPy's own derivative."""

from __future__ import annotations

import math
import random
import re

import hypothesis.strategies as st
import numpy as np
import pytest
import sympy as sp
from closeness import both, close, terms_of
from hypothesis import assume, given, reject, settings
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


def swept(graph, output, **options):
    """The reverse sweep; where it overflows the example is left out."""
    try:
        return graph.backward(output, **options)
    except NumericalError:
        reject()


@given(graphs(functions=SMOOTH))
def test_against_finite_differences(graph):
    for output in graph.outputs:
        try:
            check_graph(graph, output)
        except NumericalError:
            assert max(map(abs, swept(graph, output).P.values())) > 1e9


@given(graphs(most=4))
@settings(max_examples=settings.default.max_examples * 25 // 60)
def test_against_sympys_total_derivative(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    formula = closed_form(graph, output)
    assume(formula.count_ops() <= 300 and max(map(abs, run.P.values())) <= 1e9)
    terms = terms_of(run)
    for leaf in graph.leaves:
        true = at_leaves(graph, formula.diff(leaf.symbol))
        close(run.P[leaf.name], true, 1e-8, leaf.name, terms=terms[leaf.name])


@given(graphs(functions=RATIONAL, most=5, composite=False))
@settings(max_examples=settings.default.max_examples * 30 // 60)
def test_exact_against_float(graph):
    output = graph.nodes[-1]
    try:
        exact = graph.backward(output, exact=True)
    except (NumericalError, ExpressionError) as error:
        if "operations" not in str(error) and "digits" not in str(error):  # too large to be exact
            both(lambda: graph.backward(output, exact=True), lambda: graph.backward(output))
        reject()
    run = graph.backward(output)
    terms = terms_of(run)
    for node in graph.nodes:
        close(run.value[node.name], exact.value[node.name], 1e-8, terms=operands(run, node))
        close(run.P[node.name], exact.P[node.name], 1e-8, terms=terms[node.name])


def operands(run, node):
    """The numbers a node is made of: their sum may cancel."""
    return [abs(run.value[parent.name]) for parent in node.parents]


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
        terms = terms_of(apart)
        for node in graph.nodes:
            value = np.broadcast_to(together.value[node.name], (3,))[k]
            close(value, apart.value[node.name], 1e-12, terms=operands(apart, node))
            P = np.broadcast_to(together.P[node.name], (3,))[k]
            close(P, apart.P[node.name], 1e-12, terms=terms[node.name])


@given(graphs())
def test_p_is_the_sum_of_its_terms(graph):
    run = swept(graph, graph.nodes[-1])
    for name, P in run.P.items():
        if run.terms.get(name):
            terms = [term.P * term.J for term in run.terms[name]]
            close(P, math.fsum(terms), 1e-12, terms=np.abs(terms))
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
    reached = graph.ancestors(output)
    assert set(run.disconnected) == {node.name for node in graph} - reached
    assert all(run.P[name] == 0 for name in run.disconnected)


@given(graphs(most=4))
@settings(max_examples=settings.default.max_examples * 25 // 60)
def test_closed_forms_against_the_sweep(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    values = {node.symbol: sp.Float(run.value[node.name], 30) for node in graph.nodes}
    sizes, checked = terms_of(run), 0
    for wrt in graph.nodes:
        for terms in ("nodes", "leaves"):
            try:
                formula = graph.gradient(output, wrt, in_terms_of=terms)
            except (DerivationError, ExpressionError) as error:
                assert re.search("operations|levels", str(error))  # too long for a person
                continue
            if scalar_derivatives.operations(formula) < 2000:
                checked += 1
                found = formula.subs(values).doit()
                close(found, run.P[wrt.name], 1e-6, wrt.name, terms=sizes[wrt.name])
    assert checked


@given(graphs(most=3, composite=False))
@settings(max_examples=settings.default.max_examples * 15 // 60)
def test_hessian_against_differences_of_the_gradient(graph):
    output = graph.nodes[-1]
    H = graph.hessian(output, graph.leaves)
    assume(all(scalar_derivatives.operations(entry) <= 1000 for entry in H))
    values = {leaf.name: float(leaf.value) for leaf in graph.leaves}
    step = 1e-5
    for b, leaf in enumerate(graph.leaves):
        runs = [swept(graph, output, **values | {leaf.name: values[leaf.name] + s * step})
                for s in (-1, 1)]  # fmt: skip
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
    run, again = both(lambda: graph.backward(output), lambda: other.backward(output.name))
    terms = terms_of(run)
    for node in graph.nodes:
        close(again.P[node.name], run.P[node.name], 1e-12, terms=terms[node.name])


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
