"""Functions of one's own: one short declaration."""

from __future__ import annotations

import math

import pytest
import sympy as sp

import graphdiff as gd
from graphdiff.errors import DerivationError, GraphError
from graphdiff.testing import check_function, check_graph

x, y = sp.symbols("x y")


def swept(function, *values, **options):
    graph = gd.Graph()
    leaves = [graph.input(f"x_{k}", value) for k, value in enumerate(values)]
    graph.node("z", function(*leaves))
    return graph.backward(**options)


@pytest.mark.parametrize(
    ("declare", "values", "value", "P"),
    [
        (lambda: gd.function("f", lambda t: t**3), [2], 8, [12]),
        (lambda: gd.function("f", x**2 + 1), [3], 10, [6]),
        (lambda: gd.function("f", x * y**2, arguments=(y, x)), [3, 5], 45, [30, 9]),
        (lambda: gd.function("f", x + sp.Abs(x)), [0], 0, [1]),
        (lambda: gd.function("f", sp.sqrt(x**2)), [-3], 3, [-1]),
        (lambda: gd.function("f", lambda a, b: sp.Max(a, b)), [1, 1], 1, [0.5, 0.5]),
        (lambda: gd.function("f", lambda a: sp.Min(a, 2, 3)), [1], 1, [1]),
        (lambda: gd.function("f", lambda t: sp.sign(t) * t), [-2], 2, [-1]),
        (lambda: gd.function("f", lambda t: sp.Heaviside(t) * t), [2], 2, [1]),
        (lambda: gd.function("f", lambda t: sp.Heaviside(t, 1)), [0], 1, [0]),
        (lambda: gd.function("f", lambda t: 3), [7], 3, [0]),
    ],
)
def test_a_formula(declare, values, value, P):
    function = declare()
    for exact in (False, True):
        run = swept(function, *values, exact=exact)
        assert run.value["z"] == value
        assert [float(run.P[f"x_{k}"]) for k in range(len(values))] == P


def test_functions_that_numpy_lacks():
    function = gd.function("f", lambda t: sp.gamma(t), domain=[(0.5, 3)])
    check_function(function)
    run = swept(function, 3)
    assert run.value["z"] == 2
    assert math.isclose(run.P["x_0"], 2 * float(sp.digamma(3)))


def test_checked_and_composed():
    cube = gd.function("cube", lambda t: t**3)
    sixth = gd.function("sixth", lambda t: cube.function.symbolic(t) ** 2)
    check_function(cube)
    check_function(sixth)
    graph = gd.Graph()
    u = graph.node("u", sixth(graph.input("x", 0.5)) + cube(graph["x"]))
    assert u.formula == "sixth(x) + cube(x)"
    check_graph(graph)
    assert graph.hessian("u", "x").doit().subs({graph["x"].symbol: 0.5}) == pytest.approx(
        30 * 0.5**4 + 6 * 0.5
    )


def test_kernel_latex_and_derivative_as_declared():
    square = gd.function(
        "square", lambda t: t**2, kernel=lambda t: t * t, latex=r"\left[{0}\right]^{2}",
        derivative=lambda t: t + t,
    )  # fmt: skip
    check_function(square)
    graph = gd.Graph()
    graph.node("z", square(graph.input("x", 3)))
    assert r"z = \left[x\right]^{2} = 9" in graph.explain("z", "x").latex()


@pytest.mark.parametrize(
    ("declare", "error", "message"),
    [
        (lambda: gd.function("exp", lambda t: t), GraphError, "the catalogue has a function 'exp' already; choose another name"),
        (lambda: gd.function("ln", lambda t: t), GraphError, "the catalogue has a function 'ln' already; choose another name"),
        (lambda: gd.function("a b", lambda t: t), GraphError, "'a b' cannot be a function's name; use letters, digits and _"),
        (lambda: gd.function("f", x * y), GraphError, "the formula of 'f' has the symbols x, y; say their order: arguments=(x, y)"),
        (lambda: gd.function("f", x * y, arguments=(x,)), GraphError, "the formula of 'f' has y, which is not among its arguments"),
        (lambda: gd.function("f", "x**2"), GraphError, "the formula of 'f' must be a SymPy expression or a function of SymPy expressions, not 'x**2'"),
        (lambda: gd.function("f", lambda: 3), GraphError, "the formula of 'f' takes no argument; it needs at least one"),
        (lambda: gd.function("f", lambda *t: 3), GraphError, "the formula of 'f' must take plain arguments, no * or keywords"),
        (lambda: gd.function("f", lambda t: t if t > 0 else 0), GraphError, "the formula of 'f' cannot be applied to SymPy symbols (cannot determine truth value of Relational: a_0 > 0); write it with SymPy's functions, and cases with Piecewise"),
        (lambda: gd.function("f", math.exp), GraphError, "the formula of 'f' cannot be applied to SymPy symbols (Cannot convert expression to float); write it with SymPy's functions, and cases with Piecewise"),
        (lambda: gd.function("f", lambda a, b: a * b, derivative=(lambda a, b: b,)), GraphError, "'f' has 2 arguments but 1 derivatives; give one for each"),
        (lambda: gd.function("f", lambda t: sp.DiracDelta(t)), DerivationError, "SymPy leaves DiracDelta(a_0) in a derivative, which has no value; write the function with Piecewise and state the value at each kink"),
        (lambda: gd.function("f", lambda t: sp.floor(t)), DerivationError, "'f', argument 1: SymPy leaves Derivative(floor(a_0), a_0) in a derivative, which has no value; write the function with Piecewise and state the value at each kink"),
    ],
)  # fmt: skip
def test_messages(declare, error, message):
    with pytest.raises(error) as raised:
        declare()
    assert str(raised.value) == message


