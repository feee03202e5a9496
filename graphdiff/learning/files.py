"""Data for training from files: a column or an array for each input of a graph."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from graphdiff.errors import FileError, GraphError, quoted_list
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.files import data
from graphdiff.files.storage import open_regular, reason
from graphdiff.graph import Node
from graphdiff.learning.data import TARGETS, target_of
from graphdiff.workbench import Graph

_TARGET = "; if one is that of the targets, name it by --target"


def rows_from(
    path: str | os.PathLike[str], graph: Graph, target: str | None = None
) -> dict[str, Any]:
    """Return rows for the inputs of a graph from a .csv or .npz file.

    An input that is a number for one example has the column of its name; a vector has columns of
    its name with numbers, ``x_1`` or ``x1``, or else all columns that are of no other input. Of an
    archive it is the array of that name.

    Parameters
    ----------
    target
        The column or array of the targets, where it is not called as their input.

    Raises
    ------
    FileError
        If the file cannot be read, or has no such columns.
    GraphError
        If a target is named, and the graph has no input for it.
    """
    path = Path(path)
    wanted = [leaf for leaf in graph.inputs if not leaf.facts.constant]
    of_targets = target_of(graph)
    if target is not None and of_targets is None:
        raise GraphError(
            f"the graph has no input that is called a target ({', '.join(TARGETS[:4])}) to take "
            f"{target!r}; name the columns as its inputs, {quoted_list([i.name for i in wanted])}"
        )
    own = {leaf.name: leaf.name for leaf in wanted}
    if target is not None and of_targets is not None:
        own[of_targets] = target
    if path.suffix.lower() == ".npz":
        return {leaf.name: _read(leaf, path, key=own[leaf.name]) for leaf in wanted}
    if path.suffix.lower() != ".csv":
        raise FileError(f"{str(path)!r} is of no kind that is read as data; use .csv or .npz")
    header, columns = _header(path), dict[str, Any]()
    for leaf in wanted:
        columns[leaf.name] = found = _columns(leaf, own[leaf.name], header)
        if found is None and own[leaf.name] == target:
            raise FileError(
                f"{str(path)!r} has no column {target!r:.60}; it has {quoted_list(header)}"
            )
    named = (one for one in columns.values() if one is not None)
    taken = {name for one in named for name in ([one] if isinstance(one, str) else one)}
    for leaf in wanted:
        if columns[leaf.name] is None:
            rest = [name for name in header if name not in taken]
            if not _width(leaf) or len(rest) != _width(leaf):
                raise FileError(
                    f"{str(path)!r} has no column for input {leaf.name!r}; it has "
                    f"{quoted_list(header)}{_TARGET if target is None else ''}"
                )
            columns[leaf.name] = rest
            taken.update(rest)
    return {leaf.name: _read(leaf, path, columns=columns[leaf.name]) for leaf in wanted}


def rows_in(graph: Graph) -> dict[str, Any]:
    """Return the rows that a graph's inputs were built with: samples, a leading axis, or one.

    Raises
    ------
    GraphError
        If an input has no value.
    """
    found: dict[str, Any] = {}
    for leaf in graph.inputs:
        if leaf.facts.constant:
            continue
        if leaf.value is None:
            raise GraphError(f"input {leaf.name!r} has no value; give data, such as a .csv file")
        found[leaf.name] = np.asarray(FLOAT64.number(leaf.value))
    is_one = any(not array.ndim for array in found.values())
    return {name: array[None] for name, array in found.items()} if is_one else found


def _width(leaf: Node) -> int | None:
    """Return how many columns a row of an input has; None for a number."""
    size = leaf.shape[-1] if leaf.shape else None
    return size if isinstance(size, int) else None


def _columns(leaf: Node, name: str, header: Sequence[str]) -> str | list[str] | None:
    """Return the columns that are called as an input, None if there are none."""
    if name in header:
        return name
    count = _width(leaf) or 0
    for form in ("{}_{}", "{}{}", "{}[{}]"):
        several = [form.format(name, k) for k in range(1, count + 1)]
        if several and set(several) <= set(header):
            return several
    return None


def _header(path: Path) -> list[str]:
    try:
        with open_regular(path) as stream:
            line = stream.readline(data.MAX_LINE).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {str(path)!r}: {reason(error)}") from None
    row = next(csv.reader([line]), [])
    data.check_separator(row, repr(str(path)))
    return [name.strip() for name in row]


def _read(leaf: Node, path: Path, **entry: Any) -> np.ndarray:
    """Return the array of an input; whole numbers, which may be classes, as such."""
    options: Mapping[str, Any] = {"file": path.name, **entry}
    array = data.array(leaf.name, options, path.parent)
    whole = array.dtype.kind == "f" and array.ndim == 1 and (array == np.floor(array)).all()
    return array.astype(np.int64) if whole else array
