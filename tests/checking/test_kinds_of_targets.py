"""Conventions at kinks, second derivatives, seeds, steps of descent, cases: each kind of target."""

import numpy as np
import pytest
from one_claim import graph_of, verdict

import graphdiff as gd
from graphdiff.checking import rate_names


def verdicts(graph, claims, **options):
    return [result.verdict for result in graph.check(claims, **options)]


# Kinks and ties


def test_other_conventions_at_kinks():
    for claim in ("1/2", 1, 0.5, "1.0"):
        assert verdict("relu(x)", claim, "dz/dx", x=0).verdict == "convention"
        assert verdict("where(x > 0, x, 0)", claim, "dz/dx", x=0).verdict == "convention"
    assert verdict("relu(x)", 0, "dz/dx", x=0).verdict == "correct"
    for claim in (0.7, -1, 2):
        assert verdict("relu(x)", claim, "dz/dx", x=0).verdict == "wrong"
    for x in (1, -1):
        assert verdict("relu(x)", "1/2", "dz/dx", x=x).verdict == "wrong"
    assert verdict("abs(x)", [1], "dz/dx", x=0).verdict == "convention"
    assert verdict("leaky_relu(x)", 1, "dz/dx", x=0).verdict == "convention"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ([0, "1/2", "1/2"], "correct"),
        ([0, 1, 0], "convention"),
        ([0, 0, 1], "convention"),
        ([0, 1, 1], "convention"),
        ([1, 0, 0], "wrong"),
        ([0, 0, 0], "wrong"),
        ([0, 0.7, 0.3], "wrong"),
    ],
)
def test_tied_maxima(claim, expected):
    graph = gd.Graph()
    graph.node("z", graph.input("x", [1, 2, 2]).max())
    (result,) = graph.check({"dz/dx": claim})
    assert result.verdict == expected


def test_a_convention_is_followed_through_a_graph():
    graph = gd.Graph()
    w, x = graph.parameter("w", 2), graph.input("x", 0)
    h = graph.node("h", gd.relu(w * x))
    graph.node("L", (h - 3) ** 2)
    assert verdicts(graph, {"dL/dx": [0, -12, -6]}) == ["correct", "convention", "convention"]
    assert verdicts(graph, {"dL/dx": [-3, 12]}) == ["wrong", "wrong"]


# Targets


def quadratic():
    graph = gd.Graph()
    w, b, x = graph.parameter("w", 0.5), graph.parameter("b", 1), graph.input("x", 3)
    graph.node("L", (w * x + b) ** 2 * w)
    return graph


@pytest.mark.parametrize(
    "target", ["d2L/dw2", "d2L/dw^2", "∂²L/∂w²", "d^2L/dw^2", "H[w, w]", "d2L/dwdw", "d2L/dw dw"]
)
def test_second_derivatives(target):
    assert verdicts(quadratic(), {target: ["2*w*x**2 + 4*x*(w*x + b)", 39, 38]}) == [
        "correct", "correct", "wrong",
    ]  # fmt: skip


def test_mixed_second_derivatives_and_arrays():
    graph = quadratic()
    claims = {"d2L/dwdb": ["4*w*x + 2*b", 8], "H[w, b]": "d2L/dbdw", "d2L/db2": "2*w"}
    assert graph.check(claims).ok, str(graph.check(claims))
    assert graph.check({"d2L/dw2": 39}).results[0].verdict == "correct"
    arrays = gd.Graph()
    x = arrays.input("x", [1, 2])
    arrays.node("L", x[0] ** 2 * x[1])
    claims = {"H[x, x]": [[4, 2], [2, 0]], "d2L/dx2": "[[2*x[1], 2*x[0]], [2*x[0], 0]]"}
    assert arrays.check(claims).ok, str(arrays.check(claims))
    assert arrays.check({"d2L/dx2[0, 1]": 2}).ok
    (unread,) = arrays.check({"d2x/dx2": 0})
    assert unread.verdict == "unread"


