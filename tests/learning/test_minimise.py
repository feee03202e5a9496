"""Descents step by step: exact, against SciPy and the symbolic Hessian, and as they are written."""

import itertools
import json
import re

import numpy as np
import pytest
import scipy.optimize
import sympy as sp

import graphdiff as gd
from graphdiff.errors import GraphError, NumericalError
from graphdiff.files.parser import parse
from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.method import method

L = gd.learning
R = sp.Rational
QUADRATIC = {
    "newton": L.newton(),
    "hessian free": L.hessian_free(),
    "fletcher reeves": L.fletcher_reeves(L.exact_step()),
    "polak ribiere": L.polak_ribiere(L.exact_step()),
    "bfgs": L.bfgs(L.exact_step()),
    "lbfgs": L.lbfgs(L.exact_step()),
}


def quadratic(A, b, start):
    """½ xᵀAx − bᵀx, whose minimum is A⁻¹b."""
    graph = gd.Graph("A quadratic")
    x = graph.parameter("x", start)
    A, b = graph.input("A", A), graph.input("b", b)
    graph.node("f", x @ A @ x / 2 - b @ x)
    return graph


def rosenbrock(x=-1.2, y=1.0):
    graph = gd.Graph("Rosenbrock's valley")
    x, y = graph.parameter("x", x), graph.parameter("y", y)
    r = graph.node("r", gd.stack([10 * (y - x**2), 1 - x]))
    graph.node("f", gd.sum(r**2))
    return graph


def regression():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(7, 2))
    graph = gd.Graph("A regression")
    W, c = graph.parameter("W", rng.normal(size=(2, 3))), graph.parameter("c", np.zeros(3))
    e = graph.node("e", graph.input("X", X) @ W + c - graph.input("T", rng.normal(size=(7, 3))))
    graph.node("L", gd.mean(e**2))
    return graph


@pytest.mark.parametrize("name", QUADRATIC)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_quadratic_is_minimised_in_as_many_steps_as_it_has_parameters(name, n):
    A = sp.Matrix(n, n, lambda i, j: R(1, i + j + 1)) + sp.eye(n)
    b = sp.Matrix(n, 1, lambda i, _: i + 1)
    graph = quadratic(A.tolist(), list(b), list(range(2, 2 + n)))
    trace = L.minimise(graph, QUADRATIC[name], n, exact=True)
    assert list(np.ravel(trace[-1].values["x"])) == list(A.LUsolve(b))
    assert not np.any(np.ravel(trace[-1].gradient["x"]) != 0)
    again = L.minimise(trace.graph, QUADRATIC[name], 1, exact=True)
    assert np.array_equal(again[-1].values["x"], trace[-1].values["x"])  # it stays there


def test_newton_takes_the_hessian_that_the_formulas_have():
    graph = regression()
    names = ["W", "c"]
    blocks = graph.hessian("L", names)
    whole = np.block([[np.asarray(blocks[a, b].at()).reshape(graph[a].size, -1) for b in names]
                      for a in names])  # fmt: skip
    trace = L.minimise(graph, L.newton(), 1)
    found = trace[1].found[""].asked["H"]
    assert np.allclose(found, whole, rtol=1e-12)
    assert max(abs(trace[1].gradient["W"]).ravel()) < 1e-12  # of least squares: at once
    closed = np.linalg.lstsq(np.c_[graph["X"].value, np.ones(7)], graph["T"].value, rcond=None)[0]
    assert np.allclose(np.vstack([trace[1].values["W"], trace[1].values["c"]]), closed)


@pytest.mark.parametrize(
    "found",
    [
        L.newton(), L.newton(L.backtracking()), L.hessian_free(L.backtracking()),
        L.bfgs(L.wolfe()), L.bfgs(L.backtracking()), L.polak_ribiere(L.wolfe(1e-4, 0.1)),
        L.gauss_newton(), L.levenberg_marquardt(),
    ],
    ids=repr,
)  # fmt: skip
def test_the_valley_of_rosenbrock_is_walked_to_its_end(found):
    trace = L.minimise(rosenbrock(), found, 90, residuals="r")
    assert trace[-1].objective < 1e-9
    assert trace[-1].values["x"] == pytest.approx(1, abs=1e-4)


