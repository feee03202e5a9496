r"""Local functions as LaTeX, as their author wrote them.

Products of matrices are juxtaposed, W x; a vector on the left of one is transposed. Entry by
entry are ⊙, ⊘ and x^{⊙2}, so that no formula reads as a product of matrices. A sum over
everything names its indices, Σ_i (x_i − y_i)²; one along an axis leaves the others whole,
Σ_j X_{:,j}.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from graphdiff.expression import AnyFunction
from graphdiff.functions.comparisons import COMPARISONS
from graphdiff.functions.contraction import Einsum, MatMul
from graphdiff.functions.declaration import Function
from graphdiff.functions.linear import Det, Inverse, LogDet
from graphdiff.functions.reductions import Extremum, Mean, Sum, Winners
from graphdiff.functions.structure import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.functions.tensor import Composite
from graphdiff.local import Formal, Literal, LocalFunction
from graphdiff.notation.arrays import SMALL
from graphdiff.notation.letters import decimal, name
from graphdiff.shapes import SCALAR, Shape, entries

AnyReduction = Sum | Mean | Extremum | Winners

_LOOSE, _SUM, _BIG, _ENTRYWISE, _PRODUCT, _UNARY, _POWER, _ATOM = 0, 1, 2, 3, 4, 5, 6, 9
"""How tightly a formula holds together; _BIG is Σ_i …, open at its right end."""

LETTERS = "ijklmnpqrstuv"
"""Indices: i along the first axis, j along the second; a name of the formula is left out."""

_MORE_LETTERS = tuple(f"i_{{{k}}}" for k in range(1, 100))

MAX_PUSHED = 100
"""Parts of a formula whose entry is written entry by entry, not ( … )_i."""

MAX_BRACKETS = 40
"""Characters between the brackets of an index."""


@dataclass(frozen=True)
class _Part:
    """A formula and what it was made of, by which the next one knows how to hold it."""

    latex: str
    binding: int
    shape: Shape = SCALAR
    function: AnyFunction | None = None
    parts: tuple[_Part, ...] = ()
    is_row: bool = False
    """Whether it is a vector written as a row: xᵀB."""
    bound: frozenset[str] = frozenset()
    """Letters of sums inside it."""
    size: int = 1
    is_entry: bool = False
    """Whether it is one entry of a tensor, x_i, or made of such."""

    def held(self, least: int, *, after: bool = False) -> str:
        """Return it in parentheses if it holds less tightly, or begins with a sign."""
        if self.binding < least or (after and self.latex.startswith("-")):
            return rf"\left({self.latex}\right)"
        return self.latex


def authored(function: LocalFunction, arguments: Sequence[str], *, as_row: bool = False) -> str:
    """Return the formula of a local function as its author wrote it, in LaTeX.

    Parameters
    ----------
    function
        The local function.
    arguments
        The LaTeX of each formal argument.
    as_row
        Whether to write a vector as a row, transposed.
    """
    writer = _Writer(frozenset(arguments))
    parts: list[_Part] = []
    for line, shape in zip(function.program, function.line_shapes, strict=True):
        match line:
            case Formal(slot):
                given = arguments[slot]
                parts.append(_Part(given, _POWER if "^" in given else _ATOM, shape))
            case Literal(value, written):
                shown = r"\pi" if value is sp.pi else decimal(written)
                parts.append(_Part(shown, _UNARY if written.startswith("-") else _ATOM))
            case (declared, lines):
                parts.append(writer.applied(declared, tuple(parts[k] for k in lines), shape))
    return _row(parts[-1]) if as_row and len(parts[-1].shape) == 1 else parts[-1].latex


@dataclass(frozen=True)
class _Writer:
    """Writes functions applied to parts."""

    names: frozenset[str]
    active: frozenset[str] = frozenset()
    """The indices of the sums that this stands in."""

    @property
    def letters(self) -> list[str]:
        """The indices to use."""
        taken = self.names | self.active
        return [letter for letter in (*LETTERS, *_MORE_LETTERS) if letter not in taken]

    def inside(self, index: Iterable[str]) -> _Writer:
        """Return the writer of what stands in a sum over these indices."""
        return replace(self, active=self.active.union(index))

    @property
    def _may_write_deltas(self) -> bool:
        """Whether δ is free to stand for the entries of the identity."""
        return not any(name.startswith(r"\delta") for name in self.names)

    def applied(self, function: AnyFunction, parts: tuple[_Part, ...], shape: Shape) -> _Part:
        """Return a function applied to parts, its value of this shape."""
        is_row = isinstance(function, Function) and any(part.is_row for part in parts)
        match function:
            case Function():
                latex, binding = _map(function, parts, shape)
            case MatMul():
                latex, binding = _matmul(*parts), _PRODUCT
                is_row = len(parts[0].shape) == 1 and len(shape) == 1
            case Einsum():
                latex, binding = self._contraction(function, parts)
            case Sum() | Mean() | Extremum() | Winners():
                return self._reduced(function, parts[0], shape)
            case Composite():
                latex, binding = _composite(function, parts)
            case _:
                latex, binding = _structure(function, parts, shape)
        bound = frozenset[str]().union(*(part.bound for part in parts))
        size = 1 + sum(part.size for part in parts)
        is_entry = isinstance(function, Function) and any(part.is_entry for part in parts)
        return _Part(latex, binding, shape, function, parts, is_row, bound, size, is_entry)

    def _reduced(
        self, function: AnyReduction, part: _Part, shape: Shape, kept: tuple[str, ...] = ()
    ) -> _Part:
        """Return a reduction; ``kept`` has the places along the axes that are not reduced."""
        chosen = self._letters_for(function.axes, part.bound)
        others = iter(kept or ":" * len(part.shape))
        index = tuple(chosen.get(k) or next(others) for k in range(len(part.shape)))
        used = [chosen[axis] for axis in function.axes]
        entry = self.inside(index).entry(part, index)
        latex = entry.held(_ENTRYWISE, after=True)
        if entry.binding == _BIG and not entry.latex.startswith("-"):
            latex = entry.latex
        if used:
            sign = function.name if isinstance(function, Extremum | Winners) else "sum"
            latex = rf"\{sign.removeprefix('arg')}_{{{','.join(used)}}} {latex}"
        binding = _BIG if used else entry.binding
        if isinstance(function, Mean) and used:
            count = _size(entries(tuple(part.shape[axis] for axis in function.axes)))
            latex = rf"\frac{{1}}{{{count}}} {latex}"
        if isinstance(function, Winners):
            latex, binding = rf"\mathbf{{1}}\left[{part.held(_SUM)} = {latex}\right]", _ATOM
        bound = part.bound.union(used)
        return _Part(latex, binding, shape, function, (part,), bound=bound, size=1 + part.size)

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

    def _contraction(self, function: Einsum, parts: tuple[_Part, ...]) -> tuple[str, int]:
        match function.name:
            case "outer":
                left, right = parts
                return _beside(_column(left), _row(right)), _PRODUCT
            case "trace":
                return _called(r"\operatorname{tr}", parts), _ATOM
            case "diag":
                return _called(r"\operatorname{diag}", parts), _ATOM
        inputs, output = self._renamed(function)
        writer = self.inside("".join(inputs))
        found = [writer.entry(part, tuple(i)) for part, i in zip(parts, inputs, strict=True)]
        product = found[0].held(_PRODUCT)
        for part in found[1:]:
            product = _beside(product, part.held(_PRODUCT, after=True))
        inner = sorted(set("".join(inputs)) - set(output))
        if inner:
            product = rf"\sum_{{{','.join(inner)}}} {product}"
        if output:
            return rf"\left[{product}\right]_{{{output}}}", _ATOM
        return product, _BIG if inner else _PRODUCT

    def _renamed(self, function: Einsum) -> tuple[tuple[str, ...], str]:
        """Return the indices of a contraction, others for those that are names."""
        letters = dict.fromkeys("".join((*function.operands, function.output)))
        spare = [letter for letter in self.letters if letter not in letters]
        table = str.maketrans({old: spare.pop(0) for old in letters if old in self.names and spare})
        return tuple(o.translate(table) for o in function.operands), function.output.translate(
            table
        )

    def entry(self, part: _Part, index: tuple[str, ...]) -> _Part:
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
                entries_ = self.entry(a, index[:1]), self.entry(b, index[1:])
                latex = _beside(entries_[0].held(_PRODUCT), entries_[1].held(_PRODUCT, after=True))
                return _Part(latex, _PRODUCT, bound=part.bound, is_entry=True)
            case (Sum() | Mean() | Extremum()) as reduction, (inner,):
                kept = tuple(
                    place
                    for axis, place in enumerate(index)
                    if not (reduction.keepdims and axis in reduction.axes)
                )
                return replace(self._reduced(reduction, inner, left, kept), is_entry=not left)
            case Eye(), () if self._may_write_deltas and not left and index[0] != index[1]:
                return _Part(rf"\delta_{{{_index(index)}}}", _ATOM, is_entry=True)
        latex = _subscripted(part, _index(index))
        return _Part(latex, _ATOM, left, bound=part.bound, is_entry=not left)

    def _pushed(self, part: _Part, index: tuple[str, ...]) -> tuple[_Part, ...] | None:
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


def _index(index: Iterable[str]) -> str:
    places = tuple(index)
    return (",".join if any(len(p) > 1 or p == ":" for p in places) else "".join)(places)


_GROUP = re.compile(r"\{[^{}]*\}")


def _subscripted(part: _Part, index: str) -> str:
    held, bare = part.held(_ATOM), part.latex
    while _GROUP.search(bare):
        bare = _GROUP.sub("", bare)
    if held == part.latex and "_" in bare:
        held = rf"\left({held}\right)"
    return f"{held}_{{{index}}}"


# Maps

_SIGNS = {"less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge"}


def _map(function: Function, parts: tuple[_Part, ...], shape: Shape) -> tuple[str, int]:
    if function in COMPARISONS:
        return rf"\mathbf{{1}}\left[{_condition(function, parts)}\right]", _ATOM
    if function.operator is not None:
        return _arithmetic(function.name, parts, shape)
    match function.name, parts:
        case "exp", [exponent]:
            return function.latex_of([exponent.latex]), _POWER
        case "where", [condition, chosen, other]:
            return (
                rf"\begin{{cases}} {chosen.latex} & \text{{if }} {_truth(condition)} \\ "
                rf"{other.latex} & \text{{otherwise}} \end{{cases}}"
            ), _LOOSE
        case "xlogy", [factor, argument]:
            logarithm = _Part(_called(r"\log", [argument]), _ATOM, argument.shape)
            return _arithmetic("mul", (factor, logarithm), shape)
    if function.of is not None:
        return _called(_head(function), parts), _ATOM
    return function.latex_of([part.latex for part in parts]), _ATOM


def _condition(function: Function, parts: Sequence[_Part]) -> str:
    left, right = parts
    return f"{left.held(_SUM)} {_SIGNS[function.name]} {right.held(_SUM)}"


def _truth(condition: _Part) -> str:
    if isinstance(condition.function, Function) and condition.function in COMPARISONS:
        return _condition(condition.function, condition.parts)
    return rf"{condition.held(_SUM)} \ne 0"


_HEAD = re.compile(r"(\\operatorname\{[^{}]*\}|\\[a-zA-Z]+(?:_\{\w+\})?)\{\\left\(")


def _head(function: Function) -> str:
    r"""Return what stands before the arguments: ``\tanh'``."""
    if function.of is None:
        found = _HEAD.match(function.latex)
        return found[1] if found else _operator(function.name)
    inner, slot = function.of
    head = _head(inner)
    primed = f"{{{head}}}'" if "_" in head else f"{head}'"
    return primed if function.arity == 1 else f"{primed}_{{{slot + 1}}}"


