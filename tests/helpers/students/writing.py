"""Formulas as a student writes them: their value, as text and as LaTeX."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Formula:
    """An operation applied to parts; a number and a name have their text as their only part."""

    head: str
    parts: tuple[Any, ...]

    def __add__(self, other):
        return Formula("+", (self, formula(other)))

    def __sub__(self, other):
        return Formula("-", (self, formula(other)))

    def __mul__(self, other):
        return Formula("*", (self, formula(other)))

    def __truediv__(self, other):
        return Formula("/", (self, formula(other)))

    def __pow__(self, other):
        return Formula("^", (self, formula(other)))

    def __matmul__(self, other):
        return Formula("@", (self, formula(other)))

    def __radd__(self, other):
        return formula(other) + self

    def __rsub__(self, other):
        return formula(other) - self

    def __rmul__(self, other):
        return formula(other) * self

    def __rtruediv__(self, other):
        return formula(other) / self

    def __neg__(self):
        return Formula("neg", (self,))

    @property
    def T(self):
        return Formula("T", (self,))

    @property
    def names(self):
        """The names in it, from left to right, each as often as it stands there."""
        if self.head == "name":
            return [self.parts[0]]
        return [name for part in self.parts if isinstance(part, Formula) for name in part.names]

    def mapped(self, change):
        """Return the formula with ``change`` of each number and name."""
        if self.head in ("name", "number"):
            return change(self)
        return Formula(
            self.head,
            tuple(
                part.mapped(change) if isinstance(part, Formula) else part for part in self.parts
            ),
        )


def formula(one):
    """Return a formula, a number as one."""
    return one if isinstance(one, Formula) else Formula("number", (str(one),))


def name(text):
    return Formula("name", (text,))


def call(function, *parts):
    return Formula("call", (function, *map(formula, parts)))


ONE = formula(1)


def times(g, other):
    """Return a product, without a factor that is 1."""
    if g == ONE:
        return formula(other)
    return g if formula(other) == ONE else g * other


FUNCTIONS = {
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "relu": lambda x: x * (x > 0),
    "softmax": lambda x: np.exp(x) / np.sum(np.exp(x)),
    "sum": np.sum,
    "mean": np.mean,
    "columns": lambda x: np.sum(x, axis=0),
    "first": lambda x: x[0],
    "step": lambda x: 1.0 * (x > 0),
    "outer": np.multiply.outer,
}

OPERATORS = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "^": lambda a, b: a**b,
    "@": lambda a, b: a @ b,
    "neg": lambda a: -a,
    "T": np.transpose,
}


def value(of, known):
    """Return the number or array of a formula, where the names have the values ``known``."""
    if of.head == "number":
        return np.float64(of.parts[0])
    if of.head == "name":
        return known[of.parts[0]]
    if of.head == "call":
        return FUNCTIONS[of.parts[0]](*(value(part, known) for part in of.parts[1:]))
    return OPERATORS[of.head](*(value(part, known) for part in of.parts))


BINDS = {"+": 1, "-": 1, "neg": 1, "*": 2, "@": 2, "/": 2, "^": 4, "T": 5}
"""How firmly the parts of a formula hold together."""


def _binds(of, fractions_are_bars=False):
    if of.head == "number" and of.parts[0].startswith("-"):
        return 1
    if fractions_are_bars and of.head == "/":
        return 3
    return BINDS.get(of.head, 6)


def text(of):
    """Return a formula as a claim has it."""

    def within(part, firmly):
        shown = text(part)
        return shown if _binds(part) >= firmly else f"({shown})"

    match of.head, of.parts:
        case (("number" | "name"), (shown,)):
            return shown
        case "call", ("columns", part):
            return f"sum({text(part)}, axis=0)"
        case "call", ("first", part):
            return f"{within(part, 6)}[0]"
        case "call", ("step", part):
            return f"where({text(part)} > 0, 1, 0)"
        case "call", (function, *parts):
            return f"{function}({', '.join(map(text, parts))})"
        case "neg", (part,):
            return f"-{within(part, 2)}"
        case "T", (part,):
            return f"{within(part, 5)}.T"
        case "^", (base, exponent):
            return f"{within(base, 5)}**{within(exponent, 5)}"
        case operator, (left, right):
            space = " " if operator in "+-@" else ""
            firmly = BINDS[operator]
            return f"{within(left, firmly)}{space}{operator}{space}{within(right, firmly + 1)}"


GREEK = {"eta": r"\eta", "yhat": r"\hat{y}", "delta": r"\delta"}


def latex_name(shown):
    """Return how a student writes the name of a node, a derivative or an updated weight."""
    if derivative := re.fullmatch(r"d(\w+)/d(\w+)", shown):
        over, under = map(latex_name, derivative.groups())
        return rf"\frac{{\partial {over}}}{{\partial {under}}}"
    if updated := re.fullmatch(r"(\w+)@1", shown):
        return f"{latex_name(updated[1])}^{{new}}"
    letters, digits = re.fullmatch(r"([a-zA-Z]+?)_?(\d*)", shown).groups()
    letters = GREEK.get(letters, letters)
    return f"{letters}_{{{digits}}}" if len(digits) > 1 else letters + ("_" + digits) * bool(digits)


LATEX_FUNCTIONS = {
    "sigmoid": r"\sigma({})",
    "tanh": r"\tanh({})",
    "exp": r"e^{{{}}}",
    "log": r"\log({})",
    "sqrt": r"\sqrt{{{}}}",
    "abs": r"|{}|",
    "relu": r"\mathrm{{ReLU}}({})",
    "softmax": r"\mathrm{{softmax}}({})",
    "sum": r"\mathrm{{sum}}({})",
    "mean": r"\mathrm{{mean}}({})",
    "columns": r"\sum_i {}_i",
    "step": r"\mathbb{{1}}[{} > 0]",
}


def latex(of, known, sign=r"\cdot"):
    """Return a formula as LaTeX; ``known`` tells which of its parts are arrays."""

    def within(part, firmly):
        shown = latex(part, known, sign)
        return shown if _binds(part, True) >= firmly else rf"\left({shown}\right)"

    match of.head, of.parts:
        case "number", (shown,):
            return shown
        case "name", (shown,):
            return latex_name(shown)
        case "call", ("outer", left, right):
            return f"{within(left, 5)} {within(right, 5)}^T"
        case "call", (function, part) if function in LATEX_FUNCTIONS:
            return LATEX_FUNCTIONS[function].format(latex(part, known, sign))
        case "call", _:
            raise UnwrittenError(of)
        case "neg", (part,):
            return f"-{within(part, 2)}"
        case "T", (part,):
            return f"{within(part, 5)}^T"
        case "^", (base, exponent):
            return f"{within(base, 5)}^{{{latex(exponent, known, sign)}}}"
        case "/", (left, right):
            return rf"\frac{{{latex(left, known, sign)}}}{{{latex(right, known, sign)}}}"
        case "@", (left, right):
            return f"{within(left, 2)} {within(right, 3)}"
        case "*", (left, right):
            if all(np.ndim(value(part, known)) for part in of.parts):
                sign = r"\odot"
            return f"{within(left, 2)} {sign} {within(right, 3)}"
        case operator, (left, right):
            return f"{within(left, 1)} {operator} {within(right, 2)}"


class UnwrittenError(ValueError):
    """Raised for a formula that nobody writes in LaTeX by hand."""


def shown(number, digits, places=None):
    """Return a number, or an array as nested texts, to so many digits, or places after the point."""
    if np.ndim(number):
        return [shown(entry, digits, places) for entry in number]
    number = float(number) + 0.0  # −0 is 0
    for short in range(digits):
        if abs(round(number, short) - number) <= 1e-12 * abs(number):
            return f"{number:.{short}f}"  # nothing is lost
    if places is None:
        exponent = int(np.floor(np.log10(abs(number)))) if number else 0
        places = max(digits - 1 - exponent, 1 if abs(number) < 100 else 0)  # a whole one is exact
    return f"{number:.{places}f}"


def read(printed):
    """Return the number or array that is printed."""
    return np.float64(printed) if isinstance(printed, str) else np.array([read(p) for p in printed])
