"""Kinks, ties, large numbers and the edges of domains: a right value or a clear error."""

from __future__ import annotations

import warnings

import mpmath
import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import NumericalError

LOG2 = np.log(2)


def run(build, *values, wrt=None, exact=False):
    graph = gd.Graph()
    leaves = [graph.parameter("abc"[k], value) for k, value in enumerate(values)]
    graph.node("f", build(*leaves))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return graph.backward("f", exact=exact, wrt=None if wrt is None else list(wrt))


def floats(array):
    return np.asarray(array, dtype=object).astype(np.float64)


# Kinks and ties

KINKS = [
    # function, at, gradient of the sum of its entries
    (lambda a: gd.relu(a).sum(), [0, -1, 2], [0, 0, 1]),
    (lambda a: abs(a).sum(), [0, -1, 2], [0, -1, 1]),
    (lambda a: gd.sign(a).sum(), [0, -1, 2], [0, 0, 0]),
    (lambda a: gd.leaky_relu(a, 0.5).sum(), [0, -1, 2], [0.5, 0.5, 1]),
    (lambda a: gd.max(a, 0).sum(), [0, -1, 2], [0.5, 0, 1]),
    (lambda a: gd.min(a, 0).sum(), [0, -1, 2], [0.5, 1, 0]),
    (lambda a: gd.max(a, a).sum(), [0, 1, 2], [1, 1, 1]),
    (lambda a: a.max(), [1, 5, 5, 2], [0, 0.5, 0.5, 0]),
    (lambda a: a.max(), [3, 3, 3, 3], [0.25] * 4),
    (lambda a: a.min(), [2, 1, 1, 1], [0, 1 / 3, 1 / 3, 1 / 3]),
    (lambda a: a.max(0).sum(), [[1, 2], [1, 0]], [[0.5, 1], [0.5, 0]]),
    (lambda a: a.max((0, 1)), [[1, 2], [2, 0]], [[0, 0.5], [0.5, 0]]),
    (lambda a: a.min(-1, keepdims=True).sum(), [[1, 1], [2, 0]], [[0.5, 0.5], [0, 1]]),
    (lambda a: gd.max_pool1d(a, 2).sum(), [4, 4, 1, 2], [0.5, 0.5, 0, 1]),
    (lambda a: gd.max_pool2d(a, 2), [[1, 1], [1, 1]], [[0.25, 0.25], [0.25, 0.25]]),
    (lambda a: gd.where(a >= 0, 3 * a, a).sum(), [0, -1, 2], [3, 1, 3]),
    (lambda a: gd.where(a > 0, 3 * a, a).sum(), [0, -1, 2], [1, 1, 3]),
    (lambda a: (a > 0).sum(), [0, -1, 2], [0, 0, 0]),
    (lambda a: gd.absolute_error(a, [0, 0]), [0, 4], [0, 0.5]),
    (lambda a: gd.huber(a, [0, 0, 0, 0]), [1, -1, 3, 0.5], [0.25, -0.25, 0.25, 0.125]),
    (lambda a: gd.huber(a, [0, 0], delta=2), [2, -5], [1, -1]),
    (lambda a: gd.hinge(a, [1, -1, 1, 1]), [1, -1, 0.5, 2], [0, 0, -0.25, 0]),
    (lambda a: gd.relu(a @ [1, -1]) + 0 * a.sum(), [2, 2], [0, 0]),
]  # fmt: skip


@pytest.mark.parametrize("exact", [False, True], ids=["float64", "exact"])
@pytest.mark.parametrize("place", range(len(KINKS)))
def test_kinks(place, exact):
    build, at, gradient = KINKS[place]
    found = run(build, at, exact=exact).gradient["a"]
    np.testing.assert_allclose(floats(found), gradient, rtol=1e-15)


def test_ties_within_one_node_and_over_several_are_the_same():
    def split(graph, x):
        h = graph.node("h", gd.relu(x))
        m = graph.node("m", h.max(1))
        return graph.node("f", m.sum())

    values = [[0, -1, 0], [2, 2, 2], [-1, -2, -3]]
    graph = gd.Graph()
    split(graph, graph.parameter("x", values))
    whole = run(lambda a: gd.relu(a).max(1).sum(), values)
    np.testing.assert_array_equal(graph.backward("f").gradient["x"], whole.gradient["a"])


