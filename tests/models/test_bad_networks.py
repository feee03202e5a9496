"""Networks that cannot be: one clear line each."""

from __future__ import annotations

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.models import linear_regression, logistic_regression, mlp, softmax_regression


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: mlp([4, 0, 1]), "layer 1 of the network has size 0; a size is a whole number"),
        (lambda: mlp([4, 2.5]), "layer 1 of the network has size 2.5"),
        (lambda: mlp([True, 1]), "layer 0 of the network has size True"),
        (lambda: mlp([4]), r"sizes is \[4\]; give the inputs and at least one layer"),
        (lambda: mlp("4-1"), "sizes is '4-1'; give the layers' sizes"),
        (lambda: mlp([10**6, 1]), "1000001 neurons; at most"),
        (lambda: mlp([1, 1], "reul"), "unknown activation 'reul'; did you mean 'relu'"),
        (lambda: mlp([1, 1, 1], "log"), "unknown activation 'log'"),
        (lambda: mlp([1, 1, 1], ["tanh", "relu"]), "2 activations are given for 1 hidden layers"),
        (lambda: mlp([1, 1, 1], 3), "activation is 3; give a name"),
        (lambda: mlp([1, 1], output="sigmiod"), "did you mean 'sigmoid'"),
        (lambda: mlp([1, 1], loss="rmse"), "unknown loss 'rmse'; did you mean 'mse'"),
        (lambda: mlp([1, 1], loss="bce"), "needs the output 'sigmoid', and it is 'identity'"),
        (lambda: mlp([1, 2], (), "softmax", "bce"), "needs the output 'sigmoid'"),
        (lambda: mlp([2, 1], (), "softmax", "cross_entropy"), "softmax of one output is always 1"),
        (lambda: mlp([2, 1], (), "softmax"), "softmax of one output is always 1"),
        (lambda: mlp([1, 1], init="xaver"), "unknown initialiser 'xaver'; did you mean 'xavier'"),
        (lambda: mlp([1, 1], seed=-1), "the seed is -1"),
        (lambda: mlp([1, 1], batch=0), "batch is 0; give the number of rows"),
        (lambda: mlp([1, 1], view="neuron"), "view is 'neuron'; choose 'layers' or 'neurons'"),
        (lambda: mlp([1, 1], loss=None, l2=1), "a penalty is added to a loss, and loss is None"),
        (lambda: mlp([1, 1], l2=-1), "l2 is -1; a penalty's factor is not negative"),
        (lambda: mlp([1, 1], loss=None, y=1), "y is given, and the network has no loss"),
        (lambda: mlp([2, 3, 1], weights=[np.ones((3, 2))]), "1 weights are given for 2 layers"),
        (
            lambda: mlp([2, 3, 1], weights=[np.ones((2, 3)), np.ones((1, 3))]),
            r"the weights of layer 1 have shape \(2, 3\); the layer takes \(3, 2\), a row for each",
        ),
        (lambda: mlp([2, 1], biases=[[1, 2]]), r"the biases of layer 1 have shape \(2,\)"),
        (lambda: mlp([2, 1], x=[1, 2, 3]), r"x has shape \(3,\); the network has 2 inputs"),
        (lambda: mlp([2, 1], x=[[1, 2]], y=[1, 2]), r"y has shape \(2,\); .* in each of 1 rows"),
        (
            lambda: mlp([1, 2], (), "softmax", "cross_entropy", x=[[1]], y=[2]),
            "y has the class 2.*; classes run from 0 to 1",
        ),
        (
            lambda: mlp([1, 2], (), "softmax", "cross_entropy", x=[[1]], y=[0.5]),
            "y has the class 0.5",
        ),
        (lambda: linear_regression([1, 2], [1, 2]), r"x has shape \(2,\); give a row"),
        (lambda: logistic_regression([[1], [2]], [1]), "x has 2 rows and y 1"),
        (lambda: softmax_regression([[1], [2]], 1), r"y has shape \(\)"),
        (lambda: linear_regression([[1], [2]], [1, 2], weights=[1, 2]), "weights of layer 1"),
    ],
)
def test_bad_networks_are_named_in_one_line(make, said):
    with pytest.raises(gd.GraphdiffError, match=said) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_names_of_what_is_no_node_of_neurons():
    net = mlp([2, 1])
    for name in ("E", "W__2", "w_1_1__1", "q"):
        with pytest.raises(gd.GraphdiffError, match="is no node of the layer view"):
            net.names(name)
