"""Three kinds of number for one algorithm: float64, exact, and many digits.

Each arithmetic computes a local function and its partial derivatives on NumPy arrays: of
float64, of exact SymPy numbers (2/3 stays 2/3, √2 stays √2), or of mpmath numbers.
This is the one file that calls SymPy's ``lambdify``.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial, wraps
from typing import Any, Protocol

import mpmath
import numpy as np
import sympy as sp

from graphdiff.errors import GraphdiffError, NumericalError
from graphdiff.language import functions, quantity
from graphdiff.language.functions import Function, comparisons
from graphdiff.language.functions.arithmetic import MAX_ROOT, bounded_power
from graphdiff.language.functions.removable import with_removable_points
from graphdiff.language.functions.saturation import with_digits
from graphdiff.language.functions.scalar_function import Head
from graphdiff.local_functions.local_function import LocalFunction

CACHED = 10_000
"""Compiled formulas kept."""

MAX_OPERATIONS = 500
"""Operations in an exact number such as √2 + e."""

LONGEST_WHOLE = 2**53
"""The whole numbers up to this one are floats."""

MAX_WORKING_DIGITS = 1000
"""Digits carried to tell an exact number from 0."""

ORDINARY = 1000
"""Bits before the point up to which a number need not be compared with the largest there is."""

Array = Any
"""A float64 array, an object array of exact numbers, or one such number."""

Rule = Callable[..., Array]
"""What computes a function of numbers."""


class Arithmetic(Protocol):
    """What the sweeps need of a kind of number.

    Attributes
    ----------
    repeats
        Whether it computes the same each time and is there for long: programs in it are kept.
    """

    repeats: bool

    def number(self, value: Any) -> Array:
        """Return a leaf's value in this kind of number."""
        ...

    def apply(self, function: Function) -> Callable[..., Array]:
        """Return what computes a catalogue function."""
        ...

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        """Return what computes ∂f/∂a_slot from the arguments."""
        ...

    def share(self, many: int) -> Array:
        """Return what each of so many entries that tie has of the derivative of the largest."""
        ...

    def settled(self, value: Array) -> Array:
        """Return the value of a function of tensors, its numbers in their simplest form."""
        ...

    def checked(self, value: Array) -> Array:
        """Return the value of a node or P, if its numbers have not outgrown their kind."""
        ...

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is a finite real number."""
        ...

    def guard(self) -> Any:
        """Return the context manager to compute in."""
        ...


def once(make: Callable[..., Rule]) -> Callable[..., Rule]:
    """Have a method of an arithmetic make the rule of each function once."""
    name = f"_made_by_{make.__qualname__}"

    @wraps(make)
    def made(self: Any, *of: Any) -> Rule:
        rules = self.__dict__.get(name)
        if rules is None:
            rules = self.__dict__[name] = lru_cache(maxsize=CACHED)(partial(make, self))
        return rules(*of)

    return made


class Float64:
    """Double precision, on whole batches at once."""

    repeats = True

    def number(self, value: Any) -> Array:
        """Return an array of float64; a number beyond its range as infinite."""
        if isinstance(value, np.ndarray):
            return np.asarray(value, np.float64)
        return np.asarray(_as_float(value) if isinstance(value, sp.Expr) else _float(value))

    @once
    def apply(self, function: Function) -> Rule:
        """Return the function's kernel, else its compiled formula."""
        return function.kernel or _numpy(function.formals, definition(function))

    @once
    def partial(self, function: LocalFunction, slot: int) -> Rule:
        """Return the compiled derivative."""
        formals, formula, used = _narrowed(function.formals, function.stable.partial(slot))
        compute = _numpy(formals, formula)
        if len(used) == function.arity:
            return compute
        return lambda *arguments: compute(*[arguments[k] for k in used])

    def share(self, many: int) -> Array:
        """Return an equal share."""
        return self.number(1) / self.number(many)

    def settled(self, value: Array) -> Array:
        """Return the value as it is."""
        return value

    def checked(self, value: Array) -> Array:
        """Return the value as it is."""
        return value

    def is_finite(self, value: Array) -> bool:
        """Whether no entry is infinite or not a number."""
        number = value.item() if getattr(value, "size", 0) == 1 else value
        if isinstance(number, float):
            return math.isfinite(number)
        finite = np.isfinite(value)
        return np.count_nonzero(finite) == finite.size

    def guard(self) -> Any:
        """Let NumPy compute without warnings: what is not finite is reported by name."""
        return np.errstate(all="ignore")


