"""What a written formula means: trees to expressions of the graph.

Scripts, brackets and letters that touch are understood by the names of the graph: ``x(1 - x)`` is
a product if x is a node, and σ(x) is not; ``a^2`` is a² if there is a node a, and a2 if there is
one of that name. The modules ``of_names``, ``of_functions``, ``of_arithmetic``, ``of_sums`` and
``of_derivatives`` each read some kinds of trees.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, TypeVar

import sympy as sp

from graphdiff.checking.pages import (
    deltas,
    known_functions,
    open_indices,
    readings,
    spelling,
)
from graphdiff.checking.pages.names import Names, activation_of
from graphdiff.checking.pages.readings import Readings, plain
from graphdiff.checking.rate_names import is_rate
from graphdiff.files.mathematics.trees import Name, Number, Tree
from graphdiff.graph import Node
from graphdiff.language import tensors
from graphdiff.language.expression import Constant, Expression, apply, pi
from graphdiff.local_functions.local_function import localise

COUNTS = frozenset({"n", "m", "N", "M", "B"})
"""What the number of samples is called, where no node is."""

TARGETS = frozenset({
    "target", "targets", "desired", "expected", "actual", "true", "label", "ziel", "soll",
    "objetivo", "deseado", "deseada", "esperado", "alvo", "desejado", "cible", "attendu",
    "obiettivo", "doel", "mục_tiêu", "目标", "цель",
})  # fmt: skip
PREDICTIONS = frozenset({
    "output", "outputs", "predicted", "pred", "prediction", "computed", "out", "ausgabe", "ist",
    "salida", "obtenido", "predicho", "saida", "saída", "previsto", "sortie", "prédit", "uscita",
    "uitvoer", "输出", "выход",
})  # fmt: skip
"""Words for what is wanted, and for what the network gives."""


class NotUnderstoodError(Exception):
    """A part of a formula whose meaning is not known."""

    def __init__(self, tree: Tree, why: str) -> None:
        super().__init__(why)
        self.tree = tree
        self.why = why


class Place(NamedTuple):
    """What a running index is at a time: a number, or a name such as the o1 of out_o."""

    name: str

    @property
    def number(self) -> int | None:
        """The number, if it is one."""
        return int(self.name) if self.name.isdecimal() else None

    @property
    def parts(self) -> spelling.Parts:
        """What stands for it in names."""
        return spelling.split(self.name)


READERS: dict[type[Tree], Callable[[Meaning, Any], Readings]] = {}
"""What reads each kind of tree; filled by the modules beside this one."""


Read = TypeVar("Read", bound=Callable[..., Any])


def reads(kind: type[Tree]) -> Callable[[Read], Read]:
    """Register what reads a kind of tree."""

    def registered(read: Read) -> Read:
        READERS[kind] = read
        return read

    return registered


@dataclass
class Meaning:
    """Understands formulas by the names of a graph and of a page.

    Attributes
    ----------
    names
        The names of the nodes.
    rate
        The learning rate, if it is known.
    meant
        What names of the page mean beside nodes: δ and dW, by their parts.
    """

    names: Names
    rate: sp.Expr | None = None
    meant: dict[spelling.Parts, Expression] = field(default_factory=dict[Any, Expression])
    unknown: set[spelling.Parts] = field(default_factory=set[spelling.Parts])
    """Names of the page's own, of which it cannot be read what they are."""
    counters: dict[spelling.Parts, Number] = field(default_factory=dict[Any, Number])
    """Numbers of a program under names of its own, which its indices may be: ``i = 1``."""
    convention: deltas.Convention | None = None
    """What δ means, once that is known."""
    times: int = 1
    """What dZ of all samples is multiplied by: their number, where it is of the loss of each."""
    stepping: Node | None = None
    """The parameter whose step is read, for the ∇L in it."""
    sign_of_changes: int = -1
    """The sign of Δw = −η ∂L/∂w; 1 where a page takes Δw off."""
    says_hessian: bool = False
    """Whether the page has the word for the Hessian that its H is."""
    partial: bool = False
    """Whether the ∂ of a chain is that of a local function, other paths left out."""
    running: set[str] = field(default_factory=set[str])
    """Running indices of the sums around."""
    at_indices: dict[str, Place] = field(default_factory=dict[str, "Place"])
    """Running indices that have a value, where a sum is written out."""

    def readings(self, tree: Tree) -> Readings:
        """Return the ways to read a formula, the plainest first.

        Raises
        ------
        NotUnderstoodError
            Naming the first part whose meaning is not known.
        MisfitError
            If its arrays fit together in no way.
        """
        read = READERS.get(type(tree))
        if read is None:
            raise NotUnderstoodError(tree, "it has no value")
        return read(self, tree)[: readings.MOST]

    def known(self, parts: spelling.Parts) -> Expression | None:
        """Return what has this very name: a node, or something the page named."""
        if parts in self.meant:
            return self.meant[parts]
        found = self.names.exact(parts)
        convention = self.convention
        if found is None and convention is not None and parts[0] in convention.words:
            return deltas.of_delta(self.names, parts, convention)
        if found is None:
            return deltas.derivative_by_its_d(self.names, parts, self.times)
        return found

    def habitual(self, tree: Name, parts: spelling.Parts) -> Expression | None:
        """Return what a letter means where no node has it."""
        word = "".join(parts)
        if parts in self.unknown:
            raise NotUnderstoodError(tree, "the page calls something of its own so")
        if word in self.at_indices and (number := self.at_indices[word].number) is not None:
            return Constant(number)
        if tree.is_word and parts in self.counters:
            return self.readings(self.counters[parts])[0].expression
        if word == "e":
            return apply(known_functions.exp, Constant(1))
        if word == "pi":
            return pi
        if is_rate(word) and self.rate is not None:
            return Constant(self.rate)
        if tree.text in COUNTS and self.names.samples > 1:
            return Constant(self.names.samples)
        found = deltas.derivative_in_code(self.names, tree.text, self.times)
        if found is not None:
            return found
        return self._targets_or_predictions(word)

    def counted(self, tree: Tree) -> Tree:
        """Return the number that a program gave a name of its own; anything else as it is."""
        if isinstance(tree, Name):
            return self.counters.get(spelling.split(tree.text), tree)
        return tree

    def _targets_or_predictions(self, word: str) -> Expression | None:
        """Return what the words *target* and *output* mean: of several losses all of them."""
        pairs = self.names.losses
        if word.lower() not in (*TARGETS, *PREDICTIONS) or not pairs:
            return None
        chosen = [pair[word.lower() in PREDICTIONS] for pair in pairs]
        return chosen[0] if len(chosen) == 1 else tensors.stack(chosen)

    def named(self, tree: Tree) -> Readings:
        """Return what a name of several parts means."""
        parts = self.parts(tree)
        found = self.known(parts)
        if found is None:
            found = self.names.node(parts)
        if found is None:
            shown = "".join(parts)
            raise NotUnderstoodError(tree, f"there is no {shown!r} in the graph")
        return plain(found)

    def parts(self, tree: Tree) -> spelling.Parts:
        """Return the parts of a written name, running indices with their values."""
        parts = spelling.parts_of(self.at_its_indices(tree))
        if parts is None:
            raise NotUnderstoodError(tree, "it is neither a name nor a formula")
        if not self.at_indices:
            return parts
        return tuple(
            piece for part in parts for piece in self.at_indices.get(part, Place(part)).parts
        )

    def at_its_indices(self, tree: Tree) -> Tree:
        """Return a written name with the numbers that running indices are; 0 or 1 for a δ_ij."""
        numbers = {
            index: place.number
            for index, place in self.at_indices.items()
            if place.number is not None
        }
        return open_indices.put(tree, numbers) if numbers else tree

    def running_over(self, index: str) -> Meaning:
        """Return the same under a sum that runs over an index."""
        return replace(self, running=self.running | {index})

    def at_index(self, index: str, place: Place) -> Meaning:
        """Return the same where a running index has a value."""
        return replace(self, at_indices={**self.at_indices, index: place})

    def cut(self, text: str) -> list[str]:
        """Cut letters that touch into known names, as few as can be; none if that fails."""
        best: dict[int, list[str]] = {0: []}
        for end in range(1, len(text) + 1):
            for start in range(max(0, end - 12), end):
                piece = text[start:end]
                if start not in best or (start == 0 and end == len(text)):
                    continue
                if self.known(spelling.split(piece)) is not None:
                    cut = [*best[start], piece]
                    if end not in best or len(cut) < len(best[end]):
                        best[end] = cut
        return best.get(len(text), [])

    def exact(self, tree: Tree) -> Expression | None:
        """Return what has this very name."""
        try:
            return self.known(self.parts(tree))
        except NotUnderstoodError:
            return None

    def fuzzy(self, tree: Tree) -> Node | None:
        """Return the node a name means, if it means one."""
        try:
            return self.names.node(self.parts(tree))
        except NotUnderstoodError:
            return None

    def common_activation(self) -> Any | None:
        """Return the activation of the graph, if it has only one."""
        found = {
            getattr(node.function.program[-1], "function", None)
            for node in self.names.graph.nodes
            if node.function is not None and len(node.parents) == 1
            if activation_of(node.parents[0]) is node
        }
        return found.pop() if len(found) == 1 else None

    def node_of(self, expression: Expression) -> Node | None:
        """Return the node that has this formula, word for word."""
        program, names = localise(expression)
        for node in self.names.graph.nodes:
            if node.function is not None and (node.function.program, node.parents) == (
                program, names,
            ):  # fmt: skip
                return node
        return None
