"""Indices whose letters say the layer: δ_j = a_j (1 − a_j) Σ_k w_{kj} δ_k, in layers of arrays."""

import pytest
from small_pages import assert_right, check, verdicts

import graphdiff as gd

PAGE = r"""
$\delta_k = (o_k - y_k) o_k (1 - o_k)$

$\delta_j = h_j (1 - h_j) \sum_k w_{kj} \delta_k$

$\frac{\partial L}{\partial w_{kj}} = \delta_k h_j$

$\frac{\partial L}{\partial w_{ji}} = \delta_j x_i$

$\frac{\partial L}{\partial h_j} = \sum_k w_{kj} \delta_k$
"""


def network(rows: bool, sizes: tuple[int, int, int], names: tuple[str, str]) -> gd.Graph:
    """Return two layers of sigmoids whose matrices stand before or after what they weigh."""
    g = gd.Graph("units")
    node = g.input("x", [0.3 * (-1) ** k + k / 5 for k in range(sizes[0])])
    for name, before, after, out in zip(names, sizes, sizes[1:], ("h", "o"), strict=False):
        shape = (after, before) if rows else (before, after)
        w = [
            [0.7 - 0.3 * i + 0.45 * j * (-1) ** i for j in range(shape[1])] for i in range(shape[0])
        ]
        weights = g.parameter(name, w)
        node = g.node(
            out, gd.sigmoid(g.node("z" + out, weights @ node if rows else node @ weights))
        )
    y = g.input("y", [1.0 - k % 2 for k in range(sizes[2])])
    g.node("L", gd.sum((node - y) ** 2) / 2)
    return g


@pytest.mark.parametrize("rows", [True, False])
@pytest.mark.parametrize("sizes", [(2, 3, 2), (2, 2, 2), (3, 2, 3)], ids=str)
@pytest.mark.parametrize("names", [("W1", "W2"), ("W", "V")], ids=str)
def test_letters_say_the_layer(rows, sizes, names, tmp_path):
    g = network(rows, sizes, names)
    assert_right(g, PAGE, tmp_path)
    assert_right(g, PAGE.replace("{kj}", "{jk}").replace("{ji}", "{ij}"), tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("(1 - h_j)", "(1 + h_j)", 4), ("w_{kj} \\delta_k$\n\n$\\frac", "w_{kj}$\n\n$\\frac", 4),
        (r"= \delta_k h_j", r"= \delta_k", 6), (r"\delta_j x_i", r"\delta_j h_i", 8),
    ],
)  # fmt: skip
def test_wrong_ones_are_accused(right, wrong, line, tmp_path):
    assert right in PAGE
    report = check(network(True, (2, 3, 2), ("W", "V")), PAGE.replace(right, wrong), tmp_path)
    assert [result.line for result in report if result.verdict == "wrong"] == [line], str(report)


@pytest.mark.parametrize("place", [0, 1])
def test_a_number_below_may_be_that_of_an_entry(place, tmp_path):
    g = network(True, (2, 3, 2), ("W", "V"))
    gradient = g.backward(g.output).gradient["zo"]
    value = round(float(gradient[place]), 4)
    assert_right(g, f"$\\delta_{place + 1} = {value}$", tmp_path)
    assert verdicts(check(g, f"$\\delta_{place + 1} = {value + 0.01:.4f}$", tmp_path)) == ["wrong"]


def test_gradients_by_their_letter(tmp_path):
    g = gd.Graph("g")
    w = g.parameter("w", 0.5)
    g.node("L", (g.input("x", 2) * w - 3) ** 2)
    assert_right(g, "$g_w = 2x(xw - 3) = -8$\n\n$\\bar w = -8$", tmp_path)
    assert verdicts(check(g, "$g_w = -7.5$", tmp_path)) == ["wrong"]
    report = check(g, "$\\dot w = -8$", tmp_path)
    assert "a dot is a derivative in what is not said" in str(report)
