"""One declaration is all that a function of tensors takes, and no other file knows it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import GraphError
from graphdiff.language.expression import apply
from graphdiff.language.functions.tensor_function import TensorFunction
from graphdiff.language.tensors import CALLS
from graphdiff.notation.latex import authored
from graphdiff.program.export.jax import Jax
from graphdiff.program.export.torch import Torch
from graphdiff.program.structured import jacobian
from graphdiff.testing import check_graph

PACKAGE = Path(gd.__file__).parent
NAMING = {
    PACKAGE / "program" / "export" / f"{name}.py" for name in ("torch", "jax", "javascript")
} | {PACKAGE / "symbolic" / "index_notation" / "primitives.py"}


@dataclass(frozen=True, repr=False)
class Energy(TensorFunction):
    """Half the sum of the squares."""

    caveat: ClassVar[str] = ""

    def shape(self, old):
        return ()

    def kernel(self, numbers, arrays, shapes):
        axes = tuple(range(-len(shapes[0]), 0))
        return (arrays[0] ** 2).sum(axes) / numbers.number(2)

    def pullback(self, make, part, slot, c):
        return make.product(c, part.arguments[slot])


@pytest.fixture
def graph():
    graph = gd.Graph()
    a = graph.parameter("a", [[1.0, -0.5], [0.25, 2.0]])
    graph.node("e", apply(Energy(), gd.tanh(a) @ a))
    return graph


def plain(graph):
    """The same graph without the function."""
    other = gd.Graph()
    a = other.parameter("a", graph["a"].value)
    other.node("e", ((gd.tanh(a) @ a) ** 2).sum() / 2)
    return other


def test_a_function_of_ones_own_in_the_sweeps(graph):
    check_graph(graph)
    assert graph.forward(exact=True).value["e"].free_symbols == set()


@pytest.mark.parametrize("form", ["value", "value_and_gradient", "hessian"])
def test_a_function_of_ones_own_in_programs(graph, form):
    def numbers(result):
        parts = result if isinstance(result, tuple) else (result,)
        return [x for p in parts for x in (p.values() if isinstance(p, dict) else [p])]

    found, expected = (numbers(g.compile("e", form=form)()) for g in (graph, plain(graph)))
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_a_function_of_ones_own_in_formulas(graph):
    assert graph["e"].formula == "energy(tanh(a) @ a)"
    v, values = np.arange(4.0).reshape(2, 2), {"a": graph["a"].value}
    for of in ("gradient", "hessian"):
        formula, expected = (getattr(g, of)("e", "a") for g in (graph, plain(graph)))
        np.testing.assert_allclose(formula.at(values), expected.at(values), rtol=1e-12)
    found, expected = (g.jvp("e", "a", "v") for g in (graph, plain(graph)))
    assert found.at({"a": graph["a"].value, "v": v}) == pytest.approx(
        expected.at({"a": graph["a"].value, "v": v}), rel=1e-12
    )
    text, latex = found.text, found.latex
    assert "energy" not in text + latex
    found, expected = (
        np.asarray(g.gradient_graph("e").forward().value["de_da"]) for g in (graph, plain(graph))
    )
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_function_of_ones_own_among_labels():
    g = gd.Graph()
    x = g.input("x", [1.0, 2.0, 3.0])
    assert str(jacobian(apply(Energy(), x), x)) == "a->a: x of shape (3,)"


@pytest.mark.parametrize("library", [Torch, Jax])
def test_a_library_without_words_for_a_function_refuses(library):
    with pytest.raises(GraphError, match=r"^'energy' cannot be written in (PyTorch|JAX); compile"):
        library().call(Energy(), ["x"], [(2,)], repr)


def declared(path):
    """The functions of tensors that a file declares."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and any(
            isinstance(base, ast.Name) and base.id == "TensorFunction" for base in node.bases
        ):
            yield node.name


def test_what_is_declared_beside_its_call_is_named_by_exports_and_index_notation_alone():
    named = {
        path: {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
               if isinstance(node, ast.Name)}
        for path in PACKAGE.rglob("*.py")
    }  # fmt: skip
    found = []
    for path in (PACKAGE / "language" / "tensors").glob("*.py"):
        for name in declared(path):
            found.append(name)
            assert {other for other in named if name in named[other]} - {path} <= NAMING
    assert {"Cumsum", "Kron"} <= set(found)


def test_the_package_has_every_call_by_name():
    assert set(gd._TENSORS) == set(CALLS)
    for name, call in CALLS.items():
        assert getattr(gd, name) is call


# cumsum and kron


