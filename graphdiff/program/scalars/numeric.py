"""Lines computed with NumPy, one call for each operation, on numbers or arrays."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.program.scalars.operations import OPERATIONS
from graphdiff.program.scalars.scalar_tape import Lines

NumericStep = tuple[Callable[..., Any], int, tuple[int, ...]]
"""What computes a line, the line, and the lines it is computed from."""


_OF_SCIPY = {"erf": "erf", "erfc": "erfc", "sigmoid": "expit", "xlogy": "xlogy"}
"""Operations that SciPy is faster in. It takes long to load."""

_OWN: Mapping[str, Callable[..., Any]] = {
    "mark": np.positive,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "ne": np.not_equal,
    "or": np.logical_or, "and": np.logical_and, "not": np.logical_not, "select": np.where,
}  # fmt: skip


@cache
def operation(name: str) -> Callable[..., Any]:
    """Return what computes an operation: the catalogue's kernel, or SciPy's, if faster."""
    if name in _OF_SCIPY:
        return getattr(importlib.import_module("scipy.special"), _OF_SCIPY[name])
    if name in _OWN:
        return _OWN[name]
    return FLOAT64.apply(OPERATIONS[name])


def steps(lines: Lines, outputs: Iterable[int], known: Iterable[int] = ()) -> list[NumericStep]:
    """Return how to compute some lines, where others are known: inputs and numbers are."""
    known = set(known)
    result: list[NumericStep] = []
    needed: set[int] = set(outputs)
    for line in range(max(needed, default=-1), -1, -1):
        name = lines.lines[line][0]
        if line not in needed or line in known or name in ("input", "number"):
            continue
        compute = FLOAT64.apply(lines.lines[line][1]) if name == "call" else operation(name)
        arguments = lines.arguments(line)
        needed.update(arguments)
        if name == "mul" and arguments[0] == arguments[1]:
            compute, arguments = np.square, arguments[:1]
        result.append((compute, line, arguments))
    result.reverse()
    return result


def numbers(lines: Lines) -> dict[int, Any]:
    """Return the lines that are numbers, as NumPy's, so that 1/0 is infinite."""
    return {k: np.float64(line[1]) for k, line in enumerate(lines.lines) if line[0] == "number"}


def run(program: list[NumericStep], values: dict[int, Any]) -> None:
    """Compute a program; ``values`` has the lines known and gets the others."""
    for compute, line, arguments in program:
        if len(arguments) == 2:
            a, b = arguments
            values[line] = compute(values[a], values[b])
        elif len(arguments) == 1:
            values[line] = compute(values[arguments[0]])
        else:
            values[line] = compute(*[values[a] for a in arguments])
