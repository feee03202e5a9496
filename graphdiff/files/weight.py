"""What a text would cost to read, seen before it is: parsers take keys of any length."""

from __future__ import annotations

import re

from graphdiff.errors import FileError

MAX_NESTING = 16
"""Levels of tables and lists in a file."""

MAX_ENTRIES = 500_000
"""Entries of lists and tables in a file, counted by its commas."""

MAX_LINES = 250_000
"""Lines of a TOML file."""

MAX_TABLES = 50_000
"""Lines of a TOML file that begin a table."""

_TEXT = r'"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\''
_PART = rf"(?:[A-Za-z0-9_-]+|{_TEXT})"
_DOT = r"[ \t]*\.[ \t]*"
_PIECES = re.compile(
    r'#[^\n]*|"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\''
    rf"|(?P<long>{_PART}(?:{_DOT}{_PART}){{{MAX_NESTING}}})"
    rf"|{_PART}(?:{_DOT}{_PART})*",
    re.DOTALL,
)


def check_toml(source: str) -> None:
    """Raise if a TOML text has a key of too many parts, or too many entries.

    Raises
    ------
    FileError
        Saying which.
    """
    _check(source.count(","), MAX_ENTRIES, "entries")
    _check(source.count("\n"), MAX_LINES, "lines")
    _check(source.count("\n["), MAX_TABLES, "tables")
    if any(line.count(".") >= MAX_NESTING for line in source.split("\n")) and any(
        piece["long"] for piece in _PIECES.finditer(source)
    ):
        raise FileError("not a graph: nested too deeply")


def check_json(source: str) -> None:
    """Raise if a JSON text has too many entries.

    Raises
    ------
    FileError
        With their number.
    """
    _check(source.count(","), MAX_ENTRIES, "entries")


def _check(count: int, most: int, what: str) -> None:
    if count > most:
        raise FileError(
            f"it has some {count} {what}, more than {most}; keep large arrays in .npy "
            'files beside a graph file: X = {file = "X.npy"}'
        )
