"""What parameters are after steps of descent, under the names that pages give them."""

import math

import pytest
from small_pages import ACCEPTED, assert_right, check, verdicts

import graphdiff as gd

RATE = "$\\eta = 0.1$"

SURE = [
    "{w}^{{new}}", "{w}^{{neu}}", "{w}^{{+}}", "{w}'", "{w}^{{\\text{{neu}}}}", "{w}^{{(neu)}}",
    "{w}^{{(t+1)}}", "\\text{{neues }} {w}",
]  # fmt: skip
"""Names that are those of new values."""

LIKELY = ["\\hat {w}", "\\tilde {w}", "{w}^*", "{w}^{{(1)}}"]
"""Names that are, if their number is."""

ARROWS = ["{w} \\leftarrow", "{w} :=", "{w} \\to", "{w} = {old} \\to"]


def one():
    g = gd.Graph("one neuron")
    x, y = g.input("x", 2), g.input("y", 1)
    z = g.node("z", g.parameter("w", 0.5) * x + g.parameter("b", -0.5))
    g.node("L", (g.node("p", gd.sigmoid(z)) - y) ** 2 / 2)
    return g


def two():
    g = gd.Graph("two weights")
    h = g.node("h", gd.sigmoid(g.parameter("w1", 0.5) * g.input("x", 1)))
    g.node("L", (g.parameter("w2", -1.25) * h - g.input("y", 0.25)) ** 2)
    return g


def arrays():
    g = gd.Graph("arrays")
    z = g.node("z", g.parameter("W", [[0.5, -0.5], [0.25, 1]]) @ g.input("x", [1, 2]))
    g.node("L", gd.sum((gd.sigmoid(z) - g.input("y", [1, 0])) ** 2))
    return g


def after(g, name, steps=1):
    """Return the value of a parameter after steps with the rate 0.1."""
    for _ in range(steps):
        g = g.step(g.backward(g.output), 0.1).graph
    return g.forward().value[name]


CASES = [(one, "w", "w"), (one, "b", "b"), (two, "w1", "w_1"), (two, "w2", "w_2")]


@pytest.mark.parametrize(("graph", "name", "written"), CASES)
def test_new_values_are_right_and_wrong_ones_are_not(graph, name, written, tmp_path):
    g = graph()
    new, old = round(float(after(g, name)), 4), float(g.forward().value[name])
    for form in (*SURE, *LIKELY, *ARROWS):
        left = form.format(w=written, old=old)
        sign = "" if form in ARROWS else " ="
        assert_right(g, f"{RATE}\n\n${left}{sign} {new}$", tmp_path)
        found = check(g, f"{RATE}\n\n${left}{sign} {round(new + 0.0123, 4)}$", tmp_path)
        told = "unread" if form in LIKELY else "wrong"
        assert verdicts(found)[-1] == told, (left, str(found))


@pytest.mark.parametrize("written", ["w_1", "w^{(1)}", "w_2", "w^{(2)}", "w''", "w(2)", "w_3"])
def test_an_index_counts_steps_of_the_only_weight(written, tmp_path):
    g = one()
    steps = int(next((sign for sign in written if sign.isdecimal()), "2"))
    new = round(float(after(g, "w", steps)), 4)
    assert_right(g, f"{RATE}\n\n${written} = {new}$", tmp_path)
    report = check(g, f"{RATE}\n\n${written} = 0.777$", tmp_path)
    assert verdicts(report) == ["unread"]
    assert "after steps is not known" in str(report)


def test_a_node_of_that_name_is_meant(tmp_path):
    assert_right(two(), "$w_2 = -1.25$", tmp_path)
    assert verdicts(check(two(), f"{RATE}\n\n$w_2 = -1.35$", tmp_path)) == ["wrong"]


@pytest.mark.parametrize("left", ["W^{neu}", "W'", "\\hat W", "W^{(t+1)}", "W \\leftarrow", "W :="])
def test_arrays(left, tmp_path):
    g = arrays()
    new = [[round(float(entry), 4) for entry in row] for row in after(g, "W")]
    sign = "" if left[-1] in "w=" else " ="
    assert_right(g, f"{RATE}\n\n${left}{sign} {new}$", tmp_path)
    assert_right(
        g, f"{RATE}\n\n$W_{{21}}^{{neu}} = {new[1][0]}$, $w_{{21}}' = {new[1][0]}$", tmp_path
    )
    new[1][0] += 0.01
    found = verdicts(check(g, f"{RATE}\n\n${left}{sign} {new}$", tmp_path))
    assert found[-1] not in ACCEPTED


@pytest.mark.parametrize("form", SURE)
def test_tables(form, tmp_path):
    new = round(float(after(one(), "w")), 4)
    rows = f"| $\\frac{{dL}}{{dw}}$ | -0.1774 |\n| ${form.format(w='w')}$ | {new} |\n"
    table = f"{RATE}\n\n| quantity | value |\n|---|---|\n{rows}"
    report = assert_right(one(), table, tmp_path)
    assert [result.target for result in report] == ["dL/dw", "w@1"]
    assert verdicts(check(one(), table.replace(str(new), "0.6123"), tmp_path)) == [
        "correct",
        "wrong",
    ]


def test_a_change_of_which_nothing_is_said_accuses_nobody(tmp_path):
    report = check(one(), f"{RATE}\n\n$0.5 \\to 0.5177$", tmp_path)
    assert verdicts(report) == ["unread"]


def test_numbers_that_are_not_those_of_a_node_are_arithmetic(tmp_path):
    assert_right(one(), f"{RATE}\n\n$0.5 - 0.1 \\cdot (-0.177) = 0.5177$", tmp_path)


NEW_VALUES = [
    "{n}_{{new}}", "{n}_{{neu}}", "{n}^{{new}}", "{n}^{{+}}", "{n}_{{\\text{{updated}}}}",
]  # fmt: skip


@pytest.mark.parametrize("form", NEW_VALUES)
@pytest.mark.parametrize("between", ["", "$z = {z}$\n\n"])
def test_computed_nodes_have_new_values_too(form, between, tmp_path):
    """Also where the page goes on with the new values under their old names."""
    g = one()
    w, b = (float(after(g, name)) for name in ("w", "b"))
    z = w * 2 + b
    loss = (1 / (1 + math.exp(-z)) - 1) ** 2 / 2
    steps = f"$w_{{new}} = {w:.6f}$, $b_{{new}} = {b:.6f}$\n\n"
    name = form.format(n="z"), form.format(n="L")
    start = f"{RATE}\n\n{steps}{between.format(z=round(z, 5))}${name[0]} = "
    assert_right(
        g, f"{start}w_{{new}} x + b_{{new}} = {z:.5f}$\n\n${name[1]} = {loss:.5f}$", tmp_path
    )
    assert verdicts(check(g, f"{start}{z + 0.1:.5f}$", tmp_path))[-1] == "wrong"


def test_a_prime_or_the_time_is_no_new_value_of_a_computed_node(tmp_path):
    page = f"{RATE}\n\n$w_{{new}} = 0.5177$\n\n$z' = 0.1$, $z_{{t+1}} = 0.2$"
    found = verdicts(check(one(), page, tmp_path))
    assert found[1:] == ["unread"] * 2
