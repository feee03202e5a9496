"""Derivative arrays with their structure kept, against the literal sweep and known forms."""

from __future__ import annotations

import math
from unittest import mock

import numpy as np
import pytest
from closeness import close, terms_of
from hypothesis import HealthCheck, given, reject, settings
from tensor_cases import CASES, graph_of, values_for
from tensor_strategies import ANALYTIC, graphs

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.dense_jacobians import dense
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of
from graphdiff.language.expression import Apply, as_expression, in_order
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.movement import Transpose
from graphdiff.local_functions.local_function import Formal, LocalFunction, localise
from graphdiff.local_functions.pullback import ONE, pullback
from graphdiff.program.structured import derivative, hessian, jacobian
from graphdiff.program.structured.derivative import work
from graphdiff.program.structured.shared import Shared

EACH = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def as_function(expression, leaves):
    """An expression of any size as a function of leaves."""
    program, found = localise(expression, written=False)
    place = {id(leaf): slot for slot, leaf in enumerate(leaves)}
    lines = tuple(
        Formal(place[id(found[line.slot])]) if isinstance(line, Formal) else line
        for line in program
    )
    return LocalFunction(lines, len(leaves), tuple(leaf.shape for leaf in leaves))


def numbers(expression, leaves, values):
    function = as_function(expression, leaves)
    return np.asarray(value_of(FLOAT64, function, [np.asarray(v, float) for v in values]))


def line_sizes(expression, leaves):
    """The sizes of all that is computed on the way, the result left out."""
    function = as_function(expression, leaves)
    return [math.prod(shape) for shape in function.line_shapes[:-1]]


@pytest.mark.parametrize("form", [derivative, jacobian])
@EACH
def test_jacobians_are_those_of_the_sweep(case, form):
    values = values_for(case)
    graph = graph_of(case, values)
    leaves = [graph["abcd"[k]] for k in range(len(values))]
    f = case.build(*leaves)
    run = graph.backward("f")
    for leaf in leaves:
        found = form(f, leaf)
        assert found.shape == found.expression.shape == f.shape + leaf.shape
        expected = np.asarray(run.P[leaf.name], float).reshape(found.shape)
        got = numbers(found.expression, leaves, values)
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-11, err_msg=leaf.name)


@EACH
def test_hessians_are_the_jacobians_of_gradients(case):
    values = values_for(case, seed=1)
    graph = graph_of(case, values)
    leaves = [graph["abcd"[k]] for k in range(len(values))]
    f = case.build(*leaves)
    cotangent = graph.input("cotangent", np.random.default_rng(3).uniform(-1, 1, f.shape))
    every, at = [*leaves, cotangent], [*values, cotangent.value]
    for leaf in leaves:
        (gradient,) = pullback(f, cotangent, [leaf])
        if gradient is None:
            continue
        function = as_function(gradient, every)
        for slot, second in enumerate(every):
            arrays = [np.asarray(value, float) for value in at]
            expected = dense(function, slot, arrays, FLOAT64)
            got = numbers(hessian(gradient, second).expression, every, at)
            np.testing.assert_allclose(
                got, expected.reshape(got.shape), rtol=1e-8, atol=1e-10, err_msg=leaf.name
            )


@EACH
def test_the_blocks_are_the_array(case):
    values = values_for(case, seed=2)
    graph = graph_of(case, values)
    leaves = [graph["abcd"[k]] for k in range(len(values))]
    f = case.build(*leaves)
    for leaf in leaves:
        found = derivative(f, leaf)
        total = np.zeros(found.shape)
        for block in found.blocks:
            inside, _, outside = block.pattern.partition("->")
            core = numbers(block.core, leaves, values)
            assert core.shape == tuple(block.sizes[index] for index in inside)
            free = [index for index in dict.fromkeys(outside) if index not in inside]
            core = np.broadcast_to(core, [block.sizes[i] for i in free] + list(core.shape))
            for place in np.ndindex(core.shape):
                at = dict(zip("".join(free) + inside, place, strict=True))
                total[tuple(at[index] for index in outside)] += core[place]
        np.testing.assert_allclose(
            total, numbers(found.expression, leaves, values), rtol=1e-10, atol=1e-12
        )
        assert str(found)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs(ANALYTIC))
