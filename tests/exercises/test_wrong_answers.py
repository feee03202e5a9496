"""Wrong answers are ones that a person could come to, and what is said of each is true."""

import itertools
import re
import time

import numpy as np
import pytest
from exercise_kinds import SEEDS, of_every_kind

from graphdiff.errors import GraphdiffError
from graphdiff.exercises import exercise, folder, ranges
from graphdiff.exercises.choices import choices
from graphdiff.exercises.friendly import applied
from graphdiff.language.functions import NAMED


def elsewhere(made, random):
    """Return values for the leaves, labels as they are, and what a sweep with them finds."""
    labels = [leaf.name for leaf in made.graph.inputs if leaf.name == "y" and _is_label(leaf.value)]
    values = {
        leaf.name: leaf.value if leaf.name in labels else random.normal(0, 2, leaf.shape)
        for leaf in made.graph.leaves
    }
    return made.graph.backward(values=values)


def _is_label(value):
    return set(np.ravel(np.asarray(value, float)).tolist()) <= {0.0, 1.0}


@of_every_kind
def test_ranges_hold_whatever_is_given(kind):
    """Values and slopes at random leaves lie between the bounds, but for the last digits."""
    random = np.random.default_rng(5)
    for seed in range(70, 70 + SEEDS):
        made = exercise(seed, **kind)
        bounds = ranges.of_values(made.graph)
        for _ in range(20):
            try:
                run = elsewhere(made, random)
            except GraphdiffError:  # a logarithm of a negative number, an exponential too large
                continue
            for name, (low, high) in bounds.items():
                value = np.asarray(run.value[name])
                assert (value >= low - 0.002).all(), name
                assert (value <= high + 0.002).all(), name
            for (_, child), J in run.J.items():
                low, high = ranges.of_slope(made.graph[child])
                assert (np.asarray(J) >= low - 1e-9).all()
                assert (np.asarray(J) <= high + 1e-9).all()


def test_ranges_know_squares_probabilities_and_their_losses():
    for tensors in (False, True):
        bounds = ranges.of_values(exercise(3, topic="softmax", tensors=tensors).graph)
        assert bounds["p"].low >= 0
        assert bounds["p"].high <= 1
        assert bounds["L"].low >= 0
    assert ranges.of_values(exercise(3, topic="cross-entropy").graph)["L"].low >= 0
    assert ranges.of_values(exercise(3, topic="regression").graph)["L"].low >= 0
    assert ranges.of_slope(exercise(3, topic="perceptron").graph["a"]) == (0, 0.25)


@pytest.mark.parametrize("name", ["tanh", "sigmoid"])
def test_ends_of_open_intervals_are_not_reached(name):
    low, high = ranges.image(NAMED[name])
    bounds = ranges.Range(low, high)
    assert not bounds.holds(np.array([1.0]))
    assert bounds.holds(np.array([0.998]))
    assert not bounds.holds(np.array([-1.0]))


@of_every_kind
def test_wrong_answers_are_possible(kind):
    for seed in range(80, 80 + SEEDS):
        made = exercise(seed, **kind)
        bounds = ranges.of_values(made.graph)
        for choice in choices(made):
            for option in choice.wrong:
                entries = np.array([float(text) for text in option.answer.printed])
                if choice.question.kind == "value":
                    assert bounds[choice.question.target].holds(entries)
                for text, exact in zip(option.answer.printed, option.answer.entries, strict=True):
                    assert not re.fullmatch(r"-?\d+\.0+", text), (exact, option.feedback)


@of_every_kind
def test_what_is_said_of_wrong_answers_is_true(kind):
    for seed in range(90, 90 + SEEDS):
        made = exercise(seed, **kind)
        formulas = {n.name: n.formula for n in made.graph.nodes if not n.is_leaf}
        squares = re.search(r"\b2\b|1/2|0\.5", " ".join(formulas.values()))
        has_log = any("log" in formula for formula in formulas.values())
        for choice, option in _wrong(made):
            said, fault = option.feedback, option.explanation.faults[0]
            assert "{" not in said
            if fault == "factor-two":
                assert squares, said
            if fault == "operand":
                other, right = re.match(r".*?(\S+) is taken in place of (\S+) in", said).groups()
                assert other not in (right, choice.question.target), said
            if "cross-entropy" in said and fault != "difference-taken":
                assert has_log, said
            if fault == "sign" and choice.question.kind == "value":
                assert "factors" not in said
            if fault == "slope-left-out" and choice.question.kind == "jacobian":
                child = choice.question.target[2:-1].split("->")[1]
                assert applied(made.graph[child]) is None, said
            if fault == "transposed" and choice.question.kind == "gradient":
                rows, columns = option.answer.shape
                assert rows == columns


def _wrong(made):
    return itertools.chain.from_iterable(
        ((choice, option) for option in choice.wrong) for choice in choices(made)
    )


@pytest.mark.parametrize(
    "kind", [{"topic": "mlp"}, {"topic": "batch", "tensors": True}], ids=lambda kind: kind["topic"]
)
def test_what_is_written_does_not_hang_on_how_fast_the_machine_is(kind, monkeypatch):
    usual = folder.files(exercise(12, **kind))
    seconds = itertools.count()
    for clock in ("process_time", "perf_counter", "monotonic", "time"):
        monkeypatch.setattr(time, clock, lambda: 0.02 * next(seconds))
    slow = folder.files(exercise(12, **kind))
    assert next(seconds) > 0
    assert slow == usual
