"""The ways to call a step: every kind of value, in every order, always right."""

import pickle

import numpy as np
import pytest
from closeness import close
from compiling import SINGLE, agree, arrays_in, held, network, singles

import graphdiff as gd


@pytest.fixture
def graph():
    return network()


@pytest.fixture
def step(graph):
    return graph.compile("L")


def others(graph, seed=1):
    r = np.random.default_rng(seed)
    return {leaf.name: r.normal(size=leaf.shape) for leaf in graph.leaves}


def test_by_keyword_mapping_position_and_mixed(graph, step):
    values = others(graph)
    names = list(values)
    expected, gradients = agree(graph, "L", step, values)
    by_node = {graph[name]: value for name, value in values.items()}
    ways = [
        lambda: step(**values),
        lambda: step(*values.values()),
        lambda: step(by_node),
        lambda: step(values["X"], values["Y"], **{name: values[name] for name in names[2:]}),
        lambda: step({"X": values["X"]}, **{name: values[name] for name in names[1:]}),
    ]
    for way in [*ways, *reversed(ways)]:
        value, found = way()
        assert value == expected
        for name in found:
            np.testing.assert_array_equal(found[name], gradients[name])


def test_what_is_left_out_is_held(graph, step):
    values = others(graph)
    for name in values:
        agree(graph, "L", step, {name: values[name]})
        agree(graph, "L", step)
    agree(graph, "L", step, {name: values[name] for name in ("W", "c")})


def on_rows(graph, names, rows, seed=3):
    r = np.random.default_rng(seed)
    return {name: r.normal(size=(rows, *graph[name].shape)) for name in names}


def test_samples_then_others_then_none_then_single_then_double(graph, step):
    calls = [
        on_rows(graph, ("X", "Y"), 4), on_rows(graph, ("X", "Y"), 4, 5), on_rows(graph, ("X",), 7),
        on_rows(graph, ("c",), 7), None, on_rows(graph, ("W", "b", "c"), 2), others(graph), None,
    ]  # fmt: skip
    for values in calls:
        agree(graph, "L", step, values)
        value, gradients = step(singles(others(graph, 8)))
        assert {array.dtype for array in arrays_in(gradients)} == {np.dtype(np.float32)}
        close(value, graph.forward(others(graph, 8)).value["L"], SINGLE)
        agree(graph, "L", step, values)
        agree(graph, "L", step)


def test_single_samples(graph, step):
    values = on_rows(graph, ("X", "Y"), 4)
    value, gradients = step(singles(values))
    run = graph.backward("L", values)
    assert value.dtype == np.float32
    close(value, run.value["L"], SINGLE)
    for name in gradients:
        assert gradients[name].dtype == np.float32
        close(gradients[name], run.gradient[name], SINGLE)


def test_single_does_not_touch_what_is_held(graph, step):
    step(W=np.ones((4, 3), np.float32))
    for values in (None, {"W": np.ones((4, 3))}, {"c": 2}, {"c": 2.0}, {"c": np.float64(2)}):
        agree(graph, "L", step, values)
        step(singles(others(graph)))


def test_a_forced_type():
    graph = network()
    values = others(graph)
    single = graph.compile("L", dtype="float32")
    for given in (None, values, singles(values), on_rows(graph, ("X",), 3)):
        value, gradients = single(given) if given else single()
        assert {array.dtype for array in arrays_in((value, gradients))} == {np.dtype(np.float32)}
        close(value, graph.forward(given).value["L"], SINGLE)
    double = graph.compile("L", dtype=np.float64)
    value, gradients = double(singles(values))
    assert {array.dtype for array in arrays_in(gradients)} == {np.dtype(np.float64)}


def backwards(a):
    return a[tuple(slice(None, None, -1) for _ in a.shape)].copy()[
        tuple(slice(None, None, -1) for _ in a.shape)
    ]


def wide(a):
    apart = np.zeros(tuple(3 * n for n in a.shape))
    view = apart[tuple(slice(None, None, 3) for _ in a.shape)]
    view[...] = a
    return view


def read_only(a):
    a = a.copy()
    a.setflags(write=False)
    return a


