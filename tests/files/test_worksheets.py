"""What a file asks to be checked: read, kept, refused."""

import json
from decimal import Decimal

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import GraphdiffError
from graphdiff.files.worksheet import Case, Worksheet
from graphdiff.workbench import load_with_claims

GRAPH = """\
[inputs]
x1 = 1
x2 = {shape = [2]}
[parameters]
w = 5
[nodes]
v = "x1*w"
y = "v**2 + sum(x2)"
"""

WHOLE = (
    'tolerance = "1%"\n'
    + GRAPH
    + """\
[suppose]
v = 11.001
[descent]
learning_rate = 0.5
method = "gradient descent"
[[claims]]
"dy/dw" = 0.0430
v = [["x1*w", 5.10], 5]
[[claims]]
"dy/dw" = 8
[[cases]]
title = "both on"
values = {x1 = 1, x2 = [1, "1/3"]}
claims = {y = 1.50}
[[cases]]
x1 = "2/3"
v = 0.25
claims = [{y = 1}, {y = 2, v = "3"}]
"""
)


def read(content, tmp_path, suffix=".toml"):
    path = tmp_path / f"a{suffix}"
    path.write_text(content, encoding="utf-8")
    return load_with_claims(path)


def test_a_whole_worksheet(tmp_path):
    _, sheet = read(WHOLE, tmp_path)
    assert sheet == Worksheet(
        claims=(
            ("dy/dw", Decimal("0.0430")),
            ("v", [["x1*w", Decimal("5.10")], 5]),
            ("dy/dw", 8),
        ),
        cases=(
            Case("both on", {"x1": 1, "x2": [1, sp.Rational(1, 3)]}, (("y", Decimal("1.50")),)),
            Case("", {"x1": sp.Rational(2, 3), "v": 0.25}, (("y", 1), ("y", 2), ("v", "3"))),
        ),
        suppose={"v": 11.001},
        tolerance="1%",
        learning_rate=0.5,
        descent={"method": "gradient descent"},
    )
    assert bool(sheet)
    assert len(sheet) == len(list(sheet)) == 3


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_all_of_it_is_kept_with_its_digits(suffix, tmp_path):
    graph, sheet = read(WHOLE, tmp_path)
    graph.save(tmp_path / f"b{suffix}", claims=sheet)
    text = (tmp_path / f"b{suffix}").read_text(encoding="utf-8")
    assert all(number in text for number in ("0.0430", "5.10", "1.50"))
    assert '"0.0430"' not in text
    again, kept = load_with_claims(tmp_path / f"b{suffix}")
    assert kept == sheet
    assert repr(kept) == repr(sheet)  # 0.0430 is equal to 0.043
    again.save(tmp_path / f"c{suffix}", claims=kept)
    assert (tmp_path / f"c{suffix}").read_text(encoding="utf-8") == text


def test_the_json_form_of_a_worksheet(tmp_path):
    graph, sheet = read(WHOLE, tmp_path)
    graph.save(tmp_path / "b.json", claims=sheet)
    content = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    assert content["suppose"] == {"v": 11.001}
    assert content["descent"] == {"learning_rate": 0.5, "method": "gradient descent"}
    assert content["claims"][1] == {"dy/dw": 8}
    assert content["cases"][0]["values"] == {"x1": 1, "x2": [1, "1/3"]}


@pytest.mark.parametrize("tolerance", ["'0.5 %'", "0.001", "1e-6", "2"])
@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_tolerances(tolerance, suffix, tmp_path):
    graph, sheet = read(f"tolerance = {tolerance}\n{GRAPH}", tmp_path)
    graph.save(tmp_path / f"b{suffix}", claims=sheet)
    assert repr(load_with_claims(tmp_path / f"b{suffix}")[1].tolerance) == repr(sheet.tolerance)


def test_one_table_of_claims_is_as_it_was(tmp_path):
    graph, sheet = read(GRAPH + "[claims]\nv = 5\n", tmp_path)
    assert dict(sheet) == {"v": 5}
    assert not read(GRAPH, tmp_path)[1]
    assert graph.check(sheet).ok
    assert graph.check(sheet.claims).ok


