"""Compiled programs of graphs in which everything the output depends on is a scalar.

Three forms, chosen by the graph's shape: plain Python floats for small graphs, groups of alike
nodes in NumPy for wide ones, values one after the other and one triangular solve for deep thin
ones. A fourth, a tape for a compiled interpreter, is made where it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.program.scalars import costs
from graphdiff.program.scalars.floats import FloatProgram, float_program
from graphdiff.program.scalars.grouped import grouped_program
from graphdiff.program.scalars.index_arrays import IndexArrays, network_of
from graphdiff.program.scalars.layout import Leveled, leveled
from graphdiff.program.scalars.sequential import sequential_program
from graphdiff.program.scalars.taped import taped_program

__all__ = ["DESCRIBED", "FloatProgram", "ScalarProgram", "float_step", "scalar_program"]

Kind = Literal["floats", "grouped", "sequential", "taped"]
KINDS: tuple[Kind, ...] = ("floats", "grouped", "sequential", "taped")
DESCRIBED: Mapping[str, str] = {
    "floats": "plain Python on floats",
    "grouped": "alike nodes of a level together, in NumPy",
    "sequential": "one value after the other, then all partials and one triangular solve",
    "taped": "a tape of operations for an interpreter that numba has compiled",
}
"""What the forms are, in words."""
SMALL = 300
"""Edges below which a graph is plain Python."""
MAX_LINES = 40_000
"""Lines of a generated program."""
MANY_LINES = 10_000
"""Lines from which on a program must be worth its compiling."""
WORTH = 0.7
"""What it may then take of the time of the others."""


class ScalarProgram(Protocol):
    """A compiled graph of scalars.

    Attributes
    ----------
    kind
        ``"floats"``, ``"grouped"``, ``"sequential"`` or ``"taped"``.
    why
        Why this form was chosen.
    source
        The program, readable.
    """

    @property
    def kind(self) -> str:
        """The form."""
        ...

    @property
    def why(self) -> str:
        """Why this form was chosen."""
        ...

    @property
    def source(self) -> str:
        """The program, readable."""
        ...

    def __call__(self, leaves: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the value and the gradient for the values of all leaves, in order."""
        ...


def scalar_program(
    graph: ComputationalGraph,
    output: Node,
    wrt: Sequence[Node],
    *,
    kind: Kind | None = None,
    **options: Any,
) -> ScalarProgram:
    """Return what computes an output and its gradient.

    Parameters
    ----------
    output
        The node to differentiate; all that it depends on is scalar.
    wrt
        The nodes to differentiate it in, leaves or others.
    kind
        The form; left out, the one that suits the graph.
    **options
        What the function of a program on floats returns: the options of
        :func:`~graphdiff.program.scalars.floats.float_program`.

    Raises
    ------
    GraphError
        For a kind that does not exist, and a tape where numba is missing or a function has no
        operation on it.
    """
    network = network_of(graph, output, wrt)
    parts = None
    if kind is not None:
        if kind not in KINDS:
            raise GraphError(
                f"there is no kind {kind!r} of program; choose one of {', '.join(KINDS)}"
            )
        why = "asked for"
    else:
        kind, why, parts = _chosen(network)
    if kind == "taped" and not len(network.needed):
        kind, why = "floats", "nothing is computed"
    if kind == "floats":
        most = MAX_LINES if why != "asked for" else None
        program = float_program(network, why=why, most=most, **options)
        if program is not None:
            return program
        kind, why = "sequential", "its plain Python would be too long"
    if kind == "grouped":
        return grouped_program(network, why, parts)
    if kind == "taped":
        return taped_program(network, why)
    return sequential_program(network, why)


def float_step(
    graph: ComputationalGraph, output: Node, wrt: Sequence[Node], **options: Any
) -> FloatProgram | None:
    """Return a graph as a program on plain floats, None if it is not small.

    Its ``function(general)`` is the function to call; ``options`` are those of
    :func:`~graphdiff.program.scalars.floats.float_program`.
    """
    network = network_of(graph, output, wrt)
    kind, why, _ = _chosen(network)
    return float_program(network, most=MAX_LINES, why=why, **options) if kind == "floats" else None


class Choice(NamedTuple):
    """The form that suits a graph, and why; its parts, if it has been taken apart for that."""

    kind: Kind
    why: str
    parts: Leveled | None = None


def _chosen(network: IndexArrays) -> Choice:
    """Return the form whose calls are estimated to be the fastest."""
    edges, nodes = network.edges, len(network.needed)
    if edges < SMALL or not nodes:
        return Choice("floats", f"{edges} edges, fewer than {SMALL}")
    graph = costs.counted(network)
    seconds: dict[Kind, float] = {"sequential": costs.of_sequence(network, graph)}
    best = seconds["sequential"]
    if 2 * edges < MAX_LINES:
        seconds["floats"] = costs.of_floats(network, graph)
        long = 2 * edges >= MANY_LINES and len(network.functions) <= nodes // 10
        if seconds["floats"] < (WORTH if long else 1) * best:
            best = seconds["floats"]
    parts = None
    seconds["grouped"] = costs.least_of_groups(network, best)
    if seconds["grouped"] < best:
        parts = leveled(network)
        seconds["grouped"] = costs.of_groups(network, parts)
        best = min(best, seconds["grouped"])
    kind: Kind = next(kind for kind in KINDS if seconds.get(kind) == best)
    others = ", ".join(
        f"{'at least ' if other == 'grouped' and parts is None else ''}"
        f"{1e3 * seconds[other]:.2g} ms as {other}"
        for other in sorted(seconds, key=lambda kind: seconds[kind])
        if other != kind
    )
    why = f"{nodes} nodes, {edges} edges, some {1e3 * best:.2g} ms a call; {others}"
    return Choice(kind, why, parts)
