"""What a diagnosis says, in text, in tables and in JSON."""

import json

import jsonschema
import pytest

import graphdiff as gd
from graphdiff.checking.diagnoses import Diagnosis, Explanation
from graphdiff.checking.faults import search
from graphdiff.checking.judge import Judge
from graphdiff.checking.report import Report, Result, schema
from graphdiff.errors import BudgetError
from graphdiff.errors.defects import RAISES


def explanation(sentence, *faults):
    return Explanation(faults or ("sign",), sentence, "look again", "chain rule", "J[z->a]")


@pytest.mark.parametrize(
    ("sentences", "certain", "said"),
    [
        ([], False, "no known mistake fits"),
        (["A is left out"], True, "A is left out"),
        (["A is left out"], False, "it looks as if A is left out"),
        (["A is left out", "B is turned"], False, "either A is left out, or B is turned"),
        (["A", "A", "B", "C"], False, "either A, or B, or C"),
    ],
)
def test_what_is_said(sentences, certain, said):
    assert Diagnosis(tuple(map(explanation, sentences)), certain).said == said


def test_it_stands_under_the_line_and_in_every_form():
    diagnosis = Diagnosis((explanation("the sign is turned\x1b", "sign"),), certain=True)
    wrong = Result("P[w]", 1, "-2", "2", "wrong", "it has the wrong sign", diagnosis=diagnosis)
    report = Report("a graph", (wrong, Result("u", 1, "6", "6", "correct")))
    line, below, after, _ = str(report).splitlines()
    assert line.startswith("✗ P[w] = -2")
    assert below == r"  ↳ the sign is turned\x1b"
    assert after == "✓ u = 6: correct"
    written = json.loads(report.json())
    jsonschema.validate(written, schema())
    assert written["results"][0]["diagnosis"]["certain"] is True
    assert written["results"][0]["diagnosis"]["explanations"][0]["faults"] == ["sign"]
    assert "diagnosis" not in written["results"][1]
    assert "mistake" in next(report.shown()).columns


def test_a_defect_of_the_search_costs_no_verdict_but_fails_tests(monkeypatch):
    graph = gd.Graph()
    x = graph.input("x", 3)
    graph.node("f", x**2)

    def broken(line, work):
        raise KeyError("a defect")

    monkeypatch.setattr(search, "diagnosis", broken)
    with pytest.raises(KeyError, match="a defect"):
        graph.check({"df/dx": 7})
    monkeypatch.delenv(RAISES)
    [result] = graph.check({"df/dx": 7}).results
    assert (result.verdict, result.diagnosis) == ("wrong", None)


@pytest.mark.parametrize("broken", ["judged", "_right"])
def test_a_defect_of_the_judge_costs_one_line_but_fails_tests(monkeypatch, broken):
    def defect(self, *_):
        raise KeyError("a defect")

    graph = gd.Graph()
    x = graph.input("x", 3)
    graph.node("f", x**2)
    monkeypatch.setattr(Judge, broken, defect)
    with pytest.raises(KeyError, match="a defect"):
        graph.check({"df/dx": 6})
    monkeypatch.delenv(RAISES)
    [result] = graph.check({"df/dx": 6}).results
    assert (result.verdict, result.expected) in [("undecided", ""), ("correct", "")]


def test_a_search_that_takes_too_long_is_no_defect(monkeypatch):
    graph = gd.Graph()
    x = graph.input("x", 3)
    graph.node("f", x**2)

    def slow(line, work):
        raise BudgetError("it takes more than 2 s")

    monkeypatch.setattr(search, "diagnosis", slow)
    [result] = graph.check({"df/dx": 7}).results
    assert result.verdict == "wrong"
    assert result.diagnosis.said == search.OUT_OF_WORK
