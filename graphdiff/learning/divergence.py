"""A training whose numbers are no longer finite: where that began, and what helps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import run_backward
from graphdiff.notation import text
from graphdiff.optimisers.method import Method
from graphdiff.workbench import Graph


def diverged(
    graph: Graph, output: str, given: Mapping[str, Any], value: Any, method: Method, when: str,
    step: int,
) -> NumericalError:  # fmt: skip
    """Return the error for a value that is not finite.

    Parameters
    ----------
    graph, output, given
        The graph, the name of the objective, and the values of leaves over those it holds.
    value
        What was found.
    method, when, step
        The method, the step in words, and its number.
    """
    where = first_not_finite(graph, output, given) or f"{output!r} is {value}"
    helps = "scale the inputs to about 1, or bound the parameters, max_norm=3"
    if method.search is None:
        rate = text.number(float(method.rate(FLOAT64, max(step, 1))))
        helps = f"take a smaller learning rate than {rate}, {helps}"
    return NumericalError(f"the training diverged in {when}: {where}; {helps}")


def first_not_finite(graph: Graph, output: str, given: Mapping[str, Any]) -> str:
    """Return what is the first that is not finite, in words; nothing if all is."""
    for name, one in given.items():
        if not np.isfinite(one).all():
            bad = np.asarray(one)[~np.isfinite(one)].flat[0]
            return f"{name!r} has the value {bad}"
    held = {leaf.name: leaf.value for leaf in graph.leaves if leaf.value is not None}
    try:
        run_backward(graph, graph[output], {**held, **given})
    except NumericalError as error:
        return str(error)
    return ""
