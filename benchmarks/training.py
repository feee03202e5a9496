"""Training: a step, and some epochs, of a small network and of logistic regression."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import training_by_hand as hand
import training_peers as peers
from contest import Contest, Contestant, Goal

import graphdiff as gd
from graphdiff.learning.rows import by_rows
from graphdiff.learning.stepping import Stepping
from graphdiff.learning.updates import Updates

STEP_GOAL, EPOCHS_GOAL = Goal(1.15), Goal(1.3)


class Work(NamedTuple):
    """Sizes of the layers, rows, those of a batch, epochs, and the type of number."""

    sizes: tuple[int, ...]
    rows: int
    batch: int
    epochs: int
    dtype: Any


STEPS = (Work((64, 32, 10), 64, 64, 1, np.float64), Work((784, 256, 10), 64, 64, 1, np.float32))
NETWORK = Work((64, 100, 10), 1792, 64, 10, np.float64)
LOGISTIC = Work((30, 1), 576, 32, 20, np.float64)


def contests(quick: bool) -> Iterator[Contest]:
    """Return the contests."""
    for work in STEPS[:1] if quick else STEPS:
        yield of_steps(work)
    for work in (NETWORK, LOGISTIC):
        yield of_epochs(work._replace(rows=2 * work.batch, epochs=2) if quick else work)


def model(work: Work) -> gd.models.MLP:
    """Return the network, whose outputs are classes, or one of two."""
    one = work.sizes[-1] == 1
    loss = "binary_cross_entropy" if one else "cross_entropy"
    return gd.models.mlp(work.sizes, "relu", output="sigmoid" if one else "softmax", loss=loss)


def data(work: Work) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and targets."""
    rng, classes = np.random.default_rng(1), work.sizes[-1]
    X = rng.normal(size=(work.rows, work.sizes[0]))
    labels = rng.integers(0, max(classes, 2), work.rows)
    Y = labels[:, None] if classes == 1 else np.eye(classes)[labels]
    return X.astype(work.dtype), Y.astype(work.dtype)


def parts_of(net: gd.models.MLP, dtype: Any) -> list[np.ndarray]:
    """Return weights and biases in turn."""
    pairs = zip(net.weights, net.biases, strict=True)
    return [np.array(part, dtype) for part in itertools.chain.from_iterable(pairs)]


def of_steps(work: Work) -> Contest:
    """Return the contest of a step of Adam on one batch; each goes on from where it is."""
    net, (X, Y) = model(work), data(work)
    parts = parts_of(net, work.dtype)

    def by_hand() -> Callable[[], Any]:
        of = hand.Flat(parts, work.dtype)
        gradients, update, steps = hand.network(of, work.batch), hand.adam(of), itertools.count(1)

        def call() -> Any:
            gradients(X, Y)
            update(next(steps))
            return of.parts

        return call

    def by_graphdiff() -> Callable[[], Any]:
        of = by_rows(net, {"x": X, "y": Y})
        names = [node.name for node in of.graph.parameters]
        updates = Updates(gd.learning.adam(), [part.shape for part in parts], work.dtype)
        updates.theta[:] = np.concatenate([part.ravel() for part in parts])
        step, steps = Stepping(of, "E", names, updates.theta), itertools.count(1)

        def call() -> Any:
            _, gradients = step([X, Y])
            updates(gradients, next(steps))
            return updates.values(updates.theta)

        return call

    return Contest(
        f"training step of {_named(work)}, {work.batch} rows, Adam",
        [
            Contestant("NumPy by hand", by_hand, list),
            Contestant("graphdiff", by_graphdiff, list, STEP_GOAL),
            Contestant("torch", lambda: peers.torch_step(parts, X, Y), list, needs="torch"),
            Contestant("JAX", lambda: peers.jax_step(parts, X, Y), list, needs="jax"),
        ],
        tolerance=1e-9 if work.dtype is np.float64 else 1e-3,
    )


def of_epochs(work: Work) -> Contest:
    """Return the contest of some epochs, with all that a training takes but the data."""
    net, (X, Y) = model(work), data(work)
    parts = parts_of(net, work.dtype)
    deep = len(work.sizes) > 2
    kind, rate = ("adam", 0.001) if deep else ("descent", 0.1)
    sizes = work.batch, work.epochs

    def by_hand() -> Any:
        of = hand.Flat(parts, work.dtype)
        gradients = (hand.network if deep else hand.logistic)(of, work.batch)
        update = hand.adam(of, rate) if deep else hand.descent(of, rate)
        steps = itertools.count(1)
        for _ in range(work.epochs):
            for at in range(0, work.rows, work.batch):
                gradients(X[at : at + work.batch], Y[at : at + work.batch])
                update(next(steps))
        return of.parts

    method = gd.learning.adam(rate) if deep else gd.learning.gradient_descent(rate)
    by_graphdiff = partial(
        gd.learning.fit, net, X, Y, optimiser=method, epochs=work.epochs, batch_size=work.batch,
        shuffle=False,
    )  # fmt: skip
    alike = [
        Contestant("NumPy by hand", lambda: by_hand, list),
        Contestant("graphdiff, fit, compiled anew", lambda: by_graphdiff, _learned, EPOCHS_GOAL),
        Contestant("torch", lambda: peers.torch_epochs(parts, X, Y, *sizes, kind, rate), list,
                   needs="torch"),
        Contestant("Keras on JAX, compiled before",
                   lambda: peers.keras_epochs(work.sizes, X, Y, *sizes, kind, rate),
                   needs="keras"),
    ]  # fmt: skip
    if deep:
        alike.append(Contestant(
            "scikit-learn, MLPClassifier",
            lambda: peers.sklearn_epochs(X, Y, work.sizes[1], *sizes), needs="sklearn",
        ))  # fmt: skip
    method_said = "Adam" if deep else "gradient descent"
    return Contest(
        f"{work.epochs} epochs of {_named(work)}, {work.rows} rows, batches of {work.batch}, "
        f"{method_said}",
        alike,
        tolerance=1e-8,
    )


def _learned(training: gd.learning.Training) -> list[np.ndarray]:
    return parts_of(training.model, np.float64)  # type: ignore[arg-type]


def _named(work: Work) -> str:
    kind = "network" if len(work.sizes) > 2 else "logistic regression"
    return f"{kind} {'-'.join(map(str, work.sizes))}, {np.dtype(work.dtype).name}"
