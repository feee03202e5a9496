"""Shapes that fail say which operands, with their shapes, and what would fit."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError


@pytest.fixture
def g():
    graph = gd.Graph()
    for name, shape in (
        ("s", ()), ("v", (3,)), ("u", (2,)), ("c", (3, 1)), ("A", (2, 3)), ("B", (3, 2)), ("S", (2, 2)),
        ("T", (4, 2, 3)), ("M", ("m", "n")), ("w", ("n",)),
    ):  # fmt: skip
        graph.input(name, shape=shape)
    return graph


SIZE = 'a size is a whole number from 0, or a letter such as "n", or made of them, "2*n + 1"'
FROM_BEHIND = "sizes must agree from the last axis backwards, or be 1"
REFUSED = [
    # Element by element
    (lambda g: g["v"] + g["c"],
     "'v' of shape (3,) is a vector and 'c' of shape (3, 1) a column; element by element they would make a "
     "table (3, 3) of all pairs; for that write the vector as a row, reshape(v, (1, 3)), else the column as "
     "a vector, reshape(c, (3,))"),
    (lambda g: g["c"] * g["u"],
     "'u' of shape (2,) is a vector and 'c' of shape (3, 1) a column; element by element they would make a "
     "table (3, 2) of all pairs; for that write the vector as a row, reshape(v, (1, 2)), else the column as "
     "a vector, reshape(c, (3,))"),
    (lambda g: g["A"] - g["B"],
     "'A' of shape (2, 3) and 'B' of shape (3, 2) do not fit element by element; one is the other transposed: "
     "write .T"),
    (lambda g: g["A"] + g["u"],
     "'A' of shape (2, 3) and 'u' of shape (2,) do not fit element by element; a vector (2,) goes along the "
     "last axis; to go along the first, write it as a column: reshape(v, (2, 1))"),
    (lambda g: g["u"] / g["v"],
     "'u' of shape (2,) and 'v' of shape (3,) do not fit element by element; vectors must be equally long"),
    (lambda g: g["T"] + g["S"],
     f"'T' of shape (4, 2, 3) and 'S' of shape (2, 2) do not fit element by element; {FROM_BEHIND}"),
    (lambda g: gd.where(g["A"] > 0, g["B"], 0),
     "'A > 0' of shape (2, 3) and 'B' of shape (3, 2) do not fit element by element; one is the other "
     "transposed: write .T"),
    (lambda g: g["M"] + g["v"],
     f"'M' of shape (m, n) and 'v' of shape (3,) do not fit element by element; {FROM_BEHIND}"),
    # Products of matrices, in every combination of ranks
    (lambda g: g["s"] @ g["A"], "'s' of shape () is a scalar; write * in place of @"),
    (lambda g: g["A"] @ 2, "2 of shape () is a scalar; write * in place of @"),
    (lambda g: g["u"] @ g["v"],
     "'u' of shape (2,) @ 'v' of shape (3,): the last axis of the left, 2, must equal the only axis of the "
     "right, 3; a right operand of shape (2,) would fit, or a left one of shape (3,); so would outer(…), of "
     "shape (2, 3)"),
    (lambda g: g["A"] @ g["u"],
     "'A' of shape (2, 3) @ 'u' of shape (2,): the last axis of the left, 3, must equal the only axis of the "
     "right, 2; a right operand of shape (3,) would fit, or a left one of shape (2, 2); so would the left one "
     "transposed (.T) or the operands the other way round"),
    (lambda g: g["v"] @ g["A"],
     "'v' of shape (3,) @ 'A' of shape (2, 3): the last axis of the left, 3, must equal the second last axis "
     "of the right, 2; a right operand of shape (3, 3) would fit, or a left one of shape (2,); so would the "
     "right one transposed (.T) or the operands the other way round"),
    (lambda g: g["A"] @ g["A"],
     "'A' of shape (2, 3) @ 'A' of shape (2, 3): the last axis of the left, 3, must equal the second last "
     "axis of the right, 2; a right operand of shape (3, 3) would fit, or a left one of shape (2, 2); so would "
     "the left one transposed (.T) or the right one transposed (.T)"),
    (lambda g: g["T"] @ g["u"],
     "'T' of shape (4, 2, 3) @ 'u' of shape (2,): the last axis of the left, 3, must equal the only axis of "
     "the right, 2; a right operand of shape (3,) would fit, or a left one of shape (4, 2, 2)"),
    (lambda g: g["v"] @ g["T"],
     "'v' of shape (3,) @ 'T' of shape (4, 2, 3): the last axis of the left, 3, must equal the second last "
     "axis of the right, 2; a right operand of shape (4, 3, 3) would fit, or a left one of shape (2,)"),
    (lambda g: g["T"] @ g["A"],
     "'T' of shape (4, 2, 3) @ 'A' of shape (2, 3): the last axis of the left, 3, must equal the second last "
     "axis of the right, 2; a right operand of shape (3, 3) would fit, or a left one of shape (4, 2, 2); so "
     "would the right one transposed (.T)"),
    (lambda g: g["T"] @ gd.ones(5, 3, 2),
     "'T' of shape (4, 2, 3) and 'broadcast(1)' of shape (5, 3, 2) are stacks of matrices that do not fit; "
     "the axes before the last two must agree from the last backwards, or be 1"),
    (lambda g: g["M"] @ g["v"],
     "'M' of shape (m, n) @ 'v' of shape (3,): the last axis of the left, n, must equal the only axis of the "
     "right, 3; a right operand of shape (n,) would fit, or a left one of shape (m, 3)"),
    (lambda g: gd.dot(g["A"], g["v"]),
     "dot takes two vectors, but was given 'A' of shape (2, 3) and 'v' of shape (3,); for matrices write @"),
    (lambda g: gd.outer(g["A"], g["v"]), "outer takes two vectors, but was given 'A' of shape (2, 3)"),
    (lambda g: gd.trace(g["A"]), "trace takes a square matrix, but was given 'A' of shape (2, 3)"),
    (lambda g: gd.diag(g["A"]), "diag takes a square matrix or a vector, but was given 'A' of shape (2, 3)"),
    (lambda g: gd.inv(g["A"]), "inv takes a square matrix, but was given 'A' of shape (2, 3)"),
    (lambda g: gd.det(g["v"]), "det takes a square matrix, but was given 'v' of shape (3,)"),
    (lambda g: gd.logdet(g["T"]), "logdet takes a square matrix, but was given 'T' of shape (4, 2, 3)"),
    # Axes
    (lambda g: g["A"].sum(2), "there is no axis 2 in 'A' of shape (2, 3), which has axes 0 to 1"),
    (lambda g: gd.mean(g["A"], -3), "there is no axis -3 in 'A' of shape (2, 3), which has axes 0 to 1"),
    (lambda g: gd.softmax(g["v"], 1), "there is no axis 1 in 'v' of shape (3,), which has axes 0 to 0"),
    (lambda g: g["s"].max(0), "there is no axis 0 in 's' of shape (), which has no axes"),
    (lambda g: gd.norm(g["A"], (0, -2)), "an axis of norm stands twice: (0, -2)"),
    (lambda g: g["A"].sum(1.0), "the axis of sum is 1.0; it must be a whole number"),
    (lambda g: g["A"].sum(()), "the axes of sum are (), none; leave axis out to take all"),
    (lambda g: g["A"].transpose(0),
     "the order of axes (0,) does not fit 'A' of shape (2, 3); it must name each axis from 0 to 1 once"),
    # Structure
    (lambda g: g["A"].reshape(4, 2), "'A' of shape (2, 3) has 6 entries and cannot have shape (4, 2), which has 8"),
    (lambda g: g["A"].reshape(4, -1),
     "'A' of shape (2, 3) cannot have shape (4, -1): 6 entries do not divide into rows of 4"),
    (lambda g: g["A"].reshape(-1, -1), "the new shape (-1, -1) of 'A' of shape (2, 3) has −1 twice; give one size"),
    (lambda g: g["A"].reshape(0, 6), "'A' of shape (2, 3) has 6 entries and cannot have shape (0, 6), which has 0"),
    (lambda g: gd.broadcast_to(g["A"], (3, 3)), f"'A' of shape (2, 3) cannot be broadcast to (3, 3); {FROM_BEHIND}"),
    (lambda g: gd.concatenate(g["A"], g["v"]),
     "'A' of shape (2, 3) and 'v' of shape (3,) cannot be concatenated along axis 0; their other axes must be "
     "equal, so (…, 3) would fit"),
    (lambda g: gd.concatenate(g["A"], g["S"], g["B"], axis=1),
     "'A' of shape (2, 3) and 'B' of shape (3, 2) cannot be concatenated along axis 1; their other axes must be "
     "equal, so (2, …) would fit"),
    (lambda g: gd.concatenate(g["s"], g["s"]),
     "'s' of shape () is a scalar and has no axis to go along; use stack"),
    (lambda g: gd.concatenate(g["v"], g["u"], axis=1), "there is no axis 1 in 'v' of shape (3,), which has axes 0 to 0"),
    (lambda g: gd.stack(g["v"], g["u"]),
     "'v' of shape (3,) and 'u' of shape (2,) cannot be stacked; their shapes must be equal"),
    (lambda g: gd.stack(), "stack takes one argument or more, but was given none"),
    (lambda g: gd.eye(-1), f"the shape of the identity matrix has the size -1; {SIZE}"),
    (lambda g: gd.ones(2, -1), f"the shape of the result of broadcast_to has the size -1; {SIZE}"),
    (lambda g: g["v"] + [[1, 2], [3]], "the rows of an array have the shapes (2,) and (1,); they must be equal"),
    (lambda g: g["v"] + [1, 2],
     "'v' of shape (3,) and [1, 2] of shape (2,) do not fit element by element; vectors must be equally long"),
    # einsum
    (lambda g: gd.einsum("ij->k", g["A"]), "index k of the output of einsum 'ij->k' is in no operand"),
    (lambda g: gd.einsum("ij->ii", g["A"]),
     "index i stands twice in the output of einsum 'ij->ii'; for a diagonal matrix multiply by gd.eye"),
    (lambda g: gd.einsum("ijk->i", g["A"]), "'A' of shape (2, 3) has 2 axes, but einsum takes 3 ('ijk') there"),
    (lambda g: gd.einsum("i,ij->j", g["A"], g["v"]), "'A' of shape (2, 3) has 2 axes, but einsum takes 1 ('i') there"),
    (lambda g: gd.einsum("ij->i", g["v"]), "'v' of shape (3,) has 1 axis, but einsum takes 2 ('ij') there"),
    (lambda g: gd.einsum("ij,jk->ik", g["A"]), "einsum 'ij,jk->ik' takes 2 operands, but was given 1"),
    (lambda g: gd.einsum("ij,jk->ik", g["A"], g["A"]),
     "index j is 3 in 'A' of shape (2, 3) and 2 in 'A' of shape (2, 3); it must be equal in einsum"),
    (lambda g: gd.einsum("i1->i", g["A"]), "the subscripts of einsum are 'i1->i'; use letters, as 'ij,j->i'"),
    (lambda g: gd.einsum("ij->i->j", g["A"]), "the subscripts of einsum are 'ij->i->j'; use letters, as 'ij,j->i'"),
    (lambda g: gd.einsum("...->", g["A"]),
     "the output of einsum '...->' leaves out the axes of '...'; write them there, or name them by letters to "
     "sum over them"),
    # Brackets
    (lambda g: g["v"][1:1], "[1:1] chooses no entry of 'v' of shape (3,)"),
    (lambda g: g["v"][1.5],
     "1.5 cannot stand in brackets; use integers, slices, None for a new axis, or a list of integers"),
    (lambda g: g["v"][::0], "the step of a slice is 0; it must be another whole number"),
    (lambda g: g["v"][g["v"] > 0],
     "the place of an entry cannot be computed by the graph; to choose by value write gd.where(condition, x, 0), "
     "which keeps the shape"),
    (lambda g: g["v"][np.array([True, False])],
     "'v' of shape (3,) and a mask: boolean index did not match indexed array along axis 0; size of axis is 3 "
     "but size of corresponding boolean axis is 2"),
    (lambda g: g["v"][[False] * 3], "the mask in brackets chooses no entry of 'v' of shape (3,)"),
    (lambda g: g["M"][np.array([True])],
     "'M' of shape (m, n) has letters for sizes, so no mask fits it; use gd.where(mask, x, 0)"),
    # Sizes and counts
    (lambda g: gd.var(g["v"], ddof=3),
     "var of 'v' of shape (3,) with ddof=3 would divide by 0, as it is along 3 entries; give a smaller ddof"),
    (lambda g: gd.std(g["A"], axis=0, ddof=-1), "the ddof of std is -1; it must be a whole number from 0"),
    (lambda g: gd.pad(g["A"], (1, 2, 3)),
     "the width of pad is (1, 2, 3) for 'A' of shape (2, 3); it must be a whole number from 0, a pair "
     "(before, behind), or such a pair for each axis"),
    (lambda g: gd.vec(g["v"]), "vec takes a matrix, but was given 'v' of shape (3,)"),
    (lambda g: gd.tril(g["v"]), "tril takes a matrix or a stack of them, but was given 'v' of shape (3,)"),
    (lambda g: gd.triu(g["A"], k=0.5), "the k of triu is 0.5; it must be a whole number"),
    # Letters for sizes
    (lambda g: g["M"][5:2:-1], "a slice that goes backwards needs sizes that are numbers, but one is m"),
    (lambda g: gd.conv1d(g["w"], [1, 2]), "conv1d needs sizes that are numbers, but 'w' of shape (n,) has letters"),
    (lambda g: g["M"].reshape("p", -1),
     "'M' of shape (m, n) cannot have shape ('p', -1): m*n entries do not divide into rows of p"),
    # Losses, norms, windows
    (lambda g: gd.mse(g["v"], g["c"]),
     "mse compares 'v' of shape (3,) with 'c' of shape (3, 1); the shapes must be equal"),
    (lambda g: gd.cross_entropy(g["A"], g["u"]),
     "cross_entropy compares 'A' of shape (2, 3) with 'u' of shape (2,); the target must have the same shape: "
     "for each class its probability, 1 for the right one, else 0"),
    (lambda g: gd.cross_entropy_with_logits(g["v"], 2),
     "cross_entropy_with_logits compares 'v' of shape (3,) with 2 of shape (); the target must have the same "
     "shape: for each class its probability, 1 for the right one, else 0"),
    (lambda g: gd.cross_entropy(g["A"], g["B"]),
     "cross_entropy compares 'A' of shape (2, 3) with 'B' of shape (3, 2); the shapes must be equal"),
    (lambda g: gd.softmax(g["s"]), "softmax takes a vector or a batch of them, but was given 's' of shape ()"),
    (lambda g: gd.huber(g["v"], 0, delta=0), "the delta of huber is 0; it must be a positive number"),
    (lambda g: gd.layer_norm(g["A"], g["u"]),
     "the gamma of layer_norm is 'u' of shape (2,); for 'A' of shape (2, 3) it must have shape (3,)"),
    (lambda g: gd.layer_norm(g["A"], beta=g["c"]),
     "the beta of layer_norm is 'c' of shape (3, 1); for 'A' of shape (2, 3) it must have shape (3,)"),
    (lambda g: gd.layer_norm(g["A"], eps=-1), "the eps of layer_norm is -1; it must not be negative"),
    (lambda g: gd.batch_norm(g["v"]), "batch_norm takes a batch of vectors, but was given 'v' of shape (3,)"),
    (lambda g: gd.conv1d(g["A"], g["v"]),
     "conv1d cannot take 'A' of shape (2, 3) with the kernel 'v' of shape (3,); it takes (n) with (k), or "
     "(…, channels, n) with (out, channels, k)"),
    (lambda g: gd.conv2d(g["S"], g["A"]), "conv2d: a window of 3 is longer than the 2 entries"),
    (lambda g: gd.conv1d(g["v"], g["u"], stride=0), "the stride of conv1d is 0; it must be a whole number from 1"),
    (lambda g: gd.conv1d(g["v"], g["u"], padding=-1), "the padding of conv1d is -1; it must be a whole number from 0"),
    (lambda g: gd.max_pool1d(g["v"], 2.0), "the size of max_pool1d is 2.0; it must be a whole number from 1"),
    (lambda g: gd.max_pool2d(g["v"], 2), "max_pool2d takes 2 axes or more, but was given 'v' of shape (3,)"),
    (lambda g: gd.max_pool1d(g["s"], 2), "max_pool1d takes 1 axis or more, but was given 's' of shape ()"),
    # Python's own
    (lambda g: 1 if g["s"] > 0 else 0,
     "nodes have no order while the graph is being built, so if, and, or and Python's max and min do not work "
     "on them; use gd.where, gd.max, gd.min, gd.step or gd.relu"),
    (lambda g: max(g["s"], 0),
     "nodes have no order while the graph is being built, so if, and, or and Python's max and min do not work "
     "on them; use gd.where, gd.max, gd.min, gd.step or gd.relu"),
    (lambda g: 0 < g["s"] < 1,
     "nodes have no order while the graph is being built, so if, and, or and Python's max and min do not work "
     "on them; use gd.where, gd.max, gd.min, gd.step or gd.relu"),
    (lambda g: g.forward(M=np.ones(3)),
     "the value of input 'M' has shape (3,); the node's is (m, n), so samples of it have shape (m, m, n)"),
]  # fmt: skip


@pytest.mark.parametrize("place", range(len(REFUSED)))
def test_the_message(g, place):
    call, message = REFUSED[place]
    with pytest.raises(GraphError) as error:
        call(g)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("key", "begins"),
    [
        (3, "[3] does not fit 'v' of shape (3,): index 3 is out of bounds"),
        (-4, "[-4] does not fit 'v' of shape (3,): index -4 is out of bounds"),
        ((0, 0), "[0, 0] does not fit 'v' of shape (3,): too many indices"),
        ([0, 7], "[[0, 7]] does not fit 'v' of shape (3,): index 7 is out of bounds"),
        ((..., ...), "[..., ...] does not fit 'v' of shape (3,): an index can only have a single ellipsis"),
    ],
)  # fmt: skip
def test_an_index_out_of_range(g, key, begins):
    """The end of the line is NumPy's."""
    with pytest.raises(GraphError) as error:
        g["v"][key]
    assert str(error.value).startswith(begins)


