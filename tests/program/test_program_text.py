"""The generated program, as text."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from compiling import network
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd


@pytest.mark.parametrize("case", CASES[::4], ids=lambda case: case.name)
def test_is_python_and_the_same_each_time(case):
    texts = set()
    for _ in range(2):
        graph = graph_of(case, values_for(case))
        L = graph.node("L", gd.sin(graph["f"]).sum())
        step = graph.compile(L)
        tree = ast.parse(step.source)
        assert any(isinstance(part, ast.FunctionDef) for part in tree.body)
        texts.add(step.source)
        step()
        texts.add(step.source)
    assert len(texts) == 1


def test_has_the_names_of_the_nodes(capsys):
    graph = network()
    step = graph.compile("L")
    text = step.source
    print(text)  # noqa: T201
    assert capsys.readouterr().out.startswith("# value_and_gradient of L in W, b, V, c\n")
    assert f"def step({', '.join(leaf.name for leaf in graph.leaves)}):" in text
    for name in ("h", "z", "L", "P_h", "P_W", "P_b", "P_V"):
        assert f" {name} = " in text
    assert all(len(line) <= 100 for line in text.splitlines())
    assert "float64" in text
    step(X=np.ones((5, 4), np.float32))
    assert "float32" in step.source
    step(X=np.ones((2, 5, 4)))
    assert "samples" in step.source
    assert repr(step).startswith("<compiled value_and_gradient of L in W, b, V, c: ")


PROGRAM = """
from compiling import network
graph = network()
print(graph.compile("L").source, graph.compile("z", "W", form="vjp").source)
"""


@pytest.mark.slow
def test_is_the_same_in_another_process():
    def run(seed):
        return subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True,
            check=True, cwd=Path(__file__).parent, encoding="utf-8",
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path)),
                 "PYTHONIOENCODING": "utf-8"},
        ).stdout  # fmt: skip

    assert run("1") == run("2") != ""


def test_tracebacks_show_its_lines():
    def kernel(x):
        raise ValueError("here")

    fails = gd.function("fails_in_text", lambda x: x, kernel=kernel)
    graph = gd.Graph()
    graph.node("y", fails(graph.parameter("x", [1.0, 2.0])))
    step = graph.compile("y", form="value")
    with pytest.raises(ValueError, match="here") as caught:
        step()
    assert any("fails_in_text(x)" in str(entry.statement) for entry in caught.traceback)


def test_what_has_as_many_entries_is_not_broadcast():
    g = gd.Graph()
    x, W, b = (g.input(n, shape=s) for n, s in (("x", (1, 3)), ("W", (3, 4)), ("b", (4,))))
    g.node("y", gd.softmax(x @ W + b))
    step = g.compile("y", form="value")
    assert "b[None]" in step.source
    x, W, b = np.ones((1, 3)), np.arange(12.0).reshape(3, 4) / 10, np.arange(4.0)
    z = x @ W + b
    np.testing.assert_allclose(step(x=x, W=W, b=b), np.exp(z) / np.exp(z).sum(), rtol=1e-14)


@pytest.mark.parametrize("size", [3, 1000])
def test_sums_of_all_entries(size):
    g = gd.Graph()
    x = np.linspace(-1, 2, 2 * size).reshape(2, size)
    g.node("s", gd.sum(gd.sin(g.input("x", x))))
    step = g.compile("s", form="value")
    np.testing.assert_allclose(step(), np.sin(x).sum(), rtol=1e-13)
    assert ("add.reduce" in step.source) == (size > 256)
