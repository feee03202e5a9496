"""What goes wrong in products of matrices, over batches, and where several paths meet."""

import pytest

import graphdiff as gd


def batch():
    g = gd.Graph()
    X, Y = g.input("X", [[0.5, -1.2], [0.7, 0.3]]), g.input("Y", [[0.1, 0.9], [-0.4, 0.2]])
    W, b = g.parameter("W", [[0.2, -0.6], [1.1, 0.4]]), g.parameter("b", [0.3, -0.1])
    Z = g.node("Z", X @ W + b)
    A = g.node("A", gd.tanh(Z))
    g.node("L", ((A - Y) ** 2).sum() / 2)
    return g


def layer():
    g = gd.Graph()
    x, y = g.input("x", [0.5, -1.2]), g.input("y", [0.1, 0.9])
    W, b = g.parameter("W", [[0.2, -0.6], [1.1, 0.4]]), g.parameter("b", [0.3, -0.1])
    z = g.node("z", W @ x + b)
    g.node("L", ((z - y) ** 2).sum() / 2)
    return g


def regression():
    g = gd.Graph()
    X, y = g.input("X", [[0.5, -1.2], [0.7, 0.3], [-0.4, 0.9]]), g.input("y", [0.1, 0.9, -0.3])
    w, b = g.parameter("w", [0.2, -0.6]), g.parameter("b", 0.3)
    p = g.node("p", X @ w + b)
    g.node("L", ((p - y) ** 2).sum() / 2)
    return g


def paths():
    g = gd.Graph()
    x, y, w = g.input("x", 0.7), g.input("y", 0.4), g.parameter("w", -0.3)
    z1 = g.node("z1", w * x)
    h = g.node("h", gd.tanh(z1))
    z2 = g.node("z2", w * y + h)
    g.node("L", z2**3)
    return g


def mixed():
    g = gd.Graph()
    V, p = g.input("V", [[0.5, -1.2], [0.7, 0.3], [-0.4, 0.9]]), g.input("p", [0.2, 0.3, 0.5])
    o = g.node("o", V.T @ p)
    g.node("L", (o**2).sum() / 2)
    return g


@pytest.mark.parametrize(
    ("graph", "target", "claim", "key"),
    [
        (mixed, "dL/dV", "outer(dL/do, p)", "transposed"),
        (batch, "Z", "W @ X + b", "factors-swapped"),
        (batch, "Z", "X @ W.T + b", "transposed"),
        (batch, "dL/dW", "X.T*dL/dZ", "hadamard"),
        (batch, "dL/dW", "X*dL/dZ", "hadamard"),
        (batch, "dL/dZ", "dL/dA*(1 + A**2)", "slope-misremembered"),
        (batch, "dL/dZ", "dL/dA*(1 - A)", "slope-misremembered"),
        (batch, "dL/db", "dL/dZ[0]", "one-sample"),
        (layer, "z", "W.T @ x + b", "transposed"),
        (layer, "dL/dx", "W @ dL/dz", "factors-swapped"),
        (regression, "dL/db", "dL/dp[0]", "one-sample"),
        (regression, "dL/db", "mean(dL/dp)", "sum-as-mean"),
        (regression, "dL/dw", "X[0]*dL/dp[0]", "one-sample"),
        (paths, "dL/dw", "x + y", "incoming-left-out"),
        (paths, "dL/dw", "dL/dz1*x + y", "incoming-left-out"),
        (paths, "dL/dz2", "z2**3", "power-factor"),
        (paths, "dL/dz2", "2*z2**2", "power-factor"),
        (paths, "dL/dz2", "3*z2", "power-exponent"),
    ],
)
def test_each_is_named(graph, target, claim, key):
    (result,) = graph().check({target: claim})
    assert result.verdict == "wrong"
    told = [explanation.faults for explanation in result.diagnosis.explanations]
    assert (key,) in told, str(result)
    (right,) = graph().check({target: graph().check({target: claim}).results[0].expected})
    assert right.verdict == "correct"


ABOVE = [
    ("z", [1.12, -0.03]),
    ("dL/dz", [1.02, -0.93]),
]


@pytest.mark.parametrize(
    ("claim", "key"),
    [
        ([[0.51, -0.465], [-1.224, 1.116]], "transposed"),
        ([[0.51, -1.224], [-0.465, -1.116]], "sign-lost"),
        ([[0.51, -1.224], [-0.465, 0.1116]], "decimal-point"),
        ([[0.51, -1.224], [-0.645, 1.116]], "digits-swapped"),
    ],
)
def test_slips_in_an_array_computed_from_rounded_ones(claim, key):
    graph = layer()
    lines = [*ABOVE, ("dL/dW", ["outer(dL/dz, x)", claim])]
    *_, result = graph.check(lines)
    assert result.verdict == "wrong", str(result)
    assert (key,) in [one.faults for one in result.diagnosis.explanations], str(result)


def test_the_numbers_of_another_array_are_given():
    *_, result = layer().check([*ABOVE, ("dL/db", ["dL/dz", [1.12, -0.03]])])
    assert ("number-of-another-line",) in [one.faults for one in result.diagnosis.explanations]


def test_the_numbers_of_another_array_are_put_in():
    *_, result = layer().check([*ABOVE, ("dL/dx", ["W.T @ dL/dz", [0.191, -0.684]])])
    assert ("neighbouring-array",) in [one.faults for one in result.diagnosis.explanations]


def test_a_formula_that_is_not_evaluated_rightly_is_an_uncertain_slip():
    *_, result = layer().check([*ABOVE, ("dL/dx", ["W.T @ dL/dz", [7.77, -0.984]])])
    assert [one.faults for one in result.diagnosis.explanations] == [("arithmetic",)]
    assert not result.diagnosis.certain


def test_the_difference_is_not_the_derivative_of_a_cross_entropy():
    g = gd.Graph()
    x, y = g.input("x", [0.3, -0.2, 0.6]), g.input("y", [0, 1, 0])
    p = g.node("p", gd.softmax(g.node("z", 2 * x)))
    g.node("L", -(y * gd.log(p)).sum())
    (result,) = g.check({"dL/dp": "p - y"})
    assert ("difference-taken",) in [one.faults for one in result.diagnosis.explanations]