def test_products_with_a_seed():
    graph = gd.Graph()
    x = graph.input("x", [1, 2])
    graph.node("z", x**2 * [1, 3])
    claims = {
        "J[x->z] @ [1, 0]": "[2, 0]",
        "dz/dx @ [1, 1]": [2, 12],
        "[1, 1] @ J[x->z]": "[2*x[0], 6*x[1]]",
        "-z": "-x**2*[1, 3]",
        "2*dz/dx": [[4, 0], [0, 24]],
    }
    assert graph.check(claims).ok, str(graph.check(claims))
    assert verdicts(graph, {"J[x->z] @ [1, 0]": "[0, 2]"}) == ["wrong"]


@pytest.mark.parametrize("name", [*sorted(rate_names.CLEAR), "learning_rate", "step_size"])
def test_each_name_of_a_learning_rate_is_read_where_no_node_is_called_so(name):
    graph = gd.Graph()
    w = graph.parameter("w", 1)
    graph.node("L", w**2)
    claims = {"w@1": f"w - {name}*dL/dw"}
    assert verdicts(graph, claims, learning_rate=0.1) == ["correct"]
    assert verdicts(graph, claims) == ["unread"]
    graph = gd.Graph()
    w, given = graph.parameter("w", 1), graph.input(name, 0.5)
    graph.node("L", given * w**2)
    assert verdicts(graph, claims, learning_rate=0.1) == ["wrong"]


def test_steps_of_gradient_descent():
    graph = gd.Graph()
    w, b, x = graph.parameter("w", 1), graph.parameter("b", 0.5), graph.input("x", 2)
    graph.node("L", (w * x + b - 1) ** 2)
    claims = {
        "dL/dw": "2*(w*x + b - 1)*x",
        "w@1": ["w - eta*dL/dw", "w - 0.1*2*(w*x + b - 1)*x", 0.4],
        "b@1": 0.2,
        "L@1": ["(w@1*x + b@1 - 1)**2", 0],
        "w@2": ["w@1 - eta*dL/dw@1", "0.4"],
    }
    report = graph.check(claims, learning_rate="1/10")
    assert report.ok, str(report)
    wrong = {"w@1": ["w + eta*dL/dw", "w - dL/dw", 1.6], "b@1": 0.4}
    assert "correct" not in verdicts(graph, wrong, learning_rate=0.1)
    (unread,) = graph.check({"w@1": 0.4})
    assert "learning rate" in unread.note


def test_arrays_of_one_and_attempts_and_suppositions():
    graph = graph_of({"v": "x**2 + x", "L": "v**2"}, x=2)
    assert graph.check({"v": [[6]], "L": np.array([[36.0]])}).ok
    assert verdicts(graph, [("v", 5), ("v", 6)]) == ["wrong", "correct"]
    assert graph.check({"L": "121.022001", "dL/dv": 22.002, "v": 11.001}, v=11.001).ok
    with pytest.raises(gd.GraphdiffError, match="unknown node 'q'"):
        graph.check({"v": 6}, {"q": 1})


def test_cases_of_a_file(tmp_path):
    (tmp_path / "and.toml").write_text(
        "[inputs]\na = 0\nb = 0\n[nodes]\ny = 'step(a + b - 1.5)'\n[claims]\ny = 0\n"
        + "".join(
            f"[[cases]]\na = {a}\nb = {b}\nclaims = {{y = {y}}}\n"
            for a, b, y in [(0, 1, 0), (1, 0, 1), (1, 1, 1)]
        )
    )
    graph, sheet = gd.workbench.load_with_claims(tmp_path / "and.toml")
    report = graph.check(sheet)
    assert [(result.case, result.verdict) for result in report] == [
        ("", "correct"), ("a = 0, b = 1", "correct"), ("a = 1, b = 0", "wrong"),
        ("a = 1, b = 1", "correct"),
    ]  # fmt: skip
    assert "a = 1, b = 0:\n✗ y = 1: wrong" in str(report)
