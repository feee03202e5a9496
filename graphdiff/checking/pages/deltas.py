r"""What a page calls δ, dW or ∇: derivatives under names of their own.

``dW2`` and ``grad_W2`` name what they are the derivative in. δ does not: it may stand for the
derivative in a net input or in an activation, be counted from the first layer or the last, and
have the other sign, (t − y) y (1 − y). What a page means is what most of its own lines fit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from graphdiff.checking.pages.names import (
    ACTIVATED,
    NET_INPUT,
    Names,
    activation_of,
    net_input_of,
)
from graphdiff.checking.pages.spelling import Parts, split
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.language.expression import Expression

DELTA = "delta"

SIGNS = frozenset({DELTA, "Delta"})
WORDS = frozenset({"error", "err"})
"""What δ is written as, and what else it is called where no δ is."""

LAST = (("L",), ("out",), ("output",))
"""What is written below the δ of the last layer, though a loss may be called so, too."""

_CODE = re.compile(
    r"(?:d|∂|grad_?|g_|nabla_?)(?P<after>\w+)|(?P<before>\w+?)_(?:grad|bar)|"
    r"(?P<dotted>\w+)\.grad"
)
_QUOTIENT = re.compile(r"d(?P<of>\w+?)_?d_?(?P<wrt>\w+)")


_D = re.compile(r"d(?P<wrt>[^\W\d_]\w*)")


def derivative_in_code(names: Names, text: str, times: int = 1) -> Expression | None:
    """Return what a name of a program for a derivative means: ``dW2``, ``dL_dW2``, ``W2_grad``."""
    if split(text) in names.aliases or text in names.graph:
        return None
    for match in (_QUOTIENT.fullmatch(text),):
        if match:
            of, wrt = names.node(split(match["of"])), names.node(split(match["wrt"]))
            if of is not None and wrt is not None:
                return Reference(Target("derivative", of, wrt))
    if match := _CODE.fullmatch(text):
        name = match["after"] or match["before"] or match["dotted"]
        return _by(names, names.node(split(name)) if name else None, times)
    return None


def derivative_by_its_d(names: Names, parts: Parts, times: int = 1) -> Expression | None:
    """Return what dW^{[2]} or dL_dW2 means, where d is no node; None for another name."""
    if parts[:1] == ("d",) and len(parts) > 1:
        parts = ("d" + parts[1], *parts[2:])
    match = _D.fullmatch(parts[0]) if parts else None
    below = _D.fullmatch(parts[1]) if match is not None and len(parts) > 1 else None
    if match is not None and below is not None:  # dL_dw1
        of, wrt = names.node(split(match["wrt"])), names.node((*split(below["wrt"]), *parts[2:]))
        if of is not None and wrt is not None:
            return Reference(Target("derivative", of, wrt))
    if match is None or "d" in names.graph:
        return None
    return _by(names, names.node((*split(match["wrt"]), *parts[1:])), times)


def _by(names: Names, node: Node | None, times: int) -> Expression | None:
    """Return the derivative of the output by a node; times the samples where dZ is of each."""
    if node is None or names.output is None:
        return None
    reference = Reference(Target("derivative", names.output, node))
    return times * reference if times > 1 and names.has_samples(node) else reference


def in_the_prediction(names: Names, found: Expression | None) -> Expression | None:
    """Return what dy may mean beside the derivative in a target y: that in what is predicted of it.

    Programs call so what goes back into the network.
    """
    target = found.target.wrt if isinstance(found, Reference) else None
    if target is None or target.kind != "input" or names.output is None:
        return None
    prediction = names.prediction_of(target)
    if prediction is None or prediction.shape != target.shape:
        return None
    return Reference(Target("derivative", names.output, prediction))


@dataclass(frozen=True)
class Convention:
    """What δ means.

    Attributes
    ----------
    of
        ``"net input"`` or ``"activation"``.
    negative
        Whether it has the other sign.
    backward
        Whether layers are counted from the last.
    start
        The number of the first layer that is counted; ``"own"`` where δ² goes with z2, and
        ``"other"`` where the δ of z3 is called δ⁵, for its activation y5.
    layered
        Whether δ has the number of a layer above it, and that of a neuron of it below.
    entries
        Whether δ_2 is an entry of that of the last layer, where layers are arrays.
    words
        What it is called, δ or error.
    per_sample
        Whether it is of the loss of each sample, where that of the graph is their mean.
    """

    of: str = "net input"
    negative: bool = False
    backward: bool = False
    start: int | Literal["own", "other"] = "own"
    per_sample: bool = False
    layered: bool = False
    entries: bool = False
    words: frozenset[str] = SIGNS

    @property
    def described(self) -> str:
        """What was taken, for a sentence."""
        sign = "−" if self.negative else ""
        order = ", counted from the last layer" if self.backward else ""
        each = " of each sample" if self.per_sample else ""
        return f"δ is taken for {sign}∂L/∂({self.of}){each}{order}"


CONVENTIONS = [
    Convention(of, negative, backward, start, per_sample, layered, entries)
    for entries, per_sample, layered, backward, of, negative, start in itertools.product(
        (False, True),
        (False, True),
        (False, True),
        (False, True),
        ("net input", "activation"),
        (False, True),
        ("own", 1, 2, 0, "other"),
    )
]


def of_delta(names: Names, parts: Parts, convention: Convention) -> Expression | None:
    """Return what δ with an index means by a convention; None if it means nothing."""
    if names.output is None:
        return None
    index = parts[1:]
    entry = int(index[0][:4]) - 1 if convention.entries and _is_number(index) else None
    node = _node(names, () if entry is not None else index, convention)
    if node is None:
        return None
    times = names.samples if convention.per_sample else 1
    reference = _by(names, node, times)
    if entry is not None:
        size = node.shape[0] if len(node.shape) == 1 else 0
        fits = isinstance(size, int) and 0 <= entry < size and reference is not None
        reference = reference[entry] if reference is not None and fits else None
    return -reference if reference is not None and convention.negative else reference


def _is_number(index: Parts) -> bool:
    return len(index) == 1 and index[0].isdecimal()


def _node(names: Names, index: Parts, convention: Convention) -> Node | None:
    """Return the node a δ belongs to: by its name, or by its number."""
    named = _named(names, index)
    if named is not None:
        wanted = net_input_of(named) if convention.of == "net input" else activation_of(named)
        return named if wanted is None else wanted
    layers = layers_of(names, convention.of)
    if not index:
        return layers[-1] if layers else None
    digits = [part for part in index if part.isdecimal()]
    if convention.layered:
        return _unit(names, digits, convention) if len(digits) == len(index) else None
    if len(index) != 1 or not digits:
        words = {"out": -1, "o": -1, "output": -1, "L": -1, "k": -1, "h": 0, "hidden": 0, "j": 0}
        place = words.get(index[0]) if len(index) == 1 else None
        return layers[place] if place is not None and layers else None
    if isinstance(convention.start, str):
        called = [(node, _called(node, convention)) for node in layers]
        own = [node for node, name in called if name is not None and index[0] in split(name.name)]
        return own[0] if len(own) == 1 and not convention.backward else None
    place = int(digits[0]) - convention.start
    if convention.backward:
        place = len(layers) - 1 - place
    return layers[place] if 0 <= place < len(layers) else None


def _unit(names: Names, numbers: Sequence[str], convention: Convention) -> Node | None:
    """Return the neuron of δ_k^{(l)}, or the only one of the layer of δ^{(l)}."""
    layers = neurons_by_layer(names, convention.of)
    if convention.backward:
        layers = layers[::-1]
    start = 1 if isinstance(convention.start, str) else convention.start
    layer = int(numbers[-1]) - start
    if not 0 <= layer < len(layers):
        return None
    if len(numbers) == 1:
        return layers[layer][0] if len(layers[layer]) == 1 else None
    unit = int(numbers[0]) - 1
    return layers[layer][unit] if len(numbers) == 2 and 0 <= unit < len(layers[layer]) else None


def _called(node: Node, convention: Convention) -> Node | None:
    """Return the node whose number the δ of a node has."""
    if convention.start == "own":
        return node
    return activation_of(node) if convention.of == "net input" else net_input_of(node)


def _named(names: Names, index: Parts) -> Node | None:
    """Return the computed node that an index names: z1, or o1 where there is net_o1."""
    if not index or index[0].isdecimal() or index in LAST:
        return None
    tried = (index, *((word, *index) for word in sorted(NET_INPUT | ACTIVATED)))
    found = (names.node(tried[0]), *map(names.exact, tried[1:]))
    return next(
        (
            node
            for node in found
            if node is not None and not node.is_leaf and node is not names.output
        ),
        None,
    )


def layers_of(names: Names, of: str) -> list[Node]:
    """Return the net inputs, or the activations, in the order of building."""
    graph = names.graph
    nets = [node for node in graph.nodes if not node.is_leaf and activation_of(node) is not None]
    if of == "activation":
        return [found for node in nets if (found := activation_of(node)) is not None]
    return nets


def neurons_by_layer(names: Names, of: str) -> list[list[Node]]:
    """Return the net inputs, or the activations, of each layer: how many lie before each says."""
    found: dict[int, list[Node]] = {}
    depth: dict[str, int] = {}
    layers = layers_of(names, of)
    for node in layers:
        before = set(names.graph.ancestors(node))
        depth[node.name] = max(
            (1 + depth[one.name] for one in layers if one.name in depth and one.name in before),
            default=0,
        )
        found.setdefault(depth[node.name], []).append(node)
    return [found[k] for k in sorted(found)]


def is_delta(parts: Parts) -> bool:
    """Whether a name begins with δ, or with a word for it."""
    return bool(parts) and (parts[0] in SIGNS or parts[0].lower() in WORDS)


def chosen(
    names: Names, lines: Sequence[Parts], fits: Callable[[Parts, Expression], int]
) -> Convention:
    """Return the convention that most lines about a δ fit, the usual one where none fits better.

    Parameters
    ----------
    lines
        The δ of each line.
    fits
        How well a line fits if its δ means this: 2 if it is right, 1 if it has as many numbers.
    """
    has_neurons = any(len(layer) > 1 for layer in neurons_by_layer(names, "net input"))
    has_arrays = any(net.shape for net in layers_of(names, "net input"))
    tried = [
        one
        for one in CONVENTIONS
        if (names.samples > 1 or not one.per_sample) and (has_neurons or not one.layered)
        if has_arrays or not one.entries
    ]

    def score(convention: Convention) -> int:
        found = 0
        for parts in lines:
            meant = of_delta(names, parts, convention)
            found += 0 if meant is None else 1 + 2 * fits(parts, meant)
        return found

    return max(tried, key=score) if lines else Convention()
