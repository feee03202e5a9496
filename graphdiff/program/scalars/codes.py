"""Numbers of the operations on a tape that an interpreter runs."""

from __future__ import annotations

OF_TWO = ("add", "sub", "mul", "div", "pow", "max", "min", "xlogy")
"""Operations in both of whose operands there is a derivative; their codes come first."""

OF_ONE = (
    "mark", "neg", "square", "fixed_pow", "exp", "expm1", "log", "log2", "log10", "sqrt", "erf",
    "erfc", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh",
    "atanh", "sigmoid", "softplus", "relu", "abs", "sign", "step",
)  # fmt: skip

CODE = {name: code for code, name in enumerate((*OF_TWO, *OF_ONE))}
"""The operations of :class:`~graphdiff.program.scalars.scalar_tape.Lines`, those that choose
between lines and calls of functions of one's own left out; squares and powers of numbers
besides."""
