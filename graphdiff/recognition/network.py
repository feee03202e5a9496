"""A graph read as a network of neurons, by what its formulas are and not by any name.

A neuron is a weighted sum of signals, Σ w_k a_k + b with parameters as weights, and what one
function makes of it. It may stand in one node or in many, alone or with its layer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np

from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import heading
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import brief
from graphdiff.local_functions.local_function import Instruction, LocalFunction, localise
from graphdiff.notation import text
from graphdiff.recognition.activations import POINTS, Activation
from graphdiff.recognition.affine import interpreted
from graphdiff.recognition.affine_forms import (
    Added,
    AffineForm,
    AffineTerm,
    Data,
    Held,
    Mapped,
    Other,
    Picked,
    Softmax,
    Stacked,
    Sum,
)
from graphdiff.recognition.loss_split import Neuron, Tail, neuron_of, tail_of
from graphdiff.recognition.network_records import (
    Bias,
    Bundle,
    Column,
    Fan,
    Loss,
    Network,
    Place,
    Unit,
    Weight,
)

MAX_UNITS = 200_000
"""Networks with more inputs and neurons are not read."""

INSTEAD = 'draw it with style="graph"'

OF_SCORES = {
    "cross_entropy_with_logits": "softmax",
    "binary_cross_entropy_with_logits": "sigmoid",
}
"""Losses with an activation in them."""


def read(graph: ComputationalGraph) -> Network:
    """Return a graph as a network.

    Raises
    ------
    DrawingError
        If there is no neuron in it, a neuron weighs what is no neuron's output, or a parameter
        enters after the outputs that is no weight of the network.
    """
    forms = interpreted(graph)
    tail, output = tail_of(graph, forms)
    if not tail.heads:
        tail, output = tail_of(graph, interpreted(graph, fixed=True))
    if not tail.heads:
        raise DrawingError(_no_neurons(graph, forms))
    heads = sorted(tail.heads, key=lambda head: _index(head) or _index(neuron_of(head)[0]))
    reader = _Reader()
    outputs = tuple(unit for head in heads for unit in reader.units_of(head, None))
    _check_end(graph, tail, reader.units)
    return Network(
        heading(graph.title),
        tuple(reader.units),
        tuple(_columns(graph, reader.units, outputs)),
        outputs,
        _loss(graph, tail, output),
        reader.shared,
    )


def _check_end(graph: ComputationalGraph, tail: Tail, units: Sequence[Unit]) -> None:
    """Raise if something is learned after the outputs: then they are not where the network ends."""
    known: set[str | None] = set()
    for unit in units:
        known |= {bias.parameter for bias in unit.biases}
        for edges in unit.incoming:
            fixed = edges.parameter if isinstance(edges, Bundle) else None
            weights = () if isinstance(edges, Bundle) else edges.weights
            known |= {fixed, *(weight.parameter for weight in weights)}
    for name in tail.parameters:
        if name not in known:
            users = [edge.child for edge in graph.children(name) if edge.child.index in tail.nodes]
            where = f" in node {users[0].name!r} = {_clipped(users[0].formula)}" if users else ""
            raise DrawingError(
                f"the graph is no network of neurons: the parameter {name!r}{where} is no weight "
                f"or bias of a neuron; {INSTEAD}"
            )


def _index(form: AffineForm) -> int:
    return form.node.index if form.node is not None else 0


def _no_neurons(graph: ComputationalGraph, forms: Sequence[AffineForm]) -> str:
    if not len(graph):
        return "the graph has no nodes; add some before drawing it"
    wanted = "a neuron is a weighted sum w*x + b with parameters as weights"
    start = "the graph is no network of neurons: "
    if not graph.parameters:
        other = "or an activation of a sum weighed by numbers"
        return f"{start}it has no parameters, and {wanted}, {other}; {INSTEAD}"
    for node, form in zip(graph.nodes, forms, strict=True):
        if isinstance(form, Other) and any(p.kind == "parameter" for p in node.parents):
            formula = f"{node.name!r} = {_clipped(node.formula)}"
            return f"{start}node {formula} is none, and {wanted}; {INSTEAD}"
    return f"{start}{wanted}, and no node is one; {INSTEAD}"


def _clipped(formula: str) -> str:
    return formula if len(formula) <= 60 else formula[:59] + "…"


class _Reader:
    """Gives each form its units, sources first."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._known: dict[object, tuple[int, ...]] = {}
        self._axes: dict[object, int | None] = {}
        self._used: Counter[str] = Counter()
        self._tables: dict[str, list[np.ndarray]] = {}

    def units_of(self, form: AffineForm, axis: int | None) -> tuple[int, ...]:
        """Return the units of a signal, those of its sources being made first."""
        stack: list[tuple[AffineForm, int | None, bool]] = [(form, axis, False)]
        while stack:
            top, along, ready = stack.pop()
            key = _key(top)
            if key in self._known:
                if isinstance(top, Data):
                    self._check_axis(top, key, along)
            elif ready or (isinstance(top, Data) and not _is_stack(top, along)):
                self._known[key] = self._made(top, along)
            else:
                stack.append((top, along, True))
                stack += [(*needed, False) for needed in reversed(list(_needed(top, along)))]
        return self._known[_key(form)]

    def _check_axis(self, form: Data, key: object, axis: int | None) -> None:
        if self._axes[key] != axis:
            raise DrawingError(
                f"the input {brief(form.expression)} is read along two axes, or as a whole and in "
                f"parts, so its entries are no units of one column; {INSTEAD}"
            )

    def _made(self, form: AffineForm, axis: int | None) -> tuple[int, ...]:
        match form:
            case Data():
                self._axes[_key(form)] = axis
                if _is_stack(form, axis):
                    return tuple(unit for item in form.items for unit in self._known[_key(item)])
                return self._inputs(form, axis)
            case Stacked(items=items):
                return tuple(unit for item in items for unit in self._known[_key(item)])
            case Picked(of=of, row=row):
                return (self._known[_key(of)][row],)
            case Sum() | Mapped() | Softmax():
                return self._neurons(form)
            case _:
                raise DrawingError(f"{_called(form)} is no neuron's output; {INSTEAD}")

    def _inputs(self, form: Data, axis: int | None) -> tuple[int, ...]:
        size = 1 if axis is None else int(form.shape[axis])
        rank = len(form.shape)
        node = None if form.node is None else form.node.name
        expression = form.expression if form.node is None else None
        return self._add(
            Unit(Place(node, axis, row, rank, expression), row=row, size=size)
            for row in range(size)
        )

    def _neurons(self, form: Neuron) -> tuple[int, ...]:
        base, activation = neuron_of(form)
        incoming, biases = self._incoming(base)
        sources = {s for edges in incoming for s in edges.sources}
        rank = 1 + max((self.units[source].rank for source in sources), default=0)
        return self._add(
            Unit(
                _place(form, base.axis, row),
                _place(base, base.axis, row),
                activation,
                incoming,
                biases,
                row,
                rank,
                base.units,
            )
            for row in range(base.units)
        )

    def _add(self, units: Iterator[Unit]) -> tuple[int, ...]:
        first = len(self.units)
        for unit in units:
            if len(self.units) >= MAX_UNITS:
                raise DrawingError(
                    f"the network has more than {MAX_UNITS} inputs and neurons; {INSTEAD}"
                )
            self.units.append(unit)
        return tuple(range(first, len(self.units)))

    def _incoming(self, base: Sum) -> tuple[tuple[Fan | Bundle, ...], tuple[Bias, ...]]:
        """Return the edges into the neurons of a sum, and what is added there."""
        sources: list[int] = []
        weights: list[Weight] = []
        bundles: list[Fan | Bundle] = []
        biases: list[Bias] = []
        for part, factor in base.parts:
            held = part.held
            name = None if held is None else held.parameter.name
            by = factor if held is None else factor * held.factor
            self._count(held, part.table, base.units if part.table is None else 1)
            if isinstance(part, Added):
                value = by * part.value if held is None else by
                biases.append(Bias(name, part.table, held.parameter.shape if held else (), value))
                continue
            units = self._known[_key(part.signal)]
            if part.table is None and base.axis is None:
                sources += units
                weights.append(Weight(name, (), by))
                continue
            shape = held.parameter.shape if held else ()
            bundles.append(Bundle(units, name, part.table, shape, by, part.diagonal))
        if sources:
            bundles.insert(0, Fan(tuple(sources), tuple(weights)))
        return tuple(bundles), tuple(biases)

    def _count(self, held: Held | None, table: np.ndarray | None, times: int) -> None:
        if held is None:
            return
        if table is None:
            self._used[held.parameter.name] += times
        else:
            self._tables.setdefault(held.parameter.name, []).append(table)

    @property
    def shared(self) -> tuple[str, ...]:
        """The parameters of which an entry is used more than once."""
        scalars = [name for name, count in self._used.items() if count > 1]
        arrays = [name for name, tables in self._tables.items() if _repeats(tables)]
        return (*scalars, *arrays)


