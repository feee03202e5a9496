"""Who asks for what is hidden in other words is not told it, in whatever output."""

import json
from datetime import datetime
from math import exp

import pytest

from graphdiff.files.pages.extraction import extract
from graphdiff.grading import Gradebook, as_gradescope, as_junit
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded
from graphdiff.grading.student_page import StudentPage

TEACHER = """
inputs = {x = 2, y = 1}
parameters = {w = 0.5, b = 0.1}
descent.learning_rate = 0.1
[nodes]
z = "w*x + b"
a = "sigmoid(z)"
L = "(a - y)**2"
[grading.required]
z = 1
L = 1
"dL/db" = {points = 3, hidden = true}
"""
A = 1 / (1 + exp(-1.1))
SECRET = 2 * (A - 1) * A * (1 - A)

PROBES = {
    "the same": '"adjoint[b]" = 1\n"P[b]" = 2\n"P[4]" = 3\n"dL/db" = 4',
    "a multiple": '"2*dL/db" = 1\n"-dL/db" = 1\n"dL/db + dL/db" = 1\n"1000000*dL/db" = 1',
    "after a step": '"b@1" = 1\n"b@2" = "b - 0.1*dL/db"',
    "by the chain rule": '"dL/dz" = 1\n"dL/da*da/dz" = 2\n"J[a->L]*J[z->a]" = 3\n"dL/dz*dz/db" = 4',
    "as an answer": '"z" = "dL/db"\n"L" = "1000000*dL/db"\n"dL/da" = "10*dL/dz"',
    "in a chain": '"z" = "w*x + b = 100*dL/db + 1 = 5"',
}
PAGES = {
    "on a page": r"$z = \frac{\partial L}{\partial b}$, $z = 1000\,\frac{\partial L}{\partial b} = 5$",
    "as δ": r"$\delta_b = 7$, $g = \frac{\partial L}{\partial b} = 3$, $g = 4$, $b \leftarrow b - 3$",
}


def outputs(assignment, file, text):
    one = graded(assignment, "Eve", file, text)
    page = extract(text) if file.endswith(".md") else None
    run = assignment.graph.backward()
    for answers in (True, False):
        shown = StudentPage("", one, assignment.graph, page, run, answers)
        yield shown.html
        yield shown.markdown
        yield json.dumps(as_gradescope(one, answers=answers))
    yield as_junit(Gradebook("", assignment.required, (one,)), datetime(2026, 1, 1))
    yield json.dumps(one.report.to_json())


@pytest.mark.parametrize("probe", [*PROBES, *PAGES])
def test_what_is_hidden_is_not_told_in_other_words(probe):
    assignment = assignment_of(TEACHER)
    if probe in PAGES:
        found = outputs(assignment, "eve.md", PAGES[probe])
    else:
        found = outputs(assignment, "eve.toml", PROBES[probe])
    for text in found:
        digits = text.replace(".", "").replace("\\", "")
        for multiple in (1, 2, 0.1):
            assert f"{abs(multiple * SECRET):.5e}"[:7].replace(".", "")[:5] not in digits


ORACLES = [
    "where(dL/db < {guess}, z, 0*z)", "z*(1 + relu(dL/db - {guess}))", "1.1 + dL/db - {guess}", "1.1*dL/db/({guess})",
    "max(z, 1000*(dL/db - {guess}))", "where(P[b] < {guess}, 1.1, 7)", "where(dL/dz < {guess}, z, 2*z)",
    "where(b@1 > 0.1 - 0.1*({guess}), z, -z)",
]  # fmt: skip


@pytest.mark.parametrize("oracle", ORACLES)
@pytest.mark.parametrize("about", ["z", "J[z->a]", "dL/da"])
def test_no_verdict_tells_a_guess_that_is_right_from_one_that_is_not(about, oracle):
    assignment = assignment_of(TEACHER)
    seen = set()
    for guess in (f"{SECRET:.4f}", "-0.1", "-0.05", "-0.3"):
        claim = oracle.format(guess=guess)
        done = graded(assignment, "Eve", "eve.toml", f'"{about}" = "{claim}"')
        seen.add((done.earned, *(one.replace(guess, "?") for one in outputs_of(done))))
    assert len(seen) == 1


