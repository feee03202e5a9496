"""Numbers that say how good predictions are, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from graphdiff.errors import GraphError, unknown
from graphdiff.learning.choices import check_takes

Metric = Callable[[np.ndarray, np.ndarray], float]


def classes_of(outputs: np.ndarray, like: np.ndarray | None = None) -> np.ndarray:
    """Return the number of the class in each row of outputs.

    Of several outputs it is the largest, of one whether it is above the middle of the targets'
    values: 1/2 of 0 and 1, 0 of −1 and 1.

    Parameters
    ----------
    like
        Targets of the same kind, which say where the middle is.
    """
    rows = outputs.reshape(len(outputs), -1)
    if rows.shape[1] > 1:
        return rows.argmax(axis=1)
    negative = like is not None and bool((np.asarray(like) < 0).any())
    return (rows[:, 0] > (0 if negative else 0.5)).astype(int)


def accuracy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the part of the rows whose class is that of the target."""
    return float((classes_of(outputs, targets) == classes_of(targets, targets)).mean())


def mse(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of (p − y)²."""
    return float(((outputs - targets) ** 2).mean())


def mae(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of abs(p − y)."""
    return float(np.abs(outputs - targets).mean())


def r2(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return 1 − Σ (y − p)² / Σ (y − ȳ)², the part of the variance that is explained.

    Of several outputs it is the mean of theirs, as scikit-learn's ``r2_score`` has it.
    """
    targets, outputs = (np.reshape(a, (len(targets), -1)) for a in (targets, outputs))
    spread = ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)
    if (spread == 0).any():
        raise GraphError("r2 is of targets that differ; all targets of an output are the same here")
    return float((1 - ((targets - outputs) ** 2).sum(axis=0) / spread).mean())


METRICS: Mapping[str, Metric] = MappingProxyType(
    {"accuracy": accuracy, "mse": mse, "mae": mae, "r2": r2}
)


def measured(name: str, metric: Metric, outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return what a metric says, a number.

    Raises
    ------
    GraphError
        For what is no number.
    """
    found: Any = metric(outputs, targets)
    if np.shape(found):
        raise GraphError(f"the metric {name!r} returns shape {np.shape(found)}; return a number")
    try:
        return float(found)
    except (TypeError, ValueError):
        raise GraphError(f"the metric {name!r} returns {found!r:.40}; return a number") from None


def named(metrics: Any) -> dict[str, Metric]:
    """Return metrics by their names, given as names, as functions, or as a mapping.

    Raises
    ------
    GraphError
        For a name of none, and what is no function.
    """
    if isinstance(metrics, Mapping):
        found = dict(metrics)
    else:
        if not isinstance(metrics, str | Iterable) and not callable(metrics):
            raise GraphError(f"metrics is {metrics!r:.40}; give names of {', '.join(METRICS)}")
        given: Iterable[Any] = metrics if isinstance(metrics, Iterable) else [metrics]
        if isinstance(metrics, str):
            given = [metrics]
        found = {}
        for one in given:
            if isinstance(one, str) and one not in METRICS:
                raise unknown("metric", one, METRICS)
            name = one if isinstance(one, str) else getattr(one, "__name__", "<metric>")
            if name.startswith("<") and callable(one):
                raise GraphError(
                    "a metric is a function without a name; give it one, metrics={'name': function}"
                )
            found[name] = METRICS[one] if isinstance(one, str) else one
    for name, one in found.items():
        if not callable(one) or name in ("loss", "validation", "epoch", "rate"):
            raise GraphError(
                f"the metric {name!r} is {one!r:.40}; give a function of outputs and targets, with "
                f"a name of its own, or one of {', '.join(METRICS)}"
            )
        check_takes(one, f"the metric {name!r}", "outputs", "targets")
    return found
