"""Why a formula became shorter: what cancelled in it, and what had to be known for that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import Facts
from graphdiff.graph.structure import Edge
from graphdiff.language.expression import Apply, Expression, in_order, rebuilt
from graphdiff.language.functions import Function
from graphdiff.language.functions.arithmetic import div
from graphdiff.language.functions.comparisons import xlogy
from graphdiff.local_functions.local_function import Instruction, Literal, LocalFunction
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.tensor_algebra import tidied
from graphdiff.symbolic.tensor_algebra.entry_form import EntryForm
from graphdiff.symbolic.tensor_algebra.facts import Parts, adds_up_to_one, is_positive
from graphdiff.symbolic.tensor_algebra.simplify import Tidier


class Reason(NamedTuple):
    """Something that a simplification needs.

    Attributes
    ----------
    about
        The formula it is about, of SymPy's or an expression: a denominator, or a node.
    kind
        ``"nonzero"`` for what must not be 0, ``"positive"`` for what is known to be above 0,
        ``"sum"`` for entries that add up to 1, or a fact that is said of a leaf.
    """

    about: Any
    kind: str


# Of scalars


def cancelled_below(parts: Parts, factors: list[sp.Expr], result: sp.Expr) -> list[Reason]:
    """Return the denominators of factors that their product, simplified, has not."""
    left = _below(result)
    gone: dict[sp.Expr, None] = {}
    for factor in factors:
        gone |= {base: None for base in _below(factor) if base not in left and -base not in left}
    return [_about(parts, base) for base in gone]


def _about(parts: Parts, formula: sp.Expr) -> Reason:
    """Return that a formula is above 0, it or its negative, or else that it is not 0."""
    for each in (formula, -formula):
        if is_positive(parts, each):
            return Reason(each, "positive")
    return Reason(formula, "nonzero")


def _below(formula: sp.Expr) -> dict[sp.Expr, None]:
    """Return what a formula divides by, in the order of their texts."""
    powers = [p for p in formula.atoms(sp.Pow) if p.exp.is_negative and not p.base.is_number]
    return dict.fromkeys(sorted((power.base for power in powers), key=str))


# Of arrays


def may_cancel(edges: Iterable[Edge]) -> bool:
    """Whether what an edge gives divides by more than a number, or the child adds up to 1.

    So it may where something is said of a leaf. It is quick to ask, and where it is not so there is
    nothing to find.
    """
    return any(
        edge.child.graph.facts
        or adds_up_to_one(edge.child, (edge.child.ndim - 1,))
        or _divides(edge.child.function.pullback(edge.slot))
        for edge in edges
        if edge.child.function is not None
    )


def _divides(function: LocalFunction) -> bool:
    program = function.program
    return any(
        isinstance(line, Instruction)
        and isinstance(line.function, Function)
        and (
            (line.function is div and not isinstance(program[line.lines[1]], Literal))
            or (line.function.of is not None and line.function.of[0] is xlogy)
        )
        for line in program
    )


def reasons(raw: Expression) -> list[Reason]:
    """Return what tidying an expression over nodes makes use of: denominators, and facts."""
    shown = Formula(tidied(raw)).text
    left = {Formula(part).text for part in _divisors(tidied(raw))}
    gone = {Formula(part).text: part for part in _divisors(raw)}
    found = [
        reason for text, part in gone.items() if text not in left for reason in _of_divisor(part)
    ]
    for node in dict.fromkeys(part for part in in_order(raw) if isinstance(part, Node)):
        for kind, without in _withheld(node):
            other = tidied(rebuilt(raw, replaced={node: without}))
            if Formula(other).text != shown:
                found.append(Reason(node, kind))
    return found


def _of_divisor(part: Expression) -> Iterator[Reason]:
    """Yield what is known of each factor of a denominator."""
    tidier = Tidier()
    form = tidier.form(part)
    for factor in sp.Mul.make_args(form.formula):
        if not factor.is_number:
            reason = _about(tidier.atoms, factor)
            written = tidier.written(EntryForm(reason.about, form.shape), shaped=False)
            yield Reason(written, reason.kind)


def _divisors(expression: Expression) -> Iterator[Expression]:
    for part in in_order(expression):
        if isinstance(part, Apply) and part.function is div and Formula(part.arguments[1]).names:
            yield part.arguments[1]


def _withheld(node: Node) -> Iterator[tuple[str, Expression]]:
    """Yield what is known of a node, each with a leaf of its name of which all else is known."""
    tidier = Tidier()
    is_above = is_positive(tidier.atoms, tidier.form(node).formula)
    sums = bool(node.ndim) and adds_up_to_one(node, (node.ndim - 1,))
    known: dict[str, Callable[[], Facts]] = {
        name: lambda name=name: node.facts.without(name) for name in node.facts.names
    }
    if not node.is_leaf and is_above:
        known["positive"] = lambda: Facts(rows="distribution" if sums else None)
    if not node.is_leaf and sums:
        known["sum"] = lambda: Facts(positive=is_above)
    for kind, left in known.items():
        spare = ComputationalGraph()
        yield kind, spare.leaf(node.name, "input", None, node.shape, left().said)
