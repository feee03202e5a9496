r"""Steps of descent as pages write them, single samples, steps in time, tables, conditions."""

import pytest
from small_pages import assert_right, assert_wrong, check

import graphdiff as gd


def two_samples():
    g = gd.Graph()
    x, y = g.input("x", [1, 2]), g.input("y", [0, 1])
    w, b = g.parameter("w", 0.5), g.parameter("b", -0.5)
    a = g.node("a", gd.sigmoid(g.node("z", w * x + b)))
    g.node("J", -gd.mean(y * gd.log(a) + (1 - y) * gd.log(1 - a)))
    return g


def test_a_number_in_brackets_above_is_a_sample(tmp_path):
    page = r"""
$x^{(1)} = 1, y^{(1)} = 0$; $x^{(2)} = 2, y^{(2)} = 1$.

$z^{(2)} = 0.5 \cdot 2 - 0.5 = 0.5$, $a^{(2)} = \sigma(0.5) = 0.6225$

$\frac{\partial J}{\partial w} = \frac{1}{2}[(a^{(1)} - y^{(1)}) x^{(1)} + (a^{(2)} - y^{(2)}) x^{(2)}]$
"""  # fmt: skip
    assert_right(two_samples(), page, tmp_path)
    assert_wrong(two_samples(), r"a^{(1)} = 0.6225", tmp_path)


def neuron():
    g = gd.Graph()
    x, t, w = g.input("x1", 1), g.input("t", 1), g.parameter("w1", 0.5)
    o = g.node("o", gd.sigmoid(g.node("z", w * x)))
    g.node("E", (t - o) ** 2 / 2)
    return g


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("w1 -= 0.1 * dE_dw1", "w1 += 0.1 * dE_dw1"),
        ("w1 = w1 - 0.1 * dE_dw1", "w1 = w1 + 0.1 * dE_dw1"),
        ("w₁_new = w₁ − 0.1·∂E/∂w₁ = 0.5089", "w₁_new = w₁ − 0.1·∂E/∂w₁ = 0.4911"),
        ("w₁(new) = 0.5 + 0.0089 = 0.5089", "w₁(new) = 0.5 − 0.0089 = 0.4911"),
    ],
)
def test_steps(step, wrong, tmp_path):
    before = "η = 0.1\n\n∂E/∂w₁ = −(t − o)·o·(1 − o)·x₁ = −0.0887\n\n"
    assert_right(neuron(), f"{before}{step}\n", tmp_path, "txt")
    report = check(neuron(), f"{before}{wrong}\n", tmp_path, "txt")
    assert [result.line for result in report if not result.ok], str(report)


@pytest.mark.parametrize("sign", ["+", "-"])
def test_changes_are_added_or_taken_off_as_the_page_does(sign, tmp_path):
    amount = "0.0089" if sign == "+" else "-0.0089"
    minus = "" if sign == "+" else "-"
    page = rf"""
$\eta = 0.1$

$\delta = o(1-o)(t-o) = 0.0887$

$\Delta w_1 = {minus}\eta \delta x_1 = {amount}$

$w_1 = w_1 {sign} \Delta w_1 = 0.5089$
"""
    report = assert_right(neuron(), page, tmp_path)
    assert any("Δw" in remark for remark in report.remarks) == (sign == "-")
    wrong = page.replace(rf"{minus}\eta \delta", r"\eta \delta" if minus else r"-\eta \delta")
    assert [r.line for r in check(neuron(), wrong, tmp_path) if not r.ok][:1] == [6]


