"""What a value is, however its formula is bracketed and cut into nodes.

Sums and products are multiplied out: f ⊙ c + i ⊙ g is one polynomial in four values, in whichever
order it is written, and h + z ⊙ (n − h) is the same as (1 − z) ⊙ h + z ⊙ n. Activations are told by
their values, 1/(1 + exp(−a)) as a sigmoid of a.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import Any

from graphdiff.graph import Node
from graphdiff.language.expression import Expression
from graphdiff.language.functions import Function
from graphdiff.language.functions.contraction import Einsum, MatMul
from graphdiff.language.functions.movement import Concatenate, Index
from graphdiff.local_functions.local_function import Formal, Instruction, Literal
from graphdiff.recognition.activations import NET, recognised
from graphdiff.recognition.blocks.reading import Reading, applied

Monomial = tuple[Node, ...]
"""A product of values, in their order in the graph."""
Polynomial = Mapping[Monomial, Any]
"""A sum of products, each times a number."""

MOST_TERMS = 16
"""What has more terms is left as one value."""
MOST_OPERATIONS = 12
"""How many operations an activation may be written in."""


@dataclass(frozen=True)
class Product:
    """Weights times a value: the node of the product, the weights, and what they multiply."""

    node: Node
    weights: Node
    data: tuple[Node, ...]


@dataclass(frozen=True)
class Affine:
    """A sum of products with weights, of biases, of values scaled by weights, and of the rest."""

    products: tuple[Product, ...]
    scaled: tuple[Node, ...]
    others: Mapping[Monomial, Any]

    @property
    def data(self) -> tuple[Node, ...]:
        """What is multiplied by weights, each once."""
        return tuple(dict.fromkeys(node for one in self.products for node in one.data))


class Forms:
    """The values of a graph as polynomials of each other, met one by one in their order."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._nodes = reading.graph.nodes
        self._polynomials: dict[Node, Polynomial] = {}
        self._squashed: dict[Node, tuple[str, Node] | None] = {}
        self._whole: set[Node] = set()
        self._first: dict[object, Node] = {}

    def polynomial(self, node: Node) -> Polynomial:
        """Return a value as a polynomial; those before it are made on the way."""
        while node not in self._polynomials:
            made = self._nodes[len(self._polynomials)]
            self._polynomials[made] = self._made(made)
        return self._polynomials[node]

    def keep_whole(self, *nodes: Node) -> None:
        """Take values for themselves from now on, not for what they are computed from."""
        self._whole.update(nodes)
        first = min(node.index for node in nodes) - 1
        for node in list(self._polynomials)[first:]:
            del self._polynomials[node]
        self._first = {key: one for key, one in self._first.items() if one in self._polynomials}

    def squashed(self, node: Node) -> tuple[str, Node] | None:
        """Return the name of the activation that a value is of another, and that one."""
        if node not in self._squashed:
            self._squashed[node] = self._activation(node)
        return self._squashed[node]

    def affine(self, node: Node) -> Affine:
        """Return a value as a sum of products with weights."""
        products: list[Product] = []
        scaled: list[Node] = []
        others: dict[Monomial, Any] = {}
        waiting = [self.polynomial(node)]
        while waiting:
            for monomial, factor in waiting.pop().items():
                data = [one for one in monomial if one not in self._reading.weights]
                if not data:
                    continue
                (first, *rest), weights = data, len(monomial) - len(data)
                cut = self._is_part(first) and factor == 1
                if rest or weights > 1:
                    others[monomial] = factor
                elif weights:
                    scaled.append(first)
                elif (found := self.product(first)) is not None:
                    products.append(found)
                elif cut:
                    waiting.append(self.polynomial(first.parents[0]))
                else:
                    others[monomial] = factor
        return Affine(tuple(products), tuple(scaled), others)

    def product(self, node: Node) -> Product | None:
        """Return a product of weights and a value."""
        if node.is_leaf or node in self._reading.weights:
            return None
        function, operands = self._reading.operands(node)
        if not isinstance(function, MatMul | Einsum) or len(operands) != 2 or None in operands:
            return None
        weights = [one for one in operands if one is not None and one in self._reading.weights]
        data = [one for one in operands if one is not None and one not in self._reading.weights]
        if len(weights) != 1:
            return None
        return Product(node, weights[0], tuple(self._joined(data[0])))

    def _joined(self, node: Node) -> Iterator[Node]:
        """Yield the values that one is the others of, put together."""
        if node.is_leaf or not isinstance(self._reading.operands(node)[0], Concatenate):
            yield node
        else:
            for parent in node.parents:
                yield from self._joined(parent)

    def _is_part(self, node: Node) -> bool:
        return not node.is_leaf and isinstance(self._reading.operands(node)[0], Index)

    def _made(self, node: Node) -> Polynomial:
        if node.is_leaf or node in self._whole or node in self._reading.weights:
            return {(node,): 1}
        assert node.function is not None  # noqa: S101 - it is computed
        last = node.function.program[-1]
        # equal functions of equal values are one value, the first of them
        equal = tuple(frozenset(self._polynomials[one].items()) for one in node.parents)
        itself: Polynomial = {(self._first.setdefault((node.function, equal), node),): 1}
        if isinstance(last, Formal):
            return self._polynomials[node.parents[last.slot]]
        if not isinstance(last, Instruction) or not isinstance(last.function, Function):
            return itself
        taken: list[Polynomial] = []
        for place in last.lines:
            match node.function.program[place]:
                case Formal(slot):
                    taken.append(self._polynomials[node.parents[slot]])
                case Literal(value):
                    taken.append({(): value})
                case _:
                    return itself
        found = _combined(last.function.name, taken)
        return itself if found is None or len(found) > MOST_TERMS else found

    def _activation(self, node: Node) -> tuple[str, Node] | None:
        inside: list[Node] = []
        border = {node}
        for _ in range(MOST_OPERATIONS):
            last = max(border, key=lambda one: one.index)
            if last.is_leaf or last in self._reading.weights:
                return None
            if last.function is None or not last.function.is_map:
                return None
            inside.append(last)
            border = (border - {last}) | set(last.parents)
            if len(border) == 1:
                (net,) = border
                found = recognised(_written(inside, net))
                if found.usual and not found.is_identity:
                    return found.name, net
        return None


