r"""Names that a page has and its graph has not: error, T_5, a³ for ŷ, W_old, δ⁵ of the node y5."""

import pytest
from small_pages import assert_right, assert_wrong, check, verdicts

import graphdiff as gd


def network():
    g = gd.Graph()
    x, t = g.input("x", [0.5, 0.1, -0.2]), g.input("target", 0.6)
    w1 = g.parameter("W1", [[0.5, -0.6], [0.1, -0.2], [0.1, 0.7]])
    w2 = g.parameter("W2", [0.1, -0.3])
    h = g.node("hidden", gd.sigmoid(g.node("z1", x @ w1)))
    output = g.node("output", gd.sigmoid(g.node("z2", h @ w2)))
    g.node("E", (t - output) ** 2 / 2)
    return g


CODE = """```python
learnrate = 0.5
z1 = np.dot(x, W1)
hidden = sigmoid(z1)
error = target - output
output_term = error * output * (1 - output)
hidden_term = np.dot(output_term, W2) * hidden * (1 - hidden)
W2 += learnrate * output_term * hidden
W1 += learnrate * np.outer(x, hidden_term)
```
"""


def test_a_program_has_names_of_its_own(tmp_path):
    report = assert_right(network(), CODE, tmp_path)
    assert any("output_term is no name of the graph" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("error * output * (1 - output)", "error * output", 8),
        ("target - output", "output - target", 8),
        ("W2 +=", "W2 -=", 8),
        ("* hidden * (1 - hidden)", "* (1 - hidden)", 9),
    ],
)
def test_a_mistake_in_a_name_of_its_own_is_found_where_it_is_used(right, wrong, line, tmp_path):
    report = check(network(), CODE.replace(right, wrong), tmp_path)
    assert next(result.line for result in report if not result.ok) == line, str(report)


def units():
    g = gd.Graph()
    x, t = g.input("x1", 0.35), g.input("t5", 0.5)
    w13, w35 = g.parameter("w13", 0.2), g.parameter("w35", 0.3)
    y3 = g.node("y3", gd.sigmoid(g.node("a1", w13 * x)))
    y5 = g.node("y5", gd.sigmoid(g.node("a3", w35 * y3)))
    g.node("E", (t - y5) ** 2 / 2)
    return g


def test_a_delta_may_have_the_number_of_its_activation(tmp_path):
    page = r"""
$δ_5=y_5(1−y_5)(T_5−y_5)$

$δ_3=y_3(1−y_3)(w_{3,5}×δ_5)$

$\frac{\partial E}{\partial w_{13}} = -δ_3 x_1$
"""
    assert_right(units(), page, tmp_path)
    wrong = page.replace("-δ_3 x_1", "-δ_5 x_1")
    assert [r.line for r in check(units(), wrong, tmp_path) if not r.ok] == [6]


def test_old_and_new_values_of_an_array_and_its_entries(tmp_path):
    g = gd.Graph()
    w = g.parameter("W", [0.5, -0.5])
    g.node("L", gd.sum(w**2))
    page = r"""
$\eta = 0.1$

$W_{\text{mới}} = W_{\text{old}} - \eta \nabla L$

$W_2^{\text{new}} = -0.5 - 0.1 \cdot (-1) = -0.4$
"""
    assert_right(g, page, tmp_path)
    wrong = page.replace(r"- \eta", r"+ \eta").replace("= -0.4", "= -0.6")
    assert [r.line for r in check(g, wrong, tmp_path) if not r.ok] == [4, 6]


def test_matrices_of_one_column_and_small_letters_for_capitals(tmp_path):
    g = gd.Graph()
    x, y = g.input("X", [[1, 2], [3, -1]]), g.input("Y", [[1], [0]])
    w = g.parameter("W", [[0.5], [-0.25]])
    g.node("L", gd.mean((g.node("Yhat", x @ w) - y) ** 2))
    page = r"""
$\hat{Y} = XW = \begin{pmatrix} 0 \\ 1.75 \end{pmatrix}$

$L = \frac{1}{2}\sum_{i=1}^{2}(\hat{y}_i - y_i)^2$

$\frac{\partial L}{\partial W} = \frac{2}{n}X^T(\hat{Y} - Y)$
"""
    assert_right(g, page, tmp_path)
    assert_wrong(g, r"\frac{\partial L}{\partial W} = \frac{1}{n}X^T(\hat{Y} - Y)", tmp_path)


