"""Lines computed with NumPy, one call for each operation, on numbers or arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np

from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.program.scalars.scalar_tape import Lines

NumericStep = tuple[Callable[..., Any], int, tuple[int, ...]]
"""What computes a line, the line, and the lines it is computed from."""


@cache
def operations() -> Mapping[str, Callable[..., Any]]:
    """Return what computes each operation."""
    from scipy import special

    def relu(x: Any) -> Any:
        return np.maximum(x, 0.0)

    def step(x: Any) -> Any:
        return np.heaviside(x, 1.0)

    def softplus(x: Any) -> Any:
        return np.logaddexp(0.0, x)

    return {
        "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide,
        "neg": np.negative, "pow": np.power, "mark": np.positive,
        "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
        "eq": np.equal, "ne": np.not_equal,
        "or": np.logical_or, "and": np.logical_and, "not": np.logical_not, "select": np.where,
        **{name: getattr(np, name) for name in (
            "exp", "expm1", "log", "log2", "log10", "sqrt", "sin", "cos", "tan", "sinh", "cosh",
            "tanh", "sign",
        )},
        "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan,
        "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
        "abs": np.abs, "max": np.maximum, "min": np.minimum,
        "erf": special.erf, "erfc": special.erfc, "sigmoid": special.expit,
        "xlogy": special.xlogy, "relu": relu, "step": step, "softplus": softplus,
    }  # fmt: skip


def steps(lines: Lines, outputs: Iterable[int], known: Iterable[int] = ()) -> list[NumericStep]:
    """Return how to compute some lines, where others are known: inputs and numbers are."""
    table, known = operations(), set(known)
    result: list[NumericStep] = []
    needed: set[int] = set(outputs)
    for line in range(max(needed, default=-1), -1, -1):
        name = lines.lines[line][0]
        if line not in needed or line in known or name in ("input", "number"):
            continue
        compute = FLOAT64.apply(lines.lines[line][1]) if name == "call" else table[name]
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
