"""What is printed is read: each formula, in the grammar of files, and equal where it has a value."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from derived_formulas import derived
from hypothesis import given, settings
from strategies import KINKED, SMOOTH
from strategies import graphs as scalar_graphs
from tensor_cases import CASES, graph_of, values_for
from tensor_strategies import graphs as tensor_graphs

import graphdiff as gd
from graphdiff.errors import ExpressionError, GraphdiffError
from graphdiff.files.parser import parse
from graphdiff.language import functions
from graphdiff.symbolic.formula import Formula
from graphdiff.symbolic.result import Letter


def outcome(compute):
    """The number, or that there is none."""
    try:
        found = np.asarray(compute(), float)
    except (GraphdiffError, TypeError):
        return None
    return found if np.isfinite(found).all() else None


def reads_back(graph, what, formula, points):
    """The formula is read, has the same shape, and the same value at all points."""
    letters = {part.name: part for part in formula.parts if isinstance(part, Letter)}
    printed = str(formula)
    again = Formula(parse(printed, lambda n: letters[n] if n in letters else graph[n]))
    assert again.shape == formula.shape, (what, printed)
    for point in points:
        random = np.random.default_rng(1)
        given = point | {n: random.normal(size=letters[n].shape) for n in letters if n not in point}
        expected = outcome(lambda: formula.at(given))  # noqa: B023
        if expected is not None and np.abs(expected).max(initial=0) < 1e8:
            found = outcome(lambda: again.at(given))  # noqa: B023
            assert found is not None, (what, printed)
            np.testing.assert_allclose(found, expected, 1e-7, 1e-7, err_msg=f"{what}: {printed}")
    return printed


def points_of(graph, seeds=(0, 1)):
    """The values at the graph's own leaves, at random ones, and at small numbers that tie."""
    points = []
    for seed in seeds:
        random = np.random.default_rng(seed)
        values = {leaf.name: random.uniform(0.2, 0.9, leaf.shape) for leaf in graph.leaves}
        try:
            points.append(dict(graph.forward(values).value))
        except GraphdiffError:
            continue
    try:
        points.append(dict(graph.forward({n.name: np.ones(n.shape) for n in graph.leaves}).value))
        points.append(dict(graph.forward().value))
    except GraphdiffError:
        pass
    return points


def all_read(graph, output, seeds=(0, 1)):
    points, count = points_of(graph, seeds), 0
    for what, formula in derived(graph, output, most=2):
        reads_back(graph, what, formula, points)
        count += 1
    return count


@pytest.mark.parametrize("shape", [(), (3,)])
@pytest.mark.parametrize("name", functions.NAMED)
def test_derivatives_of_every_function(name, shape):
    graph = gd.Graph()
    leaves = [graph.parameter("abc"[k], shape=shape) for k in range(functions.named(name).arity)]
    z = graph.node("z", getattr(gd, name)(*leaves))
    L = graph.node("L", (z * z).sum() + 1 if shape else z * z + z)
    assert all_read(graph, L, seeds=(0,)) >= 5
    assert not shape or all_read(graph, z, seeds=(0,)) >= 3


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_derivatives_of_every_function_of_tensors(case):
    graph = graph_of(case, values_for(case))
    f = graph["f"]
    L = graph.node("L", (f * f).sum() if f.shape else f * f)
    assert all_read(graph, L, seeds=(0,)) >= 3
    assert all_read(graph, f, seeds=(0,)) >= 3


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 4)
@given(scalar_graphs((*SMOOTH, *KINKED), most=3))
def test_derivatives_of_random_scalars(graph):
    all_read(graph, graph.nodes[-1])


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 2)
@given(tensor_graphs(most=3))
def test_derivatives_of_random_tensors(graph):
    output = graph.nodes[-1]
    all_read(graph, output)
    if output.shape:
        all_read(graph, graph.node("total_", (output * output).sum()))


