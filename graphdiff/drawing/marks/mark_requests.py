"""The marks that a caller asks for: the paths from a node, and a report's wrong claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graphdiff.checking.report import Report
from graphdiff.derivations.path_sums import paths as sum_over_paths
from graphdiff.drawing.marks.claim_marks import marks_of_report
from graphdiff.drawing.marks.path_marks import marks_of_paths
from graphdiff.drawing.marks.pointed import marks_of_highlights
from graphdiff.drawing.marks.record import Marks
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.collapse import card_indices
from graphdiff.drawing.reduced.limits import plan
from graphdiff.errors import DrawingError
from graphdiff.evaluation.run import Run, run_backward
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.recognition.alike_nodes import Part

Ends = Node | str | int | Sequence[Node | str | int]
"""A node whose paths to the output are meant; or a node and another that they lead to."""


def marks_for(
    graph: ComputationalGraph,
    run: Run | None,
    options: Options,
    *,
    paths: Ends | None = None,
    check: Report | None = None,
) -> Marks:
    """Return the marks of all paths between two nodes, and of the wrong claims of a report.

    Parameters
    ----------
    run
        The sweep that is drawn. If it is not the reverse sweep from the end of the paths, its
        values are swept again from there.

    Raises
    ------
    DrawingError
        For ends that are no nodes, and a report of another graph.
    """
    marks = Marks()
    indexed = "index" in options.show
    if check is not None:
        if not isinstance(check, Report):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise DrawingError(
                f"check is {check!r:.60}; give the report of a check, check=graph.check({{…}})"
            )
        output = None if run is None or run.output is None else graph[run.output]
        marks += marks_of_report(graph, check, output, indexed=indexed)
    if paths is not None:
        j, n = _ends(graph, run, paths)
        found = sum_over_paths(graph, j, n, _from(run, n, j))
        marks += marks_of_paths(found, options.digits, indexed=indexed)
    marks += marks_of_highlights(graph, options.highlight)
    parts = plan(graph, options).parts if marks else None
    return marks if parts is None else marks.on(_cards(parts))


def _cards(parts: Sequence[Part]) -> dict[int, int]:
    """Return the card each node stands on, by their indices."""
    return {
        node.index: card
        for part, card in zip(parts, card_indices(parts), strict=True)
        for node in part.nodes
    }


def _ends(graph: ComputationalGraph, run: Run | None, given: Any) -> tuple[Node, Node]:
    pair = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else (given,)
    if len(pair) not in (1, 2) or not all(isinstance(end, Node | str | int) for end in pair):
        raise DrawingError(
            f"paths is {given!r:.60}; give a node, paths='w', or two, paths=('w', 'L')"
        )
    j = graph[pair[0]]
    if len(pair) == 2:
        return j, graph[pair[1]]
    return j, graph.output if run is None or run.output is None else graph[run.output]


def _from(run: Run | None, n: Node, j: Node) -> Run | None:
    """Return the reverse sweep from a node at the values of a run."""
    if run is None or (run.output == n.name and j.name in run.P):
        return run
    values = {leaf.name: run.value[leaf.name] for leaf in run.graph.leaves}
    return run_backward(run.graph, n, values, wrt=[j], exact=run.exact)
