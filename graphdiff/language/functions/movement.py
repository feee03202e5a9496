"""Structure: functions that only move entries about. Their Jacobians are zeros and ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
    known,
)
from graphdiff.language.functions.writing import (
    ATOM,
    POWER,
    PRODUCT,
    UNARY,
    LatexPart,
    Pen,
    TextPart,
    Written,
    call,
)
from graphdiff.language.shapes import Shape, axis_of, entries, shown


@dataclass(frozen=True, repr=False)
class Reshape(TensorFunction):
    """The same entries, row by row, in another shape."""

    is_multilinear: ClassVar[bool] = True

    to: Shape

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The new shape."""
        return (("", self.to),)

    def shape(self, old: Shape) -> Shape:
        """Return the new shape."""
        if entries(old) != entries(self.to):
            raise ShapeError(
                f"{{0}} has {entries(old)} entries and cannot have shape {shown(self.to)}, "
                f"which has {entries(self.to)}"
            )
        return self.to

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the reshaped array."""
        lead = arrays[0].shape[: arrays[0].ndim - len(shapes[0])]
        return arrays[0].reshape(lead + self.to)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent in the old shape."""
        return make(Reshape(part.arguments[slot].shape), c)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return the new shape below the name."""
        return pen.called(rf"\operatorname{{reshape}}_{{{pen.sizes(self.to)}}}", parts), ATOM


@dataclass(frozen=True, repr=False)
class Transpose(TensorFunction):
    """The axes in another order; for a matrix its transpose."""

    is_multilinear: ClassVar[bool] = True

    order: tuple[int, ...]

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The order, where it is not the reverse."""
        return () if self.is_reversal else (("", self.order),)

    @property
    def is_reversal(self) -> bool:
        """Whether it is ``.T``."""
        return self.order == tuple(reversed(range(len(self.order))))

    @property
    def is_of_matrices(self) -> bool:
        """Whether it transposes a matrix, or each of a stack."""
        rank = len(self.order)
        return rank > 1 and self.order == (*range(rank - 2), rank - 1, rank - 2)

    @property
    def inverse(self) -> Transpose:
        """What takes it back."""
        return Transpose(tuple(int(axis) for axis in np.argsort(self.order)))

    def shape(self, old: Shape) -> Shape:
        """Return the sizes in the new order."""
        if sorted(self.order) != list(range(len(old))):
            raise ShapeError(
                f"the order of axes {shown(self.order)} does not fit {{0}}; it must name each axis "
                f"from 0 to {len(old) - 1} once"
            )
        return tuple(old[axis] for axis in self.order)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the transposed array."""
        lead = arrays[0].ndim - len(self.order)
        return arrays[0].transpose((*range(lead), *(lead + axis for axis in self.order)))

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent with its axes put back."""
        return make(self.inverse, c)

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return ``A.T``, or a call."""
        return f"{parts[0].held(ATOM)}.T" if self.is_reversal else super().text(parts)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return Aᵀ, of a stack that of each matrix, or the order below the name."""
        if self.is_of_matrices:
            return pen.transposed(parts[0]), POWER
        return pen.called(pen.operator("transpose", (("", self.order),)), parts), ATOM


