"""Which node of the graph a written name means: its own name, an alias of the page, a habit."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import cached_property

from graphdiff.checking.pages import spelling
from graphdiff.checking.pages.spelling import Parts
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.functions.activations import FUNCTIONS as ACTIVATIONS
from graphdiff.notation.latex.letters import GREEK

LOSSES = frozenset({
    "L", "J", "E", "C", "Q", "l", "loss", "cost", "error", "err", "obj", "objective", "mse", "mae",
    "bce", "nll", "cel", "total",
})  # fmt: skip
"""What the last node is called on pages, beside its own name; words in any case."""

WHOLE = frozenset({"total", "tot", "all", "sum", "net", "loss", "overall",
                   "gesamt", "ges", "totale", "totaal", "总", "общ"})  # fmt: skip
"""What is written below the name of a loss without saying more."""

LAYERS = frozenset({"a", "h", "A", "H", "x", "o", "y"})
"""What the activations of layers are called."""

NET_INPUT = frozenset({"net", "in", "pre", "z", "s", "sum", "preact"})
"""What stands beside a name for the value before its activation."""

ACTIVATED = frozenset({"out", "act", "a", "o", "post", "output"})
"""What stands beside a name for the value after its activation."""

OLD = frozenset({"old", "cu", "alt", "alte", "anterior", "viejo", "current", "ancien", "antigo",
                 "vecchio", "cutilde", "旧"})  # fmt: skip
"""Words beside a name for its value before a step."""

PREVIOUS = (("prev",), ("t", "prev"), ("previous",), ("t", "1"), ("tm", "1"), ("old",),
            ("last",), ("t", "minus", "1"), ("p",), ("0",))  # fmt: skip
"""What graphs write beside a name for its value at the step before."""

ACCENT_LETTERS = {"hat": ("h", "pred", "p", "")}
"""What graphs write for an accent."""


class Names:
    """The names of a graph as pages write them.

    Parameters
    ----------
    graph
        The graph.
    output
        What is differentiated.
    """

    def __init__(self, graph: ComputationalGraph, output: Node | None) -> None:
        self.graph = graph
        self.output = output
        self.aliases: dict[Parts, Node] = {}
        self.used_before: frozenset[Parts] = frozenset()
        """What only looks like the name of a node, and stands in formulas of nodes before it."""
        self.uncertain: set[str] = set()
        """Letters of layers whose numbers may be those of one layer or of another."""

    @cached_property
    def _spelled(self) -> dict[str, Node]:
        """The nodes by the spelling of their names; None for one that several have."""
        several: dict[str, Node | None] = {}
        for node in self.graph.nodes:
            for spelled in {node.name, "".join(spelling.split(node.name))}:
                several[spelled] = node if spelled not in several or node.name == spelled else None
        return {spelled: node for spelled, node in several.items() if node is not None}

    @cached_property
    def losses(self) -> list[tuple[Node, Node]]:
        """Each target with what is predicted of it, in the order of building."""
        found = []
        for leaf in self.graph.leaves:
            if leaf.kind == "input" and len(self.graph.children(leaf)) == 1:
                prediction = self.prediction_of(leaf)
                child = self.graph.children(leaf)[0].child
                is_sum = child.function is not None and _last(child) == "add"
                if prediction is not None and len(child.parents) == 2 and not is_sum:
                    found.append((leaf, prediction))
        return found

    @cached_property
    def samples(self) -> int:
        """The number of samples: the size along which inputs of two axes agree, else the first."""
        shapes = [node.shape for node in self.graph.leaves if node.kind == "input" and node.shape]
        if not shapes or not all(isinstance(size, int) for shape in shapes for size in shape):
            return 1
        most = [shape for shape in shapes if len(shape) == max(map(len, shapes))]
        shared = [axis for axis, sizes in enumerate(zip(*most, strict=True)) if len({*sizes}) == 1]
        return int(most[0][shared[0] if len(most) > 1 and shared else 0])

    def has_samples(self, node: Node) -> bool:
        """Whether a value is computed of each sample."""
        return not node.is_leaf and self.samples in node.shape

    @cached_property
    def pairs(self) -> set[Parts]:
        """What stands side by side in names: o and 1 in net_o1."""
        return {
            pair
            for node in self.graph.nodes
            for pair in itertools.pairwise(spelling.split(node.name))
        }

    @property
    def all(self) -> list[str]:
        """The names of all nodes."""
        return [node.name for node in self.graph.nodes]

    def node(self, parts: Parts) -> Node | None:
        """Return the node that a name means, or None."""
        if not parts:
            return None
        if parts in self.aliases:
            return self.aliases[parts]
        return next(self._nodes(parts), None)

    def exact(self, parts: Parts) -> Node | None:
        """Return the node of this very name, or None."""
        found = self.aliases.get(parts)
        return self._spelled.get("".join(parts)) if found is None else found

    def _nodes(self, parts: Parts) -> Iterator[Node]:
        """Yield the nodes a name may mean, the likeliest first."""
        yield from self._in_any_order(parts)
        yield from self._without_accent(parts)
        yield from self._beside_an_activation(parts)
        yield from self._net_input_by_its_number(parts)
        yield from self._without_an_index(parts)
        yield from self._layer_zero(parts)
        yield from self._without_parameters(parts)
        yield from self._of_a_step_in_time(parts)
        if any(part in OLD for part in parts[1:]):
            yield from self._in_any_order(tuple(part for part in parts if part not in OLD))
        if self.is_loss(parts) and self.output is not None:
            yield self.output
        yield from self._in_other_case(parts)
        yield from self._shortened(parts)

    def _in_any_order(self, parts: Parts) -> Iterator[Node]:
        for spelled in spelling.orders(parts):
            if spelled in self._spelled:
                yield self._spelled[spelled]

    def _without_accent(self, parts: Parts) -> Iterator[Node]:
        """Yield what a name with an accent means where no node's name has it.

        What is predicted of a target y is ŷ, whatever the graph calls it.
        """
        for accent, letters in ACCENT_LETTERS.items():
            if accent not in parts:
                continue
            place = parts.index(accent)
            for letter in letters:
                middle = (letter,) if letter else ()
                for node in self._in_any_order(parts[:place] + middle + parts[place + 1 :]):
                    if letter or not node.is_leaf:
                        yield node
                    elif (found := self.prediction_of(node)) is not None:
                        yield found

    @staticmethod
    def prediction_of(target: Node) -> Node | None:
        """Return the one computed node that meets a target in the node after it."""
        after = {edge.child for edge in target.graph.children(target)}
        found = {node for child in after for node in child.parents if not node.is_leaf}
        return found.pop() if len(found) == 1 else None

    def _beside_an_activation(self, parts: Parts) -> Iterator[Node]:
        """Yield what a name with ``net`` or ``out`` beside that of another node means."""
        for words, other in ((ACTIVATED, activation_of), (NET_INPUT, net_input_of)):
            for place, part in enumerate(parts):
                if part in words and len(parts) > 1:
                    rest = parts[:place] + parts[place + 1 :]
                    for node in self._in_any_order(rest):
                        found = other(node)
                        yield node if found is None else found

    def _net_input_by_its_number(self, parts: Parts) -> Iterator[Node]:
        """Yield the one net input of a number, z1 for net_1, where none is called so."""
        if parts[0] == "net" and len(parts) > 1 and all(part.isdecimal() for part in parts[1:]):
            found = [
                node
                for node in self.graph.nodes
                if activation_of(node) is not None and spelling.split(node.name)[1:] == parts[1:]
            ]
            if len(found) == 1:
                yield from found

    def _without_an_index(self, parts: Parts) -> Iterator[Node]:
        """Yield a node without the index 1 of a name, where there is no second one."""
        if parts.count("1") == 1 and not any(part.isdecimal() and part != "1" for part in parts):
            second = tuple("2" if part == "1" else part for part in parts)
            rest = tuple(part for part in parts if part != "1")
            if rest and not any(True for _ in self._in_any_order(second)):
                yield from self._in_any_order(rest)

    def _layer_zero(self, parts: Parts) -> Iterator[Node]:
        """Yield the input of a network for a⁰, or for a¹ where the first layer has the number 2."""
        if len(parts) != 2 or parts[0] not in LAYERS:
            return
        from_two = (parts[0], "2") in self._numbered and (parts[0], "1") not in self._numbered
        if parts[1] == ("1" if from_two else "0"):
            targets = {target for target, _ in self.losses}
            data = [leaf for leaf in self.graph.inputs if leaf not in targets]
            if len(data) == 1:
                yield data[0]

    @cached_property
    def _numbered(self) -> set[Parts]:
        return {spelling.split(node.name) for node in self.graph.nodes}

    def _in_other_case(self, parts: Parts) -> Iterator[Node]:
        """Yield the one node that is called so but for small and capital letters: Y for y."""
        small = "".join(parts).lower()
        found = {node for spelled, node in self._spelled.items() if spelled.lower() == small}
        if len(found) == 1:
            yield from found

    def _shortened(self, parts: Parts) -> Iterator[Node]:
        """Yield the one node that has a Greek letter in short, as programs write it: lam for λ."""
        letter, *rest = parts
        short = [letter[:size] for size in range(3, len(letter)) if letter in GREEK]
        found = [node for word in short for node in self._in_any_order((word, *rest))]
        if len(found) == 1:
            yield from found

    def _of_a_step_in_time(self, parts: Parts) -> Iterator[Node]:
        """Yield the node of a step in time: h_prev for h_{t−1}, and h for h_t, if they are two."""
        if len(parts) < 2 or parts[1] != "t" or (parts[0], "t", "1") == parts:
            return
        rest = tuple(part for part in parts if part not in ("t", spelling.BEFORE))
        if spelling.BEFORE in parts:
            for word in PREVIOUS:
                yield from self._in_any_order((*rest, *word))
        else:
            yield from self._in_any_order(rest)

    def _without_parameters(self, parts: Parts) -> Iterator[Node]:
        """Yield the computed node that is called by its parameters as well: h for h_θ(x)."""
        letters = {spelling.split(leaf.name)[0] for leaf in self.graph.leaves
                   if leaf.kind == "parameter"}  # fmt: skip
        if len(parts) > 1 and letters.issuperset(parts[1:]):
            node = self._spelled.get(parts[0])
            if node is not None and not node.is_leaf:
                yield node

    def is_loss(self, parts: Parts) -> bool:
        """Whether a name is what the last node is called, where no other node is called so."""
        words = [part for part in parts if part.lower() not in WHOLE or len(parts) == 1]
        if len(words) != 1:
            return False
        word = words[0]
        return word in LOSSES or (len(word) > 1 and word.lower() in LOSSES)


def _last(node: Node) -> str:
    """Return the name of the last operation of a computed node."""
    assert node.function is not None  # noqa: S101 - it is computed
    return getattr(getattr(node.function.program[-1], "function", None), "name", "")


def is_activation(node: Node) -> bool:
    """Whether a node is an activation of one other, and nothing else."""
    if node.function is None or len(node.parents) != 1:
        return False
    last = node.function.program[-1]
    function = getattr(last, "function", None)
    if len(node.function.program) != 2 or function is None:
        return False
    return function in ACTIVATIONS or getattr(function, "name", "") in (
        "softmax", "relu", "tanh", "exp", "abs", "step", "sign", "clip", "max",
    )  # fmt: skip


def activation_of(node: Node) -> Node | None:
    """Return the activation of a net input, if it has one."""
    found = [edge.child for edge in node.graph.children(node) if is_activation(edge.child)]
    return found[0] if len(found) == 1 else None


def net_input_of(node: Node) -> Node | None:
    """Return the net input of an activation."""
    return node.parents[0] if is_activation(node) else None
