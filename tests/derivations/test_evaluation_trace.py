"""Evaluation traces: the literature's example in full, and on random graphs that they add up."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
import tensor_strategies
from closeness import close, terms_of
from hypothesis import given, reject
from latex_checks import check_formula
from strategies import graphs

import graphdiff as gd
from graphdiff.derivations.evaluation_trace import dual
from graphdiff.derivations.mode_costs import mode_costs
from graphdiff.errors import GraphError, NumericalError


def survey() -> gd.Graph:
    """f = ln x₁ + x₁x₂ − sin x₂ at (2, 5), the example of Baydin and others, tables 2 and 3."""
    g = gd.Graph()
    a, b = g.input("x_1", 2), g.input("x_2", 5)
    v1, v2, v3 = g.node("v1", gd.log(a)), g.node("v2", a * b), g.node("v3", gd.sin(b))
    v4 = g.node("v4", v1 + v2)
    g.node("y", v4 - v3)
    return g


FORWARD = """\
Evaluation trace in forward mode: d/dx_1
========================================

i  primal                     tangent
1  x_1 = 2                    tangent[x_1] = 1
2  x_2 = 5                    tangent[x_2] = 0
3  v1 = log(x_1) ≈ 0.693147   tangent[v1] = (1/x_1)*tangent[x_1] = 0.5*1 = 0.5
4  v2 = x_1*x_2 = 10          tangent[v2] = x_2*tangent[x_1] = 5*1 = 5
5  v3 = sin(x_2) ≈ -0.958924  tangent[v3] = 0
6  v4 = v1 + v2 ≈ 10.6931     tangent[v4] = 1*tangent[v1] + 1*tangent[v2] = 1*0.5 + 1*5 = 5.5
7  y = v4 - v3 ≈ 11.6521      tangent[y] = 1*tangent[v4] = 1*5.5 = 5.5

