"""The numbers of a network, of one sample: of units, weights, gradients and every δ."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from graphdiff.errors import DrawingError, GraphdiffError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.recognition.network_records import Network, Place, Unit, Weight

MOST_TRACED = 3_000
"""Of more units, δ is known only where a node has it."""


class Numbers:
    """What a run found for a network, looked up when asked for; None for what is not known.

    Without a run only the weights are known, as far as the graph holds them.

    Parameters
    ----------
    network
        The network.
    graph
        The graph it was read from.
    run
        A sweep of that graph.
    sample
        Which of the samples, or of the rows of a batch, is looked up, from 0.

    Raises
    ------
    DrawingError
        If the run is of another graph, or has no such sample.
    """

    def __init__(
        self, network: Network, graph: ComputationalGraph, run: Run | None, sample: int = 0
    ) -> None:
        if run is not None and run.graph is not graph:
            raise DrawingError("the run is of another graph; draw it with the graph that was swept")
        self.network = network
        self.run = run
        self.sample = sample
        self._graph = graph
        self._units: dict[int, Any] = {}
        self._nets: dict[int, Any] = {}
        if run is not None and sample >= self.samples:
            valid = "there is but one, 0" if self.samples == 1 else f"give 0 to {self.samples - 1}"
            raise DrawingError(f"sample is {sample}; {valid}")

    @property
    def has_gradients(self) -> bool:
        """Whether the gradient of one number is known."""
        run = self.run
        return run is not None and run.output is not None and self._graph[run.output].size == 1

    @cached_property
    def samples(self) -> int:
        """How many samples there are, of which one is looked up."""
        run = self.run
        if run is None:
            return 1
        most = 1
        for unit in self.network.units[:: max(1, len(self.network.units) // 50)]:
            for place in (unit.place, unit.net):
                if place is not None and place.node is not None:
                    size = np.size(run.value[place.node])
                    own = 1 if place.axis is None else unit.size
                    most = max(most, size // own)
        return most

    def unit(self, k: int) -> Any:
        """Return the value of a unit."""
        if self.run is None:
            return None
        if k not in self._units:
            self._compute(k)
        return self._units[k]

    def net(self, k: int) -> Any:
        """Return the weighted sum of a neuron."""
        if self.run is None or self.network.units[k].is_input:
            return None
        if k not in self._nets:
            self._nets[k] = self._net(k)
        return self._nets[k]

    def _compute(self, k: int) -> None:
        """Look a value up, or compute it, those it needs first."""
        stack = [k]
        while stack:
            top = stack[-1]
            unit = self.network.units[top]
            if top in self._units:
                stack.pop()
                continue
            found = self._at(unit.place)
            if found is None and unit.activation is not None:
                missing = [s for s, _ in unit.weights() if s not in self._units]
                if self._at(unit.net) is None and missing:
                    stack += missing
                    continue
                net = self.net(top)
                found = None if net is None else float(unit.activation.at(np.array(float(net))))
            self._units[top] = found
            stack.pop()

    def _net(self, k: int) -> Any:
        unit = self.network.units[k]
        found = self._at(unit.net)
        if found is not None:
            return found
        parts: list[Any] = [self.weight(bias) for bias in unit.added]
        for source, weight in unit.weights():
            w, a = self.weight(weight), self.unit(source)
            parts.append(None if w is None or a is None else w * a)
        return None if any(part is None for part in parts) else sum(parts)

    def _at(self, place: Place | None) -> Any:
        if place is None or self.run is None:
            return None
        if place.node is None:
            found = None if place.expression is None else self._evaluated(place.expression)
        else:
            found = self.run.value[place.node]
        return None if found is None else self._entry(found, place)

    def _evaluated(self, expression: Expression) -> Any:
        """Return the value of a formula of inputs that has no node."""
        assert self.run is not None  # noqa: S101 - asked for by _at alone
        program, parents = localise(expression, written=False)
        function = LocalFunction(program, len(parents), tuple(p.shape for p in parents))
        values = [self.run.value[parent.name] for parent in parents if isinstance(parent, Node)]
        try:
            with FLOAT64.guard():
                return value_of(FLOAT64, function, [np.asarray(v, np.float64) for v in values])
        except GraphdiffError:
            return None

    def weight(self, weight: Weight) -> Any:
        """Return the value of a weight."""
        if weight.parameter is None:
            return weight.factor
        node = self._graph[weight.parameter]
        held = node.value if self.run is None else self.run.value[weight.parameter]
        return self._parameter(weight, held)

    def gradient(self, weight: Weight) -> Any:
        """Return the derivative of the output in the parameter that a weight is."""
        run = self.run
        if run is None or not self.has_gradients or weight.parameter not in run.gradient:
            return None
        return self._parameter(weight, run.gradient[weight.parameter], scaled=False)

    def delta(self, k: int) -> Any:
        """Return δ_k = ∂E/∂z_k, the derivative of the output in a neuron's weighted sum."""
        if not self.has_gradients or self.network.units[k].is_input:
            return None
        found = self._delta_at(k)
        if found is None and len(self.network.units) <= MOST_TRACED:
            return self._traced.get(k)
        return found

    def stepped(self, weight: Weight, rate: Any) -> Any:
        """Return a weight after one step of gradient descent, w − η ∂E/∂w."""
        value, gradient = self.weight(weight), self.gradient(weight)
        if value is None or gradient is None:
            return None
        return value - rate * gradient * weight.factor

    def of_node(self, name: str) -> Any:
        """Return the value of a node: a number, or the row of an array that is of the sample."""
        if self.run is None:
            return None
        array = _as_array(self.run.value[name])
        more = array.ndim - len(self._graph[name].shape)
        if self.samples > 1 and (more or not self._has_axes_of_samples):
            rows = [
                k for k in range(1, array.ndim + 1) if math.prod(array.shape[:k]) == self.samples
            ]
            if rows:
                array = array.reshape(self.samples, *array.shape[rows[-1] :])[self.sample]
        return array.item() if array.size == 1 else array

    @cached_property
    def _has_axes_of_samples(self) -> bool:
        """Whether values have axes before those of their shapes; else a batch is one of these."""
        run = self.run
        return run is not None and any(
            np.ndim(run.value[leaf.name]) > len(leaf.shape) for leaf in self._graph.leaves
        )

    def _delta_at(self, k: int) -> Any:
        """Return δ of a neuron whose weighted sum, or whose value, is that of a node."""
        unit = self.network.units[k]
        if (found := self._slope_at(unit.net)) is not None:
            return found
        slope = self._slope_at(unit.place)
        return None if slope is None else self._through(k, slope)

    def _slope_at(self, place: Place | None) -> Any:
        """Return the derivative of the output in an entry of a node."""
        run = self.run
        if run is None or place is None or place.node is None or place.node not in run.gradient:
            return None
        return self._entry(run.gradient[place.node], place)

    def _through(self, k: int, slope: Any) -> Any:
        """Return ∂E/∂z of ∂E/∂a: times φ′(z), and of a softmax less what its sum has of it."""
        unit = self.network.units[k]
        if unit.activation is None or unit.activation.is_identity:
            return slope
        if unit.activation.expression is None:
            return self._through_softmax(k)
        net = self.net(k)
        return None if net is None else float(slope) * unit.activation.slope(float(net))

    def _through_softmax(self, k: int) -> Any:
        """Return a_k (∂E/∂a_k − Σ_j ∂E/∂a_j a_j)."""
        units, place = self.network.units, self.network.units[k].place
        column = self.network.columns[units[k].rank].units
        layer = [j for j in column if _node(units[j].place) == _node(place)]
        pairs = [(self._slope_at(units[j].place), self.unit(j)) for j in layer]
        if any(slope is None or value is None for slope, value in pairs):
            return None
        mean = sum(slope * value for slope, value in pairs)
        return self.unit(k) * (self._slope_at(place) - mean)

    @cached_property
    def _traced(self) -> dict[int, Any]:
        """Every δ that is known, those without a node from what they are weighed into."""
        found: dict[int, Any] = {}
        slopes: dict[int, list[Any]] = {k: [] for k in range(len(self.network.units))}
        outputs = set(self.network.outputs)
        for k in reversed(range(len(self.network.units))):
            unit = self.network.units[k]
            if unit.is_input:
                continue
            delta = self._delta_at(k)
            if delta is None and k in outputs:
                delta = self._of_parameters(unit)
            elif delta is None and None not in slopes[k]:
                softmax = unit.activation is not None and unit.activation.expression is None
                delta = None if softmax else self._through(k, sum(slopes[k]))
            if delta is not None:
                found[k] = delta
            for source, weight in unit.weights():
                w = self.weight(weight)
                slopes[source].append(None if delta is None or w is None else w * delta)
        return found

    def _of_parameters(self, unit: Unit) -> Any:
        """Return δ of the gradient of a parameter that is of this neuron alone, f δ a."""
        loss = self.network.loss
        if self.samples > 1:
            return None
        for weight, value in self._signals(unit):
            gradient = self.gradient(weight)
            own = self._uses[weight.parameter, weight.entry] == 1
            penalised = loss is not None and weight.parameter in loss.parameters
            if own and not penalised and gradient is not None and value:
                return gradient / (weight.factor * value)
        return None

    def _signals(self, unit: Unit) -> Iterator[tuple[Weight, Any]]:
        """Yield the parameters of a neuron with the signals they weigh, 1 for a bias."""
        yield from ((bias, 1) for bias in unit.added)
        yield from ((weight, self.unit(source)) for source, weight in unit.weights())

    @cached_property
    def _uses(self) -> Counter[tuple[str | None, tuple[int, ...]]]:
        units = (self.network.units[k] for k in self.network.neurons)
        used = (w for unit in units for w in (*unit.added, *(w for _, w in unit.weights())))
        return Counter((weight.parameter, weight.entry) for weight in used)

    def _parameter(self, weight: Weight, held: Any, *, scaled: bool = True) -> Any:
        if held is None or weight.parameter is None:
            return None
        rank = len(self._graph[weight.parameter].shape)
        array = _as_array(held)
        if array.ndim > rank:
            array = array.reshape(-1, *array.shape[array.ndim - rank :])
            array = array[self.sample if len(array) == self.samples else 0]
        found = array[weight.entry] if weight.entry else array[(0,) * array.ndim]
        found = found.item() if isinstance(found, np.generic | np.ndarray) else found
        return found * weight.factor if scaled and weight.factor != 1 else found

    def _entry(self, found: Any, place: Place) -> Any:
        """Return the entry of a unit: in its row, and in the sample's place on all other axes."""
        array = _as_array(found)
        if place.axis is not None:
            array = np.moveaxis(array, place.axis - place.rank, -1)[..., place.row]
        flat = array.reshape(-1)
        entry = flat[self.sample if len(flat) > 1 and len(flat) == self.samples else 0]
        return entry.item() if isinstance(entry, np.generic | np.ndarray) else entry


def _node(place: Place | None) -> str | None:
    return None if place is None else place.node


def _as_array(held: Any) -> np.ndarray:
    return np.asarray(held, dtype=object if not isinstance(held, np.ndarray) else None)
