r"""dL = tr(Aᵀ dX) and its kin, Jacobians J_{zp}, and the arguments that TeX takes without braces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd
from graphdiff.files.mathematics.reader import read


def regression():
    g = gd.Graph()
    X, Y = g.input("X", [[0.5, -1.2], [0.7, 0.3], [0.2, 0.4]]), g.input("Y", [[0.1], [0.4], [-0.2]])
    Z = g.node("Z", X @ g.parameter("W", [[0.2], [-0.6]]))
    g.node("L", gd.sum((Z - Y) ** 2) / 2)
    return g


def layer():
    g = gd.Graph()
    z = g.node("z", g.parameter("W", [[0.2, 0.3], [-0.6, 0.1]]) @ g.input("x", [0.5, -1.2]))
    p = g.node("p", gd.tanh(z))
    g.node("L", g.parameter("lam", 0.1) / 2 * gd.sum(p**2))
    return g


RIGHT = (
    r"dL = \mathrm{tr}((Z-Y)^\top dZ)",
    r"dL = \operatorname{tr}\left((Z-Y)^T X\,dW\right)",
    r"dL = \mathrm{tr}(dZ\,(Z-Y)^T)",
    r"dL = \mathrm{tr}(dZ^T (Z-Y))",
    r"dL = \mathrm{tr}(Z^T dZ) - \mathrm{tr}(Y^T dZ)",
    r"dL = \frac12 \mathrm{tr}(2(Z-Y)^T dZ)",
    r"dL = \langle Z-Y, dZ\rangle",
    r"dL = \langle dZ, Z-Y\rangle",
    r"dL = \sum (Z-Y)\odot dZ",
    r"\mathrm{d}L = \mathrm{tr}((Z-Y)^\top \mathrm{d}Z)",
    r"dL/dW = X^T dZ",
    r"dW = X^\top dZ",
    r"J_{ZL} = (Z-Y)^T",
)


@pytest.mark.parametrize("formula", RIGHT)
def test_what_is_right_is_read(formula, tmp_path):
    assert_right(regression(), f"${formula}$", tmp_path)


@pytest.mark.parametrize("formula", [one for one in RIGHT if "Z-Y" in one])
def test_what_is_wrong_is_found(formula, tmp_path):
    wrong = formula.replace("Z-Y", "Z+Y")
    assert verdicts(check(regression(), f"${wrong}$", tmp_path)) == ["wrong"]


@pytest.mark.parametrize("formula", ["dZ = X dW", r"dL = \mathrm{tr}((Z-Y)^T (X\,dW))"])
def test_another_form_is_unread_and_accuses_nobody(formula, tmp_path):
    report = check(regression(), f"${formula}$", tmp_path)
    assert verdicts(report) == ["unread"]
    assert "differentials of arrays" in report.results[0].note


def test_what_is_held_fixed_is_to_be_said(tmp_path):
    g = gd.Graph()
    w = g.parameter("w", 0.8)
    p = g.node("p", w * g.input("x", 0.5))
    g.node("L", p**2 + w**2)
    report = check(g, r"$dL = 2p\,dp + 2w\,dw$", tmp_path)
    assert verdicts(report) == ["unread"] and "p depends on w" in report.results[0].note
    assert_right(g, r"$dp = w\,dx + x\,dw$", tmp_path)


def test_terms_in_the_same_quantity_are_added_up(tmp_path):
    g = gd.Graph()
    p = g.node("p", g.parameter("w", 0.8) * g.input("x", 0.5))
    g.node("L", (p - g.input("y", 1)) ** 2 / 2)
    assert_right(g, r"$dL = p\,dp - y\,dp$", tmp_path)
    assert verdicts(check(g, r"$dL = p\,dp + y\,dp$", tmp_path)) == ["wrong"]


@pytest.mark.parametrize("name", ["J_{zp}", "J_{pz}", "J_{z,p}", r"J_{z \to p}", "J^{zp}"])
def test_names_of_jacobians(name, tmp_path):
    assert_right(layer(), rf"${name} = \mathrm{{diag}}(1 - p^2)$", tmp_path)
    report = check(layer(), rf"${name} = \mathrm{{diag}}(1 + p^2)$", tmp_path)
    assert verdicts(report) == ["wrong"]


@pytest.mark.parametrize(
    "formula",
    [
        r"L = \frac\lambda2 \|p\|^2", r"L = \frac\lambda2\sum_i p_i^2",
        r"L = \frac12\lambda\,p^\top p", r"L = \tfrac\lambda2\lVert p\rVert^2",
    ],
)  # fmt: skip
def test_arguments_without_braces(formula, tmp_path):
    assert_right(layer(), f"${formula}$", tmp_path)
    wrong = check(layer(), f"${formula.replace('2', '3', 1)}$", tmp_path)
    assert not set(verdicts(wrong)) & set(ACCEPTED)


LETTERS = st.sampled_from([r"\lambda", r"\eta", r"\theta", "1", "7", "x"])


@given(LETTERS, st.integers(1, 9), st.integers(0, 99))
def test_a_fraction_has_the_next_two_tokens(above, below, rest):
    """A command, a letter and a digit are one token each, as in TeX."""
    for text, braced in (
        (rf"\frac{above}{below}\,{rest}", rf"\frac{{{above}}}{{{below}}}\,{rest}"),
        (rf"\sqrt{above}\,{rest}", rf"\sqrt{{{above}}}\,{rest}"),
    ):
        if above == "x":
            text = text.replace(f"c{above}", f"c {above}").replace(f"t{above}", f"t {above}")
        one, other = (shape(read(f"L = {form}", "latex")) for form in (text, braced))
        assert one == other, text


def shape(found):
    (statement,) = found.statements
    return without_places(statement.sides[1].tree)


def without_places(tree):
    if isinstance(tree, tuple):
        return tuple(map(without_places, tree))
    fields = [name for name in getattr(tree, "__dataclass_fields__", ()) if name != "span"]
    return (
        (type(tree), *(without_places(getattr(tree, name)) for name in fields)) if fields else tree
    )
