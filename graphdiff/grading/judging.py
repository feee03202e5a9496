"""The verdicts on what a submission says: by the graph, the values and the rules of somebody else.

So a class is graded, and so one file is checked against a graph given beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from graphdiff import checking
from graphdiff.checking.judge import Options
from graphdiff.checking.pages.check import check_page
from graphdiff.checking.report import Report
from graphdiff.checking.targets import Target
from graphdiff.files import formats
from graphdiff.files.tolerance import tolerance
from graphdiff.files.worksheet import Case, Worksheet
from graphdiff.grading.own_graph import own_graph, verdicts_of, with_credit
from graphdiff.grading.submission import is_page, submission_of
from graphdiff.graph import ComputationalGraph, Node

OF_GRAPH = "its own graph, which is not used"
"""What the verdicts on a graph in a submission stand under."""


def judged(
    graph: ComputationalGraph,
    sheet: Worksheet,
    file: str,
    text: str,
    values: Mapping[str, Any] | None = None,
    output: Node | None = None,
    *,
    strict: bool = False,
    diagnose: bool = True,
    own_values: bool = False,
    asked: Iterable[Target] = (),
) -> Report:
    """Return the verdicts on all that a submission says, a file of claims or a page.

    Parameters
    ----------
    graph, sheet
        What counts: the graph, and tolerance, learning rate, tangents and what is supposed.
    file
        The name of the submission, which says what it is.
    values
        Other values for leaves of the graph.
    own_values
        Whether a page may have values of leaves, where the graph has none.
    asked
        What is asked for, which is judged before the rest of a page if time is short.

    Raises
    ------
    GraphdiffError
        If it cannot be read.
    """
    if is_page(file):
        allowed = None if sheet.tolerance is None else tolerance(sheet.tolerance)
        return check_page(
            graph, text, PurePath(file).suffix, {**sheet.suppose, **(values or {})}, output,
            learning_rate=sheet.learning_rate, own_values=own_values,
            options=Options(allowed, strict, diagnose=diagnose), asked=asked,
        )  # fmt: skip
    is_json = formats.is_json(file, text)
    said = submission_of(text, graph, is_json=is_json)
    cases = (Case(OF_GRAPH, {}, said.nodes),) if said.nodes else ()
    claimed = replace(sheet, claims=said.claims, cases=cases, grading=None)
    report = checking.check(graph, claimed, values or {}, output, strict=strict, diagnose=diagnose)
    if said.nodes and (own := own_graph(graph, said.formulas)) is not None:
        report = with_credit(report, verdicts_of(own, claimed, values or {}, strict=strict))
    return replace(report, remarks=(*said.remarks, *report.remarks))
