"""A page that is graded has no values of its own: the assignment's count."""

from graphdiff.checking.judge import Options
from graphdiff.checking.pages.check import check_page
from graphdiff.workbench import Graph

PAGE = """
# Exercise
x = 0, w = 3

$z = w x = 0$ and $dL/dw = 2 z x = 0$
"""


def test_values_of_a_page_are_not_taken():
    g = Graph()
    z = g.node("z", g.parameter("w", 3) * g.input("x", 2))
    g.node("L", z**2)
    report = check_page(g, PAGE, ".md", {}, options=Options(), own_values=False)
    numbers = [result for result in report if result.claimed == "0"]
    assert [(result.target, result.verdict) for result in numbers] == [
        ("x", "wrong"), ("z", "follows"), ("dL/dw", "follows"),
    ]  # fmt: skip


def test_entries_on_a_page_are_named():
    g = Graph()
    x = g.input("x", [1, 2])
    g.node("L", (x**2).sum())
    report = check_page(g, r"$\frac{\partial L}{\partial x_2} = 4$", ".md", {}, options=Options())
    assert [(result.target, result.verdict) for result in report] == [("dL/dx[1]", "correct")]
