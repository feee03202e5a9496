"""Numbers of the operations on a tape that an interpreter runs."""

from __future__ import annotations

CODE = {
    name: code
    for code, name in enumerate((
        "mark", "add", "sub", "neg", "mul", "div", "square", "pow", "fixed_pow", "exp", "expm1",
        "log", "log2", "log10", "sqrt", "erf", "erfc", "sin", "cos", "tan", "asin", "acos", "atan",
        "sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "sigmoid", "softplus", "relu", "abs",
        "sign", "step", "max", "min", "xlogy",
    ))
}  # fmt: skip
"""The operations of :class:`~graphdiff.program.scalars.lines.Lines`, those that choose between
lines and calls of functions of one's own left out; squares and powers of numbers besides."""
