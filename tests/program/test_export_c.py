"""Programs of scalars in C compute what the graph does."""

from __future__ import annotations

import ctypes
import shutil
import subprocess

import numpy as np
import pytest
import sympy as sp
from export_cases import KINKED, NAMES, at_kinks, inside, without_formula
from hypothesis import given, settings
from strategies import KINKED as KINKED_FUNCTIONS
from strategies import SMOOTH, graphs

import graphdiff as gd
from graphdiff.errors import GraphError

COMPILER = shutil.which("cc")
needs_compiler = pytest.mark.skipif(not COMPILER, reason="no C compiler on this machine")


def computed(text, leaves, outputs, folder):
    """Return what the function returns and what it writes."""
    source, library = folder / "step.c", folder / f"step{len(list(folder.iterdir()))}.so"
    source.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [COMPILER, "-std=c99", "-Wall", "-Wno-unused", "-Werror", "-pedantic", "-O1", "-ffp-contract=off",
         "-shared", "-fPIC", str(source), "-o", str(library), "-lm"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    step = ctypes.CDLL(str(library)).step
    given, written = np.array(leaves, float), np.zeros(max(outputs, 1))
    pointer = ctypes.POINTER(ctypes.c_double)
    step.argtypes, step.restype = [pointer, pointer], ctypes.c_double
    value = step(given.ctypes.data_as(pointer), written.ctypes.data_as(pointer))
    return value, written[:outputs]


def of(graph, output, folder):
    leaves = [float(leaf.value) for leaf in graph.leaves]
    step = graph.compile(output, wrt=list(graph.leaves))
    return computed(step.to_c(), leaves, len(leaves), folder)


@needs_compiler
@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(name, tmp_path):
    graph = inside(name)
    value, gradient = of(graph, "f", tmp_path)
    run = graph.backward("f")
    assert value == pytest.approx(run.value["f"], rel=1e-13)
    wanted = [run.gradient[leaf.name] for leaf in graph.leaves]
    np.testing.assert_allclose(gradient, wanted, rtol=1e-12, atol=1e-14)


@needs_compiler
@pytest.mark.parametrize("name", KINKED)
def test_derivatives_declared_at_kinks(name, tmp_path):
    for graph, partials in at_kinks(name):
        value, gradient = of(graph, "f", tmp_path)
        assert value == pytest.approx(graph.forward().value["f"])
        np.testing.assert_allclose(gradient, partials, rtol=1e-13)


@needs_compiler
@settings(max_examples=12)
@given(graph=graphs((*SMOOTH, *KINKED_FUNCTIONS)))
def test_random_graphs(tmp_path_factory, graph):
    output = graph.nodes[-1]
    run = graph.backward(output)
    value, gradient = of(graph, output, tmp_path_factory.mktemp("c"))
    assert value == pytest.approx(run.value[output.name], rel=1e-11, abs=1e-11)
    wanted = [run.gradient[leaf.name] for leaf in graph.leaves]
    np.testing.assert_allclose(gradient, wanted, rtol=1e-9, atol=1e-10)


def awkward():
    """Return a graph whose names are words of C, or not in its letters."""
    graph = gd.Graph()
    names = ("int", "exp", "ŷ", "α", "leaves", "y1", "sigmoid")
    leaves = [graph.parameter(name, k / 4 + 0.5) for k, name in enumerate(names)]
    total = sum(leaf * (k + 1) for k, leaf in enumerate(leaves))
    graph.node("L", gd.sigmoid(total / 20) * gd.exp(leaves[2]) + gd.max(leaves[0], leaves[3]))
    return graph


@needs_compiler
def test_names_that_c_does_not_take(tmp_path):
    graph = awkward()
    value, gradient = of(graph, "L", tmp_path)
    run = graph.backward("L")
    assert value == pytest.approx(run.value["L"], rel=1e-13)
    wanted = [run.gradient[leaf.name] for leaf in graph.leaves]
    np.testing.assert_allclose(gradient, wanted, rtol=1e-12)


@needs_compiler
def test_other_forms(tmp_path):
    graph = gd.Graph()
    x, w = graph.parameter("x", 0.5), graph.parameter("w", 2)
    graph.node("L", gd.sin(x * w) * w**3)
    value, _ = computed(graph.compile("L", form="value").to_c(), [0.5, 2], 0, tmp_path)
    assert value == pytest.approx(8 * np.sin(1))
    hessian = graph.compile("L", form="hessian")
    _, found = computed(hessian.to_c(), [0.5, 2], 4, tmp_path)
    np.testing.assert_allclose(found, list(hessian().values()), rtol=1e-12)


@needs_compiler
def test_functions_of_ones_own(tmp_path):
    x = sp.Symbol("x", real=True)
    bump = gd.function("bump", sp.exp(-(x**2)), kernel=lambda v: np.exp(-(v**2)))
    graph = gd.Graph()
    graph.node("L", bump(graph.parameter("w", 0.5)))
    value, gradient = of(graph, "L", tmp_path)
    assert value == pytest.approx(np.exp(-0.25))
    assert gradient == pytest.approx([-np.exp(-0.25)])


def test_the_text():
    graph = gd.Graph()
    x, y = graph.input("x", 1), graph.input("ŷ", 2)
    graph.node("L", (x * graph.parameter("w", 5) - y) ** 2)
    text = graph.compile("L").to_c()
    assert text.startswith(
        "/* value_and_gradient of L in w\n * leaves: x, ŷ, w\n * gradient: w\n */\n#include <math.h>\n"
    )
    assert "double step(const double *leaves, double *gradient) {" in text
    assert "const double yhat = leaves[1];" in text


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda w: gd.sum(w * w), "'w' has shape (2,)"),
        (lambda w: w[0] * 2, "'w' has shape (2,)"),
    ],
)
def test_arrays_are_refused(build, message):
    graph = gd.Graph()
    graph.node("L", build(graph.parameter("w", [1, 2])))
    with pytest.raises(GraphError) as error:
        graph.compile("L").to_c()
    assert str(error.value) == (
        f"to_c writes programs of scalars, but {message}; use to_jax or to_torch"
    )


def test_a_function_without_a_formula_is_refused():
    with pytest.raises(GraphError) as error:
        without_formula().compile("L").to_c()
    assert str(error.value) == (
        "'factorial' cannot be written in C, as its formula is not made of the catalogue's "
        "functions; write it with those"
    )