def _float(value: Any) -> float:
    """Return a number in double precision; one beyond its range as infinite."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


_as_float = lru_cache(maxsize=CACHED)(_float)


class Exact:
    """Rational and algebraic numbers, and closed forms such as e² where they arise.

    SymPy would compute the sine of e to the e to the e⁵, or wait for its digits, for ever. So
    what each step is applied to is first computed roughly, and refused if it is out of all bounds.
    """

    repeats = False

    def number(self, value: Any) -> Array:
        """Return an exact SymPy number, or an object array of them."""
        if isinstance(value, np.ndarray) and value.shape:
            return entrywise(quantity.exact)(value)
        return quantity.exact(value)

    def apply(self, function: Function) -> Callable[..., Array]:
        """Return the formula at exact numbers."""
        if function.operator is not None and function.name != "pow":
            return self._real(function.formula)
        rough = BOUNDED.apply(function)

        def at(*arguments: sp.Expr) -> sp.Expr:
            if function.name != "pow" or not all(a.is_Rational for a in arguments):
                rough(*map(roughly, arguments))
            check_exponents(definition(function), arguments)
            if function.of is None:
                return function.formula(*arguments)
            return put_in(definition(function), dict(zip(function.formals, arguments, strict=True)))

        return self._real(at)

    def partial(self, function: LocalFunction, slot: int) -> Callable[..., Array]:
        """Return the derivative at exact numbers."""
        derived, formals = function.partial(slot), function.formals
        grows = derived.has(sp.Pow, sp.Function)

        def at(*arguments: sp.Expr) -> sp.Expr:
            if grows:
                _rough_value(derived, dict(zip(formals, map(roughly, arguments), strict=True)))
                check_exponents(derived, arguments)
            return put_in(derived, dict(zip(formals, arguments, strict=True)))

        return self._real(at)

    @staticmethod
    def _real(compute: Callable[..., sp.Expr]) -> Callable[..., Array]:
        attempt = _never_raising(compute, sp.nan)

        def real(*arguments: sp.Expr) -> sp.Expr:
            with _or_in_floating_point():
                value = reduced(attempt(*arguments))
            return value if _is_real(value) else sp.nan

        return entrywise(real)

    def share(self, many: int) -> Array:
        """Return an equal share."""
        return self.number(1) / self.number(many)

    def settled(self, value: Array) -> Array:
        """Return the value with each number in the form that shows when it is rational."""
        result = np.empty(value.shape, object)
        with _or_in_floating_point():
            result.ravel()[:] = [reduced(entry) for entry in value.flat]
        return result

    def checked(self, value: Array) -> Array:
        """Return the value, if its numbers are within bounds and a person could read them."""
        with _or_in_floating_point():
            for entry in map(sp.sympify, np.ravel(np.asarray(value, dtype=object))):
                _check_size(entry)
                if not entry.is_Rational:
                    within(roughly(entry))
        return value

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is a real number."""
        return all(map(_is_real, np.ravel(np.asarray(value, dtype=object))))

    def guard(self) -> Any:
        """Compute as one is."""
        return np.errstate(all="ignore")