def outputs_of(done):
    yield json.dumps(as_gradescope(done))
    yield json.dumps(done.report.to_json())


def test_a_formula_that_rests_on_what_is_hidden_is_judged_as_a_formula():
    assignment = assignment_of(TEACHER.replace("L = 1\n", '"dL/dw" = 2\nL = 1\n'))
    for right in ("dL/db*x", "2*dL/db"):
        done = graded(assignment, "Ada", "ada.toml", f'"dL/dw" = "{right}"')
        assert done.marks[1].earned == 2, right
    done = graded(assignment, "Ada", "ada.toml", '"dL/dw" = "x*dL/db/2 + dL/db"')
    assert done.marks[1].earned == 0


FORMULAS = [
    "w*x + b + dL/db - {}", "w*2 + b + dL/db - {}", "z*dL/db/({})", "z + dL/db - {}", "w*x + b + dL/dz - {}",
    "w*x + b + b@1 - b + 0.1*({})",
]  # fmt: skip


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("formula", FORMULAS)
def test_no_verdict_tells_a_formula_of_what_is_hidden_that_is_right(formula, strict):
    assert_alike(teacher_strict() if strict else TEACHER, "z", formula)


def teacher_strict():
    return TEACHER.replace("[grading.required]", "[grading]\nstrict = true\n[grading.required]")


def assert_alike(teacher, about, formula):
    assignment = assignment_of(teacher)
    seen = set()
    for guess in ("2*(a - y)*a*(1 - a)", "2*(a - y)*a*(1 + a)"):
        claim = formula.format(guess)
        done = graded(assignment, "Eve", "eve.toml", f'"{about}" = "{claim}"')
        said = (one.replace(claim, "?") for one in outputs_of(done))
        seen.add((done.earned, *said))
    assert len(seen) == 1


@pytest.mark.parametrize(
    "formula", ["x*({0}) + dL/db - {0}", "dL/dw*dL/db/({0})", "x*({0}) + dL/dz - {0}"]
)
def test_nor_of_one_in_a_derivative_that_is_asked_for(formula):
    assert_alike(TEACHER.replace("L = 1\n", '"dL/dw" = 2\nL = 1\n'), "dL/dw", formula)


def test_what_carries_a_hidden_derivative_on_is_judged():
    teacher = TEACHER.replace("L = 1\n", '"dL/dw" = 2\n"w@1" = 2\n"dL/dz" = 2\nL = 1\n')
    teacher = teacher.replace(
        "hidden = true}", 'hidden = true}\n"dL/da" = {points = 1, hidden = true}'
    )
    assignment = assignment_of(teacher)
    for about, right in (
        ("dL/dw", "dL/db*x"), ("dL/dw", "x*dL/da*a*(1 - a)"), ("w@1", "w - 0.1*dL/db*x"), ("dL/dz", "dL/da*a*(1 - a)"),
    ):  # fmt: skip
        done = graded(assignment, "Ada", "ada.toml", f'"{about}" = "{right}"')
        assert done.earned == 2, (about, right, done.report.results)
        wrong = graded(assignment, "Bob", "bob.toml", f'"{about}" = "{right}*2"')
        assert wrong.earned == 0
        assert wrong.report.results[0].verdict != "undecided"


OF_VALUES = TEACHER.replace(
    "L = 1\n", 'L = {points = 1, form = "formula"}\n"dL/dz" = 2\n"J[w->z]" = 1\na = {points = 2, hidden = true}\n'
).replace('z = 1\n', 'z = {points = 1, form = "formula"}\n')  # fmt: skip
"""The value of a is hidden as well."""


