r"""What students write without thinking of it: 1ᵀδ, ‖P − T‖_F, tanh′ = 1 − tanh², a_u, δ := ∂E/∂z."""

import pytest
from small_pages import assert_right, assert_wrong, check, verdicts

import graphdiff as gd


def layers():
    g = gd.Graph()
    X, T = g.input("X", [[1, 0], [0.5, -1]]), g.input("T", [[1], [0]])
    W1 = g.parameter("W1", [[0.2, -0.4, 0.1], [0.5, 0.3, -0.2]])
    b1, b2 = g.parameter("b1", [0.1, 0.2, -0.1]), g.parameter("b2", [0.05])
    W2 = g.parameter("W2", [[0.6], [-0.7], [0.4]])
    H = g.node("H", gd.tanh(g.node("Z1", X @ W1 + b1)))
    P = g.node("P", gd.sigmoid(g.node("Z2", H @ W2 + b2)))
    g.node("L", ((P - T) ** 2).sum() / 2)
    return g


def swish():
    g = gd.Graph()
    x, w = g.input("x", 0.7), g.parameter("w", 1.5)
    u = g.node("u", w * x)
    a = g.node("a", u * g.node("s", gd.sigmoid(u)))
    g.node("f", gd.log(1 + a**2))
    return g


def softmax():
    g = gd.Graph()
    x, y = g.input("x", [1, 2]), g.input("y", [0, 1, 0])
    W = g.parameter("W", [[0.1, 0.2], [0.3, -0.1], [-0.2, 0.4]])
    p = g.node("p", gd.softmax(g.node("z", W @ x)))
    g.node("L", -gd.sum(y * gd.log(p)))
    return g


RIGHT = {
    layers: [
        r"\frac{\partial L}{\partial b_2} = \mathbf{1}^\top \delta_2 = \delta_2^T \mathbf 1",
        r"\frac{\partial L}{\partial b_1} = \bm 1^T \delta_1",
        r"Z_1 = X W_1 + \mathbf 1 b_1^\top",
        r"L = \tfrac12\lVert P-T\rVert_F^2 = \frac{1}{2} \mathbb{1}^T (P - T)^2",
        r"\tanh' = 1 - \tanh^2",
        r"\sigma' = \sigma(1 - \sigma)",
        r"\tanh'(x) = 1 - \tanh^2(x)",
        r"\frac{\partial L}{\partial Z_1} = \delta_2 W_2^T \odot \tanh'(Z_1)",
        r"\delta_2 := \frac{\partial L}{\partial Z_2} = (P - T) \odot P \odot (1 - P)",
        r"\frac{\partial L}{\partial Z_2} = \delta_2 = (P - T) \odot P \odot (1 - P)",
    ],
    swish: [
        r"f_a = \frac{2a}{1 + a^2}",
        r"a_u = s + u\,s(1 - s) = 0.942",
        r"f_u = f_a \cdot a_u = 0.913",
        r"f_w = f_a a_u u_w",
    ],
    softmax: [
        r"\frac{\partial L}{\partial W} = \delta x^T",
        r"\frac{\partial L}{\partial z_j} = \sum_i -\frac{y_i}{p_i} p_i (\delta_{ij} - p_j) = p_j - y_j",
    ],
}
WRONG = {
    layers: [
        r"\frac{\partial L}{\partial b_2} = \mathbf{1}^\top (P - T)",
        r"\tanh' = 1 - \tanh",
        r"\sigma' = 1 - \sigma^2",
        r"L = \lVert P-T\rVert_F^2",
    ],
    swish: ["a_u = s(1 - s)", "a_u = 0.192"],
    softmax: [r"\frac{\partial L}{\partial z_j} = \sum_i \frac{y_i}{p_i} p_i (\delta_{ij} - p_j)"],
}


def ridge():
    g = gd.Graph()
    x, y, lam = g.input("x", 2), g.input("y", 3), g.input("lam", 0.1)
    w, b = g.parameter("w", 0.8), g.parameter("b", 0.5)
    yhat = g.node("yhat", w * x + b)
    g.node("J", (yhat - y) ** 2 / 2 + lam * w**2 / 2)
    return g


def of(pages):
    return [(make, line) for make, lines in pages.items() for line in lines]


@pytest.mark.parametrize(("make", "line"), of(RIGHT))
def test_what_is_right_is_read_and_accepted(make, line, tmp_path):
    report = assert_right(make(), f"$${line}$$\n", tmp_path)
    assert "says-nothing" not in verdicts(report)


@pytest.mark.parametrize(("make", "line"), of(WRONG))
def test_what_is_wrong_is_not(make, line, tmp_path):
    assert_wrong(make(), line, tmp_path)


def test_a_rule_that_is_misremembered_is_named(tmp_path):
    report = check(layers(), r"$\tanh' = 1 - \tanh$", tmp_path)
    assert "1 − f in place of 1 − f²" in report.results[0].diagnosis.said


def test_what_programs_write_in_short(tmp_path):
    line = r"$\frac{dJ}{dw} = (\hat y - y) x + \lambda w = -1.72$"
    assert_right(ridge(), line, tmp_path)
    assert not check(ridge(), line.replace(r"+ \lambda", r"- \lambda"), tmp_path).ok


def test_a_difference_in_a_sentence_is_read_whole(tmp_path):
    report = assert_right(ridge(), "(check: yhat - y = 2.1 - 3 = -0.9, as above)\n", tmp_path)
    assert [result.target for result in report] == ["yhat - y", "yhat - y"]


def test_dy_of_a_program_may_be_what_goes_back_from_the_prediction(tmp_path):
    page = "```python\ny_pred = w * x + b\ndy = y_pred - y\ndb = dy\ndw = dy * x + lam * w\n```\n"
    assert_right(ridge(), page, tmp_path)
    assert not check(ridge(), page.replace("dw = dy", "dw = -dy"), tmp_path).ok
    assert_right(ridge(), r"$\frac{dJ}{dy} = y - \hat y$", tmp_path)
    assert not check(ridge(), r"$\frac{dJ}{dy} = \hat y - y$", tmp_path).ok


def test_a_table_with_german_titles_is_read(tmp_path):
    rows = [
        ("Größe", "Rechnung", "Ergebnis"),
        ("---", "---", "---"),
        ("$\\hat y$", "$0.8 \\cdot 2 + 0.5$", "$2.1$"),
        ("$J$", "$0.405 + 0.032$", "$0.437$"),
    ]
    page = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    assert len(assert_right(ridge(), page, tmp_path)) == 4
    assert not check(ridge(), page.replace("$2.1$", "$2.2$"), tmp_path).ok


def test_a_step_uphill_is_told_as_that_and_as_no_negative_rate(tmp_path):
    page = "$db = -0.9$\n\n$b_{new} = 0.5 - 0.05 \\cdot 0.9 = 0.455$, $\\eta = 0.05$\n"
    said = [result.diagnosis.said for result in check(ridge(), page, tmp_path) if result.diagnosis]
    assert said and not any("for eta" in each for each in said)


def test_net_1_is_the_net_input_of_that_number(tmp_path):
    g = gd.Graph()
    x, v = g.input("x", 2), g.parameter("v", 0.5)
    h1 = g.node("h1", gd.tanh(g.node("z1", v * x)))
    g.node("E", g.node("o", gd.sigmoid(g.node("z2", h1 - 1))) ** 2)
    assert_right(g, r"$\text{net}_1 = 1$, $net_2 = -0.238$, $h_1 = \tanh(net_1)$", tmp_path)
    assert not check(g, r"$\text{net}_1 = 2$", tmp_path).ok
