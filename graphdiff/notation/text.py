"""Formulas as plain text, in the grammar that files use, so that they read back the same."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.str import StrPrinter

from graphdiff.errors import DerivationError
from graphdiff.language import shapes
from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions.arithmetic import div
from graphdiff.language.functions.comparisons import COMPARISON
from graphdiff.language.functions.scalar_function import Operator
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.functions.writing import ATOM, TextPart, call
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.local_functions.without_primes import with_comparisons
from graphdiff.notation import arrays
from graphdiff.notation.arrays import MAX_SUMMARY_DIGITS, SAMPLES_SHOWN, SMALL
from graphdiff.notation.decimals import with_decimals
from graphdiff.notation.notation import Notation as Notation
from graphdiff.notation.notation import current
from graphdiff.notation.notation import writing as writing
from graphdiff.notation.signs import PositiveFirst, with_common_number

_NEGATIVE = 3
_MATRICES = 1.5
"""A @ x stands in parentheses in a product y*(A @ x), though it binds as tightly."""

_TIGHTER = 0.5
"""By how much more tightly than a sum, or a product, something after it has to bind."""

WHOLE = 1e9
"""Whole numbers up to this are written with all their digits."""


def authored(function: LocalFunction, arguments: Sequence[str | TextPart]) -> str:
    """Return the formula of a local function as its author wrote it.

    Parameters
    ----------
    function
        The local function.
    arguments
        The text to put for each formal argument: a name, something in parentheses, or a part that
        says how tightly it holds together.
    """
    texts: list[TextPart] = []
    for line in function.program:
        match line:
            case Formal(slot):
                given = arguments[slot]
                texts.append(given if isinstance(given, TextPart) else TextPart(given, ATOM))
            case Literal(_, text):
                texts.append(TextPart(text, _NEGATIVE if text.startswith("-") else ATOM))
            case (declared, lines):
                parts = [texts[k] for k in lines]
                if _divides_matrices(declared, parts) and not function.line_shapes[lines[1]]:
                    parts[0] = TextPart(parts[0].text, ATOM)  # A @ x/n is the same both ways
                    texts.append(TextPart(_applied(declared, parts).text, _MATRICES))
                else:
                    texts.append(_applied(declared, parts))
    return texts[-1].text


def _divides_matrices(function: AnyFunction, parts: list[TextPart]) -> bool:
    """Whether it is a quotient with a matrix product above the line."""
    return function.operator == div.operator and parts[0].binding == _MATRICES


def _applied(function: AnyFunction, parts: list[TextPart]) -> TextPart:
    """Return a function applied to arguments that are texts already."""
    if function.operator is not None:
        matrices = function.operator.text == "@"
        precedence = _MATRICES if matrices else function.operator.precedence
        return TextPart(_infix(function.operator, parts), precedence)
    if isinstance(function, TensorFunction):
        return TextPart(function.text(parts), ATOM)
    keywords = function.keywords if isinstance(function, Composite) else ()
    return TextPart(call(function.name, [part.text for part in parts], keywords), ATOM)


def _infix(operator: Operator, parts: list[TextPart]) -> str:
    precedence = operator.precedence
    if len(parts) == 1:
        operand = parts[0].held(precedence)
        return f"-({operand})" if operand.startswith("-") else f"-{operand}"
    left, right = parts
    tight = operator.right_associative
    alone = precedence == COMPARISON  # (a < b) < c is no chain
    least = _MATRICES if operator.text == "@" else precedence
    before = left.held(precedence + 1 if tight or alone else least)
    after = right.held(precedence if tight else precedence + _TIGHTER)
    if right.text.startswith("-") and not after.startswith("("):
        after = f"({after})"
    spaces = " " if precedence <= 1 or operator.text == "@" else ""
    return f"{before}{spaces}{operator.text}{spaces}{after}"


class _Printer(PositiveFirst, StrPrinter):
    """SymPy's text with e as what can be read again: e may be a node, an error."""

    def _print_Exp1(self, _: sp.Expr) -> str:
        return "exp(1)"


def symbolic(expression: sp.Expr) -> str:
    """Return a SymPy expression as text that reads back, cases as comparisons and ``where``.

    Examples
    --------
    >>> x = sp.Symbol("x", real=True)
    >>> symbolic(3 * sp.Piecewise((1, x > 0), (0, True)))
    '3*(x > 0)'
    >>> symbolic(sp.Piecewise((x, x > 0), (2 * x, True)))
    'where(x > 0, x, 2*x)'
    """
    with suppress(DerivationError):  # cases of one's own that leave numbers without a value
        expression = with_comparisons(expression)
    return _Printer({"order": None}).doprint(with_decimals(with_common_number(expression)))