@pytest.mark.parametrize(
    ("source", "formula", "value"),
    [
        ("relu'(x)", "relu'(x)", 1), ("relu′(x)", "relu'(x)", 1), ("relu’(x)", "relu'(x)", 1),
        ("tanh''(x)", "tanh''(x)", -0.63970),
        ("sigmoid'(x)*2", "sigmoid'(x)*2", 0.39322), ("max'_1(x, y)", "max'_1(x, y)", 0),
        ("max'_2(x, y)", "max'_2(x, y)", 1), ("min'_1(x, x)", "min'_1(x, x)", 0.5),
        ("xlogy'_2(x, y)", "xlogy'_2(x, y)", 0.5), ("clip'_1(y, 0, 1)", "clip'_1(y, 0, 1)", 0),
        ("leaky_relu'(-x)", "leaky_relu'(-x, 0.01)", 0.01),
        ("leaky_relu'_1(-x)", "leaky_relu'(-x, 0.01)", 0.01),
        ("leaky_relu'_2(-x, slope=0.5)", "leaky_relu'_2(-x, 0.5)", -1),
        ("atan2'_1'_2(x, y)", "atan2'_1'_2(x, y)", -0.12),
        ("max'([x, y, y])", "max'([x, y, y])", [0, 0.5, 0.5]),
        ("min'([[x, y], [y, x]], axis=0)", "min'([[x, y], [y, x]], axis=0)", [[1, 0], [0, 1]]),
        ("scatter(x, at=[1], shape=3)", "scatter(x, at=[1], shape=(3,))", [0, 1, 0]),
        ("scatter(x, 1, 3)", "scatter(x, at=[1], shape=(3,))", [0, 1, 0]),
        ("scatter([x, y], at=[1:], shape=(3,))", "scatter([x, y], at=[1:], shape=(3,))", [0, 1, 2]),
        ("scatter([x, y], [[0, 0]], 2)", "scatter([x, y], at=[[0, 0]], shape=(2,))", [3, 0]),
        ("scatter(x, [None, 0], 2)[None]", None, None),
    ],
)  # fmt: skip
def test_words_of_derivatives(source, formula, value):
    graph = gd.Graph()
    graph.input("x", 1), graph.input("y", 2)
    if formula is None:
        with pytest.raises(ExpressionError, match=r"chooses entries of shape \(1,\) in \(2,\)"):
            parse(source, graph.__getitem__)
        return
    node = graph.node("f", parse(source, graph.__getitem__))
    assert node.formula == formula
    assert parse(formula, graph.__getitem__).shape == node.shape
    np.testing.assert_allclose(graph.forward().value["f"], value, atol=1e-5)


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("max'(x, y)", "max has 2 arguments; write max'_1 or max'_2 for one of them, at column 1"),
        ("max'_3(x, y)", "max has no argument 3; it has 2, at column 1"),
        ("tanh'_2(x)", "tanh has no argument 2; it has 1"),
        ("softmax'([x, y])", "softmax' is no function of the same arguments but a Jacobian"),
        ("max'_1(x, y, x)", "max' is of 2 arguments, but was given 3"),
        ("tank'(x)", "unknown function 'tank'; did you mean 'tan'?"),
        ("x'", '"\'" at column 2 has no place in an expression'),
        ("x'(2)", "'x' at column 1 is a node, not a function"),
    ],
)
def test_what_is_no_derivative_is_said(source, problem):
    graph = gd.Graph()
    graph.input("x", 1), graph.input("y", 2)
    with pytest.raises(GraphdiffError) as error:
        parse(source, graph.__getitem__)
    assert problem in str(error.value)


def test_a_function_of_ones_own_has_primes():
    graph = gd.Graph()
    gamma = gd.function("gamma", sp.gamma)
    x = graph.parameter("x", [2.5, 3.5])
    L = graph.node("L", gamma(x).sum())
    printed = str(graph.gradient(L, x))
    assert printed == "gamma'(x)"
    own = {"gamma": gamma.function}
    assert (
        parse(printed, graph.__getitem__, own=own).function
        is graph.gradient(L, x).expression.function
    )
    assert graph.check({"dL/dx": printed}).ok


def test_quotes_are_still_quotes():
    graph = gd.Graph()
    graph.input("x", [1, 2])
    assert parse("einsum('i->', x)", graph.__getitem__).shape == ()


def test_claims_and_files_have_derivatives_by_name(tmp_path):
    graph = gd.Graph()
    x = graph.parameter("x", [1.5, -2, 0.5])
    z = graph.node("z", gd.relu(x) * 2)
    L = graph.node("L", (z[1:] ** 2).sum() + z.max())
    printed = {leaf: str(graph.gradient(L, leaf, "nodes")) for leaf in ("x", "z")}
    report = graph.check({f"dL/d{leaf}": form for leaf, form in printed.items()})
    assert [result.verdict for result in report.results] == ["correct"] * 2
    graph.node("d", graph.gradient(L, x, "nodes").expression)
    path = graph.save(tmp_path / "graph.toml")
    again = gd.load(path)
    assert again["d"].formula == graph["d"].formula
    np.testing.assert_array_equal(again.forward().value["d"], graph.backward(L).gradient["x"])
