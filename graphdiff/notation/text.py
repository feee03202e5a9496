"""Formulas as plain text, in the grammar that files use, so that they read back the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter

from graphdiff import shapes
from graphdiff.expression import AnyFunction
from graphdiff.functions.contraction import Einsum
from graphdiff.functions.declaration import Operator
from graphdiff.functions.structure import Index, Stack, Transpose
from graphdiff.local import Formal, Literal, LocalFunction

_ATOM, _NEGATIVE = 9, 3
WHOLE = 1e9
"""Whole numbers up to this are written with all their digits."""


def authored(function: LocalFunction, arguments: Sequence[str]) -> str:
    """Return the formula of a local function as its author wrote it.

    Parameters
    ----------
    function
        The local function.
    arguments
        The text to put for each formal argument; a name, or already in parentheses.
    """
    texts: list[tuple[str, int]] = []
    for line in function.program:
        match line:
            case Formal(slot):
                texts.append((arguments[slot], _ATOM))
            case Literal(_, text):
                texts.append((text, _NEGATIVE if text.startswith("-") else _ATOM))
            case (declared, lines):
                texts.append(_applied(declared, [texts[k] for k in lines]))
    return texts[-1][0]


def _applied(function: AnyFunction, parts: list[tuple[str, int]]) -> tuple[str, int]:
    """Return a function applied to arguments that are texts already."""
    if function.operator is not None:
        return _infix(function.operator, parts), function.operator.precedence
    match function:
        case Transpose(is_reversal=True):
            return f"{_guarded(parts[0], _ATOM)}.T", _ATOM
        case Index():
            return f"{_guarded(parts[0], _ATOM)}[{function.written}]", _ATOM
        case Stack(axis=0) if all(_is_number(text) for text, _ in parts):
            return f"[{', '.join(text for text, _ in parts)}]", _ATOM
    inner = [text for text, _ in parts]
    if isinstance(function, Einsum) and function.name == "einsum":
        inner.insert(0, f'"{function.subscripts}"')
    for key, value in getattr(function, "keywords", ()):
        shown = shapes.shown(value) if isinstance(value, tuple) else str(value)
        inner.append(f"{key}={shown}" if key else shown)
    return f"{_call_name(function)}({', '.join(inner)})", _ATOM


_CALL_NAMES = {"broadcast": "broadcast_to"}


def _call_name(function: AnyFunction) -> str:
    return _CALL_NAMES.get(function.name, function.name)


def _is_number(text: str) -> bool:
    return text[0] in "[-.0123456789"


def _infix(operator: Operator, parts: list[tuple[str, int]]) -> str:
    precedence = operator.precedence
    if len(parts) == 1:
        operand = _guarded(parts[0], precedence)
        return f"-({operand})" if operand.startswith("-") else f"-{operand}"
    left, right = parts
    tight = operator.right_associative
    before = _guarded(left, precedence + 1 if tight else precedence)
    after = _guarded(right, precedence if tight else precedence + 1)
    if right[0].startswith("-") and not after.startswith("("):
        after = f"({after})"
    spaces = " " if precedence <= 1 or operator.text == "@" else ""
    return f"{before}{spaces}{operator.text}{spaces}{after}"


def _guarded(part: tuple[str, int], least: int) -> str:
    text, precedence = part
    return text if precedence >= least else f"({text})"


class _Printer(StrPrinter):
    """SymPy's text with cases written as a person would."""

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        parts = []
        for value, condition in expr.args:
            text = self._print(value)
            parts.append(
                f"{text} otherwise" if condition == True else f"{text} if {self._print(condition)}"  # noqa: E712
            )
        return "{" + "; ".join(parts) + "}"


def symbolic(expression: sp.Expr) -> str:
    """Return a SymPy expression as text.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> symbolic(sp.Piecewise((1, x > 0), (0, True)))
    '{1 if x > 0; 0 otherwise}'
    """
    return _Printer({"order": None}).doprint(expression)


def number(value: Any, digits: int = 6) -> str:
    """Return a number to so many significant digits; exact numbers stay exact.

    Examples
    --------
    >>> number(16.0), number(0.393223, 3), number(sp.Rational(8, 3))
    ('16', '0.393', '8/3')
    """
    if isinstance(value, sp.Expr):
        return symbolic(value)
    if hasattr(value, "shape") and value.shape:
        flat = value.ravel()
        shown = ", ".join(number(entry, digits) for entry in flat[:3])
        return f"[{shown}{', …' if flat.size > 3 else ''}]"
    value = float(value)
    if value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    return f"{value:.{digits}g}"


def is_rounded(value: Any, shown: str) -> bool:
    """Whether a number was rounded when it was written, by more than float64 itself rounds."""
    if isinstance(value, sp.Expr):
        return False
    if hasattr(value, "shape") and value.shape:
        return False
    return not math.isclose(float(shown), float(value), rel_tol=1e-12)