def _arithmetic(name: str, parts: tuple[_Part, ...], shape: Shape) -> tuple[str, int]:
    match name, parts:
        case "neg", [operand]:
            loose = operand.binding in (_BIG, _ENTRYWISE)
            held = operand.held(_BIG if loose else _PRODUCT, after=True)
            return f"-{held}", operand.binding if loose else _UNARY
        case "pow", [base, exponent]:
            sign = r"\odot " if base.shape else ""
            return f"{base.held(_ATOM)}^{{{sign}{exponent.latex}}}", _POWER
        case "div", [left, right] if right.shape:
            return rf"{left.held(_ENTRYWISE)} \oslash {right.held(_PRODUCT)}", _ENTRYWISE
        case "div", [left, right]:
            return rf"\frac{{{left.latex}}}{{{right.latex}}}", _PRODUCT
        case "mul", [left, right] if left.shape and right.shape:
            return _joined(left.held(_ENTRYWISE), r" \odot ", right, _ENTRYWISE)
        case "mul", [left, right] if shape:
            return _scaled(left, right)
        case "mul", [left, right]:
            if right.binding == _BIG:
                return _joined(left.held(_PRODUCT), " ", right, _PRODUCT)
            left_text, right_text = left.held(_PRODUCT), right.held(_PRODUCT, after=True)
            if (left.is_entry or right.is_entry) and not right_text[0].isdigit():
                return _beside(left_text, right_text), _PRODUCT
            dot = r" \cdot " if _needs_dot(left_text, right_text) else " "
            return left_text + dot + right_text, _PRODUCT
        case "sub", [left, right]:
            return f"{left.held(_SUM)} - {right.held(_BIG, after=True)}", _SUM
        case "add", [left, right]:
            return f"{left.held(_SUM)} + {right.held(_SUM, after=True)}", _SUM
    raise AssertionError(name)


