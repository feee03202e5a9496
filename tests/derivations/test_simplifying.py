"""The step of a derivation that shows what cancels, and what has to be known for it."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd


def of(steps, wrt, **leaves):
    """Return the lines of the steps that simplify, by their headings."""
    g = gd.Graph()
    for name, held in leaves.items():
        (g.input if isinstance(held, dict) else g.parameter)(
            name, **(held if isinstance(held, dict) else {"value": held})
        )
    for name, formula in steps.items():
        g.node(name, formula(g))
    found = g.explain(g.output, wrt)
    return {s.heading: s.lines[0].text for s in found.steps if s.heading.startswith("Simplify")}


def softmax(n):
    return gd.softmax(n["z"])


def test_the_most_famous_cancellation():
    steps = {"p": softmax, "L": lambda n: -(n["y"] * gd.log(n["p"])).sum()}
    shown = of(steps, "z", z=[1, 2, 4], y={"value": [0, 1, 0], "one_hot": True})
    assert shown == {
        "Simplify P[z]": "dL/dz = p*(-y/p - p @ (-y/p)) = p - y   (p > 0, sum of y = 1)"
    }


def test_what_is_not_needed_is_not_said():
    steps = {"p": softmax, "L": lambda n: -(n["y"] * gd.log(n["p"])).sum()}
    (line,) = of(steps, "z", z=[1, 2, 4], y={"value": [0, 1, 0]}).values()
    assert line.endswith("= sum(y)*p - y   (p > 0)")
    steps = {"p": softmax, "L": lambda n: -(n["p"] * gd.log(n["p"])).sum()}
    (line,) = of(steps, "z", z=[1, 2, 4]).values()
    assert line.endswith("   (sum of p = 1)")


def test_of_rows():
    steps = {"p": softmax, "L": lambda n: gd.cross_entropy(n["p"], n["y"])}
    (line,) = of(steps, "z", z=[[1, 2], [4, 0]], y={"value": [[0, 1], [1, 0]],
                                                     "rows": "distribution"}).values()  # fmt: skip
    assert line.endswith("= (p - y)/2   (p > 0, sum of each row of y = 1)")


def test_both_sides_of_a_sigmoid():
    steps = {
        "p": lambda n: gd.sigmoid(n["z"]),
        "L": lambda n: gd.binary_cross_entropy(n["p"], n["y"]),
    }
    (line,) = of(steps, "z", z=[1.0, 2, 4], y={"value": [0, 1, 0]}).values()
    assert line.endswith("= (p - y)/3   (p > 0, 1 - p > 0)")


def test_scalars():
    steps = {
        "p": lambda n: gd.sigmoid(n["z"]),
        "L": lambda n: -(n["y"] * gd.log(n["p"]) + (1 - n["y"]) * gd.log(1 - n["p"])),
    }
    ((heading, line),) = of(steps, "z", z=0.5, y={"value": 1}).items()
    assert heading == "Simplify P[z]"
    assert "*p*(1 - p) = p - y   (" in line
    assert "p > 0" in line and "1 - p > 0" in line


def test_a_denominator_of_which_nothing_is_known_must_not_be_0():
    assert not of({"L": lambda n: n["x"] * n["y"]}, "x", x=2, y={"value": 3})
    a = gd.Graph()
    x, q = a.parameter("x", 2), a.input("q", 5)
    r = a.node("r", x * q)
    s = a.node("s", r / q)
    a.node("L", s**2)
    (line,) = (s.lines[0].text for s in a.explain("L", x).steps if "Simplify" in s.heading)
    assert line == "P[x] = (2*s/q)*q = 2*s   (q != 0)"


def test_what_cancels_is_right_and_nothing_is_said_where_nothing_does():
    g = gd.Graph()
    x, w = g.input("x", [1, 2]), g.parameter("W", np.eye(2))
    g.node("L", (g.node("a", gd.tanh(g.node("z", w @ x))) ** 2).sum())
    assert not [s for s in g.explain("L", w).steps if s.heading.startswith("Simplify")]
    symbolic = g.explain("L", w, symbolic=True)
    assert [s.heading for s in symbolic.steps] == [s.heading for s in g.explain("L", w).steps]


@pytest.mark.parametrize("make", ["markdown", "latex"])
def test_it_is_written_everywhere(make):
    g = gd.Graph()
    z, y = g.parameter("z", [1, 2, 4]), g.input("y", [0, 1, 0], one_hot=True)
    g.node("L", -(y * gd.log(g.node("p", gd.softmax(z)))).sum())
    written = getattr(g.explain("L", z), make)()
    assert r"p > 0" in written
    assert r"\sum y = 1" in written
