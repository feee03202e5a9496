"""What is said on a card that stands for several nodes: alike nodes, or a collapsed group.

Alike nodes are said as a layer is: z_j = Σ_k w_{j,k} x_k + b_j, and their values as one array,
whole where it is small.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from graphdiff.derivations import edge_formulas
from graphdiff.drawing.labels.description import Equation, NodeLabel, Phrase, counted
from graphdiff.drawing.labels.nodes import authored, node_label, of_P, phrase, value_of
from graphdiff.drawing.labels.phrases import (
    clipped,
    defined,
    equal_to,
    equated,
    space_of,
    told,
    value_phrase,
)
from graphdiff.drawing.options import Options
from graphdiff.errors.plain_text import one_line
from graphdiff.evaluation.run import Run
from graphdiff.graph import Node
from graphdiff.graph.structure import KINDS
from graphdiff.language.shapes import Shape, is_known
from graphdiff.notation import latex
from graphdiff.notation.name_families import Family, member
from graphdiff.recognition.generic_formula import Generic, formula_of, name_of
from graphdiff.recognition.parts import Fold, Part

MAX_OUTPUTS = 2
"""How many of a group's outputs are written on its card."""
MAX_LISTED = 3
"""How many nodes are named on a card that is told apart from others by them."""
MAX_MEMBERS = 12
"""How many nodes are named in words."""


def label_of(
    part: Part,
    index: int,
    run: Run | None,
    options: Options,
    users: set[Node],
    *,
    listed: bool = False,
) -> NodeLabel:
    """Return what is said on a card.

    Parameters
    ----------
    index
        The index of the card, if it stands for several nodes.
    users
        The nodes that are used outside their part, or nowhere.
    listed
        Whether other cards have alike nodes of the same name, so that their own are listed.
    """
    match part.kind:
        case "group":
            return _group(part, index, run, options, users)
        case "alike":
            return _alike(part, index, run, options, listed=listed)
        case "chain":
            repeated = replace(part, formula=_repeated(part.nodes))
            return _alike(repeated, index, run, options, listed=listed)
        case "node":
            return _single(part, run, options)


def _single(part: Part, run: Run | None, options: Options) -> NodeLabel:
    """Return what is said in a node; of a formula with many terms, its sums."""
    label = node_label(part.nodes[0], run, options)
    at = next((k for k, said in enumerate(label.phrases) if said.role == "formula"), None)
    if part.formula is None or label.equation is None or at is None:
        return label
    formula = Phrase("formula", *part.formula)
    written = equated(_called(part.nodes[0]), formula) if "name" in options.show else formula
    return replace(
        label,
        phrases=(
            *label.phrases[:at],
            replace(written, shorter=label.phrases[at]),
            *label.phrases[at + 1 :],
        ),
        equation=replace(label.equation, right=formula),
    )


# Alike nodes


class _Table(NamedTuple):
    """Nodes as the entries of an array: its shape, and the nodes in its order."""

    shape: tuple[int, ...]
    nodes: tuple[Node, ...]

    @property
    def told(self) -> str:
        """How many there are: ``3 × 2 nodes``."""
        return f"{' × '.join(map(str, self.shape))} nodes"

    def array(self, values: Sequence[Any]) -> tuple[Any, Shape] | None:
        """Return the values as one array, and the shape of one sample; None if some are missing."""
        own = self.nodes[0].shape
        if any(value is None for value in values) or not is_known(own):
            return None
        if len({np.shape(value) for value in values}) > 1:
            return None
        stacked = np.stack([np.asarray(value) for value in values], axis=-1 - len(own))
        if stacked.dtype == object and all(
            isinstance(entry, int | float) for entry in stacked.flat
        ):
            stacked = stacked.astype(np.float64)
        samples = stacked.shape[: stacked.ndim - 1 - len(own)]
        return stacked.reshape(*samples, *self.shape, *own), (*self.shape, *own)


def _table(nodes: Sequence[Node]) -> _Table:
    """Return the table that the numbers of names make; a row in order if they make none."""
    indices = {member(node.name).indices: node for node in nodes}
    axes = list(zip(*indices, strict=True)) if len({len(i) for i in indices}) == 1 else []
    shape = tuple(len(set(axis)) for axis in axes)
    if not shape or len(indices) != len(nodes) or math.prod(shape) != len(nodes):
        return _Table((len(nodes),), tuple(nodes))
    return _Table(shape, tuple(indices[key] for key in sorted(indices)))