def test_two_functions_of_one_name():
    square, cube = gd.function("f", lambda t: t**2), gd.function("f", lambda t: t**3)
    graph = gd.Graph()
    x = graph.input("x", 1)
    graph.node("a", square(x))
    with pytest.raises(GraphError) as error:
        graph.node("b", cube(x) + 1)
    assert str(error.value) == (
        "node 'b' uses a second function named 'f'; give one of the two another name"
    )
    assert "b" not in graph
    # In two graphs they do not meet, and are not confused.
    assert swept(lambda x: square(x) + 1, 2).P["x_0"] == 4
    assert swept(lambda x: cube(x) + 1, 2).P["x_0"] == 12


@pytest.mark.parametrize(
    ("latex", "problem"),
    [
        (r"\write18{touch owned}", r"has '\\write', which is no command of a formula"),
        (r"\immediate\write18{x}", r"has '\\immediate', which"),
        (r"\input{/etc/passwd}{0}", r"has '\\input', which"),
        (r"\include{x}", r"has '\\include', which"),
        (r"\openout5=x", r"has '\\openout', which"),
        (r"\read5 to\x", r"has '\\read', which"),
        (r"\catcode`\%=12", r"has '\\catcode', which"),
        (r"\def\f{0}", r"has '\\def', which"),
        (r"\csname input\endcsname x", r"has '\\csname', which"),
        (r"\href{javascript:alert(1)}{0}", r"has '\\href', which"),
        (r"\begin{document}{0}\end{document}", r"has '\\begin{document}', which is no array of a formula"),
        (r"\begin", r"has '\\begin', which is no array"),
        (r"\end{tikzpicture}", r"has '\\end{tikzpicture}', which is no array"),
        (r"\begin{cases}{0}\end{matrix}", r"has \begin and \end that do not match"),
        (r"\end{cases}\begin{cases}", r"has \begin and \end that do not match"),
        (r"\begin{cases}{0}", r"has \begin and \end that do not match"),
        ("^^5cinput{x}", "has '^^', which has no place in a formula"),
        ("$$ {0}", "has '$', which"),
        ("{0} % rest", "has '%', which"),
        ("#1", "has '#', which"),
        ("{0} & {0}", 'has "&" outside of an array'),
        ("{0}}{", "has braces that do not match"),
        ("}{0}{", "has braces that do not match"),
        (r"\left({0}", r"has \left and \right that do not match"),
        (r"\right){0}\left(", r"has \left and \right that do not match"),
        ("{0}\n\n{0}", "has line breaks or signs that are not seen"),
        ("{0}\u202e", "has line breaks or signs that are not seen"),
        ("{0}" + "+1" * 300, "has 603 characters, more than 400"),
        ("\\", r"has '\\', which is no command of a formula"),
        (r"\(x\)", r"has '\\(', which"),
        (5, "must be a text, not 5"),
    ],
)  # fmt: skip
def test_latex_that_is_no_formula_is_refused(latex, problem):
    with pytest.raises(GraphError) as caught:
        gd.function("hostile", lambda t: t**2, latex=latex)
    assert str(caught.value).startswith(f"the LaTeX of 'hostile' {problem}")


@pytest.mark.parametrize(
    "latex",
    [
        r"\operatorname{soft}{\left({0}\right)}", r"\left\lVert {0} \right\rVert_{2}^{2}", "{0}^{+}",
        r"\begin{cases} {0} & \text{if } {0} > 0 \\ 0 & \text{otherwise} \end{cases}",
        r"\varphi_{\alpha}\!\left({0}\right)", r"\frac{1}{1 + e^{-{0}}}", r"\lfloor {0} \rfloor", "ŷ({0})",
        r"\{{0}\}", r"\mathrm{a\_b}\,{0}",
    ],
)  # fmt: skip
def test_latex_that_is_a_formula_is_kept(latex):
    assert gd.function("mild", lambda t: t**2, latex=latex).function.latex == latex
