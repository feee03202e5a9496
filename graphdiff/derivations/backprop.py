"""A derivation written out: the P recursion P^j = Σ P^i J^{j→i}, step by step.

The order of the steps is here; what they say of scalars, formulas and then numbers put in as
one would on paper, is in :mod:`graphdiff.derivations.scalar_steps`, and of tensors, with
the dimensions of the products, in :mod:`graphdiff.derivations.tensor_steps`.
"""

from __future__ import annotations

from graphdiff.derivations import symbols
from graphdiff.derivations.derivation import Derivation, Step
from graphdiff.derivations.scalar_steps import ScalarSteps
from graphdiff.derivations.steps import check_run, disconnected
from graphdiff.derivations.tensor_steps import TensorSteps
from graphdiff.evaluation.run import Run
from graphdiff.graph import ComputationalGraph, Node
from graphdiff.notation.notation import USUAL, Notation
from graphdiff.symbolic.tensor_derivatives import Layout, is_scalar


def explain(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    run: Run | None = None,
    digits: int = 6,
    layout: Layout = "numerator",
    *,
    own_value: bool = True,
    notation: Notation = USUAL,
) -> Derivation:
    """Derive ∂output/∂wrt by the recursion, with values where a run is given.

    Raises
    ------
    GraphError
        If the run is of another graph or another output, or the layout is none.
    """
    check_run(run, graph, output)
    with symbols.writing(notation, graph):
        return _explained(graph, output, wrt, run, digits, layout, own_value)


def _explained(
    graph: ComputationalGraph,
    output: Node,
    wrt: Node,
    run: Run | None,
    digits: int,
    layout: Layout,
    own_value: bool,
) -> Derivation:
    title = f"d{output.name}/d{wrt.name} by back-propagation"
    kind = ScalarSteps if is_scalar(graph, output) else TensorSteps
    said = kind(graph, output, wrt, run, digits, layout, own_value)
    if wrt.name not in said.between:
        return Derivation(title, (disconnected(output, wrt),))
    path = [node for node in reversed(graph.nodes[: output.index]) if node.name in said.between]
    computed = [node for node in reversed(path) if not node.is_leaf and node is not wrt]
    steps = [
        Step("Local functions", tuple(map(said.local_function, computed))),
        Step(said.heading, tuple(line for i in computed for line in said.local_jacobians(i))),
        Step("Start", (said.start(),)),
        *(step for j in path[1:] for step in said.of_node(j)),
        Step("Result", tuple(said.result())),
    ]
    return Derivation(title, tuple(step for step in steps if step.lines))
