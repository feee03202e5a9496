"""What is right from the page's own numbers: rounded, put in for names, or following from a mistake."""

from decimal import Decimal

import pytest
from one_claim import graph_of, verdict

import graphdiff as gd


def verdicts(graph, claims, **options):
    return [result.verdict for result in graph.check(claims, **options)]


# Rounded chains


def test_a_chain_rounded_at_each_step():
    graph = gd.Graph()
    x, w, b, y = (graph.input(n, v) for n, v in (("x", 1.3), ("w", 0.7), ("b", -0.45), ("y", 1)))
    z = graph.node("z", w * x + b)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", (a - y) ** 2)
    # 0.46, σ = 0.6130, …: each line from the one above, to two digits
    claims = {"z": "0.46", "a": "0.61", "dL/da": "-0.78", "da/dz": "0.24", "dL/dz": "-0.19"}
    report = graph.check(claims | {"dL/dw": "-0.25", "L": "0.15"})
    assert report.ok, str(report)
    assert report.results[2].verdict == "rounded"
    # each number changed by more than its digits and those above allow
    for target, off in (("dL/da", "-0.82"), ("dL/dz", "-0.16"), ("dL/dw", "-0.29"), ("L", "0.19")):
        assert graph.check(claims | {target: off}).results[list(claims | {target: off}).index(target)
                                                           ].verdict == "wrong"  # fmt: skip


def test_cut_off_and_one_unit_off():
    assert verdict("x*1", "0.249", x=Decimal("0.24988")).note == "cut off, not rounded"
    assert (
        verdict("x*1", "0.2491", x=Decimal("0.24904")).note == "off by one unit of the last digit"
    )
    for wrong in ("0.2492", "0.2488", "-0.2490"):
        assert verdict("x*1", wrong, x=Decimal("0.24904")).verdict == "wrong"
    assert verdict("x*1", "0.501", x=0.5).verdict == "wrong"  # there was nothing to round
    assert verdict("x*1", "0.4", x=0.5).verdict == "wrong"
    assert verdict("x*1", "145", x=145.152).note == "rounded to a whole number"
    assert verdict("x*1", "74.5", x=74.6496).verdict == "wrong"


def test_a_number_rounded_before_is_no_excuse_to_print_more_digits():
    assert verdicts(graph_of("x*1", x=0.39322), {"z": ["0.4", "0.4000"]}) == ["correct", "wrong"]


def test_every_number_keeps_its_text(tmp_path):
    (tmp_path / "a.toml").write_text(
        "[inputs]\nx = 0.04304\n[nodes]\nz = 'x*1'\nv = '[x, 2*x]'\n"
        "[claims]\nz = 0.0430\nv = [0.0430, 0.0861]\n"
    )
    graph, sheet = gd.workbench.load_with_claims(tmp_path / "a.toml")
    first, second = graph.check(sheet)
    assert (first.claimed, first.verdict) == ("0.0430", "correct")
    assert (second.claimed, second.verdict) == ("[0.0430, 0.0861]", "correct")


# Right for the given data


def neuron(**values):
    graph = gd.Graph()
    x, y = graph.input("x", values.get("x", 0.5)), graph.input("y", values.get("y", 0))
    w, b = graph.parameter("w", values.get("w", 2)), graph.parameter("b", -0.3)
    z = graph.node("z", w * x + b)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)))
    return graph


@pytest.mark.parametrize(
    ("target", "claim", "names"),
    [
        ("L", "-log(1-a)", "y = 0"),
        ("dL/dw", "(a-y)*0.5", "x = 0.5"),
        ("dL/dw", "a*0.5", "x = 0.5, y = 0"),
        ("dL/da", "1/(1 - a)", "y = 0"),
        ("z", "2*x + b", "w = 2"),
        ("z", "w/2 + b", "x = 0.5"),
        ("J[w->z]", "0.5 + 0*w", "x = 0.5"),
    ],
)
def test_values_put_in(target, claim, names):
    (result,) = neuron().check({target: claim})
    assert (result.verdict, result.note) == ("given", f"right with the given {names} put in")
    (strict,) = neuron().check({target: claim}, strict=True)
    assert strict.verdict == "coincidental"


@pytest.mark.parametrize(
    ("target", "claim", "values"),
    [
        ("J[z->a]", "z*(1 - a)", {"x": 0.5, "w": 2}),
        ("L", "-log(1-a)", {"y": 1}),
        ("dL/dw", "(a-y)*w", {"x": 2, "w": 2}),  # the number is right, w is the wrong factor
        ("dL/dz", "a - x", {"x": 0.5, "y": 0.5}),
        ("dL/dw", "(a - y)", {"x": 2}),
    ],
)
def test_what_values_do_not_explain(target, claim, values):
    (result,) = neuron(**values).check({target: claim})
    assert result.verdict in ("wrong", "coincidental")


