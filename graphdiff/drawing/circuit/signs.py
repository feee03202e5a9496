"""The sign in a gate: +, ×, max, σ; of an operation with a number, +1, x², 1/x."""

from __future__ import annotations

import re

from graphdiff.drawing.labels.description import Phrase
from graphdiff.graph import Node
from graphdiff.language.functions.scalar_function import Operator
from graphdiff.local_functions.local_function import Formal, Instruction, LocalFunction
from graphdiff.notation import latex, text
from graphdiff.notation.latex.calls import operator

SIGNS = {"*": r"\times", "/": r"\div", "@": r"\cdot"}
"""Operators that are not written as they are read."""

SHORT = 34
"""Up to so long, LaTeX of an operation on one operand stands in its gate as it is: √x, |x|."""

_CALL = re.compile(r"(\\[a-zA-Z]+(?:\{\w+\})?(?:_\{\w+\})?)\{\\left\(.*\\right\)\}")
"""A function with its name before its argument, as LaTeX."""


def sign(node: Node) -> Phrase:
    """Return what stands in the gate of a node that is one operation.

    Examples
    --------
    >>> from graphdiff import Graph, sigmoid
    >>> g = Graph()
    >>> x, y = g.input("x"), g.input("y")
    >>> parts = x * y, x + 1, 1 - x, -x, 2 * x, 1 / x, x**2, sigmoid(x)
    >>> [sign(g.node(f"v_{k}", part)).plain for k, part in enumerate(parts)]
    ['*', '+1', '1 - x', '*-1', '*2', '1/x', 'x**2', 'sigmoid']
    """
    function = node.function
    assert function is not None  # noqa: S101 - computed
    last = function.program[-1]
    if not isinstance(last, Instruction):
        return _whole(function)
    taken = [place for place in last.lines if _has_operands(function, place)]
    between = last.function.operator
    if between is None:
        return _named(function, last.function.name, is_pure=len(taken) == len(last.lines))
    if len(last.lines) == 1:
        return Phrase("formula", r"{\times}{-1}", "*-1")
    if len(taken) == len(last.lines):
        power = r"x^{y}" if between.text == "**" else ""
        return Phrase("formula", power or _operator(between), between.text)
    return _with_a_number(function, last, between, last.lines.index(taken[0]))


def is_symmetric(node: Node) -> bool:
    """Whether the operands may be exchanged, as those of a sum."""
    last = node.function and node.function.program[-1]
    return isinstance(last, Instruction) and last.function.name in ("add", "mul", "max", "min")


def _operator(between: Operator) -> str:
    return f"{{{SIGNS.get(between.text, between.text)}}}"


def _with_a_number(
    function: LocalFunction, last: Instruction, between: Operator, operand: int
) -> Phrase:
    """Return +1 or ×2, or the whole operation where the number is not added or multiplied."""
    if between.text not in ("+", "*", "/") and (operand == 1 or between.text != "-"):
        return _whole(function)
    place = last.lines[1 - operand]
    number = LocalFunction(function.program[: place + 1], function.arity, function.shapes)
    names = ["x"] * function.arity
    written, plain = latex.authored(number, names), text.authored(number, names)
    if between.text == "/" and operand == 1:
        return Phrase("formula", rf"{{{written}}} / x", f"{plain}/x")
    return Phrase("formula", f"{_operator(between)}{{{written}}}", f"{between.text}{plain}")


def _has_operands(function: LocalFunction, place: int) -> bool:
    """Whether a line of a program is, or is made of, an argument."""
    match function.program[place]:
        case Formal():
            return True
        case Instruction(lines=lines):
            return any(_has_operands(function, line) for line in lines)
        case _:
            return False


def _whole(function: LocalFunction) -> Phrase:
    """Return the operation applied to x."""
    names = ["x"] if function.arity == 1 else [f"x_{k}" for k in range(1, function.arity + 1)]
    written = latex.authored(function, [latex.name(name) for name in names])
    return Phrase("formula", written, text.authored(function, names))


def _named(function: LocalFunction, name: str, *, is_pure: bool) -> Phrase:
    """Return a function's name, or the sign around its operand."""
    whole = _whole(function)
    if not is_pure:
        return whole
    if found := _CALL.fullmatch(whole.latex):
        return Phrase("formula", found[1], name)
    is_sign = function.arity == 1 and name != "exp" and len(whole.latex) <= SHORT
    return Phrase("formula", whole.latex if is_sign else operator(name), name)