# Far out


FAR = [
    # function, at, value, gradient
    (lambda a: gd.softmax(a)[0], [1000, -1000, 0], 1, [0, 0, 0]),
    (lambda a: gd.softmax(a)[1], [1000, 1000, -1000], 0.5, [-0.25, 0.25, 0]),
    (lambda a: gd.softmax(a, axis=0).max(), [[1000], [-1000]], 1, [[0], [0]]),
    (lambda a: gd.log_softmax(a)[1], [1000, -1000, 0], -2000, [-1, 1, 0]),
    (lambda a: gd.logsumexp(a), [1000, -1000, 0], 1000, [1, 0, 0]),
    (lambda a: gd.logsumexp(a), [-1000, -1000], LOG2 - 1000, [0.5, 0.5]),
    (lambda a: gd.logsumexp(a, axis=0, keepdims=True).sum(), [[1000], [1000]], 1000 + LOG2, [[0.5], [0.5]]),
    (lambda a: gd.cross_entropy_with_logits(a, [0, 1, 0]), [1000, -1000, 0], 2000, [1, -1, 0]),
    (lambda a: gd.cross_entropy_with_logits(a, [1, 0, 0]), [1000, -1000, 0], 0, [0, 0, 0]),
    (lambda a: gd.cross_entropy_with_logits(a, [[1, 0], [0, 1]]), [[1000, 0], [1000, 0]], 500, [[0, 0], [0.5, -0.5]]),
    (lambda a: gd.binary_cross_entropy_with_logits(a, [0, 1, 0, 1]), [1000, 1000, -1000, -1000], 500,
     [0.25, 0, 0, -0.25]),
    (lambda a: gd.sigmoid(1000 * a).sum(), [1, -1], 1, [0, 0]),
    (lambda a: gd.sigmoid(a).sum(), [40, -40], 1, [np.exp(-40), np.exp(-40)]),
    (lambda a: gd.tanh(a).sum(), [1000, -1000], 0, [0, 0]),
    (lambda a: gd.softplus(a).sum(), [1000, -1000], 1000, [1, 0]),
    (lambda a: gd.swish(a).sum(), [1000, -1000], 1000, [1, 0]),
    (lambda a: gd.gelu(a).sum(), [1000, -1000], 1000, [1, 0]),
    (lambda a: gd.elu(a).sum(), [1000, -1000], 999, [1, 0]),
    (lambda a: gd.norm(a), [3e200, 4e200], 5e200, [0.6, 0.8]),
    (lambda a: gd.norm(a), [3e-200, 4e-200], 5e-200, [0.6, 0.8]),
    (lambda a: gd.norm(a, axis=1).sum(), [[3e-200, 4e-200], [0, 2]], 2, [[0.6, 0.8], [0, 1]]),
    (lambda a: gd.mse(a, [1e8, 1e8]), [1e8 + 1, 1e8 - 1], 1, [1, -1]),
    (lambda a: gd.var(a), [1e8 + 1, 1e8 - 1], 1, [1, -1]),
    (lambda a: gd.logdet(a), [[1e-200, 0], [0, 1e-200]], -400 * np.log(10), [[1e200, 0], [0, 1e200]]),
    (lambda a: gd.layer_norm(a)[1], [7, 7, 7, 7], 0, np.array([-1, 3, -1, -1]) / 4 / np.sqrt(1e-5)),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(FAR)))
def test_far_out(place):
    build, at, value, gradient = FAR[place]
    found = run(build, at)
    np.testing.assert_allclose(found.value["f"], value, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.gradient["a"], gradient, rtol=1e-12, atol=1e-100)


def test_a_saturated_network_has_finite_gradients():
    graph = gd.Graph()
    x = graph.input("x", [[1000, -1000], [-1000, 1000], [1, 1]])
    W, b = graph.parameter("W", [[1, 0.5], [-1, 1]]), graph.parameter("b", [0, -1000])
    z = graph.node("z", x @ W.T + b)
    for name, layer in (
        ("sigmoid", gd.sigmoid(z)), ("tanh", gd.tanh(z)), ("softmax", gd.softmax(z)),
        ("relu", gd.relu(z)), ("gelu", gd.gelu(z)), ("swish", gd.swish(z)),
    ):  # fmt: skip
        a = graph.node(name, layer)
        loss = graph.node(f"L_{name}", gd.mse(a, [[1, 0], [0, 1], [0, 0]]))
        gradient = graph.backward(loss).gradient
        assert np.isfinite(gradient["W"]).all()
        assert np.isfinite(gradient["b"]).all()