def _alike(part: Part, index: int, run: Run | None, options: Options, *, listed: bool) -> NodeLabel:
    nodes, show = part.nodes, options.show
    cut_off = run is not None and all(node.name in run.disconnected for node in nodes)
    table = _table(nodes)
    name = _name(nodes, layers=nodes[0].is_leaf or part.kind != "chain")
    called = _listed(nodes) if listed else name
    value = _value(table, run, options.digits)
    P = _P(table, run, options.digits)
    phrases: list[Phrase] = []
    if "index" in show:
        phrases.append(_counted(table))
        if part.fold and not ("clusters" in show and is_framed(part)):
            phrases.append(_words("remark", steps_of(part.fold)))
    written = Phrase("formula", *part.formula) if part.formula and "formula" in show else None
    if written is not None:
        if listed and "name" in show:
            phrases.append(called)
        is_named = "name" in show
        phrases.append(equated(name, written) if is_named else replace(written, shorter=name))
    elif "name" in show or "formula" in show:
        phrases.append(called)
    if value is not None and "value" in show:
        phrases += _valued(phrases, value, is_leaf=nodes[0].is_leaf)
    if part.formula is None and not nodes[0].is_leaf and "formula" in show:
        functions = len({node.function for node in nodes})
        if functions > 1:
            phrases.append(_words("remark", counted(functions, "formula")))
    if P is not None and "P" in show:
        phrases += defined(Phrase("P", "P", "P"), P)
    if cut_off:
        phrases.append(_words("remark", "not connected"))
    told_formula = f" = {clipped(part.formula.plain)}" if part.formula else ""
    said = [f"{name.plain}{told_formula}{told(value) if value else ''}"]
    said += [f"P{told(P)}"] if P else []
    said += ["not connected"] if cut_off else []
    told_of = f"{table.told} of {steps_of(part.fold)}" if part.fold else table.told
    return NodeLabel(
        name.plain,
        index,
        nodes[0].kind,
        tuple(phrases),
        f"{told_of}, {nodes[0].kind}: {'; '.join(said)} ({_named(nodes)})",
        cut_off,
        None if written is None else Equation(name, written),
        card=part.kind,
        called=called,
    )


def _valued(before: list[Phrase], value: Phrase, *, is_leaf: bool) -> Iterator[Phrase]:
    """Yield a value, on the line of a leaf's name if there is one."""
    if is_leaf and before and before[-1].role == "formula":
        yield from defined(before.pop(), value)
    else:
        yield equal_to(value) if before else value


def _counted(table: _Table) -> Phrase:
    shape = r" \times ".join(map(str, table.shape))
    own = space_of(table.nodes[0].shape) if table.nodes[0].shape else None
    return Phrase(
        "index",
        rf"{shape} \text{{ nodes}}" + (f" {own.latex}" if own else ""),
        table.told + (f" {own.plain}" if own else ""),
    )


def _name(nodes: Sequence[Node], *, layers: bool = True) -> Phrase:
    """Return the name of alike nodes, w_{j,k}; the first and the last if they have no family.

    Those of several ``layers`` have a letter for it, unless a formula of one of them is written.
    """
    is_one = layers or len({member(node.name).family for node in nodes}) == 1
    if is_one and (name := name_of(nodes)):
        return Phrase("formula", *name)
    return _listed(nodes, 2)


def generic_name(part: Part) -> str | None:
    """Return the name that alike nodes have on their card, if they have one."""
    name = name_of(part.nodes) if part.kind in ("alike", "chain") else None
    return name and name.plain


def _listed(nodes: Sequence[Node], most: int = MAX_LISTED) -> Phrase:
    """Return the names of nodes; of more than so many the first and the last."""
    names = [node.name for node in nodes]
    shown = names if len(names) <= most else [names[0], names[-1]]
    by, between = (", ", ", ") if shown == names else (r", \ldots, ", ", …, ")
    return Phrase("formula", by.join(map(latex.name, shown)), between.join(shown))


def _value(table: _Table, run: Run | None, digits: int) -> Phrase | None:
    found = table.array([value_of(node, run) for node in table.nodes])
    return None if found is None else value_phrase(found[0], digits, shape=found[1])


def _P(table: _Table, run: Run | None, digits: int) -> Phrase | None:
    if run is None or any(node.name not in run.P for node in table.nodes):
        return None
    if run.graph[run.output or 0].size != 1:
        return None
    found = table.array([edge_formulas.P(run, node).value for node in table.nodes])
    return None if found is None else value_phrase(found[0], digits, "P", shape=found[1])


def _words(role: Any, said: str) -> Phrase:
    return Phrase(role, "", said)


# Chains


def steps_of(fold: Fold) -> str:
    """Tell which steps of a chain are folded."""
    return f"steps 2, …, {fold.total - 1} of {fold.total}"


def is_framed(part: Part) -> bool:
    """Whether the steps of a part have a frame of their own, which says what they are."""
    return part.fold is not None and part.group is None and part.fold.width > 1


def _repeated(nodes: Sequence[Node]) -> Generic | None:
    """Return the formula of a node in all steps; of the first where no letter stands for all."""
    if nodes[0].function is None:
        return None
    if formula := formula_of(nodes):
        return formula
    if len({node.function for node in nodes}) > 1 or (first := authored(nodes[0])) is None:
        return None
    return Generic(rf"{first.latex},\ \ldots", f"{first.plain}, …")


# Groups


