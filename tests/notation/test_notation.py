"""Formulas as text and LaTeX: read back the same, bracketed where needed."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import written_expressions

import graphdiff as gd
from graphdiff.errors import ExpressionError
from graphdiff.files.parser import parse
from graphdiff.notation import latex, text

G = gd.Graph()
A, B, C, X = (G.input(name) for name in ("a", "b", "c", "x̂"))


MINUS = -A


def program(expression):
    graph = gd.Graph()
    copies = {node: graph.input(node.name) for node in (A, B, C, X)}
    node = graph.node("z", copied(expression, copies))
    return node.function.program, [parent.name for parent in node.parents], node.formula


def copied(expression, copies):
    from graphdiff.language.expression import Apply, in_order

    made = dict(copies)
    for part in in_order(expression):
        if isinstance(part, Apply):
            made[part] = Apply(part.function, tuple(made[a] for a in part.arguments))
        elif part not in made:
            made[part] = part
    return made[expression]


@given(written_expressions((A, B, C, X)))
@settings(max_examples=settings.default.max_examples * 4)
def test_a_formula_reads_back_the_same(expression):
    lines, parents, formula = program(expression)
    assert program(parse(formula, G.__getitem__)) == (lines, parents, formula)


@pytest.mark.parametrize(
    ("expression", "plain", "tex"),
    [
        (A - (B - C), "a - (b - c)", r"a - \left(b - c\right)"),
        (A - B - C, "a - b - c", "a - b - c"),
        (A + (B + C), "a + (b + c)", "a + b + c"),
        ((-A) ** 2, "(-a)**2", r"\left(-a\right)^{2}"),
        (-(A**2), "-a**2", "-a^{2}"),
        (A / (B / C), "a/(b/c)", r"\frac{a}{\frac{b}{c}}"),
        (A / B / C, "a/b/c", r"\frac{\frac{a}{b}}{c}"),
        (-(A + 1), "-(a + 1)", r"-\left(a + 1\right)"),
        (-MINUS, "-(-a)", r"-\left(-a\right)"),
        (A * (-2), "a*(-2)", r"a \cdot \left(-2\right)"),
        (A - (-B), "a - (-b)", r"a - \left(-b\right)"),
        (A + (-B), "a + (-b)", r"a + \left(-b\right)"),
        ((A * B) ** 2, "(a*b)**2", r"\left(a \cdot b\right)^{2}"),
        (gd.exp(-A) ** 2, "exp(-a)**2", r"\left(\mathrm{e}^{-a}\right)^{2}"),
        (gd.sin(A) ** 2, "sin(a)**2", r"\sin{\left(a\right)}^{2}"),
        (A**B**C, "a**b**c", "a^{b^{c}}"),
        ((A**B) ** C, "(a**b)**c", r"\left(a^{b}\right)^{c}"),
        (A**-1, "a**(-1)", "a^{-1}"),
        ((-2) ** A, "(-2)**a", r"\left(-2\right)^{a}"),
        ((A + B) * C, "(a + b)*c", r"\left(a + b\right) \cdot c"),
        (A * B / C, "a*b/c", r"\frac{a \cdot b}{c}"),
        (A * (B / C), "a*(b/c)", r"a \cdot \frac{b}{c}"),
        (2 * A, "2*a", "2 a"),
        (A * 2, "a*2", r"a \cdot 2"),
        (2 * A * 3, "2*a*3", r"2 a \cdot 3"),
        (1e-9 * A, "1e-09*a", r"10^{-9} \cdot a"),
        (A ** (B + 1), "a**(b + 1)", "a^{b + 1}"),
        (gd.pi * X, "pi*x̂", r"\pi \cdot \hat{x}"),
        (gd.max(A, B, 1), "max(max(a, b), 1)", r"\max{\left(\max{\left(a, b\right)}, 1\right)}"),
        (abs(A), "abs(a)", r"\left|{a}\right|"),
        (gd.log2(gd.sqrt(A)), "log2(sqrt(a))", r"\log_{2}{\left(\sqrt{a}\right)}"),
    ],
)
def test_as_written(expression, plain, tex):
    node = G.node(f"n_{len(G)}", expression)
    assert node.formula == plain
    assert latex.authored(node.function, [latex.name(p.name) for p in node.parents]) == tex


@pytest.mark.parametrize(
    ("name", "tex"),
    [("x", "x"), ("yhat", r"\hat{y}"), ("ŷ", r"\hat{y}"), ("x̂", r"\hat{x}"), ("w_1_10", "w_{1,10}"),
     ("sigma2", r"\sigma_{2}"), ("σ", r"\sigma"), ("ℒ", r"\mathcal{L}"), ("loss", r"\mathrm{loss}"),
     ("W2_3", "W_{2,3}"), ("lambda", r"\lambda"), ("_", r"\square "), ("中", "中"), ("độ_lỗi", r"\mathrm{độ}_{\mathrm{l\tilde{\hat{o}}i}}"),
     ("trọng", r"\mathrm{trọng}"), ("Ж", "Ж"), ("straße", r"\mathrm{straße}"), ("𝓛", r"\mathcal{L}"),
     ("ℓ", r"\ell"), ("θ̂", r"\hat{\theta}"), ("x̄", r"\bar{x}"), ("𝐱", r"\mathbf{x}"), ("å", r"\mathring{a}"),
     ("ĝ̣", r"\hat{g̣}"), ("α̣", "α̣"),
     ("theta_hat", r"\theta_{\mathrm{hat}}"), ("ẋ", r"\dot{x}"), ("e1", "e_{1}")],
)  # fmt: skip
def test_names(name, tex):
    assert latex.name(name) == tex


@pytest.mark.parametrize(
    ("value", "digits", "plain", "tex"),
    [
        (16.0, 6, "16", "16"), (-8.0, 6, "-8", "-8"), (0.393223, 3, "0.393", "0.393"),
        (1 / 3, 6, "0.333333", "0.333333"), (1.2e-5, 6, "1.2e-05", r"1.2\times 10^{-5}"),
        (2.5e12, 6, "2.5e+12", r"2.5\times 10^{12}"), (-0.0, 6, "0", "0"), (123456789.0, 4, "123456789", "123456789"),
        (sp.Rational(8, 3), 6, "8/3", r"\frac{8}{3}"), (sp.sqrt(2) / 2, 6, "sqrt(2)/2", r"\frac{\sqrt{2}}{2}"),
        (np.array([1.0, 2.5]), 6, "[1, 2.5]", r"[1,\, 2.5]"),
        (np.arange(5.0), 6, "[0, 1, 2, …]", r"[0,\, 1,\, 2, \ldots]"),
    ],
)  # fmt: skip
def test_numbers(value, digits, plain, tex):
    assert text.number(value, digits) == plain
    assert latex.number(value, digits) == tex


@given(st.floats(-1e12, 1e12), st.integers(1, 17))
def test_rounded_numbers_say_so(value, digits):
    shown = text.number(value, digits)
    assert text.is_rounded(value, shown) == (
        abs(float(shown) - value) > 1e-12 * max(abs(float(shown)), abs(value))
    )
    assert abs(float(shown) - value) <= abs(value) * 10.0 ** (1 - digits)


def test_inverse_functions_have_one_name():
    for function in (gd.asin, gd.acos, gd.atan, gd.asinh, gd.acosh, gd.atanh):
        node = G.node(f"n_{len(G)}", function(A))
        ours = latex.authored(node.function, ["a"])
        sympys = latex.symbolic(function.function.formula(A.symbol))
        assert ours.partition("{\\left")[0] == sympys.partition("{\\left")[0]


def test_cases():
    formula = G.node(f"n_{len(G)}", gd.relu(A)).function.derivative(0)
    formula = formula.subs(sp.Symbol("a_0", real=True), A.symbol)
    assert text.symbolic(formula) == "(a > 0)"
    assert latex.symbolic(formula) == (
        r"\begin{cases} 1 & \text{if } a > 0 \\ 0 & \text{otherwise} \end{cases}"
    )


def test_the_parser_reads_no_more_than_a_node_holds():
    with pytest.raises(ExpressionError):
        G.node("deep", parse("sin(-(1/(" * 50 + "a" + ")))" * 50, G.__getitem__))


def test_what_float64_itself_rounds_is_not_called_rounded():
    assert not text.is_rounded(0.1 * 3, "0.3")
    assert text.is_rounded(0.1 * 3 + 1e-9, "0.3")


SCRIPTS = ("trọng", "trong", "tróng", "đau", "dau", "ưu", "uu", "hổ", "hồ", "hô", "ho", "Ж", "Ю", "й", "и", "中", "文", "ß",
           "ss", "ő", "ö", "o", "ø", "ł", "l", "ả", "à", "α̣", "α", "ķ", "k", "日本")  # fmt: skip


def test_names_in_other_scripts_stay_different():
    shown = [latex.name(name) for name in SCRIPTS]
    ascii_only = [latex.ascii_only(formula) for formula in shown]
    assert len(set(shown)) == len(set(ascii_only)) == len(SCRIPTS)
    assert all(formula.isascii() for formula in ascii_only)
    assert latex.ascii_only(latex.name("trọng")) == r"\mathrm{tr\text{\d{o}}ng}"
    assert latex.ascii_only(r"\hat{y}") == r"\hat{y}"


@pytest.mark.parametrize("name", ["độ_lỗi", "trọng", "ươ", "Жук", "ß", "ħ"])
def test_the_pictures_have_letters_for_them(name):
    from graphdiff.drawing import typeset

    missing = typeset.formula("中", "", 10).marks[0].glyph
    marks = typeset.formula(latex.name(name), "", 10).marks
    assert missing not in [mark.glyph for mark in marks]
    assert len(marks) >= len(name.replace("_", ""))


@pytest.mark.parametrize(
    ("formula", "tex"),
    [
        ("ug*h + wg*x", r"h \cdot \mathrm{ug} + \mathrm{wg} \cdot x"),
        ("2*ug*h", r"2 h \cdot \mathrm{ug}"),
        ("ug*(h + x)", r"\mathrm{ug} \cdot \left(h + x\right)"),
        ("-2*ug*x*(h + 1)", r"- 2 \mathrm{ug} \cdot x \left(h + 1\right)"),
        ("ug*x/(3*wg)", r"\frac{\mathrm{ug} \cdot x}{3 \mathrm{wg}}"),
        ("ug**2*exp(ug*x)", r"\mathrm{ug}^{2} \cdot \mathrm{e}^{\mathrm{ug} \cdot x}"),
        ("w_1*loss_2", r"\mathrm{loss}_{2} \cdot w_{1}"),
        ("2*x*h", "2 h x"),
        ("x*(h + 1)", r"x \left(h + 1\right)"),
        ("3*2**x", r"3 \cdot 2^{x}"),
        ("x*theta_hat", r"\theta_{\mathrm{hat}} x"),
    ],
)
def test_products_of_words_have_dots(formula, tex):
    assert latex.symbolic(sp.sympify(formula)) == tex
