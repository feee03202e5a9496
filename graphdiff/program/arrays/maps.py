"""Maps as calls of NumPy, which write into buffers; of numbers alone, as Python's arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import (
    Function,
    activations,
    arithmetic,
    comparisons,
    elementary,
    kinks,
    rounding,
    stable,
)
from graphdiff.program.arrays.kernels import left_of_sigmoid, left_of_tanh
from graphdiff.program.arrays.statements import FEW, Statements, Variable, inverse

_UFUNCS: dict[Function, str] = {
    arithmetic.add: "add", arithmetic.sub: "subtract", arithmetic.mul: "multiply",
    arithmetic.div: "divide", arithmetic.neg: "negative",
    elementary.exp: "exp", elementary.log: "log", elementary.log2: "log2",
    elementary.log10: "log10", elementary.sqrt: "sqrt", elementary.sin: "sin",
    elementary.cos: "cos", elementary.tan: "tan", elementary.asin: "arcsin",
    elementary.acos: "arccos", elementary.atan: "arctan", elementary.sinh: "sinh",
    elementary.cosh: "cosh", elementary.tanh: "tanh", elementary.asinh: "arcsinh",
    elementary.acosh: "arccosh", elementary.atanh: "arctanh", elementary.erf: "erf",
    kinks.sign: "sign", kinks.abs: "absolute",
    comparisons.xlogy: "xlogy", elementary.log1p: "log1p", elementary.expm1: "expm1",
    elementary.erfc: "erfc", elementary.atan2: "arctan2", activations.logaddexp: "logaddexp",
    stable.hypot: "hypot", rounding.floor: "floor", rounding.ceil: "ceil", rounding.round: "rint",
    rounding.floor_divide: "floor_divide", rounding.mod: "remainder",
}  # fmt: skip

_BESIDE: dict[Function, str] = {
    kinks.max: "maximum({0}, {1}, out={into})",
    kinks.min: "minimum({0}, {1}, out={into})",
    activations.relu: "maximum({0}, 0.0, out={into})",
    activations.softplus: "logaddexp(0.0, {0}{out})",
    kinks.step: "heaviside({0}, 1.0{out})",
}
"""Maps that are one call written in another way."""

_COMPARED: dict[Function, tuple[str, str]] = {
    comparisons.less: ("less", "<"),
    comparisons.less_equal: ("less_equal", "<="),
    comparisons.greater: ("greater", ">"),
    comparisons.greater_equal: ("greater_equal", ">="),
}

_IN_STEPS: dict[Function, tuple[str, ...]] = {
    activations.sigmoid: (
        "negative({0}{out})", "exp({t}, {t})", "add({t}, 1.0, {t})", "divide(1.0, {t}, {t})",
    ),
    activations.gelu: (
        "multiply({0}, -0.7071067811865476{out})", "erfc({t}, {t})", "multiply({t}, {0}, {t})",
        "multiply({t}, 0.5, {t})",
    ),
}  # fmt: skip
"""Maps that are several calls on one buffer."""

_INTO: dict[Function, Callable[..., Any]] = {
    stable.one_minus_sigmoid: left_of_sigmoid, stable.one_minus_tanh_squared: left_of_tanh,
}  # fmt: skip
"""Maps of two arrays that are functions of one's own, which write where they are told."""

_STEPS_OF_NUMBERS: dict[Function, str] = {
    activations.sigmoid: "1.0 / (1.0 + exp(-{0}))",
    activations.gelu: "erfc({0} * -0.7071067811865476) * {0} * 0.5",
}

_OPERATORS: dict[Function, str] = {
    arithmetic.add: "{0} + {1}", arithmetic.sub: "{0} - {1}", arithmetic.mul: "{0} * {1}",
    arithmetic.neg: "-{0}",
}  # fmt: skip
"""How numbers are combined: what cannot fail, without a call of NumPy."""

_NUMBER = re.compile(r"-?\b\d+\.\d+")

MANY = 4096
"""Entries of an array that is large enough to lie in another order."""

MAX_POWER = 4
"""Powers up to this are products."""


