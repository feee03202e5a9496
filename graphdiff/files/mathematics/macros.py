r"""Commands of one's own: \newcommand, \def, \let, \DeclareMathOperator, and their expansion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graphdiff.files.mathematics.tokens import Item, Tokenizer, TooMuch
from graphdiff.files.mathematics.trees import Span

MAX_TOKENS = 20_000
"""Tokens of a formula, its macros expanded."""

MAX_BODY = 2_000
"""Characters of what a macro stands for."""

MAX_NESTED = 30
"""Braces inside each other in it."""


class Macro(NamedTuple):
    """What a command of one's own stands for; `default` is that of an optional first argument."""

    arguments: int
    default: str | None
    body: str


_HEAD = re.compile(
    r"\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand)\*?\s*\{?\s*\\(?P<name>[A-Za-z]+)\s*\}?"
    r"\s*(?:\[(?P<arguments>[0-9])\])?\s*(?:\[(?P<default>[^\]\n]{0,80})\])?\s*(?=\{)"
    r"|\\[gex]?def\s*\\(?P<defined>[A-Za-z]+)\s*(?P<parameters>(?:\#[1-9])*)\s*(?=\{)"
    r"|\\DeclareMathOperator(?P<star>\*?)\s*\{?\s*\\(?P<operator>[A-Za-z]+)\s*\}?\s*(?=\{)"
    r"|\\let\s*\\(?P<alias>[A-Za-z]+)\s*=?\s*(?P<other>\\[A-Za-z]+)"
)


def definitions(source: str) -> tuple[dict[str, Macro], list[Span]]:
    """Return the macros that are defined in a source, by name, and where they are."""
    macros: dict[str, Macro] = {}
    places: list[Span] = []
    position = 0
    while head := _HEAD.search(source, position):
        position = head.end()
        if alias := head["alias"]:
            macros[alias] = Macro(0, None, head["other"])
        else:
            end = closing_brace(source, head.end(), head.end() + MAX_BODY)
            if end is None:
                continue
            position = end
            body = source[head.end() + 1 : position - 1]
            if name := head["name"]:
                macros[name] = Macro(int(head["arguments"] or 0), head["default"], body)
            elif name := head["defined"]:
                macros[name] = Macro(len(head["parameters"]) // 2, None, body)
            else:
                macros[head["operator"]] = Macro(0, None, rf"\operatorname{{{body}}}")
        places.append((head.start(), position))
    return macros, places


def closing_brace(source: str, start: int, limit: int) -> int | None:
    r"""Return the place behind the brace that closes the one at `start`; ``\{`` is none."""
    depth = 0
    for found in re.compile(r"\\.|[{}]", re.DOTALL).finditer(source, start, limit):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if depth == 0:
            return found.end()
        if depth > MAX_NESTED:
            return None
    return None


def expanded(tokens: Iterable[Item], macros: Mapping[str, Macro]) -> list[Item]:
    """Return tokens with macros expanded, each at the place where the macro is used.

    Raises
    ------
    TooMuch
        For more than ``MAX_TOKENS``.
    """
    bodies: dict[str, list[Item]] = {}
    ahead = list(tokens)[::-1]
    found: list[Item] = []
    left = MAX_TOKENS
    while ahead:
        token = ahead.pop()
        if token.kind != "macro":
            found.append(token)
            continue
        macro = macros[token.text]
        if token.text not in bodies:
            bodies[token.text] = _tokens(macro.body, macros)
        given, end = _arguments(macro, ahead, token.span[1], macros)
        made = _filled(bodies[token.text], given, (token.span[0], end), token.glued)
        left -= len(made) + 1
        if left < 0:
            raise TooMuch
        ahead += made[::-1]
    if len(found) > MAX_TOKENS:
        raise TooMuch
    return found


def _tokens(source: str, macros: Mapping[str, Macro]) -> list[Item]:
    return Tokenizer(source, "latex", macros).tokens


def _arguments(
    macro: Macro, ahead: list[Item], end: int, macros: Mapping[str, Macro]
) -> tuple[list[list[Item]], int]:
    """Take the arguments of a macro from the tokens ahead; return them, and where they end."""
    given: list[list[Item]] = []
    if macro.default is not None:
        if ahead and ahead[-1].kind == "open" and ahead[-1].text == "[":
            taken = _taken(ahead, "open", "close")
            given.append(taken[1:-1])
            end = max(end, taken[-1].span[1])
        else:
            given.append(_tokens(macro.default, macros))
    while len(given) < macro.arguments and ahead:
        taken = _taken(ahead, "{", "}") if ahead[-1].kind == "{" else [ahead.pop()]
        end = max(end, taken[-1].span[1])
        given.append(taken[1:-1] if taken[0].kind == "{" else taken)
    return given, end


def _taken(ahead: list[Item], opening: str, closing: str) -> list[Item]:
    taken: list[Item] = []
    depth = 0
    while ahead:
        token = ahead.pop()
        taken.append(token)
        depth += (token.kind == opening) - (token.kind == closing)
        if not depth:
            break
    return taken


def _filled(body: list[Item], given: list[list[Item]], place: Span, glued: bool) -> list[Item]:
    """Return a macro's body with its arguments filled in."""
    made: list[Item] = []
    for token in body:
        if token.kind == "argument":
            index = int(token.text) - 1
            made += given[index] if index < len(given) else []
        elif token.kind == "text" and "#" in token.text:
            text = re.sub(r"#([1-9])", lambda match: _text(given, int(match[1]) - 1), token.text)
            made.append(token._replace(text=text, span=place))
        else:
            made.append(token._replace(span=place))
    if made:
        made[0] = made[0]._replace(glued=glued)
    return made


def _text(given: list[list[Item]], index: int) -> str:
    return "".join(token.text for token in given[index]) if index < len(given) else ""
