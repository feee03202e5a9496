"""Equations written at once as text and as LaTeX."""

from __future__ import annotations

import pytest
import sympy as sp

from graphdiff.notation import equations
from graphdiff.notation.equations import Line, Link, chain, factor, product, total, value

A, B = Link("a", "a"), Link("b", "b")
THIRD = value(1 / 3, digits=2)


def test_a_chain_has_its_sides_apart():
    line = chain(A, Link("x/2", r"\frac{x}{2}"), THIRD)
    assert line == Line(
        "a = x/2 ≈ 0.33",
        r"a = \frac{x}{2} \approx 0.33",
        "a",
        (r"= \frac{x}{2}", r"\approx 0.33"),
    )
    assert chain(A) == Line("a", "a", "a")


def test_what_would_repeat_is_left_out():
    assert chain(A, B, B, Link("2", "2"), value(2.0)).text == "a = b = 2"


@pytest.mark.parametrize(
    ("links", "text"),
    [
        ((A, THIRD, value(1.0)), "a ≈ 0.33 ≈ 1"),
        ((A, product([THIRD, value(3.0)]), value(1.0)), "a ≈ 0.33*3 ≈ 1"),
        ((A, total([THIRD, value(-2.0)]), value(-1.5)), "a ≈ 0.33 - 2 ≈ -1.5"),
        ((A, value(sp.Rational(1, 3)), value(0.25)), "a = 1/3 = 0.25"),
        ((A, value(0.1 + 0.2), value(0.3)), "a = 0.3"),
    ],
)
def test_a_rounded_number_has_its_sign_on_both_sides(links, text):
    assert chain(*links).text == text
    assert " ".join(part.text for part in equations.parts(*links)) == text


@pytest.mark.parametrize(
    ("link", "text", "latex"),
    [
        (Link("a + b", "a + b"), "(a + b)", r"\left(a + b\right)"),
        (Link("a - b", "a - b"), "(a - b)", r"\left(a - b\right)"),
        (Link("-a", "- a"), "(-a)", r"\left(- a\right)"),
        (Link("a/b", r"\frac{a}{b}"), "(a/b)", r"\frac{a}{b}"),
        (Link("-a/b", r"- \frac{a}{b}"), "(-a/b)", r"\left(- \frac{a}{b}\right)"),
        (Link("f(a - b/c)", "f"), "f(a - b/c)", "f"),
        (Link("{-1 if a > 0; 0 otherwise}", "c"), "{-1 if a > 0; 0 otherwise}", "c"),
        (Link("(a + b)*(a - b)", "c"), "(a + b)*(a - b)", "c"),
        (Link("(a + b) - c", "c"), "((a + b) - c)", r"\left(c\right)"),
        (value(-2.5), "(-2.5)", r"\left(-2.5\right)"),
        (value(sp.Rational(8, 3)), "(8/3)", r"\frac{8}{3}"),
        (value(1 - sp.sqrt(2)), "(1 - sqrt(2))", r"\left(1 - \sqrt{2}\right)"),
        (value(1e-7), "1e-07", r"10^{-7}"),
    ],
)
def test_brackets_around_a_factor(link, text, latex):
    assert factor(link)[:2] == (text, latex)
    assert product([A, link]).text == f"a*{text}"
    assert product([link]).text == link.text


def test_a_sum_takes_signs():
    terms = [value(-1.0), value(-2.0), A, Link("-b + a", "- b + a")]
    assert total(terms)[:2] == ("-1 - 2 + a - b + a", "-1 - 2 + a - b + a")


def test_long_products_are_shortened():
    whole = product([THIRD, *[A] * 30])
    assert whole.text.startswith("0.33*a*a")
    assert whole.text.count("a") == 15
    assert "*…*" in whole.text
    assert r" \cdot \cdots \cdot " in whole.latex
    assert whole.rounded


@pytest.mark.parametrize(
    ("rows", "columns", "text", "latex"),
    [
        ((), (3,), "1×3", r"1 \times 3"),
        ((2, 3), (4,), "6×4", r"6 \times 4"),
        (("m",), ("m", "n"), "m×(m·n)", r"m \times (m n)"),
        (("m", 1), ("m + 1",), "m×(m + 1)", r"m \times \left(m + 1\right)"),
    ],
)
def test_dimensions(rows, columns, text, latex):
    m, n = sp.symbols("m n", integer=True, positive=True)
    shapes = [
        tuple(
            sp.sympify(size, {"m": m, "n": n}) if isinstance(size, str) else size for size in shape
        )
        for shape in (rows, columns)
    ]
    assert equations.dimensions(*shapes)[:2] == (text, latex)


def test_a_note_stands_after_the_last_side():
    line = chain(A, B).aside(Link("(2×2)", r"\quad (2 \times 2)"))
    assert line == Line(
        "a = b   (2×2)", r"a = b \quad (2 \times 2)", "a", (r"= b \quad (2 \times 2)",)
    )


def test_a_part_that_stands_alone_keeps_its_sign():
    assert equations.parts(Link("-a", "-a"), value(-1.0))[1] == Link("= -1", "= {-1}")
    assert equations.parts(Link("-a", "-a"), value(-1.0))[0].latex == "-a"
