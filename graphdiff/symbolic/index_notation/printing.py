r"""Formulas in index notation as text and as LaTeX.

Deltas come first, sums last: ``delta(i,p)*x[q]``, \delta_{i p}\, x_{q}. Indices count
from 0, as in ``W[0,2]``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import sympy as sp
from sympy.printing.latex import LatexPrinter
from sympy.printing.str import StrPrinter

from graphdiff.notation import latex
from graphdiff.notation.decimals import Decimal, with_decimals
from graphdiff.symbolic.index_notation.primitives import relation
from graphdiff.symbolic.index_notation.symbols import (
    Listed,
    Places,
    Quotient,
    Remainder,
    Same,
    Within,
    unguarded,
)

_SUBSCRIPT = r"(_\{([^{}]|\{[^{}]*\})*\})?"
_CLOSED = re.compile(r"(\\\w+(\{[\w\\ ]+\})?)?" + _SUBSCRIPT + r"\{?\\left\(.*\\right\)\}?")
"""LaTeX of an array that takes indices without brackets around it."""

_INDICATORS = (Within, Same, sp.Piecewise)


class _Product(NamedTuple):
    """A product as it is written: a sign, what is above the line, and what is below."""

    is_negative: bool
    above: list[sp.Expr]
    below: list[sp.Expr]


def _product(e: sp.Expr) -> _Product:
    coefficient, rest = e.as_coeff_Mul()
    above: list[sp.Expr] = []
    below: list[sp.Expr] = []
    for factor in sp.Mul.make_args(rest):
        share, factor = _content(factor)
        coefficient *= share
        base, exponent = factor.as_base_exp()
        if factor.is_Pow and exponent.could_extract_minus_sign():
            below.append(base**-exponent)
        elif factor != 1:
            above.append(factor)
    is_negative = bool(coefficient.is_negative)
    coefficient = abs(coefficient)
    numerator, denominator = coefficient.as_numer_denom()
    above.sort(key=_factor_order)
    below.sort(key=_factor_order)
    if numerator != 1 or not above:
        above.insert(0, numerator)
    if denominator != 1:
        below.insert(0, denominator)
    return _Product(is_negative, above, below)


def _is_difference(e: sp.Expr) -> bool:
    negative = [term.as_coeff_Mul()[0].is_negative for term in sp.Add.make_args(e)]
    return sorted(negative) == [False, True] and not any(term.is_Number for term in e.args)


def _content(e: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return a number to take out of a sum: 2a − 2b is 2(a − b), a/2 − b/8 is (a − b/4)/2."""
    if not e.is_Add:
        return sp.S.One, e
    terms = sorted(e.args, key=_term_order)
    shares = [term.as_coeff_Mul()[0] for term in terms]
    if not all(share.is_Rational for share in shares):
        return sp.S.One, e
    first = next((term for term in terms if not term.is_Number), terms[0])
    content = abs(first.as_coeff_Mul()[0])
    if first.has(sp.Sum) and len(set(map(abs, shares))) > 1:
        content = sp.S.One  # a mean and something: Σ/n + ε
    if all(share.is_Integer for share in shares):
        content = sp.Integer(math.gcd(*map(int, shares)))
    if any(1 not in (share / content).as_numer_denom() for share in map(abs, shares)):
        content = sp.S.One
    if all(share.is_negative for share in shares):
        content = -content
    return content, sp.Add(*(term / content for term in terms))


def _factor_order(factor: sp.Expr) -> tuple[Any, ...]:
    kinds = (
        factor.is_Number or isinstance(factor, Decimal),
        isinstance(factor, sp.KroneckerDelta),
        isinstance(factor, sp.Symbol | sp.Indexed),
        not (factor.is_Add or isinstance(factor, (*_INDICATORS, sp.Sum))),
        isinstance(factor, _INDICATORS),
        factor.is_Add,
    )
    first = kinds.index(True) if True in kinds else len(kinds)
    is_fixed = first == 1 and any(index.is_Number for index in factor.args)
    return first, is_fixed, sp.default_sort_key(factor)