class Maps:
    """Writes the statements of maps."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements

    def write(
        self, f: Function, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        """Return a map of arrays whose axes lie in another order, in that order."""
        s = self.statements
        orders = {s.as_it_lies(use)[1] for use in uses if use.shape == shape}
        order = orders.pop() if len(orders) == 1 and len(shape) > 2 else ()
        if (
            order == ()
            and not any(use.shape == shape for use in uses)
            and _is_fresh_of_short_rows(uses, shape)
        ):
            order = (*range(1, len(shape)), 0)
        if order == tuple(range(len(order))):
            return self._map(f, uses, shape, name)
        lying = tuple(s.lying(use, order) for use in uses)
        return s.transposed(self._map(f, lying, _turned(shape, order), name), order)

    def _map(
        self, f: Function, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str
    ) -> Variable:
        add = self.statements.add
        if all(use.storage == "number" for use in uses):  # log(0) and others without a value
            uses = self._typed(uses)
        if f in _OPERATORS and not shape:
            return add(name, shape, "scalar", uses, _OPERATORS[f])
        if f is arithmetic.pow:
            return self._power(uses, shape, name)
        ufunc = _UFUNCS.get(f)
        if ufunc is not None:
            uses = self._quick(uses, shape)
            places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
            return add(name, shape, "buffer", uses, f"{ufunc}({places}{{out}})", in_place=True)
        if f in _BESIDE:
            call = self._with_arrays(_BESIDE[f]) if shape else _BESIDE[f]
            return add(name, shape, "buffer", self._quick(uses, shape), call, in_place=True)
        if f in _COMPARED:
            call, sign = _COMPARED[f]
            if not shape:
                number = "float"
                if self.statements.dtype != np.float64:
                    number = self.statements.constant("number", self.statements.dtype.type)
                return add(name, shape, "scalar", uses, f"{number}({{0}} {sign} {{1}})")
            compared = f"{call}({{0}}, {{1}}, {{t}})"
            return add(name, shape, "buffer", uses, "{alloc}", compared, in_place=True)
        if f in _IN_STEPS:
            if not shape:
                return add(name, shape, "scalar", uses, _STEPS_OF_NUMBERS[f])
            first, *then = map(self._with_arrays, _IN_STEPS[f])
            return add(name, shape, "buffer", uses, first, *then, in_place=f is activations.sigmoid)
        if f is comparisons.where:
            return add(name, shape, "new", self._typed(uses), "where({0}, {1}, {2})")
        if f in _INTO and all(use.shape == shape != () for use in uses):
            kernel = self.statements.constant(f.name, _INTO[f])
            return add(name, shape, "buffer", uses, f"{kernel}({{0}}, {{1}}, {{into}})")
        kernel = self.statements.constant(f.name.replace("'", "_prime"), self._kernel(f))
        places = ", ".join(f"{{{k}}}" for k in range(len(uses)))
        return self.statements.computed(f"{kernel}({places})", uses, shape, name)

    def _quick(self, uses: tuple[Variable, ...], shape: tuple[int, ...]) -> tuple[Variable, ...]:
        """Return the operands of a call as NumPy is quickest with them."""
        if not shape:
            return uses
        return tuple(
            self._array(use.name) if use.storage == "number" else self.statements.spread(use, shape)
            for use in uses
        )

    def _array(self, number: str) -> Variable:
        """Return a number as an array without axes: NumPy takes as long to make one of Python's."""
        s = self.statements
        number = number.removeprefix("float('").removesuffix("')").strip("()")
        said = number.removesuffix(".0").replace("e-", "e_minus_").replace("-", "minus_")
        name = "c_" + re.sub(r"\W", "_", said)
        with np.errstate(over="ignore"):  # of a bound that is beyond all numbers of the type
            value = np.array(float(number), s.dtype)
        return Variable(s.shared_constant(name, value), (), "fixed")

    def _with_arrays(self, call: str) -> str:
        """Return a call with arrays in the place of the numbers in it."""
        return _NUMBER.sub(lambda found: self._array(found.group()).name, call)

    def _kernel(self, f: Function) -> Callable[..., Any]:
        """Return the kernel of a map, of NumPy's numbers: Python's would raise for 1/0."""
        compute, dtype = FLOAT64.apply(f), self.statements.dtype
        return lambda *arguments: np.asarray(compute(*map(np.asarray, arguments)), dtype)[()]

    def _typed(self, uses: tuple[Variable, ...]) -> tuple[Variable, ...]:
        """Return operands with numbers of the program's type, where Python's would widen it."""
        s = self.statements
        if s.dtype == np.float64:
            return uses
        return tuple(
            Variable(s.constant("c", s.dtype.type(use.name.strip("()"))), (), "fixed")
            if use.storage == "number"
            else use
            for use in uses
        )

    def _power(self, uses: tuple[Variable, ...], shape: tuple[int, ...], name: str) -> Variable:
        base, exponent = uses
        add = self.statements.add
        if exponent.storage == "number":
            value = float(exponent.name.strip("()"))
            if value.is_integer() and 2 <= value <= MAX_POWER:
                if not shape:
                    return add(name, shape, "scalar", (base,), " * ".join(["{0}"] * int(value)))
                more = ["multiply({t}, {0}, {t})"] * (int(value) - 2)
                return add(
                    name, shape, "buffer", (base,), "square({0}{out})", *more, in_place=not more
                )
        return add(name, shape, "buffer", uses, "power({0}, {1}{out})", in_place=True)


def _is_fresh_of_short_rows(uses: Sequence[Variable], shape: tuple[int, ...]) -> bool:
    """Whether stretched operands make an array of many short rows, which NumPy loops over."""
    if len(shape) < 3 or not (1 < shape[-1] <= FEW and shape[-1] < shape[-2]):
        return False
    return math.prod(shape) >= MANY and all(use.shape != shape for use in uses)


def _turned(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which an array lies whose axes are then put in an order."""
    return tuple(shape[axis] for axis in inverse(order))
