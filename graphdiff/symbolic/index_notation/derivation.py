"""∂u_I/∂a_P as the entry P of the pullback of the cotangent that is 1 at I, 0 elsewhere."""

from __future__ import annotations

from functools import cache, lru_cache, partial
from typing import NamedTuple

import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.language.expression import Apply, Expression, in_order, rebuilt
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.local_functions.local_function import LocalFunction, local_function
from graphdiff.local_functions.pullback import Placeholder, pullback
from graphdiff.symbolic.index_notation.opened import Written, opened
from graphdiff.symbolic.index_notation.polish import polished
from graphdiff.symbolic.index_notation.positions import aligned, delta
from graphdiff.symbolic.index_notation.primitives import Entries, Entry, checked, decided
from graphdiff.symbolic.index_notation.symbols import INPUT, OUTPUT, Places, array, entry, fresh
from graphdiff.symbolic.own_value import in_own_value

MAX_OPERATIONS = 500
"""Operations in a formula that is derived in index notation, written out."""

MAX_DEPTH = 90
"""Functions of tensors nested in one node."""

CACHED = 10_000


class Derived(NamedTuple):
    """∂u_I/∂a_P of one local function, over arrays ``%argument0`` and ``%head0``."""

    formula: sp.Expr
    row: Places
    column: Places
    heads: tuple[LocalFunction, ...] = ()
    """The arrays that the formula has names for, as functions of the same arguments."""


@lru_cache(maxsize=CACHED)
def derived(function: LocalFunction, slot: int, *, own_value: bool = True) -> Derived:
    """Return ∂u_I/∂a_P in index notation, derived once for each function and slot.

    With ``own_value`` the value of a map is the first of the heads, where it so is shorter.

    Raises
    ------
    DerivationError
        If the formula would be too long, or what is taken has no regular order.
    """
    row = tuple(fresh(size, OUTPUT) for size in function.shape)
    column = tuple(fresh(size, INPUT) for size in function.shapes[slot])
    if function.is_map:
        formula = _of_map(function, slot, row, column, own_value=own_value)
        return Derived(formula, row, column, (function,))
    formals = tuple(Placeholder(k, shape) for k, shape in enumerate(function.shapes))
    cotangent = Placeholder(function.arity, function.shape)
    written: Written = {}
    value = opened(function.expression(formals), written)
    _check_size(value)
    (back,) = pullback(value, cotangent, [formals[slot]])
    if back is None:
        return Derived(sp.S.Zero, row, column)
    back = opened(back, {}, value)
    heads = [function]

    def passes_on(part: Expression) -> bool:
        """Whether it is of the cotangent, as the flip that goes back through a flip is."""
        return any(leaf is cotangent for leaf in in_order(part))

    @cache
    def named(part: Expression) -> Entry:
        if isinstance(part, Apply) and isinstance(part.function, Composite) and passes_on(part):
            return partial(entries.at, part.function.expand(*part.arguments))
        head = function
        if part is not value:
            as_written = rebuilt(part, replaced=written)
            head = local_function(as_written, formals, written=False)
        if head not in heads:
            heads.append(head)
        return partial(entry, array(f"%head{heads.index(head)}", part.shape))

    leaves: dict[Expression, Entry] = {
        formal: partial(entry, array(f"%argument{k}", formal.shape))
        for k, formal in enumerate(formals)
    }
    leaves[cotangent] = lambda places: delta(places, row, function.shape)
    entries = Entries(leaves, named)
    formula = polished(entries.at(back, column))
    whole = polished(entries.at(value, row))
    if whole.has(sp.Sum):  # σ(Σ_k W_ik x_k) is the value itself
        formula = formula.xreplace({whole: named(value)(row)})
    return Derived(checked(formula), row, column, tuple(heads))


def _of_map(
    function: LocalFunction, slot: int, row: Places, column: Places, *, own_value: bool
) -> sp.Expr:
    """Return the partial derivative times δ: a map has it on the diagonal."""
    values = {
        formal: entry(array(f"%argument{k}", shape), aligned(row, shape))
        for k, (formal, shape) in enumerate(zip(function.formals, function.shapes, strict=True))
    }
    shape = function.shapes[slot]
    derivative = function.derivative(slot)
    if own_value:
        own = sp.Dummy("u", real=True)
        derivative = in_own_value(derivative, function.formula, own)
        values[own] = entry(array("%head0", function.shape), row)
    derivative = decided(derivative.xreplace(values))
    return checked(polished(derivative * delta(aligned(row, shape), column, shape)))


def _check_size(root: Expression) -> None:
    operations: dict[Expression, int] = {}
    depths: dict[Expression, int] = {}
    for part in in_order(root):
        below = part.arguments if isinstance(part, Apply) else ()
        operations[part] = 1 + sum(operations[argument] for argument in below)
        depths[part] = 1 + max((depths[argument] for argument in below), default=0)
    if operations[root] > MAX_OPERATIONS or depths[root] > MAX_DEPTH:
        raise DerivationError(
            f"the formula has more than {MAX_OPERATIONS} operations or {MAX_DEPTH} levels, too "
            "many for index notation; split it into several nodes"
        )
