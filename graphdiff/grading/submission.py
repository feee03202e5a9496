"""What a submission says: its claims, and nothing else of it counts.

Values, learning rate and tolerance are the assignment's. A graph in a submission is not used; what
it has otherwise than the assignment's is judged beside the claims.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from graphdiff.errors import FileError, quoted_list
from graphdiff.files import document, formats
from graphdiff.files.taming import tamed
from graphdiff.files.worksheet import Claims, claims_of
from graphdiff.graph import ComputationalGraph

MAX_NODES = 500
"""Nodes of a graph in a submission that are compared with the assignment's."""

NOT_USED = {
    "nodes": "graph",
    "inputs": "values of inputs",
    "parameters": "values of parameters",
    "tolerance": "tolerance",
    "descent": "learning rate",
    "suppose": "supposed values",
    "tangent": "tangents",
    "cases": "cases",
    "grading": "grading",
}
"""What a file may have that does not count, and what it is called."""


@dataclass(frozen=True)
class Submission:
    """What a file of claims says.

    Attributes
    ----------
    claims
        Pairs of a target and what is claimed of it, in order.
    formulas
        The formulas of all computed nodes, by name.
    nodes
        Those that are written otherwise than those of the assignment.
    remarks
        What of it does not count.
    """

    claims: Claims
    formulas: Claims = ()
    nodes: Claims = ()
    remarks: tuple[str, ...] = ()


def is_page(name: str) -> bool:
    """Whether a file is a page, by its name, and no file of claims."""
    return PurePath(name).suffix.lower() not in formats.SUFFIXES


def submission_of(source: str, graph: ComputationalGraph, *, is_json: bool = False) -> Submission:
    r"""Read a file of claims: ``[claims]`` in TOML or JSON, a graph file, or targets alone.

    Raises
    ------
    FileError
        If it cannot be read, or claims nothing.

    Examples
    --------
    >>> graph = ComputationalGraph()
    >>> _ = graph.node("L", graph.parameter("w", 3) ** 2)
    >>> submission_of('"dL/dw" = ["2*w", 6]', graph).claims
    (('dL/dw', ['2*w', 6]),)
    >>> submission_of('[claims]\nL = 9\n[descent]\nlearning_rate = 1', graph).remarks
    ("its learning rate is not used; the assignment's counts",)
    """
    try:
        content = _content(source, is_json=is_json)
    except FileError as error:
        raise FileError(str(error).removeprefix("not a graph: ")) from None
    if not isinstance(content, Mapping):
        raise FileError('it must be an object with "claims": {"dL/dw": 8}')
    sections = {*document.SECTIONS, "format", "version", "edges"}
    if not sections & content.keys():
        content = {"claims": content}
    claims = claims_of(content.get("claims", {}), "claims")
    if not claims:
        raise FileError('it has no claims; write [claims], and below "dL/dw" = 8')
    unused = [called for key, called in NOT_USED.items() if content.get(key)]
    remarks = [_not_used(unused)] if unused else []
    nodes, unknown = _nodes(content, graph)
    if unknown:
        remarks.append(f"its nodes {quoted_list(unknown)} are not in the graph of the assignment")
    filled = tuple(pair for pair in claims if not _is_blank(pair[1]))
    return Submission(filled, tuple(_formulas(content)), nodes, tuple(remarks))


def _content(source: str, *, is_json: bool) -> Any:
    """Return what a text holds; what no parser takes is text in it, and costs its own claim."""
    read = formats.objects if is_json else formats.tables
    try:
        return read(source)
    except FileError:
        readable = tamed(source)
        if readable == source:
            raise
        return read(readable)


def _is_blank(claim: Any) -> bool:
    """Whether a line of a form was not filled in."""
    return isinstance(claim, str) and not claim.strip()


def _not_used(words: list[str]) -> str:
    *before, last = words
    if before or last.endswith("s"):
        listed = f"{', '.join(before)} and {last}" if before else last
        return f"its {listed} are not used; the assignment's count"
    return f"its {last} is not used; the assignment's counts"


def _nodes(content: Mapping[str, Any], graph: ComputationalGraph) -> tuple[Claims, list[str]]:
    """Return the formulas that are not written as the assignment's, and unknown names."""
    other, unknown = list[tuple[str, Any]](), list[str]()
    for count, (name, formula) in enumerate(_formulas(content)):
        if count >= MAX_NODES:
            break
        if name not in graph:
            unknown.append(name)
        elif graph[name].is_leaf or _closed(graph[name].formula) != _closed(formula):
            other.append((name, formula))
    return tuple(other), unknown


def _formulas(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the formulas of computed nodes, of TOML and of JSON in node-link form."""
    nodes = content.get("nodes")
    if isinstance(nodes, Mapping):
        yield from ((name, str(formula)) for name, formula in nodes.items())
        return
    for node in nodes if isinstance(nodes, list) else []:
        if isinstance(node, Mapping) and isinstance(node.get("expression"), str):
            yield str(node.get("id")), node["expression"]


def _closed(formula: str) -> str:
    return "".join(formula.split())