def test_probabilities_of_zero():
    """0·log 0 is 0, and so is its derivative by the probability."""
    for exact in (False, True):
        found = run(gd.cross_entropy, [0, 0.5, 0.5], [0, 1, 0], wrt="a", exact=exact)
        assert float(found.value["f"]) == pytest.approx(LOG2, rel=1e-15)
        np.testing.assert_array_equal(floats(found.gradient["a"]), [0, -2, 0])
        found = run(gd.binary_cross_entropy, [0, 1, 0.5], [0, 1, 1], wrt="a", exact=exact)
        assert float(found.value["f"]) == pytest.approx(LOG2 / 3, rel=1e-15)
        np.testing.assert_allclose(floats(found.gradient["a"]), [1 / 3, -1 / 3, -2 / 3], rtol=1e-15)


@pytest.mark.parametrize(
    "A", [[[1, 2], [2, 4]], [[0, 0], [0, 0]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0]]]
)
def test_the_determinant_of_a_singular_matrix_has_a_gradient(A):
    exact = run(gd.det, A, exact=True)
    assert exact.value["f"] == 0
    n = len(A)
    cofactors = [
        [
            (-1) ** (i + j) * np.linalg.det(np.delete(np.delete(np.array(A, float), i, 0), j, 1))
            for j in range(n)
        ]
        for i in range(n)
    ]
    np.testing.assert_allclose(floats(exact.gradient["a"]), cofactors, atol=1e-12)
    found = run(gd.det, np.array(A, float))
    np.testing.assert_allclose(found.gradient["a"], cofactors, atol=1e-12)


def test_samples_of_which_one_is_singular():
    graph = gd.Graph()
    A = graph.parameter("A", shape=(2, 2))
    graph.node("f", gd.inv(A))
    good, bad = np.array([[2.0, 0], [0, 4]]), np.array([[1.0, 2], [2, 4]])
    np.testing.assert_allclose(graph.forward(A=np.stack([good, 2 * good])).value["f"][0, 0, 0], 0.5)
    with pytest.raises(NumericalError) as error:
        graph.forward(A=np.stack([good, bad]))
    assert str(error.value) == (
        "node 'f' (u^2 = inv(A)) is not a number at [0, 0] of sample 1; "
        "a singular matrix has no inverse"
    )


MUST = "it must be a finite real number"
INPUT = "; if the derivative by 'y' is not needed, leave it out with wrt="


