"""What a picture leaves out where a sheet has no room for it, in one stated order.

First what says least goes, one after the other. Arrays go before any formula: they are first shown
as colours, then not at all; their shapes stay. If that is not enough, of formulas, gradients and
values as little is left out as can be: see :data:`GRAPHS`. Names stay. Products along single
paths go last; their lines and numbers stay, and the sum.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from graphdiff.drawing.elements import ARROW
from graphdiff.drawing.labels.description import Description, EdgeLabel, NodeLabel
from graphdiff.drawing.options import Options
from graphdiff.drawing.reduced.limits import sharing
from graphdiff.drawing.shown import EDGES, SORTS, Annotation, Shown

Less = Annotation | Literal["entries", "arrays", "paths"]

CALLED: dict[Less, str] = {
    "index": "indices",
    "jacobian_matrix": "whole matrices of local Jacobians",
    "entries": "entries of arrays",
    "arrays": "numbers of arrays",
    "jacobian": "formulas of local Jacobians",
    "jacobian_value": "numbers of local Jacobians",
    "formula": "formulas",
    "P": "gradients",
    "value": "values",
    "paths": "products along single paths",
    "name": "names of gates",
}
"""What may be left out, and what it is called."""
TOGETHER: tuple[tuple[tuple[Less, ...], str], ...] = (
    (("jacobian", "jacobian_value"), "local Jacobians"),
)
"""What is called by one name."""
IMPLIED: dict[Less, tuple[Less, ...]] = {"entries": ("arrays",), "arrays": ("P", "value")}
"""What is not told where all of these are left out."""


@dataclass(frozen=True)
class Giving:
    """What gives way.

    Attributes
    ----------
    order
        What is left out one after the other.
    choices
        What is left out beside all of that, the first that is enough.
    of_arrays
        The same where arrays are gone already, and with them most numbers.
    """

    order: tuple[Less, ...]
    choices: tuple[tuple[Less, ...], ...] = ()
    of_arrays: tuple[tuple[Less, ...], ...] = ()


GRAPHS = Giving(
    ("index", "jacobian_matrix", "entries", "arrays", "jacobian", "jacobian_value"),
    (
        ("formula",), ("P",), ("P", "value"), ("formula", "P"), ("formula", "P", "value"),
        ("paths",), ("P", "paths"), ("formula", "P", "value", "paths"),
    ),
    (
        ("P", "value"), ("formula", "P", "value"),
        ("P", "value", "paths"), ("formula", "P", "value", "paths"),
    ),
)  # fmt: skip
"""What gives way in pictures of graphs."""


@dataclass(frozen=True)
class Step:
    """What is said with something left out, or with several nodes on one card.

    ``in_colours`` are arrays whose entries are not written.
    """

    options: Options
    dropped: tuple[Less, ...] = ()
    collapsed: bool = False

    @property
    def in_colours(self) -> bool:
        """Whether arrays are shown as colours."""
        return "entries" in self.dropped

    def told(self, cards: Collection[str]) -> str:
        """Say what is left out, and what shares cards of these kinds."""
        dropped: list[Less] = [one for one in self.dropped if not self._is_implied(one)]
        names = ", ".join(CALLED[one] for one in dropped)
        for several, name in TOGETHER:
            names = names.replace(", ".join(CALLED[one] for one in several), name)
        said = [no_room(names)] if names else []
        if self.collapsed and (shared := sharing(cards, self.options.collapse)):
            said.append(shared)
        return "; ".join(said)

    def _is_implied(self, one: Less) -> bool:
        return one in IMPLIED and set(IMPLIED[one]) <= set(self.dropped)

    def without(self, less: Less, said: Description) -> Step:
        """Return the step with something more left out of what was said."""
        options, dropped = self.options, (*self.dropped, less)
        if less == "arrays":
            options = replace(options, show=_without_arrays(options.show, said))
        elif less not in ("entries", "paths"):
            options = replace(options, show=options.show.without([less]))
        return replace(self, options=options, dropped=dropped)

    def said(self, said: Description) -> Description:
        """Return what is said without products along paths, if these are left out."""
        if "paths" not in self.dropped:
            return said
        kept = tuple(remark for remark in said.remarks if not remark.is_path)
        return replace(said, remarks=kept)


def no_room(listed: str) -> str:
    """Say for what there is no room.

    Examples
    --------
    >>> no_room("indices, formulas, values")
    'there is no room for indices, formulas and values'
    """
    return f"there is no room for {' and '.join(listed.rsplit(', ', 1))}"


def steps_of(
    first: Step, said: Description, giving: Giving = GRAPHS
) -> tuple[list[Step], list[Step]]:
    """Return the steps that leave out ever more, and the choices there are after them.

    Parameters
    ----------
    said
        What the first step says.
    """
    arrays = any(map(_is_of_array, said.nodes))
    there = set[Less](first.options.show)
    if arrays:
        there |= {"entries", "arrays"}
    if any(remark.is_path for remark in said.remarks):
        there.add("paths")
    ordered = [first]
    for less in giving.order:
        if less in there:
            ordered.append(ordered[-1].without(less, said))
    choices: dict[tuple[Less, ...], Step] = {}
    for choice in giving.of_arrays if arrays else giving.choices:
        some: tuple[Less, ...] = tuple(less for less in choice if less in there)
        step = ordered[-1]
        for less in some:
            step = step.without(less, said)
        if some:
            choices.setdefault(some, step)
    return ordered, list(choices.values())


def _is_of_array(label: NodeLabel | EdgeLabel) -> bool:
    return any(
        phrase.is_array or phrase.heat is not None or phrase.describes for phrase in label.phrases
    )


def _without_arrays(show: Shown, said: Description) -> Shown:
    """Return what is shown if nothing is written, or coloured, of arrays; of numbers it stays."""
    of = dict(show.of)

    def hide(name: str, sort: str, hidden: Iterable[Annotation]) -> None:
        of[name] = show.of.get(name, show.of.get(sort, frozenset(show))) - frozenset(hidden)

    arrays = {node.index for node in said.nodes if node.card == "node" and _is_of_array(node)}
    for node in said.nodes:
        if node.index in arrays:
            hide(node.name, SORTS[node.kind], ("value", "P"))
    for edge in said.edges:
        if arrays & {edge.tail, edge.head}:
            name = f"{edge.parent}{ARROW}{edge.child}"
            hide(name, EDGES, ("jacobian_value", "jacobian_matrix"))
    return Shown(show, of)
