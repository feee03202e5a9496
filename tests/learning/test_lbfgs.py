"""L-BFGS: the two loops against the matrix they stand for, exact, and paths of SciPy and PyTorch."""

import numpy as np
import pytest
import scipy.optimize
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.evaluation.exact import EXACT
from graphdiff.optimisers.line_search import LineSearch

L = gd.learning


def valley(scale=1, n=2):
    """Rosenbrock's valley of n parameters, as one vector."""
    graph = gd.Graph("A valley")
    x = graph.parameter("x", [-1.2, 1.0] * (n // 2))
    graph.node("f", scale * gd.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2))
    return graph


def matrix(pairs, n):
    """The inverse Hessian of pairs (s, y), the oldest first, from γI on, as BFGS updates it."""
    B, one = sp.eye(n), sp.eye(n)
    if pairs:
        s, y = pairs[-1]
        B = B * (y.dot(s) / y.dot(y))
    for s, y in pairs:
        rho = 1 / y.dot(s)
        B = (one - rho * s * y.T) * B * (one - rho * y * s.T) + rho * s * s.T
    return B


VECTORS = st.lists(st.lists(st.integers(-4, 4), min_size=3, max_size=3), min_size=2, max_size=5)


@given(gradients=VECTORS, memory=st.integers(1, 3), rate=st.sampled_from([1, sp.Rational(1, 8)]))
def test_directions_are_those_of_the_matrix_in_exact_numbers(gradients, memory, rate):
    # any gradients will do, those too that leave a pair out
    found = L.lbfgs(rate, memory=memory)
    start = np.array([sp.Integer(0)] * 3)
    given = [np.array([sp.Integer(k) for k in g]) for g in gradients]
    state, theta, pairs, s = found.start(EXACT, (3,), given[0]), start, [], None
    for t, g in enumerate(given, 1):
        if s is not None:
            y = sp.Matrix(list(g - given[t - 2]))
            pairs += [(s, y)] if y.dot(s) > 0 else []
        new = found.stepped(EXACT, theta, g, state, t).assigned
        direction = -matrix(pairs[-memory:], 3) * sp.Matrix(list(g))
        assert sp.Matrix(list(new["p"])) == direction
        state |= {name: value for name, value in new.items() if name in state}
        s, theta = sp.Matrix(list(new["theta"] - theta)), new["theta"]
        assert s == rate * direction


def test_a_quadratic_is_done_as_by_conjugate_gradients():
    graph = gd.Graph()
    x = graph.parameter("x", [5, -3, 2, 1])
    rows = [[4, 1, 0, 1], [1, 3, 1, 0], [0, 1, 5, 2], [1, 0, 2, 6]]
    A = graph.input("A", rows)
    graph.node("f", x @ A @ x / 2 - gd.sum(x))
    paths = [
        [list(state.values["x"]) for state in L.minimise(graph, found, 4, exact=True)]
        for found in (L.fletcher_reeves(L.exact_step()), L.lbfgs(L.exact_step(), memory=4))
    ]
    assert paths[0] == paths[1]
    assert sp.Matrix(paths[0][-1]) == sp.Matrix(rows).LUsolve(sp.ones(4, 1))


@pytest.mark.parametrize("memory", [1, 3, 10])
def test_the_path_is_that_of_scipy_where_steps_are_as_long(memory):
    graph = valley(n=6)
    step = graph.compile("f", "x", form="value_and_gradient")
    places = [graph["x"].value]
    scipy.optimize.minimize(
        lambda at: step(at), places[0], jac=True, method="L-BFGS-B",
        callback=lambda at: places.append(at.copy()), options={"maxcor": memory, "maxiter": 25},
    )  # fmt: skip
    assert len(places) == 26
    theta, lengths = np.array(places), []

    def known(line, _):
        k = len(lengths)
        lengths.append(np.linalg.norm(theta[k + 1] - theta[k]) / np.linalg.norm(line.direction))
        return lengths[-1]

    found = L.lbfgs(LineSearch("SciPy's lengths", {}, "", known), memory=memory)
    trace = L.minimise(graph, found, 25)
    for place, state in zip(places, trace, strict=True):
        assert np.allclose(state.values["x"], place, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("memory", [1, 2, 10])
@pytest.mark.parametrize("rate", [0.3, 1.0])
def test_the_path_is_that_of_torch(memory, rate):
    torch = pytest.importorskip("torch")
    graph = valley(0.0005, n=4)  # whose first gradient is so short that the first step is whole
    theirs = torch.tensor(graph["x"].value, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [theirs], rate, max_iter=1, history_size=memory, tolerance_grad=0, tolerance_change=0
    )

    def closure():
        optimiser.zero_grad()
        f = 0.0005 * (100 * (theirs[1:] - theirs[:-1] ** 2) ** 2 + (1 - theirs[:-1]) ** 2).sum()
        f.backward()
        return f

    trace = L.minimise(graph, L.lbfgs(rate, memory=memory), 20)
    assert abs(trace[0].gradient["x"]).sum() < 1
    for state in trace[1:]:
        optimiser.step(closure)
        assert np.allclose(theirs.detach().numpy(), state.values["x"], rtol=1e-7, atol=1e-9)


def test_it_ends_in_the_valley_of_rosenbrock():
    trace = L.minimise(valley(n=10), L.lbfgs(L.wolfe(), memory=5), 90)
    assert trace[-1].objective < 1e-9
    assert [name for name in trace[-1].state if name.startswith("y_")] == [
        f"y_{k}" for k in range(1, 6)
    ]


@pytest.mark.parametrize("memory", [0, 2.5, 101, -1, "many"])
def test_a_memory_is_a_whole_number(memory):
    with pytest.raises(gd.GraphdiffError, match="the memory is"):
        L.lbfgs(memory=memory)
