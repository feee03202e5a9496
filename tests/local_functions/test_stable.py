"""Formulas as people write them have their value and derivative wherever these have a float."""

import mpmath
import numpy as np
import pytest
from closeness import close
from hypothesis import given, note, reject
from hypothesis import strategies as st

import graphdiff as gd
from graphdiff.errors import NumericalError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.evaluation.multiprecision import Multiprecision
from graphdiff.evaluation.values import value_of
from graphdiff.files.parser import parse
from graphdiff.language.expression import Apply, Constant
from graphdiff.language.functions import CATALOGUE
from graphdiff.local_functions.local_function import LocalFunction, local_function
from graphdiff.local_functions.pullback import Placeholder
from graphdiff.notation import text

WIDE = (-2000, -800, -710, -40, -1, 1e-9, 0.3, 40, 710, 800, 2000)

AS_WRITTEN = {
    "log(1 + exp(x))": "softplus(x)",
    "log(exp(x) + 1)": "softplus(x)",
    "1/(1 + exp(-x))": "sigmoid(x)",
    "(1 + exp(-x))**(-1)": "sigmoid(x)",
    "exp(x)/(1 + exp(x))": "sigmoid(x)",
    "exp(x)*sigmoid(-x)": "sigmoid(x)",
    "x/(1 + exp(-x))": "x*sigmoid(x)",
    "1 - 1/(1 + exp(-x))": "one_minus_sigmoid(sigmoid(x), x)",
    "log1p(exp(x))": "softplus(x)",
    "log(sigmoid(x))": "-softplus(-x)",
    "log(1 - sigmoid(x))": "-softplus(x)",
    "log(1/(1 + exp(-x)))": "-softplus(-x)",
    "-log(1 - 1/(1 + exp(-x)))": "softplus(x)",
    "log2(1 + exp(x))": "softplus(x)/log(2)",
    "log(cosh(x))": "logcosh(x)",
    "sinh(x)/cosh(x)": "tanh(x)",
    "(exp(x) - exp(-x))/(exp(x) + exp(-x))": "tanh(x)",
    "(1 - exp(-2*x))/(1 + exp(-2*x))": "tanh(x)",
    "(exp(2*x) - 1)/(exp(2*x) + 1)": "tanh(x)",
    "1 - tanh(x)": "2*sigmoid(-(2*x))",
    "log(3*exp(-x**2/2))": "log(3) + (-x**2/2)",
    "sqrt(1 + x**2)": "hypot(1, x)",
    "(x*x + 4)**0.5": "hypot(x, 2)",
    "1/sqrt(1 + x**2)": "1/hypot(1, x)",
    "log(1 + x**2)": "2*log(hypot(1, x))",
    "x/(x + 2)**2": "x/(x + 2)/(x + 2)",
}
"""Formulas of x, and how they are computed."""

OF_ARRAYS = {
    "log(sum(exp(z)))": "logsumexp(z)",
    "log(mean(exp(z)))": "logsumexp(z) - log(3)",
    "exp(z)/sum(exp(z))": "softmax(z)",
    "log(exp(z)/sum(exp(z)))": "log_softmax(z)",
    "log(softmax(z))": "log_softmax(z)",
    "log(softmax(z)[1])": "log_softmax(z)[1]",
    "log(exp(z[0])/sum(exp(z)))": "z[0] - logsumexp(z)",
    "sum(exp(z)*z)/sum(exp(z))": "sum(z*softmax(z))",
    "sqrt(sum(z**2))": "norm(z)",
    "z/sqrt(sum(z*z))": "z/norm(z)",
}
OF_THREE = {
    "log(exp(a) + exp(b))": "logaddexp(a, b)",
    "log(exp(a) + exp(b) + exp(c))": "logaddexp(logaddexp(a, b), c)",
    "exp(a)/(exp(a) + exp(b))": "sigmoid(a - b)",
    "log(exp(a)/(exp(a) + exp(b)))": "-softplus(b - a)",
    "exp(a)/(exp(a) + exp(b) + exp(c))": "exp(a - logaddexp(logaddexp(a, b), c))",
    "sqrt(a**2 + b**2/9)": "hypot(a, b/3)",
    "log(a*exp(b))": "b + log(a)",
}
AS_THEY_ARE = (
    "log(1 + x)", "1/(1 + x)", "x/exp(1)", "sqrt(x**2 + y)", "log(exp(x) + y)",
    "1/(y + exp(x))", "x**2/y", "1/y**2", "1 - x", "tanh(x)*y + 1", "exp(x) + exp(y)",
)  # fmt: skip


