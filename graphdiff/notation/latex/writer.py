"""Functions applied; sums name their indices, Σ_i (x_i − y_i)², one along an axis Σ_j X_{:,j}."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from graphdiff.language.expression import AnyFunction
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Eye, Transpose
from graphdiff.language.functions.reductions import Reduction
from graphdiff.language.functions.scalar_function import Function
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.functions.writing import (
    ATOM,
    BIG,
    ENTRYWISE,
    PRODUCT,
    LatexPart,
    Written,
)
from graphdiff.language.shapes import Shape
from graphdiff.notation.latex.calls import called, composite
from graphdiff.notation.latex.maps import map_of
from graphdiff.notation.latex.pen import PEN
from graphdiff.notation.latex.products import beside, column, matmul, row
from graphdiff.notation.latex.subscripts import index_of, subscripted

LETTERS = "ijklmnpqrstuv"
"""Indices: i along the first axis, j along the second; a name of the formula is left out."""

_MORE_LETTERS = tuple(f"i_{{{k}}}" for k in range(1, 100))

MAX_PUSHED = 100
"""Parts of a formula whose entry is written entry by entry, not ( … )_i."""


@dataclass(frozen=True)
class Writer:
    """Writes functions applied to parts."""

    names: frozenset[str]
    active: frozenset[str] = frozenset()
    """The indices of the sums that this stands in."""

    @property
    def letters(self) -> list[str]:
        """The indices to use."""
        taken = self.names | self.active
        return [letter for letter in (*LETTERS, *_MORE_LETTERS) if letter not in taken]

    def inside(self, index: Iterable[str]) -> Writer:
        """Return the writer of what stands in a sum over these indices."""
        return replace(self, active=self.active.union(index))

    @property
    def _may_write_deltas(self) -> bool:
        """Whether δ is free to stand for the entries of the identity."""
        return not any(name.startswith(r"\delta") for name in self.names)

    def applied(
        self, function: AnyFunction, parts: tuple[LatexPart, ...], shape: Shape
    ) -> LatexPart:
        """Return a function applied to parts, its value of this shape."""
        is_row = isinstance(function, Function) and any(part.is_row for part in parts)
        match function:
            case Function():
                latex, binding = map_of(function, parts, shape)
            case MatMul():
                latex, binding = matmul(*parts), PRODUCT
                is_row = len(parts[0].shape) == 1 and len(shape) == 1
            case Einsum():
                latex, binding = self._contraction(function, parts)
            case Reduction():
                return self._reduced(function, parts[0], shape)
            case Composite():
                latex, binding = composite(function, parts)
            case _:
                latex, binding = function.latex(PEN, parts, shape)
        bound = frozenset[str]().union(*(part.bound for part in parts))
        size = 1 + sum(part.size for part in parts)
        is_entry = isinstance(function, Function) and any(part.is_entry for part in parts)
        return LatexPart(latex, binding, shape, function, parts, is_row, bound, size, is_entry)

    def _reduced(
        self, function: Reduction, part: LatexPart, shape: Shape, kept: tuple[str, ...] = ()
    ) -> LatexPart:
        """Return a reduction; ``kept`` has the places along the axes that are not reduced."""
        chosen = self._letters_for(function.axes, part.bound)
        others = iter(kept or ":" * len(part.shape))
        index = tuple(chosen.get(k) or next(others) for k in range(len(part.shape)))
        used = [chosen[axis] for axis in function.axes]
        entry = self.inside(index).entry(part, index)
        latex = entry.held(ENTRYWISE, after=True)
        if entry.binding == BIG and not entry.latex.startswith("-"):
            latex = entry.latex
        if used:
            latex = rf"{function.sign}_{{{','.join(used)}}} {latex}"
        reduced = latex, BIG if used else entry.binding
        latex, binding = function.latex_of(PEN, reduced, part)
        bound = part.bound.union(used)
        return LatexPart(latex, binding, shape, function, (part,), bound=bound, size=1 + part.size)

    def _letters_for(self, axes: Sequence[int], bound: frozenset[str]) -> dict[int, str]:
        """Return an index for each axis: i for the first, j for the second, if these are free."""
        usual = [letter for letter in LETTERS if letter not in self.names]
        free = [letter for letter in self.letters if letter not in bound]
        chosen: dict[int, str] = {}
        for axis in axes:
            letter = usual[axis] if axis < len(usual) else ""
            chosen[axis] = letter if letter in free else free[0]
            free.remove(chosen[axis])
        return chosen

    def _contraction(self, function: Einsum, parts: tuple[LatexPart, ...]) -> Written:
        match function.name:
            case "outer":
                left, right = parts
                return beside(column(left), row(right, after=True)), PRODUCT
            case "trace":
                return called(r"\operatorname{tr}", parts), ATOM
            case "diag":
                return called(r"\operatorname{diag}", parts), ATOM
        inputs, output = self._renamed(function)
        writer = self.inside("".join(inputs))
        found = [writer.entry(part, tuple(i)) for part, i in zip(parts, inputs, strict=True)]
        inner = sorted(set("".join(inputs)) - set(output))
        product = found[0].held(PRODUCT, after=bool(inner))
        for part in found[1:]:
            product = beside(product, part.held(PRODUCT, after=True))
        if inner:
            product = rf"\sum_{{{','.join(inner)}}} {product}"
        if output:
            return rf"\left[{product}\right]_{{{output}}}", ATOM
        return product, BIG if inner else PRODUCT

    def _renamed(self, function: Einsum) -> tuple[tuple[str, ...], str]:
        """Return the indices of a contraction, others for those that are names."""
        letters = dict.fromkeys("".join((*function.operands, function.output)))
        spare = [letter for letter in self.letters if letter not in letters]
        table = str.maketrans({old: spare.pop(0) for old in letters if old in self.names and spare})
        inputs = tuple(operand.translate(table) for operand in function.operands)
        return inputs, function.output.translate(table)

    def entry(self, part: LatexPart, index: tuple[str, ...]) -> LatexPart:
        """Return an entry, or a row or column where the index has colons: x_i, X_{i,:}.

        The index of a sum goes to the names inside, (x_i − y_i)², where that is short.
        """
        if not part.shape or all(place == ":" for place in index):
            return part
        left = tuple(s for s, place in zip(part.shape, index, strict=True) if place == ":")
        if part.size <= MAX_PUSHED:
            pushed = self._pushed(part, index)
            if pushed is not None:
                return self.applied(part.function, pushed, left) if part.function else part
        match part.function, part.parts:
            case Transpose(order), (inner,) if len(left) < 2:
                places = dict(zip(order, index, strict=True))
                return self.entry(inner, tuple(places[axis] for axis in range(len(order))))
            case Einsum(shown_as="outer"), (a, b) if not left:
                first, second = self.entry(a, index[:1]), self.entry(b, index[1:])
                latex = beside(first.held(PRODUCT), second.held(PRODUCT, after=True))
                return LatexPart(latex, PRODUCT, bound=part.bound, is_entry=True)
            case Reduction(reduces=True) as reduction, (inner,):
                kept = tuple(
                    place
                    for axis, place in enumerate(index)
                    if not (reduction.keepdims and axis in reduction.axes)
                )
                return replace(self._reduced(reduction, inner, left, kept), is_entry=not left)
            case Eye(), () if self._may_write_deltas and not left and index[0] != index[1]:
                return LatexPart(rf"\delta_{{{index_of(index)}}}", ATOM, is_entry=True)
        latex = subscripted(part, index_of(index))
        return LatexPart(latex, ATOM, left, bound=part.bound, is_entry=not left)

    def _pushed(self, part: LatexPart, index: tuple[str, ...]) -> tuple[LatexPart, ...] | None:
        """Return what an entry is made of, if it is made of entries."""
        if not isinstance(part.function, Function):
            return None
        return tuple(self.entry(p, _aligned(p.shape, part.shape, index)) for p in part.parts)


def _aligned(own: Shape, wide: Shape, index: tuple[str, ...]) -> tuple[str, ...]:
    """Return the index into an operand that was broadcast to a wider shape."""
    skipped = len(wide) - len(own)
    return tuple(
        "1" if size == 1 and full != 1 and place != ":" else place
        for size, full, place in zip(own, wide[skipped:], index[skipped:], strict=True)
    )
