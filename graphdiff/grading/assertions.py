"""Assertions for the cells that grade a notebook: what a student computed, against a graph.

Each passes in silence, or raises an ``AssertionError`` that helps: it says what was claimed, which
mistake gives just that, and what to look at. They are made for the test cells of nbgrader and the
test files of Otter, and work wherever Python has an ``assert``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

import numpy as np
import sympy as sp

from graphdiff.checking.claims import target_of
from graphdiff.checking.descents import Descent
from graphdiff.checking.report import Result
from graphdiff.checking.told import told
from graphdiff.errors import GraphdiffError, GraphError
from graphdiff.errors.plain_text import brief, neutral
from graphdiff.grading.resting import Resting, named_by
from graphdiff.graph import Node
from graphdiff.workbench import Graph

Name = Node | str
"""A node, or its name."""

MAX_CLAIMED = 200
"""Characters of what a student computed, in the message."""

MAX_FORMULA = 20_000
"""Characters of a formula."""


class Judging(TypedDict, total=False):
    """How a value is judged.

    Attributes
    ----------
    values
        Values for leaves of the graph, in place of its own.
    tolerance
        How far numbers may be off: ``"1%"`` or ``0.001``. Without it, they count to the precision
        they have.
    learning_rate
        The η of gradient descent, for targets such as ``"w@1"``.
    hide
        Whether to say only what does not give the answer away.
    """

    values: Mapping[Any, Any] | None
    tolerance: Any
    learning_rate: Any
    hide: bool


def assert_value(graph: Graph, node: Name, value: Any, **judging: Unpack[Judging]) -> None:
    """Assert that a value is that of a node: ``assert_value(g, "z", z)``.

    Parameters
    ----------
    graph
        The graph, with the values of its leaves.
    node
        A node or its name.
    value
        What the student has: a number, a list, an array of NumPy, PyTorch or JAX, or a formula
        in quotes.
    **judging
        ``values``, ``tolerance``, ``learning_rate``, ``hide``; see :func:`assert_claim`.

    Raises
    ------
    AssertionError
        If it is wrong, says nothing, or is no value; with what helps.
    GraphdiffError
        If the graph has no such node, or no value of it.

    Examples
    --------
    >>> g = Graph()
    >>> x, w = g.input("x", [1.0, 2.0]), g.parameter("w", [3.0, 1.0])
    >>> z = g.node("z", w @ x)
    >>> assert_value(g, "z", 5)
    >>> assert_value(g, "z", [3, 2])
    Traceback (most recent call last):
      ...
    AssertionError: z = [3, 2] is wrong.
    Expected: 5
    It has shape (2,), but z has one entry
    """
    assert_claim(graph, _name(node), value, **judging)


def assert_gradient(
    graph: Graph, wrt: Name, value: Any, *, of: Name | None = None, **judging: Unpack[Judging]
) -> None:
    """Assert that a value is the gradient of a node in another, in the shape of that.

    Parameters
    ----------
    graph
        The graph.
    wrt
        What the gradient is taken in: ``assert_gradient(g, "w", dw)``.
    value
        What the student has; see :func:`assert_value`.
    of
        What it is the gradient of; left out, the output of the graph.
    **judging
        As for :func:`assert_value`.

    Raises
    ------
    AssertionError, GraphdiffError
        As for :func:`assert_value`.

    Examples
    --------
    >>> g = Graph()
    >>> x, w = g.input("x", 3), g.parameter("w", 0.5)
    >>> L = g.node("L", (w * x - 1) ** 2)
    >>> assert_gradient(g, "w", 3.0)
    >>> assert_gradient(g, "w", "2*x*(w*x - 1)")
    >>> assert_gradient(g, "w", 1.2, hide=True)
    Traceback (most recent call last):
      ...
    AssertionError: dL/dw = 1.2 is wrong.
    """
    output = graph.output if of is None else of
    assert_claim(graph, f"d{_name(output)}/d{_name(wrt)}", value, **judging)


def assert_jacobian(
    graph: Graph, wrt: Name, of: Name, value: Any, **judging: Unpack[Judging]
) -> None:
    """Assert that a value is the local Jacobian from a node to one of its children.

    It has dⁱ rows and dʲ columns (numerator layout), for u^i = ``of`` and u^j = ``wrt``.

    Parameters
    ----------
    graph
        The graph.
    wrt, of
        The parent and the child: ``assert_jacobian(g, "w", "z", J)`` is about J[w->z].
    value
        What the student has; see :func:`assert_value`.
    **judging
        As for :func:`assert_value`.

    Raises
    ------
    AssertionError, GraphdiffError
        As for :func:`assert_value`.

    Examples
    --------
    >>> g = Graph()
    >>> x, w = g.input("x", [1.0, 2.0]), g.parameter("w", [3.0, 1.0])
    >>> z = g.node("z", w @ x)
    >>> assert_jacobian(g, "w", "z", [[1.0, 2.0]])
    """
    assert_claim(graph, f"J[{_name(wrt)}->{_name(of)}]", value, **judging)


def assert_hessian(
    graph: Graph, wrt: Name, value: Any, *, by: Name | None = None, **judging: Unpack[Judging]
) -> None:
    """Assert that a value is a block of the Hessian of the output, dʲ × dᵏ.

    Parameters
    ----------
    graph
        The graph.
    wrt, by
        What it is derived in first and second: the same where ``by`` is left out.
    value
        What the student has; see :func:`assert_value`.
    **judging
        As for :func:`assert_value`.

    Raises
    ------
    AssertionError, GraphdiffError
        As for :func:`assert_value`.

    Examples
    --------
    >>> g = Graph()
    >>> w = g.parameter("w", [3.0, 1.0])
    >>> L = g.node("L", (w**2).sum())
    >>> assert_hessian(g, "w", [[2, 0], [0, 2]])
    """
    assert_claim(graph, f"H[{_name(wrt)}, {_name(wrt if by is None else by)}]", value, **judging)


def assert_claim(graph: Graph, about: str, value: Any, **judging: Unpack[Judging]) -> None:
    """Assert what can be claimed of a graph, ``"P[z]"``, ``"dL/dW[0, 2]"``, ``"w@1"`` and the rest.

    Parameters
    ----------
    graph
        The graph.
    about
        A target, as :meth:`graphdiff.Graph.check` has it.
    value
        What the student has; see :func:`assert_value`.
    values
        Values for leaves of the graph, in place of its own.
    tolerance
        How far numbers may be off: ``"1%"`` or ``0.001``. Without it, they count to the precision
        they have.
    learning_rate
        The η of gradient descent, for targets such as ``"w@1"``.
    hide
        Whether to say only what does not give the answer away.

    Raises
    ------
    AssertionError, GraphdiffError
        As for :func:`assert_value`.

    Examples
    --------
    >>> g = Graph()
    >>> w = g.parameter("w", 3)
    >>> L = g.node("L", w**2)
    >>> assert_claim(g, "w@1", 2.4, learning_rate=0.1)
    """
    __tracebackhide__ = True
    hide = judging.pop("hide", False)
    report = graph.check([(about, _as_array(value))], **judging)
    if report.with_verdict("unread"):
        graph.check([(about, 0)], **judging).raise_unread()  # the author of the test has to mend it
    for result in report.results:
        if result.verdict == "undecided":
            raise GraphError(f"{about} could not be judged: {result.note}")
        if not result.ok:
            raise AssertionError("\n".join(_message(result, hide=hide)))
        if _is_turned_round(graph, about, result.claimed):
            claimed = brief(result.claimed, MAX_CLAIMED)
            raise AssertionError(
                f"{neutral(about)} = {claimed} says nothing.\nIt rests on what is computed from it"
            )


def _is_turned_round(graph: Graph, about: str, claimed: str) -> bool:
    """Whether a right formula names what is itself computed from what it is about: P[w]*P[L]."""
    if len(claimed) > MAX_FORMULA:
        return False
    try:
        some = Descent.at_rate(graph.nodes[-1], sp.Integer(1))  # what is named is of any rate
        target, formula = (target_of(graph, one, descent=some) for one in (about, claimed))
    except GraphdiffError:  # numbers, which rest on nothing
        return False
    return Resting(()).is_backward(target.quantity, named_by(formula))


def _message(result: Result, *, hide: bool) -> list[str]:
    """Return what helps: what was claimed, what is right unless that is hidden, and the mistake."""
    claimed = brief(result.claimed, MAX_CLAIMED)
    if result.verdict == "unread":
        return [f"{neutral(result.target)} cannot be read: {neutral(result.note)}"]
    said = told(result, answers=not hide)
    verdict = "says nothing" if said.verdict == "says-nothing" else f"is {said.verdict}"
    return [f"{neutral(result.target)} = {claimed} {verdict}.", *said.sentences()]


def _as_array(value: Any) -> Any:
    """Return a list of numbers as the array it is, never as a chain of them."""
    if not isinstance(value, list | tuple):
        return value
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return value
    return array if array.dtype.kind in "biuf" else value


def _name(node: Name) -> str:
    return node.name if isinstance(node, Node) else node
