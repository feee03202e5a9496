"""What answers earn: by their verdict, in parts, in any of the ways to name a quantity."""

from fractions import Fraction

import pytest

from graphdiff.grading.assignment import assignment_of
from graphdiff.grading.credit import DEFAULT
from graphdiff.grading.grader import graded

GRAPH = """\
[inputs]
x = [1.5, 2]
y = 1
[parameters]
w = [0.4, -0.3]
b = 0.5
[nodes]
z = "w @ x + b"
e = "z - y"
L = "e**2"
[descent]
learning_rate = 0.5
[grading]
"""

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)


def mark(required, said, file="a.toml", **options):
    """Return what is earned for one quantity, and the verdict."""
    found = marked(required, said, file, **options)
    return found.earned, found.verdict


def marked(required, said, file="a.toml", **options):
    """Return the mark for one quantity."""
    settings = "".join(f"{name} = {value}\n" for name, value in options.items())
    assignment = assignment_of(f"{GRAPH}{settings}required = {required}")
    done = graded(assignment, "a", file, said)
    assert done.problem == ""
    (found,) = done.marks
    return found


@pytest.mark.parametrize(
    "name", ["dL/dw", "P[w]", "adjoint[w]", "∂L/∂w", "∂L / ∂w", "P[3]", "dL/dw[:]", "dL/dw[[0, 1]]"]
)
@pytest.mark.parametrize("asked", ["dL/dw", "P[w]"])
def test_a_quantity_may_be_named_in_other_ways(asked, name):
    assert mark(f'["{asked}"]', f'"{name}" = "2*e*x"') == (1, "correct")


def test_pages_name_it_too():
    for page in (
        r"$\frac{\partial L}{\partial w} = 2 e x$",
        r"$\nabla_w L = 2 (z - y) x$",
        "dL/dw = 2*e*x",
    ):
        assert mark('["dL/dw"]', page, "a.md") == (1, "correct"), page


@pytest.mark.parametrize(
    ("said", "earned", "verdict"),
    [
        ("L = 0.25", 1, "correct"),
        ("L = 0.4", 0, "wrong"),
        ('e = 0.25\nL = "0.25**2"', HALF, "follows"),
        ('L = "-e*0.5"', 0, "coincidental"),
        ('L = "L"', 0, "says-nothing"),
        ('L = ["e**2", 0.25]', 1, "correct"),
        ('L = ["(0.6 - 0.6 + 0.5 - 1)**2", 0.5]', HALF, "wrong"),
        ('L = ["e**2", 0.5]', 0, "wrong"),
        ('L = ["e", 0.5]', 0, "wrong"),
        ('L = ["L", "e**2", 0.25]', 1, "correct"),
        ("z = -0.5", 0, "missing"),
        ('L = "tan("', 0, "unread"),
        ("dL = 1", 0, "missing"),
    ],
)
def test_what_is_earned(said, earned, verdict):
    assert mark('["L"]', said) == (earned, verdict)


@pytest.mark.parametrize("share", [0, HALF, 1])
def test_shares_that_the_teacher_gives(share):
    def given(verdict, said):
        return mark('["L"]', said, credit=f'{{{verdict} = "{share}"}}')

    assert given("follows", 'e = 0.25\nL = "0.25**2"') == (share, "follows")
    assert given("coincidental", 'L = "-e*0.5"') == (share, "coincidental")
    assert given("links", 'L = ["(0.5 - 1)**2", 0.5]') == (share / 2, "wrong")
    assert mark('["dL/dw"]', '"dL/dw" = [-1.5, 9]', credit=f'{{entries = "{share}"}}') == (
        share / 2,
        "wrong",
    )


def test_the_last_answer_counts_or_the_best():
    said = "[[claims]]\nL = 0.25\n[[claims]]\nL = 9\n"
    assert mark('["L"]', said) == (0, "wrong")
    assert mark('["L"]', said, count='"best"') == (1, "correct")


