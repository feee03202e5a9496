"""Lines of a page put in for true: what they do not touch is taken from where none are."""

import random
from dataclasses import replace

import numpy as np
import pytest
from closeness import close
from fairness import graph_of
from random_exercises import exercise

import graphdiff as gd
from graphdiff.checking import points
from graphdiff.checking.claims import claims
from graphdiff.checking.points import PageLine, Point
from graphdiff.checking.samples import Samples


def lines_of(graph, draw):
    """Return some lines about values, derivatives and local derivatives, none of them right."""
    L = graph.output.name
    about = [node.name for node in graph.nodes]
    about += [f"d{L}/d{node.name}" for node in graph.nodes[:-1]]
    about += [f"J[{edge.parent.name}->{edge.child.name}]" for edge in graph.edges]
    found = []
    for place, target in enumerate(draw.sample(about, min(4, len(about)))):
        shape = claims(graph, [(target, 1)], None)[0].target.shape
        numbers = np.round(np.random.default_rng(place).uniform(0.1, 2, shape), 3).tolist()
        (claim,) = claims(graph, [(target, [numbers] if np.ndim(numbers) == 0 else numbers)], None)
        found.append(PageLine(claim.target, claim.links[0], place + 1))
    return found


def naive(point, lines, by_value):
    """Return a point that computes everything anew."""
    found = replace(point, lines=tuple(lines), by_value=by_value)
    found.__dict__["_moved"] = {node.name for node in point.graph.nodes}
    return found


@pytest.mark.parametrize("seed", range(40))
def test_what_lines_do_not_touch_is_as_without_them(seed, monkeypatch):
    found, draw = exercise(seed)
    graph = graph_of(found)
    here = Samples(
        graph, {k.name: k.value for k in graph.leaves}, {}, rough=False, descent=None
    ).here
    L, lines = graph.output.name, lines_of(graph, draw)
    wanted = [node.name for node in graph.nodes] + [f"d{L}/d{node.name}" for node in graph.leaves]
    tried = 0
    for point in (here, here.in_floats):
        for by_value in (True, False):
            for claim in claims(graph, [(target, 1) for target in wanted], None):
                quick = point.with_lines(*lines, by_value=by_value).at(claim.target)
                slow = naive(point, lines, by_value).at(claim.target)
                assert (quick is None) == (slow is None)
                if quick is not None:
                    tried += 1
                    close(np.asarray(quick, float), np.asarray(slow, float), 1e-9)
    assert tried


def test_lines_that_are_shifted_are_as_lines_that_say_so():
    draw = random.Random(3)
    found, _ = exercise(1)
    graph = graph_of(found)
    here = Samples(
        graph, {k.name: k.value for k in graph.leaves}, {}, rough=False, descent=None
    ).here
    lines, point = lines_of(graph, draw), here.in_floats
    shifts = {k: ((0, 0.001 * (k + 1)),) for k in range(len(lines))}
    moved = [line._replace(shifts=shifts[k]) for k, line in enumerate(lines)]
    at = point.with_lines(*lines)
    for leaf in graph.leaves:
        (claim,) = claims(graph, [(f"d{graph.output.name}/d{leaf.name}", 1)], None)
        assert at.shifted(shifts).at(claim.target) == point.with_lines(*moved).at(claim.target)
        assert at.shifted({}).at(claim.target) == at.at(claim.target)


def test_only_what_lines_touch_is_computed_again(monkeypatch):
    g = gd.Graph()
    v = g.parameter("w", 0.5)
    for k in range(30):
        v = g.node(f"v{k}", gd.tanh(v + 0.1))
    here = Point(g, {"w": 0.5})
    assert here.at(claims(g, [("P[w]", 1)], None)[0].target)
    (claim,) = claims(g, [("v28", 0.3)], None)
    line = PageLine(claim.target, claim.links[0], 1)
    computed, value_of = [], points.value_of
    monkeypatch.setattr(points, "value_of", lambda *of: computed.append(of) or value_of(*of))
    assert here.with_lines(line).at(claims(g, [("v29", 1)], None)[0].target)
    assert len(computed) <= 3  # v28, v29, and what the line says


def test_a_number_1_of_a_line_is_seen_as_no_factor_or_as_a_sign():
    g = gd.Graph()
    k, t = g.parameter("k", 0.5), g.input("t", 2)
    q = g.node("q", k**2)
    g.node("L", gd.abs(q - t))
    report = g.check({"dL/dq": -1, "dL/dk": "-2*k"})
    assert [r.verdict for r in report] == ["correct", "given"]
    assert report.results[1].note == "right with dL/dq = -1 put in"
    assert g.check({"dL/dk": "-2*k"}).results[0].verdict == "coincidental"
    followed = g.check({"dL/dq": 1, "dL/dk": ["2*k", 1]})
    assert [r.verdict for r in followed] == ["wrong", "follows", "follows"]
