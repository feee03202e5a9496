"""Derivatives from the value of a map: at σ⁻¹(a), where it has that value, or with it put in."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.errors import NumericalError
from graphdiff.evaluation.arithmetic import Arithmetic
from graphdiff.language.functions import Function
from graphdiff.language.functions.scalar_derivative import prime
from graphdiff.local_functions.local_function import Formal, Instruction, LocalFunction

STEPS = 12
"""Steps of Newton's method, which doubles the right digits with each."""

CLOSE = 1e-12
"""How near to the value is near enough."""


def of_value(function: LocalFunction, pullback: LocalFunction) -> LocalFunction | None:
    """Return what pulls back with the value of the function as one argument more.

    None where that value is nothing the pullback computes with. That of softmax is p(c̄ − Σ p c̄).
    """
    match function.program:
        case (Formal(0), Instruction(_, (0,)) as step):
            pass
        case _:
            return None
    program = tuple(
        Formal(pullback.arity)
        if isinstance(line, Instruction)
        and line.function == step.function
        and pullback.program[line.lines[0]] == Formal(0)
        else line
        for line in pullback.program
    )
    if program == pullback.program:
        return None
    return LocalFunction(program, pullback.arity + 1, (*pullback.shapes, function.shape))


def inverted(function: LocalFunction, value: Any, near: Any, arithmetic: Arithmetic) -> Any | None:
    """Return z with f(z) = value, searched for from where it is near; None where it is not found.

    Only a map of one argument, and nothing else, is inverted: a = σ(z).
    """
    match function.program:
        case (Formal(0), Instruction(Function() as declared, (0,))):
            pass
        case _:
            return None
    compute, slope = arithmetic.apply(declared), arithmetic.apply(prime(declared, 0))
    z = near
    try:
        with arithmetic.guard():
            for _ in range(STEPS):
                off = compute(z) - value
                if np.all(np.abs(off) <= CLOSE * np.maximum(np.abs(value), CLOSE)):
                    return z
                z = z - off / slope(z)
                if not arithmetic.is_finite(z):
                    return None
    except (NumericalError, ArithmeticError):
        return None
    return None
