r"""What a page calls δ, dW or ∇: derivatives under names of their own.

``dW2`` and ``grad_W2`` name what they are the derivative in. δ does not: it may stand for the
derivative in a net input or in an activation, be counted from the first layer or the last, and
have the other sign, (t − y) y (1 − y). What a page means is what most of its own lines fit.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from graphdiff.checking.pages import readings
from graphdiff.checking.pages.names import Names, activation_of, net_input_of
from graphdiff.checking.pages.spelling import Parts, split
from graphdiff.checking.targets import Reference, Target
from graphdiff.graph import Node
from graphdiff.language.expression import Expression

DELTA = "delta"

_CODE = re.compile(
    r"(?:d|∂|grad_?|g_|nabla_?|Delta_?)(?P<after>\w+)|(?P<before>\w+?)_(?:grad|bar)|"
    r"(?P<dotted>\w+)\.grad"
)
_QUOTIENT = re.compile(r"d(?P<of>\w+?)_?d_?(?P<wrt>\w+)")


def derivative_in_code(names: Names, text: str) -> Reference | None:
    """Return what a name of a program for a derivative means: ``dW2``, ``dL_dW2``, ``W2_grad``."""
    if split(text) in names.aliases or text in names.graph:
        return None
    for match in (_QUOTIENT.fullmatch(text),):
        if match:
            of, wrt = names.node(split(match["of"])), names.node(split(match["wrt"]))
            if of is not None and wrt is not None:
                return Reference(Target("derivative", of, wrt))
    if (match := _CODE.fullmatch(text)) and names.output is not None:
        name = match["after"] or match["before"] or match["dotted"]
        node = names.node(split(name)) if name else None
        if node is not None:
            return Reference(Target("derivative", names.output, node))
    return None


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
        The number of the first layer that is counted.
    """

    of: str = "net input"
    negative: bool = False
    backward: bool = False
    start: int = 1

    @property
    def described(self) -> str:
        """What was taken, for a sentence."""
        sign = "−" if self.negative else ""
        order = ", counted from the last layer" if self.backward else ""
        return f"δ is taken for {sign}∂L/∂({self.of}){order}"


CONVENTIONS = [
    Convention(of, negative, backward, start)
    for backward, of, negative, start in itertools.product(
        (False, True), ("net input", "activation"), (False, True), (1, 2, 0)
    )
]


def of_delta(names: Names, parts: Parts, convention: Convention) -> Expression | None:
    """Return what δ with an index means by a convention; None if it means nothing."""
    if names.output is None:
        return None
    node = _node(names, parts[1:], convention)
    if node is None:
        return None
    reference = Reference(Target("derivative", names.output, node))
    return -reference if convention.negative else reference


def _node(names: Names, index: Parts, convention: Convention) -> Node | None:
    """Return the node a δ belongs to: by its name, or by its number."""
    named = None if not index or index[0].isdecimal() else names.node(index)
    if named is not None:
        wanted = net_input_of(named) if convention.of == "net input" else activation_of(named)
        if wanted is not None:
            return wanted
        return named
    layers = layers_of(names, convention.of)
    if not index:
        return layers[-1] if layers else None
    digits = [part for part in index if part.isdecimal()]
    if len(index) != 1 or not digits:
        words = {"out": -1, "o": -1, "output": -1, "L": -1, "k": -1, "h": 0, "hidden": 0, "j": 0}
        place = words.get(index[0]) if len(index) == 1 else None
        return layers[place] if place is not None and layers else None
    place = int(digits[0]) - convention.start
    if convention.backward:
        place = len(layers) - 1 - place
    return layers[place] if 0 <= place < len(layers) else None


def layers_of(names: Names, of: str) -> list[Node]:
    """Return the net inputs, or the activations, in the order of building."""
    graph = names.graph
    nets = [node for node in graph.nodes if not node.is_leaf and activation_of(node) is not None]
    if of == "activation":
        return [found for node in nets if (found := activation_of(node)) is not None]
    return nets


def is_delta(parts: Parts) -> bool:
    """Whether a name begins with δ."""
    return bool(parts) and parts[0] in (DELTA, "Delta", "error", "err")


def chosen(
    names: Names, lines: Sequence[Parts], fits: Callable[[Parts, Expression], bool]
) -> Convention:
    """Return the convention that most lines about a δ fit, the usual one where none fits better.

    Parameters
    ----------
    lines
        The δ of each line.
    fits
        Whether a line is right if its δ means this.
    """

    def score(convention: Convention) -> int:
        found = 0
        for parts in lines:
            meant = of_delta(names, parts, convention)
            found += 0 if meant is None else 1 + 4 * fits(parts, meant)
        return found

    return max(CONVENTIONS, key=score) if lines else Convention()


def meanings(names: Names, lines: Sequence[Parts], convention: Convention) -> Iterator[
    tuple[Parts, Expression]
]:  # fmt: skip
    """Yield what each δ of a page means."""
    for parts in dict.fromkeys(lines):
        meant = of_delta(names, parts, convention)
        if meant is not None:
            yield parts, meant


__all__ = ["Convention", "chosen", "derivative_in_code", "is_delta", "meanings", "readings"]