class Unbounded(Multiprecision):
    """Numbers of many digits, however large."""

    largest = mpmath.inf

    def _bounded(self, compute):
        def bounded(*arguments):
            if any(mpmath.isfinite(a) and mpmath.mag(a) > 1_000_000 for a in arguments):
                reject()  # exp of it may have more digits than there is memory for
            return compute(*arguments)

        return super()._bounded(bounded)


TRUE = Unbounded(2000)


def node_of(formula, **leaves):
    g = gd.Graph()
    for name, value in leaves.items():
        g.parameter(name, value)
    return g, g.node("L", parse(formula, g.__getitem__))


def true(function, *values):
    """Return the value of a function as it is written, and its derivatives, in many digits."""
    with TRUE.guard():
        numbers = [TRUE.number(value) for value in values]
        value = value_of(TRUE, function, numbers)
        return value, [TRUE.partial(function, k)(*numbers) for k in range(len(values))]


def entry(found):
    return float(np.ravel(found)[0])


def computed_as(node):
    stable = node.function.stable
    return text.authored(stable, [parent.name for parent in node.parents])


@pytest.mark.parametrize(("formula", "stable"), AS_WRITTEN.items())
def test_a_formula_is_computed_by_what_stays_in_range(formula, stable):
    _, node = node_of(formula, x=1)
    assert computed_as(node) == stable
    assert node.formula == node_of(node.formula, x=1)[1].formula  # as its author wrote it


@pytest.mark.parametrize(("formula", "stable"), OF_ARRAYS.items())
def test_a_formula_of_arrays_is_computed_by_what_stays_in_range(formula, stable):
    assert computed_as(node_of(formula, z=[1, 2, 3])[1]) == stable


@pytest.mark.parametrize(("formula", "stable"), OF_THREE.items())
def test_a_formula_of_several_is_computed_by_what_stays_in_range(formula, stable):
    assert computed_as(node_of(formula, a=1, b=2, c=3)[1]) == stable


@pytest.mark.parametrize("formula", AS_THEY_ARE)
def test_what_is_in_range_or_of_unknown_sign_stays(formula):
    function = node_of(formula, x=1, y=2)[1].function
    assert function.stable is function


@pytest.mark.parametrize("x", WIDE)
@pytest.mark.parametrize("formula", AS_WRITTEN)
def test_every_way_to_compute_has_the_value_and_the_derivative(formula, x):
    g, node = node_of(formula, x=x)
    value, (derivative,) = true(node.function, x)
    if not mpmath.isfinite(value) or not mpmath.isfinite(derivative):
        with pytest.raises(NumericalError):
            g.backward("L")
        return
    value, derivative = float(value), float(derivative)
    cancels = formula.startswith(("(e", "(1 - e")) or formula in ("log(1 + x**2)",)
    terms = 1 if cancels else 0  # near 0 the formula itself has lost its digits
    tiny = 1e-290
    run = g.backward("L")
    close(run.value["L"], value, 1e-12, terms=max(terms, tiny))
    close(run.gradient["x"], derivative, 1e-11, terms=max(terms, tiny))
    found, slope = g.compile("L", ["x"])()
    close(found, value, 1e-12, terms=max(terms, tiny))
    close(slope["x"], derivative, 1e-11, terms=max(terms, 1e-15))
    h, _ = node_of(f"sum({formula})", x=[x])
    run = h.backward("L")
    close(run.value["L"], value, 1e-12, terms=max(terms, tiny))
    close(run.gradient["x"], [derivative], 1e-11, terms=max(terms, tiny))
    found, slope = h.compile("L", ["x"])()
    close(found, value, 1e-12, terms=max(terms, tiny))
    close(slope["x"], [derivative], 1e-11, terms=max(terms, 1e-15))
    at = h.gradient("L", "x").at({"x": np.array([x])})
    close(at, [derivative], 1e-11, terms=max(terms, 1e-15))


