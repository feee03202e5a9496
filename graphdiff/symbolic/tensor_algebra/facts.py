"""What is known of the parts of a formula, that they are positive or add up to 1, and its use.

A node says what its function declares, or what was said of it at building.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any, Protocol

import sympy as sp

from graphdiff.errors import GraphdiffError
from graphdiff.graph import Node
from graphdiff.language.expression import AnyFunction, Apply, Expression
from graphdiff.language.from_sympy import function_of
from graphdiff.language.functions.arithmetic import sub
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.movement import Eye
from graphdiff.language.functions.reductions import Mean
from graphdiff.language.functions.scalar_function import ABOVE_0, EVERYWHERE, Function, Head
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.local_functions.local_function import Instruction
from graphdiff.symbolic.tensor_algebra.entry_form import operations

Range = tuple[float, float]


class Parts(Protocol):
    """The parts that stand as one symbol in a formula."""

    def part(self, formula: sp.Basic) -> Expression | None:
        """Return the part a formula is the symbol of, if it is one."""
        ...


def is_positive(parts: Parts, formula: sp.Expr) -> bool:
    """Whether a formula is above 0, whatever the leaves are."""
    if formula.is_number:
        return bool(formula.is_positive)
    low, _ = range_of(parts, formula)
    return low >= 0


def range_of(parts: Parts, formula: sp.Expr) -> Range:
    """Return an open interval that the values of a formula lie in."""
    if formula.is_number:
        return _around(formula)
    match formula:
        case sp.Symbol():
            part = parts.part(formula)
            return EVERYWHERE if part is None else _declared(part)
        case Head():
            return formula.declaration.range
        case sp.exp():
            return 0, math.inf
        case sp.Add():
            ranges = [range_of(parts, term) for term in formula.args]
            return sum(low for low, _ in ranges), sum(high for _, high in ranges)
        case sp.Mul():
            coefficient, rest = formula.as_coeff_Mul()
            if coefficient == -1:
                low, high = range_of(parts, rest)
                return -high, -low
            is_above = all(is_positive(parts, factor) for factor in formula.args)
            return (0, math.inf) if is_above else EVERYWHERE
        case sp.Pow(base=base):
            return (0, math.inf) if is_positive(parts, base) else EVERYWHERE
    return EVERYWHERE


def _around(number: sp.Expr) -> Range:
    """Return a number as the interval it is."""
    if not number.is_Rational:
        return (0, math.inf) if number.is_positive else EVERYWHERE
    value = float(number)
    return value, value


def _declared(part: Expression) -> Range:
    if isinstance(part, Node) and part.facts.positive:
        return ABOVE_0
    function = _function(part)
    return EVERYWHERE if function is None else getattr(function, "range", EVERYWHERE)


def known_of(node: Node) -> tuple[Any, ...]:
    """Return all that is known of a node beside its shape: nodes of which it is equal are alike."""
    return node.facts, _declared(node), getattr(_function(node), "sums_to_one", ())


def adds_up_to_one(part: Expression, axes: tuple[int, ...]) -> bool:
    """Whether the entries along these axes add up to 1."""
    if isinstance(part, Node) and part.facts.sums_to_one:
        return axes == (part.ndim - 1,)
    if isinstance(part, Apply) and isinstance(part.function, Eye):
        return len(axes) == 1
    return bool(axes) and getattr(_function(part), "sums_to_one", ()) == axes


def adds_up_to_zero(part: Expression, axes: tuple[int, ...]) -> bool:
    """Whether a part is x less its mean along these axes."""
    match definition(part):
        case Apply(function=function, arguments=(x, mean)) if function == sub:
            match definition(mean):
                case Apply(function=Mean(axes=along), arguments=(inner,)):
                    return inner is x and along == axes
    return False


def definition(part: Expression) -> Expression:
    """Return what a node was made as, anything else as it is."""
    if isinstance(part, Node) and part.function is not None:
        return part.function.expression(part.parents)
    return part


def _function(part: Expression) -> AnyFunction | TensorFunction | None:
    """Return the function that a part is the value of."""
    if isinstance(part, Apply):
        return part.function
    if isinstance(part, Node) and part.function is not None:
        last = part.function.program[-1]
        return last.function if isinstance(last, Instruction) else None
    return None


# Their use


def with_facts(parts: Parts, formula: sp.Expr) -> sp.Expr:
    """Return a formula without the cases, roots and logarithms that what is known decides.

    |u| is u of a positive u, ⌊k⌋ is k of a whole number k, √(u²) is u, log(u² eᵛ) is 2 log u + v,
    and y² is y of an entry y of a one-hot row.
    """

    def decided(part: sp.Expr) -> sp.Expr:
        match part:
            case Head():
                return _without_cases(parts, part)
            case sp.Pow(base=sp.Symbol() as base, exp=sp.Integer() as power) if power > 1:
                return base if _is_one_hot(parts.part(base)) else part
            case sp.Pow(base=sp.Pow(base=base, exp=inner), exp=outer) if is_positive(parts, base):
                return base ** (inner * outer)
            case sp.log(args=(argument,)):
                return _logarithm(parts, part, argument)
        return part

    if formula.has(sp.Piecewise):
        formula = formula.replace(sp.Piecewise, lambda *cases: _one_case(parts, cases))
    return formula.replace(lambda part: isinstance(part, Head | sp.Pow | sp.log), decided)


def _one_case(parts: Parts, cases: Sequence[Any]) -> sp.Expr:
    """Return cases without those that cannot be."""
    whole = sp.Piecewise(*cases)
    symbols = sorted(whole.free_symbols, key=str)
    stands = {s: sp.Dummy(str(s), positive=True) for s in symbols if is_positive(parts, s)}
    return whole.xreplace(stands).xreplace({stand: s for s, stand in stands.items()})


def _without_cases(parts: Parts, head: Head) -> sp.Expr:
    kinds = tuple(_kind(parts, argument) for argument in head.args)
    if not any(isinstance(kind, str) and kind for kind in kinds):
        return head
    found = _decided(head.declaration, kinds)
    if found is None:
        return head
    stands = _stand_ins(kinds)
    return found.xreplace(dict(zip(stands, head.args, strict=True)))


Kind = str | sp.Expr
"""What is known of an argument that decides cases, in the words of SymPy, or the number it is."""


def _kind(parts: Parts, argument: sp.Expr) -> Kind:
    if argument.is_number:
        return argument
    part = parts.part(argument)
    if isinstance(part, Node) and part.facts.integer:
        return "positive integer" if part.facts.positive else "integer"
    low, high = range_of(parts, argument)
    return "positive" if low >= 0 else "negative" if high <= 0 else ""


@cache
def _stand_ins(kinds: tuple[Kind, ...]) -> tuple[sp.Expr, ...]:
    return tuple(
        sp.Dummy(f"a_{k}", real=True, **dict.fromkeys(kind.split(), True))
        if isinstance(kind, str)
        else kind
        for k, kind in enumerate(kinds)
    )


@cache
def _decided(function: Function, kinds: tuple[Kind, ...]) -> sp.Expr | None:
    """Return what a function with cases is of arguments of which so much is known, if one case."""
    stands = _stand_ins(kinds)
    try:
        found = with_declared_kinks(sp.sympify(function.formula(*stands)))
    except (TypeError, GraphdiffError):
        return None
    if found.is_number or found in stands or -found in stands:
        return found
    if None in map(function_of, found.atoms(sp.Function)):
        return None
    had_cases = sp.sympify(function.formula(*function.formals)).has(sp.Piecewise)
    return found if had_cases and not found.has(sp.Piecewise) else None


def _logarithm(parts: Parts, whole: sp.Expr, argument: sp.Expr) -> sp.Expr:
    """Return log(uᵃ eᵛ w) as a log u + v + log w where that is shorter."""
    outside, inside = sp.S.Zero, sp.S.One
    for factor in sp.Mul.make_args(argument):
        base, power = factor.as_base_exp()
        if isinstance(factor, sp.exp):
            outside += factor.args[0]
        elif power != 1 and power != -1 and is_positive(parts, base):
            outside += power * sp.log(base)
        else:
            inside *= factor
    found = outside + sp.log(inside)
    return found if operations(found) < operations(whole) or inside == 1 else whole


def _is_one_hot(part: Any) -> bool:
    return isinstance(part, Node) and part.facts.one_hot
