"""What is measured after an epoch: the objective on rows that are not trained on, and metrics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.learning import data, metrics
from graphdiff.learning.batches import Batch
from graphdiff.learning.metrics import Metric
from graphdiff.learning.rewiring import prediction_of
from graphdiff.learning.rows import ByRows
from graphdiff.learning.stepping import Stepping


@dataclass(frozen=True)
class Measures:
    """What is measured of a model as it is trained.

    Attributes
    ----------
    of
        The model by rows.
    output, wrt, theta
        The names of the objective and of the parameters, and their values, read at every call.
    metrics
        The metrics by name.
    prediction
        The node that they are of; None where it is known.
    train, held_out
        The data: those trained on, None where they are streamed, and others, if any.
    backend
        Who computes.
    """

    of: ByRows
    output: str
    wrt: Sequence[str]
    theta: np.ndarray
    metrics: Mapping[str, Metric]
    prediction: Any
    train: Batch | None
    held_out: Batch | None
    backend: str

    def validation(self) -> float | None:
        """Return the objective on the data that are not trained on; None without such."""
        return None if self.held_out is None else self._objective.mean(self.held_out)

    def measured(self) -> dict[str, float]:
        """Return the metrics, on the data that are not trained on where there are such.

        Raises
        ------
        GraphError
            Where it is not known what to compare, or there are no data for it.
        """
        if not self.metrics:
            return {}
        arrays = self.train if self.held_out is None else self.held_out
        if arrays is None:
            raise GraphError("metrics of streamed batches need data: validation=(X, y)")
        stepping, target, rest = self._predicted
        outputs = stepping.rows([arrays[k] for k in rest])
        return {
            name: metrics.measured(name, of, outputs, arrays[target])
            for name, of in self.metrics.items()
        }

    @cached_property
    def _objective(self) -> Stepping:
        return Stepping(self.of, self.output, self.wrt, self.theta, form="value",
                        backend=self.backend)  # fmt: skip

    @cached_property
    def _predicted(self) -> tuple[Stepping, int, list[int]]:
        """The prediction, the place of the targets among the data, and the places of the rest."""
        graph = self.of.graph
        node = prediction_of(graph) if self.prediction is None else graph[self.prediction]
        target = data.target_of(graph, self.of.shapes)
        if node is None or target is None:
            raise GraphError(
                "metrics compare a prediction with targets; name its node, prediction='p', and let "
                "the input of the targets be called y"
            )
        rest = {name: shape for name, shape in self.of.shapes.items() if name != target}
        of = ByRows(self.of.model, self.of.kind, rest)
        stepping = Stepping(of, node.name, self.wrt, self.theta, form="value",
                            backend=self.backend)  # fmt: skip
        order = list(self.of.shapes)
        return stepping, order.index(target), [order.index(name) for name in rest]
