r"""Entries of arrays, and statements with open indices: ``p_2``, ``a^3_j``, ``∂L/∂z_i``, ``h_t``."""

import pytest
from small_pages import assert_right, assert_wrong

import graphdiff as gd


def softmax():
    g = gd.Graph()
    z = g.parameter("z", [2.0, 1.0, 0.1])
    y = g.input("y", [1, 0, 0])
    p = g.node("p", gd.softmax(z))
    g.node("L", -gd.sum(y * gd.log(p)))
    return g


def layers():
    g = gd.Graph()
    x = g.input("x", [1.0, 0.5])
    y = g.input("y", [1, 0])
    w2 = g.parameter("w2", [[0.5, -0.2], [0.3, 0.8]])
    b2 = g.parameter("b2", [0.1, -0.1])
    w3 = g.parameter("w3", [[0.4, 0.7], [-0.6, 0.2]])
    b3 = g.parameter("b3", [0.0, 0.2])
    z2 = g.node("z2", w2 @ x + b2)
    a2 = g.node("a2", gd.sigmoid(z2))
    z3 = g.node("z3", w3 @ a2 + b3)
    a3 = g.node("a3", gd.sigmoid(z3))
    g.node("C", gd.sum((y - a3) ** 2) / 2)
    return g


def recurrent():
    g = gd.Graph()
    x1, x2, h0 = g.input("x1", 1), g.input("x2", 0.5), g.input("h0", 0)
    w, u = g.parameter("W_xh", 0.5), g.parameter("W_hh", 0.8)
    a1 = g.node("a1", w * x1 + u * h0)
    h1 = g.node("h1", gd.tanh(a1))
    a2 = g.node("a2", w * x2 + u * h1)
    h2 = g.node("h2", gd.tanh(a2))
    g.node("L", h2**2)
    return g


RIGHT = {
    softmax: [
        r"p_1 = \frac{e^{2.0}}{e^{2.0} + e^{1.0} + e^{0.1}} = 0.659",
        r"p_i = \frac{e^{z_i}}{\sum_j e^{z_j}}",
        r"\frac{\partial L}{\partial z_2} = p_2 - y_2 = 0.2424",
        r"\frac{\partial L}{\partial z_i} = p_i - y_i",
        r"\frac{\partial L}{\partial z_i} = \sum_k \frac{\partial L}{\partial p_k}"
        r"\frac{\partial p_k}{\partial z_i} = p_i - y_i",
        r"\frac{\partial p_i}{\partial z_j} = p_i(\delta_{ij} - p_j)",
        r"\frac{\partial p_1}{\partial z_2} = -p_1 p_2 = -0.1598",
        r"\frac{\partial L}{\partial p_1} = -\frac{y_1}{p_1} = -1.5174",
        r"L = -\sum_i y_i \log p_i = 0.417",
    ],
    layers: [
        r"w^2_{12} = -0.2",
        r"a^{(2)}_j = \sigma(z^{(2)}_j)",
        r"z^l_j = \sum_k w^l_{jk} a^{l-1}_k + b^l_j",
        r"C = \frac12 \sum_j (y_j - a^3_j)^2",
        r"\frac{\partial C}{\partial b^3_j} = (a^3_j - y_j) a^3_j (1 - a^3_j)",
        r"\frac{\partial C}{\partial w^l_{jk}} = a^{l-1}_k \frac{\partial C}{\partial z^l_j}",
        r"\frac{\partial C}{\partial w^2_{12}} = \frac{\partial C}{\partial z^2_1} x_2 = -0.01207",
    ],
    recurrent: [
        r"a_t = W_{xh} x_t + W_{hh} h_{t-1}",
        r"h_t = \tanh(a_t)",
        r"\frac{\partial h_t}{\partial a_t} = 1 - h_t^2",
        r"\frac{\partial L}{\partial W_{hh}}"
        r"= \sum_{t=1}^{2} \frac{\partial L}{\partial a_t} h_{t-1}",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("graph", "formula"), [(graph, formula) for graph, all_of in RIGHT.items() for formula in all_of]
)  # fmt: skip
def test_what_is_right_is_read_and_accepted(graph, formula, tmp_path):
    assert_right(graph(), f"$${formula}$$\n", tmp_path)


@pytest.mark.parametrize(
    ("graph", "formula"),
    [
        (softmax, r"\frac{\partial L}{\partial z_i} = y_i - p_i"),
        (softmax, r"\frac{\partial p_i}{\partial z_j} = p_i(1 - p_j)"),
        (softmax, r"\frac{\partial L}{\partial z_3} = 0.99"),
        (softmax, r"p_2 = 0.659"),
        (layers, r"\frac{\partial C}{\partial w^l_{jk}}"
                 r"= a^{l-1}_j \frac{\partial C}{\partial z^l_k}"),
        (recurrent, r"a_t = W_{xh} x_t + W_{hh} h_t"),
        (recurrent, r"\frac{\partial h_t}{\partial a_t} = 1 - a_t^2"),
    ],
)  # fmt: skip
def test_what_is_wrong_for_one_index_is_wrong(graph, formula, tmp_path):
    assert_wrong(graph(), formula, tmp_path)


def test_entries_of_a_program_count_from_nought(tmp_path):
    g = gd.Graph()
    x, w = g.input("x", [-1, -2]), g.parameter("w", [2, -3, -3])
    dot = g.node("dot", w[0] * x[0] + w[1] * x[1] + w[2])
    g.node("f", gd.sigmoid(dot))
    page = """```python
dot = w[0]*x[0] + w[1]*x[1] + w[2]
f = 1 / (1 + math.exp(-dot))
ddot = (1 - f) * f
dx = [w[0] * ddot, w[1] * ddot]
dw = [x[0] * ddot, x[1] * ddot, 1.0 * ddot]
```
"""
    assert_right(g, page, tmp_path)
    wrong = page.replace("x[1] * ddot, 1.0", "x[0] * ddot, 1.0")
    report = g.check_file(_written(tmp_path, wrong))
    assert [result.line for result in report if not result.ok] == [6]


def _written(folder, text):
    path = folder / "page.md"
    path.write_text(text, encoding="utf-8")
    return path
