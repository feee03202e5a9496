"""Questions with choices: no wrong answer is the right one, or another, however it is rounded."""

import itertools

import numpy as np
import pytest
from exercise_kinds import SEEDS, of_every_kind

from graphdiff.checking.faults import mistaken
from graphdiff.exercises import exercise
from graphdiff.exercises.choices import choices
from graphdiff.workbench import Graph


@of_every_kind
def test_no_wrong_answer_is_right(kind):
    for seed in range(40, 40 + SEEDS):
        made = exercise(seed, **kind)
        found = choices(made)
        assert len(found) >= len(made.questions) / 2
        for choice in found:
            right = made.answers[choice.question.target]
            assert [option.answer for option in choice.options if option.is_right] == [right]
            assert len(choice.wrong) >= 2
            for one, other in itertools.combinations(choice.options, 2):
                assert one.answer.printed != other.answer.printed
                assert _off(one, other) > 0.004
            assert len({option.feedback for option in choice.options}) == len(choice.options)
            for option in choice.wrong:
                assert option.answer.shape == right.shape
                assert option.feedback.startswith("It looks like ")
                assert right.text not in option.feedback or len(right.text) < 3


def _off(one, other):
    pairs = zip(one.answer.printed, other.answer.printed, strict=True)
    return max(abs(float(a) - float(b)) for a, b in pairs)


@of_every_kind
def test_wrong_answers_are_judged_wrong(kind):
    made = exercise(41, **kind)
    for choice in choices(made)[:6]:
        for option in choice.wrong:
            claim = {choice.question.target: option.answer.text}
            report = made.graph.check(claim, learning_rate=made.learning_rate)
            assert not report.ok, (claim, str(report))


def test_the_same_seed_gives_the_same_choices():
    first, second = (choices(exercise(5, topic="perceptron")) for _ in range(2))
    assert [[o.answer.text for o in c.options] for c in first] == [
        [o.answer.text for o in c.options] for c in second
    ]
    places = {[option.is_right for option in choice.options].index(True) for choice in first}
    assert len(places) > 2  # the right answer does not always stand at the same place


def test_mistakes_give_wrong_results_of_the_shape_of_the_target():
    g = Graph()
    W, x = g.parameter("W", [[1, 2], [3, 4]]), g.input("x", [5, 6])
    L = g.node("L", ((W @ x) ** 2).sum())
    right = g.backward(L).gradient["W"]
    found = list(mistaken(g, "dL/dW"))
    assert found
    for explanation, value in found:
        assert value.shape == (2, 2)
        assert not np.allclose(value, right)
        assert explanation.sentence
    moved = list(mistaken(g, "W@1", learning_rate=0.1))
    assert moved
    assert not any(np.allclose(value, W.value - 0.1 * right) for _, value in moved)
    other = list(mistaken(g, "dL/dW", {"W": [[1, 0], [0, 1]], "x": [1, 2]}))
    assert not any(np.allclose(value, [[2, 4], [4, 8]]) for _, value in other)


def test_other_values_are_used():
    g = Graph()
    w = g.parameter("w", 3)
    g.node("L", w**2)
    sets = [{value for _, value in mistaken(g, "dL/dw", values)} for values in (None, {"w": 7})]
    assert 6 not in sets[0]
    assert 14 not in sets[1]
    assert sets[0] != sets[1]


@pytest.mark.parametrize("target", ["dL/dq", "q"])
def test_what_is_no_target_is_said(target):
    from graphdiff.errors import GraphdiffError

    g = Graph()
    g.node("L", g.parameter("w", 3) ** 2)
    with pytest.raises(GraphdiffError, match="q"):
        list(mistaken(g, target))
