"""What a training was like: each epoch's numbers, the best one, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from graphdiff.errors import unknown
from graphdiff.learning.states import counted
from graphdiff.notation import text
from graphdiff.notation.display import Shown, Table
from graphdiff.optimisers.method import Method
from graphdiff.workbench import Graph


@dataclass(frozen=True)
class Epoch:
    """The numbers of one epoch.

    Attributes
    ----------
    number
        1, 2, ….
    loss
        The mean of the objective over the batches of the epoch, each before its step.
    validation
        The objective on the validation data after the epoch; None without such data.
    metrics
        The metrics after the epoch, on the validation data where there are any.
    """

    number: int
    loss: float
    validation: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def watched(self) -> float:
        """What says how good the epoch was: the validation, or the loss without one."""
        return self.loss if self.validation is None else self.validation


@dataclass(frozen=True, repr=False)
class History(Shown, Sequence[Epoch]):
    """The epochs of a training, in order.

    ``history["loss"]`` is a column as an array: ``"loss"``, ``"validation"``, or a metric.
    """

    epochs: tuple[Epoch, ...] = ()

    def __getitem__(self, key: Any) -> Any:
        return self._column(key) if isinstance(key, str) else self.epochs[key]

    def __len__(self) -> int:
        return len(self.epochs)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns, but the number of the epoch."""
        first = self.epochs[0] if self.epochs else Epoch(0, 0)
        validation = () if first.validation is None else ("validation",)
        return ("loss", *validation, *first.metrics)

    @property
    def best(self) -> int:
        """The place of the epoch whose watched number is least, the first of equal ones."""
        return int(np.argmin([epoch.watched for epoch in self.epochs]))

    def table(self) -> Table:
        """Return the epochs as a table, a row each."""

        def row(epoch: Epoch) -> tuple[str, ...]:
            return str(epoch.number), *(text.number(self._of(epoch, name)) for name in self.columns)

        return Table.of("", ("epoch", *self.columns), self.epochs, row)

    def shown(self) -> Iterator[Table | str]:
        """Yield the table."""
        yield self.table()

    def _column(self, name: str) -> np.ndarray:
        if name not in self.columns:
            raise unknown("column", name, self.columns)
        return np.array([self._of(epoch, name) for epoch in self.epochs])

    @staticmethod
    def _of(epoch: Epoch, name: str) -> float:
        return epoch.metrics[name] if name in epoch.metrics else getattr(epoch, name)


@dataclass(frozen=True, repr=False)
class Training(Shown):
    """A training that has ended.

    Made by :func:`graphdiff.learning.fit`.

    Attributes
    ----------
    model
        The graph with the values it has learned, those of the best epoch where early stopping
        restores them or the training was interrupted, else those of the last.
    history
        The numbers of each epoch.
    best_model
        The graph with the values it had after the best epoch.
    method
        The method.
    steps
        How many steps were made, of all epochs.
    ended
        Why it ended, in words.
    """

    model: Graph
    history: History
    best_model: Graph
    method: Method
    steps: int
    ended: str

    @property
    def best(self) -> Epoch:
        """The epoch whose validation, or loss without such data, was least."""
        return self.history[self.history.best]

    def shown(self) -> Iterator[Table | str]:
        """Yield the epochs, and how it ended."""
        yield self.history.table()
        said = f"best epoch {self.best.number}: {text.number(self.best.watched)}"
        yield f"{self.method!r}; {self.ended}, after {counted(self.steps)}; {said}"
