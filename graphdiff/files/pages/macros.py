r"""Definitions of macros on a page: ``\newcommand{\R}{\mathbb{R}}``, ``\def\x#1{…}``."""

from __future__ import annotations

import re

HEAD = re.compile(
    r"\\(?:(?:re|provide)?newcommand|providecommand|renewcommand|DeclareMathOperator)\*?\s*"
    r"(?:\{\s*\\[a-zA-Z]+\s*\}|\\[a-zA-Z]+)\s*(?:\[\d\]\s*)?(?:\[[^\]\n]{0,80}\]\s*)?(?=\{)"
    r"|\\[gex]?def\s*\\[a-zA-Z]+\s*(?:#\d\s*)*(?=\{)"
    r"|\\let\s*\\[a-zA-Z]+\s*=?\s*\\[a-zA-Z]+"
)
MAX_BODY = 2_000
MAX_NESTED = 30


def definitions(text: str) -> list[tuple[int, int]]:
    """Return where the definitions of macros stand, each with its body."""
    places = []
    position = 0
    while found := HEAD.search(text, position):
        position = found.end()
        if text.startswith("{", position):
            end = closing_brace(text, position, position + MAX_BODY)
            if end is None:
                continue
            position = end
        places.append((found.start(), position))
    return places


def closing_brace(text: str, start: int, limit: int) -> int | None:
    r"""Return the place behind the brace that closes the one at `start`; ``\{`` is none."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(text, start, limit):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
        if depth > MAX_NESTED:
            return None
    return None


def blanked(text: str, places: list[tuple[int, int]]) -> str:
    """Return a text with spaces in some places, its lines kept."""
    pieces, position = [], 0
    for start, end in places:
        pieces += [text[position:start], re.sub(r"[^\n]", " ", text[start:end])]
        position = end
    return "".join([*pieces, text[position:]])