@pytest.mark.parametrize("scale", [1, 800, -800, 1e5])
@pytest.mark.parametrize("formula", [f for f in OF_ARRAYS if "sqrt" not in f])
def test_arrays_have_the_value_and_the_derivative(formula, scale):
    z = np.array([1.0, -0.5, 0.25]) * scale
    g, node = node_of(f"sum(({formula})*{{w}})".replace("{w}", "w"), z=z, w=1)
    exact = [mpmath.mpf(each) for each in z]
    with TRUE.guard():
        wanted = value_of(TRUE, node.function, [np.array(exact, object), mpmath.mpf(1)])
    run = g.backward("L")
    close(run.value["L"], float(wanted), 1e-12, terms=1e-12)
    found, slope = g.compile("L", ["z"])()
    close(found, float(wanted), 1e-12, terms=1e-12)
    close(slope["z"], run.gradient["z"], 1e-11, terms=1e-12)
    close(g.gradient("L", "z").at(run.value), run.gradient["z"], 1e-9, terms=1e-6)
    assert np.isfinite(g.compile("L", ["z"], form="hessian")()["z", "z"]).all()


SPREAD = {
    "softplus": ({"e": "exp(x)", "s": "1 + e", "L": "log(s)"}, "e"),
    "sigmoid": ({"n": "-x", "e": "exp(n)", "s": "1 + e", "L": "1/s"}, None),
    "cross-entropy": ({"a": "sigmoid(x)", "L": "-log(1 - a)"}, "L"),
    "complement": ({"a": "1/(1 + exp(-x))", "b": "1 - a", "L": "-log(b)"}, "L"),
    "quotient": ({"e": "exp(x)", "s": "e + 1", "L": "e/s"}, "e"),
    "tanh": ({"p": "exp(x)", "q": "exp(-x)", "n": "p - q", "d": "p + q", "L": "n/d"}, "p"),
    "softmax": ({"p": "exp(x)", "q": "exp(y)", "s": "p + q", "a": "p/s", "L": "-log(a)"}, "p"),
    "logcosh": ({"c": "cosh(x)", "L": "log(c)"}, "c"),
}


@pytest.mark.parametrize("kind", ["scalars", "array"])
@pytest.mark.parametrize("name", SPREAD)
def test_a_program_sees_across_nodes_and_a_sweep_names_the_one_that_has_no_value(name, kind):
    formulas, refused = SPREAD[name]
    big = 800.0

    def graph(x, merged):
        g = gd.Graph()
        for leaf, value in {"x": x, "y": 0.5}.items():
            g.parameter(leaf, value if kind == "scalars" else [value])
        written = {}
        for node, formula in formulas.items():
            if merged:
                tokens = {k: f"({v})" for k, v in written.items()}
                for part, by in tokens.items():
                    formula = __import__("re").sub(rf"\b{part}\b", by, formula)
                written[node] = formula
            else:
                g.node(node, parse(formula, g.__getitem__))
        if merged:
            g.node("L", parse(written["L"], g.__getitem__))
        g.node("loss", g["L"] * 2 if kind == "scalars" else gd.sum(g["L"]) * 2)
        return g

    for x in (0.3, big, -big):
        spread, whole = graph(x, merged=False), graph(x, merged=True)
        value, slope = spread.compile("loss", ["x"])()
        run = whole.backward("loss")
        close(value, run.value["loss"], 1e-12, terms=1e-300)
        close(slope["x"], run.gradient["x"], 1e-12, terms=1e-15)
    if refused is not None:
        with pytest.raises(NumericalError, match=f"node '{refused}'"):
            graph(big, merged=False).forward()


def test_what_is_computed_otherwise_is_shown_saved_and_exact_as_written(tmp_path):
    g, node = node_of("log(1 + exp(x))", x=710)
    assert node.formula == "log(1 + exp(x))"
    assert str(g.local_jacobian("x", "L")) == "exp(x)/(exp(x) + 1)"
    assert g.backward("L").value["L"] == 710
    assert str(g.backward("L", exact=True).value["L"]) == "log(1 + exp(710))"
    g.save(tmp_path / "graph.toml")
    assert gd.load(tmp_path / "graph.toml")["L"].formula == "log(1 + exp(x))"


