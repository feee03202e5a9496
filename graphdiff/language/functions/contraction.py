"""Contractions: sums of products over indices, u_I = Σ_K Π factors."""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from graphdiff.errors import GraphError, ShapeError
from graphdiff.language.functions.arithmetic import PRODUCT
from graphdiff.language.functions.movement import Broadcast, Eye, Reshape
from graphdiff.language.functions.scalar_function import Operator
from graphdiff.language.functions.tensor_function import (
    Array,
    Maker,
    Numbers,
    Tensor,
    TensorFunction,
)
from graphdiff.language.functions.writing import TextPart, call
from graphdiff.language.shapes import Shape, is_known, shown, stacked

MAX_PRODUCTS = 1_000_000_000
"""Products that one contraction may add up."""

TAKES = {
    "trace": "a square matrix",
    "diag": "a square matrix or a vector",
    "outer": "two vectors",
}
"""What the special cases of a contraction take."""


@dataclass(frozen=True, repr=False)
class Einsum(TensorFunction):
    """The sum over every index that is not in the output: ``ij,j->i``.

    ``shown_as`` is the name of a special case (``outer``, ``trace``), which is written
    without its subscripts.
    """

    is_multilinear: ClassVar[bool] = True

    subscripts: str
    shown_as: str = ""

    @property
    def name(self) -> str:
        """The name in expressions."""
        return self.shown_as or "einsum"

    @property
    def operands(self) -> tuple[str, ...]:
        """The indices of each operand."""
        return tuple(self.subscripts.partition("->")[0].split(","))

    @property
    def output(self) -> str:
        """The indices of the value."""
        return self.subscripts.partition("->")[2]

    def sizes(self, *shapes: Shape) -> dict[str, Any]:
        """Return the size of every index."""
        if len(shapes) != len(self.operands):
            raise GraphError(
                f"{self.name} with {self.subscripts!r} takes {len(self.operands)} operands, "
                f"but was given {len(shapes)}"
            )
        sizes: dict[str, Any] = {}
        first: dict[str, int] = {}
        for place, (indices, shape) in enumerate(zip(self.operands, shapes, strict=True)):
            if len(indices) != len(shape):
                self._refuse(place)
                raise ShapeError(
                    f"{{{place}}} has {_axes(shape)}, but einsum takes {len(indices)} "
                    f"({indices!r}) there"
                )
            for index, size in zip(indices, shape, strict=True):
                if sizes.setdefault(index, size) != size:
                    self._refuse(place)
                    raise ShapeError(
                        f"index {index} is {sizes[index]} in {{{first[index]}}} and {size} in "
                        f"{{{place}}}; it must be equal in einsum"
                    )
                first.setdefault(index, place)
        return sizes

    def _refuse(self, place: int) -> None:
        if self.shown_as:
            raise ShapeError(f"{self.name} takes {TAKES[self.name]}, but was given {{{place}}}")

    def shape(self, *shapes: Shape) -> Shape:
        """Return the sizes of the output's indices."""
        sizes = self.sizes(*shapes)
        if is_known(tuple(sizes.values())) and math.prod(sizes.values()) > MAX_PRODUCTS:
            raise GraphError(
                f"{self.name} with {self.subscripts!r} adds up {math.prod(sizes.values())} "
                f"products, more than {MAX_PRODUCTS}; contract in steps, two operands at a time"
            )
        return tuple(sizes[index] for index in self.output)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the contraction."""
        operands = ",".join("..." + indices for indices in self.operands)
        # In steps, two at a time; NumPy forgets on the way that a number was an object array.
        stepwise = len(arrays) > 2 and all(array.dtype != object for array in arrays)
        return np.einsum(f"{operands}->...{self.output}", *arrays, optimize=stepwise)

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the contraction of the cotangent with the other factors.

        An index that stands only in this operand is a sum over it, so the cotangent goes to
        every entry; one that stands twice in it is a diagonal, the identity.
        """
        sizes = self.sizes(*(argument.shape for argument in part.arguments))
        operands = [self.output, *(t for k, t in enumerate(self.operands) if k != slot)]
        factors = [c, *(a for k, a in enumerate(part.arguments) if k != slot)]
        spare = iter(sorted(set(string.ascii_letters) - set(self.subscripts)))
        target = ""
        for index in self.operands[slot]:
            if index in target:
                fresh = next(spare)
                operands.append(index + fresh)
                factors.append(make(Eye(sizes[index])))
                sizes[fresh] = sizes[index]
                index = fresh
            target += index
        found = "".join(index for index in target if index in set("".join(operands)))
        shape = tuple(sizes[index] for index in target)
        back = _contracted(make, operands, factors, found)
        if found == target:
            return back
        kept = tuple(sizes[index] if index in found else 1 for index in target)
        return make(Broadcast(shape), make(Reshape(kept), back) if found else back)

    def text(self, parts: Sequence[TextPart]) -> str:
        """Return a call, with the subscripts in front where it has no other name."""
        subscripts = () if self.shown_as else (f'"{self.subscripts}"',)
        return call(self.name, (*subscripts, *(part.text for part in parts)))

    def operations(self, *shapes: Any) -> int:
        """Return the number of products."""
        return math.prod(self.sizes(*shapes).values())


