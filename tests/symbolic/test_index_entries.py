"""Local Jacobians entry by entry, as explicit formulas."""

from __future__ import annotations

import pytest
import sympy as sp
from index_cases import array, jacobian, node_of

import graphdiff as gd
from graphdiff.errors import DerivationError
from graphdiff.symbolic.index_notation import as_latex, as_text, entries


def test_entries_are_explicit_formulas():
    node = node_of(lambda W, x: W @ x, (2, 2), (2,), names="Wx")
    W, x = array("W"), array("x")
    by_W = sp.Matrix([[x[0], x[1], 0, 0], [0, 0, x[0], x[1]]])
    assert entries(node.function, 0, "Wx") == by_W
    assert entries(node.function, 1, "Wx") == sp.Matrix([[W[0, 0], W[0, 1]], [W[1, 0], W[1, 1]]])
    assert as_text(by_W[0]) == "x[0]"
    assert as_latex(W[0, 1] ** 2) == "W_{0,\\, 1}^{2}"


def test_entries_keep_the_functions_names():
    node = node_of(gd.sigmoid, (2,), names="z")
    s = [gd.sigmoid.function.symbolic(array("z")[k]) for k in range(2)]
    assert entries(node.function, 0, "z") == sp.diag(*(a * (1 - a) for a in s))
    node = node_of(abs, (), names="z")
    assert as_text(entries(node.function, 0, "z")[0]) == "sign(z)"


def test_entries_count_each_slot_by_itself():
    node = node_of(lambda x: x * x, (2,), names="x")
    assert entries(node.function, 0, ["x", "x"]) == sp.Matrix(
        [[array("x")[0], 0], [0, array("x")[1]]]
    )


@pytest.mark.parametrize(
    ("build", "shapes", "message"),
    [
        (lambda a: a * a, [(21,)], "21 × 21, more than the 400 entries"),
        (lambda a: 2 * a, [("n",)], "some are letters"),
        (gd.det, [(5, 5)], "at most 4 rows"),
        (lambda a, b: a.sum() * b, [(60, 60), ()], "shape \\(60, 60\\), more than 2000"),
        (lambda a, b: (a @ a).sum() * b, [(40, 40), ()], "64000 products"),
    ],
)
def test_what_is_too_large_to_write_out(build, shapes, message):
    node = node_of(build, *shapes, values=False)
    with pytest.raises(DerivationError, match=message):
        entries(node.function, node.function.arity - 1, ["a", "b"])


def test_formulas_that_swell_are_refused_in_time():
    def tower(a):
        for _ in range(12):
            a = gd.sin(a @ a)
        return a

    node = node_of(tower, (3, 3))
    with pytest.raises(DerivationError, match="parts; take smaller shapes"):
        entries(node.function, 0, ["a"])
    with pytest.raises(DerivationError, match="split"):
        jacobian(node, "a")