def test_random_graphs(graph):
    output = graph.nodes[-1]
    leaves = [leaf for leaf in graph.leaves if leaf.name in graph.ancestors(output)]
    at = {node.name: node for node in leaves}
    for node in graph.nodes:
        if node.name in graph.ancestors(output) and node.function is not None:
            at[node.name] = node.function.expression(tuple(at[p.name] for p in node.parents))
    root = at[output.name]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    terms = terms_of(run)
    values = [np.asarray(run.value[leaf.name], float) for leaf in leaves]
    for leaf in leaves:
        for form in (derivative, jacobian):
            found = form(root, leaf)
            expected = np.asarray(run.P[leaf.name], float).reshape(found.shape)
            got = numbers(found.expression, leaves, values)
            close(got, expected, 1e-7, terms=terms[leaf.name])
        (gradient,) = pullback(root.sum(), ONE, [leaf])
        if gradient is not None:
            second = hessian(gradient, leaf).expression
            got = numbers(second, leaves, values)
            function = as_function(gradient, leaves)
            expected = dense(function, leaves.index(leaf), values, FLOAT64).reshape(got.shape)
            close(got, expected, 1e-6, terms=max(terms[leaf.name], 1e-8))  # which may cancel to 0


def parameters(graph, **shapes):
    generator = np.random.default_rng(0)
    return [
        graph.parameter(name, generator.normal(size=shape) / 2) for name, shape in shapes.items()
    ]


def gradient_of(root, leaf):
    (gradient,) = pullback(root, ONE, [leaf])
    assert gradient is not None
    return gradient


def held(leaves):
    return [np.asarray(leaf.value, float) for leaf in leaves]


def test_a_matrix_times_a_vector():
    """dz_i/dW_kl = δ_ik x_l."""
    graph = gd.Graph()
    W, x = parameters(graph, W=(3, 4), x=(4,))
    assert derivative(W @ x, W).text == "b->aab: x of shape (4,), a = 1..3 tied"
    assert derivative(W @ x, x).text == "ab->ab: W of shape (3, 4)"


def test_what_is_constant_along_an_axis():
    graph = gd.Graph()
    (X,) = parameters(graph, X=(3, 4))
    assert (
        derivative(2 * X.sum(0), X).text
        == "->aba: 2 of shape (), a = 1..4 tied, the same for b = 1..3"
    )


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda A: A.mean(1), "->aab: 1/3 of shape (), a = 1..3 tied, the same for b = 1..3"),
        (lambda A: A.max(1), "ab->aab: max'(A, axis=1) of shape (3, 3), a = 1..3 tied"),
        (
            lambda A: gd.stack(A, 2 * A),
            "a->abcbc: scatter(1, at=[0], shape=(2,)) + 2*scatter(1, at=[1], shape=(2,)) of shape (2,), "
            "b = 1..3 tied, c = 1..3 tied",
        ),
        (
            lambda A: gd.concatenate(A, [[1, 2, 3]]),
            "ac->abcb: scatter(eye(3).T, at=[:, 0:3], shape=(3, 4)).T of shape (4, 3), b = 1..3 tied",
        ),
        (
            gd.inv,
            "abcd->abcd: reshape(-inv(A), (3, 1, 3, 1))*reshape(inv(A).T, (1, 3, 1, 3)) "
            "of shape (3, 3, 3, 3)",
        ),
        (gd.det, "ab->ab: adj(A).T of shape (3, 3)"),
        (gd.logdet, "ab->ab: inv(A).T of shape (3, 3)"),
    ],
)
def test_what_comes_of_its_pullback_keeps_its_structure(build, text):
    graph = gd.Graph()
    (A,) = parameters(graph, A=(3, 3))
    assert derivative(build(A), A).text == text