def test_cases_alone_are_something_to_check(tmp_path):
    _, sheet = read(GRAPH + "[[cases]]\nx1 = 2\nclaims = {v = 10}\n", tmp_path)
    assert sheet
    assert not len(sheet)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_claims_made_in_python(suffix, tmp_path):
    graph, _ = read(GRAPH, tmp_path)
    claims = {
        "v": [graph["x1"] * graph["w"], np.float64(5), sp.Rational(10, 2), sp.sqrt(25)],
        "x2": np.array([1.0, 2.5]),
        "dy/dx2": sp.Matrix([1, 1]),
    }
    graph.save(tmp_path / f"b{suffix}", claims=claims)
    kept = dict(load_with_claims(tmp_path / f"b{suffix}")[1])
    assert kept["v"] == ["x1*w", 5, "5", "5"]
    assert kept["x2"] == [1, 2.5]
    assert kept["dy/dx2"] == [["1"], ["1"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("claims = 1", '"claims" must be an object (a table), or several'),
        ("claims = [1]", '"claims" must be an object (a table), or several'),
        ("claim = {}", "unknown section 'claim'; did you mean 'claims'?"),
        ("suppose = 1", "'suppose' must be a table, [suppose], not 1"),
        ("suppose = {vv = 1}", "[suppose]: unknown node 'vv'; did you mean 'v'?"),
        ("suppose = {w = 1}", "[suppose]: 'w' is a leaf"),
        ("suppose = {v = {value = 1}}", "[suppose]: the value of 'v' is {'value': 1}"),
        ("suppose = {v = true}", "[suppose]: the value of 'v' is True"),
        ("suppose = {v = 'x1'}", "[suppose]: the value of 'v' is 'x1'; it must be a number"),
        ("suppose = {v = nan}", "[suppose]: the value of 'v' is nan; it must be finite"),
        ("suppose = {v = [[1], [1, 2]]}", "[suppose]: the value of 'v' is no array"),
        ("suppose = {v = [[1]]}", "[suppose]: the value of 'v' has shape (1, 1)"),
        ("cases = 1", "'cases' must be a list of tables, [[cases]]"),
        ("cases = [1]", "'cases' must be a list of tables, [[cases]]"),
        ("cases = [{}, {x3 = 1}]", "case 2: unknown entry 'x3'; did you mean 'x2'?"),
        ("cases = [{clams = {}}]", "case 1: unknown entry 'clams'; did you mean 'claims'?"),
        ("cases = [{values = {x3 = 1}}]", "case 1: unknown node 'x3'; did you mean 'x2'?"),
        ("cases = [{x1 = 1, values = {x1 = 1}}]", "case 1: 'x1' has a value twice"),
        ("cases = [{values = 1}]", "case 1: its values must be a table, {x = 1}, not 1"),
        ("cases = [{claims = 1}]", '"claims of case 1" must be an object (a table)'),
        ("cases = [{title = 1}]", "case 1: its title must be a text in quotes, not 1"),
        ("cases = [{x2 = [1, 2, 3]}]", "case 1: the value of 'x2' has shape (3,)"),
        ("cases = [{x1 = 'log(-1)'}]", "case 1: the value of 'x1' is 'log(-1)', not a finite"),
        ("tolerance = '1 in 3'", 'is 1 in 3; write a part below 100%, such as "1%"'),
        ("tolerance = '-1%'", "the tolerance is -1%"),
        ("tolerance = '100%'", "the tolerance is 100%"),
        ("tolerance = 0", "the tolerance is 0"),
        ("tolerance = nan", "the tolerance is NaN"),
        ("tolerance = inf", "the tolerance is Infinity"),
        ("tolerance = true", "the tolerance is True"),
        ("tolerance = [1]", "the tolerance is [1]"),
        ("descent = 1", "'descent' must be a table, [descent], not 1"),
        (
            "descent = {learning_rate = 1, rat = 1}",
            "[descent]: Gradient descent: unknown setting 'rat'; known: 'learning_rate'",
        ),
        ("descent = {method = 'adam'}", "a.toml: [descent]: there is no learning rate; write"),
        ("descent = {method = 'adm'}", "a.toml: [descent]: unknown method 'adm'"),
        ("descent = {lerning_rate = 1}", "unknown setting 'lerning_rate'; did you mean 'learning"),
        ("descent = {method = 'adm', learning_rate = 1}", "method 'adm'; did you mean 'adam'?"),
        ("descent = {method = 1}", "[descent]: the method is 1; give its name"),
        ("descent = {method = 'adam', learning_rate = 1, beta_1 = 1}", "the beta 1 is 1; give"),
        ("descent = {method = 'gauss newton'}", "needs the residuals; name their node"),
        (
            "descent = {method = 'bfgs', line_search = 'armjo'}",
            "line search 'armjo'; did you mean 'armijo'",
        ),
        ("descent = {method = 'adam', line_search = 'exact'}", "no direction to search along"),
        ("descent = {method = 'adam', schedule = 'cosine(stps=1)'}", "did you mean 'steps'?"),
        ("descent = {method = 'adam', schedule = 'step('}", "the schedule is 'step('; write its"),
        ("descent = {method = 'adam', schedule = 'warm-up'}", "warm_up has no steps; write warm_"),
        ("descent = {method = 'adam', schedule = 1}", "[descent]: the schedule is 1; give its"),
        ("descent = {method = 'gradient descent'}", "there is no learning rate"),
        ("descent = {method = 'newton', wrt = 'nobody'}", "unknown node 'nobody'"),
        ("descent = {learning_rate = 0}", "the learning rate is 0; give a positive number"),
        ("descent = {learning_rate = 'a'}", "[descent]: the value of 'learning_rate' is 'a'"),
        ("descent = {learning_rate = [1]}", "the learning rate is [1]"),
    ],
)
def test_what_is_no_worksheet(content, problem, tmp_path):
    with pytest.raises(GraphdiffError) as raised:
        read(f"{content}\n{GRAPH}", tmp_path)
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_misspelt_key_of_json(tmp_path):
    graph, _ = read(GRAPH, tmp_path)
    graph.save(tmp_path / "b.json")
    content = json.loads((tmp_path / "b.json").read_text(encoding="utf-8"))
    (tmp_path / "b.json").write_text(json.dumps(content | {"tolerence": 1}), encoding="utf-8")
    with pytest.raises(GraphdiffError, match="unknown key 'tolerence'; did you mean 'tolerance'"):
        gd.load(tmp_path / "b.json")


