"""Graph files: what is saved is loaded the same; what cannot be a graph is one clear line."""

import errno
import io
import json
import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from round_trips import assert_round_trip, described

import graphdiff as gd
from graphdiff.cli import examples
from graphdiff.errors import FileError, GraphdiffError, GraphError, UnknownNameError
from graphdiff.files import formats, storage
from graphdiff.files.parser import parse
from graphdiff.workbench import load_with_claims

NAMES = ["x", "w_1_10", "ŷ", "σ_1", "ℒ", "L", "x̂", "β", "u1", "sin", "pi", "if", "dx", "Жук", "α"]
EXACT = ["2/3", "sqrt(2)", "pi/4", "1/7", "10**30 + 1/3"]


@st.composite
def graphs(draw):
    """A random graph: leaves and computed nodes mixed, values of all kinds, perhaps an output."""
    graph = gd.Graph(draw(st.text(st.characters(codec="utf-8"), max_size=8)))
    names = draw(st.permutations(NAMES))[: draw(st.integers(2, 10))]
    for name in names:
        if len(graph) and draw(st.booleans()):
            part = st.sampled_from([*(node.name for node in graph.nodes), "2", "0.40", "1e-3"])
            a, b, c = draw(part), draw(part), draw(part)
            form = draw(st.sampled_from(["{}*{}", "{} + {}**2 - {}", "tanh({})", "max({}, {})"]))
            graph.node(name, parse(form.format(a, b, c), graph.__getitem__))
        else:
            number = st.one_of(
                st.none(),
                st.integers(),
                st.floats(allow_nan=False, allow_infinity=False),
                st.fractions(),
                st.sampled_from(EXACT).map(sp.sympify),
                st.just(Decimal("0.40")),
                st.lists(st.floats(-9, 9), min_size=1, max_size=3).map(np.array),
            )
            value = draw(number)
            shape = () if isinstance(value, np.ndarray) else None
            draw(st.sampled_from([graph.input, graph.parameter]))(name, value, shape=shape)
    computed = [node.name for node in graph.nodes if not node.is_leaf]
    graph._output = draw(st.sampled_from([None, *computed]))
    return graph


CLAIMS = {"ŷ": [1, "0.40", "2*x"], "J[x->ŷ]": "P[x] = 2", "P[1]": -1}


@pytest.mark.parametrize("suffix", [".toml", ".json"])
def test_a_leaf_without_a_value_keeps_its_place(tmp_path, suffix):
    graph = gd.Graph()
    x, s, w = graph.input("x"), graph.input("s", [1, 2], shape=()), graph.input("w", 3)
    graph.node("z", x * s * w)
    graph.save(tmp_path / f"g{suffix}")
    assert described(gd.load(tmp_path / f"g{suffix}")) == described(graph)


@pytest.mark.parametrize("suffix", [".toml", ".json"])
@given(graph=graphs())
def test_round_trip(tmp_path_factory, suffix, graph):
    assert_round_trip(graph, CLAIMS, tmp_path_factory.mktemp("saved") / f"graph{suffix}")


@given(graph=graphs())
def test_round_trip_through_networkx(graph):
    assert described(gd.Graph.from_networkx(graph.to_networkx())) == described(graph)


