"""Linear equations, the Cholesky factor and powers of a matrix: as NumPy's, and refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from closeness import close

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError

GENERATOR = np.random.default_rng(5)
A, B = GENERATOR.normal(size=(2, 3, 3))
SYMMETRIC = A @ A.T + np.eye(3)


def value(build, *arrays):
    graph = gd.Graph()
    graph.node("f", build(*(graph.parameter("abc"[k], array) for k, array in enumerate(arrays))))
    found = graph.forward().value["f"]
    close(graph.compile("f", form="value")(), found, 1e-11, np.abs(found).max())
    return found


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 4), (2, 3, 4)])
def test_solutions_are_numpys(shape):
    b = GENERATOR.normal(size=shape)
    for solve in (gd.solve, np.linalg.solve):
        np.testing.assert_allclose(value(solve, A, b), np.linalg.solve(A, b), rtol=1e-11)


def test_stacks_and_samples():
    stack, sides = GENERATOR.normal(size=(4, 3, 3)), GENERATOR.normal(size=(4, 3, 2))
    np.testing.assert_allclose(value(gd.solve, stack, sides), np.linalg.solve(stack, sides), 1e-10)
    powers = stack @ np.swapaxes(stack, 1, 2) + np.eye(3)
    np.testing.assert_allclose(value(gd.cholesky, powers), np.linalg.cholesky(powers), 1e-10)
    graph = gd.Graph()
    graph.node("x", gd.solve(graph.input("A", A), graph.input("b", shape=(3,))))
    found = graph.compile("x", ["b"], form="value")(b=sides[..., 0])
    np.testing.assert_allclose(found, np.linalg.solve(A, sides[..., 0].T).T, rtol=1e-10)


def test_an_exact_solution():
    graph = gd.Graph()
    a, b = graph.parameter("a", [[2, 1], [1, 3]]), graph.parameter("b", [3, 5])
    graph.node("L", gd.sum(gd.solve(a, b)))
    run = graph.backward(exact=True)
    assert run.value["L"] == sp.Rational(11, 5)
    assert run.gradient["b"].tolist() == [sp.Rational(2, 5), sp.Rational(1, 5)]
    assert run.gradient["a"].tolist() == [
        [-sp.Rational(8, 25), -sp.Rational(14, 25)], [-sp.Rational(4, 25), -sp.Rational(7, 25)],
    ]  # fmt: skip


def test_the_factor_is_numpys_and_its_gradient_symmetric():
    found = value(gd.cholesky, SYMMETRIC)
    np.testing.assert_allclose(found, np.linalg.cholesky(SYMMETRIC), rtol=1e-12)
    graph = gd.Graph()
    a = graph.parameter("a", SYMMETRIC)
    factor = graph.node("L", gd.cholesky(a))
    graph.node("f", 2 * gd.sum(gd.log(gd.diag(factor))))  # which is log det A
    gradient = graph.backward().gradient["a"]
    np.testing.assert_allclose(gradient, np.linalg.inv(SYMMETRIC), rtol=1e-10)
    second = graph.hessian("f", "a").at()
    other = graph.node("g", gd.logdet((a + a.T) / 2))
    np.testing.assert_allclose(second, graph.hessian(other, "a").at(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(
    "matrix", [[[1, 2], [3, 9]], [[1, 2], [2, 1]], [[1, 2], [2, 4]], [[0, 0], [0, 1]]]
)
def test_only_symmetric_positive_definite_matrices_have_a_factor(matrix, exact):
    graph = gd.Graph()
    graph.node("L", gd.cholesky(graph.input("A", matrix)))
    with pytest.raises(NumericalError, match="cholesky takes a symmetric positive definite matrix"):
        graph.forward(exact=exact)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("matrix", [[[1, 2], [2, 4]], [[0, 0], [0, 1]]])
def test_a_singular_system_is_refused(matrix, exact):
    graph = gd.Graph()
    graph.node("x", gd.solve(graph.input("A", matrix), [1, 1]))
    with pytest.raises(NumericalError, match="a singular matrix has no inverse"):
        graph.forward(exact=exact)


@pytest.mark.parametrize("k", [0, 1, 2, 5, 10, -1, -3])
def test_powers_are_numpys(k):
    for power in (lambda a: gd.matrix_power(a, k), lambda a: np.linalg.matrix_power(a, k)):
        np.testing.assert_allclose(
            value(power, B), np.linalg.matrix_power(B, k), rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: gd.solve(a[:2], [1, 2]), "solve takes a square matrix first, but was given 'a[:2]' of shape (2, 3)"),
        (lambda a: gd.solve(a, [1, 2]),
         "solve takes a right side with as many rows as the matrix has, (n) or (…, n, m), but was given 'a' of "
         "shape (3, 3) and [1, 2] of shape (2,)"),
        (lambda a: gd.solve(gd.stack(a, a), a[0]),
         "solve of the stack 'stack(a, a)' of shape (2, 3, 3) takes columns, not 'a[0]' of shape (3,); write "
         "b[:, None]"),
        (lambda a: gd.cholesky(a[0]), "cholesky takes a square matrix, but was given 'a[0]' of shape (3,)"),
        (lambda a: gd.matrix_power(a[:2], 2), "matrix_power takes a square matrix, but was given 'a[:2]' of shape (2, 3)"),
        (lambda a: gd.matrix_power(a, 0.5), "the k of matrix_power is 0.5; it must be a whole number"),
        (lambda a: gd.matrix_power(a, 10**6), "the k of matrix_power is 1000000; it must be from -1000 to 1000"),
    ],
)  # fmt: skip
def test_what_is_refused(call, message):
    with pytest.raises(GraphError) as error:
        call(gd.Graph().input("a", np.eye(3)))
    assert str(error.value) == message
