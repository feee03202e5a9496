"""All results of derivation are read, shown, computed and compiled in the same ways."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from closeness import close
from counting import at_most
from hypothesis import given, settings
from latex_checks import check_formula
from strategies import graphs as scalar_graphs

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphdiffError, GraphError, UnknownNameError
from graphdiff.symbolic.result import Result


def scalars():
    g = gd.Graph()
    x, w, b = g.input("x", 2), g.parameter("w", 0.5), g.parameter("b", -0.25)
    z = g.node("z", w * x + b)
    a = g.node("a", gd.relu(z) + gd.tanh(z))
    g.node("L", (a - 1) ** 2 * gd.max(w, b))
    return g


def tensors():
    g = gd.Graph()
    x, W = g.input("x", [1, -0.5, 0.25]), g.parameter("W", [[1, 0.5, -1], [0.25, 2, 1]])
    b = g.parameter("b", [0.5, -1])
    z = g.node("z", W @ x + b)
    a = g.node("a", gd.softmax(z))
    g.node("L", -(gd.log(a) * [0.25, 0.75]).sum() + (W * W).sum() + x @ x * a[0])
    return g


G, T = scalars(), tensors()
RUNS = {G: G.backward("L"), T: T.backward("L")}
C = np.array([0.5, -2])


def second(graph, name):
    """Second derivatives by differences of gradients."""
    step, columns, value = 1e-6, [], np.asarray(graph[name].value, float)
    for place in np.ndindex(value.shape):
        moved = [value.copy(), value.copy()]
        moved[0][place] += step
        moved[1][place] -= step
        up, down = (np.ravel(graph.backward("L", {name: v}).gradient[name]) for v in moved)
        columns.append((up - down) / (2 * step))
    return np.array(columns).T


RESULTS = {
    "gradient": (G, lambda: G.gradient("L", "w"), lambda run: run.P["w"]),
    "gradient in nodes": (G, lambda: G.gradient("L", "w", "nodes"), lambda run: run.P["w"]),
    "gradient in children": (
        G,
        lambda: G.gradient("L", "z", "children"),
        lambda run: run.P["a"] * run.J["z", "a"],
    ),
    "local Jacobian": (G, lambda: G.local_jacobian("z", "a"), lambda run: run.J["z", "a"]),
    "index notation of scalars": (
        G,
        lambda: G.index_jacobian("z", "a"),
        lambda run: [[run.J["z", "a"]]],
    ),
    "Hessian in one": (G, lambda: G.hessian("L", "x"), lambda _: second(G, "x")[0, 0]),
    "Hessian in several": (
        G,
        lambda: G.hessian("L", ["x", "b"])[1, 1],
        lambda _: second(G, "b")[0, 0],
    ),
    "gradient of tensors": (T, lambda: T.gradient("L", "W"), lambda run: run.gradient["W"]),
    "gradient of tensors in nodes": (
        T,
        lambda: T.gradient("L", "W", "nodes"),
        lambda run: run.gradient["W"],
    ),
    "Jacobian": (T, lambda: T.jacobian("a", "x"), lambda run: run.J["z", "a"] @ run.J["x", "z"]),
    "vjp": (T, lambda: T.vjp("a", "z", "c"), lambda run: C @ run.J["z", "a"]),
    "jvp": (T, lambda: T.jvp("a", "z", "c"), lambda run: run.J["z", "a"] @ C),
    "local Jacobian with a matrix": (
        T,
        lambda: T.local_jacobian("z", "a"),
        lambda run: run.J["z", "a"],
    ),
    "local Jacobian without one": (
        T,
        lambda: T.local_jacobian("W", "z"),
        lambda run: run.J["W", "z"],
    ),
    "denominator layout": (
        T,
        lambda: T.local_jacobian("W", "z", layout="denominator"),
        lambda run: run.J["W", "z"].T,
    ),
    "index notation": (T, lambda: T.index_jacobian("W", "z"), lambda run: run.J["W", "z"]),
    "entry by entry": (T, lambda: T.entrywise_jacobian("z", "a"), lambda run: run.J["z", "a"]),
    "Hessian": (T, lambda: T.hessian("L", "x"), lambda _: second(T, "x")),
    "Hessian without a matrix": (T, lambda: T.hessian("L", "W"), lambda _: second(T, "W")),
}


def values_of(graph):
    delta = {"delta_a": RUNS[graph].P["a"]} if graph is G else {}
    return {**RUNS[graph].value, "c": C, **delta}


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_is_computed_and_compiled_from_the_same_things(name):
    graph, derive, expected = RESULTS[name]
    found, true = derive(), np.asarray(expected(RUNS[graph]), float)
    assert isinstance(found, Result)
    values = values_of(graph)
    own = {each: values[each] for each in found.names}
    by_node = {part: values[part.name] for part in found.parts}
    step = found.compile()
    letters = {each: value for each, value in own.items() if each not in graph}
    for numbers in (
        found.at(values), found.at(own), found.at(by_node), found.at(**own),
        found.at(RUNS[graph], **letters), found.at(**letters), found.at(values, exact=True),
        step(own), step(**own), step(*[own[each] for each in step.names]),
    ):  # fmt: skip
        assert np.shape(numbers) == true.shape
        close(np.asarray(numbers, float), true, 1e-6, terms=1)
    if not letters:
        close(step(RUNS[graph]), true, 1e-6, terms=1)


@pytest.mark.parametrize("name", RESULTS)
def test_every_result_shows_itself(name):
    found = RESULTS[name][1]()
    assert str(found) == repr(found) == found.text
    assert "\n" not in found.text
    check_formula(found.latex)
    assert found.latex in found._repr_latex_()
    assert found.markdown() == f"$$\n{found.latex}\n$$"
    assert set(found.names) <= {node.name for node in (*G.nodes, *T.nodes)} | {"c", "delta_a"}


@settings(max_examples=settings.default.max_examples // 4)
@given(scalar_graphs(most=3))
def test_random_scalars(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except GraphdiffError:
        return
    for leaf in graph.leaves:
        for terms in ("nodes", "leaves"):
            try:
                found = graph.gradient(output, leaf, terms)
            except DerivationError:
                continue
            close(found.at(run), run.P[leaf.name], 1e-7, terms=1e3)
            close(found.at(), run.P[leaf.name], 1e-7, terms=1e3)
            close(found.compile()(run), run.P[leaf.name], 1e-7, terms=1e3)


@pytest.mark.parametrize("x", [20.0, 40.0, -20.0])
def test_numbers_and_programs_have_their_digits_in_the_tails(x):
    g = gd.Graph()
    L = g.node("L", gd.tanh(g.input("x", x)))
    slope = 1 / math.cosh(x) ** 2
    for found, true in (
        (g.gradient(L, "x"), slope),
        (g.hessian(L, "x"), -2 * math.tanh(x) * slope),
        (g.hessian(L, ["x"])[0, 0], -2 * math.tanh(x) * slope),
    ):
        assert found.at() == pytest.approx(true, rel=1e-12, abs=0)
        assert found.compile()() == pytest.approx(true, rel=1e-12, abs=0)
    assert g.hessian(L, ["x"]).at() == pytest.approx(g.hessian(L, "x").at(), rel=1e-12, abs=0)


def test_sympy_takes_formulas_of_scalars():
    f, w, x = G.gradient("L", "z", "nodes"), G["w"].symbol, G["x"].symbol
    for function in (
        sp.simplify,
        sp.expand,
        sp.sympify,
        sp.latex,
        lambda e: sp.diff(e, w),
        lambda e: x * e,
        lambda e: x - e,
    ):
        assert function(f) == function(f.sympy)
    s = f.sympy
    assert (2 * f, -f, f - f, f + x, x / f, f**2, 2**f) == (2 * s, -s, 0, s + x, x / s, s**2, 2**s)
    assert float(f.subs(dict.fromkeys(f.free_symbols, 1))) == 0
    assert float(G.local_jacobian("b", "z")) == 1
    J, z = G.local_jacobian("z", "a"), G["z"].symbol
    assert sp.lambdify(z, J)(0.5) == sp.lambdify(z, J.sympy)(0.5) == pytest.approx(J.at(z=0.5))
    assert f == f.sympy
    assert f.sympy == f
    assert f != x
    assert hash(f) == hash(f.sympy)
    assert f.subs(w, 3) == f.sympy.subs(w, 3)
    H = G.hessian("L", ["w", "x"])
    assert sp.Matrix(H) == H.sympy
    assert H.sympy == H
    assert H[0, 1] == H.sympy[0, 1]
    assert H.at().shape == H.compile()().shape == (2, 2)


def test_formulas_of_scalars_become_nodes():
    g = scalars()
    d = g.node("d", g.gradient("L", "w").expression)
    assert g.forward().value[d] == pytest.approx(g.backward("L").P["w"])
    H = g.node("H", g.hessian("L", ["w", "x"]).expression)
    np.testing.assert_allclose(g.forward().value[H], g.hessian("L", ["w", "x"]).at())


def test_results_are_claims(tmp_path):
    g, t = scalars(), tensors()
    slope = g.gradient("L", "w", "nodes")
    claims = {"dL/dw": slope, "dL/db": [g.gradient("L", "b"), g.gradient("L", "b", "nodes")]}
    assert g.check(claims).ok
    path = g.save(tmp_path / "graph.toml", claims=claims)
    assert slope.text in path.read_text("utf-8")
    assert t.check({"dL/dW": t.gradient("L", "W"), "J[z->a]": t.local_jacobian("z", "a")}).ok
    assert not t.check({"dL/dW": t.gradient("L", "x")}).ok


def test_results_are_where_sympys_expressions_were():
    g = gd.Graph()
    f = g.local_jacobian("z", g.node("a", gd.tanh(g.input("z", 0.5)) ** 2))
    graph = gd.Graph.from_expression(f, values={"z": 0.5})
    assert graph.forward().value["f"] == pytest.approx(f.at(z=0.5))
    slope = gd.function("slope", f)
    g = gd.Graph()
    assert g.node("s", slope(g.input("q", 0.5))).formula == "slope(q)"
    assert g.forward().value["s"] == pytest.approx(f.at(z=0.5))


def test_a_function_without_a_name_is_computed_too():
    g = gd.Graph()
    x = g.parameter("x", 2.5)
    L = g.node("L", gd.function("gamma", sp.gamma)(x))
    found = g.gradient(L, x)
    assert found.at() == pytest.approx(g.backward(L).P["x"])
    assert found.compile()(x=3) == pytest.approx(g.backward(L, x=3).P["x"])


@pytest.mark.parametrize(
    ("ask", "kind", "problem"),
    [
        (lambda: G.gradient("L", "w").at(3), GraphError, "the values of a formula are 3; give a run"),
        (lambda: G.gradient("L", "w").at({"q": 1}), UnknownNameError, "'q' is no node of the graph"),
        (lambda: T.vjp("a", "z").at(), GraphError, "no value for 'c' in the formula"),
        (lambda: T.gradient("L", "W").at(x=[1, 2]), GraphError, "the value of 'x' has shape (2,)"),
        (lambda: G.gradient("L", "w").at(x=[1, 2]), GraphError, "the value of 'x' has shape (2,)"),
    ],
)  # fmt: skip
def test_what_is_no_value_is_said(ask, kind, problem):
    with pytest.raises(kind) as error:
        ask()
    assert problem in str(error.value)
    assert "\n" not in str(error.value)


def test_sizes_that_are_letters():
    g = gd.Graph()
    X, w = g.input("X", shape=("m", "n")), g.parameter("w", shape=("n",))
    z = g.node("z", gd.tanh(X @ w))
    L = g.node("L", (z**2).sum())
    values = {"X": np.array([[1, 2.0], [0.5, -1], [0, 1]]), "w": np.array([0.25, -0.5])}
    run = g.backward(L, values)
    for found, true in (
        (g.gradient(L, w), run.gradient["w"]), (g.local_jacobian("w", "z"), run.J["w", "z"]),
        (g.gradient(L, w, "nodes"), run.gradient["w"]), (g.jacobian("z", "w"), run.J["w", "z"]),
    ):  # fmt: skip
        np.testing.assert_allclose(found.at(run), true, rtol=1e-12)
        np.testing.assert_allclose(found.compile()(run), true, rtol=1e-12)
    assert g.hessian(L, w).at(values).shape == g.hessian(L, w).compile()(values).shape == (2, 2)


def test_several_at_once_are_by_name_or_node():
    for found in (G.gradient("L", ["w", "b"]), G.gradient("L", ["w", "b"], "nodes")):
        assert list(found) == ["w", "b"]
        assert found["w"] == found[G["w"]]
        assert found["w"].at() == pytest.approx(RUNS[G].P["w"])
        with pytest.raises(
            UnknownNameError, match="the gradient has nothing for 'x'; it has 'w', 'b'"
        ):
            found["x"]
    H = T.hessian("L", ["x", "W"])
    assert H["x", "W"] is H[T["x"], T["W"]]
    assert H["x", "W"].at().shape == (3, 6)
    assert H["x", "W"].compile()().shape == (3, 6)


def test_what_is_left_out_is_computed_once():
    """In a chain of n nodes in some 20 n calls, however many of them the formula has."""
    g = gd.Graph()
    node = x = g.input("x", 0.5)
    for k in range(1000):
        node = g.node(f"h_{k}", gd.sin(node) + x)
    found = g.gradient(node, "h_900", "nodes")
    expected = found.at(g.forward())
    with at_most(calls=3e5):
        assert found.at() == pytest.approx(expected, rel=1e-12, abs=0)
    h = [g.forward().value[f"h_{k}"] for k in range(1000)]
    h[950] = 0.25  # which those after it are computed of
    for k in range(951, 1000):
        h[k] = math.sin(h[k - 1]) + 0.5
    true = math.prod(math.cos(value) for value in h[900:999])
    assert found.at(h_950=0.25) == pytest.approx(true, rel=1e-9, abs=0)