NUMBERS = st.sampled_from([0, 1, 2, -1, 3])
POINTS = st.sampled_from([-1500.0, -800.0, -300.0, -2.0, -1e-3, 0.0, 0.5, 3.0, 40.0, 720.0, 1500.0])


def formulas():
    """Formulas of x and y with exponentials and squares in logarithms, quotients and roots."""
    x, y = Placeholder(0, ()), Placeholder(1, ())
    leaves = st.one_of(st.sampled_from([x, y, -x, -y]), NUMBERS.map(Constant))

    def applied(name, *arguments):
        return st.tuples(*arguments).map(lambda drawn: Apply(CATALOGUE[name], drawn))

    def grown(parts):
        maps = [applied(name, parts) for name in ("exp", "cosh", "sigmoid", "sinh", "tanh")]
        return st.one_of(*maps, parts.map(lambda part: part**2))

    def larger(parts):
        return st.one_of(
            *(applied(name, parts) for name in ("log", "sqrt", "neg", "softplus")),
            *(applied(name, parts, parts) for name in ("add", "sub", "mul", "div", "div")),
            grown(parts),
            parts.map(lambda part: part ** Constant(0.5)),
            parts.map(lambda part: part**-1),
        )

    inner = st.recursive(st.one_of(leaves, grown(leaves)), larger, max_leaves=6)
    opening = ("log", "sqrt")
    root = st.one_of(*(applied(name, inner) for name in opening), applied("div", inner, inner))
    return root.map(lambda root: local_function(root, (x, y), written=False))


def in_floats(function, values):
    with FLOAT64.guard():
        return float(value_of(FLOAT64, function, [np.float64(value) for value in values]))


def as_written(function):
    """The same function, which is computed line by line as it is written."""
    plain = LocalFunction(function.program, function.arity, function.shapes)
    plain.__dict__["stable"] = plain
    return plain


@given(formulas(), st.tuples(POINTS, POINTS))
def test_what_is_finite_stays_so_and_what_has_no_value_keeps_none(function, values):
    found, plain = in_floats(function, values), in_floats(as_written(function), values)
    with TRUE.guard():
        numbers = [TRUE.number(value) for value in values]
        wanted = value_of(TRUE, function, numbers)
        same = value_of(TRUE, function.stable, numbers)
    note(
        f"{text.authored(function, ['x', 'y'])}: {found}, as written {plain}, not {mpmath.nstr(wanted, 20)}"
    )
    assert mpmath.isfinite(same) == mpmath.isfinite(wanted)
    if mpmath.isfinite(wanted) and np.isfinite(plain):
        off = abs(plain - float(wanted))
        close(found, float(wanted), 1e-9, terms=10 * off / 1e-9 + 1e-290)


@pytest.mark.parametrize("z", [[30.0, -30], [40, -3], [800, -800], [-800, 800]])
@pytest.mark.parametrize("target", [[0, 1], [1, 0], [0.25, 0.75]])
@pytest.mark.parametrize("split", [False, True])
def test_losses_of_probabilities_are_those_of_logits(z, target, split):
    """Where a node of its own holds the probabilities, programs only see what they were made of."""
    for activation, loss, of_logits in (
        (gd.sigmoid, gd.binary_cross_entropy, gd.binary_cross_entropy_with_logits),
        (gd.softmax, gd.cross_entropy, gd.cross_entropy_with_logits),
    ):
        g = gd.Graph()
        x = g.parameter("z", z)
        p = g.node("p", activation(x)) if split else activation(x)
        g.node("L", loss(p, target))
        g.node("expected", of_logits(x, target))
        value, gradient = g.compile("expected", "z")()
        found = g.compile("L", "z")()
        np.testing.assert_allclose(found[0], value, rtol=1e-13, atol=1e-14)
        np.testing.assert_allclose(found[1], gradient, rtol=1e-12, atol=1e-13)
        if not split:
            np.testing.assert_allclose(g.forward().value["L"], value, rtol=1e-13, atol=1e-14)
            np.testing.assert_allclose(
                g.backward("L").gradient["z"], gradient, rtol=1e-12, atol=1e-13
            )
