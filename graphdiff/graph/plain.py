"""Plain data: what a file can hold, of whatever types it was given in."""

from __future__ import annotations

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

from graphdiff.errors import GraphError

MAX_LEVELS = 4
"""Tables in tables."""
MAX_ENTRIES = 5_000
"""Texts, numbers and names in all."""


def plain(given: Any, what: str) -> dict[str, Any]:
    """Return a mapping as plain data: texts, numbers, lists and dicts with texts for keys.

    Nodes are known by their names.

    Raises
    ------
    GraphError
        For what a file cannot hold.
    """
    if not isinstance(given, Mapping):
        raise GraphError(
            f"{what} is {given!r:.60}; give choices by their names, {{'theme': 'dark'}}"
        )
    if (count := _count(given, what, 0)) > MAX_ENTRIES:
        raise GraphError(f"{what} has {count} entries, more than {MAX_ENTRIES}")
    return _plain(given, what)


def _count(given: Any, what: str, level: int) -> int:
    if level > MAX_LEVELS:
        raise GraphError(f"{what} is nested deeper than {MAX_LEVELS} levels")
    if isinstance(given, Mapping):
        return sum(1 + _count(one, what, level + 1) for one in given.values())
    if isinstance(given, list | tuple | Set):
        return sum(1 + _count(one, what, level + 1) for one in given)
    return 0


def _plain(given: Any, what: str) -> Any:
    if isinstance(given, str | bool | int | float):
        return given
    if isinstance(given, Decimal):
        return (
            int(given) if given == given.to_integral_value() and abs(given) < 1e9 else float(given)
        )
    if isinstance(given, Mapping):
        return {_named(key, what): _plain(one, what) for key, one in given.items()}
    if isinstance(given, Set):
        return sorted(_named(one, what) for one in given)
    if isinstance(given, list | tuple):
        return [_plain(one, what) for one in given]
    return _named(given, what)


def _named(given: Any, what: str) -> str:
    name = given if isinstance(given, str) else getattr(given, "name", None)
    if not isinstance(name, str):
        raise GraphError(f"{what} holds {given!r:.60}; a file has texts, numbers, lists and tables")
    return name
