"""What the page shows as formulas: each with the key that the script asks for it by."""

from __future__ import annotations

from collections.abc import Iterator

from graphdiff.derivations import edge_formulas, symbols
from graphdiff.drawing.labels.jacobians import is_derived
from graphdiff.drawing.options import Options
from graphdiff.drawing.stepwise.captions import Form, Words
from graphdiff.drawing.stepwise.steps import SweepStep
from graphdiff.evaluation.run import Run
from graphdiff.graph.structure import Edge
from graphdiff.notation.equations import Link, equal, product, unary

Keyed = tuple[str, Link]


def formulas(run: Run, steps: list[SweepStep], options: Options) -> Iterator[Keyed]:
    """Yield all formulas of a page, without the numbers of a run."""
    words = Words(run, options)
    graph = run.graph
    for place, step in enumerate(steps):
        yield f"step {place}", _joined(_symbols(words, step))
    for k, node in enumerate(graph.nodes):
        yield f"name {k}", symbols.name(node)
        if node.name in run.P:
            yield f"P {k}", words.P(node)
        right = (equal(unary(symbols.formula(node))),) if node.function else ()
        yield f"formula {k}", _joined((symbols.name(node), *right))
        for slot, parent in enumerate(node.parents):
            edge = Edge(parent, node, slot)
            yield f"term {k} {slot}", product([words.P(node), words.J(edge)], (" ", r" \, "))
            found = _jacobian(edge, run, own_value=options.own_value)
            if found is not None:
                yield f"jacobian {k} {slot}", found


def _jacobian(edge: Edge, run: Run, *, own_value: bool) -> Link | None:
    """Return a local Jacobian as a formula; of tensors what it makes of P."""
    if not edge_formulas.is_of_tensors(edge):
        return edge_formulas.formula(edge, own_value=own_value) if is_derived(edge) else None
    rule = edge_formulas.backward_rule(edge, run.graph[str(run.output)], own_value=own_value)
    return None if rule is None else Link(rule.text, rule.latex)


def _symbols(words: Words, step: SweepStep) -> Form:
    """Return what a step computes, in symbols."""
    match step.sweep:
        case "given":
            return (Link("the values given", r"\text{the values given}"),)
        case "forward":
            (node,) = step.nodes
            return symbols.name(node), equal(unary(symbols.formula(node)))
        case _ if step.edges:
            (node,) = step.nodes
            return words.rule(node, step.edges)
        case _ if step.nodes[0].name == words.run.output:
            left, identity, _ = next(words.start(step.nodes[0]))
            return left, identity
        case _:
            return next(words.disconnected(step.nodes))


def _joined(form: Form) -> Link:
    """Return the links of an equation as one."""
    return Link(" ".join(link.text for link in form), " ".join(link.latex for link in form))
