"""Formulas as LaTeX, for pdflatex and for the typesetter of the pictures."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.latex import LatexPrinter

from graphdiff.language.shapes import Shape
from graphdiff.notation import arrays, text
from graphdiff.notation.arrays import MAX_SUMMARY_DIGITS, SAMPLES_SHOWN, SMALL
from graphdiff.notation.decimals import with_decimals
from graphdiff.notation.latex.letters import accented, ascii_only, clusters, decimal, is_atom, name
from graphdiff.notation.latex.local_function import authored
from graphdiff.notation.latex.matrices import matrix, matrix_of_all
from graphdiff.notation.latex.products import EULER, WORD
from graphdiff.notation.latex.sizes import sizes
from graphdiff.notation.signs import PositiveFirst, with_common_number

__all__ = [
    "accented",
    "ascii_only",
    "authored",
    "clusters",
    "decimal",
    "matrix",
    "name",
    "number",
    "sizes",
    "summary",
    "symbolic",
    "value",
]

_TIMES = "\ue000"
"""Stands between factors until both are known."""

_COEFFICIENT = re.compile(r"(?:^|[^0-9.}\]])-? ?[0-9.]+$")
_WORD = re.compile(rf"{WORD}$")


def _with_dots(formula: str, *, words: bool) -> str:
    """Write products: a dot between names where some have several letters, else a space."""
    first, *others = formula.split(_TIMES)
    for factor in others:
        if not words or _COEFFICIENT.search(first):
            sign = " "
        elif factor.startswith(r"\left("):
            sign = r" \cdot " if _WORD.search(first) else " "
        else:
            sign = r" \cdot "
        first += sign + factor
    return first


class _Printer(PositiveFirst, LatexPrinter):
    """SymPy's LaTeX with our names, and cases as short as they can be."""

    def __init__(self) -> None:
        super().__init__({"inv_trig_style": "full", "mul_symbol": _TIMES})
        self._settings["mul_symbol_latex_numbers"] = r" \cdot "

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        del style
        return name(expr.name)

    def _print(self, expr: Any, **settings: Any) -> str:
        """Return a part; Euler's number, which writes itself, upright: e may be a node."""
        return EULER if expr is sp.E else super()._print(expr, **settings)

    def _print_ExpBase(self, expr: sp.Expr, exp: str | None = None) -> str:
        power = rf"{EULER}^{{{self._print(expr.args[0])}}}"
        return power if exp is None else rf"\left({power}\right)^{{{exp}}}"

    def parenthesize_super(self, s: str) -> str:
        """Put a symbol that is no single letter into brackets, before it gets a power."""
        return s if is_atom(s) else rf"\left({s}\right)"

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        rows = []
        for value, condition in expr.args:
            when = (
                r"\text{otherwise}"
                if condition == True  # noqa: E712
                else rf"\text{{if }} {self._print(condition)}"
            )
            rows.append(rf"{self._print(value)} & {when}")
        return r"\begin{cases} " + r" \\ ".join(rows) + r" \end{cases}"


def symbolic(expression: sp.Expr) -> str:
    r"""Return a SymPy expression as LaTeX.

    Examples
    --------
    >>> print(symbolic(2 * sp.Symbol("ŷ", real=True)))
    2 \hat{y}
    """
    words = any(name(symbol.name).startswith(r"\mathrm") for symbol in expression.free_symbols)
    return _with_dots(
        _Printer().doprint(with_decimals(with_common_number(expression))), words=words
    )


def number(value: Any, digits: int = 6) -> str:
    r"""Return a number as LaTeX, to so many significant digits; exact numbers stay exact.

    Of an array of them the first few are written; :func:`value` knows its shape.

    Examples
    --------
    >>> print(number(-8.0), number(0.393223, 3), number(sp.Rational(8, 3)), number(1.2e-5))
    -8 0.393 \frac{8}{3} 1.2\times 10^{-5}
    """
    if isinstance(value, sp.Expr):
        return symbolic(value)
    if arrays.is_array(value):
        shown = ",\\, ".join(number(entry, digits) for entry in value.ravel()[:SAMPLES_SHOWN])
        dots = r", \ldots" if value.size > SAMPLES_SHOWN else ""
        return f"[{shown}{dots}]"
    value = float(value)
    if not math.isfinite(value):
        return r"\infty" if value > 0 else r"-\infty" if value < 0 else r"\mathrm{nan}"
    return decimal(text.decimal(value, digits))


def value(found: Any, shape: Shape, digits: int = 6, most: int = SMALL) -> str:
    r"""Return the value of a node of this shape, or samples of it, as LaTeX.

    Parameters
    ----------
    most
        Rows and columns of what is written whole; of more, the size, range and norm are.

    Examples
    --------
    >>> import numpy as np
    >>> print(value(np.array([[1, 2.5], [3, 4]]), (2, 2)))
    \begin{bmatrix} 1 & 2.5 \\ 3 & 4 \end{bmatrix}
    """
    samples = arrays.samples_of(found, shape)
    if samples is not None and shape:
        plural = "" if samples == 1 else "s"
        return rf"{samples} \text{{ sample{plural} in }} \mathbb{{R}}^{{{sizes(shape)}}}"
    if samples is not None or not shape:
        return number(found, digits)
    if arrays.is_small(found.shape, most):
        return whole(found, digits)
    return rf"{sizes(shape)},\; {summary(found, digits)}"


def whole(found: Any, digits: int = 6) -> str:
    """Return all entries of a vector or a matrix as LaTeX."""
    rows = found[:, None] if found.ndim == 1 else found
    return matrix_of_all([[_entry(entry, digits) for entry in row] for row in rows])


def _entry(number_of: Any, digits: int) -> str:
    """Return an entry of a matrix: a fraction in one line."""
    if isinstance(number_of, sp.Rational) and not number_of.is_Integer:
        return text.symbolic(number_of)
    return number(number_of, digits)


def summary(found: Any, digits: int = 6) -> str:
    r"""Return what is said of an array too large to be written, as LaTeX.

    Examples
    --------
    >>> import numpy as np
    >>> print(summary(np.arange(4.0)))
    \text{min } {0}\text{, max } {3}\text{, norm } {3.742}
    """
    if not np.size(found):
        return r"\text{no entries}"
    digits = min(digits, MAX_SUMMARY_DIGITS)
    least, largest, norm = (
        f"{{{decimal(text.decimal(float(part), digits))}}}" for part in arrays.summarised(found)
    )
    if least == largest:
        return rf"\text{{all }} {least}"
    return rf"\text{{min }} {least}\text{{, max }} {largest}\text{{, norm }} {norm}"
