"""Which NumPy calls compute a line of a tape.

Matrix products go to BLAS, with transposes as views; sums along one axis are products with
ones; an entry by entry function writes into a buffer. What has no call of its own is left to
the function's kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import ascii_lowercase
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import (
    Function,
    arithmetic,
)
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Reduction, Sum, TieShares
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.program.arrays.contractions import contracted
from graphdiff.program.arrays.deltas import among_zeros
from graphdiff.program.arrays.fusing import Loop, in_loops, without_loops
from graphdiff.program.arrays.kernels import (
    inverse_and_logdet,
    weighted_gram,
)
from graphdiff.program.arrays.loop_statements import LoopStatements
from graphdiff.program.arrays.maps import Maps
from graphdiff.program.arrays.picking import picked, scattered, stacked
from graphdiff.program.arrays.reductions import Reductions
from graphdiff.program.arrays.statements import Statements, Variable
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Number, Tape

SHORT = 256
"""Sums of no more numbers are products with ones; longer ones NumPy adds up in pairs, rounding
less."""


class Selection:
    """Statements for each line of a tape.

    Attributes
    ----------
    statements
        What was written.
    variables
        The variable of each line.
    """

    def __init__(
        self,
        tape: Tape,
        dtype: np.dtype[Any],
        variable: Callable[[str], str],
        arguments: Mapping[str, str],
        *,
        jit: bool = False,
    ) -> None:
        order = in_loops(tape) if jit else range(len(tape.lines))
        self.tape = without_loops(tape, order)
        self.arguments = arguments
        self.statements = Statements(dtype, variable)
        self._maps = Maps(self.statements)
        self._reductions = Reductions(self.statements)
        self._calls = {line for line in self.tape.lines if isinstance(line, Call)}
        self._factored: dict[int, Variable] = {}
        self._summed_alone = _summed_alone(self.tape)
        self._reduced = _reduced_axes(self.tape)
        self.variables: dict[int, Variable] = {}
        self.loops = LoopStatements(tape, order, self.statements, self.variables)
        for k in order:
            if isinstance(k, Loop):
                self.loops.write(k)
            else:
                self._line = k
                name = tape.names.get(k, "t")
                self.variables[k] = self._variable(tape.lines[k], tape.shapes[k], name)

    def _variable(self, line: Any, shape: tuple[int, ...], name: str) -> Variable:
        match line:
            case Leaf(given):
                variable = self.arguments[given]
                return Variable(variable, shape, "given" if shape else "scalar", contiguous=False)
            case Number(value):
                return Variable(_text(float(value)), (), "number")
            case Fixed(array):
                kept = np.ascontiguousarray(array, self.statements.dtype)
                return Variable(self.statements.constant("c", kept), shape, "fixed")
            case Call(function, operands):
                return self._call(function, operands, shape, name)
        raise TypeError(line)

    def _call(
        self,
        function: Function | TensorFunction,
        operands: tuple[int, ...],
        shape: tuple[int, ...],
        name: str,
    ) -> Variable:
        uses = tuple(self.variables[k] for k in operands)
        if isinstance(function, Function):
            return self._maps.write(function, uses, shape, name)
        if isinstance(function, Sum):
            found = self._sum_of_stretched(function, operands[0], shape, name)
            if found is not None:
                return found
            if len(function.axes) == function.rank:
                return self._sum_of_all(operands[0], shape, name)
        if isinstance(function, Inverse | LogDet) and self._has_both(operands):
            return self._by_factors(function, operands[0], shape, name)
        if isinstance(function, MatMul):
            return self._product(operands, uses, shape, name)
        if isinstance(function, Einsum):
            eyes = [place for place, k in enumerate(operands) if self._is_identity(k)]
            if eyes:
                found = among_zeros(self.statements, function, uses, eyes, shape, name)
                if found is not None:
                    return found
        return self._tensor(function, uses, shape, name)

    def _is_identity(self, line: int) -> bool:
        call = self.tape.lines[line]
        return isinstance(call, Call) and isinstance(call.function, Eye)

    # Functions of tensors

    def _tensor(
        self, f: TensorFunction, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        s = self.statements
        match f:
            case Einsum():
                return contracted(s, f, uses, shape, name)
            case Sum():
                return self._reductions.sum(f, uses[0], shape, name)
            case Extremum():
                return s.reshaped(self._reductions.extremum(f, uses[0], name), shape)
            case TieShares():
                return self._reductions.shares(f, uses[0], name)
            case Reshape():
                return s.reshaped(uses[0], shape)
            case Transpose():
                return s.transposed(uses[0], f.order)
            case Eye():
                eye = s.constant("identity", np.eye(f.n, dtype=s.dtype))
                return Variable(eye, shape, "fixed")
            case Stack():
                return stacked(s, f, uses, shape, name)
            case Index():
                first = self._reduced.get(self._line, ())
                return picked(s, f, uses[0], shape, name, first)
            case Scatter():
                return scattered(s, f, uses[0], shape, name)
            case Broadcast() if uses[0].name == "0.0":
                return s.add(name, shape, "buffer", (), "{cleared}")
            case _:
                templates = f.numpy(*(use.shape for use in uses))
                if templates:
                    return s.add(name, shape, "buffer", uses, *templates)
                return self._by_kernel(f, uses, shape, name)

    def _has_both(self, operands: tuple[int, ...]) -> bool:
        """Whether both the inverse of a matrix and its log det are on the tape."""
        both = {Call(Inverse(), operands), Call(LogDet(), operands)} <= self._calls
        return both and len(self.tape.shapes[operands[0]]) == 2

    def _by_factors(
        self, f: Inverse | LogDet, line: int, shape: tuple[int, ...], name: str
    ) -> Variable:
        """Return the inverse or the log det of a matrix, factored once for both."""
        s = self.statements
        if line not in self._factored:
            kernel = s.constant("inv_and_logdet", inverse_and_logdet(s.dtype))
            x = self.variables[line]
            self._factored[line] = s.add("factored", (), "scalar", (x,), f"{kernel}({{0}})")
        place = 0 if isinstance(f, Inverse) else 1
        return s.add(name, shape, "new", (self._factored[line],), f"{{0}}[{place}]")

    def _product(
        self,
        operands: tuple[int, ...],
        uses: tuple[Variable, ...],
        shape: tuple[int, ...],
        name: str,
    ) -> Variable:
        weighed = self._weighed(operands)
        if weighed is not None:
            s = self.statements
            x, weights = weighed
            gram = s.constant("weighted_gram", weighted_gram)
            scratch = s.add("scratch", x.shape, "buffer", (), "{alloc}")
            uses = (x, weights, scratch)
            return s.add(name, shape, "buffer", uses, f"{gram}({{0}}, {{1}}, {{2}}, {{into}})")
        ranks = [len(use.shape) for use in uses]
        text = "{0}.dot({1}{out})" if max(ranks) <= 2 else "matmul({0}, {1}{out})"
        return self.statements.add(name, shape, "buffer", uses, text)

    def _weighed(self, operands: tuple[int, ...]) -> tuple[Variable, Variable] | None:
        """Return X and the column v of a product Xᵀ (v ⊙ X), None if it is no such product."""
        left, right = (self.tape.lines[k] for k in operands)
        if not (isinstance(left, Call) and isinstance(left.function, Transpose)):
            return None
        if not (isinstance(right, Call) and right.function is arithmetic.mul):
            return None
        (x,) = left.operands
        others = [k for k in right.operands if k != x]
        rows = (*self.tape.shapes[x][:1], 1)
        if len(others) != 1 or self.tape.shapes[others[0]] != rows or rows[0] == 1:
            return None
        return self.variables[x], self.variables[others[0]]

    def _sum_of_stretched(
        self, f: Sum, line: int, shape: tuple[int, ...], name: str
    ) -> Variable | None:
        """Return the sum of a product of which a factor is stretched, without the product.

        Σ_j a_i b_ij is a_i Σ_j b_ij, and Σ_j a_ij b_ijk a product of matrices for each i.
        """
        s, call, whole = self.statements, self.tape.lines[line], self.tape.shapes[line]
        if line not in self._summed_alone or not isinstance(call, Call):
            return None
        uses = [self.variables[k] for k in call.operands]
        if not all(use.shape for use in uses) or all(use.shape == whole for use in uses):
            return None
        letters = ascii_lowercase[: len(whole)]
        terms, factors = [], []
        for use in uses:
            own = list(zip(letters[len(whole) - len(use.shape) :], use.shape, strict=True))
            terms.append("".join(letter for letter, size in own if size > 1))
            factors.append(s.reshaped(use, tuple(size for _, size in own if size > 1)))
        if not all(terms):
            return None
        kept = [k for k, size in enumerate(whole) if size > 1 and k not in f.axes]
        product = Einsum(f"{','.join(terms)}->{''.join(letters[k] for k in kept)}")
        inner = tuple(whole[k] for k in kept)
        return s.reshaped(contracted(s, product, tuple(factors), inner, name), shape)

    def _sum_of_all(self, line: int, shape: tuple[int, ...], name: str) -> Variable:
        """Return the sum of all entries, of a product without the product itself."""
        s, x = self.statements, self.variables[line]
        if not x.shape:
            return x
        factors = self._factors(line)
        if factors is not None:
            a, b = factors
            flat = s.reshaped(a, (x.size,))
            other = flat if a is b else s.reshaped(b, (x.size,))
            total = s.add(name, (), "scalar", (flat, other), "{0}.dot({1})")
        elif x.size <= SHORT:
            ones = Variable(s.constant("ones", np.ones(x.size, s.dtype)), (x.size,), "fixed")
            flat = s.reshaped(x, (x.size,))
            total = s.add(name, (), "scalar", (flat, ones), "{0}.dot({1})")
        else:
            total = s.add(name, (), "scalar", (x,), "add.reduce({0}, None)")
        return s.reshaped(total, shape)

    def _factors(self, line: int) -> tuple[Variable, Variable] | None:
        """Return the two arrays that an array is the product of, entry by entry."""
        call = self.tape.lines[line]
        if not isinstance(call, Call):
            return None
        parts = [self.variables[k] for k in call.operands]
        if call.function is arithmetic.pow and parts[1].name == "2.0":
            parts = [parts[0], parts[0]]
        elif call.function is not arithmetic.mul:
            return None
        whole = self.tape.shapes[line]
        return (parts[0], parts[1]) if parts[0].shape == parts[1].shape == whole else None

    def _by_kernel(
        self, f: TensorFunction, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        s = self.statements
        shapes = tuple(use.shape for use in uses)
        dtype = s.dtype

        def kernel(*arrays: Any) -> Any:
            return np.asarray(f.kernel(FLOAT64, [np.asarray(a) for a in arrays], shapes), dtype)[()]

        called = s.constant(f.name, kernel)
        places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
        return s.computed(f"{called}({places})", uses, shape, name)


def _reduced_axes(tape: Tape) -> dict[int, tuple[int, ...]]:
    """Return which axes of entries picked by lists are first summed, or searched for the largest.

    Where these lie first, as windows turned inside out, the rest lies in long rows.
    """
    found: dict[int, tuple[int, ...]] = {}
    for line in tape.lines:
        for place, k in enumerate(line.operands if isinstance(line, Call) else ()):
            picked = tape.lines[k]
            if k in found or not isinstance(picked, Call) or not isinstance(line, Call):
                continue
            if not isinstance(picked.function, Index):
                continue
            match line.function:
                case Einsum() as f:
                    term = f.operands[place]
                    found[k] = tuple(a for a, index in enumerate(term) if index not in f.output)
                case Reduction() as f if f.reduces:
                    found[k] = tuple(f.axes)
    return found


def _summed_alone(tape: Tape) -> set[int]:
    """Return the products of which nothing but sums is used."""
    products = {
        k
        for k, line in enumerate(tape.lines)
        if isinstance(line, Call) and line.function is arithmetic.mul and k not in tape.outputs
    }
    for line in tape.lines:
        if isinstance(line, Call) and not isinstance(line.function, Sum):
            products.difference_update(line.operands)
    return products


def _text(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        return f"float('{value}')"
    return repr(value) if value >= 0 else f"({value!r})"
