"""Sums over what they do not say, and entries of a matrix by small letters: Σ r_i x_i1."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd


def regression(data):
    g = gd.Graph()
    x, y = g.input("X", data), g.input("y", np.arange(len(data)) / 2)
    w, b = g.parameter("w", [0.3, -0.2]), g.parameter("b", 0.1)
    r = g.node("r", x @ w + b - y)
    g.node("L", gd.sum(r**2) / (2 * len(data)))
    return g


def verdict(graph, formula, folder):
    path = folder / "page.md"
    path.write_text(formula, encoding="utf-8")
    (result,) = graph.check_file(path)
    return result.verdict


FORMS = [
    r"$\frac{\partial L}{\partial w_%s} = \frac1{%s}\sum%s r_%s %s_{%s%s}$",
    "dL/dw_%s = 1/%s * sum%s r_%s %s_%s%s",
    "∂L/∂w_%s = 1/%s Σ%s r_%s %s_%s%s",
]


@settings(max_examples=40)
@given(
    many=st.integers(2, 4),
    of=st.sampled_from("12j"),
    claimed=st.sampled_from("12"),
    form=st.sampled_from(FORMS),
    index=st.sampled_from("ikn"),
    letter=st.sampled_from("xX"),
    says=st.booleans(),
)
def test_a_sum_is_over_the_index_that_is_open(
    many, of, claimed, form, index, letter, says, tmp_path_factory
):
    data = np.random.default_rng(many).normal(size=(many, 2)).round(2).tolist()
    second = "j" if of == "j" else claimed
    line = form % (of, many, f"_{index}" if says else "", index, letter, index, second)
    found = verdict(regression(data), line, tmp_path_factory.mktemp("page"))
    assert found == ("correct" if of == second else "wrong"), line


@pytest.mark.parametrize("formula", [
    r"$\frac{\partial L}{\partial b} = \frac13\sum r_i$", "dL/db = 1/3 Σ r_i",
    r"$L = \frac16 \sum r_i^2$", r"$r_i = \sum x_{ij} w_j + b - y_i$",
])  # fmt: skip
def test_bare_sums_are_no_open_statements(formula, tmp_path):
    data = [[1.0, 2], [3, -1], [0.5, 2]]
    assert verdict(regression(data), formula, tmp_path) == "correct"
