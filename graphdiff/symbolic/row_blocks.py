"""Second derivatives of a layer over a batch: Σ_i S_i ⊗ x_i x_iᵀ in its weights, Σ_i S_i in a bias.

The change of the weights reaches the loss row by row, as dW x_i, and what comes back of each row
is S_i dW x_i, a matrix times that; so dW ↦ Σ_i S_i dW x_i x_iᵀ, whose matrix, W counted row by row,
is a sum of Kronecker products. S_i is found as every matrix is, of the formula for one row.
"""

from __future__ import annotations

from dataclasses import dataclass

from graphdiff.errors import GraphdiffError
from graphdiff.graph import Node
from graphdiff.language import tensors
from graphdiff.language.expression import Apply, Constant, Expression, apply, count, in_order
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import add, div, mul, neg, sub
from graphdiff.language.functions.contraction import OUTER, MatMul
from graphdiff.language.functions.movement import Broadcast, Reshape
from graphdiff.language.functions.reductions import Mean, Reduction, Sum
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.notation import latex
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.result import Letter
from graphdiff.symbolic.tensor_algebra import matrix_of, tidied
from graphdiff.symbolic.tensor_algebra.products import TRANSPOSED, transpose

LETTERS = ("i", "r", "s")


@dataclass(frozen=True)
class RowBlocks:
    """c Σ_i S_i ⊗ x_i x_iᵀ, or c Σ_i S_i.

    Attributes
    ----------
    coefficient
        c, or None for 1.
    block
        S_i ⊗ x_i x_iᵀ, over letters for the rows.
    rows
        The arrays that have a letter for each row, by the names of these.
    index
        The letter i.
    """

    coefficient: Expression | None
    block: Expression
    rows: dict[str, Expression]
    index: str

    @property
    def latex(self) -> str:
        """The sum as LaTeX."""
        block = Formula(self.block).latex
        is_sum = isinstance(self.block, Apply) and self.block.function in (add, sub)
        total = rf"\sum_{{{self.index}}} " + (rf"\left({block}\right)" if is_sum else block)
        if self.coefficient is None:
            return total
        number = tidied(self.coefficient)
        return f"{Formula(number).latex} {total}"


class _NoRowError(GraphdiffError):
    """What is no formula of a row alone."""


def row_blocks(product: Expression, variable: Expression) -> RowBlocks | None:
    """Return dW ↦ c Eᵀ X as a sum of Kronecker products, if each row of E is S_i dW x_i.

    And db ↦ c Σ_i E_i as a sum of matrices, if each row is S_i db.
    """
    coefficient, found = _without_number(product)
    names = {part.name for part in in_order(product) if isinstance(part, Node)}
    index = next((letter for letter in LETTERS if letter not in names), None)
    if index is None:
        return None
    try:
        match found:
            case Apply(function=MatMul(), arguments=(left, X)) if left.ndim == variable.ndim == 2:
                reader = _Row(X.shape[0], variable, index)
                block = reader.of_weights(transpose(TRANSPOSED, left), X)
            case Apply(function=Sum() | Mean() as function, arguments=(E,)) if (
                E.ndim == 2 and function.axes == (0,) and variable.ndim == 1
            ):
                reader = _Row(E.shape[0], variable, index)
                block = reader.of_bias(E)
                if isinstance(function, Mean):
                    mean = 1 / count(E.shape[0])
                    coefficient = mean if coefficient is None else coefficient * mean
            case _:
                return None
    except _NoRowError:
        return None
    return RowBlocks(coefficient, block, reader.rows, index)


def _without_number(part: Expression) -> tuple[Expression | None, Expression]:
    """Return c and A of c A, A/c and −A."""
    match part:
        case Apply(function=function, arguments=(inner,)) if function == neg:
            number, rest = _without_number(inner)
            return Constant(-1) if number is None else -number, rest
        case Apply(function=function, arguments=(one, other)) if function in (mul, div):
            if not other.ndim:
                number, rest = _without_number(one)
                scale = other if function == mul else 1 / other
                return (scale if number is None else scale * number), rest
            if function == mul and not one.ndim:
                number, rest = _without_number(other)
                return (one if number is None else one * number), rest
    return None, part


