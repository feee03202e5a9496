"""Formulas as floats compute them: the same function, no part of it beyond their range.

An author writes log(1 + exp(x)), and at 710 exp(x) has no float though the logarithm has one. Of
a positive part made of exponentials the *logarithm* is known as a formula: of exp(x) it is x, of
a sum log(exp(a) + exp(b)), of a product the sum, and what the catalogue declares of its functions.
So a logarithm of such a part, a quotient by one and a root of one are computed with it: softplus,
sigmoid, exp(a − b). A root of a sum of squares is computed as the length of a vector, and 1 − f as
the complement that f declares.

What is finite stays finite, and what has no value keeps none: a part whose sign is not known is
never taken into a logarithm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import sympy as sp

from graphdiff.language.expression import AnyFunction, Apply, Constant, Expression, count, in_order
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions import Function
from graphdiff.language.functions.activations import logaddexp, sigmoid, softplus
from graphdiff.language.functions.arithmetic import add, div, mul, neg, pow, sub
from graphdiff.language.functions.comparisons import xlogy
from graphdiff.language.functions.elementary import (
    cosh,
    erf,
    erfc,
    exp,
    log,
    log1p,
    log2,
    log10,
    sinh,
    sqrt,
    tanh,
)
from graphdiff.language.functions.kinks import abs as absolute
from graphdiff.language.functions.movement import Broadcast, Index, Reshape, Transpose
from graphdiff.language.functions.reductions import Mean, Sum
from graphdiff.language.functions.stable import hypot, one_minus_tanh_squared
from graphdiff.language.functions.tensor_function import Composite
from graphdiff.language.interning import Interning
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.language.tensors.reductions import norm
from graphdiff.language.tensors.softmax import logsumexp, softmax

ZERO, ONE, TWO = Constant(0), Constant(1), Constant(2)
HALF = Constant.written(sp.Rational(1, 2), "1/2")

MAX_TERMS = 64
"""Terms of a sum of exponentials or squares; a longer one is computed as it is written."""

_MOVEMENTS = (Broadcast, Index, Reshape, Transpose)
_ASKING: frozenset[Any] = frozenset((log, log1p, log2, log10, xlogy, sqrt, div, pow))
_PASSING: frozenset[Any] = frozenset((add, sub, mul, div, pow, sqrt))


def may_change(functions: Iterable[Any]) -> bool:
    """Whether a formula made of these functions could be computed in another way."""
    found = set(functions)
    if any(_has_logarithm(f) for f in found) and (mul in found or asks(found)):
        return True
    if (sub in found or add in found) and any(getattr(f, "complement", None) for f in found):
        return True
    return asks(found) and has_source(found)


def asks(functions: Iterable[Any]) -> bool:
    """Whether a formula of these has parts that may be computed by the logarithm of another."""
    return any(function in _ASKING or _is_plain(function) for function in functions)


def has_source(functions: Iterable[Any]) -> bool:
    """Whether a formula of these has parts of which a logarithm or a root is known."""
    return any(f is mul or f is pow or _has_logarithm(f) for f in functions)


def passes(function: Any) -> bool:
    """Whether the logarithm or the root of this function may be known by its arguments'."""
    kinds = (Sum, Mean, *_MOVEMENTS)
    return function in _PASSING or isinstance(function, kinds) or _has_logarithm(function)


def _is_plain(function: Any) -> bool:
    """Whether a function is computed as it is defined, such as a loss of probabilities."""
    return isinstance(function, Composite) and function.kernel is None and function.stable is None


def _has_logarithm(function: Any) -> bool:
    return getattr(function, "logarithm", None) is not None


