"""What is right for the graph of a submission, where that has other formulas than the assignment's.

The assignment's graph says what is right. A line that is not, and would be for the graph that the
student wrote down, follows from the mistake made there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import networkx as nx

from graphdiff import checking
from graphdiff.checking.report import Report, Result, Verdict
from graphdiff.errors import GraphdiffError, quoted_list
from graphdiff.files.document import from_graph, to_graph
from graphdiff.files.tokens import tokens
from graphdiff.files.worksheet import Claims, Worksheet
from graphdiff.graph import ComputationalGraph

FOLLOWING: tuple[Verdict, ...] = ("wrong", "coincidental")
"""Verdicts in place of which it is said that a line follows."""

Verdicts = Mapping[tuple[int, int], Result]
"""Results by the number of their claim and of their link."""


def own_graph(graph: ComputationalGraph, formulas: Claims) -> ComputationalGraph | None:
    """Return a graph with the formulas of a submission in place of its own; None if there is none.

    Leaves and their values are the assignment's, and so are nodes that the submission leaves out.
    """
    try:
        own = ComputationalGraph(output=graph.output.name)  # nodes it has besides are no outputs
        document = from_graph(graph)
        leaves = {*document.inputs, *document.parameters}
        given = {name: str(formula) for name, formula in formulas if name not in leaves}
        nodes = {**document.nodes, **given}
        uses = nx.DiGraph()
        uses.add_nodes_from(nodes)
        for name, formula in nodes.items():
            uses.add_edges_from((w.text, name) for w in tokens(formula) if w.text in nodes)
        ordered = {name: nodes[name] for name in nx.topological_sort(uses)}
        to_graph(replace(document, nodes=ordered, order=(), groups={}, labels={}), own)
    except (GraphdiffError, nx.NetworkXException):
        return None
    return own


def verdicts_of(
    own: ComputationalGraph, sheet: Worksheet, values: Mapping[str, Any], *, strict: bool
) -> Verdicts:
    """Return the verdicts on claims by the graph of a submission."""
    try:
        report = checking.check(
            own, replace(sheet, cases=()), values, strict=strict, diagnose=False
        )
    except GraphdiffError:  # of values that do not fit its nodes
        return {}
    return dict(_numbered(report.results))


def with_credit(report: Report, by_own: Verdicts) -> Report:
    """Return a report in which what is right by a submission's own graph follows from that."""
    formulas = [
        (line, result)
        for line, result in enumerate(report.results, 1)
        if result.case and not result.ok
    ]
    if not formulas:
        return report
    line = formulas[0][0]
    shown = quoted_list(f"{result.target} = {result.claimed}" for _, result in formulas)
    note = f"it is right for the graph handed in, with {shown}"
    results = tuple(
        replace(
            result, verdict="follows", note=note, follows=line, diagnosis=None, wrong_entries=()
        )
        if not result.case and result.verdict in FOLLOWING and key in by_own and by_own[key].ok
        else result
        for key, result in _numbered(report.results)
    )
    return replace(report, results=results)


def _numbered(results: tuple[Result, ...]) -> Iterator[tuple[tuple[int, int], Result]]:
    """Yield results by the number of their claim and of their link."""
    claims = itertools.accumulate(int(result.link == 1) for result in results)
    yield from (
        ((number, result.link), result) for number, result in zip(claims, results, strict=True)
    )
