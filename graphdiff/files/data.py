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
import struct
import zipfile
import zlib
from array import array as array_of
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Any

import numpy as np

from graphdiff.errors import FileError, quoted_list
from graphdiff.files.storage import open_regular, reason
from graphdiff.language.shapes import MAX_AXES, MAX_ENTRIES, shown

MAX_BYTES = 200_000_000
"""The largest file read."""

MAX_CSV_BYTES = 50_000_000
"""The largest .csv, which takes more memory while it is read."""

MAX_ITEM = 16
"""Bytes of one entry."""

MAX_HEADER = 10_000
"""Bytes read for the header of an .npy array, which names its type and shape."""

MAX_MEMBERS = 10_000
"""Arrays in one .npz archive."""

MAX_LINE = 1_000_000
"""Characters in one line of a .csv."""

MAX_LINES = 1_000_000
"""Lines of a .csv."""

MAX_CSV_ENTRIES = 2_000_000
"""Numbers read from a .csv."""

_DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError,
    struct.error, KeyError, OverflowError, UnicodeError, MemoryError,
)  # fmt: skip
"""What the library says of archives that are none."""


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
        with open_regular(path) as stream:
            if os.fstat(stream.fileno()).st_size > MAX_BYTES:
                raise FileError(f"{described} is larger than {MAX_BYTES} bytes")
            return read(stream, entry, described)
    except FileError:
        raise
    except OSError as error:
        raise FileError(f"cannot read {described}: {reason(error)}") from None


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
        raise FileError(f"cannot read {described}: {reason(error)}") from None
    if not path.is_relative_to(top):
        raise FileError(f"{described} is a link that leads out of the folder of the graph file")
    if not path.is_file():
        raise FileError(f"{described} is no file")
    return path


def _npy(stream: IO[bytes], _: Mapping[str, Any], described: str) -> np.ndarray:
    return _read_npy(stream, described)


def _npz(stream: IO[bytes], entry: Mapping[str, Any], described: str) -> np.ndarray:
    try:
        archive = zipfile.ZipFile(stream)
    except _DAMAGED:
        raise FileError(f"{described} is no .npz archive") from None
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise FileError(f"{described} has {len(members)} arrays, more than {MAX_MEMBERS}")
    named = {
        member.filename.removesuffix(".npy"): member
        for member in members
        if member.filename.endswith(".npy")
    }
    key = entry.get("key", next(iter(named)) if len(named) == 1 else None)
    if key is None:
        raise FileError(f"{described} has the arrays {quoted_list(named)}; say which: key = …")
    if not isinstance(key, str) or key not in named:
        raise FileError(f"{described} has no array {key!r:.60}; it has {quoted_list(named)}")
    described = f"{key!r:.60} in {described}"
    if named[key].file_size > MAX_BYTES:
        raise FileError(f"{described} is larger than {MAX_BYTES} bytes")
    if named[key].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileError(f"{described} is damaged, or not plainly compressed")
    try:
        with archive.open(named[key]) as member:
            found = _read_npy(member, described)
            if member.read(1):
                raise FileError(f"{described} goes on after its last entry")
            return found
    except FileError:
        raise
    except _DAMAGED:
        raise FileError(f"{described} is damaged, or not plainly compressed") from None


def _read_npy(stream: IO[bytes], described: str) -> np.ndarray:
    """Return the array of an .npy stream, its size and kind known from the header first."""
    head = stream.read(MAX_HEADER)
    beginning = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(beginning)
        headers: dict[tuple[int, int], Callable[..., Any]] = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in headers:
            raise ValueError
        shape, is_fortran, dtype = headers[version](beginning, max_header_size=MAX_HEADER)
    except Exception:  # whatever Python's own tokenizer and parser find wrong in its text
        raise FileError(f"{described} is no .npy array") from None
    if dtype.kind not in "iuf" or dtype.itemsize > MAX_ITEM or dtype.subdtype is not None:
        raise FileError(f"{described} holds entries of type {dtype!s:.40}, not real numbers")
    if (
        any(type(size) is not int or not 0 <= size <= MAX_ENTRIES for size in shape)
        or math.prod(shape) > MAX_ENTRIES
        or len(shape) > MAX_AXES
    ):
        raise FileError(
            f"{described} has the shape {shown(shape[:MAX_AXES]):.60}, which is none, has more "
            f"than {MAX_AXES} axes, or more than {MAX_ENTRIES} entries"
        )
    wanted = math.prod(shape) * dtype.itemsize
    content = head[beginning.tell() :][:wanted]
    content += stream.read(wanted - len(content))
    if len(content) < wanted:
        raise FileError(f"{described} ends before its last entry")
    return np.ndarray(shape, dtype, content, order="F" if is_fortran else "C")


