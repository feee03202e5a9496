"""Where a network ends and its loss begins.

From the output of the graph back to the first values that are neurons: those are the
predictions. What was passed on the way is the loss, with its targets and penalties.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from graphdiff.errors import GraphError
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.language.expression import in_order
from graphdiff.recognition.activations import SOFTMAX, Activation, identity, recognised
from graphdiff.recognition.affine_forms import (
    AffineForm,
    AffineTerm,
    Data,
    Held,
    Mapped,
    Softmax,
    Sum,
)

Neuron = Sum | Mapped | Softmax


@dataclass
class Tail:
    """What was found on the way back: the neurons at the end, and what comes after them."""

    heads: list[Neuron] = field(default_factory=list[Neuron])
    nodes: set[int] = field(default_factory=set[int])
    targets: dict[str, None] = field(default_factory=dict[str, None])
    parameters: dict[str, None] = field(default_factory=dict[str, None])


def neuron_of(form: Neuron) -> tuple[Sum, Activation]:
    """Return the weighted sum of a neuron and its activation.

    2 step(z) − 1 is an activation of z; 1 − a is a sum of its own.
    """
    if isinstance(form, Softmax):
        return form.base, SOFTMAX
    if isinstance(form, Mapped):
        return form.base, recognised(form.expression)
    if form.base is not form:
        found = recognised(form.expression)
        if found.usual and not found.is_identity:
            return form.base, found
    return form.alone, identity()


def tail_of(graph: ComputationalGraph, forms: list[AffineForm]) -> tuple[Tail, Node | None]:
    """Return the neurons at the end of a graph, with what follows them; and the graph's output."""
    try:
        output = graph.output
    except GraphError:
        output = None
    roots = graph.outputs if output is None else (output,)
    tail = _walked(forms[node.index - 1] for node in roots)
    beside = _walked(forms[node.index - 1] for node in graph.outputs if node not in roots)
    if not tail.heads:
        return Tail(_one_for_each(beside.heads)), None
    known = {neuron_of(head)[0] for head in tail.heads}
    alone = output is None or forms[output.index - 1] in tail.heads
    tail.heads += [h for h in beside.heads if neuron_of(h)[0] in known or alone]
    chosen = _one_for_each(tail.heads)
    for head in tail.heads:
        if head not in chosen and head.node is not None and not neuron_of(head)[1].is_identity:
            tail.nodes.add(head.node.index)  # another function of the same sum
    tail.heads = chosen
    return tail, output


def _walked(roots: Iterable[AffineForm]) -> Tail:
    tail = Tail()
    seen: set[AffineForm] = set()
    stack = list(roots)
    while stack:
        form = stack.pop()
        if form in seen:
            continue
        seen.add(form)
        if isinstance(form, Sum | Mapped | Softmax) and _is_neuron(form):
            tail.heads.append(form)
            continue
        if form.node is not None and not form.node.is_leaf:
            tail.nodes.add(form.node.index)
        if isinstance(form, Data):
            for part in in_order(form.expression):
                if isinstance(part, Node):
                    for name in _leaves(part):
                        tail.targets[name] = None
        if isinstance(form, Held):
            tail.parameters[form.parameter.name] = None
        stack += form.made_of
    return tail


def _leaves(node: Node) -> list[str]:
    if node.is_leaf:
        return [node.name]
    return sorted(name for name in node.graph.ancestors(node) if node.graph[name].is_leaf)


def _is_neuron(form: Neuron) -> bool:
    """Whether a value is a prediction rather than a part of the loss."""
    if isinstance(form, Softmax):
        return True
    base, activation = neuron_of(form)
    if not activation.is_identity:
        known = activation.usual or (activation.named and not _meets_a_target(base))
        return known and any(isinstance(part, AffineTerm) for part, _ in base.parts)
    if isinstance(form, Mapped) or (form.base is not form and form.base.node is not None):
        return False
    return form.is_weighted and not _meets_a_target(form)


def _meets_a_target(form: Sum) -> bool:
    """Whether an input stands in the sum with no weight, as in Σ w x + b − y."""
    return any(
        isinstance(part, AffineTerm) and part.held is None and isinstance(part.signal, Data)
        for part, _ in form.parts
    )


def _one_for_each(heads: list[Neuron]) -> list[Neuron]:
    """Return one neuron for each weighted sum: σ(z) where there is such a node, else z.

    Of a function that is rarely an activation, such as exp, only if z is not used otherwise.
    """
    chosen: dict[Sum, Neuron] = {}
    for head in heads:
        base, _ = neuron_of(head)
        known = chosen.get(base)
        if known is None or _rank(head) < _rank(known):
            chosen[base] = head
    return list(chosen.values())


def _rank(head: Neuron) -> tuple[int, int]:
    index = head.node.index if head.node is not None else 0
    activation = neuron_of(head)[1]
    if activation.is_identity:
        return 1, index
    if not activation.usual:
        return 3, index
    return (0 if head.node is not None else 2), index
