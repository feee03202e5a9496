"""Numbers in the forms that pages write them in, each right, and wrong with another digit."""

import pytest
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd


def neuron():
    g = gd.Graph("one neuron")
    z = g.node("z", g.parameter("w", 0.5) * g.input("x", 2) + g.parameter("b", -0.5))
    g.node("L", (g.node("p", gd.sigmoid(z)) - g.input("y", 1)) ** 2 / 2)
    return g


FORMS = [
    "$z = 0.5 \\text{, also } p = 0.622$", "$L = 0.0713 \\text{ und damit } p = 0.622$",
    "$p = 0.622$", "$p = 0{,}622$", "$p = 0,622$", "$p = 62.2\\%$", "$p = 62{,}2\\,\\%$", "p = 62,2 %",
    "p = 62.2%", "$p = 6.22 \\times 10^{-1}$", "$p = 6{,}22 \\cdot 10^{-1}$", "p = 6.22e-1",
    "p = 6,22e-1", "p = 6.22 x 10^-1", "p = 6,22 · 10^-1", "$p = 622 \\cdot 10^{-3}$",
    "$z = 0,5, \\quad p = 0,622$", "$p = \\boxed{0{,}622}$", "$p = \\frac{0,622}{1}$",
    "$$\\begin{cases} z = 0.5 \\\\ p = 0.622 \\end{cases}$$",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_numbers(form, tmp_path):
    assert_right(neuron(), form, tmp_path)
    wrong = form.replace("622", "672").replace("62.2", "67.2").replace("62{,}2", "67{,}2")
    wrong = wrong.replace("62,2", "67,2").replace("6.22", "6.72").replace("6,22", "6,72")
    wrong = wrong.replace("6{,}22", "6{,}72")
    assert wrong != form
    assert verdicts(check(neuron(), wrong, tmp_path))[-1] not in ACCEPTED


@pytest.mark.parametrize(
    "line",
    [
        "$x = 1\\tfrac{1}{2} + \\frac12$", "$x = 1 \\frac{1}{2} \\cdot \\frac43$",
        "$z = 2\\frac{1}{4}$", "$L = \\frac12 (p - y)^2$",
        "$\\nabla_{w,b} L = (-0.177, -0.0887)$", "$\\nabla_{(w,b)} L = (-0{,}177; -0{,}0887)$",
        "$\\nabla_{w,b} L = (-0,177; -0,0887)$",
    ],
)  # fmt: skip
def test_fractions_and_lists(line, tmp_path):
    assert_right(neuron(), line, tmp_path)


def test_a_gradient_that_is_wrong(tmp_path):
    report = check(neuron(), "$\\nabla_{w,b} L = (-0.177, -0.177)$", tmp_path)
    assert verdicts(report) == ["wrong"]
