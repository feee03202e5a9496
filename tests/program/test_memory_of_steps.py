"""What a step does to memory: inputs untouched, results apart, buffers used again."""

import itertools
import threading
import tracemalloc

import hypothesis.strategies as st
import numpy as np
import pytest
from closeness import close
from compiling import arrays_in, held, network
from hypothesis import assume, given, settings
from tensor_cases import CASES, graph_of, values_for
from tensor_strategies import graphs

import graphdiff as gd
from graphdiff.errors import GraphError

FORMS = ("value_and_gradient", "value", "gradient", "jvp", "vjp", "hvp", "jacobian", "hessian")


def test_no_copy_of_what_is_held_is_made_in_another_type():
    sizes = (300, 200, 100)
    g = gd.Graph()
    r = np.random.default_rng(2)
    a = g.input("x", r.normal(size=(10, sizes[0])))
    for k, (m, n) in enumerate(itertools.pairwise(sizes)):
        a = g.node(f"a{k}", gd.tanh(a @ g.parameter(f"W{k}", r.normal(size=(m, n)) / m)))
    g.node("L", (a**2).sum())
    given = [np.asarray(leaf.value, np.float32) for leaf in g.leaves]
    g.compile()(*given)  # imports
    needed = 4 * (sum(leaf.size for leaf in g.leaves) + 10 * sum(sizes[1:]))
    tracemalloc.start()
    try:
        step = g.compile()
        step(*given)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * needed
    finally:
        tracemalloc.stop()
    value, gradients = step(*given)
    again, others = step(given[0])  # now what is held is cast, and kept
    assert again == value
    assert gradients["W1"].dtype == np.float32
    np.testing.assert_array_equal(gradients["W1"], others["W1"])
    assert step()[1]["W1"].dtype == np.float64


def apart(arrays, others=()):
    """Assert that no two arrays share memory, and none with the others."""
    for k, a in enumerate(arrays):
        for b in (*arrays[:k], *others):
            assert not np.shares_memory(a, b)


def called(graph, output, form, *, reuse=False):
    """Return a step, and arrays for all it takes."""
    step = graph.compile(output, graph.leaves, form=form, reuse=reuse)
    values = {leaf.name: np.array(leaf.value, float) for leaf in graph.leaves}
    r = np.random.default_rng(5)
    if form in ("jvp", "hvp"):
        values |= {f"tangent_{leaf.name}": r.normal(size=leaf.shape) for leaf in graph.leaves}
    if form == "vjp":
        values["cotangent"] = r.normal(size=output.shape)
    return step, {name: np.asarray(value) for name, value in values.items()}


def check(graph, output, form):
    step, values = called(graph, output, form)
    before = {name: value.copy() for name, value in values.items()}
    first = step(**values)
    arrays = arrays_in(first)
    apart(arrays, values.values())
    assert all(array.flags.writeable for array in arrays)
    copies = [array.copy() for array in arrays]
    second = step(**{name: value * 1.25 for name, value in values.items()})
    apart([*arrays, *arrays_in(second)])
    for array in arrays_in(second):
        array[...] = np.nan  # a caller may do so
    third = arrays_in(step(**values))
    for array, copy, again in zip(arrays, copies, third, strict=True):
        np.testing.assert_array_equal(array, copy)
        np.testing.assert_array_equal(again, copy)
    for name, value in values.items():
        np.testing.assert_array_equal(value, before[name])
    reusing, _ = called(graph, output, form, reuse=True)
    for _ in range(2):
        reusing(**{name: value * 1.25 for name, value in values.items()})
        for array, copy in zip(arrays_in(reusing(**values)), copies, strict=True):
            np.testing.assert_array_equal(array, copy)
    held_ones = arrays_in(step()) if form in FORMS[:3] else []
    apart(held_ones, [np.asarray(leaf.value) for leaf in graph.leaves])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES[::3], ids=lambda case: case.name)
def test_cases(case, form):
    graph = graph_of(case, values_for(case))
    output = graph["f"]
    if output.shape and form not in ("value", "jvp", "vjp", "jacobian"):
        output = graph.node("L", gd.tanh(output).sum())
    check(graph, output, form)


@given(graphs(most=4), st.sampled_from(FORMS[:6]))
def test_random_graphs(graph, form):
    output = graph.nodes[-1]
    assume(not output.is_leaf)
    if output.shape and form not in ("value", "jvp", "vjp"):
        output = graph.node("L", gd.sin(output).sum())
    check(graph, output, form)


