"""Where the sides of a statement stand: what is cut out of a formula there can be typeset alone."""

import pytest

from graphdiff.drawing.checked.formulas import set_in_type
from graphdiff.files.mathematics.reader import read

SIDES = [
    r"\left.\frac{dy}{dx}\right|_{x=2}",
    r"\left.\begin{matrix}\frac{\partial u}{\partial v}\end{matrix}\right|_{u, v}^{f}",
    r"\frac{dy}{dx}\Big|_{x=2}",
    r"\left(a + b\right)^2",
    r"\left[\frac{1}{2}\right]",
    r"\underbrace{(-0.079)}_{A} \cdot 2",
    r"\begin{bmatrix} 1 & 2 \end{bmatrix}^T",
    r"\sum_{i=1}^{n} x_i",
    r"-\left\| w \right\|^2",
]


@pytest.mark.parametrize("side", SIDES)
def test_a_side_has_all_that_belongs_to_it(side):
    source = f"a = {side} = b"
    (statement,) = read(source, "latex").statements
    written = [source[slice(*each.span)] for each in statement.sides]
    assert written == ["a", side, "b"]
    assert set_in_type(written[1]) is not None
