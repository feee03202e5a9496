r"""δ written for ∂, and what a learning rate that is stated leaves as it is."""

import pytest
from small_pages import assert_right, check, verdicts

import graphdiff as gd

RIGHT = [
    r"$\frac{\delta E}{\delta a} = a - y = 0.33705$",
    r"$\frac{\delta E}{\delta w_1} = (a-y)(1-a^2) x = 0.359755$",
    r"$\frac{\delta}{\delta a} E = a - y$",
    r"$\frac{\delta^2 E}{\delta a^2} = 1$",
    "δE/δx = (a - y)(1 - a²) w1 = 0.0959348",
    "δE/δw1 = δE/δa · δa/δz · δz/δw1 = 0.337 · 0.712 · 1.5 = 0.360",
    "| derivative | value |\n|---|---|\n| δE/δw1 | 0.359755 |\n| δE/δa | 0.33705 |",
]


def neuron(loss="E", **names):
    g = gd.Graph()
    x, y = g.input("x", 1.5), g.input(names.get("target", "y"), 0.2)
    a = g.node("a", gd.tanh(g.node("z", g.parameter("w1", 0.4) * x)))
    g.node(loss, (a - y) ** 2 / 2)
    return g


@pytest.mark.parametrize("page", RIGHT)
def test_a_quotient_of_two_deltas_is_a_derivative(page, tmp_path):
    assert_right(neuron(), page + "\n", tmp_path)


@pytest.mark.parametrize("page", RIGHT)
def test_its_mistakes_are_found(page, tmp_path):
    wrong = page.replace("0.33705", "0.44").replace("a - y", "y - a").replace("= 1$", "= 2$")
    wrong = wrong.replace("(1-a^2)", "").replace("(1 - a²)", "").replace("0.712", "0.288")
    assert "wrong" in verdicts(check(neuron(), wrong + "\n", tmp_path))


def test_a_node_called_delta_is_that_node(tmp_path):
    g = gd.Graph()
    delta, p = g.input("delta", 3), g.input("p", 4)
    g.node("q", delta * p / (delta * 2))
    assert_right(g, r"$q = \frac{\delta p}{\delta 2} = 2$" + "\n", tmp_path)


@pytest.mark.parametrize("loss", ["E", "J", "cost"])
@pytest.mark.parametrize("rate", [r"$\eta = 0.1$", "with η = 1 we go on", "learning rate 0.5", ""])
@pytest.mark.parametrize("called", ["L", "l", "loss"])
def test_what_the_loss_is_called_has_nothing_to_do_with_the_rate(loss, rate, called, tmp_path):
    page = (
        rate
        + rf"""

| weight | gradient |
|---|---|
| w1 | 0.359755 |

$\frac{{\partial {called}}}{{\partial w_1}} = 0.359755$
"""
    )
    report = assert_right(neuron(loss), page, tmp_path)
    assert len(report) == 2


@pytest.mark.parametrize("title", ["new (η = 1)", r"new, $\eta = 1$"])
def test_a_title_may_say_the_rate(title, tmp_path):
    page = f"| weight | value | gradient | {title} |\n|---|---|---|---|\n"
    report = assert_right(neuron(), page + "| w1 | 0.4 | 0.3598 | 0.0402 |\n", tmp_path)
    assert "w1@1" in {result.target for result in report}