def _joined(left: str, sign: str, right: _Part, binding: int) -> tuple[str, int]:
    """Return a product; Σ may stand at its right end without parentheses."""
    if right.binding == _BIG and not right.latex.startswith("-"):
        return left + sign + right.latex, _BIG
    return left + sign + right.held(binding, after=True), binding


def _has_inner_product(part: _Part) -> bool:
    """Whether a scalar is written with vectors side by side, that a third must stand apart from."""
    if isinstance(part.function, MatMul):
        return True
    product = isinstance(part.function, Function) and part.function.name in ("mul", "neg")
    return product and any(not inner.shape and _has_inner_product(inner) for inner in part.parts)


def _scaled(left: _Part, right: _Part) -> tuple[str, int]:
    """Return a scalar times a tensor: 2 x, α x, and x · α as it was written."""
    first = left.held(_PRODUCT)
    if not left.shape and _has_inner_product(left):
        first = rf"\left({first}\right)"
    latex, binding = _joined("", "", right, _ENTRYWISE if right.shape else _PRODUCT)
    binding = min(_PRODUCT, max(binding, right.binding))
    if not right.shape and isinstance(right.function, MatMul):
        latex = rf"\left({latex}\right)"
    number = first[-1:].isdigit() or (left.binding == _PRODUCT and first.startswith(r"\frac"))
    if right.shape and (number or not latex.startswith(r"\left(")) and not latex[0].isdigit():
        return _beside(first, latex), binding
    return rf"{first} \cdot {latex}", binding


