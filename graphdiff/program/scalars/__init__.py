"""Compiled programs of graphs in which everything the output depends on is a scalar.

Three forms, chosen by the graph's shape: plain Python floats for small graphs, groups of alike
nodes in NumPy for wide ones, values one after the other and one triangular solve for deep thin
ones. A fourth, a tape for a compiled interpreter, is made where it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.program.scalars.floats import FloatProgram, float_program
from graphdiff.program.scalars.grouped import grouped_program
from graphdiff.program.scalars.index_arrays import IndexArrays, levels_of, network_of
from graphdiff.program.scalars.sequential import sequential_program
from graphdiff.program.scalars.taped import taped_program

__all__ = ["FloatProgram", "ScalarProgram", "float_step", "scalar_program"]

Kind = Literal["floats", "grouped", "sequential", "taped"]
KINDS: tuple[Kind, ...] = ("floats", "grouped", "sequential", "taped")
SMALL = 300
"""Edges below which a graph is plain Python."""
MAX_LINES = 10_000
"""Lines of a generated program, where nodes are alike."""
MAX_LINES_DISTINCT = 40_000
"""Lines where most nodes have a function of their own, so that nothing can be grouped."""
PER_EDGE: dict[Kind, float] = {"floats": 80e-9, "grouped": 4e-9, "sequential": 50e-9}
"""Seconds that an edge takes, roughly."""
PER_GROUP = 15e-6
"""Seconds that a group of nodes takes, be it of one node."""


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
    if kind is not None:
        if kind not in KINDS:
            raise GraphError(
                f"there is no kind {kind!r} of program; choose one of {', '.join(KINDS)}"
            )
        why = "asked for"
    else:
        kind, why = _chosen(network)
    if kind == "taped" and not network.needed:
        kind, why = "floats", "nothing is computed"
    if kind == "floats":
        most = MAX_LINES_DISTINCT if why != "asked for" else None
        program = float_program(network, why=why, most=most, **options)
        if program is not None:
            return program
        kind, why = "sequential", "its plain Python would be too long"
    if kind == "grouped":
        return grouped_program(network, why)
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
    kind, why = _chosen(network)
    return (
        float_program(network, most=MAX_LINES_DISTINCT, why=why, **options)
        if kind == "floats"
        else None
    )


def _chosen(network: IndexArrays) -> tuple[Kind, str]:
    """Return the form that suits a graph, and why."""
    edges, nodes = network.edges, len(network.needed)
    if edges < SMALL or not nodes:
        return "floats", f"{edges} edges, fewer than {SMALL}"
    levels = levels_of(network)
    groups = len(set(zip(levels, network.kinds, strict=True)))
    shape = f"{nodes} nodes in {max(levels)} levels, {groups} groups of alike nodes in a level"
    seconds: dict[Kind, float] = {
        "grouped": PER_GROUP * _joined(network, levels, groups) + PER_EDGE["grouped"] * edges,
        "sequential": PER_EDGE["sequential"] * edges + PER_GROUP * len(network.functions),
    }
    distinct = len(network.functions) > nodes // 10
    if 2 * edges < (MAX_LINES_DISTINCT if distinct else MAX_LINES):
        seconds["floats"] = PER_EDGE["floats"] * edges
    return min(seconds, key=lambda kind: seconds[kind]), shape


def _joined(network: IndexArrays, levels: list[int], groups: int) -> int:
    """Return the groups there are once sums spread over many nodes are one again."""
    if groups < MAX_LINES // 100:
        return groups
    plain = [_is_sum(function.program[-1]) for function in network.functions]
    others = {pair for pair in zip(levels, network.kinds, strict=True) if not plain[pair[1]]}
    return groups if len(others) > groups // 2 else _levels_without(network, plain)


def _is_sum(line: Any) -> bool:
    return getattr(getattr(line, "function", None), "name", "") in ("add", "sub", "neg", "mul")


def _levels_without(network: IndexArrays, plain: list[bool]) -> int:
    """Return the levels where sums and products count as none."""
    level = [0] * len(network.nodes)
    start = 0
    for place, end, kind in zip(network.needed, network.ends[1:], network.kinds, strict=True):
        highest = max((level[parent] for parent in network.parents[start:end]), default=0)
        level[place] = highest + (not plain[kind])
        start = end
    return 3 * max(level, default=0) + 3
