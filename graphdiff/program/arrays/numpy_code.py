"""Which NumPy calls compute a line of a tape.

Matrix products go to BLAS, with transposes as views; sums along one axis are products with
ones; an entry by entry function writes into a buffer. What has no call of its own is left to
the function's kernel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

import numpy as np

from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.language.functions import (
    Function,
    activations,
    arithmetic,
    comparisons,
    elementary,
    kinks,
    rounding,
    stable,
)
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.linear_algebra import Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Eye,
    Index,
    Reshape,
    Scatter,
    Slice,
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
    left_of_sigmoid,
    left_of_tanh,
    shared,
    weighted_gram,
)
from graphdiff.program.arrays.loop_statements import LoopStatements
from graphdiff.program.arrays.statements import Statements, Variable
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Number, Tape

_UFUNCS: dict[Function, str] = {
    arithmetic.add: "add", arithmetic.sub: "subtract", arithmetic.mul: "multiply",
    arithmetic.div: "divide", arithmetic.neg: "negative",
    elementary.exp: "exp", elementary.log: "log", elementary.log2: "log2",
    elementary.log10: "log10", elementary.sqrt: "sqrt", elementary.sin: "sin",
    elementary.cos: "cos", elementary.tan: "tan", elementary.asin: "arcsin",
    elementary.acos: "arccos", elementary.atan: "arctan", elementary.sinh: "sinh",
    elementary.cosh: "cosh", elementary.tanh: "tanh", elementary.asinh: "arcsinh",
    elementary.acosh: "arccosh", elementary.atanh: "arctanh", elementary.erf: "erf",
    kinks.sign: "sign", kinks.abs: "absolute",
    comparisons.xlogy: "xlogy", elementary.log1p: "log1p", elementary.expm1: "expm1",
    elementary.erfc: "erfc", elementary.atan2: "arctan2", activations.logaddexp: "logaddexp",
    stable.hypot: "hypot", rounding.floor: "floor", rounding.ceil: "ceil", rounding.round: "rint",
    rounding.floor_divide: "floor_divide", rounding.mod: "remainder",
}  # fmt: skip

_BESIDE: dict[Function, str] = {
    kinks.max: "maximum({0}, {1}, out={into})",
    kinks.min: "minimum({0}, {1}, out={into})",
    activations.relu: "maximum({0}, 0.0, out={into})",
    activations.softplus: "logaddexp(0.0, {0}{out})",
    kinks.step: "heaviside({0}, 1.0{out})",
}
"""Maps that are one call written in another way."""

_COMPARED: dict[Function, tuple[str, str]] = {
    comparisons.less: ("less", "<"),
    comparisons.less_equal: ("less_equal", "<="),
    comparisons.greater: ("greater", ">"),
    comparisons.greater_equal: ("greater_equal", ">="),
}

_IN_STEPS: dict[Function, tuple[str, ...]] = {
    activations.sigmoid: (
        "negative({0}{out})", "exp({t}, {t})", "add({t}, 1.0, {t})", "divide(1.0, {t}, {t})",
    ),
    activations.gelu: (
        "multiply({0}, -0.7071067811865476{out})", "erfc({t}, {t})", "multiply({t}, {0}, {t})",
        "multiply({t}, 0.5, {t})",
    ),
}  # fmt: skip
"""Maps that are several calls on one buffer."""

_INTO: dict[Function, Callable[..., Any]] = {
    stable.one_minus_sigmoid: left_of_sigmoid, stable.one_minus_tanh_squared: left_of_tanh,
}  # fmt: skip
"""Maps of two arrays that are functions of one's own, which write where they are told."""

_STEPS_OF_NUMBERS: dict[Function, str] = {
    activations.sigmoid: "1.0 / (1.0 + exp(-{0}))",
    activations.gelu: "erfc({0} * -0.7071067811865476) * {0} * 0.5",
}

