"""What acts entry by entry: arithmetic, comparisons and named functions.

Products of arrays are ⊙, quotients ⊘, powers x^{⊙2}, so that none reads as one of matrices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from graphdiff.language.functions.comparisons import COMPARISONS
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.scalar_derivative import place_beside_prime
from graphdiff.language.functions.scalar_function import Function
from graphdiff.language.functions.writing import (
    ATOM,
    BIG,
    ENTRYWISE,
    LOOSE,
    POWER,
    PRODUCT,
    SUM,
    UNARY,
    LatexPart,
    Written,
)
from graphdiff.language.shapes import Shape
from graphdiff.notation.latex.calls import called, operator
from graphdiff.notation.latex.products import beside

_SIGNS = {"less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge"}
_HEAD = re.compile(r"(\\operatorname\{[^{}]*\}|\\[a-zA-Z]+(?:_\{\w+\})?)\{\\left\(")


def map_of(function: Function, parts: tuple[LatexPart, ...], shape: Shape) -> Written:
    """Return a function that acts entry by entry, applied; its value has this shape."""
    if function in COMPARISONS:
        return rf"\mathbf{{1}}\left[{_condition(function, parts)}\right]", ATOM
    if function.operator is not None:
        return _arithmetic(function.name, parts, shape)
    match function.name, parts:
        case "exp", [exponent]:
            return function.latex_of([exponent.latex]), POWER
        case "where", [condition, chosen, other]:
            return (
                rf"\begin{{cases}} {chosen.latex} & \text{{if }} {_truth(condition)} \\ "
                rf"{other.latex} & \text{{otherwise}} \end{{cases}}"
            ), LOOSE
        case "xlogy", [factor, argument]:
            logarithm = LatexPart(called(r"\log", [argument]), ATOM, argument.shape)
            return _arithmetic("mul", (factor, logarithm), shape)
    if function.of is not None:
        return called(_head(function), parts), ATOM
    return function.latex_of([part.latex for part in parts]), ATOM


def _condition(function: Function, parts: Sequence[LatexPart]) -> str:
    left, right = parts
    return f"{left.held(SUM)} {_SIGNS[function.name]} {right.held(SUM)}"


def _truth(condition: LatexPart) -> str:
    if isinstance(condition.function, Function) and condition.function in COMPARISONS:
        return _condition(condition.function, condition.parts)
    return rf"{condition.held(SUM)} \ne 0"


def _head(function: Function) -> str:
    r"""Return what stands before the arguments: ``\tanh'``."""
    if function.of is None:
        found = _HEAD.match(function.latex)
        return found[1] if found else operator(function.name)
    inner, slot = function.of
    head = _head(inner)
    primed = f"{{{head}}}'" if "_" in head else f"{head}'"
    place = place_beside_prime(inner, slot)
    return f"{primed}_{{{place}}}" if place else primed


def _arithmetic(name: str, parts: tuple[LatexPart, ...], shape: Shape) -> Written:
    match name, parts:
        case "neg", [operand]:
            loose = operand.binding in (BIG, ENTRYWISE)
            held = operand.held(BIG if loose else PRODUCT, after=True)
            return f"-{held}", operand.binding if loose else UNARY
        case "pow", [base, exponent]:
            sign = r"\odot " if base.shape else ""
            return f"{base.held(ATOM)}^{{{sign}{exponent.latex}}}", POWER
        case "div", [left, right] if right.shape:
            return rf"{left.held(ENTRYWISE)} \oslash {right.held(PRODUCT)}", ENTRYWISE
        case "div", [left, right]:
            return rf"\frac{{{left.latex}}}{{{right.latex}}}", PRODUCT
        case "mul", [left, right] if left.shape and right.shape:
            return _joined(left.held(ENTRYWISE), r" \odot ", right, ENTRYWISE)
        case "mul", [left, right] if shape:
            return _scaled(left, right)
        case "mul", [left, right]:
            if right.binding == BIG:
                return _joined(left.held(PRODUCT), " ", right, PRODUCT)
            left_text, right_text = left.held(PRODUCT), right.held(PRODUCT, after=True)
            if (left.is_entry or right.is_entry) and not right_text[0].isdigit():
                return beside(left_text, right_text), PRODUCT
            dot = r" \cdot " if _needs_dot(left_text, right_text) else " "
            return left_text + dot + right_text, PRODUCT
        case "sub", [left, right]:
            return f"{left.held(SUM)} - {right.held(BIG, after=True)}", SUM
        case "add", [left, right]:
            return f"{left.held(SUM)} + {right.held(SUM, after=True)}", SUM
    raise AssertionError(name)


def _joined(left: str, sign: str, right: LatexPart, binding: int) -> Written:
    """Return a product; Σ may stand at its right end without parentheses."""
    if right.binding == BIG and not right.latex.startswith("-"):
        return left + sign + right.latex, BIG
    return left + sign + right.held(binding, after=True), binding


def _has_inner_product(part: LatexPart) -> bool:
    """Whether a scalar is written with vectors side by side, that a third must stand apart from."""
    if isinstance(part.function, MatMul):
        return True
    product = isinstance(part.function, Function) and part.function.name in ("mul", "neg")
    return product and any(not inner.shape and _has_inner_product(inner) for inner in part.parts)


def _scaled(left: LatexPart, right: LatexPart) -> Written:
    """Return a scalar times a tensor: 2 x, α x, and x · α as it was written."""
    first = left.held(PRODUCT)
    if not left.shape and _has_inner_product(left):
        first = rf"\left({first}\right)"
    latex, binding = _joined("", "", right, ENTRYWISE if right.shape else PRODUCT)
    binding = min(PRODUCT, max(binding, right.binding))
    if not right.shape and isinstance(right.function, MatMul):
        latex = rf"\left({latex}\right)"
    number = first[-1:].isdigit() or (left.binding == PRODUCT and first.startswith(r"\frac"))
    if right.shape and (number or not latex.startswith(r"\left(")) and not latex[0].isdigit():
        return beside(first, latex), binding
    return rf"{first} \cdot {latex}", binding


def _needs_dot(left: str, right: str) -> bool:
    """Whether a product is written with a dot: 2 x without, x · w and 2 · 3 with one."""
    return not left[-1].isdigit() or right[0].isdigit() or right.startswith(r"\left(-")
