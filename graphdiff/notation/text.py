"""Formulas as plain text, in the grammar that files use, so that they read back the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import sympy as sp
from sympy.printing.str import StrPrinter

from graphdiff.functions.declaration import Operator
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
                parts = [texts[k] for k in lines]
                if declared.operator is None:
                    inner = ", ".join(text for text, _ in parts)
                    texts.append((f"{declared.name}({inner})", _ATOM))
                else:
                    texts.append((_infix(declared.operator, parts), declared.operator.precedence))
    return texts[-1][0]


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
    spaces = " " if precedence == 1 else ""
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
