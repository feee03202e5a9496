"""Edges on pages: ``J[h->o]`` in text and formulas, and tables of local Jacobians edge by edge."""

import pytest
from small_pages import assert_right, check

import graphdiff as gd

EDGES = ["{j} → {i}", "{j} -> {i}", "${j} \\to {i}$", "J[{j}->{i}]", "`J[{j}->{i}]`", "({j}, {i})",
         "$J_{{{j} \\to {i}}}$"]  # fmt: skip
TITLES = ["local Jacobian", "J", "∂", "partial derivative"]
LOCAL = {("v", "o"): ("h", 0.5890), ("h", "o"): ("v", 0.7), ("n", "h"): ("h(1-h)", 0.2421)}


def unit():
    g = gd.Graph()
    n = g.node("n", g.parameter("w", 0.6) * g.input("x", 0.6))
    h = g.node("h", gd.sigmoid(n))
    o = g.node("o", g.parameter("v", 0.7) * h)
    g.node("E", (g.input("t", 1) - o) ** 2 / 2)
    return g


def table(edge, title, of):
    rows = [
        f"| {edge.format(j=j, i=i)} | ${said}$ | {number} |"
        for (j, i), (said, number) in of.items()
    ]
    return "\n".join([f"| edge | {title} | value |", "|---|---|---|", *rows, ""])


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("title", TITLES)
def test_a_row_of_an_edge_is_about_its_local_jacobian(edge, title, tmp_path):
    report = assert_right(unit(), table(edge, title, LOCAL), tmp_path)
    named = {result.target for result in report}
    assert {result.verdict for result in report} == {"correct"}
    assert named <= {"J[v->o]", "J[h->o]", "J[n->h]", "do/dv", "do/dh", "dh/dn"}
    assert len(report) == 6


@pytest.mark.parametrize("edge", EDGES)
def test_the_value_of_a_node_is_no_local_jacobian(edge, tmp_path):
    report = check(unit(), table(edge, "local Jacobian", {("h", "o"): ("h", 0.5890)}), tmp_path)
    assert {result.verdict for result in report} == {"wrong"}, str(report)


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        ("J[v->o] = 0.5890\nP[h] = -0.4114\n", "txt"),
        ("so J[v->o] = 0.5890 and then P[h] = -0.4114\n", "txt"),
        ("- J[v->o] = 0.5890\n- P[h] = -0.4114\n", "md"),
        ("- `J[v->o] = 0.5890`\n- `P[h] = -0.4114`\n", "md"),
        ("```\nJ[v->o] = 0.5890\nP[h] = -0.4114\n```\n", "md"),
        ("$J[v \\to o] = 0.5890$, $P[h] = -0.4114$\n", "md"),
    ],
)
def test_names_of_claims_are_read_on_pages(page, kind, tmp_path):
    report = assert_right(unit(), page, tmp_path, kind)
    assert [result.target for result in report] == ["J[v->o]", "dE/dh"] or [
        result.target for result in report
    ] == ["J[v->o]", "P[h]"]
    wrong = check(unit(), page.replace("0.5890", "0.7"), tmp_path, kind)
    assert next(iter(wrong)).verdict == "wrong"


@pytest.mark.parametrize("line", ["do/dv = h", "do/dh = v", "J[h->o] = v", "- dE/do = q"])
def test_a_derivative_that_is_a_name_is_read_on_a_line_of_its_own(line, tmp_path):
    report = check(unit(), line + "\n", tmp_path, "txt")
    assert [one.verdict for one in report] == ["unread" if "q" in line else "correct"], str(report)


def test_arrows_between_other_things_are_no_edges(tmp_path):
    page = "| change | value |\n|---|---|\n| x → E | 3 |\n| A → B | 0.5 |\n"
    assert not len(check(unit(), page, tmp_path))
