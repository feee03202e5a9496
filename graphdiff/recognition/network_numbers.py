"""The numbers of a network: of units, weights and gradients, of the first sample."""

from __future__ import annotations

from typing import Any

import numpy as np

from graphdiff.errors import DrawingError, GraphdiffError
from graphdiff.evaluation.number_systems import FLOAT64
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.values import value_of
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import Expression
from graphdiff.local_functions.local_function import LocalFunction, localise
from graphdiff.recognition.network_records import Network, Place, Weight


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

    Raises
    ------
    DrawingError
        If the run is of another graph.
    """

    def __init__(self, network: Network, graph: ComputationalGraph, run: Run | None) -> None:
        if run is not None and run.graph is not graph:
            raise DrawingError("the run is of another graph; draw it with the graph that was swept")
        self.network = network
        self.run = run
        self._graph = graph
        self._units: dict[int, Any] = {}
        self._nets: dict[int, Any] = {}

    @property
    def has_gradients(self) -> bool:
        """Whether the gradient of one number is known."""
        run = self.run
        return run is not None and run.output is not None and self._graph[run.output].size == 1

    @property
    def samples(self) -> int:
        """How many samples there are, of which the first is looked up."""
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
        return None if found is None else _entry(found, place)

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

    def _parameter(self, weight: Weight, held: Any, *, scaled: bool = True) -> Any:
        if held is None or weight.parameter is None:
            return None
        rank = len(self._graph[weight.parameter].shape)
        array = np.asarray(held, dtype=object if not isinstance(held, np.ndarray) else None)
        while array.ndim > rank:
            array = array[0]
        found = array[weight.entry] if weight.entry else array[(0,) * array.ndim]
        found = found.item() if isinstance(found, np.generic | np.ndarray) else found
        return found * weight.factor if scaled and weight.factor != 1 else found


def _entry(found: Any, place: Place) -> Any:
    array = np.asarray(found, dtype=object if not isinstance(found, np.ndarray) else None)
    while array.ndim > place.rank:
        array = array[0]
    at = tuple(place.row if axis == place.axis else 0 for axis in range(array.ndim))
    entry = array[at]
    return entry.item() if isinstance(entry, np.generic | np.ndarray) else entry
