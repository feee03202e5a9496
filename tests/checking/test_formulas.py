"""Verdicts on formulas: equal in disguise, different, at kinks and outside domains."""

import re

import pytest
from one_claim import graph_of, verdict

import graphdiff as gd


@pytest.mark.parametrize(
    ("formula", "claims"),
    [
        (
            "1/(1+exp(-x))",
            "sigmoid(x) exp(x)/(1+exp(x)) 1/2+tanh(x/2)/2 1-1/(1+exp(x)) (1+exp(-x))**-1",
        ),
        ("tanh(x)", "(exp(2*x)-1)/(exp(2*x)+1) sinh(x)/cosh(x) 2*sigmoid(2*x)-1 1-2/(exp(2*x)+1)"),
        ("sin(x)**2+cos(x)**2", "1 x/x 1.0 exp(0*x)"),
        (
            "x",
            "log(exp(x)) exp(log(x)) (x**2)/x sqrt(x)**2 x/x*x x+0/x sinh(asinh(x)) (x**3)**(1/3)",
        ),
        ("x", "(x+1e40)-1e40 (x+1e100)-1e100 (x+1e300)-1e300 relu(x)-relu(-x) x*sign(x)**2"),
        ("abs(x)", "sqrt(x**2) max(x,-x) x*sign(x) (x**2)**0.5 relu(x)+relu(-x)"),
        ("sqrt(x**2)", "abs(x)"),
        ("relu(x)", "max(0,x) x*step(x) (x+abs(x))/2 (x+sqrt(x**2))/2"),
        ("(x**2-1)/(x-1)", "x+1 (x+1)*(x-1)/(x-1)"),
        ("x+1", "(x**2-1)/(x-1)"),
        ("log(x)", "ln(x) log(x**2)/2 log(x/2)+log(2) log(abs(x)) log10(x)*log(10)"),
        ("softplus(x)", "log(1+exp(x)) x+softplus(-x)"),
        ("swish(x)", "x*sigmoid(x) x/(1+exp(-x))"),
        ("gelu(x)", "x*(1+erf(x/sqrt(2)))/2"),
        ("cos(2*x)", "1-2*sin(x)**2 2*cos(x)**2-1"),
        ("max(x,1)", "(x+1+abs(x-1))/2 1+relu(x-1)"),
        ("x**3", "x*x*x x**2*x x**3.0"),
    ],
)
def test_formulas_equal_in_disguise(formula, claims):
    for claim in claims.split():
        result = verdict(formula, claim, x=2)
        assert result.verdict == "correct", claim
        assert result.note == "" or result.note.startswith("where it has a value: it has none at x")


@pytest.mark.parametrize(
    ("formula", "claim", "expected"),
    [
        ("x", "x + 1e-30", "wrong"),
        ("x", "x*(1+1e-12)", "wrong"),
        ("x", "x+1e-100", "coincidental"),
        ("x", "abs(x)", "coincidental"),
        ("x", "sqrt(x**2)", "coincidental"),
        ("abs(x)", "x", "coincidental"),
        ("abs(x)", "-x", "wrong"),
        ("x", "2", "correct"),
        ("x", "x**2/2", "coincidental"),
        ("x", "asin(sin(x))", "wrong"),
        ("x", "4/x", "coincidental"),
        ("sin(x)**2+cos(x)**2", "x/2", "coincidental"),
        ("log(log(x+9))", "log(log(x+9)) + 1e-20", "wrong"),
        ("relu(x)", "x", "coincidental"),
        ("relu(x-1000)", "0*x", "coincidental"),
        ("step(x)", "(1+sign(x))/2", "coincidental"),
        ("sigmoid(x)", "1/(1+exp(x))", "wrong"),
        ("x", "x + (x-2)*(x-3)*1e-9", "coincidental"),
        ("x**1000", "x**999*2", "coincidental"),
        ("exp(-x*500)", "0*x", "wrong"),
    ],
)
def test_formulas_that_differ(formula, claim, expected):
    assert verdict(formula, claim, x=2).verdict == expected


def test_a_difference_can_be_seen():
    note = verdict("x", "x + 1e-30", x=2).note
    assert note == "at x = 2 it gives 2.000000000000000000000000000001, but z is 2"


@pytest.mark.parametrize("x", [2, -2])
def test_derivatives_off_the_kink_may_have_any_value_on_it(x):
    for formula, claims in {
        "relu(x)": ["step(x)", "(1+sign(x))/2", "1-step(-x)", "relu(x)/x"],
        "abs(x)": ["sign(x)", "x/abs(x)", "abs(x)/x", "2*step(x)-1"],
    }.items():
        for claim in claims:
            assert verdict(formula, claim, "dz/dx", x=x).verdict == "correct", claim
    assert "kink x = 0" in verdict("relu(x)", "step(x)", "dz/dx", x=x).note
    assert verdict("relu(x)", "sign(x)", "dz/dx", x=2).verdict == "coincidental"
    assert verdict("relu(x)", "sign(x)", "dz/dx", x=-2).verdict == "wrong"
    assert verdict("abs(x)", "step(x)", "dz/dx", x=2).verdict == "coincidental"


def test_derivatives_on_the_kink_are_the_declared_ones():
    assert verdict("relu(x)", "step(x)", "dz/dx", x=0).verdict == "convention"
    assert verdict("relu(x)", "1 - step(-x)", "dz/dx", x=0).verdict == "correct"
    assert verdict("abs(x)", "sign(x)", "dz/dx", x=0).verdict == "correct"
    assert verdict("relu(x)", 0, "dz/dx", x=0).verdict == "correct"
    assert verdict("max(x, y)", "1/2", "dz/dx", x=1, y=1).verdict == "correct"
    assert (
        verdict("abs(x)", "x/abs(x)", "dz/dx", x=0).note
        == "it has no finite value at the given point"
    )
    assert verdict("max(x, y)", "step(x-y)", "dz/dx", x=2, y=1).verdict == "correct"


