"""Local functions f^i: one formula over formal arguments, and its local Jacobian.

A local function is held as a short straight-line *program* of catalogue functions.
Two nodes whose formulas agree up to the names of their parents share one
:class:`LocalFunction`, so SymPy derives it once, however many nodes use it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple, TypeGuard

import sympy as sp

from graphdiff.errors import DerivationError, ExpressionError
from graphdiff.language import quantity
from graphdiff.language.expression import (
    AnyFunction,
    Apply,
    Constant,
    Expression,
    in_order,
    rebuilt,
    with_arguments,
)
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import PRODUCT, SUM, add, sub
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.movement import Broadcast
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.scalar_function import Shared
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.pullback import Placeholder, pullback, substituted
from graphdiff.local_functions.real_parts import POLYNOMIAL, all_real, check_real
from graphdiff.local_functions.stable import Stable, may_change

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


class Instruction(NamedTuple):
    """A catalogue function applied to earlier lines of the program."""

    function: AnyFunction
    lines: tuple[int, ...]


Program = tuple[Formal | Literal | Instruction, ...]

Outline = tuple[Any, ...]
"""What :func:`outlined` makes of an expression."""

Order = Callable[[Sequence[Expression]], tuple[Expression, ...]]
"""What puts the nodes that :func:`outlined` finds into the order of the formals."""


@dataclass(frozen=True, repr=False)
class LocalFunction(Shared):
    """A local function f^i of ``arity`` formal arguments.

    Attributes
    ----------
    program
        The formula as a straight line of steps; the last line is the value.
    arity
        The number of arguments, one for each entry of α^i.
    shapes
        Their shapes; all scalars if left out.
    """

    program: Program
    arity: int
    shapes: tuple[Shape, ...] = ()

    def __post_init__(self) -> None:
        if len(self.shapes) != self.arity:
            object.__setattr__(self, "shapes", (SCALAR,) * self.arity)

    def __repr__(self) -> str:
        return f"<local function of {self.arity} arguments in {len(self.program)} steps>"

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave out what was computed: the hash of a name is another in each process."""
        return LocalFunction, (self.program, self.arity, self.shapes)

    @cached_property
    def _hash(self) -> int:
        return hash((self.program, self.shapes))

    @cached_property
    def is_map(self) -> bool:
        """Whether it acts entry by entry: one scalar formula says all of it."""
        return all(
            isinstance(line.function, Function)
            for line in self.program
            if isinstance(line, Instruction)
        )

    @cached_property
    def is_scalar(self) -> bool:
        """Whether it is a map of scalars."""
        return self.is_map and not any(self.shapes)

    @cached_property
    def _placeholders(self) -> tuple[Placeholder, ...]:
        return tuple(Placeholder(k, shape) for k, shape in enumerate(self.shapes))

    @cached_property
    def _lines(self) -> tuple[Expression, ...]:
        """Each line as an expression over placeholders."""
        lines: list[Expression] = []
        for line in self.program:
            match line:
                case Formal(slot):
                    lines.append(self._placeholders[slot])
                case Literal(value, text):
                    lines.append(Constant.written(value, text))
                case Instruction(function, places):
                    lines.append(Apply(function, tuple(lines[k] for k in places)))
        return tuple(lines)

    @cached_property
    def line_shapes(self) -> tuple[Shape, ...]:
        """The shape of each line's value."""
        return tuple(line.shape for line in self._lines)

    @cached_property
    def widest(self) -> int:
        """The most entries of a line, its composites written out; of known sizes."""
        return max(map(math.prod, self.lowered.line_shapes))

    @property
    def shape(self) -> Shape:
        """The shape of the value."""
        return self._lines[-1].shape

    def expression(self, arguments: tuple[Expression, ...]) -> Expression:
        """Return f(arguments) as an expression."""
        return substituted(self._lines[-1], self._placeholders, arguments)

    @cached_property
    def lowered(self) -> LocalFunction:
        """The same function with its composites written out."""
        if not any(isinstance(getattr(line, "function", None), Composite) for line in self.program):
            return self
        return self._of(expanded(self._lines[-1]))

    @cached_property
    def opened(self) -> LocalFunction:
        """The same function with its composites replaced by their definitions, one level deep."""
        return self._of(expanded(self._lines[-1], inner=False))

    @cached_property
    def stable(self) -> LocalFunction:
        """The same function as floats compute it: no part of it beyond their range."""
        functions = [line.function for line in self.program if isinstance(line, Instruction)]
        if not may_change(functions):
            return self
        table = Stable()
        found = table.stable(self._lines[-1])
        return self._of(found) if table.changes else self

    def pullback(self, slot: int) -> LocalFunction:
        """Return ā = Σ_I c̄_I ∂u_I/∂a_slot as a function of the arguments and c̄, derived once.

        Raises
        ------
        NoDerivativeError
            If it is real nowhere.
        """
        if slot not in self._pulled:
            self.check_real(slot)
            cotangent = Placeholder(self.arity, self.shape)
            (back,) = pullback(self._lines[-1], cotangent, [self._placeholders[slot]])
            if back is None:
                back = Apply(Broadcast(self.shapes[slot]), (Constant(0),))
            self._pulled[slot] = self._of(back, cotangent)
        return self._pulled[slot]

    @cached_property
    def computed_by(self) -> dict[object, Any]:
        """What computes it in each kind of number, kept here by whoever makes it."""
        return {}

    @cached_property
    def _pulled(self) -> dict[int, LocalFunction]:
        return {}

    def _of(self, expression: Expression, *more: Placeholder) -> LocalFunction:
        """Return an expression over the placeholders as a local function of all of them."""
        return local_function(expression, (*self._placeholders, *more), written=False)

    @cached_property
    def formals(self) -> tuple[sp.Symbol, ...]:
        """The formal arguments as real SymPy symbols."""
        return tuple(sp.Symbol(f"a_{k}", real=True) for k in range(self.arity))

    @cached_property
    def formula(self) -> sp.Expr:
        """The formula in SymPy, over :attr:`formals`; of a map, that of one entry."""
        if not self.is_map:
            raise DerivationError("a function of tensors has no formula of one entry")
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
                case Instruction(function, (left, right)) if function is add:
                    values.append(values[left] + values[right])
                case Instruction(function, (left, right)) if function is sub:
                    values.append([*values[left], -value(right)])
                case Instruction(Function() as function, lines):
                    values.append([function.symbolic(*map(value, lines))])
                case Instruction(function):
                    raise DerivationError(f"{function.name} has no formula of one entry")
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
        """Return ∂f/∂a_slot over :attr:`formals` as a closed form, all real.

        Raises
        ------
        NoDerivativeError
            If a part is not real, though it be in a branch that may not be chosen.
        """
        return all_real(self._differentiated(slot))

    def partial(self, slot: int) -> sp.Expr:
        """Return ∂f/∂a_slot to compute with: it has a value wherever it has a limit.

        Raises
        ------
        NoDerivativeError
            If it is real nowhere.
        """
        if slot not in self._partials:
            self._partials[slot] = with_removable_points(self._differentiated(slot))
        return self._partials[slot]

    @cached_property
    def _partials(self) -> dict[int, sp.Expr]:
        return {}

    def _differentiated(self, slot: int) -> sp.Expr:
        """Return ∂f/∂a_slot, derived by SymPy when first asked for."""
        if slot not in self._derived:
            self.check_real(slot)
            formal = self.formals[slot]
            terms = [differentiated(term, formal) for term in self._terms_with[formal]]
            self._derived[slot] = with_declared_kinks(sp.Add(*terms))
        return self._derived[slot]

    def check_real(self, slot: int) -> None:
        """Refuse a derivative in an argument that is real nowhere, for a number in the formula.

        Raises
        ------
        NoDerivativeError
            Naming the part that is not real.
        """
        if self.has_domain and slot not in self._real_slots:
            check_real(self._lines[-1], self._placeholders[slot])
            self._real_slots.add(slot)

    @cached_property
    def _real_slots(self) -> set[int]:
        return set()

    @cached_property
    def has_domain(self) -> bool:
        """Whether a number in it goes where not every number may: into a logarithm, a power."""
        numbers: set[int] = set()
        for k, line in enumerate(self.program):
            if isinstance(line, Literal):
                numbers.add(k)
            elif isinstance(line, Instruction) and not numbers.isdisjoint(line.lines):
                if line.function not in POLYNOMIAL and isinstance(line.function, Function):
                    return True
                if numbers.issuperset(line.lines):
                    numbers.add(k)
        return False


