"""A page that is graded has no values of its own: the assignment's count."""

import time

import graphdiff as gd
from graphdiff.checking.judge import Options
from graphdiff.checking.pages.check import check_page
from graphdiff.checking.pages.verdicts import ChainJudge
from graphdiff.checking.targets import Target
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


def test_a_function_that_is_not_known_is_no_answer_and_costs_the_others_nothing(tmp_path):
    (tmp_path / "hw.toml").write_text(
        '[inputs]\nx = 0.5\ny = 1\n[parameters]\nw = 0.8\n[nodes]\np = "w*x"\nL = "(p - y)^2"\n'
        '[grading]\nrequired = ["L", "dL/dp"]\n',
        "utf-8",
    )
    program = "L = criterion(p, y)\n{}dL_dp = 2*(p - y)\n"
    for name, line in (("a", ""), ("b", "L = 0.36\n")):
        (tmp_path / f"{name}.py").write_text(program.format(line), "utf-8")
    book = gd.grading.grade(tmp_path / "hw.toml", [tmp_path / "a.py", tmp_path / "b.py"])
    verdicts = [[mark.verdict for mark in one.marks] for one in book.graded]
    assert verdicts == [["missing", "correct"], ["correct", "correct"]]
    assert "'criterion' is not known" in book.graded[0].marks[0].note
    assert [one.exit_code for one in book.graded] == [1, 0]


def test_what_is_asked_for_is_judged_though_time_is_short(monkeypatch):
    """Each line takes a second of the thirty that a page has; the answers stand last."""
    clock = [0.0]
    results = ChainJudge.results

    def slowly(self, chain, before):
        clock[0] += 1
        yield from results(self, chain, before)

    monkeypatch.setattr(ChainJudge, "results", slowly)
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    g = Graph()
    z = g.node("z", g.parameter("w", 3) * g.input("x", 2))
    g.node("L", z**2)
    wrong = "".join(f"$z = {k}.5$\n\n" for k in range(100))
    text = f"{wrong}$dL/dw = 7$\n\n$dL/dw = 24$\n\n$L = 36$\n"
    answers = [Target("derivative", g["L"], g["w"]), Target("value", g["L"])]
    report = check_page(g, text, ".md", {}, options=Options(), asked=answers)
    verdicts = {result.source: result.verdict for result in report}
    assert len(report) == 103
    assert verdicts["24"] == verdicts["36"] == "correct"
    assert verdicts["0.5"] == verdicts["10.5"] == "wrong"
    assert verdicts["99.5"] == "undecided"
    lines = [result.line for result in report]
    assert lines == sorted(lines)
    without = check_page(g, text, ".md", {}, options=Options())
    assert [result.verdict for result in without][-2:] == ["undecided", "undecided"]
