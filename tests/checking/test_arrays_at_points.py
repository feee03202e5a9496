"""Where formulas of arrays are compared: at probabilities, without values, for sizes as letters."""

import numpy as np

import graphdiff as gd
from graphdiff.checking import points
from graphdiff.checking.claims import claims
from graphdiff.checking.points import Point


def softmax_regression(rows):
    graph = gd.Graph(output="L")
    X = graph.input("X", [[1, 2], [0, 1], [2, -1]])
    Y = graph.input("Y", rows)
    W = graph.parameter("W", [[0.1, 0.2], [0, -0.1], [0.3, 0]])
    Z = graph.node("Z", X @ W.T)
    graph.node("L", gd.cross_entropy_with_logits(Z, Y))
    return graph


def test_targets_of_a_cross_entropy_are_probabilities():
    said = {"dL/dZ": "(softmax(Z) - Y)/3", "dL/dW": "(softmax(Z) - Y).T @ X/3"}
    for rows in ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0.5, 0.25, 0.25]] * 3):
        report = softmax_regression(rows).check(said)
        assert [(r.verdict, r.note) for r in report] == [
            ("correct", "right if the rows of Y sum to 1")
        ] * 2
    assert not softmax_regression([[2, 0, 0], [0, 1, 0], [0, 0, 1]]).check(said).ok
    wrong = softmax_regression(np.eye(3)).check({"dL/dZ": ["softmax(Z) - Y", "(Y - softmax(Z))/3"]})
    assert [r.verdict for r in wrong] == ["wrong", "wrong"]


def test_missing_values():
    graph = gd.Graph()
    W, x = graph.parameter("W", shape=(2, 3)), graph.input("x", shape=(3,))
    b = graph.input("b", [1, 2])
    graph.node("L", graph.node("z", W @ x + b).sum())
    report = graph.check(
        {
            "dL/dW": ["outer(ones(2), x)", "outer(x, ones(2))", "[[1, 2, 3], [1, 2, 3]]"],
            "J[b->z]": ["eye(2)", [[1, 0], [0, 1]], [[1, 0], [0, 2]]],
            "dL/db": [1, 1],
        }
    )
    assert [r.verdict for r in report] == [
        "correct", "wrong", "undecided", "correct", "correct", "wrong", "correct",
    ]  # fmt: skip
    assert report.results[2].note == "W has no value, so numbers cannot be judged"
    assert graph.check({"z": [7, 8]}, W=np.ones((2, 3)), x=[1, 2, 3]).ok


def test_sizes_that_are_letters():
    graph = gd.Graph()
    A, b = graph.input("A", shape=("m", "n")), graph.input("b", shape=("m",))
    x = graph.parameter("x", shape=("n",))
    r = graph.node("r", A @ x - b)
    graph.node("L", (r**2).mean())
    graph.node("q", x @ (A.T @ A) @ x)
    report = graph.check(
        {
            "dL/dx": ["2*A.T @ (A @ x - b)/m", "2*A.T @ r/n", "2*A.T @ r/2", "A @ r", "dL/dr @ A"],
            "J[x->r]": ["A", "A.T", "x"],
            "J[b->r]": ["-eye(m)", "-eye(n)"],
            "dq/dx": "2*A.T @ A @ x",
            "r": [1, 2],
        }
    )
    verdicts = [r.verdict for r in report]
    assert verdicts == [
        "correct", "wrong", "wrong", "wrong", "correct",
        "correct", "wrong", "wrong", "correct", "wrong", "correct", "wrong",
    ]  # fmt: skip
    notes = [r.note for r in report]
    assert notes[1].startswith("with m = 2, n = 3, at A = [[")
    assert notes[2].startswith("with m = 4, n = 5, at ")  # /2 is right for m = 2
    assert notes[3].startswith("'A' of shape (m, n) @ 'r' of shape (m,)")
    assert notes[6].startswith("right in the other layout")
    assert notes[7] == "it has shape (n,), but J[x->r] has the dimensions m × n"
    assert report.results[1].expected == graph.gradient("L", "x", "nodes").text


def test_letters_with_a_function_of_ones_own():
    graph = gd.Graph()
    cube = gd.function("cube", lambda t: t**3)
    graph.node("w", cube(graph.input("v", shape=("n",))))
    assert graph.check({"w": ["cube(v)", "v**3"], "J[v->w]": "3*diag(v**2)"}).ok


def test_a_side_is_computed_once_at_a_point_and_is_no_others(monkeypatch):
    g = gd.Graph()
    w = g.parameter("w", 3)
    g.node("L", w**2)
    point = Point(g, {"w": 3})
    asked = [points.Point._formula, 0]

    def counted(self, link):
        asked[1] += 1
        return asked[0](self, link)

    monkeypatch.setattr(points.Point, "_formula", counted)
    many = 3 * points.SIDES
    for k in range(many):  # made and let go, so that one may have the place of another
        (claim,) = claims(g, [("L", f"w**2 + {k}")], None)
        side = claim.links[0]
        assert point.of(side) == point.of(side) == 9 + k
    assert asked[1] == many
    assert len(point._read) <= points.SIDES