class Stable(Interning):
    """Expressions as floats compute them.

    Attributes
    ----------
    changes
        How many parts are computed in another way than they are written.
    """

    def __init__(self) -> None:
        super().__init__()
        self.changes = 0
        self._done: dict[Expression, Expression] = {}
        self._logarithms: dict[Expression, Expression | None] = {}
        self._grown: set[Expression] = set()
        self._normalised: dict[Expression, tuple[Expression, Any]] = {}
        self.zero, self.one = self.constant(ZERO), self.constant(ONE)

    def stable(self, root: Expression) -> Expression:
        """Return an expression as it is to be computed; itself, its parts made one, if so."""
        for part in in_order(root, self._done):
            found = self._done[part] = self._part(part)
            self._done[found] = found
        return self._done[root]

    def _part(self, part: Expression) -> Expression:
        if not isinstance(part, Apply):
            return self.constant(part) if isinstance(part, Constant) else part
        arguments = tuple([self._done[argument] for argument in part.arguments])
        rule = _RULES.get(part.function) if isinstance(part.function, Function) else None
        found = rule(self, *arguments) if rule is not None else self._opened(part, arguments)
        written = self(part.function, *arguments)
        if found is None:
            return written
        self.changes += 1
        return self._shaped(found, written)

    def _opened(self, part: Apply, arguments: tuple[Expression, ...]) -> Expression | None:
        """Return a definition as it is to be computed, where that is not as it is written."""
        if not _is_plain(part.function) or all(self.grown(each) is None for each in arguments):
            return None
        assert isinstance(part.function, Composite)  # noqa: S101 - a plain one
        changes = self.changes
        found = self.stable(part.function.expand(*arguments))
        if self.changes == changes:
            return None
        self.changes = changes
        return found

    def written(self, formula: Callable[..., Any], *arguments: Expression) -> Expression:
        """Return a formula of the catalogue at expressions that are stable already."""
        symbols = [sp.Dummy(real=True) for _ in arguments]
        self._done.update((argument, argument) for argument in arguments)
        leaves = dict(zip(symbols, arguments, strict=True))
        changes = self.changes
        found = self.stable(converted_from_sympy(formula(*symbols), leaves))
        self.changes = changes
        return found

    def _shaped(self, found: Expression, like: Expression) -> Expression:
        """Return what stands for a part in the shape of it, where a factor that had it is gone."""
        return found if found.shape == like.shape else self(Broadcast(like.shape), found)

    # Logarithms

    def log(self, part: Expression) -> Expression | None:
        """Return the logarithm of a part that is positive wherever it has a value, else None."""
        if part not in self._logarithms:
            found = self._log_of(part)
            self._logarithms[part] = None if found is None else self._shaped(found, part)
        return self._logarithms[part]

    def grown(self, part: Expression) -> Expression | None:
        """Return the logarithm of a positive part with an exponential in it, else None."""
        found = self.log(part)
        return found if part in self._grown else None

    def _log_of(self, part: Expression) -> Expression | None:
        if isinstance(part, Constant):
            if not part.value.is_positive:
                return None
            return self.zero if part.value == 1 else self(log, self.constant(part))
        if not isinstance(part, Apply):
            return None
        if part.function is add:
            return self._log_of_sum(part)
        found = self._log_of_applied(part.function, part.arguments)
        varies = not all(isinstance(argument, Constant) for argument in part.arguments)
        if found is not None and (
            any(argument in self._grown for argument in part.arguments)
            or (varies and _has_logarithm(part.function))
        ):
            self._grown.add(part)
        return found

    def _log_of_applied(
        self, f: AnyFunction, arguments: tuple[Expression, ...]
    ) -> Expression | None:
        if isinstance(f, Function | Composite) and f.logarithm is not None:
            if isinstance(f, Function):
                return self.written(f.logarithm, *arguments)
            return self.interned(f.logarithm(*arguments))
        logs = [self.log(argument) for argument in arguments]
        known = [each for each in logs if each is not None]
        if f is pow and logs[0] is not None:
            return self.scaled(arguments[1], logs[0])
        if len(known) < len(logs) or not known:
            return None
        a, *more = known
        if f is sqrt:
            return self.scaled(HALF, a)
        if f is mul or f is div:
            return (self.plus if f is mul else self.minus)(a, *more)
        if a.shape == arguments[0].shape and isinstance(f, Sum | Mean):
            return self._log_of_entries(f, a) if arguments[0] in self._grown else None
        if a.shape == arguments[0].shape and isinstance(f, _MOVEMENTS):
            return self(f, a)
        return None

    def _log_of_sum(self, part: Apply) -> Expression | None:
        terms = _terms(part, (add,))
        logs = [self.log(term) for term in terms] if len(terms) <= MAX_TERMS else [None]
        if None in logs or not any(term in self._grown for term in terms):
            return None
        self._grown.add(part)
        found = [each for each in logs if each is not None]
        while len(found) > 1:  # in pairs, so that no formula becomes deep
            pairs = zip(found[::2], found[1::2], strict=False)
            found = [self.added(a, b) for a, b in pairs] + found[len(found) // 2 * 2 :]
        return found[0]

    def _log_of_entries(self, reduction: Sum | Mean, a: Expression) -> Expression:
        """Return the logarithm of a sum of entries, or a mean, whose logarithms are ``a``."""
        axes, keepdims = reduction.axes, reduction.keepdims
        found = self.interned(logsumexp(a, axes, keepdims=keepdims))
        if keepdims or len(axes) == reduction.rank:
            self._normalised[found] = a, axes
        if isinstance(reduction, Mean):
            found = self(sub, found, self(log, self.constant(count(reduction.count(a.shape)))))
        return found

    # Sums of logarithms, and exponentials of them

    def added(self, a: Expression, b: Expression) -> Expression:
        """Return log(exp(a) + exp(b))."""
        if a is self.zero:
            return self(softplus, b)
        return self(softplus, a) if b is self.zero else self(logaddexp, a, b)

    def plus(self, a: Expression, b: Expression) -> Expression:
        """Return the sum of two logarithms."""
        for one, other in ((a, b), (b, a)):
            if one is self.zero:
                return other
            if (less := self.negated(one)) is not None:
                return self.minus(other, less)
        return self(add, a, b)

    def minus(self, a: Expression, b: Expression) -> Expression:
        """Return the difference of two logarithms."""
        if b is self.zero:
            return a
        if a is b:  # which may have no value, and then the difference has none
            return self(sub, a, b)
        if (less := self.negated(b)) is not None:
            return self.plus(a, less)
        if isinstance(b, Apply) and b.function is softplus and b.arguments[0] is a:
            return self.neg(self(softplus, self.neg(a)))
        if isinstance(b, Apply) and b.function is logaddexp and a in b.arguments:
            other = b.arguments[b.arguments[0] is a]
            return self.neg(self(softplus, self.minus(other, a)))
        return self.neg(b) if a is self.zero else self(sub, a, b)

    def neg(self, a: Expression) -> Expression:
        """Return −a."""
        if a is self.zero:
            return a
        if isinstance(a, Apply) and a.function is sub:
            return self(sub, *a.arguments[::-1])
        less = self.negated(a)
        return self(neg, a) if less is None else less

    def negated(self, a: Expression) -> Expression | None:
        """Return b where a is −b as it is written, else None."""
        if isinstance(a, Apply) and a.function is neg:
            return a.arguments[0]
        if isinstance(a, Apply) and a.function is mul:
            factor, rest = a.arguments
            if isinstance(factor, Constant) and factor.value.is_negative:
                return self(mul, self.constant(Constant(-factor.value)), rest)
        return None

    def scaled(self, factor: Expression, a: Expression) -> Expression:
        """Return a logarithm times a factor."""
        return a if a is self.zero else self(mul, factor, a)

    def half(self, a: Expression) -> Expression:
        """Return a/2."""
        if isinstance(a, Apply) and a.function is mul and _is(a.arguments[0], 2):
            return a.arguments[1]
        if isinstance(a, Apply) and a.function is add and a.arguments[0] is a.arguments[1]:
            return a.arguments[0]
        less = self.negated(a)
        return self(mul, self.constant(HALF), a) if less is None else self.neg(self.half(less))

    def exp(self, a: Expression) -> Expression:
        """Return the exponential of a logarithm."""
        if a is self.zero:
            return self.one
        less = self.negated(a)
        if isinstance(less, Apply) and less.function is softplus:
            return self(sigmoid, self.neg(less.arguments[0]))
        if isinstance(a, Apply) and a.function is sub:
            of, axes = self._normalised.get(a.arguments[1], (None, ()))
            if of is a.arguments[0]:
                return self.interned(softmax(of, axes))
        return self(exp, a)

    # Products

    def split(self, part: Expression) -> tuple[Expression | None, Expression]:
        """Return a part as R and l, where it is R·exp(l), or exp(l) alone if R is None."""
        found = self.grown(part)
        if found is not None:
            return None, found
        if isinstance(part, Apply) and part.function in (mul, div):
            (r, a), (q, b) = map(self.split, part.arguments)
            if a is not self.zero or b is not self.zero:
                if part.function is mul:
                    rest = q if r is None else r if q is None else self(mul, r, q)
                    return rest, self.plus(a, b)
                rest = r if q is None else self(div, self.one if r is None else r, q)
                return rest, self.minus(a, b)
        if isinstance(part, Apply) and part.function is neg:
            rest, a = self.split(part.arguments[0])
            if a is not self.zero:
                return self(neg, self.one if rest is None else rest), a
        return (None if part is self.one else part), self.zero

    def adds_exponentials(self, part: Expression, shape: Shape = SCALAR) -> bool:
        """Whether a part is a sum, or a difference, with an exponential in it.

        Of all entries, if what it is divided by has no other ``shape`` than a scalar's.
        """
        terms = _terms(part, (add, sub))
        if isinstance(part, Apply) and isinstance(part.function, Sum) and not shape:
            terms = list(part.arguments)
        is_sum = terms != [part] and len(terms) <= MAX_TERMS
        return is_sum and any(self.split(term)[1] is not self.zero for term in terms)

    def over(self, part: Expression, l: Expression) -> Expression:  # noqa: E741
        """Return a part divided by exp(l)."""
        if isinstance(part, Apply) and self.adds_exponentials(part, l.shape):
            return self(part.function, *(self.over(each, l) for each in part.arguments))
        rest, a = self.split(part)
        found = self.exp(self.minus(a, l))
        if rest is None:
            return found
        if isinstance(found, Apply) and found.function is exp:  # which alone may be out of range
            half = self(exp, self.half(found.arguments[0]))
            return self(mul, self(mul, rest, half), half)
        return self(mul, rest, found)

    # Squares

    def root(self, part: Expression) -> Expression | None:
        """Return r where a part is r² for real numbers, else None."""
        if isinstance(part, Constant) and part.value.is_nonnegative:
            root = sp.sqrt(part.value)
            return self.constant(Constant(root)) if root.is_Rational else self(sqrt, part)
        if not isinstance(part, Apply):
            return None
        arguments = part.arguments
        if part.function is pow and _is(arguments[1], 2):
            return arguments[0]
        if part.function is mul and arguments[0] is arguments[1]:
            return arguments[0]
        if part.function in (mul, div):
            roots = [self.root(argument) for argument in arguments]
            a, b = roots
            return None if a is None or b is None else self(part.function, a, b)
        return self.length(part)

    def length(self, part: Expression) -> Expression | None:
        """Return √ of a sum of squares, at least one of which varies, else None."""
        if not isinstance(part, Apply):
            return None
        if isinstance(part.function, Sum):
            root = self.root(part.arguments[0])
            if root is None or root.shape != part.arguments[0].shape:
                return None
            return self.interned(norm(root, part.function.axes, keepdims=part.function.keepdims))
        if part.function is not add:
            return None
        terms = _terms(part, (add,))
        roots = [self.root(term) for term in terms] if len(terms) <= MAX_TERMS else [None]
        found = [root for root in roots if root is not None]
        if len(found) < len(roots) or all(isinstance(term, Constant) for term in terms):
            return None
        while len(found) > 1:
            pairs = zip(found[::2], found[1::2], strict=False)
            found = [self(hypot, a, b) for a, b in pairs] + found[len(found) // 2 * 2 :]
        return found[0]


def _terms(part: Expression, of: Sequence[Function]) -> list[Expression]:
    """Return the terms of a sum, without their signs; a few of very many."""
    found: list[Expression] = []
    stack = [part]
    while stack and len(found) <= MAX_TERMS:
        each = stack.pop()
        if isinstance(each, Apply) and each.function in of:
            stack += each.arguments[::-1]
        else:
            found.append(each)
    return found


def _is(part: Expression, number: int) -> bool:
    return isinstance(part, Constant) and part.value == number


# The rules: what stands for a function of stable arguments, None for itself.


def _log(s: Stable, x: Expression) -> Expression | None:
    rest, found = s.split(x)
    if found is s.zero:
        length = s.length(x)
        return None if length is None else s(mul, s.constant(TWO), s(log, length))
    return found if rest is None else s(add, found, s(log, rest))


def _xlogy(s: Stable, x: Expression, y: Expression) -> Expression | None:
    found = s.grown(y)
    return None if found is None else s(mul, x, found)


def _log1p(s: Stable, x: Expression) -> Expression | None:
    found = s.grown(x)
    return None if found is None else s(softplus, found)


def _log_to(base: Constant) -> Callable[[Stable, Expression], Expression | None]:
    def rule(s: Stable, x: Expression) -> Expression | None:
        found = _log(s, x)
        return None if found is None else s(div, found, s(log, s.constant(base)))

    return rule


def _div(s: Stable, a: Expression, b: Expression) -> Expression | None:
    found = s.grown(b)
    if found is None:
        root = None if isinstance(a, Constant) else s.root(b)
        return None if root is None or isinstance(b, Constant) else s(div, s(div, a, root), root)
    if isinstance(a, Apply) and isinstance(b, Apply):
        if a.function is sinh and b.function is cosh and a.arguments == b.arguments:
            return s(tanh, *a.arguments)
        if a.function is sub and b.function is add and set(a.arguments) == set(b.arguments):
            p, q = map(s.log, a.arguments)
            if p is not None and q is not None:
                return s(tanh, s.half(s.minus(p, q)))
    return s.over(a, found)


def _sqrt(s: Stable, x: Expression) -> Expression | None:
    found = s.grown(x)
    if found is not None:
        return s.exp(s.scaled(HALF, found))
    length = s.length(x)
    if length is not None or isinstance(x, Constant):
        return length
    root = s.root(x)
    return None if root is None else s(absolute, root)


def _pow(s: Stable, a: Expression, b: Expression) -> Expression | None:
    exponent = b.value if isinstance(b, Constant) else None
    if exponent is not None and exponent.is_Integer and exponent >= 0:
        return None
    found = s.grown(a)
    if found is not None:
        return s.exp(s.neg(found) if exponent == -1 else s(mul, b, found))
    if exponent is not None and abs(exponent) == HALF.value:
        length = s.length(a)
        return length if length is None or exponent > 0 else s(div, s.one, length)
    return None


def _mul(s: Stable, a: Expression, b: Expression) -> Expression | None:
    p, q = s.grown(a), s.grown(b)
    if p is None or q is None or exp not in (getattr(a, "function", 0), getattr(b, "function", 0)):
        return None
    return s.exp(s.plus(p, q))


def _neg(s: Stable, a: Expression) -> Expression | None:
    found = s.neg(a)
    return None if isinstance(found, Apply) and found.function is neg else found


def _add(s: Stable, a: Expression, b: Expression) -> Expression | None:
    for one, other in ((a, b), (b, a)):
        if one is s.one and isinstance(other, Apply) and other.function is erf:
            return s(erfc, s.neg(other.arguments[0]))
    return None


def _sub(s: Stable, a: Expression, b: Expression) -> Expression | None:
    if a is s.one and isinstance(b, Apply) and b.function is pow and _is(b.arguments[1], 2):
        inner = b.arguments[0]
        if isinstance(inner, Apply) and inner.function is tanh:
            return s(one_minus_tanh_squared, inner, *inner.arguments)
    complement = getattr(getattr(b, "function", None), "complement", None)
    if complement is None or a is not s.one or not isinstance(b, Apply):
        return None
    return s.written(complement, *b.arguments)


_RULES: dict[Function, Callable[..., Expression | None]] = {
    log: _log, xlogy: _xlogy, log1p: _log1p, log2: _log_to(TWO), log10: _log_to(Constant(10)),
    div: _div, sqrt: _sqrt, pow: _pow, mul: _mul, add: _add, sub: _sub, neg: _neg,
}  # fmt: skip
