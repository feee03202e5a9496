"""Expressions of tensors put as a person would write them.

What happens entry by entry is commutative, so SymPy collects it: each part that is no map
(a matrix product, a sum) stands in it as one symbol. Coefficients are taken out of linear
functions, transposes go inwards, contractions become matrix products where they are some.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import repeat

import sympy as sp

from graphdiff.errors import GraphdiffError
from graphdiff.language.expression import Apply, Constant, Expression, in_order
from graphdiff.language.from_sympy import function_of
from graphdiff.language.functions import Function
from graphdiff.language.functions.comparisons import xlogy
from graphdiff.language.functions.contraction import MatMul
from graphdiff.language.functions.kinks import with_declared_kinks
from graphdiff.language.functions.linear_algebra import Adjugate, Det
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Transpose
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.language.functions.scalar_derivative import root
from graphdiff.language.functions.scalar_function import Head
from graphdiff.language.functions.tensor_function import Composite, TensorFunction
from graphdiff.local_functions.without_primes import with_comparisons
from graphdiff.symbolic.own_value import stands_for
from graphdiff.symbolic.tensor_algebra.atoms import Atoms
from graphdiff.symbolic.tensor_algebra.entry_form import (
    MAX_OPERATIONS,
    EntryForm,
    factored,
    operations,
    undistributed,
)
from graphdiff.symbolic.tensor_algebra.facts import adds_up_to_one, is_positive, with_facts
from graphdiff.symbolic.tensor_algebra.grouping import grouped
from graphdiff.symbolic.tensor_algebra.indicators import with_indicators
from graphdiff.symbolic.tensor_algebra.inverses import of_inverse, with_inverses
from graphdiff.symbolic.tensor_algebra.listing import listed
from graphdiff.symbolic.tensor_algebra.movement import (
    multiplied_out,
    only_adds_axes_before,
    unchanged,
)
from graphdiff.symbolic.tensor_algebra.products import as_products
from graphdiff.symbolic.tensor_algebra.quotients import in_quotients
from graphdiff.symbolic.tensor_algebra.sigmoids import with_sigmoids
from graphdiff.symbolic.tensor_algebra.spelling import spelled
from graphdiff.symbolic.tensor_algebra.step_functions import with_steps
from graphdiff.symbolic.tensor_algebra.sums import mean_of, sum_of, with_means
from graphdiff.symbolic.tensor_algebra.triangles import as_triangle

DECIMAL = 100
"""The denominator from which a fraction stays as it is written, as 0.001."""


def tidied(
    expression: Expression,
    *,
    keep_primes: bool = False,
    known: Mapping[Expression, Expression] | None = None,
) -> Expression:
    """Return the expression as a person would write it, of the same shape and values.

    Parameters
    ----------
    expression
        Any expression.
    keep_primes
        Whether the derivative of a map keeps its name, tanh′(z), or is written out,
        1 − tanh²(z).
    known
        Expressions with what stands for them: tanh(z) for a, so that 1 − tanh²(z) becomes
        1 − a².
    """
    tidier = Tidier(keep_primes=keep_primes)
    for part, name in (known or {}).items():
        tidier.know(part, name)
    return spelled(in_quotients(tidier.tidied(expression), known or {}, tidier.tidied))


class Tidier:
    """One tidying: every part as a formula of one entry, and back.

    The rules of sums, groups and structure see of it what a
    :class:`~graphdiff.symbolic.tensor_algebra.translation.Translation` has.
    """

    def __init__(self, *, keep_primes: bool = False) -> None:
        self.keep_primes = keep_primes
        self.atoms = Atoms()
        self.forms: dict[Expression, EntryForm] = {}
        self._written: dict[tuple[EntryForm, bool], Expression] = {}
        self.known: dict[sp.Basic, sp.Expr] = {}
        self.roots: dict[sp.Expr, tuple[sp.Expr, sp.Expr]] = {}
        """Bases b that have a name u for bᵖ: p, and what bᵖ is."""

    def know(self, part: Expression, name: Expression) -> None:
        """Write a name for a function applied, wherever it turns up."""
        formula = self.form(part).formula
        self._written.clear()
        if isinstance(part, Apply) and isinstance(part.function, Mean):
            mean = Apply(part.function, (self.tidied(part.arguments[0]),))
            self.atoms.name(self.atoms.symbol(mean), name)
        power = formula.exp if isinstance(formula, sp.Pow) else sp.S.One
        is_root = bool(power.is_Rational and not power.is_Integer)
        if not is_root and (found := stands_for(formula, self.atoms.symbol(name))):
            self.known |= found
        elif isinstance(self.atoms.part(formula), Apply):
            self.forms[part] = EntryForm(self.atoms.name(formula, name), part.shape)
        else:
            factors = sp.Mul.make_args(formula)
            sizes = [factor for factor in factors if not self.atoms.within(factor)]
            match [factor for factor in factors if factor not in sizes]:
                case [sp.Pow(base=base, exp=sp.Rational() as exponent)] if not exponent.is_Integer:
                    self.roots[base] = exponent, self.atoms.symbol(name) / sp.Mul(*sizes)

    def _named(self, formula: sp.Expr) -> sp.Expr:
        """Return a formula with the names of what is known: u for √b, u³ for b√b."""
        formula = formula.xreplace(self.known)
        if not self.roots:
            return formula
        return formula.replace(
            lambda part: part.is_Pow and part.base in self.roots,
            lambda power: self._as_power_of_a_name(power),
        )

    def _as_power_of_a_name(self, power: sp.Pow) -> sp.Expr:
        exponent, named = self.roots[power.base]
        times = power.exp / exponent
        return named**times if times.is_Integer and not power.exp.is_Integer else power

    def tidied(self, expression: Expression) -> Expression:
        """Return the expression put as a person would write it."""
        return self.written(self.form(expression))

    def written(self, form: EntryForm, *, shaped: bool = True) -> Expression:
        """Return a formula of one entry as an expression, of the form's shape."""
        if (form, shaped) not in self._written:
            found = listed(self, form)
            if found is None:
                formula = EntryForm(self._beautiful(form.formula), form.shape)
                found = self.atoms.expression(formula, shaped=shaped)
            self._written[form, shaped] = found
        return self._written[form, shaped]

    def _beautiful(self, formula: sp.Expr) -> sp.Expr:
        """Return a formula of one entry as it is to be written."""
        with undistributed(formula):
            named = self._named(formula)
            if not self.keep_primes:
                named = with_comparisons(with_steps(with_indicators(self, named)))
            together = grouped(self, with_means(self, with_sigmoids(with_inverses(self, named))))
            return with_means(self, factored(together))

    def form(self, expression: Expression) -> EntryForm:
        """Return an expression as a formula of one entry."""
        for part in in_order(expression, self.forms):
            self.forms[part] = self._form(part)
        return self.forms[expression]

    def _form(self, part: Expression) -> EntryForm:
        if isinstance(part, Constant):
            decimal = part.value.is_Rational and part.value.q >= DECIMAL
            return EntryForm(self.atoms.symbol(part) if decimal else part.value, ())
        if not isinstance(part, Apply):
            return EntryForm(self.atoms.symbol(part), part.shape)
        arguments = [self.forms[argument] for argument in part.arguments]
        match part.function:
            case Function() as function:
                return self._map(function, arguments, part)
            case Broadcast():
                return EntryForm(arguments[0].formula, part.shape)
            case Sum() as function:
                return sum_of(self, function, arguments[0], part.shape)
            case Mean() as function:
                return mean_of(self, function, arguments[0], part.shape)
            case Reshape() if only_adds_axes_before(arguments[0].shape, part.shape):
                return EntryForm(arguments[0].formula, part.shape)
            case MatMul() if part.ndim == 0 and self._is_simpler(*arguments):
                product = sp.expand_mul(arguments[0].formula * arguments[1].formula)
                whole = EntryForm(product, part.arguments[0].shape)
                return sum_of(self, Sum((0,), 1), whole, ())
            case MatMul() if part.ndim == 0:
                return self._linear(
                    part, sorted(arguments, key=lambda form: self.atoms.ranks(form.formula))
                )
            case TensorFunction(is_multilinear=True) | Composite(is_multilinear=True):
                return self._linear(part, arguments)
            case TensorFunction() as function if any(slots := self._linear_slots(function, part)):
                return self._linear(part, arguments, slots)
            case Adjugate() | Det() if (found := of_inverse(part)) is not None:
                det, matrix = (self.form(each).formula for each in found)
                return EntryForm(1 / det if part.function == Det() else matrix / det, part.shape)
        return self._opaque(part, arguments)

    def _map(self, function: Function, arguments: list[EntryForm], part: Apply) -> EntryForm:
        if function.of == (xlogy, 1) and is_positive(self.atoms, arguments[1].formula):
            return EntryForm(arguments[0].formula / arguments[1].formula, part.shape)
        if function.of is not None and self._keeps_its_name(function):
            return self._prime(function, arguments, part)
        formula = function.symbolic(*(argument.formula for argument in arguments))
        try:
            formula = with_declared_kinks(formula)
        except GraphdiffError:
            return self._opaque(part, arguments)
        if formula.has(sp.Piecewise, sp.nan, sp.zoo) or operations(formula) > MAX_OPERATIONS:
            return self._opaque(part, arguments)
        return EntryForm(self._named(with_facts(self.atoms, formula)), part.shape)

    def _prime(self, function: Function, arguments: list[EntryForm], part: Apply) -> EntryForm:
        """Return a derivative under its name, unless what is known decides its cases."""
        head = function.head(*(argument.formula for argument in arguments))
        formula = head if self.keep_primes else with_facts(self.atoms, head)
        is_decided = not isinstance(formula, Head) or formula.declaration is not function
        return EntryForm(formula, part.shape) if is_decided else self._opaque(part, arguments)

    def _is_simpler(self, left: EntryForm, right: EntryForm) -> bool:
        """Whether the product of two vectors has fewer parts, or one that adds up to 1."""
        both = self.atoms.within(left.formula) | self.atoms.within(right.formula)
        product = self.atoms.within(left.formula * right.formula)
        parts = map(self.atoms.part, both)
        return product < both or any(p is not None and adds_up_to_one(p, (0,)) for p in parts)

    def _keeps_its_name(self, prime: Function) -> bool:
        """Whether a derivative does: where that is asked, or cases or a nameless function come."""
        if self.keep_primes and root(prime).operator is None:
            return True
        formula = sp.sympify(prime.formula(*prime.formals))
        return formula.has(sp.Piecewise) or None in map(function_of, formula.atoms(sp.Function))

    @staticmethod
    def _linear_slots(function: TensorFunction, part: Apply) -> list[bool]:
        """Return of each argument whether a function is linear in it."""
        return [function.stack_of(slot) is not None for slot in range(len(part.arguments))]

    def _opaque(self, part: Apply, arguments: list[EntryForm]) -> EntryForm:
        """Return a part as one symbol, its arguments tidied."""
        written = [self.written(argument) for argument in arguments]
        return self.part(Apply(part.function, tuple(written)))

    def _linear(
        self, part: Apply, arguments: list[EntryForm], slots: Iterable[bool] = repeat(True)
    ) -> EntryForm:
        """Return a function that is linear in each argument, or in some, coefficients taken out."""
        coefficient, rests = sp.S.One, []
        for argument, is_linear in zip(arguments, slots, strict=False):
            own, rest = self.atoms.split(argument) if is_linear else (sp.S.One, argument)
            if is_linear and any(rest.formula == -other.formula for other in rests):
                own, rest = -own, EntryForm(-rest.formula, rest.shape)  # (x − μ)(μ − x)ᵀ
            coefficient *= own
            rests.append(rest)
        if coefficient == 0:
            return EntryForm(sp.S.Zero, part.shape)
        if isinstance(part.function, Transpose | Reshape | Index):
            same = unchanged(self, part, rests[0])
            if same is not None:
                return EntryForm(coefficient * same, part.shape)
        if isinstance(part.function, MatMul) and part.ndim == 1:
            product = multiplied_out(self, *arguments)
            if product is not None:
                return EntryForm(product, part.shape)
        inner = self.part(Apply(part.function, tuple(map(self.written, rests))))
        return EntryForm(coefficient * inner.formula, part.shape)

    def part(self, part: Expression) -> EntryForm:
        """Return a part that is tidy already as one symbol, its products in simplest form."""
        product = part
        if isinstance(part, Apply):
            product = as_products(part)
            if product is part and (found := as_triangle(part)) is not None:
                product = found
        if product is part:
            return EntryForm(self.atoms.symbol(part), part.shape)
        return self.form(product)
