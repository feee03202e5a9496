"""What a multilayer perceptron is, checked once; both views are built from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language import quantity
from graphdiff.models.activations import checked_activation
from graphdiff.models.losses import LOSSES, Loss, checked_loss

View = Literal["layers", "neurons"]
SOFTMAX = "softmax"
MAX_NEURONS = 100_000
MAX_LAYERS = 500


@dataclass(frozen=True, repr=False)
class Architecture:
    """A multilayer perceptron, without its weights.

    Attributes
    ----------
    sizes
        d_0, …, d_L: the inputs, and the neurons of each layer.
    activations
        The activation of each layer, the output's last.
    loss
        The name of the loss, or None for a network that ends with its output.
    batch
        The rows of a batch, or None for one example.
    l2, l1
        λ of the penalties λ/2 Σ w² and λ Σ abs(w) on the weights; 0 for none.
    """

    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str | None
    batch: int | None
    l2: Any = 0
    l1: Any = 0

    def __repr__(self) -> str:
        sizes, activations = "-".join(map(str, self.sizes)), ", ".join(self.activations)
        return f"<perceptron {sizes}, {activations}, loss {self.loss or 'none'}>"

    @property
    def depth(self) -> int:
        """L, the number of layers after the input."""
        return len(self.sizes) - 1

    @property
    def layers(self) -> range:
        """1, …, L."""
        return range(1, len(self.sizes))

    @property
    def of_loss(self) -> Loss | None:
        """The loss itself."""
        return None if self.loss is None else LOSSES[self.loss]

    def output(self, layer: int) -> str:
        """Return the name of what a layer hands on: a, or z where nothing is applied to it."""
        return "z" if self.activations[layer - 1] == "identity" else "a"


def architecture(
    sizes: Sequence[int],
    activation: str | Iterable[str],
    output: str,
    loss: str | None,
    batch: int | None,
    l2: Any,
    l1: Any,
) -> Architecture:
    """Return the architecture, or say in one line what is wrong with it."""
    checked = _sizes(sizes)
    activations = (*_hidden(activation, len(checked) - 2), _output(output))
    if activations[-1] == SOFTMAX and checked[-1] < 2:
        raise GraphError(
            "softmax of one output is always 1; give two outputs or more, or output='sigmoid'"
        )
    named = None if loss is None else checked_loss(loss, activations[-1], checked[-1])
    if batch is not None and not _is_count(batch):
        raise GraphError(
            f"batch is {batch!r}; give the number of rows, or None for one example; "
            "fit and predict take any number of rows of a network in any case"
        )
    if loss is None and (l2 or l1):
        raise GraphError("a penalty is added to a loss, and loss is None; give a loss")
    return Architecture(checked, activations, named, batch, _penalty("l2", l2), _penalty("l1", l1))


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool) and int(value) >= 1


def _sizes(sizes: Any) -> tuple[int, ...]:
    if isinstance(sizes, str) or not isinstance(sizes, Iterable):
        raise GraphError(f"sizes is {sizes!r:.60}; give the layers' sizes, such as [4, 6, 6, 1]")
    given = tuple(sizes)
    for layer, size in enumerate(given):
        if not _is_count(size):
            raise GraphError(
                f"layer {layer} of the network has size {size!r:.40}; "
                "a size is a whole number from 1"
            )
    if len(given) < 2:
        raise GraphError(f"sizes is {list(given)}; give the inputs and at least one layer")
    if len(given) > MAX_LAYERS or sum(given) > MAX_NEURONS:
        raise GraphError(
            f"the network has {len(given)} layers and {sum(given)} neurons; at most {MAX_LAYERS} "
            f"and {MAX_NEURONS} are built"
        )
    return tuple(int(size) for size in given)


def _hidden(activation: Any, count: int) -> tuple[str, ...]:
    if isinstance(activation, str):
        return (checked_activation(activation),) * count
    if not isinstance(activation, Iterable):
        raise GraphError(f"activation is {activation!r:.60}; give a name, or one for each layer")
    given = tuple(activation)
    if len(given) != count:
        raise GraphError(
            f"{len(given)} activations are given for {count} hidden layers; give one for each, or "
            "one name for all; the output's is output="
        )
    return tuple(checked_activation(name) for name in given)


def _output(output: str) -> str:
    return SOFTMAX if output == SOFTMAX else checked_activation(output)


def _penalty(name: str, value: Any) -> Any:
    number = quantity.exact(value, name)
    if number < 0:
        raise GraphError(f"{name} is {value}; a penalty's factor is not negative")
    return 0 if number == 0 else value
