"""The sum over paths, factored: it expands to the paths, and has their sum."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import networkx as nx
import pytest
from drawing_graphs import GRAPHS, tangled

import graphdiff as gd
from graphdiff.derivations.factored_paths import (
    GREEK,
    MAX_EDGES,
    MAX_PATHS,
    Product,
    Strand,
    Sum,
    expanded,
    factored,
    letters_of,
    strands_of,
    value_of,
    written,
)
from graphdiff.derivations.path_sums import PathSum
from graphdiff.drawing.marks.path_marks import FEW
from graphdiff.drawing.marks.record import Mark
from graphdiff.drawing.marks.strokes import stroke_of
from graphdiff.drawing.themes import THEMES


def nine(names: str = "abcydefz") -> gd.Graph:
    a, b, c, y, d, e, f, z = names
    graph = gd.Graph("Nine paths")
    x = graph.input("x", 2)
    middle = graph.node(a, 3 * x) + graph.node(b, x**2) + graph.node(c, x + 1)
    way = graph.node(y, middle)
    graph.node(z, graph.node(d, way**2) + graph.node(e, 2 * way) + graph.node(f, way / 3))
    return graph


def said(graph: gd.Graph, start: str, end: str | None = None) -> str | None:
    ways = factored(graph, graph[start], graph.output if end is None else graph[end])
    if ways is None:
        return None
    letters = letters_of(ways, graph)
    return written(ways, letters.__getitem__).text


def diamonds(count: int) -> gd.Graph:
    graph = gd.Graph()
    node = graph.input("x", 2)
    for k in range(count):
        node = graph.node(f"m_{k}", graph.node(f"a_{k}", 3 * node) * graph.node(f"b_{k}", node**2))
    return graph


def test_nine_paths_are_two_factors():
    assert said(nine(), "x") == "(α + β + γ)*(δ + ε + ζ)"
    assert said(diamonds(3), "x") == "(α + β)*(γ + δ)*(ε + ζ)"


def test_arguments_that_repeat_are_pieces_of_their_own():
    graph = gd.Graph()
    p = gd.function("p", lambda a, b, c: a * b + 3 * c)
    X = graph.input("X", 2)
    Y = graph.node("Y", p(X, X, X))
    graph.node("Z", p(Y, Y, Y))
    assert said(graph, "X") == "(α + β + γ)*(δ + ε + ζ)"


def test_a_factor_may_be_within_a_sum():
    graph = gd.Graph()
    x = graph.input("x", 2)
    a = graph.node("a", x * x)
    graph.node("L", graph.node("b", a + 1) + graph.node("c", gd.sin(x)))
    assert said(graph, "x") == "(α + β)*γ + δ"


@pytest.mark.parametrize("name", ["regression", "neuron"])
def test_what_has_nothing_to_factor_is_left(name):
    graph = GRAPHS[name]()
    assert said(graph, graph.leaves[0].name) is None
    colah = gd.Graph()
    a, b = colah.input("a", 2), colah.input("b", 1)
    colah.node("e", colah.node("c", a + b) * colah.node("d", b + 1))
    assert said(colah, "b") is None
    assert said(colah, "e", "e") is None


def graphs():
    yield nine()
    yield from (diamonds(count) for count in (1, 2, 3))
    yield from (GRAPHS[name]() for name in ("exact", "relu", "forty", "square"))
    yield from (tangled(seed, size) for seed in range(8) for size in (4, 7))


def test_it_expands_to_the_paths():
    tried = Counter[bool]()
    for graph in graphs():
        end = graph.output
        for start in graph.leaves:
            ways = factored(graph, start, end)
            found = PathSum(graph, start, end)
            tried[ways is not None] += 1
            if ways is not None and found.count <= 100:
                assert Counter(expanded(ways)) == Counter(path.edges for path in found)
    assert min(tried.values()) > 5


def braid(graph: gd.Graph, node: gd.Node, length: int) -> gd.Node:
    """Lead on through nodes each of which is of the two before it: nothing in it factors."""
    before = graph.node("s_0", 2 * node)
    last = graph.node("s_1", before + node)
    for k in range(2, length):
        before, last = last, graph.node(f"s_{k}", last * before)
    return last


def test_nodes_that_all_paths_pass_part_the_factors():
    """As dominators say it, which know nothing of how many paths there are."""
    seen = Counter[int]()

    def check(ways, edges, start, end):
        found = nx.MultiDiGraph(edges)
        above = nx.immediate_dominators(found, start)
        passed, node = [], above[end]
        while node is not start:
            if found.in_degree(node) > 1 or found.out_degree(node) > 1:
                passed.append(node)
            node = above[node]
        stops = [start, *reversed(passed), end]
        seen[len(passed)] += 1
        assert isinstance(ways, Product) == bool(passed)
        for factor, a, b in zip(
            ways.factors if passed else (), stops, stops[1:] if passed else (), strict=False
        ):
            inner = [edge[:2] for edge in dict.fromkeys(itertools.chain(*expanded(factor)))]
            assert {edge[0] for edge in inner} & set(stops) == {a}
            if isinstance(factor, Sum):
                check(factor, inner, a, b)
            else:
                assert isinstance(factor, Strand)

    tried = [*graphs(), diamonds(5)]
    twice = diamonds(2)
    twice.node("L", braid(twice, twice.nodes[-1], 4) * twice["s_1"])
    for graph in (*tried, twice):
        for start in graph.leaves:
            ways = factored(graph, start, graph.output)
            if ways is not None:
                edges = dict.fromkeys(itertools.chain(*expanded(ways)))
                check(ways, [edge[:2] for edge in edges], start, graph.output)
    assert seen[0] > 5 and seen[1] > 5 and seen[2] and seen[4]


def test_paths_that_are_written_out_are_in_order_and_eight_at_most():
    for length, count in ((3, 3), (4, 5), (5, 8), (6, 13)):
        graph = nine()
        last = braid(graph, graph["z"], length)
        paths, ways = PathSum(graph, graph["z"], last), factored(graph, graph["x"], last)
        assert paths.count == count
        assert (ways is None) == (count > MAX_PATHS == 8)
        if ways is not None:
            assert expanded(ways.factors[-1]) == [path.edges for path in paths]


def test_nothing_is_factored_on_more_than_so_many_edges():
    graph = diamonds(1)
    node = graph.nodes[-1]
    for k in range(MAX_EDGES - 4):
        node = graph.node(f"t_{k}", node + 1)
    assert len(graph.edges) == MAX_EDGES and said(graph, "x") == "(α + β)*γ"
    graph.node("L", 2 * node)
    assert said(graph, "x") is None


def test_its_value_is_the_sum_exactly():
    tried = 0
    for graph in (nine(), diamonds(3), diamonds(4), GRAPHS["exact"]()):
        run = graph.backward(exact=True)
        for start in graph.leaves:
            ways = factored(graph, start, graph.output)
            if ways is not None:
                tried += 1
                found = PathSum(graph, start, graph.output, run)
                assert value_of(ways, run) == sum(path.product for path in found)
                assert value_of(ways, run) == run.P[start.name]
    assert tried >= 4


def test_letters_are_no_names_of_nodes_and_nothing_is_factored_without_enough():
    assert said(nine("αβcydefz"), "x") == "(γ + δ + ε)*(ζ + η + θ)"
    most = len(GREEK) // 2
    assert said(diamonds(most), "x") is not None
    assert said(diamonds(most + 1), "x") is None


def test_its_parts_are_sums_products_and_strands():
    graph = nine()
    ways = factored(graph, graph["x"], graph["z"])
    assert isinstance(ways, Product)
    assert [type(factor) for factor in ways.factors] == [Sum, Sum]
    strands = strands_of(ways)
    assert all(isinstance(strand, Strand) for strand in strands) and len(strands) == 6
    assert [strand.ends[1].name for strand in strands] == ["y"] * 3 + ["z"] * 3


def test_a_picture_of_paths_has_the_letters_and_the_product():
    graph = nine()
    run = graph.backward()
    picture = graph.draw(run, paths="x")
    letters = {
        (label.parent, label.child): phrase.plain
        for label in picture.description.edges
        for phrase in label.phrases
        if phrase.role == "letter"
    }
    assert letters == {
        ("x", "a"): "α", ("x", "b"): "β", ("x", "c"): "γ",
        ("y", "d"): "δ", ("y", "e"): "ε", ("y", "f"): "ζ",
    }  # fmt: skip
    *_, named, line = picture.description.remarks
    assert named.text.startswith("α = 3, β = 2*x = 4, γ = 1, δ = 2*y = 26, ε = 2, ζ = 1/3")
    sides = line.text.split(" ≈ ")
    assert sides[0] == "dz/dx = (α + β + γ)*(δ + ε + ζ)"
    assert math.isclose(float(sides[-1]), float(run.P["x"]), rel_tol=1e-3)
    assert "(α + β + γ)*(δ + ε + ζ)" in picture.alt
    without = graph.draw(paths="x").description.remarks[-1].text
    assert without == "dz/dx = (α + β + γ)*(δ + ε + ζ)"


def test_between_tensors_the_factors_stand_as_the_matrices_do():
    graph = gd.Graph()
    x = graph.input("x", [1.0, 2.0])
    y = graph.node("y", graph.node("a", gd.tanh(x)) + graph.node("b", x * x))
    graph.node("L", (graph.node("c", gd.sin(y)) * graph.node("d", gd.exp(y))).sum())
    last = graph.draw(graph.backward(), paths="x").description.remarks[-1].text
    assert last == "dL/dx = (ε + ζ)*(α + δ*(β + γ))"


def test_letters_are_left_out_where_edges_are_collapsed():
    graph = nine()
    graph.group("first", ["a", "b", "c", "y"])
    said = graph.draw(graph.backward(), paths="x", collapse="first").description
    assert all(phrase.role != "letter" or label.tail > 0
               for label in said.edges for phrase in label.phrases)  # fmt: skip


@pytest.mark.parametrize("theme", THEMES)
def test_each_of_a_few_paths_has_a_line_of_its_own(theme):
    strokes = [stroke_of(Mark("path", k), THEMES[theme]) for k in range(1, FEW + 1)]
    assert len(set(strokes)) == FEW >= 9
    assert len({stroke.dashes for stroke in strokes}) == FEW, "in grey print too"
    scaled = {
        tuple(round(part / sum(stroke.dashes), 2) for part in stroke.dashes) for stroke in strokes
    }
    assert len(scaled) == FEW
