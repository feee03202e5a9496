"""Second derivatives in all their forms: in lines of text, in LaTeX, and one after the other."""

import itertools

import pytest
from small_pages import check
from small_pages import verdicts as verdicts_of

import graphdiff as gd

TEXT = (
    "d2{L}/d{a}d{b}", "d2{L}/d{a} d{b}", "d2{L}/(d{a}*d{b})", "d²{L}/d{a}d{b}",
    "d^2{L}/d{a}d{b}", "d^2{L}/d{a} d{b}", "∂²{L}/∂{a}∂{b}", "∂²{L}/∂{a} ∂{b}", "∂^2{L}/∂{a}∂{b}",
    "d/d{a} (d{L}/d{b})", "d/d{a}(d{L}/d{b})", "∂/∂{a}(∂{L}/∂{b})",
)  # fmt: skip
SAME = (
    "d2{L}/d{a}2", "d²{L}/d{a}²", "d^2{L}/d{a}^2", "∂²{L}/∂{a}²", "∂^2{L}/∂{a}^2",
)  # fmt: skip
LATEX = (
    r"\frac{{\partial^2 {L}}}{{\partial {a}\,\partial {b}}}", r"\frac{{d^2 {L}}}{{d{a}\,d{b}}}",
    r"\frac{{\partial}}{{\partial {a}}}\frac{{\partial {L}}}{{\partial {b}}}",
    r"\frac{{\partial}}{{\partial {a}}}\left(\frac{{\partial {L}}}{{\partial {b}}}\right)",
    r"\frac{{d}}{{d{a}}}\left[\frac{{d{L}}}{{d{b}}}\right]", r"\partial^2 {L}/\partial {a}\partial {b}",
    "d^2{L}/d{a}d{b}", "d2{L}/d{a}d{b}",
)  # fmt: skip
NAMES = ({}, {"output": "E", "w": "u", "b": "v"}, {"w": "w_1", "b": "w_2"})
FORMS = [*TEXT, *(f"${form}$" for form in LATEX)]


def graph(output="L", w="w", b="b"):
    """(w x + b)², whose second derivatives are 8, 4 and 2."""
    g = gd.Graph()
    w, b = g.parameter(w, 3), g.parameter(b, 1)
    g.node(output, (w * g.input("x", 2) + b) ** 2)
    return g


def verdicts(line, tmp_path, **names):
    return verdicts_of(check(graph(**names), line, tmp_path))


@pytest.mark.parametrize(
    ("form", "names"),
    [*itertools.product(FORMS, NAMES)],
)
def test_mixed(form, names, tmp_path):
    of = {"output": "L", "w": "w", "b": "b"} | names
    line = form.format(L=of["output"], a=of["w"], b=of["b"])
    for number, verdict in ((4, "correct"), (5, "wrong")):
        said = f"{line[:-1]} = {number}$" if "$" in line else f"{line} = {number}"
        assert verdicts(said, tmp_path, **names) == [verdict], said


@pytest.mark.parametrize(
    ("form", "names"),
    [*itertools.product(SAME, NAMES[:2]), *itertools.product(SAME[1:], NAMES[2:])],
)
def test_twice_in_one(form, names, tmp_path):
    of = {"output": "L", "w": "w", "b": "b"} | names
    line = form.format(L=of["output"], a=of["w"])
    for number, verdict in ((8, "correct"), (6, "wrong")):
        said = f"{line} = {number}"
        assert verdicts(said, tmp_path, **names) == [verdict], said


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        (r"\frac{\partial}{\partial b}\frac{\partial L}{\partial w} = 2x", "correct"),
        (r"\frac{\partial}{\partial b}\frac{\partial L}{\partial w} = 0", "wrong"),
        (r"\frac{\partial}{\partial b}\left(\frac{\partial L}{\partial w}"
         r" + \frac{\partial L}{\partial b}\right) = 6", "correct"),
        (r"\frac{\partial}{\partial b}\left(3\frac{\partial L}{\partial w}\right) = 12", "correct"),
        (r"\frac{\partial}{\partial b}\left(w\frac{\partial L}{\partial w}\right) = 12", "correct"),
        (r"\frac{\partial}{\partial w}\left(w\frac{\partial L}{\partial w}\right) = 52", "correct"),
        (r"\frac{\partial}{\partial b} 2(wx + b)x = 2x", "correct"),
        (r"\frac{\partial}{\partial b} 2(wx + b)x = 0", "wrong"),
    ],
)  # fmt: skip
def test_a_derivative_changes_with_what_it_depends_on(line, verdict, tmp_path):
    assert verdicts(f"${line}$", tmp_path) == [verdict]


def test_what_a_third_derivative_is_is_not_guessed(tmp_path):
    line = r"$\frac{\partial}{\partial b}\frac{\partial^2 L}{\partial w\,\partial b} = 0$"
    assert set(verdicts(line, tmp_path)) <= {"unread"}


def test_what_is_computed_changes_with_what_it_depends_on(tmp_path):
    g = gd.Graph()
    w, x, y = g.parameter("w", 3), g.input("x", 2), g.input("y", 1)
    z = g.node("z", w * x)
    g.node("L", (z - y) ** 2)
    for number, verdict in ((20, "correct"), (0, "wrong"), (7, "wrong")):
        line = rf"$\frac{{d}}{{dw}}\left((z - y)^2 + 1\right) = {number}$"
        assert verdicts_of(check(g, line, tmp_path)) == [verdict]