def _term_order(term: sp.Expr) -> tuple[Any, ...]:
    factors = sp.Mul.make_args(term)
    has_delta = any(isinstance(factor, sp.KroneckerDelta) for factor in factors)
    is_negative = bool(term.as_coeff_Mul()[0].is_negative)
    place = 0 if term.is_Integer else 3 if term.is_Number else 1 if has_delta else 2
    return is_negative, place, sp.default_sort_key(term)


def _index_order(term: sp.Expr) -> tuple[Any, ...]:
    is_negative, *rest = _term_order(term)
    return is_negative, term.is_Number, not term.is_Mul, *rest


def _condition(e: sp.Expr) -> sp.Basic | None:
    """Return the condition where a formula is 1, if it is 0 elsewhere."""
    if isinstance(e, sp.Piecewise) and len(e.args) == 2:
        (first, when), (second, _) = e.args
        if (first, second) == (1, 0):
            return when
        if (first, second) == (0, 1):
            return sp.Not(when)
    return relation(e)


def _without_guards(formula: sp.Expr) -> sp.Expr:
    """Return a formula with y/p for "0 where y = 0, else y/p": as it is written, 0/0 is 0."""
    values = {guard: unguarded(guard) for guard in formula.atoms(sp.Piecewise)}
    return formula.xreplace({guard: value for guard, value in values.items() if value is not None})


class _Rules:
    """What text and LaTeX have in common; ``self`` is a printer of SymPy's."""

    times: str
    index_times: str
    open_sums: bool
    bracketed: tuple[type, ...]
    column: frozenset[sp.Expr]
    at_least: str
    at_most: str
    _print: Any
    _fraction: Any
    _enclosed: Any
    _joined: Any
    _delta: Any
    _indicator: Any
    _cases: Any

    def _print_Mul(self, expr: sp.Expr) -> str:
        negative, above, below = _product(expr)
        differences = [factor for factor in above if _is_difference(factor)]
        if negative and len(differences) == 1:  # y − ŷ for −(ŷ − y)
            negative, above[above.index(differences[0])] = False, -differences[0]
        after = [factor for factor in above if isinstance(factor, sp.Sum) and self.open_sums]
        if below and after:  # a fraction, and the sum behind it
            before = [factor for factor in above if factor not in after] or [sp.S.One]
            written = f"{self._divided(before, below)} {self._factors(after)}"
        elif below:
            written = self._divided(above, below)
        else:
            written = self._factors(above)
        return f"-{written}" if negative else written

    def _divided(self, above: list[sp.Expr], below: list[sp.Expr]) -> str:
        many = len(above) > 1 or above[0].is_Add, len(below) > 1 or below[0].is_Add
        over, under = (
            self._print(part[0]) if len(part) == 1 else self._factors(part)
            for part in (above, below)
        )
        return self._fraction(over, under, many)

    def _factors(self, factors: list[sp.Expr]) -> str:
        return self.times.join(
            self._factor(factor, is_last=k == len(factors) - 1) for k, factor in enumerate(factors)
        )

    def _factor(self, factor: sp.Expr, *, is_last: bool) -> str:
        written = self._print(factor)
        loose = isinstance(factor, self.bracketed) or (
            isinstance(factor, sp.Sum) and not is_last and self.open_sums
        )
        return self._enclosed(written) if loose else written

    def _print_Add(self, expr: sp.Expr, order: Any = None) -> str:
        del order
        content, rest = _content(expr)
        if content != 1:
            return self._print_Mul(sp.Mul(content, rest, evaluate=False))
        return self._terms(sorted(expr.args, key=_term_order))

    def _terms(self, terms: list[sp.Expr]) -> str:
        result = ""
        for term in terms:
            negative = _product(term).is_negative
            written = self._print(-term if negative else term)
            result += (" - " if negative else " + ") if result else ("-" if negative else "")
            result += written
        return result

    def _index(self, e: sp.Expr) -> str:
        """Write an index as one does: i + 1, not 1 + i."""
        usual, self.times = self.times, self.index_times
        terms = sorted(sp.Add.make_args(e), key=_index_order)
        written = self._terms(terms)
        self.times = usual
        return written

    def _print_KroneckerDelta(self, expr: sp.KroneckerDelta, exp: Any = None) -> str:
        del exp
        # What belongs to the argument stands second, and a number after a letter.
        ordered = sorted(expr.args, key=lambda e: (bool(self.column & e.free_symbols), e.is_Number))
        return self._delta(self._joined(tuple(ordered)))

    def _print_Within(self, expr: Within) -> str:
        e, low, high = expr.args
        middle = self._index(e)
        parts = [middle]
        if low == -sp.oo:
            parts += ["<", self._index(high)]
        elif high == sp.oo:
            parts += [self.at_least, self._index(low)]
        else:
            parts = [self._index(low), self.at_most, middle, "<", self._index(high)]
        return self._indicator(" ".join(parts))

    def _print_Same(self, expr: Same) -> str:
        a, b = expr.args
        return self._indicator(f"{self._print(a)} = {self._print(b)}")

    def _print_Equality(self, expr: sp.Eq) -> str:
        return f"{self._print(expr.lhs)} = {self._print(expr.rhs)}"

    def _print_Function(self, expr: sp.Function, **options: Any) -> str:
        condition = relation(expr)
        if condition is not None:
            return self._indicator(self._print(condition))
        return super()._print_Function(expr, **options)  # pyright: ignore[reportAttributeAccessIssue]

    def _print_Piecewise(self, expr: sp.Piecewise) -> str:
        condition = _condition(expr)
        if condition is not None:
            return self._indicator(self._print(condition))
        return self._cases([(self._print(value), when) for value, when in expr.args])