@dataclass(frozen=True, repr=False)
class Broadcast(TensorFunction):
    """The same value in every place of a larger shape."""

    to: Shape

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The shape."""
        return (("", self.to),)

    def shape(self, old: Shape) -> Shape:
        """Return the larger shape."""
        tail = self.to[len(self.to) - len(old) :]
        if len(old) > len(self.to) or any(a not in (1, b) for a, b in zip(old, tail, strict=True)):
            raise ShapeError(
                f"{{0}} cannot be broadcast to {shown(self.to)}; sizes must agree from the last "
                "axis backwards, or be 1"
            )
        return self.to

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the larger array."""
        value, old = arrays[0], shapes[0]
        lead = value.shape[: value.ndim - len(old)]
        wide = np.empty(lead + known(self.to, "broadcasting"), value.dtype)
        wide[...] = value.reshape(lead + (1,) * (len(self.to) - len(old)) + tuple(old))
        return wide

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the sum of the cotangent over the places of each entry."""
        return summed_to(c, part.arguments[slot].shape)

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return ``ones(…)``, ``zeros(…)``, or a call."""
        inner = parts[0].text
        if inner in ("0", "1") and self.to:
            return call("ones" if inner == "1" else "zeros", map(str, self.to))
        return call("broadcast_to", [inner], self.keywords)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return a product with ones where it is one."""
        (part,) = parts
        ones = rf"\mathbf{{1}}_{{{pen.sizes(self.to)}}}"
        match part.shape, self.to:
            case (), _ if part.latex in "01":
                return ones.replace("1", part.latex, 1), ATOM
            case (), _ if part.latex == "-1":
                return f"-{ones}", UNARY
            case (), _:
                return rf"{part.held(PRODUCT)}\, {ones}", PRODUCT
            case (n,), (m, width) if n == width != 1:
                return rf"\mathbf{{1}}_{{{pen.size(m)}}} {pen.row(part, after=True)}", PRODUCT
            case (1, n), (m, width) if n == width:
                return rf"\mathbf{{1}}_{{{pen.size(m)}}} {part.held(PRODUCT, after=True)}", PRODUCT
            case (m, 1), (height, n) if m == height:
                return rf"{part.held(PRODUCT)} \mathbf{{1}}_{{{pen.size(n)}}}^{{\top}}", PRODUCT
        return pen.called(rf"\operatorname{{broadcast}}_{{{pen.sizes(self.to)}}}", parts), ATOM

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return a copy that broadcasts."""
        return "{alloc}", "copyto({t}, {0})"


@dataclass(frozen=True, repr=False)
class _Joining(TensorFunction):
    """Arrays brought together along an axis."""

    axis: int

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The axis."""
        return () if self.axis == 0 else (("axis", self.axis),)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return a matrix of blocks, or a call."""
        if len(shape) <= 2:
            return pen.matrix(self.blocks(pen, parts)), ATOM
        return pen.called(pen.operator(self.name, self.keywords), pen.few(parts)), ATOM

    def blocks(self, pen: Pen, parts: Sequence[LatexPart]) -> list[list[str]]:
        """Return the parts of a matrix by rows."""
        raise NotImplementedError


@dataclass(frozen=True, repr=False)
class Concatenate(_Joining):
    """Arrays one after the other along an axis."""

    def shape(self, *shapes: Shape) -> Shape:
        """Return the common shape, long along the axis."""
        for place, other in enumerate(shapes):
            if not other:
                raise ShapeError(f"{{{place}}} is a scalar and has no axis to go along; use stack")
            ok = len(other) == len(shapes[0]) and all(
                a == b for k, (a, b) in enumerate(zip(other, shapes[0], strict=True))
                if k != self.axis
            )  # fmt: skip
            if not ok:
                raise ShapeError(
                    f"{{0}} and {{{place}}} cannot be concatenated along axis {self.axis}; their "
                    f"other axes must be equal, so {_beside(shapes[0], self.axis)} would fit"
                )
        along = sum(shape[self.axis] for shape in shapes)
        return (*shapes[0][: self.axis], along, *shapes[0][self.axis + 1 :])

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the long array."""
        return np.concatenate(_with_equal_leads(arrays, shapes), axis=self.axis - len(shapes[0]))

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor | None:
        """Return the cotangent of one of the parts; None of one without entries."""
        start = sum(a.shape[self.axis] for a in part.arguments[:slot])
        own = part.arguments[slot].shape
        if 0 in own:
            return None
        return c[(slice(None),) * self.axis + (slice(start, start + own[self.axis]),)]

    def blocks(self, pen: Pen, parts: Sequence[LatexPart]) -> list[list[str]]:
        """Return the parts one below the other, or side by side."""
        return [[p.latex] for p in parts] if self.axis == 0 else [[p.latex for p in parts]]

    def numpy(self, *shapes: Any) -> tuple[str, ...]:
        """Return one call."""
        places = "".join(f"{{{k}}}, " for k in range(len(shapes)))
        return (f"concatenate(({places}), {self.axis}, {{into}})",)


"""A number, or an array of them."""


@dataclass(frozen=True, repr=False)
class Stack(_Joining):
    """Arrays of one shape along a new axis."""

    def shape(self, *shapes: Shape) -> Shape:
        """Return the common shape with one axis more."""
        for place, other in enumerate(shapes):
            if other != shapes[0]:
                raise ShapeError(
                    f"{{0}} and {{{place}}} cannot be stacked; their shapes must be equal"
                )
        return (*shapes[0][: self.axis], len(shapes), *shapes[0][self.axis :])

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the stack."""
        return np.stack(_with_equal_leads(arrays, shapes), axis=self.axis - len(shapes[0]) - 1)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent of one of the parts."""
        return c[(slice(None),) * self.axis + (slot,)]

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return a list, or along another axis a call."""
        if self.axis == 0:
            return f"[{', '.join(part.text for part in parts)}]"
        return super().text(parts)

    def blocks(self, pen: Pen, parts: Sequence[LatexPart]) -> list[list[str]]:
        """Return the parts as rows or columns, the entries of rows that are stacks themselves."""
        if not parts[0].shape:
            return [[part.latex] for part in parts]
        if self.axis == 1:
            return [[pen.column(part) for part in parts]]
        if all(isinstance(p.function, Stack) and not p.parts[0].shape for p in parts):
            return [[entry.latex for entry in part.parts] for part in parts]
        return [[pen.row(part)] for part in parts]


