"""Back-propagation as the lecture states it: the forward sweep, then the P recursion.

Forward, for i in topological order::

    u^i = f^i(α^i)

Reverse, from P^n = I, for j = n−1 … 1::

    P^j = Σ_{i : (j,i) ∈ E} P^i J^{j→i}(α^i)        (dⁿ×dʲ = Σ dⁿ×dⁱ · dⁱ×dʲ)

Everything is computed with dense matrices and every term of each sum is kept. The numbers
are float64, exact or multiprecision; batches are leading axes of the matrices. A local Jacobian
that nobody would read, of more than ``READABLE`` entries, is not made: P^i J is what pulling back
the rows of P^i gives, and J itself is made when it is asked for.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from graphdiff.errors import GraphdiffError, GraphError
from graphdiff.evaluation import dense_jacobians, numerical_errors
from graphdiff.evaluation.arithmetic import Arithmetic, Array
from graphdiff.evaluation.exact import EXACT
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.values import lines_of, value_in
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation import text

READABLE = 250_000
"""Entries of a local Jacobian that is made to multiply by."""


@dataclass(frozen=True)
class Unmade:
    """The local Jacobian of one edge, or the sum of several between two nodes, to be made.

    Attributes
    ----------
    child, slots
        The edges: a parent is the arguments number ``slots`` of this child.
    arguments
        The values of the child's parents.
    exact
        Whether they are exact numbers.
    """

    child: Node
    slots: tuple[int, ...]
    arguments: tuple[Array, ...]
    exact: bool

    @property
    def shape(self) -> tuple[int, int]:
        """The numbers of rows and columns."""
        return self.child.size, self.child.parents[self.slots[0]].size

    def made(self) -> Array:
        """Return the matrix; raise NumericalError if it is too large, or not finite."""
        arithmetic = EXACT if self.exact else FLOAT64
        u = {j.name: value for j, value in zip(self.child.parents, self.arguments, strict=True)}
        with arithmetic.guard():
            every = (local_jacobian(self.child, slot, u, arithmetic) for slot in self.slots)
            return functools.reduce(operator.add, every)


class Term(NamedTuple):
    """One term P^i J^{j→i} of the sum for P^j.

    Attributes
    ----------
    child, slot
        The edge: the parent j is argument number ``slot`` of this child i.
    P, product
        Pⁱ, and Pⁱ Jʲ→ⁱ: numbers or matrices.
    held
        Jʲ→ⁱ, or how to make it.
    """

    child: str
    slot: int
    P: Any
    held: Any
    product: Any

    def __repr__(self) -> str:
        P, product = (text.value(part, np.shape(part)) for part in (self.P, self.product))
        return f"<term through {self.child}, argument {self.slot + 1}: P = {P}, P*J = {product}>"

    @property
    def is_made(self) -> bool:
        """Whether J is at hand: one of very many entries is made when it is asked for."""
        return not isinstance(self.held, Unmade)

    @property
    def J(self) -> Any:
        """The local Jacobian Jʲ→ⁱ."""
        return self.held.made() if isinstance(self.held, Unmade) else self.held


def forward(
    graph: ComputationalGraph,
    values: Mapping[str, Any],
    arithmetic: Arithmetic = FLOAT64,
    kept: dict[str, list[Array]] | None = None,
) -> dict[str, Array]:
    """Return the value of every node: u^i = f^i(α^i) in topological order.

    Parameters
    ----------
    kept
        Takes the values of the lines of f^i that led to u^i, which those of J need too.

    Raises
    ------
    NumericalError
        Naming the first node whose value is not a finite real number.
    """
    u: dict[str, Array] = {}
    with arithmetic.guard():
        for i in graph.nodes:
            try:
                if i.function is None:
                    u[i.name] = arithmetic.number(values[i.name])
                else:
                    lines = lines_of(arithmetic, i.function, [u[j.name] for j in i.parents])
                    u[i.name] = arithmetic.checked(value_in(lines, i.function))
                    if kept is not None and not i.function.is_map:
                        kept[i.name] = lines
            except GraphdiffError as error:
                raise type(error)(f"{numerical_errors.node(i)}: {error}") from None
            if not arithmetic.is_finite(u[i.name]):
                raise numerical_errors.value(i, u, arithmetic)
    return u


def reverse(
    graph: ComputationalGraph,
    n: Node,
    u: Mapping[str, Array],
    arithmetic: Arithmetic = FLOAT64,
    wanted: Container[str] | None = None,
    kept: Mapping[str, Sequence[Array]] = MappingProxyType({}),
) -> tuple[dict[str, Array], dict[str, list[Term]]]:
    """Return P^j for the nodes the output n depends on, and the terms of each sum.

    Parameters
    ----------
    wanted
        The nodes whose P is asked for, and all between them and n; all nodes if None. Leaves
        that are constant have none.
    kept
        What the forward sweep has kept in floats.

    Raises
    ------
    NumericalError
        Naming the first edge whose local Jacobian is not finite.
    """
    P = {n.name: identity(n, u[n.name], arithmetic)}
    terms: dict[str, list[Term]] = {n.name: []}
    with arithmetic.guard():
        for j in reversed(graph.nodes[: n.index - 1]):
            if j.facts.constant or (wanted is not None and j.name not in wanted):
                continue
            sum_j = []
            for _, i, slot in graph.children(j):
                if i.name in P:
                    sum_j.append(_term(i, slot, P[i.name], u, arithmetic, kept.get(i.name)))
            if sum_j:
                P[j.name] = functools.reduce(operator.add, [term.product for term in sum_j])
                try:
                    arithmetic.checked(P[j.name])
                except GraphdiffError as error:
                    raise type(error)(f"P[{j.name}]: {error}") from None
                terms[j.name] = sum_j
    return P, terms


def _term(
    i: Node,
    slot: int,
    P: Array,
    u: Mapping[str, Array],
    arithmetic: Arithmetic,
    lines: Sequence[Array] | None,
) -> Term:
    """Return P^i J^{j→i} with its factors."""
    assert i.function is not None  # noqa: S101 - it has parents
    if i.function.is_scalar or i.size * i.parents[slot].size <= READABLE:
        J = local_jacobian(i, slot, u, arithmetic, lines)
        return Term(i.name, slot, P, J, P @ J)
    arguments = tuple(u[parent.name] for parent in i.parents)
    with numerical_errors.named(i, slot):
        product = dense_jacobians.times_jacobian(P, i.function, slot, arguments, arithmetic, lines)
    if not arithmetic.is_finite(product):
        raise numerical_errors.product(i, slot, product, arithmetic)
    return Term(i.name, slot, P, Unmade(i, (slot,), arguments, arithmetic is EXACT), product)


def local_jacobian(
    i: Node,
    slot: int,
    u: Mapping[str, Array],
    arithmetic: Arithmetic,
    lines: Sequence[Array] | None = None,
) -> Array:
    """Return J^{j→i}(α^i), of shape (…, dⁱ, dʲ), for argument number ``slot`` of node i."""
    if i.function is None:
        raise GraphError(f"{i.kind} {i.name!r} is a leaf and has no local Jacobian")
    arguments = [u[parent.name] for parent in i.parents]
    try:
        J = dense_jacobians.dense(i.function, slot, arguments, arithmetic, lines)
    except GraphdiffError as error:
        raise numerical_errors.of_edge(error, i, slot) from None
    if not arithmetic.is_finite(J):
        raise numerical_errors.jacobian(i, slot, u, J, arithmetic)
    return J


def identity(n: Node, value: Array, arithmetic: Arithmetic) -> Array:
    """Return P^n = I, of shape (…, dⁿ, dⁿ), for each sample of the output's value."""
    dense_jacobians.check_size(f"P[{n.name}]", n.size, n.size, arithmetic)
    eye = dense_jacobians.identity(n.size, arithmetic)
    samples = np.shape(value)[: np.ndim(value) - len(n.shape)]
    return np.broadcast_to(eye, samples + eye.shape)
