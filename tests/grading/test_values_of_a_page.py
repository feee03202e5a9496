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


STEPS = r"""
$z = {old}$, $L = 0.0568$

With $\eta = 0.5$: $\frac{{dL}}{{dw}} = 0.36$, $w_{{new}} = {step}$.

Then $z = {new}$, $a = {a}$, $\frac{{dL}}{{dw}} = 0.1597$, $w_{{new}} = 0.22 - 0.5 \cdot 0.1597 = 0.1402$.

Last, $z = 0.2103$.
"""


def judged_after_steps(**numbers):
    g = Graph()
    x, y = g.input("x", 1.5), g.input("y", 0.2)
    a = g.node("a", gd.tanh(g.node("z", g.parameter("w", 0.4) * x)))
    g.node("L", (a - y) ** 2 / 2)
    right = {"old": "0.6", "step": r"0.4 - 0.5 \cdot 0.36 = 0.22", "new": r"0.22 \cdot 1.5 = 0.33",
             "a": "0.3185"}  # fmt: skip
    page = STEPS.format(**right | numbers)
    return check_page(g, page, ".md", {}, options=Options(), own_values=False)


def test_what_stands_behind_a_right_step_is_of_the_new_parameters():
    report = judged_after_steps()
    assert all(result.ok for result in report), str(report)
    named = [result.target for result in report]
    assert named == ["z", "L", "dL/dw", "w@1", "w@1", "z@1", "z@1", "a@1", "dL/dw@1", "w@2", "w@2",
                     "z@2"]  # fmt: skip


def test_what_is_wrong_after_a_step_is_wrong():
    (wrong,) = [one for one in judged_after_steps(a="0.4185") if one.verdict == "wrong"]
    assert (wrong.target, wrong.claimed) == ("a@1", "0.4185")


def test_a_value_before_the_step_stands_before_it():
    first = next(iter(judged_after_steps(old="0.33")))
    assert (first.target, first.verdict) == ("z", "wrong")


def test_a_wrong_step_leads_nowhere():
    report = judged_after_steps(step=r"0.4 + 0.5 \cdot 0.36 = 0.58", new="0.87", a="0.7014")
    assert ("z", "wrong") in {(one.target, one.verdict) for one in report}
    assert not any(one.target == "z@1" for one in report)


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
