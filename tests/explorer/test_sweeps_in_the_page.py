"""The local functions of a page, and both sweeps made of them, are those of the engine."""

from __future__ import annotations

import numpy as np
import pytest
from closeness import close
from export_cases import CASES, NAMES, inside, loss_of, network
from hypothesis import given, settings
from strategies import SMOOTH, graphs

from graphdiff.explorer.functions import functions_of

SWEEP = """
export function step(...leaves) {
  const given = leaves.slice();
  const flat = (x) => typeof x === "number" ? x : Float64Array.from([x].flat(9));
  const found = {};
  for (const [name, parents, k] of NODES) {
    if (k === null) { found[name] = [flat(given.shift()), {}]; continue; }
    const values = parents.map((parent) => found[parent][0]);
    found[name] = [VALUES[k](...values), JACOBIANS[k](...values)];
  }
  return found;
}
"""


def module(graph):
    """Return a module that goes through a graph by its local functions."""
    functions = functions_of(graph.nodes)
    count = len(set(functions.of.values()))
    nodes = [
        [node.name, [parent.name for parent in node.parents], functions.of.get(node.name)]
        for node in graph.nodes
    ]
    told = repr(nodes).replace("None", "null")
    lists = "".join(
        f"const {name} = [{', '.join(f'{letter}_{k}' for k in range(count))}];\n"
        for name, letter in (("VALUES", "f"), ("JACOBIANS", "J"))
    )
    return f"{functions.source}\nconst NODES = {told};\n{lists}{SWEEP}"


def agrees(node, graph, output):
    """Check each value and each local Jacobian against the literal sweeps."""
    run = graph.backward(output)
    found = dict(node(module(graph), [leaf.value for leaf in graph.leaves]))
    for child in graph.nodes:
        value, jacobians = found[child.name]
        close(np.reshape(np.asarray(value, float), child.shape), run.value[child.name])
        if child.name not in run.P or child.name in run.disconnected:
            continue
        by_slot = [np.asarray(jacobian, float) for _, jacobian in jacobians]
        for parent in set(child.parents):  # J[j, i] is the sum over the places where j stands in i
            wanted = np.asarray(run.J[parent.name, child.name], float)
            own = sum(J for J, of in zip(by_slot, child.parents, strict=True) if of is parent)
            close(np.reshape(own, wanted.shape), wanted)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_functions_of_tensors(node, case):
    agrees(node, loss_of(case), "L")


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(node, name):
    agrees(node, inside(name), "f")


@settings(max_examples=10)
@given(graph=graphs(SMOOTH))
def test_random_graphs(node, graph):
    agrees(node, graph, graph.nodes[-1].name)


def test_alike_nodes_share_a_function():
    graph, _ = network()
    functions = functions_of(graph.nodes)
    assert set(functions.of) == {node.name for node in graph.nodes if not node.is_leaf}
    assert functions.source.count("const f_") == len(set(functions.of.values()))
