"""What a page says for mistakes and against them; alternatives that say the same, told once."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_catalogue import made
from test_search import network

import graphdiff as gd
from graphdiff.checking.faults.catalogue import CATALOGUE

RATE = 0.1
STEP = {"rate-left-out", "ascent", "change-only", "gradient-for-step"}
ABOVE = ("dL/da2", "dL/dz2", "dL/da1", "dL/dz1", "dL/dw1")


def right(graph, target):
    run = graph.backward()
    return float(f"{float(run.gradient[target.removeprefix('dL/d')]):.5g}")


def keys(result):
    return [explanation.faults for explanation in result.diagnosis.explanations]


@pytest.mark.parametrize(
    "claim",
    [
        "w1 + eta*dL/dw1",
        "0.3 + 0.1*0.0170313",
        ["w1 + eta*dL/dw1", "0.3017031"],
        0.3017031,
        0.30170,
    ],
)
@pytest.mark.parametrize("above", [-1, slice(None)])
def test_after_a_gradient_that_is_right_a_step_uphill_is_one(claim, above):
    graph = network()
    lines = ABOVE[above] if isinstance(above, slice) else (ABOVE[above],)
    claims = {target: right(graph, target) for target in lines}
    report = graph.check({**claims, "w1@1": claim}, learning_rate=RATE)
    wrong = next(result for result in report if not result.ok)
    assert keys(wrong) == [("ascent",)]
    assert wrong.diagnosis.certain or wrong.claimed == "0.3017"


def test_a_path_that_is_right_by_itself_may_be_left_out_of_a_sum():
    """As likely as a node taken for another that gives the same: neither is told for certain."""
    graph = gd.Graph()
    x, y = graph.input("x", 3), graph.input("y", 4)
    a = graph.node("a", x - y)
    r = graph.node("r", a - y)
    p = graph.node("p", r - x)
    graph.node("q", p / x)
    claims = {"dq/dp": "1/x", "dq/da": "dq/dp", "da/dx": 1, "dq/dx": "-dq/dp - p/x**2"}
    *above, result = graph.check(claims)
    assert all(line.ok for line in above)
    assert ("path-dropped",) in keys(result)
    assert not result.diagnosis.certain


def test_without_it_the_mistake_may_be_anywhere():
    (result,) = network().check({"w1@1": "w1 + 0.1*(a2 - t)*a2*(1 - a2)*w2*a1*(1 - a1)*x"},
                                learning_rate=RATE)  # fmt: skip
    assert ("ascent",) in keys(result)


def test_what_is_right_above_rules_out_what_would_change_it():
    """Over the catalogue: with all derivatives on the way right, none of them is blamed."""
    graph = network()
    above = {target: right(graph, target) for target in ABOVE}
    for where, target, _, (value, *_), explanation in made()["difference-turned"]:
        if where.nodes[0].name == "x" and target == "w1@1" and len(where) == len(graph):
            report = graph.check({**above, target: float(f"{value:.9g}")}, learning_rate=RATE)
            found = report.results[-1]
            assert found.verdict == "wrong"
            assert set(itertools.chain(*keys(found))) <= STEP, explanation


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("(t - a2)*a2*(1 - a2)*a1", "t − a2 is taken in place of a2 − t"),
        ("-(a2 - t)*a2*(1 - a2)*a1", "the sign is turned round"),
        ("-dL/dz2*a1", "the sign is turned round"),
    ],
)
def test_a_sign_is_told_as_it_is_seen(claim, said):
    (result,) = network().check({"dL/dw2": claim})
    assert [each.sentence for each in result.diagnosis.explanations] == [said]


def test_no_two_say_the_same():
    """What only says what is off is not told beside what says what was done."""
    told = []
    for key in ("sign", "factor-two", "minus-missing", "slope-left-out", "own-factor"):
        for graph, target, shape, values, _ in made()[key][:6]:
            if not shape:
                (result,) = graph.check({target: float(f"{values[0]:.9g}")}, learning_rate=RATE)
                told.append([found for (found, *more) in keys(result) if not more])
    vague = {key for key, fault in CATALOGUE.items() if fault.vague}
    assert len(told) > 20
    for found in told:
        assert len(found) == 1 or not (vague & set(found) and "number-left-out" in found)
        for one, other in itertools.permutations(found, 2):
            assert not (one == "own-factor" and other == "operand")


def kinked(make, z):
    g = gd.Graph()
    x, w = g.input("x", 1.25), g.parameter("w", z / 1.25)
    h = g.node("h", make(w * x))
    g.node("L", (2.375 * h - 0.7321) ** 2)
    return g


@given(
    st.sampled_from([gd.relu, gd.leaky_relu, lambda u: gd.max(u, 0.0), lambda u: gd.max(0.0, u)]),
    st.floats(0.2, 3).map(lambda z: round(z, 3)),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_the_wrong_side_of_a_kink(make, size, positive):
    z = size if positive else -size
    graph = kinked(make, z)
    run = graph.backward()
    # at −z the slope is the other one; what comes in is that of z
    other = kinked(make, -z).backward()
    slope = float(other.P["w"] / other.P["h"])
    (result,) = graph.check({"dL/dw": float(f"{float(run.P['h']) * slope:.6g}")})
    assert keys(result)[0] == ("wrong-side",), str(result)
