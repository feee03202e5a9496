"""Data for training: an array for each input, a row for each example, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, quoted_list, unknown
from graphdiff.graph import Node
from graphdiff.learning.dropout import leaves_of_dropout
from graphdiff.models import data as network_data
from graphdiff.models.architecture import SOFTMAX
from graphdiff.models.mlp import MLP
from graphdiff.workbench import Graph

TARGETS = ("y", "Y", "t", "T", "target", "targets")
"""Names of inputs that are taken for the targets."""

Arrays = dict[str, np.ndarray]


def arrays_of(
    graph: Graph,
    X: Any,
    y: Any,
    what: str = "data",
    *,
    targets: bool = True,
    all_rows: bool = True,
) -> Arrays:
    """Return data as an array of floats for each input, targets last where they are given.

    Parameters
    ----------
    X
        Rows, or a mapping from the names of inputs to rows.
    y
        The targets; None where the mapping has them, or there are none.
    what
        What the data are called in errors.
    targets
        Whether an input for targets is one that rows without a name may be for.
    all_rows
        Whether these are all rows that are learned from, which must not be of one class.

    Raises
    ------
    GraphError
        For data that are no numbers, not finite, not of one length, or not of the shapes that the
        inputs take.
    """
    given = _named(graph, X, y, targets)
    if not given:
        raise GraphError(f"the {what} are empty; give rows for at least one input")
    if isinstance(graph, MLP) and graph.is_plain:
        arrays = _of_network(graph, given, what, all_rows)
    else:
        arrays = {name: _array(graph[name], rows, what, all_rows) for name, rows in given.items()}
    counts = {name: len(array) for name, array in arrays.items()}
    if len(set(counts.values())) > 1:
        said = " and ".join(f"{name!r} {count}" for name, count in counts.items())
        raise GraphError(f"the {what} have different numbers of rows: {said}; give as many of each")
    if 0 in counts.values():
        raise GraphError(f"the {what} have no rows; give at least one example")
    for name, array in arrays.items():
        _check_finite(name, array, what)
    return {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def target_of(graph: Graph, names: Mapping[str, Any] | None = None) -> str | None:
    """Return the input that takes the targets, None where that is not clear."""
    known = [leaf.name for leaf in graph.inputs if names is None or leaf.name in names]
    return next((name for name in TARGETS if name in known), None)


def _named(graph: Graph, X: Any, y: Any, targets: bool) -> dict[str, Any]:
    """Return what is given by the names of the inputs."""
    drawn = leaves_of_dropout(graph)
    inputs = {
        leaf.name: leaf
        for leaf in graph.inputs
        if not leaf.facts.constant and leaf.name not in drawn
    }
    if isinstance(graph, MLP) and graph.is_plain:
        inputs = {"x": None, "y": None}
    target = next((name for name in TARGETS if name in inputs), None)
    if isinstance(X, Mapping):
        given = dict(X)
        for name in given:
            if name not in inputs:
                raise unknown("input", str(name), inputs)
    else:
        apart = y is not None or not targets
        names = [name for name in inputs if name != target] if apart else list(inputs)
        given = _columns(inputs, names, X)
    if y is not None:
        if target is None:
            raise GraphError(
                f"the graph has no input that is called a target ({', '.join(TARGETS[:4])}); give "
                f"all data by name: X={{name: rows}}, for {quoted_list(inputs)}"
            )
        given[target] = y
    return given


def _columns(inputs: Mapping[str, Node | None], names: list[str], X: Any) -> dict[str, Any]:
    """Return rows for the one input there is, or their columns for inputs that are numbers."""
    if len(names) == 1:
        return {names[0]: X}
    scalars = [name for name in names if (leaf := inputs[name]) is not None and not leaf.shape]
    if len(scalars) == len(names) and np.ndim(X) == 2 and np.shape(X)[1] == len(names):
        return dict(zip(names, np.asarray(X).T, strict=True))
    for wanted in (_has_no_value, lambda leaf: _takes(leaf, np.shape(X))):
        fitting = [name for name in names if (leaf := inputs[name]) is not None and wanted(leaf)]
        if len(fitting) == 1:
            return {fitting[0]: X}
    raise GraphError(
        f"X has shape {np.shape(X)}, and the graph has {len(names)} inputs, {quoted_list(names)}; "
        "give a mapping of their names to rows"
    )


def _has_no_value(leaf: Node) -> bool:
    return leaf.value is None


def _takes(leaf: Node, shape: tuple[int, ...]) -> bool:
    """Whether rows of this shape are those of an input, as a batch of it or one for each."""
    return bool(shape) and shape[1:] in (leaf.shape, leaf.shape[1:] if leaf.shape else None)


def _of_network(graph: MLP, given: Mapping[str, Any], what: str, all_rows: bool) -> Arrays:
    of, loss = graph.architecture, graph.architecture.loss
    arrays = Arrays()
    if "x" in given:
        x = _numbers("x", given["x"], what)
        if x.ndim == 1 and of.sizes[0] == 1:
            x = x.reshape(-1, 1)
        rows = len(x) if x.ndim else 0
        arrays["x"] = np.asarray(network_data.inputs(x, replace(of, batch=rows)), np.float64)
    if "y" in given:
        y = _numbers("y", given["y"], what)
        _check_finite("y", y, what)
        rows = len(y) if y.ndim else 0
        y = np.asarray(network_data.targets(y, replace(of, batch=rows)), np.float64)
        is_classes = of.activations[-1] == SOFTMAX or (loss or "").startswith("binary")
        if is_classes and rows:
            if all_rows:
                check_classes(y)
            if (y < 0).any() or (y > 1).any():
                raise GraphError(
                    f"y of the {what} has {y[(y < 0) | (y > 1)][0]:g}; the targets of "
                    f"{loss or 'classes'} are of [0, 1]"
                )
        arrays["y"] = y
    return arrays


def check_classes(y: np.ndarray) -> None:
    """Raise an error if all targets are one class.

    Raises
    ------
    GraphError
        Naming the class.
    """
    if len(y) > 1 and (y == y[0]).all():
        one = int(y[0].argmax()) if y.ndim > 1 and y.shape[1] > 1 else y[0].item()
        raise GraphError(
            f"all {len(y)} targets are of class {one:g}; a classifier needs two classes at least"
        )


def _array(node: Node, rows: Any, what: str, all_rows: bool) -> np.ndarray:
    """Return data for an input as floats; classes in rows of 0 and 1 where these are taken."""
    array = _numbers(node.name, rows, what)
    is_labels = array.ndim == 1 and np.asarray(rows).dtype.kind in "iu"
    is_vector = len(node.shape) == 1 and node.shape[0] != len(array)  # of one example
    has_rows = is_vector or len(node.shape) == 2
    if node.name in TARGETS and array.ndim == 1 and has_rows and node.shape[-1] == 1:
        return array[:, None]
    if node.name in TARGETS and is_labels and has_rows:
        classes = node.shape[-1]
        if isinstance(classes, int) and classes > 1:
            if all_rows:
                check_classes(array)
            return network_data.one_hot(array, classes)
    return array


def _numbers(name: str, rows: Any, what: str) -> np.ndarray:
    try:
        array = np.asarray(rows)
        if array.dtype.kind not in "biufO":
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise GraphError(
            f"the {what} for {name!r} are no numbers; give an array of numbers, classes as 0, 1, …"
        ) from None
    if not array.ndim:
        raise GraphError(f"the {what} for {name!r} are one number; give a row for each example")
    return array


def _check_finite(name: str, array: np.ndarray, what: str) -> None:
    if np.isfinite(array).all():
        return
    row, *rest = (int(k) for k in np.argwhere(~np.isfinite(array))[0])
    column = f", entry {', '.join(map(str, rest))}" if rest else ""
    raise GraphError(
        f"the {what} for {name!r} have {array[row, *rest]} in row {row}{column}; leave such rows "
        "out, or fill in what is missing"
    )
