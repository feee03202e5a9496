"""Compiled and literal evaluation agree on random graphs."""

import hypothesis.strategies as st
import numpy as np
import pytest
from closeness import close, terms_of
from compiling import agree, arrays_in, held, singles
from hypothesis import assume, given, reject, settings
from strategies import KINKED, SMOOTH
from strategies import graphs as scalar_graphs
from tensor_strategies import graphs

import graphdiff as gd
from graphdiff.errors import ExpressionError, NumericalError

LARGE = 1e6


def scalar_output(graph):
    """Add the sum of the sines of all nodes without a child, so that nothing is unused."""
    used = {parent.name for node in graph.nodes for parent in node.parents}
    total = sum(gd.sin(node).sum() for node in graph.nodes if node.name not in used)
    return graph.node("loss", total)


def literal(graph, output, values=None):
    try:
        run = graph.backward(output, values)
    except (NumericalError, ExpressionError):
        reject()
    sizes = [np.abs(np.asarray(run.gradient[leaf.name])).max() for leaf in graph.leaves]
    assume(max(sizes) < LARGE)
    return run


@given(graphs())
def test_graphs_of_tensors(graph):
    loss = scalar_output(graph)
    run = literal(graph, loss)
    terms = terms_of(run)
    for reuse in (False, True):
        step = graph.compile(loss, graph.leaves, reuse=reuse)
        for _ in range(2):
            value, gradients = step()
            close(value, run.value["loss"])
            for leaf in graph.leaves:
                close(
                    gradients[leaf.name],
                    run.gradient[leaf.name],
                    1e-9,
                    leaf.name,
                    terms=terms[leaf.name],
                )


@given(graphs(), st.integers(0, 100))
@settings(max_examples=settings.default.max_examples // 2)
def test_graphs_of_tensors_at_other_values_and_on_samples(graph, seed):
    loss = scalar_output(graph)
    step = graph.compile(loss, graph.leaves)
    r = np.random.default_rng(seed)
    for lead in ((), (3,), (2,), ()):
        values = {
            leaf.name: np.asarray(leaf.value, float) + r.normal(size=(*lead, *leaf.shape)) / 8
            for leaf in graph.leaves
        }
        literal(graph, loss, values)
        agree(graph, loss, step, values, 1e-8)


@given(graphs())
@settings(max_examples=settings.default.max_examples // 2)
def test_single_precision_stays_single(graph):
    loss = scalar_output(graph)
    run = literal(graph, loss)
    values = held(graph)
    assume(max(np.abs(np.asarray(v, float)).max() for v in values.values()) < 100)
    found = graph.compile(loss, graph.leaves)(singles(values))
    assert all(array.dtype == np.float32 for array in arrays_in(found))
    last = graph.nodes[-2]
    value = graph.compile(last, form="value")(singles(values))
    assert not last.shape or value.dtype == np.float32
    close(value, run.value[last.name], 0.05)


@given(scalar_graphs((*SMOOTH, *KINKED)))
def test_graphs_of_scalars(graph):
    loss = scalar_output(graph)
    step = graph.compile(loss, graph.leaves)
    literal(graph, loss)
    agree(graph, loss, step, tolerance=1e-9)
    values = {leaf.name: np.linspace(-1, 1, 4) * (k + 1) for k, leaf in enumerate(graph.leaves)}
    literal(graph, loss, values)
    agree(graph, loss, step, values, 1e-9)
    agree(graph, loss, step, tolerance=1e-9)


ROUNDED = 1e-5
"""To that part of a value its difference over 2e-6 is not known to four digits."""


@pytest.mark.parametrize("form", ["vjp", "jvp", "hvp"])
@given(data=st.data())
@settings(max_examples=settings.default.max_examples // 3)
def test_products_with_vectors(form, data):
    graph = data.draw(graphs(most=4))
    node = graph.nodes[-1]
    output = scalar_output(graph) if form == "hvp" else node
    run = literal(graph, output) if output.shape == () else None
    r = np.random.default_rng(data.draw(st.integers(0, 99)))
    tangents = {leaf.name: r.normal(size=leaf.shape) for leaf in graph.leaves}
    step = graph.compile(output, graph.leaves, form=form)
    if form == "vjp":
        cotangent = r.normal(size=output.shape)
        found = step(cotangent=cotangent)
        loss = graph.node("paired", (output * cotangent.tolist()).sum())
        run = literal(graph, loss)
        terms = terms_of(run)
        for leaf in graph.leaves:
            expected = run.gradient[leaf.name]
            close(found[leaf.name], expected, 1e-9, leaf.name, terms=terms[leaf.name])
        return
    h = 1e-6
    ends = [
        {leaf.name: np.asarray(leaf.value, float) + s * h * tangents[leaf.name]
         for leaf in graph.leaves}
        for s in (1, -1)
    ]  # fmt: skip
    found = step(tangent=tangents)
    if form == "jvp":
        up, down = (graph.forward(values).value[output.name] for values in ends)
        expected = (np.asarray(up) - np.asarray(down)) / (2 * h)
        assume(np.abs(expected).max() < 1e3)
        close(found, expected, 1e-4, terms=ROUNDED * np.abs(up).max())
        return
    up, down = (literal(graph, output, values).gradient for values in ends)
    for leaf in graph.leaves:
        expected = (np.asarray(up[leaf.name]) - np.asarray(down[leaf.name])) / (2 * h)
        assume(np.abs(expected).max() < 1e3)
        rounded = ROUNDED * np.abs(up[leaf.name]).max(initial=0)
        close(found[leaf.name], expected, 1e-4, leaf.name, terms=rounded)
