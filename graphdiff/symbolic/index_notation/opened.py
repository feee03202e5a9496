"""An expression in terms of the functions that have entries of their own.

Composites are written out, save those with a pullback of their own, which have a name in
formulas. Joining is a sum, Σ_k E_k a_k, with some columns E_k of the identity for each part,
whose sizes may be letters. Where ties are shared, 1[x = max x] stands over how many tie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from graphdiff.language.expression import (
    Apply,
    Constant,
    Expression,
    apply,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum
from graphdiff.language.functions.movement import Concatenate, Reshape, Stack
from graphdiff.language.functions.reductions import Extremum, TieShares
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.symbolic.index_notation.symbols import Same

EQUAL = Function("equal", Same, 2)
"""1 where two numbers are equal, else 0."""


@dataclass(frozen=True, repr=False)
class Columns(TensorFunction):
    """So many columns of the identity matrix from one on, of no argument."""

    n: Any
    start: Any
    count: Any

    def shape(self, *_: Shape) -> Shape:
        """Return (n, count)."""
        return (self.n, self.count)


Written = dict[Expression, Expression]
"""How parts of an opened expression were written."""


def opened(root: Expression, written: Written, value: Expression | None = None) -> Expression:
    """Return an expression in terms of the functions that have entries of their own.

    Parameters
    ----------
    root
        The expression.
    written
        To be filled in.
    value
        The value whose largest and smallest entries the ties in ``root`` are shared for.
    """

    def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
        found = _opened(with_arguments(part, arguments), written, value)
        if found is not part:
            written[found] = part
        return found

    return rebuilt(root, make)


def _opened(part: Apply, written: Written, value: Expression | None) -> Expression:
    match part.function:
        case Composite(rule=None, expand=expand):
            return opened(expand(*part.arguments), written)
        case Concatenate(axis):
            return _joined(axis, part.shape, part.arguments)
        case Stack(axis) if not all(isinstance(a, Apply | Constant) for a in in_order(part)):
            one = (*part.shape[:axis], 1, *part.shape[axis + 1 :])
            return _joined(axis, part.shape, [apply(Reshape(one), a) for a in part.arguments])
        case TieShares() as function:
            return _shares(function, part.arguments[0], value)
    return part


def _joined(axis: int, shape: Shape, parts: Sequence[Expression]) -> Expression:
    """Return Σ_k E_k a_k along an axis."""
    old = "abcdefghijklm"[: len(shape)]
    new = f"{old[:axis]}z{old[axis + 1 :]}"
    start, terms = 0, []
    for part in parts:
        columns = apply(Columns(shape[axis], start, part.shape[axis]))
        terms.append(apply(Einsum(f"z{old[axis]},{old}->{new}"), columns, part))
        start = start + part.shape[axis]
    return reduce(add, terms)


def _shares(function: TieShares, x: Expression, value: Expression | None) -> Expression:
    """Return 1[x = max x] / Σ 1[x = max x], by the extremum in the value if it is there."""
    plain = Extremum(function.axes, function.rank, smallest=function.smallest)
    kept = Extremum(function.axes, function.rank, keepdims=True, smallest=function.smallest)
    best = apply(plain, x)
    for part in in_order(x if value is None else value):
        if isinstance(part, Apply) and part.function in (plain, kept) and part.arguments == (x,):
            best = part
    if best.shape and best.function == plain:
        best = apply(Reshape(kept.shape(x.shape)), best)
    wins = apply(EQUAL, x, best)
    return wins / wins.sum(function.axes, keepdims=True)
