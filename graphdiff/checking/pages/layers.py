"""Layers that a page numbers, a^{[1]} and z^{(2)}_j, where the graph calls them h, o or p.

Which layer a number is of depends on what is counted: a^{(1)} is the first hidden layer, or the
input. What the graph's own numbers say is taken, then what is possible, then what the page's own
lines fit; where that is not certain, nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from graphdiff.checking.pages import of_names, spelling, updates
from graphdiff.checking.pages.deltas import neurons_by_layer
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Number, Script, Tree
from graphdiff.graph import Node

Kind = Literal["activation", "net input", "weight", "bias"]

LETTERS: dict[str, Kind] = {
    **dict.fromkeys(("a", "A", "h", "H"), "activation"),
    **dict.fromkeys(("z", "Z"), "net input"),
    **dict.fromkeys(("W", "w", "Theta", "theta"), "weight"),
    **dict.fromkeys(("b", "B"), "bias"),
}
"""What the parts of layers are called."""

GROUPS: tuple[tuple[Kind, ...], ...] = (("activation", "net input"), ("weight", "bias"))
"""What is counted together."""

STARTS = (1, 2)
"""Numbers that the first layer after the input may have."""

NEAR = 0.02
"""How far off a number may be that still shows which layer it is of."""

_WITH_ACTIVATION = ("softmax", "sigmoid", "logit", "cross_entropy")


@dataclass(frozen=True)
class Written:
    """A name with the number of a layer, as it stands on a page."""

    letter: str
    layer: int | None
    """Its number; None where that is left open, a^{[l]}."""
    bracket: str

    @property
    def kind(self) -> Kind:
        """What of a layer it is."""
        return LETTERS[self.letter]


class Layers:
    """The layers of a graph, each with its nodes of each kind: one array, or several neurons."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.nodes: dict[Kind, list[list[Node]]] = {
            "net input": neurons_by_layer(names, "net input"),
            "activation": neurons_by_layer(names, "activation"),
        }
        last = [found for _, found in names.losses]
        known = [node for layer in self.nodes["activation"] for node in layer]
        if last and not any(node in known for node in last):  # a last layer without activation
            self.nodes["net input"].append(last)
            if not any(map(_is_activated_by_the_loss, last)):
                self.nodes["activation"].append(last)
        parameters = list(self._parameters())
        self.nodes["weight"] = [[n for n in own if not _is_bias(n, own)] for own in parameters]
        self.nodes["bias"] = [[n for n in own if _is_bias(n, own)] for own in parameters]
        targets = {target for target, _ in names.losses}
        data = [leaf for leaf in names.graph.inputs if leaf not in targets]
        self.input = data if len(data) == 1 else []

    def _parameters(self) -> Iterator[list[Node]]:
        """Yield the parameters of each layer, in the order of building."""
        graph = self.names.graph
        seen: set[str] = set()
        for layer in self.nodes["net input"]:
            before = set().union(*(graph.ancestors(node) for node in layer)) - seen
            yield [
                leaf for leaf in graph.leaves if leaf.kind == "parameter" and leaf.name in before
            ]
            seen |= before

    def of(self, kind: Kind, number: int, start: int) -> list[Node]:
        """Return the nodes of a layer by its number; nothing if there is none."""
        place = number - start
        if place == -1 and kind == "activation":
            return self.input
        layers = self.nodes[kind]
        return layers[place] if 0 <= place < len(layers) else []

    def own_starts(self, kinds: Sequence[Kind]) -> set[int]:
        """Return which number the first layer has by the graph's own names, z1 and a1."""
        found: set[int] = set()
        for kind in kinds:
            for place, layer in enumerate(self.nodes[kind]):
                parts = spelling.split(layer[0].name) if len(layer) == 1 else ()
                if len(parts) == 2 and LETTERS.get(parts[0]) == kind and parts[1].isdecimal():
                    found.add(int(parts[1]) - place)
        return found


def name_layers(
    names: Names, lines: Sequence[Line], value_of: Callable[[Node], Any]
) -> Iterator[str]:
    """Give the layers a page numbers their nodes; yield what was taken, for remarks.

    Parameters
    ----------
    value_of
        Returns the value of a node, or None where it has none.
    """
    about = [
        one
        for line in lines
        for side in line.statement.sides
        for one in _written(side.tree)
        if one.bracket == "[" or not _is_of_samples(names, one.letter)
    ]
    powers = {
        name for line in lines for side in line.statement.sides for name in _powers(side.tree)
    }
    strange = {
        one.letter for one in about
        if names.exact((one.letter, str(one.layer))) is None
        if one.letter not in powers or names.exact((one.letter,)) is None
    }  # fmt: skip
    if not strange:
        return
    layers = Layers(names)
    strange = {letter for letter in strange if not _counts_steps(names, layers, letter)}
    start: int | None = None
    for kinds in GROUPS:
        written = [one for one in about if one.letter in strange and one.kind in kinds]
        if not written:
            continue
        possible = _starts(layers, kinds, written)
        if kinds == GROUPS[1] and start in possible:
            possible = [start] if start == min(possible) else possible
        chosen = _fitting(layers, possible, lines, written, value_of)
        if chosen is None:
            names.uncertain |= {one.letter for one in written}
            continue
        start = chosen
        yield from _take(names, layers, {one.letter for one in written}, chosen)


