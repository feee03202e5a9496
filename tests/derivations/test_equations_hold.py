"""What is printed holds: every side of an equation with = is worth the same.

So a sum, a quotient or a sign that lacks its brackets is found, and a number that was rounded
without ≈ saying so.
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from drawing_graphs import GRAPHS
from hypothesis import given, reject
from printed_equations import check_equal, equal_sides
from strategies import graphs

import graphdiff as gd
from graphdiff.drawing.options import Options
from graphdiff.drawing.stepwise.captions import caption
from graphdiff.drawing.stepwise.steps import steps
from graphdiff.errors import NumericalError


def all_lines(graph, run, digits):
    """Yield every equation that is printed of a run: derivations, sums over paths, captions."""
    for leaf in graph.leaves:
        for derivation in (
            graph.explain(run.output, leaf, run=run, digits=digits),
            graph.paths(leaf, run.output, run=run, digits=digits).derivation(),
        ):
            yield from (line.text for step in derivation.steps for line in step.lines)
    options = Options(digits=digits)
    for step in steps(run):
        yield caption(step, run, options).plain.split(": ", 1)[1]
    yield from graph.step(run, Fraction(1, 3)).text(digits).splitlines()[1:]


def check(graph, run, digits):
    values = {node.name: run.value[node.name] for node in graph.nodes}
    P = {node.name: run.P[node.name] for node in graph.nodes}
    count = 0
    for line in all_lines(graph, run, digits):
        said = line.split(" <- ")[-1]
        if not re.search(r"the sum over the paths|does not depend|…|, ", said):
            for left, right in equal_sides(said):
                check_equal(left, right, values, P)
                count += 1
    return count


@given(graphs(functions=(gd.sin, gd.tanh), most=4))
def test_what_is_said_to_be_equal_is(graph):
    try:
        run = graph.backward(graph.nodes[-1])
    except NumericalError:
        with pytest.raises(NumericalError):
            graph.explain(graph.nodes[-1], graph.nodes[0])
        reject()
    assert check(graph, run, 3)


@given(graphs(functions=(), most=3))
def test_exact_numbers_are_equal(graph):
    run = graph.backward(graph.nodes[-1], exact=True)
    assert check(graph, run, 6)


def signs() -> gd.Graph:
    """Signs, sums, quotients and powers, in the formulas and in the numbers."""
    graph = gd.Graph("signs", output="L")
    x, w = graph.input("x", Fraction(-2, 3)), graph.parameter("w", Fraction(-3, 2))
    a = graph.node("a", x / w)
    b = graph.node("b", a**2 - w)
    c = graph.node("c", -b * x)
    d = graph.node("d", (c - x) / w)
    graph.node("L", d**3 - b / a + gd.sqrt(2) * c - c)
    return graph


@pytest.mark.parametrize("digits", [1, 4, 15])
@pytest.mark.parametrize("exactly", [True, False])
@pytest.mark.parametrize("build", [signs, GRAPHS["exact"]])
def test_signs_sums_quotients_and_powers(build, exactly, digits):
    graph = build()
    run = graph.backward(exact=exactly)
    assert check(graph, run, digits) >= (100 if exactly and build is signs else 10)
    assert any("≈" in line for line in all_lines(graph, run, digits)) == (
        not exactly and digits < 12
    )


def test_a_rounded_number_is_never_said_to_be_equal():
    """Also where the next number is whole again: 1*(1/3)*3 is 1, but 1*0.333333*3 is not."""
    graph = gd.Graph(output="L")
    x, w = graph.input("x", 1), graph.parameter("w", 3)
    graph.node("L", graph.node("a", x / w) * w)
    run = graph.backward()
    lines = list(all_lines(graph, run, 6))
    assert "P[x] = P[a]*(1/w) ≈ 3*0.333333 ≈ 1" in lines
    assert "J[a->L]*J[x->a] = w*(1/w) ≈ 3*0.333333 ≈ 1" in lines
    assert "u^4 = a*w ≈ 0.333333*3 ≈ 1" in lines
    assert "P^1 = P^3 J^(1→3) ≈ 3·0.333333 ≈ 1" in lines


def test_one_rounded_term_makes_the_sum_rounded():
    graph = gd.Graph(output="L")
    x, w = graph.input("x", 1), graph.parameter("w", 3)
    c, a = graph.node("c", 2 * x), graph.node("a", x / w)
    graph.node("L", c + a * w)
    lines = list(all_lines(graph, graph.backward(), 3))
    assert "P[x] = P[c]*2 + P[a]*(1/w) ≈ 1*2 + 3*0.333 ≈ 3" in lines
    assert "P^1 = P^3 J^(1→3) + P^4 J^(1→4) ≈ 1·2 + 3·0.333 ≈ 3" in lines


def test_a_quotient_is_one_factor():
    graph = gd.Graph(output="L")
    x, w = graph.input("x", 3), graph.parameter("w", Fraction(-8, 3))
    graph.node("L", graph.node("a", x / w) ** 2 * w)
    explained = graph.explain("L", "x", exact=True)
    assert "P[x] = P[a]*(1/w) = 6*(-3/8) = -9/4" in explained.text()
    assert (
        r"P^{1} = P^{3} \cdot \frac{1}{w} = 6 \cdot \left(- \frac{3}{8}\right)" in explained.latex()
    )
    assert "P[a] = P[L]*2*a*w = 1*6 = 6" in explained.text()
    path = graph.paths("x", exact=True)
    assert "J[a->L]*J[x->a] = 2*a*w*(1/w) = 6*(-3/8) = -9/4" in path.text()
    (_, squared, *_) = graph.frames(graph.backward(exact=True)).captions[1:]
    assert squared == "Forward: u^4 = a**2*w = (-9/8)**2*(-8/3) = -27/8"


def test_a_minus_at_the_beginning_of_a_path_is_in_brackets():
    graph = gd.Graph(output="L")
    x, w = graph.input("x", 3), graph.parameter("w", 2)
    a = graph.node("a", w * x)
    graph.node("L", graph.node("b", -a * w) * x)
    (first, *_) = graph.paths("x").derivation().steps[1:]
    assert first.lines[1].text == "J[b->L]*J[a->b]*J[x->a] = x*(-w)*w = 3*(-2)*2 = -12"
    assert first.lines[1].latex.endswith(
        r"= x \cdot \left(- w\right) \cdot w = 3 \cdot \left(-2\right) \cdot 2 = -12"
    )
    vectors = gd.Graph(output="L")
    v, W = vectors.input("v", [1.0, 2.0]), vectors.parameter("W", [[1.0, 2.0], [3.0, 4.0]])
    z = vectors.node("z", -(W @ v))
    vectors.node("L", z @ z)
    found = vectors.paths("v")
    assert "J[z->L]_1*J[v->z] = z @ (-W) = [[38, 54]]" in found.text()
    assert r"= z^{\top} \, \left(-W\right) = " in found.latex()


def test_numbers_in_a_product_are_one_number():
    graph = gd.Graph(output="L")
    x = graph.input("x", 3)
    graph.node("L", 0.05 * x**2)
    for found in (graph.explain("L", "x"), graph.paths("x")):
        assert "= x/10 = 0.3" in found.text()
        assert r"= \frac{x}{10} = 0.3" in found.latex()
    vectors = gd.Graph(output="L")
    v = vectors.input("v", [1.0, 2.0])
    vectors.node("L", (0.05 * v**2).sum())
    assert vectors.explain("L", "v").text().endswith("dL/dv = v/10 = [0.1, 0.2]")