@pytest.mark.parametrize("name", examples.names())
def test_examples_round_trip(name, tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(examples.source(name), encoding="utf-8")
    graph, claims = load_with_claims(path)
    for suffix in (".toml", ".json"):
        graph.save(tmp_path / f"b{suffix}", claims=claims)
        again, again_claims = load_with_claims(tmp_path / f"b{suffix}")
        assert described(again) == described(graph)
        assert str(graph.check(claims)) == str(again.check(again_claims))
        assert graph.check(claims).counts["correct"] > 3


def test_decimals_keep_their_digits(tmp_path):
    source = "[inputs]\nx = 0.40\n[nodes]\nz = 0.50\ny = 'x*0.50'\n[claims]\ny = 0.20\n"
    (tmp_path / "a.toml").write_text(source)
    graph, claims = load_with_claims(tmp_path / "a.toml")
    assert (graph["z"].formula, str(dict(claims)["y"])) == ("0.50", "0.20")
    graph.save(tmp_path / "b.toml", claims=claims)
    assert str(dict(load_with_claims(tmp_path / "b.toml")[1])["y"]) == "0.20"


def test_values_stay_exact(tmp_path):
    long = "12345678901234567890.123456789012345678901234567890"
    (tmp_path / "a.toml").write_text(f"[inputs]\nx = '2/3'\ny = {long}\nz = 'sqrt(2)'\nw = 0.1\n")
    graph = gd.load(tmp_path / "a.toml")
    assert graph["x"].value == sp.Rational(2, 3)
    assert graph["y"].value == sp.Rational(Fraction(long))
    assert graph["z"].value == sp.sqrt(2)
    assert graph["w"].value == 0.1


def test_the_json_form(tmp_path):
    graph = gd.Graph("t", output="z")
    x = graph.input("x", 2)
    graph.node("z", x * x)
    graph.save(tmp_path / "a.json", claims={"z": 4})
    content = json.loads((tmp_path / "a.json").read_text())
    assert (content["format"], content["version"], content["claims"]) == ("graphdiff", 1, {"z": 4})
    read = nx.node_link_graph(content, edges="edges")
    assert [slot for *_, slot in read.edges(keys=True)] == [0, 1]
    assert read.nodes["z"]["expression"] == "x*x"


# What no graph can be read from

GRAPH = "[inputs]\nx = 1\n[nodes]\nz = 'x**2'\n"


def refused(path):
    with pytest.raises(GraphdiffError) as raised:
        gd.load(path)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def written(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


DEEP = ".".join(["a"] * 3000)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"#" * 100_000_000, "larger than 4000000 bytes"),
        (bytes(range(256)), "not a text in UTF-8 (byte 128)"),
        (b"title = '\xff'", "not a text in UTF-8 (byte 9)"),
        (GRAPH.encode("utf-16"), "not a text in UTF-8 (byte 0)"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("[inputs]\nx = " + "[" * 60 + "]" * 60, "nested too deeply"),
        (f"title.{DEEP} = 1", "nested too deeply"),
        (f"[nodes]\nb.{DEEP} = 1", "nested too deeply"),
        (f"order = [{{{DEEP} = 1}}]", "nested too deeply"),
        (f"[claims]\nb.{DEEP} = 1", "nested too deeply"),
        ("{" + '"a":{' * 100_000, "nested too deeply"),
        (f"[inputs]\nx = 1{'0' * 5000}", "a number of thousands of digits"),
        ("[inputs\nx = 1", "not a TOML file"),
        ("x = 1\nx = 2\ny = 3", "line 2: x is defined twice; a name stands for one thing only"),
        ("[inputs]\n[inputs]", "not a TOML file"),
        ("x = 1", "unknown section 'x'"),
        ("[input]\nx = 1", "unknown section 'input'; did you mean 'inputs'?"),
        ("'inputs\\n' = 1", "unknown section"),
        ("inputs = 1", "'inputs' must be a table"),
        ("[[nodes]]\nx = 1", "'nodes' must be a table"),
        ("title = 1", "'title' must be a text"),
        ("output = 1", "'output' must be a text"),
        ("order = 'x'", "'order' must be a list of names"),
        ("order = [1]", "'order' must be a list of names"),
        ("order = ['x']\n" + GRAPH, "'order' leaves out 'z'"),
        ("order = ['x', 'z', 'z']\n" + GRAPH, "'order' names a node more than once"),
        ("order = ['x', 'q']\n" + GRAPH, "'order': unknown node 'q'"),
        ("order = ['z', 'x']\n" + GRAPH, "move 'x' above 'z'"),
        ("output = 'q'\n" + GRAPH, "unknown node 'q'"),
        ("output = 'x'\n" + GRAPH, "'x' is a leaf"),
        (GRAPH + "x = '1'", "'x' is defined twice"),
        (GRAPH + "[parameters]\nx = 1", "'x' is defined twice"),
        (
            "[nodes]\na = 'b'\nb = 'c + 1'\nc = '2*a'",
            "cycle, which no order can compute: a -> b -> c -> a",
        ),
        ("[nodes]\na = 'a'", "cycle, which no order can compute: a -> a"),
        ("[inputs]\nx = 1\n[nodes]\nb = 'a'\na = 'x'", "move 'a' above 'b'"),
        (GRAPH + "y = 'zz + 1'", "node 'y': unknown name 'zz'; did you mean 'z'?"),
        (GRAPH + "y = 'sine(x)'", "node 'y': unknown function 'sine'; did you mean 'sin'?"),
        (GRAPH + "y = true", "node 'y' must be an expression in quotes, not True"),
        (GRAPH + "y = ['x']", "node 'y' must be an expression in quotes"),
        (GRAPH + "y = 1979-05-27", "node 'y' must be an expression in quotes"),
        (GRAPH + "y.a = 'x'", "node 'y' must be an expression in quotes"),
        (GRAPH + "y = nan", "node 'y': unknown name 'NaN'"),
        (GRAPH + "y = 1e999999999", "a number beyond 1e±300"),
        (GRAPH + f"y = '{'x+' * 20_000}x'", "more than 20000; split it"),
        (GRAPH + "y = '9**9**9**9'", "an exponent beyond ±1000"),
        (GRAPH + "'a b' = 'x'", "'a b' cannot be a node's name"),
        (GRAPH + "'' = 'x'", "'' cannot be a node's name"),
    ],
)
def test_files_that_are_no_graph(content, problem, tmp_path):
    path = written(tmp_path / "a.toml", content)
    message = refused(path)
    assert problem in message
    assert str(path) in message


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("nan", "must be finite"),
        ("inf", "must be finite"),
        ("-inf", "must be finite"),
        ("1e400", "finite"),
        ("1e99999999999", "finite"),
        ("true", "True of type bool"),
        ("1979-05-27", "of type date"),
        ("07:32:00", "of type time"),
        ("[[1, 2], [3]]", "its rows are not equally long"),
        ("[1, [2]]", "its rows are not equally long"),
        ("[]", "has shape (0,), no entries"),
        ("[nan]", "entry [0] of the value of input 'x' is nan"),
        ("[[1, 2], [3, '1/0']]", "'1/0', not a finite real number"),
        ("[{a = 1}]", "of type dict"),
        ("[1979-05-27]", "of type date"),
        ("{value = nan}", "must be finite"),
        ("{foo = 1}", "unknown entry 'foo'"),
        ("{samples = 1}", "must be a list of numbers"),
        ("{samples = []}", "must be a list of numbers"),
        ("{samples = [true]}", "must be a list of numbers"),
        ("{samples = [[1]]}", "must be a list"),
        ("{samples = [1979-05-27]}", "must be a list"),
        ("{samples = [nan]}", "sample 0 of the value of input 'x' is nan"),
        ("{samples = ['a']}", "must be a number"),
        ("'a'", "'a'; it must be a number"),
        ("'x'", "'x'; it must be a number"),
        ("''", "is not a number: expected"),
        ("'1/0'", "'1/0', not a finite real number"),
        ("'log(-1)'", "'log(-1)', not a finite real number"),
        ("'sqrt(-1)'", "not a finite real"),
        ("'nan'", "must be a number"),
        ("'9**9**9'", "exponent"),
        ("'1e400'", "a number beyond"),
    ],
)
def test_values_that_are_no_number(value, problem, tmp_path):
    assert problem in refused(written(tmp_path / "a.toml", f"[inputs]\nx = {value}\n"))


