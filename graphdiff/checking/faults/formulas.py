"""Sides of chains as expressions, and expressions as sides of chains and in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import sympy as sp

from graphdiff.checking.claim_records import ClaimedSide
from graphdiff.errors import ExpressionError
from graphdiff.language.expression import (
    Apply,
    Constant,
    Expression,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions import Function
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import text

MAX_SHOWN = 70
"""Characters of a formula in a sentence."""


def formula_of(side: ClaimedSide) -> Expression:
    """Return a side of a chain as an expression."""
    return side.function.expression(side.names)


def side_of(formula: Expression) -> ClaimedSide:
    """Return an expression as a side of a chain."""
    program, names = localise(formula, written=False)
    function = LocalFunction(program, len(names), tuple(name.shape for name in names))
    return ClaimedSide("", function, names)


def shown(formula: Expression) -> str:
    """Return an expression as text, cut off where it is long."""
    side = side_of(formula)
    whole = text.authored(side.function, [getattr(name, "name", "…") for name in side.names])
    return whole if len(whole) <= MAX_SHOWN else whole[: MAX_SHOWN - 1] + "…"


_TYPESET = (
    (re.compile(r"J\[(\w+)->(\w+)\]"), r"∂\2/∂\1"),
    (re.compile(r"P\[(\w+)\]"), r"P^\1"),
    (re.compile(r"\bd(\w+)/d(\w+)"), r"∂\1/∂\2"),
    (re.compile(r"\*\*(\d+)(?![\w.])"), lambda found: found[1].translate(_ABOVE)),
    (re.compile(r"(?<!\*)\*(?!\*)"), "·"),
    (re.compile(r"(?<=\w)@(\d+)"), lambda found: f"⁽{found[1].translate(_ABOVE)}⁾"),
    (re.compile(r"\.T\b"), "ᵀ"),
    (re.compile(r" @ "), " "),
    (re.compile(r"\bsqrt\("), "√("),
    (re.compile(r"\bsigmoid\("), "σ("),
    (re.compile(r"(?<=[ (·/])-(?=[\w(.∂ ])|^-"), "−"),
    (re.compile(r"(?<=[^\W\d_])_(\d+)\b"), lambda found: found[1].translate(_BELOW)),
)
_ABOVE = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def typeset(sentence: str) -> str:
    """Return a sentence with its formulas as they are written by hand.

    Examples
    --------
    >>> typeset("0.5*(o_1 - y)**2 is taken in place of J[z->a]*dL/da")
    '0.5·(o₁ − y)² is taken in place of ∂a/∂z·∂L/∂a'
    """
    for pattern, new in _TYPESET:
        sentence = pattern.sub(new, sentence)
    return sentence


def constants(formula: Expression) -> Mapping[Constant, None]:
    """Return the numbers in a formula, each once."""
    return {part: None for part in in_order(formula) if isinstance(part, Constant)}


def written_out(formula: Expression) -> Expression:
    """Return a formula with the definitions of its functions in their places: 1/(1 + e^−z)."""
    return _opened(formula, lambda function: function.has_head)


def with_slopes(formula: Expression) -> Expression:
    """Return a formula with the derivatives of functions written out: σ(z)(1 − σ(z)) for σ′(z)."""
    return _opened(formula, lambda function: function.of is not None)


def _opened(formula: Expression, which: Callable[[Function], bool]) -> Expression:
    x = sp.Symbol("x", real=True)

    def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
        function = part.function
        if isinstance(function, Function) and len(arguments) == 1 and which(function):
            try:
                return converted_from_sympy(function.formula(x), {x: arguments[0]})
            except ExpressionError:  # it has cases
                pass
        return with_arguments(part, arguments)

    return rebuilt(formula, make)