def differentiated(term: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Return the derivative of a term, in a form that has a value wherever it can."""
    constant, varying = term.as_independent(symbol, as_Add=False)
    derived = constant * varying.diff(symbol)
    if any(power.exp.free_symbols for power in derived.atoms(sp.Pow)):
        derived = sp.powsimp(derived)  # b·a**b/a is 0/0 at a = 0; b·a**(b-1) is not
    return derived


def localise(
    expression: Expression, *, written: bool = True
) -> tuple[Program, tuple[Expression, ...]]:
    """Split an expression into a program over formals and the nodes it is applied to.

    One function applied to nodes has one formal for each argument, so that ``x*x`` and
    ``f(x, x)`` have two edges from x, as in the lecture's α^i. A larger expression has one
    formal for each distinct node: ``x**2 + x`` is one edge with J = 2x + 1. One that is not
    ``written`` by a person is only computed, line by line, and may be of any size.
    """
    program: list[Formal | Literal | Instruction] = []
    line_of: dict[Literal | Instruction, int] = {}
    parents: list[Expression] = []
    place: dict[Expression, int] = {}

    def append(line: Literal | Instruction) -> int:
        k = line_of.setdefault(line, len(program))
        if k == len(program):
            program.append(line)
        return k

    def leaf(part: Expression) -> int:
        if isinstance(part, Constant):
            return append(Literal(part.value, part.text))
        program.append(Formal(len(parents)))
        parents.append(part)
        return len(program) - 1

    if _is_one_function(expression):
        append(Instruction(expression.function, tuple(map(leaf, expression.arguments))))
    else:
        for part in in_order(expression):
            if isinstance(part, Apply):
                lines = tuple([place[argument] for argument in part.arguments])
                place[part] = append(Instruction(part.function, lines))
            else:
                place[part] = leaf(part)
    if written:
        _check_size(program)
    return tuple(program), tuple(parents)


def local_function(
    expression: Expression, arguments: Sequence[Expression], *, written: bool = True
) -> LocalFunction:
    """Return an expression as a function of some of its parts; it may have no others."""
    program, found = localise(expression, written=written)
    slot = {argument: k for k, argument in enumerate(arguments)}
    placed = tuple(
        Formal(slot[found[line.slot]]) if isinstance(line, Formal) else line for line in program
    )
    return LocalFunction(placed, len(arguments), tuple(part.shape for part in arguments))


def _is_one_function(expression: Expression) -> TypeGuard[Apply]:
    """Whether an expression is one function applied to nodes and numbers."""
    return isinstance(expression, Apply) and Apply not in map(type, expression.arguments)


def outlined(expression: Expression) -> tuple[Outline, list[Expression]]:
    """Return an outline of an expression, and the nodes in it in the order they are met in.

    Expressions of one outline have one program, so that :func:`localise`, which takes several
    times as long, is needed once for each. It lists the parts level by level: of an applied
    function, itself and how many arguments it has; of a number, its text and value; of a node,
    its number, and its shape if it is no scalar; of a part met before, when that was.
    """
    outline: list[Any] = []
    nodes: list[Expression] = []
    place: dict[Expression, int] = {}
    parts = [expression]
    for part in parts:  # which grows; a large graph is built in half the time of this loop
        if type(part) is Apply:
            if part in place:
                outline.append(place[part])
            else:
                place[part] = ~len(place)
                outline += part.function, len(part.arguments)
                parts += part.arguments
        elif type(part) is Constant:
            outline += part.text, part.value
        elif part in place and not _is_one_function(expression):
            outline.append(place[part])
        else:
            place[part] = number = len(nodes)
            outline.append(number)
            if part.shape:
                outline.append(part.shape)
            nodes.append(part)
    return tuple(outline), nodes


def order_of(formals: Sequence[Expression], met: list[Expression]) -> Order:
    """Return what puts nodes, in the order they are met in, into that of the formals.

    Both are of one expression; the result is for all of its outline.
    """
    if list(formals) == met:  # so of one function applied to nodes, of which one may repeat
        return tuple
    return itemgetter(*[met.index(node) for node in formals])


def expanded(root: Expression, *, inner: bool = True) -> Expression:
    """Return an expression with its composite functions written out, those inside too."""

    def make(part: Apply, arguments: tuple[Expression, ...]) -> Expression:
        if not isinstance(part.function, Composite):
            return with_arguments(part, arguments)
        found = part.function.expand(*arguments)
        return expanded(found) if inner else found

    return rebuilt(root, make)


def _check_size(program: Sequence[Formal | Literal | Instruction]) -> None:
    """Refuse a formula that would be too large if it were written out."""
    operations: list[int] = []
    levels: list[int] = []
    flat: list[int] = []  # the precedence of a sum or product, of which SymPy makes one level
    for line in program:
        total, deepest, precedence = 1, 1, 0
        if isinstance(line, Instruction):
            operator = line.function.operator
            if operator is not None and operator.precedence in (SUM, PRODUCT):
                precedence = operator.precedence
            for k in line.lines:
                total += operations[k]
                deepest = max(deepest, levels[k] + (not precedence or precedence != flat[k]))
            if total > MAX_OPERATIONS:
                raise ExpressionError(
                    f"the formula has more than {MAX_OPERATIONS} operations when written out; "
                    "split it into several nodes"
                )
            if deepest > MAX_LEVELS:
                raise ExpressionError(
                    f"the formula is nested deeper than {MAX_LEVELS} levels; split it into "
                    "several nodes"
                )
        operations.append(total)
        levels.append(deepest)
        flat.append(precedence)
