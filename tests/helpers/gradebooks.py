"""Classes of students who write what misleads a reader, a browser, a spreadsheet or a program."""

from fractions import Fraction

from hypothesis import strategies as st
from nasty_texts import texts

from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.report import VERDICTS, Report, Result
from graphdiff.grading import Gradebook, Graded, Mark, Required
from graphdiff.grading.records import without_answer

SECRET = "314159.265358"
"""What is right, wherever it is hidden."""

points = st.fractions(0, 20, max_denominator=12)
lines = texts() | st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", ' "=1', "a;=1", "＝1"])


def results(target: str, expected: str) -> st.SearchStrategy[Result]:
    explanations = st.builds(
        Explanation,
        faults=st.sampled_from([("sign",), ("arithmetic",), ("sign", "stale")]),
        sentence=st.just(f"the sign is turned: it is {expected}") | lines,
        hint=lines,
        reference=st.just("chain rule"),
        where=lines,
    )
    diagnoses = st.builds(
        Diagnosis, explanations=st.tuples() | st.tuples(explanations), certain=st.booleans()
    )
    return st.builds(
        Result,
        target=st.just(target),
        link=st.just(1),
        claimed=lines,
        expected=st.just(expected),
        verdict=st.sampled_from(VERDICTS),
        note=st.just(f"it is {expected}") | lines,
        diagnosis=st.none() | diagnoses,
    )


@st.composite
def gradebooks(draw) -> Gradebook:
    named = draw(st.lists(st.text(min_size=1) | lines, min_size=1, max_size=3, unique=True))
    required = tuple(Required(name, draw(points), draw(st.booleans())) for name in named)
    graded = []
    for _ in range(draw(st.integers(0, 3))):
        student, file = draw(lines), draw(lines)
        if draw(st.booleans()):
            marks = [draw(mark_of(each)) for each in required]
            shown = tuple(
                without_answer(result) if mark.required.hidden else result
                for mark in marks
                for result in mark.results
            )
            report = Report(draw(lines), shown, (draw(lines),))
            graded.append(Graded(student, file, tuple(marks), report))
        else:
            missing = tuple(Mark(each, Fraction(0), "missing") for each in required)
            marks = draw(st.sampled_from([missing, ()]))
            graded.append(Graded(student, file, marks, None, draw(lines) or "it is empty"))
    return Gradebook(draw(lines), required, tuple(graded))


@st.composite
def mark_of(draw, required: Required) -> Mark:
    expected = SECRET if required.hidden else draw(lines)
    found = draw(st.lists(results(required.target, expected), max_size=2))
    verdict = found[0].verdict if found else "missing"
    earned = draw(st.fractions(0, 1, max_denominator=4)) * required.points
    return Mark(required, earned, verdict, tuple(found), draw(st.just("") | lines))


W, B = Required("dL/dw", Fraction(2)), Required("dL/db", Fraction(1))


def explained(*faults, certain=True):
    found = (Explanation(faults, f"{faults[0]} was made", "look", "rule"),) if faults else ()
    return Diagnosis(found, certain)


def said(required, verdict, claimed="7", diagnosis=None, earned=0):
    results = (Result(required.target, 1, claimed, "8", verdict, diagnosis=diagnosis),)
    return Mark(required, Fraction(earned), verdict, results)


def gradebook(*students):
    graded = (Graded(f"s{k}", f"{k}.md", marks) for k, marks in enumerate(students))
    return Gradebook("", (W, B), tuple(graded))
