"""What a claim is about: ``u``, ``J[w->u]``, ``P[e]``, ``dL/dw``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from graphdiff.errors import ExpressionError, GraphError
from graphdiff.expression import Expression
from graphdiff.files.tokens import Token, tokens
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.shapes import SCALAR

Kind = Literal["value", "J", "P", "derivative"]


@dataclass(frozen=True)
class Target:
    """A number of a graph that a claim can be about.

    Attributes
    ----------
    kind
        ``"value"`` of ``of``; ``"J"`` from ``wrt`` to ``of``; ``"P"`` of ``wrt``, with
        ``of`` the output; ``"derivative"`` of ``of`` in ``wrt``.
    """

    kind: Kind
    of: Node
    wrt: Node | None = None

    @property
    def is_derivative(self) -> bool:
        """Whether it is any but a value."""
        return self.kind != "value"


class Reference(Expression):
    """A target standing in a formula: ``P[e]*J[yhat->e]``."""

    __slots__ = ("shape", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.shape = SCALAR


_DERIVATIVE = re.compile(
    r"^\s*[d∂](?P<of>\w[\w\u0300-\u036f]*)\s*/\s*[d∂](?P<wrt>\w[\w\u0300-\u036f]*)\s*$"
)
_DERIVATIVE_WITHIN = re.compile(
    r"(?<![\w\u0300-\u036f])[d∂](?P<of>\w[\w\u0300-\u036f]*)\s*/\s*"
    r"[d∂](?P<wrt>\w[\w\u0300-\u036f]*)(?!\s*\()"
)
_BRACKETS = re.compile(r"^\s*(?P<letter>[JP])\s*\[(?P<inside>[^\]]*)\]\s*$")
FORMS = "a node 'u', 'J[w->u]' or 'J[2->3]', 'P[u]' or 'P[3]', or 'dL/dw'"


def target(graph: ComputationalGraph, source: str, output: Node | None) -> Target:
    """Read the target of a claim.

    Raises
    ------
    GraphError
        For a target of another form, an unknown node, or an edge that is not there.
    """
    if isinstance(source, Node):
        return Target("value", graph[source])
    if not isinstance(source, str):
        raise GraphError(f"{source!r:.60} is no target of a claim; a target is {FORMS}")
    name = source.strip()
    if name in graph:
        return Target("value", graph[name])
    if match := _BRACKETS.match(source):
        return bracketed(graph, match["letter"], tokens(match["inside"])[:-1], output)
    if match := _DERIVATIVE.match(source):
        return Target("derivative", graph[match["of"]], graph[match["wrt"]])
    if name.isidentifier():
        return Target("value", graph[name])
    raise GraphError(f"{source[:60]!r} is no target of a claim; a target is {FORMS}")


def with_derivatives(graph: ComputationalGraph, source: str) -> str:
    """Write dL/da in a formula as ``d[L->a]``, which reads as one name.

    Where dL is a node of its own, it stays a quotient.
    """

    def marked(match: re.Match[str]) -> str:
        of, wrt = match["of"], match["wrt"]
        known = of in graph and wrt in graph and f"d{of}" not in graph and f"d{wrt}" not in graph
        return f"d[{of}->{wrt}]" if known else match[0]

    return _DERIVATIVE_WITHIN.sub(marked, source)


def bracketed(
    graph: ComputationalGraph, letter: str, inside: list[Token], output: Node | None
) -> Target:
    """Return the target ``P[...]`` or ``J[...->...]``, given the words in the brackets."""
    written = f"{letter}[{''.join(word.text for word in inside)}]"
    match letter, [word.text for word in inside]:
        case "P", [node]:
            return Target("P", graph.output if output is None else output, _node(graph, node))
        case "J", [j, "->", i]:
            parent, child = _node(graph, j), _node(graph, i)
            if parent not in child.parents:
                raise GraphError(f"{written}: there is no edge {parent.name!r} -> {child.name!r}")
            return Target("J", child, parent)
        case "d", [of, "->", wrt]:
            return Target("derivative", _node(graph, of), _node(graph, wrt))
    if letter not in ("J", "P"):
        raise ExpressionError(f"{written[:60]} has no meaning; brackets follow P or J")
    raise ExpressionError(f"{written[:60]} is not read; write P[u], P[3], J[w->u] or J[2->3]")


def _node(graph: ComputationalGraph, word: str) -> Node:
    if word in graph:
        return graph[word]
    if word.isdigit():
        return graph[int(word[:9])]
    return graph[word]
