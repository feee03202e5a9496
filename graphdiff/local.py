"""Local functions f^i: one formula over formal arguments, and its local Jacobian.

A local function is held as a short straight-line *program* of catalogue functions.
Two nodes whose formulas agree up to the names of their parents share one
:class:`LocalFunction`, so SymPy derives it once, however many nodes use it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import sympy as sp

from graphdiff import quantity
from graphdiff.errors import ExpressionError
from graphdiff.expression import Apply, Constant, Expression, in_order
from graphdiff.functions import Function
from graphdiff.functions.arithmetic import PRODUCT, SUM, add, sub
from graphdiff.functions.kinks import with_declared_kinks

MAX_OPERATIONS = 20_000
"""Operations in the formula of one node, written out."""

MAX_LEVELS = 80
"""Levels of nesting in the formula of one node, which SymPy walks recursively. A sum is one
level however many terms it has, and so is a product."""


class Formal(NamedTuple):
    """The k-th argument of a local function."""

    slot: int


class Literal(NamedTuple):
    """A number in a local function: its exact value and its text."""

    value: sp.Expr
    text: str


class Step(NamedTuple):
    """A catalogue function applied to earlier lines of the program."""

    function: Function
    lines: tuple[int, ...]


Program = tuple[Formal | Literal | Step, ...]


@dataclass(frozen=True)
class LocalFunction:
    """A local function f^i of ``arity`` formal arguments.

    Attributes
    ----------
    program
        The formula as a straight line of steps; the last line is the value.
    arity
        The number of arguments, one for each entry of α^i.
    """

    program: Program
    arity: int

    @cached_property
    def formals(self) -> tuple[sp.Symbol, ...]:
        """The formal arguments as real SymPy symbols."""
        return tuple(sp.Symbol(f"a_{k}", real=True) for k in range(self.arity))

    @cached_property
    def formula(self) -> sp.Expr:
        """The formula in SymPy, over :attr:`formals`."""
        formula = with_declared_kinks(self.applied(self.formals))
        for number in formula.atoms(sp.Rational):
            quantity.check_digits(number, "a number in a formula", ExpressionError)
        return formula

    def applied(self, arguments: tuple[sp.Expr, ...]) -> sp.Expr:
        """Return f(arguments) in SymPy."""
        # Each line as the terms of a sum, added up once they are used: SymPy takes
        # quadratic time to add thousands of terms one after the other.
        values: list[list[sp.Expr]] = []

        def value(line: int) -> sp.Expr:
            if len(values[line]) > 1:
                values[line] = [sp.Add(*values[line])]
            return values[line][0]

        for line in self.program:
            match line:
                case Formal(slot):
                    values.append([arguments[slot]])
                case Literal(number, _):
                    values.append([number])
                case Step(function, (left, right)) if function is add:
                    values.append(values[left] + values[right])
                case Step(function, (left, right)) if function is sub:
                    values.append([*values[left], -value(right)])
                case Step(function, lines):
                    values.append([function.symbolic(*map(value, lines))])
        return value(-1)

    @cached_property
    def _terms_with(self) -> dict[sp.Symbol, list[sp.Expr]]:
        """The terms of the formula each formal occurs in: differentiate only those."""
        terms: dict[sp.Symbol, list[sp.Expr]] = defaultdict(list)
        for term in sp.Add.make_args(self.formula):
            for symbol in term.free_symbols:
                terms[symbol].append(term)
        return terms

    @cached_property
    def _derived(self) -> dict[int, sp.Expr]:
        return {}

    def derivative(self, slot: int) -> sp.Expr:
        """Return ∂f/∂a_slot over :attr:`formals`, derived by SymPy when first asked for."""
        if slot not in self._derived:
            formal = self.formals[slot]
            terms = [differentiated(term, formal) for term in self._terms_with[formal]]
            self._derived[slot] = with_declared_kinks(sp.Add(*terms))
        return self._derived[slot]


def differentiated(term: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Return the derivative of a term, in a form that has a value wherever it can."""
    constant, varying = term.as_independent(symbol, as_Add=False)
    derived = constant * varying.diff(symbol)
    if any(power.exp.free_symbols for power in derived.atoms(sp.Pow)):
        derived = sp.powsimp(derived)  # b·a**b/a is 0/0 at a = 0; b·a**(b-1) is not
    return derived


def localise(expression: Expression) -> tuple[Program, tuple[Expression, ...]]:
    """Split an expression into a program over formals and the nodes it is applied to.

    One function applied to nodes has one formal for each argument, so that ``x*x`` and
    ``f(x, x)`` have two edges from x, as in the lecture's α^i. A larger expression has one
    formal for each distinct node: ``x**2 + x`` is one edge with J = 2x + 1.
    """
    program: list[Formal | Literal | Step] = []
    sizes: list[_Size] = []
    line_of: dict[Formal | Literal | Step, int] = {}
    parents: list[Expression] = []
    place: dict[int, int] = {}

    def append(line: Formal | Literal | Step, size: _Size) -> int:
        if line not in line_of:
            line_of[line] = len(program)
            program.append(line)
            sizes.append(size)
        return line_of[line]

    def leaf(part: Expression) -> int:
        if isinstance(part, Constant):
            return append(Literal(part.value, part.text), _Size(1, 1))
        parents.append(part)
        return append(Formal(len(parents) - 1), _Size(1, 1))

    def step(part: Apply, lines: tuple[int, ...]) -> int:
        size = _Size(
            operations=1 + sum(sizes[k].operations for k in lines),
            levels=max(sizes[k].levels + (not _flattens(part, program[k])) for k in lines),
        )
        _check_size(size)
        return append(Step(part.function, lines), size)

    if isinstance(expression, Apply) and not any(
        isinstance(argument, Apply) for argument in expression.arguments
    ):
        step(expression, tuple(leaf(argument) for argument in expression.arguments))
    else:
        for part in in_order(expression):
            if isinstance(part, Apply):
                place[id(part)] = step(part, tuple(place[id(a)] for a in part.arguments))
            else:
                place[id(part)] = leaf(part)
    return tuple(program), tuple(parents)


class _Size(NamedTuple):
    """The size of a formula written out."""

    operations: int
    levels: int


def _check_size(size: _Size) -> None:
    if size.operations > MAX_OPERATIONS:
        raise ExpressionError(
            f"the formula has more than {MAX_OPERATIONS} operations when written out; "
            "split it into several nodes"
        )
    if size.levels > MAX_LEVELS:
        raise ExpressionError(
            f"the formula is nested deeper than {MAX_LEVELS} levels; split it into several nodes"
        )


def _flattens(outer: Apply, line: Formal | Literal | Step) -> bool:
    """Whether SymPy makes one sum or one product of an operation and its operand."""
    operator = outer.function.operator
    inner = line.function.operator if isinstance(line, Step) else None
    if operator is None or inner is None:
        return False
    return operator.precedence == inner.precedence and operator.precedence in (SUM, PRODUCT)