def test_the_step_before_in_time(tmp_path):
    g = gd.Graph()
    x, h, c = g.input("x_t", 1), g.input("h_prev", 0.5), g.input("c_prev", 0.2)
    w, u = g.parameter("W_f", 0.7), g.parameter("U_f", 0.1)
    f = g.node("f_t", gd.sigmoid(w * x + u * h))
    tilde = g.node("ctilde_t", gd.tanh(x + h))
    c_t = g.node("c_t", f * c + tilde)
    g.node("h_t", gd.tanh(c_t))
    g.node("E", g["h_t"] ** 2 / 2)
    page = r"""
$h_{t-1} = 0.5$

$f_t = \sigma(W_f x_t + U_f h_{t-1})$

$c_t = f_t \odot c_{t-1} + \tilde{c}_t$

$\delta h_t = \frac{\partial E}{\partial h_t} = h_t$

$\delta c_t = \delta h_t \odot (1 - \tanh^2(c_t))$

$\delta \tilde{c}_t = \delta c_t$

$\frac{\partial E}{\partial U_f} = \delta c_t \, c_{t-1} f_t (1 - f_t) h_{t-1}$
"""
    assert_right(g, page, tmp_path)
    wrong = page.replace("(1 - f_t) h_{t-1}", "(1 - f_t) x_t")
    assert [r.line for r in check(g, wrong, tmp_path) if r.verdict == "wrong"] == [14]


def test_a_condition_after_an_indicator(tmp_path):
    g = gd.Graph()
    z = g.parameter("z", [1.0, -1.0])
    g.node("L", gd.sum(g.node("h", gd.relu(z))))
    assert_right(g, r"$\frac{\partial L}{\partial z} = \mathbb{1}[z > 0]$", tmp_path)
    assert_right(g, r"$\frac{\partial L}{\partial z} = \mathbf{1}_{z > 0} = [1, 0]$", tmp_path)
    assert_wrong(g, r"\frac{\partial L}{\partial z} = \mathbb{1}[z < 0]", tmp_path)


def test_numbers_of_a_row_are_not_about_the_row_above(tmp_path):
    page = """| unit | net | output |
|---|---|---|
| 1 | 0.25 + 0.25 = 0.5 | $1/(1+e^{-0.5})$ = 0.622 |
"""
    assert_right(neuron(), page, tmp_path)


def line_of_three():
    g = gd.Graph()
    x, y = g.input("x", 3), g.input("y", 10)
    w, b = g.parameter("w", 2), g.parameter("b", 1)
    g.node("L", (g.node("yhat", w * x + b) - y) ** 2)
    return g


@pytest.mark.parametrize(
    "step",
    [
        r"w^{(1)} = w^{(0)} - \eta \nabla_w L = 2 - 0.01 \cdot (-18) = 2.18",
        r"w_1 = w_0 - \eta \frac{\partial L}{\partial w} = 2.18",
        r"w_{t+1} = w_t - \eta \frac{\partial L}{\partial w} = 2.18",
        r"w^{(k+1)} = w^{(k)} - \eta \frac{\partial L}{\partial w} = 2.18",
    ],
)
def test_steps_that_have_numbers(step, tmp_path):
    assert_right(line_of_three(), f"$\\eta = 0.01$\n\n${step}$\n", tmp_path)
    wrong = step.replace(r"- \eta", r"+ \eta").replace("= 2.18", "= 1.82").replace("2 - ", "2 + ")
    report = check(line_of_three(), f"$\\eta = 0.01$\n\n${wrong}$\n", tmp_path)
    assert all(result.verdict == "wrong" for result in report), str(report)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"L_w = 2(wx+b-y)x = -18", r"L_w = 2(wx+b-y) = -6"),
        (r"\nabla L = \begin{bmatrix} -18 \\ -6 \end{bmatrix}",
         r"\nabla L = \begin{bmatrix} -6 \\ -18 \end{bmatrix}"),
        (r"\nabla L(w, b) = (-18, -6)", r"\nabla L(w, b) = (-18, 6)"),
    ],
)  # fmt: skip
def test_gradients_of_all_parameters_and_slopes_by_an_index(right, wrong, tmp_path):
    assert_right(line_of_three(), f"${right}$\n", tmp_path)
    assert_wrong(line_of_three(), wrong, tmp_path)


