"""Mistakes in second derivatives are named, against a student who derives with SymPy."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import graphdiff as gd

w, b, x = sp.symbols("w b x", real=True)
OUTER = {
    "square": (lambda a: a**2, lambda a: a**2), "exp": (gd.exp, sp.exp), "sin": (gd.sin, sp.sin),
    "cube": (lambda a: a**3 / 3, lambda a: a**3 / 3), "log": (gd.log, sp.log),
}  # fmt: skip
INNER = {
    "tanh": (gd.tanh, sp.tanh), "exp": (gd.exp, sp.exp), "sin": (gd.sin, sp.sin),
    "square": (lambda z: z**2, lambda z: z**2), "sqrt": (gd.sqrt, sp.sqrt),
}  # fmt: skip
AT = {w: sp.Rational(7, 10), b: sp.Rational(13, 10), x: sp.Rational(137, 100)}


def composite(outer, inner):
    """Return L = F(G(w x + b)) as a graph, and its parts as the student has them."""
    g = gd.Graph()
    z = g.node("z", g.parameter("w", 0.7) * g.input("x", 1.37) + g.parameter("b", 1.3))
    a = g.node("a", INNER[inner][0](z))
    g.node("L", OUTER[outer][0](a))
    return g


def mistakes(outer, inner):
    """Return what is claimed for which target, and how the mistake is called."""
    a, z = sp.symbols("a z", real=True)
    F, G = OUTER[outer][1](a), INNER[inner][1](z)
    at = lambda part: part.subs(a, G).subs(z, w * x + b)  # noqa: E731
    L = at(F)
    squared = at(sp.diff(F, a, 2)) * at(sp.diff(G, z)) ** 2 * x**2
    curved = at(sp.diff(F, a)) * at(sp.diff(G, z, 2)) * x**2
    yield "d2L/dw2", squared, "local-constant"
    yield "d2L/dw2", curved, "incoming-constant"
    yield "d2L/dw2", sp.diff(L, w) ** 2, "first-squared"
    yield "d2L/dw2", sp.diff(L, w), "first-derivative"
    yield "d2L/dw2", -sp.diff(L, w, 2), "sign"
    yield "d2L/dw2", sp.diff(L, w, b), "other-variable"
    yield "d2L/dwdb", sp.diff(L, b, 2), "pure-for-mixed"
    yield "H[w, b]", sp.diff(L, w, 2), "pure-for-mixed"
    yield "d2L/dwdb", sp.diff(L, w) * sp.diff(L, b), "first-squared"


def told(graph, target, claim):
    """Return the verdict, and the keys of the mistakes told."""
    (result,) = graph.check({target: claim})
    keys = [] if result.diagnosis is None else result.diagnosis.explanations
    return result, [key for each in keys for key in each.faults]


@settings(max_examples=8, deadline=None)
@given(outer=st.sampled_from(sorted(OUTER)), inner=st.sampled_from(sorted(INNER)),
       as_number=st.booleans())  # fmt: skip
def test_mistakes_of_a_composite(outer, inner, as_number):
    graph = composite(outer, inner)
    right = {"d2L/dw2": (w, w), "d2L/dwdb": (w, b), "H[w, b]": (w, b)}
    z = w * x + b
    L = OUTER[outer][1](INNER[inner][1](z))
    assume(sp.simplify(sp.diff(L, w, 2)) != 0)  # log exp z: float64 does not know that it is 0
    tried = 0
    every = list(mistakes(outer, inner))
    for target, claim, key in every:
        true = float(sp.diff(L, *right[target]).subs(AT))
        value = float(claim.subs(AT))
        if abs(value - true) < 1e-4 * max(1, abs(true)) or abs(value) < 1e-9:
            continue
        tried += 1
        said = f"{value:.7g}" if as_number else str(claim).replace("Abs", "abs")
        result, keys = told(graph, target, said)
        assert result.verdict in ("wrong", "coincidental"), str(result)
        alike = {
            other
            for what, one, other in every
            if what == target and abs(float(one.subs(AT)) - value) < 1e-6 * abs(value)
        }
        assert alike & {*keys}, (target, said, key, result.diagnosis.said)
        if result.diagnosis.certain:
            assert keys[0] in alike, result.diagnosis.said
    assert tried > 4


@pytest.mark.parametrize(("claim", "keys"), [
    ("2*exp(u) + u^2*exp(u)", ["incoming-constant"]),
    ("2*exp(u) + 2*u*exp(u) + u^2*exp(u)", ["product-term"]),
    ("2*exp(u)", ["path-dropped", "overwritten"]),
    ("(2*u*exp(u) + u^2*exp(u))^2", ["first-squared"]),
    ("2*u*exp(u) + u^2*exp(u)", ["first-derivative"]),
    ("-(2 + 4*u + u^2)*exp(u)", ["sign"]),
])  # fmt: skip
def test_mistakes_of_a_product(claim, keys):
    g = gd.Graph()
    u = g.input("u", 1.5)
    g.node("f", g.node("p", u**2) * g.node("q", gd.exp(u)))
    result, found = told(g, "d2f/du2", claim)
    assert set(keys) & set(found), result.diagnosis.said
    assert "df_d" not in result.diagnosis.said  # first derivatives as they are written


def test_a_block_of_arrays():
    g = gd.Graph()
    X, y = g.input("X", [[1.0, 2.0], [3.0, 4.0], [0.5, -1.0]]), g.input("y", [1.0, 0.0, 1.0])
    W, c = g.parameter("w", [0.5, -1.0]), g.parameter("c", [1.0, 2.0, 0.5])
    r = g.node("r", X @ W + c - y)
    g.node("L", (r**2).sum() / 2)
    result, keys = told(g, "H[w, w]", "-X.T @ X")
    assert keys == ["sign"], result.diagnosis.said
    result, keys = told(g, "H[w, c]", "X")
    assert keys == ["transposed"], result.diagnosis.said
    assert told(g, "H[w, c]", "X.T")[0].verdict == "correct"


def test_after_steps_of_descent():
    g = composite("sin", "exp")
    right = float(g.check({"d2L/dw2@1": "1"}, learning_rate=0.1).results[0].expected)
    result = g.check({"d2L/dw2@1": f"{-right:.6g}"}, learning_rate=0.1).results[0]
    assert result.diagnosis.explanations[0].faults == ("sign",)


def test_wrong_answers_for_exercises_are_none_of_them_right():
    g = composite("square", "tanh")
    right = float(g.hessian("L", "w").at(w=0.7, x=1.37, b=1.3))
    wrong = [(each.faults[0], value) for each, value in gd.faults.mistaken(g, "d2L/dw2")]
    assert {"local-constant", "first-squared"} <= {key for key, _ in wrong}
    assert not any(np.isclose(value, right) for _, value in wrong)
