"""The values of leaves as files write them: numbers, lists, and tables that say more.

A table has ``value``, ``samples``, ``init`` or ``file``, or none of them, and the ``shape``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.errors import (
    BudgetError,
    DerivationError,
    ExpressionError,
    GraphdiffError,
    GraphError,
    NumericalError,
    UnknownNameError,
    unknown,
)
from graphdiff.evaluation.rough_values import BOUNDED, looks_real, roughly, within
from graphdiff.evaluation.values import value_of
from graphdiff.files import budget, data, initial, options
from graphdiff.files.parser import parse
from graphdiff.graph.facts import FACTS
from graphdiff.language import quantity, shapes
from graphdiff.language.expression import Apply, Expression
from graphdiff.language.functions.movement import Stack
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.local_function import LocalFunction, localise

WHOLE = 2**53
"""Whole numbers up to this are the same as floats and as integers."""

_SOURCES = {
    "value": (),
    "samples": (),
    "init": ("seed", "scale"),
    "file": ("key", "columns", "skip_header"),
}
"""Where a value comes from, and the entries that say more of it."""

_ALWAYS = ("shape", *FACTS)
"""Entries that go with every source."""

_DIGITS = rf"[0-9]{{1,{quantity.MAX_DIGITS}}}"
_FRACTION = re.compile(rf"\s*(-?{_DIGITS})(?:/(?!0+\s*$)({_DIGITS}))?\s*")
"""What needs no parser: a whole number, or one over another."""

_ENTRIES = (*_ALWAYS, *_SOURCES, *(entry for more in _SOURCES.values() for entry in more))


class Given(NamedTuple):
    """What a file says of a leaf: its value, None for none, its shape and facts if it says them."""

    value: Any
    shape: Shape | None
    said: Mapping[str, Any] = MappingProxyType({})


def given(name: str, entry: Any, folder: Path | None) -> Given:
    """Return the value and shape of a leaf, read from the file that it names if it does.

    Parameters
    ----------
    name
        The leaf.
    entry
        What the graph file has for it.
    folder
        The folder of the graph file; other files are in it.

    Raises
    ------
    GraphError
        For an unknown entry, entries that do not go together, a value that is no number.
    FileError
        For a file that cannot be read.
    """
    if not isinstance(entry, Mapping):
        return Given(_value(name, entry), None)
    for key in entry:
        if key not in _ENTRIES:
            raise GraphError(f"{name!r}: {unknown('entry', key, _ENTRIES)}")
    sources = [source for source in _SOURCES if source in entry]
    if len(sources) > 1:
        raise GraphError(
            f"{name!r} has both {sources[0]!r} and {sources[1]!r}; give one, the other follows"
        )
    source = sources[0] if sources else ""
    for key in entry:
        if key not in (*_ALWAYS, source, *_SOURCES.get(source, ())):
            owner = next(owner for owner, more in _SOURCES.items() if key in more)
            raise GraphError(f"{name!r} has {key!r}, which goes with {owner!r} only")
    shape = _shape(name, entry["shape"]) if "shape" in entry else None
    said = {fact: entry[fact] for fact in FACTS if fact in entry}
    match source:
        case "value":
            return Given(_value(name, entry["value"]), shape, said)
        case "samples":
            return Given(_samples(name, entry["samples"], shape), shape or SCALAR, said)
        case "init":
            return Given(initial.array(name, entry, shape), shape, said)
        case "file":
            return Given(data.array(name, entry, folder), shape, said)
    return Given(None, shape, said)


def _shape(name: str, entry: Any) -> Shape:
    sizes = entry if isinstance(entry, list | tuple) else [entry]
    return shapes.checked(tuple(_size(name, size) for size in sizes), f"leaf {name!r}")


def _size(name: str, size: Any) -> Any:
    """Return a size: a number or a symbol as it is, a text such as "m" or "2*m + 1"."""
    if not isinstance(size, str):
        return size
    try:
        words = options.Letters(size)
        found = options.size(words)
        words.expect("end", "the end of the size")
    except (ExpressionError, options.NotReadError):
        raise GraphError(
            f"the shape of {name!r} has the size {size!r:.40}; a size is a whole number from 1, "
            'or a letter such as "n"'
        ) from None
    return found


def _samples(name: str, entry: Any, shape: Shape | None) -> Any:
    """Return samples of a leaf; NumPy would make numbers of booleans, too."""
    if not isinstance(entry, list) or not entry:
        raise GraphError(f"the samples of {name!r} must be a list of numbers, not {entry!r:.60}")
    if not shape and any(
        isinstance(sample, bool) or not isinstance(sample, int | float | Decimal | str)
        for sample in entry
    ):
        raise GraphError(
            f"the samples of {name!r} must be a list of numbers, not {entry!r:.60}; "
            "for samples of an array say the shape of one, shape = [2, 3]"
        )
    return _value(name, entry)


def _value(name: str, entry: Any) -> Any:
    """Return a leaf's value: a number as written, a text such as ``"2/3"``, or a list of them."""
    if isinstance(entry, list):
        return [_value(name, part) for part in entry]
    if isinstance(entry, Decimal):
        number = float(entry)
        if not entry.is_finite() or (number == number and Decimal(repr(number)) == entry):
            return number
        return quantity.exact(entry, f"the value of {name!r}")
    return number_from_text(name, entry) if isinstance(entry, str) else entry