KINDS = {
    "Fortran order": np.asfortranarray,
    "backwards": backwards,
    "every third": wide,
    "read-only": read_only,
    "lists": lambda a: a.tolist(),
    "another byte order": lambda a: a.astype(">f8"),
    "pickled": lambda a: pickle.loads(pickle.dumps(a)),
    "subclass": lambda a: a.view(type("Sub", (np.ndarray,), {})),
    "masked": np.ma.masked_array,
    "with metadata": lambda a: a.astype(np.dtype("f8", metadata={"unit": "m"})),
    "long": lambda a: a.astype(np.longdouble),
    "objects": lambda a: a.astype(object),
}


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_of_arrays(graph, step, kind):
    values = others(graph)
    given = {name: KINDS[kind](value) for name, value in values.items() if np.ndim(value)}
    values = {name: values[name] for name in given}
    for _ in range(2):
        value, gradients = step(given)
        run = graph.backward("L", values)
        close(value, run.value["L"])
        for name, gradient in gradients.items():
            close(gradient, run.gradient[name], what=name)
            assert type(gradient) in (np.ndarray, float)


@pytest.mark.parametrize(
    "kind", [int, float, np.int64, np.float64, np.float32, np.float16, np.array]
)
def test_kinds_of_scalars(kind):
    graph = gd.Graph()
    a, b = graph.parameter("a", 0.5), graph.parameter("b", 2.5)
    graph.node("L", (a * b + gd.tanh(a)) ** 2)
    step = graph.compile()
    value, gradients = step(a=kind(3), b=kind(2))
    run = graph.backward(a=3, b=2)
    close(value, run.value["L"], 1e-6)
    for name in "ab":
        close(gradients[name], run.gradient[name], 1e-6)
    agree(graph, "L", step)


def test_exact_numbers():
    from fractions import Fraction

    graph = gd.Graph()
    a = graph.parameter("a", Fraction(1, 3))
    graph.node("L", a**2)
    step = graph.compile()
    assert step()[0] == pytest.approx(1 / 9)
    assert step(a=Fraction(2, 3))[0] == pytest.approx(4 / 9)


def test_small_whole_arrays():
    graph = network()
    step = graph.compile("L")
    ones = {leaf.name: np.ones(leaf.shape, np.int8) for leaf in graph.leaves}
    value, gradients = step(ones)
    close(value, graph.forward(ones).value["L"])
    assert {array.dtype for array in arrays_in(gradients)} == {np.dtype(np.float64)}


def test_leaves_that_matter_not():
    graph = gd.Graph()
    u = graph.input("u", 1)
    w = graph.parameter("w", [1.0, 2.0])
    graph.node("v", u * 3)
    graph.node("L", (w**2).sum())
    step = graph.compile("L")
    for values in ({"w": [3, 4]}, {"w": [3, 4], "u": 5}):
        assert step(values)[0] == 25
        assert step()[0] == 5
    assert step(2, [0, 1])[0] == 1


def test_values_built_in_as_samples():
    graph = gd.Graph()
    x, w = graph.input("x", np.arange(4.0), shape=()), graph.parameter("w", 2.0)
    c = graph.parameter("c", 1.0)
    graph.node("L", (x * w) ** 2 + c)
    step = graph.compile("L")
    for values in (None, {"w": 3.0}, {"x": 1.0}, {"x": [1.0, 2.0]}, {"w": [1.0, 2, 3, 4]}, None):
        agree(graph, "L", step, values)


def test_no_held_value():
    graph = gd.Graph()
    x, w = graph.input("x", shape=(3,)), graph.parameter("w", shape=())
    graph.node("L", (x * w).sum() ** 2)
    step = graph.compile("L")
    assert step(x=[1, 2, 3], w=2) == (144, {"w": 144.0})
    assert step([1, 0, 0], 1) == (1, {"w": 2.0})


def test_vectors_of_a_form():
    graph = network()
    single = graph.compile("L", "W", form="jvp")
    v = np.random.default_rng(4).normal(size=(4, 3))
    gradient = graph.backward("L").gradient["W"]
    close(single(tangent=v), (gradient * v).sum())
    close(single({"tangent": v}), (gradient * v).sum())
    close(single(*held(graph).values(), v), (gradient * v).sum())
    several = graph.compile("L", ["W", "b"], form="jvp")
    b = np.ones(3)
    expected = (gradient * v).sum() + graph.backward("L").gradient["b"].sum()
    for tangents in ({"W": v, "b": b}, {graph["W"]: v, graph["b"]: b}):
        close(several(tangent=tangents), expected)
        close(several({"tangent": tangents}), expected)
    close(several(tangent_W=v, tangent_b=b), expected)


