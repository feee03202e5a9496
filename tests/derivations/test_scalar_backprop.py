"""Derivations written out: the lecture's in full; LaTeX that every reader takes."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
import sympy as sp
from hypothesis import given
from latex_checks import check_formula, check_latex
from lecture import lecture
from strategies import KINKED, SMOOTH, graphs

import graphdiff as gd
from graphdiff.derivations import derivation
from graphdiff.derivations.derivation import document
from graphdiff.errors import GraphError, NumericalError
from graphdiff.language.expression import apply
from graphdiff.language.functions import CATALOGUE

NAMES = ("ŷ", "w_1_10", "ℒ", "sigma2", "x̂", "θ_1", "中", "_", "tiếng", "a_b_c", "x⃗", "hat")


LECTURE = """\
dL/dw by back-propagation
=========================

Local functions
  u^3 = u = x*w = 5
  u^5 = yhat = u + b = 6
  u^7 = e = yhat - y = 4
  u^8 = L = e**2 = 16

Local Jacobians
  J[w->u] = du/dw = x = 1
  J[u->yhat] = dyhat/du = 1
  J[yhat->e] = de/dyhat = 1
  J[e->L] = dL/de = 2*e = 8

Start
  P[L] = 1

P[e]
  P[e] = P[L]*J[e->L]
  P[e] = P[L]*2*e = 1*8 = 8

P[yhat]
  P[yhat] = P[e]*J[yhat->e]
  P[yhat] = P[e]*1 = 8*1 = 8

P[u]
  P[u] = P[yhat]*J[u->yhat]
  P[u] = P[yhat]*1 = 8*1 = 8

P[w]
  P[w] = P[u]*J[w->u]
  P[w] = P[u]*x = 8*1 = 8

Result
  dL/dw = 2*e*x = 2*x*(b + w*x - y) = 8"""


def test_the_lectures_derivation():
    derivation = lecture().explain("L", "w")
    assert derivation.text() == str(derivation) == LECTURE


def test_without_values():
    graph = lecture(x=None)
    found = graph.explain("L", "w").text()
    assert lecture().explain("L", "w", symbolic=True).text() == found
    assert "  u^3 = u = x*w\n" in found
    assert "  P[w] = P[u]*J[w->u]\n  P[w] = P[u]*x\n" in found
    assert found.endswith("dL/dw = 2*e*x = 2*x*(b + w*x - y)")
    assert graph.explain("L", "w", x=1).text() == LECTURE


def test_markdown():
    found = lecture().explain("u", "w").markdown()
    assert (
        found
        == r"""## du/dw by back\-propagation

**Local functions**

$$
u^{3} = u = x \cdot w = 5
$$

**Local Jacobians**

$$
J^{2 \to 3} = \frac{\partial u}{\partial w} = x = 1
$$

**Start**

$$
P^{3} = 1
$$

**P\[w\]**

$$
P^{2} = P^{3} \, J^{2 \to 3}
$$

$$
P^{2} = P^{3} \cdot x = 1 \cdot 1 = 1
$$

**Result**

