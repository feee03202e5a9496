"""The graph that a page defines by itself, and what it may be accused of then."""

import pytest

import graphdiff as gd

NEURON = r"""
$x = 2$, $y = 1$, $w = 0.5$, $b = 0.1$

$z = wx + b = 1.1$

$a = \sigma(z) = 0.7503$

$L = \frac12 (a - y)^2 = 0.0312$

$\frac{\partial L}{\partial a} = a - y = -0.2497$

$\frac{\partial L}{\partial w} = (a - y) a (1 - a) x = 0.09$
"""

HALF = r"""
$z_1 = w_1 x = 0.5 \cdot 2$, $a_1 = \sigma(z_1)$, $E_1 = (a_1 - 1)^2$, $E_2 = 0.3$

$E = \sum_k E_k$

$E = E_1 + E_2$

$\frac{\partial E}{\partial w_1} = \frac{\partial E_1}{\partial w_1} + \frac{\partial E_2}{\partial w_1} = 0.4$
"""


def page(tmp_path, text):
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_definitions_make_the_graph(tmp_path):
    graph = gd.Graph.from_page(page(tmp_path, NEURON))
    assert [node.name for node in graph.nodes if not node.is_leaf] == ["z", "a", "L"]
    assert {leaf.name: float(leaf.value) for leaf in graph.leaves} == {
        "w": 0.5, "x": 2, "b": 0.1, "y": 1,
    }  # fmt: skip
    assert {leaf.name for leaf in graph.parameters} == {"w", "b"}
    assert graph.output.name == "L"


def test_a_page_is_judged_by_its_own_definitions(tmp_path):
    path = page(tmp_path, NEURON)
    report = gd.Graph.from_page(path).check_file(path)
    assert [str(r.claimed) for r in report if not r.ok] == ["0.09"], str(report)


def test_what_is_not_explained_accuses_nobody(tmp_path):
    """E₂ is differentiated, so it is computed, though the page does not say how."""
    path = page(tmp_path, HALF)
    report = gd.Graph.from_page(path).check_file(path)
    assert not report.with_verdict("wrong", "follows", "coincidental"), str(report)
    assert any("how E2 is computed is not known" in r.note for r in report)


@pytest.mark.parametrize("text", ["nothing", "$x = 3$", r"$\frac{dL}{dw} = 2$"])
def test_a_page_without_definitions(text, tmp_path):
    with pytest.raises(gd.GraphdiffError, match="defines no node"):
        gd.Graph.from_page(page(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        r"$Z = WX + b$, $A = \sigma(Z)$, $\frac{\partial L}{\partial W} = \delta X^T$",
        "```python\nz = W @ x\na = sigmoid(z)\nL = sum(a)\n```",
    ],
)
def test_arrays_of_no_known_size_are_refused(text, tmp_path):
    with pytest.raises(gd.GraphdiffError, match="does not say how large 'W'"):
        gd.Graph.from_page(page(tmp_path, text))


@pytest.mark.parametrize("module", ["np.", "math.", "torch.", ""])
def test_functions_of_modules_are_no_nodes(module, tmp_path):
    lines = ("x = 2.0", "w = 0.5", "z = w * x", f"p = 1 / (1 + {module}exp(-z))",
             f"L = -{module}log(p)")  # fmt: skip
    path = page(tmp_path, "```python\n" + "\n".join(lines) + "\n```")
    g = gd.Graph.from_page(path)
    assert {node.name for node in g.nodes} == {"x", "w", "z", "p", "L"}
    assert g.check({"L": 0.31326}).ok