def test_bfgs_is_that_of_scipy():
    graph = rosenbrock()
    step = graph.compile("f", ["x", "y"], form="value_and_gradient")
    places = [np.array([-1.2, 1.0])]

    def both(at):
        value, gradient = step(x=at[0], y=at[1])
        return value, np.array([gradient["x"], gradient["y"]])

    scipy.optimize.minimize(
        both, places[0], jac=True, method="BFGS", callback=lambda at: places.append(at.copy())
    )
    trace = L.minimise(graph, L.bfgs(L.wolfe()), 3)
    # SciPy's first step has another length; from the same two places on, the same B
    theirs = scipy.optimize.minimize(
        both, places[0], jac=True, method="BFGS", options={"maxiter": 60}
    )
    ours = L.minimise(graph, L.bfgs(L.wolfe()), 60)[-1]
    assert np.allclose(theirs.x, [ours.values["x"], ours.values["y"]], atol=1e-4)
    s = np.array([trace[2].values[p] - trace[1].values[p] for p in "xy"])
    y = np.array([trace[2].gradient[p] - trace[1].gradient[p] for p in "xy"])
    assert np.allclose(trace[3].state["B"] @ y, s)  # the secant equation


def test_gauss_newton_of_linear_residuals_ends_at_once():
    trace = L.minimise(regression(), L.gauss_newton(), 1, residuals="e")
    newton = L.minimise(regression(), L.newton(), 1)
    assert np.allclose(trace[1].values["W"], newton[1].values["W"])


def test_levenberg_marquardt_makes_no_step_uphill():
    trace = L.minimise(rosenbrock(), L.levenberg_marquardt(damping=1e-6), 25, residuals="r")
    values = [state.objective for state in trace]
    assert values == sorted(values, reverse=True)
    kept = [a.objective == b.objective for a, b in itertools.pairwise(trace)]
    grown = [b.state["lambda"] > a.state["lambda"] for a, b in itertools.pairwise(trace)]
    assert kept == grown
    assert any(kept)


def test_lengths_of_steps_are_what_they_promise():
    graph = rosenbrock()
    for search, c in ((L.backtracking(), 1e-4), (L.wolfe(0.1, 0.4), 0.1)):
        trace = L.minimise(graph, L.steepest_descent(search), 4)
        for before, after in itertools.pairwise(trace):
            slope = -sum(g * g for g in before.gradient.values())
            assert after.objective <= before.objective + c * after.rate * slope + 1e-12
            if search.name == "Wolfe":
                new = -sum(after.gradient[p] * before.gradient[p] for p in "xy")
                assert abs(new) <= 0.4 * abs(slope) + 1e-12


@pytest.mark.parametrize(
    "rule",
    {**first_order.RULES, **second_order.RULES}.values(),
    ids=lambda rule: rule.name,
)
def test_steps_are_written_as_they_were_made(rule):
    graph = gd.Graph()
    a, b = graph.parameter("a", 3), graph.parameter("b", -2)
    r = graph.node("r", gd.stack([a + b, 2 * b - 1]))
    graph.node("J", gd.sum(r**2) / 2)
    trace = L.minimise(graph, method(rule, 0.1), 2, residuals="r")
    steps = trace.text(15).partition("\nstep 1\n")[2]
    lines = [line.strip() for line in steps.splitlines() if line.startswith("  ")]
    assert lines
    for line in lines:
        _, written = line.split(" <- ")
        *formula, numbers, value = written.replace("≈", "=").split(" = ")
        if not formula:
            continue  # theta <- trial = …: the numbers are the value
        scratch = gd.Graph()
        scratch.node("found", parse(numbers, scratch.__getitem__))
        found = scratch.forward().value["found"]
        assert np.allclose(found, np.array(_plain(value)), rtol=1e-9, atol=1e-12), line
    assert r"\theta_{t} &= \theta_{t-1}" in trace.method.latex() or rule.name.startswith(
        "levenberg"
    )
    assert all(ord(sign) < 128 for sign in trace.latex())


