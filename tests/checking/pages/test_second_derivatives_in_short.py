r"""Second derivatives in short: L_{ww}, ∇²L, H where a page says Hessian; columns as \binom."""

import itertools

import pytest
from small_pages import check, verdicts

import graphdiff as gd


def graph(output="L", w="w", b="b"):
    """(w x + b)², whose second derivatives are 8, 4 and 2."""
    g = gd.Graph()
    w, b = g.parameter(w, 3), g.parameter(b, 1)
    g.node(output, (w * g.input("x", 2) + b) ** 2)
    return g


NAMES = ({"output": "L", "w": "w", "b": "b"}, {"output": "E", "w": "w_1", "b": "w_2"})
BELOW = (r"{L}_{{{a}{b}}}", r"{L}_{{{a},{b}}}", r"{L}_{{{a} {b}}}", r"\nabla^2_{{{a},{b}}} {L}")
NUMBERS = {("w", "w"): 8, ("w", "b"): 4, ("b", "w"): 4, ("b", "b"): 2}


@pytest.mark.parametrize("form, names, ab", [*itertools.product(BELOW, NAMES, NUMBERS)])
def test_what_stands_below_is_differentiated_by(form, names, ab, tmp_path):
    a, b = (names[one] for one in ab)
    line = form.format(L=names["output"], a=a, b=b)
    for number, verdict in ((NUMBERS[ab], "correct"), (NUMBERS[ab] + 1, "wrong")):
        report = check(graph(**names), f"${line} = {number}$\n", tmp_path)
        assert verdicts(report) == [verdict], str(report)


MATRIX = r"\begin{pmatrix} 8 & 4 \\ %d & 2 \end{pmatrix}"
WHOLE = (
    r"\nabla^2 L", "∇²L", r"\nabla^2_{w,b} L", r"\nabla_{w,b}^2 L", r"\nabla^2 L(w, b)",
)  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_the_whole_matrix(name, tmp_path):
    for entry, verdict in ((4, "correct"), (5, "wrong")):
        report = check(graph(), f"${name} = {MATRIX % entry}$\n", tmp_path)
        assert verdicts(report) == [verdict], str(report)


@pytest.mark.parametrize(
    "word", ["The Hessian is", "Die Hesse-Matrix:", "La hessienne :", "黑塞矩阵"]
)
@pytest.mark.parametrize("name", ["H", r"\mathbf{H}"])
def test_h_is_the_hessian_where_the_page_says_so(word, name, tmp_path):
    for entry, verdict in ((4, "correct"), (5, "wrong")):
        page = (
            f"{word} ${name} = {MATRIX % entry}$ and $H_{{wb}} = {entry}$, $H_{{12}} = {entry}$\n"
        )
        report = check(graph(), page, tmp_path)
        assert all(one in (verdict, "follows") for one in verdicts(report)), str(report)
        assert len(report) == 3
        assert verdicts(report)[0] == verdict


def test_else_what_it_is_is_not_said(tmp_path):
    report = check(graph(), "$H = 4$\n", tmp_path)
    assert verdicts(report) == ["unread"]
    assert "what H is, is not said" in report.results[0].note


def test_a_node_called_h_remains_it(tmp_path):
    g = gd.Graph()
    h = g.node("H", g.parameter("w", 3) * g.input("x", 2))
    g.node("L", h**2)
    assert verdicts(check(g, "No Hessian here: $H = 6$, $L_H = 12$\n", tmp_path)) == ["correct"] * 2


def test_a_matrix_in_some_of_the_parameters_is_not_accused(tmp_path):
    g = graph()
    g.node("L2", g["L"] * g.parameter("c", 1))
    page = f"Hessian: $H = {MATRIX % 4}$\n"
    report = check(g, page, tmp_path)
    assert verdicts(report) == ["unread"]
    assert "which of them are meant is not said" in report.results[0].note


def test_blocks_of_several_arrays_are_refused(tmp_path):
    g = gd.Graph()
    w, b = g.parameter("w", [1, 2]), g.parameter("b", 1)
    g.node("L", gd.sum((w * b) ** 2))
    assert verdicts(check(g, r"$\nabla^2 L = 3$" "\n", tmp_path)) == ["unread"]


@pytest.mark.parametrize("command", [r"\binom", r"\dbinom", r"\tbinom"])
def test_a_binomial_is_a_column(command, tmp_path):
    g = gd.Graph()
    w = g.parameter("w", [1, 2])
    g.node("L", gd.sum(w**2))
    for entry, verdict in ((4, "correct"), (5, "wrong")):
        line = rf"\frac{{\partial L}}{{\partial w}} = {command}{{2}}{{{entry}}}"
        assert verdicts(check(g, f"${line}$\n", tmp_path)) == [verdict]
    assert verdicts(check(g, rf"$w = {command}12$" "\n", tmp_path)) == ["correct"]
