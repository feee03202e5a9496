"""Arrays in files beside a graph file: .npy, .npz, .csv.

Nothing outside the folder of the graph file is read, nothing in a file is executed, and
the size of an array is known before it is read.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import os
import zipfile
from array import array as array_of
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

import numpy as np

from graphdiff.errors import FileError, quoted_list
from graphdiff.shapes import MAX_AXES, MAX_ENTRIES, shown

MAX_BYTES = 200_000_000
"""The largest file read."""

MAX_CSV_BYTES = 50_000_000
"""The largest .csv, which takes more memory while it is read."""

MAX_ITEM = 16
"""Bytes of one entry."""


def array(name: str, entry: Mapping[str, Any], folder: Path | None) -> np.ndarray:
    """Return the array of a leaf with ``file``.

    Raises
    ------
    FileError
        For a path that leads out of the folder, a file that cannot be read, is too large or
        holds no numbers.
    """
    written = entry["file"]
    described = f"the file {written!r:.80} of {name!r}"
    path = _inside(written, folder, described)
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise FileError(f"{described} is of no kind that is read; use .npy, .npz or .csv")
    for option in ("key", "columns", "skip_header"):
        if option in entry and option not in _OPTIONS[path.suffix.lower()]:
            raise FileError(f"{described} has {option!r}, which does not go with {path.suffix}")
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > MAX_BYTES:
                raise FileError(f"{described} is larger than {MAX_BYTES} bytes")
            return read(stream, entry, described)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {described}: {_reason(error)}") from None


def _inside(written: Any, folder: Path | None, described: str) -> Path:
    """Return the path of a file in the folder of the graph file, links resolved."""
    if not isinstance(written, str) or not written.strip() or "\0" in written:
        raise FileError(f'{described}: a file is a path in quotes, such as "data.npy"')
    if folder is None:
        raise FileError(f"{described} is beside no graph file; save the graph in its folder")
    posix, windows = PurePosixPath(written), PureWindowsPath(written)
    rooted = posix.is_absolute() or windows.is_absolute() or windows.drive or windows.root
    if rooted or ".." in windows.parts:
        raise FileError(
            f"{described} is not below the folder of the graph file; "
            "write a path relative to it, without .."
        )
    try:
        top = folder.resolve(strict=True)
        path = (top / written).resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise FileError(f"cannot read {described}: {_reason(error)}") from None
    if not path.is_relative_to(top):
        raise FileError(f"{described} is a link that leads out of the folder of the graph file")
    if not path.is_file():
        raise FileError(f"{described} is no file")
    return path


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _npy(stream: IO[bytes], _: Mapping[str, Any], described: str) -> np.ndarray:
    return _read_npy(lambda: (stream.seek(0), stream)[1], described)


def _npz(stream: IO[bytes], entry: Mapping[str, Any], described: str) -> np.ndarray:
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise FileError(f"{described} is no .npz archive") from None
    names = [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]
    key = entry.get("key", names[0] if len(names) == 1 else None)
    if key is None:
        raise FileError(f"{described} has the arrays {quoted_list(names)}; say which: key = …")
    if key not in names:
        raise FileError(f"{described} has no array {key!r:.60}; it has {quoted_list(names)}")
    try:
        return _read_npy(lambda: archive.open(f"{key}.npy"), f"{key!r} in {described}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        raise FileError(f"{key!r} in {described} is damaged, or not plainly compressed") from None


def _read_npy(opened: Callable[[], Any], described: str) -> np.ndarray:
    """Return the array of an .npy stream, its size and kind known from the header first."""
    try:
        head = opened()
        version = np.lib.format.read_magic(head)
        headers: dict[tuple[int, int], Callable[..., Any]] = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in headers:
            raise ValueError
        shape, _, dtype = headers[version](head)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        raise FileError(f"{described} is no .npy array") from None
    if dtype.kind not in "iuf" or dtype.itemsize > MAX_ITEM:
        raise FileError(f"{described} holds entries of type {dtype!s:.40}, not real numbers")
    if min(shape, default=0) < 0 or math.prod(shape) > MAX_ENTRIES or len(shape) > MAX_AXES:
        raise FileError(
            f"{described} has shape {shown(shape):.60}, more than {MAX_ENTRIES} entries"
        )
    try:
        return np.lib.format.read_array(opened(), allow_pickle=False)
    except (ValueError, MemoryError):
        raise FileError(f"{described} ends before its last entry") from None


def _csv(stream: IO[bytes], entry: Mapping[str, Any], described: str) -> np.ndarray:
    skipped = entry.get("skip_header", 0)
    if isinstance(skipped, bool) or not isinstance(skipped, int) or skipped < 0:
        raise FileError(
            f"the skip_header of {described} is {skipped!r:.40}; it is the number of rows to skip"
        )
    if os.fstat(stream.fileno()).st_size > MAX_CSV_BYTES:
        raise FileError(f"{described} is larger than {MAX_CSV_BYTES} bytes; save it as .npy")
    try:
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            return _table(csv.reader(text), skipped, entry.get("columns"), described)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{described} is no CSV text in UTF-8: {error}") from None


def _table(reader: Iterable[list[str]], skipped: int, given: Any, described: str) -> np.ndarray:
    """Return the numbers of a table, row by row; a vector if one column is asked for."""
    rows = ((number, row) for number, row in enumerate(reader, 1) if row)
    first = next(rows, (0, []))
    by_name = given is not None and not _are_numbers(given)
    columns = None if given is None else _columns(given, first[1], described)
    skipped = max(skipped, by_name)
    entries, width = array_of("d"), 0
    for place, (number, row) in enumerate(itertools.chain([first], rows)):
        if place < skipped or not row:
            continue
        width = width or (len(row) if columns is None else len(columns))
        if columns is None and len(row) != width:
            raise FileError(
                f"row {number} of {described} has {len(row)} columns, the rows before {width}"
            )
        for column in range(width) if columns is None else columns:
            entries.append(_cell(row, column, number, described))
        if len(entries) > MAX_ENTRIES:
            raise FileError(f"{described} has more than {MAX_ENTRIES} entries")
    if not entries:
        raise FileError(f"{described} has no rows of numbers after {skipped} skipped")
    result = np.array(entries).reshape(-1, width)
    return result if given is None or isinstance(given, list) else result[:, 0]


def _are_numbers(given: Any) -> bool:
    several = given if isinstance(given, list) else [given]
    return not all(isinstance(column, str) for column in several)


def _columns(given: Any, header: list[str], described: str) -> list[int]:
    """Return the columns to read, given by their names in the first row or counted from 0."""
    several = given if isinstance(given, list) else [given]
    names = [name.strip() for name in header]
    if not several:
        raise FileError(f"the columns of {described} are none; name at least one")
    for column in several:
        if _are_numbers(several) and (
            isinstance(column, bool) or not isinstance(column, int) or column < 0
        ):
            raise FileError(
                f"the columns of {described} are {given!r:.60}; give names from its first row, or "
                "whole numbers from 0"
            )
        if isinstance(column, str) and column not in names:
            raise FileError(
                f"{described} has no column {column!r:.60}; it has {quoted_list(names)}"
            )
    return [names.index(column) if isinstance(column, str) else column for column in several]


def _cell(row: list[str], column: int, place: int, described: str) -> float:
    if column >= len(row):
        raise FileError(f"row {place} of {described} has no column {column}, only {len(row)}")
    try:
        number = float(row[column]) if "_" not in row[column] else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise FileError(
            f"row {place} of {described} has {row[column]!r:.40} in column {column}, "
            "which is no number; skip a header with skip_header = 1"
        )
    return number


_READERS: Mapping[str, Callable[[IO[bytes], Mapping[str, Any], str], np.ndarray]] = {
    ".npy": _npy, ".npz": _npz, ".csv": _csv,
}  # fmt: skip
_OPTIONS: Mapping[str, tuple[str, ...]] = {
    ".npy": (), ".npz": ("key",), ".csv": ("columns", "skip_header"),
}  # fmt: skip
