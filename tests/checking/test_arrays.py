"""Verdicts on vectors, matrices, their entries and formulas of them."""

import json
import time
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from tensors.tensor_cases import CASES, graph_of, values_for

import graphdiff as gd
from graphdiff.checking import judge, points, unreadable
from graphdiff.errors import DerivationError, ExpressionError, GraphdiffError, GraphError


def network():
    """A layer: z = W x + b, a = tanh(z), L = Σ (a − y)², and S = Wᵀ W beside it."""
    graph = gd.Graph("layer", output="L")
    x, y = graph.input("x", [1, 2]), graph.input("y", [0, 1, 0])
    W = graph.parameter("W", [[1, -1], [2, 0.5], [0, 1]])
    b = graph.parameter("b", [0.5, 0, -1])
    z = graph.node("z", W @ x + b)
    a = graph.node("a", gd.tanh(z))
    graph.node("L", ((a - y) ** 2).sum())
    graph.node("S", W.T @ W)
    return graph


NET = network()


def judged(target, claim, graph=NET, **options):
    results = graph.check({target: claim}, **options).results
    assert len(results) == 1
    return results[0]


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
        ("J[x->z]", ["W", [[1, -1], [2, 0.5], [0, 1]], "J[x->z]"]),
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
        ("dz/dx", ["W", "J[x->z]"]),
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
        ("z", "correct"),
    ]
    assert links("L", ["sum((a - y)**2)", "0.79"])[1] == ("0.79", "correct")
    assert links("z", "sum(W*x, axis=1) + b") == [("sum(W*x, axis=1) + b", "correct")]
    assert links("z", "where(z <= 0, z, z)") == [("where(z <= 0, z, z)", "correct")]
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
            [-0.46, 0.99, 0.76],
            "1 of 3 entries is wrong: [1] is 0.99, should be 0.995055",
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
        ("z[1]", [[2]], "written with shape (1, 1)"),
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
    if target == "z[1]" and claim == [[2]]:
        with pytest.raises(ExpressionError, match="neither a number nor a formula"):
            judged(target, claim)
        return
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
    assert judged("J[x->a]", "diag(x >= 0)", graph, values=at).verdict == "wrong"
    assert judged("J[x->a]", "diag(x > 0)", graph, values=at).verdict == "correct"


# Every function of tensors


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_numbers_of_every_function(case):
    graph = graph_of(case, values_for(case))
    run = graph.backward("f")
    claims = {"f": np.asarray(run.value["f"])}
    claims |= {f"P[{leaf.name}]": np.asarray(run.P[leaf.name]) for leaf in graph.leaves}
    claims |= {f"df/d{leaf.name}": np.asarray(run.gradient[leaf.name]) for leaf in graph.leaves}
    claims = {
        target: claim.tolist() if not claim.shape else claim for target, claim in claims.items()
    }
    rounded = {target: np.round(claim, 4) for target, claim in claims.items()}
    assert graph.check(rounded).ok, str(graph.check(rounded))
    for target, claim in rounded.items():
        if np.shape(claim):
            off = np.array(claim)
            off.flat[-1] += 0.25
            (result,) = graph.check({target: off})
            place = ", ".join(str(size - 1) for size in off.shape)
            assert result.verdict == "wrong"
            many = f"of {off.size} entries " if off.size > 1 else "entry "
            assert result.note.startswith(f"1 {many}is wrong: [{place}] is ")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_formulas_of_every_function(case):
    """The gradient in matrix notation, as the package prints it, is judged correct."""
    graph = graph_of(case, values_for(case))
    weights = np.arange(1, graph["f"].size + 1).reshape(graph["f"].shape) / 8
    graph.input("w", weights if weights.shape else float(weights))
    graph.node("L", (graph["w"] * graph["f"]).sum())
    checked = 0
    for leaf in graph.leaves:
        try:
            formula = graph.gradient("L", leaf, "nodes").text
            report = graph.check({f"dL/d{leaf.name}": [formula, f"({formula})*2"]}, output="L")
        except (DerivationError, ExpressionError, GraphdiffError):
            continue  # no formula, or one with a derivative for which there is no notation
        checked += 1
        assert report.results[0].verdict == "correct", str(report)
        zero = "does not depend" in report.results[1].note or formula == "0"
        assert report.results[1].verdict == ("correct" if zero else "wrong"), str(report)
    assert checked


# Printed digits, in each entry


