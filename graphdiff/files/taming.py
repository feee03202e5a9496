"""What no parser takes in a text of claims, put in quotes: so it costs its own claim, and no other.

A number of thousands of digits, a list within lists without end, half a character, a NaN where the
language has none: each would make TOML or JSON unreadable as a whole. As a text it is read, and
told to be no claim.
"""

from __future__ import annotations

import json
import re

MAX_NUMBER = 400
"""Characters of a number that is left as it is."""

MAX_POWER = 4
"""Digits of a power of ten in a number that is left as it is."""

MAX_LISTS = 10
"""Lists within each other that are left as they are."""

SHOWN = 400
"""Characters of a list that is told: as many show that it is nested too deep."""

_PIECES = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|\#[^\n]*'
    r"|(?P<number>(?<![\w.+-])[-+]?\d(?:[\w.]|(?<=[eE])[-+])*)|(?P<bracket>[\[\]])"
    r"|(?P<word>(?<=[=:,\[])[ \t]*[-+]?(?:nan|inf|infinity|null|none)\b)",
    re.DOTALL | re.IGNORECASE,
)
_POWER = re.compile(rf"[\d.][eE][-+]?\d{{{MAX_POWER + 1},}}$")
_HALF = re.compile(
    r"(?P<kept>\\[^u]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    r"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
)


def tamed(source: str) -> str:
    r"""Return a text of TOML or JSON with what no parser takes in quotes, or replaced.

    Examples
    --------
    >>> tamed('z = 1e99999999\na = "1e99999999"')
    'z = "1e99999999"\na = "1e99999999"'
    >>> tamed(f'{{"z": {"[" * 12}1{"]" * 12}, "a": 1}}')
    '{"z": "[[[[[[[[[[[[1]]]]]]]]]]]]", "a": 1}'
    """
    done, end, deepest = list[str](), 0, 0
    opened = list[tuple[int, int, int]]()  # where a list begins, and what was done before it
    for piece in _PIECES.finditer(source):
        start, stop = piece.span()
        if piece["bracket"] == "[":
            opened.append((start, len(done), end))
            deepest = max(deepest, len(opened))
        elif piece["bracket"] and opened:
            start, count, before = opened.pop()
            if not opened and deepest > MAX_LISTS:
                shown = source[start : min(stop, start + SHOWN)]
                done, end = [*done[:count], source[before:start], _quoted(shown)], stop
            deepest = deepest if opened else 0
        elif piece["word"] or _is_long(piece["number"] or ""):
            done += [source[end:start], _quoted(piece[0])]
            end = stop
    return _HALF.sub(lambda half: half["kept"] or r"\ufffd", "".join([*done, source[end:]]))


def _is_long(number: str) -> bool:
    return len(number) > MAX_NUMBER or _POWER.search(number) is not None


def _quoted(piece: str) -> str:
    return json.dumps(" ".join(piece.split()), ensure_ascii=False)
