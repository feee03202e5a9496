r"""Differentials of arrays: ``dL = tr(Aᵀ dX)``, ``⟨A, dX⟩`` or ``aᵀ dx`` say that ∂L/∂X is A.

A trace may be turned round, tr(A dX B) = tr(B A dX), and have several terms.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from graphdiff.checking.pages.of_names import TRANSPOSED, text_of
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Script, Tree

TRACES = frozenset({"tr", "Tr", "trace", "Trace", "Sp"})
"""What a trace is called."""

NameAfterD = Callable[[Tree], Tree | None]
"""Returns X of dX; None for anything else."""


class Part(NamedTuple):
    """A term of a differential: what it is in, and the derivative that it gives."""

    name: Tree
    derivative: Tree


def parts(tree: Tree, name_after_d: NameAfterD) -> list[Part] | None:
    """Return the terms of a differential of a number in arrays; None if one is of another form."""
    found: list[Part] = []
    for sign, term in _terms(tree):
        numbers, inner = _split(term)
        for own, each in _terms(inner.body) if isinstance(inner, _Trace) else (("+", inner),):
            is_negative = (sign == "-") != (own == "-")
            part = _part(each, isinstance(inner, _Trace), name_after_d)
            if part is None:
                return None
            whole = _product([*numbers, part.derivative])
            if is_negative:
                whole = trees.Sum((("-", whole),), span=term.span)
            found.append(part._replace(derivative=whole))
    return found


class _Trace(NamedTuple):
    body: Tree


def _terms(tree: Tree) -> Sequence[tuple[str, Tree]]:
    return tree.terms if isinstance(tree, trees.Sum) else (("+", tree),)


def _split(term: Tree) -> tuple[list[Tree], Tree | _Trace]:
    """Return the factors before a trace, or before ⟨A, dX⟩ and a sum, and that."""
    if isinstance(term, trees.Call) and text_of(term.function) in TRACES:
        return [], _Trace(term.arguments[0])
    if not isinstance(term, trees.Product) or "/" in term.operators:
        return [], term
    *before, last = term.factors
    if before and isinstance(last, trees.Group) and text_of(before[-1]) in TRACES:
        return before[:-1], _Trace(last.body)
    if isinstance(last, trees.Group | trees.Large) and "⊙" not in term.operators:
        return before, last
    return [], term


def _part(term: Tree, is_trace: bool, name_after_d: NameAfterD) -> Part | None:
    match term:
        case trees.Group(bracket="<", body=trees.Items(items=(one, other))):
            pairs = ((one, other), (other, one))
            return next(
                (Part(name, a) for a, d in pairs if (name := name_after_d(d)) is not None), None
            )
        case trees.Large(operator="sum", below=None, body=trees.Product() as body):
            return _beside(body, name_after_d) if {*body.operators} == {"⊙"} else None
        case trees.Product() if "/" not in term.operators and "⊙" not in term.operators:
            return _beside(term, name_after_d, is_trace=is_trace)
        case _:
            return None


def _beside(
    product: trees.Product, name_after_d: NameAfterD, *, is_trace: bool | None = None
) -> Part | None:
    """Return what stands beside the one differential in a product, as the derivative that it is.

    Parameters
    ----------
    is_trace
        Whether it is the trace of a product of matrices, else aᵀ dx; None for entries one by one.
    """
    factors = list(_joined(product.factors, name_after_d))
    places = [k for k, one in enumerate(factors) if _name(one, name_after_d) is not None]
    if len(places) != 1 or len(factors) < 2:
        return None
    (k,) = places
    name = _name(factors[k], name_after_d)
    assert name is not None  # noqa: S101 - found there
    if is_trace is None:
        return Part(name, trees.Product(
            (*factors[:k], *factors[k + 1 :]), ("⊙",) * (len(factors) - 2), span=product.span
        ) if len(factors) > 2 else factors[1 - k])  # fmt: skip
    if not is_trace and k < len(factors) - 1:
        return None
    is_turned = transposed(factors[k]) is not None
    if is_turned and not is_trace:
        return None
    whole = _product([*factors[k + 1 :], *factors[:k]])
    return Part(name, whole if is_turned else _turned(whole))


def _name(tree: Tree, name_after_d: NameAfterD) -> Tree | None:
    body = transposed(tree)
    while isinstance(body, trees.Group):
        body = body.body
    return name_after_d(tree if body is None else body)


def _joined(factors: Sequence[Tree], name_after_d: NameAfterD) -> Iterator[Tree]:
    r"""Yield factors with a d that is set upright, \mathrm{d}X, together with its name."""
    k = 0
    while k < len(factors):
        one, after = factors[k], factors[k + 1] if k + 1 < len(factors) else None
        joined = None
        if text_of(one) == "d" and isinstance(after, Name):
            joined = Name(f"d{after.text}", False, span=(one.span[0], after.span[1]))
        if joined is not None and name_after_d(joined) is not None:
            yield joined
            k += 2
        else:
            yield one
            k += 1


def transposed(tree: Tree) -> Tree | None:
    """Return what a transpose is of; None for anything else."""
    if isinstance(tree, trees.Transpose):
        return tree.body
    if isinstance(tree, Script) and not tree.primes and tree.below is None:
        return tree.body if text_of(tree.above or tree) in TRANSPOSED else None
    return None


def _turned(tree: Tree) -> Tree:
    body = transposed(tree)
    return trees.Transpose(tree, span=tree.span) if body is None else body


def _product(factors: Sequence[Tree]) -> Tree:
    if len(factors) == 1:
        return factors[0]
    span = (min(one.span[0] for one in factors), max(one.span[1] for one in factors))
    return trees.Product(tuple(factors), ("",) * (len(factors) - 1), span=span)
