"""Compiled steps: those of the rule's formulas, in every rule, in place, in chunks."""

import inspect
import linecache

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning import updates
from graphdiff.learning.updates import Updates
from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.method import method

SHAPES = [(), (3, 2), (50,), (2, 2)]
SETTINGS = {
    "plain": {},
    "uphill with decay": {"ascent": True, "weight_decay": 0.2},
    "bounded": {"max_norm": 0.6},
}


def made(found, dtype=np.float64, seed=0, steps=4, first=1):
    """Return θ after each step of compiled updates, and the gradients that were given."""
    rng = np.random.default_rng(seed)
    compiled = Updates(found, SHAPES, dtype)
    compiled.theta[:] = rng.normal(size=len(compiled.theta))
    thetas, gradients = [compiled.theta.copy()], []
    for t in range(first, first + steps):
        gradients.append([rng.normal(size=shape).astype(dtype) for shape in SHAPES])
        compiled.look_ahead(t)
        compiled(gradients[-1], t)
        thetas.append(compiled.theta.copy())
    return compiled, thetas, gradients


@pytest.mark.parametrize("chunk", [32768, 7])
@pytest.mark.parametrize("settings", SETTINGS)
@pytest.mark.parametrize("name", first_order.RULES)
def test_steps_are_those_of_the_formulas(name, settings, chunk, monkeypatch):
    monkeypatch.setattr(updates, "CHUNK", chunk)
    found = method(first_order.RULES[name], 0.05, **SETTINGS[settings])
    compiled, thetas, gradients = made(found)
    for k, shape in enumerate(SHAPES):
        theta = compiled.values(thetas[0])[k]
        state = found.start(FLOAT64, shape)
        for t, gradient in enumerate(gradients, 1):
            new = found.stepped(FLOAT64, theta, gradient[k], state, t).assigned
            theta, state = new["theta"], {letter: new[letter] for letter in state}
            assert np.allclose(compiled.values(thetas[t])[k], theta, rtol=1e-13, atol=1e-14)
        for letter, value in state.items():
            ours = compiled.values(compiled.state[letter])[k]
            assert np.allclose(ours, value, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("settings", ["plain", "bounded"])
def test_gradients_are_taken_where_the_rule_looks(settings):
    found = method(first_order.NESTEROV_AHEAD, 0.05, **SETTINGS[settings])
    compiled, _, _ = made(found)
    before, state = compiled.theta.copy(), compiled.state["v"].copy()
    compiled.look_ahead(5)
    assert np.array_equal(compiled.theta, before)
    assert np.allclose(compiled.place, before + 0.9 * state, rtol=1e-15)


@pytest.mark.parametrize("first", [1, updates.BLOCK - 1, 3 * updates.BLOCK])
def test_rates_follow_their_schedule_from_any_step_on(first):
    found = gd.learning.gradient_descent(gd.learning.warm_up(gd.learning.cosine(0.3, 300), 130))
    _, thetas, gradients = made(found, first=first)
    for k, gradient in enumerate(gradients):
        whole = np.concatenate([part.ravel() for part in gradient])
        rate = found.rate(FLOAT64, first + k)
        assert np.allclose(thetas[k + 1], thetas[k] - rate * whole, rtol=1e-13)


def test_single_precision_stays_single():
    compiled, thetas, _ = made(gd.learning.adam(0.05), np.float32)
    _, exact, _ = made(gd.learning.adam(0.05))
    assert compiled.theta.dtype == np.float32
    assert np.allclose(thetas[1], exact[1], atol=1e-5)


def test_nothing_of_a_parameter_is_copied_and_each_factor_is_put_in_once():
    program = next(iter(Updates(gd.learning.adam(), [(9,)])._programs.values()))[0]
    file = inspect.unwrap(program.step).__code__.co_filename
    source = "".join(linecache.getlines(file))
    for name in ("theta", "m", "v"):
        assert f", {name})\n" in source  # it is written where it was
    calls = [line for line in source.splitlines() if " = " in line and "(9,)" not in line]
    assert sum("multiply(factor" in line for line in calls) == 2
    assert sum("divide(" in line for line in calls) == 1


@pytest.mark.parametrize(
    "settings",
    [
        {"clip_norm": 0.7},
        {"max_total_norm": 1.2},
        {"clip_norm": 0.5, "max_total_norm": 2, "weight_decay": 0.1},
    ],
)
@pytest.mark.parametrize("name", [*first_order.RULES, "steepest descent"])
def test_bounds_over_all_parameters_are_of_the_whole_vector(name, settings):
    rules = {**first_order.RULES, **second_order.RULES}
    chosen = settings if name in first_order.RULES else {"max_total_norm": 1.2}
    found = method(rules[name], 0.05, **chosen)
    compiled, thetas, gradients = made(found)
    theta = thetas[0]
    state = found.start(FLOAT64, theta.shape)
    for t, parts in enumerate(gradients, 1):
        g = np.concatenate([part.ravel() for part in parts])
        new = found.stepped(FLOAT64, theta, g, state, t).assigned
        theta, state = new["theta"], {letter: new[letter] for letter in state}
        assert np.allclose(thetas[t], theta, rtol=1e-13, atol=1e-14)
        if "max_total_norm" in chosen:
            assert np.linalg.norm(thetas[t]) <= chosen["max_total_norm"] * (1 + 1e-12)
    for letter, value in state.items():
        assert np.allclose(compiled.state[letter], value, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("name", sorted({*second_order.RULES} - {"steepest descent"}))
def test_methods_that_ask_for_more_than_gradients_are_refused(name):
    with pytest.raises(gd.GraphdiffError, match="asks for more than gradients"):
        Updates(method(second_order.RULES[name]), SHAPES)