def _needs_dot(left: str, right: str) -> bool:
    """Whether a product is written with a dot: 2 x without, x · w and 2 · 3 with one."""
    return not left[-1].isdigit() or right[0].isdigit() or right.startswith(r"\left(-")


# Products of matrices

_WORD_AT_END = re.compile(r"\\mathrm\{[^{}]*\}(?:_\{[^{}]*\})?$")
_WORD_AT_START = (r"\mathrm", r"\operatorname", r"\det")


def _beside(left: str, right: str) -> str:
    r"""Return a product without a sign; a little room beside words."""
    room = _WORD_AT_END.search(left) or right.startswith(_WORD_AT_START)
    return rf"{left}\, {right}" if room else f"{left} {right}"


def _matmul(left: _Part, right: _Part) -> str:
    first = _row(left) if len(left.shape) == 1 else left.held(_PRODUCT)
    second = _column(right) if len(right.shape) == 1 else right.held(_PRODUCT, after=True)
    if second[0].isdigit():
        second = rf"\left({second}\right)"
    return _beside(first, second)


def _row(part: _Part) -> str:
    """Return a vector as a row."""
    return part.held(_PRODUCT) if part.is_row else _transposed(part)


def _column(part: _Part) -> str:
    """Return a vector as a column."""
    return _transposed(part) if part.is_row else part.held(_PRODUCT, after=True)