class _Text(_Rules, StrPrinter):
    times = index_times = "*"
    open_sums = False
    bracketed = (sp.Add, Quotient, Remainder)
    at_least, at_most = ">=", "<="

    def __init__(self, column: Places) -> None:
        StrPrinter.__init__(self, {"order": None})
        self.column = frozenset(column)

    def _print(self, expr: Any, **options: Any) -> str:
        if isinstance(expr, sp.Indexed):  # SymPy's prints itself, with spaces
            return f"{expr.base.label.name}[{self._joined(expr.indices)}]"
        return StrPrinter._print(self, expr, **options)

    def _fraction(self, above: str, below: str, many: tuple[bool, bool]) -> str:
        above = f"({above})" if many[0] and not _is_product(above) else above
        return f"{above}/({below})" if many[1] else f"{above}/{below}"

    def _enclosed(self, text: str) -> str:
        return f"({text})"

    def _joined(self, indices: Places) -> str:
        return ",".join(self._index(index).replace(" ", "") for index in indices)

    def _delta(self, indices: str) -> str:
        return f"delta({indices})"

    def _indicator(self, condition: str) -> str:
        return f"1[{condition}]"

    def _cases(self, rows: list[tuple[str, Any]]) -> str:
        parts = [
            f"{value} otherwise" if when == True else f"{value} if {self._print(when)}"  # noqa: E712
            for value, when in rows
        ]
        return "{" + "; ".join(parts) + "}"

    def _print_Sum(self, expr: sp.Sum) -> str:
        names = [str(limit[0]) for limit in reversed(expr.limits)]
        bound = names[0] if len(names) == 1 else "{" + ",".join(names) + "}"
        return f"sum_{bound}({self._print(expr.function)})"

    def _print_Listed(self, expr: Listed) -> str:
        return f"{expr.array.tolist()}[{self._joined(expr.places)}]"

    def _print_Quotient(self, expr: Quotient) -> str:
        return self._division(expr, "//")

    def _print_Remainder(self, expr: Remainder) -> str:
        return self._division(expr, "%")

    def _division(self, expr: sp.Expr, sign: str) -> str:
        a, b = expr.args
        whole = self._index(a) if a.is_Symbol else self._enclosed(self._index(a))
        return f"{whole}{sign}{self._index(b)}"