def node_link(**changes):
    content = {
        "format": "graphdiff",
        "version": 1,
        "directed": True,
        "multigraph": True,
        "graph": {"title": "t", "output": "z"},
        "nodes": [
            {"id": "x", "kind": "input", "index": 1, "value": 2},
            {"id": "z", "kind": "computation", "index": 2, "expression": "x**2"},
        ],
        "edges": [{"source": "x", "target": "z", "key": 0}],
        "claims": {},
    }
    return content | changes


X, Z = node_link()["nodes"]
EDGE = node_link()["edges"][0]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"format": "x"}, '"format": "graphdiff"'),
        ({"version": 2}, "its version is 2"),
        ({"version": "1"}, "its version is '1'"),
        ({"version": True}, "its version is True"),
        ({"graph": []}, '"graph" must be an object'),
        ({"claims": []}, '"claims" must be an object'),
        ({"graph": {"title": 1}}, "must be texts"),
        ({"graph": {"output": "q"}}, "unknown node 'q'"),
        ({"nodes": 1}, "not a node-link graph"),
        ({"nodes": [1]}, "not a node-link graph"),
        ({"nodes": [{"id": {}}]}, "not a node-link graph"),
        ({"edges": 1}, "not a node-link graph"),
        ({"edges": [{"source": "x"}]}, "not a node-link graph"),
        ({"nodes": [X, X, Z]}, "stands twice"),
        ({"edges": [EDGE, EDGE]}, "stands twice"),
        ({"nodes": [X | {"kind": "leaf"}, Z]}, "has kind 'leaf'"),
        ({"nodes": [X | {"kind": []}, Z]}, "has kind []"),
        ({"nodes": [X, {**Z, "expression": 3}]}, "needs an attribute 'expression'"),
        ({"nodes": [X | {"index": "a"}, Z]}, "the index 'a'"),
        ({"nodes": [X | {"index": 5}, Z]}, "move 'x' above 'z'"),
        ({"nodes": [X | {"value": True}, Z]}, "of type bool"),
        ({"nodes": [X | {"value": float("nan")}, Z]}, "must be finite"),
        ({"edges": []}, "edges do not agree with the expressions: x -> z, argument 0"),
        ({"edges": [EDGE, EDGE | {"key": 1}]}, "argument 1, is in the edges only"),
        ({"edges": [EDGE | {"source": "z", "target": "x"}]}, "edges do not agree"),
        ({"edges": [EDGE | {"source": "q"}]}, "networkx node 'q' has kind None"),
        ({"nodes": [X, Z | {"expression": "x*x"}]}, "is in the expressions only"),
    ],
)
def test_json_that_is_no_graph(changes, problem, tmp_path):
    assert problem in refused(written(tmp_path / "a.json", json.dumps(node_link(**changes))))


