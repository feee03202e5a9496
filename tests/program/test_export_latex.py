"""Programs as equations that pdflatex typesets."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from export_cases import CASES, NAMES, inside, loss_of, network

import graphdiff as gd
from graphdiff.language.functions import stable


def test_one_equation_for_each_node_and_derivative():
    graph = gd.Graph()
    x, y = graph.input("x", 1), graph.input("y", 2)
    w, b = graph.parameter("w", 5), graph.parameter("b", 1)
    z = graph.node("z", x * w + b)
    graph.node("L", gd.sin(z) - y)
    assert graph.compile("L").to_latex() == (
        "\\begin{align*}\n"
        "z &= x \\cdot w + b \\\\\n"
        "P^{z} &= \\cos{\\left(z\\right)} \\\\\n"
        "P^{w} &= P^{z} \\cdot x \\\\\n"
        "L &= \\sin{\\left(z\\right)} - y \\\\\n"
        "P^{b} &= P^{z}\n"
        "\\end{align*}\n"
    )


def test_every_node_and_every_derivative_has_its_line():
    graph, _ = network()
    lefts = re.findall(r"^(.*?) &=", graph.compile("L").to_latex(), re.MULTILINE)
    assert len(set(lefts)) == len(lefts)
    assert {r"\hat{h}", "L", "P^{W_{1}}", r"P^{\beta}", "P^{W_{2}}"} <= set(lefts)


def test_a_long_formula_gets_a_name_that_no_node_has():
    graph = gd.Graph()
    t = graph.parameter("t", 0.5)
    graph.node(
        "L", gd.exp(gd.sin(t) * gd.cos(t) + gd.tanh(t) / (1 + gd.exp(t * t) + gd.log(t + 2)))
    )
    text = graph.compile("L").to_latex()
    assert "r_{1} &=" in text
    assert "t_{" not in text


@pytest.mark.parametrize(
    ("form", "left"),
    [("value", "L"), ("gradient", "P^{w}"), ("jacobian", r"\frac{\partial L}{\partial w}"),
     ("hessian", r"\frac{\partial^2 L}{\partial w \, \partial w}"),
     ("hvp", r"\dot{P}^{w}"), ("jvp", r"\dot{L}"), ("vjp", "P^{w}")],
)  # fmt: skip
def test_what_is_asked_for_is_named(form, left):
    graph = gd.Graph()
    graph.node("L", graph.parameter("w", 2) ** 3)
    assert f"{left} &=" in graph.compile("L", form=form).to_latex()


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex on this machine")
def test_pdflatex_typesets_every_function(tmp_path):
    graphs = [(loss_of(case), "L") for case in CASES] + [(inside(name), "f") for name in NAMES]
    graphs.append((network()[0], "L"))
    parts = [graph.compile(output).to_latex() for graph, output in graphs]
    head = "\\documentclass{article}\n\\usepackage{amsmath,amssymb}\n\\begin{document}\n"
    source = head + "\n".join(parts) + "\\end{document}\n"
    (tmp_path / "all.tex").write_text(source, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all"],
        cwd=tmp_path, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1500:]


@pytest.mark.parametrize("name", NAMES)
def test_equations_are_in_functions_that_people_write(name):
    text = inside(name).compile("f").to_latex()
    for function in stable.FUNCTIONS:
        assert function.name.replace("_", " ") not in text.replace(r"\_", " ").replace("_", " ")