def test_a_second_name_within_a_chain(tmp_path):
    g = gd.Graph()
    z = g.parameter("z", [1.0, 2.0])
    g.node("L", gd.sum(g.node("yhat", gd.softmax(z)) ** 2))
    page = r"""
$\hat y = a^3 = \operatorname{softmax}(z)$

$\frac{\partial L}{\partial a^3} = 2 a^3$
"""
    assert_right(g, page, tmp_path)


def test_a_function_without_brackets(tmp_path):
    g = gd.Graph()
    z = g.parameter("z", 0.6)
    g.node("a", gd.tanh(z))
    assert_right(g, r"$a = \operatorname{th} z = \operatorname{th} 0.6 = 0.537$", tmp_path)
    assert_wrong(g, r"a = \operatorname{th} 2z", tmp_path)


@pytest.mark.parametrize(
    ("node", "power"),
    [("r**2", "r^{2}"), ("r**3", "r^3"), ("exp(r)", "e^{r}"), ("exp(r)", r"\exp(r)")],
)
def test_a_power_in_a_chain_is_no_second_name(node, power, tmp_path):
    graph = gd.Graph()
    r = graph.node("r", graph.input("x", 3) * 1.1)
    u = graph.node("u", {"r**2": r**2, "r**3": r**3, "exp(r)": gd.exp(r)}[node])
    value = graph.backward(u).value["u"]
    report = assert_right(graph, f"$u = {power} = {value:.4f} = {value:.4f}$", tmp_path)
    assert report.ok
    report = check(graph, f"$u = {power} = {value + 1:.4f} = {value + 1:.4f}$", tmp_path)
    assert not report.ok


@pytest.mark.parametrize("power", ["a_2^2", "a_2^{2}", r"{a_2}^2"])
def test_the_square_of_a_layer_is_no_entry_of_it(power, tmp_path):
    graph = gd.Graph()
    z = graph.node("z2", graph.input("x", [1.0, -0.5]) * 0.7)
    a = graph.node("a2", gd.tanh(z))
    graph.node("L", ((a - [1, 0]) ** 2).sum() / 2)
    derivative = r"\frac{\partial L}{\partial z_2} = \frac{\partial L}{\partial a_2} \odot"
    assert_right(graph, rf"$${derivative} (1 - {power})$$", tmp_path)
    assert_wrong(graph, rf"{derivative} (1 + {power})", tmp_path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (r"$\hat y = a = 0.622$ and $\delta = \frac{\partial L}{\partial a} = 2(a - 1)$", "md"),
        ("x = x\na = sigmoid(w * x)\na = a.copy()\nloss = mse(a, 1)\nda = 2 * (a - 1)\n", "py"),
    ],
)
def test_another_name_for_the_same_accuses_nobody(tmp_path, text, kind):
    g = gd.Graph("one neuron")
    x, w = g.input("x", 1), g.parameter("w", 0.5)
    a = g.node("a", gd.sigmoid(w * x))
    g.node("L", (a - 1) ** 2)
    report = check(g, text, tmp_path, kind)
    assert "says-nothing" in verdicts(report)
    assert (report.ok, report.exit_code) == (True, 0), str(report)
    report = check(g, text.replace("2 * (", "3 * (").replace("2(", "3("), tmp_path, kind)
    assert report.exit_code == 1
    nothing = check(g, r"$\frac{\partial L}{\partial a} = \frac{\partial L}{\partial a}$", tmp_path)
    assert (verdicts(nothing), nothing.exit_code) == (["says-nothing"], 1)
    assert g.check({"dL/da": ["dL/da", "2*(a - 1)"]}).exit_code == 1, "a claim is asked to say more"