@pytest.mark.parametrize(
    ("form", "said", "found"),
    [
        ("formula", "L = 0.25", (0, "missing")),
        ("formula", 'L = ["e**2", 9]', (1, "correct")),
        ("formula", 'L = "(0.4*1.5 - 0.3*2 + 0.5 - 1)**2"', (0, "missing")),
        ("number", 'L = "e**2"', (0, "missing")),
        ("number", 'L = ["e", 0.25]', (1, "correct")),
        ("number", 'L = "(-0.5)**2"', (1, "correct")),
        ("any", "L = 0.25", (1, "correct")),
    ],
)
def test_forms(form, said, found):
    assert mark(f'{{L = {{form = "{form}"}}}}', said) == found


@pytest.mark.parametrize(
    ("asked", "said", "found"),
    [
        ("dL/dw[0]", '"dL/dw[0]" = -1.5', (1, "correct")),
        ("dL/dw[0]", '"dL/dw" = [-1.5, 9]', (1, "correct")),
        ("dL/dw[1]", '"dL/dw" = [-1.5, 9]', (0, "wrong")),
        ("dL/dw[0]", '"dL/dw" = "2*e*x"', (1, "correct")),
        ("dL/dw", '"dL/dw[0]" = -1.5\n"dL/dw[1]" = -2', (1, "correct")),
        ("dL/dw", '"dL/dw[0]" = -1.5\n"dL/dw[1]" = 9', (HALF, "wrong")),
        ("dL/dw", '"dL/dw[0]" = -1.5', (HALF, "missing")),
        ("dL/dw", '"dL/dw" = [-1.5, 9]', (QUARTER, "wrong")),
        ("dL/dw", '"P[w]" = [-1.5, 9]', (QUARTER, "wrong")),
        ("dL/dw", '"dL/dw" = [7, 9]', (0, "wrong")),
        ("dL/dw", '"dL/dw[1]" = -2\n"dL/dw" = [-1.5, 9]', (QUARTER, "wrong")),
        ("w@1", '"w@1" = [1.15, 0.7]', (1, "correct")),
        ("w@1", '"w@1[1]" = 0.7', (HALF, "missing")),
        ("w@1", '"w" = [1.15, 0.7]', (0, "missing")),
    ],
)
def test_entries(asked, said, found):
    assert mark(f'["{asked}"]', said) == found


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ('"dL/dw" = "P[w]"', "a.toml"),
        ('"dL/dw" = "adjoint[w]"', "a.toml"),
        ('"P[w]" = "dL/dw"', "a.toml"),
        (r"$\frac{\partial L}{\partial w} = P_w$", "a.toml"),
    ],
)
def test_another_name_is_no_answer(said, file):
    if file == "a.toml" and said.startswith("$"):
        said, file = said, "a.md"
    assert mark('["dL/dw"]', said, file)[0] == 0


@pytest.mark.parametrize(
    ("said", "file"),
    [
        ('w = [0, 0]\nz = 0.5\ne = -0.5\n"dL/db" = -1', "a.toml"),
        ('y = 0\ne = 0.5\nL = 0.25\n"dL/db" = 1', "a.toml"),
        ("$x = 0$, $w = 0$, $b = 0$, so $z = 0$, $e = -1$ and $dL/db = -2$", "a.md"),
        (
            '[inputs]\nx = [0, 0]\ny = 0\n[parameters]\nw = [0, 0]\nb = 0\n[claims]\n"dL/db" = 0',
            "a.toml",
        ),
        ('[descent]\nlearning_rate = 0\n[claims]\n"b@1" = 0.5', "a.toml"),
    ],
)
def test_values_of_a_submission_do_not_count(said, file):
    asked = "b@1" if "b@1" in said else "dL/db"
    if said.startswith("w = [0, 0]"):
        assert mark('["dL/db"]', said, file)[0] == 1  # it is right all the same
    else:
        assert mark(f'["{asked}"]', said, file)[0] == 0


def test_a_tolerance_of_a_submission_does_not_count():
    assert mark('["L"]', 'tolerance = "50%"\n[claims]\nL = 0.4') == (0, "wrong")
    assert mark('["L"]', "L = 0.35", tolerance='"50%"') == (1, "rounded")


def test_strict():
    said = '"dL/dw" = "2*(z - 1)*x"'
    assert mark('["dL/dw"]', said) == (1, "given")
    assert mark('["dL/dw"]', said, strict="true") == (0, "coincidental")


