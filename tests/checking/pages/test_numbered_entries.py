"""Entries of arrays typed without scripts: ``z1``, ``dL/dp2``, ``w12``."""

import pytest
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd


def softmax():
    g = gd.Graph()
    x, y = g.input("x", [1, 2]), g.input("y", [0, 1, 0])
    W = g.parameter("W", [[0.1, 0.2], [0.3, -0.1], [-0.2, 0.4]])
    b = g.parameter("b", [0, 0.1, -0.1])
    p = g.node("p", gd.softmax(g.node("z", W @ x + b)))
    g.node("L", -gd.sum(y * gd.log(p)))
    return g


def regression():
    g = gd.Graph()
    X, y = g.input("X", [[1, 2], [0, 1], [3, -1]]), g.input("y", [1, 2, 0])
    w, b = g.parameter("w", [0.5, -0.5]), g.parameter("b", 0.2)
    g.node("J", gd.sum((g.node("yhat", X @ w + b) - y) ** 2) / 6)
    return g


PAGES = {
    softmax: [
        "z1 = 0.1*1 + 0.2*2 = 0.5",
        "z2 = 0.3 - 0.2 + 0.1 = 0.2",
        "z3 = W31*x1 + W32*x2 + b3 = 0.5",
        "p2 = e^0.2 / (e^0.5 + e^0.2 + e^0.5) = 0.270",
        "dL/dz1 = p1 - y1 = 0.365",
        "dL/dz2 = p2 - y2 = -0.730",
        "dL/dW21 = dL/dz2 * x1 = -0.730",
        "dL/db3 = 0.365",
    ],
    regression: [
        "yhat1 = 0.5*1 - 0.5*2 + 0.2 = -0.3",
        "yhat3 = 1.5 + 0.5 + 0.2 = 2.2",
        "dJ/dw1 = 1/3 * 5.3 = 1.767",
        "dJ/dw2 = 1/3*(-1.3*2 - 2.3*1 - 2.2*1) = -2.367",
        "w1 = 0.5 - 0.1*1.767 = 0.3233",
        "w2_new = -0.5 - 0.1*(-2.367) = -0.2633",
    ],
}
LINES = [(make, line) for make, lines in PAGES.items() for line in lines]


@pytest.mark.parametrize(("make", "line"), LINES, ids=lambda part: getattr(part, "__name__", part))
def test_an_entry_is_accepted_and_another_entry_is_not(make, line, tmp_path):
    assert_right(make(), line + "\n", tmp_path)
    number = line.rpartition(" ")[2]
    spoiled = line.replace(f"= {number}", f"= {float(number) + 1:g}")
    assert verdicts(check(make(), spoiled + "\n", tmp_path))[-1] not in ACCEPTED


def test_a_node_of_that_name_is_meant_where_there_is_one(tmp_path):
    g = gd.Graph()
    z, z1 = g.input("z", [3, 4]), g.input("z1", 5)
    g.node("L", z.sum() * z1)
    assert_right(g, "$z1 = 5$ and $z2 = 4$, $dL/dz1 = 7$, $dL/dz2 = 5$\n", tmp_path)


def test_the_only_layer_may_have_the_number_1(tmp_path):
    assert_right(softmax(), "$z1 = W x + b = [0.5, 0.2, 0.5]$, $p1 = softmax(z1)$\n", tmp_path)
