r"""Sums over the samples of an array, ``\sum_i r_i x_i`` with x_i the row of a sample."""

import pytest
from small_pages import assert_right, assert_wrong, check, verdicts

import graphdiff as gd

SAMPLES = [r"x_i", r"\mathbf{x}_i", r"x^{(i)}", r"x_{i}", r"X_i"]
SUMS = [r"\sum_{i=1}^{3}", r"\sum_{i}", r"\sum_i", r"\sum"]


def regression():
    g = gd.Graph()
    x = g.input("X", [[1, 2], [3, -1], [0, 4]])
    y = g.input("y", [3, 1, 5])
    w = g.parameter("w", [0.5, 1])
    f = g.node("f", x @ w + g.parameter("b", 0.2))
    r = g.node("r", f - y)
    g.node("J", gd.sum(r**2) / 3 + 0.1 * gd.sum(w**2) / 2)
    return g


@pytest.mark.parametrize("x", SAMPLES)
@pytest.mark.parametrize("over", SUMS[:3])
def test_a_gradient_as_a_sum_over_samples(x, over, tmp_path):
    right = rf"\frac{{\partial J}}{{\partial w}} = \frac{{2}}{{3}}{over} r_i {x} + 0.1 w"
    assert_right(regression(), f"${right}$\n", tmp_path)
    assert_wrong(regression(), right.replace(" + 0.1 w", ""), tmp_path)
    assert_wrong(regression(), right.replace("r_i", "f_i"), tmp_path)


@pytest.mark.parametrize("x", SAMPLES)
def test_a_product_with_a_sample(x, tmp_path):
    right = rf"\frac{{\partial J}}{{\partial b}} = \frac23 \sum_i (w^\top {x} + b - y_i)"
    assert_right(regression(), f"${right}$\n", tmp_path)
    assert_wrong(regression(), right.replace("+ b", "- b"), tmp_path)


def test_what_is_said_of_one_sample_is_that_of_all(tmp_path):
    assert_right(regression(), "$f^{(i)} = w^T x^{(i)} + b$\n", tmp_path)
    assert_wrong(regression(), "f^{(i)} = w^T x^{(i)} - b", tmp_path)


@pytest.mark.parametrize("over", SUMS)
@pytest.mark.parametrize(
    "body", ["r_i x_i", "r_i u_i", "x_i r_{i+1}", "r_k x_i", "y^{(i)} x_i w_i"]
)
def test_arrays_that_do_not_fit_under_a_sum_accuse_nobody_of_it(over, body, tmp_path):
    page = rf"$\frac{{\partial J}}{{\partial w}} = \frac{{2}}{{3}}{over} {body} + 0.1 w$" + "\n"
    report = check(regression(), page, tmp_path)
    assert not [one for one in report if one.verdict == "wrong" and "fit" in one.note]


@pytest.mark.parametrize("b", ["np.array([0.2])", "np.array([0.2, 0.3])", "np.array([[0.2]])"])
def test_numbers_of_arrays_above_a_formula_do_not_stop_its_verdict(b, tmp_path):
    g = gd.Graph()
    size = b.count(",") + 1
    z = g.node("z", g.input("x", [1.0, 2.0][:size]) * g.parameter("b", [0.2, 0.3][:size]))
    g.node("L", gd.sum(0.2 * z**2))
    page = f"import numpy as np\nb = {b}\ndL_dz = -0.2 * z\n"
    assert verdicts(check(g, page, tmp_path, "py"))[-1] == "wrong"
    page = f"import numpy as np\nb = {b}\ndL_dz = 0.4 * z\n"
    assert verdicts(check(g, page, tmp_path, "py"))[-1] == "correct"
