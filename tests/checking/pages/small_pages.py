"""Small pages of one kind each: what is read on them, and what is found wrong."""

from __future__ import annotations

from pathlib import Path

import graphdiff as gd
from graphdiff.checking.report import Report

ACCEPTED = ("correct", "rounded", "convention", "given", "says-nothing")


def check(graph: gd.Graph, text: str, folder: Path, kind: str = "md") -> Report:
    """Return the report on a page."""
    path = folder / f"page.{kind}"
    path.write_text(text, encoding="utf-8")
    return graph.check_file(path)


def verdicts(report: Report) -> list[str]:
    """Return the verdicts, one after the other."""
    return [result.verdict for result in report]


def assert_right(graph: gd.Graph, text: str, folder: Path, kind: str = "md") -> Report:
    """Ask that all of a page is read and accepted."""
    report = check(graph, text, folder, kind)
    assert len(report), "nothing was read"
    assert all(result.verdict in ACCEPTED for result in report), str(report)
    return report


def assert_wrong(graph: gd.Graph, formula: str, folder: Path) -> Report:
    """Ask that the last link of a formula, alone on its page, is accused."""
    report = check(graph, f"$${formula}$$\n", folder)
    assert verdicts(report)[-1] in ("wrong", "coincidental"), str(report)
    return report
