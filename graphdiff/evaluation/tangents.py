"""Forward mode: the tangent of every node beside its value, for one direction of the leaves.

Forward, for i in topological order, from the tangents of the leaves, the direction::

    u̇^i = Σ_{j : (j,i) ∈ E} J^{j→i}(α^i) u̇^j        (dⁱ×1 = Σ dⁱ×dʲ · dʲ×1)

One sweep gives ∂uⁱ/∂θ · θ̇ for all nodes i and one direction θ̇, where the reverse sweep gives
∂uⁿ/∂uʲ for one output n and all nodes j (A. Griewank and A. Walther, *Evaluating Derivatives*,
SIAM 2008, section 3.1). Nodes that no tangent reaches have 0 for that reason alone.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.errors import GraphdiffError, GraphError, NumericalError, quoted_list
from graphdiff.evaluation import dense_jacobians, numerical_errors
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import ByNode, Run
from graphdiff.evaluation.sweeps import READABLE, local_jacobian
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.checked_values import checked_value
from graphdiff.graph.facts import check_variable
from graphdiff.language.shapes import shown


@dataclass(frozen=True)
class TangentTerm:
    """One term J^{j→i} u̇^j of the sum for the tangent of a node i.

    Attributes
    ----------
    parent, slot
        The edge: this parent j is argument number ``slot`` of i.
    J
        Jʲ→ⁱ, a number or a matrix; None where it has too many entries to be read.
    tangent, product
        u̇ʲ in the shape of j, and the term in the shape of i.
    """

    parent: str
    slot: int
    J: Any
    tangent: Any
    product: Any


@dataclass(frozen=True)
class Tangents:
    """What a sweep in forward mode found.

    Attributes
    ----------
    run
        The sweep whose values they go with.
    seed
        The direction: the tangents of the nodes it begins at, by name.
    tangent
        The tangent of every node, in its shape; 0 for one that does not depend on the seed.
    terms
        Every term of the sum for each tangent.
    """

    run: Run
    seed: Mapping[str, Any]
    tangent: Mapping[Any, Any]
    terms: Mapping[Any, tuple[TangentTerm, ...]]


def seeds(graph: ComputationalGraph, direction: Any) -> dict[str, Any]:
    """Return the tangents that a sweep begins with, by name.

    Parameters
    ----------
    direction
        A node with one entry, whose tangent is 1, or a mapping from nodes to tangents of their
        shape.

    Raises
    ------
    GraphError
        For a constant, a node of several entries without a direction, a tangent of another shape,
        and a computed node that depends on another of them.
    """
    for node in map(
        graph.__getitem__, direction if isinstance(direction, Mapping) else [direction]
    ):
        check_variable(node.name, node.facts)
    if not isinstance(direction, Mapping):
        node = graph[direction]
        if node.size != 1:
            raise GraphError(
                f"{node.name!r} has shape {shown(node.shape)}, so a tangent needs a direction of "
                f"that shape; give it as a mapping, wrt={{{node.name!r}: …}}, or name an entry"
            )
        return {node.name: np.ones(node.shape) if node.shape else 1}
    found = {
        graph[key].name: checked_value(
            value, graph[key].shape, f"the tangent of {graph[key].name!r}"
        )
        for key, value in direction.items()
    }
    if not found:
        raise GraphError("the direction is empty; give the tangent of one leaf at least")
    for name in found:
        if before := [other for other in found if other != name and _leads(graph, other, name)]:
            raise GraphError(
                f"{name!r} depends on {quoted_list(before)}, so its tangent follows from theirs; "
                "give a direction of leaves"
            )
    return found


def _leads(graph: ComputationalGraph, j: str, i: str) -> bool:
    return not graph[i].is_leaf and j in graph.ancestors(graph[i])


def tangents(run: Run, seed: Mapping[str, Any], wanted: Container[str] | None = None) -> Tangents:
    """Sweep forward along a direction, at the values of a run.

    Parameters
    ----------
    seed
        The tangents that the sweep begins with, of :func:`seeds`.
    wanted
        The nodes whose tangent is asked for, and all before them; all nodes if None.

    Raises
    ------
    NumericalError
        Naming the first edge whose local Jacobian is not finite.
    """
    arithmetic = EXACT if run.exact else FLOAT64
    with arithmetic.guard():
        u = {node.name: arithmetic.number(run.value[node.name]) for node in run.graph.nodes}
    found, terms = push_forward(run.graph, u, seed, arithmetic, wanted)
    return recorded(run, seed, found, terms, arithmetic)


def recorded(
    run: Run,
    seed: Mapping[str, Any],
    found: Mapping[str, Array],
    terms: Mapping[str, list[_Term]],
    arithmetic: Arithmetic,
) -> Tangents:
    """Return what a sweep found as a record, columns in the shapes of the nodes."""
    graph = run.graph
    zero = arithmetic.number(0)

    def shaped(name: str, column: Array) -> Any:
        value = np.reshape(column, column.shape[:-2] + graph[name].shape)
        return value if value.ndim else value.item()

    def none(node: Node) -> Any:
        return np.full(node.shape, zero) if node.shape else np.asarray(zero).item()

    def term(i: str, each: _Term) -> TangentTerm:
        J = each.J
        if J is not None and J.shape[-2:] == (1, 1):
            J = J[..., 0, 0] if J.ndim > 2 else J.item()
        return TangentTerm(
            each.parent, each.slot, J, shaped(each.parent, each.tangent), shaped(i, each.product)
        )

    values = {
        node.name: shaped(node.name, found[node.name]) if node.name in found else none(node)
        for node in graph.nodes
    }
    for value in values.values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return Tangents(
        run,
        dict(seed),
        ByNode(graph, values),
        ByNode(graph, {i: tuple(term(i, each) for each in sum_i) for i, sum_i in terms.items()}),
    )


@dataclass(frozen=True)
class _Term:
    """A term as the sweep has it: matrices and columns."""

    parent: str
    slot: int
    J: Array | None
    tangent: Array
    product: Array


def push_forward(
    graph: ComputationalGraph,
    u: Mapping[str, Array],
    seed: Mapping[str, Any],
    arithmetic: Arithmetic = FLOAT64,
    wanted: Container[str] | None = None,
) -> tuple[dict[str, Array], dict[str, list[_Term]]]:
    """Return u̇^i as columns for the nodes the seed reaches, and the terms of each sum."""
    tangent: dict[str, Array] = {}
    terms: dict[str, list[_Term]] = {}
    with arithmetic.guard():
        for name, value in seed.items():
            array = np.asarray(arithmetic.number(value))
            lead = array.shape[: array.ndim - graph[name].ndim]
            tangent[name] = array.reshape((*lead, graph[name].size, 1))
        for i in graph.nodes:
            if i.name in tangent or (wanted is not None and i.name not in wanted):
                continue
            sum_i = [
                _term(i, slot, tangent[j.name], u, arithmetic)
                for slot, j in enumerate(i.parents)
                if j.name in tangent
            ]
            if sum_i:
                tangent[i.name] = functools.reduce(operator.add, (term.product for term in sum_i))
                _check(i, tangent[i.name], arithmetic)
                terms[i.name] = sum_i
    return tangent, terms


def _check(i: Node, tangent: Array, arithmetic: Arithmetic) -> None:
    try:
        arithmetic.checked(tangent)
    except GraphdiffError as error:
        raise type(error)(f"the tangent of {i.name!r}: {error}") from None
    if not arithmetic.is_finite(tangent):
        raise NumericalError(
            f"the tangent of {numerical_errors.node(i)} is not finite; {numerical_errors.MUST}"
        )


def _term(
    i: Node, slot: int, tangent: Array, u: Mapping[str, Array], arithmetic: Arithmetic
) -> _Term:
    """Return J^{j→i} u̇^j with its factors; a J that nobody would read is not made."""
    j = i.parents[slot]
    if i.size * j.size <= READABLE:
        J = local_jacobian(i, slot, u, arithmetic)
        return _Term(j.name, slot, J, tangent, J @ tangent)
    assert i.function is not None  # noqa: S101 - it has parents
    arguments = tuple(u[parent.name] for parent in i.parents)
    with numerical_errors.named(i, slot):
        product = dense_jacobians.jacobian_times(i.function, slot, arguments, tangent, arithmetic)
    return _Term(j.name, slot, None, tangent, product)