def _written(inside: Sequence[Node], net: Node) -> Expression:
    """Return what operations compute together, the last first, of one value."""
    made: dict[Node, Expression] = {net: NET}
    for node in reversed(inside):
        assert node.function is not None  # noqa: S101 - it is computed
        made[node] = applied(node.function, [made[parent] for parent in node.parents])
    return made[inside[0]]


def _combined(name: str, taken: Sequence[Polynomial]) -> Polynomial | None:
    """Return a sum, a difference or a product of polynomials; None for what is none of them."""
    match name, taken:
        case "add", _:
            return reduce(lambda a, b: _sum(a, b, 1), taken)
        case "sub", [first, second]:
            return _sum(first, second, -1)
        case "neg", [first]:
            return _sum({}, first, -1)
        case "mul", _ if all(len(one) <= MOST_TERMS for one in taken):
            return reduce(_product, taken)
        case "div", [first, second] if len(second) == 1 and second.get((), 0) != 0:
            return {monomial: factor / second[()] for monomial, factor in first.items()}
        case _:
            return None


def _sum(first: Polynomial, second: Polynomial, sign: int) -> Polynomial:
    found = dict(first)
    for monomial, factor in second.items():
        found[monomial] = found.get(monomial, 0) + sign * factor
    return {monomial: factor for monomial, factor in found.items() if factor != 0}


def _product(first: Polynomial, second: Polynomial) -> Polynomial:
    found: dict[Monomial, Any] = {}
    for (one, factor), (other, times) in product(first.items(), second.items()):
        monomial = tuple(sorted((*one, *other), key=lambda node: node.index))
        found[monomial] = found.get(monomial, 0) + factor * times
    return {monomial: factor for monomial, factor in found.items() if factor != 0}
