"""Products of matrices, juxtaposed, a vector on the left of one transposed."""

from __future__ import annotations

import re

from graphdiff.language.functions.linear_algebra import Inverse
from graphdiff.language.functions.scalar_function import Function
from graphdiff.language.functions.writing import ATOM, PRODUCT, LatexPart

_WORD_AT_END = re.compile(r"\\mathrm\{[^{}]*\}(?:_\{[^{}]*\})?(?:\^\{[^{}]*\})?$")
_WORD_AT_START = (r"\mathrm", r"\operatorname", r"\det")


def beside(left: str, right: str) -> str:
    r"""Return a product without a sign; a little room beside words."""
    room = _WORD_AT_END.search(left) or right.startswith(_WORD_AT_START)
    return rf"{left}\, {right}" if room else f"{left} {right}"


def matmul(left: LatexPart, right: LatexPart) -> str:
    """Return a product of matrices and vectors: W x, xᵀ y."""
    first = row(left) if len(left.shape) == 1 else left.held(PRODUCT)
    second = column(right) if len(right.shape) == 1 else right.held(PRODUCT, after=True)
    if second[0].isdigit():
        second = rf"\left({second}\right)"
    return beside(first, second)


def row(part: LatexPart) -> str:
    """Return a vector as a row."""
    return part.held(PRODUCT) if part.is_row else transposed(part)


def column(part: LatexPart) -> str:
    """Return a vector as a column."""
    return transposed(part) if part.is_row else part.held(PRODUCT, after=True)


def transposed(part: LatexPart) -> str:
    """Return a transpose; of an inverse A⁻ᵀ, of a multiple that of what is multiplied."""
    match part.function, part.parts:
        case Inverse(), (inner,):
            return rf"{inner.held(ATOM)}^{{-\top}}"
        case Function(name="mul"), (factor, inner) if not factor.shape:
            return beside(factor.held(PRODUCT), transposed(inner))
        case _:
            return rf"{part.held(ATOM)}^{{\top}}"
