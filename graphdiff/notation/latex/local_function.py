r"""Local functions as LaTeX, as their author wrote them.

Products of matrices are juxtaposed, W x; a vector on the left of one is transposed. Entry by
entry are ⊙, ⊘ and x^{⊙2}, so that no formula reads as a product of matrices. A sum over
everything names its indices, Σ_i (x_i − y_i)²; one along an axis leaves the others whole,
Σ_j X_{:,j}.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from graphdiff.language import floats
from graphdiff.language.functions.writing import ATOM, POWER, PRODUCT, UNARY, LatexPart
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction
from graphdiff.notation.latex.letters import decimal, is_atom
from graphdiff.notation.latex.products import row
from graphdiff.notation.latex.writer import Writer

_LONG = re.compile(r"-?[0-9]{10,}\.0")


def _short(written: str) -> str:
    """Return 1e+12 for 1000000000000.0, as Python writes 1e12."""
    return f"{float(written):.9g}" if _LONG.fullmatch(written) else written


def constant(written: str) -> str:
    r"""Return a number of a formula as LaTeX: √6 and 1/3 where a float is one of these, rounded.

    Examples
    --------
    >>> constant(str(6**0.5)), constant(str(1 / 3)), constant("0.3333"), constant("2.5")
    ('\\sqrt{6}', '\\frac{1}{3}', '0.3333', '2.5')
    """
    number = floats.meant(written)
    if number is None or number.is_Integer:
        return decimal(_short(written))
    sign = "-" if number.is_negative else ""
    if number.is_Rational:
        return rf"{sign}\frac{{{abs(number.p)}}}{{{number.q}}}"
    square = number**2
    if square.q == 1:
        return rf"{sign}\sqrt{{{square}}}"
    if square.p == 1:
        return rf"{sign}\frac{{1}}{{\sqrt{{{square.q}}}}}"
    return rf"{sign}\sqrt{{\frac{{{square.p}}}{{{square.q}}}}}"


def _binding(number: str) -> int:
    """Return how tightly a number holds: 10¹² has a power already, 2 × 10¹² is a product."""
    if number.startswith("-"):
        return UNARY
    if number.startswith(r"\sqrt"):
        return ATOM
    return (
        PRODUCT
        if r"\times" in number or number.startswith(r"\frac")
        else POWER
        if "^" in number
        else ATOM
    )


def authored(
    function: LocalFunction, arguments: Sequence[str | LatexPart], *, as_row: bool = False
) -> str:
    """Return the formula of a local function as its author wrote it, in LaTeX.

    Parameters
    ----------
    function
        The local function.
    arguments
        The LaTeX of each formal argument: a name, or a part that says how tightly it holds.
    as_row
        Whether to write a vector as a row, transposed.
    """
    writer = Writer(frozenset(given for given in arguments if isinstance(given, str)))
    parts: list[LatexPart] = []
    for line, shape in zip(function.program, function.line_shapes, strict=True):
        match line:
            case Formal(slot):
                given = arguments[slot]
                if isinstance(given, str):
                    given = LatexPart(given, ATOM if is_atom(given) else POWER)
                parts.append(replace(given, shape=shape))
            case Literal(value, written):
                shown = r"\pi" if value is sp.pi else constant(written)
                parts.append(LatexPart(shown, _binding(shown)))
            case (declared, lines):
                parts.append(writer.applied(declared, tuple(parts[k] for k in lines), shape))
    return row(parts[-1]) if as_row and len(parts[-1].shape) == 1 else parts[-1].latex
