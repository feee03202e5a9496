"""Straight lines of float operations, shared and simplified as they are written.

The scalar programs are made of these. A line is an input, a number, or an operation on
earlier lines. Lines that are equal are one line; sums and products with 0 and 1 and
operations on numbers never come to stand there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from graphdiff.program.scalars.operations import OF_MATH
from graphdiff.program.tape.simplify import is_movable

ScalarLine = tuple[Any, ...]
"""("input", k), ("number", value), (operation, *lines), ("call", function, *lines), or
("mark", k, line): the same as a line, but one of its own."""

COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
CONDITIONS = (*COMPARISONS, "or", "and")
MAX_POWER = 4
"""The largest exponent written out as a product."""


class Lines:
    """A straight line of operations that grows at its end."""

    def __init__(self) -> None:
        self.lines: list[ScalarLine] = []
        self._place: dict[ScalarLine, int] = {}
        self._arguments: list[tuple[int, ...]] = []
        self._numbers: dict[int, float] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def _line(self, line: ScalarLine, arguments: tuple[int, ...] = ()) -> int:
        place = self._place.get(line)
        if place is None:
            place = self._place[line] = len(self.lines)
            self.lines.append(line)
            self._arguments.append(arguments)
        return place

    def input(self, key: int) -> int:
        """Return the line of an input."""
        return self._line(("input", key))

    def number(self, value: float) -> int:
        """Return the line of a number; that of −0.0 is the negative of 0.0, which equals it."""
        value = float(value)
        if value == 0 and math.copysign(1.0, value) < 0:
            zero = self.number(0.0)
            return self._line(("neg", zero), (zero,))
        line = self._line(("number", value))
        self._numbers[line] = value
        return line

    def value(self, line: int) -> float | None:
        """Return the number that stands in a line, None for any other line."""
        return self._numbers.get(line)

    def arguments(self, line: int) -> tuple[int, ...]:
        """Return the lines that a line is made of."""
        return self._arguments[line]

    def op(self, name: str, *arguments: int) -> int:
        """Return the line of an operation, simplified."""
        simplify = _SIMPLIFIED.get(name)
        return self._plain(name, *arguments) if simplify is None else simplify(self, *arguments)

    def call(self, function: object, *arguments: int) -> int:
        """Return the line of a function that has no operation of its own."""
        return self._line(("call", function, *arguments), arguments)

    def mark(self, key: int, line: int) -> int:
        """Return a line that equals another and is not shared with it."""
        return self._line(("mark", key, line), (line,))

    def copied(self, line: ScalarLine, arguments: Iterable[int]) -> int:
        """Return a line of another program, on arguments of this one."""
        if line[0] == "number":
            return self.number(line[1])
        if line[0] == "call":
            return self.call(line[1], *arguments)
        return self.op(line[0], *arguments)

    def needed(self, outputs: Iterable[int]) -> list[int]:
        """Return the lines that some lines are made of, in order, these among them."""
        found = bytearray(len(self.lines))
        for line in outputs:
            found[line] = 1
        for line in range(len(found) - 1, -1, -1):
            if found[line]:
                for argument in self._arguments[line]:
                    found[argument] = 1
        return [line for line, is_needed in enumerate(found) if is_needed]

    def varying(self, inputs: Iterable[int]) -> set[int]:
        """Return the lines that depend on some lines, these among them."""
        found = set(inputs)
        for line, arguments in enumerate(self._arguments):
            for argument in arguments:
                if argument in found:
                    found.add(line)
                    break
        return found

    def _plain(self, name: str, *arguments: int) -> int:
        numbers = self._numbers
        if arguments[0] in numbers and all(a in numbers for a in arguments):
            known = _ON_NUMBERS.get(name)
            if known is not None:
                try:
                    result = float(known(*(numbers[a] for a in arguments)))
                except (ArithmeticError, ValueError):
                    result = math.nan
                if math.isfinite(result):
                    return self.number(result)
        return self._line((name, *arguments), arguments)

    def add(self, a: int, b: int) -> int:
        """Return a + b."""
        if self.value(a) == 0:
            return b
        if self.value(b) == 0:
            return a
        if a == b:
            return self.mul(self.number(2), a)
        if self.lines[b][0] == "neg":
            return self.sub(a, self.lines[b][1])
        if self.lines[a][0] == "neg":
            return self.sub(b, self.lines[a][1])
        return self._plain("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """Return a − b."""
        if self.value(b) == 0:
            return a
        if self.value(a) == 0:
            return self.neg(b)
        if self.lines[b][0] == "neg":
            return self.add(a, self.lines[b][1])
        return self._plain("sub", a, b)

    def neg(self, a: int) -> int:
        """Return −a."""
        found = self.lines[a]
        match found[0]:
            case "neg":
                return found[1]
            case "sub":
                return self.sub(found[2], found[1])
            case "number":
                return self.number(-found[1])
            case _:
                return self._plain("neg", a)

    def mul(self, a: int, b: int) -> int:
        """Return a·b, a number first."""
        numbers = self._numbers
        if b in numbers:
            a, b = b, a
        if a in numbers:
            k, inner = numbers[a], self.lines[b]
            if k in (0, 1):
                return a if k == 0 else b
            if b in numbers:
                return self._plain("mul", a, b)
            if k < 0:
                return self.neg(self.mul(self.number(-k), b))
            factors = (k, numbers.get(inner[1], 0.0)) if inner[0] == "mul" else (0.0,)
            if all(map(is_movable, factors)):
                return self.mul(self._plain("mul", a, inner[1]), inner[2])
        if self.lines[a][0] == "neg":
            return self.neg(self.mul(self.lines[a][1], b))
        if self.lines[b][0] == "neg":
            return self.neg(self.mul(a, self.lines[b][1]))
        return self._plain("mul", a, b)

    def div(self, a: int, b: int) -> int:
        """Return a/b."""
        if self.value(b) == 1:
            return a
        if self.lines[b] == ("sqrt", a):
            return b
        name, *factors = self.lines[a]
        if name == "mul" and b in factors:
            return factors[1 - factors.index(b)]
        if name == "neg":
            return self.neg(self.div(factors[0], b))
        numbers = (self._numbers.get(line, 0.0) for line in (factors[0], b)) if factors else ()
        if name == "mul" and all(map(is_movable, numbers)):
            return self.mul(self._plain("div", factors[0], b), factors[1])
        return self._plain("div", a, b)

    def pow(self, a: int, b: int) -> int:
        """Return a**b; small whole powers as products."""
        exponent = self.value(b)
        if exponent is None or self.value(a) is not None:
            return self._plain("pow", a, b)
        if exponent == 0:
            return self.number(1)
        if exponent == 0.5:
            return self.op("sqrt", a)
        if not (exponent.is_integer() and abs(exponent) <= MAX_POWER):
            return self._plain("pow", a, b)
        if exponent < 0:
            return self.div(self.number(1), self.pow(a, self.number(-exponent)))
        result = a
        if exponent >= 2:
            result = self._plain("mul", a, a)
        if exponent == 3:
            result = self._plain("mul", result, a)
        elif exponent == 4:
            result = self._plain("mul", result, result)
        return result

    def select(self, condition: int, a: int, b: int) -> int:
        """Return a where the condition holds, else b."""
        return a if a == b else self._plain("select", condition, a, b)

    def truth(self, comparison: str, a: int, b: int) -> int:
        """Return 1 where a comparison holds, else 0."""
        return self.select(self.op(comparison, a, b), self.number(1), self.number(0))


_SIMPLIFIED: dict[str, Callable[..., int]] = {
    "add": Lines.add, "sub": Lines.sub, "neg": Lines.neg, "mul": Lines.mul, "div": Lines.div,
    "pow": Lines.pow, "select": Lines.select,
}  # fmt: skip

_ON_NUMBERS: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "neg": lambda a: -a,
    "mul": lambda a, b: a * b, "div": lambda a, b: a / b, **OF_MATH,
}  # fmt: skip