OUTER = Einsum("i,j->ij", "outer")


def _contracted(make: Maker, operands: list[str], factors: list[Tensor], output: str) -> Tensor:
    if operands[0] == "":  # a scalar cotangent is a factor
        if len(factors) == 1:
            return factors[0]
        return make.product(factors[0], _contracted(make, operands[1:], factors[1:], output))
    if operands == [output]:
        return factors[0]
    return make(Einsum(f"{','.join(operands)}->{output}"), *factors)


def _axes(shape: Shape) -> str:
    return f"{len(shape)} axis" if len(shape) == 1 else f"{len(shape)} axes"


def einsum(subscripts: str, ranks: Sequence[int], shown_as: str = "") -> Einsum:
    """Return the contraction of these subscripts, an ellipsis written out in letters.

    Raises
    ------
    GraphError
        For subscripts that are none.
    """
    if not isinstance(subscripts, str) or len(subscripts) > 200:
        raise GraphError(f"the subscripts of einsum are {subscripts!r:.60}; write 'ij,j->i'")
    compact = subscripts.replace(" ", "")
    inputs, arrow, output = compact.partition("->")
    operands = inputs.split(",")
    letters = compact.replace("...", "").replace(",", "").replace("->", "", 1)
    if not all(letter in string.ascii_letters for letter in letters):
        raise GraphError(f"the subscripts of einsum are {subscripts!r}; use letters, as 'ij,j->i'")
    if len(operands) != len(ranks):
        raise GraphError(
            f"einsum {subscripts!r} takes {len(operands)} operands, but was given {len(ranks)}"
        )
    spare = [letter for letter in string.ascii_letters if letter not in letters]
    most = max(
        (rank - len(term) + 3 for term, rank in zip(operands, ranks, strict=True) if "..." in term),
        default=0,
    )
    if not arrow:
        once = sorted(letter for letter in set(letters) if letters.count(letter) == 1)
        output = ("..." if "..." in inputs else "") + "".join(once)
    leading = "".join(spare[:most])
    written = [
        term.replace("...", leading[most - (rank - len(term) + 3) :])
        for term, rank in zip(operands, ranks, strict=True)
    ]
    if arrow and most and "..." not in output:
        raise GraphError(
            f"the output of einsum {subscripts!r} leaves out the axes of '...'; write them there, "
            "or name them by letters to sum over them"
        )
    result = output.replace("...", leading)
    for index in result:
        if index not in "".join(written):
            raise GraphError(
                f"index {index} of the output of einsum {subscripts!r} is in no operand"
            )
        if result.count(index) > 1:
            raise GraphError(
                f"index {index} stands twice in the output of einsum {subscripts!r}; for a "
                "diagonal matrix multiply by gd.eye"
            )
    return Einsum(f"{','.join(written)}->{result}", shown_as)


