"""The two forms of a graph file: TOML by hand, JSON (networkx node-link) for programs.

The JSON form is what ``networkx.node_link_data`` makes of
:meth:`~graphdiff.graph.ComputationalGraph.to_networkx`, with the keys ``format``,
``version`` and ``claims`` added.
"""

from __future__ import annotations

import functools
import json
import os
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import tomli_w

from graphdiff.errors import FileError, GraphdiffError, GraphError, unknown
from graphdiff.files import values, weight, worksheet
from graphdiff.files.document import (
    Document,
    check_groups,
    check_labels,
    from_graph,
    from_tables,
    named_in,
    to_graph,
)
from graphdiff.files.json_text import json_text
from graphdiff.files.storage import MAX_BYTES, read_text, write_new
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import FACTS
from graphdiff.graph.structure import KINDS
from graphdiff.language import quantity
from graphdiff.language.shapes import shown

FORMAT, VERSION = "graphdiff", 1
_LINKED = ("directed", "multigraph", "graph", "nodes", "edges")
_KEYS = ("format", "version", *_LINKED, *worksheet.SECTIONS)
SUFFIXES = (".toml", ".json")

_HEXADECIMAL = re.compile(r"0[xob][0-9a-fA-F_]{1000}")
"""The beginning of a whole number that Python reads, however long it is."""

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")

WIDE = 100
"""Characters in a line of TOML, from which on a matrix is written row by row."""


def read(path: str | os.PathLike[str], graph: ComputationalGraph) -> Document:
    """Read a graph file into an empty graph, and return what the file says.

    Raises
    ------
    FileError
        If the file cannot be read or is neither TOML nor JSON of this form.
    GraphdiffError
        If it describes no graph; the message names the file.
    """
    source = read_text(path)
    try:
        return from_text(source, graph, Path(path).parent, is_json=is_json(path, source))
    except GraphdiffError as error:
        raise named_in(error, path) from None


def from_text(
    source: str, graph: ComputationalGraph, folder: Path | None = None, *, is_json: bool
) -> Document:
    """Read the text of a graph file into an empty graph, and return what it says.

    Parameters
    ----------
    folder
        Where the files are that leaves are read from; None if there are none.

    Raises
    ------
    GraphdiffError
        If it describes no graph.
    """
    if is_json:
        return from_networkx(*_linked(source), graph, folder)
    document = from_toml(source)
    _build(document, graph, folder)
    return document


def _build(document: Document, graph: ComputationalGraph, folder: Path | None) -> None:
    graph.title = document.title
    graph._output = document.output  # the graph is being built
    to_graph(document, graph, folder)


def is_json(path: str | os.PathLike[str], source: str) -> bool:
    """Whether the text of a file is JSON, by its name or as it begins."""
    return Path(path).suffix.lower() == ".json" or source.lstrip().startswith("{")


def from_toml(source: str) -> Document:
    """Return the document of a TOML text; decimals keep their digits."""
    return from_tables(tables(source))


def tables(source: str) -> dict[str, Any]:
    """Return what a TOML text holds, whatever that is about; decimals keep their digits.

    Raises
    ------
    FileError
        If it is no TOML, or too heavy to be read.
    """
    weight.check_toml(source)
    read = functools.partial(tomllib.loads, parse_float=Decimal)
    return _content(read, source, "TOML", tomllib.TOMLDecodeError)


def objects(source: str) -> Any:
    """Return what a JSON text holds, whatever that is about; decimals keep their digits.

    Raises
    ------
    FileError
        If it is no JSON, or too heavy to be read.
    """
    weight.check_json(source)
    read = functools.partial(
        json.loads, parse_float=Decimal, parse_constant=Decimal, object_pairs_hook=_unrepeated
    )
    content = _content(read, source, "JSON", json.JSONDecodeError)
    if _SURROGATE.search(source) and not _is_text(content):
        raise FileError("not a graph: it has half a character, one of a pair such as \\ud800")
    return content


