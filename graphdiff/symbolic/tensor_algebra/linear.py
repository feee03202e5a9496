"""The matrix of a linear expression: A of A @ v, diag(d) of d ⊙ v, a bᵀ of a (bᵀ v)."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from graphdiff.language.expression import Apply, Expression, apply, in_order
from graphdiff.language.functions.contraction import OUTER, MatMul
from graphdiff.language.functions.movement import Broadcast, Eye
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.tensors import diag
from graphdiff.local_functions.pullback import ONE
from graphdiff.symbolic.cotangents import zeros
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm
from graphdiff.symbolic.tensor_algebra.products import TRANSPOSED, matmul, transpose
from graphdiff.symbolic.tensor_algebra.simplify import Tidier, tidied


def matrix_of(
    expression: Expression,
    variable: Expression,
    known: Mapping[Expression, Expression] | None = None,
) -> Expression | None:
    """Return the matrix M of an expression M @ v that is linear in a vector or scalar v.

    A scalar expression has its row as a vector. None where there is no matrix notation.
    """
    if expression.ndim > 1 or variable.ndim > 1:
        return None
    linear, expression = _Linear(variable), tidied(expression, known=known)
    if not linear.varies(expression):
        return zeros(expression.shape + variable.shape)
    found = linear.matrix(expression)
    return None if found is None else tidied(found)


class _Linear:
    """Reads the matrix off an expression that is linear in one variable."""

    def __init__(self, variable: Expression) -> None:
        self.variable = variable
        self.tidier = Tidier()

    def varies(self, part: Expression) -> bool:
        return any(inner is self.variable for inner in in_order(part))

    def matrix(self, part: Expression) -> Expression | None:
        """Return M, of shape (d of the part, d of the variable), axes of scalars left out."""
        if part is self.variable:
            return apply(Eye(part.shape[0])) if part.ndim else ONE
        if not isinstance(part, Apply) or part.ndim > 1:
            return None
        match part.function, part.arguments:
            case MatMul(), (left, right) if not self.varies(left):
                return self._product(left, right)
            case MatMul(), (left, right) if not self.varies(right) and right.ndim == 1:
                inner = self.matrix(left)
                return None if inner is None else _row(right, inner)
            case Sum(), (inner,) if inner.ndim == 1 and not part.ndim:
                return self._summed(self.matrix(inner))
            case Mean(), (inner,) if inner.ndim == 1 and not part.ndim:
                total = self._summed(self.matrix(inner))
                return None if total is None else total / inner.size
            case Broadcast(), (inner,) if inner.ndim == 0:
                row = self.matrix(inner)
                ones = apply(Broadcast(part.shape), ONE)
                return None if row is None else apply(OUTER, ones, row) if row.ndim else ones * row
            case TensorFunction(along=0) as function, (inner,):
                rows = self.matrix(inner)
                return None if rows is None else apply(function.along_axis(0, rows.ndim), rows)
        return self._map(part)

    def _product(self, left: Expression, right: Expression) -> Expression | None:
        inner = self.matrix(right)
        if inner is None or left.ndim > 2 or right.ndim != 1:
            return None
        if left.ndim == 1:
            return _row(left, inner)
        return matmul(left, inner)

    def _summed(self, inner: Expression | None) -> Expression | None:
        if inner is None:
            return None
        if isinstance(inner, Apply) and inner.function == Eye(inner.shape[0]):
            return apply(Broadcast((inner.shape[0],)), ONE)
        return inner.sum(0)

    def _map(self, part: Apply) -> Expression | None:
        """Return the sum over the terms of a part that acts entry by entry."""
        form, atoms = self.tidier.form(part), self.tidier.atoms
        moving = {
            symbol for symbol in atoms.within(form.formula)
            if self.varies(atoms.of[symbol].expression)
        }  # fmt: skip
        total: Expression | None = None
        for symbol in sorted(moving, key=lambda s: atoms.of[s].rank):
            derived = sp.diff(form.formula, symbol)
            if derived.free_symbols & moving:
                return None
            atom = atoms.of[symbol].expression
            inner = self.matrix(atom) if atom is not part else None
            if inner is None or atom.ndim > 1:
                return None
            factor = self.tidier.written(EntryForm(derived, part.shape), shaped=False)
            term = _scaled(factor, inner, part, atom)
            total = term if total is None else total + term
        return total


def _scaled(factor: Expression, inner: Expression, part: Apply, atom: Expression) -> Expression:
    """Return the matrix of factor ⊙ (M v)."""
    if factor.shape == (1,) != part.shape:  # the same for every row
        factor = factor.sum()
    if factor.ndim == 0:
        if part.ndim == atom.ndim:
            return factor * inner
        ones = apply(Broadcast(part.shape), ONE)
        return factor * (apply(OUTER, ones, inner) if inner.ndim else ones * inner)
    if atom.ndim == 0:
        return apply(OUTER, factor, inner) if inner.ndim else factor * inner
    if inner.ndim == 1:  # the variable is a scalar
        return factor * inner
    return diagonal(factor, inner)


def diagonal(vector: Expression, matrix: Expression) -> Expression:
    """Return diag(v) M."""
    if isinstance(matrix, Apply) and isinstance(matrix.function, Eye):
        return diag(vector)
    return apply(MatMul(), diag(vector), matrix)


def _row(vector: Expression, matrix: Expression) -> Expression:
    """Return vᵀ M as a vector."""
    if matrix.ndim == 1:
        return matmul(vector, matrix)
    return matmul(transpose(TRANSPOSED, matrix), vector)
