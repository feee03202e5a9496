"""The formula a claim should have been, in the nodes' own names, where it is short enough."""

from __future__ import annotations

import sympy as sp

from graphdiff.checking.targets import Target
from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import text
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives

READABLE = 60
"""Operations in an expected formula that a report still shows."""

MAX_FACTORED = 40
"""Operations of a formula whose sums are written as products."""

MAX_BETWEEN = 600
"""Nodes between a variable and what is differentiated, of a formula that is looked for."""

MAX_LENGTH = 120
"""Characters of a formula in matrix notation that a report still shows."""


def formula_of(graph: ComputationalGraph, target: Target) -> str:
    """Return the formula of a target; nothing if it has none, or one too long to read."""
    if not target.is_bare:
        return ""
    of = graph[target.of.name]
    if target.wrt is None:
        return of.formula
    wrt = graph[target.wrt.name]
    try:
        if target.by is not None:
            return _second(graph, of, wrt, graph[target.by.name])
        if tensor_derivatives.is_scalar(graph, of):
            return _of_scalars(graph, target.kind, of, wrt)
        return _of_tensors(graph, target.kind, of, wrt)
    except (DerivationError, GraphError):
        return ""


def _second(graph: ComputationalGraph, of: Node, wrt: Node, by: Node) -> str:
    """Return the formula of a second derivative, where it is of scalars."""
    if not tensor_derivatives.is_scalar(graph, of) or not (wrt.is_leaf and by.is_leaf):
        return ""
    formula = scalar_derivatives.tidied(
        scalar_derivatives.hessian(graph, of, list(dict.fromkeys((wrt, by))))[0, -1]
    )
    return "" if scalar_derivatives.operations(formula) > READABLE else text.symbolic(formula)


def _of_scalars(graph: ComputationalGraph, kind: str, of: Node, wrt: Node) -> str:
    if kind == "J":
        formula = scalar_derivatives.local_jacobian(wrt, of)
    elif _is_near(graph, of, wrt):
        formula = scalar_derivatives.gradient(graph, of, wrt, "nodes")
    else:
        return ""
    formula = factored(scalar_derivatives.tidied(formula))
    return "" if scalar_derivatives.operations(formula) > READABLE else text.symbolic(formula)


def factored(formula: sp.Expr) -> sp.Expr:
    """Return a product with its sums as products where that is shorter: v(a − y)(1 − h).

    Examples
    --------
    >>> a, h, v, y = sp.symbols("a h v y")
    >>> factored(v * (a + h * y - y - a * h))
    v*(1 - h)*(a - y)
    """
    parts = sp.Mul.make_args(formula)
    if not 1 < scalar_derivatives.operations(formula) <= MAX_FACTORED:
        return formula
    shorter = sp.Mul(*(_as_product(part) if part.is_Add else part for part in parts))
    fewer = scalar_derivatives.operations(shorter) < scalar_derivatives.operations(formula)
    return shorter if fewer else formula


def _as_product(total: sp.Expr) -> sp.Expr:
    """Return a sum as a product, with 1 − h for h − 1; the sign goes into another factor."""
    parts = list(sp.Mul.make_args(sp.factor(total)))
    turned = [place for place, part in enumerate(parts) if part.is_Add and -1 in part.args]
    others = [
        place
        for place, part in enumerate(parts)
        if part.is_Add
        and place not in turned
        and any(term.could_extract_minus_sign() for term in part.args)
    ]
    negative = (len(turned) + parts.count(sp.Integer(-1))) % 2 == 1
    for place in (*turned, *(others[:1] if negative else ())):
        parts[place] = sp.Add(*(-term for term in parts[place].args))
    sign = -1 if negative and not others else 1
    return sp.Mul(sign, *(part for part in parts if part != -1))


def _of_tensors(graph: ComputationalGraph, kind: str, of: Node, wrt: Node) -> str:
    """Return a formula in matrix notation: of a Jacobian its matrix, else of a gradient."""
    if kind == "J":
        matrix = tensor_derivatives.local_jacobian(scalar_derivatives.edges_between(wrt, of)).matrix
        found = "" if matrix is None else matrix.text
    elif not of.shape and _is_near(graph, of, wrt):
        found = tensor_derivatives.gradient(graph, of, wrt, "nodes").text
    else:
        return ""
    return found if len(found) <= MAX_LENGTH else ""


def _is_near(graph: ComputationalGraph, of: Node, wrt: Node) -> bool:
    return len(graph.ancestors(of) & graph.descendants(wrt)) <= MAX_BETWEEN
