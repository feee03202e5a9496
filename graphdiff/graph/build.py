"""Graphs out of whole expressions, one node for each operation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.graph.graph import ComputationalGraph
from graphdiff.graph.structure import Node
from graphdiff.language.expression import Apply, Expression, as_expression, in_order
from graphdiff.language.from_sympy import converted_from_sympy
from graphdiff.language.functions.user_function import argument_names
from graphdiff.language.interning import Interning


def add_operations(graph: ComputationalGraph, results: Mapping[str, Expression]) -> None:
    """Add the operations of expressions to a graph, each as a node: v1, v2 and so on.

    Parameters
    ----------
    results
        The expressions by the name their last operation is to have.
    """
    made: dict[Expression, Expression] = {}
    last = {expression: name for name, expression in reversed(list(results.items()))}
    number = 0
    for name, root in results.items():
        for part in in_order(root, made):
            made[part] = part
            if isinstance(part, Apply):
                arguments = tuple(made[argument] for argument in part.arguments)
                if any(isinstance(argument, Node) for argument in arguments):
                    named = last.get(part)
                    while named is None:
                        number += 1
                        free = f"v{number}" not in graph and f"v{number}" not in results
                        named = f"v{number}" if free else None
                    made[part] = graph.node(named, Apply(part.function, arguments))
        if name not in graph:
            graph.node(name, made[root])


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
    stem = unused_name(graph, name or (called if called.isidentifier() else "f"))
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
    """Add the operations of a SymPy expression, equal ones once; its symbols become leaves."""
    if isinstance(expression, int | float) or hasattr(expression, "_sympy_"):
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
    once = Interning(as_written=True).interned(converted)
    add_operations(graph, {unused_name(graph, name): once})


def unused_name(graph: ComputationalGraph, name: str) -> str:
    """Return a name that no node has: this one, with as many underscores as it takes."""
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
