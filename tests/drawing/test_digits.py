"""Formulas that differ in their digits are typeset once, and look as if each had been."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.drawing import typeset
from graphdiff.drawing.digits import canonical

number = st.from_regex(r"[0-9]{1,4}(\.[0-9]{1,4})?", fullmatch=True)
index = st.from_regex(r"[1-9][0-9]{0,2}", fullmatch=True)

LINES = (
    "u^{%i}", "P^{%i} = %n", r"\approx {-%n}", r"J^{%i\to %i} = w_{%i} \cos{\left(w_{%i} x_{%i} \right)}",
    r"z_{%i,%i} = \sum_{k=1}^{%n} w_{%i,k} x_{k}", r"\frac{\partial L_{%i}}{\partial w_{%i}} = %n",
    r"x_{%i}^{%i} + %n", r"a^{x_{%i}} y", r"\sqrt{%n} + x_{%i}", r"\bar{w_{%i}} b", r"%n \times 10^{-%i}",
    r"\text{%i nodes} \in \mathbb{R}^{%i}", r"\begin{bmatrix} %n & %n \\ %n & %n \end{bmatrix}",
    r"P \approx \begin{bmatrix} %n \\ -%n \\ %n \end{bmatrix}", r"W_{%i} = \begin{bmatrix} -%n & %n & -%n \end{bmatrix} x",
    r"\begin{bmatrix} %n \\ %n \times 10^{-%i} \\ 1 \end{bmatrix}", r"A = \begin{bmatrix} %n & x_{%i} \\ %n & \cdots \end{bmatrix}",
    r"\max_{%i} x + %n", r"\mathbf{1}_{%i}", r"w_{%i}^{2} {x_{%i}}^{%i}",
)  # fmt: skip


@pytest.mark.parametrize("line", LINES)
@given(data=st.data())
def test_it_is_as_if_it_had_been_set_itself(line, data):
    latex = line
    while "%" in latex:
        at = latex.index("%")
        drawn = data.draw(index if latex[at + 1] == "i" else number)
        latex = latex[:at] + drawn + latex[at + 2 :]
    found, alone = typeset.at_base_size(latex), typeset.set_alone(typeset.spaced(latex))
    assert [mark.glyph for mark in found.marks] == [mark.glyph for mark in alone.marks]
    for one, other in zip(found.marks, alone.marks, strict=True):
        assert abs(one.x - other.x) < 0.02
        assert abs(one.y - other.y) < 0.8  # an 8 reaches below the line
        assert one.scale == other.scale
    assert abs(found.width - alone.width) < 0.02


def test_alike_formulas_are_typeset_once(monkeypatch):
    asked, set_alone = [], typeset.set_alone
    monkeypatch.setattr(typeset, "set_alone", lambda latex: asked.append(latex) or set_alone(latex))
    for k in range(100, 150):
        typeset.at_base_size(rf"\xi_{{{k}}} = \tanh{{\left({k / 7:.4f} \xi_{{{k - 10}}}\right)}}")
    assert len(set(asked)) == 2  # with one digit before the point, and with two


def test_matrices_of_numbers_are_typeset_once_for_each_size(monkeypatch):
    asked, set_alone = [], typeset.set_alone
    monkeypatch.setattr(typeset, "set_alone", lambda latex: asked.append(latex) or set_alone(latex))
    for k in range(100, 150):
        rows = r" \\ ".join(rf"{n / k:.4f} & -{n * k}" for n in range(1, 2 + k % 3))
        typeset.at_base_size(rf"\xi \approx \begin{{bmatrix}} {rows} \end{{bmatrix}}")
    matrices = [latex for latex in asked if "matrix" in latex]
    assert len(set(matrices)) == 3


@given(st.text("0123456789 x_{}^+", max_size=40))
def test_no_part_of_the_canonical_digits_is_repeated_at_once(latex):
    template, own = canonical(latex)
    assert len(template) == len(latex)
    digits = [c for c in template if c.isdigit()]
    assert len(digits) == len(own)
    for size in range(1, len(digits) // 2 + 1):
        for at in range(len(digits) - 2 * size + 1):
            assert digits[at : at + size] != digits[at + size : at + 2 * size]
