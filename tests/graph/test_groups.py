"""Groups of nodes: in graphs, in files and in networkx."""

from __future__ import annotations

import json

import pytest

import graphdiff as gd

FILE = """\
[inputs]
x = 1
[parameters]
w = 2
[nodes]
z = "w*x"
L = "z**2"
[groups]
neuron = ["z", "w"]
"the loss" = ["L"]
"""


def grouped():
    graph = gd.Graph("grouped")
    x, w = graph.input("x", 1), graph.parameter("w", 2)
    z = graph.node("z", w * x)
    graph.node("L", z**2)
    graph.group("neuron", [z, "w"])
    graph.group("the loss", [4])
    return graph


def names(graph):
    return {name: [node.name for node in members] for name, members in graph.groups.items()}


EXPECTED = {"neuron": ["w", "z"], "the loss": ["L"]}


def test_members_stand_in_the_graphs_order():
    assert names(grouped()) == EXPECTED


def test_groups_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        grouped().groups["x"] = ()


@pytest.mark.parametrize(
    ("name", "nodes", "said"),
    [
        ("neuron", ["x"], "there is already a group 'neuron'"),
        ("new", [], "the group 'new' has no nodes"),
        ("new", ["w"], "node 'w' is in the group 'neuron' already; groups share no nodes"),
        ("new", ["q"], "unknown node 'q'"),
        ("", ["x"], "'' cannot be a group's name"),
        ("two\nlines", ["x"], "cannot be a group's name; give it a line of text"),
        (7, ["x"], "7 cannot be a group's name"),
        ("n" * 101, ["x"], "has 101 characters, more than 100"),
    ],
)
def test_bad_groups(name, nodes, said):
    graph = grouped()
    with pytest.raises(gd.GraphdiffError, match=said) as caught:
        graph.group(name, nodes)
    assert "\n" not in str(caught.value)
    assert names(graph) == EXPECTED


@pytest.mark.parametrize("suffix", ["toml", "json"])
def test_round_trip(tmp_path, suffix):
    graph = grouped()
    assert names(gd.load(graph.save(tmp_path / f"g.{suffix}"))) == EXPECTED


def test_a_file_is_read(tmp_path):
    path = tmp_path / "g.toml"
    path.write_text(FILE, encoding="utf-8")
    assert names(gd.load(path)) == EXPECTED


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('neuron = "z"', "the group 'neuron' must be a list of names, not 'z'"),
        ("neuron = [1]", r"the group 'neuron' must be a list of names, not \[1\]"),
        ('neuron = ["zz"]', "group 'neuron': unknown node 'zz'"),
        ("neuron = []", "the group 'neuron' has no nodes"),
        ('neuron = ["z"]\nother = ["z"]', "node 'z' is in the group 'neuron' already"),
        ('"a\\nb" = ["z"]', "cannot be a group's name"),
    ],
)
def test_bad_groups_in_files(tmp_path, written, said):
    path = tmp_path / "g.toml"
    path.write_text(FILE.split("[groups]")[0] + f"[groups]\n{written}\n", encoding="utf-8")
    with pytest.raises(gd.GraphdiffError, match=said):
        gd.load(path)


def test_bad_groups_in_json(tmp_path):
    graph = grouped()
    content = json.loads(graph.save(tmp_path / "g.json").read_text(encoding="utf-8"))
    for groups, said in ((3, "groups must be lists"), ({"a": [["z"]]}, "must be a list of names")):
        content["graph"]["groups"] = groups
        (tmp_path / "bad.json").write_text(json.dumps(content), encoding="utf-8")
        with pytest.raises(gd.GraphdiffError, match=said):
            gd.load(tmp_path / "bad.json")


def test_networkx():
    assert names(gd.Graph.from_networkx(grouped().to_networkx())) == EXPECTED
    assert "groups" not in gd.Graph("plain").to_networkx().graph


def test_gradient_graphs_and_other_values_keep_groups():
    graph = grouped()
    assert names(graph.with_values(w=3)) == EXPECTED
    assert names(graph.gradient_graph()) == EXPECTED
