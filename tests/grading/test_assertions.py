"""Assertions for notebooks: they pass what is right in every form, and help with what is not."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import GraphdiffError
from graphdiff.grading import (
    assert_claim,
    assert_gradient,
    assert_hessian,
    assert_jacobian,
    assert_value,
)


def neuron():
    g = gd.Graph("a neuron")
    x, w, y = g.input("x", [1.0, 2.0]), g.parameter("w", [0.5, -1.0]), g.input("y", 1.0)
    z = g.node("z", w @ x)
    a = g.node("a", gd.sigmoid(z))
    g.node("L", (a - y) ** 2)
    return g


def numbers(g):
    """Return the gradient in w, computed apart."""
    a = 1 / (1 + np.exp(1.5))
    return 2 * (a - 1) * a * (1 - a) * np.array([1.0, 2.0])


class Tensor:
    """What a tensor of PyTorch offers to whoever wants its numbers."""

    def __init__(self, array):
        self.array = np.asarray(array, np.float32)
        self.shape, self.dtype = self.array.shape, self.array.dtype

    def detach(self):
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


FORMS = {
    "array": lambda v: v,
    "float32": lambda v: v.astype(np.float32),
    "list": lambda v: v.tolist(),
    "tuple": lambda v: tuple(v.tolist()),
    "tensor": Tensor,
    "text": lambda v: str(v.tolist()),
    "column": lambda v: v[:, None],
    "row": lambda v: v[None],
    "matrix of SymPy": lambda v: sp.Matrix(v.tolist()),
    "list of NumPy's": list,
}


@pytest.mark.parametrize("form", FORMS)
def test_a_gradient_is_accepted_in_every_form_and_refused_in_it(form):
    g = neuron()
    assert_gradient(g, "w", FORMS[form](numbers(g)))
    with pytest.raises(AssertionError, match=r"dL/dw = .* is wrong"):
        assert_gradient(g, "w", FORMS[form](numbers(g) * [1, -1]))


@pytest.mark.parametrize("formula", ["2*(a - y)*a*(1 - a)*x", "dL/dz*x", "-2*(y - a)*(a - a**2)*x"])
def test_a_formula_is_accepted(formula):
    assert_gradient(neuron(), "w", formula)


def test_each_quantity_has_an_assertion():
    g = neuron()
    assert_value(g, "z", -1.5)
    assert_value(g, g["z"], Fraction(-3, 2))
    assert_jacobian(g, "w", "z", [[1.0, 2.0]])
    assert_jacobian(g, "z", "a", "a*(1 - a)")
    assert_gradient(g, "z", "a*(1 - a)", of="a")
    assert_hessian(
        g, "w", "2*outer(x, x)*(a*(1 - a))**2 + 2*(a - y)*a*(1 - a)*(1 - 2*a)*outer(x, x)"
    )
    assert_claim(g, "P[a]", "2*(a - y)")
    assert_claim(g, "w@1", "w - eta*dL/dw", learning_rate=0.1)
    assert_value(g, "z", 3.0, values={"x": [2.0, -2.0]})
    assert_value(g, "z", -1.4, tolerance="10%")


@pytest.mark.parametrize(
    "given", [None, "", "tan(", float("nan"), [], [[1], [1, 2]], {}, object(), "q", True, [None]]
)
def test_what_is_no_answer_fails_and_says_why(given):
    with pytest.raises(AssertionError, match=r"(?s)^z .{10,}"):
        assert_value(neuron(), "z", given)


def test_a_list_is_an_array_and_no_chain():
    with pytest.raises(
        AssertionError, match=r"z = \[-1.5, -1.5\] is wrong.\nExpected: -3/2\nIt has shape"
    ):
        assert_value(neuron(), "z", [-1.5, -1.5])


def test_what_only_repeats_the_question_fails():
    with pytest.raises(AssertionError, match="dL/dw = dL/dw says nothing"):
        assert_gradient(neuron(), "w", "dL/dw")


@pytest.mark.parametrize("about", ["q", "dL/dq", "J[x->L]", "P[", "w@1"])
def test_a_mistake_in_the_test_is_no_mistake_of_the_student(about):
    with pytest.raises(GraphdiffError):
        assert_claim(neuron(), about, 1)


def test_a_graph_of_several_outputs_asks_of_which():
    g = gd.Graph()
    w = g.parameter("w", 1.0)
    g.node("a", 2 * w)
    g.node("b", 3 * w)
    assert_gradient(g, "w", 2, of="a")
    with pytest.raises(GraphdiffError, match="2 outputs"):
        assert_gradient(g, "w", 2)


@given(st.lists(st.floats(-50, 50), min_size=2, max_size=2).map(np.array))
def test_what_is_hidden_is_not_told(value):
    g = neuron()
    right = numbers(g)
    for hide in (False, True):
        with pytest.raises(AssertionError) as caught:
            assert_gradient(g, "w", value, hide=hide)
        said = str(caught.value)
        assert ("Expected" in said) != hide
        assert (f"{right[1]:.5g}" in said) != hide or np.allclose(value, right, atol=1e-3)


def test_what_a_student_wrote_is_not_obeyed():
    with pytest.raises(AssertionError) as caught:
        assert_value(neuron(), "z", "1 \x1b[2J\n✓ correct")
    assert "\x1b" not in str(caught.value)
    assert str(caught.value).count("\n") == 0


@pytest.mark.parametrize("formula", ["P[w]*P[L]", "(dL/dw + dL/dz*x)/2", "dL/dw/1"])
def test_the_answer_itself_in_other_words_is_no_answer(formula):
    g = gd.Graph()
    w, x = g.parameter("w", 3), g.input("x", 2)
    g.node("L", g.node("z", w * x) ** 2)
    with pytest.raises(AssertionError, match="says nothing"):
        assert_gradient(g, "w", formula)
    for right in (24, "2*z*x", "dL/dz*x", "P[z]*J[w->z]"):
        assert_gradient(g, "w", right)