def _with_equal_leads(arrays: Sequence[Array], shapes: Sequence[Shape]) -> list[Array]:
    leads = [a.shape[: a.ndim - len(s)] for a, s in zip(arrays, shapes, strict=True)]
    lead = np.broadcast_shapes(*leads)
    return [np.broadcast_to(a, lead + tuple(s)) for a, s in zip(arrays, shapes, strict=True)]


def _beside(shape: Shape, axis: int) -> str:
    sizes = ["…" if k == axis else str(size) for k, size in enumerate(shape)]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"


class Slice(NamedTuple):
    """A slice start:stop:step; not equal to the list of three entries, which is a tuple too."""

    start: Any
    stop: Any
    step: int | None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Slice) and tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((Slice, *self))

    def __str__(self) -> str:
        ends = ":".join("" if end is None else str(end) for end in (self.start, self.stop))
        return ends if self.step is None else f"{ends}:{self.step}"


Key = tuple[Any, ...]
"""What stands in brackets: integers, slices, None for a new axis, tuples of integers."""


def as_key(written: Any) -> Key:
    """Return what stands in brackets as a record.

    Raises
    ------
    GraphError
        For what is no integer, slice, new axis or list of integers.
    """
    parts = written if isinstance(written, tuple) else (written,)
    return tuple(map(_as_part, parts))


def _as_part(part: Any) -> Any:
    if isinstance(part, slice):
        ends: list[Any] = [part.start, part.stop, part.step]
        if part.step == 0:
            raise GraphError("the step of a slice is 0; it must be another whole number")
        letters = [isinstance(end, sp.Expr) and end.is_integer for end in ends[:2]]
        if all(end is None or _is_whole(end) or any(letters[k : k + 1])
               for k, end in enumerate(ends)):  # fmt: skip
            return Slice(*map(_end, ends))
    if part is None or part is Ellipsis:
        return part
    if _is_whole(part):
        return int(part)  # pyright: ignore[reportArgumentType] - no slice is whole
    if isinstance(part, list | np.ndarray):
        try:
            places = np.asarray(part)
        except ValueError:  # rows of different lengths
            places = np.empty(0)
        if places.dtype.kind in "iu" and places.ndim:
            return _nested(places.tolist())
    if hasattr(part, "shape"):
        raise GraphError(
            "the place of an entry cannot be computed by the graph; to choose by value write "
            "gd.where(condition, x, 0), which keeps the shape"
        )
    raise GraphError(
        f"{part!r:.60} cannot stand in brackets; use integers, slices, None for a new axis, or "
        "a list of integers"
    )


def _is_whole(part: Any) -> bool:
    return isinstance(part, int | np.integer) and not isinstance(part, bool)


def _end(end: Any) -> Any:
    return end if end is None or isinstance(end, sp.Expr) else int(end)


def _nested(part: Any) -> Any:
    return tuple(map(_nested, part)) if isinstance(part, list) else part


