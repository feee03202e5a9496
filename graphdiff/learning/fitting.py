"""Training: steps of a method on batches of data, epoch by epoch."""

from __future__ import annotations

import math
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, NumericalError
from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.evaluation.run import run_backward
from graphdiff.learning import checkpoints, data, metrics
from graphdiff.learning.callbacks import Callback
from graphdiff.learning.checkpoints import Checkpoint
from graphdiff.learning.choices import batch_size_of, parameters_of, target_of, whole
from graphdiff.learning.history import Epoch, History, Training
from graphdiff.learning.methods import adam
from graphdiff.learning.progress import bar_of
from graphdiff.learning.rows import ByRows, by_rows, starting_values
from graphdiff.learning.stepping import Stepping
from graphdiff.learning.updates import Updates
from graphdiff.models.mlp import MLP
from graphdiff.notation import text
from graphdiff.optimisers.method import Method
from graphdiff.optimisers.named import as_method
from graphdiff.workbench import Graph


def fit(
    model: Graph,
    X: Any,
    y: Any = None,
    *,
    optimiser: Method | str | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    validation: Any = None,
    callbacks: Sequence[Callback] = (),
    metrics: Any = (),
    prediction: Any = None,
    output: Any = None,
    wrt: Any = None,
    shuffle: bool = True,
    seed: int = 0,
    dtype: Any = None,
    backend: str = "numpy",
    progress: bool = False,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Training:
    r"""Train a graph: θ ← θ − step(∇ of the mean over a batch), batch by batch, epoch by epoch.

    Parameters
    ----------
    model
        A network of :func:`graphdiff.models.mlp`, or any graph whose inputs take rows: by a leading
        axis, whose size is best a letter, ``shape=("m", 4)``, or one example at a time; then its
        output is averaged over the batch.
    X
        Rows, (N, …), or a mapping from the names of inputs to rows. For data larger than memory a
        function without arguments that yields the batches of an epoch, ``(X, y)`` or mappings.
    y
        The targets, a row each; for several outputs also the numbers of classes, (N,).
    optimiser
        A method of descent for each parameter by itself, or its name; ``adam()`` if left out.
    epochs
        How often all data are gone through.
    batch_size
        Rows of a batch, the last of an epoch may have fewer; 32, or all if there are fewer.
    validation
        Data that are not trained on, ``(X, y)`` or a mapping; or the part of the rows to keep for
        it, of (0, 1), chosen by the seed.
    callbacks
        Called after each epoch with the history; one that returns a text ends the training.
    metrics
        Names of :data:`graphdiff.learning.metrics.METRICS`, or functions of outputs and targets.
    prediction
        The node that metrics are of; that of a network is known.
    output
        What is minimised, a number; may be left out when there is only one output.
    wrt
        The parameters that change; all if left out.
    shuffle, seed
        Whether rows come in another order in each epoch, and from where the orders are drawn.
    dtype
        ``"float64"`` or ``"float32"``.
    backend
        Who computes values and gradients, as in ``graph.compile``.
    progress
        Whether a bar is shown.
    checkpoint
        A file, ``.npz``, that is written after each epoch; if there is one, of the same training,
        it goes on from there, bit for bit as if it had not stopped.

    Returns
    -------
    Training
        The model with its trained values, the history, and the best epoch. Ctrl-C ends it after
        the last whole epoch, with the best values.

    Raises
    ------
    GraphError
        For data or settings that do not fit, in one line.
    NumericalError
        When the objective is no longer finite, naming step, node and value.
    FileError
        If the checkpoint is of another training.

    Examples
    --------
    >>> import graphdiff as gd
    >>> net = gd.models.mlp([2, 4, 1], output="sigmoid", loss="binary_cross_entropy", seed=1)
    >>> X, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]
    >>> xor = fit(net, X, y, optimiser=gd.learning.adam(0.1), metrics="accuracy")
    >>> xor.best.metrics
    {'accuracy': 1.0}
    """
    method = adam() if optimiser is None else as_method(optimiser)
    count = whole(epochs, "epochs")
    stream: Callable[[], Any] | None = X if callable(X) else None
    if stream is not None:
        if y is not None or batch_size is not None or isinstance(validation, float):
            raise GraphError(
                "a function yields whole batches, targets among them; leave out y and batch_size, "
                "and give data to validate with, validation=(X, y)"
            )
        first = next(_streamed(model, stream))
    else:
        first = data.arrays_of(model, X, y)
    trainer = _Trainer(
        model, first, method, validation, batch_size, metrics, prediction,
        output, wrt, shuffle, whole(seed, "seed", 0), dtype, backend, stream,
    )  # fmt: skip
    return trainer.run(count, tuple(callbacks), progress, checkpoint)


@dataclass
class _Trainer:
    """A training as it goes on."""

    model: Graph
    arrays: dict[str, np.ndarray]
    method: Method
    validation: Any
    batch_size: Any
    metrics: Any
    prediction: Any
    output: Any
    wrt: Any
    shuffle: bool
    seed: int
    dtype: Any
    backend: str
    stream: Callable[[], Iterable[Any]] | None = None
    step: int = 0
    epochs: list[Epoch] = field(default_factory=list[Epoch])
    least: float = np.inf

    def __post_init__(self) -> None:
        dtype = np.dtype(self.dtype or np.float64)
        self.random = np.random.default_rng(self.seed)
        train, held_out = self._divided()
        self.of = by_rows(self.model, train)
        self.train = [array.astype(dtype, copy=False) for array in train.values()]
        self.held_out = None if held_out is None else [
            held_out[name].astype(dtype, copy=False) for name in train
        ]  # fmt: skip
        self.size = batch_size_of(self.batch_size, len(self.train[0]), self.of)
        self.target = target_of(self.of.graph, self.output)
        self.parameters = parameters_of(self.of.graph, self.wrt, self.target)
        self.updates = Updates(self.method, [node.shape for node in self.parameters], dtype)
        start = starting_values(self.parameters)
        for view, value in zip(self.updates.values(self.updates.theta), start, strict=True):
            view[...] = value
        self.best, self.last = self.updates.theta.copy(), self.updates.theta.copy()
        self.measured = metrics.named(self.metrics)
        names = [node.name for node in self.parameters]
        self.stepping = Stepping(
            self.of, self.target.name, names, self.updates.place, backend=self.backend
        )

    def run(
        self, epochs: int, callbacks: tuple[Callback, ...], progress: bool, file: Any
    ) -> Training:
        """Return the training after so many epochs, those of the checkpoint among them."""
        if file is not None:
            self._resume(file)
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
        return Training(model, self.history, best, self.method, self.step, ended)

    @property
    def history(self) -> History:
        """The epochs so far."""
        return History(tuple(self.epochs))

    def _stopped(self, callbacks: tuple[Callback, ...]) -> str | None:
        """Return why a callback ends the training, None to go on; each is asked."""
        if not self.epochs or not callbacks:
            return None
        answers = [callback(self.history) for callback in callbacks]
        return next((str(answer) for answer in answers if answer), None)

    def _epoch(self) -> None:
        """Go through the data once."""
        total, seen = 0.0, 0
        for batch in self._batches():
            self.step += 1
            self.updates.look_ahead(self.step)
            value, gradients = self.stepping(batch)
            if not math.isfinite(value):
                raise self._diverged(value, batch)
            self.updates(gradients, self.step)
            rows = len(batch[0])
            total, seen = total + float(value) * rows, seen + rows
        if not np.isfinite(self.updates.theta).all():
            raise self._diverged(np.nan, next(self._batches()))
        watched = None if self.held_out is None else self._value.mean(self.held_out)
        epoch = Epoch(len(self.epochs) + 1, total / seen, watched, self._metrics())
        self.epochs.append(epoch)
        self.last[:] = self.updates.theta
        if epoch.watched < self.least:
            self.least, self.best[:] = epoch.watched, self.last

    def _batches(self) -> Iterator[list[np.ndarray]]:
        """Yield the batches of an epoch, an array for each input."""
        if self.stream is not None:
            dtype = self.updates.theta.dtype
            for batch in _streamed(self.model, self.stream):
                yield [batch[name].astype(dtype, copy=False) for name in self.of.names]
            return
        count, size = len(self.train[0]), self.size
        if size >= count:
            yield self.train
            return
        order = self.random.permutation(count) if self.shuffle else np.arange(count)
        end = count - count % size if self.of.fixed else count
        for at in range(0, end, size):
            rows = order[at : at + size]
            yield [array.take(rows, axis=0) for array in self.train]

    # What is measured

    @cached_property
    def _value(self) -> Stepping:
        names = [node.name for node in self.parameters]
        return Stepping(self.of, self.target.name, names, self.updates.theta, form="value",
                        backend=self.backend)  # fmt: skip

    @cached_property
    def _predicted(self) -> tuple[Stepping, int, list[int]]:
        """The prediction, the place of the targets among the data, and the places of the rest."""
        graph = self.of.graph
        outputs = graph.prediction if isinstance(graph, MLP) else ()
        known = outputs[0] if len(outputs) == 1 else None
        node = known if self.prediction is None else graph[self.prediction]
        target = data.target_of(graph, self.of.shapes)
        if node is None or target is None:
            raise GraphError(
                "metrics compare a prediction with targets; name its node, prediction='p', and let "
                "the input of the targets be called y"
            )
        rest = {name: shape for name, shape in self.of.shapes.items() if name != target}
        names = [parameter.name for parameter in self.parameters]
        stepping = Stepping(ByRows(self.of.model, self.of.kind, rest), node.name, names,
                            self.updates.theta, form="value", backend=self.backend)  # fmt: skip
        order = list(self.of.shapes)
        return stepping, order.index(target), [order.index(name) for name in rest]

    def _metrics(self) -> dict[str, float]:
        if not self.measured:
            return {}
        if self.held_out is None and self.stream is not None:
            raise GraphError("metrics of streamed batches need data: validation=(X, y)")
        stepping, target, rest = self._predicted
        arrays = self.train if self.held_out is None else self.held_out
        outputs = stepping.rows([arrays[k] for k in rest])
        targets = arrays[target][: len(outputs)]
        return {name: float(of(outputs, targets)) for name, of in self.measured.items()}

    def _with(self, theta: np.ndarray) -> Graph:
        values = self.updates.values(theta.astype(np.float64))
        names = (node.name for node in self.parameters)
        return self.of.trained(dict(zip(names, values, strict=True)))

    def _diverged(self, value: Any, batch: list[np.ndarray]) -> NumericalError:
        """Return the error for a value that is not finite: where it first arose, and what helps."""
        where = f"{self.target.name!r} is {value}"
        try:
            graph = self.of.of(len(batch[0]))
            given = dict(zip(self.of.names, batch, strict=True))
            values = self.updates.values(self.updates.place)
            given |= {node.name: one if node.shape else one.item()
                      for node, one in zip(self.parameters, values, strict=True)}  # fmt: skip
            for name, one in given.items():
                if not np.isfinite(one).all():
                    bad = np.asarray(one)[~np.isfinite(one)].flat[0]
                    raise NumericalError(f"{name!r} has the value {bad}")
            run_backward(graph, graph[self.target.name], {**_held(graph), **given})
        except NumericalError as error:
            where = str(error)
        epoch = len(self.epochs) + 1
        rate = text.number(float(self.method.rate(FLOAT64, max(self.step, 1))))
        return NumericalError(
            f"the training diverged in step {self.step}, epoch {epoch}: {where}; take a smaller "
            f"learning rate than {rate}, scale the inputs to about 1, or bound the parameters, "
            "max_norm=3"
        )

    # Data and checkpoints

    def _divided(self) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray] | None]:
        """Return the data to train on, and those to validate with, if any."""
        given = self.validation
        if given is None:
            return self.arrays, None
        if isinstance(given, float | int) and not isinstance(given, bool):
            count = len(next(iter(self.arrays.values())))
            kept = round(given * count)
            if not 0 < given < 1 or not 0 < kept < count:
                raise GraphError(
                    f"validation is {given} of {count} rows; give a part of (0, 1) that leaves "
                    "rows on both sides, or data (X, y)"
                )
            order = np.random.default_rng([self.seed, 1]).permutation(count)
            rows, others = np.sort(order[kept:]), np.sort(order[:kept])
            return ({name: array[rows] for name, array in self.arrays.items()},
                    {name: array[others] for name, array in self.arrays.items()})  # fmt: skip
        pair = (given, None) if isinstance(given, Mapping) else given
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise GraphError(f"validation is {given!r:.40}; give (X, y), a mapping or a part of 1")
        held_out = data.arrays_of(self.model, *pair, what="validation data", all_rows=False)
        if held_out.keys() != self.arrays.keys():
            raise GraphError("the validation data are of other inputs than the data")
        return self.arrays, held_out

    @property
    def _run(self) -> dict[str, Any]:
        """What the training is of, so that another one cannot go on from its checkpoint."""
        return {
            "parameters": {node.name: list(node.shape) for node in self.parameters},
            "objective": self.target.name,
            "optimiser": repr(self.method),
            "batch size": self.size,
            "seed": self.seed,
            "shuffling": self.shuffle,
            "dtype": self.updates.theta.dtype.name,
            "data": "streamed" if self.stream is not None else _number_of(self.train),
            "validation": None if self.held_out is None else _number_of(self.held_out),
            "metrics": list(self.measured),
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
            self.least = min((epoch.watched for epoch in self.epochs), default=np.inf)
            self.random.bit_generator.state = dict(found.random)
            for name, array in self._arrays.items():
                array[...] = found.arrays[name]
            self.last[:] = self.updates.theta


def _streamed(model: Graph, stream: Callable[[], Iterable[Any]]) -> Iterator[dict[str, np.ndarray]]:
    """Yield the batches of an epoch, each checked."""
    number = 0
    for number, batch in enumerate(stream(), 1):
        pair = (batch, None) if isinstance(batch, Mapping) else batch
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise GraphError(f"batch {number} is {batch!r:.40}; yield (X, y) or a mapping")
        yield data.arrays_of(model, *pair, what=f"rows of batch {number}", all_rows=False)
    if not number:
        raise GraphError("the function yields no batches; each call must begin a new epoch")


def _number_of(arrays: Sequence[np.ndarray]) -> int:
    """Return a number that other data have not, as good as surely."""
    number = 0
    for array in arrays:
        number = zlib.crc32(np.ascontiguousarray(array).tobytes(), number)
    return number


def _held(graph: Graph) -> dict[str, Any]:
    return {leaf.name: leaf.value for leaf in graph.leaves if leaf.value is not None}