def _plain(written):
    return json.loads(written) if written.startswith("[") else float(written)


def test_backtracking_ends_at_the_first_length_that_lowers_enough():
    # f = w² at 1: φ(α) = (1 − 2α)² ≤ 1 − 4cα where α ≤ 1 − c
    graph = gd.Graph()
    graph.node("f", graph.parameter("w", 1) ** 2)
    for c, length in (
        (R(3, 10), R(6561, 10000)),
        (R(1, 20), R(9, 10)),
        (R(1, 2), R(4782969, 10**7)),
    ):
        search = L.backtracking(decrease=c, factor=R(9, 10))
        trace = L.minimise(graph, L.steepest_descent(search), 1, exact=True)
        assert trace[1].rate == length
        assert trace[1].values["w"] == 1 - 2 * length


def test_chosen_parameters_change_and_the_others_stay():
    graph = regression()
    before = graph["W"].value.copy()
    trace = L.minimise(graph, L.adam(0.1), 2, wrt="c")
    assert trace.parameters == ("c",)
    assert np.array_equal(trace.graph["W"].value, before)
    assert np.any(trace.graph["c"].value != 0)
    assert np.array_equal(graph["c"].value, np.zeros(3))  # the graph itself is as it was


def test_a_shared_weight_has_the_sum_of_its_gradients():
    graph = gd.Graph()
    w = graph.parameter("w", 2)
    graph.node("L", (w * (w * 3)) ** 2)
    trace = L.minimise(graph, L.gradient_descent(R(1, 100)), 1, exact=True)
    assert trace[1].values["w"] == 2 - R(1, 100) * 9 * 4 * 8


def test_an_unused_parameter_stays():
    graph = gd.Graph()
    w, _ = graph.parameter("w", 2), graph.parameter("v", [1, 1])
    graph.node("L", w**2)
    for found in (L.adam(0.1), L.bfgs(0.1), L.newton(damping=0.5)):
        trace = L.minimise(graph, found, 2, output="L")
        assert np.allclose(trace[-1].values["v"], 1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda g: L.minimise(g, L.adam(), -1), "steps is -1; give a whole number"),
        (lambda g: L.minimise(g, L.adam(), output="e"), "'e' has 21 entries"),
        (lambda g: L.minimise(g, L.adam(), wrt="e"), "'e' is computed as"),
        (lambda g: L.minimise(g, L.adam(), wrt="V"), "unknown node 'V'"),
        (lambda g: L.minimise(g, L.gauss_newton()), "name their node, residuals='e'"),
        (lambda g: L.minimise(g, L.adam(L.backtracking())), "has no direction to search along"),
    ],
)
def test_what_makes_no_sense_is_refused(call, said):
    with pytest.raises(gd.GraphdiffError) as caught:
        call(regression())
    assert said in str(caught.value)


def test_divergence_names_the_step_and_the_node():
    graph = gd.Graph()
    w = graph.parameter("w", 3)
    graph.node("L", gd.exp(w**2))
    with pytest.raises(NumericalError, match=r"after 1 step of Gradient descent: .*'L'"):
        L.minimise(graph, L.gradient_descent(0.5), 5)


def test_uphill_directions_are_named():
    graph = quadratic([[1, 0], [0, -1]], [0, 0], [0.1, 1])
    with pytest.raises(NumericalError, match="leads uphill"):
        L.minimise(graph, L.newton(L.backtracking()), 1)
    with pytest.raises(NumericalError, match="no minimum of the quadratic"):
        L.minimise(graph, L.steepest_descent(L.exact_step()), 1)


