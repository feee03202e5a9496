"""What is chosen for a training, checked: the objective, what changes, the rows of a batch."""

from __future__ import annotations

import inspect
from typing import Any, TypeGuard

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import Node
from graphdiff.learning.rows import ByRows
from graphdiff.optimisers.changing import changing
from graphdiff.optimisers.method import Method
from graphdiff.workbench import Graph

USUAL_BATCH = 32
"""Rows of a batch where nothing is said."""


def is_whole(number: object) -> TypeGuard[int]:
    """Whether it is a whole number, of Python or of NumPy, and no truth value."""
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def whole(number: Any, name: str, least: int = 1) -> int:
    """Return a whole number that is large enough, or raise an error."""
    if not is_whole(number) or number < least:
        raise GraphError(f"{name} is {number!r:.40}; give a whole number, at least {least}")
    return int(number)


def check_takes(function: Any, what: str, *arguments: str) -> None:
    """Raise an error if a function cannot be called with so many arguments, named in the error."""
    try:
        inspect.signature(function).bind(*arguments)
    except TypeError as error:
        given = " and ".join(arguments) or "no arguments"
        raise GraphError(f"{what} is called with {given}: {error}") from None
    except ValueError:
        pass  # of one in C nothing is known


def target_of(graph: Graph, output: Any) -> Node:
    """Return what is minimised, a number."""
    node = graph.output if output is None else graph[output]
    if node.size != 1:
        raise GraphError(
            f"{node.name!r} has {node.size} entries; training goes down the gradient of one "
            "number, such as a mean of them"
        )
    return node


def parameters_of(graph: Graph, wrt: Any, target: Node) -> list[Node]:
    """Return the parameters that change, those the output depends on."""
    chosen = changing(graph, wrt)
    before = graph.ancestors(target)
    used = [node for node in chosen if node.name in before]
    if not used:
        raise GraphError(
            f"{target.name!r} depends on no parameter that could change; add some with "
            "graph.parameter"
        )
    return used


def batch_size_of(given: Any, rows: int, of: ByRows, method: Method) -> int:
    """Return how many rows make a batch: all of them for methods that need more than gradients."""
    usual = of.fixed or (min(USUAL_BATCH, rows) if method.is_of_gradients else rows)
    size = usual if given is None else whole(given, "batch_size")
    if size < rows and not method.is_of_gradients:
        raise GraphError(
            f"a batch has {size} of {rows} rows; {method.rule.title} compares values or gradients, "
            "which must be of the same rows: let a batch be all rows, or take a method such as adam"
        )
    if size > rows:
        raise GraphError(
            f"a batch has {size} rows, and the data {rows}; give a batch_size of 1 to {rows}"
        )
    if of.fixed is not None and size != of.fixed:
        raise GraphError(
            f"the graph takes {of.fixed} rows at once, not {size}; declare the leading axis of its "
            'inputs with a letter, shape=("m", …), for batches of any size'
        )
    return size