@pytest.mark.parametrize(
    ("build", "values", "message"),
    [
        (gd.log, [[1, 2], [0, 3]],
         f"node 'f' (u^2 = log(a)) is minus infinity at [1, 0], where a[1, 0] = 0; {MUST}"),
        (lambda a: gd.log(a).sum(), [[1, 2], [0, 3]],
         "node 'f' (u^2 = sum(log(a))) is minus infinity, for log(a) is minus infinity at [1, 0], "
         f"where a[1, 0] = 0; {MUST}"),
        (lambda a: gd.log(1 - a).sum(), [0.5, 2],
         "node 'f' (u^2 = sum(log(1 - a))) is not a number, for log(1 - a) is not a number at [1], "
         f"where (1 - a)[1] = -1; {MUST}"),
        (lambda a: a / a.sum(), [1, -1],
         f"node 'f' (u^2 = a/sum(a)) is infinite at [0], where a[0] = 1, sum(a) = 0; {MUST}"),
        (lambda a: gd.exp(a).sum(), [0, 1000],
         "node 'f' (u^2 = sum(exp(a))) is infinite, for exp(a) is infinite at [1], "
         f"where a[1] = 1000; {MUST}"),
        (lambda a: gd.cross_entropy(a, [1, 0]), [0, 1],
         "node 'f' (u^2 = cross_entropy(a, [1, 0])) is infinite, for xlogy([1, 0], a) is minus "
         f"infinity at [0], where [1, 0][0] = 1, a[0] = 0; {MUST}"),
        (lambda a: gd.binary_cross_entropy(a, [1, 1]), [0.5, 0],
         "node 'f' (u^2 = binary_cross_entropy(a, [1, 1])) is infinite, for xlogy([1, 1], a) is minus "
         f"infinity at [1], where [1, 1][1] = 1, a[1] = 0; {MUST}"),
        (lambda a: gd.layer_norm(a, eps=0)[0], [1, 1],
         "node 'f' (u^2 = layer_norm(a, eps=0)[0]) is not a number, for "
         "(a - mean(a, keepdims=True))/sqrt(mean((a - mean(a, keepd... is not a number at [0], where"),
        (gd.inv, [[1, 2], [2, 4]],
         "node 'f' (u^2 = inv(a)) is not a number at [0, 0]; a singular matrix has no inverse"),
        (lambda a: gd.inv(a).sum(), [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
         "node 'f' (u^2 = sum(inv(a))) is not a number, for inv(a) is not a number at [0, 0]; "
         "a singular matrix has no inverse"),
        (gd.logdet, [[1, 2], [2, 4]],
         "node 'f' (u^2 = logdet(a)) is minus infinity; logdet takes a matrix with a positive determinant"),
        (gd.logdet, [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
         "node 'f' (u^2 = logdet(a)) is minus infinity; logdet takes a matrix with a positive determinant"),
        (gd.logdet, [[1, 2], [3, 4]],
         "node 'f' (u^2 = logdet(a)) is not a number; logdet takes a matrix with a positive determinant"),
        (gd.norm, [0, 0],
         "the local Jacobian J[a->f] is not a number at ∂f/∂a[0], where a[0] = 0; "
         "a norm has no derivative at 0"),
        (lambda a: gd.norm(a, axis=1), [[3, 4], [0, 0]],
         "the local Jacobian J[a->f] is not a number at ∂f/∂a[1, 0], where a[1, 0] = 0; "
         "a norm has no derivative at 0"),
        (gd.sqrt, [1, 0],
         f"the local Jacobian J[a->f] is infinite at ∂f[1]/∂a[1], where a[1] = 0; {MUST}"),
        (lambda a: gd.sqrt(a).sum(), [1, 0],
         f"the local Jacobian J[a->f] is infinite at ∂f/∂a[1], where a[1] = 0; {MUST}"),
        (lambda a: a.sum() * 1e300 * a, [1e10, 1],
         "node 'f' (u^2 = sum(a)*1e+300*a) is infinite at [0], for sum(a)*1e+300 is infinite, "
         f"where sum(a) = 1e+10; {MUST}"),
    ],
)  # fmt: skip
def test_what_has_no_value_is_refused_by_name(build, values, message):
    with pytest.raises(NumericalError) as error:
        run(build, np.array(values, float))
    assert str(error.value).startswith(message)


def test_a_derivative_nobody_asked_for():
    graph = gd.Graph()
    p, y = graph.parameter("p", [0, 0.5, 0.5]), graph.input("y", [0, 1, 0])
    graph.node("L", gd.cross_entropy(p, y))
    with pytest.raises(NumericalError) as error:
        graph.backward()
    assert str(error.value) == (
        f"the local Jacobian J[y->L] is infinite at ∂L/∂y[0], where y[0] = 0; {MUST}{INPUT}"
    )
    np.testing.assert_array_equal(graph.backward(wrt=[p]).gradient["p"], [0, -2, 0])


def test_which_sample_has_no_value():
    graph = gd.Graph()
    graph.node("z", gd.log(graph.input("x", shape=(2,))))
    with pytest.raises(NumericalError) as error:
        graph.forward(x=[[1, 2], [3, 0]])
    assert str(error.value) == (
        "node 'z' (u^2 = log(x)) is minus infinity at [1] of sample 1, where x[1] = 0; " + MUST
    )


def test_a_branch_that_is_not_chosen_needs_no_value():
    found = run(lambda a: gd.where(a > 0, gd.log(a), a), [1, 0, -2])
    np.testing.assert_array_equal(found.value["f"], [0, 0, -2])
    np.testing.assert_array_equal(found.P["a"], np.eye(3))
    # Nor as part of a larger node; where() around its argument changes nothing.
    assert run(lambda a: gd.where(a > 0, gd.log(a), a).sum(), [1, -2]).value["f"] == -2
    plain = run(lambda a: gd.where(a > 0, gd.sqrt(a), 0).sum(), [4, 0])
    np.testing.assert_array_equal(plain.gradient["a"], [0.25, 0])
    guarded = run(lambda a: gd.where(a > 0, gd.sqrt(gd.where(a > 0, a, 1)), 0).sum(), [4, 0])
    np.testing.assert_array_equal(guarded.gradient["a"], [0.25, 0])


def test_powers_at_zero():
    for exponent, expected in ((0, [0, 0]), (1, [1, 1]), (2, [0, -4]), (3, [0, 12])):
        for build in (lambda a, n=exponent: a**n, lambda a, n=exponent: (a**n).sum()):
            found = run(build, [0.0, -2.0])
            np.testing.assert_array_equal(np.sum(np.atleast_2d(found.P["a"]), axis=0), expected)


def test_the_second_derivative_of_a_determinant_at_a_singular_matrix():
    from graphdiff.local_functions.pullback import pullback

    graph = gd.Graph()
    A = graph.parameter("A", [[1, 2], [2, 4]])
    (gradient,) = pullback(gd.det(A), gd.ones(), [A])
    graph.node("G", gradient)
    np.testing.assert_allclose(graph.forward().value["G"], [[4, -2], [-2, 1]], atol=1e-12)
    swap = np.fliplr(np.diag([1, -1, -1, 1]))
    np.testing.assert_allclose(graph.backward().P["A"], swap, atol=1e-12)


GENERATOR = np.random.default_rng(7)


@pytest.mark.parametrize("by", ["rows", "columns"])
@pytest.mark.parametrize("spread", [3, 30, 100, 150])
def test_units_do_not_make_a_matrix_singular(by, spread):
    """Each row, or each column, in a unit of its own: the inverse is as right as without."""
    for n in (2, 3, 5):
        good = GENERATOR.normal(size=(n, n)) + 3 * np.eye(n)
        units = 10.0 ** np.linspace(-spread, spread, n)
        units = units[:, None] if by == "rows" else units
        found = run(gd.inv, good * units).value["f"]
        back = units.T if by == "rows" else units[:, None]
        np.testing.assert_allclose(found * back, np.linalg.inv(good), rtol=1e-9)


@pytest.mark.parametrize("by", ["rows", "columns"])
@pytest.mark.parametrize("spread", [0, 3, 30, 100])
def test_units_do_not_hide_that_a_matrix_is_singular(by, spread):
    for n in (2, 3, 5):
        flat = GENERATOR.normal(size=(n, n))
        flat[-1] = flat[:-1].sum(0)  # the same to the last digit but one
        units = 10.0 ** np.linspace(-spread, spread, n)
        with pytest.raises(NumericalError, match="singular"):
            run(gd.inv, flat * (units[:, None] if by == "rows" else units))


def test_a_dense_matrix_is_bounded_in_every_kind_of_number():
    for exact, size in {True: 800, False: 5000}.items():
        graph = gd.Graph()
        graph.node("y", graph.input("x", np.arange(float(size))) ** 2)
        with pytest.raises(NumericalError, match=rf"of {size} × {size} is more than"):
            graph.backward("y", exact=exact)


@pytest.mark.parametrize("x", [40.0, -40.0, 19.0, 350.0])
@pytest.mark.parametrize(
    ("function", "slope"),
    [
        (gd.tanh, lambda x: 1 / mpmath.cosh(x) ** 2),
        (gd.sigmoid, lambda x: mpmath.exp(-abs(x)) / (1 + mpmath.exp(-abs(x))) ** 2),
    ],
)
def test_saturated_slopes_keep_their_digits(function, slope, x):
    with mpmath.workdps(400):
        expected = float(slope(mpmath.mpf(x)))
    graph = gd.Graph()
    graph.node("y", function(graph.input("x", x)))
    found = [graph.backward("y").P["x"]]
    if abs(x) <= 40:  # SymPy's own evalf gives up beyond
        found.append(graph.backward("y", exact=True).P["x"].evalf(30))
    assert [float(one) for one in found] == pytest.approx([expected] * len(found), rel=1e-12, abs=0)
