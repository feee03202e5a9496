"""The losses a network may have, each with the outputs it goes with.

A loss is given twice: for whole arrays, by the catalogue's function; and for one output neuron,
as a formula of scalars. Both are means over a batch, and give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphdiff.errors import GraphError, unknown
from graphdiff.language import tensors
from graphdiff.language.expression import Expression, operation

_log, _softplus, _xlogy, _max = (operation(name) for name in ("log", "softplus", "xlogy", "max"))

LossOfEntries = Callable[[Expression, Expression], Expression]


@dataclass(frozen=True)
class Loss:
    """A loss of outputs p and targets y.

    Attributes
    ----------
    whole
        Of arrays: the catalogue's function.
    term
        Of one output neuron: what its entries contribute.
    output
        The output activation it needs, or None for any.
    is_mean
        Whether it is the mean over the outputs, not the sum.
    from_scores
        Whether it takes z in place of the output: sigmoid or softmax is in it.
    """

    whole: LossOfEntries
    term: LossOfEntries
    output: str | None = None
    is_mean: bool = True
    from_scores: bool = False


def _huber(p: Expression, y: Expression) -> Expression:
    size = abs(p - y)
    return operation("where")(size <= 1, (p - y) ** 2 / 2, size - 0.5)


LOSSES: Mapping[str, Loss] = MappingProxyType(
    {
        "mse": Loss(tensors.mse, lambda p, y: (p - y) ** 2),
        "squared_error": Loss(tensors.squared_error, lambda p, y: (p - y) ** 2, is_mean=False),
        "absolute_error": Loss(tensors.absolute_error, lambda p, y: abs(p - y)),
        "huber": Loss(tensors.huber, _huber),
        "hinge": Loss(tensors.hinge, lambda p, y: _max(1 - y * p, 0)),
        "binary_cross_entropy": Loss(
            tensors.binary_cross_entropy,
            lambda p, y: -(_xlogy(y, p) + _xlogy(1 - y, 1 - p)),
            output="sigmoid",
        ),
        "cross_entropy": Loss(
            tensors.cross_entropy, lambda p, y: -_xlogy(y, p), output="softmax", is_mean=False
        ),
        "binary_cross_entropy_with_logits": Loss(
            tensors.binary_cross_entropy_with_logits,
            lambda z, y: _softplus(z) - y * z,
            output="sigmoid",
            from_scores=True,
        ),
        "cross_entropy_with_logits": Loss(
            tensors.cross_entropy_with_logits,
            lambda z, y: -(y * z),  # and the log-sum-exp of all z, added by the neuron view
            output="softmax",
            is_mean=False,
            from_scores=True,
        ),
    }
)
"""By name."""

ALIASES = MappingProxyType(
    {"bce": "binary_cross_entropy", "mae": "absolute_error", "sse": "squared_error"}
)


def checked_loss(name: object, output: str, width: int) -> str:
    """Return the name of a loss that goes with the output layer.

    Raises
    ------
    GraphError
        For an unknown loss, naming the nearest; one that needs another output; a softmax of
        one output.
    """
    found = ALIASES.get(name, name) if isinstance(name, str) else name
    if not isinstance(found, str) or found not in LOSSES:
        raise unknown("loss", str(name), [*LOSSES, *ALIASES])
    needed = LOSSES[found].output
    if needed is not None and output != needed:
        raise GraphError(
            f"the loss {found!r} needs the output {needed!r}, and it is {output!r}; "
            f"give output={needed!r}, or loss='mse'"
        )
    if output == "softmax" and width < 2:
        raise GraphError(
            "softmax of one output is always 1; give two outputs or more, or output='sigmoid'"
        )
    return found
