"""The derivative as a sum over paths: every path, its product, their count and their sum."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import sympy as sp
from closeness import close
from counting import at_most
from hypothesis import assume, given, reject
from latex_checks import check_latex
from strategies import graphs

import graphdiff as gd
from graphdiff.derivations.path_sums import MAX_LISTED
from graphdiff.errors import GraphError, NumericalError
from graphdiff.graph import path_enumeration

MANY = 2_000


def fan_out() -> gd.Graph:
    g = gd.Graph("Fan-out", output="L")
    x, w = g.input("x", 2), g.parameter("w", 3)
    a = g.node("a", w * x)
    b, c, m = g.node("b", gd.sin(a)), g.node("c", a**2), g.node("m", a * a)
    g.node("L", b * c + m)
    return g


def grid(rows: int, columns: int) -> gd.Graph:
    """A node for each crossing; a path goes right or down."""
    g = gd.Graph()
    above: list = []
    for i in range(rows):
        row: list = []
        for j in range(columns):
            before = [*above[j : j + 1], *row[-1:]]
            name = f"h_{i}_{j}"
            row.append(g.node(name, sum(before[1:], before[0]) * 1) if before else g.input(name, 1))
        above = row
    return g


def doubled(times: int) -> gd.Graph:
    """A chain of squares written as products, each with two edges from one parent."""
    g = gd.Graph()
    node = g.input("x", 1)
    for k in range(times):
        node = g.node(f"u_{k}", node * node)
    return g


# The sum


@given(graphs(composite=True))
def test_products_add_up_to_P(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    for j in graph.nodes:
        found = graph.paths(j, output, run)
        if found.count > MANY:
            continue
        products = [path.product for path in found]
        assert len(products) == found.count
        assume(np.all(np.isfinite(products)) and np.max(np.abs(products), initial=0) < 1e100)
        close(math.fsum(products), run.P[j.name], 1e-9, terms=np.abs(products))
        assert found.value == run.P[j.name]
        assert found.is_disconnected == (j.name in run.disconnected)


@given(graphs(functions=(), most=5))
def test_exact_products_add_up_to_exactly_P(graph):
    output = graph.nodes[-1]
    run = graph.backward(output, exact=True)
    for j in graph.leaves:
        found = graph.paths(j, output, run)
        assume(found.count <= 60)
        products = [path.product for path in found]
        assert all(isinstance(product, sp.Expr) for product in products)
        difference = sp.Add(*products) - run.P[j.name]
        scale = sp.N(sp.Add(*map(abs, products)))
        assert abs(sp.N(difference, 60, maxn=2_000)) <= 1e-50 * scale


@given(graphs(most=5))
def test_formulas_are_those_of_the_products(graph):
    output = graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    for j in graph.leaves:
        found = graph.paths(j, output, run)
        taken = list(itertools.islice(found, 20))
        assert len(taken) == min(found.count, 20)
        for path in taken:
            formula = path.formula
            symbols = sorted(formula.free_symbols, key=str)
            values = {symbol: run.value[symbol.name] for symbol in symbols}
            number = float(sp.N(formula.doit().subs(values)))
            close(number, path.product, 1e-7)


def test_samples_have_a_product_each():
    found = fan_out().paths("x", x=np.array([1.0, 2.0, 3.0]))
    products = [path.product for path in found]
    assert {product.shape for product in products} == {(3,)}
    np.testing.assert_allclose(sum(products), found.value)
    assert str(found).endswith("≈ [-6.18964, 129.639, -145.15]")


def test_tensors_multiply_as_matrices():
    g = gd.Graph()
    x, W = g.input("x", [1.0, -2.0, 3.0]), g.parameter("W", [[1.0, 0.5, -1.0], [0.0, 2.0, 1.0]])
    z = g.node("z", W @ x)
    L = g.node("L", gd.tanh(z) @ z)
    run = g.backward(L)
    found = g.paths("W", run=run)
    assert [[edge.slot for edge in path.edges] for path in found] == [[0, 0]]
    (path,) = found
    term = run.term(path.edges[1])
    np.testing.assert_array_equal(path.product, term.J @ run.term(path.edges[0]).J)
    assert path.product.shape == (1, 6)
    assert path.formula is None
    assert "(1×2 · 2×6 = 1×6)" in str(found)


def test_matrix_notation_and_dimensions_with_letters():
    g = gd.Graph()
    x, W = g.input("x", shape=("n",)), g.parameter("W", shape=("m", "n"))
    z = g.node("z", W @ x)
    a = g.node("a", gd.tanh(z))
    g.node("L", a @ z)
    lines = g.paths("x").text().splitlines()
    assert "  x -> z -> L" in lines
    assert "  J[z->L]*J[x->z] = a @ W   (1×m · m×n = 1×n)" in lines
    diagonal = "diag(1 - a**2)"
    assert f"  J[a->L]*J[z->a]*J[x->z] = z @ {diagonal} @ W   (1×m · m×m · m×n = 1×n)" in lines
    assert lines[-1] == "  dL/dx = J[a->L]*J[z->a]*J[x->z] + J[z->L]*J[x->z]"
    assert "m×(m·n)" in g.paths("W").text()


# The paths


def test_two_slots_of_one_parent_are_two_paths():
    g = gd.Graph()
    x = g.input("x", 3)
    g.node("u", x * x)
    found = g.paths("x")
    assert [(path.edges[0].slot, path.product) for path in found.paths] == [(0, 3.0), (1, 3.0)]
    assert found.count == 2
    assert found.value == 6


def test_paths_come_in_the_order_of_their_nodes():
    found = fan_out().paths("x")
    taken = [["".join(node.name for node in path.nodes), path.edges[-2].slot] for path in found]
    assert taken == [["xabL", 0], ["xacL", 0], ["xamL", 0], ["xamL", 1]]
    order = [[(edge.child.index, edge.slot) for edge in path.edges] for path in found]
    assert order == sorted(order)


@given(graphs(most=6))
def test_paths_are_all_different_and_lead_from_end_to_end(graph):
    start, end = graph.nodes[0], graph.nodes[-1]
    number = path_enumeration.count(graph, start, end)
    assume(number <= MANY)
    found = list(path_enumeration.walks(graph, start, end))
    assert len(set(found)) == len(found) == number
    for edges in found:
        nodes = [start, *(edge.child for edge in edges)]
        assert nodes[-1] is end
        assert [edge.parent for edge in edges] == nodes[:-1]
        assert all(edge.child.parents[edge.slot] is edge.parent for edge in edges)


def test_the_path_from_a_node_to_itself_has_no_edges():
    found = fan_out().paths("L")
    assert [path.edges for path in found] == [()]
    assert found.count == 1
    assert found.paths[0].product == found.value == 1
    vector = gd.Graph()
    y = vector.node("y", 2 * vector.input("x", [1.0, 2.0]))
    (path,) = vector.paths(y, y)
    np.testing.assert_array_equal(path.product, np.eye(2))
    assert "eye(2)" in vector.paths(y, y).text()


def test_no_path():
    g = fan_out()
    found = g.paths("b", "c")
    assert (found.count, found.paths, found.value) == (0, (), 0)
    assert found.is_disconnected
    assert "c does not depend on b: not connected" in str(found)
    assert str(found).endswith("dc/db = 0")
    backwards = g.paths("c", "a", symbolic=True)
    assert backwards.count == 0
    assert list(backwards) == []


# Very many of them


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (1, 5), (4, 4), (9, 5)])
def test_grids_have_binomially_many(rows, columns):
    found = grid(rows, columns).paths("h_0_0", f"h_{rows - 1}_{columns - 1}", symbolic=True)
    assert found.count == math.comb(rows + columns - 2, rows - 1)
    assert found.count == sum(1 for _ in found)


@pytest.mark.slow
def test_counting_is_exact_and_linear():
    with at_most(calls=9e6):
        found = grid(200, 200).paths("h_0_0", "h_199_199", symbolic=True)
        assert found.count == math.comb(398, 199)
        assert doubled(20_000).paths("x", symbolic=True).count == 2**20_000


def test_listing_is_bounded_and_lazy():
    found = doubled(20_000).paths("x", "u_2999", symbolic=True)
    assert found.count == 2**3000
    first = next(iter(found))
    assert [edge.slot for edge in first.edges] == [0] * 3000
    assert 1 <= len(found.paths) < MAX_LISTED
    few = doubled(10).paths("x")
    assert few.count == 1024
    assert len(few.paths) == MAX_LISTED
    assert few.value == 1024
    said = str(few)
    assert "1024 paths from x to u_9" in said
    assert "Sum, with 924 paths that are not listed" in said
    assert said.endswith("= 1024")


@pytest.mark.slow
def test_very_many_and_very_long_paths_are_said_briefly():
    found = doubled(20_000).paths("x", "u_19999", symbolic=True)
    assert repr(found) == "<PathSum du_19999/dx: about 3.98e+6020 paths>"
    assert len(max(found.text().splitlines(), key=len)) < 1_000


# Written out


EXPECTED = """\
dL/dx as a sum over paths
=========================