def test_the_lectures_b_stays_coincidental():
    graph = graph_of({"u": "x*w", "v": "u + b"}, x=1, w=5, b=1)
    assert verdicts(graph, {"J[u->v]": ["b", "x"]}) == ["coincidental", "coincidental"]


# Follows


def test_what_follows_from_a_wrong_number():
    graph = neuron(x=2, y=1)
    report = graph.check({"z": "3.6", "a": "0.9734", "dL/dz": "-0.0266", "dL/dw": "-0.0532"})
    assert [result.verdict for result in report] == ["wrong", "follows", "follows", "follows"]
    assert {result.follows for result in report.results[1:]} == {1}
    assert {result.note for result in report.results[1:]} == {"it follows from z = 3.6"}
    assert report.exit_code == 1


def test_what_follows_from_a_wrong_formula():
    graph = neuron(x=2, y=1)
    claims = {
        "dL/da": ["a - y", "-0.0241"],
        "dL/dz": ["dL/da*a*(1 - a)", "(a - y)*a*(1 - a)", "-0.000567"],
        "dL/dw": "(a - y)*a*(1 - a)*x",
    }
    report = graph.check(claims)
    assert [result.verdict for result in report] == [
        "wrong", "follows", "correct", "follows", "follows", "follows",
    ]  # fmt: skip


def test_a_slip_of_its_own_does_not_follow():
    graph = neuron(x=2, y=1)
    report = graph.check({"z": "3.6", "a": "0.9811"})
    assert [result.verdict for result in report] == ["wrong", "wrong"]
    again = graph.check([("z", "3.6"), ("z", "3.7"), ("a", "0.9759")])
    assert [result.verdict for result in again] == ["wrong", "correct", "correct"]


# Numbers of lines above put into formulas


def small_neuron():
    graph = gd.Graph()
    x, w, y = graph.input("x", 2), graph.parameter("w", 0.5), graph.input("y", 1)
    z = graph.node("z", w * x)
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", (a - y) ** 2)
    return graph


def test_numbers_of_lines_above_may_stand_in_a_formula():
    right = [
        ("z", ["w*x", 1]),
        ("a", ["sigmoid(z)", 0.731]),
        ("dL/da", ["2*(a - y)", "2*(0.731 - y)", -0.538]),
        ("dL/dz", ["dL/da*a*(1 - a)", "-0.538*a*(1 - a)", -0.106]),
        ("dL/dw", ["-0.106*x", -0.212]),
    ]
    assert small_neuron().check(right).ok, str(small_neuron().check(right))
    assert verdicts(small_neuron(), right, strict=True).count("coincidental") == 3
    wrong = [*right[:3], ("dL/dz", ["-0.538*a*a"]), ("dL/dw", ["-0.538*x", "0.106*x"])]
    assert verdicts(small_neuron(), wrong)[-3:] == ["wrong"] * 3


def test_a_formula_with_a_wrong_number_of_a_line_above_follows():
    claims = [("a", [0.731]), ("dL/da", [-0.269]), ("dL/dz", ["-0.269*a*(1 - a)"])]
    *_, result = small_neuron().check(claims)
    assert (result.verdict, result.follows) == ("follows", 2)


def test_a_number_put_in_for_what_all_else_hangs_on():
    graph = graph_of({"p": "y - x", "q": "exp(p)", "r": "p/q"}, x=-1.3, y=0.9)
    assert graph.check([("p", [2.2]), ("r", ["p/q", "2.2/q", 0.244])]).ok
    assert verdicts(graph, [("p", [2.2]), ("r", ["p/q", "2.3/q", "q/2.2"])])[-2:] == ["wrong"] * 2
    powers = graph_of({"s": "u*y", "v": "s*y"}, u=3.0, y=-1.42)
    assert powers.check([("ds/du", ["y", -1.42]), ("dv/du", ["ds/du*y", "ds/du*(-1.42)"])]).ok


def test_the_number_that_is_one_by_chance_stays_coincidental():
    assert verdicts(small_neuron(), [("z", [1]), ("L", ["(a - z)**2"])])[-1] == "coincidental"
    assert verdicts(small_neuron(), [("z", [1]), ("dL/da", ["2*(a - z)"])])[-1] == "coincidental"
