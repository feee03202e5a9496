"""The notation of a picture in which a node has the name of a derivative."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from graphdiff.drawing.options import Options
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation.name_families import member

TAKEN = "P", "J"
"""What derivatives are called where nothing else is asked for."""
_WORD = re.compile(r"[{\s]*(\w[^\W_]*)")


def chosen(graph: ComputationalGraph, choices: Mapping[str, Any]) -> Options:
    """Return choices as options; a notation for nodes called P or J, if none is asked for.

    Derivatives are then ∂L/∂w, and no number of a node P is taken for one.

    Examples
    --------
    >>> graph = ComputationalGraph()
    >>> _ = graph.input("P_1")
    >>> chosen(graph, {}).notation.derivatives
    'partial'
    >>> chosen(graph, {"notation": "P"}).notation.derivatives
    'P'
    """
    options = Options(**choices)
    if choices.get("notation") is not None:
        return options
    labels = {**graph.labels, **options.labels}
    if any(_called(node, labels) in TAKEN for node in graph.nodes):
        return replace(options, notation="partial")
    return options


def _called(node: Node, labels: Mapping[str, str]) -> str:
    """Return the letters of a node's name, or label, without what is below and above them."""
    if (label := labels.get(node.name)) is not None:
        found = _WORD.match(label)
        return found[1] if found else ""
    return member(node.name).family.stem