def test_what_does_not_depend():
    graph = gd.Graph()
    x, y = parameters(graph, x=(3,), y=(3,))
    for form in (derivative, jacobian, hessian):
        found = form(gd.sign(x) + y * 2, x)
        assert found.terms == ()
        assert str(found) == "0"
        np.testing.assert_array_equal(
            numbers(found.expression, [x, y], held([x, y])), np.zeros((3, 3))
        )
    assert derivative(x - x, x).terms == ()
    assert derivative(x, x).text == "->aa: 1 of shape (), a = 1..3 tied"


def test_the_hessian_of_a_factorisation_is_one_small_block():
    """∂²‖T − U Vᵀ‖²/∂U² is 2 VᵀV for every row of U."""
    graph = gd.Graph()
    T, U, V = leaves = parameters(graph, T=(30, 20), U=(30, 2), V=(20, 2))
    found = hessian(gradient_of(((T - U @ V.T) ** 2).sum(), U), U)
    (block,) = found.blocks
    assert (block.pattern, block.core.shape) == ("bc->abac", (2, 2))
    assert block.text == "bc->abac: 2*(V.T @ V) of shape (2, 2), a = 1..30 tied"
    core = 2 * V.value.T @ V.value
    np.testing.assert_allclose(numbers(block.core, leaves, held(leaves)), core, rtol=1e-12)
    expected = np.einsum("ik,ab->iakb", np.eye(30), core)
    np.testing.assert_allclose(
        numbers(found.expression, leaves, held(leaves)), expected, rtol=1e-12
    )
    assert max(line_sizes(block.core, leaves)) == V.size
    assert max(line_sizes(found.expression, leaves)) == 30 * 30  # the identity matrix


def test_the_hessian_of_logistic_regression():
    """H = Xᵀ (v ⊙ X), with the number 1/m on the vector v."""
    graph = gd.Graph()
    X, w = parameters(graph, X=(40, 10), w=(10,))
    y = graph.input("y", np.arange(40) % 2)
    leaves = [X, w, y]
    loss = gd.binary_cross_entropy_with_logits(X @ w, y)
    found = hessian(gradient_of(loss, w), w)
    product = found.expression
    assert isinstance(product.function, MatMul)
    assert product.arguments[0].function == Transpose((1, 0))
    assert product.arguments[0].arguments[0] is X
    assert X in product.arguments[1].arguments
    p = 1 / (1 + np.exp(-X.value @ w.value))
    expected = X.value.T @ ((p * (1 - p) / 40)[:, None] * X.value)
    np.testing.assert_allclose(numbers(product, leaves, held(leaves)), expected, rtol=1e-10)
    assert sum(size == 400 for size in line_sizes(product, leaves)) == 3  # X, Xᵀ, v ⊙ X


def network(width, layers):
    graph = gd.Graph()
    names = {f"W_{k}": (width, width) for k in range(layers)}
    x, *weights = parameters(graph, x=(width,), **names)
    a = x
    for W in weights:
        a = gd.tanh(W @ a)
    return x, weights, a


def test_the_hessian_of_a_deep_network_is_dense_only_at_the_end():
    """∂²L/∂W_1² is M ⊗ x xᵀ: nothing larger than the last two products is made."""
    x, weights, a = network(6, 10)
    leaves = [x, *weights]
    gradient = gradient_of((a**2).sum(), weights[0])
    found = hessian(gradient, weights[0])
    (product,) = (term for term in found.terms if not term.tied)
    assert max(len(factor.labels) for factor in product.factors) == 2
    sizes = line_sizes(found.expression, leaves)
    assert sorted(set(sizes))[-2:] == [6**2, 6**3]
    assert sizes.count(6**3) == 2  # M x_l, and as it is broadcast
    expected = dense(as_function(gradient, leaves), 1, held(leaves), FLOAT64)
    got = numbers(found.expression, leaves, held(leaves))
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-9, atol=1e-12)


