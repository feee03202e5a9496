"""The reverse sweep as a graph: against the sweep, SymPy and differences, three times over."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
from closeness import close
from counting import at_most
from gradient_graphs import agrees_with_backward, example, formulas, there_and_back
from hypothesis import given, settings
from strategies import KINKED, SMOOTH, graphs

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.errors import GraphError
from graphdiff.language.expression import apply
from graphdiff.language.functions import NAMED

# What it looks like


def test_linear_regression():
    graph = example("linear-regression")
    added = graph.gradient_graph()
    assert formulas(added)[: len(graph)] == formulas(graph)
    assert formulas(added, len(graph)) == [
        "dL_dL = 1",
        "dL_de = dL_dL*2*e",
        "dL_dy = -dL_de",
        "dL_dyhat = dL_de",
        "dL_db = dL_dyhat",
        "dL_du = dL_dyhat",
        "dL_dw = dL_du*x",
        "dL_dx = dL_du*w",
    ]
    assert added.output.name == "L"
    assert added.title == "Linear regression: gradient of L"
    assert [leaf.value for leaf in added.leaves] == [leaf.value for leaf in graph.leaves]


def test_the_equations_of_backpropagation():
    graph = example("neural-network")
    added = graph.gradient_graph("L", graph.parameters)
    assert formulas(added, len(graph)) == [
        "dL_dL = 1",
        "dL_dz2 = dL_dL*(sum(y)*softmax(z2) - y)",
        "dL_da1 = W2.T @ dL_dz2",
        "dL_dz1 = dL_da1*(1 - a1**2)",
        "dL_db2 = dL_dz2",
        "dL_dW2 = outer(dL_dz2, a1)",
        "dL_db1 = dL_dz1",
        "dL_dW1 = outer(dL_dz1, x)",
    ]


def test_every_path_is_a_term_in_the_order_of_the_children():
    added = example("fan-out").gradient_graph()
    assert added["dL_da"].formula == "dL_db*cos(a) + dL_dc*2*a + dL_dm*2*a"


def test_values_known_already():
    graph = gd.Graph()
    z = graph.parameter("z", [1.0, 2.0])
    s = graph.node("s", gd.softmax(z))
    e = graph.node("e", gd.exp(z))
    graph.node("L", gd.logsumexp(z) + (s * e).sum())
    added = graph.gradient_graph("L")
    assert "softmax" not in added["dL_dz"].formula
    assert "exp" not in added["dL_dz"].formula


@pytest.mark.parametrize(
    ("build", "formula"),
    [
        (lambda x: gd.relu(x), "df_df*(x > 0)"),
        (lambda x: -x, "-df_df"),
        (lambda x: x - x, "0"),
        (lambda x: x * x, "df_df*2*x"),
        (lambda x: 1 / x, "-df_df*f**2"),
        (lambda x: -3 * x, "-df_df*3"),
        (lambda x: gd.sigmoid(x), "df_df*f*(1 - f)"),
        (lambda x: gd.cot(x), "-df_df*(f**2 + 1)"),
        (lambda x: gd.sign(x), "0"),
    ],
)
def test_formulas_of_one_edge(build, formula):
    graph = gd.Graph()
    graph.node("f", build(graph.parameter("x", 2)))
    assert graph.gradient_graph()["df_dx"].formula == formula


def test_a_leaf_the_output_does_not_depend_on():
    graph = gd.Graph()
    x, unused = graph.parameter("x", 2), graph.parameter("M", np.ones((2, 3)))
    L = graph.node("L", x**2)
    graph.node("other", unused.sum())
    added = graph.gradient_graph(L, ["M", "x"])
    assert added["dL_dM"].formula == "zeros(2, 3)"
    assert added.forward().value["dL_dM"].tolist() == [[0, 0, 0], [0, 0, 0]]


def test_only_nodes_on_the_way():
    graph = example("neural-network")
    added = graph.gradient_graph("L", "W2")
    assert [node.name for node in added.nodes[len(graph) :]] == ["dL_dL", "dL_dz2", "dL_dW2"]
    to_a_node = graph.gradient_graph("L", "a1")
    assert [n.name for n in to_a_node.nodes[len(graph) :]] == ["dL_dL", "dL_dz2", "dL_da1"]


def test_names_that_are_taken_or_too_long():
    graph = gd.Graph()
    x = graph.parameter("x", 2)
    taken = graph.node("dL_dx", x + 1)
    L = graph.node("L", taken**2)
    assert formulas(graph.gradient_graph(L), 3)[-1] == "dL_dx_ = dL_ddL_dx"
    long = gd.Graph()
    long.node("b" * 60, long.parameter("a" * 60, 1) ** 2)
    assert [n.name for n in long.gradient_graph()][2:] == ["du2_du2", "du2_du1"]


def test_an_output_of_one_entry():
    graph = gd.Graph()
    x = graph.parameter("x", [3.0, 4.0])
    graph.node("L", (x**2).sum(keepdims=True))
    added = agrees_with_backward(graph, "L")
    assert added["dL_dL"].formula == "ones(1)"


def test_sizes_that_are_letters():
    graph = gd.Graph()
    A, x = graph.input("A", shape=("m", "n")), graph.parameter("x", shape=("n",))
    r = graph.node("r", A @ x)
    graph.node("L", (r**2).sum())
    added = graph.gradient_graph("L", x)
    assert formulas(added, 4) == ["dL_dL = 1", "dL_dr = 2*dL_dL*r", "dL_dx = A.T @ dL_dr"]


def test_samples():
    graph = gd.Graph()
    x, w = graph.input("x", [1.0, 2.0, 3.0], shape=()), graph.parameter("w", 2)
    graph.node("L", gd.tanh(w * x))
    values = graph.gradient_graph("L", "w").forward().value
    close(values["dL_dw"], graph.backward("L").P["w"])


# Errors


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("x", "'x' is a leaf, input u\\^1; differentiate a computed node"),
        ("y", r"'y' has shape \(2,\), so it has no gradient but a Jacobian; name a scalar output"),
        ("nothing", "unknown node 'nothing'"),
    ],
)
def test_refused(output, message):
    graph = gd.Graph()
    x = graph.input("x", [1, 2])
    graph.node("L", graph.node("y", 2 * x).sum())
    with pytest.raises(GraphError, match=message):
        graph.gradient_graph(output)


# With everything else


@pytest.mark.parametrize("name", examples.names())
def test_examples(name, tmp_path):
    graph = example(name)
    output = graph.output.name
    added = agrees_with_backward(graph, output)
    again = there_and_back(added, tmp_path)
    leaf = (graph.parameters or graph.leaves)[0]
    P = f"d{output}_d{leaf.name}"
    assert again.forward().value[P] == pytest.approx(added.forward().value[P])
    assert added.draw(added.forward()).svg.startswith("<svg")
    assert f"d{output}/d{leaf.name}" in str(added.explain(output, leaf.name))
    if not added[P].shape:
        assert f"d{P}/d{leaf.name}" in str(added.explain(P, leaf.name))
        agrees_with_backward(added, P)


def test_one_of_ones_own_functions(tmp_path):
    def formula(x):
        return sp.Piecewise((x**2, x > 1), (2 * x - 1, True))

    graph = gd.Graph()
    own = gd.function("smooth", formula)
    L = graph.node("L", own(graph.parameter("x", 3)) + own(graph.parameter("y", -1)))
    added = agrees_with_backward(graph, "L")
    assert "'" not in added["dL_dx"].formula
    with pytest.raises(GraphError, match="your own function 'smooth', which a file cannot hold"):
        added.save(tmp_path / "own.toml")
    assert L.formula == added["L"].formula


def test_a_derivative_without_a_name_keeps_its_prime(tmp_path):
    graph = gd.Graph()
    f = gd.function("gamma", sp.gamma)
    graph.node("L", f(graph.parameter("x", [2.5, 3.5])).sum())
    added = agrees_with_backward(graph, "L")
    assert "gamma'" in added["dL_dx"].formula
    with pytest.raises(GraphError, match="your own function"):
        added.save(tmp_path / "own.toml")


def test_entries_put_back_among_many_zeros_are_saved(tmp_path):
    graph = gd.Graph()
    graph.node("L", (graph.parameter("x", np.arange(200.0))[[[0, 1], [1, 2]]] ** 2).sum())
    added = agrees_with_backward(graph, "L")
    assert "scatter(" in added["dL_dx"].formula
    there_and_back(added, tmp_path)


# Derivatives of derivatives


def derived(graph, output, wrt):
    """The graph of the derivative in each of the variables in turn, and its last node."""
    for name in wrt:
        graph = graph.gradient_graph(output, name)
        output = f"d{output}_d{name}"
    return graph, output


@pytest.mark.parametrize(
    ("build", "values"),
    [
        (lambda x, y: gd.sin(x) * gd.exp(y), {"x": sp.pi / 3, "y": 2}),
        (lambda x, y: (3 * x + y - 2) ** 2 / (x * x + 1), {"x": 1, "y": 2}),
        (lambda x, y: gd.sigmoid(x * y + 1), {"x": 1, "y": -1}),
        (lambda x, y: gd.log(x + y**2) * gd.sqrt(x), {"x": 4, "y": 1}),
        (lambda x, y: gd.softplus(x) * y**x, {"x": 2, "y": 3}),
    ],
)
def test_third_derivatives_against_sympy(build, values):
    graph = gd.Graph.from_function(build, values=values)
    leaves = [graph["x"], graph["y"]]
    closed = {leaf.name: leaf.symbol for leaf in leaves}
    for u in graph.nodes[2:]:
        closed[u.name] = u.function.applied(tuple(closed[p.name] for p in u.parents))
    at = {leaf.symbol: values[leaf.name] for leaf in leaves}
    for wrt in ("x", "y", "xx", "xy", "xxx", "xxy", "yxy", "yyy"):
        added, output = derived(graph, "f", wrt)
        truth = closed["f"].doit().diff(*(graph[name].symbol for name in wrt)).subs(at)
        found = added.forward(exact=True).value[output]
        assert sp.simplify(found - truth) == 0, wrt
        further = graph.nodes[0].symbol
        slope = closed["f"].doit().diff(*(graph[name].symbol for name in wrt), further).subs(at)
        swept = added.backward(output, exact=True).P["x"]
        assert abs(sp.N(swept - slope, 30)) < 1e-20, wrt


@pytest.mark.parametrize("name", ["linear-regression", "sigmoid-neuron", "two-layer-network"])
def test_third_derivatives_of_examples(name):
    graph = example(name)
    one, other = graph.parameters[:2]
    n = graph.output.name
    added, output = derived(graph, n, [one.name, other.name, one.name])
    closed = {leaf.name: leaf.symbol for leaf in graph.leaves}
    for u in graph.nodes:
        if not u.is_leaf:
            closed[u.name] = u.function.applied(tuple(closed[p.name] for p in u.parents))
    truth = closed[n].doit().diff(one.symbol, other.symbol, one.symbol)
    at = {leaf.symbol: sp.Rational(str(leaf.value)) for leaf in graph.leaves}
    assert abs(sp.N(added.forward(exact=True).value[output] - truth.subs(at), 30)) < 1e-25


@pytest.mark.parametrize("shape", [(), (2,)])
@pytest.mark.parametrize("name", sorted(NAMED))
def test_every_function_three_times_and_in_files(name, shape, tmp_path):
    function = NAMED[name]
    graph = gd.Graph()
    leaves = [
        graph.parameter(f"x{k}", np.linspace(low, high, 7)[[2, 4]] if shape else (2 * low + high) / 3)
        for k, (low, high) in enumerate(function.sample_domain)
    ]  # fmt: skip
    u = graph.node("u", apply(function, *leaves))
    output = graph.node("L", u.sum() if shape else 2 * u).name
    for _ in range(3):
        graph = there_and_back(agrees_with_backward(graph, output), tmp_path)
        P = graph[f"d{output}_dx0"]
        output = (
            graph.node("v" + output[1:] + "_", (P * [1.25, -0.5]).sum()).name if shape else P.name
        )


# Random graphs


@given(graphs(functions=(*SMOOTH, *KINKED)))
def test_random_graphs(graph):
    for output in graph.outputs:
        agrees_with_backward(graph, output.name)


@given(graphs(functions=SMOOTH, most=4, composite=False))
@settings(max_examples=settings.default.max_examples // 3)
def test_random_graphs_twice(graph):
    n, leaf = graph.nodes[-1], graph.leaves[0]
    agrees_with_backward(graph.gradient_graph(n), f"d{n.name}_d{leaf.name}")


# Large graphs


def test_a_long_chain():
    graph = gd.Graph()
    x = u = graph.input("x", 0.5)
    for k in range(2000):
        u = graph.node(f"u{k}", gd.sin(u) * x)
    with at_most(calls=3e6):
        added = graph.gradient_graph(u)
    assert added.forward().value["du1999_dx"] == pytest.approx(graph.backward(u).P["x"])
    assert all(len(node.parents) <= 600 for node in added)


@pytest.mark.slow
def test_a_wide_neuron():
    graph = gd.Graph()
    terms = [graph.input(f"x{k}", k) * graph.parameter(f"w{k}", 1) for k in range(300)]
    graph.node("L", gd.sigmoid(graph.node("z", sum(terms[1:], terms[0]) / 50000)))
    added = agrees_with_backward(graph, "L")
    assert added["dL_dw7"].formula == "dL_dz*x7/50000"


ORDERS = list(itertools.product("xyz", repeat=3))


@pytest.mark.parametrize("first", ORDERS, ids="".join)
def test_parents_that_repeat_in_any_order(first):
    """Two nodes whose outlines differ only in which parent stands where."""
    function = gd.function("f3", lambda a, b, c: a * b**2 + sp.sin(c) * a)
    for second in ORDERS:
        graph = gd.Graph()
        leaf = {
            name: graph.input(name, value)
            for name, value in zip("xyz", (0.3, 0.7, 1.1), strict=True)
        }
        graph.node("u", function(*(leaf[k] for k in first)) * function(*(leaf[k] for k in second)))
        expected = graph.backward("u").P
        found = graph.gradient_graph("u").forward().value
        for name in {*first, *second}:
            assert found[f"du_d{name}"] == pytest.approx(expected[name], rel=1e-12, abs=0), second
