"""Notation is a choice: what is written differs, what is computed does not."""

from __future__ import annotations

import re

import pytest
import tensor_strategies
from hypothesis import given, reject
from hypothesis import strategies as st
from latex_checks import check_formula
from strategies import graphs

import graphdiff as gd
from graphdiff.derivations.tables import tables
from graphdiff.drawing import page
from graphdiff.errors import GraphError, NumericalError
from graphdiff.notation import latex, text
from graphdiff.notation.notation import Notation, as_notation, current, writing

DERIVATIVES = ("P", "partial", "bar", "delta", "nabla", "d")


def network() -> gd.Graph:
    g = gd.Graph("network", output="L")
    x, y = g.input("x", 1), g.input("y", 2)
    w, b = g.parameter("w__1", 0.5), g.parameter("b__1", 0.1)
    z = g.node("z__1", w * x + b)
    a = g.node("a__1", gd.tanh(z))
    g.node("L", (g.node("z__2", g.parameter("w__2", 0.7) * a) - y) ** 2)
    return g


def last(derivation):
    """The step of the recursion before the result: its rule and its numbers, as LaTeX."""
    return [line.latex for line in derivation.steps[-2].lines]


@pytest.mark.parametrize(
    ("notation", "rule"),
    [
        (None, r"P^{3} = P^{5} \, J^{3 \to 5}"),
        (
            "partial",
            r"\frac{\partial L}{\partial w^{1}} = \frac{\partial L}{\partial z^{1}} \, "
            r"\frac{\partial z^{1}}{\partial w^{1}}",
        ),
        ("bar", r"\bar{w}^{1} = \bar{z}^{1} \, \frac{\partial z^{1}}{\partial w^{1}}"),
        (
            "delta",
            r"\frac{\partial L}{\partial w^{1}} = \delta^{1} \, "
            r"\frac{\partial z^{1}}{\partial w^{1}}",
        ),
        (
            "nabla",
            r"\nabla_{w^{1}} L = \nabla_{z^{1}} L \, \frac{\partial z^{1}}{\partial w^{1}}",
        ),
        (
            "d",
            r"\mathrm{d}w^{1} = \mathrm{d}z^{1} \, \frac{\partial z^{1}}{\partial w^{1}}",
        ),
        ("P, first=0", r"P^{2} = P^{4} \, J^{2 \to 4}"),
        (
            "bar, layers=(l)",
            r"\bar{w}^{(1)} = \bar{z}^{(1)} \, \frac{\partial z^{(1)}}{\partial w^{(1)}}",
        ),
        (
            "delta, layers=[l]",
            r"\frac{\partial L}{\partial w^{[1]}} = \delta^{[1]} \, "
            r"\frac{\partial z^{[1]}}{\partial w^{[1]}}",
        ),
    ],
)
def test_every_notation_has_its_rule(notation, rule):
    assert last(network().explain("L", "w__1", notation=notation))[0] == rule


def test_deltas_are_numbered_where_a_layer_has_several():
    g = gd.Graph(output="L")
    x = g.input("x", 1)
    h = []
    for k in (1, 2):
        z = g.node(f"z{k}", g.parameter(f"w{k}", 0.5 * k) * x)
        h.append(g.node(f"h{k}", gd.sigmoid(z)))
    o = g.node("o", g.parameter("v1", 1) * h[0] + g.parameter("v2", 2) * h[1])
    g.node("L", (o - g.input("y", 1)) ** 2)
    headings = [
        step.lines[0].left
        for step in g.explain("L", "w2", notation="delta").steps
        if step.heading.startswith("delta")
    ]
    assert headings == [r"\delta^{2}", r"\delta_{2}^{1}"]


def test_where_there_is_no_network_delta_is_partial():
    g = gd.Graph()
    x = g.input("x", 2)
    g.node("L", g.node("a", x**2) * x)
    assert g.explain("L", "x", notation="delta").text() == (
        g.explain("L", "x", notation="partial").text()
    )


NUMBER = re.compile(r"(?<![\w.])-?\d+\.?\d*(?:e[+-]?\d+)?")


@given(graphs(), st.sampled_from(DERIVATIVES), st.sampled_from([0, 1]))
def test_no_notation_changes_a_number(graph, derivatives, first):
    leaf, output = graph.leaves[0], graph.nodes[-1]
    try:
        run = graph.backward(output)
    except NumericalError:
        reject()
    if leaf.name in run.disconnected:
        return
    ends = []
    for notation in (None, Notation(derivatives, first=first)):
        found = graph.explain(output, leaf, run, notation=notation)
        for step in found.steps:
            for line in step.lines:
                check_formula(line.latex)
        ends.append([step.lines[-1].text for step in found.steps if step.heading == "Result"])
    assert ends[0] == ends[1]


@given(tensor_strategies.graphs(most=3), st.sampled_from(DERIVATIVES))
def test_tensors_are_written_in_every_notation(graph, derivatives):
    output = graph.nodes[-1]
    try:
        found = graph.explain(output, graph.leaves[0], notation=derivatives)
    except NumericalError:
        reject()
    for step in found.steps:
        for line in step.lines:
            check_formula(line.latex)
    if derivatives != "P":
        assert "P[" not in found.text() or output.size != 1


