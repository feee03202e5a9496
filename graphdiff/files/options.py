"""What stands in calls and brackets beside expressions: axes, shapes, indices.

An option is read as what its parameter's name says it is, so that a function of tensors
needs no declaration here beyond the names it gives to its parameters.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.errors import ExpressionError, unknown
from graphdiff.files.tokens import Words
from graphdiff.language.expression import Constant, Expression
from graphdiff.language.functions import Function
from graphdiff.language.quantity import exact

MAX_INTEGER = 10**9
"""The largest integer in an option or in brackets."""

MAX_LEVELS = 12
"""Levels of lists in brackets, and of parentheses in a size."""


class Parameter(NamedTuple):
    """A parameter of a function: its name, and the kind of option it is, "" for an expression."""

    name: str
    kind: str
    required: bool
    many: bool = False
    keyword_only: bool = False


KINDS = {
    "axis": "axes", "keepdims": "truth", "reverse": "truth", "shape": "sizes", "order": "sizes",
    "n": "size", "subscripts": "text", "stride": "size", "padding": "size", "size": "size",
    "eps": "number", "delta": "number", "value": "number", "k": "integer", "ddof": "integer",
    "width": "widths", "at": "key",
}  # fmt: skip
"""What parameters are by their names; any other is an expression."""

WANTED = {
    "axes": "a whole number, a tuple such as (0, 1), or None",
    "truth": "True or False",
    "sizes": "whole numbers such as (2, 3)",
    "size": "a whole number",
    "text": 'indices in quotes such as "ij,j->i"',
    "number": "a number",
    "integer": "a whole number",
    "key": "what stands in brackets, such as [0, 1:]",
    "widths": "a whole number, or pairs of them such as (1, 2) or ((1, 2), (0, 0))",
}


@lru_cache(maxsize=1000)
def parameters(call: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Return the parameters of a Python function of expressions and options."""
    found: list[Parameter] = []
    for name, given in inspect.signature(call).parameters.items():
        kind = KINDS.get(name, "")
        found.append(
            Parameter(
                name,
                kind,
                required=given.default is given.empty and given.kind is not given.VAR_POSITIONAL,
                many=given.kind is given.VAR_POSITIONAL,
                keyword_only=given.kind is given.KEYWORD_ONLY,
            )
        )
    return tuple(found)


def parameters_of_map(function: Function) -> tuple[Parameter, ...]:
    """Return the parameters of a map: its arguments, and those with a default also by name."""
    defaults: list[str] = []
    if function.defaults:
        defaults = list(inspect.signature(function.formula).parameters)[-len(function.defaults) :]
    by_name = (Parameter(name, "", required=False, keyword_only=True) for name in defaults)
    return (_ARGUMENTS, *by_name)


@lru_cache(maxsize=1)
def parameters_of_extremum() -> tuple[Parameter, ...]:
    """Return the parameters of max and min: arguments, or one array with an axis."""
    _, *reduction = parameters(Expression.max)
    return (_ARGUMENTS, *(parameter._replace(keyword_only=True) for parameter in reduction))


_ARGUMENTS = Parameter("", "", required=False, many=True)


def named(given: str, call: str, accepted: tuple[Parameter, ...], column: int) -> Parameter:
    """Return the parameter of that name.

    Raises
    ------
    ExpressionError
        Naming the function, what was given, and the options it has.
    """
    options = {
        parameter.name: parameter for parameter in accepted if parameter.name and not parameter.many
    }
    if given in options:
        return options[given]
    if not options:
        raise ExpressionError(
            f"{call} takes no options, but was given {given!r} at column {column}"
        )
    problem, _, hint = str(unknown("option", given, options)).partition("; ")
    raise ExpressionError(f"{problem} of {call} at column {column}; {hint}")


class NotReadError(Exception):
    """What stands there is no such option."""


class Letters(Words):
    """Words in which names may stand for sizes."""

    def letter(self) -> Any:
        """Read a letter that stands for a size."""
        return sp.Symbol(self.take().text, integer=True, positive=True)


def read(words: Letters, parameter: Parameter, call: str) -> Any:
    """Read an option of the kind its parameter is.

    Raises
    ------
    ExpressionError
        Naming the function, the option, what it must be and the column.
    """
    start = words.word
    try:
        return _READERS[parameter.kind](words)
    except NotReadError:
        wanted = WANTED[parameter.kind]
        raise words.error(f"{parameter.name} of {call} must be {wanted},", start) from None


def _integer(words: Letters) -> int:
    sign = 1
    while words.at("-", "+"):
        sign *= -1 if words.take().text == "-" else 1
    if words.word.kind != "number" or not words.word.text.isdigit():
        raise NotReadError
    if len(words.word.text) > 10 or int(words.word.text) > MAX_INTEGER:
        raise words.error(f"a whole number beyond {MAX_INTEGER}")
    return sign * int(words.take().text)


def _none(words: Letters) -> bool:
    if words.word.kind == "name" and words.word.text == "None":
        words.take()
        return True
    return False


def _tuple(words: Letters, entry: Callable[[Letters], Any]) -> tuple[Any, ...]:
    closing = ")" if words.take().text == "(" else "]"
    entries: list[Any] = []
    while not words.at(closing):
        entries.append(entry(words))
        if not words.at(","):
            break
        words.take()
    if not words.at(closing):
        raise NotReadError
    words.take()
    return tuple(entries)