def test_a_graph_of_a_submission_is_judged_and_not_used():
    assignment = assignment_of(f'{GRAPH}required = ["e", "L"]')
    own = (
        '[nodes]\nz = "w @ x + b"\ne = "y - z"\nq = "z"\nL = "e ** 2"\n[claims]\ne = 0.5\nL = 0.25'
    )
    done = graded(assignment, "a", "a.toml", own)
    assert [one.verdict for one in done.marks] == ["follows", "correct"]
    of_graph = [(one.target, one.verdict) for one in done.report.results if one.case]
    assert of_graph == [("e", "wrong")]
    assert "its nodes 'q' are not in the graph of the assignment" in done.report.remarks


def test_shares_of_all_verdicts_are_stated():
    assert all(0 <= share <= 1 for share in DEFAULT.values())


def test_another_name_in_a_chain_costs_nothing():
    for said in ('"dL/dw" = ["P[w]", "2*e*x"]', '"P[w]" = ["dL/dw", "2*e*x"]'):
        assert mark('["dL/dw"]', said) == (1, "correct")
    page = r"$\delta = \frac{\partial L}{\partial z} = 2 (z - y)$"
    assert mark('["dL/dz"]', page, "a.md") == (1, "correct")


CIRCLE = ('"dL/dz" = "dL/db"\n', '"dL/db" = "dL/dz"\n')


def test_lines_that_rest_on_each_other_say_nothing():
    assert mark('["dL/dz"]', "".join(CIRCLE)) == (0, "says-nothing")
    assert mark('["dL/dz"]', "".join(reversed(CIRCLE))) == (0, "says-nothing")


@pytest.mark.parametrize("said", ['"dL/db" = "2*e"', '"dL/db" = -1', '"dL/de" = "2*e"'])
def test_lines_that_come_of_something_count(said):
    ways = '"dL/db" = ["dL/dz", "2*e"]\n' if "de" in said else f"{said}\n"
    assert mark('["dL/dz"]', CIRCLE[0] + ways)[0] == 1


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_a_chain_rule_of_what_is_answered_nowhere_earns_the_share_of_what_is_open(share):
    said = '"dL/dw" = "dL/dz*x"\n'
    options = {"credit": f"{{open = {share}}}"}
    assert mark('["dL/dw"]', said, **options) == (Fraction(share), "correct")
    assert mark('["dL/dw"]', said + '"dL/dz" = "2*e"\n', **options) == (1, "correct")


@pytest.mark.parametrize(
    "formula",
    ["w @ x + b", "b + x@w", "e + y", "dot(w, x) + b + 0*L", "w[0]*1.5 + w[1]*2 + b"],
)
def test_a_value_is_asked_for_as_a_number(formula):
    """That z is w·x + b stands in the exercise; where leaves have no values there is no number."""
    assert mark('["z"]', f'z = "{formula}"') == (0, "says-nothing")
    assert mark('["z"]', f'z = ["{formula}", 0.5]') == (1, "correct")
    assert mark('["z"]', f'z = ["{formula}", 0.7]') == (0, "wrong")
    assert mark('{z = {form = "formula"}}', f'z = "{formula}"')[0] == 1
    letters = assignment_of('inputs.x = {}\n[nodes]\nz = "2*x"\n[grading]\nrequired = ["z"]')
    assert graded(letters, "a", "a.toml", 'z = "x + x"').earned == 1


def test_a_derivative_may_be_a_formula():
    for said in ('"dL/de" = "2*e"', '"b@1" = "b - eta*dL/db"', '"J[e->L]" = "2*e"'):
        asked = said.split('"')[1]
        assert mark(f'["{asked}"]', said) == (1, "correct")


@pytest.mark.parametrize(
    ("said", "earned"),
    [
        ("[-1, -2, -3]", 0),
        ("[-2, -1, -3]", 0),
        ("[-2, -3, -1]", 0),
        ('["-1.0", "-1", "-1.00"]', 1),
        ('"-1 = 1"', 0),
        ('"1*1 = -1*1 = 2*1"', 0),
        ('["e", "2*e", "3*e"]', 0),
        ('["e", -1]', 0),
        ('["2*e", -2]', HALF),
        ('["2*e", "2*(0.5 - 1)", -2]', Fraction(2, 3)),
        ('["2*e", "2*(0.5 - 1)", -2, -1]', HALF),
        ('["2*e", "2*(0.5 - 1)", -1]', 1),
    ],
)
def test_a_chain_that_contradicts_itself_earns_nothing_for_guesses(said, earned):
    assert mark('["dL/de"]', f'"dL/de" = {said}')[0] == earned


