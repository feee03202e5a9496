"""What does not depend on the values of leaves is found once for all sweeps."""

import numpy as np
import pytest
from closeness import close
from counting import at_most

import graphdiff as gd
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import value_of

W = np.linspace(-1, 1, 36).reshape(6, 6)


def chain(length, step, start):
    g = gd.Graph()
    v = g.parameter("x", start)
    for k in range(length):
        v = g.node(f"v{k}", step(v))
    return g


@pytest.mark.parametrize(
    ("step", "calls"),
    [
        (lambda v: W @ v, 150), (lambda v: gd.tanh(gd.kron(W[:2, :2], W[:3, :3]) @ v), 200),
        (lambda v: gd.softmax(v), 125), (lambda v: gd.tanh(v), 110), (lambda v: v * W[0], 105),
    ],
)  # fmt: skip
def test_a_second_sweep_only_computes(step, calls):
    g = chain(50, step, W[1])
    g.backward()
    with at_most(50 * calls):
        g.backward()


@pytest.mark.parametrize("exact", [False, True])
def test_an_array_in_a_formula_is_put_together_with_any_numbers(exact):
    g = chain(2, lambda v: [[1, 2], [3, 4]] @ v + gd.ones(2), [5, 6])
    run = g.backward(exact=exact)
    assert run.value["v1"].tolist() == [99, 215]
    assert run.P["x"].tolist() == [[7, 10], [15, 22]]


def test_what_is_kept_cannot_be_changed():
    g = gd.Graph()
    x = g.parameter("x", [1, 2])
    z = g.node("z", gd.transpose([[1, 2], [3, 4]]) @ x)
    f = g.node("f", gd.transpose([[1, 2], [3, 4]]) + x)
    found = value_of(FLOAT64, g.node("c", gd.reshape([[1, 2], [3, 4]], 4)).function, ())
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 7
    assert g.forward().value["f"].tolist() == [[2, 5], [3, 6]]
    assert g.backward(z).J["x", "z"].tolist() == [[1, 3], [2, 4]]
    assert f.function is not z.function


@pytest.mark.parametrize("own", [(), (3,), (1, 3), (2, 1), (2, 3)])
@pytest.mark.parametrize("samples", [(), (4,)])
def test_the_jacobian_of_a_map_has_each_derivative_where_its_entry_is_used(own, samples):
    g = gd.Graph()
    x = g.input("x", np.random.default_rng(3).uniform(1, 2, samples + own), shape=own)
    y = g.input("y", W[:2, :3])
    run = g.backward(g.node("z", x**2 * y))
    for k in np.ndindex(samples):
        own_value = np.asarray(run.value["x"])[k]
        slope = np.broadcast_to(2 * own_value, (2, 3)) * W[:2, :3]
        used = np.broadcast_to(np.arange(own_value.size).reshape(own), (2, 3))
        wanted = np.where(used.reshape(6, 1) == np.arange(own_value.size), slope.reshape(6, 1), 0)
        close(np.asarray(run.J["x", "z"])[k], wanted)