@pytest.mark.parametrize("reuse", [False, True])
def test_outputs_that_are_leaves_constants_or_one_another(reuse):
    graph = gd.Graph()
    x, y = graph.parameter("x", [1.0, 2.0, 3.0]), graph.parameter("y", [1.0, 0.0, 0.0])
    unused = graph.parameter("unused", np.ones((2, 2)))
    scalar = graph.parameter("scalar", 3.0)
    L = graph.node("L", (x * y).sum() + x.sum() - x.sum())
    same = graph.node("same", (x + y).sum())
    step = graph.compile(L, [x, y, unused, scalar], reuse=reuse)
    for _ in range(2):
        given = [np.array([4.0, 5.0, 6.0]), np.array([7.0, 8.0, 9.0])]
        value, found = step(*given)
        assert value == 122
        apart(arrays_in(found), [*given, x.value, y.value])
        np.testing.assert_array_equal(found["x"], given[1])
        np.testing.assert_array_equal(found["unused"], np.zeros((2, 2)))
        assert found["scalar"] == 0
        for array in arrays_in(found):
            array += 1
    step = graph.compile(same, [x, y, unused], reuse=reuse)
    for _ in range(2):
        _, found = step()
        apart(arrays_in(found))
        np.testing.assert_array_equal(found["x"], np.ones(3))
        np.testing.assert_array_equal(found["y"], np.ones(3))
        for array in arrays_in(found):
            array *= 3
    itself = graph.compile(x, form="value", reuse=reuse)
    given = np.array([4.0, 5.0, 6.0])
    apart([itself(given), itself()], [given, x.value])
    np.testing.assert_array_equal(graph.compile(x, form="jacobian", wrt=x)(), np.eye(3))
    alone = graph.compile(scalar, [scalar, x])
    assert alone(scalar=2.0)[0] == 2
    assert alone()[1]["scalar"] == 1


@pytest.mark.parametrize("build", [
    lambda x: x.T, lambda x: x[0], lambda x: x[::-1], lambda x: x.reshape(-1), lambda x: x[:, None],
    lambda x: gd.einsum("ii->i", x), lambda x: gd.tanh(x).T, lambda x: gd.tanh(x)[1:],
    lambda x: gd.broadcast_to(x, (2, 2, 2)), lambda x: gd.diag(x),
])  # fmt: skip
def test_views(build):
    graph = gd.Graph()
    x = graph.parameter("x", [[1.0, 2.0], [3.0, 4.0]])
    y = graph.node("y", build(x))
    for reuse in (False, True):
        given = np.array([[5.0, 6.0], [7.0, 8.0]])
        step = graph.compile(y, form="value", reuse=reuse)
        found = step(given)
        apart([found], [given, x.value])
        close(found, graph.forward(x=given).value["y"])
        found *= 2
        close(step(given), graph.forward(x=given).value["y"])


def test_wide_outputs_of_one_entry():
    graph = gd.Graph()
    x, w = graph.input("x", [[1.0, 2.0]]), graph.parameter("w", [[3.0], [4.0]])
    L = graph.node("L", (x @ w) ** 2)
    graph.node("other", x.sum())
    run = graph.backward(L)
    value, gradients = graph.compile(L)()
    close(value, run.value["L"])
    close(gradients["w"], np.reshape(run.P["w"], (2, 1)))
    declared = gd.Graph(output="L")
    w = declared.parameter("w", [1.0, 2.0])
    declared.node("other", w.sum())
    declared.node("L", (w * w).sum())
    value, gradient = declared.compile(wrt="w")()
    close(gradient, [2, 4])
    _, by_name = declared.compile(wrt=["w"])()
    close(by_name["w"], [2, 4])