4 paths from x to L
  dL/dx = the sum over the paths of the product of the local Jacobians along each

Path 1
  x -> a -> b -> L
  J[b->L]*J[a->b]*J[x->a] = c*cos(a)*w ≈ 36*0.96017*3 ≈ 103.698

Path 2
  x -> a -> c -> L
  J[c->L]*J[a->c]*J[x->a] = b*2*a*w ≈ (-0.279415)*12*3 ≈ -10.059

Path 3
  x -> a -> (1) m -> L
  J[m->L]*J[a->m]_1*J[x->a] = 1*a*w = 1*6*3 = 18

Path 4
  x -> a -> (2) m -> L
  J[m->L]*J[a->m]_2*J[x->a] = 1*a*w = 1*6*3 = 18

Sum
  dL/dx = c*w*cos(a) + 2*a*b*w + a*w + a*w ≈ 103.698 - 10.059 + 18 + 18 ≈ 129.639"""


def test_fan_out_in_full():
    assert str(fan_out().paths("x")) == EXPECTED


def test_without_values_there_are_formulas():
    g = fan_out()
    for found in (g.paths("x", symbolic=True), g.paths("a", "b", symbolic=True)):
        assert found.value is None
        assert all(path.product is None for path in found.paths)
        assert "≈" not in str(found)
    assert "c*cos(a)*w\n" in str(g.paths("x", symbolic=True))


def test_a_sum_in_a_product_stands_in_parentheses():
    g = gd.Graph()
    x, w = g.input("x", 2), g.parameter("w", 5)
    z = g.node("z", x**2 + w * x - w)
    g.node("L", -z / 4)
    assert "J[z->L]*J[x->z] = (-1/4)*(w + 2*x) = (-0.25)*9 = -2.25" in str(g.paths("x"))


@pytest.mark.slow
def test_latex_and_markdown(typeset):
    g = fan_out()
    tensors = gd.Graph()
    W, v = tensors.parameter("W_1", [[1.0, 2.0], [3.0, 4.0]]), tensors.input("ŷ", [0.5, -1])
    z = tensors.node("z", W @ v)
    tensors.node("L", z @ gd.tanh(z))
    sums = [g.paths("x"), g.paths("x", exact=True), g.paths("L"), g.paths("b", "c")]
    sums += [tensors.paths("ŷ"), tensors.paths("W_1"), doubled(40).paths("x")]
    for found in sums:
        check_latex(found.derivation(), typeset)
        assert found.markdown().startswith("## d")
        assert found.latex(document=True).startswith("\\documentclass")
    assert r"J^{4 \to 7} \, J^{3 \to 4} \, J^{1 \to 3}" in sums[0].latex()


# Bad input


def test_runs_of_something_else():
    g = fan_out()
    with pytest.raises(GraphError, match="not a backward sweep from 'L' of this graph"):
        g.paths("x", "L", g.backward("b"))
    with pytest.raises(GraphError, match="not a backward sweep"):
        g.paths("x", run=g.forward())
    with pytest.raises(GraphError, match="not a backward sweep"):
        g.paths("x", run=fan_out().backward())
    with pytest.raises(GraphError, match=r"no P of 'x', which was not asked for; use graph.back"):
        g.paths("x", run=g.backward(wrt="w"))
    with pytest.raises(GraphError, match="unknown node 'q'"):
        g.paths("q")


def test_the_output_is_that_of_the_run():
    g = fan_out()
    assert g.paths("x", g.backward("c").output).output is g["c"]
    assert g.paths("x", run=g.backward("c")).output is g["c"]
    assert g.paths("a", None, g.backward("c", wrt="a")).value == 12
