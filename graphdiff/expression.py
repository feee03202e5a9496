"""Expressions: what a person writes, kept as written.

An expression is a node of a graph, a constant, or a catalogue function applied to
expressions. SymPy would turn ``x*w`` into ``w*x``; this keeps the order, because the
author's formula is what pictures and derivations show.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from graphdiff import functions, quantity
from graphdiff.errors import GraphError
from graphdiff.functions import Function
from graphdiff.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.functions.kinks import abs as absolute

_UFUNCS = {
    "add": "add", "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div",
    "negative": "neg", "power": "pow", "float_power": "pow", "absolute": "abs", "fabs": "abs",
    "maximum": "max", "minimum": "min", "arcsin": "asin", "arccos": "acos", "arctan": "atan",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh",
}  # fmt: skip


class Expression:
    """The base of everything that can stand in a formula, with the operators on it."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Expression:
        numpy_name = str(ufunc.__name__)
        function = functions.CATALOGUE.get(_UFUNCS.get(numpy_name, numpy_name))
        if function is None or method != "__call__" or options:
            raise GraphError(
                f"numpy.{numpy_name} cannot be applied to a node; "
                f"functions that can: {', '.join(functions.NAMED)}"
            )
        return apply(function, *inputs)

    def __add__(self, other: Any) -> Expression:
        return apply(add, self, other)

    def __radd__(self, other: Any) -> Expression:
        if isinstance(other, int) and other == 0:
            return self  # Python's sum() begins at 0
        return apply(add, other, self)

    def __sub__(self, other: Any) -> Expression:
        return apply(sub, self, other)

    def __rsub__(self, other: Any) -> Expression:
        return apply(sub, other, self)

    def __mul__(self, other: Any) -> Expression:
        return apply(mul, self, other)

    def __rmul__(self, other: Any) -> Expression:
        return apply(mul, other, self)

    def __truediv__(self, other: Any) -> Expression:
        return apply(div, self, other)

    def __rtruediv__(self, other: Any) -> Expression:
        return apply(div, other, self)

    def __pow__(self, other: Any) -> Expression:
        return apply(pow, self, other)

    def __rpow__(self, other: Any) -> Expression:
        return apply(pow, other, self)

    def __neg__(self) -> Expression:
        return apply(neg, self)

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return apply(absolute, self)

    def _not_ordered(self, _: object) -> bool:
        raise GraphError(
            "nodes have no order while the graph is being built, so <, > and Python's max and min "
            "do not work on them; use gd.max, gd.min, gd.step or gd.relu"
        )

    __lt__ = __le__ = __gt__ = __ge__ = _not_ordered


class Constant(Expression):
    """A number in an expression: its exact value, and the text it was written as."""

    __slots__ = ("text", "value")

    def __init__(self, value: Any, text: str = "") -> None:
        self.value: sp.Expr = quantity.exact(value)
        self.text = text or quantity.written(value)

    def __repr__(self) -> str:
        return self.text


class Apply(Expression):
    """A catalogue function applied to expressions."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Function, arguments: tuple[Expression, ...]) -> None:
        self.function = function
        self.arguments = arguments

    def __repr__(self) -> str:
        return f"<expression {self.function.name}(…); name it with graph.node(name, expression)>"


pi = Constant(sp.pi, "pi")


def as_expression(value: Any) -> Expression:
    """Return an expression as it is, and a number as a constant (2/3 as a quotient)."""
    if isinstance(value, Expression):
        return value
    if isinstance(value, np.ndarray) and value.shape:
        raise GraphError(
            f"an array of shape {value.shape} cannot stand in a formula of scalar nodes; "
            "make it the value of an input"
        )
    constant = Constant(value if not isinstance(value, np.ndarray) else value.item())
    number = constant.value
    if number is sp.pi:
        return pi
    if not number.is_Rational:
        raise GraphError(
            f"the SymPy number {str(number)[:60]} cannot stand in a formula as a constant; "
            "write it with gd.sqrt, gd.exp, gd.pi and the like"
        )
    if constant.text == f"{number.p}/{number.q}":
        return Apply(div, (Constant(number.p), Constant(number.q)))
    return constant


def apply(function: Function, *arguments: Any) -> Apply:
    """Apply a catalogue function to nodes, expressions and numbers.

    Raises
    ------
    GraphError
        If the number of arguments does not fit, or one is not a real number.
    """
    return Apply(function, tuple(map(as_expression, function.completed(arguments))))


@dataclass(frozen=True)
class Operation:
    """A function to call on nodes, expressions and numbers: ``gd.exp(x)``.

    ``max`` and ``min`` take two or more arguments and nest: max(a, b, c) is
    max(max(a, b), c).
    """

    function: Function
    folds: bool = False

    def __call__(self, *arguments: Any, **named: Any) -> Expression:
        """Return the function applied, to be named by :meth:`graphdiff.Graph.node`.

        Trailing arguments may be given by name: ``gd.leaky_relu(x, slope=0.2)``.
        """
        if named:
            arguments = inspect.signature(self.function.formula).bind(*arguments, **named).args
        if not self.folds or len(arguments) < 2:
            return apply(self.function, *arguments)
        result = arguments[0]
        for argument in arguments[1:]:
            result = apply(self.function, result, argument)
        return result

    def __repr__(self) -> str:
        return f"<function {self.function.name}>"


FOLDING = ("max", "min")


def operation(name: str) -> Operation:
    """Return the catalogue function of that name, ready to be called on nodes."""
    function = functions.named(name)
    return Operation(function, folds=function.name in FOLDING)


def in_order(root: Expression) -> Iterator[Expression]:
    """Yield every distinct part of an expression, arguments before what uses them.

    Iterative, so that depth costs no stack, and each shared part comes once, so that
    an expression that doubles at every step costs what its distinct parts cost.
    """
    seen: set[int] = set()
    stack: list[tuple[Expression, bool]] = [(root, False)]
    while stack:
        part, ready = stack.pop()
        if ready:
            yield part
        elif id(part) not in seen:
            seen.add(id(part))
            stack.append((part, True))
            if isinstance(part, Apply):
                stack.extend((argument, False) for argument in reversed(part.arguments))