def test_the_next_sample_is_computed_with_the_new_parameters(tmp_path):
    g = gd.Graph()
    x, t, w = g.input("x", 1), g.input("t", 1), g.parameter("w", 0.5)
    g.node("L", (g.node("z", w * x) - t) ** 2)
    page = r"""
$\eta = 0.1$

### 1 (x = 1, t = 1)

$\frac{\partial L}{\partial w} = -1$

$w \leftarrow 0.5 - 0.1 \cdot (-1) = 0.6$

### 2 (x = 2, t = 0)

$x = 2$, $t = 0$

$z = 0.6 \cdot 2 = 1.2$

$\frac{\partial L}{\partial w} = 2 \cdot 1.2 \cdot 2 = 4.8$

$w \leftarrow 0.6 - 0.1 \cdot 4.8 = 0.12$
"""
    assert_right(g, page, tmp_path)
    wrong = page.replace(r"0.6 \cdot 2 = 1.2", r"0.5 \cdot 2 = 1")
    assert 14 in [r.line for r in check(g, wrong, tmp_path) if not r.ok]


INTERLEAVED = r"""
1. $z = wx + b = -0.16 \cdot 0.43 - 2.4079 = -2.48$
2. $a = \sigma(z) = 0.0773$
3. $\frac{\partial L}{\partial a} = \frac{1}{1 - a} = 1.08$
4. $\frac{\partial a}{\partial z} = a (1 - a) = 0.0773 \cdot (1 - 0.0773) = 0.0713$
5. $\frac{\partial L}{\partial z} = \frac{\partial L}{\partial a} \frac{\partial a}{\partial z} = 1.08 \cdot 0.0713 = 0.0770$
6. $b \leftarrow b - \eta \frac{\partial L}{\partial b} = -2.4079 - 0.1 \cdot 0.0770 = -2.4156$
7. $\frac{\partial L}{\partial w} = \frac{\partial L}{\partial z} \cdot x = 0.0770 \cdot 0.43 = 0.0331$
8. $w \leftarrow w - \eta \frac{\partial L}{\partial w} = -0.16 - 0.1 \cdot 0.0331 = -0.163$
"""


def test_derivatives_between_steps_are_those_of_the_old_values(tmp_path):
    graph = gd.Graph()
    x, w, b = graph.input("x", 0.43), graph.parameter("w", -0.16), graph.parameter("b", -2.4079)
    a = graph.node("a", gd.sigmoid(graph.node("z", w * x + b)))
    graph.node("L", -gd.log(1 - a))
    report = assert_right(graph, INTERLEAVED, tmp_path)
    assert not any("from line" in remark for remark in report.remarks)


def test_a_derivative_stated_again_after_a_step_is_that_of_the_new_values(tmp_path):
    graph = gd.Graph()
    w, b = graph.parameter("w", 1.0), graph.parameter("b", 2.0)
    graph.node("L", w**2 + b**2)
    page = r"""
$\frac{dL}{dw} = 2w = 2.0$, $w \leftarrow 1 - 0.1 \cdot 2 = 0.8$

$\frac{dL}{db} = 2b = 4.0$, $b \leftarrow 2 - 0.1 \cdot 4 = 1.6$

$\frac{dL}{dw} = 2w = 1.6$, $w \leftarrow 0.8 - 0.1 \cdot 1.6 = 0.64$
"""
    assert_right(graph, page, tmp_path)


def test_numbers_of_steps_above_the_name_are_no_powers(tmp_path):
    g = gd.Graph()
    w = g.parameter("w", 0)
    g.node("L", (w - 3) ** 2)
    page = r"""
$\frac{dL}{dw} = 2(w - 3) = -6$

$w^{(1)} = 0 - 0.1 \cdot (-6) = 0.6$

$\frac{dL}{dw} = 2(0.6 - 3) = -4.8$

$w^{(2)} = 0.6 - 0.1 \cdot (-4.8) = VALUE$
"""
    assert_right(g, page.replace("VALUE", "1.08"), tmp_path)
    report = check(g, page.replace("VALUE", "1.18"), tmp_path)
    assert [result.verdict for result in report][-1] == "wrong"
