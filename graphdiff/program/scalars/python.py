"""Lines printed as Python on plain floats, with the functions of ``math``."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping
from functools import cache
from typing import Any

import numpy as np

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions.scalar_function import Function
from graphdiff.program.naming import Naming
from graphdiff.program.scalars import numeric
from graphdiff.program.scalars.operations import OF_MATH
from graphdiff.program.scalars.scalar_tape import Lines

MAX_DEPTH = 12
"""Levels of nesting in one printed expression."""

CHOICE, LOGICAL, COMPARED, SUM, PRODUCT, SIGN, ATOM = range(7)
_SYMBOL = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}


def sigmoid(x: float) -> float:
    """Return 1/(1 + exp(−x)), with no overflow."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    small = math.exp(x)
    return small / (1.0 + small)


def softplus(x: float) -> float:
    """Return log(1 + exp(x)), with no overflow."""
    return (x if x > 0.0 else 0.0) + math.log1p(math.exp(-math.fabs(x)))


def xlogy(x: float, y: float) -> float:
    """Return x·log(y), 0 where x = 0 and y is a number."""
    return 0.0 if x == 0.0 and y == y else x * math.log(y)


def logaddexp(a: float, b: float) -> float:
    """Return log(exp(a) + exp(b)), with no overflow."""
    return (a if a > b else b) + math.log1p(math.exp(-math.fabs(a - b)))


WHOLE = 2.0**52
"""From here on every float is a whole number."""


def floor(x: float) -> float:
    """Return the largest whole number not above x."""
    return float(math.floor(x)) if math.fabs(x) < WHOLE else x


def ceil(x: float) -> float:
    """Return the smallest whole number not below x."""
    return float(math.ceil(x)) if math.fabs(x) < WHOLE else x


def rounded(x: float) -> float:
    """Return the nearest whole number, of two the even one."""
    return float(round(x)) if math.fabs(x) < WHOLE else x


def mod(x: float, y: float) -> float:
    """Return x − y⌊x/y⌋."""
    return x % y


def floor_divide(x: float, y: float) -> float:
    """Return ⌊x/y⌋."""
    return x // y


def logcosh(x: float) -> float:
    """Return log(cosh(x)), with no overflow, and all digits near 0."""
    size = math.fabs(x)
    if size < 1.0:
        half = math.sinh(size / 2.0)
        return math.log1p(2.0 * half * half)
    return size + math.log1p(math.exp(-2.0 * size)) - 0.6931471805599453


def softsign(x: float) -> float:
    """Return x/(1 + |x|)."""
    return x / (1.0 + math.fabs(x))


def one_minus_sigmoid(_: float, x: float) -> float:
    """Return 1 − s of s = σ(x) that is nearly 1."""
    small = math.exp(-x)
    return small / (1.0 + small)


def one_minus_tanh_squared(_: float, x: float) -> float:
    """Return 1 − t² of t = tanh(x) that is nearly 1 or −1."""
    small = math.exp(-2.0 * math.fabs(x))
    return 4.0 * small / ((1.0 + small) * (1.0 + small))


HELPERS: dict[str, Callable[..., float]] = {
    **OF_MATH, "fabs": math.fabs, "sigmoid": sigmoid, "softplus": softplus, "softsign": softsign,
    "xlogy": xlogy,
    "logaddexp": logaddexp, "floor": floor, "ceil": ceil, "round": rounded, "mod": mod,
    "floor_divide": floor_divide, "logcosh": logcosh,
    "one_minus_sigmoid": one_minus_sigmoid, "one_minus_tanh_squared": one_minus_tanh_squared,
}  # fmt: skip
"""What operations are called in the text, and what they are. They raise where NumPy warns."""


def _as_numpy(operation: str) -> Callable[..., float]:
    compute = numeric.operation(operation)

    def apply(*arguments: float) -> float:
        with np.errstate(all="ignore"):
            return float(compute(*map(np.float64, arguments)))

    return apply