def _transposed(part: _Part) -> str:
    match part.function, part.parts:
        case Inverse(), (inner,):
            return rf"{inner.held(_ATOM)}^{{-\top}}"
        case Function(name="mul"), (factor, inner) if not factor.shape:
            return _beside(factor.held(_PRODUCT), _transposed(inner))
        case _:
            return rf"{part.held(_ATOM)}^{{\top}}"


# Everything else


def _structure(function: AnyFunction, parts: tuple[_Part, ...], shape: Shape) -> tuple[str, int]:
    match function:
        case Transpose(order) if len(order) == 2 and function.is_reversal:
            return _transposed(parts[0]), _POWER
        case Transpose(order):
            return _called(rf"\operatorname{{transpose}}_{{{_tuple(order)}}}", parts), _ATOM
        case Reshape(to):
            return _called(rf"\operatorname{{reshape}}_{{{sizes(to)}}}", parts), _ATOM
        case Broadcast():
            return _broadcast(parts[0], shape)
        case Concatenate(axis) if axis < 2 and len(shape) <= 2:
            return _brackets(
                [[p.latex] for p in parts] if axis == 0 else [[p.latex for p in parts]]
            )
        case Stack(axis) if len(shape) <= 2:
            return _stacked(parts, axis)
        case Concatenate() | Stack():
            return _called(_operator(function.name, function.keywords), _few(parts)), _ATOM
        case Index():
            return _subscripted(parts[0], f"[{_brackets_of(function)}]"), _ATOM
        case Scatter(key):
            head = rf"\operatorname{{scatter}}_{{[{_brackets_of(Index(key))}]}}"
            return _called(head, parts), _ATOM
        case Eye(n):
            return f"I_{{{_size(n)}}}", _ATOM
        case Inverse():
            inner = parts[0]
            if isinstance(inner.function, Transpose) and len(shape) == 2:
                return rf"{inner.parts[0].held(_ATOM)}^{{-\top}}", _POWER
            return f"{inner.held(_ATOM)}^{{-1}}", _POWER
        case Det() | LogDet():
            head = r"\log\det" if isinstance(function, LogDet) else r"\det"
            if parts[0].function is None and len(parts[0].latex) == 1:
                return f"{head} {parts[0].latex}", _BIG
            return _called(head, parts), _ATOM
    return _called(_operator(function.name, getattr(function, "keywords", ())), parts), _ATOM


def _composite(function: Composite, parts: tuple[_Part, ...]) -> tuple[str, int]:
    keywords = _subscript(function.keywords)
    if function.latex:
        latex = function.latex
        for k, part in enumerate(parts):
            latex = latex.replace(f"{{{k}}}", part.latex)
        if function.name == "norm" and not keywords and len(parts[0].shape) == 2:
            keywords = "_{F}"
        return latex + keywords, _ATOM
    return _called(_operator(function.name, function.keywords), parts), _ATOM


def _operator(name: str, keywords: Sequence[tuple[str, Any]] = ()) -> str:
    r"""Return a function's name as LaTeX, its options below: softmax_{axis=0}."""
    words = name.replace("_", r"\ ")
    head = rf"\mathrm{{{words}}}" if not name.isalpha() else rf"\operatorname{{{name}}}"
    return head + _subscript(keywords)


