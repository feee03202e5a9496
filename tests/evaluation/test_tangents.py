"""Forward mode: tangents are derivatives along a direction, the same that the reverse sweep gives."""

from __future__ import annotations

import numpy as np
import pytest
import tensor_strategies
from closeness import close, terms_of
from hypothesis import assume, given, reject
from hypothesis import strategies as st
from strategies import graphs
from tensor_strategies import RATIONAL, values

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation import tangents as forward_mode
from graphdiff.evaluation.rounded_zeros import tangents_as_shown
from graphdiff.evaluation.tangents import seeds, tangents

LARGE = 1e6


def swept(graph, output, **options):
    try:
        run = graph.backward(output, **options)
    except NumericalError:
        reject()
    sizes = [np.abs(np.asarray(v, float)).max() for v in (*run.value.values(), *run.P.values())]
    assume(max(sizes) < LARGE)
    return run


def along(graph, seed, run=None):
    return tangents(graph.forward() if run is None else run, seeds(graph, seed))


def direction_of(graph, seed=0):
    return {
        leaf.name: values(leaf.shape, seed + k) if leaf.shape else 0.5 + k
        for k, leaf in enumerate(graph.leaves)
    }


@given(graphs())
def test_the_tangent_along_one_leaf_is_its_derivative_everywhere(graph):
    """One forward sweep is a column of what reverse sweeps give as rows."""
    runs = {node.name: swept(graph, node) for node in graph.nodes}
    for leaf in graph.leaves:
        found = along(graph, leaf)
        for i in graph.nodes:
            run = runs[i.name]
            close(found.tangent[i], run.P[leaf], 1e-9, terms=terms_of(run)[leaf.name])


@given(tensor_strategies.graphs(), st.integers(0, 100))
def test_forward_along_a_direction_is_reverse_times_it(graph, seed):
    """c̄ᵀ(J v) = (c̄ᵀJ) v, for every entry of every node."""
    direction = direction_of(graph, seed)
    found = along(graph, direction)
    for output in graph.outputs:
        run = swept(graph, output)
        terms = [
            np.reshape(run.P[leaf], (output.size, leaf.size)) * np.ravel(direction[leaf.name])
            for leaf in graph.leaves
        ]
        total = np.reshape(sum(term.sum(axis=1) for term in terms), output.shape)
        paths = max(terms_of(run)[leaf.name] for leaf in graph.leaves) * 10
        close(
            found.tangent[output], total, 1e-9, terms=max(paths, *(np.abs(t).sum() for t in terms))
        )


@given(tensor_strategies.graphs(), st.integers(0, 100))
def test_a_tangent_is_a_difference_of_values(graph, seed):
    output, step = graph.nodes[-1], 1e-6
    swept(graph, output)
    direction = direction_of(graph, seed)

    def at(t):
        moved = {leaf.name: leaf.value + t * direction[leaf.name] for leaf in graph.leaves}
        try:
            return np.asarray(graph.forward(moved).value[output])
        except NumericalError:
            reject()

    found = np.asarray(along(graph, direction).tangent[output])
    halves = [(at(h) - at(-h)) / (2 * h) for h in (step, 2 * step)]
    curved = np.abs(halves[1] - halves[0]).max(initial=0)
    size = max(np.abs(at(0)).max(initial=0), np.abs(found).max(initial=0), 1)
    assert np.abs(found - halves[0]).max(initial=0) <= 1e-7 * size / 1e-2 + 10 * curved


@given(tensor_strategies.graphs(kinds=RATIONAL, most=3))
def test_exact_tangents_are_exactly_those_of_the_reverse_sweep(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output, exact=True)
    except NumericalError:
        reject()
    direction = {leaf.name: np.ones(leaf.shape) if leaf.shape else 1 for leaf in graph.leaves}
    found = tangents(run, seeds(graph, direction)).tangent[output]
    sums = [np.reshape(run.P[leaf], (output.size, leaf.size)).sum(axis=1) for leaf in graph.leaves]
    assert (np.ravel(found) == sum(sums)).all()


@given(tensor_strategies.graphs(), st.integers(0, 100))
def test_a_jacobian_that_is_not_made_gives_the_same(graph, seed):
    direction = direction_of(graph, seed)
    swept(graph, graph.nodes[-1])
    made = along(graph, direction)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forward_mode, "READABLE", 0)
        unmade = along(graph, direction)
    for node in graph.nodes:
        size = max(
            (np.abs(t.product).max(initial=0) for t in made.terms.get(node.name, ())), default=0
        )
        close(unmade.tangent[node], made.tangent[node], 1e-9, terms=size * 100)
        assert all(term.J is None for term in unmade.terms.get(node.name, ()))


def test_samples_have_a_tangent_each():
    g = gd.Graph()
    x, w = g.input("x", shape=(2,)), g.parameter("w", [1.0, 2.0])
    L = g.node("L", gd.tanh(w @ x))
    points = values((5, 2), 3)
    found = along(g, {"w": [1, -1]}, g.forward(x=points))
    alone = [along(g, {"w": [1, -1]}, g.forward(x=point)).tangent[L] for point in points]
    close(found.tangent[L], alone)


def test_what_a_seed_does_not_reach_is_not_differentiated():
    g = gd.Graph()
    x, y = g.input("x", 0), g.input("y", 2)
    z = g.node("z", gd.sqrt(x) + y**2)
    found = along(g, "y")
    assert found.tangent[z] == 4
    assert found.tangent[x] == 0
    assert [term.parent for term in found.terms["z"]] == ["y"]


def test_rounding_alone_is_shown_as_zero():
    g = gd.Graph()
    x = g.input("x", 1)
    a, b, c = (g.node(name, k * x) for name, k in [("a", 0.1), ("b", 0.2), ("c", 0.3)])
    z = g.node("z", a + b - c)
    found = along(g, "x")
    assert found.tangent[z] != 0
    assert tangents_as_shown(found).tangent[z] == 0


@pytest.mark.parametrize(
    ("seed", "said"),
    [
        ("W", "'W' has shape (2, 2), so a tangent needs a direction of that shape"),
        ({"W": [1, 2]}, "the tangent of 'W' has shape (2,)"),
        ({}, "the direction is empty"),
        ({"x": [1, 0], "z": [1, 0]}, "'z' depends on 'x'"),
        ({"W": [[float("nan"), 0], [0, 0]]}, "the tangent of 'W'"),
        ("V", "unknown node 'V'"),
    ],
)
def test_what_is_no_direction_is_refused(seed, said):
    g = gd.Graph()
    W, x = g.parameter("W", [[1, 2], [3, 4]]), g.input("x", [1, 2])
    g.node("z", W @ x)
    with pytest.raises(GraphError) as error:
        seeds(g, seed)
    assert said in str(error.value)


def test_a_kink_without_a_derivative_is_named():
    g = gd.Graph()
    x = g.input("x", 0)
    g.node("z", gd.sqrt(x))
    with pytest.raises(NumericalError, match="J\\[x->z\\]"):
        along(g, "x")


def test_a_tangent_beyond_the_floats_is_named():
    g = gd.Graph()
    x = g.input("x", 0)
    g.node("z", g.node("y", 1e200 * x) * 1e200)
    with pytest.raises(NumericalError, match="tangent of node 'z'"):
        along(g, "x")
