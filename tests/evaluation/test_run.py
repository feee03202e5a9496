"""What a run can be asked, and how."""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError, UnknownNameError


@pytest.fixture
def swept():
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 3)
    u = g.node("u", w * x)
    return g, g.node("L", u**2), g.parameter("q", 1)


def test_by_name_by_node_by_index(swept):
    g, L, _ = swept
    run = g.backward(L)
    assert run.value["L"] == run.value[L] == run.value[4] == 36
    assert run.P["w"] == run.P[g["w"]] == run.P[2] == 24
    assert run.J["w", "u"] == run.J[g["w"], "u"] == run.J[2, 3] == 2
    assert run.terms[g["u"]] == run.terms["u"]
    assert g["x"] in run.P
    assert "nobody" not in run.P
    assert ("x", "L") not in run.J
    assert list(run.P) == ["x", "w", "u", "L", "q"]


def test_what_is_not_there_is_named(swept):
    g, L, q = swept
    run = g.backward(L, wrt="w")
    with pytest.raises(
        UnknownNameError, match=r"^the run has nothing for 'q'; it has 'w', 'u', 'L'$"
    ):
        run.P[q]
    with pytest.raises(UnknownNameError, match="did you mean 'w'"):
        run.P["W"]
    with pytest.raises(UnknownNameError, match=r"^the run has nothing for 'x' -> 'L'"):
        run.J["x", "L"]
    with pytest.raises(GraphError, match=r"there is no node u\^9"):
        run.value[9]
    with pytest.raises(UnknownNameError, match=r"use graph\.backward"):
        g.forward().P["w"]


def test_nothing_in_a_run_changes(swept):
    g, L, _ = swept
    run = g.backward(L)
    with pytest.raises(TypeError):
        run.P["w"] = 1
    with pytest.raises(AttributeError):
        run.output = "u"


def test_values_as_one_would_write_them(swept):
    g, L, _ = swept
    x = g["x"]
    expected = g.backward(L, x=5).P["w"]
    assert expected == 150
    for run in (
        g.backward(L, {"x": 5}), g.backward(L, {x: 5}), g.backward({x: 5}), g.backward("L", values={x: 5}),
        g.backward(output=L, values={"x": 5}), g.backward(4, x=5),
    ):  # fmt: skip
        assert run.P["w"] == expected
    assert g.forward({x: 5}).value[L] == g.forward(values={"x": 5}).value[L] == 225
    assert "225" in g.explain(L, "w", values={x: 5}).text()
    assert g.explain(L, "w", g.backward(L, x=5)) == g.explain(L, "w", x=5)
    assert g.check({"L": 225}, values={"x": 5}).ok


def test_what_the_output_does_not_depend_on_has_a_jacobian_of_zeros():
    graph = gd.Graph()
    a, b = graph.input("a", [1.0, 2, 3]), graph.input("b", [[1.0, 2]])
    graph.node("z", b.sum())
    y = graph.node("y", a * a)
    run = graph.backward(y)
    for name, size in (("b", 2), ("z", 1)):
        assert name in run.disconnected
        np.testing.assert_array_equal(np.reshape(run.P[name], (3, -1)), np.zeros((3, size)))
    assert np.shape(run.P["b"]) == (3, 2)