_OPERATORS: dict[Function, str] = {
    arithmetic.add: "{0} + {1}", arithmetic.sub: "{0} - {1}", arithmetic.mul: "{0} * {1}",
    arithmetic.neg: "-{0}",
}  # fmt: skip
"""How numbers are combined: what cannot fail, without a call of NumPy."""

FEW = 32
"""Entries of a row that is short."""

MANY = 4096
"""Entries of an array that is large enough to lie in another order."""

SHORT = 256
"""Sums of no more numbers are products with ones; longer ones NumPy adds up in pairs, rounding
less."""

MAX_POWER = 4
"""Powers up to this are products."""


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
        self._one: Variable | None = None
        self._calls = {line for line in self.tape.lines if isinstance(line, Call)}
        self._factored: dict[int, Variable] = {}
        self._summed_alone = _summed_alone(self.tape)
        self._reduced = _reduced_axes(self.tape)
        self._extrema: dict[Any, Variable] = {}
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
            return self._map_as_it_lies(function, uses, shape, name)
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

    # Maps

    def _map_as_it_lies(
        self, f: Function, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        """Return a map of arrays whose axes lie in another order, in that order."""
        s = self.statements
        orders = {s.as_it_lies(use)[1] for use in uses if use.shape == shape}
        order = orders.pop() if len(orders) == 1 and len(shape) > 2 else ()
        if (
            order == ()
            and not any(use.shape == shape for use in uses)
            and _is_fresh_of_short_rows(uses, shape)
        ):
            order = (*range(1, len(shape)), 0)
        if order == tuple(range(len(order))):
            return self._map(f, uses, shape, name)
        lying = tuple(self._lying(use, order) for use in uses)
        return s.transposed(self._map(f, lying, _turned(shape, order), name), order)

    def _lying(self, x: Variable, order: tuple[int, ...]) -> Variable:
        """Return an operand with its axes as they lie in memory where they are in an order."""
        s = self.statements
        base, own = s.as_it_lies(x)
        if own == order or not x.shape:
            return base
        whole = s.reshaped(x, (1,) * (len(order) - len(x.shape)) + x.shape)
        return s.transposed(whole, _inverse(order))

    def _map(
        self, f: Function, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        add = self.statements.add
        if all(use.storage == "number" for use in uses):  # log(0) and others without a value
            uses = self._typed(uses)
        if f in _OPERATORS and not shape:
            return add(name, shape, "scalar", uses, _OPERATORS[f])
        if f is arithmetic.pow:
            return self._power(uses, shape, name)
        ufunc = _UFUNCS.get(f)
        if ufunc is not None:
            uses = self._quick(uses, shape)
            places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
            return add(name, shape, "buffer", uses, f"{ufunc}({places}{{out}})", in_place=True)
        if f in _BESIDE:
            return add(name, shape, "buffer", uses, _BESIDE[f], in_place=True)
        if f in _COMPARED:
            call, sign = _COMPARED[f]
            if not shape:
                number = "float"
                if self.statements.dtype != np.float64:
                    number = self.statements.constant("number", self.statements.dtype.type)
                return add(name, shape, "scalar", uses, f"{number}({{0}} {sign} {{1}})")
            compared = f"{call}({{0}}, {{1}}, {{t}})"
            return add(name, shape, "buffer", uses, "{alloc}", compared, in_place=True)
        if f in _IN_STEPS:
            if not shape:
                return add(name, shape, "scalar", uses, _STEPS_OF_NUMBERS[f])
            first, *then = _IN_STEPS[f]
            return add(name, shape, "buffer", uses, first, *then, in_place=f is activations.sigmoid)
        if f is comparisons.where:
            return add(name, shape, "new", self._typed(uses), "where({0}, {1}, {2})")
        if f in _INTO and all(use.shape == shape != () for use in uses):
            kernel = self.statements.constant(f.name, _INTO[f])
            return add(name, shape, "buffer", uses, f"{kernel}({{0}}, {{1}}, {{into}})")
        kernel = self.statements.constant(f.name.replace("'", "_prime"), self._kernel(f))
        places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
        return self._computed(f"{kernel}({places})", uses, shape, name)

    def _quick(self, uses: tuple[Variable, ...], shape: tuple[int, ...]) -> tuple[Variable, ...]:
        """Return the operands of a call as NumPy is quickest with them."""
        if not shape:
            return uses
        s = self.statements
        if self._one is None and any(use.name == "1.0" for use in uses):
            self._one = Variable(s.constant("one", np.ones((), s.dtype)), (), "fixed")
        return tuple(
            self._one if self._one is not None and use.name == "1.0" else s.spread(use, shape)
            for use in uses
        )

    def _computed(
        self, call: str, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        """Return the value of a kernel, which may be an argument itself, or one number for all."""
        add = self.statements.add
        if not shape:
            return add(name, shape, "scalar", uses, call)
        return add(name, shape, "buffer", uses, "{alloc}", f"copyto({{t}}, {call})")

    def _kernel(self, f: Function) -> Callable[..., Any]:
        """Return the kernel of a map, of NumPy's numbers: Python's would raise for 1/0."""
        compute, dtype = FLOAT64.apply(f), self.statements.dtype
        return lambda *arguments: np.asarray(compute(*map(np.asarray, arguments)), dtype)[()]

    def _typed(self, uses: tuple[Variable, ...]) -> tuple[Variable, ...]:
        """Return operands with numbers of the program's type, where Python's would widen it."""
        s = self.statements
        if s.dtype == np.float64:
            return uses
        return tuple(
            Variable(s.constant("c", s.dtype.type(use.name.strip("()"))), (), "fixed")
            if use.storage == "number"
            else use
            for use in uses
        )

    def _power(self, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str) -> Variable:
        base, exponent = uses
        add = self.statements.add
        if exponent.storage == "number":
            value = float(exponent.name.strip("()"))
            if value.is_integer() and 2 <= value <= MAX_POWER:
                if not shape:
                    return add(name, shape, "scalar", (base,), " * ".join(["{0}"] * int(value)))
                more = ["multiply({t}, {0}, {t})"] * (int(value) - 2)
                return add(
                    name, shape, "buffer", (base,), "square({0}{out})", *more, in_place=not more
                )
        return add(name, shape, "buffer", uses, "power({0}, {1}{out})", in_place=True)

    # Functions of tensors

    def _tensor(
        self, f: TensorFunction, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        s = self.statements
        match f:
            case Einsum():
                return contracted(s, f, uses, shape, name)
            case Sum():
                return self._sum(f, uses[0], shape, name)
            case Extremum():
                return s.reshaped(self._extremum(f, uses[0], name), shape)
            case TieShares():
                return self._shares(f, uses[0], name)
            case Reshape():
                return s.reshaped(uses[0], shape)
            case Transpose():
                return s.transposed(uses[0], f.order)
            case Eye():
                eye = s.constant("identity", np.eye(f.n, dtype=s.dtype))
                return Variable(eye, shape, "fixed")
            case Stack():
                return self._stack(f, uses, shape, name)
            case Index():
                return self._index(f, uses[0], shape, name)
            case Scatter():
                return self._scatter(f, uses[0], shape, name)
            case Broadcast() if uses[0].name == "0.0":
                return s.add(name, shape, "buffer", (), "{cleared}")
            case _:
                templates = f.numpy(*(use.shape for use in uses))
                if templates:
                    return s.add(name, shape, "buffer", uses, *templates)
                return self._by_kernel(f, uses, shape, name)

    def _extremum(self, f: Extremum | TieShares, x: Variable, name: str) -> Variable:
        """Return the extremum along some axes, without them, found once."""
        key = (x, f.axes, f.smallest)
        if key not in self._extrema:
            call = "minimum.reduce" if f.smallest else "maximum.reduce"
            self._extrema[key] = self._reduced_by(call, f.axes, x, name)
        return self._extrema[key]

    def _reduced_by(self, call: str, axes: tuple[int, ...], x: Variable, name: str) -> Variable:
        """Return what a call reduces to: long rows entry by entry, not each short row by itself."""
        s, count = self.statements, math.prod(x.shape[axis] for axis in axes)
        rest = tuple(axis for axis in range(len(x.shape)) if axis not in axes)
        shape = tuple(x.shape[axis] for axis in rest)
        base, order = s.as_it_lies(x)
        if rest and {order[axis] for axis in axes} == set(range(len(axes))):
            rows = s.reshaped(base, (count, *base.shape[len(axes) :]))
            text = f"{call}({{0}}, 0, None{{out}})"
            found = s.add(name, rows.shape[1:], "buffer", (rows,), text)
            return s.transposed(found, tuple(order[axis] - len(axes) for axis in rest))
        is_flat = x.contiguous or x.storage == "given" or len(x.shape) == 2
        if (
            is_flat
            and max(rest, default=-1) < min(axes)
            and 1 < count <= FEW <= 4 * math.prod(shape)
        ):
            turned = s.transposed(s.reshaped(x, (math.prod(shape), count)), (1, 0))
            copied = "copyto({t}, {0})"
            columns = s.add("columns", turned.shape, "buffer", (turned,), "{alloc}", copied)
            text = f"{call}({{0}}, 0, None{{out}})"
            found = s.add(name, turned.shape[1:], "buffer", (columns,), text)
            return s.reshaped(found, shape)
        along = axes[0] if len(axes) == 1 else axes
        return s.add(name, shape, "buffer", (x,), f"{call}({{0}}, {along}, None, {{into}})")

    def _shares(self, f: TieShares, x: Variable, name: str) -> Variable:
        """Return 1 where an entry is the extremum, shared where entries tie."""
        s = self.statements
        base, order = s.as_it_lies(x)
        kept = tuple(1 if axis in f.axes else size for axis, size in enumerate(x.shape))
        best = self._lying(s.reshaped(self._extremum(f, x, "t"), kept), order)
        axes = tuple(sorted(order[axis] for axis in f.axes))
        compared = "equal({0}, {1}, {t})", f"{s.constant('shared', shared)}({{t}}, {axes})"
        found = s.add(name, base.shape, "buffer", (base, best), "{alloc}", *compared)
        return s.transposed(found, order)

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

    def _sum(self, f: Sum, x: Variable, shape: tuple[int, ...], name: str) -> Variable:
        base, order = self.statements.as_it_lies(x)
        total = self._as_product(sorted(order[axis] for axis in f.axes), base, name)
        if total is not None:
            places = [place for axis, place in enumerate(order) if axis not in f.axes]
            lying = tuple(base.shape[place] for place in sorted(places))
            rest = tuple(map(sorted(places).index, places))
            total = self.statements.transposed(self.statements.reshaped(total, lying), rest)
            return self.statements.reshaped(total, shape)
        axes = f.axes[0] if len(f.axes) == 1 else f.axes
        text = f"add.reduce({{0}}, {axes}, None, {{into}}, {f.keepdims})"
        return self.statements.add(name, shape, "buffer", (x,), text)

    def _as_product(self, axes: Sequence[int], x: Variable, name: str) -> Variable | None:
        """Return a sum over neighbouring axes as a product with ones, None where it is none.

        NumPy adds up short rows, and what lies apart, at a fraction of the speed of BLAS.
        """
        s, first, last = self.statements, axes[0], axes[-1]
        if last - first + 1 != len(axes):
            return None
        before, count, after = (
            math.prod(part)
            for part in (x.shape[:first], x.shape[first : last + 1], x.shape[last + 1 :])
        )
        if len(x.shape) != 2 or len(axes) != 1:  # a matrix, or a stack of them
            if not (x.contiguous or x.storage == "given") or after > FEW < before:
                return None
            first = 1 if after == 1 or before > 1 else 0
            x = s.reshaped(x, (before,) * first + (count,) + (after,) * (after > 1 or not first))
        ones = Variable(s.constant("ones", np.ones(count, s.dtype)), (count,), "fixed")
        if first == 0:
            return s.add(name, x.shape[1:], "buffer", (ones, x), "{0}.dot({1}{out})")
        if len(x.shape) == 2:
            return s.add(name, x.shape[:1], "buffer", (x, ones), "{0}.dot({1}{out})")
        return s.add(name, (before, after), "buffer", (ones, x), "matmul({0}, {1}{out})")

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

    def _stack(
        self, f: Stack, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        places = "".join(f"{{{k}}}, " for k in range(len(uses)))
        if not any(use.shape for use in uses):
            text = f"array(({places}), dtype)"
            return self.statements.add(name, shape, "new", uses, text)
        text = f"stack(({places}), {f.axis}, {{into}})"
        return self.statements.add(name, shape, "buffer", uses, text)

    def _index(self, f: Index, x: Variable, shape: tuple[int, ...], name: str) -> Variable:
        s = self.statements
        key = _basic(f.key)
        if key is not None:
            storage = "view" if shape else "scalar"
            return s.add(
                name, shape, storage, (x,), f"{{0}}[{key}]", contiguous=False, is_pure=x.is_pure
            )
        base, order = s.as_it_lies(x)
        places = np.arange(x.size).reshape(base.shape).transpose(order).ravel()[f.table(x.shape)]
        first = self._reduced.get(self._line, ())
        lying = (*first, *(axis for axis in range(len(shape)) if axis not in first))
        table = s.constant("places", np.ascontiguousarray(places.transpose(lying), np.int64))
        flat = s.reshaped(base, (x.size,))
        text = f"{{0}}.take({table}, None, {{into}}, 'clip')"
        found = s.add(name, tuple(shape[axis] for axis in lying), "buffer", (flat,), text)
        return s.transposed(found, _inverse(lying))

    def _scatter(self, f: Scatter, x: Variable, shape: tuple[int, ...], name: str) -> Variable:
        s = self.statements
        key = _basic(f.key)
        if key is not None:
            filled = f"{{t}}[{key}] = {{0}}"
            return s.add(name, shape, "buffer", (x,), "{cleared}", filled)
        base, order = s.as_it_lies(x)
        table = Index(f.key).table(shape).transpose(_inverse(order)).ravel()
        flat, size = s.reshaped(base, (x.size,)), math.prod(shape)
        once = len(np.unique(table)) == len(table)
        if once and len(table) == size:
            places = s.constant("places", np.argsort(table).reshape(shape))
            text = f"{{0}}.take({places}, None, {{into}}, 'clip')"
            return s.add(name, shape, "buffer", (flat,), text)
        places = s.constant("places", table.astype(np.int64))
        if once:
            return s.add(
                name, shape, "buffer", (flat,), "{cleared}",
                f"{{t}}.reshape(-1)[{places}] = {{0}}",
            )  # fmt: skip
        text = f"bincount({places}, {{0}}, {size}).astype(dtype, copy=False)"
        return s.reshaped(s.add(name, (size,), "new", (flat,), text), shape)

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
        return self._computed(f"{called}({places})", uses, shape, name)


def _is_fresh_of_short_rows(uses: Sequence[Variable], shape: tuple[int, ...]) -> bool:
    """Whether stretched operands make an array of many short rows, which NumPy loops over."""
    if len(shape) < 3 or not (1 < shape[-1] <= FEW and shape[-1] < shape[-2]):
        return False
    return math.prod(shape) >= MANY and all(use.shape != shape for use in uses)


def _turned(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which an array lies whose axes are then put in an order."""
    return tuple(shape[axis] for axis in _inverse(order))


def _inverse(order: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted(range(len(order)), key=lambda k: order[k]))


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


def _basic(key: tuple[Any, ...]) -> str | None:
    """Return a key of integers, slices and new axes as text; None for one with lists."""
    parts: list[str] = []
    for part in key:
        if isinstance(part, Slice):
            parts.append(str(part))
        elif isinstance(part, tuple):
            return None
        else:
            parts.append("..." if part is Ellipsis else repr(part))
    return ", ".join(parts) + ("," if len(parts) == 1 else "") if parts else "()"