def _repeats(tables: Sequence[np.ndarray]) -> bool:
    places = np.concatenate([table.reshape(-1) for table in tables])
    return int(places.size) > len(np.unique(places))


def _key(form: AffineForm) -> object:
    """Return what makes a form the same as another: what it is of, and what it does."""
    match form:
        case Data(node=None, expression=expression):
            return "formula", written(expression)
        case Softmax(base=base):
            return base, "softmax"
        case Sum() | Mapped():
            base, activation = neuron_of(form)
            if activation.is_identity:
                return base
            return base, activation.name, activation.at(POINTS).tobytes()
        case Picked(of=of, row=row):
            return "entry", _key(of), row
        case _:
            return form


def written(expression: object) -> str:
    """Return a formula of inputs as text."""
    program, parents = localise(expression, written=False)  # type: ignore[arg-type]
    shapes = tuple(parent.shape for parent in parents)
    function = LocalFunction(program, len(parents), shapes)
    return text.authored(function, [p.name for p in parents if isinstance(p, Node)])


def _is_stack(form: Data, axis: int | None) -> bool:
    """Whether data are inputs put together along an axis: then those are the units."""
    return axis is not None and form.along == axis


def _needed(form: AffineForm, axis: int | None) -> Iterator[tuple[AffineForm, int | None]]:
    """Yield the signals a form is made of, each with the axis of its units."""
    match form:
        case Data(items=items) if _is_stack(form, axis):
            yield from ((item, None) for item in items)
        case Stacked(items=items):
            yield from ((item, None) for item in items)
        case Picked(of=of):
            yield of, getattr(of, "axis", None)
        case Sum() | Mapped() | Softmax():
            for part, _ in neuron_of(form)[0].parts:
                if isinstance(part, AffineTerm):
                    yield part.signal, part.axis
        case _:
            return


