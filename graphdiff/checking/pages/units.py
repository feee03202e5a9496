"""Indices of units in two layers of arrays: δ_j = a_j (1 − a_j) Σ_k w_{kj} δ_k.

In this notation the letter of an index says the layer: k counts what the network gives, j the
hidden units, i the inputs. So δ_j is the jth entry of the δ of the hidden layer, and w_{kj} one of
the weights between the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from graphdiff.checking.pages import of_entries, of_names
from graphdiff.checking.pages.deltas import DELTA, layers_of
from graphdiff.checking.pages.layers import Layers
from graphdiff.checking.pages.lines import Line
from graphdiff.checking.pages.names import Names
from graphdiff.checking.pages.spelling import split
from graphdiff.files.mathematics import trees
from graphdiff.files.mathematics.trees import Name, Script, Side, Tree
from graphdiff.graph import Node

HIDDEN, LAST = "hidden", "out"
"""What stands below the δ of each of two layers."""


@dataclass(frozen=True)
class Units:
    """Which letters count the units of the hidden layer and of the last one."""

    hidden: str
    last: str
    into_hidden: Node | None
    into_last: Node | None

    def read(self, side: Side) -> Side:
        """Return a side in which δ_j and w_{kj} say of which layer they are."""
        return replace(side, tree=trees.mapped(side.tree, self._named))

    def _named(self, tree: Tree) -> Tree:
        if not isinstance(tree, Script) or tree.above is not None or tree.primes:
            return tree
        letter = of_names.text_of(tree.below) if tree.below is not None else ""
        if of_names.text_of(tree.body) == DELTA and letter in (self.hidden, self.last):
            layer = Name(HIDDEN if letter == self.hidden else LAST, True, span=tree.span)
            return replace(tree, body=Script(tree.body, layer, span=tree.span))
        if of_names.text_of(tree.body) == "w" and tree.below is not None:
            indices = of_entries.split_indices(tree.below)
            letters = [of_names.text_of(index) for index in indices]
            if len(indices) == len({*letters}) == 2 and self.hidden in letters:
                node, to = (
                    (self.into_last, self.last)
                    if self.last in letters
                    else (self.into_hidden, self.hidden)
                )
                if node is not None:
                    if (letters[0] == to) != _counts_rows_of_its_layer(node):
                        indices = indices[::-1]
                    below = trees.Items(tuple(indices), span=tree.below.span)
                    return replace(tree, body=Name(node.name, True, span=tree.span), below=below)
        return tree


def units_of(names: Names, lines: Sequence[Line]) -> Units | None:
    """Return what the letters below δ count, as sums and the names beside them tell it."""
    nets = layers_of(names, "net input")
    if len(nets) != 2 or not all(len(net.shape) == 1 for net in nets):
        return None
    told: dict[str, str] = {}
    for line in lines:
        for letter, layer in (*_told_by_sums(line), *_told_by_activations(names, line)):
            told.setdefault(layer, letter)
    if len({*told.values()}) < 2:
        return None
    weights = Layers(names).nodes["weight"]
    into = [found[0] if len(found) == 1 else None for found in weights]
    free = names.exact(("w",)) is None and len(into) == 2
    return Units(told[HIDDEN], told[LAST], *(into if free else (None, None)))


def _told_by_sums(line: Line) -> Iterator[tuple[str, str]]:
    """Yield j and k of δ_j = … Σ_k w_{kj} δ_k."""
    own = next(_letters_of_deltas(line.statement.sides[0].tree), None)
    for side in line.statement.sides[1:]:
        for part in trees.walk(side.tree):
            other = next(_letters_of_deltas(part.body), None) if _is_sum(part) else None
            if own and other and own != other:
                yield from ((own, HIDDEN), (other, LAST))


def _told_by_activations(names: Names, line: Line) -> Iterator[tuple[str, str]]:
    """Yield k of δ_k = (o_k − y_k) …, in which o is the last activation, and j of δ_j = h_j …."""
    own = next(_letters_of_deltas(line.statement.sides[0].tree), None)
    activations = layers_of(names, "activation")
    found = {
        names.exact(split(of_names.text_of(part.body)))
        for side in line.statement.sides[1:]
        for part in trees.walk(side.tree)
        if isinstance(part, Script) and part.below is not None
        if of_names.text_of(part.below) == own
    }
    if own and activations[-1] in found:
        yield own, LAST
    elif own and activations[0] in found:
        yield own, HIDDEN


def _is_sum(part: Tree) -> TypeGuard[trees.Large]:
    return isinstance(part, trees.Large)


def _counts_rows_of_its_layer(weights: Node) -> bool:
    """Whether the rows of a matrix are of the layer after it, W h, and not of that before it."""
    net = weights.graph.children(weights)[0].child
    return net.parents[0] is weights


def _letters_of_deltas(tree: Tree) -> Iterator[str]:
    """Yield the letters that stand alone below a δ."""
    for part in trees.walk(tree):
        if isinstance(part, Script) and of_names.text_of(part.body) == DELTA:
            letter = of_names.text_of(part.below) if part.below is not None else ""
            if len(letter) == 1 and part.above is None:
                yield letter
