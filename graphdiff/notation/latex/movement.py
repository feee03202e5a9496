"""What moves entries about, as matrices where it makes some; inverses and determinants."""

from __future__ import annotations

from collections.abc import Sequence

from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions.linear_algebra import Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.shapes import Shape
from graphdiff.notation.latex.calls import called, operator
from graphdiff.notation.latex.matrices import matrix, shortened
from graphdiff.notation.latex.parts import ATOM, BIG, POWER, PRODUCT, LatexPart, Written
from graphdiff.notation.latex.products import column, row, transposed
from graphdiff.notation.latex.sizes import places, size, sizes
from graphdiff.notation.latex.subscripts import brackets_of, subscripted


def structure(function: AnyFunction, parts: tuple[LatexPart, ...], shape: Shape) -> Written:
    """Return what moves entries about, an inverse or a determinant, applied."""
    match function:
        case Transpose(order) if len(order) == 2 and function.is_reversal:
            return transposed(parts[0]), POWER
        case Transpose(order):
            return called(rf"\operatorname{{transpose}}_{{{places(order)}}}", parts), ATOM
        case Reshape(to):
            return called(rf"\operatorname{{reshape}}_{{{sizes(to)}}}", parts), ATOM
        case Broadcast():
            return _broadcast(parts[0], shape)
        case Concatenate(axis) if axis < 2 and len(shape) <= 2:
            return _brackets(
                [[p.latex] for p in parts] if axis == 0 else [[p.latex for p in parts]]
            )
        case Stack(axis) if len(shape) <= 2:
            return _stacked(parts, axis)
        case Concatenate() | Stack():
            shown = shortened(parts, LatexPart(r"\ldots", ATOM))
            return called(operator(function.name, function.keywords), shown), ATOM
        case Index():
            return subscripted(parts[0], f"[{brackets_of(function)}]"), ATOM
        case Scatter(key):
            head = rf"\operatorname{{scatter}}_{{[{brackets_of(Index(key))}]}}"
            return called(head, parts), ATOM
        case Eye(n):
            return f"I_{{{size(n)}}}", ATOM
        case Inverse():
            inner = parts[0]
            if isinstance(inner.function, Transpose) and len(shape) == 2:
                return rf"{inner.parts[0].held(ATOM)}^{{-\top}}", POWER
            return f"{inner.held(ATOM)}^{{-1}}", POWER
        case Det() | LogDet():
            head = r"\log\det" if isinstance(function, LogDet) else r"\det"
            if parts[0].function is None and len(parts[0].latex) == 1:
                return f"{head} {parts[0].latex}", BIG
            return called(head, parts), ATOM
    return called(operator(function.name, getattr(function, "keywords", ())), parts), ATOM


def _broadcast(part: LatexPart, to: Shape) -> Written:
    ones = rf"\mathbf{{1}}_{{{sizes(to)}}}"
    match part.shape, to:
        case (), _ if part.latex in "01":
            return ones.replace("1", part.latex, 1), ATOM
        case (), _:
            return rf"{part.held(PRODUCT)}\, {ones}", PRODUCT
        case (n,), (m, width) if n == width != 1:
            return rf"\mathbf{{1}}_{{{size(m)}}} {row(part)}", PRODUCT
        case (1, n), (m, width) if n == width:
            return rf"\mathbf{{1}}_{{{size(m)}}} {part.held(PRODUCT, after=True)}", PRODUCT
        case (m, 1), (height, n) if m == height:
            return rf"{part.held(PRODUCT)} \mathbf{{1}}_{{{size(n)}}}^{{\top}}", PRODUCT
    return called(rf"\operatorname{{broadcast}}_{{{sizes(to)}}}", [part]), ATOM


def _stacked(parts: tuple[LatexPart, ...], axis: int) -> Written:
    if not parts[0].shape:
        return _brackets([[part.latex] for part in parts])
    if axis == 1:
        return _brackets([[column(part) for part in parts]])
    if all(isinstance(p.function, Stack) and not p.parts[0].shape for p in parts):
        return _brackets([[entry.latex for entry in part.parts] for part in parts])
    return _brackets([[row(part)] for part in parts])


def _brackets(rows: Sequence[Sequence[str]]) -> Written:
    return matrix(rows), ATOM