@dataclass(frozen=True, repr=False)
class MatMul(TensorFunction):
    """The product of matrices and vectors, as NumPy's ``@``; matrices may be stacked."""

    is_multilinear: ClassVar[bool] = True

    operator = Operator("@", PRODUCT)

    @property
    def name(self) -> str:
        """The name in expressions."""
        return "matmul"

    def shape(self, left: Shape, right: Shape) -> Shape:
        """Return (…, m, n) for (…, m, k) and (…, k, n)."""
        if 0 in (len(left), len(right)):
            scalar = 0 if len(left) == 0 else 1
            raise ShapeError(f"{{{scalar}}} is a scalar; write * in place of @")
        inner = right[max(len(right) - 2, 0)]
        if left[-1] != inner:
            raise ShapeError(_matmul_advice(left, right))
        stack = stacked([left[:-2], right[:-2]])
        rows, columns = left[:-1][-1:], right[1:][-1:]
        return (*stack, *rows, *columns)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the product."""
        stacked = max(2, *map(len, shapes)) - 2
        left = as_matrices(arrays[0], shapes[0], stacked, -2)
        right = as_matrices(arrays[1], shapes[1], stacked, -1)
        result = np.matmul(left, right)
        vectors = tuple(axis for axis, of in zip((-2, -1), shapes, strict=True) if len(of) == 1)
        return np.squeeze(result, axis=vectors)

    @staticmethod
    def subscripts(left: Shape, right: Shape) -> str:
        """Return the contraction it is, for operands of these shapes.

        An axis of size 1 that is broadcast along that of the other has a letter of its own.
        """
        ranks = max(len(left), len(right), 2) - 2
        sides = [(None,) * (ranks - len(of[:-2])) + tuple(of[:-2]) for of in (left, right)]
        letters = ["", "", ""]
        for axis, (a, b) in enumerate(zip(*sides, strict=True)):
            narrow = {a, b} > {1} and None not in (a, b)
            own = ["ABCDEFGHLMNOP"[axis] if narrow and size == 1 else "abcdefghlmnop"[axis]
                   for size in (a, b)]  # fmt: skip
            for side, size in enumerate((a, b)):
                letters[side] += "" if size is None else own[side]
            letters[2] += "abcdefghlmnop"[axis]
        rows, columns = "i" * (len(left) > 1), "j" * (len(right) > 1)
        return f"{letters[0]}{rows}k,{letters[1]}k{columns}->{letters[2]}{rows}{columns}"

    def pullback(self, make: Maker, part: Tensor, slot: int, c: Tensor) -> Tensor:
        """Return the cotangent times the other factor, transposed."""
        left, right = part.arguments
        match left.ndim, right.ndim, slot:
            case 1, 1, _:
                return make.product(c, (right, left)[slot])
            case 2, 1, 0:
                return make(OUTER, c, right)
            case 1, 2, 1:
                return make(OUTER, left, c)
            case 2, 2, 0:
                return c @ right.T
            case 2, (1 | 2), 1:
                return left.T @ c
            case 1, 2, 0:
                return right @ c
        contraction = Einsum(self.subscripts(left.shape, right.shape))
        return contraction.pullback(make, part, slot, c)

    def operations(self, *shapes: Any) -> int:
        """Return the number of products."""
        return math.prod(self.shape(*shapes)) * shapes[0][-1]


def as_matrices(array: Array, shape: Shape, stacked: int, new: int) -> Array:
    """Return an operand as matrices, a vector as a row or a column, in stacks of equal depth."""
    lead = array.shape[: array.ndim - len(shape)]
    own = array.shape[array.ndim - len(shape) :]
    matrix = (*own, 1)[-2:] if new == -1 and len(own) == 1 else (1, *own)[-2:]
    stack = own[:-2]
    return array.reshape((*lead, *(1,) * (stacked - len(stack)), *stack, *matrix))


def _matmul_advice(left: Shape, right: Shape) -> str:
    inner, outer, last = right[max(len(right) - 2, 0)], right[-1], left[-1]
    wanted = (*left[:-1], inner)
    fitting = (last,) if len(right) == 1 else (*right[:-2], last, outer)
    message = (
        f"{{0}} @ {{1}}: the last axis of the left, {last}, must equal the "
        f"{'only' if len(right) == 1 else 'second last'} axis of the right, {inner}; "
        f"a right operand of shape {shown(fitting)} would fit, or a left one of shape "
        f"{shown(wanted)}"
    )
    options: list[str] = []
    if len(left) == 2 and left[0] == inner:
        options.append("the left one transposed (.T)")
    if len(right) == 2 and last == outer:
        options.append("the right one transposed (.T)")
    if len(left) == len(right) == 1:
        options.append(f"outer(…), of shape {shown((last, outer))}")
    if max(len(left), len(right)) == 2 and outer == left[0]:
        options.append("the operands the other way round")
    return message + (f"; so would {' or '.join(options)}" if options else "")