@pytest.mark.parametrize("axis", [None, 0, 1, -1, -3])
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 1, 3), ()])
def test_sums_that_go_along_are_numpys(shape, axis):
    array = np.random.default_rng(3).normal(size=shape)
    rank = max(array.ndim, 1)
    graph = gd.Graph()
    x = graph.input("x", array)
    if axis is not None and not -rank <= axis < rank:
        with pytest.raises(GraphError, match=f"there is no axis {axis} in 'x'"):
            gd.cumsum(x, axis)
        return
    graph.node("f", gd.cumsum(x, axis))
    graph.node("g", np.cumsum(x, axis))
    graph.node("h", gd.cumsum(x, axis, reverse=True))
    run = graph.forward(), np.cumsum(array, axis)
    for name in "fg":
        np.testing.assert_array_equal(run[0].value[name], run[1])
    along = None if axis is None else (axis,)
    flat = array.reshape(-1) if axis is None or not array.ndim else array
    backwards = np.flip(np.cumsum(np.flip(flat, along), 0 if axis is None else axis), along)
    np.testing.assert_array_equal(run[0].value["h"], backwards)


@pytest.mark.parametrize(
    "shapes",
    [((2,), (3,)), ((2, 3), (3, 1)), ((2,), (2, 3)), ((2, 1, 2), (3,)), ((), (2,)), ((), ())],
)
def test_kronecker_products_are_numpys(shapes):
    a, b = (np.random.default_rng(k).normal(size=shape) for k, shape in enumerate(shapes))
    graph = gd.Graph()
    x, y = graph.parameter("x", a), graph.parameter("y", b)
    graph.node("f", gd.kron(x, y))
    graph.node("g", np.kron(x, y))
    run = graph.forward()
    for name in "fg":
        np.testing.assert_array_equal(run.value[name], np.kron(a, b))
    assert graph["f"].shape == np.kron(a, b).shape


def test_sums_and_products_of_letters_and_exact_numbers():
    graph = gd.Graph()
    A = graph.input("A", shape=("m", "n"))
    assert gd.cumsum(A, 1).shape == A.shape
    m, n = A.shape
    assert gd.kron(A, A.T).shape == (m * n, m * n)
    exact = gd.Graph()
    x = exact.parameter("x", [Fraction(1, 3), Fraction(1, 6)])
    exact.node("s", gd.cumsum(x))
    exact.node("k", gd.kron(exact["s"], x))
    run = exact.backward("k", exact=True)
    third = sp.Rational(1, 3)
    assert list(run.value["s"]) == [third, third + sp.Rational(1, 6)]
    assert run.value["k"][3] == sp.Rational(1, 12)
    assert run.P["x"][3, 0] == sp.Rational(1, 6)


def test_samples_stand_before_the_axes():
    graph = gd.Graph()
    x = graph.input("x", shape=(3,))
    graph.node("f", gd.kron(gd.cumsum(x), [1, 2]))
    rows = np.arange(12.0).reshape(4, 3)
    found = graph.compile("f", ["x"], form="value")(rows)
    expected = np.stack([np.kron(np.cumsum(row), [1, 2]) for row in rows])
    np.testing.assert_array_equal(found, expected)


def test_products_that_would_be_too_large_are_refused():
    graph = gd.Graph()
    x = graph.input("x", np.ones(100_000))
    with pytest.raises(GraphError, match="kron"):
        gd.kron(x, x)


def test_the_guide_shows_the_real_declaration():
    guide = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    shown = guide[guide.index("@dataclass") : guide.index("def cumsum")].rstrip()
    assert shown in (PACKAGE / "language/tensors/cumulative.py").read_text(encoding="utf-8")


def test_a_kronecker_product_is_bracketed_beside_another_product():
    g = gd.Graph()
    A, B, D = (g.parameter(n, shape=s) for n, s in (("A", (2, 2)), ("B", (1, 2)), ("D", (2, 4))))
    written = {
        "D*gd.kron(A, B)": (D * gd.kron(A, B), r"D \odot \left(A \otimes B\right)"),
        "gd.kron(A, B)*D": (gd.kron(A, B) * D, r"\left(A \otimes B\right) \odot D"),
        "gd.kron(A, B) + D": (gd.kron(A, B) + D, r"A \otimes B + D"),
    }
    for k, (node, latex) in enumerate(written.values()):
        f = g.node(f"f{k}", node)
        assert f.function is not None
        assert authored(f.function, [parent.name for parent in f.parents]) == latex


def test_reverse_is_true_or_false():
    with pytest.raises(GraphError, match="reverse of cumsum is 'no'; give True or False"):
        gd.cumsum(gd.Graph().input("x", [1, 2]), reverse="no")
