"""What random answers have shown of numbers: right ones refused, wrong ones accepted."""

import numpy as np
import pytest
from counting import at_most
from one_claim import graph_of, verdict

import graphdiff as gd


@pytest.mark.parametrize("claim", [np.float64(0.999999999), "0.999999999", "1.000000001"])
def test_a_whole_number_has_no_digits_to_cut_off(claim):
    assert verdict("x*1", claim, x=1).verdict == "wrong"
    assert graph_of("x*1", x=3).check({"dz/dx": claim}).results[0].verdict == "wrong"


def test_a_power_of_a_negative_number_in_float32():
    """Its rounding is followed: the exponent is whole, and not rounded."""
    x, y = np.float32(-8.546), np.float32(8.487)
    claim = (x + y) ** 2
    exact = (-8.546 + 8.487) ** 2
    assert abs(claim / exact - 1) > 2**-20
    assert verdict("(x + y)**2", claim, x=-8.546, y=8.487).verdict == "correct"
    assert verdict("(x + y)**2", np.float32(exact * 1.01), x=-8.546, y=8.487).verdict == "wrong"


@pytest.mark.parametrize(
    ("name", "slope"), [("tanh", lambda a: 1 - a * a), ("sigmoid", lambda a: a * (1 - a))]
)
def test_slopes_computed_from_a_value_near_one_in_float32(name, slope):
    a = np.float32(np.tanh(4.3) if name == "tanh" else 1 / (1 + np.exp(-7.7)))
    exact = slope(float(np.tanh(4.3) if name == "tanh" else 1 / (1 + np.exp(-7.7))))
    claim = slope(a)
    assert abs(claim / exact - 1) > 2**-20
    graph = graph_of({"a": f"{name}(2*x)", "z": "3*a"}, x=2.15 if name == "tanh" else 3.85)
    assert graph.check({"dz/da*1": 3, "dz/dx": 6 * claim}).ok
    assert graph.check({"J[x->a]": np.float32(2) * claim}).ok
    assert not graph.check({"dz/dx": np.float32(6 * exact * 1.01)}).ok
    assert not graph.check({"J[x->a]": np.float32(2 * exact * 1.01)}).ok


def test_two_ways_that_cancel_in_float32():
    """d(a/a)/dx is 0, in float32 almost."""
    a = np.float32(2.3) * np.float32(1.7)
    claim = (1 / a - a / (a * a)) * np.float32(1.7)
    graph = graph_of({"a": "1.7*x", "b": "a/a", "z": "3*b - 1"}, x=2.3)
    assert graph.check({"dz/dx": [np.float32(claim), np.float32(1e-7)]}).ok
    assert not graph.check({"dz/dx": np.float32(1e-4)}).ok


def test_softmax_pulled_back_from_its_printed_probabilities():
    graph = gd.Graph()
    z, y = graph.input("z", [3, 1, 0.5]), graph.input("y", [3, 1, 2])
    a = graph.node("a", gd.softmax(z))
    graph.node("L", ((a - y) ** 2).sum() / 2)
    p, y = np.array([0.821, 0.111, 0.068]), np.array([3, 1, 2])
    g = np.round(p - y, 3)
    found = [f"{entry:.4f}" for entry in p * (g - (g * p).sum())]
    page = {"a": "[0.821, 0.111, 0.068]", "dL/da": str(g.tolist())}
    assert graph.check(page | {"dL/dz": f"[{', '.join(found)}]"}).ok
    found[1] = "0.1356"
    assert not graph.check(page | {"dL/dz": f"[{', '.join(found)}]"}).ok


@pytest.mark.parametrize("claim", ["-8.881784e-16", "5.55e-17", "-2.2e-16"])
def test_what_float64_has_left_of_zero_in_a_few_digits(claim):
    graph = graph_of("x + y - 3*w", x=2.3, y=0.4, w=0.9)
    assert graph.check({"z": claim}).ok
    assert not graph.check({"z": "5.55e-12"}).ok
    assert verdict("x*1", "2.5e-16", x=1.5e-16).verdict == "wrong"


def test_a_page_of_wrong_lines_is_judged_quickly():
    """Only what may change a number is asked whether it follows: not each line of the page."""
    nodes = {"u_0": "sigmoid(x*w)"}
    nodes |= {f"u_{k}": f"tanh(u_{k - 1})*w + u_{k - 1}" for k in range(1, 12)}
    graph = graph_of(nodes, x=0.3, w=0.7)
    page = {name: f"{50 + 3.7 * k:.2f}" for k, name in enumerate(nodes)}
    page |= {f"du_11/d{name}": f"{-90 + 1.3 * k:.2f}" for k, name in enumerate(nodes)}
    with at_most(calls=8e6):
        report = graph.check(page, diagnose=False)
        assert not any(result.ok for result in report)


def test_a_local_jacobian_is_not_put_in_for_a_derivative_by_two_ways():
    """J[c->n] is 1 there, and dn/dc = 3c² + 1."""
    graph = graph_of({"c": "x**2/7", "m": "c**3", "n": "m + c"}, x=2.9)
    page = {"J[x->c]": "0.82857", "J[c->m]": "4.3", "J[c->n]": "1.00", "dn/dx": "4.391421"}
    assert graph.check(page).ok
    assert not graph.check(page | {"dn/dx": "0.82857"}).ok


def test_a_formula_of_which_sixty_digits_lose_all():
    claim = "(4 + exp(-w)*exp(tanh(w - x))*tanh(w - x)**2 - exp(-w)*exp(tanh(w - x)))/4"
    graph = graph_of({"q": "x + exp(tanh(w - x))*exp(-w)/4"}, x=0.3, w=0.5)
    assert graph.check({"dq/dx": claim}).results[0].verdict == "correct"
    assert graph.check({"dq/dx": f"{claim} + 1e-30"}).results[0].verdict == "wrong"