def _is_product(text: str) -> bool:
    """Whether a text is a product without a sum outside brackets."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and text[place : place + 3] in (" + ", " - "):
            return False
    return True


class _Latex(_Rules, LatexPrinter):
    times, index_times = r"\, ", " "
    open_sums = True
    bracketed = (sp.Add,)
    at_least, at_most = r"\ge", r"\le"

    def __init__(self, heads: Mapping[str, str], column: Places) -> None:
        LatexPrinter.__init__(self, {"inv_trig_style": "full"})
        self.heads = heads
        self.column = frozenset(column)

    def _fraction(self, above: str, below: str, many: tuple[bool, bool]) -> str:
        del many
        return rf"\frac{{{above}}}{{{below}}}"

    def _enclosed(self, text: str) -> str:
        return rf"\left({text}\right)"

    def _joined(self, indices: Places) -> str:
        comma = r",\, " if any(not index.is_Symbol for index in indices) else " "
        return comma.join(self._index(index) for index in indices)

    def _delta(self, indices: str) -> str:
        return rf"\delta_{{{indices}}}"

    def _indicator(self, condition: str) -> str:
        return rf"\mathbf{{1}}\left[{condition}\right]"

    def _cases(self, rows: list[tuple[str, Any]]) -> str:
        lines = [
            rf"{value} & \text{{otherwise}}"
            if when == True  # noqa: E712
            else rf"{value} & \text{{if }} {self._print(when)}"
            for value, when in rows
        ]
        return r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}"

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        del style
        return self.heads.get(expr.name) or latex.name(expr.name)

    def _print_Indexed(self, expr: sp.Indexed) -> str:
        label, indices = expr.base.label.name, self._joined(expr.indices)
        if label in self.heads:
            head = self.heads[label]
            closed = _CLOSED.fullmatch(head) is not None
            return f"{head if closed else self._enclosed(head)}_{{{indices}}}"
        return indexed(label, indices)

    def _print_Sum(self, expr: sp.Sum) -> str:
        bound = ",".join(self._print(limit[0]) for limit in reversed(expr.limits))
        body = self._factor(expr.function, is_last=True)
        return rf"\sum_{{{bound}}} {body}"

    def _print_Listed(self, expr: Listed) -> str:
        numbers = str(expr.array.tolist())[1:-1].replace("[", "(").replace("]", ")")
        return rf"({numbers})_{{{self._joined(expr.places)}}}"

    def _print_Quotient(self, expr: Quotient) -> str:
        a, b = map(self._index, expr.args)
        return rf"\lfloor {a} / {b} \rfloor"

    def _print_Remainder(self, expr: Remainder) -> str:
        a, b = map(self._index, expr.args)
        return rf"({a} \bmod {b})"


def indexed(name: str, indices: str) -> str:
    r"""Return a name with indices: a subscript of its own stays apart from them.

    Examples
    --------
    >>> print(indexed("z", "i"), indexed("W_1", "p q"), indexed("yhat", "i"))
    z_{i} W_{1;\, p q} \hat{y}_{i}
    """
    written = latex.name(name)
    if written.endswith("}") and "_{" in written:
        return rf"{written[:-1]};\, {indices}}}"
    return f"{written}_{{{indices}}}"


def as_text(formula: sp.Expr, column: Places = ()) -> str:
    """Return a formula in index notation as text.

    Parameters
    ----------
    formula
        The formula.
    column
        The indices of the argument, which stand second in a delta.
    """
    return _Text(column).doprint(with_decimals(_without_guards(formula)))


def as_latex(
    formula: sp.Expr, column: Places = (), heads: Mapping[str, str] | None = None
) -> str:  # fmt: skip
    """Return a formula in index notation as LaTeX.

    Parameters
    ----------
    formula
        The formula.
    column
        The indices of the argument, which stand second in a delta.
    heads
        The LaTeX of names that are not those of nodes.
    """
    return _Latex(heads or {}, column).doprint(with_decimals(_without_guards(formula)))
