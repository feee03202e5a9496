"""A graph file as a record, between its text and the graph it describes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import networkx as nx
import numpy as np
import sympy as sp

from graphdiff import quantity
from graphdiff.errors import (
    ExpressionError,
    FileError,
    GraphdiffError,
    GraphError,
    UnknownNameError,
    quoted_list,
    unknown,
)
from graphdiff.expression import Expression
from graphdiff.files.parser import parse
from graphdiff.files.tokens import tokens
from graphdiff.functions import NAMED
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.local import LocalFunction, Step, localise

MAX_NODES = 200_000
"""Nodes in one file."""


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
        The value of each leaf: a number, a text such as ``"2/3"``, ``{}`` for none, or
        ``{"samples": [...]}``.
    nodes
        The expression of each computed node.
    claims
        Hand-computed results to verify, as written.
    """

    title: str = ""
    output: str | None = None
    order: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    nodes: Mapping[str, str] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The names of all nodes, inputs first."""
        return [*self.inputs, *self.parameters, *self.nodes]


SECTIONS = ("title", "output", "order", "inputs", "parameters", "nodes", "claims")
_TABLES = ("inputs", "parameters", "nodes", "claims")


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
    sections: dict[str, Any] = {**content, "order": tuple(order)}
    return Document(**sections)


def to_graph(document: Document, graph: ComputationalGraph) -> None:
    """Build into an empty graph what a document describes.

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
    for name in _ordered(document):
        if name in document.inputs:
            _add_leaf(graph.input, name, document.inputs[name])
        elif name in document.parameters:
            _add_leaf(graph.parameter, name, document.parameters[name])
        else:
            graph.node(name, _expression(document, graph, name))
    if document.output is not None and graph[document.output].is_leaf:
        raise GraphError(f"the output {document.output!r} is a leaf; it must be a computed node")


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


def _add_leaf(add: Any, name: str, entry: Any) -> None:
    if isinstance(entry, np.ndarray):
        entry = written_value(entry)
    if isinstance(entry, Mapping):
        for key in entry:
            if key not in ("value", "samples"):
                raise GraphError(f"{name!r}: {unknown('entry', key, ('value', 'samples'))}")
        if "samples" in entry:
            add(name, _samples(name, entry["samples"]), shape=())
            return
        entry = entry.get("value")
    if isinstance(entry, list):
        raise GraphError(
            f"the value of {name!r} is a list, but the node is a scalar; write "
            f"{name} = {{samples = {entry!r:.40}}} for samples of a scalar"
        )
    add(name, None if entry is None else _value(name, entry))


def _samples(name: str, entry: Any) -> list[Any]:
    """Return samples of a leaf; NumPy would make numbers of booleans, too."""
    plain = isinstance(entry, list) and all(
        isinstance(sample, int | float | Decimal | str) and not isinstance(sample, bool)
        for sample in entry
    )
    if not plain or not entry:
        raise GraphError(f"the samples of {name!r} must be a list of numbers, not {entry!r:.60}")
    return [_value(name, sample) for sample in entry]


def _value(name: str, entry: Any) -> Any:
    """Return a leaf's value: a number as written, or a text such as ``"2/3"``."""
    if isinstance(entry, Decimal):
        number = float(entry)
        if not entry.is_finite() or (number == number and Decimal(repr(number)) == entry):
            return number
        return quantity.exact(entry, f"the value of {name!r}")
    return number_from_text(name, entry) if isinstance(entry, str) else entry


def number_from_text(name: str, source: str) -> Any:
    """Return a leaf's value from a text such as ``3``, ``0.5``, ``2/3`` or ``sqrt(2)``.

    Raises
    ------
    GraphError
        If the text is not a number.
    """
    try:
        program, parents = localise(parse(source, _no_names))
        number = LocalFunction(program, len(parents)).applied(()).doit()
    except UnknownNameError:
        raise GraphError(f"the value of {name!r} is {source!r:.60}; it must be a number") from None
    except ExpressionError as error:
        raise GraphError(f"the value of {name!r} is not a number: {error}") from None
    if not sp.sympify(number).is_real:
        raise GraphError(f"the value of {name!r} is {source!r:.60}, not a finite real number")
    return quantity.exact(number, f"the value of {name!r}")


def _no_names(name: str) -> Expression:
    raise unknown("name", name, ())


def _expression(document: Document, graph: ComputationalGraph, name: str) -> Expression:
    source = str(document.nodes[name])

    def lookup(used: str) -> Node:
        if used in graph:
            return graph[used]
        if used in document.names:
            raise GraphError(_out_of_order(document, name, used))
        raise unknown("name", used, document.names)

    try:
        return parse(source, lookup)
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


def from_graph(graph: ComputationalGraph, claims: Mapping[str, Any] | None = None) -> Document:
    """Return the document that describes a graph.

    Raises
    ------
    GraphError
        If a node uses a function of one's own, which a file cannot hold.
    """
    for node in graph.nodes:
        for line in node.function.program if node.function else ():
            if isinstance(line, Step) and line.function.operator is None:
                declared = NAMED.get(line.function.name)
                if declared is not line.function:
                    raise GraphError(
                        f"node {node.name!r} uses your own function {line.function.name!r}, which "
                        "a file cannot hold; write its formula into the node"
                    )
    natural = [*graph.inputs, *graph.parameters, *(n for n in graph.nodes if not n.is_leaf)]
    return Document(
        title=graph.title,
        output=graph.declared_output,
        order=() if natural == list(graph.nodes) else tuple(node.name for node in graph.nodes),
        inputs={node.name: written_value(node.value) for node in graph.inputs},
        parameters={node.name: written_value(node.value) for node in graph.parameters},
        nodes={node.name: node.formula for node in graph.nodes if not node.is_leaf},
        claims=dict(claims or {}),
    )


def written_value(value: Any) -> Any:
    """Return a leaf's value as files write it."""
    if value is None:
        return {}
    if isinstance(value, np.ndarray):
        return {"samples": [written_value(entry) for entry in value.tolist()]}
    return value if isinstance(value, int | float) else quantity.written(value)


def named_in(error: GraphdiffError, path: object) -> FileError | GraphdiffError:
    """Return the error with the file it was found in."""
    where = re.sub(r"\s+", " ", str(path))
    return type(error)(f"{where}: {error}")