@pytest.mark.parametrize(
    ("formula", "x", "right", "wrong"),
    [
        ("log(-x)", -2, "log(-2*x)-log(2)", "log(x)"),
        ("log(x-100)", 200, "log(2*x-200)-log(2)", "log(x-99)"),
        ("log(x-1e6)", 2e6, "log(2*x-2e6)-log(2)", "log(x-1e6-1)"),
        ("sqrt(-x-50)", -70, "sqrt(-4*x-200)/2", "sqrt(-x-50)+1"),
        ("sqrt(1-((x-100)*1000)**2)", 100, "(1-1e6*(x-100)**2)**0.5", "sqrt(4-((x-100)*1000)**2)"),
        ("asin(x)", 0.5, "pi/2-acos(x)", "acos(x)"),
        ("acosh(x)", 5, "log(x+sqrt(x**2-1))", "log(x-sqrt(x**2-1))"),
        ("log(log(log(x)))", 100, "log(log(ln(x)))", "log(log(log(x)))*2"),
        ("exp(exp(exp(x)))", 1, "exp(exp(exp(x)))", "exp(exp(x))"),
        ("atanh(x)", 0.1, "log((1+x)/(1-x))/2", "x"),
    ],
)
def test_what_is_defined_in_places_is_still_decided(formula, x, right, wrong):
    assert verdict(formula, right, x=x).verdict == "correct"
    assert verdict(formula, wrong, x=x).verdict == "wrong"


def test_a_formula_without_a_value_is_wrong():
    for claim in ("1/(x-x)", "(x-x)/(x-x)", "log(-x**2)", "sqrt(-1-x**2)"):
        result = verdict("x", claim, x=2)
        assert (result.verdict, result.expected) == ("wrong", "x")
        assert result.note == "it has no finite value at x = 2, but z is 2"
    assert verdict("x", "0/0", x=2).verdict == "wrong"


def test_one_node_without_a_value_spoils_no_other():
    graph = graph_of({"a": "x**2", "b": "log(-a)", "z": "b + a"}, x=3)
    report = graph.check({"a": ["x*x", 9], "J[x->a]": ["2*x", 6], "z": 1, "J[b->z]": ["1", "a/a"]})
    assert [r.verdict for r in report] == ["correct"] * 4 + ["undecided"] * 3
    assert report.results[4].note == "z has no finite value here"


def test_many_domains_at_once():
    nodes = {f"a{k}": f"log(x{k} - {10 * k})*sqrt({10 * k + 20} - x{k})" for k in range(8)}
    graph = graph_of(nodes, **{f"x{k}": 10 * k + 15 for k in range(8)})
    claims = {
        f"da{k}/dx{k}": f"sqrt({10 * k + 20}-x{k})/(x{k}-{10 * k}) "
        f"- log(x{k}-{10 * k})/(2*sqrt({10 * k + 20}-x{k}))"
        for k in range(8)
    }
    assert graph.check(claims).ok


@pytest.mark.parametrize(
    ("formula", "claim", "kinks"),
    [
        ("relu(x)", "x", (0,)), ("x*relu(x)", "2*x", (0,)), ("relu(x - 1)", "x", (1,)),
        ("abs(x)*x", "2*x", (0,)), ("max(x, 1)", "x", (1,)), ("min(x, 3)*x", "2*x + 1 - 1", (3,)),
        ("leaky_relu(x)", "x/2 + x/2", (0,)), ("where(x > 1, x**2, x)", "2*x", (1,)),
    ],
)  # fmt: skip
def test_the_counterexample_is_not_on_a_kink(formula, claim, kinks):
    """There the derivative is a convention; a person is shown a point without one."""
    for target, said in {"dz/dx": claim, "z": claim}.items():
        found = verdict(formula, said, target, x=2)
        if shown := re.search(r"at x = (-?[\d.e-]+)", found.note):
            assert float(shown[1]) not in kinks, found.note
        else:
            assert found.verdict == "correct", found


@pytest.mark.parametrize("sign", ["<=", ">=", "<", ">", "≤", "≥"])
def test_comparisons_are_no_chain(sign):
    graph = graph_of(f"where(x {sign} 3, x**2, x)".replace("≤", "<=").replace("≥", ">="), x=2)
    claim = f"where(x {sign} 3, 2*x, 1)"
    number = 4 if sign[0] in "<≤" else 1
    report = graph.check({"dz/dx": [claim, f"{claim} = {number}", f"{claim} = {number + 1}"]})
    assert [found.verdict for found in report] == [
        "correct",
        "correct",
        "correct",
        "correct",
        "wrong",
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([1, 0, 0], "correct"), ([0.25, 0.5, 0.25], "correct"), ([1.5, -0.5, 0], "coincidental"),
        ([-1e-3, 1, 1e-3], "coincidental"), ([2, -1, 0], "coincidental"), ([0.5, 0.25, 0.5], "wrong"),
    ],
)  # fmt: skip
def test_only_rows_without_negative_entries_are_probabilities(row, expected):
    graph = gd.Graph()
    z, t = graph.parameter("z", [0.2, 0.5, 0.1]), graph.input("t", row)
    graph.node("L", gd.cross_entropy_with_logits(z, t))
    (found,) = graph.check({"P[z]": "softmax(z) - t"})
    assert found.verdict == expected