def test_threads():
    graph = network(rows=40)
    for step in (graph.compile("L"), graph.compile("L", form="gradient")):
        r = np.random.default_rng(6)
        kinds = [
            {leaf.name: r.normal(size=leaf.shape) for leaf in graph.leaves},
            {"X": r.normal(size=(40, 4)).astype(np.float32)},
            {"X": r.normal(size=(3, 40, 4))},
            {"c": 2},
            {},
            {"X": r.normal(size=(2, 40, 4)), "W": r.normal(size=(2, 4, 3))},
        ]
        expected = [step(values) for values in kinds]
        wrong = []

        def work(first, step=step, kinds=kinds, expected=expected, wrong=wrong):
            try:
                for k in range(first, first + 60):
                    values, wanted = kinds[k % len(kinds)], expected[k % len(kinds)]
                    found = step(values) if k % 2 else step(**values)
                    pairs = zip(arrays_in((found,)), arrays_in((wanted,)), strict=True)
                    if not all(np.array_equal(a, b) for a, b in pairs):
                        wrong.append(k)
            except Exception as error:
                wrong.append(error)

        workers = [threading.Thread(target=work, args=(k,)) for k in range(6)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not wrong


def test_a_step_that_calls_itself():
    found = []

    def kernel(x):
        if np.ndim(x) and x.flat[0] == 1 and len(found) < 3:
            found.append(None)
            found[-1] = step(x=np.array([5.0, 6.0]))
        return np.asarray(x) ** 2

    nested = gd.function("nested", lambda x: x**2, kernel=kernel)
    graph = gd.Graph()
    x = graph.parameter("x", [2.0, 3.0])
    graph.node("L", (nested(gd.cos(gd.cos(x)) * 0 + x) * gd.tanh(x) * gd.sin(x)).sum())
    step = graph.compile()
    alone = step(x=np.array([5.0, 6.0]))
    value, gradients = step(x=np.array([1.0, 2.0]))
    assert found
    assert found[0][0] == alone[0]
    run = graph.backward(x=[1.0, 2.0])
    close(value, run.value["L"])
    close(gradients["x"], run.gradient["x"])


def test_exceptions_in_between():
    broken = []

    def kernel(x):
        if broken:
            raise ValueError("stop")
        return np.tanh(x)

    graph = gd.Graph()
    fails = gd.function("fails", lambda x: x, kernel=kernel)
    x = graph.parameter("x", [0.5, 0.25])
    graph.node("y", gd.sin(gd.exp(x)) * fails(gd.cos(x)))
    step = graph.compile("y", form="value")
    expected = step().copy()
    broken.append(True)
    with pytest.raises(ValueError, match="stop"):
        step()
    with pytest.raises(GraphError):
        step(x=[1, 2, 3])
    broken.clear()
    np.testing.assert_array_equal(step(), expected)


def mlp(sizes, rows, seed=0):
    r = np.random.default_rng(seed)
    graph = gd.Graph()
    last = graph.input("X", r.normal(size=(rows, sizes[0])))
    for k, (n, m) in enumerate(zip(sizes, sizes[1:])):  # noqa: B905, RUF007
        W = graph.parameter(f"W_{k}", r.normal(size=(n, m)) / n**0.5)
        b = graph.parameter(f"b_{k}", np.zeros(m))
        z = graph.node(f"z_{k}", last @ W + b)
        last = graph.node(f"a_{k}", gd.relu(z)) if k < len(sizes) - 2 else z
    Y = graph.input("Y", np.eye(sizes[-1])[r.integers(0, sizes[-1], rows)])
    graph.node("L", gd.cross_entropy_with_logits(last, Y))
    return graph


@pytest.mark.parametrize("reuse", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_peak_of_an_mlp(dtype, reuse):
    sizes, rows = (300, 200, 200, 10), 400
    graph = mlp(sizes, rows)
    step = graph.compile("L", dtype=dtype, reuse=reuse)
    values = {name: np.asarray(value, dtype) for name, value in held(graph).items()}
    step(**values)
    entry = np.dtype(dtype).itemsize
    activations = entry * rows * sum(sizes[1:])
    gradients = entry * sum(n * m + m for n, m in zip(sizes, sizes[1:]))  # noqa: B905, RUF007
    fresh = graph.compile("L", dtype=dtype, reuse=reuse)
    tracemalloc.start()
    try:
        result = fresh(**values)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert arrays_in(result)
    assert peak <= 1.5 * (activations + gradients) + 50_000


def test_buffers_are_used_again():
    graph = gd.Graph()
    x = graph.parameter("x", np.linspace(0, 1, 10_000))
    last = x
    for k in range(30):
        last = graph.node(f"u_{k}", gd.tanh(last + k / 7) * 0.5)
    graph.node("y", last)
    step = graph.compile("y", form="value")
    step()
    tracemalloc.start()
    try:
        step()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 3 * 80_000
    assert step.source.count("= empty(") <= 3


@settings(max_examples=10)
@given(graphs(most=6))
def test_a_text_is_the_same_each_time(graph):
    output = graph.nodes[-1]
    first, second = (graph.compile(output, graph.leaves, form="vjp") for _ in range(2))
    assert first.source == second.source


@pytest.mark.parametrize(
    "build",
    [
        lambda x, y: gd.exp(x).sum(),
        lambda x, y: (gd.tanh(x) * y).sum(),
        lambda x, y: (x[1:] * x[:-1] ** 2).sum() + y[0] ** 3,
        lambda x, y: gd.where(x > 0.5, x**2, x * y).sum(),
        lambda x, y: (x @ y) ** 2 + (x**3).sum(),
    ],
)
def test_zeros_of_a_hessian_are_written_once_and_stay(build):
    graph = gd.Graph()
    x, y = graph.parameter("x", [0.1, 0.7, 1.3]), graph.parameter("y", [2.0, -1.0, 0.5])
    graph.node("L", build(x, y))
    step = graph.compile("L", [x, y], form="hessian", reuse=True)
    new = graph.compile("L", [x, y], form="hessian")
    for values in ({}, {"x": np.array([0.9, -0.3, 0.4])}, {"y": np.zeros(3)}, {}):
        expected = arrays_in(new(values))
        for array, copy in zip(arrays_in(step(values)), expected, strict=True):
            np.testing.assert_array_equal(array, copy)
            if array.flags.writeable:
                array[...] = np.nan  # what a caller writes is written over
        assert all(array.flags.writeable for array in expected)


def test_zeros_are_not_written_again():
    graph = gd.Graph()
    graph.node("L", gd.exp(graph.parameter("x", np.ones(300))).sum())
    step = graph.compile("L", "x", form="hessian", reuse=True)
    assert "fill" not in step.source
    assert "zeros((300, 300), dtype)" in step.source.partition("def workspace")[2]
    with pytest.raises(ValueError, match="read-only"):
        step()[0, 1] = 1.0
    y = graph.parameter("y", np.ones(300))
    graph.node("K", (gd.exp(graph["x"]) * y).sum())
    source = graph.compile("K", ["x", "y"], form="hessian", reuse=True).source
    assert not any(word in source for word in ("fill", "copyto", "array("))
