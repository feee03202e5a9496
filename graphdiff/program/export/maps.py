"""How each map of the catalogue is written in JAX, PyTorch and C: the shared table.

JavaScript has the operators of C and most of its functions, so it is written as that is.

The operands are ``{0}``, ``{1}``, …: names of variables, or numbers. Kinks keep their declared
values, and so do the derivatives that JAX and PyTorch take of what is written here: step(0) is
1, a tie of max gives 1/2 to each, relu'(0) is 0. JAX derives its own |x| to 1 at 0, so it is
written x sign(x) there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from graphdiff.language.functions import Function
from graphdiff.language.functions import activations as a
from graphdiff.language.functions import arithmetic as r
from graphdiff.language.functions import comparisons as c
from graphdiff.language.functions import elementary as e
from graphdiff.language.functions import kinks as k
from graphdiff.language.functions import rounding as w
from graphdiff.language.functions import stable as s


class Spelling(NamedTuple):
    """A map in each language."""

    jax: str
    torch: str
    c: str
    numbers_in_torch: bool = True
    """Whether PyTorch takes a plain number beside an array."""


SIGNS: Mapping[Function, str] = {
    c.less: "<", c.less_equal: "<=", c.greater: ">", c.greater_equal: ">=",
}  # fmt: skip
"""How comparisons are written as conditions."""


def _operator(text: str) -> Spelling:
    return Spelling(text, text, text)


def _compared(function: Function) -> Spelling:
    test = f"({{0}} {SIGNS[function]} {{1}})"
    return Spelling(f"{test}.astype(dtype)", f"{test}.to(dtype)", f"(double){test}")


def _called(jax: str, torch: str = "", c: str = "") -> Spelling:
    return Spelling(f"jnp.{jax}({{0}})", f"torch.{torch or jax}({{0}})", f"{c or jax}({{0}})")


_ROOT = "0.7071067811865476"
_SOFTPLUS = "(({0} > 0.0 ? {0} : 0.0) + log1p(exp(-fabs({0}))))"
_SELU = "{0} > 0.0 ? 1.0507009873554805 * {0} : 1.7580993408473768 * expm1({0})"
_MOD = "(fmod({0}, {1}) * {1} < 0.0 ? fmod({0}, {1}) + {1} : fmod({0}, {1}))"

MAPS: Mapping[Function, Spelling] = {
    r.add: _operator("{0} + {1}"), r.sub: _operator("{0} - {1}"), r.mul: _operator("{0} * {1}"),
    r.div: _operator("{0} / {1}"), r.neg: _operator("-{0}"),
    r.pow: Spelling("{0} ** {1}", "{0} ** {1}", "pow({0}, {1})"),

    e.exp: _called("exp"), e.log: _called("log"), e.log2: _called("log2"),
    e.log10: _called("log10"), e.sqrt: _called("sqrt"),
    e.log1p: _called("log1p"), e.expm1: _called("expm1"),
    e.erf: Spelling("special.erf({0})", "torch.erf({0})", "erf({0})"),
    e.erfc: Spelling("special.erfc({0})", "torch.erfc({0})", "erfc({0})"),
    e.sin: _called("sin"), e.cos: _called("cos"), e.tan: _called("tan"),
    e.sec: Spelling("1.0 / jnp.cos({0})", "1.0 / torch.cos({0})", "1.0 / cos({0})"),
    e.csc: Spelling("1.0 / jnp.sin({0})", "1.0 / torch.sin({0})", "1.0 / sin({0})"),
    e.cot: Spelling("1.0 / jnp.tan({0})", "1.0 / torch.tan({0})", "1.0 / tan({0})"),
    e.asin: _called("arcsin", "asin", "asin"), e.acos: _called("arccos", "acos", "acos"),
    e.atan: _called("arctan", "atan", "atan"),
    e.atan2: Spelling(
        "jnp.arctan2({0}, {1})", "torch.atan2({0}, {1})", "atan2({0}, {1})",
        numbers_in_torch=False),
    e.sinh: _called("sinh"), e.cosh: _called("cosh"), e.tanh: _called("tanh"),
    e.asinh: _called("arcsinh", "asinh", "asinh"), e.acosh: _called("arccosh", "acosh", "acosh"),
    e.atanh: _called("arctanh", "atanh", "atanh"),

    k.sign: Spelling(
        "jnp.sign({0})", "torch.sign({0})", "{0} > 0.0 ? 1.0 : {0} < 0.0 ? -1.0 : {0}"),
    k.step: Spelling(
        "({0} >= 0).astype(dtype)", "({0} >= 0).to(dtype)",
        "{0} >= 0.0 ? 1.0 : {0} < 0.0 ? 0.0 : {0}"),
    k.abs: Spelling("{0} * jnp.sign({0})", "torch.abs({0})", "fabs({0})"),
    k.max: Spelling(
        "jnp.maximum({0}, {1})", "torch.maximum({0}, {1})",
        "{0} >= {1} || isnan({0}) ? {0} : {1}", numbers_in_torch=False),
    k.min: Spelling(
        "jnp.minimum({0}, {1})", "torch.minimum({0}, {1})",
        "{0} <= {1} || isnan({0}) ? {0} : {1}", numbers_in_torch=False),
    k.clip: Spelling(
        "jnp.where({1} < {2}, jnp.minimum(jnp.maximum({0}, {1}), {2}), {2})",
        "torch.where({1} < {2}, torch.minimum(torch.maximum({0}, {1}), {2}), {2})",
        "{0} > {2} || {1} > {2} ? {2} : {0} < {1} ? {1} : {0}", numbers_in_torch=False),

    w.floor: _called("floor"), w.ceil: _called("ceil"), w.round: _called("round", "", "rint"),
    w.floor_divide: Spelling(
        "jnp.floor_divide({0}, {1})", "torch.div({0}, {1}, rounding_mode='floor')",
        f"rint(({{0}} - {_MOD}) / {{1}})", numbers_in_torch=False),
    w.mod: Spelling(
        "jnp.mod({0}, {1})", "torch.remainder({0}, {1})", _MOD, numbers_in_torch=False),

    a.sigmoid: Spelling("nn.sigmoid({0})", "torch.sigmoid({0})", "sigmoid({0})"),
    a.softplus: Spelling(
        "jnp.logaddexp({0}, 0.0)", "torch.logaddexp({0}, torch.zeros_like({0}))",
        _SOFTPLUS),
    a.swish: Spelling("nn.silu({0})", "nn.silu({0})", "{0} * sigmoid({0})"),
    a.gelu: Spelling(
        f"0.5 * {{0}} * special.erfc(-{_ROOT} * {{0}})",
        f"0.5 * {{0}} * torch.erfc(-{_ROOT} * {{0}})",
        f"0.5 * {{0}} * erfc(-{_ROOT} * {{0}})"),
    a.relu: Spelling("nn.relu({0})", "torch.relu({0})", "{0} <= 0.0 ? 0.0 : {0}"),
    a.leaky_relu: Spelling(
        "jnp.where({0} > 0, {0}, {1} * {0})", "torch.where({0} > 0, {0}, {1} * {0})",
        "{0} > 0.0 ? {0} : {1} * {0}"),
    a.elu: Spelling(
        "jnp.where({0} > 0, {0}, {1} * jnp.expm1(jnp.where({0} > 0, 0.0, {0})))",
        "torch.where({0} > 0, {0}, {1} * torch.expm1(torch.where({0} > 0, 0.0, {0})))",
        "{0} > 0.0 ? {0} : {1} * expm1({0})"),
    a.logaddexp: Spelling(
        "jnp.logaddexp({0}, {1})", "torch.logaddexp({0}, {1})",
        "({0} > {1} ? {0} : {1}) + log1p(exp(-fabs({0} - {1})))", numbers_in_torch=False),
    a.selu: Spelling("nn.selu({0})", "torch.selu({0})", _SELU),
    a.mish: Spelling("nn.mish({0})", "nn.mish({0})", f"{{0}} * tanh({_SOFTPLUS})"),
    a.softsign: Spelling(
        "{0} / (1.0 + {0} * jnp.sign({0}))", "{0} / (1.0 + torch.abs({0}))",
        "{0} / (1.0 + fabs({0}))"),
    a.hardtanh: Spelling(
        "jnp.where({0} >= 1.0, 1.0, jnp.where({0} <= -1.0, -1.0, {0}))", "nn.hardtanh({0})",
        "{0} > 1.0 ? 1.0 : {0} < -1.0 ? -1.0 : {0}"),

    s.logcosh: Spelling(
        "jnp.logaddexp({0}, -{0}) - 0.6931471805599453",
        "torch.logaddexp({0}, -{0}) - 0.6931471805599453",
        "fabs({0}) + log1p(exp(-2.0 * fabs({0}))) - 0.6931471805599453"),
    s.hypot: Spelling(
        "jnp.hypot({0}, {1})", "torch.hypot({0}, {1})", "hypot({0}, {1})", numbers_in_torch=False),
    s.direction: Spelling(
        "{0} / jnp.hypot({0}, {1})", "{0} / torch.hypot({0}, {1})", "{0} / hypot({0}, {1})",
        numbers_in_torch=False),
    s.over_square: _operator("{0} / {1} / {1}"),
    s.square_times_exp: Spelling(
        "({0} * jnp.exp(0.5 * {1})) ** 2", "({0} * torch.exp(0.5 * {1})) ** 2",
        "{0} * exp(0.5 * {1}) * ({0} * exp(0.5 * {1}))"),
    s.one_minus_sigmoid: Spelling(
        "nn.sigmoid(-{1})", "torch.sigmoid(-{1})", "sigmoid(-{1})"),
    s.one_minus_tanh_squared: Spelling(
        "1.0 / jnp.cosh({1}) ** 2", "1.0 / torch.cosh({1}) ** 2",
        "1.0 / (cosh({1}) * cosh({1}))"),

    c.less: _compared(c.less), c.less_equal: _compared(c.less_equal),
    c.greater: _compared(c.greater), c.greater_equal: _compared(c.greater_equal),
    c.where: Spelling(
        "jnp.where({0}, {1}, {2})", "torch.where({0}, {1}, {2})", "{0} ? {1} : {2}"),
    c.xlogy: Spelling(
        "special.xlogy({0}, {1})", "torch.xlogy({0}, {1})",
        "{0} == 0.0 ? 0.0 : {0} * log({1})"),
}  # fmt: skip
"""Every map of the catalogue, and those that formulas are computed by; the first operand of where
is a condition."""