@given(
    hnp.arrays(float, st.sampled_from([(3,), (2, 2)]), elements=st.floats(-99, 99)),
    st.integers(0, 6),
    st.data(),
)
def test_entries_count_to_their_printed_digits(values, digits, data):
    graph = gd.Graph()
    graph.node("z", graph.input("x", values) + 0 * graph.input("o", 1))
    claims = np.vectorize(lambda x: f"{Decimal(repr(float(x))):.{digits}f}", otypes=[object])(
        values
    )
    if digits:
        assert judged("z", claims.tolist(), graph).verdict == "correct"
    place = tuple(data.draw(st.integers(0, size - 1)) for size in values.shape)
    unit = Decimal(1).scaleb(-digits)
    claims[place] = str(Decimal(claims[place]) + 2 * unit)
    result = judged("z", claims.tolist(), graph)
    assert result.verdict == "wrong"
    assert f"[{', '.join(map(str, place))}] is " in result.note or digits == 0


def test_arithmetic_in_entries():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [0.59, 0.41]) * graph.input("y", [0.41, 2]))
    assert judged("z", ["0.59*0.41", "0.82"], graph).verdict == "correct"
    assert judged("z", "[0.59*0.41, 2*0.3]", graph).verdict == "wrong"
    assert judged("z", "[0.6*0.4, 0.8]", graph).verdict == "correct"
    assert judged("z", ["0.242", "0.82"], graph).verdict == "correct"
    assert judged("z", ["0.243", "0.82"], graph).verdict == "wrong"
    assert judged("z", "2*[0.12, 0.41]", graph).verdict == "correct"
    assert judged("z", "2*[0.12, 0.42]", graph).verdict == "wrong"


def test_floats_of_a_computation_are_right_to_twelve_digits():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [1, 2, 3]) / 3)
    run = graph.forward()
    off = run.value["z"] * (1 + 1e-14)
    assert judged("z", off, graph).verdict == "correct"
    assert judged("z", run.value["z"] * (1 + 1e-9), graph).verdict == "wrong"
    assert judged("z", off.tolist(), graph).verdict == "wrong"  # these digits are written


# Probabilities, missing values, letters


def softmax_regression(rows):
    graph = gd.Graph(output="L")
    X = graph.input("X", [[1, 2], [0, 1], [2, -1]])
    Y = graph.input("Y", rows)
    W = graph.parameter("W", [[0.1, 0.2], [0, -0.1], [0.3, 0]])
    Z = graph.node("Z", X @ W.T)
    graph.node("L", gd.cross_entropy_with_logits(Z, Y))
    return graph


def test_targets_of_a_cross_entropy_are_probabilities():
    claims = {"dL/dZ": "(softmax(Z) - Y)/3", "dL/dW": "(softmax(Z) - Y).T @ X/3"}
    for rows in ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0.5, 0.25, 0.25]] * 3):
        report = softmax_regression(rows).check(claims)
        assert [(r.verdict, r.note) for r in report] == [
            ("correct", "as the rows of Y sum to 1")
        ] * 2
    assert not softmax_regression([[2, 0, 0], [0, 1, 0], [0, 0, 1]]).check(claims).ok
    wrong = softmax_regression(np.eye(3)).check({"dL/dZ": ["softmax(Z) - Y", "(Y - softmax(Z))/3"]})
    assert [r.verdict for r in wrong] == ["wrong", "wrong"]


def test_missing_values():
    graph = gd.Graph()
    W, x = graph.parameter("W", shape=(2, 3)), graph.input("x", shape=(3,))
    b = graph.input("b", [1, 2])
    graph.node("L", graph.node("z", W @ x + b).sum())
    report = graph.check(
        {
            "dL/dW": ["outer(ones(2), x)", "outer(x, ones(2))", "[[1, 2, 3], [1, 2, 3]]"],
            "J[b->z]": ["eye(2)", [[1, 0], [0, 1]], [[1, 0], [0, 2]]],
            "dL/db": [1, 1],
        }
    )
    assert [r.verdict for r in report] == [
        "correct", "wrong", "undecided", "correct", "correct", "wrong", "correct",
    ]  # fmt: skip
    assert report.results[2].note == "W has no value, so numbers cannot be judged"
    assert graph.check({"z": [7, 8]}, W=np.ones((2, 3)), x=[1, 2, 3]).ok


