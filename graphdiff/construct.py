"""Graphs out of whole expressions, one node for each operation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sympy as sp

from graphdiff import functions
from graphdiff.errors import ExpressionError, GraphError
from graphdiff.expression import (
    FOLDING,
    Apply,
    Constant,
    Expression,
    Operation,
    apply,
    as_expression,
    in_order,
    pi,
)
from graphdiff.functions import OPERATORS, Function, kinks
from graphdiff.functions.declaration import Head
from graphdiff.functions.own import argument_names
from graphdiff.graph import ComputationalGraph, Node

ONE = sp.S.One
_FUNCTIONS: dict[Any, Function] = {
    **{
        known.formula: known
        for known in functions.NAMED.values()
        if isinstance(known.formula, type)
    },
    **{sp.Abs: kinks.abs, sp.sign: kinks.sign, sp.Max: kinks.max, sp.Min: kinks.min},
}
"""The catalogue's functions by the SymPy class that means the same."""


def add_operations(
    graph: ComputationalGraph, results: Mapping[str, Expression], *, merge: bool = False
) -> None:
    """Add the operations of expressions to a graph, each as a node: v1, v2 and so on.

    Parameters
    ----------
    results
        The expressions by the name their last operation is to have.
    merge
        Whether equal operations on equal nodes become one node.
    """
    made: dict[int, Expression] = {}
    known: dict[tuple[Any, ...], Expression] = {}
    last = {id(expression): name for name, expression in reversed(list(results.items()))}
    number = 0
    for name, root in results.items():
        for part in in_order(root):
            if id(part) in made:
                continue
            if not isinstance(part, Apply):
                made[id(part)] = part
                continue
            arguments = tuple(made[id(argument)] for argument in part.arguments)
            if all(not isinstance(argument, Node) for argument in arguments):
                made[id(part)] = Apply(part.function, arguments)
                continue
            key = (part.function, *map(_key, arguments))
            if not (merge and key in known):
                named = last.get(id(part))
                while named is None:
                    number += 1
                    free = f"v{number}" not in graph and f"v{number}" not in results
                    named = f"v{number}" if free else None
                known[key] = graph.node(named, Apply(part.function, arguments))
            made[id(part)] = known[key]
        if name not in graph:
            graph.node(name, made[id(root)])


def _key(argument: Expression) -> Any:
    if isinstance(argument, Constant):
        return (argument.value, argument.text)
    return id(argument)


