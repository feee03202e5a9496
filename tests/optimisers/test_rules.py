"""The update rules: their numbers against formulas by hand and against PyTorch, in all kinds."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.files.parser import parse
from graphdiff.graph import ComputationalGraph
from graphdiff.optimisers.first_order import RULES
from graphdiff.optimisers.method import method
from graphdiff.optimisers.rule import GRADIENT, THETA

R = sp.Rational
GRADIENTS = (R(8), R(-3, 2), R(1, 4))


def stepped(found, arithmetic, theta, gradients, shape=()):
    """Return θ after each step, and all that was assigned, with gradients that are given."""
    state, thetas, all_found = found.start(arithmetic, shape), [theta], []
    for t, g in enumerate(gradients, 1):
        new = found.stepped(arithmetic, thetas[-1], g, state, t).assigned
        state = {name: new[name] for name in state}
        thetas.append(new[THETA])
        all_found.append(new)
    return thetas, all_found


BY_HAND = {
    # θ after three steps at η = 1/10 from θ = 5, with the gradients above, ε = 0: by hand
    "gradient descent": lambda g, h, k: 5 - (g + h + k) / 10,
    "momentum": lambda g, h, k: 5 - (g + (g * R(9, 10) + h) + (g * R(81, 100) + h * R(9, 10) + k)) / 10,
    "momentum of steps": lambda g, h, k: 5 - (g * R(271, 100) + h * R(19, 10) + k) / 10,
    "momentum of means": lambda g, h, k: 5 - (g * R(271, 100) + h * R(19, 10) + k) / 100,
    "nesterov": lambda g, h, k: 5 - (g * R(3439, 1000) + h * R(271, 100) + k * R(19, 10)) / 10,
    "nesterov ahead": lambda g, h, k: 5 - (g * R(271, 100) + h * R(19, 10) + k) / 10,
    "adagrad": lambda g, h, k: 5 - (
        g / abs(g) + h / sp.sqrt(g**2 + h**2) + k / sp.sqrt(g**2 + h**2 + k**2)
    ) / 10,
    "rmsprop": lambda g, h, k: 5 - (
        10 * g / abs(g) + h / sp.sqrt((g**2 * R(99, 100) + h**2) / 100)
        + k / sp.sqrt((g**2 * R(99, 100) ** 2 + h**2 * R(99, 100) + k**2) / 100)
    ) / 10,
    "adamax": lambda g, h, k: 5 - (
        g / abs(g) + (g * R(9, 10) + h) / 10 / (1 - R(81, 100)) / (g * R(999, 1000))
        + (g * R(81, 100) + h * R(9, 10) + k) / 10 / (1 - R(729, 1000)) / (g * R(999, 1000) ** 2)
    ) / 10,
}  # fmt: skip
BETA, GAMMA = R(9, 10), R(999, 1000)


def adam(g, h, k, decay=0, nesterov=False, largest=False):
    theta, m, v, most = R(5), R(0), R(0), R(0)
    for t, d in enumerate((g, h, k), 1):
        m, v = BETA * m + (1 - BETA) * d, GAMMA * v + (1 - GAMMA) * d**2
        most = sp.Max(most, v)
        first = m / (1 - BETA**t)
        if nesterov:
            first = BETA * m / (1 - BETA ** (t + 1)) + (1 - BETA) * d / (1 - BETA**t)
        second = (most if largest else v) / (1 - GAMMA**t)
        theta = theta - (first / sp.sqrt(second) + decay * theta) / 10
    return theta


BY_HAND |= {
    "adam": adam,
    "adamw": lambda *d: adam(*d, decay=R(1, 100)),
    "nadam": lambda *d: adam(*d, nesterov=True),
    "amsgrad": lambda *d: adam(*d, largest=True),
}


def settings_of(rule, **others):
    return {"epsilon": 0} | others if "epsilon" in {s.name for s in rule.settings} else others


@pytest.mark.parametrize("name", BY_HAND)
def test_three_steps_are_exact(name):
    found = method(RULES[name], R(1, 10), **settings_of(RULES[name]))
    thetas, _ = stepped(found, EXACT, R(5), GRADIENTS)
    assert sp.simplify(thetas[-1] - BY_HAND[name](*GRADIENTS)) == 0


def test_three_steps_of_adadelta_are_exact():
    rho, eps, theta, s, u = R(9, 10), R(1, 1000), R(5), R(0), R(0)
    found = method(RULES["adadelta"], 1, epsilon=eps)
    thetas, _ = stepped(found, EXACT, theta, GRADIENTS)
    for g in GRADIENTS:
        s = rho * s + (1 - rho) * g**2
        d = sp.sqrt(u + eps) / sp.sqrt(s + eps) * g
        u, theta = rho * u + (1 - rho) * d**2, theta - d
    assert abs(sp.N(thetas[-1] - theta, 40)) < 1e-30
    assert thetas[1].is_irrational


def test_every_rule_has_its_reference_and_its_test():
    tested = {*BY_HAND, "adadelta", "nadam scheduled"}
    assert set(RULES) == tested
    assert all(rule.reference and rule.title for rule in RULES.values())
    assert all(rule.settings[0].letter == "eta" for rule in RULES.values())


@pytest.mark.parametrize("name", RULES)
@given(
    theta=st.floats(-5, 5), gradients=st.lists(st.floats(-9, 9), min_size=3, max_size=3),
)  # fmt: skip
def test_floats_and_arrays_are_as_exact_numbers_are(name, theta, gradients):
    found = method(RULES[name], 0.1)
    one, _ = stepped(found, FLOAT64, theta, gradients)
    arrays = [np.array([[g, -g]]) for g in gradients]
    many, _ = stepped(found, FLOAT64, np.array([[theta, -theta]]), arrays, (1, 2))
    assert np.allclose(many[-1], [[one[-1], -one[-1]]], rtol=1e-12, atol=1e-13)
    assert all(math.isfinite(place) for place in one)


@pytest.mark.parametrize("name", RULES)
def test_formulas_read_back_as_they_are_printed(name):
    rule = RULES[name]
    for line in rule.program():
        graph = ComputationalGraph()
        known = {argument: graph.input(argument) for argument in line.formula.arguments}
        written = next(right for name, right, _ in rule.lines if name == line.name)
        again = graph.node("again", parse(written, known.__getitem__))
        assert again.formula == written
        assert [j.name for j in again.parents] == list(line.formula.arguments)


@pytest.mark.parametrize("name", RULES)
def test_ascent_goes_where_descent_of_the_negative_goes(name):
    up, _ = stepped(method(RULES[name], 0.1, ascent=True), FLOAT64, 1.0, [2.0, -1.0, 0.5])
    down, _ = stepped(method(RULES[name], 0.1), FLOAT64, 1.0, [-2.0, 1.0, -0.5])
    assert up == down


@pytest.mark.parametrize("name", sorted({*RULES} - {"adamw"}))  # whose decay is no gradient
def test_weight_decay_is_a_gradient_of_a_penalty(name):
    decayed, found = stepped(method(RULES[name], 0.1, weight_decay=0.3), FLOAT64, 1.0, [2.0, -1.0])
    penalties = [2 + 0.3 * decayed[0], -1 + 0.3 * decayed[1]]
    plain, _ = stepped(method(RULES[name], 0.1), FLOAT64, 1.0, penalties)
    assert decayed == pytest.approx(plain, rel=1e-14)
    assert found[0][GRADIENT] == pytest.approx(penalties[0])


def test_max_norm_scales_a_parameter_to_its_bound():
    found = method(RULES["gradient descent"], 0.5, max_norm=2)
    long, _ = stepped(found, FLOAT64, np.array([3.0, 4.0]), [np.zeros(2)], (2,))
    short, _ = stepped(found, FLOAT64, np.array([0.3, 0.4]), [np.zeros(2)], (2,))
    still, _ = stepped(found, FLOAT64, np.zeros(2), [np.zeros(2)], (2,))
    assert np.allclose(long[-1], [1.2, 1.6])
    assert np.allclose(short[-1], [0.3, 0.4])
    assert np.array_equal(still[-1], np.zeros(2))


@pytest.mark.parametrize("name", RULES)
def test_a_clipped_step_is_a_step_of_the_clipped_gradient(name):
    gradients = [np.array([3.0, -4.0]), np.array([0.1, 0.2]), np.array([-6.0, 8.0])]
    clipped = [g / max(1, np.linalg.norm(g) / 2) for g in gradients]
    start = np.array([1.0, -1.0])
    ours, _ = stepped(method(RULES[name], 0.1, clip_norm=2), FLOAT64, start, gradients, (2,))
    plain, _ = stepped(method(RULES[name], 0.1), FLOAT64, start, clipped, (2,))
    assert np.allclose(ours, plain, rtol=1e-13)


def test_bounds_over_all_are_exact_and_shown():
    graph = gd.Graph()
    a, b = graph.parameter("a", 3), graph.parameter("b", [4, 0])
    graph.node("f", a**2 / 2 + (b @ b) / 2)
    found = gd.learning.gradient_descent(R(1, 2), clip_norm=1, max_total_norm=4)
    trace = gd.learning.minimise(graph, found, 1, exact=True)
    theta = R(9, 10) * sp.Matrix([3, 4, 0])  # the gradient is 5 long, the step a tenth of it
    assert [trace[1].values["a"], *trace[1].values["b"]] == list(theta * 4 / sp.Rational(9, 2))
    assert "g <- g*c_g/max(c_g, norm(g))" in trace.text()


def test_global_clipping_is_that_of_torch():
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    start, gradients = rng.normal(size=5), list(rng.normal(size=(4, 5)) * 3)
    parts = [torch.tensor(part, requires_grad=True) for part in np.split(start, [2])]
    optimiser = torch.optim.Adam(parts, 0.1)
    ours, _ = stepped(gd.learning.adam(0.1, clip_norm=1.5), FLOAT64, start, gradients, (5,))
    for step, g in enumerate(gradients, 1):
        for part, own in zip(parts, np.split(g, [2]), strict=True):
            part.grad = torch.tensor(own)
        torch.nn.utils.clip_grad_norm_(parts, 1.5)
        optimiser.step()
        theirs = np.concatenate([part.detach().numpy() for part in parts])
        assert np.allclose(theirs, ours[step], rtol=1e-6)  # it adds 1e-6 to the norm


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: gd.learning.bfgs(clip_norm=1), "BFGS chooses its steps by the gradient as it is"),
        (lambda: gd.learning.bfgs(max_norm=1), "bound that by max_total_norm"),
        (lambda: gd.learning.adam(max_norm=1, clip_norm=1), "bound that by max_total_norm"),
        (lambda: gd.learning.adam(0), "the learning rate is 0; give a number of (0, inf)"),
        (lambda: gd.learning.adam(-0.1), "the learning rate is -0.1"),
        (lambda: gd.learning.adam(math.nan), "the learning rate is nan; it must be finite"),
        (lambda: gd.learning.adam("fast"), "the learning rate is 'fast'"),
        (lambda: gd.learning.adam(0.1, beta_1=1), "the beta 1 is 1; give a number of [0, 1)"),
        (lambda: gd.learning.adam(0.1, beta1=0.9), "did you mean 'beta_1'?"),
        (lambda: gd.learning.momentum(0.1, momentum=-0.5), "the momentum is -0.5"),
        (lambda: gd.learning.adam(0.1, max_norm=0), "the max norm is 0"),
        (lambda: gd.learning.cosine(0.1, 0), "steps is 0; give a whole number, at least 1"),
        (lambda: gd.learning.step_decay(0.1, 1.5), "the factor is 1.5; give a number of (0, 1]"),
    ],
)
def test_settings_out_of_range_are_refused(make, said):
    with pytest.raises(gd.GraphdiffError) as caught:
        make()
    assert said in str(caught.value)


# Schedules


@pytest.mark.parametrize(
    ("schedule", "rates"),
    [
        (gd.learning.step_decay(1, R(1, 2), 2), [1, 1, R(1, 2), R(1, 2), R(1, 4)]),
        (gd.learning.exponential_decay(1, R(1, 3)), [1, R(1, 3), R(1, 9)]),
        (gd.learning.inverse_time_decay(1, 1), [1, R(1, 2), R(1, 3)]),
        (gd.learning.cosine(1, 2), [1, R(1, 2), 0, 0]),
        (gd.learning.cosine(1, 3, R(1, 5)), [1, R(4, 5), R(2, 5), R(1, 5), R(1, 5)]),
        (gd.learning.warm_up(1, 4), [R(1, 4), R(1, 2), R(3, 4), 1, 1, 1]),
        (gd.learning.warm_up(gd.learning.exponential_decay(1, R(1, 2)), 2),
         [R(1, 2), 1, 1, R(1, 2), R(1, 4)]),
    ],
)  # fmt: skip
def test_schedules_are_their_formulas(schedule, rates):
    found = gd.learning.gradient_descent(schedule)
    assert [sp.simplify(found.rate(EXACT, t)) for t in range(1, len(rates) + 1)] == rates
    floats = [found.rate(FLOAT64, t) for t in range(1, len(rates) + 1)]
    assert np.allclose(np.array(floats, float), np.array(rates, float), atol=1e-15)


# PyTorch

SAME = {
    "gradient descent": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "adadelta": ("Adadelta", {}),
    "rmsprop": ("RMSprop", {}),
    "adam": ("Adam", {}),
    "adamax": ("Adamax", {}),
    "nadam scheduled": ("NAdam", {}),
    "adamw": ("AdamW", {}),
    "amsgrad": ("Adam", {"amsgrad": True}),
}


@pytest.mark.parametrize("name", SAME)
@pytest.mark.parametrize("decay", [None, 0.05])
def test_numbers_are_those_of_torch(name, decay):
    torch = pytest.importorskip("torch")
    kind, options = SAME[name]
    gradients = np.random.default_rng(7).normal(size=(6, 3))
    start = np.array([0.4, -1.2, 2.0])
    theirs = torch.tensor(start, requires_grad=True)
    if decay is not None:
        options = {**options, "weight_decay": decay}
    elif name == "adamw":
        options = {**options, "weight_decay": 0.01}
    optimiser = getattr(torch.optim, kind)([theirs], lr=0.05, **options)
    ours, _ = stepped(
        method(RULES[name], 0.05, weight_decay=decay), FLOAT64, start, list(gradients), (3,)
    )
    for step, g in enumerate(gradients):
        theirs.grad = torch.tensor(g)
        optimiser.step()
        far = 1e-8 if kind == "NAdam" else 1e-12  # whose product of μ is a float32
        assert np.allclose(theirs.detach().numpy(), ours[step + 1], rtol=far, atol=1e-14)
