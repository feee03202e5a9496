"""What follows from a wrong derivative between two nodes with several paths between them."""

import pytest

import graphdiff as gd


def swish():
    g = gd.Graph()
    x, w = g.input("x", 0.7), g.parameter("w", 1.5)
    u = g.node("u", w * x)
    a = g.node("a", u * g.node("s", gd.sigmoid(u)))
    return g, g.node("f", gd.log(1 + a**2))


def beside_another_path():
    """The node u reaches f over a, by two paths, and beside it."""
    g = gd.Graph()
    u = g.parameter("u", 2)
    a = g.node("a", u * g.node("s", u**2))
    return g, g.node("f", a**2 + 3 * u)


def test_a_number_follows_from_a_term_left_out_and_from_two_mistakes():
    g, _ = swish()
    da, whole = "s*(1 - s)", "df/da*da/du*du/dw"
    report = g.check({"da/du": [da, 0.192], "df/du": "0.969*0.192", "df/dw": [whole, 0.130]})
    assert [r.verdict for r in report] == ["wrong", "follows", "follows", "correct", "follows"]
    twice = g.check({"df/da": 0.623, "da/du": 0.202, "df/dw": ["0.623*0.202*0.7", 0.088]})
    assert [r.verdict for r in twice] == ["wrong", "wrong", "follows", "follows"]


@pytest.mark.parametrize("slope", [4, 7, -20])
def test_only_the_paths_over_that_node_change(slope):
    g, _ = beside_another_path()
    report = g.check({"da/du": slope, "df/du": 2 * 8 * slope + 3})
    assert [r.verdict for r in report] == ["wrong", "follows"]
    assert [r.verdict for r in g.check({"da/du": slope, "df/du": 2 * 8 * slope})][1] == "wrong"


def test_a_right_one_changes_nothing():
    g, _ = beside_another_path()
    assert g.check({"da/du": 12, "df/du": 195}).ok
    assert not g.check({"da/du": 12, "df/du": 194}).ok


def test_of_arrays():
    g = gd.Graph()
    x = g.parameter("x", [1.0, 2.0])
    a = g.node("a", x * g.node("s", x**2))
    f = g.node("f", (a * [1, 3]).sum())
    assert f.shape == ()
    report = g.check({"da/dx": [[1, 0], [0, 4]], "df/dx": [1, 12]})
    assert [r.verdict for r in report] == ["wrong", "follows"]
