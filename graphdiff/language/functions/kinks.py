"""Functions with a kink or a jump; the derivative there is declared, not left to chance.

==========  ============  ==============================================
function    kink          derivative declared there
==========  ============  ==============================================
abs         0             0
sign, step  0 (a jump)    0
max, min    equal values  1/2 to each (as PyTorch and JAX share a tie)
clip        an end        1/2 to x, 1/2 to the end
==========  ============  ==============================================
"""

from __future__ import annotations

import numpy as np
import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.language.functions.scalar_function import Function

HALF = sp.Rational(1, 2)


def cases(*branches: tuple[object, object]) -> sp.Expr:
    """Return the value of the first branch whose condition holds."""
    return sp.Piecewise(*branches)


# fmt: off
sign = Function(
    "sign", lambda x: cases((1, x > 0), (-1, x < 0), (0, True)),
    derivative=(lambda _: sp.S.Zero,), kernel=np.sign, kinks={(0,): (0,)}, has_head=True,
    summary="the sign: −1, 0 or 1",
)
step = Function(
    "step", lambda x: cases((1, x >= 0), (0, True)),
    derivative=(lambda _: sp.S.Zero,), kernel=lambda x: np.heaviside(x, 1.0),
    kinks={(0,): (0,)}, has_head=True, summary="1 where x ≥ 0, else 0",
)
abs = Function(
    "abs", lambda x: cases((x, x > 0), (-x, x < 0), (0, True)),
    derivative=(lambda x: sign.symbolic(x),), kernel=np.abs, kinks={(0,): (0,)}, has_head=True,
    latex=r"\left|{{0}}\right|", summary="the absolute value",
)
max = Function(
    "max", lambda a, b: cases((a, a >= b), (b, True)), 2,
    derivative=(
        lambda a, b: cases((1, a > b), (0, a < b), (HALF, True)),
        lambda a, b: cases((0, a > b), (1, a < b), (HALF, True)),
    ),
    kernel=np.maximum, kinks={(1, 1): (HALF, HALF)}, has_head=True,
    latex=r"\max{\left({0}, {1}\right)}", summary="the larger; more than two arguments nest",
)
min = Function(
    "min", lambda a, b: cases((a, a <= b), (b, True)), 2,
    derivative=(
        lambda a, b: cases((1, a < b), (0, a > b), (HALF, True)),
        lambda a, b: cases((0, a < b), (1, a > b), (HALF, True)),
    ),
    kernel=np.minimum, kinks={(1, 1): (HALF, HALF)}, has_head=True,
    latex=r"\min{\left({0}, {1}\right)}", summary="the smaller; more than two arguments nest",
)
clip = Function(
    "clip",
    lambda x, low, high: cases((high, (x > high) | (low > high)), (low, x < low), (x, True)), 3,
    derivative=(
        lambda x, low, high: cases(
            (0, (x < low) | (x > high) | (low >= high)), (1, (x > low) & (x < high)), (HALF, True)),
        lambda x, low, high: cases((0, (x > low) | (low >= high)), (1, x < low), (HALF, True)),
        lambda x, low, high: cases((1, (x > high) | (low >= high)), (0, x < high), (HALF, True)),
    ),
    kernel=lambda x, low, high: np.minimum(np.maximum(x, low), high),
    domain=((-2, 2), (-1, -0.2), (0.2, 1)), has_head=True,
    kinks={(-1, -1, 1): (HALF, HALF, 0), (1, -1, 1): (HALF, 0, HALF), (1, 1, 1): (0, 0, 1)},
    summary="min(max(x, low), high): x, but at least low and at most high",
)
# fmt: on

FUNCTIONS = (sign, step, abs, max, min, clip)


def _nested(function: Function, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
    result = arguments[0]
    for argument in arguments[1:]:
        result = function.symbolic(result, argument)
    return result


def with_declared_kinks(formula: sp.Expr) -> sp.Expr:
    """Put the catalogue's functions in place of SymPy's, whose kinks are undeclared.

    SymPy makes ``Abs`` out of ``sqrt(x**2)``, differentiates ``Max`` to ``Heaviside``
    (1/2 at 0 in NumPy) and ``sign`` to ``DiracDelta`` (which no program can call).

    Raises
    ------
    DerivationError
        If something remains that has no value everywhere.
    """
    if formula.has(sp.Abs, sp.sign, sp.Max, sp.Min, sp.Heaviside):
        formula = formula.replace(sp.Abs, abs.symbolic)
        formula = formula.replace(sp.sign, sign.symbolic)
        formula = formula.replace(sp.Max, lambda *args: _nested(max, args))
        formula = formula.replace(sp.Min, lambda *args: _nested(min, args))
        formula = formula.replace(
            sp.Heaviside, lambda x, at_zero=HALF: cases((0, x < 0), (1, x > 0), (at_zero, True))
        )
    unusable = formula.atoms(sp.Derivative, sp.DiracDelta, sp.Subs, sp.Integral)
    if unusable:
        raise DerivationError(
            f"SymPy leaves {str(min_by_text(unusable))[:80]} in a derivative, which has no value; "
            "write the function with Piecewise and state the value at each kink"
        )
    return formula


def min_by_text(expressions: set[sp.Basic]) -> sp.Basic:
    """Return the first of the expressions in the order of their text."""
    return sorted(expressions, key=str)[0]
