"""Determinants and their like: at singular matrices, of every order, and of stacks."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sympy as sp
from closeness import close

import graphdiff as gd
from graphdiff.errors import GraphError


def of_rank(n, rank, seed=0):
    """A matrix of small whole numbers with this rank."""
    generator = np.random.default_rng(seed)
    while True:
        left, right = generator.integers(-2, 3, (n, rank)), generator.integers(-2, 3, (rank, n))
        found = left @ right
        if np.linalg.matrix_rank(found) == rank:
            return found


RANKS = [(of, n, rank) for of in ("det", "adj", "det²") for n in range(1, 4)
         for rank in range(n + 1)] + [("det", 4, rank) for rank in range(4)]  # fmt: skip


def symbols(n):
    return sp.Matrix(n, n, sp.symbols(f"a:{n * n}"))


def numbers(array):
    return np.asarray(array).astype(np.float64)


def second(graph, output):
    """The Hessian in A, by every way there is: (n², n²) each."""
    size = graph["A"].size
    hessian = graph.hessian(output, "A")
    yield hessian.at()
    yield numbers(hessian.at(exact=True))
    yield np.reshape(graph.compile(output, ["A"], form="hessian")()["A", "A"], (size, size))
    product = graph.compile(output, "A", form="hvp")
    columns = [product(tangent=row.reshape(graph["A"].shape)) for row in np.eye(size)]
    yield np.reshape(columns, (size, size))
    reverse = graph.gradient_graph(output)
    yield np.reshape(reverse.backward(f"d{output}_dA").P["A"], (size, size))


@pytest.mark.parametrize(("of", "n", "rank"), RANKS)
def test_hessians_at_matrices_of_every_rank(of, n, rank):
    values, A = of_rank(n, rank), symbols(n)
    weights = np.arange(1, n * n + 1).reshape(n, n)
    graph = gd.Graph()
    a = graph.parameter("A", values)
    if of == "adj":
        graph.node("L", (gd.adj(a) * weights).sum())
        true = sum(w * entry for w, entry in zip(weights.flat, A.adjugate(), strict=True))
    else:
        graph.node("L", gd.det(a) if of == "det" else gd.det(a) ** 2)
        true = A.det() if of == "det" else A.det() ** 2
    at = dict(zip(A, map(int, values.flat), strict=True))
    expected = numbers(sp.hessian(true, list(A)).subs(at))
    for found in second(graph, "L"):
        close(found, expected, 1e-9, terms=np.abs(values).max() ** n + 1)


def test_known_hessians():
    graph = gd.Graph()
    A = graph.parameter("A", [[1, 2], [2, 4]])
    graph.node("L", gd.det(A))
    close(graph.hessian("L", A).at(), np.fliplr(np.diag([1, -1, -1, 1])), 1e-12)
    x = graph.parameter("x", [2, 0, 3])
    M = graph.node("M", gd.det(gd.diag(x)))
    close(graph.hessian(M, x).at(), [[0, 3, 0], [3, 0, 2], [0, 2, 0]], 1e-12)
    close(graph.compile(M, x, form="hessian")(), [[0, 3, 0], [3, 0, 2], [0, 2, 0]], 1e-12)


@pytest.mark.parametrize("exact", [False, True])
def test_derivatives_of_higher_order_along_matrices(exact):
    """The second difference of a polynomial of degree 2 is its second derivative."""
    A, H, K = (of_rank(3, rank, seed) for seed, rank in enumerate((1, 2, 3)))

    def adj(*matrices):
        graph = gd.Graph()
        graph.node("y", gd.adj(*map(np.ndarray.tolist, matrices)))
        return numbers(graph.forward(exact=exact).value["y"])

    expected = adj(A + H + K) - adj(A + H) - adj(A + K) + adj(A)
    close(adj(A, H, K), expected, 1e-12, terms=100)
    close(adj(A, K, H), expected, 1e-12, terms=100)
    assert not adj(A, H, K, H).any()
    close(adj(A, A), 2 * adj(A), terms=100)  # Euler's theorem


OF_ONE = {
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "logdet": lambda a: np.linalg.slogdet(a)[1],
    "adj": lambda a: np.linalg.det(a) * np.linalg.inv(a),
    "trace": np.trace,
    "diag": np.diag,
}


@pytest.mark.parametrize("stack", [(), (1,), (3,), (2, 1), (2, 3)], ids=str)
@pytest.mark.parametrize("name", OF_ONE)
def test_stacks_are_matrix_by_matrix(name, stack):
    values = np.random.default_rng(1).uniform(-1, 1, (*stack, 3, 3)) + 2 * np.eye(3)
    graph = gd.Graph()
    a = graph.parameter("a", values)
    y = graph.node("y", getattr(gd, name)(a))
    w = graph.input("w", np.random.default_rng(2).uniform(1, 2, y.shape))
    graph.node("L", (y * w).sum())
    run, alone = graph.backward("L"), gd.Graph()
    part = alone.parameter("a", values[(0,) * len(stack)])
    weight = alone.input("w", shape=y.shape[len(stack) :])
    alone.node("L", (getattr(gd, name)(part) * weight).sum())
    exact = graph.backward("L", exact=True)
    formula = graph.gradient("L", a).at(run.value)
    compiled = graph.compile("L", a, form="gradient")()
    for place in np.ndindex(stack):
        expected = OF_ONE[name](values[place])
        close(run.value["y"][place] if y.shape else run.value["y"], expected)
        of = alone.backward("L", {"a": values[place], "w": np.asarray(run.value["w"])[place]})
        for gradient in (run.gradient["a"], exact.gradient["a"], formula, compiled):
            close(numbers(gradient)[place], of.gradient["a"], 1e-9)


STACKS = [(), (1,), (2,), (2, 1), (3, 1), (1, 2), (3, 2)]
PAIRS = [
    (left, right)
    for left, right in itertools.product(STACKS, repeat=2)
    if all(1 in pair or len(set(pair)) == 1 for pair in zip(left[::-1], right[::-1], strict=False))
]


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=str)
def test_products_of_stacks_are_those_of_numpy(left, right):
    generator = np.random.default_rng(3)
    a, b = generator.uniform(-1, 1, (*left, 2, 3)), generator.uniform(-1, 1, (*right, 3, 2))
    graph = gd.Graph()
    y = graph.node("y", graph.parameter("a", a) @ graph.parameter("b", b))
    run = graph.backward("y")
    close(run.value["y"], a @ b)
    compiled = graph.compile(y, [graph["a"], graph["b"]], form="jacobian")()
    for name, at in (("a", a), ("b", b)):
        columns = []
        for unit in np.eye(at.size):  # linear in each
            unit = unit.reshape(at.shape)
            columns.append(np.ravel(unit @ b if name == "a" else a @ unit))
        close(run.P[name], np.stack(columns, -1))
        close(np.reshape(compiled[name], run.P[name].shape), run.P[name])


def test_numpy_itself_on_stacks():
    """numpy.trace takes the first two axes, numpy.diag no stack."""
    graph = gd.Graph()
    values = np.arange(12.0).reshape(2, 2, 3)
    a = graph.parameter("a", values)
    t = graph.node("t", np.trace(a))
    close(graph.forward().value[t.name], np.trace(values))
    with pytest.raises(GraphError, match=r"gd\.diag takes the diagonal of each matrix"):
        np.diag(a)
    with pytest.raises(GraphError, match="trace takes a square matrix"):
        gd.trace(a)
    with pytest.raises(GraphError, match="stacks of matrices that do not fit"):
        graph.parameter("b", np.ones((3, 2, 2))) @ graph.parameter("c", np.ones((2, 2, 2)))
    with pytest.raises(GraphError, match="adj takes matrices of one size"):
        gd.adj(np.eye(2).tolist(), np.eye(3).tolist())