def _group(
    part: Part, index: int, run: Run | None, options: Options, users: set[Node]
) -> NodeLabel:
    nodes, name = part.nodes, one_line(part.group or "")
    cut_off = run is not None and all(node.name in run.disconnected for node in nodes)
    outputs = [node for node in nodes if node in users]
    called = _words("title", name)
    phrases = [called]
    through = _through(nodes, outputs)
    if through and "index" in options.show:
        phrases.append(through)
    written = list(_outputs(outputs, run, options))
    phrases += written
    few = _words("remark", counted(len(nodes), "node"))
    phrases.append(replace(_words("remark", _kinds(nodes)), shorter=few))
    if cut_off:
        phrases.append(_words("remark", "not connected"))
    said = [_kinds(nodes), *([through.plain] if through else []), *(p.plain for p in written)]
    said += ["not connected"] if cut_off else []
    return NodeLabel(
        name,
        index,
        "computation",
        tuple(phrases),
        f"{name}, a group of {counted(len(nodes), 'node')}: {'; '.join(said)} ({_named(nodes)})",
        cut_off,
        card="group",
        called=called,
    )


def _kinds(nodes: Iterable[Node]) -> str:
    """Tell how many nodes there are of each kind."""
    kinds = [node.kind for node in nodes]
    return ", ".join(counted(kinds.count(k), _KINDS[k]) for k in KINDS if k in kinds)


_KINDS = {"input": "input", "parameter": "parameter", "computation": "computed node"}


def _through(nodes: Sequence[Node], outputs: Sequence[Node]) -> Phrase | None:
    """Return ℝ^2 → ℝ^3: what the group takes from outside, and what it gives."""
    inside = set(nodes)
    given = dict.fromkeys(
        parent for node in nodes for parent in node.parents if parent not in inside
    )
    spaces = [_together(list(given)), _together(outputs)]
    if None in spaces:
        return None
    (taken, taken_plain), (made, made_plain) = spaces  # type: ignore[misc]
    return Phrase("index", rf"{taken} \to {made}", f"{taken_plain} → {made_plain}")


def _together(nodes: Sequence[Node]) -> tuple[str, str] | None:
    """Return the space of one node, or of the entries of several."""
    if not nodes or not all(is_known(node.shape) for node in nodes):
        return None
    shape = nodes[0].shape if len(nodes) == 1 else (sum(node.size for node in nodes),)
    if not shape or shape == (1,):
        return r"\mathbb{R}", "ℝ"
    space = space_of(shape)
    return space.latex.removeprefix(r"\in "), space.plain.removeprefix("∈ ")


def _outputs(outputs: Sequence[Node], run: Run | None, options: Options) -> Iterator[Phrase]:
    """Yield the outputs with their values if these are small; without a run, their formulas."""
    if not options.show & {"name", "formula"}:
        return
    families: dict[Family, list[Node]] = {}
    for node in outputs:
        families.setdefault(member(node.name).family, []).append(node)
    if len(families) > MAX_OUTPUTS:
        return
    for nodes in families.values():
        name = _name(nodes) if len(nodes) > 1 else _called(nodes[0])
        value = (
            _value(_table(nodes), run, options.digits)
            if len(nodes) > 1
            else _own(nodes[0], run, options)
        )
        if value is not None and "value" in options.show:
            yield from defined(replace(name, role="value"), value)
        elif (formula := formula_of(nodes)) and "formula" in options.show:
            yield equated(name, Phrase("formula", *formula))
        else:
            yield name
        P = (
            _P(_table(nodes), run, options.digits)
            if len(nodes) > 1
            else _own_P(nodes[0], run, options)
        )
        if P is not None and "P" in options.show:
            yield from defined(_symbol_of_P(nodes, name, run, options, alone=len(families) == 1), P)


def _symbol_of_P(
    nodes: Sequence[Node], name: Phrase, run: Run | None, options: Options, *, alone: bool
) -> Phrase:
    """Return what P of a group's outputs is called: by the number of one, else by their name."""
    if len(nodes) == 1:
        return phrase("P", of_P(nodes[0], run and run.output, indexed="index" in options.show))
    return (
        Phrase("P", "P", "P") if alone else Phrase("P", f"P_{{{name.latex}}}", f"P[{name.plain}]")
    )


def _called(node: Node) -> Phrase:
    return Phrase("formula", latex.name(node.name), node.name)


def _own(node: Node, run: Run | None, options: Options) -> Phrase | None:
    value = value_of(node, run)
    return None if value is None else value_phrase(value, options.digits, shape=node.shape)


def _own_P(node: Node, run: Run | None, options: Options) -> Phrase | None:
    if run is None or node.name not in run.P or run.graph[run.output or 0].size != 1:
        return None
    value, shape = edge_formulas.P(run, node)
    return value_phrase(value, options.digits, "P", shape=shape)


def _named(nodes: Sequence[Node]) -> str:
    """Name the nodes a card stands for."""
    named = ", ".join(node.name for node in nodes[:MAX_MEMBERS])
    more = len(nodes) - MAX_MEMBERS
    return f"{named} and {more} more" if more > 0 else named
