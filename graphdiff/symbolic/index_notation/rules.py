"""Each function of tensors by its entries, and the derivative of an entry.

The entry I of a line of the program is a SymPy expression of entries of earlier lines:
Σ_k a_ik b_kj for a product, a_{i+2} for a slice. The derivative by the entry P of the
argument, ∂u_I/∂a_P, follows the program with the chain rule: δ_IP at the argument itself,
the partial derivatives by SymPy at a map, and the same sum, with one factor after the other
replaced by its derivative, at what is linear in each factor.

A function with a name in textbooks (softmax, the inverse, the norm, the largest entry)
stands in formulas as an array of its own, with its derivative declared here: s_i (δ_ip − s_p).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import sympy as sp

from graphdiff.errors import DerivationError
from graphdiff.language import tensors
from graphdiff.language.expression import AnyFunction, Apply, Expression, in_order
from graphdiff.language.functions import Function, comparisons
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.linear_algebra import Adjugate, Det, Inverse, LogDet
from graphdiff.language.functions.movement import (
    Broadcast,
    Concatenate,
    Eye,
    Index,
    Reshape,
    Scatter,
    Stack,
    Transpose,
)
from graphdiff.language.functions.reductions import Extremum, Mean, Sum, TieShares
from graphdiff.language.functions.scalar_function import Head
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.language.shapes import Shape
from graphdiff.local_functions.local_function import (
    Formal,
    Instruction,
    Literal,
    LocalFunction,
    localise,
)
from graphdiff.local_functions.pullback import Placeholder
from graphdiff.symbolic.index_notation.deltas import added, polished, summed
from graphdiff.symbolic.index_notation.positions import aligned, chosen, delta, reshaped
from graphdiff.symbolic.index_notation.symbols import INPUT, OUTPUT, Places, Same, fresh, within

NAMED = ("softmax", "log_softmax", "logsumexp", "norm")
"""Composite functions that stand in formulas under their name."""

MAX_OPERATIONS = 500
"""Operations in a formula that is derived in index notation, written out."""

MAX_DEPTH = 90
"""Functions of tensors nested in one node."""

MAX_LENGTH = 800
"""Parts of a formula in index notation, for a person to read; four times as many on the way."""

CACHED = 10_000

Entry = Callable[[Places], sp.Expr]
"""An array, by its entry at given indices."""


class Derived(NamedTuple):
    """∂u_I/∂a_P of one local function, over :func:`argument_symbol` and :func:`line_symbol`."""

    formula: sp.Expr
    row: Places
    column: Places
    function: LocalFunction
    """The program, with the lines that the formula has names for."""
    last: int
    """The line of it that is the value."""


def argument_symbol(slot: int, shape: Shape) -> sp.Expr:
    """Return what stands for an argument: an array's base, or a scalar's symbol."""
    return _symbol(f"%argument{slot}", shape)


def line_symbol(line: int, shape: Shape) -> sp.Expr:
    """Return what stands for a line of the program that keeps its name."""
    return _symbol(f"%line{line}", shape)


def _symbol(name: str, shape: Shape) -> sp.Expr:
    return sp.IndexedBase(name, real=True) if shape else sp.Symbol(name, real=True)


def _at(symbol: sp.Expr, places: Places) -> sp.Expr:
    return symbol[places] if places else symbol  # pyright: ignore[reportIndexIssue]


@lru_cache(maxsize=CACHED)
def derived(function: LocalFunction, slot: int) -> Derived:
    """Return ∂u_I/∂a_P in index notation, derived once for each function and slot.

    Raises
    ------
    DerivationError
        If the formula would be too long, or what is taken has no regular order.
    """
    if function.is_map:
        return _derived_map(function, slot)
    entries = _Entries(_prepared(function), slot)
    row = tuple(fresh(size, OUTPUT) for size in function.shape)
    last = len(entries.program) - 1
    formula = entries.derivative(last, row)
    value = entries.value(last, row)
    if value.has(sp.Sum):  # σ(Σ_k W_ik x_k) is the value itself
        formula = formula.xreplace({value: _at(line_symbol(last, function.shape), row)})
    formula = polished(formula)
    _checked_length(formula, MAX_LENGTH)
    program = LocalFunction(tuple(entries.program), function.arity, function.shapes)
    return Derived(formula, row, entries.column, program, last)


def _derived_map(function: LocalFunction, slot: int) -> Derived:
    """Return the partial derivative times δ: a map has it on the diagonal."""
    row = tuple(fresh(size, OUTPUT) for size in function.shape)
    column = tuple(fresh(size, INPUT) for size in function.shapes[slot])
    values = {
        formal: _at(argument_symbol(k, shape), aligned(row, shape))
        for k, (formal, shape) in enumerate(zip(function.formals, function.shapes, strict=True))
    }
    shape = function.shapes[slot]
    partial = decided(function.derivative(slot).xreplace(values))
    formula = partial * delta(aligned(row, shape), column, shape)
    formula = _checked_length(polished(formula), MAX_LENGTH)
    return Derived(formula, row, column, function, -1)


_RELATIONS = {
    comparisons.less: sp.Lt,
    comparisons.less_equal: sp.Le,
    comparisons.greater: sp.Gt,
    comparisons.greater_equal: sp.Ge,
}


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


def _checked_length(formula: sp.Expr, most: int) -> sp.Expr:
    if any(count >= most for count, _ in enumerate(sp.preorder_traversal(formula))):
        raise DerivationError(
            f"the Jacobian in index notation would have more than {MAX_LENGTH} parts; "
            "split the formula into several nodes"
        )
    return formula


def _prepared(function: LocalFunction) -> LocalFunction:
    """Return a function with its composites written out, save those with a name."""
    arguments = tuple(Placeholder(k, shape) for k, shape in enumerate(function.shapes))
    expression = _opened(function.expression(arguments))
    program, found = localise(expression)
    slots = {k: part.slot for k, part in enumerate(found) if isinstance(part, Placeholder)}
    relabelled = tuple(
        Formal(slots[line.slot]) if isinstance(line, Formal) else line for line in program
    )
    result = LocalFunction(relabelled, function.arity, function.shapes)
    _check_size(result)
    return result


def _opened(root: Expression) -> Expression:
    """Return an expression with its composites written out, save those with a name."""
    done: dict[int, Expression] = {}
    for part in in_order(root):
        done[id(part)] = part
        if isinstance(part, Apply):
            arguments = tuple(done[id(argument)] for argument in part.arguments)
            if isinstance(part.function, Composite) and part.function.name not in NAMED:
                done[id(part)] = _opened(part.function.expand(*arguments))
            elif any(a is not b for a, b in zip(arguments, part.arguments, strict=True)):
                done[id(part)] = Apply(part.function, arguments)
    return done[id(root)]


def _check_size(function: LocalFunction) -> None:
    operations, depths = [], []
    for line in function.program:
        below = line.lines if isinstance(line, Instruction) else ()
        operations.append(1 + sum(operations[k] for k in below))
        depths.append(1 + max((depths[k] for k in below), default=0))
    if operations[-1] > MAX_OPERATIONS or depths[-1] > MAX_DEPTH:
        raise DerivationError(
            f"the formula has more than {MAX_OPERATIONS} operations or {MAX_DEPTH} levels, too "
            "many for index notation; split it into several nodes"
        )


class _Entries:
    """The lines of a program by their entries, and the derivatives of those."""

    def __init__(self, function: LocalFunction, slot: int) -> None:
        self.function = function
        self.slot = slot
        self.program = list(function.program)
        self.shapes = list(function.line_shapes)
        self.column = tuple(fresh(size, INPUT) for size in function.shapes[slot])
        self._values: dict[tuple[int, Places], sp.Expr] = {}
        self._derivatives: dict[tuple[int, Places], sp.Expr] = {}
        self._constant: list[bool] = []
        self._fixed: list[bool] = []
        for line in self.program:
            self._note(line)

    def _note(self, line: Formal | Literal | Instruction) -> None:
        below = line.lines if isinstance(line, Instruction) else ()
        is_formal = isinstance(line, Formal)
        self._constant.append(not is_formal and all(self._constant[k] for k in below))
        self._fixed.append(
            line.slot != self.slot if isinstance(line, Formal) else all(
                self._fixed[k] for k in below
            )
        )  # fmt: skip

    def value(self, line: int, places: Places) -> sp.Expr:
        """Return the entry of a line at these indices."""
        key = line, places
        if key not in self._values:
            self._values[key] = _checked_length(self._value(line, places), 4 * MAX_LENGTH)
        return self._values[key]

    def derivative(self, line: int, places: Places) -> sp.Expr:
        """Return the derivative of an entry of a line by the entry ``column`` of the argument."""
        if self._fixed[line]:
            return sp.S.Zero
        key = line, places
        if key not in self._derivatives:
            found = self._derivative(line, places)
            self._derivatives[key] = _checked_length(found, 4 * MAX_LENGTH)
        return self._derivatives[key]

    def _value(self, line: int, places: Places) -> sp.Expr:
        match self.program[line]:
            case Formal(slot):
                return _at(argument_symbol(slot, self.shapes[line]), places)
            case Literal(value, _):
                return value
            case Instruction(Function() as function, lines):
                arguments = [self.value(k, aligned(places, self.shapes[k])) for k in lines]
                return with_declared_kinks(sp.sympify(function.symbolic(*arguments)))
            case Instruction(
                Composite() | Inverse() | Adjugate() | Det() | LogDet() | Extremum() | TieShares()
            ):
                return self._named(line, places)
            case Instruction(Stack()) if self._constant[line]:
                return self._named(line, places)
            case Instruction(TensorFunction() as function, lines):
                entries = [self._entry(k) for k in lines]
                return _entry(function, places, entries, [self.shapes[k] for k in lines])
        raise AssertionError(line)

    def _named(self, line: int, places: Places) -> sp.Expr:
        return _at(line_symbol(line, self.shapes[line]), places)

    def _entry(self, line: int) -> Entry:
        return lambda places: self.value(line, places)

    def _change(self, line: int) -> Entry:
        return lambda places: self.derivative(line, places)

    def _derivative(self, line: int, places: Places) -> sp.Expr:
        match self.program[line]:
            case Formal():
                return delta(places, self.column, self.shapes[line])
            case Instruction(Function() as function, lines):
                return self._of_map(function, lines, places)
            case Instruction(Composite() as function, (below,)):
                return self._of_named(function, line, below, places)
            case Instruction((Inverse() | Adjugate() | Det() | LogDet()) as function, (below,)):
                return self._of_matrix(function, below, places)
            case Instruction(Extremum() as function, (below,)):
                return self._of_extremum(function, line, below, places)
            case Instruction((Einsum() | MatMul()) as function, lines):
                shapes = [self.shapes[k] for k in lines]
                return added([
                    _entry(function, places, [
                        self._change(k) if place == slot else self._entry(k)
                        for place, k in enumerate(lines)
                    ], shapes)
                    for slot, varying in enumerate(lines) if not self._fixed[varying]
                ])  # fmt: skip
            case Instruction(TensorFunction() as function, lines):
                changes = [self._change(k) for k in lines]
                return _entry(function, places, changes, [self.shapes[k] for k in lines])
        raise AssertionError(line)

    def _of_map(self, function: Function, lines: tuple[int, ...], places: Places) -> sp.Expr:
        """Σ_k ∂φ/∂a_k · ∂a_k."""
        at = [aligned(places, self.shapes[k]) for k in lines]
        values = tuple(self.value(k, own) for k, own in zip(lines, at, strict=True))
        terms = []
        for slot, (k, own) in enumerate(zip(lines, at, strict=True)):
            change = self.derivative(k, own)
            if change != 0:
                partial = with_declared_kinks(function.partial(slot, values))
                terms.append(decided(partial) * change)
        return added(terms)

    def _of_named(self, function: Composite, line: int, below: int, places: Places) -> sp.Expr:
        options, shape = dict(function.keywords), self.shapes[below]
        last = (len(shape) - 1,)
        everywhere = tuple(range(len(shape)))
        given = options.get("axis", last if "softmax" in function.name else everywhere)
        axes = given if isinstance(given, tuple) else (given,)
        match function.name:
            case "softmax":  # ∂s_i = s_i (∂a_i − Σ_k s_k ∂a_k)
                full, bound = _along(places, axes, shape, keepdims=True)
                mean = summed(self.value(line, full) * self.derivative(below, full), bound)
                return self.value(line, places) * added([self.derivative(below, places), -mean])
            case "log_softmax":  # ∂a_i − Σ_k s_k ∂a_k
                full, bound = _along(places, axes, shape, keepdims=True)
                mean = summed(
                    self._softmax(below, axes)(full) * self.derivative(below, full), bound
                )
                return added([self.derivative(below, places), -mean])
        keeps = bool(options.get("keepdims", False))
        full, bound = _along(places, axes, shape, keepdims=keeps)
        change = self.derivative(below, full)
        if function.name == "logsumexp":  # Σ_k s_k ∂a_k
            return summed(self._softmax(below, axes)(full) * change, bound)
        # the norm: Σ_k a_k ∂a_k / ‖a‖
        return summed(self.value(below, full) * change, bound) / self.value(line, places)

    def _softmax(self, below: int, axes: tuple[int, ...]) -> Entry:
        applied = tensors.softmax(Placeholder(0, self.shapes[below]), axes)
        assert isinstance(applied, Apply)  # noqa: S101 - of one argument
        return self._entry(self._line(applied.function, below))

    def _line(self, function: AnyFunction, below: int) -> int:
        """Return the line with a function of a line, added to the program if it is not there."""
        step = Instruction(function, (below,))
        if step not in self.program:
            self.program.append(step)
            self.shapes.append(() if isinstance(function, Det) else self.shapes[below])
            self._note(step)
        return self.program.index(step)

    def _of_matrix(
        self, function: Inverse | Adjugate | Det | LogDet, below: int, places: Places
    ) -> sp.Expr:
        k, m = (fresh(size) for size in self.shapes[below])
        change = self.derivative(below, (k, m))
        if isinstance(function, Det):  # ∂ det A = tr(adj A ∂A)
            adjugate = self._entry(self._line(Adjugate(), below))
            return summed(adjugate((m, k)) * change, (k, m))
        V = self._entry(self._line(Inverse(), below))
        trace = summed(V((m, k)) * change, (k, m))  # ∂ log det A = tr(A⁻¹ ∂A)
        if isinstance(function, LogDet):
            return trace
        i, j = places
        inside = summed(V((i, k)) * change * V((m, j)), (k, m))
        if isinstance(function, Inverse):  # ∂V = −V ∂A V
            return -inside
        determinant = self.value(self._line(Det(), below), ())
        return determinant * added([V(places) * trace, -inside])

    def _of_extremum(self, function: Extremum, line: int, below: int, places: Places) -> sp.Expr:
        """Return the mean of ∂a over the entries that equal the extremum."""
        best = self.value(line, places)
        terms = []
        for entry in (self._change(below), None):
            shape, keeps = self.shapes[below], function.keepdims
            full, bound = _along(places, function.axes, shape, keepdims=keeps)
            wins = Same(self.value(below, full), best)
            terms.append(summed(wins * entry(full) if entry else wins, bound))
        return terms[0] / terms[1]


def _along(
    places: Places, axes: Sequence[int], shape: Shape, *, keepdims: bool
) -> tuple[Places, list[sp.Expr]]:
    """Return the indices of the entries reduced to the one at these, and those bound among them."""
    remaining = list(places)
    full: list[sp.Expr] = []
    bound: list[sp.Expr] = []
    for axis, size in enumerate(shape):
        if axis not in axes:
            full.append(remaining.pop(0))
        else:
            if keepdims:
                remaining.pop(0)
            bound.append(fresh(size))
            full.append(bound[-1])
    return tuple(full), bound


# The entries of linear functions


def _entry(
    function: TensorFunction, places: Places, arguments: Sequence[Entry], shapes: Sequence[Shape]
) -> sp.Expr:
    """Return the entry at these indices, of a function linear in its arguments, or in each."""
    match function:
        case MatMul():
            subscripts = MatMul.subscripts(*map(len, shapes))
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
        case Concatenate(axis):
            return _concatenation(axis, places, arguments, shapes)
        case Stack(axis):
            rest = (*places[:axis], *places[axis + 1 :])
            return sp.Add(*(
                sp.KroneckerDelta(places[axis], k) * entry(rest)
                for k, entry in enumerate(arguments)
            ))  # fmt: skip
        case Index(key):
            return arguments[0](chosen(key, places, shapes[0]))
        case Scatter(key, to):
            inner = tuple(fresh(size) for size in shapes[0])
            return summed(delta(places, chosen(key, inner, to), to) * arguments[0](inner), inner)
        case Eye(n):
            return delta(places[:1], places[1:], (n,))
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


def _reduction(function: Sum | Mean, places: Places, entry: Entry, shape: Shape) -> sp.Expr:
    full, bound = _along(places, function.axes, shape, keepdims=function.keepdims)
    total = summed(entry(full), bound)
    return total / function.count(shape) if isinstance(function, Mean) else total


def _concatenation(
    axis: int, places: Places, arguments: Sequence[Entry], shapes: Sequence[Shape]
) -> sp.Expr:
    """Σ_k 1[i is in part k] a_{i − start}."""
    terms: list[sp.Expr] = []
    start = sp.S.Zero
    for entry, shape in zip(arguments, shapes, strict=True):
        own = places[axis] - start
        guard = within(own, shape[axis])
        if guard != 0:
            at = sp.S.Zero if shape[axis] == 1 else own
            terms.append(guard * entry((*places[:axis], at, *places[axis + 1 :])))
        start = start + shape[axis]
    return sp.Add(*terms)