# Rows of an input that are distributions


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_rows_are_kept(suffix, tmp_path):
    graph = gd.Graph()
    Y = graph.input("Y", [[0, 1], [0.25, 0.75]], rows="distribution")
    T = graph.input("T", shape=(3,), rows="distribution")
    U = graph.input("U", shape=("m", "n"), rows="distribution")
    L = graph.node("L", Y.sum() + T.sum())
    graph.node("S", U.sum())
    graph.save(tmp_path / f"a{suffix}")
    loaded = gd.load(tmp_path / f"a{suffix}")
    again = gd.Graph.from_networkx(graph.to_networkx())
    other = graph.with_values(T=[0, 0, 1])
    for found in (loaded, again, other):
        assert [node.rows for node in found.inputs] == ["distribution"] * 3
        assert found["Y"].value.tolist() == Y.value.tolist()
    assert (L.rows, graph["T"].rows, T.value, U.shape[0].name) == (None, "distribution", None, "m")


def test_rows_in_files(tmp_path):
    content = """\
    [inputs]
    Y = {value = [[0, 1], ["1/3", "2/3"]], rows = "distribution"}
    T = {shape = [2], rows = "distribution"}
    S = {samples = [[1, 0], [0, 1]], shape = [2], rows = "distribution"}
    """
    graph, _ = read(content, tmp_path)
    assert [node.rows for node in graph.inputs] == ["distribution"] * 3
    assert graph["Y"].value[1, 0] == sp.Rational(1, 3)


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("{value = [0.5, 0.6], rows = 'distribution'}", "has the sum 1.1"),
        ("{value = [[1, 0], [2, -1]], rows = 'distribution'}", "row [1] of the value of"),
        ("{value = [2, -1], rows = 'distribution'}", "has the entry -1"),
        ("{value = 1, rows = 'distribution'}", "is a scalar, which has no rows"),
        ("{value = [1], rows = 'simplex'}", "'simplex'; there is rows='distribution' only"),
        ("{value = [1], rows = [1]}", "there is rows='distribution' only"),
        ("{value = [1], row = 'distribution'}", "unknown entry 'row'; did you mean 'rows'?"),
    ],
)
def test_rows_that_are_none(entry, problem, tmp_path):
    with pytest.raises(GraphdiffError) as raised:
        read(f"[inputs]\nx = {entry}\n", tmp_path)
    assert problem in str(raised.value)


def test_parameters_have_no_rows(tmp_path):
    with pytest.raises(GraphdiffError, match="'rows', which goes with inputs only"):
        read("[parameters]\nW = {value = [1], rows = 'distribution'}\n", tmp_path)


def test_other_values_have_such_rows_too():
    graph = gd.Graph()
    Y = graph.input("Y", [0, 1], rows="distribution")
    graph.node("L", Y.sum())
    assert graph.forward(Y=[0.5, 0.5]).value["L"] == 1
    for give in (graph.forward, graph.with_values, graph.backward):
        with pytest.raises(GraphdiffError, match=r"has the sum 1\.5"):
            give(Y=[0.5, 1])
