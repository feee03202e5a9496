"""The derivation of a derivative in forward mode, step by step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from graphdiff.derivations import symbols
from graphdiff.derivations.derivation import Derivation, Step
from graphdiff.derivations.forward_mode import ForwardMode
from graphdiff.derivations.mode_costs import mode_costs
from graphdiff.derivations.scalar_steps import ScalarSteps
from graphdiff.derivations.steps import Steps, check_run, disconnected
from graphdiff.derivations.tensor_steps import TensorSteps
from graphdiff.errors import GraphError, quoted_list
from graphdiff.evaluation.run import Run
from graphdiff.evaluation.tangents import Tangents
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation.equations import Line, chain
from graphdiff.notation.notation import USUAL, Notation
from graphdiff.symbolic.tensor_derivatives import is_scalar


def explain_forward(
    graph: ComputationalGraph,
    output: Node,
    seed: Mapping[str, Any],
    run: Run | None,
    found: Tangents | None,
    digits: int,
    *,
    own_value: bool = True,
    notation: Notation = USUAL,
) -> Derivation:
    """Derive ∂output/∂wrt · ẇ by forward mode, with values where a run is given.

    Parameters
    ----------
    seed
        The tangent of one node by its name; None for a letter.
    run, found
        The sweep with the local Jacobians, and the tangents at its values; both or none.

    Raises
    ------
    GraphError
        If the run is of another graph or another output, or there are several seeds.
    """
    check_run(run, graph, output)
    if len(seed) != 1:
        raise GraphError(
            f"a derivation goes along one node, not {quoted_list(seed)}; evaluation_trace goes "
            "along several"
        )
    with symbols.writing(notation, graph):
        return _explained(graph, output, seed, run, found, digits, own_value)


def _explained(
    graph: ComputationalGraph,
    output: Node,
    seed: Mapping[str, Any],
    run: Run | None,
    found: Tangents | None,
    digits: int,
    own_value: bool,
) -> Derivation:
    wrt = graph[next(iter(seed))]
    title = f"d{output.name}/d{wrt.name} by forward mode"
    kind = ScalarSteps if is_scalar(graph, output) else TensorSteps
    said = kind(graph, output, wrt, run, digits, "numerator", own_value)
    if wrt.name not in said.between:
        return Derivation(title, (disconnected(output, wrt),))
    forward = ForwardMode(graph, seed, found, digits, own_value)
    way = [node for node in graph.nodes if node.name in said.between and node is not wrt]
    steps = [
        Step("Local functions", tuple(map(said.local_function, way))),
        Step(said.heading, tuple(line for i in way for line in said.local_jacobians(i))),
        Step("Start, all other leaves 0", (forward.start(wrt),)),
        *(Step(f"tangent[{i.name}]", (forward.rule(i), forward.computed(i))) for i in way),
        Step("Result", tuple(_result(said, forward))),
        Step("Cost of the derivatives in all leaves", mode_costs(graph, output).lines()),
    ]
    return Derivation(title, tuple(step for step in steps if step.lines))


def _result(said: Steps, forward: ForwardMode) -> Iterator[Line]:
    """Write the derivative, or along a direction what it gives."""
    n = said.output
    number = [] if forward.found is None else [forward.value(n)]
    if isinstance(said, ScalarSteps) and forward.seed[said.wrt.name] == 1:
        yield chain(said.derivative(), symbols.tangent(n), *said.closed_forms(), *number)
    elif number:
        yield chain(symbols.tangent(n), *number)