@cache
def never_raising() -> dict[str, Callable[..., float]]:
    """Return the same, and division, as NumPy has them: infinite where Python raises."""
    names = {**{name: name for name in HELPERS}, "fabs": "abs", "div": "div"}
    return {name: _as_numpy(operation) for name, operation in names.items()}


_TWICE = {
    "relu": "(0.0 if {0} <= 0.0 else {0})",
    "sign": "(1.0 if {0} > 0.0 else -1.0 if {0} < 0.0 else {0})",
    "step": "(1.0 if {0} >= 0.0 else 0.0 if {0} < 0.0 else {0})",
    "max": "({0} if {0} >= {1} or {0} != {0} else {1})",
    "min": "({0} if {0} <= {1} or {0} != {0} else {1})",
}
"""Operations that name an operand more than once, such that what is no number stays none."""

_NEAR_ONE = {
    "one_minus_sigmoid": "1.0 - {0} if {0} <= 0.99",
    "one_minus_tanh_squared": "1.0 - {0} * {0} if -0.99 <= {0} <= 0.99",
}
"""Differences from 1 that are a call only where no digit would be left."""


class Printer:
    """Prints lines as assignments; a line used once stands where it is used.

    Parameters
    ----------
    lines
        The program.
    naming
        What gives names.
    known
        Lines that are variables from the start: the inputs.
    wanted
        Names for lines that are to have one.
    helpers
        What the operations are; left out, those of ``math``.
    named_division
        Whether division is a helper too, one that does not raise.
    names, helper_names
        What helpers are in the text, and what they are called: shared by printers of one text.
    """

    def __init__(
        self,
        lines: Lines,
        naming: Naming,
        known: Mapping[int, str],
        wanted: Mapping[int, str],
        *,
        helpers: Mapping[str, Callable[..., float]] = HELPERS,
        named_division: bool = False,
        names: dict[str, object] | None = None,
        helper_names: dict[Any, str] | None = None,
    ) -> None:
        self.lines = lines
        self.names: dict[str, object] = {} if names is None else names
        self._naming = naming
        self._helpers = helpers
        self._division = named_division
        self._wanted = wanted
        self._variable = dict(known)
        self._text: dict[int, tuple[str, int, int]] = {}
        self._helper_names: dict[Any, str] = {} if helper_names is None else helper_names
        self._uses: dict[int, int] = {}

    def count(self, outputs: list[int]) -> None:
        """Count how often each line is used on the way to some lines."""
        for line in self.lines.needed(outputs):
            name = self.lines.lines[line][0]
            weight = 2 if name in _TWICE or name in _NEAR_ONE else 1
            for argument in self.lines.arguments(line):
                self._uses[argument] = self._uses.get(argument, 0) + weight
        for line in outputs:
            self._uses[line] = self._uses.get(line, 0) + 1

    def assignments(self, outputs: list[int]) -> list[str]:
        """Return the assignments that make some lines ready to be used."""
        result = []
        for line in self.lines.needed(outputs):
            if line in self._variable or line in self._text:
                continue
            text, level, depth = self._expression(line)
            several = self._uses.get(line, 0) > 1 and self.lines.lines[line][0] != "number"
            if line in self._wanted or several or depth > MAX_DEPTH:
                name = self._naming.variable(self._wanted.get(line, f"t{line}"))
                self._variable[line] = name
                result.append(f"{name} = {_stripped(text)}")
            else:
                self._text[line] = text, level, depth
        return result

    def use(self, line: int, level: int = CHOICE) -> str:
        """Return the text of a line, to stand where something binds as tightly as that."""
        text, own, _ = self._term(line)
        return text if own >= level else f"({text})"

    def _term(self, line: int) -> tuple[str, int, int]:
        if line in self._variable:
            return self._variable[line], ATOM, 0
        return self._text[line]

    def _expression(self, line: int) -> tuple[str, int, int]:
        name, *rest = self.lines.lines[line]
        arguments = self.lines.arguments(line)
        depth = 1 + max((self._term(a)[2] for a in arguments), default=0)

        def use(k: int, level: int = CHOICE) -> str:
            return self.use(arguments[k], level)

        match name:
            case "number":
                return self._number(rest[0])
            case "add" | "sub":
                sign = "+" if name == "add" else "-"
                return f"{use(0, SUM)} {sign} {use(1, PRODUCT)}", SUM, depth
            case "mul":
                return f"{use(0, PRODUCT)} * {use(1, SIGN)}", PRODUCT, depth
            case "div" if not self._division:
                return f"{use(0, PRODUCT)} / {use(1, SIGN)}", PRODUCT, depth
            case "neg":
                return f"-{use(0, SIGN)}", SIGN, depth
            case "mark":
                return self._term(arguments[0])
            case "select":
                text = f"({use(1, LOGICAL)} if {use(0, LOGICAL)} else {use(2)})"
                return text, ATOM, depth
            case "or" | "and":
                return f"({use(0, COMPARED)} {name} {use(1, COMPARED)})", ATOM, depth
            case "not":
                return f"(not {use(0, COMPARED)})", ATOM, depth
            case "call":
                inner = ", ".join(self.use(a) for a in arguments)
                return f"{self._own(rest[0])}({inner})", ATOM, depth
            case _ if name in _SYMBOL:
                return f"{use(0, SUM)} {_SYMBOL[name]} {use(1, SUM)}", COMPARED, depth
            case _ if name in _NEAR_ONE:
                self.branches = self.calls = True
                near = _NEAR_ONE[name].format(*(self.use(a, ATOM) for a in arguments))
                inner = ", ".join(self.use(a) for a in arguments)
                return f"({near} else {self._helper(name)}({inner}))", ATOM, depth
            case _ if name in _TWICE:
                return _TWICE[name].format(*(self.use(a, ATOM) for a in arguments)), ATOM, depth
            case _:
                helper = self._helper("fabs" if name == "abs" else name)
                return f"{helper}({', '.join(self.use(a) for a in arguments)})", ATOM, depth

    def _number(self, value: float) -> tuple[str, int, int]:
        if math.isfinite(value):
            return repr(value), ATOM if value >= 0 else SIGN, 0
        name = self._helper_names.get(repr(value))
        if name is None:
            spelled = {math.inf: "inf", -math.inf: "minus_inf"}.get(value, "nan")
            name = self._helper_names[repr(value)] = self._naming.variable(spelled)
            self.names[name] = value
        return name, ATOM, 0

    def _helper(self, operation: str) -> str:
        if operation not in self._helper_names:
            name = self._naming.variable(operation)
            self._helper_names[operation] = name
            self.names[name] = self._helpers[operation]
        return self._helper_names[operation]

    def _own(self, function: Function) -> str:
        if function not in self._helper_names:
            name = self._naming.variable(function.name.replace("'", "_prime"))
            self._helper_names[function] = name
            self.names[name] = on_floats(function)
        return self._helper_names[function]


def on_floats(function: Function) -> Callable[..., float]:
    """Return a function of the catalogue, or one of your own, on plain floats."""
    kernel = FLOAT64.apply(function)

    def apply(*arguments: float) -> float:
        with np.errstate(all="ignore"):
            return float(kernel(*arguments))

    return apply


def _stripped(text: str) -> str:
    """Return an expression without parentheses around the whole of it."""
    if not text.startswith("("):
        return text
    depth = 0
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return text[1:-1] if place == len(text) - 1 else text
    return text


class Reserved(Container[str]):
    """Names that no variable of a generated program may have."""

    def __init__(self, *names: str) -> None:
        self._names = {"__debug__", *names}

    def __contains__(self, name: object) -> bool:
        return name in self._names