# Claims

FIRST_ORDER = {name: method(rule, R(1, 10)) for name, rule in first_order.RULES.items()}
SCHEDULED = L.adam(L.exponential_decay(0.1, 0.5), weight_decay=0.01, ascent=True)


def neuron():
    graph = gd.Graph("A neuron")
    x, t = graph.input("x", [1.0, -0.5]), graph.input("t", 0.8)
    w, b = graph.parameter("w", [0.4, -0.2]), graph.parameter("b", 0.1)
    e = graph.node("e", gd.tanh(w @ x + b) - t)
    graph.node("E", e**2 / 2)
    return graph


@pytest.mark.parametrize("found", [*FIRST_ORDER.values(), SCHEDULED], ids=repr)
def test_claims_about_steps_are_judged_as_the_trace_has_them(found):
    trace = L.minimise(neuron(), found, 2)
    right, wrong = {}, {}
    for state in trace[1:]:
        named = {**state.values, **state.assigned, "E": state.objective}
        named |= {f"dE/d{name}": slope for name, slope in state.gradient.items()}
        if found.rule.at:
            named = {k: v for k, v in named.items() if not k.startswith("dE")}  # taken elsewhere
        for name, value in named.items():
            if name in {"theta_w", "theta_b", "g_w", "g_b"}:
                continue
            shape = (2,) if name.endswith("w") else ()  # mu_t is the same for all entries
            found_there = np.broadcast_to(value, shape)
            right[f"{name}@{state.step}"] = found_there.tolist()
            wrong[f"{name}@{state.step}"] = (found_there * 1.01 + 0.001).tolist()
    report = trace.check(right)
    assert report.ok, report
    verdicts = {result.verdict for result in trace.check(wrong, diagnose=False)}
    assert verdicts <= {"wrong", "follows"}


@pytest.mark.parametrize("name", FIRST_ORDER)
def test_formulas_of_a_step_are_right_as_the_rule_has_them(name):
    found = FIRST_ORDER[name]
    if found.rule.at:
        pytest.skip("its gradient is taken elsewhere")
    written, so_far = {}, set()
    for letter, right, _ in found.rule.lines:
        shown = right
        for other in sorted({*found.rule.state, *found.rule.assigned, "g"}, key=len, reverse=True):
            at = "@1" if other in so_far else "@0"
            shown = re.sub(rf"(?<![\w@]){other}(?![\w(])", f"<{other}{at}>", shown)
        shown = shown.replace("<g@0>", "dE/db").replace("<theta@0>", "b")
        shown = re.sub(r"<(\w+)@0>", r"\1_b@0", re.sub(r"<(\w+)@1>", r"\1_b@1", shown))
        shown = re.sub(r"(?<!\w)t(?!\w)", "1", shown)
        so_far.add(letter)
        written["b@1" if letter == "theta" else f"{letter}_b@1"] = shown
    report = neuron().check(written, method=found)
    assert report.ok, report
    flipped = {"b@1": written["b@1"].replace("b - ", "b + ", 1).replace("b + v", "b - v")}
    assert flipped != written
    assert not neuron().check(flipped, method=found, diagnose=False).ok


def test_what_follows_from_a_wrong_state_follows():
    report = neuron().check(
        {"dE/db": -0.3, "v_b@1": -0.3, "b@1": 0.13}, method=L.momentum(R(1, 10), momentum=0)
    )
    assert [result.verdict for result in report] == ["wrong", "follows", "follows"]
    report = neuron().check(
        {"v_b@1": -0.5, "b@1": 0.15}, method=L.momentum(R(1, 10)), diagnose=False
    )
    assert [result.verdict for result in report] == ["wrong", "follows"]


