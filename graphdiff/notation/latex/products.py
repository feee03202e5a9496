"""Products of matrices, juxtaposed, a vector on the left of one transposed."""

from __future__ import annotations

import re

from graphdiff.language.functions.scalar_function import Function
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.functions.writing import ATOM, PRODUCT, LatexPart

EULER = r"\mathrm{e}"
"""Euler's number: upright, so that it is no node e."""

WORD = r"\\mathrm\{(?!e\})[^{}]*\}(?:_\{(?:[^{}]|\{[^{}]*\})*\})?(?:\^\{[^{}]*\})?"
"""What a name that is a word looks like."""

_WORD_AT_END = re.compile(rf"{WORD}$")
_WORD_AT_START = (r"\mathrm", r"\operatorname", r"\det")


def beside(left: str, right: str) -> str:
    r"""Return a product without a sign; a little room beside words."""
    is_word = right.startswith(_WORD_AT_START) and not right.startswith(EULER)
    room = _WORD_AT_END.search(left) or is_word
    return rf"{left}\, {right}" if room else f"{left} {right}"


def matmul(left: LatexPart, right: LatexPart) -> str:
    """Return a product of matrices and vectors: W x, xᵀ y."""
    first = row(left) if len(left.shape) == 1 else left.held(PRODUCT)
    second = column(right) if len(right.shape) == 1 else right.held(PRODUCT, after=True)
    return beside(first, _behind(second))


def row(part: LatexPart, *, after: bool = False) -> str:
    """Return a vector as a row, as it stands behind another factor or alone."""
    written = part.held(PRODUCT) if part.is_row else transposed(part)
    return _behind(written) if after else written


def column(part: LatexPart) -> str:
    """Return a vector as a column."""
    return transposed(part) if part.is_row else part.held(PRODUCT, after=True)


def transposed(part: LatexPart) -> str:
    """Return a transpose; of an inverse A⁻ᵀ, of a multiple that of what is multiplied."""
    if isinstance(part.function, TensorFunction) and part.function.latex_transposed(part.parts):
        return part.function.latex_transposed(part.parts)
    match part.function, part.parts:
        case Function(name="mul"), (factor, inner) if not factor.shape:
            return beside(factor.held(PRODUCT), _behind(transposed(inner)))
        case _:
            return rf"{part.held(ATOM)}^{{\top}}"


def _behind(factor: str) -> str:
    """Return a factor as it stands behind another: what begins with a sign or digit is held."""
    is_held = factor.startswith("-") or factor[0].isdigit()
    return rf"\left({factor}\right)" if is_held else factor