def test_scalars_have_no_length(g):
    for ask in (len, list):
        with pytest.raises(TypeError, match=r"^'s' has shape \(\) and no length$"):
            ask(g["s"])
    with pytest.raises(TypeError, match=r"^'w' has shape \(n,\) and no length$"):
        len(g["w"])


def test_what_would_be_too_large():
    g = gd.Graph()
    x = g.input("x", shape=(10_000,))
    for call, message in (
        (lambda: gd.outer(x, x), "the result of outer would have shape (10000, 10000), which is more than 10000000 entries"),
        (lambda: x[:, None] + x[None], "the result of add would have shape (10000, 10000), which is more than 10000000 entries"),
        (lambda: gd.eye(5000), "the result of eye would have shape (5000, 5000), which is more than 10000000 entries"),
        (lambda: gd.einsum("i,j,k->", x, x, x),
         "einsum with 'i,j,k->' adds up 1000000000000 products, more than 1000000000; contract in steps, two operands at a time"),
        (lambda: x[(None,) * 12], "the result of index would have 13 axes, more than 12"),
        (lambda: gd.conv1d(x, x[:5000]), "all windows of conv1d together has shape (5001, 5000), which is more than 10000000 entries"),
    ):  # fmt: skip
        with pytest.raises(GraphError) as error:
            call()
        assert str(error.value) == message


