"""What programs printed: the values in an output, each with what the program printed there.

An output is matched with the prints of the program, as a text that they may have written; nothing
is run. Where that is not certain, as in loops, it says nothing.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graphdiff.files.pages import values

MAX_PROGRAM = 50_000
"""Characters of a program whose outputs are looked at."""

ROUNDED = {
    "round",
    "float",
    "str",
    "repr",
    "item",
    "tolist",
    "around",
    "array_repr",
    "detach",
    "numpy",
}
"""What changes nothing of a value but how it is printed."""

TRAINS = re.compile(r"train|fit|descen|optimi[sz]|update|step|learn|epoch", re.IGNORECASE)
"""What functions are called that change parameters."""

SPECIFIED = re.compile(r"%[-+0-9.]*[a-z]")
PLACE = re.compile(r"\{[^{}]*\}")


class Piece(NamedTuple):
    """A part of what is printed: a text, or what a formula of the program has for a value."""

    text: str
    is_value: bool


class Printed(NamedTuple):
    """A value in an output.

    Attributes
    ----------
    names
        What it is of: the formula that was printed, and the label before it.
    value
        The value, as it stands there but for the function around it.
    line
        The line of the output it begins on, from 0.
    program_line
        The line of the program that printed it, from 0.
    """

    names: tuple[str, ...]
    value: str
    line: int
    program_line: int


def printed(program: str, output: str) -> list[Printed]:
    r"""Return the values in an output of a program, as far as its prints say what they are.

    Examples
    --------
    >>> [(found.names, found.value) for found in printed("print('z =', z)\ndw", "z = 0.5\n[1. 2.]")]
    [(('z',), '0.5'), (('dw',), '[1. 2.]')]
    """
    calls = _prints(program)
    output = output.rstrip() + "\n"
    found: list[Printed] = []
    place = 0
    for line, pieces in calls:
        for before, piece in zip([Piece("", False), *pieces], pieces, strict=False):
            if not piece.is_value:
                if not output.startswith(piece.text, place):
                    return []
                place += len(piece.text)
                continue
            begin = place
            value, place = _value(output, place)
            if value and piece.text:
                names = (piece.text, *_label(before))
                found.append(Printed(names, value, output.count("\n", 0, begin), line))
    return [] if output[place:].strip() else found


def _value(output: str, place: int) -> tuple[str, int]:
    """Return the value that begins at a place, and where it ends; else the word there."""
    begin = re.compile(r"[A-Za-z_.]*\d*(?=\()").match(output, place)
    start = begin.end() if begin else place
    if output[start : start + 1] in ("[", "("):
        end = values.closing(output, start)
    else:
        word = re.compile(r"[^\s,;)]*").match(output, place)
        end = word.end() if word else place
    text = values.plain(output[place:end])
    return (text if values.is_printed(text) else ""), end


def _label(before: Piece) -> Iterator[str]:
    """Yield the derivative that the text before a value calls it, ``dL/dw =``."""
    last = "" if before.is_value else before.text.strip().rpartition("\n")[2]
    label = re.fullmatch(r"(?:.*[,;]\s*)?(?P<name>(?:d|∂|grad)[^\s=:,]{1,30})\s*[=:≈]+", last)
    if label:
        yield label["name"]


def _prints(program: str) -> list[tuple[int, list[Piece]]]:
    """Return what a program prints, line by line; nothing where that is not certain."""
    body = _parsed(program) or []
    found: list[tuple[int, list[Piece]]] = []
    for place, statement in enumerate(body):
        is_last = place == len(body) - 1
        if isinstance(statement, ast.Expr) and (pieces := _pieces(program, statement, is_last)):
            found.append((statement.lineno - 1, pieces))
        elif not isinstance(statement, ast.FunctionDef) and _has_print(statement):
            return []
        elif trains(statement):
            return found
    return found


def trains(statement: ast.AST) -> bool:
    """Whether a statement may change values many times over: a loop that gives some, a training."""
    if isinstance(statement, ast.FunctionDef):
        return False
    return any(
        isinstance(part, ast.For | ast.While)
        or (isinstance(part, ast.Call) and bool(TRAINS.search(_name(part.func))))
        for part in ast.walk(statement)
    )


def is_training(program: str) -> bool:
    """Whether what is printed below a program may be of values that were changed many times."""
    body = _parsed(program)
    return body is None or any(map(trains, body))


def _parsed(program: str) -> list[ast.stmt] | None:
    """Return the statements of a program; None if it is none of Python, or too long."""
    if len(program) > MAX_PROGRAM:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(program).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _has_print(statement: ast.stmt) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "print" for part in ast.walk(statement))


def _pieces(program: str, statement: ast.Expr, is_last: bool) -> list[Piece]:
    """Return what a statement prints; nothing if it prints nothing that is known."""
    value = statement.value
    if isinstance(value, ast.Call) and _name(value.func) == "print":
        if value.keywords:
            return []
        parts = [list(_parts(program, argument)) for argument in value.args]
        joined = [piece for part in parts for piece in (Piece(" ", False), *part)][1:]
        return [*_merged(joined), Piece("\n", False)]
    if not is_last or isinstance(value, ast.Constant):
        return []
    if isinstance(value, ast.Tuple):
        parts = [list(_parts(program, one)) for one in value.elts]
        joined = [piece for part in parts for piece in (Piece(", ", False), *part)][1:]
        return [Piece("(", False), *joined, Piece(")", False)]
    return list(_parts(program, value))


def _merged(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Yield pieces, texts that touch as one."""
    text = ""
    for piece in pieces:
        if piece.is_value:
            if text:
                yield Piece(text, False)
            yield piece
            text = ""
        else:
            text += piece.text
    if text:
        yield Piece(text, False)


def _parts(program: str, part: ast.expr) -> Iterator[Piece]:
    """Yield the texts and the values that an argument of print consists of."""
    match part:
        case ast.Constant(value=str(text)):
            yield Piece(text, False)
        case ast.JoinedStr(values=parts):
            for one in parts:
                yield from _parts(program, one)
        case ast.FormattedValue(value=value):
            yield from _parts(program, value)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
            given = right.elts if isinstance(right, ast.Tuple) else [right]
            yield from _filled(program, SPECIFIED.split(text), given)
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            yield from _filled(program, PLACE.split(text), part.args)
        case ast.Call(func=func, args=args) if _name(func) in ROUNDED:
            inside = func.value if isinstance(func, ast.Attribute) else None
            is_module = isinstance(inside, ast.Name) and inside.id in (
                "np",
                "numpy",
                "torch",
                "jnp",
            )
            own = args[0] if (inside is None or is_module) and args else inside
            yield from _parts(program, own) if own is not None else [Piece("", True)]
        case _:
            yield Piece(ast.get_source_segment(program, part) or "", True)


def _filled(program: str, texts: Sequence[str], given: Sequence[ast.expr]) -> Iterator[Piece]:
    """Yield texts with what is put in between."""
    for place, text in enumerate(texts):
        if text:
            yield Piece(text, False)
        if place < len(texts) - 1:
            yield from _parts(program, given[place]) if place < len(given) else [Piece("", True)]


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
