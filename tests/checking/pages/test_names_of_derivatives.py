r"""Derivatives under names of their own: dZ^{[2]} with its samples, δ of a unit, gradients of f."""

import pytest
from small_pages import assert_right, assert_wrong, check

import graphdiff as gd


def of_samples(mean=True):
    g = gd.Graph()
    x = g.input("X", [[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])
    y = g.input("Y", [[1, 0, 1]])
    w1 = g.parameter("W1", [[0.2, -0.4], [0.7, 0.1]])
    b1 = g.parameter("b1", [[0.1], [-0.2]])
    w2 = g.parameter("W2", [[0.5, -0.3]])
    b2 = g.parameter("b2", [[0.05]])
    z1 = g.node("Z1", w1 @ x + b1)
    a1 = g.node("A1", gd.tanh(z1))
    z2 = g.node("Z2", w2 @ a1 + b2)
    a2 = g.node("A2", gd.sigmoid(z2))
    total = -gd.sum(y * gd.log(a2) + (1 - y) * gd.log(1 - a2))
    g.node("J", total / 3 if mean else total)
    return g


BACK = r"""
$J = - \frac{1}{m} \sum_{i=1}^{m} \left( y^{(i)}\log a^{[2](i)} + (1-y^{(i)})\log(1- a^{[2](i)}) \right)$

$dZ^{[2]} = A^{[2]} - Y$

$dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}$

$\mathrm{d}b^{[2]} = \frac{1}{m} np.sum(dZ^{[2]}, axis = 1, keepdims = True)$

$dZ^{[1]} = W^{[2]T} dZ^{[2]} * g^{[1]'}(Z^{[1]})$

$dW^{[1]} = \frac{1}{m} dZ^{[1]} X^T$

$db^{[1]} = \frac{1}{m} \sum dZ^{[1]}$
"""  # fmt: skip


def test_dz_of_each_sample_of_a_mean_is_told(tmp_path):
    report = assert_right(of_samples(), BACK, tmp_path)
    assert "dZ is taken for the derivative of the loss of each sample" in report.remarks


def test_dz_of_a_sum_needs_no_mean(tmp_path):
    page = BACK.replace(r"\frac{1}{m} ", "").replace(r"- \sum", r"-\sum")
    report = assert_right(of_samples(mean=False), page, tmp_path)
    assert not any("each sample" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (r"\frac{1}{m} dZ^{[1]} X^T", r"dZ^{[1]} X^T"),
        (r"dZ^{[2]} A^{[1]T}", r"dZ^{[2]} A^{[1]}"),
        (r"W^{[2]T} dZ^{[2]} *", r"W^{[2]T} dZ^{[2]} + "),
    ],
)
def test_what_is_missing_is_found(right, wrong, tmp_path):
    page = BACK.replace(right, wrong)
    report = check(of_samples(), page, tmp_path)
    (line,) = (k for k, text in enumerate(page.splitlines(), 1) if wrong in text)
    assert line in [result.line for result in report if result.verdict == "wrong"], str(report)


def units():
    g = gd.Graph()
    i, t = g.input("i1", 0.05), g.input("target_o1", 0.01)
    w1, w5 = g.parameter("w1", 0.15), g.parameter("w5", 0.4)
    net_h = g.node("net_h1", w1 * i)
    out_h = g.node("out_h1", gd.sigmoid(net_h))
    net_o = g.node("net_o1", w5 * out_h)
    out_o = g.node("out_o1", gd.sigmoid(net_o))
    g.node("E_total", (t - out_o) ** 2 / 2)
    return g


def test_delta_of_a_unit_is_that_of_its_net_input(tmp_path):
    page = r"""
$$\delta_{o1} = -(target_{o1} - out_{o1}) * out_{o1}(1 - out_{o1})$$

$$\frac{\partial E_{total}}{\partial w_5} = \delta_{o1} out_{h1}$$

$$\delta_{h1} = \sum_{o} (\delta_{o} w_5) out_{h1} (1 - out_{h1})$$

$$\frac{\partial E_{total}}{\partial w_1} = \delta_{h1} i_1$$
"""
    assert_right(units(), page, tmp_path)
    report = check(units(), page.replace(r"\delta_{h1} i_1", r"\delta_{o1} i_1"), tmp_path)
    assert [result.line for result in report if not result.ok] == [8]


