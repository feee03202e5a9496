"""Graphs whose sizes are letters, compiled for each set of sizes that values come in."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language import shapes
from graphdiff.language.expression import Apply, Constant, Expression
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.local_functions.local_function import Formal, Literal, LocalFunction

Sizes = Mapping[sp.Symbol, int]


def letters_of(graph: ComputationalGraph) -> set[sp.Symbol]:
    """Return the letters in the shapes of the leaves."""
    sizes = (size for leaf in graph.leaves for size in leaf.shape)
    return {letter for size in sizes if isinstance(size, sp.Expr) for letter in size.free_symbols}


def sizes_of(graph: ComputationalGraph, values: Mapping[str, Any]) -> dict[sp.Symbol, int]:
    """Return what the letters are, from the shapes of the leaves' values.

    Raises
    ------
    GraphError
        If a letter is two sizes at once, or no value says what it is.
    """
    found: dict[sp.Symbol, int] = {}
    said: dict[sp.Symbol, str] = {}
    for leaf in graph.leaves:
        given = np.shape(values[leaf.name]) if values.get(leaf.name) is not None else None
        if given is None:
            continue
        own = given[len(given) - len(leaf.shape) :]
        for size, number in zip(leaf.shape, own, strict=False):
            if not isinstance(size, sp.Symbol):
                continue
            if found.setdefault(size, number) != number:
                raise GraphError(
                    f"size {size} is {found[size]} in {said[size]!r} and {number} in "
                    f"{leaf.name!r}; it must be the same in all values"
                )
            said.setdefault(size, leaf.name)
    unknown = sorted(map(str, letters_of(graph) - set(found)))
    if unknown:
        raise GraphError(
            f"no value says what size {unknown[0]} is; give the values of the leaves that have it"
        )
    return found


def with_sizes(graph: ComputationalGraph, sizes: Sizes) -> ComputationalGraph:
    """Return the graph with numbers in place of letters."""
    bound = ComputationalGraph(graph.title, output=graph.declared_output)
    for node in graph.nodes:
        if node.function is None:
            add = bound.input if node.kind == "input" else bound.parameter
            add(node.name, node.value, shape=_shape(node.shape, sizes))
        else:
            parents = [bound[parent.name] for parent in node.parents]
            bound.node(node.name, _applied(node.function, parents, sizes))
    return bound


def _applied(function: LocalFunction, parents: Sequence[Node], sizes: Sizes) -> Expression:
    lines: list[Expression] = []
    for line in function.program:
        match line:
            case Formal(slot):
                lines.append(parents[slot])
            case Literal(value, text):
                number = value.subs(sizes)
                lines.append(Constant.written(number, text if number == value else str(number)))
            case step:
                arguments = tuple(lines[k] for k in step.lines)
                lines.append(Apply(_bound(step.function, sizes), arguments))
    return lines[-1]


def _bound(function: Any, sizes: Sizes) -> Any:
    """Return a function of tensors with numbers for the letters of its options."""
    if not isinstance(function, TensorFunction):
        return function
    options = {
        field.name: _option(getattr(function, field.name), sizes)
        for field in dataclasses.fields(function)
    }
    return dataclasses.replace(function, **options)


def _option(option: Any, sizes: Sizes) -> Any:
    if isinstance(option, tuple) and type(option) is tuple:
        return tuple(_option(part, sizes) for part in option)
    return _size(option, sizes) if isinstance(option, sp.Expr) else option


def _shape(shape: shapes.Shape, sizes: Sizes) -> shapes.Shape:
    return tuple(_size(size, sizes) for size in shape)


def _size(size: Any, sizes: Sizes) -> Any:
    if not isinstance(size, sp.Expr):
        return size
    number = size.subs(sizes)
    if not number.is_Integer or number < 1:
        raise GraphError(f"the size {size} is {number}; it must be a whole number from 1")
    return int(number)