MAX_BRACKETS = 40
"""Characters between the brackets of an index in LaTeX."""


@dataclass(frozen=True, repr=False)
class Index(TensorFunction):
    """Some of the entries, as NumPy's brackets choose them."""

    is_multilinear: ClassVar[bool] = True

    key: Key

    @property
    def written(self) -> str:
        """What stands in the brackets."""
        return ", ".join(map(_written_part, self.key))

    @property
    def is_long(self) -> bool:
        """Whether what stands in the brackets has tables in it, or is not written in LaTeX."""
        lists = [part for part in self.key if isinstance(part, tuple)]
        tables = [part for part in lists if any(isinstance(entry, tuple) for entry in part)]
        return bool(tables) or len(self.written) > MAX_BRACKETS

    @property
    def in_brackets(self) -> str:
        """What stands in the brackets, in LaTeX."""
        if len(self.written) > MAX_BRACKETS:
            return r"\ldots"
        written = self.written.replace(" ", r"\,")
        return written.replace("None", r"\mathrm{new}").replace("...", r"\ldots")

    def table(self, shape: Shape) -> np.ndarray:
        """Return, for each entry chosen, its place in the flat array."""
        places = np.arange(entries(known(shape, "indexing"))).reshape(shape)
        key = tuple(
            slice(*part) if isinstance(part, Slice)
            else np.array(part) if isinstance(part, tuple)
            else part
            for part in self.key
        )  # fmt: skip
        try:
            return np.asarray(places[key])
        except IndexError as error:
            raise ShapeError(f"[{self.written}] does not fit {{0}}: {error}") from None

    def shape(self, old: Shape) -> Shape:
        """Return the shape of what is chosen."""
        chosen = self.table(old).shape if self._is_known(old) else self._by_axis(old)
        if 0 in chosen and 0 not in old:
            raise ShapeError(f"[{self.written}] chooses no entry of {{0}}")
        return chosen

    def _is_known(self, old: Shape) -> bool:
        """Whether the shape and the ends of all slices are numbers."""
        ends = (end for part in self.key if isinstance(part, Slice) for end in part)
        return not any(isinstance(size, sp.Expr) for size in (*old, *ends))

    def _by_axis(self, old: Shape) -> Shape:
        """Return the shape of what is chosen where sizes are letters, which are large enough."""
        consumed = sum(part is not None and part is not Ellipsis for part in self.key)
        if consumed > len(old):
            raise ShapeError(f"[{self.written}] does not fit {{0}}: too many indices")
        whole = (Slice(None, None, None),) * (len(old) - consumed)
        place = self.key.index(Ellipsis) if Ellipsis in self.key else len(self.key)
        full: Key = (*self.key[:place], *whole, *self.key[place + 1 :])
        sizes = iter(old)
        kept = [1 if part is None else _length(part, next(sizes)) for part in full]
        lists = [np.shape(part) for part in full if _is_list(part)]
        if not lists:
            return tuple(size for size in kept if size is not None)
        taken = [k for k, part in enumerate(full) if _is_list(part) or isinstance(part, int)]
        block = np.broadcast_shapes(*lists)
        before = taken[0] if taken[-1] - taken[0] < len(taken) else 0  # else it goes in front
        rest = [(k, size) for k, size in enumerate(kept) if size is not None]
        return (
            *(size for k, size in rest if k < before), *block,
            *(size for k, size in rest if k >= before),
        )  # fmt: skip

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the entries chosen."""
        lead = arrays[0].shape[: arrays[0].ndim - len(shapes[0])]
        flat = arrays[0].reshape((*lead, math.prod(shapes[0])))
        return flat[..., self.table(shapes[0])]

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent among zeros."""
        return make(Scatter(self.key, part.arguments[slot].shape), c)

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return ``a[0, 1:]``."""
        return f"{parts[0].held(ATOM)}[{self.written}]"

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return the key below."""
        return pen.subscripted(parts[0], f"[{self.in_brackets}]"), ATOM


def _is_list(part: Any) -> bool:
    return isinstance(part, tuple) and not isinstance(part, Slice)


