"""Pages as files: read, and checked against a graph or the one they define."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphdiff.checking.judge import Options
from graphdiff.checking.pages import building
from graphdiff.checking.pages.check import check_page
from graphdiff.checking.pages.lines import claims_of
from graphdiff.checking.report import Report
from graphdiff.errors import GraphdiffError
from graphdiff.files.pages.extraction import extract, page_text
from graphdiff.files.tolerance import tolerance as read_tolerance
from graphdiff.graph import ComputationalGraph, Node


def check_file(
    graph: ComputationalGraph,
    path: str | os.PathLike[str],
    values: Mapping[str, Any],
    output: Node | None = None,
    *,
    tolerance: Any = None,
    learning_rate: Any = None,
    strict: bool = False,
    diagnose: bool = True,
) -> Report:
    """Judge the lines of a page; see :meth:`graphdiff.Graph.check_file`."""
    options = Options(
        None if tolerance is None else read_tolerance(tolerance), strict, diagnose=diagnose
    )
    page = page_text(path)
    try:
        report = check_page(
            graph, page.text, Path(path).suffix, values, output,
            learning_rate=learning_rate, options=options,
        )  # fmt: skip
    except GraphdiffError as error:
        raise type(error)(f"{path!s}: {error}") from None
    return report.remarked(page.remark)


def build_from_page(graph: ComputationalGraph, path: str | os.PathLike[str]) -> None:
    """Add the nodes that a page defines to an empty graph."""
    text = page_text(path).text
    try:
        building.build(graph, claims_of(extract(text, Path(path).suffix)))
    except GraphdiffError as error:
        raise type(error)(f"{path!s}: {error}") from None
    graph._output = building.output_name(graph)
