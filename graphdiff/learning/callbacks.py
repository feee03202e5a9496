"""Steps between epochs, each with a name: a callback is called with the history so far.

What it returns, if anything, is why the training shall end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.learning.choices import check_takes
from graphdiff.learning.history import History

Callback = Callable[[History], str | None]


def as_callbacks(given: Any) -> tuple[Callback, ...]:
    """Return callbacks, one or several.

    Raises
    ------
    GraphError
        For one that cannot be called.
    """
    several: tuple[Any, ...] = tuple(given) if isinstance(given, Iterable) else (given,)
    for one in several:
        if not callable(one):
            raise GraphError(
                f"the callback is {one!r:.40}; give a function of the history, such as "
                "gd.learning.early_stopping(3), or several in a list"
            )
        check_takes(one, "the callback", "the history")
    return several


@dataclass(frozen=True)
class EarlyStopping:
    """Ends a training that no longer gets better; see :func:`early_stopping`."""

    patience: int
    min_delta: float
    restores: bool

    def __call__(self, history: History) -> str | None:
        """Return why to end, None to go on."""
        best, at = np.inf, 0
        for epoch, cost in zip(history, history.costs, strict=True):
            if cost < best - self.min_delta:
                best, at = cost, epoch.number
        waited = history[-1].number - at
        if waited < self.patience:
            return None
        return f"stopped early, {waited} epochs without getting better by {self.min_delta:g}"


def early_stopping(
    patience: int = 10, *, min_delta: float = 0.0, restore: bool = True
) -> EarlyStopping:
    """Return a callback that ends a training once it does not get better any more.

    Parameters
    ----------
    patience
        How many epochs in a row may be no better than the best before.
    min_delta
        By how much the validation, or the loss without such data, must fall to count as better;
        uphill, rise.
    restore
        Whether the model has the values of its best epoch in the end.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([1, 1])
    >>> descent = gd.learning.gradient_descent(0.4)
    >>> found = gd.learning.fit(net, [[0], [1]], [1, 3], optimiser=descent, epochs=500,
    ...                         callbacks=[early_stopping(5, min_delta=1e-6)])
    >>> found.ended
    'stopped early, 5 epochs without getting better by 1e-06'
    """
    if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
        raise GraphError(f"patience is {patience!r:.40}; give a whole number of epochs, at least 1")
    if not 0 <= min_delta < np.inf:
        raise GraphError(f"min_delta is {min_delta!r:.40}; give a number of [0, inf)")
    return EarlyStopping(patience, float(min_delta), restore)
