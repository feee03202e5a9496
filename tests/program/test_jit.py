"""Graphs of scalars as tapes for a compiled interpreter; beside this, test_scalar_programs.py."""

import importlib.util
import subprocess
import sys

import numpy as np
import pytest
from closeness import close
from compiling import agree
from plain_numba import plain_numba

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language import functions
from graphdiff.language.expression import Operation

CHOICES = {
    "elu", "selu", "leaky_relu", "hardtanh", "clip", "where",
    "less", "less_equal", "greater", "greater_equal",
}  # fmt: skip
"""Functions that choose between values, which a tape cannot."""


HAS_NUMBA = importlib.util.find_spec("numba") is not None


def test_without_numba_it_says_what_to_install():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import graphdiff as gd\n"
        "g = gd.Graph(); x = g.input('x', 1); g.node('y', x * x)\n"
        "try:\n    g.compile(jit=True)\n"
        "except gd.GraphdiffError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "pip install 'graphdiff-explorer[jit]'" in done.stdout


@pytest.mark.slow
def test_numba_is_not_imported_unasked():
    code = (
        "import sys, graphdiff as gd\n"
        "g = gd.Graph(); x = g.input('x', 1)\n"
        "for k in range(1000): x = g.node(f'v{k}', gd.tanh(x))\n"
        "g.compile()(); print('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.skipif(not HAS_NUMBA, reason="needs numba")
def test_another_process_finds_what_was_compiled():
    code = (
        "import graphdiff as gd\n"
        "g = gd.Graph(); x = g.input('x', 2); g.node('y', x * x)\n"
        "print(g.compile(jit=True)())\n"
        "from graphdiff.program.scalars import interpreter\n"
        "sweeps = interpreter.forward, interpreter.backward\n"
        "print([sum(sweep.stats.cache_hits.values()) for sweep in sweeps])\n"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
    assert done.stdout.splitlines() == ["(4.0, {'x': 4.0})", "[1, 1]"]


def scalar():
    g = gd.Graph()
    w, x = g.parameter("w", 0.5), g.input("x", 0.25)
    g.node("L", gd.tanh(w * x) + w**3 / x)
    return g


@pytest.mark.parametrize(
    ("make", "options", "said"),
    [
        (scalar, {"form": "hessian"}, "not 'hessian'"),
        (scalar, {"dtype": "float32"}, "computes in float64"),
    ],
)
def test_what_no_tape_is_for(make, options, said):
    with pytest.raises(GraphError, match=said):
        make().compile(jit=True, **options)


class TestWithNumba:
    @pytest.fixture(autouse=True)
    def numba(self, monkeypatch):
        """Without numba the sweeps run as the Python that they are printed as."""
        if not HAS_NUMBA:
            monkeypatch.setitem(sys.modules, "numba", plain_numba())

    @pytest.mark.parametrize("name", functions.NAMED)
    def test_only_choices_are_refused(self, name):
        function = functions.NAMED[name]
        g = gd.Graph()
        middle = [(a + b) / 2 + 0.1 for a, b in function.sample_domain]
        arguments = [g.input(f"x{k}", value) for k, value in enumerate(middle)]
        g.node("y", Operation(function)(*arguments))
        if name in CHOICES:
            with pytest.raises(GraphError, match="jit=True has no operation for a choice"):
                g.compile(jit=True)
        else:
            agree(g, "y", g.compile(jit=True))

    def test_a_function_of_ones_own_is_refused_by_name(self):
        own = gd.function("mine", lambda x: x**2)
        g = gd.Graph()
        g.node("y", own(g.input("x", 2)))
        with pytest.raises(GraphError, match="no operation for mine"):
            g.compile(jit=True)

    def test_forms_and_calls(self):
        g = scalar()
        step = g.compile(jit=True, wrt=["w", "x"])
        value, gradients = agree(g, "L", step)
        assert "= mul(w, x)" in step.source
        assert g.compile(jit=True, form="value")() == value
        assert g.compile(jit=True, form="gradient")(w=0.5) == {"w": gradients["w"]}
        assert g.compile(jit=True, wrt="w")()[1] == gradients["w"]
        agree(g, "L", step, {"w": -0.5, "x": 2.0})
        np.testing.assert_array_equal(step.flat([0.5, 0.25])[1], list(gradients.values()))

    def test_samples(self):
        g = scalar()
        w = np.linspace(-1, 1, 5)
        plain, taped = (g.compile(jit=jit)(w=w) for jit in (False, True))
        close(taped[0], plain[0])
        close(taped[1]["w"], plain[1]["w"])

    def test_leaves_alone(self):
        g = gd.Graph()
        x = g.parameter("x", 3)
        g.node("y", 2 * g.input("z", 1))
        assert g.compile(x, jit=True)() == (3.0, {"x": 1.0})

    def test_first_operation_after_leaf_and_number(self):
        for build in (lambda x: x * 1, lambda x: -x, lambda x: x + 2, lambda x: 2 * x):
            g = gd.Graph()
            g.node("y", build(g.parameter("x", 3)))
            agree(g, "y", g.compile(jit=True))

    @pytest.mark.skipif(not HAS_NUMBA, reason="Python raises where numba does not")
    def test_where_it_is_not_finite_it_is_as_numpy_has_it(self):
        for function, at in (
            (gd.log, 0.0), (gd.sqrt, -1.0), (gd.exp, 1e3), (gd.atanh, 1.0), (gd.acosh, 0.5),
        ):  # fmt: skip
            g = gd.Graph()
            g.node("y", function(g.parameter("x")) / 2)
            plain, taped = (g.compile(jit=jit)(x=at) for jit in (False, True))
            np.testing.assert_array_equal(taped[0], plain[0])
            np.testing.assert_array_equal(taped[1]["x"], plain[1]["x"])

    @pytest.mark.parametrize("function", [gd.tanh, gd.sigmoid, gd.sin])
    def test_a_chain_that_vanishes(self, function):
        g = gd.Graph()
        v, w = g.input("v0", 0.5), g.parameter("w", 0.3)
        for k in range(3000):
            v = g.node(f"v{k + 1}", function(w * v))
        plain, taped = (g.compile(jit=jit)() for jit in (False, True))
        close(taped[0], plain[0])
        close(taped[1]["w"], plain[1]["w"])

    def test_a_network_of_scalars(self):
        model = gd.models.mlp([3, 4, 2], view="neurons", seed=1)
        names = [leaf.name for leaf in model.leaves if leaf.kind == "input"]
        values = dict(zip(names, np.linspace(-1, 1, len(names)), strict=True))
        agree(model, model.output, model.compile(jit=True), values)
