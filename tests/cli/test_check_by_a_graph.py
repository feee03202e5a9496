"""graphdiff check X --graph F reads from X only what it claims, whatever kind of file it is."""

import json

import pytest
from a_class import ASSIGNMENT, RIGHT, WRONG

CLAIMS = {**RIGHT, "a": 0.7}
OWN = 'inputs.x = [9, 9]\nparameters.w = [0, 0]\nparameters.b = 3\nnodes.z = "w @ x"\n'


def toml(claims):
    return "\n".join(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in claims.items())


def notebook(text):
    cell = {"cell_type": "markdown", "metadata": {}, "source": [text]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


FILES = {
    "bare.toml": toml(CLAIMS),
    "claims.toml": f"[claims]\n{toml(CLAIMS)}",
    "GRAPH.TOML": f"{OWN}[claims]\n{toml(CLAIMS)}",
    "bare.json": json.dumps(CLAIMS),
    "claims.json": json.dumps({"claims": CLAIMS}),
    "values.json": json.dumps({"claims": CLAIMS, "parameters": {"b": 9}, "tolerance": "99%"}),
}


@pytest.fixture
def hw1(folder):
    (folder / "hw1.toml").write_text(ASSIGNMENT, encoding="utf-8")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("file", FILES)
def test_claims_are_judged_as_they_are_graded(file, run, hw1):
    code, out, _ = run("check", file, "--graph", "hw1.toml", "--format", "json")
    assert code == 1
    checked = [one for one in json.loads(out)["results"] if not one["case"]]
    assert {one["target"] for one in checked if one["verdict"] != "correct"} == {"a"}
    book = json.loads(run("grade", "hw1.toml", file, "--format", "json")[1])
    report = book["graded"][0]["report"]
    assert checked == [one for one in report["results"] if not one["case"]]
    assert json.loads(out)["remarks"] == report["remarks"]


@pytest.mark.parametrize("kind", ["md", "ipynb"])
def test_a_page_has_no_values_of_its_own_where_the_graph_has_them(kind, run, hw1):
    text = "x = [0, 0]\n\n$z = w x + b = 0.17$"
    (hw1 / f"page.{kind}").write_text(notebook(text) if kind == "ipynb" else text, encoding="utf-8")
    _, out, _ = run("check", f"page.{kind}", "--graph", "hw1.toml", "--format", "json")
    number = next(one for one in json.loads(out)["results"] if one["claimed"] == "0.17")
    assert number["verdict"] != "correct"
    assert number["expected"] == "0.21"


def test_a_graph_given_both_ways_says_which_counts(run, hw1):
    code, out, _ = run("check", "GRAPH.TOML", "--graph", "hw1.toml")
    assert code == 1
    assert "✗ z = w @ x: wrong; expected w @ x + b" in out
    assert "its graph, values of inputs and values of parameters are not used" in out
    assert (
        "its values of parameters and tolerance are not used"
        in (run("check", "values.json", "--graph", "hw1.toml")[1])
    )


def test_what_the_assignment_says_of_judging_counts(run, hw1):
    (hw1 / "g.toml").write_text('parameters.w = 0.3\nnodes.L = "w**2"', encoding="utf-8")
    (hw1 / "ada.toml").write_text('"dL/dw" = 0.601\n"w@1" = 0.24', encoding="utf-8")
    assert "w@1" in run("check", "ada.toml", "--graph", "g.toml")[1]
    assert run("check", "ada.toml", "--graph", "g.toml")[0] == 2
    with (hw1 / "g.toml").open("a") as file:
        file.write('\n[grading]\nrequired = ["w@1"]\ntolerance = "1%"\nlearning_rate = 0.1')
    assert run("check", "ada.toml", "--graph", "g.toml")[0] == 0
    other = ("--learning-rate", "0.2", "--tolerance", "0.1%")
    assert run("check", "ada.toml", "--graph", "g.toml", *other)[0] == 1


def test_several_files_are_checked_by_one_graph(run, hw1):
    (hw1 / "wrong.json").write_text(json.dumps(WRONG), encoding="utf-8")
    (hw1 / "none.toml").write_text("", encoding="utf-8")
    code, out, _ = run("check", "bare.toml", "wrong.json", "none.toml", "--graph", "hw1.toml")
    assert code == 2
    assert out.count("== ") == 3
    assert "none.toml: it has no claims" in out


@pytest.mark.parametrize("page", ["", "hello", "a | b | c", "$$$$$$", "~~$z = 0.5$~~"])
def test_a_page_that_claims_nothing_is_not_right(run, hw1, page):
    (hw1 / "page.md").write_text(page, encoding="utf-8")
    code, out, _ = run("check", "page.md", "--graph", "hw1.toml")
    assert code == 2
    assert out.strip() == "no claims: nothing was found that says something of the graph"
