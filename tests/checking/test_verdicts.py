"""Verdicts: what a teaching assistant would say of each line."""

import json

import pytest
from one_claim import graph_of, verdict

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.files.parser import parse
from graphdiff.workbench import load_with_claims

# The lecture


def test_the_lecture(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(examples.source("linear-regression"), encoding="utf-8")
    graph, claims = load_with_claims(path)
    report = graph.check(claims)
    assert report.summary() == "32 correct, 1 coincidental, 1 wrong"
    wrong, coincidental = report.with_verdict("wrong", "coincidental")
    assert (wrong.target, wrong.claimed, wrong.expected) == ("J[2->3]", "2", "1")
    assert (coincidental.target, coincidental.claimed) == ("J[3->5]", "b")
    assert coincidental.expected == "1"
    assert coincidental.point == {"x": "1", "w": "5", "b": "2", "y": "2"}
    assert not report.ok


@pytest.mark.parametrize("name", sorted(set(examples.names()) - {"linear-regression"}))
def test_the_other_examples_are_all_correct(name, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(examples.source(name), encoding="utf-8")
    graph, claims = load_with_claims(path)
    assert graph.check(claims).ok


# Textbook forms of the same derivative, none of which may be taken for another


@pytest.mark.parametrize("order", [("x", "w", "b"), ("b", "x", "w"), ("w", "b", "x")])
@pytest.mark.parametrize(
    ("node", "forms"),
    [
        ("log(1 + exp(-z))", ["-1/(1+exp(z))", "σ(z)-1", "1/(1+exp(-z))-1", "-sigmoid(-z)"]),
        (
            "sigmoid(z)",
            [
                "f*(1-f)", "sigmoid(z)*sigmoid(-z)", "exp(-z)*f^2", "1/(2+exp(z)+exp(-z))",
                "1/(4*cosh(z/2)^2)", "(1-tanh(z/2)^2)/4", "exp(-z)/(1+exp(-z))^2",
            ],
        ),
        ("tanh(z)", ["1-f^2", "4*exp(-2*z)/(1+exp(-2*z))^2", "4*sigmoid(2*z)*sigmoid(-2*z)"]),
        ("exp(-z^2)", ["-2*z*f", "-2*z/exp(z^2)"]),
    ],
)  # fmt: skip
def test_textbook_forms(node, forms, order):
    graph = gd.Graph()
    leaves = {
        name: graph.input(name, value) for name, value in zip(order, (1, 2, 0.5), strict=True)
    }
    z = graph.node("z", leaves["w"] * leaves["x"] + leaves["b"])
    graph.node("f", parse(node, {"z": z}.__getitem__))
    report = graph.check({"J[z->f]": forms, "df/dw": [f"({form})*x" for form in forms]})
    assert report.ok, str(report)


def test_the_given_point_is_shown_where_it_tells_apart():
    result = verdict("x**2", "3*x", x=2)
    assert result.note == "at x = 2 it gives 6, but z is 4"
    assert result.point == {"x": "2"}


# Reports


def test_the_report_as_text_and_as_json():
    graph = graph_of({"u": "x*w"}, x=1, w=5)
    report = graph.check({"J[w->u]": ["x", 2], "u": ["w**x", "5"]}, diagnose=False)
    assert str(report) == (
        "✓ J[w->u] = x: correct\n"
        "✗ J[w->u] = 2: wrong; expected 1 (it is 1)\n"
        "≈ u = w**x: coincidental; expected x*w (the number 5 is right here, the formula is not: "
        "at x = 2, w = 5 it gives 25, but u is 10)\n"
        "✓ u = 5: correct\n"
        "2 correct, 1 coincidental, 1 wrong"
    )
    content = json.loads(report.json())
    assert content["ok"] is False
    counts = {verdict: count for verdict, count in content["counts"].items() if count}
    assert counts == {"correct": 2, "coincidental": 1, "wrong": 1}
    assert content["results"][2] == {
        "target": "u",
        "link": 1,
        "claimed": "w**x",
        "expected": "x*w",
        "verdict": "coincidental",
        "note": report.results[2].note,
        "point": {"x": "2", "w": "5"},
        "follows": None,
        "case": "",
    }
    assert len(report) == 4
