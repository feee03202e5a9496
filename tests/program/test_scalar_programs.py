"""Programs of scalar graphs, in each form, against the literal sweep."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from closeness import close, terms_of
from hypothesis import assume, given, reject, settings
from strategies import KINKED, SMOOTH, graphs

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.errors import GraphError, NumericalError
from graphdiff.language import functions
from graphdiff.language.expression import Operation
from graphdiff.program import scalars
from graphdiff.program.scalars import scalar_program
from graphdiff.symbolic.tensor_derivatives import is_scalar

TOLERANCE = 1e-11
HAS_NUMBA = importlib.util.find_spec("numba") is not None
KINDS = tuple(kind for kind in scalars.KINDS if HAS_NUMBA or kind != "taped")
WITH_CHOICES = tuple(kind for kind in KINDS if kind != "taped")
NOT_ON_TAPES = "jit=True has no operation"


def leaf_values(graph, values=()):
    given = dict(values)
    return np.array([float(given.get(leaf.name, leaf.value)) for leaf in graph.leaves])


def assert_agree(graph, output, wrt=None, kinds=KINDS, least=0, **values):
    """Every form gives the value and the gradient of the literal sweep.

    ``least`` is how large what cancels may be where P is made of a value, as in 1 - a².
    """
    wrt = graph.leaves if wrt is None else [graph[name] for name in wrt]
    run = graph.backward(output, values)
    terms = terms_of(run)
    x = leaf_values(graph, values)
    for kind in kinds:
        try:
            program = scalar_program(graph, graph[output], wrt, kind=kind)
        except GraphError as error:
            assert kind == "taped" and str(error).startswith(NOT_ON_TAPES)
            continue  # test_jit.py has the list of what may be refused
        assert program.kind == kind or not len(program.network.needed)
        before = x.copy()
        value, gradient = program(x)
        assert type(value) is float
        np.testing.assert_array_equal(x, before)
        operands = [abs(run.value[parent.name]) for parent in graph[output].parents]
        close(value, run.value[graph[output].name], TOLERANCE, kind, terms=operands)
        for found, node in zip(gradient, wrt, strict=True):
            close(found, run.P[node.name], TOLERANCE, kind, terms=max(terms[node.name], least))
        again, other = program(x)
        assert other is not gradient
        assert again == value
        np.testing.assert_array_equal(other, gradient)


def example(name):
    return gd.load(Path(examples.__file__).parent / f"{name}.toml")


def scalar_examples():
    return [name for name in examples.names() if is_scalar(g := example(name), g.output)]


@pytest.mark.parametrize("name", scalar_examples())
def test_examples(name):
    graph = example(name)
    assert_agree(graph, graph.output)
    assert_agree(graph, graph.output, wrt=[node.name for node in graph.nodes])


def test_there_are_scalar_examples():
    assert len(scalar_examples()) >= 3


def points(function):
    generator = np.random.default_rng(5)
    domain = function.sample_domain
    inside = [tuple(generator.uniform(a, b) for a, b in domain) for _ in range(4)]
    return [*inside, *(tuple(map(float, point)) for point in function.kinks)]


@pytest.mark.parametrize("name", functions.NAMED)
def test_every_function(name):
    function = functions.NAMED[name]
    for point in points(function):
        graph = gd.Graph()
        arguments = [graph.parameter(f"x{k}", float(v)) for k, v in enumerate(point)]
        u = graph.node("u", Operation(function)(*arguments))
        graph.node("L", 3 * u - arguments[0])
        assert_agree(graph, "L")
        composed = gd.Graph()
        arguments = [composed.parameter(f"x{k}", float(v)) for k, v in enumerate(point)]
        composed.node(
            "L", 2 * Operation(function)(*(1 * a for a in arguments)) + arguments[-1] ** 2
        )
        assert_agree(composed, "L")


@pytest.mark.parametrize("operator", functions.OPERATORS)
def test_every_operator(operator):
    function = functions.OPERATORS[operator]
    for point in points(function):
        graph = gd.Graph()
        arguments = [graph.parameter(f"x{k}", float(v)) for k, v in enumerate(point)]
        graph.node("u", Operation(function)(*arguments))
        assert_agree(graph, "u")


@pytest.mark.parametrize("exponent", [-2, -1, 0, 1, 2, 3, 4, 5, 0.5, 1.5, -0.5])
def test_powers(exponent):
    graph = gd.Graph()
    x = graph.parameter("x", 1.7)
    graph.node("L", x**exponent + x)
    assert_agree(graph, "L")


@pytest.mark.parametrize(
    "function",
    [gd.sigmoid, gd.softplus, gd.tanh, gd.swish, gd.gelu, gd.elu, gd.relu, gd.leaky_relu],
)
@pytest.mark.parametrize("x", [-1000.0, -40.0, 40.0, 1000.0])
def test_far_out(function, x):
    graph = gd.Graph()
    graph.node("L", function(graph.parameter("x", x)))
    saturates = function in (gd.sigmoid, gd.tanh, gd.gelu)
    assert_agree(graph, "L", least=1e-5 if saturates else 0)


@given(graphs(functions=(*SMOOTH, *KINKED)))
def test_random_graphs(graph):
    for output in graph.outputs:
        try:
            run = graph.backward(output)
        except NumericalError:
            reject()
        assume(max(map(abs, run.P.values())) < 1e9)
        assert_agree(graph, output)


@given(graphs(functions=(*SMOOTH, *KINKED)))
@settings(max_examples=settings.default.max_examples // 2)
def test_random_graphs_in_all_nodes(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    assume(max(map(abs, run.P.values())) < 1e9)
    assert_agree(graph, output, wrt=[node.name for node in graph.nodes])


def test_repeated_parents_and_fan_out():
    graph = gd.Graph()
    x, y = graph.input("x", 1.5), graph.input("y", 1.5)
    square = graph.node("square", x * x)
    tie = graph.node("tie", gd.max(x, y))
    same = graph.node("same", gd.max(x, x))
    graph.node("L", square + tie * same + square * tie + x)
    assert_agree(graph, "L")


def test_two_nodes_of_one_formula_are_two_nodes():
    graph = gd.Graph()
    x = graph.parameter("x", 0.5)
    a, b = graph.node("a", gd.sin(x)), graph.node("b", gd.sin(x))
    graph.node("L", a * a + 3 * b)
    assert_agree(graph, "L", wrt=["a", "b", "x", "L"])


def test_guarded_branches():
    graph = gd.Graph()
    x = graph.parameter("x", 0.0)
    graph.node("L", gd.where(x > 0, gd.log(x), 2 * x) + gd.where(x > 0, gd.sqrt(x), x))
    for value, slope in ((0.0, 3.0), (-2.0, 3.0), (4.0, 0.25 + 0.25)):
        for kind in WITH_CHOICES:
            L, gradient = scalar_program(graph, graph["L"], [x], kind=kind)(np.array([value]))
            assert gradient == pytest.approx([slope])
            assert pytest.approx(3 * value if value <= 0 else np.log(value) + np.sqrt(value)) == L


def test_xlogy_at_zero():
    graph = gd.Graph()
    x, y = graph.parameter("x", 0), graph.parameter("y", 2)
    graph.node("L", gd.xlogy(x, y))
    assert_agree(graph, "L")
    for kind in KINDS:
        L, gradient = scalar_program(graph, graph["L"], [y], kind=kind)(np.zeros(2))
        assert (L, gradient.tolist()) == (0.0, [0.0])


def test_functions_of_ones_own():
    t = sp.Symbol("t", real=True)
    bump = gd.function("bump", sp.exp(-(t**2)) * sp.cos(t))
    kernel = gd.function(
        "scaled", lambda a, b: a * sp.atan(b), kernel=lambda a, b: a * np.arctan(b)
    )
    special = gd.function("special", sp.gamma(t))
    cases = gd.function("cases", sp.Piecewise((t**2, t > 0), (0, True)))
    graph = gd.Graph()
    x, y = graph.parameter("x", 0.7), graph.parameter("y", 1.3)
    u = graph.node("u", bump(x) + kernel(x, y))
    v = graph.node("v", special(y) * cases(x))
    graph.node("L", bump(u) * v)
    assert_agree(graph, "L")


def test_leaves_that_do_not_matter():
    graph = gd.Graph()
    x, unused = graph.parameter("x", 2), graph.parameter("unused", 5)
    graph.node("other", unused * 2)
    graph.node("L", x**2 + 1)
    assert_agree(graph, "L")
    for kind in KINDS:
        program = scalar_program(graph, graph["L"], [unused, x, unused, x], kind=kind)
        assert program(np.array([3.0, np.nan]))[1].tolist() == [0, 6, 0, 6]


def test_a_constant_and_a_number():
    graph = gd.Graph()
    x = graph.parameter("x", 2)
    graph.node("c", 3)
    graph.node("L", graph["c"] * x + graph["c"])
    assert_agree(graph, "L")
    assert_agree(graph, "c")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_finite_stays_so(kind):
    cases = [
        (lambda x: gd.exp(x), 1000.0, np.inf, np.inf),
        (lambda x: gd.log(x), 0.0, -np.inf, np.inf),
        (lambda x: 1 / x, 0.0, np.inf, -np.inf),
        (lambda x: gd.log(x), -1.0, np.nan, -1.0),
        (lambda x: gd.sqrt(x), 0.0, 0.0, np.inf),
        (lambda x: gd.max(x * 1e300 - x * 1e300 * 10, 1), np.inf, np.nan, None),
        (lambda x: gd.relu(x - x), np.inf, np.nan, None),
        (lambda x: gd.sign(x - x), np.inf, np.nan, None),
        (lambda x: gd.step(x - x), np.inf, np.nan, None),
        (lambda x: x**0.3, -1.0, np.nan, np.nan),
        (lambda x: x**3.0 * 1e308, 1e10, np.inf, np.inf),
        (lambda x: gd.acosh(x), 0.5, np.nan, np.nan),
    ]
    for make, at, value, slope in cases:
        graph = gd.Graph()
        x = graph.parameter("x", 1)
        graph.node("L", make(x))
        L, gradient = scalar_program(graph, graph["L"], [x], kind=kind)(np.array([at]))
        np.testing.assert_equal(L, value)
        if slope is not None:
            np.testing.assert_equal(gradient[0], slope)


def sum_of(terms):
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def network(form, sizes=(6, 5, 4, 2), seed=0, fan=None, function=gd.tanh):
    """A network neuron by neuron; a neuron is one node, two, or one node for each operation."""
    generator = np.random.default_rng(seed)
    graph = gd.Graph()
    h = [graph.input(f"x_{j}", generator.normal()) for j in range(sizes[0])]
    for layer, size in enumerate(sizes[1:]):
        new = []
        for i in range(size):
            chosen = (
                h
                if fan is None
                else [h[j] for j in generator.choice(len(h), fan(generator), replace=False)]
            )
            tag = f"{layer}_{i}"
            w = [graph.parameter(f"w_{tag}_{j}", generator.normal()) for j in range(len(chosen))]
            b = graph.parameter(f"b_{tag}", generator.normal())
            if form == "many":
                s = graph.node(f"p_{tag}_0", w[0] * chosen[0])
                for j in range(1, len(w)):
                    p = graph.node(f"p_{tag}_{j}", w[j] * chosen[j])
                    s = graph.node(f"s_{tag}_{j}", s + p if j % 2 else p + s)
                s = graph.node(f"z_{tag}", s + b)
            elif form == "products":
                s = graph.node(
                    f"z_{tag}",
                    b
                    + sum_of([graph.node(f"p_{tag}_{j}", w[j] * chosen[j]) for j in range(len(w))]),
                )
            else:
                s = sum_of([w[j] * chosen[j] for j in range(len(w))]) + b
                s = graph.node(f"z_{tag}", s) if form == "two" else s
            new.append(graph.node(f"a_{tag}", function(s)))
        h = new
    targets = [graph.input(f"t_{k}", generator.normal()) for k in range(len(h))]
    graph.node("L", sum_of([(a - t) ** 2 for a, t in zip(h, targets, strict=True)]) / len(h) + 1)
    return graph


FORMS = ("one", "two", "products", "many")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("function", [gd.tanh, gd.relu, gd.swish])
def test_networks(form, function):
    graph = network(form, function=function)
    assert_agree(graph, "L")
    assert_agree(graph, "L", wrt=[leaf.name for leaf in graph.parameters])
    assert_agree(graph, "L", wrt=["w_0_1_2", "x_3", "b_1_0", "a_0_1"])


@pytest.mark.parametrize("form", FORMS)
def test_irregular_networks(form):
    graph = network(form, (9, 12, 11, 7), fan=lambda g: int(g.integers(2, 7)))
    assert_agree(graph, "L")
    assert_agree(graph, "L", wrt=[leaf.name for leaf in graph.parameters][::-1])
    even = network(form, (9, 12, 11, 7), fan=lambda _: 6)
    assert_agree(even, "L", wrt=[leaf.name for leaf in even.parameters])
    assert_agree(even, "L", wrt=[leaf.name for leaf in even.parameters[::2]])


@pytest.mark.parametrize("form", FORMS)
def test_shared_weights(form):
    """A convolution: each weight is used by many neurons."""
    graph = gd.Graph()
    generator = np.random.default_rng(1)
    x = [graph.input(f"x_{k}", generator.normal()) for k in range(12)]
    w = [graph.parameter(f"w_{k}", generator.normal()) for k in range(6)]
    b = graph.parameter("b", 0.1)
    out = []
    for i in range(7):
        if form == "products":
            terms = [graph.node(f"p_{i}_{k}", w[k] * x[i + k]) for k in range(6)]
        else:
            terms = [w[k] * x[i + k] * 2 - x[i] for k in range(6)]
        out.append(graph.node(f"a_{i}", gd.sigmoid(sum_of(terms) - 3 * b + 1)))
    graph.node("L", sum_of([o * o for o in out]) * w[0])
    assert_agree(graph, "L")


def test_the_form_of_a_network():
    graph = network("one", (20, 16, 8))
    source = scalar_program(graph, graph["L"], graph.parameters, kind="grouped").source
    assert "v[28:44] = W(16×20) @ v[0:20] + leaves[40:376:21]" in source
    many = network("many", (20, 16, 8))
    assert scalar_program(many, many["L"], many.parameters, kind="grouped").source == source
    fan = network("two", (30, 40, 30), fan=lambda _: 8)
    assert "A(40 rows, 320 entries, sparse) @ v" in (
        scalar_program(fan, fan["L"], fan.parameters, kind="grouped").source
    )


def test_sums_of_other_terms():
    graph = gd.Graph()
    x = [graph.parameter(f"x_{k}", 0.3 + k / 7) for k in range(8)]
    s = sum_of([gd.sin(v) * v for v in x]) - sum_of([x[k] * x[k - 1] * x[k - 2] for k in range(8)])
    u = graph.node("u", gd.exp(-s) + sum_of([v * v for v in x]) * x[0])
    graph.node("L", u + sum_of([3 * v for v in x]) - 2)
    assert_agree(graph, "L")


def chain(count, *, nodes=1, function=gd.tanh):
    graph = gd.Graph()
    v, w, b = graph.input("x", 0.5), graph.parameter("w", 1.2), graph.parameter("b", 0.1)
    for k in range(count):
        if nodes == 1:
            v = graph.node(f"v_{k}", function(w * v + b))
        else:
            v = graph.node(
                f"v_{k}", function(graph.node(f"u_{k}", graph.node(f"s_{k}", w * v) + b))
            )
    graph.node("L", (v - 1) ** 2)
    return graph


@pytest.mark.parametrize("nodes", [1, 3])
@pytest.mark.parametrize("function", [gd.tanh, gd.relu, gd.swish, gd.softplus])
def test_chains(nodes, function):
    assert_agree(chain(40, nodes=nodes, function=function), "L")
    graph = chain(40, nodes=nodes, function=function)
    assert_agree(graph, "L", wrt=["v_7", "w", "v_39", "x", "v_0"])


@pytest.mark.slow
def test_a_long_chain_runs_in_one_loop():
    graph = chain(5000)
    program = scalar_program(graph, graph["L"], graph.parameters)
    assert program.kind == "sequential"
    assert "tanh(w * v_1 + b) for _ in repeat(None, 4999)" in program.source
    assert len(program.source.splitlines()) < 15
    assert_agree(graph, "L", kinds=["sequential"], w=2.5, b=0.01)


@pytest.mark.slow
def test_a_chain_that_vanishes():
    graph = chain(9000)
    program = scalar_program(graph, graph["L"], [graph["x"], graph["w"]])
    value, gradient = program(leaf_values(graph, {"w": 0.5}))
    expected = graph.backward("L", {"w": 0.5})
    assert value == pytest.approx(expected.value["L"])
    assert gradient[0] == 0
    assert gradient[1] == pytest.approx(expected.P["w"])


def recurrent(count):
    graph = gd.Graph()
    h, c = graph.input("h", 0.1), graph.input("c", 0.2)
    w = [graph.parameter(f"w_{k}", 0.3 * k - 1) for k in range(8)]
    for k in range(count):
        x = graph.input(f"x_{k}", np.sin(k))
        gates = [
            graph.node(f"{name}_{k}", function(w[2 * i] * x + w[2 * i + 1] * h))
            for i, (name, function) in enumerate(
                [("i", gd.sigmoid), ("f", gd.sigmoid), ("o", gd.sigmoid), ("g", gd.tanh)])
        ]  # fmt: skip
        c = graph.node(f"c_{k}", gates[1] * c + gates[0] * gates[3])
        h = graph.node(f"h_{k}", gates[2] * gd.tanh(c))
    graph.node("L", h * h)
    return graph


@pytest.mark.slow
def test_a_recurrent_network():
    graph = recurrent(30)
    assert_agree(graph, "L")
    source = scalar_program(graph, graph["L"], graph.parameters, kind="sequential").source
    assert "for x_1 in leaves[" in source
    assert_agree(recurrent(1000), "L", kinds=["sequential"])


def test_runs_that_refer_further_back():
    graph = gd.Graph()
    v = [graph.input("a", 0.3), graph.parameter("b", 0.4), graph.parameter("c", -0.2)]
    for k in range(40):
        v.append(graph.node(f"v_{k}", gd.sin(v[-1] + v[-3])))
    for k in range(20):
        v.append(graph.node(f"u_{k}", gd.sin(v[10 + k]) + v[-1]))
    for k in range(20):
        p = graph.node(f"p_{k}", v[-1] * v[2])
        v.append(graph.node(f"q_{k}", p + v[3] + v[-2] * 0.1))
    graph.node("L", v[-1] * v[20])
    assert_agree(graph, "L")


def test_a_sequence_too_long_to_write_out(monkeypatch):
    monkeypatch.setattr("graphdiff.program.scalars.sequential.MAX_STATEMENTS", 5)
    graph = recurrent(6)
    program = scalar_program(graph, graph["L"], graph.parameters, kind="sequential")
    assert "for k, (f, places) in enumerate(program)" in program.source
    assert_agree(graph, "L", kinds=["sequential"])
    for make in (lambda x: 1 / x, gd.log, lambda x: x**-1.5):
        other = gd.Graph()
        x = other.parameter("x", 1)
        other.node("L", make(other.node("u", x * 2)) + x)
        found = scalar_program(other, other["L"], [x], kind="sequential")
        value, gradient = found(np.zeros(1))
        assert not np.isfinite(value)
        assert not np.isfinite(gradient[0])


def test_the_forms_chosen():
    graph = example("linear-regression")
    assert scalar_program(graph, graph.output, graph.parameters).kind == "floats"
    wide = network("one", (30, 30, 10))
    assert scalar_program(wide, wide["L"], wide.parameters).kind == "grouped"
    with pytest.raises(GraphError, match="no kind 'fast'"):
        scalar_program(graph, graph.output, graph.parameters, kind="fast")


@pytest.mark.parametrize("kind", KINDS)
def test_many_threads(kind):
    graph = network("one", (12, 10, 5))
    program = scalar_program(graph, graph["L"], graph.parameters, kind=kind)
    inputs = [np.random.default_rng(k).normal(size=len(graph.leaves)) for k in range(8)]
    expected = [program(x) for x in inputs]
    wrong = []

    def work(k):
        for _ in range(40):
            value, gradient = program(inputs[k])
            if value != expected[k][0] or not np.array_equal(gradient, expected[k][1]):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_sums_of_which_only_some_have_a_leaf_of_their_own():
    """The first, the last or none of the sums of a level has a bias."""
    for biased in ({0}, {2}, {1, 2}, {0, 2}, set()):
        graph = gd.Graph()
        x = [graph.parameter(f"x_{j}", 0.3 + j / 7) for j in range(6)]
        h = [graph.node(f"h_{j}", gd.sin(v)) for j, v in enumerate(x)]
        rows = []
        for i in range(3):
            s = sum_of([h[j] * h[(j + i) % 6] for j in range(6)])
            s = s + 2 * graph.parameter(f"b_{i}", 0.1 * i) if i in biased else s
            rows.append(graph.node(f"z_{i}", s))
        graph.node("L", rows[0] * rows[1] - rows[2])
        assert_agree(graph, "L")


@pytest.mark.parametrize("length", [1500, 3000, 4500, 6000])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_that_nearly_vanish_keep_their_digits(kind, length):
    """Down to 1e-280 a product of partial derivatives is a number like others."""
    graph = chain(length)
    slope = 10 ** (-280 / length)
    program = scalar_program(graph, graph["L"], [graph["x"], graph["w"]], kind=kind)
    values = {"w": slope, "x": 1e-3, "b": 0.0}
    _, gradient = program(leaf_values(graph, values))
    expected = graph.backward("L", values).P
    assert 0 < abs(expected["x"]) < 1e-150
    assert gradient[0] == pytest.approx(expected["x"], rel=1e-9, abs=0)
    assert gradient[1] == pytest.approx(expected["w"], rel=1e-9, abs=0)


@pytest.mark.parametrize(("k", "x", "c"), [(1e300, 1e-5, 1e-10), (5e-324, 1e5, 2.0), (1e308, 1e-9, 0.5), (3.0, 1e-300, 1e300)])  # fmt: skip
@pytest.mark.parametrize("kind", KINDS)
def test_numbers_far_from_one_are_not_divided_first(kind, k, x, c):
    """(k·x)/c is (k/c)·x only where neither is far from one: a finite number stays one."""
    graph = gd.Graph()
    graph.node("y", k * graph.parameter("x", x) / c)
    value, _ = scalar_program(graph, graph["y"], [graph["x"]], kind=kind)(np.array([x]))
    assert value == pytest.approx(graph.forward().value["y"], rel=1e-15, abs=0)