@pytest.mark.slow
def test_the_jacobian_of_a_deep_network_costs_a_product_a_layer():
    x, weights, a = network(6, 10)
    leaves = [x, *weights]
    found = jacobian(a, x)
    products = [
        part for part in in_order(found.expression)
        if isinstance(part, Apply) and isinstance(part.function, MatMul) and part.ndim == 2
    ]  # fmt: skip
    assert len(products) == 9
    assert max(line_sizes(found.expression, leaves)) == 36


def test_a_jacobian_goes_the_shorter_way():
    graph = gd.Graph()
    A, B, C, D = parameters(graph, A=(50, 50), B=(50, 50), C=(2, 50), D=(50, 2))
    x, w = parameters(graph, x=(50,), w=(2,))
    few = C @ gd.tanh(B @ gd.tanh(A @ x))
    assert work(jacobian(few, x).expression) < work(derivative(few, x).expression) / 3
    many = A @ gd.tanh(B @ gd.tanh(D @ w))
    assert work(jacobian(many, w).expression) == work(derivative(many, w).expression)
    assert work(jacobian(many, w).expression) < 3000


def test_a_residual_network_keeps_its_identity():
    graph = gd.Graph()
    x, W, V = leaves = parameters(graph, x=(5,), W=(5, 5), V=(5, 5))
    h = x + W @ gd.tanh(x)
    f = h + V @ gd.tanh(h)
    found = derivative(f, x)
    assert {term.tied for term in found.terms} == {True, False}
    expected = dense(as_function(f, leaves), 0, held(leaves), FLOAT64)
    np.testing.assert_allclose(numbers(found.expression, leaves, held(leaves)), expected)


def test_a_batch_is_not_mixed():
    """Samples stay apart up to the loss: no array has the batch twice."""
    graph = gd.Graph()
    X, W, b, V, Y = leaves = parameters(graph, X=(11, 3), W=(4, 3), b=(4,), V=(2, 4), Y=(11, 2))
    loss = gd.mse(gd.softmax(gd.tanh(X @ W.T + b) @ V.T), Y)
    for leaf in (W, b, V):
        gradient = gradient_of(loss, leaf)
        found = hessian(gradient, leaf)
        assert all(size % 121 for size in line_sizes(found.expression, leaves))
        expected = dense(as_function(gradient, leaves), leaves.index(leaf), held(leaves), FLOAT64)
        got = numbers(found.expression, leaves, held(leaves))
        np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-8, atol=1e-12)


def test_many_patterns_become_few():
    """Sums of many ways to tie four axes, and of products that have no factor in common."""
    graph = gd.Graph()
    X, A, B = leaves = parameters(graph, X=(3, 3), A=(3, 3), B=(3, 3))
    d, ones = gd.einsum("ii->i", X), np.ones((3, 3))
    f = X * A + 2 * X.T + d * A + d.reshape(3, 1) * B + X.sum(0) * A + (X @ B).sum(1) * A.T
    f = f + A @ X @ B - B @ X @ A + B @ X.T @ B + A @ X.T @ A + gd.trace(X) * B + gd.eye(3) * X
    f = f + A @ X @ A.T + A.T @ X @ B.T + gd.outer(d, X.sum(1)) + X.sum() * ones
    found = derivative(f, X)
    assert len({term.axes for term in found.terms}) <= 4
    assert len(found.terms) <= 12
    expected = dense(as_function(f, leaves), 0, held(leaves), FLOAT64)
    got = numbers(found.expression, leaves, held(leaves))
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-10, atol=1e-12)


