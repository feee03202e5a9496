"""All the formulas that are derived of a graph, to be printed and read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from graphdiff.errors import DerivationError, GraphError
from graphdiff.graph import Node
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.scalar_formula import ScalarFormula
from graphdiff.workbench import Graph


def derived(graph: Graph, output: Node, most: int = 3) -> Iterator[tuple[str, Any]]:
    """Yield each formula with what it is: gradients, products, Jacobians, second derivatives.

    What has no formula, or none that a person could read, is left out.
    """
    for leaf in graph.leaves[:most]:
        asked = {
            f"{name} in {leaf.name}, {terms}": (method, (output, leaf, *letter, terms))
            for terms in ("nodes", "leaves", "children")
            for name, method, letter in (
                ("gradient", graph.gradient, ()),
                ("jacobian", graph.jacobian, ()),
                ("vjp", graph.vjp, ("c_",)),
                ("jvp", graph.jvp, ("v_",)),
            )
        }
        asked[f"hessian in {leaf.name}"] = graph.hessian, (output, leaf)
        asked[f"Hessian in {leaf.name} and others"] = graph.hessian, (output, graph.leaves[:most])
        for what, (method, arguments) in asked.items():
            yield from _parts(what, method, *arguments)
    for child in graph.nodes:
        for parent in dict.fromkeys(child.parents):
            yield from _parts(f"{parent.name} -> {child.name}", graph.local_jacobian, parent, child)


def _parts(what: str, method: Any, *arguments: Any) -> Iterator[tuple[str, Any]]:
    try:
        found = method(*arguments)
    except (GraphError, DerivationError):
        return
    if isinstance(found, ScalarFormula | Formula):
        yield what, found
    else:
        for part in ("matrix", "product", "contribution"):
            formula = getattr(found, part, None)
            if formula is not None:
                yield f"{what}, {part}", formula
