"""Jacobians and Hessians by the blocks they are made of."""

import numpy as np
import pytest
from closeness import close

import graphdiff as gd
from graphdiff.errors import GraphError


def assembled(blocks, shape):
    """Return the array that blocks are made of."""
    whole = np.zeros(shape)
    for pattern, core in blocks.items():
        inside, _, outside = pattern.partition("->")
        distinct = "".join(dict.fromkeys(outside))
        sizes = dict(zip(outside, shape, strict=True))
        there = np.einsum(f"{outside}->{distinct}", whole)
        there += np.einsum(
            f"{inside},{distinct}->{distinct}", core, np.ones([sizes[index] for index in distinct])
        )
    return whole


def factorisation():
    r = np.random.default_rng(0)
    g = gd.Graph()
    U, V = g.parameter("U", r.normal(size=(4, 2))), g.parameter("V", r.normal(size=(3, 2)))
    g.node("L", gd.squared_error(U @ V.T, r.normal(size=(4, 3)).tolist()))
    return g


def layer():
    r = np.random.default_rng(1)
    g = gd.Graph()
    x, W = g.input("x", r.normal(size=3)), g.parameter("U", r.normal(size=(2, 3)))
    g.node("y", gd.tanh(W @ x))
    return g


def test_hessian():
    g = factorisation()
    blocks = g.compile("L", "U", form="hessian_blocks")()
    assert max(core.size for core in blocks.values()) == 4
    close(assembled(blocks, (4, 2, 4, 2)), g.compile("L", "U", form="hessian")())


def test_jacobian():
    g = layer()
    blocks = g.compile("y", "U", form="jacobian_blocks")()
    close(assembled(blocks, (2, 2, 3)), g.compile("y", "U", form="jacobian")())


def test_no_dependence_has_no_block():
    g = factorisation()
    g.parameter("q", 1)
    assert g.compile("L", "q", form="hessian_blocks")() == {}


def test_one_leaf_only():
    with pytest.raises(GraphError, match="takes one leaf, but was given 2"):
        factorisation().compile("L", ["U", "V"], form="hessian_blocks")
