"""The run that a graph has when it is divided into single operations."""

from __future__ import annotations

from graphdiff.errors import DrawingError, NumericalError
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run, run_backward, run_forward
from graphdiff.graph import ComputationalGraph


def swept(graph: ComputationalGraph, run: Run) -> Run:
    """Return a run with the values of its leaves on a graph of the same names, divided.

    Raises
    ------
    DrawingError
        If an operation has no value, though the formula it is part of has one.
    """
    given = {leaf.name: run.value[leaf.name] for leaf in run.graph.leaves}
    try:
        if run.output is None:
            return as_shown(run_forward(graph, given, exact=run.exact))
        wrt = [graph[name] for name in run.P]
        found = run_backward(graph, graph[run.output], given, wrt=wrt, exact=run.exact)
        return as_shown(found)
    except NumericalError as error:
        raise DrawingError(
            f"in a circuit each operation has a value, but {error}; draw the formulas whole, with "
            "style='graph'"
        ) from None
