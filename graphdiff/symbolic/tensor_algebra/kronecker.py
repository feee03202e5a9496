"""The matrix of a linear map from matrices to matrices: A ⊗ Bᵀ of A dW B, W counted row by row."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from functools import reduce
from typing import NamedTuple

from graphdiff.errors import GraphdiffError
from graphdiff.language import tensors
from graphdiff.language.expression import Apply, Constant, Expression, apply, in_order
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.contraction import OUTER, MatMul
from graphdiff.language.functions.movement import Eye
from graphdiff.symbolic.tensor_algebra.products import TRANSPOSED, is_product, matmul, transpose
from graphdiff.symbolic.tensor_algebra.simplify import tidied

MINUS = Constant(-1)


class Sandwich(NamedTuple):
    """c · A dW B; no A and no B are identities."""

    coefficient: Expression | None = None
    left: Expression | None = None
    right: Expression | None = None

    def times(self, number: Expression) -> Sandwich:
        """Return it with a number before it."""
        return self._replace(
            coefficient=number if self.coefficient is None else self.coefficient * number
        )

    def between(self, left: Expression | None, right: Expression | None) -> Sandwich:
        """Return A (c A′ dW B′) B."""
        return Sandwich(
            self.coefficient,
            left if self.left is None else self.left if left is None else matmul(left, self.left),
            right if self.right is None else self.right if right is None
            else matmul(self.right, right),
        )  # fmt: skip


class _NoMatrixError(GraphdiffError):
    """There is none in terms of Kronecker products."""


def kronecker_of(expression: Expression, variable: Expression) -> Expression | None:
    """Return Σ c A ⊗ Bᵀ of a matrix Σ c A dW B that is linear in a matrix dW; None for others."""
    if expression.ndim != 2 or variable.ndim != 2:
        return None
    reader = _Reader(variable)
    try:
        terms = [_matrix(term, variable) for term in reader.sandwiches(expression)]
    except _NoMatrixError:
        return None
    return tidied(reduce(operator.add, terms))


def _matrix(term: Sandwich, variable: Expression) -> Expression:
    rows, columns = variable.shape
    if term.left is None and term.right is None:
        found = apply(Eye(rows * columns))
    else:
        left = apply(Eye(rows)) if term.left is None else term.left
        right = apply(Eye(columns)) if term.right is None else transpose(TRANSPOSED, term.right)
        found = tensors.kron(left, right)
    return found if term.coefficient is None else term.coefficient * found


class _Reader:
    """Reads the terms c A dW B off an expression."""

    def __init__(self, variable: Expression) -> None:
        self.variable = variable

    def varies(self, part: Expression) -> bool:
        return any(inner is self.variable for inner in in_order(part))

    def sandwiches(self, part: Expression) -> Iterator[Sandwich]:
        """Return the terms of a matrix."""
        if part is self.variable:
            yield Sandwich()
            return
        match part:
            case Apply(function=function, arguments=(one, other)) if function in (add, sub):
                if part.shape != one.shape or part.shape != other.shape:
                    raise _NoMatrixError
                yield from self.sandwiches(one)
                for term in self.sandwiches(other):
                    yield term if function == add else term.times(MINUS)
            case Apply(function=function, arguments=(inner,)) if function == neg:
                yield from (term.times(MINUS) for term in self.sandwiches(inner))
            case Apply(function=function, arguments=arguments) if function in (mul, div):
                yield from self._scaled(part, *arguments)
            case Apply(arguments=(left, right)) if is_product(part):
                moving = self.varies(left)
                if moving == self.varies(right):
                    raise _NoMatrixError
                inner = self.sandwiches(left if moving else right)
                around = (None, right) if moving else (left, None)
                yield from (term.between(*around) for term in inner)
            case Apply(function=function, arguments=(column, row)) if function == OUTER:
                if self.varies(row):
                    raise _NoMatrixError
                for term, vector in self._of_vector(column):
                    yield term.between(None, apply(OUTER, vector, row))
            case _:
                raise _NoMatrixError

    def _scaled(self, part: Apply, one: Expression, other: Expression) -> Iterator[Sandwich]:
        """Return the terms of c A or A/c."""
        if not other.ndim and not self.varies(other):
            number = other if part.function == mul else 1 / other
            yield from (term.times(number) for term in self.sandwiches(one))
        elif part.function == mul and not one.ndim and not self.varies(one):
            yield from (term.times(one) for term in self.sandwiches(other))
        else:
            raise _NoMatrixError

    def _of_vector(self, part: Expression) -> Iterator[tuple[Sandwich, Expression]]:
        """Return the terms c A dW b of a vector, and b of each."""
        match part:
            case Apply(function=MatMul(), arguments=(left, right)) if (
                left.ndim == 2 and right.ndim == 1
            ):
                if self.varies(left) and not self.varies(right):
                    yield from ((term, right) for term in self.sandwiches(left))
                    return
                if not self.varies(left):
                    for term, vector in self._of_vector(right):
                        yield term.between(left, None), vector
                    return
            case Apply(function=function, arguments=(one, other)) if function in (mul, div):
                if not other.ndim and not self.varies(other):
                    number = other if part.function == mul else 1 / other
                    for term, vector in self._of_vector(one):
                        yield term.times(number), vector
                    return
        raise _NoMatrixError
