"""Landscapes have the minima they say, races the traces of their methods, plots their numbers."""

import re

import numpy as np
import pytest
import sympy as sp
from plot_checks import check

import graphdiff as gd
from graphdiff.drawing import typeset
from graphdiff.errors import DrawingError, FileError, GraphError, UnknownNameError
from graphdiff.evaluation.floating import FLOAT64
from graphdiff.learning.landscapes import LANDSCAPES
from graphdiff.notation import text

L = gd.learning


def line():
    graph = gd.Graph("a line")
    w, b = graph.parameter("w", 5), graph.parameter("b", 1)
    graph.node("L", (graph.input("x", 1) * w + b - graph.input("y", 2)) ** 2)
    return graph


# Landscapes


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_landscape_is_least_at_its_minima(name):
    of = LANDSCAPES[name]
    for place in of.minima:
        graph = of(*place)
        run = graph.backward(exact=True)
        assert run.value["f"] == of.least
        assert [run.gradient[p] for p in "xy"] == [0, 0]
    xs, ys = (np.linspace(*span, 61) for span in of.ranges)
    x, y = (grid.ravel() for grid in np.meshgrid(xs, ys))
    found = of().forward({"x": x, "y": y}).value["f"]
    assert found.min() >= float(of.least)
    at = found.argmin()
    assert min(np.hypot(x[at] - p, y[at] - q) for p, q in of.minima) < 0.1


@pytest.mark.parametrize("name", LANDSCAPES)
def test_a_landscape_is_no_minimum_where_a_descent_begins(name):
    of = LANDSCAPES[name]
    run = of().backward()
    assert any(run.gradient.values())
    for value, (low, high) in zip(of.start, of.ranges, strict=True):
        assert low < value < high


def test_the_saddle_is_one():
    x, y = sp.symbols("x y")
    f = sp.sympify(L.landscapes.saddle()["f"].formula, {"x": x, "y": y})
    at = {x: 0, y: 0}
    assert sp.hessian(f, (x, y)).subs(at) == sp.diag(1, -1)


# Races


def test_a_race_is_the_traces_of_its_methods():
    methods = [L.gradient_descent(0.1), L.adam(0.1), L.adam(0.1, beta_1=0.5)]
    race = L.race(line(), methods, steps=7)
    assert next(iter(race)) == "gradient_descent(0.1)"
    assert len(race) == 3
    for trace, method in zip(race.values(), methods, strict=True):
        alone = L.minimise(line(), method, 7)
        assert [s.objective for s in trace] == [s.objective for s in alone]
    ends = {name: trace[-1].objective for name, trace in race.items()}
    assert race.winner == min(ends, key=ends.__getitem__)
    assert [row[0] for row in race.table().rows] == list(race)


def test_methods_have_the_names_they_are_given():
    race = L.race(line(), {"slow": L.adam(0.01), "fast": L.adam(1)}, 2)
    assert list(race) == ["slow", "fast"]
    with pytest.raises(UnknownNameError, match="fats"):
        race["fats"]


def test_a_method_that_diverges_ends_and_says_why():
    methods = [L.gradient_descent(0.0005), L.gradient_descent(1)]
    race = L.race(L.landscapes.rosenbrock(), methods, steps=20)
    assert list(race.failed) == ["gradient_descent(1)"]
    assert race.winner == "gradient_descent(0.0005)"
    assert len(race["gradient_descent(1)"]) < 21 == len(race["gradient_descent(0.0005)"])
    assert "diverged" in repr(race)
    check(race.plot().scene)


def test_what_rises_or_diverges_neither_wins_nor_takes_the_axis():
    graph = gd.Graph("a bowl")
    graph.node("f", graph.parameter("w", 1) ** 2)
    race = L.race(graph, [L.gradient_descent(0.1), L.gradient_descent(1.2)], 30)
    assert not race.failed
    assert race["gradient_descent(1.2)"][-1].objective > 1e8
    assert race.winner == "gradient_descent(0.1)"
    plot = race.plot(log=False)
    assert "gradient_descent(1.2) leaves at the top" in {f.source for f in plot.scene.fragments}
    up = L.race(graph, [L.gradient_descent(0.1, ascent=True), L.adam(0.1, ascent=True)], 5)
    assert float(up[up.winner][-1].objective) == max(float(t[-1].objective) for t in up.values())
    failed = L.race(graph, {"wild": L.gradient_descent(1e200), "tame": L.adam(0.1)}, 20)
    assert list(failed.failed) == ["wild"]
    assert failed.winner == "tame"


def test_a_method_alone_is_one_and_is_named_as_it_is_called():
    assert list(L.race(line(), "sgd", 2)) == ["gradient_descent(0.1)"]
    assert list(L.race(line(), L.newton(damping=2), np.int64(2))) == ["newton(damping=2)"]


@pytest.mark.parametrize(
    ("methods", "said"),
    [([], "no methods"), ([3], "the method is 3"), ([L.adam(), L.adam()], "twice")],
)
def test_races_that_are_none_are_refused(methods, said):
    with pytest.raises(GraphError, match=said):
        L.race(line(), methods)


# Plots


def test_a_trace_is_plotted_with_its_parameters():
    trace = L.minimise(line(), L.momentum(0.05), 9)
    check(trace.plot("w", "b").scene)
    check(trace.plot(log=True, theme="dark").scene)
    assert "w from 5 to" in trace.plot("w").alt
    assert trace.plot(trace.graph["w"]).alt == trace.plot("w").alt
    with pytest.raises(UnknownNameError, match="'v'"):
        trace.plot("v")
    with pytest.raises(GraphError, match="log is 'yes'"):
        trace.plot(log="yes")


