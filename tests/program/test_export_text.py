"""The texts of exported programs, which need none of the libraries."""

from __future__ import annotations

import ast
import builtins
import subprocess
import sys

import pytest
from export_cases import CASES, NAMES, inside, loss_of, network, without_formula

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language.functions import CATALOGUE, stable
from graphdiff.program.export.maps import MAPS

WAYS = ("to_jax", "to_torch")


def test_the_table_has_every_map_of_the_catalogue():
    assert set(MAPS) == {*CATALOGUE.values(), *stable.FUNCTIONS}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_text_is_python_that_defines_what_it_uses(case, way):
    exported = getattr(loss_of(case).compile("L"), way)()
    tree = ast.parse(exported.source)
    known = {*dir(builtins), *exported.constants}
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name):
                known.add(name)
            case ast.arg(arg=name):
                known.add(name)
            case ast.alias(name=name, asname=other):
                known.add(other or name)
            case ast.Name(id=name, ctx=ast.Store()):
                known.add(name)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert used <= known


@pytest.mark.parametrize("way", WAYS)
def test_no_line_is_left_unused(way):
    for graph, output in [(inside(name), "f") for name in NAMES]:
        source = getattr(graph.compile(output), way)().source
        step = ast.parse(source).body[-1]
        stored = [
            n.id for n in ast.walk(step) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
        ]
        loaded = {
            n.id for n in ast.walk(step) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        }
        assert set(stored) - {"dtype", "device"} <= loaded


def test_the_text_for_jax():
    graph = gd.Graph()
    x, w = graph.input("x", 1), graph.parameter("w", 5)
    graph.node("L", gd.relu(x * w) ** 2)
    assert graph.compile("L", form="value").to_jax().source == (
        "# value of L\n"
        "from jax import nn\n\n\n"
        "def step(x, w):\n"
        "    t = x * w\n"
        "    t_2 = nn.relu(t)\n"
        "    L = t_2 ** 2\n"
        "    return L\n"
    )


def test_names_of_modules_are_left_to_them():
    graph = gd.Graph()
    nn, jnp = graph.parameter("nn", 1), graph.parameter("jnp", 2)
    graph.node("L", gd.relu(nn) * gd.exp(jnp))
    source = graph.compile("L").to_jax().source
    assert "def step(nn_2, jnp_2):" in source
    assert "{'nn':" in source


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_importing_and_writing_needs_no_library(way):
    program = (
        "import sys; sys.modules['jax'] = sys.modules['torch'] = None\n"
        "import graphdiff as gd\n"
        "g = gd.Graph(); g.node('L', gd.exp(g.parameter('w', 1)))\n"
        f"step = g.compile('L').{way}()\n"
        "assert 'def step(w):' in step.source\n"
        "try:\n    step()\nexcept Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    title, extra = ("JAX", "jax") if way == "to_jax" else ("PyTorch", "torch")
    assert done.stdout == (
        f"GraphError {title} is not installed; install graphdiff-explorer[{extra}], or take the "
        "text alone: .source\n"
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_function_without_a_formula_is_refused(way):
    with pytest.raises(
        GraphError, match=r"^'factorial' cannot be written in (JAX|PyTorch), as its"
    ):
        getattr(without_formula().compile("L"), way)()


def test_a_long_program_is_refused(monkeypatch):
    monkeypatch.setattr("graphdiff.program.export.opened.MAX_LINES", 5)
    with pytest.raises(GraphError, match=r"^the program has \d+ lines, more than 5"):
        network()[0].compile("L").to_jax()
