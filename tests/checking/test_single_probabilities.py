"""Targets of a cross-entropy that are numbers of their own: p1 − y1, where y1 + y2 + … is 1."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graphdiff as gd


def softmax(targets, classes=None):
    """Return a cross-entropy of a softmax written out in numbers."""
    many = classes or len(targets)
    g = gd.Graph()
    z = [g.parameter(f"z{k}", 0.5 - 0.4 * k) for k in range(1, many + 1)]
    y = [
        g.input(f"y{k}", *([] if targets is None else [targets[k - 1]])) for k in range(1, many + 1)
    ]
    e = [g.node(f"e{k}", gd.exp(one)) for k, one in enumerate(z, 1)]
    total = g.node("S", sum(e[1:], e[0]))
    p = [g.node(f"p{k}", one / total) for k, one in enumerate(e, 1)]
    terms = [a * gd.log(b) for a, b in zip(y, p, strict=True)]
    g.node("L", -sum(terms[1:], terms[0]))
    return g


@settings(max_examples=8)
@given(many=st.integers(2, 3), data=st.data())
def test_what_is_right_where_targets_sum_to_1_is_right(many, data):
    hot = data.draw(st.integers(0, many - 1))
    k = data.draw(st.integers(1, many))
    given_ones = data.draw(st.sampled_from([
        [float(j == hot) for j in range(many)], [1 / 2**(j + 1) for j in range(many - 1)] + [1 / 2 ** (many - 1)], None,
    ]))  # fmt: skip
    graph = softmax(given_ones, many)
    right, turned = graph.check([(f"dL/dz{k}", f"p{k} - y{k}"), (f"dL/dz{k}", f"y{k} - p{k}")])
    names = " and ".join(f"y{j}" for j in range(1, many + 1))
    assert (right.verdict, right.note) == ("correct", f"right if {names} sum to 1")
    assert turned.verdict == "wrong"
    if given_ones is not None:
        assert "minus" in turned.diagnosis.explanations[0].sentence, str(turned)


@pytest.mark.parametrize("targets", [(1.0, 1.0), (2.0, -1.0), (0.5, 0.1)])
def test_other_targets_are_no_distribution(targets):
    (result,) = softmax(targets).check({"dL/dz1": "p1 - y1"})
    assert result.verdict in ("wrong", "coincidental")


def test_the_target_of_a_binary_cross_entropy_is_none():
    g = gd.Graph()
    y, z = g.input("y", 1.0), g.parameter("z", 0.3)
    p = g.node("p", gd.sigmoid(z))
    g.node("L", -(y * gd.log(p) + (1 - y) * gd.log(1 - p)))
    (right, other) = g.check([("dL/dz", "p - y"), ("dL/dz", "p - 1")])
    assert (right.verdict, right.note) == ("correct", "")
    assert other.verdict == "given"