@pytest.mark.parametrize("derivatives", DERIVATIVES)
def test_pictures_pages_paths_traces_and_tables_have_it(derivatives):
    g = network()
    run = g.backward()
    notation = Notation(derivatives, first=0, layers="(l)")
    picture = g.draw(run, notation=notation)
    said = [phrase.plain for node in picture.description.nodes for phrase in node.phrases]
    sign = {
        "P": "P^4", "partial": "∂L/∂z__1", "bar": "adjoint[z__1]", "delta": "delta[z__1]",
        "nabla": "nabla[z__1]", "d": "dz__1",
    }[derivatives]  # fmt: skip
    assert any(plain.startswith(f"{sign} ≈") for plain in said), said
    assert any(phrase.latex == "u^{(0)}" for phrase in picture.description.nodes[0].phrases)
    usual = derivatives == "P"
    labels = [p.plain for edge in picture.description.edges for p in edge.phrases]
    assert any(plain.startswith("J^(") for plain in labels) == usual
    assert usual or any(plain.startswith("∂z__1/∂w__1") for plain in labels)
    assert sign in g.frames(run, notation=notation).captions[-4]
    html = page(g, run, g.explain("L", "w__1", run, notation=notation), picture)
    assert ("u^0" in html) and (("P^4" in html) == usual)
    way = g.paths("w__1", notation=notation).text()
    assert ("J[z__1->a__1]" in way) == usual
    table = tables(run, notation=notation)
    assert table[0].rows[0][0] == "u^0"
    assert table[1].rows[0][1].startswith("J[") == usual
    trace = g.evaluation_trace("reverse", notation=notation)
    assert trace.text.split("\n")[4].startswith("0  x")
    assert r"z}^{(1)}" in trace.latex or r"z^{(1)}" in trace.latex


def test_layout_is_of_the_notation_too():
    g = gd.Graph()
    W, x = g.parameter("W", [[1, 0], [2, 1]]), g.input("x", [1, 2])
    g.node("L", (g.node("z", W @ x) ** 2).sum())
    found = g.explain("L", "x", notation={"layout": "denominator"}).text()
    assert found == g.explain("L", "x", layout="denominator").text()
    assert found != g.explain("L", "x").text()


# Numbers


@pytest.mark.parametrize(
    ("number", "digits", "written", "tex"),
    [
        (0.40, 4, "0.4", "0.4"),
        (12345.678, 4, "12346", "12346"),
        (999999.7, 3, "1000000", "1000000"),
        (1234567.8, 4, "1.235e+06", r"1.235\times 10^{6}"),
        (1e12, 6, "1e+12", "10^{12}"),
        (-1e12, 6, "-1e+12", "-10^{12}"),
        (123456789.0, 3, "123456789", "123456789"),
        (2.5e-7, 6, "2.5e-07", r"2.5\times 10^{-7}"),
        (1e-7, 6, "1e-07", "10^{-7}"),
    ],
)
def test_one_rule_for_all_decimal_numbers(number, digits, written, tex):
    assert (text.number(number, digits), latex.number(number, digits)) == (written, tex)


def test_decimal_places_keep_their_zeros():
    with writing(Notation(decimals=2), {}):
        assert [text.number(number) for number in (0.40, 0.391, 5.0, 1e12, 0.00002)] == [
            "0.40", "0.39", "5", "1e+12", "2e-05",
        ]  # fmt: skip
    g = network()
    assert "= 0.60" in g.explain("L", "w__1", notation=Notation(decimals=2)).text()
    assert current() == Notation()


@given(st.floats(-1e15, 1e15), st.integers(1, 12), st.integers(0, 6))
def test_a_number_that_was_rounded_is_told_from_one_that_was_not(value, digits, places):
    for notation in (Notation(), Notation(decimals=places)):
        with writing(notation, {}):
            shown = text.number(value, digits)
            exact = abs(float(shown) - value) <= 1e-12 * abs(value)
            assert text.is_rounded(value, shown) != exact
            if notation.decimals is None:
                assert (
                    abs(float(shown) - value) <= 0.5001 * 10 ** (1 - digits) * abs(value) + 1e-300
                )


def test_powers_of_ten_have_one_exponent():
    g = gd.Graph()
    x = g.input("x", 1)
    z = g.node("z", 1e12**x * x + (2.5e10 * x) ** 2 + x / 1e15)
    written = latex.authored(z.function, ["x"])
    assert "}^{" not in written.replace(r"\right)^{", "")
    assert r"\left(10^{12}\right)^{x}" in written


# What is refused


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("bars", "derivatives is 'bars'; choose from 'P', 'partial'"),
        ("bar, layers={l}", "layers is '{l}'; choose from 'l', '(l)', '[l]'"),
        ("first=2", "first is 2"),
        ("decimals=40", "from 0 to 17"),
        ("bar, colour=red", "no 'colour'"),
        ("bar, d", "says twice"),
        ({"first": True}, "first is True"),
        (7, "the notation is 7"),
        ({"layout": "mixed"}, "layout is 'mixed'"),
    ],
)
def test_what_is_no_notation_is_refused(given, said):
    with pytest.raises(GraphError) as error:
        as_notation(given)
    assert said in str(error.value)


def test_texts_records_and_mappings_are_one():
    record = Notation("bar", layers="(l)", first=0)
    assert as_notation("bar, layers=(l), first=0") == record
    assert as_notation({"derivatives": "bar", "layers": "(l)", "first": 0}) == record
    assert as_notation(record) is record
    assert as_notation(record, layout="denominator").layout == "denominator"


def test_a_notation_ends_where_it_was_asked_for():
    with pytest.raises(RuntimeError), writing(Notation("d"), {"x": r"\xi"}):
        assert latex.name("x") == r"\xi"
        raise RuntimeError
    assert (current(), latex.name("x")) == (Notation(), "x")
