"""Questions with choices: no wrong answer is the right one, or another, however it is rounded."""

import itertools

import numpy as np
import pytest
from exercise_kinds import SEEDS, of_every_kind

from graphdiff.checking.faults import mistaken
from graphdiff.exercises import exercise
from graphdiff.exercises.choices import LEAST, choices
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
def test_who_hands_in_a_wrong_answer_is_told_its_mistake(kind):
    """Marking gives nothing for it, and names the mistake that it was made by, if not alone."""
    made = exercise(41, **kind)
    for choice in choices(made)[:6]:
        for option in choice.wrong:
            assert_is_told(made, choice, option)


def assert_is_told(made, choice, option):
    claim = {choice.question.target: option.answer.text}
    report = made.graph.check(claim, learning_rate=made.learning_rate)
    assert not report.ok, (claim, str(report))
    told = [each.faults for each in report.results[0].diagnosis.explanations]
    assert option.faults in told or len(choice.wrong) == LEAST, (claim, option.feedback, told)


@pytest.mark.parametrize(
    ("target", "accepted"), [("dL/dw", "-0.1"), ("J[z->a]", "0.2")], ids=("gradient", "slope")
)
def test_no_wrong_answer_is_the_right_one_to_fewer_digits(target, accepted):
    """-0.1 is -0.0731 to the digit that is printed, and marked as right."""
    made = exercise(11, topic="cross-entropy", level="hard")
    assert made.graph.check({target: accepted}).ok
    (choice,) = (each for each in choices(made) if each.question.target == target)
    assert accepted not in [option.answer.text for option in choice.wrong]


def test_a_sign_turned_round_is_not_told_as_another_mistake():
    """-10 for 10 is most likely a sign, whatever else leads to it."""
    made = exercise(11, level="easy")
    for choice in choices(made):
        for option in choice.wrong:
            if [f"-{text}" for text in choice.right.answer.printed] == [*option.answer.printed]:
                assert_is_told(made, choice, option)


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
