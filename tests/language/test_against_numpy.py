"""Values and shapes are NumPy's, and NumPy's own functions and arrays meet nodes well."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language.expression import Expression

GENERATOR = np.random.default_rng(17)
SHAPES = [(), (3,), (1,), (2, 3), (3, 1), (2, 3, 4), (2, 1, 3)]
ARRAYS = {shape: GENERATOR.normal(size=shape) for shape in SHAPES}


def value(build, *arrays):
    graph = gd.Graph()
    leaves = [graph.input("abc"[k], array) for k, array in enumerate(arrays)]
    expression = build(*leaves)
    graph.node("f", expression)
    found = np.asarray(graph.forward().value["f"])
    assert found.shape == expression.shape
    return found


def same(build, numpy_build, *arrays):
    expected = np.asarray(numpy_build(*arrays), dtype=np.float64)
    found = value(build, *arrays)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)


def axes_of(shape):
    """Every way to say axes: None, each from either end, and every set of several."""
    rank = len(shape)
    yield None
    yield from range(-rank, rank)
    for many in range(2, rank + 1):
        for axes in itertools.permutations(range(rank), many):
            yield axes
            yield tuple(axis - rank for axis in axes)


def logsumexp(a, axis, keepdims=False):
    return np.log(np.sum(np.exp(a), axis=axis, keepdims=keepdims))


REDUCTIONS = {
    "sum": (gd.sum, np.sum), "mean": (gd.mean, np.mean), "var": (gd.var, np.var),
    "max": (gd.max, np.max), "min": (gd.min, np.min), "logsumexp": (gd.logsumexp, logsumexp),
    "norm": (gd.norm, lambda a, axis, keepdims=False: np.sqrt(np.sum(a**2, axis=axis, keepdims=keepdims))),
}  # fmt: skip


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name, shape, keepdims):
    ours, numpys = REDUCTIONS[name]
    if not shape and name in ("max", "min"):
        return  # of a scalar they are the functions of two arguments
    for axis in axes_of(shape):
        same(
            lambda a, axis=axis: ours(a, axis=axis, keepdims=keepdims),
            lambda a, axis=axis: numpys(a, axis=axis, keepdims=keepdims),
            ARRAYS[shape],
        )
        if name in ("sum", "mean", "max", "min"):
            same(
                lambda a, axis=axis: getattr(a, name)(axis, keepdims=keepdims),
                lambda a, axis=axis: getattr(np.asarray(a), name)(axis, keepdims=keepdims),
                ARRAYS[shape],
            )


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape], ids=str)
def test_along_an_axis(shape):
    a = ARRAYS[shape]
    for axis in axes_of(shape):

        def soft(a, axis=axis):
            return np.exp(a) / np.sum(np.exp(a), axis=axis, keepdims=True)

        same(lambda a, axis=axis: gd.softmax(a, axis), soft, a)
        same(lambda a, axis=axis: gd.log_softmax(a, axis=axis), lambda a: np.log(soft(a)), a)

    def normalised(a, axis):
        centred = a - a.mean(axis, keepdims=True)
        return centred / np.sqrt(np.mean(centred**2, axis=axis, keepdims=True) + 1e-5)

    same(gd.layer_norm, lambda a: normalised(a, -1), a)
    gamma, beta = GENERATOR.normal(size=(2, shape[-1]))
    same(gd.layer_norm, lambda a, g, b: normalised(a, -1) * g + b, a, gamma, beta)
    if len(shape) > 1:
        batch = tuple(range(len(shape) - 1))
        same(gd.batch_norm, lambda a, g, b: normalised(a, batch) * g + b, a, gamma, beta)
        same(lambda a, b: gd.batch_norm(a, beta=b), lambda a, b: normalised(a, batch) + b, a, beta)


RANKS = [(3,), (2, 3), (3, 2), (5, 2, 3), (5, 3, 2), (4, 5, 2, 3), (4, 5, 3, 2), (3, 3)]


@pytest.mark.parametrize("left", RANKS, ids=str)
@pytest.mark.parametrize("right", RANKS, ids=str)
def test_matmul_in_every_combination(left, right):
    a, b = GENERATOR.normal(size=left), GENERATOR.normal(size=right)
    try:
        expected = a @ b
    except ValueError:
        with pytest.raises(GraphError, match=r"@|stacks of matrices that do not fit"):
            value(lambda a, b: a @ b, a, b)
        return
    found = value(lambda a, b: a @ b, a, b)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("build", "numpy_build", "shapes"),
    [
        (gd.outer, np.outer, [(2,), (3,)]),
        (gd.dot, np.dot, [(3,), (3,)]),
        (gd.trace, np.trace, [(3, 3)]),
        (gd.diag, np.diag, [(3, 3)]),
        (gd.diag, np.diag, [(3,)]),
        (gd.inv, np.linalg.inv, [(3, 3)]),
        (gd.det, np.linalg.det, [(3, 3)]),
        (gd.adj, lambda a: np.linalg.det(a) * np.linalg.inv(a), [(3, 3)]),
        (lambda a: gd.logdet(a @ a.T), lambda a: np.linalg.slogdet(a @ a.T)[1], [(3, 3)]),
        (lambda a: gd.reshape(a, 3, -1), lambda a: np.reshape(a, (3, -1)), [(2, 6)]),
        (lambda a: a.reshape((-1,)), lambda a: a.reshape(-1), [(2, 6)]),
        (lambda a: gd.transpose(a, 1, -1, 0), lambda a: np.transpose(a, (1, 2, 0)), [(2, 3, 4)]),
        (lambda a: a.T, lambda a: a.T, [(2, 3, 4)]),
        (lambda a: a.T, lambda a: a.T, [(3,)]),
        (lambda a: gd.broadcast_to(a, (2, 4, 3)), lambda a: np.broadcast_to(a, (2, 4, 3)), [(4, 1)]),
        (lambda a, b: gd.concatenate(a, b), lambda a, b: np.concatenate([a, b]), [(2, 3), (1, 3)]),
        (lambda a, b: gd.concatenate([a, b], 1), lambda a, b: np.concatenate([a, b], 1), [(2, 3), (2, 1)]),
        (lambda a, b: gd.concatenate(a, b, axis=-1), lambda a, b: np.concatenate([a, b], -1), [(2, 3), (2, 1)]),
        (lambda a, b: gd.stack([a, b], axis=-1), lambda a, b: np.stack([a, b], -1), [(2, 3), (2, 3)]),
        (lambda a, b: gd.stack(a, b, axis=1), lambda a, b: np.stack([a, b], 1), [(2, 3), (2, 3)]),
        (lambda a, b: gd.where(a > b, a, 0), lambda a, b: np.where(a > b, a, 0), [(2, 3), (3,)]),
        (gd.prod, np.prod, [(2, 3)]),
        (lambda a: gd.prod(a, (0, -1), keepdims=True), lambda a: np.prod(a, (0, -1), keepdims=True), [(2, 3, 4)]),
        (lambda a: gd.cumprod(a, -2), lambda a: np.cumprod(a, -2), [(2, 3, 4)]),
        (gd.cumprod, np.cumprod, [(2, 3)]),
        (lambda a: gd.flip(a), np.flip, [(2, 3)]),
        (lambda a: gd.flip(a, (0, -1)), lambda a: np.flip(a, (0, -1)), [(2, 3, 4)]),
        (lambda a: gd.tril(a, k=-1), lambda a: np.tril(a, -1), [(3, 4)]),
        (lambda a: gd.triu(a, k=1), lambda a: np.triu(a, 1), [(2, 3, 4)]),
        (gd.vec, lambda a: a.ravel(order="F"), [(2, 3)]),
        (lambda a: gd.pad(a, 2), lambda a: np.pad(a, 2), [(2, 3)]),
        (lambda a: gd.pad(a, (1, 0), 0.5), lambda a: np.pad(a, (1, 0), constant_values=0.5), [(2, 3)]),
        (lambda a: gd.pad(a, ((0, 2), (1, 0)), 3), lambda a: np.pad(a, ((0, 2), (1, 0)), constant_values=3), [(2, 3)]),
        (lambda a: gd.std(a, 1, ddof=1), lambda a: np.std(a, 1, ddof=1), [(2, 3)]),
        (lambda a: gd.var(a, (0, 2), ddof=2), lambda a: np.var(a, (0, 2), ddof=2), [(2, 3, 4)]),
        (lambda a: gd.where(np.array([True, False, True]), a, 0), lambda a: np.where([True, False, True], a, 0), [(2, 3)]),
        (lambda a: gd.eye(3) * a, lambda a: np.eye(3) * a, [(3,)]),
        (lambda a: gd.ones(2, 3) * a + gd.zeros((2, 1)), lambda a: np.ones((2, 3)) * a, [(3,)]),
        (lambda a, b: (a < b) + 2 * (a >= b), lambda a, b: (a < b) + 2.0 * (a >= b), [(3,), (3,)]),
        (lambda a: abs(-a) ** 0.5, lambda a: np.sqrt(abs(a)), [(2, 3)]),
        (lambda a: sum(a) + len(a), lambda a: a.sum(0) + len(a), [(4, 2)]),
    ],
)  # fmt: skip
def test_functions(build, numpy_build, shapes):
    same(build, numpy_build, *(GENERATOR.normal(size=shape) for shape in shapes))


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]), ("ij,jk", [(2, 3), (3, 4)]), ("ba", [(2, 3)]),
        ("ij->", [(2, 3)]), ("ii->i", [(3, 3)]), ("iij->ij", [(2, 2, 3)]), ("ii", [(3, 3)]),
        ("i,j,k->kij", [(2,), (3,), (4,)]), ("ij,ij->i", [(2, 3), (2, 3)]), ("i,->i", [(3,), ()]),
        ("...ij,...jk->...ik", [(5, 2, 3), (5, 3, 4)]), ("i...->...", [(2, 3, 4)]),
        ("Ij,jK->KI", [(2, 3), (3, 4)]), ("bA,AZ", [(2, 3), (3, 4)]), ("Zz", [(2, 3)]),
        ("...i,i", [(2, 3), (3,)]), (" ij , j -> i ", [(2, 3), (3,)]), ("ij,kj,ki->", [(2, 3), (4, 3), (4, 2)]),
    ],
)  # fmt: skip
def test_einsum(subscripts, shapes):
    arrays = [GENERATOR.normal(size=shape) for shape in shapes]
    same(lambda *a: gd.einsum(subscripts, *a), lambda *a: np.einsum(subscripts, *a), *arrays)


KEYS = [
    0, -1, slice(None), slice(1, None), slice(None, None, -1), slice(-2, None), slice(0, 9, 2), None,
    ..., (0, 1), (slice(None), 1), (..., 0), (None, 0, ..., None), [0, 1, 1], [[0, 1], [1, 0]],
    ([0, 1], [2, 0]), (slice(None), [2, 0, 2]), ([1], slice(0, 2)), (0, slice(None), [3, 1]),
    ([0, 1], slice(None), [3, 1]), ([[0], [1]], [0, 2]), (1, 2, 3), np.array([1, 0]), np.int64(1),
    slice(np.int64(0), np.int64(2)),
    np.array([True, False]), [True, False], (slice(None), np.array([True, False, True])),
    (0, [False, True, True]), (np.array([True, False]), slice(None), [0]), ARRAYS[2, 3, 4] > 0,
    (..., np.array([True, True, False, True])), (ARRAYS[2, 3, 4][..., 0] > -1, 1),
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_indexing(key):
    a = ARRAYS[2, 3, 4]
    same(lambda x: x[key], lambda x: x[key], a)


def convolved(x, k, stride, padding):
    """The definition, in loops."""
    axes = k.ndim - 2
    x = np.pad(x, [(0, 0)] + [(padding, padding)] * axes)
    sizes = [(n - m) // stride + 1 for n, m in zip(x.shape[1:], k.shape[2:], strict=True)]
    result = np.zeros((len(k), *sizes))
    for place in np.ndindex(*result.shape):
        window = tuple(
            slice(p * stride, p * stride + m) for p, m in zip(place[1:], k.shape[2:], strict=True)
        )
        result[place] = np.sum(x[(slice(None), *window)] * k[place[0]])
    return result


@pytest.mark.parametrize(
    ("function", "data", "kernel"),
    [(gd.conv1d, (2, 7), (3, 2, 3)), (gd.conv2d, (2, 5, 6), (3, 2, 2, 3))],
)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (1, 2), (2, 1), (3, 3)])
def test_convolutions(function, data, kernel, stride, padding):
    def ours(x, k):
        return function(x, k, stride=stride, padding=padding)

    x, k = GENERATOR.normal(size=data), GENERATOR.normal(size=kernel)
    same(ours, lambda x, k: convolved(x, k, stride, padding), x, k)
    batch = np.stack([x, 2 * x, -x])
    same(ours, lambda x, k: np.stack([convolved(one, k, stride, padding) for one in x]), batch, k)
    same(
        ours,
        lambda x, k: convolved(x[None], k[None, None], stride, padding)[0], x[0], k[0, 0],
    )  # fmt: skip


@pytest.mark.parametrize(("size", "stride"), [(2, None), (3, 1), (2, 3), (1, 1)])
def test_pooling(size, stride):
    step = stride or size
    for ours, shape in ((gd.max_pool1d, (2, 7)), (gd.max_pool2d, (2, 5, 6))):
        axes = 1 if ours is gd.max_pool1d else 2

        def pooled(x, reduce, axes=axes):
            counts = [(n - size) // step + 1 for n in x.shape[-axes:]]
            result = np.empty((*x.shape[:-axes], *counts))
            for place in np.ndindex(*counts):
                window = tuple(slice(p * step, p * step + size) for p in place)
                result[(..., *place)] = reduce(x[(..., *window)], tuple(range(-axes, 0)))
            return result

        means = gd.avg_pool1d if axes == 1 else gd.avg_pool2d
        for f, reduce in ((ours, np.max), (means, np.mean)):
            same(
                lambda x, f=f: f(x, size, stride=stride),
                lambda x, reduce=reduce: pooled(x, reduce), GENERATOR.normal(size=shape),
            )  # fmt: skip


# NumPy's own functions and arrays

X, W = GENERATOR.normal(size=(2, 3)), GENERATOR.normal(size=(3,))


@pytest.mark.parametrize(
    "build",
    [
        lambda a: np.sum(a), lambda a: np.sum(a, axis=0), lambda a: np.sum(a, 1, keepdims=True),
        lambda a: np.mean(a, axis=(0, 1)), lambda a: np.max(a, 0), lambda a: np.min(a, axis=1),
        lambda a: np.amax(a), lambda a: np.var(a, axis=0), lambda a: np.std(a, 1, ddof=1, keepdims=True),
        lambda a: np.prod(a, 0), lambda a: np.cumprod(a, axis=1), lambda a: np.flip(a, 1), lambda a: np.tril(a, 1), lambda a: np.triu(a), lambda a: np.pad(a, ((0, 1), (2, 0))),
        lambda a: np.exp(a), lambda a: np.tanh(a),
        lambda a: np.maximum(a, 0), lambda a: np.square(a), lambda a: np.abs(a), lambda a: np.negative(a),
        lambda a: np.dot(a, W), lambda a: np.dot(X.T, a), lambda a: np.dot(2, a), lambda a: np.matmul(a, W),
        lambda a: X.T @ a, lambda a: a @ X.T, lambda a: W @ a.T, lambda a: [1, 2] @ a,
        lambda a: np.ones(3) * a, lambda a: a - np.ones((2, 3)), lambda a: X / (a * a + 1),
        lambda a: np.float64(2) * a, lambda a: np.int32(2) ** a, lambda a: [1, 2, 3] * a,
        lambda a: np.ones(3) < a, lambda a: np.linalg.norm(a), lambda a: np.linalg.norm(a, axis=1),
        lambda a: np.linalg.inv(a @ X.T), lambda a: np.linalg.det(a @ X.T), lambda a: np.trace(a @ X.T),
        lambda a: np.outer(a[0], W), lambda a: np.einsum("ij,kj->ik", a, X), lambda a: np.einsum("ij,kj->ik", X, a),
        lambda a: np.transpose(a), lambda a: np.transpose(a, (1, 0)), lambda a: np.reshape(a, (3, 2)),
        lambda a: np.reshape(a, -1), lambda a: np.concatenate([a, X]), lambda a: np.concatenate([X, a], axis=1),
        lambda a: np.stack([a, a], 1), lambda a: np.where(a > 0, a, 0), lambda a: np.where(X > 0, a, X),
        lambda a: np.broadcast_to(a[0], (4, 3)), lambda a: np.diag(a[0]), lambda a: a * np.array(2.5),
        lambda a: (W > 0) * a, lambda a: np.asarray([1.0, 2, 3]) @ a.T, lambda a: a[:, np.array([0, 2])],
    ],
)  # fmt: skip
def test_numpys_own_functions_on_nodes(build):
    def ours(a):
        found = build(a)
        assert isinstance(found, Expression)
        return found

    same(ours, lambda a: build(np.asarray(a)), X)


def test_what_is_known_of_a_node():
    a = gd.Graph().input("a", X)
    assert (np.shape(a), np.ndim(a), np.size(a)) == ((2, 3), 2, 6)
    assert (a.shape, a.ndim, a.size, len(a)) == ((2, 3), 2, 6, 2)
    assert [row.shape for row in a] == [(3,), (3,)]


NO_ARRAY = (
    "'a' has no numbers while the graph is being built, so numpy can make no array of it; "
    "use gd.stack for an array of nodes, and run.value for numbers"
)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda a: np.array(a), NO_ARRAY),
        (lambda a: np.asarray([a, a]), NO_ARRAY),
        (lambda a: np.array([1, a], dtype=object), NO_ARRAY),
        (lambda a: np.vstack([a, a]), "numpy.vstack cannot be applied to a node; functions that can: amax,"),
        (lambda a: np.cross(a, a), "numpy.cross cannot be applied to a node; functions that can: amax,"),
        (lambda a: np.sort(a), "numpy.sort cannot be applied to a node: which entry comes first hangs on the values; "),
        (lambda a: np.argmax(a), "numpy.argmax cannot be applied to a node: a place is no smooth function"),
        (lambda a: np.unique(a), "numpy.unique cannot be applied to a node: how many entries there are"),
        (lambda a: np.pad(a, 1, "edge"), "numpy.pad of a node takes the mode 'constant', not 'edge'"),
        (lambda a: np.linalg.eig(a), "numpy.linalg.eig cannot be applied to a node; functions that can: amax,"),
        (lambda a: np.sum(a, dtype=float), "numpy.sum on a node: got an unexpected keyword argument 'dtype'"),
        (lambda a: np.linalg.norm(a, 1), "numpy.linalg.norm on a node: too many positional arguments"),
        (lambda a: np.dot(gd.stack(a, a), X), "numpy.dot of 'stack(a, a)' of shape (2, 2, 3) and"),
        (lambda a: np.add.reduce(a), "numpy.add.reduce cannot be applied to a node; functions that can: exp,"),
        (lambda a: np.subtract.outer(a, a), "numpy.subtract.outer cannot be applied to a node;"),
        (lambda a: np.exp(a, out=np.zeros((2, 3))),
         "numpy.exp cannot put a node into an array: a node has no numbers while the graph is being built; "
         "write the result as an expression of its own"),
        (lambda a: np.ones((2, 3)).__iadd__(a), "numpy.add cannot put a node into an array"),
        (lambda a: a == np.ones((2, 3)), "numpy.equal cannot be applied to a node; functions that can: exp,"),
        (lambda a: np.isnan(a), "numpy.isnan cannot be applied to a node; functions that can: exp,"),
        (lambda a: 2 in a, "'a' has no numbers while the graph is being built, so nothing can be in it"),
        (lambda a: np.array(["b", "c", "d"]) + a,
         "a constant is 'b' of type str; it must be an int, float, Fraction, Decimal, NumPy or SymPy number"),
        (lambda a: a + [True, False, True], "a constant is True of type bool; it must be"),  # noqa: RUF005
        (lambda a: a + [1, np.nan, 2], "a constant is nan; it must be finite"),  # noqa: RUF005
    ],
)  # fmt: skip
def test_what_numpy_cannot_do_with_nodes(call, message):
    with pytest.raises(GraphError) as error:
        call(gd.Graph().input("a", X))
    assert str(error.value).startswith(message)


def test_no_array_of_objects_comes_of_a_node():
    """Whatever NumPy offers: an expression, plain facts of shape, or an error."""
    a = gd.Graph().input("a", X)
    tried = 0
    for space in (np, np.linalg, np.fft):
        for name in sorted(dir(space)):
            function = getattr(space, name)
            if name.startswith("_") or not callable(function) or isinstance(function, type):
                continue
            if name in (
                "save",
                "savetxt",
                "savez",
                "savez_compressed",
                "set_printoptions",
                "info",
                "test",
            ):
                continue
            for arguments in ((a,), ([a, a],), (a, a), (X, a)):
                tried += 1
                try:
                    found = function(*arguments)
                except Exception:
                    continue
                if isinstance(found, np.ndarray):
                    assert found.dtype != object, (name, arguments)
    assert tried > 1000


APART = [
    key
    for key in itertools.product((slice(None), 1, [1, 0], slice(0, 2)), repeat=4)
    if sum(isinstance(one, list) for one in key) > 1
]
"""Lists that pick entries together, beside each other or apart, at any axis."""


def test_lists_apart_at_every_axis():
    a = np.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    graph = gd.Graph()
    x = graph.parameter("x", a)
    nodes = [graph.node(f"f_{k}", x[key]) for k, key in enumerate(APART)]
    value = graph.forward().value
    for key, node in zip(APART, nodes, strict=True):
        assert node.shape == a[key].shape, key
        np.testing.assert_array_equal(value[node.name], a[key], err_msg=str(key))
        weights = np.arange(a[key].size, dtype=float).reshape(a[key].shape)
        expected = np.zeros_like(a)
        np.add.at(expected, key, weights)
        total = graph.node(f"L_{node.name}", gd.sum(node * weights))
        np.testing.assert_array_equal(
            graph.backward(total).gradient["x"], expected, err_msg=str(key)
        )
