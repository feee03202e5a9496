"""Local functions whose sizes are letters, with numbers in their place."""

from __future__ import annotations

import dataclasses
from typing import Any

import sympy as sp

from graphdiff.language.functions.movement import Slice
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Sizes, check_letters, letters_in, with_size, with_sizes
from graphdiff.language.tensors import of_call
from graphdiff.local_functions.local_function import Formal, Instruction, Literal, LocalFunction


def bound(function: LocalFunction, sizes: Sizes) -> LocalFunction:
    """Return a local function with numbers for the letters of its shapes and options.

    Raises
    ------
    GraphError
        For a letter that no number is given for, and sizes that do not fit.
    """
    program = tuple(_line(line, sizes) for line in function.program)
    shapes = tuple(with_sizes(shape, sizes) for shape in function.shapes)
    return LocalFunction(program, function.arity, shapes)


def has_letters(function: LocalFunction) -> bool:
    """Whether a size in a local function is a letter."""
    numbers = tuple(line.value for line in function.program if isinstance(line, Literal))
    return any(map(letters_in, (*function.line_shapes, numbers)))


def _line(line: Any, sizes: Sizes) -> Any:
    match line:
        case Formal():
            return line
        case Literal(value, text):
            number = value.subs(sizes)
            check_letters(number)
            return Literal(number, text if number == value else str(number))
        case Instruction(function, lines):
            return Instruction(_function(function, sizes), lines)


def _function(function: Any, sizes: Sizes) -> Any:
    """Return a function of tensors with numbers for the letters of its options."""
    if isinstance(function, Composite):
        shapes = tuple(with_sizes(shape, sizes) for shape in function.shapes)
        return of_call(function.name, shapes, function.keywords)
    if not isinstance(function, TensorFunction):
        return function
    options = {
        field.name: _option(getattr(function, field.name), sizes)
        for field in dataclasses.fields(function)
    }
    return dataclasses.replace(function, **options)


def _option(option: Any, sizes: Sizes) -> Any:
    if isinstance(option, Slice):
        start, stop, step = option
        return Slice(_end(start, sizes), _end(stop, sizes), step)
    if isinstance(option, tuple) and type(option) is tuple:
        return tuple(_option(part, sizes) for part in option)
    return with_size(option, sizes) if isinstance(option, sp.Expr) else option


def _end(end: Any, sizes: Sizes) -> Any:
    """Return an end of a slice, which may be 0."""
    return int(end.subs(sizes)) if isinstance(end, sp.Expr) else end