OF_ALL = [
    *(method(rule, **({"damping": 2} if rule.name in ("newton", "gauss newton") else {}))
      for rule in second_order.RULES.values()),
    *(L.bfgs(search) for search in (L.backtracking(), L.exact_step(), L.wolfe())),
    L.polak_ribiere(L.exact_step()), L.fletcher_reeves(L.backtracking()), L.newton(L.wolfe(), damping=2),
    L.lbfgs(L.exact_step(), memory=1), L.adam(0.1, clip_norm=0.1),
    L.momentum(0.1, max_total_norm=0.4), L.newton(damping=9, ascent=True),
]  # fmt: skip
"""Methods of all parameters as one vector."""


@pytest.mark.parametrize("found", OF_ALL, ids=repr)
def test_claims_about_steps_of_all_parameters_are_judged_as_the_trace_has_them(found):
    residuals = "e" if found.rule.is_of_residuals else None
    graph = gd.Graph()
    w, b = graph.parameter("w", 0.4), graph.parameter("b", 0.1)
    e = graph.node("e", [2 * w + b - 3, w - b])
    graph.node("E", e @ e / 2)
    trace = L.minimise(graph, found, 2, residuals=residuals, wrt=["w", "b"])
    right, wrong = {}, {}
    for state in trace[1:]:
        named = {**state.values, **state.assigned, "eta": state.rate, "E": state.objective}
        named |= {f"p_{name}": part for name, part in trace.objective.vector.unpacked(
            state.assigned["p"]).items()} if "p" in state.assigned else {}  # fmt: skip
        for name, value in named.items():
            if name == "g" or not found.rule.is_there(name, value):
                continue
            right[f"{name}@{state.step}"] = np.asarray(value, float).tolist()
            if state.step == 1:
                wrong[f"{name}@1"] = (np.asarray(value, float) * 1.01 + 0.001).tolist()
    report = trace.check(right)
    assert report.ok, report
    verdicts = {result.verdict for result in trace.check(wrong, diagnose=False)}
    assert verdicts <= {"wrong", "follows"}


def test_exact_numbers_of_a_trace_of_all_parameters_are_right():
    for found in (L.newton(), L.bfgs(L.exact_step()), L.lbfgs(L.exact_step(), memory=2),
                  L.fletcher_reeves(L.exact_step()), L.gauss_newton(), L.hessian_free()):  # fmt: skip
        graph = gd.Graph()
        a, c = graph.parameter("a", 3), graph.parameter("c", [-2, 1])
        e = graph.node("e", c - a * np.array([1, 2]))
        graph.node("J", e @ e / 2 + a**2 if not found.rule.is_of_residuals else e @ e / 2)
        steps = 1 if found.rule.is_of_residuals else 2
        if found.rule.is_of_residuals:
            found = L.gauss_newton(damping=1)
        trace = L.minimise(graph, found, steps, output="J", residuals="e", exact=True)
        claims = {}
        for state in trace[1:]:
            for name, value in {**state.values, **state.assigned}.items():
                if not found.rule.is_there(name, value):
                    continue
                claims[f"{name}@{state.step}"] = np.vectorize(str, otypes=[object])(value).tolist()
        report = trace.check(claims)
        assert {result.verdict for result in report} == {"correct"}, report


def test_formulas_of_steps_of_all_parameters_are_claimed():
    graph = neuron()
    report = graph.check(
        {
            "p@1": "-solve([[1.5, 0], [0, 1.5]] + 0*outer(p@1, p@1), [1, 2])",
            "b@1": "b + eta*p_b@1", "w@1": "w + eta*p_w@1", "theta@1": "theta@0 + eta*p@1",
            "b@2": "b@1 - eta*p_b@2", "s@1": 0,
        },
        method=L.newton(R(1, 2), damping=1),
    )  # fmt: skip
    verdicts = [result.verdict for result in report]
    assert verdicts == ["wrong", "correct", "correct", "correct", "wrong", "unread"], report