def to_toml(document: Document) -> str:
    """Return a document as TOML."""
    head: dict[str, Any] = {
        "title": document.title,
        "output": document.output,
        "order": list(document.order),
    }
    tables: dict[str, Any] = {
        "inputs": document.inputs,
        "parameters": document.parameters,
        "nodes": document.nodes,
        "groups": document.groups,
        "labels": document.labels,
        "drawing": document.drawing,
    }
    sheet = document.worksheet.as_entries()
    head |= {key: sheet.pop(key) for key in ("tolerance",) if key in sheet}
    parts = ["".join(_line(key, entry) for key, entry in head.items() if entry)]
    for title, entries in {**tables, **sheet}.items():
        header = f"[[{title}]]\n" if isinstance(entries, list) else f"[{title}]\n"
        for table in entries if isinstance(entries, list) else [entries]:
            if table:
                parts.append(header + "".join(_line(*entry) for entry in table.items()))
    return "\n".join(part for part in parts if part)


def _line(key: str, entry: Any) -> str:
    start = tomli_w.dumps({key: 0}).removesuffix("0\n")
    written = start + _inline(entry)
    if len(written) > WIDE and isinstance(entry, list) and isinstance(entry[0], list):
        written = start + "[\n" + "".join(f"    {_inline(row)},\n" for row in entry) + "]"
    return written + "\n"


def _inline(entry: Any) -> str:
    """Return a value as TOML on one line, leaves without a value as ``{}`` among the others."""
    if isinstance(entry, list):
        return f"[{', '.join(map(_inline, entry))}]"
    if isinstance(entry, Mapping):
        return f"{{{', '.join(_line(key, part).strip() for key, part in entry.items())}}}"
    return _scalar(entry)


def _scalar(entry: Any) -> str:
    return tomli_w.dumps({"x": entry}).removeprefix("x = ").removesuffix("\n")


def _linked(source: str) -> tuple[nx.MultiDiGraph[Any], Mapping[str, Any]]:
    """Return the networkx graph of a JSON text in node-link form, and all that the text says."""
    content = objects(source)
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise FileError(f'not a graphdiff graph: it must be an object with "format": "{FORMAT}"')
    if content.get("version") != VERSION or isinstance(content["version"], bool):
        raise FileError(
            f"its version is {content.get('version')!r}; this release reads version {VERSION}"
        )
    content |= {"directed": True, "multigraph": True}
    for key in content:
        if key not in _KEYS:
            raise FileError(str(unknown("key", key, _KEYS)))
    if not isinstance(content.get("graph", {}), dict):
        raise FileError(f'"graph" must be an object, not {content["graph"]!r:.60}')
    try:
        multigraph = nx.node_link_graph(content, edges="edges")
        merged = len(multigraph) + multigraph.number_of_edges()
        doubled = merged < len(content["nodes"]) + len(content["edges"])
    except (KeyError, TypeError, AttributeError, ValueError, nx.NetworkXException):
        raise FileError(
            'not a node-link graph: it needs "nodes", a list of objects with "id", and '
            '"edges", a list of objects with "source", "target" and "key"'
        ) from None
    if doubled:
        raise FileError("not a node-link graph: a node or an edge stands twice")
    return multigraph, content


def _content(
    read: Callable[[str], Any], source: str, language: str, malformed: type[ValueError]
) -> Any:
    """Return what a TOML or JSON text holds, nested no deeper than a graph file is."""
    try:
        content = read(source)
    except malformed as error:
        raise FileError(_malformed(language, str(error), source)) from None
    except RecursionError:
        raise FileError("not a graph: nested too deeply") from None
    except (ValueError, ArithmeticError):
        raise FileError("not a graph: it has a number of thousands of digits") from None
    level = [[content]]
    for _ in range(weight.MAX_NESTING):
        level = [inner for entry in level for inner in _tables(entry)]
    if level:
        raise FileError("not a graph: nested too deeply")
    if _HEXADECIMAL.search(source) and any(_is_long(number) for number in _scalars(content)):
        raise FileError("not a graph: it has a number of thousands of digits")
    return content


