"""Derivatives at a place, differentials, and changes: what they are about, right and wrong."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_pages import ACCEPTED, assert_right, assert_wrong, check, verdicts

import graphdiff as gd
from graphdiff.files.mathematics.reader import read
from graphdiff.files.mathematics.trees import Number


def line(w=0.5):
    """Return a linear model with a squared error: p = 1, dL/dp = −1, dL/dw = −2 at w = 0.5."""
    g = gd.Graph("line")
    p = g.node("p", g.parameter("w", w) * g.input("x", 2) + g.parameter("b", 0))
    g.node("L", (p - 1.5) ** 2)
    return g


AT_A_PLACE = [
    r"\frac{dL}{dw}(0.5)", r"\frac{\partial L}{\partial w}(0{,}5)", r"L'(0.5)", r"L'(w)",
    r"\frac{dL(0.5)}{dw}", r"\frac{dL}{dw}\Big|_{w=0.5}", r"\frac{\partial L}{\partial w}(0.5, 0)",
]  # fmt: skip


@pytest.mark.parametrize("left", AT_A_PLACE)
def test_a_derivative_at_the_place_where_the_page_is(left, tmp_path):
    for right in ("-2", "2(p - 1.5)x", r"2 \cdot (1 - 1.5) \cdot 2"):
        report = assert_right(line(), f"${left} = {right}$", tmp_path)
        assert report.results[-1].target == "dL/dw"
    assert_wrong(line(), f"{left} = -1", tmp_path)


@pytest.mark.parametrize(
    "left", [r"\frac{dL}{dw}(3)", r"L'(3)", r"\frac{dL}{dw}|_{w=3}", r"L(3)", r"L(0.5, 7)"]
)
def test_another_place_accuses_nobody(left, tmp_path):
    report = check(line(), f"${left} = 18$", tmp_path)
    assert verdicts(report) == ["unread"]


def test_a_place_that_a_step_led_to(tmp_path):
    g = gd.Graph("one weight")
    g.node("L", (g.parameter("w", 1) - 3) ** 2)
    page = "$\\eta = 0.1$\n\n$w \\leftarrow 1 - 0.1 \\cdot (-4) = 1.4$\n\n$L'(1.4) = %s$"
    assert_right(g, page % "-3.2", tmp_path)
    assert verdicts(check(g, page % "-4", tmp_path))[-1] == "wrong"
    page = page.replace("w \\leftarrow", "v \\leftarrow").replace("L'(1.4)", "L'(1)")
    assert verdicts(check(g, page % "-4", tmp_path))[-1] == "correct"


def test_a_place_after_a_step_of_one_parameter_of_two(tmp_path):
    page = "$\\eta = 0.1$\n\n$w \\leftarrow 0.7$\n\n$\\frac{dL}{dw}(0.7) = -0.4$"
    assert verdicts(check(line(), page, tmp_path)) == ["correct", "unread"]


def test_a_derivative_at_a_place_within_a_step(tmp_path):
    page = r"$\eta = 0.1$, $w_{neu} = 0.5 - 0.1\,\frac{dL}{dw}(0.5) = 0.7$"
    assert_right(line(), page, tmp_path)


DIFFERENTIALS = [
    (r"\mathrm{d}L = %s\,\mathrm{d}p", "-1", "dL/dp"), ("dL = %s dw", "-2", "dL/dw"),
    (r"dL = %s\,dp", "2(p - 1.5)", "dL/dp"), (r"\mathrm{d}p = %s\,\mathrm{d}w", "x", "dp/dw"),
    (r"dp = x\,dw + %s\,dx", "w", "dp/dx"), (r"dL = -1\,dp = %s\,dw", "-2", "dL/dw"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "right", "target"), DIFFERENTIALS)
def test_differentials(form, right, target, tmp_path):
    report = assert_right(line(), f"${form % right}$", tmp_path)
    assert report.results[-1].target == target
    wrong = check(line(), f"${form % '3'}$", tmp_path)
    assert verdicts(wrong)[-1] in ("wrong", "coincidental")
    assert wrong.results[-1].target == target


def test_d_of_a_program_is_still_the_gradient(tmp_path):
    g = gd.Graph()
    z = g.node("z", g.parameter("w", 0.5) * g.input("x", 2))
    a = g.node("a", gd.sigmoid(z))
    g.node("L", (a - 1) ** 2 / 2)
    report = assert_right(g, "$da = a - 1$\n\n$dz = da\\, a (1 - a)$\n\n$dw = dz\\,x$", tmp_path)
    assert [result.target for result in report] == ["dL/da", "dL/dz", "dL/dw"]


def test_a_prime_of_any_node_in_what_it_comes_of(tmp_path):
    g = gd.Graph()
    p = g.node("p", gd.sigmoid(g.node("z", g.parameter("w", 0.5) * g.input("x", 2))))
    g.node("L", (p - 1) ** 2)
    for left in ("p'(z)", r"p^\prime(z)", r"p^{\prime}(z)"):
        assert_right(g, f"${left} = p(1 - p) = 0.197$", tmp_path)
    assert_wrong(g, "p'(z) = p", tmp_path)


CHANGES = [
    r"$w \leftarrow w - 0.1 \cdot (-2)$", r"$w \mathrel{-}= 0.1 \cdot (-2)$",
    r"$w \mathrel{-}\mathrel{=} 0.1 \cdot (-2)$", r"$w \mathrel{-=} 0.1 \cdot (-2)$",
    r"$w: 0.5 \to 0.7$", "w: 0.5 → 0.7", "w -> 0.7", "- w → 0,7", "eta = 0.1: w -> 0.7",
    r"$w_{neu}, b_{neu} = 0.7, 0.1$",
    r"$w_{neu}, b_{neu} = w - 0.1 \cdot (-2), b - 0.1 \cdot (-1) = 0.7, 0.1$",
]  # fmt: skip


@pytest.mark.parametrize("form", CHANGES)
def test_changes_of_parameters(form, tmp_path):
    report = assert_right(line(), f"$\\eta = 0.1$\n\n{form}", tmp_path)
    assert any(result.target == "w@1" for result in report)
    wrong = form.replace("0.7", "0.3").replace("0,7", "0,3").replace("(-2)", "2")
    results = check(line(), f"$\\eta = 0.1$\n\n{wrong}", tmp_path)
    assert {result.verdict for result in results if result.target == "w@1"} <= {"wrong"}


@pytest.mark.parametrize("text", ["x -> 0", "from w -> 0.7 on it grows", "w -> inf"])
def test_what_is_no_change(text, tmp_path):
    assert not len(check(line(), text, tmp_path))


def test_letters_that_touch_a_name_with_scripts(tmp_path):
    g = gd.Graph()
    h, W = g.input("h", [1.0, 2.0]), g.parameter("W2", [[1.0, 2.0], [3.0, 4.0]])
    g.node("u", h @ W.T)
    assert_right(g, "$u = hW_2^T = (5, 11)$", tmp_path)
    assert_wrong(g, "u = hW_2", tmp_path)


@settings(max_examples=60, deadline=None)
@given(digits=st.integers(1, 999_999_999), power=st.integers(-9, 9))
def test_numbers_in_groups_and_with_powers_of_ten(digits, power):
    groups = [str(digits)[k : k + 3] for k in range(0, len(str(digits)), 3)]
    number = f"0.{digits}"
    forms = {r"0{,}" + r"\,".join(groups): float(number)}
    for form in (r"\,\mathrm{e}{%d}", r"\mathrm{E}%d", r"\,\text{e%d}", r"e{%d}"):
        forms[number + form % power] = float(f"{number}e{power}")
    for form, meant in forms.items():
        (statement,) = read(f"z = {form}", "latex").statements
        tree = statement.sides[1].tree
        assert isinstance(tree, Number), form
        assert float(tree.text) == meant, form


@pytest.mark.parametrize("form", ["$L = 0.25\\ldots$", "L = 0.25…", "$L = 0{,}25\\dots$",
                                  "$L = 0.25 \\checkmark$", "$L = 0.25\\;\\checkmark$"])  # fmt: skip
def test_what_stands_behind_a_number(form, tmp_path):
    assert_right(line(), form, tmp_path)
    wrong = form.replace("25", "26")
    assert verdicts(check(line(), wrong, tmp_path))[-1] not in ACCEPTED
