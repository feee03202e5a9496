"""Contractions: sums of products over indices, u_I = Σ_K Π factors."""

from __future__ import annotations

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, ShapeError
from graphdiff.functions.arithmetic import PRODUCT
from graphdiff.functions.declaration import Operator
from graphdiff.functions.tensor import Array, Numbers, TensorFunction
from graphdiff.shapes import Shape, shown


@dataclass(frozen=True, repr=False)
class Einsum(TensorFunction):
    """The sum over every index that is not in the output: ``ij,j->i``.

    ``shown_as`` is the name of a special case (``outer``, ``trace``), which is written
    without its subscripts.
    """

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
                raise ShapeError(
                    f"{{{place}}} has {len(shape)} axes, but {self.name} takes {len(indices)} "
                    f"({indices!r}) there"
                )
            for index, size in zip(indices, shape, strict=True):
                if sizes.setdefault(index, size) != size:
                    raise ShapeError(
                        f"index {index} is {sizes[index]} in {{{first[index]}}} and {size} in "
                        f"{{{place}}}; it must be equal in {self.name}"
                    )
                first.setdefault(index, place)
        return sizes

    def shape(self, *shapes: Shape) -> Shape:
        """Return the sizes of the output's indices."""
        sizes = self.sizes(*shapes)
        return tuple(sizes[index] for index in self.output)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the contraction."""
        operands = ",".join("..." + indices for indices in self.operands)
        return np.einsum(f"{operands}->...{self.output}", *arrays)


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
    letters = compact.replace("...", "").replace(",", "").replace("->", "")
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
    result = output.replace("...", leading)
    if len(set(result)) < len(result) or not set(result) <= set("".join(written)):
        raise GraphError(
            f"the output of einsum {subscripts!r} must have indices of the operands, each once"
        )
    return Einsum(f"{','.join(written)}->{result}", shown_as)


@dataclass(frozen=True, repr=False)
class MatMul(TensorFunction):
    """The product of matrices and vectors, as NumPy's ``@``; matrices may be stacked."""

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
        if len(left) > 2 and len(right) > 2 and left[:-2] != right[:-2]:
            raise ShapeError(
                "{0} and {1} are stacks of matrices that differ in length; they must be equal"
            )
        stack = left[:-2] if len(left) >= len(right) else right[:-2]
        rows, columns = left[:-1][-1:], right[1:][-1:]
        return (*stack, *rows, *columns)

    def kernel(self, numbers: Numbers, arrays: Sequence[Array], shapes: Sequence[Shape]) -> Array:
        """Return the product."""
        operands = self.subscripts(*map(len, shapes)).partition("->")
        if len(shapes[0]) == len(shapes[1]) == 2:
            return np.matmul(*arrays)
        left, right = operands[0].split(",")
        return np.einsum(f"...{left},...{right}->...{operands[2]}", *arrays)

    @staticmethod
    def subscripts(left: int, right: int) -> str:
        """Return the contraction it is, for operands of so many axes."""
        stack = "abcdefgh"[: max(left, right) - 2] if max(left, right) > 2 else ""
        first = "k" if left == 1 else (stack if left > 2 else "") + "ik"
        second = "k" if right == 1 else (stack if right > 2 else "") + "kj"
        rows = "" if left == 1 else "i"
        return f"{first},{second}->{stack}{rows}{'' if right == 1 else 'j'}"


def _matmul_advice(left: Shape, right: Shape) -> str:
    inner, outer = right[max(len(right) - 2, 0)], right[len(right) - 1]
    last = left[len(left) - 1]
    fits = "(…, " if len(left) > 1 else "("
    wanted = f"{fits}{inner}{',' if len(left) == 1 else ''})"
    message = (
        f"{{0}} @ {{1}}: the last axis of the left, {last}, must equal the "
        f"{'only' if len(right) == 1 else 'second last'} axis of the right, {inner}; "
        f"a left operand of shape {wanted} would fit"
    )
    options = []
    if len(left) == 2 and left[0] == inner:
        options.append("the left one transposed (.T)")
    if len(right) == 2 and last == right[1]:
        options.append("the right one transposed (.T)")
    if len(left) == len(right) == 1 or (len(left) == 1 and len(right) == 2 and right[0] == 1):
        options.append(f"outer(…), of shape {shown((last, outer))}")
    if left[::-1] == (right if len(right) == 2 else ()) and len(left) == 2:
        options = []
    if len(left) == 2 and outer == left[0]:
        options.append("the operands the other way round")
    return message + (f"; so would {' or '.join(options)}" if options else "")
