"""Signs in text: -y/p and -X.T @ r/2, which are -(y/p) and -(X.T @ r/2) with nothing to close."""

from __future__ import annotations

from graphdiff.language.expression import Apply, Expression, apply, with_arguments
from graphdiff.language.functions.arithmetic import div, mul, neg
from graphdiff.language.functions.contraction import MatMul

ENTRY_BY_ENTRY = (mul, div)


def sign_first(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
    """Return a function applied; of −(a b), (−a) b, which is the same number to the last digit."""
    part = with_arguments(part, arguments)
    return _negative(*part.arguments) if part.function == neg else part


def _negative(part: Expression) -> Expression:
    """Return −part, its sign at the first factor that is written without parentheses."""
    match part:
        case Apply(function=function, arguments=(first, other)) if _is_product(part):
            inside = _negative(first) if _is_open(first, part) else apply(neg, first)
            return apply(function, inside, other)
    return apply(neg, part)


def _is_product(part: Apply) -> bool:
    return part.function in ENTRY_BY_ENTRY or isinstance(part.function, MatMul)


def _is_open(first: Expression, product: Apply) -> bool:
    """Whether a product at the beginning of another is written without parentheses."""
    if not (isinstance(first, Apply) and _is_product(first)):
        return False
    if isinstance(first.function, MatMul):
        divides = product.function == div and not product.arguments[1].shape
        return divides or isinstance(product.function, MatMul)
    return product.function in ENTRY_BY_ENTRY
