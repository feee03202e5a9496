"""Elementary functions that SymPy knows and differentiates well."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language.functions.kinks import cases
from graphdiff.language.functions.scalar_function import ABOVE_0, Function
from graphdiff.language.functions.stable import logcosh

_erf, _erfc = np.frompyfunc(math.erf, 1, 1), np.frompyfunc(math.erfc, 1, 1)


def erf_kernel(x: Any) -> np.ndarray:
    """Return the error function, entry by entry."""
    return np.asarray(_erf(x), dtype=np.float64)


def erfc_kernel(x: Any) -> np.ndarray:
    """Return 1 − erf(x), entry by entry, with all its digits where erf(x) is nearly 1."""
    return np.asarray(_erfc(x), dtype=np.float64)


def _of(command: str) -> str:
    return rf"\{command}{{\left({{0}}\right)}}"


def _operator(name: str) -> str:
    return rf"\operatorname{{{name}}}{{\left({{0}}\right)}}"


WIDE, POSITIVE, UNIT = ((-2.5, 2.5),), ((0.2, 4.0),), ((-0.9, 0.9),)

# fmt: off
exp   = Function("exp",   sp.exp,   kernel=np.exp,   latex=r"\mathrm{e}^{{0}}",
                 logarithm=lambda x: x, range=ABOVE_0)
log   = Function("log",   sp.log,   kernel=np.log,   latex=_of("log"), domain=POSITIVE)
log2  = Function("log2",  lambda x: sp.log(x) / sp.log(2),  kernel=np.log2,
                 latex=r"\log_{2}{\left({0}\right)}", domain=POSITIVE)
log10 = Function("log10", lambda x: sp.log(x) / sp.log(10), kernel=np.log10,
                 latex=r"\log_{10}{\left({0}\right)}", domain=POSITIVE)
sqrt  = Function("sqrt",  sp.sqrt,  kernel=np.sqrt,  latex=r"\sqrt{{0}}", domain=POSITIVE)
log1p = Function("log1p", lambda x: sp.log(1 + x), derivative=(lambda x: 1 / (1 + x),),
                 kernel=np.log1p, domain=((-0.9, 4),), has_head=True,
                 summary="log(1 + x), to the last digit for small x too")
expm1 = Function("expm1", lambda x: sp.exp(x) - 1, derivative=(sp.exp,), kernel=np.expm1,
                 has_head=True, summary="exp(x) − 1, to the last digit for small x too")
erf   = Function("erf",   sp.erf,   kernel=erf_kernel,
                 complement=lambda x: erfc.symbolic(x))
erfc  = Function("erfc",  sp.erfc,  derivative=(lambda x: -2 * sp.exp(-x**2) / sp.sqrt(sp.pi),),
                 kernel=erfc_kernel, has_head=True,
                 summary="1 − erf(x), to the last digit for large x too")

sin   = Function("sin",   sp.sin,   kernel=np.sin,   latex=_of("sin"))
cos   = Function("cos",   sp.cos,   kernel=np.cos,   latex=_of("cos"))
tan   = Function("tan",   sp.tan,   kernel=np.tan,   latex=_of("tan"), domain=((-1.2, 1.2),))
sec   = Function("sec",   sp.sec,   kernel=lambda x: 1 / np.cos(x), latex=_of("sec"),
                 domain=((-1.2, 1.2),))
csc   = Function("csc",   sp.csc,   kernel=lambda x: 1 / np.sin(x), latex=_of("csc"),
                 domain=((0.3, 2.8),))
cot   = Function("cot",   sp.cot,   kernel=lambda x: 1 / np.tan(x), latex=_of("cot"),
                 domain=((0.3, 2.8),))
asin  = Function("asin",  sp.asin,  kernel=np.arcsin, latex=_of("arcsin"), domain=UNIT)
acos  = Function("acos",  sp.acos,  kernel=np.arccos, latex=_of("arccos"), domain=UNIT)
atan  = Function("atan",  sp.atan,  kernel=np.arctan, latex=_of("arctan"), domain=WIDE)
atan2 = Function(
    "atan2", lambda y, x: cases((0, sp.Eq(y, 0) & sp.Eq(x, 0)), (sp.atan2(y, x), True)), 2,
    derivative=(lambda y, x: x / (x**2 + y**2), lambda y, x: -y / (x**2 + y**2)),
    kernel=np.arctan2, domain=((-2, 2), (-2, 3)), has_head=True,
    summary="the angle of the point (x, y), from −π to π; y comes first",
)

sinh  = Function("sinh",  sp.sinh,  kernel=np.sinh,  latex=_of("sinh"))
cosh  = Function("cosh",  sp.cosh,  kernel=np.cosh,  latex=_of("cosh"),
                 logarithm=logcosh.symbolic)
tanh  = Function("tanh",  sp.tanh,  kernel=np.tanh,  latex=_of("tanh"),
                 complement=lambda x: 2 / (1 + sp.exp(2 * x)), range=(-1, 1))
asinh = Function("asinh", sp.asinh, kernel=np.arcsinh, latex=_operator("arsinh"), domain=WIDE)
acosh = Function("acosh", sp.acosh, kernel=np.arccosh, latex=_operator("arcosh"),
                 domain=((1.2, 4.0),))
atanh = Function("atanh", sp.atanh, kernel=np.arctanh, latex=_operator("artanh"), domain=UNIT)
# fmt: on

FUNCTIONS = (
    exp, log, log2, log10, log1p, expm1, sqrt, erf, erfc,
    sin, cos, tan, sec, csc, cot, asin, acos, atan, atan2,
    sinh, cosh, tanh, asinh, acosh, atanh,
)  # fmt: skip

ALIASES = {
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arsinh": "asinh",
    "arcosh": "acosh", "artanh": "atanh",
}  # fmt: skip