def test_sizes_that_are_letters():
    graph = gd.Graph()
    A, b = graph.input("A", shape=("m", "n")), graph.input("b", shape=("m",))
    x = graph.parameter("x", shape=("n",))
    r = graph.node("r", A @ x - b)
    graph.node("L", (r**2).mean())
    graph.node("q", x @ (A.T @ A) @ x)
    report = graph.check(
        {
            "dL/dx": ["2*A.T @ (A @ x - b)/m", "2*A.T @ r/n", "2*A.T @ r/2", "A @ r", "dL/dr @ A"],
            "J[x->r]": ["A", "A.T", "x"],
            "J[b->r]": ["-eye(m)", "-eye(n)"],
            "dq/dx": "2*A.T @ A @ x",
            "r": [1, 2],
        }
    )
    verdicts = [r.verdict for r in report]
    assert verdicts == [
        "correct", "wrong", "wrong", "wrong", "correct",
        "correct", "wrong", "wrong", "correct", "wrong", "correct", "wrong",
    ]  # fmt: skip
    notes = [r.note for r in report]
    assert notes[1].startswith("with m = 2, n = 3, at A = [[")
    assert notes[2].startswith("with m = 4, n = 5, at ")  # /2 is right for m = 2
    assert notes[3].startswith("'A' of shape (m, n) @ 'r' of shape (m,)")
    assert notes[6].startswith("right in the other layout")
    assert notes[7] == "it has shape (n,), but J[x->r] has the dimensions m × n"
    assert report.results[1].expected == graph.gradient("L", "x", "nodes").text


def test_letters_with_a_function_of_ones_own():
    graph = gd.Graph()
    cube = gd.function("cube", lambda t: t**3)
    graph.node("w", cube(graph.input("v", shape=("n",))))
    assert graph.check({"w": ["cube(v)", "v**3"], "J[v->w]": "3*diag(v**2)"}).ok


# Reading


@pytest.mark.parametrize(
    ("claims", "problem"),
    [
        ({"z[5]": 1}, "[5] does not fit z of shape (3,): index 5 is out of bounds"),
        ({"W[0, 0, 0]": 1}, "too many indices"),
        ({"P[W][1, 0]": 1}, "for entries in the shape of W, (3, 2), write dL/dW[…]"),
        ({"L[0]": 1}, "[0] does not fit L of one number"),
        ({"z[x]": 1}, "no target of a claim"),
        ({"z[]": 1}, "no target of a claim"),
        ({"z[0": 1}, "no target of a claim"),
        ({"z]": 1}, "no target of a claim"),
        ({"[0]": 1}, "no target of a claim"),
        ({"K[0]": 1}, "unknown node 'K'"),
        ({"J[x->z][5, 0]": 1}, "[5, 0] does not fit J[x->z] of 3 × 2"),
        ({"z": [[1, 2], [3]]}, "its rows are not equally long"),
        ({"z": []}, "a chain has 1 to 200 links"),
        ({"z": [[]]}, "its rows are not equally long, or it is empty"),
        ({"z": [1, True, 2]}, "True is no number"),
        ({"z": [1, None, 2]}, "neither a number nor a formula"),
        ({"z": [{"a": 1}]}, "neither a number nor a formula"),
        ({"z": [1, float("nan"), 2]}, "must be finite"),
        ({"z": [1, "x[0]", 2]}, None),
        ({"z": np.array(["a", "b", "c"])}, "'a' stands in a list of numbers"),
        ({"z": np.array([1j, 0, 0])}, "neither a number nor a formula"),
        ({"z": "W @"}, "expected a number"),
        ({"z": "sum(W, axes=0)"}, "unknown option 'axes' of sum"),
        ({"z": np.ones((2000, 2000))}, "an array of 4000000 numbers, more than 1000000"),
    ],
)
def test_claims_that_cannot_be_read(claims, problem):
    if problem is None:
        assert not NET.check(claims).ok
        return
    with pytest.raises(GraphdiffError) as raised:
        NET.check(claims)
    assert str(raised.value).startswith("claim ")
    assert problem in str(raised.value)
    assert "\n" not in str(raised.value)
    assert list(unreadable(NET, claims)) == list(claims)


def test_letters_p_and_j_may_be_nodes_with_axes():
    graph = gd.Graph(output="L")
    P, J = graph.input("P", [1, 2]), graph.input("J", [3, 4])
    d = graph.node("d", P * J)
    graph.node("L", d.sum())
    assert graph.check(
        {
            "P[P]": ["J", "reshape(J, (1, 2))"],
            "P[d]": "ones(2)",
            "J[P->d]": "diag(J)",
            "P[0:2]": [1, 2],
            "J[0]": 3,
            "d[1]": [8, "P[[1]][0]*J[1]", "(P)[1]*J[1]"],
            "L": "d[0] + d[1]",
        }
    ).ok


def test_samples_are_refused_as_before():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [[1, 2], [3, 4], [5, 6]], shape=(2,)).sum())
    with pytest.raises(GraphError, match="'x' has 3 samples, but claims are checked at one point"):
        graph.check({"z": 3})
    assert graph.check({"z": 3, "dz/dx": [1, 1]}, x=[1, 2]).ok


