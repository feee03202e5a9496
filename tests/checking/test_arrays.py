"""Verdicts on vectors, matrices, their entries and formulas of them."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from layer_claims import NET, judged

import graphdiff as gd

# Which claims are right


@pytest.mark.parametrize(
    ("target", "claims"),
    [
        (
            "z",
            [
                [-0.5, 3, 1],
                ["-1/2", "3", "1.0"],
                (Fraction(-1, 2), Decimal("3.0"), sp.Integer(1)),
                np.array([-0.5, 3, 1]),
                "[-0.5, 3, 1]",
                "[-1/2, 3.0, sqrt(1)]",
                "W @ x + b",
                "x @ W.T + b",
                "sum(W*x, axis=1) + b",
                'einsum("ij,j->i", W, x) + b',
                "stack(W[0] @ x, W[1] @ x, W[2] @ x) + b",
            ],
        ),
        ("a", [[-0.46, 0.995, 0.76], ["-0.5", "1.0", "0.8"], "tanh(W @ x + b)"]),
        ("z[1]", [3, "W[1] @ x + b[1]", "z[1]"]),
        ("z[0:2]", [[-0.5, 3], "z[[0, 1]]"]),
        ("W[:, 0]", [[1, 2, 0], "W.T[0]"]),
        ("S", ["W.T @ W", [[5, 0], [0, 2.25]], sp.Matrix([[5, 0], [0, sp.Rational(9, 4)]])]),
        ("J[x->z]", ["W", [[1, -1], [2, 0.5], [0, 1]], "1*W"]),
        ("J[b->z]", ["eye(3)", "diag(ones(3))"]),
        ("J[z->a]", ["diag(1 - a**2)", "eye(3)*(1 - tanh(z)**2)"]),
        ("J[x->z][1, 0]", [2, "W[1, 0]"]),
        ("J[x->z][:, 0]", ["W[:, 0]", [1, 2, 0]]),
        ("P[z]", ["P[a] @ J[z->a]", "reshape(2*(a - y)*(1 - a**2), (1, 3))"]),
        ("P[W]", ["P[z] @ J[W->z]"]),
        ("P[W][0, 1]", ["dL/dW[0, 1]", "P[z][0, 0]*x[1]"]),
        (
            "dL/dz",
            [
                "2*(a - y)*(1 - a**2)",
                "dL/da*(1 - a**2)",
                "J[z->a].T @ dL/da",
                "dL/da @ J[z->a]",
                "dL/db",
                "P[z][0]",
            ],
        ),
        ("dL/dW", ["outer(dL/dz, x)", "dL/dz[:, None]*x[None]", "reshape(P[W], (3, 2))"]),
        ("dL/dW[0, 1]", ["dL/dz[0]*x[1]", "-1.45"]),
        ("dL/dx", ["W.T @ dL/dz", "dL/dz @ W"]),
        ("dz/dx", ["W", "eye(3) @ W"]),
        ("dz/dW", ['einsum("ik,j->ikj", eye(3), x)']),
        ("dS/dx", [0, "0", "zeros(2, 2, 2)", "0*dS/dx"]),
        ("dL/dL", [1]),
    ],
)
def test_right(target, claims):
    for claim in claims:
        result = judged(target, claim)
        assert result.verdict == "correct", str(result)
        assert result.note in ("", "to the digits printed", "0 stands for zeros of (2, 2, 2)")


def test_a_list_may_be_a_chain_or_the_array():
    def links(target, claim):
        return [(r.claimed, r.verdict) for r in NET.check({target: claim})]

    assert links("z", [-0.5, 3, 1]) == [("[-0.5, 3, 1]", "correct")]
    assert links("z", ["W @ x + b", [-0.5, 3, 1]]) == [
        ("W @ x + b", "correct"),
        ("[-0.5, 3, 1]", "correct"),
    ]
    assert links("z", [[-0.5, 3, 1], [-0.5, 3, 2]]) == [
        ("[-0.5, 3, 1]", "correct"),
        ("[-0.5, 3, 2]", "wrong"),
    ]
    assert links("z", "W @ x + b = [-0.5, 3, 1] = z") == [
        ("W @ x + b", "correct"),
        ("[-0.5, 3, 1]", "correct"),
        ("z", "says-nothing"),
    ]
    assert links("L", ["sum((a - y)**2)", "0.79"])[1] == ("0.79", "correct")
    assert links("z", "sum(W*x, axis=1) + b") == [("sum(W*x, axis=1) + b", "correct")]
    assert links("z", "where(z <= 0, z, z)") == [("where(z <= 0, z, z)", "says-nothing")]
    assert [verdict for _, verdict in links("z", ["x", "b"])] == ["wrong", "wrong"]
    several = np.array([[-0.5, 3, 1], [-0.5, 3, 1]])
    assert [verdict for _, verdict in links("z", list(several))] == ["correct", "correct"]


# What is said of those that are wrong


@pytest.mark.parametrize(
    ("target", "claim", "note"),
    [
        ("z", [-0.5, 3, 2], "1 of 3 entries is wrong: [2] is 2, should be 1"),
        (
            "z",
            [1, 3, 2],
            "2 of 3 entries are wrong: [0] is 1, should be -1/2; [2] is 2, should be 1",
        ),
        (
            "a",
            [-0.46, 0.98, 0.76],
            "1 of 3 entries is wrong: [1] is 0.98, should be 0.995055",
        ),
        (
            "S",
            "[[5, 1], [1, 2.25]]",
            "2 of 4 entries are wrong: [0, 1] is 1, should be 0; [1, 0] is 1, should be 0",
        ),
        (
            "S",
            [[1, 2], [3, 4]],
            "4 of 4 entries are wrong: [0, 0] is 1, should be 5; [0, 1] is 2, should be 0; "
            "[1, 0] is 3, should be 0, …",
        ),
        (
            "z",
            "W @ x",
            "at the given point 2 of 3 entries are wrong: [0] is -1, should be -1/2; "
            "[2] is 2, should be 1",
        ),
        ("z", "x", "it has shape (2,), but z has shape (3,)"),
        ("z", 3, "it is one number, but z has shape (3,)"),
        ("z", [1, 2], "it has shape (2,), but z has shape (3,)"),
        (
            "z",
            [[-0.5], [3], [1]],
            "the entries are right, the shape is not: it has shape (3, 1), but z has shape (3,)",
        ),
        ("z[1]", [[2]], "it is 3"),
        ("L", "z", "it has shape (3,), but L has one entry"),
        ("z[1]", 4, "it is 3"),
        ("W[0]", [1, 1], "1 of 2 entries is wrong: [1] is 1, should be -1"),
        ("dL/dW", "dL/dz", "it has shape (3,), but dL/dW has shape (3, 2), that of W"),
        ("P[W]", "x", "it has shape (2,), but P[W] has the dimensions 1 × 6, or (3, 2) in the shape of W"),
        ("J[x->z]", "x", "it has shape (2,), but J[x->z] has the dimensions 3 × 2"),
        ("J[z->a]", "1 - a**2", "it has shape (3,), but J[z->a] has the dimensions 3 × 3"),
        ("dz/dx", 1, "it is one number, but dz/dx has shape (3, 2)"),
        (
            "dL/dW",
            "dL/dz*x",
            "'dL/dz' of shape (3,) and 'x' of shape (2,) do not fit element by element; "
            "vectors must be equally long, at column 8: 'dL/dz*x'",
        ),
        ("dS/dx", "W", "it has shape (3, 2), but dS/dx has shape (2, 2, 2)"),
        ("dS/dx", "ones(2, 2, 2)", "S does not depend on x, so it is 0"),
        ("J[b->z]", 0, "3 of 9 entries are wrong: [0, 0] is 0, should be 1"),
        ("z", "log(0*z - 1)", "it has no finite value at the given point, but z is [-1/2, 3, 1]"),
        ("z", "[1/0, 1, 1]", "this has no finite value"),
    ],
)  # fmt: skip
def test_wrong(target, claim, note):
    result = judged(target, claim)
    assert result.verdict == "wrong"
    assert result.note.startswith(note), result.note


@pytest.mark.parametrize(
    ("target", "claim", "verdict", "note"),
    [
        ("J[x->z]", "W.T", "wrong", "right in the other layout: this is the transpose of J[x->z], which is 3 × 2"),
        ("J[x->z]", [[1, 2, 0], [-1, 0.5, 1]], "wrong", "right in the other layout: this is"),
        ("dz/dx", "W.T", "wrong", "right in the other layout: this is the transpose of dz/dx"),
        ("dL/dW", "outer(x, dL/dz)", "wrong", "this is the transpose of dL/dW"),
        ("P[W]", "outer(x, dL/dz)", "wrong", "this is the transpose of P[W] in the shape of W"),
        ("W", "W.T", "wrong", "this is the transpose of W"),
        ("W", [[1, 2, 0], [-1, 0.5, 1]], "wrong", "this is the transpose of W"),
        ("P[W]", "outer(dL/dz, x)", "correct", "given in the shape of W; P[W] is 1 × 6"),
        ("P[z]", "dL/dz", "correct", "given in the shape of z; P[z] is 1 × 3"),
        ("P[z]", "reshape(dL/dz, (3, 1))", "correct", "right in the other layout: given as a column, (3, 1); P[z] has the dimensions 1 × 3"),
        ("dL/dz", "P[z]", "correct", "right in the other layout: given as a row, (1, 3); dL/dz has shape (3,)"),
        ("dL/dz", "P[z].T", "correct", "right in the other layout: given as a column, (3, 1)"),
        ("dL/dW", "P[W]", "correct", "given as the 1 × 6 matrix P; dL/dW has the shape of W, (3, 2)"),
        ("dL/dW", "P[W].T", "correct", "right in the other layout: given as a column, (6, 1)"),
        ("dL/dW", "reshape(P[W], 6)", "wrong", "the entries are right, the shape is not"),
        ("dL/dL", "[[1]]", "correct", "written with shape (1, 1); dL/dL is one number"),
    ],
)  # fmt: skip
def test_other_layouts(target, claim, verdict, note):
    result = judged(target, claim)
    assert (result.verdict, result.note[: len(note)]) == (verdict, note)


def test_a_square_matrix_may_be_transposed():
    graph = gd.Graph()
    A, x = graph.parameter("A", [[1, 2], [3, 4]]), graph.input("x", [1, -1])
    graph.node("L", x @ graph.node("z", A @ x))
    transposed = "right in the other layout: this is the transpose of J[x->z], which is 2 × 2"
    for claim in ("A.T", [[1, 3], [2, 4]]):
        result = judged("J[x->z]", claim, graph)
        assert (result.verdict, result.note) == ("wrong", transposed)
    assert judged("J[x->z]", "A + A.T", graph).verdict == "wrong"
    assert judged("dL/dA", "outer(x, x)", graph).verdict == "correct"  # its own transpose
    assert judged("dL/dx", "A @ x + A.T @ x", graph).verdict == "correct"
    assert judged("A", "A.T", graph).note == "this is the transpose of A"


def test_right_by_coincidence():
    graph = gd.Graph()
    A, x = graph.parameter("A", [[1, 2], [2, 4]]), graph.input("x", [1, 2])
    graph.node("L", x @ graph.node("z", A @ x))
    result = judged("J[x->z]", "A.T", graph)
    assert result.verdict == "coincidental"
    assert result.note.startswith("right in the other layout: this is the transpose")
    result = judged("z", "5*x", graph)
    assert result.verdict == "coincidental"
    assert result.note.startswith("the numbers are right here, the formula is not: at A = ")
    assert result.point is not None
    assert result.point["x"].startswith("[")
    assert judged("z", [5, 10], graph).verdict == "correct"


def test_kinks_of_arrays():
    graph = gd.Graph(output="L")
    x = graph.input("x", [1, -2, 3])
    graph.node("L", (graph.node("a", gd.relu(x)) ** 2).sum())
    by_convention = judged("J[x->a]", "diag(x >= 0)", graph)
    assert by_convention.verdict == "correct"
    assert by_convention.note == "by convention it differs at the kink x = [0, 0, 0]"
    assert judged("J[x->a]", "diag(x > 0)", graph).note == ""
    assert judged("J[x->a]", "eye(3)", graph).verdict == "wrong"
    at = {"x": [1, 0, 3]}
    assert judged("J[x->a]", "diag(x >= 0)", graph, values=at).verdict == "convention"
    assert judged("J[x->a]", "diag(x > 0)", graph, values=at).verdict == "correct"