class _Row:
    """The formula of row i of arrays with so many rows."""

    def __init__(self, count: object, variable: Expression, index: str) -> None:
        self.count = count
        self.variable = variable
        self.index = index
        self.rows: dict[str, Expression] = {}
        self.tangent: Letter | None = None
        self.data: Expression | None = None
        self._letters: dict[Expression, Letter] = {}

    def of_weights(self, E: Expression, X: Expression) -> Expression:
        """Return S_i ⊗ x_i x_iᵀ of Eᵀ X."""
        row, x = self.of(E), self.of(X)
        if self.data is None or self.tangent is None:
            raise _NoRowError
        return tensors.kron(self._matrix(row, self.tangent), tidied(apply(OUTER, x, self.data)))

    def of_bias(self, E: Expression) -> Expression:
        """Return S_i of the sum of the rows of E, of a change that comes to all of them."""
        self.tangent = Letter("v", self.variable.shape)
        row = self.of(E)
        if not self.rows:
            raise _NoRowError
        return self._matrix(row, self.tangent)

    @staticmethod
    def _matrix(row: Expression, tangent: Letter) -> Expression:
        S = matrix_of(row, tangent)
        if S is None or S.ndim != 2:
            raise _NoRowError
        return S

    def varies(self, part: Expression) -> bool:
        return any(inner is self.variable for inner in in_order(part))

    def has_rows(self, part: Expression) -> bool:
        """Whether a part has a row for each of them."""
        return part.ndim == 2 and part.shape[0] == self.count

    def of(self, part: Expression) -> Expression:
        """Return the row of a part as a vector, of a column as a number."""
        if not self.has_rows(part):
            return self._same_in_all(part)
        match part:
            case Node():
                return self._letter(part)
            case Apply(function=MatMul(), arguments=(left, right)) if self.varies(right):
                turned = transpose(TRANSPOSED, right)
                if turned is not self.variable or self.varies(left):
                    raise _NoRowError
                data = self.of(left)
                if self.data is None:
                    self.data, self.tangent = data, Letter("v", (right.shape[1],))
                elif self.data is not data:
                    raise _NoRowError
                assert self.tangent is not None  # noqa: S101 - set with the data
                return self.tangent
            case Apply(function=MatMul(), arguments=(left, right)) if right.ndim == 2:
                return apply(MatMul(), transpose(TRANSPOSED, right), self.of(left))
            case Apply(function=Function() as function, arguments=arguments):
                return apply(function, *map(self.of, arguments))
            case Apply(function=Reduction(axes=(1,), keepdims=True) as function, arguments=(one,)):
                return getattr(self.of(one), function.name)()
            case Apply(function=Composite() as function, arguments=(one,)):
                return self._composite(function, one)
            case _:
                raise _NoRowError

    def _composite(self, function: Composite, one: Expression) -> Expression:
        """Return a function that acts along the rows, of one of them."""
        options = dict(function.keywords)
        call = tensors.CALLS.get(function.name)
        along = options.pop("axis", 1 if function.name in ALONG_THE_LAST else None)
        options.pop("keepdims", None)
        if call is None or along != 1 or options:
            raise _NoRowError
        return call(self.of(one))

    def _same_in_all(self, part: Expression) -> Expression:
        """Return a part that is the same in all rows: a vector, a number, a row."""
        if part is self.variable and part.ndim == 1:
            assert self.tangent is not None  # noqa: S101 - set for a bias
            return self.tangent
        match part:
            case Apply(function=Reshape() | Broadcast(), arguments=(inner,)) if part.ndim == 2:
                return self._same_in_all(inner)
            case Apply(function=Function() as function, arguments=arguments) if part.ndim <= 1:
                return apply(function, *map(self._same_in_all, arguments))
        if part.ndim > 1 or self.varies(part):
            raise _NoRowError
        return part

    def _letter(self, part: Node) -> Letter:
        if part not in self._letters:
            small = part.name if len(part.name) > 1 else part.name.lower()
            name = f"{part.name}_row"
            shown = rf"{latex.name(small)}_{{{self.index}}}"
            self._letters[part] = Letter(name, (part.shape[1],), shown)
            self.rows[name] = part
        return self._letters[part]


ALONG_THE_LAST = ("softmax", "log_softmax", "layer_norm")
"""Functions that act along the last axis where they name none."""