def number(value: Any, digits: int = 6) -> str:
    """Return a number to so many significant digits; exact numbers stay exact.

    Of an array of them the first few are written; :func:`value` knows its shape.

    Examples
    --------
    >>> number(16.0), number(0.393223, 3), number(sp.Rational(8, 3))
    ('16', '0.393', '8/3')
    """
    if isinstance(value, sp.Expr):
        return symbolic(value)
    if arrays.is_array(value):
        flat = value.ravel()
        shown = ", ".join(number(entry, digits) for entry in flat[:SAMPLES_SHOWN])
        return f"[{shown}{', …' if flat.size > SAMPLES_SHOWN else ''}]"
    return decimal(float(value), digits)


THOUSANDS = 1e6
"""Numbers up to this have all digits before the point, however few are asked for."""


def decimal(value: float, digits: int = 6) -> str:
    """Return a float to so many significant digits, or in the decimal places of the notation.

    Whole numbers below 10⁹ have all their digits, others all those before the point up to a
    million; what is larger, or smaller than 10⁻⁴, has a power of ten.

    Examples
    --------
    >>> [decimal(number, 3) for number in (0.40, 1234.5, 20000.0, 1234567.8, 1e12, 0.00002)]
    ['0.4', '1234', '20000', '1.23e+06', '1e+12', '2e-05']
    >>> with writing(Notation(decimals=2), {}):
    ...     [decimal(number) for number in (0.40, 0.391, 2.0, 0.00002)]
    ['0.40', '0.39', '2', '2e-05']
    """
    if not math.isfinite(value):
        return str(value)
    if value.is_integer() and abs(value) < WHOLE:
        return str(int(value))
    places = current().decimals
    if places is not None:
        fixed = f"{value:.{places}f}"
        if abs(value) < WHOLE and float(fixed):
            return fixed
    shown = f"{value:.{digits}g}"
    return f"{value:.0f}" if "e+" in shown and abs(value) < THOUSANDS else shown


def near(value: sp.Expr, digits: int) -> str:
    """Return an exact number as a decimal."""
    found = sp.N(value, digits)
    if current().decimals is None or not abs(found) < WHOLE:
        return str(found)
    return decimal(float(found), digits)


MAX_LINE = 100
"""Characters of an array that is written whole."""


def value(found: Any, shape: Shape, digits: int = 6, most: int = SMALL) -> str:
    """Return the value of a node of this shape, or samples of it, on one line.

    Parameters
    ----------
    most
        Rows and columns of what is written whole; of more, the size, range and norm are.

    Examples
    --------
    >>> import numpy as np
    >>> value(np.array([[1, 2.5], [3, 4]]), (2, 2))
    '[[1, 2.5], [3, 4]]'
    >>> value(np.arange(50_000.0).reshape(100, 500), (100, 500))
    '(100, 500) min 0, max 49999, norm 6.455e+06'
    """
    samples = arrays.samples_of(found, shape)
    if samples is not None and shape:
        return f"{samples} sample{'' if samples == 1 else 's'} of {shapes.shown(shape)}"
    if samples is not None or not shape:
        return number(found, digits)
    if arrays.is_small(found.shape, most):
        written = whole(found, digits)
        if len(written) <= MAX_LINE:
            return written
    return f"{shapes.shown(shape)} {summary(found, digits)}"


def summary(found: Any, digits: int = 6) -> str:
    """Return what is said of an array too large to be written.

    Examples
    --------
    >>> import numpy as np
    >>> summary(np.arange(4.0))
    'min 0, max 3, norm 3.742'
    """
    if not np.size(found):
        return "no entries"
    digits = min(digits, MAX_SUMMARY_DIGITS)
    least, largest, norm = (decimal(float(part), digits) for part in arrays.summarised(found))
    return f"all {least}" if least == largest else f"min {least}, max {largest}, norm {norm}"


def whole(found: Any, digits: int = 6) -> str:
    """Return all entries of an array, row by row in brackets."""
    if not arrays.is_array(found):
        return number(found, digits)
    return f"[{', '.join(whole(row, digits) for row in found)}]"


_WRITTEN = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


def is_rounded(value: Any, shown: str) -> bool:
    """Whether a number was rounded when it was written, by more than float64 itself rounds.

    Of an array, whether one of those written was; one that is summarised always is.
    """
    if isinstance(value, sp.Expr):
        return False
    if not arrays.is_array(value):
        return not math.isclose(float(shown), float(value), rel_tol=1e-12)
    written, flat = _WRITTEN.findall(shown), value.ravel()
    if not shown.startswith("["):
        if " all " not in shown:
            return "sample" not in shown
        written, flat = written[-1:], flat[:1]
    return value.dtype != object and any(map(is_rounded, flat, written))
