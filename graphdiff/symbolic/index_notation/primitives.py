"""Expressions by their entries, values and cotangents alike.

The entry I of an expression is a SymPy expression of entries of its arguments: Σ_k a_ik b_kj
for a product, a_{i+2} for a slice. What has a name in textbooks (softmax, the inverse, the
norm, the largest entry) stands in formulas as an array of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Sum
from graphdiff.language.functions.scalar_function import Head
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.language.tensors.cumulative import Cumsum
from graphdiff.language.tensors.kronecker import Kron
from graphdiff.language.tensors.rearranging import Flip, Triangle
from graphdiff.language.tensors.running_products import Cumprod, Prod
from graphdiff.local_functions.pullback import MAKE, Placeholder, substituted
from graphdiff.local_functions.without_primes import COMPARED
from graphdiff.symbolic.cotangents import pushed_forward
from graphdiff.symbolic.index_notation.deltas import summed
from graphdiff.symbolic.index_notation.factors import length
from graphdiff.symbolic.index_notation.opened import Columns
from graphdiff.symbolic.index_notation.positions import aligned, chosen, delta, reshaped
from graphdiff.symbolic.index_notation.symbols import (
    Places,
    Quotient,
    Remainder,
    Within,
    fresh,
)

MAX_LENGTH = 800
"""Parts of a formula in index notation, for a person to read; four times as many on the way."""

NAMED = Inverse | Adjugate | Det | LogDet | Cumprod | Extremum | Prod | Stack
"""What stands in formulas as an array with a name, beside composites; a stack if it is one of
numbers."""

Entry = Callable[[Places], sp.Expr]
"""An array, by its entry at given indices."""


class Entries:
    """The entries of expressions of some leaves.

    Parameters
    ----------
    leaves
        Each leaf by its entry.
    named
        What gives an applied function that has a name in formulas by its entry.
    """

    def __init__(
        self, leaves: Mapping[Expression, Entry], named: Callable[[Expression], Entry]
    ) -> None:
        self.leaves = leaves
        self.named = named
        self._known: dict[tuple[Expression, Places], sp.Expr] = {}

    def at(self, part: Expression, places: Places) -> sp.Expr:
        """Return the entry of an expression at these indices."""
        if isinstance(part, Constant):
            return part.value
        if not isinstance(part, Apply):
            return self.leaves[part](places)
        key = part, places
        if key not in self._known:
            self._known[key] = checked(self._applied(part, places), 4 * MAX_LENGTH)
        return self._known[key]

    def _applied(self, part: Apply, places: Places) -> sp.Expr:
        function = part.function
        if isinstance(function, Adjugate) and len(part.arguments) > 1:
            return self.at(_by_inverse(part), places)
        if isinstance(function, Composite | NAMED):
            return self.named(part)(places)
        arguments = [partial(self.at, argument) for argument in part.arguments]
        return entry(function, places, arguments, [a.shape for a in part.arguments])


def _by_inverse(part: Apply) -> Expression:
    """Return the derivative of an adjugate along matrices in terms of the inverse."""
    matrix, first, *along = part.arguments
    name = Placeholder(0, matrix.shape)
    found = Adjugate().by_inverse(MAKE, name, first)
    for other in along:
        found = pushed_forward(found, [name], [other])
    return substituted(found, [name], [matrix])


def checked(formula: sp.Expr, most: int = MAX_LENGTH) -> sp.Expr:
    """Return a formula; raise DerivationError if it has too many parts."""
    if any(count >= most for count, _ in enumerate(sp.preorder_traversal(formula))):
        raise DerivationError(
            f"the Jacobian in index notation would have more than {MAX_LENGTH} parts; "
            "split the formula into several nodes"
        )
    return formula


# Primitives


def entry(
    function: Function | TensorFunction,
    places: Places,
    arguments: Sequence[Entry],
    shapes: Sequence[Shape],
) -> sp.Expr:
    """Return the entry of a function at these indices."""
    match function:
        case Function():
            at = [of(aligned(places, shape)) for of, shape in zip(arguments, shapes, strict=True)]
            is_choice = function.selects and all(branch.is_number for branch in at[1:])
            formula = function.formula if is_choice else function.symbolic
            return decided(with_declared_kinks(sp.sympify(formula(*at))))
        case MatMul():
            subscripts = MatMul.subscripts(*shapes)
            return _contraction(Einsum(subscripts), places, arguments, shapes)
        case Einsum():
            return _contraction(function, places, arguments, shapes)
        case Sum() | Mean():
            return _reduction(function, places, arguments[0], shapes[0])
        case Reshape(to):
            return arguments[0](reshaped(places, to, shapes[0]))
        case Transpose():
            return arguments[0](tuple(places[axis] for axis in function.inverse.order))
        case Broadcast():
            return arguments[0](aligned(places, shapes[0]))
        case Index(key):
            return arguments[0](chosen(key, places, shapes[0]))
        case Scatter():
            return _scattered(function, places, arguments[0], shapes[0])
        case Eye(n):
            return delta(places[:1], places[1:], (n,))
        case Cumsum(axis, _, reverse):
            i, k = places[axis], fresh(shapes[0][axis])
            before = Within(k - i if reverse else i - k, 0, sp.oo)
            return summed(before * arguments[0]((*places[:axis], k, *places[axis + 1 :])), [k])
        case Kron():
            pairs = [(i, sp.sympify(size)) for i, size in zip(places, shapes[1], strict=True)]
            left, right = arguments
            return left(tuple(Quotient(i, size) for i, size in pairs)) * right(
                tuple(Remainder(i, size) for i, size in pairs)
            )
        case Flip(axis):
            turned = shapes[0][axis] - 1 - places[axis]
            return arguments[0]((*places[:axis], turned, *places[axis + 1 :]))
        case Triangle(k, upper):
            above = places[-1] - places[-2] - k
            return Within(above if upper else -above, 0, sp.oo) * arguments[0](places)
        case Columns(_, start, count):
            i, j = places
            return sp.KroneckerDelta(i, start) if count == 1 else sp.KroneckerDelta(i - start, j)
    raise DerivationError(f"{function.name} has no formula in index notation")


def _contraction(
    function: Einsum, places: Places, arguments: Sequence[Entry], shapes: Sequence[Shape]
) -> sp.Expr:
    """Σ_K Π factors."""
    at = dict(zip(function.output, places, strict=True))
    bound = {
        letter: fresh(size) for letter, size in function.sizes(*shapes).items() if letter not in at
    }
    at |= bound
    factors = (
        entry(tuple(at[letter] for letter in indices))
        for entry, indices in zip(arguments, function.operands, strict=True)
    )
    return summed(sp.Mul(*factors), list(bound.values()))


def _scattered(function: Scatter, places: Places, entry: Entry, shape: Shape) -> sp.Expr:
    """Σ_K δ_{I, place of K} a_K, with one delta for all axes or for each, what is shorter."""
    inner = tuple(fresh(size) for size in shape)
    there = chosen(function.key, inner, function.to)
    deltas = delta(places, there, function.to), sp.Mul(*map(sp.KroneckerDelta, places, there))
    value = entry(inner)
    return min((summed(same * value, inner) for same in deltas), key=length)


def _reduction(function: Sum | Mean, places: Places, entry: Entry, shape: Shape) -> sp.Expr:
    bound = [fresh(shape[axis]) for axis in function.axes]
    full = list(places)
    for axis, index in zip(function.axes, bound, strict=True):
        full[axis : axis + function.keepdims] = [index]  # in the place of a 0, or beside it
    total = summed(entry(tuple(full)), bound)
    return total / function.count(shape) if isinstance(function, Mean) else total


# Conditions

_RELATIONS = {function: relation for relation, function in COMPARED.items()}


def relation(e: sp.Basic) -> sp.Basic | None:
    """Return the relation that a comparison, which is 1 or 0, stands for."""
    if isinstance(e, Head) and e.declaration in _RELATIONS:
        return _RELATIONS[e.declaration](*e.args)
    return None


def decided(partial: sp.Expr) -> sp.Expr:
    """Return a formula whose conditions (a > b) = 0 are a ≤ b."""
    conditions = {
        condition: sp.Not(relation(condition.lhs))
        for condition in partial.atoms(sp.Eq)
        if condition.rhs == 0 and relation(condition.lhs) is not None
    }
    return partial.xreplace(conditions)