@pytest.mark.parametrize(
    "said",
    [
        '"dL/de" = [3, 3]',
        '"dL/de" = ["1*3", 3]',
        '[[claims]]\n"dL/de" = 3\n[[claims]]\n"dL/de" = "1.5*2"',
        '[[claims]]\n"dL/de" = "3 + 0*e"\n[[claims]]\n"P[e]" = 3',
    ],
)
def test_what_follows_from_the_answer_itself_earns_nothing(said):
    assert mark('["dL/de"]', said)[0] == 0


def test_what_follows_from_another_line_earns_its_share_in_a_chain_too():
    assert mark('["dL/db"]', 'e = 0.3\n"dL/db" = ["2*e", "2*0.3", 0.6]')[0] == Fraction(2, 3)


@pytest.mark.parametrize(
    ("required", "said", "note"),
    [
        ('L = {form = "number"}', 'L = "e**2"', "a number is asked for, not a formula"),
        ('L = {form = "formula"}', "L = 0.25", "a formula is asked for, not a number"),
        ('"dL/dw[0]" = 1', '"dL/dw[1]" = 2', "only other entries are given"),
        ("L = 1", "z = -0.5", ""),
    ],
)
def test_it_is_told_why_what_is_said_is_no_answer(required, said, note):
    assert marked(f"{{{required}}}", said).note == note


@pytest.mark.parametrize(
    ("target", "formula"),
    [
        ("dL/dw", "P[w]*P[L]"), ("dL/dw", "0.5*(dL/dw + dL/dz*x)"), ("dL/dw", "(w - w@1)/eta"),
        ("dL/dz", "dL/dw[0]/x[0]"), ("dL/dz", "dL/db"), ("w@1", "w@2 + eta*dL/dw@1"), ("de/dz", "dL/dz/(dL/de)"),
        ("dL/dz", "dL/dz*dz/db"), ("dL/de", "dL/dw[1]/2"),
    ],
)  # fmt: skip
def test_what_rests_on_what_comes_of_it_says_nothing(target, formula):
    said = f'"{target}" = "{formula}"\n'
    assert mark(f'["{target}"]', said) == (0, "says-nothing")
    assert mark(f'["{target}"]', f'{said}"P[z]" = "dL/dw[0]/x[0]"\n') == (0, "says-nothing")


@pytest.mark.parametrize(
    ("formula", "answered"),
    [
        ("(w - w@1)/eta", '"w@1" = [1.9, 1.7]'), ("[1.5, 2]*dL/db", '"dL/db" = -1'), ("dL/dz*x", ""),
        ("dL/de*de/dz*dz/dw", ""), ("dL/db*x", ""), ("dL/dz*x", '"dL/dz" = "dL/de"'),
    ],
)  # fmt: skip
def test_what_rests_on_what_is_answered_or_comes_before_it_counts(formula, answered):
    assert mark('["dL/dw"]', f'"dL/dw" = "{formula}"\n{answered}')[0] == 1


@pytest.mark.parametrize(
    ("target", "number"), [("dL/dw", [0, 0]), ("dL/db", 0), ("w@1", [0.4, -0.3]), ("dL/db", "-0.0")]
)
def test_numbers_that_follow_from_a_wrong_0_earn_nothing(target, number):
    for zero in ("0", "0.0", "-0e0", '"0.00"'):
        said = f'"dL/dz" = {zero}\n"{target}" = {number}'
        assert mark(f'["{target}"]', said) == (0, "follows")
    worked = f'"dL/dz" = 0\n"{target}" = ["{"dL/dz*x" if "dw" in target else "dL/dz"}", {number}]'
    if target != "w@1":
        assert mark(f'["{target}"]', worked)[0] == Fraction(1, 2)
    assert mark('["dL/db"]', '"dL/dz" = -2\n"dL/db" = -2') == (HALF, "follows")