KEYS = {
    "int": np.s_[1],
    "last-axis": np.s_[:, :, 1],
    "middle": np.s_[:, 1:, :],
    "backwards": np.s_[::-1, :, ::2],
    "new-axes": np.s_[None, :, None],
    "ellipsis": np.s_[..., 0, None],
    "pairs": np.s_[[0, 1, 0], [2, 0, 1]],
    "pairs-behind": np.s_[:, [0, 2, 2], [1, 0, 1]],
    "lists-apart": np.s_[[0, 1, 1], :, [1, 0, 1]],
    "list-and-int": np.s_[0, :, [1, 0, 0]],
    "table": np.s_[:, [[0, 1], [1, 2]]],
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_entries_chosen_by_a_key(key):
    graph = gd.Graph()
    X, w = leaves = parameters(graph, X=(2, 3, 4), w=(4,))
    chosen = gd.tanh(X * w)[key]
    cotangent = np.random.default_rng(1).normal(size=chosen.shape).round(3).tolist()
    roots = [chosen, pullback(chosen, as_expression(cotangent), [X])[0]]
    for root in roots:
        for slot, leaf in enumerate(leaves):
            found = derivative(root, leaf)
            expected = dense(as_function(root, leaves), slot, held(leaves), FLOAT64)
            got = numbers(found.expression, leaves, held(leaves))
            np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize(
    ("to", "pattern"),
    [
        ((2, 1, 3, 4), "->abcdacd"),
        ((2, 12), None),
        ((6, 4), None),
        ((2, 3, 2, 2), None),
        ((1, 2, 3, 4, 1), "->abcdebcd"),
    ],
)
def test_reshape_keeps_the_axes_it_can(to, pattern):
    graph = gd.Graph()
    (X,) = parameters(graph, X=(2, 3, 4))
    f = gd.tanh(X.reshape(to))
    if pattern is not None:
        (term,) = derivative(X.reshape(to), X).blocks
        assert term.pattern == pattern
    expected = dense(as_function(f, [X]), 0, held([X]), FLOAT64)
    got = numbers(derivative(f, X).expression, [X], held([X]))
    np.testing.assert_allclose(got, expected.reshape(got.shape), rtol=1e-12)


def test_numbers_beyond_floats():
    """The exact number 0.9^n has no room for its digits, and (−1/3)^n has."""
    graph = gd.Graph()
    x, y = parameters(graph, x=(2,), y=(2,))
    many, few = x, x
    for _ in range(400):
        many = many * 0.9
    for _ in range(5):
        few = -few / 3
    for root, number in ((many, 0.9**400), (few * y, (-1 / 3) ** 5 * y.value)):
        found = numbers(derivative(root, x).expression, [x, y], held([x, y]))
        np.testing.assert_allclose(found, np.eye(2) * number, rtol=1e-12)


def test_third_derivatives():
    """A derivative array is an expression of the usual functions, to be derived again."""
    graph = gd.Graph()
    (x,) = parameters(graph, x=(4,))
    second = hessian(gradient_of(gd.logsumexp(x**2), x), x).expression
    third = derivative(second, x).expression
    step, at = 1e-5, held([x])[0]
    for k in range(4):
        moved = [numbers(second, [x], [at + s * step * np.eye(4)[k]]) for s in (1, -1)]
        np.testing.assert_allclose(
            numbers(third, [x], [at])[..., k], (moved[0] - moved[1]) / (2 * step), atol=1e-8
        )


def test_time_grows_with_the_depth():
    """The parts of an expression are walked once: ten times the layers, some ten times the work."""
    calls = []
    for layers in (10, 100):
        x, _, a = network(2, layers)
        with mock.patch.object(
            Shared, "__call__", autospec=True, side_effect=Shared.__call__
        ) as made:
            found = derivative(gradient_of((a**2).sum(), x), x)
        calls.append((made.call_count, sum(1 for _ in in_order(found.expression))))
    assert calls[1][0] < 12 * calls[0][0]
    assert calls[1][1] < 12 * calls[0][1]


def test_what_is_refused():
    graph = gd.Graph()
    x = graph.input("x", shape=("n",))
    with pytest.raises(GraphError, match="'x' has shape \\(n,\\); give its leaves values"):
        derivative(gd.tanh(x), x)
    X = graph.input("X", shape=(2000, 2))
    with pytest.raises(
        GraphError, match=r"shape \(2000, 2, 2000, 2\), which is more than 10000000"
    ):
        _ = derivative(gd.tanh(X), X).expression
    assert derivative(gd.tanh(X), X).blocks[0].core.shape == (2000, 2)
    with pytest.raises(GraphError, match="more than 10000000"):
        jacobian(gd.tanh(X), X)