def test_parameters_that_are_not_chosen_keep_their_values_in_claims():
    trace = L.minimise(neuron(), L.newton(damping=1), 2, wrt="w")
    last = trace[-1]
    report = trace.check({"w@2": last.values["w"].tolist(), "b@2": 0.1, "E@2": last.objective})
    assert report.ok, report
    plain = L.minimise(neuron(), "sgd", 1, wrt="w")
    assert plain.check({"b@1": 0.1, "E@1": plain[-1].objective}).ok


def test_residuals_that_are_none_are_said_in_a_line():
    graph = neuron()
    graph.node("E2", gd.exp(graph["e"]))
    (found,) = graph.check({"b@1": 1}, output="E2", method=L.gauss_newton(), residuals="e")
    assert found.verdict == "undecided"
    assert "no multiple of the sum of squares of 'e'" in found.note
    with pytest.raises(GraphError, match="needs the residuals; name their node"):
        graph.check({"b@1": 1}, output="E", method=L.gauss_newton())


def test_a_file_names_residuals_searches_and_schedules(tmp_path):
    neuron().save(tmp_path / "a.toml")
    text = (tmp_path / "a.toml").read_text(encoding="utf-8")
    for descent in (
        'method = "Levenberg–Marquardt"\nresiduals = "e"\n',
        'method = "L-BFGS"\nmemory = 3\nline_search = "backtracking(factor=0.25)"\nwrt = ["w"]\n',
        'method = "adam"\nlearning_rate = "1/10"\nschedule = "warm up(steps=2, then=cosine(steps=3))"\n',
        'ascent = true\nlearning_rate = 0.5\nschedule = "plateau(patience=1)"\n',
    ):
        path = tmp_path / "b.toml"
        path.write_text(f'{text}[descent]\n{descent}[claims]\n"b@2" = 0.1\n', encoding="utf-8")
        graph = gd.load(path)
        (found,) = graph.check()
        assert found.verdict in ("correct", "wrong")
        graph.save(tmp_path / "c.toml", claims=graph.claims, overwrite=True)
        assert gd.load(tmp_path / "c.toml").claims == graph.claims


def test_a_file_names_its_method_once(tmp_path):
    path = tmp_path / "a.toml"
    neuron().save(path)
    descent = '[descent]\nmethod = "Adam"\nlearning_rate = 0.1\nbeta_1 = 0.5\n'
    claims = '[claims]\n"m_b@1" = "beta_1*m_b@0 + (1 - beta_1)*dE/db"\n"b@1" = 0.2\n'
    path.write_text(path.read_text(encoding="utf-8") + descent + claims, encoding="utf-8")
    graph = gd.load(path)
    assert graph.check().ok
    graph.save(tmp_path / "b.toml", claims=graph.claims)
    assert gd.load(tmp_path / "b.toml").claims == graph.claims
    assert graph.claims.descent == {"method": "Adam", "beta_1": 0.5}


@pytest.mark.parametrize("name", [*first_order.RULES, "SGD", "Adam", "RMS-prop"])
def test_a_method_may_be_given_by_its_name(name):
    graph = rosenbrock()
    assert len(L.minimise(graph, name, steps=2)) == 3


@pytest.mark.parametrize(
    ("said", "meant"), [("sgd", "gradient_descent"), ("Adam", "adam"), ("momentun", "momentum")]
)
def test_a_method_that_is_called_otherwise_is_named(said, meant):
    with pytest.raises(AttributeError, match=f"no attribute '{said}'; did you mean '{meant}'?"):
        getattr(L, said)


UPHILL = [
    (name, search)
    for name in ("steepest_descent", "newton", "hessian_free", "fletcher_reeves", "bfgs", "lbfgs")
    for search in (None, L.backtracking(), L.wolfe(), L.exact_step())
]


