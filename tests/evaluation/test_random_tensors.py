"""Back-propagation on random graphs of tensors."""

from __future__ import annotations

import itertools

import hypothesis.strategies as st
import numpy as np
import pytest
from closeness import close, terms_of
from hypothesis import assume, given, reject, settings
from tensor_strategies import ANALYTIC, RATIONAL, chains, graphs

import graphdiff as gd
from graphdiff.errors import ExpressionError, NumericalError
from graphdiff.testing import check_graph

STEP = 1e-6
LARGE = 1e6


def share(part: int) -> settings:
    """So many of sixty examples."""
    return settings(max_examples=max(1, settings.default.max_examples * part // 60))


def as_matrix(found, n, j):
    return np.asarray(found, dtype=object).astype(np.float64).reshape(n.size, j.size)


def swept(graph, output, **options):
    """The reverse sweep; left out where numbers are so large that differences say nothing."""
    try:
        run = graph.backward(output, **options)
    except NumericalError:
        reject()
    sizes = [np.abs(np.asarray(v, float)).max() for v in (*run.value.values(), *run.P.values())]
    assume(max(sizes) < LARGE)
    return run


def cut_at(graph, j, value):
    """The graph with one of its nodes a leaf of that value."""
    other = gd.Graph()
    for node in graph.nodes:
        if node is j or node.is_leaf:
            other.parameter(node.name, value if node is j else node.value)
        else:
            parents = tuple(other[parent.name] for parent in node.parents)
            other.node(node.name, node.function.expression(parents))
    return other


@given(graphs())
def test_every_p_is_a_difference(graph):
    """P of every node, leaves and others, against differences in float64."""
    for output in graph.outputs:
        run = swept(graph, output)
        for j in graph.nodes:
            if j is output or j.index > output.index:
                continue
            value = np.asarray(run.value[j.name], dtype=np.float64)
            cut = cut_at(graph, j, value)
            columns = []
            for entry in range(j.size):
                moved = []
                for step in (STEP, -STEP):
                    at = value.copy()
                    at.flat[entry] += step
                    moved.append(np.ravel(cut.forward({j.name: at}).value[output.name]))
                columns.append((moved[0] - moved[1]) / (2 * STEP))
            found = as_matrix(run.P[j.name], output, j)
            near = np.abs(run.value[output.name]).max() / 1e4  # of which differences lose digits
            close(found, np.stack(columns, -1), 1e-4, f"{output.name} by {j.name}", terms=near)


@given(graphs(kinds=ANALYTIC, most=4))
def test_to_many_digits(graph):
    for output in graph.outputs:
        try:
            check_graph(graph, output, entries=4)
        except NumericalError:
            swept(graph, output)
            raise


@given(graphs(kinds=RATIONAL, most=3))
@share(40)
def test_exact_numbers(graph):
    for output in graph.outputs:
        try:
            exact = graph.backward(output, exact=True)
        except (NumericalError, ExpressionError):
            swept(graph, output)
            raise
        run = swept(graph, output)
        terms = terms_of(run)
        for node in graph.nodes:
            if node.name in exact.P:
                found = as_matrix(run.P[node.name], output, node)
                true = as_matrix(exact.P[node.name], output, node)
                close(found, true, 1e-9, node.name, terms=terms[node.name])


@given(chains())
def test_p_of_a_chain_is_the_product_of_its_jacobians(graph):
    output = graph.nodes[-1]
    run = swept(graph, output)
    product, terms = np.eye(output.size), terms_of(run)
    for j, i in reversed(list(itertools.pairwise(graph.nodes))):
        product = product @ as_matrix(run.J[j.name, i.name], i, j)
        found = as_matrix(run.P[j.name], output, j)
        close(found, product, 1e-10, j.name, terms=terms[j.name])


@given(graphs(most=4))
def test_one_node_is_the_graph_split(graph):
    """The whole of an output as one node's formula has the same value and derivatives."""
    output = graph.outputs[-1]
    run = swept(graph, output)
    whole = gd.Graph()
    formulas = {}
    for node in graph.nodes:
        if node.is_leaf:
            formulas[node.name] = whole.parameter(node.name, node.value)
        else:
            parents = tuple(formulas[parent.name] for parent in node.parents)
            formulas[node.name] = node.function.expression(parents)
    try:
        all_in_one = whole.node("all", formulas[output.name])
    except ExpressionError:
        reject()  # too large for one node
    one = whole.backward(all_in_one)
    terms = terms_of(run)
    operands = [np.abs(run.value[parent.name]).max() for parent in output.parents]
    close(one.value["all"], run.value[output.name], 1e-12, terms=operands)
    for leaf in whole.leaves:
        found, expected = one.P[leaf.name], run.P[leaf.name]
        found, expected = as_matrix(found, output, leaf), as_matrix(expected, output, leaf)
        close(found, expected, 1e-9, leaf.name, terms=terms[leaf.name])


@given(graphs(most=4), st.integers(0, 2**32))
@share(30)
def test_samples_together_equal_samples_apart(graph, seed):
    generator = np.random.default_rng(seed)
    output = graph.outputs[-1]
    given = {leaf.name: generator.uniform(-1.5, 1.5, (3, *leaf.shape)) for leaf in graph.leaves}
    together = swept(graph, output, **given)
    apart = [
        swept(graph, output, **{k: v[sample] for k, v in given.items()}) for sample in range(3)
    ]
    sizes = [terms_of(run) for run in apart]
    for node in graph.nodes:
        for sample, run in enumerate(apart):
            P, single = np.asarray(together.P[node.name]), np.asarray(run.P[node.name])
            P = np.broadcast_to(P, (3, *single.shape))[sample]
            close(P, single, 1e-10, node.name, terms=sizes[sample][node.name])


@given(graphs(most=4))
def test_the_record_adds_up(graph):
    output = graph.outputs[-1]
    run = swept(graph, output)
    sizes = terms_of(run)
    reached = graph.ancestors(output)
    for node in graph.nodes:
        found = as_matrix(run.P[node.name], output, node)
        terms = run.terms.get(node.name) or ()
        if terms:
            children = [graph[term.child] for term in terms]
            total = sum(
                as_matrix(term.P, output, child) @ as_matrix(term.J, child, node)
                for term, child in zip(terms, children, strict=True)
            )
            close(found, total, 1e-12, node.name, terms=sizes[node.name])
        if node.name not in reached:
            assert node.name in run.disconnected
            assert not found.any()
        rows = () if output.size == 1 else output.shape
        assert np.shape(run.gradient[node.name]) == rows + node.shape


@pytest.mark.slow
def test_the_graphs_are_of_every_kind():
    """The strategy really draws what the tests are for."""
    seen = {
        "rank": set(),
        "repeated": 0,
        "fan out": 0,
        "outputs": 0,
        "scalar": 0,
        "functions": set(),
    }

    @given(graphs())
    @settings(max_examples=400, database=None)
    def look(graph):
        for node in graph.nodes:
            seen["rank"].add(len(node.shape))
            seen["repeated"] += len(set(node.parents)) < len(node.parents)
            seen["fan out"] += len({edge.child for edge in graph.children(node)}) > 1
            if not node.is_leaf:
                steps = (
                    line.function.name
                    for line in node.function.program
                    if hasattr(line, "function")
                )
                seen["functions"].update(steps)
        seen["outputs"] += len(graph.outputs) > 1
        seen["scalar"] += all(output.shape for output in graph.outputs)

    look()
    assert {0, 1, 2, 3} <= seen["rank"]
    assert min(seen["repeated"], seen["fan out"], seen["outputs"], seen["scalar"]) > 10
    wanted = {"matmul", "einsum", "sum", "mean", "max", "min", "reshape", "index", "transpose",
              "concatenate", "stack", "softmax", "logsumexp", "outer", "norm", "inv", "det", "mse",
              "layer_norm", "tanh", "add", "mul", "div"}  # fmt: skip
    assert wanted <= seen["functions"], wanted - seen["functions"]


@pytest.mark.parametrize("layers", [1, 30])
def test_a_deep_network(layers):
    graph = gd.Graph()
    generator = np.random.default_rng(0)
    a = graph.input("x", generator.normal(size=(4, 3)))
    for k in range(layers):
        W = graph.parameter(f"W_{k}", generator.normal(size=(3, 3)) / 2)
        a = graph.node(
            f"a_{k}", gd.tanh(a @ W.T + graph.parameter(f"b_{k}", generator.normal(size=3)))
        )
    graph.node("L", gd.mse(a, graph.input("y", generator.normal(size=(4, 3)))))
    check_graph(graph, wrt=["W_0", f"b_{layers - 1}"], entries=3)


@given(
    st.lists(st.sampled_from([(), (3,), (2, 3), (1, 3), (4, 2, 3)]), min_size=2, max_size=4),
    st.data(),
)
def test_samples_stand_beside_each_other_whatever_axes_the_operands_have(shapes, data):
    """Each sample's value, P and J are those of a run of its own, in one node and in several."""
    sampled = data.draw(st.lists(st.booleans(), min_size=len(shapes), max_size=len(shapes)))
    one_node = data.draw(st.booleans())
    graph, generator = gd.Graph(), np.random.default_rng(0)
    leaves = [graph.input(f"x_{k}", generator.normal(size=shape)) for k, shape in enumerate(shapes)]
    total = leaves[0]
    for k, leaf in enumerate(leaves[1:]):
        total = gd.sin(total) * leaf + total / (2 + leaf**2)
        total = total if one_node else graph.node(f"u_{k}", total)
    graph.node("L", total.sum() if total.shape else total)
    given_values = {
        leaf.name: generator.normal(size=(5, *leaf.shape))
        for leaf, several in zip(leaves, sampled, strict=True)
        if several
    }
    run = graph.backward("L", **given_values)
    for k in range(5 if given_values else 1):
        alone = graph.backward("L", **{name: array[k] for name, array in given_values.items()})
        for whole, single in ((run.value, alone.value), (run.gradient, alone.gradient)):
            for name in single:
                found = np.asarray(whole[name])
                found = found[k] if found.ndim > np.ndim(single[name]) else found
                close(found, single[name], what=name, terms=1)
