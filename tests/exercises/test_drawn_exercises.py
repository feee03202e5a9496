"""Exercises of every topic, level and seed: their numbers are friendly, their answers right."""

import contextlib
import hashlib
import sys

import mpmath
import numpy as np
import pytest
import sympy as sp
from exercise_kinds import ASKED, KINDS, SEEDS, of_every_kind

from graphdiff.checking import conventions
from graphdiff.checking.points import Point
from graphdiff.errors import GraphError
from graphdiff.exercises import LEVELS, TOPICS, exercise, variants
from graphdiff.exercises.draws import Draws
from graphdiff.exercises.questions import printed
from graphdiff.exercises.writing.tables import grading


def test_the_generator_is_splitmix64():
    draws = Draws(1234567)  # with the numbers of its authors
    assert [draws.number() for _ in range(3)] == [
        6457827717110365317, 3203168211198807973, 9817491932198370423,
    ]  # fmt: skip


def test_all_options_are_drawn():
    draws = Draws(1)
    assert {draws.below(7) for _ in range(200)} == set(range(7))
    assert sorted(draws.shuffled(range(20))) == list(range(20))


@of_every_kind
def test_answers_are_right_and_numbers_friendly(kind):
    level = LEVELS[kind["level"]]
    for seed in range(SEEDS):
        made = exercise(1000 + seed, **kind)
        report = made.graph.check(made.claims, learning_rate=made.learning_rate)
        assert {result.verdict for result in report.results} == {"correct"}
        entries = np.array([float(e) for answer in made.answers.values() for e in answer.entries])
        assert np.abs(entries).max() <= level.largest
        assert np.isclose(np.abs(entries % 1), 0).any()
        trivial = np.isclose(np.abs(entries), 1) | np.isclose(entries, 0)
        assert trivial.mean() <= 0.3
        gradients = [a for target, a in made.answers.items() if target.startswith("d")]
        assert all(any(answer.entries) for answer in gradients)
        rounded = [answer for answer in made.answers.values() if answer.is_rounded]
        text = " ".join(node.formula for node in made.graph.nodes if not node.is_leaf)
        assert not rounded or any(name in text for name in ("sigm", "tanh", "exp", "log", "soft"))
        leaves = {leaf.name: leaf.value for leaf in made.graph.leaves}
        assert not conventions.at_kink(Point(made.graph, leaves, 60))


@pytest.mark.parametrize("kind", [k for k in KINDS if not k["tensors"]], ids=str)
def test_what_a_person_rounds_on_the_way_is_accepted(kind):
    """A person computes with printed numbers: each answer from those above it."""
    made = exercise(2000, **kind)
    graph, n = made.graph, made.graph.output
    known = {leaf.name: sp.N(leaf.value, 30) for leaf in graph.leaves}
    page = {}

    def write(target, value):
        page[target] = printed(sp.nsimplify(value, rational=True))
        return sp.Rational(page[target])

    for node in graph.nodes:
        if not node.is_leaf:
            known[node.name] = write(node.name, _value(node.function.formula, node, known))
    slopes = {}
    for node in graph.nodes:
        for parent in dict.fromkeys(node.parents):
            slots = [k for k, other in enumerate(node.parents) if other is parent]
            value = sum(_value(node.function.derivative(k), node, known) for k in slots)
            target = f"J[{parent.name}->{node.name}]"
            asked = target in made.answers
            slopes[parent.name, node.name] = write(target, value) if asked else value
    P = {n.name: sp.Integer(1)}
    for node in reversed(graph.nodes):
        children = {edge.child.name for edge in graph.children(node)} & P.keys()
        target = f"d{n.name}/d{node.name}"
        if children:
            total = sum(P[child] * slopes[node.name, child] for child in children)
            P[node.name] = write(target, total) if target in made.answers else total
    report = graph.check(page)
    assert page.keys() == {t for t in made.answers if "@" not in t}
    assert [str(result) for result in report.results if not result.ok] == []


def _value(formula, node, known):
    binding = zip(node.function.formals, (known[p.name] for p in node.parents), strict=True)
    found = sp.sympify(formula).subs(dict(binding))
    sigmoid = [part for part in found.atoms(sp.Function) if part.func.__name__ == "sigmoid"]
    return sp.N(found.xreplace({s: 1 / (1 + sp.exp(-s.args[0])) for s in sigmoid}).doit(), 30)


@pytest.mark.skipif(ASKED is not None, reason="the digest is of the kinds that are usual")
def test_a_seed_gives_the_same_exercise_everywhere():
    text = "".join(grading(exercise(7, **kind)) for kind in KINDS)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "21cb106a28e6d433"


@of_every_kind
def test_seeds_give_different_exercises(kind):
    made = variants(50, 4, **kind)
    assert [one.seed for one in made] == [50, 51, 52, 53]
    assert len({grading(one) for one in made}) >= 3  # a small softmax may come again


def test_a_class_passes_over_seeds_without_friendly_numbers(monkeypatch):
    kind, here = {"topic": "update", "level": "easy"}, sys.modules[exercise.__module__]
    monkeypatch.setattr(here, "ATTEMPTS", 3)
    found = []
    for seed in range(12):
        with contextlib.suppress(GraphError):
            found.append(exercise(seed, **kind).seed)
    assert 2 < len(found) < 12
    assert [made.seed for made in variants(0, len(found), **kind)] == found
    monkeypatch.setattr(here, "ATTEMPTS", 0)
    with pytest.raises(GraphError, match="no friendly numbers were found"):
        variants(0, 2, **kind)


@pytest.mark.parametrize("topic", ["mixed", "chain", "fan-out"])
@pytest.mark.parametrize("nodes", [2, 3, 5, 9, 14])
def test_a_graph_that_grows_has_as_many_nodes_as_asked(topic, nodes):
    made = exercise(3, topic=topic, nodes=nodes, level="hard")
    assert sum(not node.is_leaf for node in made.graph.nodes) == nodes
    assert made.graph.outputs == (made.graph["L"],)


def test_a_node_is_used_several_times_where_that_is_the_topic():
    for seed in range(10):
        graph = exercise(seed, topic="fan-out", nodes=4).graph
        assert any(len({e.child for e in graph.children(node)}) > 1 for node in graph.nodes)


def test_answers_are_printed_as_people_write_them():
    assert printed(sp.Rational(1, 16)) == "0.0625"
    assert printed(sp.Rational(-1, 3)) == "-0.333"
    assert printed(sp.Rational(5, 10000) + sp.pi / 10**9) == "0.001"
    assert mpmath.almosteq(float(printed(sp.exp(1))), 2.718)


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({"topic": "sofmax"}, "softmax"),
        ({"level": "brutal"}, "known: 'easy', 'medium', 'hard'"),
        ({"topic": "chain", "tensors": True}, "of numbers alone"),
        ({"topic": "batch"}, "ask for tensors"),
        ({"nodes": 1}, "from 2 to 20"),
        ({"nodes": True}, "nodes is True"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_what_cannot_be_made_is_said(choices, words):
    with pytest.raises(GraphError) as error:
        exercise(**({"seed": 1} | choices))
    assert words in str(error.value)


def test_every_topic_says_what_it_is():
    for name, topic in TOPICS.items():
        assert topic.name == name
        assert topic.title
        assert topic.about.endswith(".")
        assert topic.scalars or topic.tensors