def _is_of_samples(names: Names, letter: str) -> bool:
    """Whether a node of this name has samples, which a number in brackets counts: a^{(2)}."""
    node = names.exact((letter,))
    return node is not None and names.samples > 1 and names.has_samples(node)


def _counts_steps(names: Names, layers: Layers, letter: str) -> bool:
    """Whether a number above a name is rather that of a step: w^{(1)} of the only w there is."""
    return names.exact((letter,)) is not None and sum(map(bool, layers.nodes[LETTERS[letter]])) < 2


def _written(tree: Tree) -> Iterator[Written]:
    """Yield the names with numbers of layers in a tree."""
    for part in trees.walk(tree):
        if not isinstance(part, Script):
            continue
        name = of_names.flat(part)
        name = name.body if isinstance(name.body, Script) else name
        above = name.above
        if isinstance(above, trees.Product) and not any(above.operators):
            above = above.factors[0]  # a^{[1](i)} of a sample
        letter = of_names.text_of(name.body)
        letter = letter[1:] if letter[:1] == "d" and len(letter) == 2 else letter
        if letter not in LETTERS or not isinstance(above, trees.Group):
            continue
        match above.bracket, above.body:
            case "[" | "(", Number(text=text) if text.isdecimal():
                yield Written(letter, int(text[:4]), above.bracket)
            case "[", Name() | trees.Sum():
                yield Written(letter, None, "[")
            case _:
                pass


def _powers(tree: Tree) -> Iterator[str]:
    """Yield the letters that have a number without brackets above them."""
    for part in trees.walk(tree):
        if isinstance(part, Script) and isinstance(part.above, Number):
            yield of_names.text_of(part.body)


def _starts(layers: Layers, kinds: Sequence[Kind], written: Sequence[Written]) -> list[int]:
    """Return the numbers the first layer may have."""
    own = layers.own_starts(kinds)
    if len(own) == 1:
        return list(own)
    numbers: list[tuple[Kind, int]] = [
        (one.kind, one.layer) for one in written if one.layer is not None
    ]
    known = {
        start: sum(bool(layers.of(kind, number, start)) for kind, number in numbers)
        for start in STARTS
    }
    return [start for start in STARTS if known[start] == max(known.values())]


def _fitting(
    layers: Layers,
    starts: Sequence[int],
    lines: Sequence[Line],
    written: Sequence[Written],
    value_of: Callable[[Node], Any],
) -> int | None:
    """Return the one start that is possible, or that most lines fit; None if it is not certain."""
    if len(starts) < 2:
        return starts[0] if starts else None
    scores = dict.fromkeys(starts, 0)
    for line in lines:
        for one in _written(line.statement.sides[0].tree):
            claimed = [updates.literal(side.tree) for side in line.statement.sides[1:]]
            for start in starts if one in written and one.layer is not None else ():
                nodes = layers.of(one.kind, one.layer or 0, start)
                scores[start] += max(
                    (_nearness(number, value_of(node)) for number in claimed for node in nodes),
                    default=0,
                )
    best = max(scores.values())
    fitting = [start for start in starts if scores[start] == best]
    if len(fitting) == 1:
        return fitting[0]
    return 1 if 1 in fitting and all(one.bracket == "[" for one in written) else None


def _nearness(claimed: Any, value: Any) -> int:
    """Return 2 for the numbers of a value, or of one of its entries, and 1 for as many others."""
    if claimed is None or value is None:
        return 0
    one, other = np.asarray(claimed, float).ravel(), np.asarray(value, float).ravel()
    if len(one) == 1:
        return 2 * bool(np.isclose(one, other, rtol=NEAR, atol=1e-12).any())
    return (len(one) == len(other)) + (
        len(one) == len(other) and bool(np.allclose(one, other, rtol=NEAR, atol=1e-12))
    )


def _take(names: Names, layers: Layers, letters: set[str], start: int) -> Iterator[str]:
    """Give names to the nodes of all layers."""
    for letter in sorted(letters):
        kind = LETTERS[letter]
        for number in range(start - 1, start + len(layers.nodes["net input"])):
            nodes = layers.of(kind, number, start)
            parts = letter, str(number)
            if len(nodes) == 1 and names.exact(parts) is None:
                names.aliases[parts] = nodes[0]
                if names.node(parts) is not nodes[0] or nodes[0].name != "".join(parts):
                    yield f"{letter}^({number}) is taken for {nodes[0].name}"
            if len(nodes) > 1 or (nodes and not nodes[0].shape and kind != "weight"):
                for unit, node in enumerate(nodes, 1):
                    unit_parts = letter, str(unit), str(number)
                    if names.exact(unit_parts) is None:
                        names.aliases[unit_parts] = node
                        if len(nodes) > 1:
                            yield f"{letter}_{unit}^({number}) is taken for {node.name}"


def _is_bias(node: Node, own: Sequence[Node]) -> bool:
    """Whether a parameter is a bias: of one axis beside a matrix, or called so beside others."""
    most = max(len(one.shape) for one in own)
    if most > 1:
        return len(node.shape) < most or (1 in node.shape and node.name[:1] in "bBc")
    return len(own) > 1 and node.name[:1] in "bB"


def _is_activated_by_the_loss(node: Node) -> bool:
    """Whether a loss takes the activation itself, as a softmax with cross-entropy does."""
    return any(
        word in repr(edge.child.function)
        for edge in node.graph.children(node)
        for word in _WITH_ACTIVATION
    )
