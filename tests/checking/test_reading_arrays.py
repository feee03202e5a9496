"""Claims about arrays as they are read, and the report on them."""

import json

import numpy as np
import pytest
from layer_claims import NET

import graphdiff as gd
from graphdiff.errors import GraphError

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
    (result,) = NET.check(claims)
    assert result.verdict == "unread"
    assert result.note.startswith("claim ")
    assert problem in result.note
    assert "\n" not in result.note


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
        "  ↳ the matrix is transposed: rows and columns are exchanged\n"
        "✗ z = [-0.5, 3, 2]: wrong; expected [-1/2, 3, 1] (1 of 3 entries is wrong: [2] is 2, "
        "should be 1)\n"
        "  ↳ either in the entry [2], y is taken in place of b in z, or in the entry [2], the term "
        "b of z is left out\n"
        "1 correct, 2 wrong"
    )
    assert json.loads(report.json())["results"][2]["claimed"] == "[-0.5, 3, 2]"
    (result,) = NET.check({"z": "W @ x"})
    assert result.point == {
        "x": "[1, 2]", "y": "[0, 1, 0]", "W": "[[1, -1], [2, 1/2], [0, 1]]", "b": "[1/2, 0, -1]",
    }  # fmt: skip
    assert result.expected == "W @ x + b"