class Multiprecision:
    """Numbers of many decimal digits, to tell formulas apart by sampling.

    Parameters
    ----------
    digits
        Decimal digits carried.
    """

    largest = mpmath.mpf(10) ** 1000
    repeats = False

    def __init__(self, digits: int = 60) -> None:
        self.digits = digits

    def number(self, value: Any) -> Array:
        """Return a number of as many digits as are carried, and five more."""
        if isinstance(value, np.ndarray) and value.shape:
            return entrywise(self.number)(value)
        return _in_digits(quantity.exact(value), self.digits + 5)

    @once
    def apply(self, function: Function) -> Rule:
        """Return the formula at mpmath numbers."""
        return self._bounded(_mpmath(function.formals, definition(function)))

    @once
    def partial(self, function: LocalFunction, slot: int) -> Rule:
        """Return the derivative at mpmath numbers."""
        return self.formula(function.formals, function.partial(slot))

    def formula(self, formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
        """Return what computes any formula over the formals."""
        return self._bounded(_mpmath(formals, formula))

    def _bounded(self, compute: Callable[..., Any]) -> Callable[..., Array]:
        """Count a complex number as none, and one of thousands of digits as infinite."""

        def bounded(*arguments: Any) -> Any:
            value = compute(*arguments)
            if not isinstance(value, mpmath.mpf):
                value = mpmath.mpmathify(value)
                if not isinstance(value, mpmath.mpf):
                    return mpmath.nan
            _, _, exponent, length = value._mpf_
            is_long = exponent + length > ORDINARY
            return mpmath.inf if is_long and abs(value) > self.largest else value

        return entrywise(bounded)

    def share(self, many: int) -> Array:
        """Return an equal share."""
        return self.number(1) / self.number(many)

    def settled(self, value: Array) -> Array:
        """Return the value as it is."""
        return value

    def checked(self, value: Array) -> Array:
        """Return the value as it is."""
        return value

    def is_finite(self, value: Array) -> bool:
        """Whether every entry is real and finite."""
        if not isinstance(value, np.ndarray):
            return is_digits(value)
        return all(map(is_digits, value.ravel().tolist()))

    def guard(self) -> Any:
        """Carry as many digits."""
        return mpmath.workdps(self.digits)


@lru_cache(maxsize=CACHED)
def _in_digits(number: sp.Expr, digits: int) -> Any:
    """Return an exact number as one of so many digits."""
    return mpmath.mpmathify(sp.N(number, digits))


def is_digits(value: Any) -> bool:
    """Whether it is a number of many digits, real and finite."""
    if not isinstance(value, mpmath.mpf):
        return False
    _, mantissa, exponent, _ = value._mpf_
    return bool(mantissa) or not exponent


class Bounded(Multiprecision):
    """Rough values of exact numbers, to refuse what SymPy would not come to an end with.

    Complex numbers on the way stay, and what is no number at all is left to SymPy.
    """

    largest = mpmath.mpf(10) ** quantity.MAX_DIGITS

    def number(self, value: Any) -> Array:
        """Return the rough value of an exact number."""
        return roughly(quantity.exact(value))

    def _bounded(self, compute: Callable[..., Any]) -> Callable[..., Array]:
        def bounded(*arguments: Any) -> Any:
            if any(mpmath.isnan(within(argument)) for argument in arguments):
                return mpmath.nan
            with mpmath.workdps(self.digits):
                return mpmath.mpmathify(compute(*arguments))

        return entrywise(bounded)


def within(value: Any) -> Any:
    """Return a rough value whose exact number can be computed with.

    Raises
    ------
    NumericalError
        If it is out of all bounds, large or small.
    """
    if mpmath.isfinite(value) and value:
        size = abs(value)
        if size > Bounded.largest:
            raise NumericalError(f"an exact number on the way is beyond 10^{quantity.MAX_DIGITS}")
        if size * Bounded.largest < 1:
            raise NumericalError(f"an exact number on the way is below 10^-{quantity.MAX_DIGITS}")
    return value


def looks_real(value: Any) -> bool:
    """Whether a rough value is finite, and real at every step to it."""
    return is_digits(value)


FLOAT64, EXACT, BOUNDED = Float64(), Exact(), Bounded(30)


@lru_cache(maxsize=CACHED)
def roughly(number: sp.Expr) -> Any:
    """Return about what an exact number is; nan where there is no telling.

    Raises
    ------
    NumericalError
        If a part of it is out of all bounds.
    """
    return _rough_value(number, {})


def _rough_value(formula: sp.Expr, at: Mapping[sp.Symbol, Any]) -> Any:
    """Return about what a formula is at rough values, each part of it within bounds."""
    values: dict[sp.Basic, Any] = dict(at)
    with mpmath.workdps(BOUNDED.digits):
        for part in sp.postorder_traversal(formula):
            if part not in values:
                values[part] = _rough_part(part, [values[each] for each in part.args])
    return values[formula]


def _rough_part(part: sp.Basic, arguments: Sequence[Any]) -> Any:
    try:
        match part:
            case sp.Rational():
                return mpmath.mpf(int(part.p)) / int(part.q)
            case sp.Add():
                return mpmath.fsum(arguments)
            case sp.Mul():
                return mpmath.fprod(arguments)
            case sp.Pow():
                return mpmath.power(*map(within, arguments))
            case sp.Function():
                formals = tuple(sp.Symbol(f"a_{k}", real=True) for k in range(len(arguments)))
                compute = _mpmath(formals, part.func(*formals))
                return mpmath.mpmathify(compute(*map(within, arguments)))
        return mpmath.mpmathify(part.evalf(BOUNDED.digits)) if part.is_Atom else mpmath.nan
    except GraphdiffError:
        raise
    except (ArithmeticError, ValueError, TypeError, AttributeError):
        return mpmath.nan


@contextlib.contextmanager
def _or_in_floating_point() -> Iterator[None]:
    """Say of exact numbers that are refused what to do instead."""
    try:
        yield
    except NumericalError as error:
        raise NumericalError(f"{error}; compute in floating point") from None
    except ArithmeticError:
        raise NumericalError(
            "an exact number on the way is beyond what SymPy computes; compute in floating point"
        ) from None


def check_exponents(formula: sp.Expr, arguments: Sequence[sp.Expr]) -> None:
    """Refuse n·log(q) for a large n where it is exponentiated: to SymPy that is qⁿ, written out."""
    heads = (head.declaration for head in formula.atoms(Head))
    if formula.has(sp.exp) or any(definition(head).has(sp.exp) for head in heads):
        for argument in arguments:
            if argument.has(sp.log) and abs(roughly(argument)) > quantity.MAX_DIGITS:
                raise NumericalError(
                    f"a power on the way has more than {quantity.MAX_DIGITS} digits"
                )


def put_in(formula: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """Return a formula with numbers for its symbols, each power in it bounded."""
    done: dict[sp.Basic, sp.Basic] = dict(values)
    for part in sp.postorder_traversal(formula):
        if part not in done:
            arguments = tuple([done[each] for each in part.args])
            if arguments == part.args:
                done[part] = part
            elif isinstance(part, sp.Pow):
                done[part] = bounded_power(*arguments)
            else:
                done[part] = part.func(*arguments)
    return done[formula]


def reduced(value: sp.Expr) -> sp.Expr:
    """Return an exact number in the form that shows when it is rational or zero.

    Raises
    ------
    NumericalError
        If it has outgrown what a person could read.
    """
    value = sp.sympify(value)
    _check_size(value)
    if value.is_Rational or value is sp.nan or not value.is_number or value.is_finite is False:
        return value
    within(roughly(value))
    orders = (power.exp.q for power in value.atoms(sp.Pow) if power.exp.is_Rational)
    if value.is_algebraic and all(order <= MAX_ROOT for order in orders):
        value = sp.sqrtdenest(sp.radsimp(sp.expand(value)))
    else:
        value = min(value, sp.expand(value), key=sp.count_ops)
    return sp.S.Zero if not value.is_Rational and _is_zero(value) else value


def _is_zero(value: sp.Expr) -> bool:
    """Whether an exact number is 0; by its digits, and by SymPy where none is found.

    Raises
    ------
    NumericalError
        If SymPy would not come to an end either: 1 − tanh(e²²) is 10 to the −10⁹.
    """
    near = sp.N(value, 30, maxn=MAX_WORKING_DIGITS)
    if abs(near) > sp.Float("1e-20") or getattr(near, "_prec", 1) > 1:
        return False
    arguments = (argument for part in value.atoms(sp.Function) for argument in part.args)
    if any(abs(roughly(argument)) > MAX_WORKING_DIGITS for argument in arguments):
        raise NumericalError("an exact number on the way is so small that it may be 0")
    return bool(value.equals(0))


def _check_size(value: sp.Expr) -> None:
    if not value.is_Atom:
        operations = itertools.islice(sp.preorder_traversal(value), 2 * MAX_OPERATIONS + 1)
        if sum(1 for _ in operations) > 2 * MAX_OPERATIONS or value.count_ops() > MAX_OPERATIONS:
            raise NumericalError(f"the exact number has more than {MAX_OPERATIONS} operations")
    for number in value.atoms(sp.Rational):
        quantity.check_digits(number, "the exact number", NumericalError)


def _is_real(value: sp.Expr) -> bool:
    """Whether an exact number is finite and real; by its digits where SymPy cannot tell."""
    known = value.is_real
    return bool(sp.N(value, 30).is_real if known is None and value.is_number else known)


def entrywise(compute: Callable[..., Any]) -> Callable[..., Array]:
    """Return a function of numbers as one of arrays (``np.frompyfunc`` ends at 63 arguments)."""

    def on_arrays(*arguments: Array) -> Array:
        if not any(isinstance(argument, np.ndarray | np.generic) for argument in arguments):
            return compute(*arguments)
        shape = np.broadcast_shapes(*map(np.shape, arguments))
        if not shape:
            return compute(*(np.asarray(argument, object).item() for argument in arguments))
        columns = (np.broadcast_to(argument, shape).flat for argument in arguments)
        result = np.empty(shape, object)
        result.ravel()[:] = [compute(*row) for row in zip(*columns, strict=True)]
        return result

    return on_arrays


@lru_cache(maxsize=CACHED)
def _narrowed(
    formals: tuple[sp.Symbol, ...], formula: sp.Expr
) -> tuple[tuple[sp.Symbol, ...], sp.Expr, list[int]]:
    """Return a formula over the first formals, as many as it uses, and the slots they stand for.

    The thousand derivatives of a sum of a thousand squares so become one: 2·a_0.
    """
    symbols = formula.free_symbols
    used = [k for k, formal in enumerate(formals) if formal in symbols]
    first = formals[: len(used)]
    return first, formula.xreplace({formals[k]: a for k, a in zip(used, first, strict=True)}), used


@lru_cache(maxsize=CACHED)
def definition(function: Function) -> sp.Expr:
    """Return the formula of a function over its formal arguments; of a derivative, its limits."""
    formula = sp.sympify(function.formula(*function.formals))
    return formula if function.of is None else with_removable_points(formula)


def _named_in(formula: sp.Expr) -> dict[str, Function]:
    """Return the catalogue's functions, and the user's own that stand in a formula."""
    own = {head.declaration.name: head.declaration for head in formula.atoms(Head)}
    return {**functions.NAMED, **own}


@lru_cache(maxsize=CACHED)
def _numpy(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Array]:
    formula = _in_floats(_with_relations(with_digits(_printable(formula))))
    kernels = {
        name: FLOAT64.apply(function)
        for name, function in _named_in(formula).items()
        if function not in comparisons.COMPARISONS
    }
    modules = [kernels, "numpy", _special_functions(formula)]
    compute = sp.lambdify(formals, formula, modules=modules, cse=True)
    if formula.atoms(sp.And, sp.Or):  # which NumPy has for conditions of one shape
        return lambda *arguments: _as_real(np.asarray(compute(*np.broadcast_arrays(*arguments))))
    return lambda *arguments: _as_real(np.asarray(compute(*arguments)))


def _as_real(value: Any) -> np.ndarray:
    """Return float64, a complex number as none: a branch that is not chosen may have some."""
    if value.dtype.kind == "c":
        value = np.where(value.imag == 0, value.real, np.nan)
    return np.asarray(value, np.float64)


def _printable(formula: sp.Expr) -> sp.Expr:
    """Write what is divided by 0 as not a number; compiled formulas have no zoo."""
    try:
        return formula.xreplace({sp.zoo: sp.nan})
    except TypeError:  # it stands in a comparison, which SymPy refuses to make with nan
        return sp.nan


def _in_floats(formula: sp.Expr) -> sp.Expr:
    """Write numbers that are no whole floats as floats: Python's integers have no end."""
    long = (n for n in formula.atoms(sp.Rational) if max(abs(n.p), n.q) > LONGEST_WHOLE)
    return formula.xreplace({n: sp.Float(n, 17) for n in long})


def _with_relations(formula: sp.Expr) -> sp.Expr:
    """Write comparisons as cases, for NumPy's ``greater`` in a condition is not ours, a number."""
    return formula.replace(
        lambda part: isinstance(part, Head) and part.declaration in comparisons.COMPARISONS,
        lambda part: sp.nan if sp.nan in part.args else part.declaration.formula(*part.args),
    )


def _special_functions(formula: sp.Expr) -> dict[str, Callable[..., Array]]:
    """Return the functions NumPy may lack (gamma, Bessel's), entry by entry from mpmath."""

    def entrywise(found: sp.Function) -> Callable[..., Array]:
        arguments = tuple(sp.Dummy() for _ in found.args)
        compute = sp.lambdify(arguments, found.func(*arguments), modules="mpmath")
        return np.vectorize(lambda *row: float(compute(*row)), otypes=[np.float64])

    applied = (found for found in formula.atoms(sp.Function) if not isinstance(found, Head))
    special = (found for found in applied if not hasattr(np, found.func.__name__))
    return {
        found.func.__name__: entrywise(found)
        for found in special
        if hasattr(mpmath, found.func.__name__.lower())
    }


@lru_cache(maxsize=CACHED)
def _mpmath(formals: tuple[sp.Symbol, ...], formula: sp.Expr) -> Callable[..., Any]:
    heads = {head.declaration for head in formula.atoms(Head)}
    kernels = {head.name: _mpmath(head.formals, definition(head)) for head in heads}
    formula = _printable(formula)
    compute = sp.lambdify(formals, formula, modules=[kernels, "mpmath"], cse=True)
    return _never_raising(compute, mpmath.nan)


def _never_raising(compute: Callable[..., Any], failed: Any) -> Callable[..., Any]:
    """Return a function that gives ``failed`` where numbers have no answer (1/0, log 0)."""

    def attempt(*arguments: Any) -> Any:
        try:
            return compute(*arguments)
        except GraphdiffError:
            raise
        except (ArithmeticError, ValueError, TypeError, MemoryError):
            return failed

    return attempt
