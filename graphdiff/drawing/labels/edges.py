"""What is said on an edge: between scalars its local Jacobian, between tensors its rule."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from graphdiff.derivations.edge_formulas import is_of_tensors
from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.labels import backward_rules, jacobians
from graphdiff.drawing.labels.description import EdgeLabel
from graphdiff.drawing.labels.jacobians import Said
from graphdiff.drawing.options import Options
from graphdiff.drawing.shown import EDGES
from graphdiff.evaluation.run import Run
from graphdiff.graph.structure import Edge


def edge_labels(
    edges: Iterable[Edge],
    run: Run | None,
    options: Options,
    told: Container[str] | None = None,
) -> Iterator[EdgeLabel]:
    """Yield what is said on edges; nothing on those from a node whose P is not told."""
    reverse = run is not None and run.output is not None
    of_all = options
    for edge in edges:
        parent, child, slot = edge
        options = of_all.of(f"{parent.name}{ARROW}{child.name}", EDGES)
        said = Said()
        if told is None or parent.name in told:
            said = (backward_rules if is_of_tensors(edge) else jacobians).said(edge, run, options)
        yield EdgeLabel(
            parent.name,
            child.name,
            parent.index,
            child.index,
            slot,
            said.phrases,
            f"{parent.name} → {child.name}" + (f": {said.summary}" if said.summary else ""),
            edge.is_repeated,
            reverse and run is not None and child.name in run.disconnected,
            said.brief,
            said.equation,
            held=said.held,
        )