def test_the_report_as_text_and_as_json():
    report = NET.check({"J[x->z]": ["W", "W.T"], "z": [-0.5, 3, 2]})
    assert str(report) == (
        "✓ J[x->z] = W: correct\n"
        "✗ J[x->z] = W.T: wrong; expected W (right in the other layout: this is the transpose of "
        "J[x->z], which is 3 × 2)\n"
        "✗ z = [-0.5, 3, 2]: wrong; expected [-1/2, 3, 1] (1 of 3 entries is wrong: [2] is 2, "
        "should be 1)\n"
        "1 correct, 2 wrong"
    )
    assert json.loads(report.json())["results"][2]["claimed"] == "[-0.5, 3, 2]"
    (result,) = NET.check({"z": "W @ x"})
    assert result.point == {
        "x": "[1, 2]", "y": "[0, 1, 0]", "W": "[[1, -1], [2, 1/2], [0, 1]]", "b": "[1/2, 0, -1]",
    }  # fmt: skip
    assert result.expected == "W @ x + b"


# Size


def mlp(rows, inputs, hidden, seed=0):
    random = np.random.default_rng(seed)
    graph = gd.Graph(output="L")
    X = graph.input("X", random.normal(size=(rows, inputs)))
    Y = graph.input("Y", np.eye(5)[random.integers(0, 5, rows)])
    W = graph.parameter("W", random.normal(size=(hidden, inputs)) / inputs**0.5)
    V = graph.parameter("V", random.normal(size=(5, hidden)) / hidden**0.5)
    Z = graph.node("Z", X @ W.T)
    A = graph.node("A", gd.tanh(Z))
    O = graph.node("O", A @ V.T)  # noqa: E741
    graph.node("L", gd.cross_entropy_with_logits(O, Y))
    return graph


def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("rows", "inputs", "hidden", "rough"),
    [(4, 3, 4, False), (32, 12, 8, False), (64, 200, 40, True)],
)
def test_networks_of_every_size_are_judged(rows, inputs, hidden, rough):
    graph = mlp(rows, inputs, hidden)
    assert points.work(graph, []).rough == rough
    value = graph.forward().value
    dZ = (softmax(value["O"]) - value["Y"]) / rows @ value["V"] * (1 - value["A"] ** 2)
    numbers = dZ.T @ value["X"]
    began = time.monotonic()
    report = graph.check(
        {
            "dL/dV": [f"(softmax(O) - Y).T @ A/{rows}", "(softmax(O) - Y).T @ A"],
            "dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"],
            "dL/dW": ["dL/dZ.T @ X", "X.T @ dL/dZ", numbers],
            "dL/dW[0, 1]": "sum(dL/dZ[:, 0]*X[:, 1])",
        }
    )
    assert [r.verdict for r in report] == [
        "correct", "wrong", "correct", "wrong", "correct", "wrong", "correct", "correct",
    ]  # fmt: skip
    assert "transpose" in report.results[5].note
    assert time.monotonic() - began < 30


def test_saturated_networks_are_not_taken_for_wrong():
    """In float64 1 − a² has no digits left where a = tanh(z) is 1."""
    graph = mlp(64, 200, 40)
    values = {"X": 40 * graph["X"].value}
    claims = {"dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"]}
    assert [r.verdict for r in graph.check(claims, values)] == ["correct", "wrong"]


def test_arrays_too_large_for_other_points_are_said_to_be(monkeypatch):
    monkeypatch.setattr(points, "MOST", 1000)
    graph = mlp(64, 200, 40)
    report = graph.check({"dL/dZ": ["(dL/dO @ V)*(1 - A**2)", "(dL/dO @ V)*(1 - A)"]})
    right, wrong = report.results
    assert (right.verdict, right.note) == (
        "undecided",
        "right at the given point; the arrays are too large to judge it at others",
    )
    assert wrong.verdict == "wrong"


def test_targets_too_large_are_refused():
    graph = gd.Graph()
    X, W = graph.input("X", np.ones((60, 100))), graph.parameter("W", np.ones((50, 100)))
    graph.node("Z", X @ W.T)
    graph.node("q", graph.node("big", graph.input("x", np.ones(5000)) * 2).sum())
    with pytest.raises(GraphError, match=r"it has 5000 × 5000, more than 20000000 entries"):
        graph.check({"J[x->big]": "2*eye(5000)"})
    assert graph.check({"dq/dx": "2*ones(5000)", "dq/dx[7]": 2}, output="q").ok


def test_time_is_bounded(monkeypatch):
    monkeypatch.setattr(judge, "SECONDS", 0.0)
    report = NET.check({"z": ["W @ x + b", "[-0.5, 3, 1]"], "dL/dW": "outer(dL/dz, x)"})
    assert [r.verdict for r in report] == ["correct", "correct", "undecided"]
