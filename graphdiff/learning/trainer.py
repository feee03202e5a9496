"""A training as it goes on: its epochs, what is kept of them, and how it is taken up again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning import checkpoints, metrics
from graphdiff.learning.batches import Batch, Batches, OfArrays, OfStream, divided, number_of
from graphdiff.learning.callbacks import Callback
from graphdiff.learning.checkpoints import Checkpoint
from graphdiff.learning.choices import batch_size_of, parameters_of, target_of
from graphdiff.learning.data import Arrays
from graphdiff.learning.divergence import diverged
from graphdiff.learning.dropout import dropout_masks, masks_of
from graphdiff.learning.full_updates import FullUpdates
from graphdiff.learning.history import Epoch, History, Training
from graphdiff.learning.measuring import Measures
from graphdiff.learning.progress import bar_of
from graphdiff.learning.rows import by_rows, starting_values
from graphdiff.learning.stepping import Drawn, Stepping
from graphdiff.learning.updates import Updates
from graphdiff.optimisers.method import Method
from graphdiff.program.packing import Packing
from graphdiff.workbench import Graph


class Trainer:
    """A training, made and run by :func:`graphdiff.learning.fit`, whose arguments it takes.

    Parameters
    ----------
    arrays
        The data; where they are streamed, the first batch.
    epochs
        How many there are to be, those of a checkpoint among them.
    stream
        Yields the batches of an epoch, for data larger than memory.
    """

    def __init__(
        self, model: Graph, arrays: Arrays, method: Method, *, validation: Any, batch_size: Any,
        metrics: Any, prediction: Any, output: Any, wrt: Any, residuals: str | None, shuffle: bool,
        seed: int, dtype: Any, backend: str, epochs: int,
        stream: Callable[[], Iterable[Any]] | None,
    ) -> None:  # fmt: skip
        self.method, self.seed, self.shuffle, self.backend = method, seed, shuffle, backend
        self.total = epochs
        self.dtype = np.dtype(dtype or np.float64)
        self.random = np.random.default_rng(seed)
        train, held_out = divided(model, arrays, validation, seed)
        self.of = by_rows(model, train)
        self.target = target_of(self.of.graph, output)
        self.parameters = parameters_of(self.of.graph, wrt, self.target)
        self.packing = Packing(self.parameters)
        self.held_out = None if held_out is None else self._cast(held_out, train)
        if self.held_out is not None:
            self.of.check_whole(len(self.held_out[0]), "validation data")
        self.batches, self.size = self._batches(model, train, batch_size, stream)
        if self.batches.count is not None:
            self.method = method.lasting(epochs * self.batches.count)
        self.residuals = None if residuals is None else self.of.graph[residuals].name
        self.updates = self._updates(self.residuals)
        start = dict(zip(self.packing.names, starting_values(self.parameters), strict=True))
        self.updates.theta[:] = self.packing.packed(start)
        self._first = {name: _mark(value) for name, value in start.items()}
        self.best, self.last = self.updates.theta.copy(), self.updates.theta.copy()
        self.stepping = self._form(self.updates.place)
        self.measures = self._measures(metrics, prediction)
        self.step, self.least = 0, np.inf
        self.epochs: list[Epoch] = []

    def _cast(self, arrays: Arrays, names: Iterable[str]) -> Batch:
        return [arrays[name].astype(self.dtype, copy=False) for name in names]

    def _batches(
        self, model: Graph, train: Arrays, batch_size: Any, stream: Any
    ) -> tuple[Batches, int]:
        """Return where batches are from, and the rows of one."""
        rows = len(next(iter(train.values())))
        size = batch_size_of(batch_size, rows, self.of, self.method)
        if stream is not None:
            return OfStream(model, tuple(train), self.dtype, stream), size
        random = self.random if self.shuffle else None
        return OfArrays(self._cast(train, train), size, self.of.fixed is not None, random), size

    def _updates(self, residuals: str | None) -> Updates | FullUpdates:
        if self.method.is_of_gradients:
            return Updates(self.method, self.packing.shapes, self.dtype)
        if self.dtype != np.float64:
            raise GraphError(f"{self.method.rule.title} computes in float64; leave dtype out")
        return FullUpdates(self.method, self.packing, self._form, residuals)

    def _measures(self, named: Any, prediction: Any) -> Measures:
        train = self.batches.arrays if isinstance(self.batches, OfArrays) else None
        return Measures(
            self.of, self.target.name, self.packing.names, self.updates.theta,
            metrics.named(named), prediction, train, self.held_out, self.backend,
        )  # fmt: skip

    def _form(self, theta: np.ndarray, *, output: str | None = None, **form: str) -> Stepping:
        """Return a form of what is trained, which reads the parameters from a vector."""
        return Stepping(
            self.of, output or self.target.name, self.packing.names, theta,
            backend=self.backend, drawn=self._drawn, **form,
        )  # fmt: skip

    @property
    def _drawn(self) -> Drawn | None:
        """Draws the masks of dropout of the step that is made; None where there are none."""
        if not masks_of(self.of.graph):
            return None

        def drawn(rows: int) -> Batch:
            of_rows = None if self.of.kind == "number" else rows
            masks = dropout_masks(self.of.graph, (self.seed, self.step), of_rows)
            return [mask.astype(self.dtype, copy=False) for mask in masks.values()]

        return drawn

    def run(self, callbacks: tuple[Callback, ...], progress: bool, file: Any) -> Training:
        """Return the training after so many epochs, those of the checkpoint among them."""
        epochs = self.total
        if file is not None:
            self._resume(file)
            if len(self.epochs) > epochs:
                raise GraphError(
                    f"the checkpoint has {len(self.epochs)} epochs, and epochs={epochs} counts all "
                    f"of them; give more to go on, or another file to train anew"
                )
        ended = f"all {epochs} epochs done" if epochs > 1 else "one epoch done"
        restores = any(getattr(callback, "restores", False) for callback in callbacks)
        with bar_of(epochs, shown=progress) as shown:
            try:
                while len(self.epochs) < epochs:
                    why = self._stopped(callbacks)
                    if why is not None:
                        ended = why
                        break
                    self._epoch()
                    if file is not None:
                        self._checkpoint.save(file)
                    shown(self.epochs[-1])
                else:
                    ended = self._stopped(callbacks) or ended
            except KeyboardInterrupt:
                if not self.epochs:
                    raise
                ended, restores = f"interrupted in epoch {len(self.epochs) + 1}", True
        best = self._with(self.best)
        model = best if restores else self._with(self.last)
        return Training(model, self.history, best, self.method, self.step, ended, restores)

    @property
    def history(self) -> History:
        """The epochs so far."""
        return History(tuple(self.epochs), self.method.is_uphill)

    def _stopped(self, callbacks: tuple[Callback, ...]) -> str | None:
        """Return why a callback ends the training, None to go on; each is asked."""
        if not self.epochs or not callbacks:
            return None
        answers = [callback(self.history) for callback in callbacks]
        return next((str(answer) for answer in answers if answer), None)

    def _epoch(self) -> None:
        """Go through the data once."""
        total, seen = 0.0, 0
        for batch in self.batches.epoch():
            self.step += 1
            self.updates.look_ahead(self.step)
            value, gradients = self.stepping(batch)
            if not math.isfinite(value):
                raise self._diverged(value, batch)
            self.updates(gradients, self.step, (batch, value))
            rows = len(batch[0])
            total, seen = total + float(value) * rows, seen + rows
        if not np.isfinite(self.updates.theta).all():
            raise self._diverged(np.nan, next(self.batches.epoch()))
        epoch = Epoch(len(self.epochs) + 1, total / seen, self.measures.validation(),
                      self.measures.measured(), self._rate)  # fmt: skip
        self.epochs.append(epoch)
        self.last[:] = self.updates.theta
        self.updates.see(self.history.costs)
        cost = epoch.cost(self.method.is_uphill)
        if cost < self.least:
            self.least, self.best[:] = cost, self.last

    @property
    def _rate(self) -> float | None:
        """The learning rate of the last step, None where a search chooses each length."""
        if self.method.search is not None:
            return None
        return float(self.updates.method.rate(FLOAT64, self.step))

    def _with(self, theta: np.ndarray) -> Graph:
        return self.of.trained(self.packing.unpacked(theta.astype(np.float64)))

    def _diverged(self, value: Any, batch: Batch) -> NumericalError:
        given = dict(zip(self.of.names, batch, strict=True))
        given |= self.packing.unpacked(self.updates.place)
        when = f"step {self.step}, epoch {len(self.epochs) + 1}"
        return diverged(self.of.of(len(batch[0])), self.target.name, given, value, self.method,
                        when, self.step)  # fmt: skip

    # Checkpoints

    @property
    def _run(self) -> dict[str, Any]:
        """What the training is of, so that another one cannot go on from its checkpoint."""
        graph = self.of.graph
        return {
            "parameters": {node.name: list(node.shape) for node in self.parameters},
            "objective": self.target.name,
            "optimiser": repr(self.method),
            "rule": self.method.rule.formulas,
            "setting": {letter: str(x) for letter, x in self.method.settings.items()},
            "formula": {node.name: node.formula for node in graph if not node.is_leaf},
            "held value": self._held,
            "first value": self._first,
            "residuals": self.residuals,
            "batch size": self.size,
            "seed": self.seed,
            "shuffling": self.shuffle,
            "dtype": self.dtype.name,
            "data": self.batches.mark,
            "validation": None if self.held_out is None else number_of(self.held_out),
            "metrics": list(self.measures.metrics),
        }

    @property
    def _held(self) -> dict[str, float | str]:
        """The mark of each leaf that stays, neither data nor learned nor drawn."""
        graph = self.of.graph
        others = {*self.of.names, *self.packing.names, *(mask.name for mask in masks_of(graph))}
        return {
            leaf.name: _mark(leaf.value)
            for leaf in graph.leaves
            if leaf.name not in others and leaf.value is not None
        }

    @property
    def _arrays(self) -> dict[str, np.ndarray]:
        state = {f"state_{name}": array for name, array in self.updates.state.items()}
        return {"theta": self.updates.theta, "best": self.best, **state}

    @property
    def _checkpoint(self) -> Checkpoint:
        random = self.random.bit_generator.state
        return Checkpoint(self._run, self.step, random, self.history, self._arrays)

    def _resume(self, file: Any) -> None:
        found = checkpoints.load(file, self._run, self._arrays)
        if found is not None:
            self.step, self.epochs = found.step, list(found.history)
            self.least = min(self.history.costs, default=np.inf)
            self.random.bit_generator.state = dict(found.random)
            for name, array in self._arrays.items():
                array[...] = found.arrays[name]
            self.updates.see(self.history.costs)
            self.last[:] = self.updates.theta


def _mark(value: Any) -> float | str:
    """Return a number for itself, and for an array what others have not, as good as surely."""
    array = np.asarray(FLOAT64.number(value))
    return f"{array.shape}, checksum {number_of([array]):08x}" if array.ndim else float(array)
