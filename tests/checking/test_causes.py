"""What follows from a mistake names where that was made, in files of claims and on pages of any kind."""

import json

import pytest

import graphdiff as gd
from graphdiff import checking
from graphdiff.files import formats
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded

WRONG = {"z": 1.1, "a": 0.78, "L": 0.0484, "dL/da": -0.44, "dL/dz": -0.0755, "dL/dw": -0.11325}
FIRST = "it follows from a = 0.78"


def neuron():
    g = gd.Graph("neuron")
    x, y = g.input("x", 1.5), g.input("y", 1)
    w, b = g.parameter("w", 0.4), g.parameter("b", 0.5)
    a = g.node("a", gd.sigmoid(g.node("z", w * x + b)))
    g.node("L", (a - y) ** 2)
    return g


def notebook(*cells):
    made = [{"cell_type": "markdown", "metadata": {}, "source": list(cell)} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


LINES = [f"$ {name} = {value} $" for name, value in WRONG.items()]
PAGES = {
    "page.md": ("\n\n".join(["# Homework", *LINES]), FIRST + " in line 5"),
    "page.txt": ("\n".join(f"{name} = {value}" for name, value in WRONG.items()), f"{FIRST} in line 2"),
    "page.ipynb": (
        notebook(["a title"], ["text\n", LINES[0] + "\n", "\n", LINES[1]], LINES[2:3], LINES[3:4],
                 [LINES[4] + "\n", "\n", LINES[5]]),
        FIRST + " in line 4 of cell 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_on_a_page(tmp_path, name):
    text, said = PAGES[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    results = neuron().check_file(tmp_path / name).results
    by_target = {result.target: result for result in results}
    for target in ("L", "dL/da", "dL/dz", "dL/dw"):
        found = by_target[target]
        assert (found.verdict, found.note) == ("follows", said), target
        cause = by_target["a"]
        assert (found.follows, found.follows_cell) == (cause.line, cause.cell)
        assert type(found).from_json(found.to_json()) == found


def test_in_claims():
    report = neuron().check(WRONG)
    assert [result.note for result in report.results[2:]] == [FIRST] * 4
    assert [result.follows for result in report.results[2:]] == [2] * 4


def test_in_the_second_of_several_cases():
    source = """
[parameters]
w = 3
[nodes]
z = "2*w"
L = "z**2"
[[cases]]
values = {w = 1}
claims = {z = 2, L = 4}
[[cases]]
values = {w = 2}
claims = {z = 5, L = 25}
"""
    g = gd.Graph()
    sheet = formats.from_text(source, g, None, is_json=False).worksheet
    last = checking.check(g, sheet, {}).results[-1]
    assert (last.verdict, last.follows, last.note) == ("follows", 3, "it follows from z = 5")


def test_a_line_of_another_cell_is_not_the_cause():
    """The leaf x has another value in the same line of another cell; what follows is credited."""
    assignment = assignment_of(
        """
[inputs]
x = 1.5
[parameters]
w = 0.4
[nodes]
z = "w*x"
L = "z**2"
[grading.required]
L = 1
"""
    )
    text = notebook(["text\n", "$x = 2.5$"], ["text\n", "$z = 0.7$"], ["$L = 0.49$"])
    (mark,) = graded(assignment, "ada", "a.ipynb", text).marks
    assert (mark.verdict, float(mark.earned)) == ("follows", 0.5)
