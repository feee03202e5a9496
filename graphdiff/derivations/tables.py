"""Runs as tables: rows of plain text for people, plain data for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.rounded_zeros import as_shown
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import Edge
from graphdiff.language.shapes import shown
from graphdiff.notation import text
from graphdiff.notation.display import Table as Table
from graphdiff.notation.notation import USUAL, Notation, current


def tables(run: Run, digits: int = 6, notation: Notation = USUAL) -> list[Table]:
    """Return the forward values and P of every node, and every local Jacobian."""
    with symbols.writing(notation, run.graph):
        return _tables(as_shown(run), digits)


def _tables(run: Run, digits: int) -> list[Table]:
    swept = run.output is not None
    shaped = edge_formulas.has_tensors(run.graph)
    columns = (
        "u^i",
        "node",
        "kind",
        *(("shape",) if shaped else ()),
        "formula",
        "value",
        *((_P_heading(run),) if swept else ()),
    )
    rows = tuple(
        (
            symbols.u(node).text, node.name, node.kind, *((_shape(node),) if shaped else ()),
            "" if node.is_leaf else node.formula,
            text.value(run.value[node.name], node.shape, digits),
            *((_P(run, node, digits),) if swept else ()),
        )
        for node in run.graph.nodes
    )  # fmt: skip
    title = one_line(run.graph.title) or "Graph"
    result = [Table(f"{title}: values", columns, rows)]
    if swept:
        columns = ("edge", "J", *(("d^i × d^j",) if shaped else ()), "formula", "value")
        result.append(Table("Local Jacobians", columns, tuple(_edges(run, digits))))
    return result


def _shape(node: Node) -> str:
    return shown(node.shape) if node.shape else ""


def _P_heading(run: Run) -> str:
    heading = f"d{run.output}/du^i"
    if current().is_usual:
        heading = f"P = {heading}"
    if not edge_formulas.has_tensors(run.graph):
        return heading
    d = run.graph[run.output or ""].size
    return f"{heading}, in the shape of u^i" if d == 1 else f"{heading}, of {d} rows"


def _P(run: Run, node: Node, digits: int) -> str:
    if node.name in run.disconnected:
        return "0 (not connected)"
    return text.value(*edge_formulas.P(run, node), digits) if node.name in run.P else ""


def _edges(run: Run, digits: int) -> Iterator[tuple[str, ...]]:
    shaped = edge_formulas.has_tensors(run.graph)
    for edge in run.graph.edges:
        rows, columns = edge_formulas.dimensions(edge)
        slot = f" ({edge.slot + 1})" if edge.is_repeated else ""
        term = run.term(edge)
        yield (
            f"{current().numbered(edge.parent.index)} -> {current().numbered(edge.child.index)}",
            f"{symbols.J(edge.parent, edge.child).text}{slot}",
            *((f"{rows} × {columns}",) if shaped else ()),
            _formula(edge),
            text.value(*edge_formulas.J(edge, term.J), digits) if term and term.is_made else "",
        )


MAX_FORMULA = 200
"""Characters of a local Jacobian of tensors."""


def _formula(edge: Edge) -> str:
    found = edge_formulas.formula(edge)
    if found is None or (edge.child.shape and len(found.text) > MAX_FORMULA):
        return ""
    return found.text


MAX_ENTRIES = 100_000
"""Entries of a local Jacobian among plain data."""


def data(run: Run) -> dict[str, Any]:
    """Return a run as plain data: ``output``, and a record for each node and each edge.

    Exact numbers are texts, others floats; arrays are nested lists, samples of them lists of
    those. Where a node is a tensor, nodes have a ``shape``, and a ``gradient`` in that shape,
    while ``P`` and ``J`` are matrices; edges have ``dimensions``, and a ``J`` of more than
    ``MAX_ENTRIES`` entries is null.
    """
    shaped = edge_formulas.has_tensors(run.graph)
    nodes = []
    for node in run.graph.nodes:
        record: dict[str, Any] = {
            "index": node.index,
            "name": node.name,
            "kind": node.kind,
            **({"shape": list(node.shape)} if shaped else {}),
            "formula": None if node.is_leaf else node.formula,
            "parents": [parent.name for parent in node.parents],
            "value": plain(run.value[node.name]),
        }
        if run.output is not None and node.name in run.P:
            record["P"] = plain(run.P[node.name])
            if shaped:
                record["gradient"] = plain(run.gradient[node.name])
            record["connected"] = node.name not in run.disconnected
        nodes.append(record)
    edges = [
        {
            "parent": j,
            "child": term.child,
            "slot": term.slot,
            **({"dimensions": [run.graph[term.child].size, run.graph[j].size]} if shaped else {}),
            "J": plain(term.J) if term.is_made and np.size(term.J) <= MAX_ENTRIES else None,
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
    """Return a number as JSON holds it, and an array as lists of them."""
    if isinstance(value, np.ndarray | list):
        return [plain(entry) for entry in value]
    if isinstance(value, np.generic):
        return value.item()
    return value if isinstance(value, int | float) else str(value)