def _scalars(content: Any) -> Iterator[Any]:
    if isinstance(content, dict | list):
        for entry in content.values() if isinstance(content, dict) else content:
            yield from _scalars(entry)
    else:
        yield content


def _is_long(number: Any) -> bool:
    return isinstance(number, int) and number.bit_length() > 3 * quantity.MAX_DIGITS


def _is_text(content: Any) -> bool:
    """Whether all texts are made of whole characters; JSON may have halves of surrogate pairs."""
    try:
        json.dumps(content, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _malformed(language: str, problem: str, source: str) -> str:
    """Say what is wrong with a text, and for a key given twice which one."""
    place = re.search(r"at line (\d+)", problem)
    if place and problem.startswith("Cannot overwrite a value"):
        line = source.splitlines()[int(place[1]) - 1]
        key = line.partition("=")[0].strip()
        return f"line {place[1]}: {key[:60]} is defined twice; a name stands for one thing only"
    return f"not a {language} file: {problem}"


def _tables(value: dict[Any, Any] | list[Any]) -> list[Any]:
    entries: Iterable[Any] = value.values() if isinstance(value, dict) else value
    return [entry for entry in entries if isinstance(entry, dict | list)]


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; the second of two equal keys would silently win otherwise."""
    entries = dict(pairs)
    if len(entries) < len(pairs):
        doubled = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        raise FileError(f"not a graph: the key {doubled!r:.60} stands twice in one object")
    return entries


def to_json(graph: ComputationalGraph, claims: worksheet.Given = None) -> str:
    """Return a graph as JSON in node-link form."""
    document = from_graph(graph, claims)
    multigraph = graph.to_networkx()
    for node in graph.nodes:
        multigraph.nodes[node.name]["shape"] = values.written_shape(node.shape)
        if node.is_leaf:
            value = values.written(node.value, node.shape)
            is_shape = isinstance(value, dict) and set(value) <= {"shape"}
            multigraph.nodes[node.name]["value"] = None if is_shape else value
    content = {"format": FORMAT, "version": VERSION}
    content |= nx.node_link_data(multigraph, edges="edges")
    content |= {"claims": {}, **document.worksheet.as_entries()}
    return json_text(content) + "\n"


def from_networkx(
    multigraph: nx.MultiDiGraph[Any],
    sheet: Mapping[str, Any],
    graph: ComputationalGraph,
    folder: Path | None = None,
) -> Document:
    """Read a networkx graph, as ``to_networkx`` makes them, into an empty graph.

    Parameters
    ----------
    sheet
        The sections of a worksheet, where there are any.
    graph
        The empty graph.
    folder
        Where the files are that leaves are read from; None if there are none.

    Returns
    -------
    Document
        What it says.

    Raises
    ------
    GraphError
        If a node lacks its attributes, or edges and shapes are not those of the expressions.
    """
    if not isinstance(multigraph, nx.MultiDiGraph):
        raise GraphError(
            f"a {type(multigraph).__name__} cannot be read as a graph; give a MultiDiGraph, "
            "which keeps both edges of x*x"
        )
    for name, given in multigraph.nodes(data=True):
        if given.get("kind") not in KINDS:
            raise GraphError(
                f"networkx node {name!r:.60} has kind {given.get('kind')!r:.60}; "
                f"it must be one of {', '.join(map(repr, KINDS))}"
            )
        if given["kind"] == "computation" and not isinstance(given.get("expression"), str):
            raise GraphError(f"networkx node {name!r:.60} needs an attribute 'expression'")
    if any(not isinstance(name, str) for name in multigraph):
        raise GraphError("every networkx node must be a name, a text")
    places = nx.get_node_attributes(multigraph, "index")
    names = sorted(multigraph, key=lambda name: _place(places.get(name, 0)))

    def of_kind(kind: str) -> dict[str, Any]:
        return {
            name: _entry(multigraph.nodes[name])
            for name in names
            if multigraph.nodes[name]["kind"] == kind
        }

    document = Document(
        title=_text(multigraph.graph.get("title")) or "",
        output=_text(multigraph.graph.get("output")),
        order=tuple(names),
        inputs=of_kind("input"),
        parameters=of_kind("parameter"),
        nodes=of_kind("computation"),
        worksheet=worksheet.from_entries(sheet, multigraph),
        groups=_groups(multigraph.graph.get("groups", {})),
        labels=_labels(multigraph.graph.get("labels", {})),
        drawing=_drawing(multigraph.graph.get("drawing", {})),
    )
    _build(document, graph, folder)
    for name in names:
        _check_shape(graph[name], multigraph.nodes[name].get("shape"))
    stated = Counter((j, i, slot) for j, i, slot in multigraph.edges(keys=True))
    meant = Counter((edge.parent.name, edge.child.name, edge.slot) for edge in graph.edges)
    if stated != meant:
        j, i, slot = next(iter((stated - meant) or (meant - stated)))
        raise GraphError(
            f"the edges do not agree with the expressions: {j} -> {i}, argument {slot}, "
            f"is in {'the edges' if (j, i, slot) in stated else 'the expressions'} only"
        )
    return document


def _entry(attributes: Mapping[str, Any]) -> Any:
    """Return what a graph file would have for a node: its expression, or value and shape."""
    if attributes["kind"] == "computation":
        return attributes["expression"]
    value, shape = attributes.get("value"), attributes.get("shape")
    if isinstance(value, np.ndarray):
        value = values.written(value, shape or ())
    stated: dict[str, Any] = {}
    if shape:
        stated["shape"] = list(shape) if isinstance(shape, tuple) else shape
    stated |= {fact: attributes[fact] for fact in FACTS if attributes.get(fact) is not None}
    if not stated:
        return {} if value is None else value
    if isinstance(value, Mapping):
        return {**value, **stated}
    return stated if value is None else {"value": value, **stated}


def _check_shape(node: Node, stated: Any) -> None:
    if stated is None:
        return
    found = [str(size) for size in node.shape]
    if not isinstance(stated, list | tuple) or [str(size) for size in stated] != found:
        raise GraphError(
            f"networkx node {node.name!r} has the attribute shape {stated!r:.60}, but its shape "
            f"is {shown(node.shape)}"
        )


def _place(index: Any) -> int:
    if isinstance(index, bool) or not isinstance(index, int):
        raise GraphError(f"a networkx node has the index {index!r:.60}; it must be an integer")
    return index


def _groups(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise GraphError(f"groups must be lists of names by name, not {entry!r:.60}")
    check_groups(entry)
    return entry


def _labels(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise GraphError(f"labels must be texts by name, not {entry!r:.60}")
    check_labels(entry)
    return entry


def _drawing(entry: Any) -> Mapping[str, Any]:
    if not isinstance(entry, Mapping):
        raise GraphError(f"drawing must be choices by name, not {entry!r:.60}")
    return entry


def _text(entry: Any) -> str | None:
    if entry is not None and not isinstance(entry, str):
        raise GraphError(f"title and output must be texts, not {entry!r:.60}")
    return entry


def save(
    graph: ComputationalGraph,
    path: str | os.PathLike[str],
    *,
    claims: worksheet.Given = None,
    overwrite: bool = False,
) -> Path:
    """Write a graph to a .toml or .json file, atomically.

    Raises
    ------
    FileError
        For another suffix, a file that exists, or one that cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in SUFFIXES:
        raise FileError(f"cannot save a graph as {str(path)!r}; use .toml or .json")
    is_json = suffix == ".json"
    content = to_json(graph, claims) if is_json else to_toml(from_graph(graph, claims))
    try:
        (weight.check_json if is_json else weight.check_toml)(content)
    except FileError as error:
        raise FileError(f"cannot save the graph as {str(path)!r}: {error}") from None
    if len(content.encode("utf-8", "replace")) > MAX_BYTES:
        raise FileError(
            f"cannot save the graph as {str(path)!r}: it would be larger than {MAX_BYTES} bytes, "
            "which is what can be read; keep large arrays in .npy files beside a graph file: "
            'X = {file = "X.npy"}'
        )
    return write_new(path, content, overwrite=overwrite)
