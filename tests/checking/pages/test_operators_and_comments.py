"""Derivatives with an operator in lines of text, and values beside names in comments."""

import pytest
from small_pages import check, verdicts

import graphdiff as gd

NAMES = ["u", "a", "w", "e", "s", "m"]
"""Letters of which dL/du, dL/da and so on have words of prose in them, and others."""


def graph(name="u"):
    g = gd.Graph()
    w, x = g.parameter("v", 3), g.input("x", 2)
    u = g.node(name, w * x)
    g.node("L", u**2)
    return g


@pytest.mark.parametrize("form", ["d/dv {n}", "d/dv({n})", "d/dv ({n})", "∂/∂v {n}", "∂/∂v [{n}]"])
@pytest.mark.parametrize("name", NAMES)
def test_an_operator_may_begin_a_line(form, name, tmp_path):
    line = form.format(n=name)
    for formula, verdict in (("x", "correct"), ("v", "wrong")):
        assert verdicts(check(graph(name), f"{line} = {formula}\n", tmp_path, "txt")) == [verdict]


@pytest.mark.parametrize("line, kind", [
    ("# dL/d{n}: {v}", "py"), ("x = 2\n# dL/d{n}: {v}", "py"), ("{n} = v*x  # {n}: 6\n# dL/d{n}: {v}", "py"),
    ("- dL/d{n}: {v}", "md"), ("dL/d{n}: {v}", "txt"), ("∂L/∂{n}: {v}", "txt"),
])  # fmt: skip
@pytest.mark.parametrize("name", NAMES)
def test_a_value_behind_a_colon(line, kind, name, tmp_path):
    for value, verdict in ((12, "correct"), (13, "wrong")):
        report = check(graph(name), line.format(n=name, v=value) + "\n", tmp_path, kind)
        assert verdicts(report)[-1] == verdict
        assert report.results[-1].target == f"dL/d{name}"


@pytest.mark.parametrize("text", ["# note: 5", "x = 2  # shape: 3", "# step 1: 0.5", "# took: 0.5"])
def test_other_words_are_no_quantities(text, tmp_path):
    assert all(one == "correct" for one in verdicts(check(graph(), text + "\n", tmp_path, "py")))


def test_the_derivative_of_a_product_of_nodes_is_no_repetition(tmp_path):
    g = gd.Graph()
    w, u = g.parameter("w", 3), g.parameter("u", 2)
    g.node("L", (w * u) ** 2)
    for right, wrong in (("u", "w"),):
        page = r"$\frac{d}{dw}(wu) = %s$"
        assert verdicts(check(g, page % right, tmp_path)) == ["correct"]
        assert verdicts(check(g, page % wrong, tmp_path)) == ["wrong"]
