"""Two assignments that differ only in what is hidden look the same to whoever earns the same.

So no output says what is hidden, in whatever form; and no guess can be tried out by what is said, or
not said, of another line.
"""

import json
import re
from dataclasses import replace
from datetime import datetime

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from graphdiff.files.pages.extraction import extract
from graphdiff.grading import Gradebook, as_csv, as_gradescope, as_junit
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.class_page import ClassPage
from graphdiff.grading.grader import graded
from graphdiff.grading.student_page import StudentPage

OPEN = ("z", "a", "L0", "dL/dw", "dL/da", "dL/db")
OTHERS = (
    "2*s", "P[s]", "s + z", "b@1", "L", "v[0]", "dL/dv", "J[k->s]", "dL/dk*1", "t@1", "L@1", "dL/dz",
    "dt/ds", "nonsense",
)  # fmt: skip
FORMULAS = (
    "k*x", "s", "2*s", "s*s", "dL/ds*x", "dL/dk", "[s, 2*s]", "a - y", "2*(a - y)*a*(1 - a)", "w*x",
    "4*s", "k - 0.37*dL/dk", "sigmoid(s)", "0.1*dL/dk", "s + z",
)  # fmt: skip
KS = (3.17, -1.43)
HIDDEN = {
    "s": lambda k: 1.37 * k,
    "t": lambda k: 2 * (1.37 * k) ** 2,
    "v": lambda k: 1.37 * k,
    "dL/ds": lambda k: 4 * 1.37 * k,
    "dL/dk": lambda k: 4 * 1.37**2 * k,
    "k@1": lambda k: k - 0.37 * 4 * 1.37**2 * k,
}
"""What is hidden, and a number of it; k is all that two assignments differ in."""

GUESSES = [f"{m * of(k):.5g}" for of in HIDDEN.values() for k in KS for m in (1, -1, 2)]


def an_assignment(k, hidden):
    required = [f'"{name}" = 1' for name in OPEN]
    required += [f'"{name}" = {{points = 2, hidden = true}}' for name in sorted(hidden)]
    return assignment_of(
        f"""
inputs = {{x = 1.37, y = 1}}
parameters = {{w = 0.417, b = 0.113, k = {k}}}
descent.learning_rate = 0.37
[nodes]
z = "w*x + b"
a = "sigmoid(z)"
L0 = "(a - y)**2"
s = "k*x"
v = "[s, 2*s]"
t = "s*v[1]"
L = "L0 + t"
[grading.required]
"""
        + "\n".join(required)
    )


def undiagnosed(one):
    """Return a submission without the mistakes that are named, none of which is of what is hidden.

    How likely a mistake is depends on all numbers of the graph, a little.
    """
    shown = [one.for_student()]
    for result in (*shown[0].report.results, *(r for m in shown[0].marks for r in m.results)):
        assert not re.search(r"∂[skvt]\b", json.dumps(result.to_json(), ensure_ascii=False))
    marks = [
        replace(mark, results=tuple(replace(one, diagnosis=None) for one in mark.results))
        for mark in one.marks
    ]
    results = tuple(replace(result, diagnosis=None) for result in one.report.results)
    return replace(one, marks=tuple(marks), report=replace(one.report, results=results))


def outputs(assignment, file, text):
    one = graded(assignment, "Eve", file, text)
    assert not one.problem
    result = [(r.target, r.verdict) for r in one.report.results]
    earned = [(mark.verdict, mark.earned) for mark in one.marks]
    one = undiagnosed(one)
    page = extract(text) if file.endswith(".md") else None
    book = Gradebook("", assignment.required, (one,))
    found = {"report": one.report.json(), "csv": as_csv(book), "table": str(book)}
    for answers in (True, False):
        shown = StudentPage("", one, assignment.graph, page, None, answers)
        found["markdown", answers] = shown.markdown
        found["html", answers] = re.sub("(?s)<svg.*?</svg>|<style.*?</style>", "", shown.html)
        found["gradescope", answers] = json.dumps(as_gradescope(one, answers=answers))
        found["junit", answers] = as_junit(book, datetime(2026, 1, 1), answers=answers)
    shown = ClassPage(book, anonymous=True)
    return (result, earned), {**found, "class": shown.html, "class in text": shown.markdown}


CLAIMED = st.lists(
    st.one_of(st.sampled_from(GUESSES), st.sampled_from(FORMULAS), st.just("0.5")),
    min_size=1,
    max_size=3,
)


@settings(max_examples=15)
@given(
    hidden=st.sets(st.sampled_from(sorted(HIDDEN)), min_size=1, max_size=3),
    said=st.lists(
        st.tuples(st.sampled_from((*OPEN, *HIDDEN, *OTHERS)), CLAIMED), min_size=1, max_size=6
    ),
    is_page=st.booleans(),
)
def test_what_is_hidden_changes_nothing_but_marks(hidden, said, is_page):
    if is_page:
        file, text = "e.md", "\n\n".join(f"`{name} = {' = '.join(of)}`" for name, of in said)
    else:
        file, text = "e.json", json.dumps({"claims": [{name: of} for name, of in said]})
    (first, seen), (second, others) = (outputs(an_assignment(k, hidden), file, text) for k in KS)
    assume(first == second)
    for name, output in seen.items():
        assert output == others[name], name


def test_many_guesses_have_one_verdict():
    assignment = an_assignment(KS[0], {"s"})
    lines = [f"s = {guess / 100}" for guess in range(420, 440)]
    lines += [f"2*s = {guess / 50}" for guess in range(420, 440)]
    lines += [f"dL/ds = {guess / 25}" for guess in range(420, 440)]
    text = "\n\n".join(f"`{line}`" for line in lines)
    one = graded(assignment, "Eve", "e.md", text)
    told = [(result.target, result.verdict) for result in one.report.results]
    assert told == [("s", "wrong")]
    assert "do not count have no verdict" in one.report.remarks[-1]
    chain = "`s = 4.1 = 4.3429 = 4.9`"
    one = graded(assignment, "Eve", "e.md", chain).for_student()
    assert {result.verdict for result in one.report.results} == {"wrong"}
    (mark,) = (mark for mark in one.marks if mark.required.hidden)
    assert {result.verdict for result in mark.results} == {mark.verdict} == {"wrong"}
    assert mark.note == ""


def test_entries_of_what_is_hidden_have_one_verdict():
    one = graded(an_assignment(KS[0], {"v"}), "Eve", "e.toml", "v = [4.3429, 3]").for_student()
    mark = one.marks[-1]
    assert (mark.verdict, mark.earned) == ("wrong", 0.5)
    assert (mark.note, mark.results[0].wrong_entries) == ("", ())
    assert one.report.results == mark.results
