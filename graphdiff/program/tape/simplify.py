"""What a line becomes when it is written: simpler, where the values are the same.

Each rule looks at one function and the lines it is applied to, so a tape is simplified
while it is written, in one pass. Nothing that could be infinite or not a number is
dropped: 0·x stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language.functions import Function, activations, comparisons
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.elementary import sqrt
from graphdiff.language.functions.movement import Broadcast, Reshape, Stack, Transpose
from graphdiff.language.functions.reductions import Extremum, Mean, Reduction, Sum
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.program.tape.tape import Call, Fixed, Number, Recorder

Operands = tuple[int, ...]
HALF = Fraction(1, 2)
MAX_EXACT = 10**18
"""Numerators and denominators beyond this are folded as floats, and factors beyond it, or
below its inverse, stay where they stand: the product of two may overflow where x·p·q does not."""


class Simplifier(Recorder):
    """A recorder that writes each call in its simplest form."""

    def apply(self, function: Function | TensorFunction, *operands: int) -> int:
        """Return the line of a function applied, simplified."""
        if isinstance(function, Function):
            return self._map(function, operands)
        rule = _RULES.get(type(function))
        found = rule(self, function, operands) if rule is not None else None
        return self._written(function, operands) if found is None else found

    def _written(self, function: Function | TensorFunction, operands: Operands) -> int:
        shapes = [self.shapes[k] for k in operands]
        if isinstance(function, Function):
            shape: Shape = np.broadcast_shapes(*shapes) if any(shapes) else ()
        else:
            shape = function.shape(*shapes)
        return self.write(Call(function, operands), shape)

    # Maps

    def _map(self, function: Function, operands: Operands) -> int:
        operands = self._unstretched(operands)
        wide = self._uniform(operands)
        if wide is not None:
            inner = [self._inner(k) for k in operands]
            return self.broadcast(self._map(function, tuple(inner)), wide)
        folded = self._folded(function, operands)
        if folded is not None:
            return folded
        rule = _MAP_RULES.get(function)
        found = rule(self, *operands) if rule is not None else None
        return self._written(function, operands) if found is None else found

    def _unstretched(self, operands: Operands) -> Operands:
        """Return the operands without broadcasts that the others make anyway."""
        shapes = [self.shapes[k] for k in operands]
        if not any(shapes):
            return operands
        whole = np.broadcast_shapes(*shapes)
        result = list(operands)
        for place, k in enumerate(operands):
            line = self.call(k)
            if line is not None and isinstance(line.function, Broadcast):
                rest = [self.shapes[other] for other in result[:place] + result[place + 1 :]]
                (inner,) = line.operands
                if np.broadcast_shapes(*rest, self.shapes[inner]) == whole:
                    result[place] = inner
        return tuple(result)

    def _uniform(self, operands: Operands) -> Shape | None:
        """Return the shape of operands that are scalars, at least one of them repeated."""
        wide: Shape | None = None
        for k in operands:
            line = self.call(k)
            if not self.shapes[k]:
                continue
            if line is None or not isinstance(line.function, Broadcast):
                return None
            if self.shapes[line.operands[0]] or (wide is not None and wide != self.shapes[k]):
                return None
            wide = self.shapes[k]
        return wide

    def _inner(self, k: int) -> int:
        line = self.call(k)
        return line.operands[0] if line is not None and self.shapes[k] else k

    def _folded(self, function: Function, operands: Operands) -> int | None:
        values = [self.value(k) for k in operands]
        if any(value is None for value in values):
            return None
        found = _number(function, [value for value in values if value is not None])
        return None if found is None else self.number(found)

    def scaled(self, factor: Fraction | float, line: int) -> int:
        """Return a line times a number."""
        factor = _shortened(factor)
        if factor == 1:
            return line
        if factor == -1:
            return self.apply(neg, line)
        return self.apply(mul, self.number(factor), line)

    def coefficient(self, line: int) -> tuple[Fraction | float, int]:
        """Return a line as a number times the rest, a number that may be moved about."""
        call = self.call(line)
        if call is not None and call.function is neg:
            return Fraction(-1), call.operands[0]
        if call is not None and call.function is mul:
            value = self.value(call.operands[0])
            if value is not None and is_movable(value):
                return value, call.operands[1]
        return Fraction(1), line

    def signed(self, line: int) -> tuple[Fraction | float, int]:
        """Return a line as a number times the rest, also where a factor of it has the minus."""
        call = self.call(line)
        if call is not None and call.function is mul and self.coefficient(line)[0] == 1:
            for one, other in (call.operands, call.operands[::-1]):
                factor, rest = self.coefficient(one)
                if factor == -1:
                    return factor, self.apply(mul, rest, other)
        return self.coefficient(line)

    def is_(self, line: int, number: int) -> bool:
        """Whether a line is this number, perhaps broadcast."""
        call = self.call(line)
        if call is not None and isinstance(call.function, Broadcast):
            line = call.operands[0]
        return self.value(line) == number

    def covers(self, line: int, *others: int) -> bool:
        """Whether broadcasting a line against others leaves its shape as it is."""
        shapes = [self.shapes[k] for k in (line, *others)]
        return np.broadcast_shapes(*shapes) == self.shapes[line]

    # Structure

    def broadcast(self, line: int, shape: Shape) -> int:
        """Return a line in a larger shape."""
        return line if self.shapes[line] == shape else self.apply(Broadcast(shape), line)

    def reshape(self, line: int, shape: Shape) -> int:
        """Return a line in another shape."""
        return line if self.shapes[line] == shape else self.apply(Reshape(shape), line)


def is_movable(value: Fraction | float) -> bool:
    """Whether a factor is neither so large nor so small that where it stands matters."""
    return abs(value) * MAX_EXACT >= 1 and abs(value) <= MAX_EXACT


def _shortened(value: Fraction | float) -> Fraction | float:
    """Return a number as a float where its fraction is long."""
    if isinstance(value, Fraction) and max(abs(value.numerator), value.denominator) > MAX_EXACT:
        return float(value)
    return value


def _number(function: Function, values: list[Fraction | float]) -> Fraction | float | None:
    """Return the value of a map of numbers, exact where it is short; None if it has none."""
    try:
        if all(isinstance(value, Fraction) for value in values):
            found = _exactly(function, values)
            if found is not None and isinstance(_shortened(found), Fraction):
                return found
        if function.kernel is None:
            return None
        with np.errstate(all="ignore"):
            computed = float(function.kernel(*map(float, values)))
    except (ArithmeticError, ValueError):
        return None
    return computed if math.isfinite(computed) else None


def _exactly(function: Function, values: list[Fraction | float]) -> Fraction | None:
    a, b = Fraction(values[0]), Fraction(values[-1])
    if function is add:
        return a + b
    if function is sub:
        return a - b
    if function is mul:
        return a * b
    if function is neg:
        return -a
    if function is div and b != 0:
        return a / b
    if function is pow and b.denominator == 1 and abs(b) <= 64 and (a != 0 or b > 0):
        return a ** int(b)
    return None


# Rules for maps


def _add(s: Simplifier, a: int, b: int) -> int | None:
    if s.is_(b, 0) and s.covers(a, b):
        return a
    if s.is_(a, 0) and s.covers(b, a):
        return b
    (p, x), (q, y) = s.signed(a), s.signed(b)
    if x == y:
        return s.scaled(p + q, x)
    if q == -1:
        return s.apply(sub, a, y)
    if p == -1:
        return s.apply(sub, b, x)
    if p == q != 1:
        return s.scaled(p, s.apply(add, x, y))
    if p == -q:
        return s.scaled(p, s.apply(sub, x, y))
    return None


def _sub(s: Simplifier, a: int, b: int) -> int | None:
    if s.is_(b, 0) and s.covers(a, b):
        return a
    if s.is_(a, 0) and s.covers(b, a):
        return s.apply(neg, b)
    (p, x), (q, y) = s.signed(a), s.signed(b)
    if q == -1:
        return s.apply(add, a, y)
    if p == q != 1:
        return s.scaled(p, s.apply(sub, x, y))
    if p == -q:
        return s.scaled(p, s.apply(add, x, y))
    return None


def _mul(s: Simplifier, a: int, b: int) -> int | None:
    if s.value(b) is not None:
        a, b = b, a
    if s.is_(a, 1) and s.covers(b, a):
        return b
    if s.is_(b, 1) and s.covers(a, b):
        return a
    value = s.value(a)
    if value is not None and not is_movable(value):
        return s._written(mul, (a, b))
    if value is not None:
        factor, rest = s.coefficient(b)
        if factor != 1:
            return s.scaled(value * factor, rest)
        if value == -1:
            return s.apply(neg, b)
        small, large = _by_size(s, rest)
        if small is not None:
            return s.apply(mul, s.scaled(value, small), large)
        return s._written(mul, (a, b))
    whole = math.prod(np.broadcast_shapes(s.shapes[a], s.shapes[b]))
    for one, other in ((a, b), (b, a)):
        factor, rest = s.coefficient(one)
        if factor != 1 and math.prod(s.shapes[one]) == whole:  # else it costs least where it is
            return s.scaled(factor, s.apply(mul, rest, other))
    if a == b:
        return s.apply(pow, a, s.number(Fraction(2)))
    return None


def _by_size(s: Simplifier, line: int) -> tuple[int | None, int]:
    """Return the operands of a product, the smaller first; None if none is smaller than it."""
    call = s.call(line)
    if call is None or call.function is not mul:
        return None, line
    small, large = sorted(call.operands, key=lambda k: math.prod(s.shapes[k]))
    is_smaller = math.prod(s.shapes[small]) < math.prod(s.shapes[line])
    return (small if is_smaller and s.shapes[large] == s.shapes[line] else None), large


def _div(s: Simplifier, a: int, b: int) -> int | None:
    value = s.value(b)
    if isinstance(value, Fraction) and is_movable(value):
        return s.scaled(1 / value, a)
    factor, rest = s.coefficient(a)
    if factor == -1:
        return s.apply(neg, s.apply(div, rest, b))
    call = s.call(b)
    if call is not None and call.function is pow and s.value(a) is None:
        base, exponent = call.operands
        if s.value(exponent) == 2:  # base² may have no float
            return s.apply(div, s.apply(div, a, base), base)
    return None


def _neg(s: Simplifier, a: int) -> int | None:
    factor, rest = s.signed(a)
    if factor != 1:
        return s.scaled(-factor, rest)
    call = s.call(a)
    if call is not None and call.function is sub:
        return s.apply(sub, *reversed(call.operands))
    return None


def _pow(s: Simplifier, a: int, b: int) -> int | None:
    exponent = s.value(b)
    if exponent == 1:
        return a
    if exponent == HALF:
        return s.apply(sqrt, a)
    if exponent == -1:
        return s.apply(div, s.number(Fraction(1)), a)
    return None


_COMPARED = set(comparisons.COMPARISONS)


def _where(s: Simplifier, chosen: int, a: int, b: int) -> int | None:
    call = s.call(chosen)
    if a == b and s.covers(a, chosen):
        return a
    if call is not None and call.function in _COMPARED and s.is_(a, 1) and s.is_(b, 0):
        whole = np.broadcast_shapes(*(s.shapes[k] for k in (chosen, a, b)))
        return s.broadcast(chosen, whole)
    return None


def _greater(s: Simplifier, a: int, b: int) -> int | None:
    """Compare relu(z) instead of z with 0: it is the same, and z need not be kept for it."""
    kept = s.written(Call(activations.relu, (a,))) if s.is_(b, 0) else None
    return None if kept is None else s.apply(comparisons.greater, kept, b)


_MAP_RULES: dict[Function, Callable[..., int | None]] = {
    add: _add, sub: _sub, mul: _mul, div: _div, neg: _neg, pow: _pow,
    comparisons.where: _where, comparisons.greater: _greater,
}  # fmt: skip


# Rules for functions of tensors


def _matmul(s: Simplifier, f: MatMul, operands: Operands) -> int | None:
    (p, a), (q, b) = (s.coefficient(k) for k in operands)
    if -1 in (p, q) and abs(p) == abs(q) == 1:  # a minus is cheaper on the smaller array
        product = s._written(f, (a, b))
        small = math.prod(s.shapes[product]) <= min(math.prod(s.shapes[k]) for k in operands)
        if small or p == q:
            return s.scaled(p * q, product)
    return None


def _sum(s: Simplifier, f: Reduction, operands: Operands) -> int | None:
    (x,) = operands
    old = s.shapes[x]
    new = f.shape(old)
    if f.count(old) == 1:
        return s.reshape(x, new)
    factor, rest = s.coefficient(x)
    if (not new or factor == -1) and factor != 1 and s.shapes[rest] == old:  # else a call more
        return s.scaled(factor, s.apply(f, rest))
    call = s.call(x)
    if call is not None and isinstance(call.function, Sum) and not new:
        (inner,) = call.operands
        rank = len(s.shapes[inner])
        return s.apply(Sum(tuple(range(rank)), rank), inner)
    if call is not None and isinstance(call.function, Broadcast):
        (scalar,) = call.operands
        if not s.shapes[scalar]:
            return s.broadcast(s.scaled(Fraction(f.count(old)), scalar), new)
    return None


def _mean(s: Simplifier, f: Mean, operands: Operands) -> int:
    total = Sum(f.axes, f.rank, f.keepdims)
    count = Fraction(f.count(s.shapes[operands[0]]))
    return s.scaled(1 / count, s.apply(total, *operands))


def _extremum(s: Simplifier, f: Extremum, operands: Operands) -> int | None:
    old = s.shapes[operands[0]]
    return s.reshape(operands[0], f.shape(old)) if f.count(old) == 1 else None


def _reshape(s: Simplifier, f: Reshape, operands: Operands) -> int | None:
    (x,) = operands
    if s.shapes[x] == f.to:
        return x
    call = s.call(x)
    if call is not None and isinstance(call.function, Sum) and not f.to:
        (inner,) = call.operands
        rank = len(s.shapes[inner])
        return s.apply(Sum(tuple(range(rank)), rank), inner)
    if call is not None and isinstance(call.function, Reshape):
        return s.reshape(call.operands[0], f.to)
    if call is not None and isinstance(call.function, Broadcast):
        (scalar,) = call.operands
        if not s.shapes[scalar]:
            return s.broadcast(scalar, f.to)
    return None


def _transpose(s: Simplifier, f: Transpose, operands: Operands) -> int | None:
    (x,) = operands
    if f.order == tuple(range(len(f.order))):
        return x
    call = s.call(x)
    if call is not None and isinstance(call.function, Transpose):
        both = tuple(call.function.order[axis] for axis in f.order)
        return s.apply(Transpose(both), call.operands[0])
    if call is not None and isinstance(call.function, MatMul) and f.order == (1, 0):
        a, b = call.operands
        first = s.call(a)  # (AᵀB)ᵀ = BᵀA, the gradient in W of xWᵀ: its entries lie as W's do
        if len(s.shapes[a]) == len(s.shapes[b]) == 2 and first and first.function == f:
            return s.apply(call.function, s.apply(f, b), first.operands[0])
    if call is not None and isinstance(call.function, Broadcast):
        (scalar,) = call.operands
        if not s.shapes[scalar]:
            return s.broadcast(scalar, f.shape(s.shapes[x]))
    return None


def _broadcast(s: Simplifier, f: Broadcast, operands: Operands) -> int | None:
    (x,) = operands
    if s.shapes[x] == f.to:
        return x
    call = s.call(x)
    if call is not None and isinstance(call.function, Broadcast):
        inner = call.operands[0]
        if not s.shapes[inner]:
            return s.broadcast(inner, f.to)
    return None


def _stack(s: Simplifier, f: Stack, operands: Operands) -> int | None:
    rows = [_fixed(s, k) for k in operands]
    if any(row is None for row in rows):
        return None
    array = np.stack([row for row in rows if row is not None], axis=f.axis)
    return s.write(Fixed(array), array.shape)


def _fixed(s: Simplifier, k: int) -> np.ndarray | None:
    line = s.lines[k]
    if isinstance(line, Number):
        return np.array(float(line.value))
    return line.array if isinstance(line, Fixed) else None


def _einsum(s: Simplifier, f: Einsum, operands: Operands) -> int | None:
    if len(operands) == 1 and f.operands[0] == f.output:
        return operands[0]
    if len(operands) == 2 and not any(len(set(t)) < len(t) for t in f.operands):
        left, right = f.operands
        if (left, right, f.output) == ("i", "i", ""):
            return s.apply(MatMul(), *operands)
    return None


_RULES: dict[type[TensorFunction], Callable[..., int | None]] = {
    MatMul: _matmul, Sum: _sum, Mean: _mean, Extremum: _extremum, Reshape: _reshape,
    Transpose: _transpose, Broadcast: _broadcast, Stack: _stack, Einsum: _einsum,
}  # fmt: skip


def known_sizes(shape: Shape, name: str) -> tuple[int, ...]:
    """Return a shape whose sizes are numbers.

    Raises
    ------
    GraphError
        If one is a letter.
    """
    for size in shape:
        if not isinstance(size, int):
            raise GraphError(
                f"{name!r} has the size {size}, a letter; build the graph "
                "with sizes as numbers to compile it"
            )
    return shape
