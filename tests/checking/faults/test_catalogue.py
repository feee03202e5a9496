"""Every bug of the catalogue is made on some graph of a small zoo, and named where it is made."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from test_search import network

import graphdiff as gd
from graphdiff.checking import sampling
from graphdiff.checking.descents import Descent
from graphdiff.checking.faults.bugs import BUGS
from graphdiff.checking.faults.candidates import Candidates, settled
from graphdiff.checking.faults.catalogue import CATALOGUE
from graphdiff.checking.points import Point
from graphdiff.checking.targets import target as read_target

RATE = 0.1


def shared():
    g = gd.Graph()
    x, y = g.input("x", 0.75), g.input("y", 0.3)
    w, u = g.parameter("w", 0.65), g.parameter("u", -0.45)
    h = g.node("h", gd.tanh(w * x))
    k = g.node("k", gd.exp(-(h**2)) * w + u * h)
    q = g.node("q", k / (1 + u**2) + y * h)
    g.node("L", (q - y) ** 2)
    return g


def batch():
    g = gd.Graph()
    X = g.input("X", [[0.3, -0.7], [1.1, 0.4], [-0.6, 0.9]])
    Y = g.input("Y", [[0.2, 0.5], [0.1, -0.3], [0.7, 0.4]])
    W = g.parameter("W", [[0.45, -0.3], [0.25, 0.8]])
    b = g.parameter("b", [0.15, -0.35])
    A = g.node("A", gd.sigmoid(X @ W.T + b))
    g.node("L", gd.mean((A - Y) ** 2))
    return g


def squares():
    g = gd.Graph()
    A, B = g.input("A", [[0.3, -0.7], [1.1, 0.4]]), g.parameter("B", [[0.5, 0.2], [-0.4, 0.9]])
    C = g.node("C", A @ B)
    g.node("L", gd.sum(C**2))
    return g


def classes():
    g = gd.Graph()
    x, y = g.input("x", [0.4, -0.9]), g.input("y", [0, 1, 0])
    W = g.parameter("W", [[0.3, 0.2], [-0.5, 0.7], [0.6, -0.1]])
    z = g.node("z", W @ x)
    p = g.node("p", gd.softmax(z))
    g.node("L", -gd.sum(y * gd.log(p)))
    return g


def rectified():
    g = gd.Graph()
    x, w = g.input("x", -0.85), g.parameter("w", 0.65)
    h = g.node("h", gd.relu(w * x + 1.2))
    g.node("L", (h - 0.3) ** 2)
    return g


def curved():
    g = gd.Graph()
    x, w, b = g.input("x", 0.75), g.parameter("w", 0.65), g.parameter("b", 0.45)
    z = g.node("z", w * x + b)
    g.node("L", gd.tanh(z) ** 2 + g.node("k", gd.exp(w)) * z)
    return g


ZOO = (
    (curved, ("d2L/dw2", "d2L/dwdb", "H[b, b]")),
    (network, ("dL/dw1", "dL/dw2", "P[a1]", "J[z1->a1]", "z2", "a2", "L", "w1@1")),
    (shared, ("dL/dw", "dL/du", "dL/dh", "k", "q", "J[h->k]", "dL/dk", "J[k->q]", "u@1")),
    (batch, ("dL/dW", "dL/db", "A", "L")),
    (squares, ("dL/dB", "dL/dA", "C", "L")),
    (rectified, ("dL/dw", "J[x->h]")),
    (classes, ("dL/dz", "dL/dW", "p", "L")),
)


def candidates(graph, target):
    leaves = {leaf.name: sampling.exactly(leaf.value) for leaf in graph.leaves}
    point = Point(graph, leaves, descent=Descent.at_rate(graph.output, sampling.exactly(RATE)))
    about, points = settled(read_target(graph, target, graph.output), [point.in_floats])
    return Candidates(points, about), about


@cache
def made():
    """Return for each key where it is made: a graph, a target, its shape, what it gives, words."""
    found = {}
    for make, targets in ZOO:
        graph = make()
        for target in targets:
            several, about = candidates(graph, target)
            for one in several.single:
                where = (graph, target, about.shape, one.values[0], one.explanation)
                found.setdefault(one.bugs[0].key, []).append(where)
    return found


def told(graph, target, shape, values):
    numbers = np.array([float(f"{v:.8g}") for v in values]).reshape(shape)
    (result,) = graph.check({target: numbers if shape else float(numbers)}, learning_rate=RATE)
    assert result.verdict in ("wrong", "coincidental")
    return [key for each in result.diagnosis.explanations for key in each.faults]


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.key)
def test_it_is_named_where_it_is_made(bug):
    places = made().get(bug.key, [])
    assert any(
        bug.key in told(graph, target, shape, values)
        for graph, target, shape, values, _ in places[:40]
    )


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.key)
def test_its_words_are_filled_and_do_not_give_the_answer_away(bug):
    for graph, target, _, _, explanation in made()[bug.key]:
        words = f"{explanation.sentence} {explanation.hint}"
        assert "{" not in words
        assert explanation.reference
        (result,) = graph.check({target: 1234.5}, learning_rate=RATE, diagnose=False)
        if len(result.expected) > 5:
            assert result.expected not in words


def test_two_places_of_one_mistake_are_told_apart():
    sentences = {each.sentence for *_, each in made()["operand"]}
    assert len(sentences) > len(ZOO)


def rows(family):
    return "\n".join(
        f"| `{fault.key}` | {fault.title} | {fault.reference} |".replace("|t − o|", r"\|t − o\|")
        for fault in CATALOGUE.values()
        if fault.family == family
    )


@pytest.mark.parametrize("family", ["slip", "bug"])
def test_the_page_lists_the_catalogue(family):
    page = (Path(__file__).parents[3] / "docs" / "mistakes.md").read_text(encoding="utf-8")
    assert rows(family) in page, rows(family)