def _axes(words: Letters) -> Any:
    if _none(words):
        return None
    return _tuple(words, _integer) if words.at("(", "[") else _integer(words)


def _truth(words: Letters) -> bool:
    if words.word.kind == "name" and words.word.text in ("True", "False"):
        return words.take().text == "True"
    raise NotReadError


def _sizes(words: Letters) -> Any:
    return _tuple(words, size) if words.at("(", "[") else size(words)


def size(words: Letters, levels: int = 0) -> Any:
    """Read a size: a whole number, a letter, or letters with + and *, as (2*m + 1)."""
    total = _size_product(words, levels)
    while words.at("+"):
        words.take()
        total = total + _size_product(words, levels)
    return int(total) if isinstance(total, int) or total.is_Integer else total


def _size_product(words: Letters, levels: int) -> Any:
    result = _size_power(words, levels)
    while words.at("*"):
        words.take()
        result = result * _size_power(words, levels)
    return result


def _size_power(words: Letters, levels: int) -> Any:
    base = _size_atom(words, levels)
    if not words.at("**"):
        return base
    words.take()
    exponent = _integer(words)
    if not 1 <= exponent <= MAX_LEVELS:
        raise NotReadError
    return base**exponent


def _size_atom(words: Letters, levels: int) -> Any:
    if words.word.kind == "name":
        return words.letter()
    if words.at("(") and levels < MAX_LEVELS:
        words.take()
        inner = size(words, levels + 1)
        if not words.at(")"):
            raise NotReadError
        words.take()
        return inner
    return _integer(words)


def _widths(words: Letters, levels: int = 2) -> Any:
    if levels and words.at("(", "["):
        return _tuple(words, lambda inner: _widths(inner, levels - 1))
    return _integer(words)


def _text(words: Letters) -> str:
    if words.word.kind != "text":
        raise NotReadError
    return words.take().text[1:-1]


def _number(words: Letters) -> Constant:
    """Read a number, perhaps with a sign or over another; it keeps its text."""
    sign = ""
    if words.at("-", "+"):
        sign = "-" if words.take().text == "-" else ""
    written = [_digits(words)]
    if words.at("/"):
        words.take()
        written.append(_digits(words))
    value = exact(Decimal(sign + written[0]))
    if len(written) == 2:
        divisor = exact(Decimal(written[1]))
        if divisor == 0:
            raise NotReadError
        value = value / divisor
    return Constant.written(value, sign + "/".join(written))


def _digits(words: Letters) -> str:
    if words.word.kind != "number":
        raise NotReadError
    try:
        Decimal(words.word.text)
    except InvalidOperation:  # an exponent of more digits than a Decimal has
        raise NotReadError from None
    return words.take().text


_READERS: dict[str, Callable[[Letters], Any]] = {
    "axes": _axes, "truth": _truth, "sizes": _sizes, "size": size, "text": _text,
    "number": _number, "integer": _integer, "widths": _widths,
    "key": lambda words: key(words) if words.at("[") else (_key_part(words),),
}  # fmt: skip


def key(words: Letters) -> tuple[Any, ...]:
    """Read what stands in brackets, up to the closing one.

    Raises
    ------
    ExpressionError
        For what is no integer, slice, list of integers, None or ``...``.
    """
    words.expect("[", "'['")
    parts = [_key_part(words)]
    while words.at(","):
        words.take()
        parts.append(_key_part(words))
    words.expect("]", "',' or ']'")
    return tuple(parts)


def _key_part(words: Letters) -> Any:
    if words.at("..."):
        words.take()
        return Ellipsis
    if _none(words):
        return None
    try:
        if words.at("["):
            return _integers(words)[0]
        start = None if words.at(":") else _integer(words)
        if not words.at(":"):
            return start
        return slice(start, *_rest_of_slice(words))
    except NotReadError:
        raise words.error(
            "expected an index: a whole number, 1:3, a list of whole numbers, None or ..."
        ) from None


def _rest_of_slice(words: Letters) -> tuple[int | None, int | None]:
    words.take()
    stop = None if words.at(":", ",", "]") else _integer(words)
    if not words.at(":"):
        return stop, None
    words.take()
    step = None if words.at(",", "]") else _integer(words)
    if step == 0:
        raise words.error("the step of a slice is 0")
    return stop, step


def _integers(words: Letters, levels: int = 0) -> tuple[list[Any], tuple[int, ...]]:
    """Read a list of whole numbers, perhaps nested, and return it with its shape."""
    opening = words.take()
    if levels == MAX_LEVELS:
        raise words.error(f"lists nested deeper than {MAX_LEVELS} levels")
    entries: list[Any] = []
    inner: set[tuple[int, ...]] = set()
    while True:
        entry, shape = _integers(words, levels + 1) if words.at("[") else (_integer(words), ())
        entries.append(entry)
        inner.add(shape)
        if not words.at(","):
            break
        words.take()
    if not words.at("]"):
        raise NotReadError
    words.take()
    if len(inner) > 1:
        raise words.error("the rows of a list are not equally long,", opening)
    return entries, (len(entries), *inner.pop())
