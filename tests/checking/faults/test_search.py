"""The mistake behind a wrong line is named: by number, by formula, with the page's own numbers."""

import gc
import weakref

import numpy as np
import pytest
from one_claim import graph_of

import graphdiff as gd
from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.catalogue import CATALOGUE


def network():
    g = gd.Graph()
    x, t = g.input("x", 0.5), g.input("t", 1.25)
    w1, b1 = g.parameter("w1", 0.3), g.parameter("b1", 0.1)
    w2, b2 = g.parameter("w2", -0.7), g.parameter("b2", 0.2)
    z1 = g.node("z1", w1 * x + b1)
    a1 = g.node("a1", gd.sigmoid(z1))
    z2 = g.node("z2", w2 * a1 + b2)
    a2 = g.node("a2", gd.sigmoid(z2))
    g.node("L", 0.5 * (a2 - t) ** 2)
    return g


def found(graph, target, claim, **more):
    """Return the keys of the mistakes told, the most likely first."""
    (result,) = graph.check({target: claim}, **more)
    assert result.verdict in ("wrong", "coincidental")
    return [explanation.faults for explanation in result.diagnosis.explanations]


@pytest.mark.parametrize(
    ("target", "claim", "key"),
    [
        ("dL/dw2", "-(a2 - t)*a2*(1 - a2)*a1", "sign"),
        ("dL/dw2", "(t - a2)*a2*(1 - a2)*a1", "difference-turned"),
        ("dL/dw2", "(a2 - t)*a1", "slope-left-out"),
        ("dL/dw2", "(a2 - t)*(a2*(1 - a2))^2*a1", "slope-twice"),
        ("dL/dw2", "(a2 - t)*sigmoid(a2)*(1 - sigmoid(a2))*a1", "slope-at-output"),
        ("dL/dw2", "(a2 - t)*z2*(1 - z2)*a1", "slope-of-input"),
        ("dL/dw2", "(a2 - t)*a2*(1 - a2)", "factor-left-out"),
        ("dL/dw2", "(a2 - t)*a2*(1 - a2)*w2", "own-factor"),
        ("dL/dw2", "(a2 - t)*a2*(1 - a2)*x", "operand"),
        ("dL/dw2", "2*(a2 - t)*a2*(1 - a2)*a1", "number-left-out"),
        ("dL/da1", "a2*(1 - a2)*w2", "incoming-left-out"),
        ("dL/da1", "0.5*(a2 - t)^2*2*a2*(1 - a2)*w2", "power-exponent"),
        ("J[b2->z2]", "w2*a1", "product-on-sum"),
        ("z2", "w2*a1", "part-left-out"),
        ("z2", "w2*a1 - b2", "sign-of-term"),
        ("a2", "tanh(z2)", "other-function"),
        ("L", "0.5*(a2 - t)*2", "power-as-product"),
        ("w1@1", "w2 - 0.1*dL/dw1", "operand"),
    ],
)
def test_a_formula(target, claim, key):
    assert (key,) in found(network(), target, claim, learning_rate=0.1)[:3]


@pytest.mark.parametrize(
    ("target", "alter", "key"),
    [
        ("dL/dw1", lambda P, v: -P["w1"], "difference-turned"),
        ("dL/dw1", lambda P, v: P["w1"] / (v["a1"] * (1 - v["a1"])), "slope-left-out"),
        ("dL/dw1", lambda P, v: P["w1"] * v["a2"] * (1 - v["a2"]), "slope-twice"),
        ("dL/dw1", lambda P, v: 0.1 * P["w1"], "rate-in-gradient"),
        ("w1@1", lambda P, v: v["w1"] - P["w1"], "rate-left-out"),
        ("w1@1", lambda P, v: v["w1"] + 0.1 * P["w1"], "ascent"),
    ],
)
def test_a_number(target, alter, key):
    graph = network()
    run = graph.backward()
    number = float(f"{alter(run.P, run.value):.5g}")
    assert (key,) in found(graph, target, number, learning_rate=0.1)[:3]


def branching():
    g = gd.Graph()
    x, u = g.input("x", 0.5), g.parameter("u", 0.4)
    h = g.node("h", gd.tanh(u * x + 0.1))
    k = g.node("k", u * h + x)
    q = g.node("q", u / (2 + k**2))
    y = g.input("y", 0.3)
    m = g.node("m", -(y * gd.log(h) + (1 - y) * gd.log(1 - h)))
    e = g.node("e", gd.exp(k) * x)
    g.node("E", gd.sum(gd.stack([q, m, e]) ** 2) / 8)
    return g