def from_function(
    graph: ComputationalGraph,
    function: Callable[..., Any],
    *,
    parameters: Iterable[str] = (),
    values: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> None:
    """Run a Python function on nodes and add what it computes.

    Its arguments become leaves; what it returns becomes the output, or several.
    """
    names = argument_names(function, "the function")
    given = {
        name: parameter.default
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.default is not parameter.empty
    }
    leaves = _add_leaves(graph, names, set(parameters), {**given, **(values or {})})
    returned = function(*leaves)
    called = getattr(function, "__name__", "")
    stem = _free(graph, name or (called if called.isidentifier() else "f"))
    if isinstance(returned, Mapping):
        results = {key: as_expression(entry) for key, entry in returned.items()}
    elif isinstance(returned, tuple | list):
        results = {f"{stem}_{k}": as_expression(part) for k, part in enumerate(returned, 1)}
    elif returned is None:
        raise GraphError("the function returned nothing; it must return what it computes")
    else:
        results = {stem: as_expression(returned)}
    add_operations(graph, results)


def from_expression(
    graph: ComputationalGraph,
    expression: sp.Expr,
    *,
    parameters: Iterable[sp.Symbol | str] = (),
    values: Mapping[Any, Any] | None = None,
    name: str = "f",
) -> None:
    """Add the operations of a SymPy expression; its symbols become leaves by name."""
    if isinstance(expression, int | float):
        expression = sp.sympify(expression)
    if not isinstance(expression, sp.Expr) or expression.is_Matrix:
        raise GraphError(
            f"a graph is built from a SymPy expression, not from {expression!r:.60} "
            f"of type {type(expression).__name__}"
        )
    symbols = sorted(expression.free_symbols, key=lambda symbol: symbol.sort_key())
    names = [str(symbol) for symbol in symbols]
    if len(set(names)) < len(names):
        raise GraphError("two different symbols have the same name; rename one")
    given = {str(key): value for key, value in dict(values or {}).items()}
    leaves = _add_leaves(graph, names, {str(symbol) for symbol in parameters}, given)
    converted = converted_from_sympy(expression, dict(zip(symbols, leaves, strict=True)))
    add_operations(graph, {_free(graph, name): converted}, merge=True)


def _free(graph: ComputationalGraph, name: str) -> str:
    while name in graph:
        name += "_"
    return name


def _add_leaves(
    graph: ComputationalGraph, names: list[str], parameters: set[str], values: dict[str, Any]
) -> list[Node]:
    strangers = (parameters | set(values)) - set(names)
    if strangers:
        raise GraphError(
            f"{min(strangers)!r} is not an argument; the arguments are {', '.join(names) or 'none'}"
        )
    return [
        (graph.parameter if name in parameters else graph.input)(name, values.get(name))
        for name in names
    ]


def converted_from_sympy(expression: sp.Expr, leaves: Mapping[sp.Basic, Expression]) -> Expression:
    """Return a SymPy expression as one of the catalogue's functions.

    Raises
    ------
    ExpressionError
        For what the catalogue has no function for.
    """
    done: dict[sp.Basic, Expression] = dict(leaves)
    stack = [expression]
    while stack:
        part = stack[-1]
        if part in done:
            stack.pop()
            continue
        needed = [p for p in _parts(part) if p not in done]
        if needed:
            stack.extend(needed)
        else:
            done[part] = _converted(part, done)
            stack.pop()
    return done[expression]


def _parts(part: sp.Basic) -> list[sp.Basic]:
    """Return the sub-expressions a conversion is made of: negated and inverse ones as positive."""
    if part.is_Add:
        return [_positive(term)[1] for term in sp.Add.make_args(part)]
    if part.is_Mul:
        _, numerator, denominator = _quotient(part)
        return [*numerator, *denominator]
    if part.is_Pow and part.exp.is_Rational:
        return [part.base] if part.exp > 0 else [part.base**-part.exp]
    return list(part.args) if part.is_Pow or _function(part) else []


def _function(part: sp.Basic) -> Function | None:
    """Return the catalogue's function for a SymPy one."""
    return part.declaration if isinstance(part, Head) else _FUNCTIONS.get(part.func)


def _positive(term: sp.Expr) -> tuple[int, sp.Expr]:
    coefficient = term.as_coeff_Mul()[0]
    return (-1, -term) if coefficient.is_negative else (1, term)


def _quotient(product: sp.Expr) -> tuple[sp.Expr, list[sp.Expr], list[sp.Expr]]:
    coefficient, rest = product.as_coeff_Mul()
    numerator, denominator = [], []
    for factor in sp.Mul.make_args(rest):
        if factor.is_Pow and factor.exp.is_Rational and factor.exp < 0:
            denominator.append(factor.base**-factor.exp)
        else:
            numerator.append(factor)
    return coefficient, [f for f in numerator if f is not ONE], denominator


def _converted(part: sp.Basic, done: Mapping[sp.Basic, Expression]) -> Expression:
    if part is sp.pi:
        return pi
    if part is sp.E:
        return apply(functions.named("exp"), 1)
    if isinstance(part, sp.Number):
        return as_expression(part)
    if part.is_Add:
        return _sum([(_positive(term)[0], done[_positive(term)[1]]) for term in _by_sign(part)])
    if part.is_Mul:
        return _product(part, done)
    if part.is_Pow:
        return _power(part, done)
    function = _function(part)
    if function is None:
        raise ExpressionError(
            f"there is no function for SymPy's {type(part).__name__} in {str(part)[:60]}; "
            "declare it with gd.function and build the graph node by node"
        )
    return Operation(function, folds=function.name in FOLDING)(*(done[a] for a in part.args))


def _by_sign(total: sp.Expr) -> list[sp.Expr]:
    """Return the terms in SymPy's order, a positive one first where there is one."""
    terms = total.as_ordered_terms()
    return sorted(terms, key=lambda term: _positive(term)[0] < 0)


def _sum(terms: list[tuple[int, Expression]]) -> Expression:
    (sign, result), *rest = terms
    if sign < 0:
        result = apply(OPERATORS["neg"], result)
    for sign, term in rest:
        result = apply(OPERATORS["add" if sign > 0 else "sub"], result, term)
    return result


def _product(part: sp.Expr, done: Mapping[sp.Basic, Expression]) -> Expression:
    coefficient, numerator, denominator = _quotient(part)
    above = [done[factor] for factor in numerator]
    below = [done[factor] for factor in denominator]
    over, under = abs(coefficient).as_numer_denom()
    if over != 1 or not above:
        above.insert(0, as_expression(over))
    if under != 1:
        below.insert(0, as_expression(under))
    result = _multiplied(above)
    if below:
        result = apply(OPERATORS["div"], result, _multiplied(below))
    return apply(OPERATORS["neg"], result) if coefficient.is_negative else result


def _multiplied(factors: list[Expression]) -> Expression:
    result = factors[0]
    for factor in factors[1:]:
        result = apply(OPERATORS["mul"], result, factor)
    return result


def _power(part: sp.Expr, done: Mapping[sp.Basic, Expression]) -> Expression:
    if not part.exp.is_Rational:
        return apply(OPERATORS["pow"], done[part.base], done[part.exp])
    if part.exp < 0:
        return apply(OPERATORS["div"], 1, done[part.base**-part.exp])
    if part.exp == sp.Rational(1, 2):
        return apply(functions.named("sqrt"), done[part.base])
    return apply(OPERATORS["pow"], done[part.base], part.exp)
