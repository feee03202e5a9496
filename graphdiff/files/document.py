"""A graph file as a record, between its text and the graph it describes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import sympy as sp

from graphdiff.errors import (
    ExpressionError,
    FileError,
    GraphdiffError,
    GraphError,
    UnknownNameError,
    quoted_list,
    unknown,
)
from graphdiff.files import values, worksheet
from graphdiff.files.bounds import MAX_COMPUTED, computed_entries, known_entries
from graphdiff.files.parser import parse
from graphdiff.files.tokens import tokens
from graphdiff.files.values import number_from_text as number_from_text
from graphdiff.files.worksheet import Worksheet
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.language.functions import CATALOGUE, Function
from graphdiff.language.functions.scalar_derivative import root
from graphdiff.local_functions.local_function import Instruction

MAX_NODES = 200_000
"""Nodes in one file."""

MAX_TITLE = 1000
"""Characters of a title."""

MAX_ENTRIES = MAX_COMPUTED
"""Entries of all values in one file, with what is computed on the way to them."""


@dataclass(frozen=True)
class Document:
    """What a graph file says, not yet checked against itself.

    Attributes
    ----------
    title, output
        The title, and the name of the output if one is declared.
    order
        The names in the order of building, where it is not inputs, parameters, nodes.
    inputs, parameters
        The value of each leaf: a number, a text such as ``"2/3"``, a list, or a table as in
        :mod:`graphdiff.files.values`, ``{}`` for none.
    nodes
        The expression of each computed node.
    groups
        The names of the nodes of each group, by the group's name.
    labels
        How names are written in formulas, as LaTeX, by the name of the node.
    drawing
        How the graph is drawn: keywords of its pictures.
    worksheet
        What is to be checked: hand-computed results, as written.
    """

    title: str = ""
    output: str | None = None
    order: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    drawing: Mapping[str, Any] = field(default_factory=dict)
    worksheet: Worksheet = field(default_factory=Worksheet)

    def __post_init__(self) -> None:
        if len(self.title) > MAX_TITLE:
            raise FileError(f"the title has {len(self.title)} characters, more than {MAX_TITLE}")

    @property
    def names(self) -> list[str]:
        """The names of all nodes, inputs first."""
        return [*self.inputs, *self.parameters, *self.nodes]


_TABLES = ("inputs", "parameters", "nodes", "groups", "labels", "drawing")
_GRAPH = ("title", "output", "order", *_TABLES)
SECTIONS = (*_GRAPH, *worksheet.SECTIONS)


def from_tables(content: Mapping[str, Any]) -> Document:
    """Return the document of parsed TOML, its kinds of entry checked.

    Raises
    ------
    FileError
        For an unknown section (naming the nearest), or an entry of the wrong type.
    """
    for section, entry in content.items():
        if section not in SECTIONS:
            raise FileError(str(unknown("section", section, SECTIONS)))
        if section in _TABLES and not isinstance(entry, Mapping):
            raise FileError(f"{section!r} must be a table, [{section}], not {entry!r:.60}")
        if section in ("title", "output") and not isinstance(entry, str):
            raise FileError(f"{section!r} must be a text in quotes, not {entry!r:.60}")
    order = content.get("order", [])
    if not isinstance(order, list) or not all(isinstance(name, str) for name in order):
        raise FileError(f"'order' must be a list of names, not {order!r:.60}")
    for name, expression in content.get("nodes", {}).items():
        if isinstance(expression, bool) or not isinstance(expression, str | int | Decimal | float):
            raise FileError(
                f"node {name!r} must be an expression in quotes, not {expression!r:.60}"
            )
    check_groups(content.get("groups", {}))
    check_labels(content.get("labels", {}))
    sections: dict[str, Any] = {name: content[name] for name in _GRAPH if name in content}
    sections["order"] = tuple(order)
    document = Document(**sections)
    sheet = worksheet.from_entries(content, dict.fromkeys(document.names))
    return replace(document, worksheet=sheet)


def check_labels(labels: Mapping[str, Any]) -> None:
    """Raise unless labels are texts.

    Raises
    ------
    FileError
        Naming the label that is none.
    """
    for name, label in labels.items():
        if not isinstance(label, str):
            raise FileError(f"the label of {name!r:.60} must be a text, not {label!r:.60}")


def check_groups(groups: Mapping[str, Any]) -> None:
    """Raise unless groups are lists of names.

    Raises
    ------
    FileError
        Naming the group that is not.
    """
    for name, members in groups.items():
        if not isinstance(members, list) or not all(isinstance(m, str) for m in members):
            raise FileError(f"the group {name!r:.60} must be a list of names, not {members!r:.60}")


def to_graph(document: Document, graph: ComputationalGraph, folder: Path | None = None) -> None:
    """Build into an empty graph what a document describes.

    Parameters
    ----------
    folder
        Where the files are that leaves are read from; None if there are none.

    Raises
    ------
    GraphError
        For a cycle, an unknown or a doubled name, a value that is not a number.
    ExpressionError
        For an expression that does not read.
    """
    if len(document.names) > MAX_NODES:
        raise GraphError(f"the file has {len(document.names)} nodes, more than {MAX_NODES}")
    doubled = [name for name, count in Counter(document.names).items() if count > 1]
    if doubled:
        raise GraphError(f"{doubled[0]!r} is defined twice; names are unique in a graph")
    entries, letters = 0, dict[str, sp.Symbol]()
    for name in _ordered(document):
        if name in document.inputs:
            node = graph.leaf(name, "input", *values.given(name, document.inputs[name], folder))
        elif name in document.parameters:
            given = values.given(name, document.parameters[name], folder)
            node = graph.leaf(name, "parameter", *given)
        else:
            expression = _expression(document, graph, name, letters)
            node = graph.node(name, expression)
            entries += computed_entries(expression)
        letters |= {str(size): size for size in node.shape if isinstance(size, sp.Symbol)}
        if node.is_leaf:
            entries += known_entries(node)
        if entries > MAX_ENTRIES:
            raise GraphError(
                f"up to {name!r} the nodes of the file have more than {MAX_ENTRIES} entries "
                "together; use smaller arrays"
            )
    for group, members in document.groups.items():
        try:
            graph.group(group, members)
        except UnknownNameError as error:
            raise UnknownNameError(f"group {group!r}: {error}") from None
    for name, label in document.labels.items():
        if name not in graph:
            raise UnknownNameError(f"[labels]: {unknown('node', name, document.names)}")
        graph.label(name, label)
    if document.drawing:
        graph.drawing = document.drawing
    if document.output is not None and graph[document.output].is_leaf:
        raise GraphError(f"the output {document.output!r} is a leaf; it must be a computed node")
    worksheet.check_values(document.worksheet, graph)


def _ordered(document: Document) -> Sequence[str]:
    names = dict.fromkeys(document.names)
    if not document.order:
        return document.names
    for name in document.order:
        if name not in names:
            raise GraphError(f"'order': {unknown('node', name, names)}")
    named = set(document.order)
    missing = [name for name in names if name not in named]
    if missing or len(document.order) != len(names):
        problem = f"leaves out {quoted_list(missing)}" if missing else "names a node more than once"
        raise GraphError(f"'order' {problem}; it must name every node once")
    return document.order


def _expression(
    document: Document, graph: ComputationalGraph, name: str, letters: Mapping[str, sp.Symbol]
) -> Expression:
    source = str(document.nodes[name])

    def lookup(used: str) -> Node:
        if used in graph:
            return graph[used]
        if used in document.names:
            raise GraphError(_out_of_order(document, name, used))
        raise unknown("name", used, document.names)

    try:
        return parse(source, lookup, letters=letters)
    except UnknownNameError as error:
        raise UnknownNameError(f"node {name!r}: {error}") from None
    except ExpressionError as error:
        raise ExpressionError(f"node {name!r}: {error}") from None


def _out_of_order(document: Document, name: str, used: str) -> str:
    uses = nx.DiGraph()
    for node, source in document.nodes.items():
        uses.add_edges_from(
            (node, word.text) for word in tokens(str(source)) if word.text in document.nodes
        )
    try:
        cycle = [edge[0] for edge in nx.find_cycle(uses, name)]
    except nx.NetworkXNoCycle:
        return (
            f"node {name!r} uses {used!r}, which is defined after it; "
            f"nodes are read in order, so move {used!r} above {name!r}"
        )
    shown = " -> ".join([*cycle[:12], cycle[0]] if len(cycle) <= 12 else [*cycle[:12], "…"])
    return f"the nodes form a cycle, which no order can compute: {shown}"


def from_graph(graph: ComputationalGraph, claims: worksheet.Given = None) -> Document:
    """Return the document that describes a graph, and what is claimed of it.

    Raises
    ------
    GraphError
        If a node uses a function that a file cannot hold: one of one's own.
    """
    steps = (
        (node, line.function)
        for node in graph.nodes
        for line in (node.function.program if node.function else ())
        if isinstance(line, Instruction)
    )
    for node, function in steps:
        own = root(function) if isinstance(function, Function) else None
        if own is not None and CATALOGUE.get(own.name) is not own:
            raise GraphError(
                f"node {node.name!r} uses your own function {own.name!r}, which "
                "a file cannot hold; write its formula into the node"
            )
    natural = [*graph.inputs, *graph.parameters, *(n for n in graph.nodes if not n.is_leaf)]
    return Document(
        title=graph.title,
        output=graph.declared_output,
        order=() if natural == list(graph.nodes) else tuple(node.name for node in graph.nodes),
        inputs={
            node.name: values.written(node.value, node.shape, node.facts.said)
            for node in graph.inputs
        },
        parameters={
            node.name: values.written(node.value, node.shape, node.facts.said)
            for node in graph.parameters
        },
        nodes={node.name: node.formula for node in graph.nodes if not node.is_leaf},
        groups={name: [node.name for node in members] for name, members in graph.groups.items()},
        labels=dict(graph.labels),
        drawing=graph.drawing,
        worksheet=worksheet.of(claims),
    )


def named_in(error: GraphdiffError, path: object) -> FileError | GraphdiffError:
    """Return the error with the file it was found in."""
    where = re.sub(r"\s+", " ", str(path))
    return type(error)(f"{where}: {error}")
