"""What a training was like: each epoch's numbers, the best one, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np

from graphdiff.drawing.options import OptionKeywords, Options
from graphdiff.errors import DrawingError, unknown
from graphdiff.graph import ComputationalGraph
from graphdiff.learning.states import counted
from graphdiff.notation import text
from graphdiff.notation.display import MAX_ROWS, Shown, Table
from graphdiff.optimisers.method import Method
from graphdiff.workbench import Graph

if TYPE_CHECKING:
    from graphdiff.drawing.plots.curves import Panel
    from graphdiff.drawing.plots.plot import Plot

SPREAD = 20
"""Rows of a table of more epochs than are shown, evenly spread."""


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
    rate
        The learning rate of the last step of the epoch.
    """

    number: int
    loss: float
    validation: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict[str, float])
    rate: float | None = None

    @property
    def watched(self) -> float:
        """What says how good the epoch was: the validation, or the loss without one."""
        return self.loss if self.validation is None else self.validation

    def cost(self, uphill: bool) -> float:
        """Return what is least in the best epoch: what is watched, with the other sign uphill."""
        return -self.watched if uphill else self.watched


@dataclass(frozen=True, repr=False)
class History(Shown, Sequence[Epoch]):
    """The epochs of a training, in order.

    ``history["loss"]`` is a column as an array: ``"loss"``, ``"validation"``, ``"rate"``, a metric.

    Attributes
    ----------
    epochs
        The epochs.
    uphill
        Whether the method went up: the best is then the largest.
    """

    epochs: tuple[Epoch, ...] = ()
    uphill: bool = False

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
    def costs(self) -> list[float]:
        """The cost of each epoch."""
        return [epoch.cost(self.uphill) for epoch in self.epochs]

    @property
    def best(self) -> int:
        """The place of the epoch whose cost is least, the first of equal ones."""
        return int(np.argmin(self.costs))

    def table(self) -> Table:
        """Return the epochs as a table, a row each; of many some, with the best and the last."""

        def row(epoch: Epoch) -> tuple[str, ...]:
            return str(epoch.number), *(text.number(self._of(epoch, name)) for name in self.columns)

        shown = self.epochs
        if len(shown) > MAX_ROWS:
            spread = np.linspace(0, len(shown) - 1, SPREAD).round().astype(int).tolist()
            shown = [shown[k] for k in sorted({*spread, self.best})]
        return Table.of("", ("epoch", *self.columns), shown, row)

    def shown(self) -> Iterator[Table | str]:
        """Yield the table."""
        yield self.table()

    def plot(self, log: bool | None = None, **choices: Unpack[OptionKeywords]) -> Plot:
        """Draw loss and validation against the epochs; below, metrics and the learning rate.

        Parameters
        ----------
        log
            Whether the loss has a logarithmic axis; left out, where it is positive and spans more
            than two powers of ten.
        **choices
            ``theme``, ``width`` and ``size`` of :meth:`graphdiff.Graph.draw`.

        Raises
        ------
        DrawingError
            If there are no epochs.

        Examples
        --------
        >>> import graphdiff as gd
        >>> net = gd.models.mlp([1, 1])
        >>> descent = gd.learning.gradient_descent(0.4)
        >>> found = gd.learning.fit(net, [[0], [1]], [1, 3], optimiser=descent, epochs=20)
        >>> print(found.history.plot().alt)
        20 epochs. loss from 3.689 to 0.0002089.
        """
        from graphdiff.drawing.plots.curves import check_log, curves_plot
        from graphdiff.learning import seeing

        check_log(log)
        if not self.epochs:
            raise DrawingError("there are no epochs to draw; train for one at least")
        losses = [name for name in ("loss", "validation") if name in self.columns]
        panels = [self._panel("loss", losses, log)]
        panels += [self._panel(name, [name], False) for name in self.columns if name not in losses]
        if None not in {epoch.rate for epoch in self.epochs} and np.ptp(self["rate"]):
            panels.append(self._panel("learning rate", ["rate"], False))
        told = {name: self._column(name) for name in self.columns}
        alt = f"{len(self)} epoch{'s' * (len(self) != 1)}. {seeing.start_and_end(told)}."
        return curves_plot(ComputationalGraph(), panels, Options(**choices), alt)

    def _panel(self, title: str, names: Sequence[str], log: bool | None) -> Panel:
        from graphdiff.drawing.plots.curves import Curve, Panel
        from graphdiff.learning import seeing

        numbers = np.array([epoch.number for epoch in self.epochs], np.float64)
        called = names if len(names) > 1 else [title]
        curves = (
            Curve(seeing.words(said), numbers, self._column(name))
            for said, name in zip(called, names, strict=True)
        )
        return Panel(seeing.words("epoch"), seeing.words(title), tuple(curves), log)

    def _column(self, name: str) -> np.ndarray:
        if name not in (*self.columns, "rate"):
            raise unknown("column", name, (*self.columns, "rate"))
        return np.array([self._of(epoch, name) for epoch in self.epochs], np.float64)

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
    has_best
        Whether the model has the values of the best epoch.
    """

    model: Graph
    history: History
    best_model: Graph
    method: Method
    steps: int
    ended: str
    has_best: bool = False

    @property
    def best(self) -> Epoch:
        """The epoch whose validation, or loss without such data, was least; uphill the largest."""
        return self.history[self.history.best]

    @property
    def epoch(self) -> Epoch:
        """The epoch whose values the model has."""
        return self.best if self.has_best else self.history[-1]

    @property
    def which(self) -> str:
        """Which epoch that is, in words."""
        is_best, is_last = self.epoch.number == self.best.number, self.epoch is self.history[-1]
        return (
            "the best and the last"
            if is_best and is_last
            else "the best"
            if is_best
            else "the last"
        )

    def with_best(self) -> Training:
        """Return the training whose model has the values of its best epoch."""
        return replace(self, model=self.best_model, has_best=True)

    def shown(self) -> Iterator[Table | str]:
        """Yield the epochs, and how it ended."""
        yield self.history.table()
        said = f"best epoch {self.best.number}: {text.number(self.best.watched)}"
        said += "" if self.which.startswith("the best") else "; the model is that of the last"
        yield f"{self.method!r}; {self.ended}, after {counted(self.steps)}; {said}"