def _length(part: Any, size: Any) -> Any:
    """Return how many entries a slice chooses of so many; None for an index or a list."""
    if not isinstance(part, Slice):
        return None
    start, stop, step = (*part[:2], 1 if part.step is None else part.step)
    if not any(isinstance(one, sp.Expr) for one in (size, start, stop)):
        return len(range(size)[slice(*part)])
    if step < 0 and (start, stop) != (None, None):
        known((size,), "a slice that goes backwards")
    first, last = (
        default if end is None else size + end if isinstance(end, int) and end < 0 else end
        for end, default in ((start, 0), (stop, size))
    )
    length = last - first if abs(step) == 1 else sp.ceiling((last - first) / sp.Integer(abs(step)))
    return int(length) if isinstance(length, int | sp.Integer) else length


def _written_part(part: Any) -> str:
    if part is Ellipsis:
        return "..."
    if isinstance(part, tuple) and not isinstance(part, Slice):
        return f"[{', '.join(map(_written_part, part))}]"
    return str(part)


@dataclass(frozen=True, repr=False)
class Scatter(TensorFunction):
    """Zeros, save the entries chosen by a key, which hold the argument: Index backwards."""

    is_multilinear: ClassVar[bool] = True

    key: Key
    to: Shape

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The key and the shape."""
        return (("at", f"[{Index(self.key).written}]"), ("shape", self.to))

    def shape(self, old: Shape) -> Shape:
        """Return the shape to fill, if the key chooses as many entries of it as there are."""
        chosen = Index(self.key).shape(self.to)
        if old != chosen:
            raise ShapeError(
                f"[{Index(self.key).written}] chooses entries of shape {shown(chosen)} in "
                f"{shown(self.to)}, but they are to hold {{0}}"
            )
        return self.to

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the filled array; what goes to one place is added."""
        value, table = arrays[0], Index(self.key).table(self.to)
        lead = value.shape[: value.ndim - len(shapes[0])]
        filled = np.full((*lead, math.prod(self.to)), numbers.number(0), dtype=value.dtype)
        np.add.at(filled, (..., table), value)  # pyright: ignore[reportArgumentType] - an ellipsis
        return filled.reshape(lead + self.to)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the entries of the cotangent that were filled."""
        return make(Index(self.key), c)

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return the key below the name."""
        head = rf"\operatorname{{scatter}}_{{[{Index(self.key).in_brackets}]}}"
        return pen.called(head, parts), ATOM


@dataclass(frozen=True, repr=False)
class Eye(TensorFunction):
    """The identity matrix, of no argument."""

    n: Any

    @property
    def keywords(self) -> tuple[tuple[str, Any], ...]:
        """The size."""
        return (("", self.n),)

    def shape(self, *shapes: Shape) -> Shape:
        """Return (n, n)."""
        return (self.n, self.n)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return ones on the diagonal."""
        (n,) = known((self.n,), "the identity matrix")
        return np.where(np.eye(n, dtype=bool), numbers.number(1), numbers.number(0))

    def latex(self, pen: Pen, parts: Sequence[LatexPart], shape: Shape) -> Written:
        """Return the letter I, its size below."""
        return f"I_{{{pen.size(self.n)}}}", ATOM


def summed_to(c: Tensor, shape: Shape) -> Tensor:
    """Return the sum over the axes an argument of this shape was broadcast along."""
    extra = c.ndim - len(shape)
    if extra > 0:
        c = c.sum(tuple(range(extra)))
    stretched = tuple(
        axis for axis, (size, wide) in enumerate(zip(shape, c.shape, strict=True))
        if size == 1 and wide != 1
    )  # fmt: skip
    return c.sum(stretched, keepdims=True) if stretched else c


def normal_axes(axis: Any, rank: int, what: str) -> tuple[int, ...]:
    """Return axes given as None (all), one, or several, counted from the first."""
    if axis is None:
        return tuple(range(rank))
    several = axis if isinstance(axis, tuple | list) else (axis,)
    if not several and rank:
        raise ShapeError(f"the axes of {what} are (), none; leave axis out to take all")
    axes = tuple(sorted(axis_of(one, rank, what) for one in several))
    if len(set(axes)) < len(axes):
        raise ShapeError(f"an axis of {what} stands twice: {axis}")
    return axes