def _csv(stream: IO[bytes], entry: Mapping[str, Any], described: str) -> np.ndarray:
    skipped = entry.get("skip_header", 0)
    if isinstance(skipped, bool) or not isinstance(skipped, int) or skipped < 0:
        raise FileError(
            f"the skip_header of {described} is {skipped!r:.40}; it is the number of rows to skip"
        )
    if os.fstat(stream.fileno()).st_size > MAX_CSV_BYTES:
        raise FileError(f"{described} is larger than {MAX_CSV_BYTES} bytes; save it as .npy")
    if _ends_of_lines(stream) > MAX_LINES:
        raise _too_many_lines(described)
    try:
        with io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
            rows = csv.reader(_lines(text, described))
            return _table(rows, skipped, entry.get("columns"), described)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileError(f"{described} is no CSV text in UTF-8: {error}") from None


def _ends_of_lines(stream: IO[bytes]) -> int:
    """Return how many line feeds or carriage returns there are, whichever are more."""
    feeds = returns = 0
    while part := stream.read(1 << 20):
        feeds += part.count(b"\n")
        returns += part.count(b"\r")
    stream.seek(0)
    return max(feeds, returns)


def _lines(text: io.TextIOWrapper, described: str) -> Iterable[str]:
    """Return the lines of a text, none of them longer than can be a row of numbers."""
    for _ in range(MAX_LINES):
        line = text.readline(MAX_LINE)
        if len(line) == MAX_LINE:
            raise FileError(f"{described} has a line of {MAX_LINE} characters or more")
        if not line:
            return
        yield line
    if text.read(1):
        raise _too_many_lines(described)


def _too_many_lines(described: str) -> FileError:
    return FileError(f"{described} has more than {MAX_LINES} lines; save it as .npy")


def _table(reader: Iterable[list[str]], skipped: int, given: Any, described: str) -> np.ndarray:
    """Return the numbers of a table, row by row; a vector if one column is asked for."""
    rows = ((number, row) for number, row in enumerate(reader, 1) if row)
    first = next(rows, (0, []))
    check_separator(first[1], described)
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
        entries.extend(_numbers(row, columns or range(width), number, described))
        if len(entries) > MAX_CSV_ENTRIES:
            raise FileError(f"{described} has more than {MAX_CSV_ENTRIES} entries; save it as .npy")
    if not entries:
        raise FileError(f"{described} has no rows of numbers after {skipped} skipped")
    result = np.array(entries).reshape(-1, width)
    return result if given is None or isinstance(given, list) else result[:, 0]


def check_separator(row: Sequence[str], described: str) -> None:
    """Raise an error if the first row of a table is one cell that has another separator in it."""
    other = next((mark for mark in ";\t|" if len(row) == 1 and mark in row[0]), None)
    if other is not None:
        said = "tabs" if other == "\t" else repr(other)
        raise FileError(
            f"{described} has {said} between its columns; the separator of a .csv is a comma, and "
            "numbers have a decimal point"
        )


def _are_numbers(given: Any) -> bool:
    several = given if isinstance(given, list) else [given]
    return not all(isinstance(column, str) for column in several)


def _columns(given: Any, header: list[str], described: str) -> list[int]:
    """Return the columns to read, given by their names in the first row or counted from 0."""
    several = given if isinstance(given, list) else [given]
    if not several:
        raise FileError(f"the columns of {described} are none; name at least one")
    if _are_numbers(several):
        columns = several
        if any(type(column) is not int or column < 0 for column in several):
            raise FileError(
                f"the columns of {described} are {given!r:.60}; give names from its first row, or "
                "whole numbers from 0"
            )
    else:
        names = [name.strip() for name in header]
        places = {name: place for place, name in reversed([*enumerate(names)])}
        missing = next((column for column in several if column not in places), None)
        if missing is not None:
            raise FileError(
                f"{described} has no column {missing!r:.60}; it has {quoted_list(names)}"
            )
        columns = [places[column] for column in several]
    if len(set(columns)) < len(columns):
        raise FileError(f"the columns of {described} name one of them twice; each is read once")
    return columns


def _numbers(row: list[str], columns: Sequence[int], place: int, described: str) -> Sequence[float]:
    try:
        numbers = [float(row[column]) for column in columns]
        if all(map(math.isfinite, numbers)) and "_" not in "".join(row):
            return numbers
    except (ValueError, IndexError):
        pass
    return [_cell(row, column, place, described) for column in columns]  # says which is none


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
