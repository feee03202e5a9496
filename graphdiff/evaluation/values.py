"""The value of a local function, line by line, in any kind of number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from graphdiff.evaluation.arithmetic import CACHED, Arithmetic, Array
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import Function
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction

Compute = Callable[..., Array]
"""What computes a value from those of its operands."""

Lines = Callable[..., list[Array]]
"""What computes the values of all lines of a program from the arguments."""


def value_of(arithmetic: Arithmetic, function: LocalFunction, arguments: Sequence[Array]) -> Array:
    """Return f(arguments): each line of the program in turn.

    Axes of the arguments before those of their shapes are samples, and come before those
    of the value's shape too.
    """
    return value_in(lines_of(arithmetic, function, arguments), function)


def lines_of(
    arithmetic: Arithmetic, function: LocalFunction, arguments: Sequence[Array]
) -> list[Array]:
    """Return the values of all lines of the program that computes f(arguments)."""
    return computing(arithmetic, function)(*arguments)


def value_in(lines: Sequence[Array], function: LocalFunction) -> Array:
    """Return the value among the lines that compute it: the last one, a number if it is one."""
    last = lines[-1]
    return last if function.is_scalar or last.shape else last[()]


def computing(arithmetic: Arithmetic, function: LocalFunction) -> Lines:
    """Return what computes the lines of a function; made once where numbers repeat."""
    compute: Lines | None = function.computed_by.get(arithmetic) if arithmetic.repeats else None
    if compute is None:
        program = function.stable if arithmetic is FLOAT64 else function.lowered
        compute = steps(arithmetic, program)
        if arithmetic.repeats:
            function.computed_by[arithmetic] = compute
    return compute


def steps(arithmetic: Arithmetic, function: LocalFunction) -> Lines:
    """Return what computes a program as it is: how each line is computed, and from which lines.

    What is made of numbers alone is computed here.
    """
    is_scalar = function.is_scalar
    known: list[Array] = []
    formals: list[tuple[int, int]] = []
    others: list[tuple[int, Compute, tuple[int, ...]]] = []
    for k, line in enumerate(function.program):
        known.append(None)
        match line:
            case Formal(slot):
                formals.append((k, slot))
            case Literal(value, _):
                number = arithmetic.number(value)
                known[k] = number if is_scalar else _as_array(number)
            case Instruction(declared, lines):
                shapes = [function.line_shapes[operand] for operand in lines]
                compute = _step(arithmetic, declared, shapes, is_scalar)
                if all(known[operand] is not None for operand in lines):
                    known[k] = _read_only(compute(*[known[operand] for operand in lines]))
                else:
                    others.append((k, compute, lines))

    def run(*arguments: Array) -> list[Array]:
        values = known.copy()
        for k, slot in formals:
            values[k] = arguments[slot] if is_scalar else _as_array(arguments[slot])
        at = values.__getitem__
        for k, compute, lines in others:
            values[k] = compute(*map(at, lines))
        return values

    return run


def _step(
    arithmetic: Arithmetic,
    declared: Function | TensorFunction | Composite,
    shapes: list[Shape],
    is_scalar: bool,
) -> Compute:
    """Return what computes one function of operands of these shapes."""
    match declared:
        case Function():
            rule = arithmetic.apply(declared)
            return rule if is_scalar else _entry_by_entry(rule, shapes)
        case Composite(kernel=kernel) if kernel is not None:
            return lambda *operands: _as_array(kernel(operands, shapes))
        case Composite():
            whole = steps(arithmetic, _expansion(declared, tuple(shapes)))
            return lambda *operands: _as_array(whole(*operands)[-1])
    compute, settled = declared.kernel, arithmetic.settled
    if arithmetic is FLOAT64:  # where there is nothing to settle
        return lambda *operands: _as_array(compute(arithmetic, operands, shapes))
    return lambda *operands: settled(_as_array(compute(arithmetic, operands, shapes)))


def _entry_by_entry(rule: Compute, shapes: list[Shape]) -> Compute:
    """Return a rule of numbers as one of arrays, with the operands' samples beside each other.

    NumPy puts the last axes under each other, so only samples of an operand with fewer axes than
    another are in the wrong place.
    """
    most = max(map(len, shapes), default=0)
    fewer = [(k, len(shape)) for k, shape in enumerate(shapes) if len(shape) < most]
    if not fewer:
        return rule if isinstance(rule, np.ufunc) else lambda *operands: _as_array(rule(*operands))

    def compute(*operands: Array) -> Array:
        for k, axes in fewer:
            if operands[k].ndim > axes:
                return _as_array(rule(*beside(operands, shapes)))
        return _as_array(rule(*operands))

    return compute


@lru_cache(maxsize=CACHED)
def _expansion(function: Composite, shapes: tuple[Shape, ...]) -> LocalFunction:
    """Return the definition of a composite function as a local function."""
    formals = tuple(Formal(slot) for slot in range(len(shapes)))
    step = Instruction(function, tuple(range(len(shapes))))
    return LocalFunction((*formals, step), len(shapes), shapes).opened


def _as_array(value: Array) -> np.ndarray:
    if isinstance(value, np.ndarray):
        return value
    return np.asarray(value, dtype=np.float64 if isinstance(value, float) else object)


def _read_only(value: Array) -> Array:
    """Return an array that is kept, so that it cannot be changed."""
    if isinstance(value, np.ndarray):
        value = value.view()
        value.flags.writeable = False
    return value


def beside(operands: Sequence[Array], shapes: Sequence[Shape]) -> Sequence[Array]:
    """Return arrays whose leading axes stand apart from the broadcasting of their shapes."""
    for array, shape in zip(operands, shapes, strict=True):
        if array.ndim != len(shape):
            break
    else:
        return operands
    leads = [array.ndim - len(shape) for array, shape in zip(operands, shapes, strict=True)]
    most, axes = max(leads), max(map(len, shapes))
    return [
        array.reshape((1,) * (most - lead) + array.shape[:lead] + (1,) * (axes - array.ndim + lead)
                      + array.shape[lead:])
        for array, lead in zip(operands, leads, strict=True)
    ]  # fmt: skip
