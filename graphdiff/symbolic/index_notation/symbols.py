"""The symbols of index notation: indices that know their size, indicators, guards.

SymPy answers a sum with ``Piecewise`` wherever a delta might fall outside its range. Here
every index carries its size, so that what cannot happen is seen, and what can is a guard
1[0 ≤ p − i < 3], as a person would write it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy as sp

from graphdiff.language.shapes import Shape

Places = tuple[sp.Expr, ...]
"""An index for each axis."""

OUTPUT, INPUT, BOUND = range(3)
"""What an index runs over: the entries of the value, of the argument, or a sum."""

BOUND_MARK = "%sum"


class Index(sp.Dummy):
    """An index from 0 to ``size`` − 1."""

    __slots__ = ("kind", "size")

    def __new__(cls, size: Any, kind: int = BOUND) -> Index:
        """Return a new index, unlike any other."""
        self = super().__new__(cls, "index", integer=True, nonnegative=True)
        self.size = sp.sympify(size)
        self.kind = kind
        return self


def fresh(size: Any, kind: int = BOUND) -> sp.Expr:
    """Return a new index for an axis; an axis of one entry has only the index 0."""
    return sp.S.Zero if size == 1 else Index(size, kind)


def array(name: str, shape: Shape) -> sp.Expr:
    """Return what stands for an array, or for a scalar."""
    return sp.IndexedBase(name, real=True) if shape else sp.Symbol(name, real=True)


def entry(array: sp.Expr, places: Places) -> sp.Expr:
    """Return an entry of an array, or a scalar."""
    return array[places] if places else array  # pyright: ignore[reportIndexIssue]


class _Indicator(sp.Expr):
    """What is 1 or 0."""

    is_commutative = True
    is_extended_real = True

    def _eval_power(self, exponent: sp.Expr) -> sp.Expr | None:
        return self if exponent.is_positive else None


class Within(_Indicator):
    """1[low ≤ e < high]; an end that is infinite is no condition."""

    def __new__(cls, e: Any, low: Any, high: Any) -> sp.Expr:
        """Return the indicator, or the number where it is certain."""
        e, low, high = map(sp.sympify, (e, low, high))
        constant, rest = e.as_coeff_Add()
        if rest == 0 and low.is_number and high.is_number:
            return sp.Integer(bool(low <= constant < high))
        if low == -sp.oo and high == sp.oo:
            return sp.S.One
        return super().__new__(cls, rest, low - constant, high - constant)


class Same(_Indicator):
    """1[a = b] for two numbers."""

    def __new__(cls, a: Any, b: Any) -> sp.Expr:
        """Return the indicator, or 1 for what is the same formula."""
        a, b = map(sp.sympify, (a, b))
        return sp.S.One if a == b else super().__new__(cls, a, b)


class Sum(sp.Sum):
    """A sum whose body stays as it is: SymPy brings cases before the sum, their index with them."""

    def __new__(cls, body: sp.Expr, *limits: Any) -> sp.Expr:
        """Return SymPy's own sum where there are no cases."""
        if not body.has(sp.Piecewise):
            return sp.Sum(body, *limits)
        self = sp.Expr.__new__(cls, body, *(sp.Tuple(*limit) for limit in limits))
        self.is_commutative = True
        return self


class Quotient(sp.Function):
    """The whole part of e / size."""

    nargs = 2
    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, e: sp.Expr, size: sp.Expr) -> sp.Expr | None:
        """Return the number, once both are numbers; a quotient of a quotient is one."""
        if isinstance(e, Quotient):
            return cls(e.args[0], e.args[1] * size)
        if e.is_Integer and size.is_Integer:
            return e // size
        whole, rest = _divided(e, size)
        return whole if within(rest, size) == 1 else None


class Remainder(sp.Function):
    """What is left of e / size."""

    nargs = 2
    is_integer = True
    is_nonnegative = True

    @classmethod
    def eval(cls, e: sp.Expr, size: sp.Expr) -> sp.Expr | None:
        """Return the number, once both are numbers; n·i + j leaves j."""
        if e.is_Integer and size.is_Integer:
            return e % size
        if isinstance(e, Quotient):
            whole, rest = _divided(*e.args)
            e = whole + Quotient(rest, e.args[1])
        _, rest = _divided(e, size)
        return rest if within(rest, size) == 1 else None