$$
\frac{\partial u}{\partial w} = x = 1
$$
"""
    )
    assert lecture().explain("u", "w")._repr_markdown_() == found


def test_latex(typeset):
    derivation = lecture().explain("L", "w")
    check_latex(derivation, typeset)
    assert derivation.latex().startswith("\\section*{dL/dw by back-propagation}\n")
    document = derivation.latex(document=True)
    assert document.startswith("\\documentclass{article}\n")
    assert document.endswith("\\end{document}\n")
    assert (
        "\\[\n\\frac{\\partial L}{\\partial w} = 2 e x = "
        "2 x \\left(b + w x - y\\right) = 8\n\\]" in document
    )


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_function(name, typeset):
    function = CATALOGUE[name]
    graph = gd.Graph()
    middle = [sp.Rational(str(low)) / 3 + sp.Rational(str(high)) * 2 / 3
              for low, high in function.sample_domain]  # fmt: skip
    leaves = [graph.input(f"x_{k}", value) for k, value in enumerate(middle)]
    z = graph.node("ŷ", apply(function, *leaves))
    graph.node("L", z**2 + leaves[0])
    for exact in (False, True):
        check_latex(graph.explain("L", "x_0", exact=exact), typeset)


@pytest.mark.parametrize("name", NAMES)
def test_odd_names(name, typeset):
    graph = gd.Graph()
    leaf = graph.input(name, 0.5)
    z = graph.node(f"{name}_2", gd.exp(leaf) * leaf**2 + leaf)
    check_latex(graph.explain(z, leaf), typeset)
    assert name in graph.explain(z, leaf).text()


@given(graphs(functions=(*SMOOTH, *KINKED), most=4))
def test_random_graphs(graph):
    output = graph.nodes[-1]
    ways = [{"symbolic": True}]
    try:
        graph.backward(output, wrt=graph.nodes[0])
        ways.append({})
    except NumericalError:
        with pytest.raises(NumericalError):
            graph.explain(output, graph.nodes[0])
    for options in ways:
        derivation = graph.explain(output, graph.nodes[0], **options)
        for step in derivation.steps:
            for line in step.lines:
                check_formula(line.latex)
        check_formula(derivation.latex(document=True))
        assert derivation.text().count("\n") > 2


def test_exact_and_rounded():
    graph = gd.Graph()
    x = graph.input("x", sp.Rational(2, 3))
    z = graph.node("z", x * x)
    graph.node("L", z * gd.sqrt(2) + x)
    exact = graph.explain("L", "x", exact=True).text()
    assert "  u^2 = z = x*x = 4/9\n" in exact
    assert "  J[x->z] (argument 1) = dz/dx = x = 2/3\n" in exact
    assert "  J[x->z] (argument 2) = dz/dx = x = 2/3\n" in exact
    assert "≈" not in exact
    rounded = graph.explain("L", "x", digits=3).text()
    assert "  u^2 = z = x*x ≈ 0.444\n" in rounded
    assert " ≈ 2.89" in rounded


def test_fan_out_has_every_term():
    graph = gd.Graph()
    x = graph.input("x", 3)
    a, b = graph.node("a", x**2), graph.node("b", 2 * x)
    graph.node("L", a * b)
    found = graph.explain("L", "x").text()
    assert "  P[x] = P[a]*J[x->a] + P[b]*J[x->b]\n" in found
    assert "  P[x] = P[a]*2*x + P[b]*2 = 6*6 + 9*2 = 54\n" in found
    assert "  J[x->a] = da/dx = 2*x = 6\n" in found


def test_negative_factors_are_bracketed():
    graph = gd.Graph()
    x = graph.input("x", 3)
    z = graph.node("z", -x)
    graph.node("L", 1 - z**2)
    found = graph.explain("L", "x")
    assert "P[z] = P[L]*(-2*z) = 1*6 = 6" in found.text()
    assert "P[x] = P[z]*(-1) = 6*(-1) = -6" in found.text()
    assert r"P^{1} = P^{2} \cdot \left(-1\right) = 6 \cdot \left(-1\right) = -6" in found.latex()


def test_disconnected(typeset):
    graph = lecture()
    derivation = graph.explain("u", "b")
    assert derivation.text() == (
        "du/db by back-propagation\n=========================\n\n"
        "u does not depend on b: not connected, so P = 0\n  P[b] = 0"
    )
    check_latex(derivation, typeset)


def test_samples():
    graph = lecture()
    found = graph.explain("L", "w", x=[1, 2, 3, 4]).text()
    assert "  u^3 = u = x*w = [5, 10, 15, …]\n" in found


def test_the_output_itself():
    graph = lecture()
    assert graph.explain("L", "L").text().endswith("Start\n  P[L] = 1\n\nResult\n  dL/dL = 1")


def test_a_run_of_something_else():
    graph = lecture()
    for run in (graph.backward("u"), lecture().backward(), graph.forward()):
        with pytest.raises(GraphError) as error:
            graph.explain("L", "w", run=run)
        assert str(error.value) == "the run is not a backward sweep from 'L' of this graph"


LONG = ("lstm", "lstm in one node", "two layers", "nested", "scripts")


def long_graph(title):
    graph = gd.Graph(title)
    if title.startswith("lstm"):
        h, c, x = graph.input("h", 0.3), graph.input("c", -0.2), graph.input("x", 0.7)

        def gate(name, function):
            w, u, b = (graph.parameter(letter + name, 0.31234) for letter in "wub")
            found = function(w * x + u * h + b)
            return graph.node(name, found) if title == "lstm" else found

        gates = [gate(name, gd.sigmoid) for name in "ifo"]
        i, f, o, g = (*gates, gate("g", gd.tanh))
        graph.node("loss", (o * gd.tanh(f * c + i * g) - graph.input("target", 0.5)) ** 2)
    elif title == "two layers":
        hidden = []
        for j in range(4):
            total = graph.parameter(f"b_{j}", 0.1)
            for k in range(3):
                x = graph.input(f"x_{j}_{k}", 0.5)
                total = total + graph.parameter(f"weight_{j}_{k}", 0.1 * j - 0.2 * k) * x
            hidden.append(graph.node(f"hidden_{j}", gd.tanh(total)))
        total = graph.parameter("c", 0.5)
        for j, node in enumerate(hidden):
            total = total + graph.parameter(f"v_{j}", 0.3) * node
        graph.node("ℒ", -gd.log(graph.node("ŷ", gd.sigmoid(total))))
    elif title == "nested":
        z = graph.parameter("w", 0.5)
        for _ in range(12):
            z = gd.sigmoid(z)
        graph.node("L", z)
    else:
        total = graph.parameter("trọng_số", 0.5) * graph.input("đầu_vào", 2)
        for name in (
            "Ж",
            "中_文",
            "straße",
            "ưởm",
            "𝓛",
            "æøłå",
            "ķő",
            "Đ",
            "й",
            "ĝ̣",
            "α̣",
            "a" * 90,
        ):
            total = total + gd.exp(graph.input(name, 1)) * graph.nodes[0]
        graph.node("độ_lỗi", (graph.node("tổng", total) - 1) ** 2)
    return graph


def compiled(source, folder):
    (folder / "derivation.tex").write_text(source, encoding="ascii")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "derivation.tex"],
        cwd=folder, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-1000:]
    log = (folder / "derivation.log").read_text(errors="replace")
    too_wide = re.findall(r"Overfull \\hbox \(([0-9.]+)pt", log)
    assert not [width for width in too_wide if float(width) > 1], log[-3000:]


needs_pdflatex = pytest.mark.skipif(
    not shutil.which("pdflatex"), reason="no pdflatex on this machine"
)


@needs_pdflatex
@pytest.mark.parametrize("title", LONG)
def test_no_formula_is_wider_than_the_page(title, tmp_path):
    graph = long_graph(title)
    compiled(document(graph.explain(graph.output, p) for p in graph.parameters[:5]), tmp_path)


@needs_pdflatex
def test_a_fragment_needs_only_the_packages_it_names(tmp_path):
    graph = long_graph("lstm in one node")
    part = graph.explain("loss", "wi").latex()
    assert "documentclass" not in part
    packages = r"\usepackage{amsmath, amssymb, graphicx}"
    compiled(
        rf"\documentclass{{article}}{packages}\begin{{document}}{part}{part}\end{{document}}",
        tmp_path,
    )


def test_long_chains_are_broken_at_equal_signs():
    graph = long_graph("lstm in one node")
    found = graph.explain("loss", "wi").latex()
    assert (
        "\\begin{align*}\n\\graphdiffleft{u^{17}} &\\graphdiffright{= \\mathrm{loss}} \\\\\n"
        in found
    )
    assert "\\\\\n&\\graphdiffright{\\approx " in found
    line = graph.explain("loss", "wi").steps[0].lines[0]
    assert line.left == "u^{17}"
    assert line.right[0] == r"= \mathrm{loss}"
    assert r"\graphdiff" not in line.latex


def test_parentheses_of_unusual_intervals_are_left_alone():
    written = r"= \left[a, b\right) \cdot \left(c, d\right]" + r" \cdot \mathrm{name}" * 30
    rows = derivation._rows(written)
    assert len(rows) > 1
    for row in rows:
        check_formula(row)


def test_one_document_of_several_derivations():
    graph = lecture()
    several = [graph.explain("L", name) for name in ("w", "b")]
    found = document(several)
    assert found.count("\\documentclass") == found.count("\\end{document}") == 1
    assert found.count("\\section*") == 2
    assert document(several[:1]) == several[0].latex(document=True)


@needs_pdflatex
def test_a_document_compiles_under_pdflatex(tmp_path):
    graph = gd.Graph("Odd names")
    x, w, s = graph.input("ŷ", 0.3), graph.parameter("w_1_10", 2), graph.parameter("σ", 1)
    a = graph.node("ℒ", gd.relu(w * x + s) - gd.max(s, x) * gd.abs(s))
    b = graph.node("loss", gd.elu(a) ** 2 / gd.softplus(x) + gd.log2(s + 3))
    c = graph.node("ö_ж", gd.erf(b) * gd.asinh(b) - 1e-5 * x)
    compiled(graph.explain(c, x).latex(document=True), tmp_path)


def test_one_name_has_one_value_where_derivatives_are_partial():
    """Of what the output depends on in two ways, the local derivative says what is held."""
    g = gd.Graph()
    x = g.input("x", 2)
    b = g.node("b", x**2)
    c = g.node("c", b * x)
    g.node("L", b + c * b)
    said = str(g.explain("L", "x", notation="partial"))
    assert "(dL/db)_c = c + 1 = 9" in said
    assert re.findall(r"^  (dL/db) = .* = (\d+)$", said, re.MULTILINE) == [("dL/db", "17")]
    assert "J[b->L] = dL/db = c + 1" in str(g.explain("L", "x"))