@pytest.mark.parametrize(("name", "search"), UPHILL)
@pytest.mark.parametrize("sign", [1, -1])
def test_up_a_function_is_down_its_negative(name, search, sign):
    """All that a rule asks for is of −f: its Hessian, and its values along a line."""

    def graph(s):
        g = gd.Graph()
        u, v = g.parameter("u", 0.5), g.parameter("v", 1.0)
        g.node("f", s * ((u - 1) ** 2 + 2 * (v + u) ** 2 + gd.exp(u / 4)))
        return g

    rate = {} if search is None else {"learning_rate": search}
    made = getattr(L, name)
    outcomes = []
    for s, ascent in ((sign, True), (-sign, False)):
        try:
            trace = L.minimise(graph(s), made(ascent=ascent, **rate), steps=3)
            outcomes.append([state.values for state in trace])
        except NumericalError as error:
            outcomes.append(str(error).partition(":")[0])
    up, down = outcomes
    assert up == down
    if sign == -1 and search is not None and search.name == "exact step":
        assert isinstance(up, list)


@pytest.mark.parametrize("name", ["gauss_newton", "levenberg_marquardt"])
def test_least_squares_have_no_maximum(name):
    with pytest.raises(GraphError, match="no maximum; leave ascent out"):
        L.minimise(rosenbrock(), getattr(L, name)(ascent=True), residuals="r")


@pytest.mark.parametrize("name", second_order.RULES)
def test_a_penalty_of_a_rule_of_all_is_a_part_of_the_graph(name):
    with pytest.raises(GraphError, match=r"regularised\(graph, l2=…\), for weight_decay"):
        method(second_order.RULES[name], weight_decay=0.1)


SCHEDULES = {
    "exponential": L.exponential_decay(0.1, 0.5), "step": L.step_decay(0.1, 0.5, 1),
    "inverse": L.inverse_time_decay(0.1, 0.5), "cosine": L.cosine(0.1, 4),
    "warm-up": L.warm_up(0.4, 4), "restarts": L.cosine_restarts(0.1, 1, 2),
    "plateau": L.reduce_on_plateau(0.5, 0.5, 1, min_delta=1000),
}  # fmt: skip


@pytest.mark.parametrize("name", SCHEDULES)
def test_eta_in_a_claim_is_the_rate_of_its_step(name):
    graph = rosenbrock()
    trace = L.minimise(graph, L.gradient_descent(SCHEDULES[name]), steps=3)
    claims = {f"x@{t}": f"x{'' if t == 1 else f'@{t - 1}'} - eta*df/dx{'' if t == 1 else f'@{t - 1}'}"
              for t in (1, 2, 3)}  # fmt: skip
    assert trace.check(claims).ok, trace.check(claims)
    rates = {f"eta@{t}": trace[t].rate for t in (1, 2, 3)}
    assert trace.check(rates).ok
    assert not any(
        one.ok for one in trace.check({k: 3 * v for k, v in rates.items()}, diagnose=False)
    )
    wrong = {f"x@{t}": f"x{'' if t == 1 else f'@{t - 1}'} - 1.01*eta*df/dx{'' if t == 1 else f'@{t - 1}'}"
             for t in (1, 2, 3)}  # fmt: skip
    assert {one.verdict for one in trace.check(wrong, diagnose=False)} == {"wrong"}


@pytest.mark.parametrize("make", [lambda w: -(w**3) - w, lambda w: -w, lambda w: 3 - w**5])
def test_where_no_length_fulfils_the_conditions_of_wolfe_none_is_taken(make):
    graph = gd.Graph()
    graph.node("f", make(graph.parameter("w", 1)))
    with pytest.raises(NumericalError, match="no length fulfils the conditions of Wolfe"):
        L.minimise(graph, L.steepest_descent(L.wolfe()), 1)


def test_a_search_in_floating_point_is_not_of_exact_numbers():
    graph = rosenbrock(R(1, 2), 1)
    with pytest.raises(GraphError, match="computes in floating point, and the numbers are exact"):
        L.minimise(graph, L.bfgs(L.wolfe()), 1, exact=True)
    assert L.minimise(graph, L.bfgs(L.backtracking()), 1, exact=True)[-1].rate.is_Rational
