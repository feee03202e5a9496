"""What tables and pictures show of nodes and edges, be they scalars or tensors."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import sympy as sp

from graphdiff.derivations import symbols, windows_back
from graphdiff.errors import DerivationError
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.structure import Edge
from graphdiff.language.expression import Expression
from graphdiff.language.shapes import SCALAR, Shape
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.notation import equations, latex
from graphdiff.notation.equations import Link
from graphdiff.symbolic import scalar_derivatives, tensor_derivatives
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.own_value import in_own_value
from graphdiff.symbolic.result import Letter


class Shaped(NamedTuple):
    """A value, or samples of it, with the shape of one."""

    value: Any
    shape: Shape


def has_tensors(graph: ComputationalGraph) -> bool:
    """Whether a node has a shape."""
    return any(node.shape for node in graph.nodes)


def P(run: Run, node: Node) -> Shaped:
    """Return P of a node: in the node's shape where the output is one number, else dⁿ × dʲ."""
    n = run.graph[run.output or node]
    if n.size == 1:
        return Shaped(run.gradient[node.name], node.shape)
    return Shaped(run.P[node.name], (n.size, node.size))


def J(edge: Edge, value: Any) -> Shaped:
    """Return the value of a local Jacobian with its shape, dⁱ × dʲ; a number has none."""
    shape = dimensions(edge)
    return Shaped(value, SCALAR if shape == (1, 1) else shape)


def dimensions(edge: Edge) -> Shape:
    """Return dⁱ and dʲ, the numbers of rows and columns of J^{j→i}."""
    return (edge.child.size, edge.parent.size)


def formula(edge: Edge, *, own_value: bool = True) -> Link | None:
    """Return J^{j→i} as a formula of the parents; None where there is no matrix notation.

    Nor is there one in a parent that is constant. With ``own_value`` the child's value stands in
    it, where it so is shorter.

    Of a map it is diag(φ′(z)), the entries counted row by row.
    """
    if edge.parent.facts.constant:
        return None
    function = scalar_derivatives.function_of(edge.child)
    if function.is_scalar:
        return of_scalars(edge, own_value=own_value)
    try:
        matrix = tensor_derivatives.local_jacobian([edge], own_value=own_value).matrix
    except DerivationError:
        matrix = None
    if matrix is not None:
        return Link(matrix.text, _row(matrix) if not edge.child.shape else matrix.latex)
    if function.is_map and edge.parent.shape == edge.child.shape:
        return _diagonal(edge, function, own_value=own_value)
    return None


def is_of_tensors(edge: Edge) -> bool:
    """Whether one of the two nodes is an array."""
    return bool(edge.parent.shape or edge.child.shape)


def backward_rule(edge: Edge, output: Node | None, *, own_value: bool = True) -> Formula | None:
    """Return what an edge between tensors gives to the derivative in its parent, Pⁱ Jʲ→ⁱ at work.

    It has the shape of the parent, and has the derivative in the child as the notation calls it;
    at an output of one number that is 1. The letter δ stands for it where there is no such
    output. What goes back through windows is called by its name. None where the parent is
    constant, and where entries would be picked by tables of indices.
    """
    if edge.parent.facts.constant:
        return None
    child = edge.child
    if output is None or output.size != 1:
        letter: Expression = tensor_derivatives.delta(child)
    elif child is output:
        letter = tensor_derivatives.ones(child.shape)
    else:
        P = symbols.P(child, output)
        letter = Letter(P.text, child.shape, symbols.held_together(P))
    rule = tensor_derivatives.contribution(edge, letter, own_value=own_value)
    written = windows_back.named(rule.expression)
    return None if windows_back.has_tables(written) else replace(rule, expression=written)


def of_scalars(edge: Edge, *, own_value: bool = True) -> Link:
    """Return J^{j→i} as a formula of the parents, and of the child, where all are scalars."""
    partial = scalar_derivatives.edge_jacobian(edge, own_value=own_value)
    return equations.symbolic(scalar_derivatives.tidied(partial))


def _row(formula: Formula) -> str:
    """Return the Jacobian of a scalar as LaTeX: it is a row."""
    program, found = localise(formula.expression)
    function = LocalFunction(program, len(found), tuple(part.shape for part in found))
    names = [latex.name(part.name) for part in found if isinstance(part, Node)]
    return latex.authored(function, names, as_row=True)


def _diagonal(edge: Edge, function: LocalFunction, *, own_value: bool) -> Link | None:
    partial = function.derivative(edge.slot)
    if own_value:
        partial = in_own_value(partial, function.formula, edge.child.symbol)
    if partial.is_number:
        return _multiple_of_one(partial, edge.child.size)
    if any(shape != edge.child.shape for shape in function.shapes if shape):
        return None  # another argument is broadcast, so its name is not its entry
    names = [parent.symbol for parent in edge.child.parents]
    partial = partial.xreplace(dict(zip(function.formals, names, strict=True)))
    entry = equations.symbolic(scalar_derivatives.tidied(partial))
    return Link(f"diag({entry.text})", rf"\operatorname{{diag}}{{\left({entry.latex}\right)}}")


def _multiple_of_one(number: sp.Expr, size: Any) -> Link:
    one, by = identity(size), equations.symbolic(number)
    if number == 1:
        return one
    if number == -1:
        return Link(f"-{one.text}", f"-{one.latex}")
    return Link(f"{by.text}*{one.text}", rf"{by.latex}\, {one.latex}")


def identity(size: Any) -> Link:
    """Return I of so many rows."""
    return Link(f"eye({size})", f"I_{{{latex.sizes((size,))}}}")
