"""Runs as tables: rows of plain text for people, plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from graphdiff import symbolic
from graphdiff.graph import Node
from graphdiff.notation import text
from graphdiff.run import Run


class Table(NamedTuple):
    """A table: its title, the names of its columns, and the rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(run: Run, digits: int = 6) -> list[Table]:
    """Return the forward values and P of every node, and every local Jacobian."""
    swept = run.output is not None
    columns = ("u^i", "node", "kind", "formula", "value")
    rows = tuple(
        (
            f"u^{node.index}", node.name, node.kind, "" if node.is_leaf else node.formula,
            text.number(run.value[node.name], digits),
            *((_P(run, node, digits),) if swept else ()),
        )
        for node in run.graph.nodes
    )  # fmt: skip
    title = run.graph.title or "Graph"
    result = [Table(f"{title}: values", (*columns, f"P = d{run.output}/du^i")[: 5 + swept], rows)]
    if swept:
        result.append(
            Table("Local Jacobians", ("edge", "J", "formula", "value"), tuple(_edges(run, digits)))
        )
    return result


def _P(run: Run, node: Node, digits: int) -> str:
    if node.name in run.disconnected:
        return "0 (not connected)"
    return text.number(run.P[node.name], digits) if node.name in run.P else ""


def _edges(run: Run, digits: int) -> Iterator[tuple[str, ...]]:
    for edge in run.graph.edges:
        formula = symbolic.tidied(symbolic.edge_jacobian(edge))
        slot = f" ({edge.slot + 1})" if edge.child.parents.count(edge.parent) > 1 else ""
        term = run.term(edge)
        yield (
            f"{edge.parent.index} -> {edge.child.index}",
            f"J[{edge.parent.name}->{edge.child.name}]{slot}",
            text.symbolic(formula),
            "" if term is None else text.number(term.J, digits),
        )


def data(run: Run) -> dict[str, Any]:
    """Return a run as plain data: ``output``, and a record for each node and each edge.

    Exact numbers are texts, others floats, batches lists.
    """
    nodes = []
    for node in run.graph.nodes:
        record: dict[str, Any] = {
            "index": node.index,
            "name": node.name,
            "kind": node.kind,
            "formula": None if node.is_leaf else node.formula,
            "parents": [parent.name for parent in node.parents],
            "value": plain(run.value[node.name]),
        }
        if run.output is not None and node.name in run.P:
            record["P"] = plain(run.P[node.name])
            record["connected"] = node.name not in run.disconnected
        nodes.append(record)
    edges = [
        {
            "parent": j,
            "child": term.child,
            "slot": term.slot,
            "J": plain(term.J),
            "term": plain(term.product),
        }
        for j, terms in run.terms.items()
        for term in terms
    ]
    return {
        "title": run.graph.title,
        "output": run.output,
        "exact": run.exact,
        "nodes": nodes,
        "edges": edges,
    }


def plain(value: Any) -> Any:
    """Return a number as JSON holds it."""
    if isinstance(value, np.ndarray):
        return [plain(entry) for entry in value.tolist()]
    return value if isinstance(value, int | float) else str(value)
