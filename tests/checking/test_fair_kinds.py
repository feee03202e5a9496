"""Each kind of verdict that was unfair once: a right answer accused, or a wrong one let through."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from one_claim import graph_of, verdict

import graphdiff as gd


def verdicts(graph, claims, **options):
    return [result.verdict for result in graph.check(claims, **options)]


# Accepted though wrong


@pytest.mark.parametrize("x", [[0.25, 0.75], [0, 1], [1, 0], [-0.5, 1.5]])
def test_inputs_that_sum_to_one_by_chance(x):
    graph = gd.Graph()
    x, y = graph.input("x", x), graph.input("y", 1)
    w, b = graph.parameter("w", [0.5, -1]), graph.parameter("b", 0.1)
    z = graph.node("z", w @ x + b)
    graph.node("L", (z - y) ** 2 / 2)
    report = graph.check({"dL/db": "(z-y)*sum(x)", "dL/dw[0]": "(z-y)*(1-x[1])"})
    assert [result.verdict for result in report] == ["coincidental"] * 2, str(report)
    assert graph.check({"dL/db": "z - y", "dL/dw": "(z-y)*x", "dL/dw[0]": "(z-y)*x[0]"}).ok


def losses(Y, rows=None):
    graph = gd.Graph()
    z, Y = graph.input("z", [0.1, 0.2, 0.5]), graph.input("Y", Y, rows=rows)
    p = graph.node("p", gd.softmax(z))
    return graph, z, Y, p


@pytest.mark.parametrize(
    "loss",
    [
        lambda z, Y, p: gd.cross_entropy(p, Y),
        lambda z, Y, p: gd.cross_entropy_with_logits(z, Y),
        lambda z, Y, p: -(Y * gd.log(p)).sum(),
        lambda z, Y, p: (-Y * gd.log(p)).sum(),
        lambda z, Y, p: -(Y @ gd.log(p)),
        lambda z, Y, p: -gd.sum(Y * gd.log_softmax(z)),
    ],
)
def test_targets_of_a_cross_entropy_are_probabilities(loss):
    graph, z, Y, p = losses([0, 1, 0])
    graph.node("L", loss(z, Y, p))
    (result,) = graph.check({"dL/dz": "p - Y"})
    assert (result.verdict, result.note) == ("correct", "right if the rows of Y sum to 1")
    assert verdicts(graph, {"dL/dz": "p + Y"}) == ["wrong"]
    graph, z, Y, p = losses([0, 1, 1])
    graph.node("L", loss(z, Y, p))
    assert verdicts(graph, {"dL/dz": "p - Y"}) == ["wrong"]


def test_targets_of_a_binary_cross_entropy_are_none():
    graph = gd.Graph()
    z, y = graph.input("z", [0.1, 0.5]), graph.input("y", [0, 1])
    a = graph.node("a", gd.sigmoid(z))
    graph.node("L", -(y * gd.log(a) + (1 - y) * gd.log(1 - a)).sum())
    assert graph.check({"dL/dz": "a - y"}).ok
    assert verdicts(graph, {"dL/dz": "(a - y)*sum(y)"}) == ["coincidental"]


def test_an_input_declared_so_is_one():
    graph, _, Y, p = losses([0, 1, 0], rows="distribution")
    graph.node("L", (p * Y).sum() + Y.sum())
    (result,) = graph.check({"L": "p @ Y + 1"})
    assert (result.verdict, result.note) == ("correct", "right since the rows of Y sum to 1")


# Sampling


@pytest.mark.parametrize("at", ["-30", "5000", "-123456", "0.0003", "-7/9"])
@pytest.mark.parametrize("sign", ["<", ">"])
def test_cases_are_found_on_every_scale(at, sign):
    outside = f"where(x {sign} {at}, 2*x + 1, 2*x)"
    inside = f"where(x {sign} {at}, 2*x, 2*x + 1)"
    for claim in (outside, inside):
        assert not verdict("2*x", claim, x=2).ok, claim
        assert not verdict(claim, "2*x", x=2).ok, claim
    assert verdict("2*x", f"where(x {sign} {at}, x + x, 2*x)", x=2).verdict == "correct"


def test_a_smaller_domain_is_said():
    result = verdict("log(x**2)", "2*log(x)", x=3)
    assert result.verdict == "correct"
    assert result.note.startswith("where it has a value: it has none at x = -")
    assert verdict("2*log(x)", "log(x**2)", x=3).note == ""


# Nothing said


@pytest.mark.parametrize(
    "claims",
    [{"dz/dx": "dz/dx"}, {"P[x]": "P[x]"}, {"z": "z"}, {"P[x]": "dz/dx"}, {"z": "2*z - z"},
     {"J[x->z]": "J[x->z]*1"}, {"z": "z + 0*x"}],
)  # fmt: skip
def test_a_claim_that_repeats_itself_says_nothing(claims):
    (result,) = graph_of("x**2", x=3).check(claims)
    assert result.verdict == "says-nothing"
    assert not result.ok


def test_a_claim_that_says_something():
    graph = graph_of({"u": "x**2", "z": "u*x"}, x=3)
    claims = {"dz/dx": "dz/du*du/dx + u", "P[x]": ["P[u]*J[x->u] + J[x->z]"], "u": "z/x"}
    assert verdicts(graph, claims) == ["correct"] * 3


# What is said


def test_notes_are_true():
    assert "rounds" not in verdict("x*1", "0.31", x=0.3).note
    assert verdict("x*1", "0.33", x=0.3).note == "it is 0.3; the last digit is off by 3"
    assert verdict("x/3", "0.35", x=1).note == (
        "it is 0.333333, which rounds to 0.33; the last digit is off by 2"
    )
    graph = gd.Graph()
    graph.node("B", graph.input("A", np.arange(9.0).reshape(3, 3)) / 7)
    (result,) = graph.check({"B": [[0, 0, 0]] * 3})
    assert "norm" not in result.expected
    assert "np.float64" not in str(graph.check({"B": [np.float64(0.5)] * 9}))


def test_lines_cannot_be_forged():
    graph = graph_of("x*1", x=2)
    report = graph.check({"z": "3 +\n✓ z = 2: correct\n0", "z\n✓ all": 1, "z ": "5\x1b[2J"})
    assert not report.ok
    lines = str(report).splitlines()
    assert len(lines) == len(report) + 1
    assert not any(line.startswith("✓") for line in lines)
    assert "\x1b" not in str(report)
    assert json.loads(report.json())["ok"] is False


# Pages of others

WORKSHEETS = json.loads((Path(__file__).with_name("worksheets.json")).read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", WORKSHEETS, ids=lambda page: page["name"])
def test_hand_computed_pages(page, tmp_path):
    """Verdicts on pages of public repositories, as facts; their sources are named in the file."""
    (tmp_path / "a.toml").write_text(page["graph"], encoding="utf-8")
    graph = gd.load(tmp_path / "a.toml")
    pairs = [(line["target"], line["claimed"]) for line in page["lines"]]
    report = graph.check(pairs, learning_rate=page["learning_rate"])
    found = [result.verdict for result in report]
    assert found == [line["verdict"] for line in page["lines"]], str(report)
    assert not re.search("nan|inf", str(report))
