"""Numbers for checking: fractions while they can be, else of many digits.

0.1 + 0.2 − 0.3 is 0 in fractions, and 8·10⁻⁶³ in sixty digits. So what fractions can say they
say: sums, products, quotients, whole powers, comparisons and cases of them. From the first
exponential on it is mpmath that computes, where 0 stays 0.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import Any

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import NumericalError
from graphdiff.evaluation.arithmetic import Rule, entrywise, once
from graphdiff.evaluation.lambdified import definition
from graphdiff.evaluation.multiprecision import Multiprecision, is_digits
from graphdiff.language import quantity
from graphdiff.language.functions import Function
from graphdiff.language.functions.scalar_function import Head
from graphdiff.local_functions.local_function import LocalFunction

LONG = 12_000
"""Bits of a numerator or denominator from which on a fraction counts as its many digits."""

MAX_POWER = 1000
"""The largest exponent of a fraction."""


class Ratio(Fraction):
    """A fraction that also computes with numbers of many digits, and then is one."""

    __slots__ = ()

    @property
    def _mpf_(self) -> Any:
        """What mpmath takes it for."""
        return (mpmath.mpf(self.numerator) / self.denominator)._mpf_


def _operation(name: str) -> Any:
    of_fractions, of_digits = getattr(Fraction, name), getattr(mpmath.mpf, name)

    def operation(self: Ratio, other: Any) -> Any:
        if isinstance(other, mpmath.mpf):
            return of_digits(mpmath.mpf(self), other)
        found = of_fractions(self, other)
        return Ratio(found) if type(found) is Fraction else found

    return operation


def _of_one(name: str) -> Any:
    of_fractions = getattr(Fraction, name)
    return lambda self, *others: Ratio(of_fractions(self, *others))


for _name in ("__neg__", "__pos__", "__abs__"):
    setattr(Ratio, _name, _of_one(_name))
for _name in ("add", "sub", "mul", "truediv"):
    for _kind in (f"__{_name}__", f"__r{_name}__"):
        setattr(Ratio, _kind, _operation(_kind))


class NoFractionError(Exception):
    """What has no value in fractions, or one too long."""


class Strict(Multiprecision):
    """Numbers that stay of a size to compute with, at every step.

    With exp(exp(exp(x))) infinite on the way, tanh of it has a value, but its derivative
    would be a number of more digits than there is memory for.
    """

    repeats = True

    @once
    def apply(self, function: Function) -> Any:
        """Return what computes a function, refusing what has no finite value."""
        compute = super().apply(function)

        def step(*arguments: Any) -> Any:
            value = compute(*arguments)
            if not self.is_finite(value):
                raise NumericalError(f"{function.name} has no finite value here")
            return value

        return step


class Rationals(Strict):
    """Fractions where a number is one and stays short, else many digits."""

    def number(self, value: Any) -> Any:
        """Return a rational number as a fraction."""
        if isinstance(value, np.ndarray) and value.shape:
            return entrywise(self.number)(value)
        exact = quantity.exact(value)
        if exact.is_Rational and quantity.digits(exact) < LONG * 0.3:
            return Ratio(int(exact.p), int(exact.q))
        return super().number(exact)

    @once
    def apply(self, function: Function) -> Any:
        """Return the function on fractions, where its formula has a value in them."""
        formula = definition(function)
        return self._fractions_first(function.formals, formula, super().apply(function))

    @once
    def partial(self, function: LocalFunction, slot: int) -> Any:
        """Return the derivative on fractions, where its formula has a value in them."""
        derivative = function.partial(slot)
        return self._fractions_first(function.formals, derivative, super().partial(function, slot))

    @staticmethod
    def _fractions_first(formals: tuple[sp.Symbol, ...], formula: sp.Expr, compute: Rule) -> Rule:
        rule = _rule(formals, formula)

        def one(*arguments: Any) -> Any:
            if rule is not None and all(isinstance(argument, Fraction) for argument in arguments):
                try:
                    return Ratio(rule(arguments))
                except (NoFractionError, ArithmeticError):
                    pass
            return compute(*map(many_digits, arguments))

        return entrywise(one)

    def is_finite(self, value: Any) -> bool:
        """Whether every entry is a fraction, or real and finite."""
        entries = value.ravel().tolist() if isinstance(value, np.ndarray) else [value]
        return all(isinstance(entry, Fraction) or is_digits(entry) for entry in entries)

    def settled(self, value: Any) -> Any:
        """Return the value, fractions that have grown too long as digits."""
        result = np.empty(value.shape, object)
        result.ravel()[:] = [self._settled(entry) for entry in value.ravel().tolist()]
        return result

    def _settled(self, entry: Any) -> Any:
        if isinstance(entry, sp.Expr):  # of a matrix that was inverted in exact numbers
            return self.number(entry) if entry.is_real else mpmath.nan
        return entry if isinstance(entry, Ratio) and _is_short(entry) else many_digits(entry)


def many_digits(value: Any) -> Any:
    """Return fractions as numbers of as many digits as are carried."""
    if isinstance(value, np.ndarray):
        return entrywise(many_digits)(value) if value.dtype == object and value.shape else value
    return mpmath.mpf(value) if isinstance(value, Ratio) else value


def _is_short(value: Fraction) -> bool:
    return max(value.numerator.bit_length(), value.denominator.bit_length()) <= LONG


@lru_cache(maxsize=10_000)
def _rule(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Rule | None:
    """Return what computes a formula in fractions from the arguments; None if it has no such."""
    made: dict[sp.Basic, Rule] = {formal: _argument(k) for k, formal in enumerate(formals)}
    for part in sp.postorder_traversal(formula):
        if part not in made:
            inner = [made.get(argument) for argument in part.args]
            rule = None if None in inner else _step(part, inner)
            if rule is None:
                return None
            made[part] = rule
    return made[formula]


def _argument(slot: int) -> Rule:
    return lambda arguments: arguments[slot]


def _step(part: sp.Basic, inner: list[Any]) -> Rule | None:
    """Return the rule of one operation on those of its operands."""
    if isinstance(part, sp.Rational):
        value = Fraction(int(part.p), int(part.q))
        return lambda _: value
    if part in (sp.true, sp.false):
        return lambda _: bool(part)
    match part:
        case sp.Add():
            return lambda a: _short(sum((rule(a) for rule in inner), Fraction(0)))
        case sp.Mul():
            return lambda a: _product(inner, a)
        case sp.Pow() if isinstance(part.exp, sp.Integer) and abs(part.exp) <= MAX_POWER:
            exponent = int(part.exp)
            return lambda a: _power(inner[0](a), exponent)
        case sp.Pow():
            return lambda a: _root(inner[0](a), inner[1](a))
        case sp.Piecewise():
            return lambda a: _chosen(inner, a)
        case sp.functions.elementary.piecewise.ExprCondPair():
            return lambda a: (inner[0], inner[1](a))
        case sp.StrictLessThan() | sp.LessThan() | sp.StrictGreaterThan() | sp.GreaterThan():
            compare = _COMPARISONS[part.rel_op]
            return lambda a: compare(inner[0](a), inner[1](a))
        case sp.Eq():
            return lambda a: inner[0](a) == inner[1](a)
        case sp.Ne():
            return lambda a: inner[0](a) != inner[1](a)
        case sp.And():
            return lambda a: all(rule(a) for rule in inner)
        case sp.Or():
            return lambda a: any(rule(a) for rule in inner)
        case sp.Not():
            return lambda a: not inner[0](a)
        case Head():
            declared = part.declaration
            own = _rule(declared.formals, definition(declared))
            return None if own is None else lambda a: own(tuple(rule(a) for rule in inner))
    return None


_COMPARISONS: dict[str, Rule] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip


def _short(value: Fraction) -> Fraction:
    if not _is_short(value):
        raise NoFractionError
    return value


def _product(rules: list[Rule], arguments: Any) -> Fraction:
    result = Fraction(1)
    for rule in rules:
        result = _short(result * rule(arguments))
    return result


def _power(base: Fraction, exponent: int) -> Fraction:
    longest = max(base.numerator.bit_length(), base.denominator.bit_length())
    if longest * abs(exponent) > LONG:
        raise NoFractionError
    return base**exponent


def _root(base: Fraction, exponent: Fraction) -> Fraction:
    """Return a power whose exponent is computed: in fractions, where it is a whole number."""
    if exponent.denominator != 1 or abs(exponent) > MAX_POWER:
        raise NoFractionError
    return _power(base, int(exponent))


def _chosen(branches: list[Rule], arguments: Any) -> Any:
    for branch in branches:
        rule, holds = branch(arguments)
        if holds:
            return rule(arguments)
    raise NoFractionError