@pytest.mark.parametrize("changes", [{}, {"directed": False}, {"multigraph": False}])
def test_json_flags_do_not_matter(changes, tmp_path):
    path = written(tmp_path / "a.json", json.dumps(node_link(**changes)))
    assert gd.load(path).backward().P["x"] == 4


@pytest.mark.parametrize("content", ["", "[]", "null", "1", '"a"', "{", "[inputs]", '{"a": 1}'])
def test_json_of_another_kind(content, tmp_path):
    refused(written(tmp_path / "a.json", content))


def test_json_keys_that_repeat(tmp_path):
    content = json.dumps(node_link()).replace('"value": 2', '"value": 2, "value": 3')
    assert "'value' stands twice" in refused(written(tmp_path / "a.json", content))


def test_only_multigraphs_come_from_networkx():
    for kind in (nx.DiGraph, nx.Graph):
        with pytest.raises(GraphError, match="give a MultiDiGraph"):
            gd.Graph.from_networkx(kind())


def test_a_byte_order_mark_and_json_under_any_name_are_read(tmp_path):
    assert len(gd.load(written(tmp_path / "a.toml", b"\xef\xbb\xbf" + GRAPH.encode()))) == 2
    assert len(gd.load(written(tmp_path / "b.toml", json.dumps(node_link())))) == 2
    assert len(gd.load(written(tmp_path / "c", GRAPH))) == 2


