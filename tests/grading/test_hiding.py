"""What is right of a hidden quantity stands in nothing that a student sees."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.grader import graded

NAMES = ("z", "a", "L", "dL/da", "dL/dz", "dL/dw", "dL/db", "w@1")
OTHERS = ("2*dL/dz", "-dL/dz", "J[z->a]", "dL/dx", "P[z]", "dL/dz + dL/dz", "b@1", "d2L/dz2")
FORMULAS = (
    "dL/dz",
    "dL/da",
    "a - y",
    "2*(a - y)*a*(1 - a)",
    "x",
    "w*x",
    "dL/dz*x",
    "sin(z)",
    "2*dL/dz",
)


def an_assignment(x, w, hidden):
    required = ", ".join(
        f'{{target = "{name}", hidden = {str(name in hidden).lower()}}}' for name in NAMES
    )
    return assignment_of(
        f"""
[inputs]
x = {x}
y = 1
[parameters]
w = {w}
b = 0.113
[nodes]
z = "w*x + b"
a = "sigmoid(z)"
L = "(a - y)**2"
[descent]
learning_rate = 0.37
[grading]
required = [{required}]
"""
    )


def numbers_in(text):
    for written in re.findall(r"\d+/\d+|\d+\.?\d*(?:e-?\d+)?", text):
        above, _, below = written.partition("/")
        yield written, float(above) / float(below or 1)


CLAIMED = st.one_of(
    st.sampled_from(FORMULAS),
    st.sampled_from([0.5, 1, 0, 0.1234, "1/7", "0.3*0.2"]),
    st.lists(st.sampled_from([*FORMULAS, "0.77"]), min_size=1, max_size=3),
)


@given(
    hidden=st.sets(st.sampled_from(NAMES), min_size=1, max_size=3),
    x=st.sampled_from(["1.37", "-0.71"]),
    w=st.sampled_from(["0.417", "2.313"]),
    said=st.lists(st.tuples(st.sampled_from(NAMES + OTHERS), CLAIMED), min_size=1, max_size=6),
    is_page=st.booleans(),
)
def test_no_student_sees_what_is_right_of_what_is_hidden(hidden, x, w, said, is_page):
    assignment = an_assignment(x, w, hidden)
    if is_page:
        sides = [(name, one if isinstance(one, list) else [one]) for name, one in said]
        text = "\n\n".join(f"`{name} = {' = '.join(map(str, chain))}`" for name, chain in sides)
        done = graded(assignment, "a", "a.md", text)
    else:
        done = graded(
            assignment, "a", "a.json", json.dumps({"claims": [dict([one]) for one in said]})
        )
    assert not done.problem
    student = done.for_student()
    seen = [str(student.report), *student.report.remarks]
    seen += [str(result.to_json()) for mark in student.marks for result in mark.results]
    seen += [mark.note for mark in student.marks]
    own = {number for _, number in numbers_in(f"{said} {x} {w} 0.113 0.37")}
    for question, truth in zip(assignment.questions, assignment.truths, strict=True):
        if question.required.hidden:
            right = abs(float(truth))
            for written, number in numbers_in(" ".join(seen)):
                is_close = abs(number - right) <= 1e-5 * right
                assert number in own or not is_close, (question.required.target, written)


def test_the_teacher_has_it_all():
    assignment = an_assignment("1.37", "0.417", {"dL/dz"})
    done = graded(assignment, "a", "a.toml", '"dL/dz" = 3')
    mark = done.marks[NAMES.index("dL/dz")]
    assert mark.results[0].expected
    assert not done.for_student().marks[NAMES.index("dL/dz")].results[0].expected
    assert "expected" not in str(done.report)


def test_what_is_not_hidden_is_told():
    assignment = an_assignment("1.37", "0.417", {"dL/dz"})
    done = graded(assignment, "a", "a.toml", 'z = 3\n"dL/db" = [3, "a"]')
    of_z, *of_b = done.report.results
    assert of_z.expected == "0.68429"
    assert [one.expected for one in of_b] == ["", ""]  # dL/db is dL/dz here


@pytest.mark.parametrize("said", ["2*dL/dz", "dL/dz", "-dL/dz", "P[z]", "adjoint[z]"])
def test_names_of_what_is_hidden(said):
    g = gd.Graph()
    z = g.node("z", g.parameter("w", 3) * g.input("x", 7))
    g.node("L", z**2)
    source = '[inputs]\nx = 7\n[parameters]\nw = 3\n[nodes]\nz = "w*x"\nL = "z**2"\n[grading]\n'
    assignment = assignment_of(source + 'required = {"dL/dz" = {hidden = true}}')
    done = graded(assignment, "a", "a.toml", f'"{said}" = 1')
    assert "42" not in str(done.report)
    assert "2*z" not in str(done.report)