reverse mode: 1 sweep, d^n = 1: 8 multiplications
forward mode: 2 sweeps, one for each entry of the leaves: 10 multiplications
reverse mode takes fewer"""

REVERSE = """\
i  adjoint
7  adjoint[y] = 1
6  adjoint[v4] = adjoint[y]*J[v4->y] = adjoint[y]*1 = 1*1 = 1
5  adjoint[v3] = adjoint[y]*J[v3->y] = adjoint[y]*(-1) = 1*(-1) = -1
3  adjoint[v1] = adjoint[v4]*J[v1->v4] = adjoint[v4]*1 = 1*1 = 1
4  adjoint[v2] = adjoint[v4]*J[v2->v4] = adjoint[v4]*1 = 1*1 = 1
2  adjoint[x_2] = adjoint[v3]*J[x_2->v3] = adjoint[v3]*cos(x_2) ≈ (-1)*0.283662 ≈ -0.283662
1  adjoint[x_1] = adjoint[v2]*J[x_1->v2] = adjoint[v2]*x_2 = 1*5 = 5
2  adjoint[x_2] += adjoint[v2]*J[x_2->v2] = adjoint[v2]*x_1 = 1*2 = 2   -> adjoint[x_2] ≈ 1.71634
1  adjoint[x_1] += adjoint[v1]*J[x_1->v1] = adjoint[v1]*(1/x_1) = 1*0.5 = 0.5   -> adjoint[x_1] = 5.5
"""

DUAL = """\
i  dual number
1  x_1 = 2 + ε
2  x_2 = 5
3  v1 = log(2 + ε) ≈ 0.693147 + 0.5ε
4  v2 = (2 + ε)*5 = 10 + 5ε
5  v3 = sin(5) ≈ -0.958924
6  v4 ≈ 0.693147 + 0.5ε + (10 + 5ε) ≈ 10.6931 + 5.5ε
7  y ≈ 10.6931 + 5.5ε - (-0.958924) ≈ 11.6521 + 5.5ε
"""


def test_the_literatures_example_in_forward_mode():
    assert survey().evaluation_trace("forward", "x_1").text == FORWARD


def test_the_literatures_example_in_reverse_mode():
    trace = survey().evaluation_trace("reverse")
    assert REVERSE in trace.text
    close([trace.derivative["x_1"], trace.derivative["x_2"]], [5.5, 2 - np.cos(5)])


def test_the_literatures_example_in_dual_numbers():
    assert DUAL in survey().evaluation_trace("dual", "x_1").text


def numbers(line: str) -> float:
    return float(re.split(r"[=≈] (?=[^=≈]*$)", line.split("   ->")[0])[-1])


@given(graphs())
def test_contributions_add_up_to_adjoints_in_the_order_of_the_sweep(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    trace = graph.evaluation_trace("reverse", output=output, digits=17)
    updates = [row for row in trace.rows if row.derivative]
    sums = dict.fromkeys((node.name for node in graph.nodes), 0.0)
    done = set()
    for row in updates:
        written = row.derivative.text
        assert ("+=" in written) == (row.node.name in done)
        above = re.search(r"= adjoint\[(\w+)\]\*J", written)
        if above:  # what it is made of is complete: nothing is added to it later
            later = updates[updates.index(row) :]
            assert above[1] not in {other.node.name for other in later}
        sums[row.node.name] += numbers(written)
        done.add(row.node.name)
    for leaf in graph.leaves:
        close(sums[leaf.name], run.P[leaf], 1e-9, terms=terms_of(run)[leaf.name])
        if leaf.name in trace.derivative:
            close(trace.derivative[leaf], run.P[leaf], 1e-12)


@given(tensor_strategies.graphs(most=4))
def test_a_cotangent_pulled_back_is_the_adjoint(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    c = tensor_strategies.values(output.shape, 7) if output.shape else 1.0
    trace = graph.evaluation_trace("reverse", output=output, cotangent=c)
    for leaf in graph.leaves:
        P = np.reshape(run.P[leaf], (output.size, leaf.size))
        expected = np.reshape(np.ravel(c) @ P, leaf.shape)
        close(trace.derivative[leaf], expected, 1e-9, terms=np.abs(P).max(initial=0) * 10)


@given(graphs())
def test_what_forward_mode_writes_is_the_derivative(graph):
    """The last number of each row, and the formula put in, is the tangent."""
    leaf, output = graph.leaves[0], graph.nodes[-1]
    try:
        run = graph.backward(output)
        trace = graph.evaluation_trace("forward", leaf, digits=17)
    except NumericalError:
        reject()
    close(
        numbers(trace.rows[-1].derivative.text), run.P[leaf], 1e-9, terms=terms_of(run)[leaf.name]
    )
    report = graph.check(
        {
            f"tangent[{row.node.name}]": row.derivative.text.split(" = ")[1]
            for row in trace.rows
            if not row.node.is_leaf and " = " in row.derivative.text
        },
        tangent=leaf.name,
    )
    assert not [result for result in report.results if result.verdict in ("wrong", "unread")]


@given(tensor_strategies.graphs(most=4))
def test_the_costs_are_the_multiplications_of_the_sweeps(graph):
    output = graph.nodes[-1]
    costs = mode_costs(graph, output)
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    sizes = {node.name: node.size for node in graph.nodes}
    counted = sum(
        output.size * sizes[term.child] * sizes[j]
        for j, sum_j in run.terms.items()
        for term in sum_j
    )
    assert (costs.rows, costs.reverse) == (output.size, counted)
    swept = 0
    for leaf in graph.leaves:
        if leaf.name in graph.ancestors(output):
            seed = {leaf.name: np.ones(leaf.shape) if leaf.shape else 1}
            trace = graph.evaluation_trace("forward", seed, output=output)
            assert trace.costs == costs
            edges = [
                (i, j)
                for i in graph.nodes
                if i.name in graph.ancestors(output)
                for j in i.parents
                if j.name in graph.descendants(leaf)
            ]
            swept += leaf.size * sum(i.size * j.size for i, j in edges)
    assert costs.forward == swept


def test_a_wide_graph_is_bounded(monkeypatch):
    monkeypatch.setattr("graphdiff.derivations.mode_costs.MAX_STEPS", 3)
    g = survey()
    costs = mode_costs(g, g.output)
    assert (costs.forward, costs.is_bound) == (16, True)
    assert "at most 16 multiplications" in costs.lines()[1].text


def test_letters_for_sizes_stay_letters():
    g = gd.Graph()
    W, x = g.parameter("W", shape=("m", "n")), g.input("x", shape=("n",))
    g.node("L", (g.node("z", W @ x) ** 2).sum())
    text = g.evaluation_trace("forward", "W", symbolic=True).text
    assert "tangent[z] = tangent[W] @ x" in text
    assert "tangent[L] = 2*(z @ tangent[z])" in text or "tangent[L] = 2*sum(" in text
    assert "m*n" in text.split("\n\n")[-1]


TENSORS = {"W": [[1, 0.5], [0, 2]], "x": [1, -1], "b": [0.5, 0]}


def layer() -> gd.Graph:
    g = gd.Graph(output="L")
    W, b = g.parameter("W", TENSORS["W"]), g.parameter("b", TENSORS["b"])
    x = g.input("x", TENSORS["x"])
    z = g.node("z", W @ x + b)
    a = g.node("a", gd.tanh(z))
    g.node("L", (a**2).sum())
    return g


def test_tensors_say_what_pushing_forward_is():
    text = layer().evaluation_trace("forward", {"W": [[1, 0], [0, 0]], "x": [1, 1]}).text
    assert "tangent[z] = tangent[W] @ x + W @ tangent[x] = [2.5, 2]" in text
    assert "tangent[a] = tangent[z]*tanh'(z)" in text
    assert "tangent[b] = 0" in text


def test_one_entry_is_a_direction():
    g = layer()
    run = g.backward()
    for i in range(2):
        for j in range(2):
            found = g.evaluation_trace("forward", f"W[{i}, {j}]").derivative["L"]
            close(found, run.gradient["W"][i, j])


@pytest.mark.parametrize("mode", ["forward", "reverse", "dual"])
def test_latex_and_markdown_are_whole(mode, typeset):
    g = survey() if mode == "dual" else layer()
    wrt = {"dual": "x_2", "forward": "W[0, 1]"}.get(mode)
    for trace in (
        g.evaluation_trace(mode, wrt),
        *([] if mode == "dual" else [g.evaluation_trace(mode, wrt, symbolic=True)]),
    ):
        for row in trace.rows:
            for line in (row.primal, row.derivative):
                if line is not None:
                    check_formula(line.latex)
                    typeset(line.latex)
        for written in (trace.latex, trace.document()):
            assert written.isascii()
            check_formula(written)
        assert trace.document().count(r"\begin{document}") == 1
        assert json.loads(json.dumps(trace.data()))["mode"] == mode
        assert repr(trace).startswith("<EvaluationTrace")


def test_bars_do_not_end_the_cells_of_markdown():
    g = gd.Graph()
    x, y = g.input("x", [3.0, 4.0]), g.input("y", 2)
    g.node("L", gd.norm(x) * gd.abs(y) * gd.abs(x[0] - y))
    for line in g.evaluation_trace("reverse").markdown().split("\n"):
        if line.startswith("|"):
            assert line.count("|") == 3


def test_adding_on_to_an_adjoint_is_seen_in_pictures(typeset):
    """The sign of a sum is not lost by the typesetter."""
    trace = survey().evaluation_trace("reverse")
    added = trace.rows[-1].derivative.latex
    assert "{+}" in added
    signs = [typeset(written).svg().count("<use") for written in (added, added.replace("{+}", ""))]
    assert signs[0] == signs[1] + 1


def test_explain_writes_the_tangents_out():
    text = survey().explain("y", "x_1", mode="forward").text()
    for part in (
        "dy/dx_1 by forward mode",
        "Start, all other leaves 0\n  tangent[x_1] = 1",
        "  tangent[v4] = J[v1->v4]*tangent[v1] + J[v2->v4]*tangent[v2]\n"
        "  tangent[v4] = 1*tangent[v1] + 1*tangent[v2] = 1*0.5 + 1*5 = 5.5",
        "Result\n  dy/dx_1 = tangent[y] = x_2 + 1/x_1 = 5.5",
        "forward mode: 2 sweeps, one for each entry of the leaves: 10 multiplications",
    ):
        assert part in text


def test_explain_along_a_direction():
    g = layer()
    text = g.explain("L", "W[0, 1]", mode="forward").text()
    assert "tangent[W] = [[0, 1], [0, 0]]" in text
    assert f"tangent[L] ≈ {g.backward().gradient['W'][0, 1]:.6g}" in text
    only = g.explain("L", "W", mode="forward").text()
    assert "tangent[z] = tangent[W] @ x\n" in only
    assert "Result" not in only


def test_a_node_without_influence_is_said_to_have_none():
    g = survey()
    g.input("u", 1)
    assert "not connected" in g.explain("y", "u", mode="forward").text()


@given(graphs(functions=(gd.sin, gd.exp)))
def test_explained_in_both_modes_the_result_is_one(graph):
    leaf, output = graph.leaves[0], graph.nodes[-1]
    try:
        found = [graph.explain(output, leaf, mode=mode) for mode in ("forward", "reverse")]
    except NumericalError:
        reject()
    if "not connected" not in found[0].text():
        ends = [step.lines[-1].text for d in found for step in d.steps if step.heading == "Result"]
        shown = [re.split(" [=≈] ", end)[-1] for end in ends]
        first, second = (float(end) for end in shown)
        run = graph.backward(output)
        close(first, second, 1e-4, terms=terms_of(run)[leaf.name])


def test_a_constant_has_no_derivative_in_it():
    g = gd.Graph()
    c, x = g.input("c", 3, constant=True), g.input("x", 2)
    y = g.node("y", c * x)
    for ask in (
        lambda: g.evaluation_trace("forward", "c"),
        lambda: g.evaluation_trace("reverse", "c"),
        lambda: g.explain(y, "c", mode="forward"),
    ):
        with pytest.raises(GraphError, match="constant"):
            ask()
    assert "adjoint[c]" not in g.evaluation_trace("reverse").text
    assert g.evaluation_trace("forward", "x").derivative["y"] == 3
    assert mode_costs(g, y).sweeps == 1


def test_dual_numbers_are_written_as_people_do():
    assert [dual(a, b, 6).text for a, b in [(0, 1), (1, -1), (-2, 0.25), (1.5, 0)]] == [
        "0 + ε",
        "1 - ε",
        "-2 + 0.25ε",
        "1.5",
    ]


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda g: g.evaluation_trace("sideways"), "the mode is 'sideways'"),
        (lambda g: g.evaluation_trace("forward"), "name a leaf"),
        (lambda g: g.evaluation_trace("forward", ["W", "x"]), "wrt={'W': 1, 'x': 1}"),
        (lambda g: g.evaluation_trace("forward", "W"), "needs a direction of that shape"),
        (lambda g: g.evaluation_trace("forward", "W[0]"), "more than one entry"),
        (lambda g: g.evaluation_trace("forward", "W[5, 0]"), "out of bounds"),
        (lambda g: g.evaluation_trace("dual", "W[0, 1]"), "dual numbers are shown for scalars"),
        (lambda g: g.evaluation_trace("reverse", output="z"), "cotangent=…"),
        (lambda g: g.evaluation_trace("reverse", {"x": [1, 1]}), "of forward mode"),
        (lambda g: g.evaluation_trace("forward", "W[0, 1]", cotangent=1), "of reverse mode"),
        (lambda g: g.explain("L", {"x": [1, 1]}), "of forward mode"),
        (lambda g: g.explain("L", "x", mode="dual"), "choose from 'reverse' and 'forward'"),
        (lambda g: g.explain("L", {"x": [1, 1], "b": [1, 1]}, mode="forward"), "along one node"),
    ],
)
def test_what_has_no_trace_is_refused(ask, said):
    with pytest.raises(GraphError) as error:
        ask(layer())
    assert said in str(error.value)