@pytest.mark.parametrize(
    ("about", "formula"),
    [
        ("z", "w*x + b + a - {}"), ("z", "z + a - {}"), ("z", "(w*x + b)*a/({})"), ("L", "(a - y)**2 + a - {}"),
        ("L", "(a - y)*({} - y)"), ("J[w->z]", "x + a - {}"), ("dL/dz", "dL/da*a*(1 - a) + a - {}"),
        ("dL/dz", "dL/da*J[z->a] + a - {}"),
    ],
)  # fmt: skip
def test_nor_of_one_of_a_hidden_value(about, formula):
    assignment = assignment_of(OF_VALUES)
    seen = set()
    for guess in (
        "sigmoid(z)",
        "1/(1 + exp(-w*x - b))",
        "tanh(z)",
        "sigmoid(-z)",
        "0.750260",
        "0.7",
        "sigmoid(0.5*2 + 0.1)",
    ):
        claim = formula.format(guess)
        done = graded(assignment, "Eve", "eve.toml", f'"{about}" = "{claim}"')
        said = (one.replace(claim, "?") for one in outputs_of(done))
        seen.add((done.earned, *said))
    assert len(seen) == 1


def test_what_is_computed_from_a_hidden_value_is_judged():
    assignment = assignment_of(OF_VALUES)
    for about, right, wrong in (
        ("L", "(a - y)**2", None), ("dL/dz", "2*(a - y)*a*(1 - a)", "2*(a - y)*a*(1 + a)"),
        ("dL/dz", "dL/da*a*(1 - a)", "dL/da*a"), ("dL/dz", "2*(a - y)*sigmoid(z)*(1 - a)", "(a - y)*a"),
    ):  # fmt: skip
        done = graded(assignment, "Ada", "ada.toml", f'"{about}" = "{right}"')
        assert done.earned == (1 if about == "L" else 2), (about, right, done.report.results)
        if wrong is not None:
            done = graded(assignment, "Bob", "bob.toml", f'"{about}" = "{wrong}"')
            assert done.earned == 0
            assert done.report.results[0].verdict == "wrong"


def test_what_follows_from_a_hidden_value_is_credited():
    done = graded(
        assignment_of(OF_VALUES.replace(', form = "formula"', "")),
        "Ada",
        "ada.toml",
        'a = 0.8\nL = ["(a - y)**2", 0.04]',
    )
    assert done.marks[1].verdict == "follows" or done.marks[1].earned > 0


PIECES = """
inputs = {x = 3, y = 1}
parameters = {w = 4, b = 0.5}
[nodes]
u = "w*x"
h = "max(0, u)"
z = "u + b"
L = "(z - y)**2"
[grading.required]
z = {points = 1, form = "formula"}
h = {points = 1, form = "formula"}
L = {points = 1, form = "formula"}
u = {points = 2, hidden = true}
"""
"""u is 12."""
BENDS = ("max(0, u - %s)", "abs(u - %s) - u + %s", "where(u > %s, u, 0)", "step(u - %s)",
         "(u > %s)*u", "relu(u - %s)", "min(u, %s) - u", "where(u - %s, 0, 1)")  # fmt: skip


@pytest.mark.parametrize("bend", BENDS)
@pytest.mark.parametrize("own", ['L = "(z - y)**2', 'z = "u + b', 'h = "max(0, u)'])
def test_a_formula_that_bends_does_not_tell_on_which_side_of_it_a_hidden_value_is(own, bend):
    """Neither whether it is right nor whether it is wrong depends on where it bends."""
    assignment = assignment_of(PIECES)
    verdicts = set()
    for place in (0.5, 5, 11, 13, 40, 300):
        said = bend.replace("%s", str(place))
        one = graded(assignment, "Eve", "eve.toml", f'{own} + {said}"')
        verdicts |= {result.verdict for result in one.report.results}
    assert verdicts == {"undecided"}


@pytest.mark.parametrize(
    "right",
    [
        'h = "max(u, 0)"', 'h = "relu(u)"', 'h = "where(u > 0, u, 0)"', 'h = "(u + abs(u))/2"',
        'L = "(u + b - y)**2"', 'L = "(z - y)*(u + b - y)"', 'z = "b + u"',
    ],
)  # fmt: skip
def test_a_formula_that_bends_where_the_graph_does_is_right(right):
    (result,) = graded(assignment_of(PIECES), "Ann", "ann.toml", right).report.results
    assert result.verdict == "correct"