@pytest.mark.parametrize("first, second", [("float32", "float64"), ("float64", "float32")])
def test_vectors_in_both_types(first, second):
    graph = network()
    step = graph.compile("z", "W", form="vjp")
    for dtype in (first, second, first):
        cotangent = np.ones((5, 2), dtype)
        found = step(cotangent=cotangent)
        assert found.dtype == dtype
        close(
            found, graph.compile("z", "W", form="vjp", dtype="float64")(cotangent=cotangent), 1e-4
        )


def by_hand(X, Y, W, b, V, c):
    with np.errstate(all="ignore"):
        h = np.maximum(X @ W + b, 0)
        z = np.tanh(h @ V) * c + h.mean()
        return ((z - Y) ** 2).mean()


def test_numbers_that_are_not_finite(graph, step):
    for bad in (np.nan, np.inf, -np.inf, 1e300):
        for name in graph.leaves:
            changed = {name.name: np.full(name.shape, bad)}
            expected = by_hand(**{**held(graph), **changed})
            value, _ = step(changed)
            np.testing.assert_allclose(value, expected, rtol=1e-12)
        step(c=bad)
        step(X=np.full((3, 5, 4), bad))
        step(singles({"X": np.full((5, 4), np.float32(min(bad, 1e38)))}))
    agree(graph, "L", step)


def test_flat():
    graph = network()
    step = graph.compile("L")
    value, gradient = step.flat(step.theta())
    run = graph.backward("L")
    close(value, run.value["L"])
    expected = [np.ravel(run.gradient[name]) for name in step.wrt]
    close(gradient, np.concatenate(expected))
    moved = step.theta() * 0.5
    value, gradient = step.flat(moved, X=np.ones((5, 4)))
    parts = {name: np.asarray(graph[name].value) * 0.5 for name in step.wrt}
    run = graph.backward("L", {**parts, "X": np.ones((5, 4))})
    close(value, run.value["L"])
    close(gradient, np.concatenate([np.ravel(run.gradient[name]) for name in step.wrt]))
    with pytest.raises(gd.errors.GraphError, match="12"):
        step.flat(np.ones(12))


@pytest.mark.parametrize("size", [3, 400])
def test_flat_of_scalars_with_leaves_after_computed_nodes(size):
    graph = gd.Graph()
    x = graph.input("x", 0.5)
    before = graph.node("before", gd.tanh(x))
    total = before
    for k in range(size):
        w = graph.parameter(f"w_{k}", 0.1 + k / size)
        total = graph.node(f"u_{k}", gd.sin(total * w) + w)
    y = graph.input("y", 0.25)
    graph.node("L", (total - y) ** 2)
    step = graph.compile("L")
    for values in ({}, {"x": 0.75}, {"y": 1.5}, {"x": 0.1, "y": -1}):
        value, gradient = step.flat(step.theta(), **values)
        run = graph.backward("L", values)
        close(value, run.value["L"])
        close(gradient, [run.gradient[name] for name in step.wrt])
        agree(graph, "L", step, values)
    for wrong in ({"u_0": 1.0}, {"nothing": 1.0}, {"x": "a"}):
        with pytest.raises(gd.errors.GraphError):
            step.flat(step.theta(), **wrong)


def test_plain_floats_are_fast_again_after_other_values():
    graph = gd.Graph()
    a, b = graph.parameter("a", 1.5), graph.parameter("b", 2.5)
    graph.node("L", a * b + gd.log(a))
    step = graph.compile()
    text = step.source
    assert "numbers" not in text
    others = [{"a": 3}, {"a": np.float64(2)}, {"a": np.float32(2)}, {"a": 0.0}, {"b": [1.0, 2.0]}]
    others += [{"b": np.arange(1.0, n)} for n in range(3, 40)]  # more programs than are kept
    for values in others:
        if values != {"a": 0.0}:
            agree(graph, "L", step, values, 1e-6)
        else:
            assert step(values)[0] == -np.inf
        agree(graph, "L", step, {"a": 2.0, "b": 3})
        agree(graph, "L", step)
        step({"a": 2.0})
        assert step.source == text