def test_entries_of_arrays_have_curves_of_their_own_if_there_are_few():
    graph = gd.Graph()
    graph.node("f", gd.sum(graph.parameter("W", np.arange(6.0).reshape(2, 3)) ** 2))
    graph.node("g", graph["f"] + gd.sum(graph.parameter("V", np.ones((3, 3))) ** 2))
    trace = L.minimise(graph, L.gradient_descent(0.1), 3)
    plot = trace.plot("W")
    check(plot.scene)
    for row in range(2):
        for column in range(3):
            value = 3.0 * row + column
            assert f"W_{row + 1}_{column + 1} from {value:.4g} to {value * 0.8**3:.4g}" in plot.alt
    with pytest.raises(DrawingError, match="W, V have 15 entries; at most 12"):
        trace.plot("W", "V")


def test_exact_traces_are_plotted_as_others():
    trace = L.minimise(line(), L.gradient_descent(0.1), 4, exact=True)
    floats = L.minimise(line(), L.gradient_descent(0.1), 4)
    assert trace.plot("w").alt == floats.plot("w").alt


def test_a_history_is_plotted_with_what_it_has():
    X = np.linspace(-1, 1, 20)[:, None]
    net = gd.models.mlp([1, 3, 1], seed=1)
    schedule = L.cosine(0.1, steps=40)
    found = L.fit(net, X, X[:, 0] ** 2, optimiser=L.adam(schedule), epochs=20, batch_size=8,
                  validation=0.2, metrics="mae")  # fmt: skip
    rates = found.history["rate"]
    per_epoch = found.steps // 20
    assert rates == pytest.approx([found.method.rate(FLOAT64, per_epoch * k) for k in range(1, 21)])
    plot = found.history.plot()
    check(plot.scene)
    words = [f.source for f in plot.scene.fragments]
    assert {"loss", "validation", "mae", "learning rate"} <= set(words)
    constant = L.fit(net, X, X[:, 0] ** 2, epochs=2).history.plot()
    assert "learning rate" not in [f.source for f in constant.scene.fragments]
    with pytest.raises(DrawingError, match="no epochs"):
        L.History().plot()


# The page


def trained(model=None, **choices):
    X = np.linspace(-1, 1, 20)[:, None]
    model = gd.models.mlp([1, 3, 1], seed=1, title="A <bent> line") if model is None else model
    return L.fit(model, X, X[:, 0] ** 2, epochs=3, **choices)


def test_a_page_has_curves_settings_numbers_and_the_network_and_loads_nothing(tmp_path):
    found = trained(validation=0.2, metrics="mae", optimiser=L.adam(L.cosine(0.1, steps=9)))
    path = L.report(found, tmp_path / "page.html", settings={"data": "<script>x</script>"})
    page = path.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "A <bent>" not in page
    assert "Training of A &lt;bent&gt; line" in page
    assert not [at for at in ("src=", "url(", "@import") if at in page]
    for said in ("The curves", "cosine(", "beta 1", "0.9", "&lt;script&gt;", "mae"):
        assert said in page, said
    for epoch in found.history:
        assert text.number(epoch.loss) in page
    assert page.count("<figure") == 4  # curves and network, each light and dark
    with pytest.raises(FileError, match="exists"):
        L.report(found, path)
    assert L.report(found, path, overwrite=True) == path


def test_a_page_about_a_graph_that_is_no_network_has_the_graph(tmp_path):
    graph = gd.Graph("a line")
    x, t = graph.input("x"), graph.input("t")
    w = graph.parameter("w", 0)
    graph.node("E", (gd.sin(w * x) - t) ** 2 + 0 * x)
    found = L.fit(graph, {"x": [0, 1, 2], "t": [1, 3, 5]}, epochs=2)
    page = L.report(found, tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<figure") == 4


def test_numbers_of_layers_are_no_powers_in_plots(monkeypatch):
    """As in pictures of graphs: a notation of one's own is taken, and labels are."""
    set_, formula = [], typeset.formula
    monkeypatch.setattr(
        typeset, "formula", lambda latex, *rest: set_.append(latex) or formula(latex, *rest)
    )

    def drawn(plot):
        assert plot.scene.items

    x, y = [[0, 0], [0, 1], [1, 0]], [[0], [1], [1]]
    net = gd.models.mlp([2, 1, 1], output="sigmoid", loss="binary_cross_entropy", x=x, y=y, seed=1)
    trace = L.minimise(net, "adam", steps=2)
    drawn(trace.plot("W__1"))
    drawn(trace.graph.plot_decision())
    scalar = gd.Graph("two layers")
    u, v = scalar.parameter("w__1", 2), scalar.parameter("w__2", 3)
    scalar.node("E__1", (u * v - 1) ** 2)
    drawn(scalar.plot_loss(u, v, rate=0.01, steps=2))
    trace = L.minimise(scalar, L.gradient_descent(0.01), steps=2)
    drawn(trace.plot_path())
    drawn(L.race(scalar, ["adam", "sgd"], steps=2).plot_paths())
    drawn(L.race(scalar, ["adam", "sgd"], steps=2).plot())
    said = " ".join(set_)
    assert "^{(1)}" in said
    assert "^{(2)}" in said
    assert not re.search(r"\^\{?[12]\b", said), said
    drawn(trace.plot(labels={"E__1": r"\mathcal{L}"}))
    assert r"\mathcal{L}" in " ".join(set_)