def _divided(e: sp.Expr, size: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Split n·i + j into i and j by n."""
    terms = sp.Add.make_args(sp.expand(e))
    whole = [sp.cancel(term / size) for term in terms]
    fits = [part.is_integer is True for part in whole]
    rest = sp.Add(*(term for term, whole_term in zip(terms, fits, strict=True) if not whole_term))
    quotient = sp.Add(*(part for part, whole_term in zip(whole, fits, strict=True) if whole_term))
    return quotient, rest


class Listed(sp.Expr):
    """A whole number out of a list of them, by its place: [0, 0, 1]_i."""

    is_commutative = True
    is_integer = True
    is_nonnegative = True

    def __new__(cls, numbers: Any, shape: Any, *places: Any) -> Listed:
        """Return an entry of a list given flat, with its shape."""
        return super().__new__(cls, sp.Tuple(*numbers), sp.Tuple(*shape), *places)

    @property
    def array(self) -> np.ndarray:
        """The list."""
        return np.array(self.args[0], dtype=int).reshape(tuple(map(int, self.args[1])))

    @property
    def places(self) -> Places:
        """Which of them."""
        return self.args[2:]


# Guards


def unguarded(e: sp.Piecewise) -> sp.Expr | None:
    """Return y/p for "0 where y = 0, else y/p", which is 0 there as it is written."""
    (first, condition), (value, _) = e.args[0], e.args[-1]
    if len(e.args) == 2 and first == 0 and isinstance(condition, sp.Eq):
        above, _ = value.as_numer_denom()
        if above.xreplace({condition.lhs: condition.rhs}) == 0:
            return value
    return None


def within(e: sp.Expr, size: Any) -> sp.Expr:
    """Return 1[0 ≤ e < size], without what is certain from the sizes of the indices."""
    if isinstance(e, Quotient):
        return within(e.args[0], size * e.args[1])
    return _proven(sp.sympify(e), sp.S.Zero, sp.sympify(size))


def proven(formula: sp.Expr) -> sp.Expr:
    """Return a formula without the guards that are certain, as some are once an index is known."""
    return formula.xreplace({guard: _proven(*guard.args) for guard in formula.atoms(Within)})


def _proven(e: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr:
    ends = _ends(e)
    if ends is None:
        return Within(e, low, high)
    least, most = ends
    if _never_negative(low - 1 - most) or _never_negative(least - high):
        return sp.S.Zero
    return Within(
        e,
        -sp.oo if _never_negative(least - low) else low,
        sp.oo if _never_negative(high - 1 - most) else high,
    )


def _ends(e: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return the least and the greatest an index expression can be, if that is known."""
    if any(symbol.name.startswith(BOUND_MARK) for symbol in e.free_symbols):
        return None
    if isinstance(e, Listed):
        return min(e.args[0]), max(e.args[0])
    e = e.xreplace({part: Index(part.args[1]) for part in e.atoms(Remainder)})
    least = most = e = sp.expand(e)
    for index in indices_of(e):
        slope = e.coeff(index)
        step = slope * (index.size - 1)
        if slope.is_positive:
            most += step - slope * index
            least -= slope * index
        elif slope.is_negative:
            least += step - slope * index
            most -= slope * index
        else:
            return None
    least, most = sp.expand(least), sp.expand(most)
    return None if indices_of(least) or least.has(Quotient, Remainder, Listed) else (least, most)


def indices_of(e: sp.Expr) -> list[Index]:
    """Return the indices of an expression, the oldest first."""
    return sorted(e.atoms(Index), key=lambda index: index.dummy_index)


def _never_negative(e: sp.Expr) -> bool:
    """Whether an expression of sizes, which are 1 or more, is 0 or more."""
    if e.is_Integer or e.is_infinite:
        return bool(e >= 0)
    more = {size: sp.Dummy(integer=True, nonnegative=True) + 1 for size in e.free_symbols}
    return bool(sp.expand(e.xreplace(more)).is_nonnegative)


def settled(guard: Within, delta: sp.KroneckerDelta) -> sp.Expr:
    """Return a guard, or the number it is where the delta is not 0."""
    e, low, high = guard.args
    for place, other in (delta.args, delta.args[::-1]):
        shift = sp.expand(e - place)
        if not indices_of(shift):
            found = _proven(other + shift, low, high)
            if found.is_Integer:
                return found
    return guard


def solution(delta: sp.KroneckerDelta, index: sp.Symbol) -> sp.Expr | None:
    """Return what an index is where the delta is not 0, if that is a whole number for certain."""
    difference = sp.expand(delta.args[0] - delta.args[1])
    slope = difference.coeff(index)
    rest = sp.expand(difference - slope * index)
    return -rest * slope if slope in (1, -1) and not rest.has(index) else None
