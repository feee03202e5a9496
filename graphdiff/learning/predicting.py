"""What a trained graph says of rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.learning import data
from graphdiff.learning.rewiring import prediction_of
from graphdiff.learning.rows import by_rows
from graphdiff.learning.stepping import Stepping
from graphdiff.workbench import Graph


def predict(model: Graph, X: Any, prediction: Any = None) -> np.ndarray:
    """Return what a graph computes for rows of its inputs, a row for each.

    Parameters
    ----------
    model
        A network, or a graph whose inputs take rows, as :func:`graphdiff.learning.fit` has them.
    X
        Rows, or a mapping from the names of inputs to rows; targets are not needed.
    prediction
        The node; that of a network is known.

    Raises
    ------
    GraphError
        For data that do not fit, or where the node is not known.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 1], weights=[[[1, 10]]], biases=[[0.5]])
    >>> predict(net, [[1, 2], [3, 4]])
    array([[21.5],
           [43.5]])
    """
    arrays = data.arrays_of(model, X, None, targets=False)
    of = by_rows(model, arrays)
    graph = of.graph
    node = prediction_of(graph) if prediction is None else graph[prediction]
    if node is None:
        raise GraphError("name the node that is predicted, prediction='p'")
    return Stepping(of, node.name, (), np.zeros(0), form="value").rows(list(arrays.values()))