@pytest.mark.parametrize(
    ("target", "claim", "key"),
    [
        ("dE/dh", "dE/dm*(k - y)/(k*(1 - k)) + dE/dk*u", "operand"),
        ("m", "-(y*log(x) + (1 - y)*log(1 - x))", "operand"),
        ("dE/du", "dE/dh*(1 - h^2)*x + dE/dq*h + dE/dq/(2 + k^2)", "wrong-incoming"),
        ("J[k->e]", "x*k*exp(k - 1)", "exponential-as-power"),
        ("E", "(q^2 + m^2 + e^2)/4", "factor-two"),
        ("J[k->q]", "2*k/(2 + k^2)", "other-operand"),
    ],
)
def test_a_mistake_in_a_formula_with_several_uses(target, claim, key):
    assert (key,) in found(branching(), target, claim)[:3]


def test_the_pages_own_rounded_numbers_are_put_in():
    graph = network()
    v = graph.forward().value
    a1, a2 = round(float(v["a1"]), 1), round(float(v["a2"]), 1)
    claims = {"a1": a1, "a2": a2, "dL/dw2": f"{(a2 - 1.25) * a1:.4f}"}
    *_, result = graph.check(claims)
    assert result.diagnosis.explanations[0].faults == ("slope-left-out",)


def test_nothing_is_invented_and_right_lines_have_no_diagnosis():
    graph = network()
    report = graph.check({"dL/dw1": [17.1234567, "x*cos(w1) + 13"], "z1": ["w1*x + b1", 0.25]})
    first, second, *right = report
    assert first.diagnosis.said == second.diagnosis.said == "no known mistake fits"
    assert all(result.ok and result.diagnosis is None for result in right)


def test_a_number_of_one_digit_is_never_certain():
    graph = gd.Graph()
    x, w = graph.input("x", 3), graph.parameter("w", 2)
    graph.node("u", w * x)
    (result,) = graph.check({"u": -6})
    assert not result.diagnosis.certain


def test_what_differs_in_some_entries_only_is_told_by_entries():
    graph = gd.Graph()
    x = graph.input("x", [0.3, 0.7, -0.2])
    graph.node("s", gd.sigmoid(x))
    right = graph.backward("s").P["x"].diagonal()
    claim = [[right[0], 0, 0], [0, -right[1], 0], [0, 0, right[2]]]
    (result,) = graph.check({"J[x->s]": [[f"{e:.6f}" for e in row] for row in claim]})
    assert result.diagnosis.explanations[0].where == "[1, 1]"


def test_the_transpose_of_a_matrix_that_is_not_square_is_told_by_its_shape():
    graph = gd.Graph()
    q, K = graph.input("q", [0.3, -0.2, 0.5]), graph.parameter("K", [[0.1, 0.2, 0.3]] * 2)
    s = graph.node("s", K @ q / gd.sqrt(3))
    graph.node("L", gd.sum(s**2))
    assert found(graph, "dL/dK", "outer(q, 2*s)/sqrt(3)") == [("transposed",)]
    assert ("number-left-out",) in found(graph, "dL/dK", "outer(2*s, q)")


def test_it_can_be_left_out():
    (result,) = network().check({"dL/dw2": 5}, diagnose=False)
    assert result.diagnosis is None


def test_what_mistakes_are_called_is_different_for_each():
    for faults, name in ((CATALOGUE.values(), "title"), (BUGS, "sentence")):
        written = [getattr(fault, name) for fault in faults]
        assert len(written) == len(set(written))


@pytest.mark.parametrize("repeated", ["x", "w", "z"])
def test_mistakes_are_found_where_a_node_only_repeats_another(repeated):
    graph = graph_of({"z": "w*x", "again": repeated, "f": "again + z**2"}, w=0.7, x=1.3)
    (result,) = graph.check({"dz/dw": -1.3})
    assert result.diagnosis.explanations[0].faults == ("sign",)
    wrong = -graph.backward(output="f").gradient["w"]
    (result,) = graph.check({"df/dw": float(wrong)})
    assert result.diagnosis.explanations[0].faults == ("sign",)


def test_graphs_are_not_kept_by_what_was_found_out_about_them():
    graphs = []
    for _ in range(12):
        graph = network()
        assert ("sign",) in found(graph, "dL/dw2", "-(a2 - t)*a2*(1 - a2)*a1")
        assert graph.check({"dL/dw1": "0.1234"}).results[0].diagnosis is not None
        graphs.append(weakref.ref(graph))
    del graph
    gc.collect()
    assert sum(one() is not None for one in graphs) < 6  # of those asked about last


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_mistakes_are_found_below_arrays_of_any_precision(dtype):
    g = gd.Graph()
    x, w = g.input("x", [1, 2]), g.parameter("w", [0.1, 3])
    u = g.node("u", w * x)
    g.node("L", (gd.sum(u) - 5) ** 2)
    above = np.array([0.1, 6], dtype)
    report = g.check({"u": above, "L": ["(0.1 + 6 - 5)**2", 1.12]})
    keys = [explanation.faults for explanation in report.results[-1].diagnosis.explanations]
    assert keys[:2] == [("arithmetic",), ("digits-swapped",)]