def _subscript(keywords: Sequence[tuple[str, Any]]) -> str:
    options = [
        (rf"\mathrm{{{key}}}=" if key else "") + (_tuple(v) if isinstance(v, tuple) else str(v))
        for key, v in keywords
        if key != "keepdims"
    ]
    joined = r",\,".join(options)
    return f"_{{{joined}}}" if options else ""


def _called(head: str, parts: Iterable[_Part]) -> str:
    return rf"{head}{{\left({', '.join(part.latex for part in parts)}\right)}}"


def _few(parts: Sequence[_Part]) -> list[_Part]:
    if len(parts) <= SMALL:
        return list(parts)
    return [*parts[: SMALL - 2], _Part(r"\ldots", _ATOM), parts[-1]]


def _broadcast(part: _Part, to: Shape) -> tuple[str, int]:
    ones = rf"\mathbf{{1}}_{{{sizes(to)}}}"
    match part.shape, to:
        case (), _ if part.latex in "01":
            return ones.replace("1", part.latex, 1), _ATOM
        case (), _:
            return rf"{part.held(_PRODUCT)}\, {ones}", _PRODUCT
        case (n,), (m, width) if n == width != 1:
            return rf"\mathbf{{1}}_{{{_size(m)}}} {_row(part)}", _PRODUCT
        case (1, n), (m, width) if n == width:
            return rf"\mathbf{{1}}_{{{_size(m)}}} {part.held(_PRODUCT, after=True)}", _PRODUCT
        case (m, 1), (height, n) if m == height:
            return rf"{part.held(_PRODUCT)} \mathbf{{1}}_{{{_size(n)}}}^{{\top}}", _PRODUCT
    return _called(rf"\operatorname{{broadcast}}_{{{sizes(to)}}}", [part]), _ATOM


def _stacked(parts: tuple[_Part, ...], axis: int) -> tuple[str, int]:
    if not parts[0].shape:
        return _brackets([[part.latex] for part in parts])
    if axis == 1:
        return _brackets([[_column(part) for part in parts]])
    if all(isinstance(p.function, Stack) and not p.parts[0].shape for p in parts):
        return _brackets([[entry.latex for entry in part.parts] for part in parts])
    return _brackets([[_row(part)] for part in parts])


def _brackets(rows: Sequence[Sequence[str]]) -> tuple[str, int]:
    return matrix(rows), _ATOM


def matrix(rows: Sequence[Sequence[str]]) -> str:
    r"""Return rows of LaTeX as a matrix in brackets, the middle of a long one left out.

    Examples
    --------
    >>> print(matrix([["1", "2"], ["3", "4"]]))
    \begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}
    """
    shown = [_shortened(row, r"\cdots") for row in rows]
    if len(shown) > SMALL:
        width = len(shown[0])
        shown = [*shown[: SMALL - 2], [r"\vdots"] * width, shown[-1]]
    body = r" \\ ".join(" & ".join(row) for row in shown)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def _shortened(row: Sequence[str], dots: str) -> list[str]:
    return list(row) if len(row) <= SMALL else [*row[: SMALL - 2], dots, row[-1]]


def _brackets_of(index: Index) -> str:
    written = index.written.replace(" ", r"\,")
    if len(index.written) > MAX_BRACKETS:
        return r"\ldots"
    return written.replace("None", r"\mathrm{new}").replace("...", r"\ldots")


def sizes(shape: Shape) -> str:
    r"""Return a shape as LaTeX.

    Examples
    --------
    >>> print(sizes((3, 4)))
    3 \times 4
    """
    return r" \times ".join(map(_size, shape)) or "()"


def _size(size: Any) -> str:
    if isinstance(size, int):
        return str(size)
    return sp.latex(size, symbol_names={s: name(s.name) for s in size.free_symbols})


def _tuple(places: Sequence[Any]) -> str:
    return f"({','.join(map(str, places))})"