def test_jacobians_that_would_be_too_large():
    g = gd.Graph()
    x = g.parameter("x", np.ones(5000))
    tanh = g.node("tanh", gd.tanh(x))
    with pytest.raises(NumericalError) as error:
        g.backward(tanh)
    assert str(error.value) == (
        "P[tanh] of 5000 × 5000 is more than 20000000 entries; take an output with one entry, "
        "leave it out with wrt=, or multiply by a vector: graph.compile, form='vjp'"
    )
    y = g.parameter("y", np.ones(3000))
    g.node("pairs", gd.outer(y, y).sum(0))
    with pytest.raises(
        NumericalError, match=r"^the local Jacobian J\[y->pairs\]: its 3000 rows take"
    ):
        g.backward("pairs")
    with pytest.raises(NumericalError, match=r"^P\[f\] of 1000 × 1000 is more than 500000 entries"):
        small = gd.Graph()
        small.node("f", gd.tanh(small.parameter("x", np.ones(1000, int))))
        small.backward(exact=True)


def test_rows_in_blocks_are_the_rows_together(monkeypatch):
    g = gd.Graph()
    x = g.parameter("x", np.linspace(-1, 1, 30))
    g.node("f", gd.outer(x, gd.tanh(x)).sum(0) + gd.softmax(x))
    together = g.backward().P["x"]
    monkeypatch.setattr("graphdiff.evaluation.dense_jacobians.MAX_ENTRIES", 901 * 7)
    np.testing.assert_array_equal(g.backward().P["x"], together)
    samples = {"x": np.stack([np.linspace(-1, 1, 30), np.linspace(0, 2, 30)])}
    np.testing.assert_allclose(g.backward(samples).P["x"][0], together, rtol=1e-14)