def test_paths_that_cannot_be_read(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    for path in (
        tmp_path,
        tmp_path / "none.toml",
        tmp_path / "loop",
        tmp_path / "dangling",
        "a\0b",
    ):
        assert "cannot read" in refused(path)
    written(tmp_path / "file", "")
    assert "not a directory" in refused(tmp_path / "file" / "a.toml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(tmp_path):
    written(tmp_path / "a.toml", GRAPH).chmod(0)
    assert "permission denied" in refused(tmp_path / "a.toml")


# Writing


def a_graph():
    graph = gd.Graph()
    graph.node("z", graph.input("x", 2) ** 2)
    return graph


def test_nothing_is_overwritten_unasked(tmp_path):
    path = written(tmp_path / "a.toml", "mine")
    with pytest.raises(FileError, match="exists and would be overwritten"):
        a_graph().save(path)
    assert path.read_text() == "mine"
    a_graph().save(path, overwrite=True)
    a_graph().save(path)  # the same content may be there
    assert gd.load(path).backward().P["x"] == 4


def test_a_dangling_link_counts_as_a_file(tmp_path):
    (tmp_path / "a.toml").symlink_to(tmp_path / "b.toml")
    with pytest.raises(FileError, match="exists"):
        a_graph().save(tmp_path / "a.toml")
    a_graph().save(tmp_path / "a.toml", overwrite=True)
    assert (tmp_path / "a.toml").is_symlink()
    assert len(gd.load(tmp_path / "b.toml")) == 2


def test_a_write_that_fails_leaves_all_as_it_was(tmp_path, monkeypatch):
    path = written(tmp_path / "a.toml", "mine")

    def fails(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(FileError, match=r"cannot write .*no space left"):
        a_graph().save(path, overwrite=True)
    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["", "a.txt", "a.TOM", "none/a.toml", "a.toml/b.toml", "a\0.toml"])
def test_paths_that_cannot_be_written(name, tmp_path):
    written(tmp_path / "a.toml", "mine")
    with pytest.raises(FileError):
        a_graph().save(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["a.toml"]


def test_a_folder_is_not_replaced(tmp_path):
    (tmp_path / "a.toml").mkdir()
    for overwrite in (False, True):
        with pytest.raises(FileError):
            a_graph().save(tmp_path / "a.toml", overwrite=overwrite)


def test_a_title_that_is_no_unicode(tmp_path):
    with pytest.raises(FileError, match="cannot write"):
        gd.Graph("\ud800").save(tmp_path / "a.toml")
    assert list(tmp_path.iterdir()) == []


def test_a_function_of_ones_own_cannot_be_saved(tmp_path):
    graph = gd.Graph()
    graph.node("z", gd.function("cube", lambda t: t**3)(graph.input("x", 2)))
    with pytest.raises(GraphError, match="your own function 'cube'"):
        graph.save(tmp_path / "a.toml")


def test_large_graphs_are_quick(tmp_path):
    lines = "\n".join(f"n{k} = 'n{k - 1}*0.5 + x'" for k in range(1, 10_000))
    written(tmp_path / "a.toml", f"[inputs]\nx = 1\n[nodes]\nn0 = 'x'\n{lines}\n")
    assert len(gd.load(tmp_path / "a.toml")) == 10_001
    with pytest.raises(UnknownNameError):
        gd.load(written(tmp_path / "b.toml", f"[nodes]\n{lines}\n"))


def test_the_umask_decides_who_may_read(tmp_path):
    before = os.umask(0o027)
    try:
        path = storage.write_new(tmp_path / "a", "text")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("fails", range(4))
def test_without_room_for_one_file_none_is_written(tmp_path, monkeypatch, fails):
    (tmp_path / "1").write_text("before")
    opened, fdopen = [], os.fdopen

    class Full(io.FileIO):
        def write(self, content):
            super().write(content[:1])
            raise OSError(errno.ENOSPC, "No space left on device")

    def nearly_full(handle, mode):
        opened.append(handle)
        return Full(handle, mode) if len(opened) > fails else fdopen(handle, mode)

    monkeypatch.setattr(storage.os, "fdopen", nearly_full)
    files = {tmp_path / str(k): "after" for k in range(3)}
    if fails < len(files):
        with pytest.raises(FileError, match=f"cannot write .*{fails}': no space left on device"):
            storage.write_all(files, overwrite=True)
        assert [path.name for path in tmp_path.iterdir()] == ["1"]
        assert (tmp_path / "1").read_text() == "before"
    else:
        storage.write_all(files, overwrite=True)
        assert {path.read_text() for path in files} == {"after"}
        assert len(list(tmp_path.iterdir())) == 3


def test_toml_leaves_empty_sections_out(tmp_path):
    assert (
        formats.to_toml(formats.from_graph(a_graph())) == '[inputs]\nx = 2\n\n[nodes]\nz = "x**2"\n'
    )


def test_what_a_file_claims_comes_with_its_graph(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(
        "[parameters]\nw = 2\n[nodes]\nL = 'w**2'\n[claims]\n'dL/dw' = '2*w = 5'\n", "utf-8"
    )
    graph = gd.load(path)
    assert dict(graph.claims) == {"dL/dw": "2*w = 5"}
    assert [result.verdict for result in graph.check()] == ["correct", "wrong"]
    assert not gd.Graph().claims
