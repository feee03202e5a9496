"""What a claim is about: ``u``, ``J[w->u]``, ``P[e]``, ``dL/dw``, and their entries."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from graphdiff.errors import ExpressionError, GraphError, ShapeError
from graphdiff.expression import Expression
from graphdiff.files import options
from graphdiff.files.tokens import Token, tokens
from graphdiff.functions.structure import Index, Key, as_key
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.jacobians import MAX_ENTRIES
from graphdiff.shapes import SCALAR, Shape, entries, is_known, shown

Kind = Literal["value", "J", "P", "derivative"]


@dataclass(frozen=True)
class Target:
    """A number or an array of a graph that a claim can be about.

    Attributes
    ----------
    kind
        ``"value"`` of ``of``; ``"J"`` from ``wrt`` to ``of``; ``"P"`` of ``wrt``, with
        ``of`` the output; ``"derivative"`` of ``of`` in ``wrt``.
    key
        The entries meant, as brackets choose them; None for all.
    """

    kind: Kind
    of: Node
    wrt: Node | None = None
    key: Key | None = None

    @property
    def is_derivative(self) -> bool:
        """Whether it is any but a value."""
        return self.kind != "value"

    @property
    def matrix(self) -> Shape:
        """The dimensions of a derivative as a matrix, dⁱ × dʲ; () for a single number."""
        assert self.wrt is not None  # noqa: S101 - of derivatives
        size = (self.of.size, self.wrt.size)
        return SCALAR if size == (1, 1) else size

    @property
    def own(self) -> Shape:
        """The shape of a derivative in the shapes of its nodes: that of wrt, for one number."""
        assert self.wrt is not None  # noqa: S101 - of derivatives
        return (*(SCALAR if self.of.size == 1 else self.of.shape), *self.wrt.shape)

    @property
    def whole(self) -> Shape:
        """The shape of all its entries."""
        match self.kind:
            case "value":
                return self.of.shape
            case "derivative":
                return self.own
            case _:
                return self.matrix

    @cached_property
    def shape(self) -> Shape:
        """The shape of the entries meant."""
        return self.whole if self.key is None else Index(self.key).shape(self.whole)

    @property
    def described(self) -> str:
        """What its shape is called: 'shape (3, 4)', '2 × 3'."""
        if self.kind in ("J", "P") and self.key is None and self.shape:
            return dimensions(self.shape)
        return f"shape {shown(self.shape)}" if self.shape else "one number"


def dimensions(matrix: Shape) -> str:
    """Return the dimensions of a matrix as text: 2 × 3."""
    return " × ".join(map(str, matrix))


class Reference(Expression):
    """A target standing in a formula: ``P[e]*J[yhat->e]``."""

    __slots__ = ("shape", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.shape = target.shape

    @property
    def name(self) -> str:
        """How an error message calls it."""
        of, wrt = self.target.of.name, self.target.wrt
        assert wrt is not None  # noqa: S101 - values are nodes
        names = {"J": f"J[{wrt.name}->{of}]", "P": f"P[{wrt.name}]"}
        return names.get(self.target.kind, f"d{of}/d{wrt.name}")


_NAME = r"\w[\w\u0300-\u036f]*"
_DERIVATIVE = re.compile(rf"^\s*[d∂](?P<of>{_NAME})\s*/\s*[d∂](?P<wrt>{_NAME})\s*$")
_DERIVATIVE_WITHIN = re.compile(
    rf"(?<![\w\u0300-\u036f])[d∂](?P<of>{_NAME})\s*/\s*[d∂](?P<wrt>{_NAME})(?!\s*\()"
)
_MARKED = re.compile(rf"\bd\[(?P<of>{_NAME})->(?P<wrt>{_NAME})\]")
_BRACKETS = re.compile(r"^\s*(?P<letter>[JP])\s*\[(?P<inside>[^\[\]]*)\]\s*$")
FORMS = (
    "a node 'u', 'J[w->u]' or 'J[2->3]', 'P[u]' or 'P[3]', 'dL/dw', or entries of one: 'W[0, 2]', "
    "'dL/dW[0, 2]'"
)


def target(graph: ComputationalGraph, source: str, output: Node | None) -> Target:
    """Read the target of a claim.

    Raises
    ------
    GraphError
        For a target of another form, an unknown node, an edge or an entry that is not there.
    """
    if isinstance(source, Node):
        return Target("value", graph[source])
    if not isinstance(source, str):
        raise GraphError(f"{source!r:.60} is no target of a claim; a target is {FORMS}")
    whole = _whole(graph, source, output)
    if whole is not None:
        return _bounded(whole)
    head, key = _entries(source)
    if head is None:
        raise GraphError(f"{source[:60]!r} is no target of a claim; a target is {FORMS}")
    whole = _whole(graph, head, output)
    if whole is None:
        raise GraphError(f"{source[:60]!r} is no target of a claim; a target is {FORMS}")
    chosen = replace(_bounded(whole), key=key)
    _check_entries(chosen, head.strip())
    return chosen


def _whole(graph: ComputationalGraph, source: str, output: Node | None) -> Target | None:
    """Return the target without brackets for entries; None if it is none."""
    name = source.strip()
    if name in graph:
        return Target("value", graph[name])
    if match := _BRACKETS.match(source):
        inside = tokens(match["inside"])[:-1]
        if is_special(graph, match["letter"], inside):
            return bracketed(graph, match["letter"], inside, output)
        return None
    if match := _DERIVATIVE.match(source):
        return Target("derivative", graph[match["of"]], graph[match["wrt"]])
    if name.isidentifier():
        return Target("value", graph[name])
    return None


def _entries(source: str) -> tuple[str | None, Key | None]:
    """Split ``W[0, 2]`` into what it is of and the key."""
    text, opened = source.rstrip(), 0
    for place in range(len(text) - 1, -1, -1):
        opened += {"]": 1, "[": -1}.get(text[place], 0)
        if opened == 0:
            break
    else:
        return None, None
    if not text.endswith("]"):
        return None, None
    try:
        return text[:place], as_key(options.key(options.Letters(text[place:])))
    except ExpressionError:
        return None, None


def _check_entries(target: Target, head: str) -> None:
    try:
        _ = target.shape
    except ShapeError as error:
        message = str(error.named([f"{head} of {replace(target, key=None).described}"]))
        if target.kind == "P" and target.whole != target.own:
            assert target.wrt is not None  # noqa: S101 - of derivatives
            message += (
                f"; for entries in the shape of {target.wrt.name}, {shown(target.own)}, write "
                f"d{target.of.name}/d{target.wrt.name}[…]"
            )
        raise GraphError(message) from None


def _bounded(target: Target) -> Target:
    if is_known(target.whole) and entries(target.whole) > MAX_ENTRIES:
        raise GraphError(
            f"it has {target.described}, more than {MAX_ENTRIES} entries, too large to check"
        )
    return target


def with_derivatives(graph: ComputationalGraph, source: str) -> str:
    """Write dL/da in a formula as ``d[L->a]``, which reads as one name.

    Where dL is a node of its own, it stays a quotient.
    """

    def marked(match: re.Match[str]) -> str:
        of, wrt = match["of"], match["wrt"]
        known = of in graph and wrt in graph and f"d{of}" not in graph and f"d{wrt}" not in graph
        return f"d[{of}->{wrt}]" if known else match[0]

    return _DERIVATIVE_WITHIN.sub(marked, source)


def as_written(message: str) -> str:
    """Return an error message with derivatives as they were written."""
    return _MARKED.sub(r"d\g<of>/d\g<wrt>", message)


def is_special(graph: ComputationalGraph, name: str, inside: list[Token]) -> bool:
    """Whether ``name[...]`` is P or J of something, and not entries of a node of that name."""
    if name not in graph:
        return True
    words = [word.text for word in inside]
    return "->" in words if name in ("J", "d") else name == "P" and len(words) == 1


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
        raise ExpressionError(
            f"{written[:60]} has no meaning; brackets follow P or J, or a node for its entries"
        )
    raise ExpressionError(f"{written[:60]} is not read; write P[u], P[3], J[w->u] or J[2->3]")


def reference(
    graph: ComputationalGraph, letter: str, inside: list[Token], output: Node | None
) -> Reference | None:
    """Return what ``P[...]`` or ``J[...]`` in a formula stands for; None for entries of a node."""
    if not is_special(graph, letter, inside):
        return None
    return Reference(_bounded(bracketed(graph, letter, inside, output)))


def _node(graph: ComputationalGraph, word: str) -> Node:
    if word in graph:
        return graph[word]
    if word.isdigit():
        return graph[int(word[:9])]
    return graph[word]