def number_from_text(name: str, source: str) -> Any:
    """Return a leaf's value from a text such as ``3``, ``0.5``, ``2/3`` or ``sqrt(2)``.

    A list of numbers, ``[1, 2/3]``, is returned as a list.

    Raises
    ------
    GraphError
        If the text is not a number.
    """
    if match := _FRACTION.fullmatch(source):
        return quantity.exact(
            sp.Rational(int(match[1]), int(match[2] or 1)), f"the value of {name!r}"
        )
    try:
        return _number(parse(source, _no_names), name, source)
    except UnknownNameError:
        raise GraphError(f"the value of {name!r} is {source!r:.60}; it must be a number") from None
    except ExpressionError as error:
        raise GraphError(f"the value of {name!r} is not a number: {error}") from None


def _number(expression: Expression, name: str, source: str) -> Any:
    try:
        with budget.cpu(budget.EVALUATION):
            return _exact(expression, name, source)
    except (BudgetError, NumericalError) as error:
        raise GraphError(
            f"the value of {name!r} is {source!r:.60}: {error}; write a decimal"
        ) from None
    except DerivationError as error:
        raise ExpressionError(str(error)) from None


def _exact(expression: Expression, name: str, source: str) -> Any:
    """Return a number, or a list of them, computed roughly before SymPy does it."""
    if isinstance(expression, Apply) and expression.function == Stack(0):
        return [_exact(part, name, source) for part in expression.arguments]
    function = LocalFunction(localise(expression)[0], 0)
    if function.is_scalar:
        within(value_of(BOUNDED, function, ()))
    number = _in_sympy(function)
    if not number.is_real or not (number.is_Rational or looks_real(roughly(number))):
        raise GraphError(f"the value of {name!r} is {source!r:.60}, not a finite real number")
    return quantity.exact(number, f"the value of {name!r}")


def _in_sympy(constant: LocalFunction) -> sp.Expr:
    """Return a number; nan for what SymPy fails at, such as comparing complex ones."""
    try:
        return sp.sympify(constant.applied(()).doit())
    except (GraphdiffError, MemoryError):
        raise
    except Exception:
        return sp.nan


def _no_names(name: str) -> Expression:
    raise unknown("name", name, ())


def written(value: Any, shape: Shape, said: Mapping[str, Any] = MappingProxyType({})) -> Any:
    """Return a leaf's value as files write it, with what the value does not say itself."""
    sizes = {"shape": written_shape(shape)} if shape else {}
    if value is None:
        entry: Any = sizes
    elif np.ndim(value) > len(shape):
        entry = {"samples": plain(value), **sizes}
    elif isinstance(value, np.ndarray):  # lists without entries say nothing of (0, 3)
        entry = plain(value) if value.size else {"value": [], **sizes}
    else:
        entry = value if isinstance(value, int | float) else quantity.written(value)
    if not said:
        return entry
    return {**(entry if isinstance(entry, dict) else {"value": entry}), **said}


def written_shape(shape: Shape) -> list[int | str]:
    """Return a shape as files write it: numbers, and letters as texts."""
    return [size if isinstance(size, int) else str(size) for size in shape]


def plain(entry: Any) -> Any:
    """Return nested lists of floats, whole numbers as such, and exact numbers as texts."""
    if isinstance(entry, np.ndarray):
        entry = entry.tolist()
    if isinstance(entry, list):
        return [plain(part) for part in entry]
    if isinstance(entry, float):
        whole = entry.is_integer() and abs(entry) < WHOLE and repr(entry) != "-0.0"
        return int(entry) if whole else entry
    if isinstance(entry, int):
        return entry
    return int(entry) if entry.is_Integer else quantity.written(entry)
