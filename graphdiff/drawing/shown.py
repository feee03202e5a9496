"""What is shown and what is hidden: annotations, everywhere or of one node or edge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from graphdiff.drawing.elements import by_element, element, several
from graphdiff.errors import DrawingError, unknown

if TYPE_CHECKING:  # the command line reads the choices alone
    from graphdiff.graph.structure import Kind

Annotation = Literal[
    "index", "name", "formula", "value", "net", "P", "jacobian", "jacobian_value", "legend",
    "clusters", "jacobian_matrix", "data",
]  # fmt: skip
ON_REQUEST: tuple[Annotation, ...] = ("jacobian_matrix", "data")
"""Local Jacobians between tensors as matrices; P and local Jacobians of data."""
ANNOTATIONS: tuple[Annotation, ...] = tuple(
    name for name in get_args(Annotation) if name not in ON_REQUEST
)
"""What is shown if nothing is said."""
ALL = "all"

SORTS: Mapping[Kind, str] = {
    "input": "inputs",
    "parameter": "parameters",
    "computation": "computations",
}
"""What all nodes of a kind are called."""
EDGES = "edges"
EVERY = (*SORTS.values(), EDGES)
"""What stands for several nodes or edges, beside their names."""


class Shown(frozenset[Annotation]):
    """The annotations that are shown; ``of`` says what is shown of single nodes and edges."""

    of: Mapping[str, frozenset[Annotation]]

    def __new__(
        cls,
        shown: Iterable[Annotation] = ANNOTATIONS,
        of: Mapping[str, frozenset[Annotation]] | None = None,
    ) -> Shown:
        """Make it of annotations."""
        made = super().__new__(cls, shown)
        made.of = of or {}
        return made

    def without(self, hidden: Iterable[Annotation]) -> Shown:
        """Return the others, of all nodes and edges."""
        hidden = frozenset(hidden)
        return Shown(self - hidden, {name: shown - hidden for name, shown in self.of.items()})


@dataclass(frozen=True)
class Hidden:
    """What is not shown.

    Attributes
    ----------
    everywhere
        Annotations hidden of every node and edge.
    of
        Annotations hidden of single nodes and edges.
    gone
        Nodes and edges that are not drawn.
    """

    everywhere: frozenset[Annotation] = frozenset()
    of: Mapping[str, frozenset[Annotation]] = field(default_factory=dict[str, Any])
    gone: frozenset[str] = frozenset()


def as_shown(given: Any) -> Shown:
    """Return what is shown, given as annotations, or as those of single nodes and edges."""
    if isinstance(given, Shown):
        return given
    if given is None:
        return Shown()
    if isinstance(given, Mapping):
        given = dict(given)
        everywhere = as_shown(given.pop(ALL, None))
        return Shown(everywhere, by_element(given, "show", _annotations))
    of_data: frozenset[Annotation] = frozenset({"data"})  # what is named is shown of data too
    return Shown(_annotations(given, "show") | of_data)


def as_hidden(given: Any) -> Hidden:
    """Return what is hidden, given as annotations, nodes and edges; or by nodes and edges."""
    if isinstance(given, Hidden):
        return given
    if given is None:
        return Hidden()
    if isinstance(given, Mapping):
        of = by_element(given, "hide", _hidden_of)
        gone = frozenset(name for name, hidden in of.items() if hidden is None)
        single = {name: hidden for name, hidden in of.items() if hidden is not None}
        return Hidden(single.pop(ALL, frozenset()), single, gone)
    names = frozenset(map(element, several(given, "hide")))
    everywhere = frozenset[Annotation](name for name in ANNOTATIONS if name in names)
    return Hidden(everywhere, {}, names - everywhere)


def _hidden_of(given: Any, whose: str) -> frozenset[Annotation] | None:
    """Return the annotations that are hidden of a node or an edge; None for all of it."""
    return None if given in (ALL, True) else _annotations(given, whose)


def _annotations(given: Any, whose: str) -> frozenset[Annotation]:
    if given is None or given == ALL:
        return frozenset[Annotation](ANNOTATIONS)
    return frozenset[Annotation](map(_annotation, several(given, whose)))


def _annotation(given: object) -> Annotation:
    valid = (*ANNOTATIONS, *ON_REQUEST)
    if given not in valid:
        hint = str(unknown("annotation", given, valid)) if isinstance(given, str) else ""
        near = hint.partition("; ")[2] if "did you mean" in hint else ""
        raise DrawingError(
            f"unknown annotation {given!r:.60}; choose from {', '.join(valid)}"
            + (f" ({near})" if near else "")
        )
    return given  # type: ignore[return-value]


def shown_in(texts: list[str]) -> Any:
    """Return what is shown as arguments say it: ``value,P`` or ``x=value,P``."""
    of, names = split_texts(texts)
    return {**({ALL: names} if names else {}), **of} if of else names


def hidden_in(texts: list[str]) -> Any:
    """Return what is hidden as arguments say it: ``legend,b`` or ``x=value,P``."""
    of, names = split_texts(texts)
    everywhere = [name for name in names if name in ANNOTATIONS]
    gone = {name: ALL for name in names if name not in ANNOTATIONS}
    return {**({ALL: everywhere} if everywhere else {}), **gone, **of}


def split_texts(texts: list[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Return the lists that arguments give by a name, and those without one."""
    of: dict[str, list[str]] = {}
    names: list[str] = []
    for text in texts:
        name, equals, listed = text.rpartition("=")
        (of.setdefault(name.strip(), []) if equals else names).extend(
            part.strip() for part in listed.split(",") if part.strip()
        )
    return of, names