def test_a_delta_before_a_transpose_is_a_factor(tmp_path):
    g = gd.Graph()
    x, w = g.input("x", [1.0, 0.5]), g.parameter("w2", [[0.5, -0.2], [0.3, 0.8]])
    z = g.node("z2", w @ x)
    a = g.node("a2", gd.sigmoid(z))
    v = g.parameter("w3", [[0.4, 0.7], [-0.6, 0.2]])
    z3 = g.node("z3", v @ a)
    a3 = g.node("a3", gd.sigmoid(z3))
    g.node("C", gd.sum(a3**2) / 2)
    page = r"""
$$\delta^L = \nabla_a C \odot \sigma'(z^L)$$
$$\delta^l = ((w^{l+1})^T \delta^{l+1}) \odot \sigma'(z^l)$$
$$\frac{\partial C}{\partial w^3} = \delta^3 (a^2)^T$$
"""
    assert_right(g, page, tmp_path)
    wrong = page.replace(r"\delta^3 (a^2)^T", r"a^2 (\delta^3)^T")
    assert [result.line for result in check(g, wrong, tmp_path) if not result.ok] == [4]


def test_a_hypothesis_is_called_by_its_parameters(tmp_path):
    g = gd.Graph()
    x, y = g.input("x", [1, 2, 3]), g.input("y", [2, 2.5, 3.5])
    a, b = g.parameter("theta0", 0), g.parameter("theta1", 0)
    h = g.node("h", a + b * x)
    g.node("J", gd.sum((h - y) ** 2) / 6)
    page = r"""
$$J = \frac{1}{2m} \sum_{i=1}^{m} (h_\theta(x^{(i)}) - y^{(i)})^2$$
$$\frac{\partial J}{\partial \theta_1} = \frac{1}{m}\sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)}) x^{(i)}$$
"""  # fmt: skip
    assert_right(g, page, tmp_path)
    assert_wrong(g, r"\frac{\partial J}{\partial \theta_1} = \frac{1}{m}\sum_{i=1}^m"
                    r"(h_\theta(x^{(i)}) - y^{(i)})", tmp_path)  # fmt: skip


def test_steps_without_a_learning_rate_are_judged_as_formulas(tmp_path):
    report = assert_right(of_samples(), r"$W^{[1]} := W^{[1]} - \alpha \, dW^{[1]}$", tmp_path)
    assert any("no learning rate is stated" in remark for remark in report.remarks)
    assert_wrong(of_samples(), r"W^{[1]} := W^{[1]} + \alpha \, dW^{[1]}", tmp_path)


def test_the_derivative_of_a_function_of_a_letter_that_is_an_array(tmp_path):
    g = gd.Graph()
    x = g.input("x", [1.0, 2.0])
    g.node("f", gd.sum(gd.sigmoid(x)))
    page = r"$$\sigma(x) = \frac{1}{1+e^{-x}} \rightarrow \frac{d\sigma(x)}{dx} = (1 - \sigma(x))\sigma(x)$$"  # fmt: skip
    assert_right(g, page, tmp_path)
    assert_wrong(g, r"\frac{d\sigma(x)}{dx} = (1 - x) x", tmp_path)


@pytest.mark.parametrize("delta", [r"\delta^{(LAYER)}_UNIT", r"\delta_UNIT^{[LAYER]}"])
@pytest.mark.parametrize("unit", ["1", ""])
def test_delta_has_the_number_of_a_layer_and_that_of_a_neuron(delta, unit, tmp_path):
    g = gd.Graph()
    x, y = g.input("x", 0.5), g.input("y", 1)
    h = [
        g.node(f"h{k}", gd.sigmoid(g.node(f"z{k}", g.parameter(f"w{k}", 0.3 * k) * x)))
        for k in (1, 2)
    ]
    s = g.node("s", g.parameter("v1", 0.6) * h[0] - g.parameter("v2", 0.9) * h[1])
    a = g.node("a", gd.sigmoid(s))
    g.node("L", (a - y) ** 2 / 2)

    def of(layer: str, unit: str) -> str:
        found = delta.replace("LAYER", layer).replace("UNIT", unit)
        return found if unit else found.replace("_", "")

    last = of("2", unit)
    page = (
        f"${last} = (a - y) a (1 - a)$\n\n${of('1', '1')} = {last} v_1 h_1(1 - h_1)$\n\n"
        f"${of('1', '2')} = -{last} v_2 h_2(1 - h_2)$\n\n"
        rf"$\frac{{\partial L}}{{\partial w_1}} = {of('1', '1')} x$" + "\n"
    )
    assert_right(g, page, tmp_path)
    assert_wrong(g, rf"{of('1', '1')} = (a - y) a (1 - a) v_2 h_1(1 - h_1)", tmp_path)