def _called(form: AffineForm) -> str:
    return f"{form.node.name!r}" if form.node is not None else "a part of a formula"


def _place(form: AffineForm, axis: int | None, row: int) -> Place | None:
    if form.node is None:
        return None
    return Place(form.node.name, axis, row, len(form.shape))


def _columns(
    graph: ComputationalGraph, units: Sequence[Unit], outputs: Sequence[int]
) -> Iterator[Column]:
    """Yield the columns, each in the order of the graph."""

    def order(k: int) -> tuple[int, int]:
        place = units[k].place or units[k].net
        node = None if place is None else place.node
        return len(graph) if node is None else graph[node].index, units[k].row

    ranks: dict[int, list[int]] = {}
    for k, unit in enumerate(units):
        ranks.setdefault(unit.rank, []).append(k)
    last = max(units[k].rank for k in outputs)
    for rank in sorted(ranks):
        found = sorted(ranks[rank], key=order)
        kind: Literal["input", "hidden", "output"] = (
            "input" if rank == 0 else "output" if rank == last else "hidden"
        )
        names: dict[str, Activation] = {}
        for k in found:
            activation = units[k].activation
            if activation is not None:
                names.setdefault(activation.described, activation)
        yield Column(tuple(found), kind, tuple(names.values()))


def _loss(graph: ComputationalGraph, tail: Tail, output: Node | None) -> Loss | None:
    if not tail.nodes:
        return None
    nodes = tuple(graph.nodes[index - 1].name for index in sorted(tail.nodes))
    end = nodes[-1] if output is None else output.name
    targets, parameters = (
        tuple(sorted(names, key=lambda name: graph[name].index))
        for names in (tail.targets, tail.parameters)
    )
    return Loss(nodes, end, targets, parameters, _within(graph, nodes))


def _within(graph: ComputationalGraph, nodes: Sequence[str]) -> str:
    """Return the activation that is part of a loss, as in cross-entropy of scores."""
    for name in nodes:
        function = graph[name].function
        for line in function.program if function else ():
            if isinstance(line, Instruction) and line.function.name in OF_SCORES:
                return OF_SCORES[line.function.name]
    return ""
