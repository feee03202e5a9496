"""What declarations of functions of tensors write LaTeX with."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.language.functions.writing import ATOM, LatexPart
from graphdiff.notation.latex.calls import called, operator
from graphdiff.notation.latex.matrices import matrix, shortened
from graphdiff.notation.latex.products import column, row, transposed
from graphdiff.notation.latex.sizes import size, sizes
from graphdiff.notation.latex.subscripts import subscripted


class Pen:
    """The ways to write that are at hand, each from its own file."""

    called = staticmethod(called)
    operator = staticmethod(operator)
    row = staticmethod(row)
    column = staticmethod(column)
    transposed = staticmethod(transposed)
    matrix = staticmethod(matrix)
    subscripted = staticmethod(subscripted)
    size = staticmethod(size)
    sizes = staticmethod(sizes)

    def few(self, parts: Sequence[LatexPart]) -> Sequence[LatexPart]:
        """Return parts, the middle of many left out."""
        return shortened(parts, _DOTS)


_DOTS = LatexPart(r"\ldots", ATOM)


PEN = Pen()
