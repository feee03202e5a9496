"""A tape divided: what is computed of numbers alone, and what of arrays.

Numbers that arrays are multiplied with or divided by are gathered into one factor each, which is
put in where the array is needed: η·(m/c)/v becomes (η/c)·(m/v), two passes over the array and not
three.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import div, mul, neg
from graphdiff.program.tape.simplify import Simplifier
from graphdiff.program.tape.tape import Call, Fixed, Leaf, Line, Number, Tape


@dataclass(frozen=True)
class Divided:
    """A tape in two.

    Attributes
    ----------
    numbers
        What is computed of numbers alone: its outputs are the names, in order.
    names
        What the outputs are called in the other.
    arrays
        The rest, with leaves of these names.
    """

    numbers: Tape
    names: tuple[str, ...]
    arrays: Tape


def divided(tape: Tape) -> Divided:
    """Return a tape divided in what is of numbers and what is of arrays."""
    whole = Simplifier()
    found: list[_Factored] = []
    for line, shape in zip(tape.lines, tape.shapes, strict=True):
        match line:
            case Call(function, operands):
                found.append(_applied(whole, function, [found[k] for k in operands]))
            case _:
                found.append(_Factored(None, whole.write(line, shape)))
    lines = [one.put_in(whole) for one in found]
    return _split(whole, tape, [lines[k] for k in tape.outputs], lines)


@dataclass(frozen=True)
class _Factored:
    """A line times a factor, a line of a number; None for 1."""

    factor: int | None
    line: int

    def put_in(self, whole: Simplifier) -> int:
        """Return the line of the product."""
        if self.factor is None:
            return self.line
        return whole.apply(mul, self.factor, self.line)


def _applied(whole: Simplifier, function: object, operands: list[_Factored]) -> _Factored:
    """Return a function applied, the factors of its operands taken out where they may be."""
    arrays = [bool(whole.shapes[one.line]) for one in operands]
    if function is neg and arrays[0]:
        (one,) = operands
        minus = whole.number(-1) if one.factor is None else whole.apply(neg, one.factor)
        return _Factored(minus, one.line)
    if function in (mul, div) and any(arrays):
        assert isinstance(function, Function)  # noqa: S101 - one of two
        parts = [one if array else _Factored(one.line, -1)
                 for one, array in zip(operands, arrays, strict=True)]  # fmt: skip
        one, other = (part.factor for part in parts)
        factor = one
        if other is not None:
            factor = whole.apply(function, whole.number(1) if one is None else one, other)
        if all(arrays):
            return _Factored(factor, whole.apply(function, operands[0].line, operands[1].line))
        if arrays[0] or function is mul:
            return _Factored(factor, operands[arrays.index(True)].line)
    lines = [one.put_in(whole) for one in operands]
    return _Factored(None, whole.apply(function, *lines))  # type: ignore[arg-type]


def _split(whole: Simplifier, tape: Tape, outputs: list[int], lines: list[int]) -> Divided:
    """Return the lines of numbers and those of arrays, each as a tape."""
    names = {new: tape.names[old] for old, new in enumerate(lines) if old in tape.names}
    full = whole.tape(outputs, names)
    of_arrays = set[int]()
    for k, line in enumerate(full.lines):
        operands = line.operands if isinstance(line, Call) else ()
        if full.shapes[k] or isinstance(line, Fixed) or of_arrays.intersection(operands):
            of_arrays.add(k)
    used = {
        operand
        for k in of_arrays
        if isinstance(call := full.lines[k], Call)
        for operand in call.operands
    } | set(full.outputs)
    handed = [k for k in sorted(used - of_arrays) if not isinstance(full.lines[k], Number | Leaf)]
    recorder = Simplifier()
    recorder.lines, recorder.shapes = list(full.lines), list(full.shapes)
    numbers = recorder.tape(handed, full.names)
    called = {k: f"factor_{place}" for place, k in enumerate(handed, 1)}
    rest = Simplifier()
    rest.lines = [_renamed(line, called.get(k)) for k, line in enumerate(full.lines)]
    rest.shapes = list(full.shapes)
    return Divided(numbers, tuple(called.values()), rest.tape(full.outputs, full.names))


def _renamed(line: Line, name: str | None) -> Line:
    return line if name is None else Leaf(name)
