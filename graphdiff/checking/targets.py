"""What a claim is about: ``u``, ``J[w->u]``, ``P[e]``, ``dL/dw``, ``w@1``, and their entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from graphdiff.errors import ExpressionError, GraphError, ShapeError
from graphdiff.evaluation.dense_jacobians import MAX_ENTRIES
from graphdiff.files import options
from graphdiff.files.tokens import Token, tokens
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.graph.facts import check_variable
from graphdiff.language.expression import Expression
from graphdiff.language.functions.movement import Index, Key, as_key
from graphdiff.language.shapes import SCALAR, Shape, entries, is_known, shown

Kind = Literal["value", "J", "P", "derivative", "second", "H", "state", "expression"]

States = Mapping[str, Shape | None]
"""What a method of descent keeps or finds, by its letter: its shape; None of each parameter."""

NO_STATES: States = {}
MAX_STEPS = 1000
"""Steps of descent up to which values are claimed."""


@dataclass(frozen=True)
class Target:
    """A number or an array of a graph that a claim can be about.

    Attributes
    ----------
    kind
        ``"value"`` of ``of``; ``"J"`` from ``wrt`` to ``of``; ``"P"`` of ``wrt``, with
        ``of`` the output; ``"derivative"`` of ``of`` in ``wrt``; the ``"second"`` derivative in
        ``wrt`` and ``by``, in their shapes, and ``"H"``, the same as a block of the Hessian;
        a ``"state"`` that a method of descent keeps of the parameter ``of``; an
        ``"expression"`` of any of these, such as J·v.
    key
        The entries meant, as brackets choose them; None for all.
    step
        After how many steps of descent.
    link
        The formula of an expression.
    state
        The letter of a state, ``"m"``.
    own_shape
        The shape of a state of all parameters at once, which is said to be of the output; None of
        others.
    """

    kind: Kind
    of: Node
    wrt: Node | None = None
    by: Node | None = None
    key: Key | None = None
    step: int = 0
    link: Any = None
    state: str = ""
    own_shape: Shape | None = None

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        parts = (self.kind, self.of, self.wrt, self.by, self.key, self.step, self.link, self.state)
        return hash(parts)

    @property
    def is_derivative(self) -> bool:
        """Whether it is any but a value."""
        return self.kind not in ("value", "state", "expression")

    @property
    def is_first(self) -> bool:
        """Whether it is a first derivative."""
        return self.kind in ("J", "P", "derivative")

    @property
    def is_bare(self) -> bool:
        """Whether it is a quantity of the graph itself: whole, and after no step."""
        return self.key is None and not self.step and self.kind != "expression"

    @property
    def needs(self) -> tuple[Node, ...]:
        """The nodes whose values it depends on, with all before them."""
        if self.kind != "expression":
            return (self.of,)
        names = (
            name.target.of if isinstance(name, Reference) else name for name in self.link.names
        )
        return tuple(names)

    @cached_property
    def before(self) -> set[str]:
        """The names of all that the node it is of depends on, and its own."""
        return self.of.graph.ancestors(self.of)

    @cached_property
    def behind(self) -> set[str]:
        """The names of all that depends on the node a derivative is in, and its own."""
        assert self.wrt is not None  # noqa: S101 - of derivatives
        return self.wrt.graph.descendants(self.wrt)

    @property
    def matrix(self) -> Shape:
        """The dimensions of a derivative as a matrix, dⁱ × dʲ; () for a single number."""
        assert self.wrt is not None  # noqa: S101 - of derivatives
        size = (self.of.size, self.wrt.size) if self.by is None else (self.wrt.size, self.by.size)
        return SCALAR if size == (1, 1) else size

    @property
    def own(self) -> Shape:
        """The shape of a derivative in the shapes of its nodes: that of wrt, for one number."""
        assert self.wrt is not None  # noqa: S101 - of derivatives
        first = SCALAR if self.of.size == 1 else self.of.shape
        return (*first, *self.wrt.shape, *(SCALAR if self.by is None else self.by.shape))

    @property
    def whole(self) -> Shape:
        """The shape of all its entries."""
        match self.kind:
            case "value" | "state":
                return self.of.shape if self.own_shape is None else self.own_shape
            case "expression":
                return self.link.shape
            case "derivative" | "second":
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
        if self.kind in ("J", "P", "H") and self.key is None and self.shape:
            return dimensions(self.shape)
        return f"shape {shown(self.shape)}" if self.shape else "one number"

    @cached_property
    def quantity(self) -> Any:
        """What is the same for the same quantity, perhaps in another form or other entries."""
        if self.kind == "expression":
            names = (
                name.target if isinstance(name, Reference) else name for name in self.link.names
            )
            return (self.link.function, tuple(names))
        if self.kind == "state":
            return (self.of, self.state, None, self.step, False)
        return quantity(self.of, self.wrt, self.by, self.step, local=self.kind == "J")

    def is_same_as(self, other: Target) -> bool:
        """Whether it is the same quantity, perhaps in another form or other entries of it."""
        return self.quantity == other.quantity


def quantity(
    of: Node, wrt: Node | None = None, by: Node | None = None, step: int = 0, *, local: bool = False
) -> Any:
    """Return what a value or a derivative is known by.

    A local Jacobian is the derivative, unless there are other paths beside the edge.
    """
    if local and wrt is not None and is_only_path(wrt, of):
        local = False
    return (of, wrt, by, step, local)


def is_only_path(j: Node, i: Node) -> bool:
    """Whether the edge from one node to another is the only way between them."""
    before = j.graph.ancestors(i)
    return all(edge.child is i or edge.child.name not in before for edge in j.graph.children(j))


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
        return written(self.target)


def written(target: Target) -> str:
    """Return a target as it is claimed."""
    of, wrt, by = target.of.name, target.wrt, target.by
    match target.kind:
        case "value":
            found = of
        case "state":
            found = f"{target.state}_{of}" if target.own_shape is None else target.state
        case "J" if wrt is not None:
            found = f"J[{wrt.name}->{of}]"
        case "P" if wrt is not None:
            found = f"P[{wrt.name}]"
        case "H" if wrt is not None and by is not None:
            found = f"H[{wrt.name}, {by.name}]"
        case "second" if wrt is not None and by is not None:
            found = f"d2{of}/d{wrt.name}d{by.name}"
        case "expression":
            found = target.link.written
        case _:
            found = f"d{of}/d{'' if wrt is None else wrt.name}"
    entries = "" if target.key is None else f"[{Index(target.key).written}]"
    return found + (f"@{target.step}" if target.step else "") + entries


_NAME = r"\w[\w\u0300-\u036f]*"
_BELOW = rf"\(?\s*[d∂]{_NAME}(?:\s*\*?\s*[d∂]{_NAME})?(?:(?:\^|\*\*)2)?\s*\)?"
_DERIVATIVE = re.compile(rf"^\s*[d∂](?P<of>{_NAME})\s*/\s*[d∂](?P<wrt>{_NAME})\s*$")
_SECOND = re.compile(rf"[d∂](?:2|²|(?:\^|\*\*)2)\s*(?P<of>{_NAME})\s*/\s*(?P<below>{_BELOW})")
_DERIVATIVE_WITHIN = re.compile(
    rf"(?<![\w\u0300-\u036f])[d∂](?P<of>{_NAME})\s*/\s*[d∂](?P<wrt>{_NAME})(?!\s*\()"
)
_SECOND_WITHIN = re.compile(rf"(?<![\w\u0300-\u036f]){_SECOND.pattern}(?!\s*\()")
_STEPPED = re.compile(
    rf"(?P<what>(?<![\w\u0300-\u036f]){_NAME}(?:\[[^\[\]]*->[^\[\]]*\]|\[{_NAME}\])?)"
    r"@(?P<step>[0-9]{1,9})(?!\w|\.(?![A-Za-z]))"
)
_MARKED = re.compile(rf"\bd\[(?P<of>{_NAME})->(?P<wrt>{_NAME})\]")
_MARKED_SECOND = re.compile(rf"\bd2\[(?P<of>{_NAME})->(?P<wrt>{_NAME}), (?P<by>{_NAME})\]")
_MARKED_STEP = re.compile(rf"\bstep\[(?P<step>[0-9]+): (?P<what>{_NAME}(?:\[[^\[\]]*\])?)\]")
_BRACKETS = re.compile(r"^\s*(?P<letter>[JPH])\s*\[(?P<inside>[^\[\]]*)\]\s*$")
_AFTER = re.compile(r"^(?P<what>.*[^@\s])\s*@\s*(?P<step>[0-9]{1,9})\s*$", re.DOTALL)
FORMS = (
    "a node 'u', 'J[w->u]' or 'J[2->3]', 'P[u]' or 'P[3]', 'dL/dw', 'd2L/dw2' or 'H[w, b]', "
    "'w@1' after a step of descent, 'm_w@1' of its state, 'adjoint[u]' or 'tangent[u]', or entries "
    "of one: 'W[0, 2]', 'dL/dW[0, 2]'"
)


class NoTargetError(GraphError):
    """A text that is no target as such; perhaps an expression of targets."""


def target(
    graph: ComputationalGraph, source: str, output: Node | None, states: States = NO_STATES
) -> Target:
    """Read the target of a claim.

    Parameters
    ----------
    states
        What a method of descent keeps, by its letter.

    Raises
    ------
    GraphError
        For a target of another form, an unknown node, an edge or an entry that is not there.
    """
    if isinstance(source, Node):
        return Target("value", graph[source])
    if not isinstance(source, str):
        raise GraphError(f"{source!r:.60} is no target of a claim; a target is {FORMS}")
    if (after := _AFTER.match(source)) and not after["what"].strip().isdigit():
        return _stepped(target(graph, after["what"], output, states), after["step"])
    if found := state_of(graph, source.strip(), states, output):
        return found
    whole = _whole(graph, source, output)
    if whole is not None:
        return _bounded(whole)
    head, key = _entries(source)
    if head is not None and (after := _AFTER.match(head)):
        whole = _stepped(target(graph, after["what"], output, states), after["step"])
    else:
        whole = None if head is None else _whole(graph, head, output)
    if whole is None or head is None:
        raise NoTargetError(f"{source[:60]!r} is no target of a claim; a target is {FORMS}")
    chosen = replace(_bounded(whole), key=key)
    _check_entries(chosen, head.strip())
    return chosen


def state_of(
    graph: ComputationalGraph, name: str, states: States, output: Node | None = None
) -> Target | None:
    """Return the state that a name such as ``m_w`` means, or ``p``; None if it is no such name.

    What is of all parameters has a part for each, ``p_w``, where it is one vector.
    """
    if name in graph:
        return None
    if (shape := states.get(name)) is not None:
        of = graph.output if output is None else output
        return Target("state", of, state=name, own_shape=shape)
    for letter, shape in states.items():
        parameter = name.removeprefix(f"{letter}_")
        has_parts = shape is None or len(shape) == 1
        if parameter != name and has_parts and parameter in graph:
            node = graph[parameter]
            if node.kind == "parameter":
                return Target("state", node, state=letter)
    return None


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
    if (match := _SECOND.fullmatch(name)) and f"d2{match['of']}" not in graph:
        return _second(graph, match["of"], match["below"])
    if match := _DERIVATIVE.match(source):
        return Target("derivative", graph[match["of"]], graph[match["wrt"]])
    if name.isidentifier():
        return Target("value", graph[name])
    return None


def _second(graph: ComputationalGraph, of: str, below: str) -> Target | None:
    """Return a second derivative; None if what stands below is not two variables."""
    variables = variables_of_second(graph, below)
    if variables is None:
        raise GraphError(
            f"d2{of}/{below[:40]} has not two variables that are nodes; write d2{of}/dw2 or "
            f"d2{of}/dw1dw2"
        )
    return _of_scalar(Target("second", graph[of], graph[variables[0]], graph[variables[1]]))


def _of_scalar(second: Target) -> Target:
    if second.of.size != 1:
        raise GraphError(
            f"{second.of.name!r} has shape {shown(second.of.shape)}; second derivatives are of one "
            "number"
        )
    if second.of.is_leaf:
        raise GraphError(f"{second.of.name!r} is a leaf; second derivatives are of computed nodes")
    return second


def variables_of_second(graph: ComputationalGraph, below: str) -> tuple[str, str] | None:
    """Return the two variables of dw2, dw^2, dw1dw2: nodes of the graph.

    Examples
    --------
    >>> g = ComputationalGraph()
    >>> w, b = g.parameter("w"), g.parameter("b")
    >>> [variables_of_second(g, below) for below in ("dw^2", "dw*db", "dv2")]
    [('w', 'w'), ('w', 'b'), None]
    """
    text = re.sub(r"[\s()*]", "", below.replace("**", "^")).replace("∂", "d")
    single = text[1:].removesuffix("²").removesuffix("^2")
    if single == text[1:]:
        single = text[1:].removesuffix("2") if text.endswith("2") else ""
    if single in graph:
        return single, single
    for place in range(2, len(text) - 1):
        first, second = text[1:place], text[place + 1 :]
        if text[place] == "d" and first in graph and second in graph:
            return first, second
    return None


def _stepped(target: Target, step: str) -> Target:
    if target.step:
        raise GraphError(f"{written(target)}@{step}: one @ says after how many steps")
    if int(step) > MAX_STEPS:
        raise GraphError(f"@{step}: values are claimed up to {MAX_STEPS} steps")
    return replace(target, step=int(step))


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
    for node in (target.wrt, target.by):
        if node is not None:
            check_variable(node.name, node.facts)
    if is_known(target.whole) and entries(target.whole) > MAX_ENTRIES:
        raise GraphError(
            f"it has {target.described}, more than {MAX_ENTRIES} entries, too large to check"
        )
    return target


def with_derivatives(graph: ComputationalGraph, source: str, states: States = NO_STATES) -> str:
    """Write dL/da in a formula as ``d[L->a]``, which reads as one name; d2L/dadb and w@1 too.

    Where dL is a node of its own, it stays a quotient.
    """

    def marked(match: re.Match[str]) -> str:
        of, wrt = match["of"], match["wrt"]
        known = of in graph and wrt in graph and f"d{of}" not in graph and f"d{wrt}" not in graph
        return f"d[{of}->{wrt}]" if known else match[0]

    def marked_second(match: re.Match[str]) -> str:
        of, variables = match["of"], variables_of_second(graph, match["below"])
        known = of in graph and variables is not None and f"d2{of}" not in graph
        return f"d2[{of}->{', '.join(variables)}]" if known and variables else match[0]

    def marked_step(match: re.Match[str]) -> str:
        bare = match["what"].partition("[")[0]
        known = match["what"] in graph or (bare not in graph and "[" in match["what"])
        known = known or state_of(graph, bare, states, graph.nodes[-1]) is not None
        return f"step[{match['step']}: {match['what']}]" if known else match[0]

    seconds = _SECOND_WITHIN.sub(marked_second, source)
    return _STEPPED.sub(marked_step, _DERIVATIVE_WITHIN.sub(marked, seconds))


def as_written(message: str) -> str:
    """Return an error message with derivatives and steps as they were written."""
    message = _MARKED_STEP.sub(r"\g<what>@\g<step>", message)
    message = _MARKED_SECOND.sub(r"d2\g<of>/d\g<wrt>d\g<by>", message)
    return _MARKED.sub(r"d\g<of>/d\g<wrt>", message)


def is_special(graph: ComputationalGraph, name: str, inside: list[Token]) -> bool:
    """Whether ``name[...]`` is P or J of something, and not entries of a node of that name."""
    if name not in graph:
        return True
    words = [word.text for word in inside]
    if name == "H":
        return len(words) == 3 and words[1] == "," and not any(word.isdigit() for word in words)
    return "->" in words if name in ("J", "d", "d2") else name == "P" and len(words) == 1


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
        case "d2", [of, "->", wrt, ",", by]:
            variables = _node(graph, wrt), _node(graph, by)
            return _of_scalar(Target("second", _node(graph, of), *variables))
        case "H", [wrt, ",", by]:
            of = graph.output if output is None else output
            return _of_scalar(Target("H", of, _node(graph, wrt), _node(graph, by)))
        case "step", [step, ":", name]:
            return _stepped(Target("value", _node(graph, name)), step)
        case "step", [step, ":", inner, "[", *_, "]"]:
            return _stepped(bracketed(graph, inner, inside[4:-1], output), step)
    if letter not in ("J", "P", "H"):
        raise ExpressionError(
            f"{written[:60]} has no meaning; brackets follow P or J, or a node for its entries"
        )
    raise ExpressionError(f"{written[:60]} is not read; write P[u], P[3], J[w->u] or J[2->3]")


def reference(
    graph: ComputationalGraph,
    letter: str,
    inside: list[Token],
    output: Node | None,
    states: States = NO_STATES,
) -> Reference | None:
    """Return what ``P[...]`` or ``J[...]`` in a formula stands for; None for entries of a node."""
    match letter, [word.text for word in inside]:
        case "step", [step, ":", name] if found := state_of(graph, name, states, output):
            return Reference(_stepped(found, step))
        case _:
            pass
    if not is_special(graph, letter, inside):
        return None
    return Reference(_bounded(bracketed(graph, letter, inside, output)))


def _node(graph: ComputationalGraph, word: str) -> Node:
    if word in graph:
        return graph[word]
    if word.isdigit():
        return graph[int(word[:9])]
    return graph[word]
