"""Training: what is learned, step for step as the formulas say, again from the same seed."""

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import NumericalError
from graphdiff.learning.batches import divided
from graphdiff.optimisers import first_order, second_order
from graphdiff.optimisers.method import method

L = gd.learning
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
RATES = {"adadelta": 5.0, "adagrad": 0.5, "gradient descent": 1.0, "momentum of means": 1.0}


def xor_network(**options):
    chosen = {"output": "sigmoid", "loss": "binary_cross_entropy", "seed": 1, **options}
    return gd.models.mlp([2, 6, 1], **chosen)


def line(rows=40, seed=0):
    """Rows of y = 2x₁ − 3x₂ + 1."""
    X = np.random.default_rng(seed).normal(size=(rows, 2))
    return X, X @ [2, -3] + 1


def blobs(rows=60, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    y = np.arange(rows) % classes
    return rng.normal(size=(rows, 2)) * 0.3 + 2 * np.c_[np.cos(2 * y), np.sin(2 * y)], y


def regression(shape, mean=True):
    """A graph by hand of linear regression, its rows as the shape says."""
    graph = gd.Graph("By hand")
    x = graph.input("x", shape=(*shape, 2))
    y = graph.input("y", shape=shape)
    w, b = graph.parameter("w", [0.5, -0.5]), graph.parameter("b", 0)
    error = (x @ w + b - y) ** 2
    graph.node("E", gd.mean(error) if mean else error)
    return graph


@pytest.mark.parametrize("name", first_order.RULES)
def test_every_rule_learns_xor(name):
    found = method(first_order.RULES[name], RATES.get(name, 0.1))
    trained = L.fit(xor_network(), *XOR, optimiser=found, epochs=1500, metrics="accuracy")
    assert trained.best.metrics["accuracy"] == 1
    assert trained.history["loss"][-1] < trained.history["loss"][0] / 3


OF_ALL = {
    "steepest descent": L.steepest_descent(L.backtracking()),
    "newton": L.newton(L.backtracking(), damping=1),
    "hessian free": L.hessian_free(L.backtracking()),
    "fletcher reeves": L.fletcher_reeves(L.wolfe(1e-4, 0.1)),
    "polak ribiere": L.polak_ribiere(L.exact_step()),
    "bfgs": L.bfgs(L.wolfe()),
    "lbfgs": L.lbfgs(L.wolfe(), memory=3),
    "gauss newton": L.gauss_newton(L.backtracking(), damping=0.1),
    "levenberg marquardt": L.levenberg_marquardt(),
}


def curve(shape, mean=True):
    """A graph by hand of a curve to fit, its rows as the shape says."""
    graph = gd.Graph("By hand")
    x = graph.input("x", shape=(*shape, 2))
    y = graph.input("y", shape=shape)
    w, b = graph.parameter("w", [0.5, -0.5]), graph.parameter("b", 0)
    e = graph.node("e", gd.tanh(x @ w + b) - y)
    graph.node("E", gd.mean(e**2) if mean else e**2)
    return graph


def test_every_method_of_all_parameters_is_tried():
    assert {*OF_ALL} == {*second_order.RULES}


@pytest.mark.parametrize("way", ["letter", "number", "example"])
@pytest.mark.parametrize("name", OF_ALL)
def test_steps_of_methods_of_all_parameters_are_those_of_minimise(name, way):
    X = np.random.default_rng(1).normal(size=(12, 2))
    y = np.tanh(X @ [1.5, -1] + 0.3) + 0.05 * X[:, 0]
    graph = curve({"letter": ("m",), "number": (12,), "example": ()}[way], way != "example")
    whole = curve((12,)).with_values({"x": X, "y": y})
    trace = L.minimise(whole, OF_ALL[name], 5, residuals="e")
    trained = L.fit(graph, X, y, optimiser=OF_ALL[name], epochs=5, residuals="e")
    assert trained.steps == 5
    for parameter in trace.parameters:
        found = trained.model[parameter].value
        assert np.allclose(found, trace[-1].values[parameter], rtol=1e-7, atol=1e-9)


def test_bounds_over_all_parameters_hold_in_training_on_batches():
    X, y = line()
    found = L.fit(regression(("m",)), X, y, optimiser=L.adam(0.1, clip_norm=1, max_total_norm=2),
                  epochs=60, batch_size=8).model  # fmt: skip
    size = np.linalg.norm([*found["w"].value, found["b"].value])
    assert size == pytest.approx(2, rel=1e-12)


# Dropout


def thin(shape=("m",), mean=True, rate=0.5):
    graph = gd.Graph("By hand")
    x, y = graph.input("x", shape=(*shape, 2)), graph.input("y", shape=shape)
    rng = np.random.default_rng(4)
    W, v = graph.parameter("W", rng.normal(size=(2, 3))), graph.parameter("v", rng.normal(size=3))
    h = graph.node("h", gd.tanh(x @ W))
    error = (graph.node("p", h @ v) - y) ** 2
    graph.node("E", gd.mean(error) if mean else error)
    return L.with_dropout(graph, "h", rate)


@pytest.mark.parametrize("way", ["letter", "number", "example"])
def test_masks_of_each_step_are_those_of_its_seed(way):
    X, y = line(12)
    graph = thin({"letter": ("m",), "number": (12,), "example": ()}[way], way != "example")
    trained = L.fit(graph, X, y, optimiser=L.gradient_descent(0.1), epochs=3, seed=7,
                    prediction="p", metrics="mse", validation=(X, y))  # fmt: skip
    W, v = (graph[name].value for name in "Wv")
    for step in (1, 2, 3):
        rows = None if way == "number" else 12
        mask = L.dropout_masks(graph, (7, step), rows)["mask_h"]
        h = np.tanh(X @ W)
        left = h * mask / 0.5
        e = left @ v - y
        assert trained.history["loss"][step - 1] == pytest.approx((e**2).mean(), rel=1e-12)
        slope = 2 * e[:, None] / 12 * v * mask / 0.5 * (1 - h**2)
        v, W = v - 0.1 * (2 * left.T @ e / 12), W - 0.1 * X.T @ slope
        rest = ((np.tanh(X @ W) @ v - y) ** 2).mean()  # nothing is dropped at evaluation
        assert trained.history["validation"][step - 1] == pytest.approx(rest, rel=1e-12)
        assert trained.history["mse"][step - 1] == pytest.approx(rest, rel=1e-12)
    assert np.allclose(trained.model["W"].value, W, rtol=1e-12)
    assert np.allclose(L.predict(trained.model, {"x": X}, "p"), np.tanh(X @ W) @ v, rtol=1e-12)


def test_a_line_search_compares_under_one_mask():
    X, y = line(30)
    trained = L.fit(thin(), X, y, optimiser=L.bfgs(L.backtracking()), epochs=8)
    assert np.isfinite(trained.history["loss"]).all()


@pytest.mark.parametrize("name", first_order.RULES)
def test_steps_on_all_rows_are_those_of_minimise(name):
    found = method(first_order.RULES[name], 0.05)
    X, y = XOR
    net = xor_network(x=X, y=y)
    trace = L.minimise(net, found, 4)
    trained = L.fit(xor_network(), X, y, optimiser=found, epochs=4)
    for parameter in trace.parameters:
        assert np.allclose(trained.model[parameter].value, trace[-1].values[parameter], rtol=1e-11)
    if not found.rule.at:
        assert np.allclose(trained.history["loss"], [state.objective for state in trace[:4]])


WAYS = {
    "network": lambda: gd.models.mlp([2, 1], weights=[[[0.5, -0.5]]]),
    "neurons": lambda: gd.models.mlp([2, 1], weights=[[[0.5, -0.5]]]).neurons(),
    "letter": lambda: regression(("m",)),
    "number": lambda: regression((40,)),
    "example": lambda: regression((), mean=False),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_model_takes_rows_in_every_way_alike(way):
    trained = L.fit(WAYS[way](), *line(), optimiser=L.momentum(0.05), batch_size=40, epochs=150)
    values = [np.ravel(node.value) for node in trained.model.parameters]
    assert np.allclose(np.concatenate(values), [2, -3, 1], atol=1e-2)
    same = L.fit(WAYS["network"](), *line(), optimiser=L.momentum(0.05), batch_size=40, epochs=150)
    assert np.allclose(trained.history["loss"], same.history["loss"], rtol=1e-9)


def test_a_last_smaller_batch_counts_by_its_rows():
    X, y = line(10)
    trained = L.fit(
        regression(("m",)), X, y, optimiser=L.gradient_descent(1e-12), batch_size=4, epochs=1,
    )  # fmt: skip
    whole = ((X @ [0.5, -0.5] - y) ** 2).mean()
    assert trained.steps == 3
    assert trained.history[0].loss == pytest.approx(whole, rel=1e-9)


def test_columns_and_names_are_data_too():
    X, y = line()
    graph = gd.Graph("Numbers")
    a, c, t = graph.input("a"), graph.input("c"), graph.input("t")
    w, v, b = (graph.parameter(name, 0) for name in "wvb")
    graph.node("E", (w * a + v * c + b - t) ** 2)
    columns = L.fit(graph, X, y, optimiser=L.adam(0.2), epochs=60)
    named = L.fit(graph, {"a": X[:, 0], "c": X[:, 1], "t": y}, optimiser=L.adam(0.2), epochs=60)
    for name, value in {"w": 2, "v": -3, "b": 1}.items():
        assert columns.model[name].value == pytest.approx(value, abs=0.05)
        assert columns.model[name].value == named.model[name].value


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    net = gd.models.mlp([2, 5, 3], output="softmax", loss="cross_entropy")
    options = {"batch_size": 8, "epochs": 5, "validation": 0.25, "metrics": "accuracy"}
    one, same = (L.fit(net, *blobs(), seed=3, **options) for _ in range(2))
    other = L.fit(net, *blobs(), seed=4, **options)
    assert one.history.epochs == same.history.epochs
    assert all(
        np.array_equal(a, b) for a, b in zip(one.model.weights, same.model.weights, strict=True)
    )
    assert not np.array_equal(one.model.weights[0], other.model.weights[0])
    assert np.array_equal(
        net.weights[0], gd.models.mlp([2, 5, 3], output="softmax", loss="cross_entropy").weights[0]
    )


def test_rows_are_gone_through_once_an_epoch():
    graph = gd.Graph()
    x = graph.input("x", shape=("m",))
    w = graph.parameter("w", 0)
    graph.node("L", w * gd.sum(x))
    trained = L.fit(
        graph, 2.0 ** np.arange(10), optimiser=L.gradient_descent(1), batch_size=3, epochs=2
    )
    assert trained.model["w"].value == -2 * (2.0**10 - 1)


def test_validation_is_what_is_computed_on_it():
    X, y = line()
    Xv, yv = line(13, seed=5)
    options = {"validation": (Xv, yv), "metrics": ["mse", "r2"]}
    trained = L.fit(gd.models.mlp([2, 1]), X, y, epochs=3, **options)
    p = Xv @ trained.model.weights[0].T + trained.model.biases[0]
    error = ((p[:, 0] - yv) ** 2).mean()
    last = trained.history[-1]
    assert last.validation == pytest.approx(error)
    assert last.metrics["mse"] == pytest.approx(error)
    assert last.metrics["r2"] == pytest.approx(1 - error / yv.var())
    assert trained.history.columns == ("loss", "validation", "mse", "r2")


def test_single_precision_is_as_good():
    net = gd.models.mlp([2, 8, 3], output="softmax", loss="cross_entropy")
    found = [
        L.fit(net, *blobs(), optimiser=L.adam(0.02), epochs=15, dtype=d)
        for d in ("float32", "float64")
    ]
    assert np.allclose(found[0].history["loss"], found[1].history["loss"], atol=1e-4)


def test_chosen_parameters_change_and_held_inputs_stay():
    graph = gd.Graph()
    x, y, scale = (
        graph.input("x", shape=("m",)),
        graph.input("y", shape=("m",)),
        graph.input("scale", 2),
    )
    w, b = graph.parameter("w", 1), graph.parameter("b", 0.5)
    graph.node("E", gd.mean((scale * w * x + b - y) ** 2))
    x = np.linspace(-1, 1, 9)
    trained = L.fit(graph, {"x": x, "y": 4 * x + 3}, optimiser=L.adam(0.1), epochs=200, wrt="w")
    assert trained.model["b"].value == 0.5
    assert trained.model["w"].value == pytest.approx(2, abs=1e-3)
    assert trained.model["scale"].value == 2


def test_early_stopping_gives_back_the_best_values():
    X, y = line(12)
    noisy = y + np.random.default_rng(1).normal(size=12)
    net = gd.models.mlp([2, 20, 1], seed=2)
    stop = L.early_stopping(4, min_delta=1e-3)
    options = {"optimiser": L.adam(0.05), "epochs": 400, "validation": line(30, seed=9)}
    trained = L.fit(net, X, noisy, callbacks=[stop], **options)
    assert "stopped early, 4 epochs" in trained.ended
    assert len(trained.history) < 400
    Xv, yv = options["validation"]
    value = trained.model.batched(30).forward({"x": Xv, "y": yv[:, None]}).value["E"]
    assert value == pytest.approx(trained.best.validation)
    assert trained.best.validation == min(trained.history["validation"])
    last = L.fit(
        net, X, noisy, callbacks=[L.early_stopping(4, min_delta=1e-3, restore=False)], **options
    )
    assert not np.array_equal(last.model.weights[0], trained.model.weights[0])


def test_any_function_ends_a_training_and_says_why():
    trained = L.fit(xor_network(), *XOR, callbacks=[lambda h: "enough" if len(h) == 3 else None])
    assert (len(trained.history), trained.ended) == (3, "enough")


def test_an_interruption_keeps_the_best_values():
    def interrupted(history):
        if len(history) == 6:
            raise KeyboardInterrupt

    net = xor_network()
    trained = L.fit(net, *XOR, optimiser=L.gradient_descent(20.0), callbacks=[interrupted])
    assert trained.ended == "interrupted in epoch 7"
    best = L.fit(net, *XOR, optimiser=L.gradient_descent(20.0), epochs=trained.best.number)
    assert np.array_equal(trained.model.weights[0], best.model.weights[0])


def test_divergence_names_step_node_value_and_what_helps():
    X, y = line()
    with pytest.raises(NumericalError) as caught:
        L.fit(gd.models.mlp([2, 1]), X, y, optimiser=L.gradient_descent(1e120), epochs=50)
    said = str(caught.value)
    assert said.startswith("the training diverged in step ")
    assert "smaller learning rate than 1e+120" in said
    assert "'" in said.split(":")[1]
    assert "\n" not in said


def test_the_bar_shows_each_epoch(capsys):
    L.fit(xor_network(), *XOR, epochs=2, progress=True, metrics="accuracy")
    assert "2/2" in capsys.readouterr().out


def test_batches_from_a_function_are_those_of_arrays():
    X, y = line(20)

    def batches():
        for at in range(0, 20, 6):
            yield X[at : at + 6], y[at : at + 6]

    options = {"epochs": 4, "validation": line(9, seed=2), "metrics": "mse"}
    streamed = L.fit(gd.models.mlp([2, 1]), batches, **options)
    whole = L.fit(gd.models.mlp([2, 1]), X, y, batch_size=6, shuffle=False, **options)
    assert streamed.history.epochs == whole.history.epochs
    assert np.array_equal(streamed.model.weights[0], whole.model.weights[0])


def test_batches_and_validation_may_be_of_one_class():
    X, y = blobs(12)
    order = np.argsort(y)
    classes = [(X[order][k : k + 4], y[order][k : k + 4]) for k in range(0, 12, 4)]
    trained = L.fit(NET, lambda: classes, epochs=2, validation=classes[0], metrics="accuracy")
    assert trained.steps == 6
    assert len(trained.history["accuracy"]) == 2


def test_a_network_with_nodes_added_keeps_them():
    X, y = line()
    net = gd.models.mlp([2, 1], weights=[[[0.5, -0.5]]])
    net.node("F", net["E"] + 5 * gd.sum(net["W__1"] ** 2))
    trained = L.fit(
        net, X, y, optimiser=L.gradient_descent(0.02), output="F", batch_size=40, epochs=300
    )
    assert "F" in trained.model
    penalised = np.linalg.solve(
        np.block(
            [[X.T @ X / 40 + 5 * np.eye(2), X.mean(axis=0)[:, None]], [X.mean(axis=0), np.eye(1)]]
        ),
        [*(X.T @ y / 40), y.mean()],
    )
    assert np.allclose(trained.model["W__1"].value, penalised[:2], atol=1e-3)


def mean_error(outputs, targets):
    return np.mean(abs(outputs - targets))


def test_one_callback_and_one_metric_stand_for_a_list_of_one():
    stop = L.early_stopping(2, min_delta=100)
    options = {"epochs": 9, "seed": 1}
    one = L.fit(xor_network(), *XOR, callbacks=stop, metrics=mean_error, **options)
    listed = L.fit(xor_network(), *XOR, callbacks=[stop], metrics=[mean_error], **options)
    assert one.history.epochs == listed.history.epochs
    assert one.history.columns == ("loss", "mean_error")
    assert one.ended.startswith("stopped early")


@pytest.mark.parametrize("validation", [None, line(8, seed=2)])
def test_uphill_the_best_epoch_is_the_largest(validation):
    """Up −E is down E, with the same epoch best, and an end at the same time."""
    X, y = line()
    ends = []
    for sign, ascent in ((1, False), (-1, True)):
        graph = gd.Graph()
        x, t = graph.input("x", shape=("m", 2)), graph.input("y", shape=("m",))
        error = graph.node("e", x @ graph.parameter("w", [0.5, -0.5]) - t)
        graph.node("E", sign * gd.mean(error**2))
        ends.append(
            L.fit(
                graph, X, y, optimiser=L.gradient_descent(0.6, ascent=ascent), epochs=60,
                batch_size=5, validation=validation, callbacks=L.early_stopping(4),
            )
        )  # fmt: skip
    down, up = ends
    assert 1 < up.best.number < len(up.history) < 60
    assert (up.best.number, up.ended) == (down.best.number, down.ended)
    assert up.best.watched == -down.best.watched == max(epoch.watched for epoch in up.history)
    assert np.array_equal(up.model["w"].value, down.model["w"].value)
    assert np.array_equal(up.best_model["w"].value, down.best_model["w"].value)


@pytest.mark.parametrize("rows", [4, 7, 8, 11])
def test_all_rows_are_predicted_by_a_graph_of_four(rows):
    graph = gd.Graph()
    x, y = graph.input("x", shape=(4, 2)), graph.input("y", shape=(4,))
    p = graph.node("p", gd.tanh(x @ graph.parameter("w", [0.5, -0.5])))
    graph.node("E", gd.mean((p - y) ** 2))
    X, Y = line(rows)
    assert np.allclose(L.predict(graph, X, "p"), np.tanh(X @ [0.5, -0.5]))
    trained = L.fit(graph, X, Y, epochs=1, metrics="mse", prediction="p", batch_size=4)
    ours = np.mean((np.tanh(X @ trained.model["w"].value) - Y) ** 2)
    assert trained.history["mse"][-1] == pytest.approx(ours)
    with pytest.raises(gd.GraphdiffError, match="have 3 rows, and the graph takes 4 at once"):
        L.predict(graph, X[:3], "p")


@pytest.mark.parametrize(
    "change",
    [
        lambda net: L.with_dropout(net, "a__1", 0.2),
        lambda net: L.with_dropout(net, "a__2", 0.2),
        lambda net: L.regularised(net, l2=0.01),
        lambda net: L.with_dropout(L.regularised(net, l1=0.01), "a__1"),
        lambda net: L.with_smoothed_labels(net, "y", classes=2),
        lambda net: L.regularised(net, l2=0.01).with_values({"b__1": np.ones(6)}),
    ],
)
def test_a_network_that_is_changed_knows_its_prediction(change):
    changed = change(xor_network())
    of = {name: changed[name].value for name in ("W__1", "b__1", "W__2", "b__2")}
    hidden = np.tanh(XOR[0] @ of["W__1"].T + of["b__1"])
    by_hand = 1 / (1 + np.exp(-(hidden @ of["W__2"].T + of["b__2"])))
    assert np.allclose(L.predict(changed, XOR[0]), by_hand)
    trained = L.fit(changed, *XOR, epochs=1, metrics=["mse", "accuracy"])
    outputs = L.predict(trained.model, XOR[0])
    assert trained.history["mse"][-1] == pytest.approx(np.mean((outputs[:, 0] - XOR[1]) ** 2))


# What makes no sense

NET = gd.models.mlp([2, 3], output="softmax", loss="cross_entropy")
X3, Y3 = blobs(12)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: L.fit(NET, np.where(X3[4, 1] == X3, np.nan, X3), Y3), "the data for 'x' have nan in row 4, entry 1; leave such rows out"),
        (lambda: L.fit(NET, X3, [np.inf, *Y3[1:]]), "the data for 'y' have inf in row 0"),
        (lambda: L.fit(NET, X3, Y3 + 1), "y has the class 3; classes run from 0 to 2"),
        (lambda: L.fit(NET, X3, ["a"] * 12), "the data for 'y' are no numbers"),
        (lambda: L.fit(NET, X3, Y3[:5]), "different numbers of rows: 'x' 12 and 'y' 5"),
        (lambda: L.fit(NET, X3[:, :1], Y3), "x has shape (12, 1); the network has 2 inputs in each of 12 rows, so give (12, 2)"),
        (lambda: L.fit(NET, X3, np.ones(12, int)), "all 12 targets are of class 1; a classifier needs two classes"),
        (lambda: L.fit(NET, X3, Y3, optimiser=L.adam(0)), "the learning rate is 0; give a number of (0, inf)"),
        (lambda: L.fit(NET, X3, Y3, optimiser="adm"), "unknown method 'adm'; did you mean 'adam'?"),
        (lambda: L.fit(NET, X3, Y3, optimiser=0.1), "the method is 0.1; give one such as gd.learning.adam"),
        (lambda: L.fit(NET, X3, Y3, optimiser=L.bfgs(), batch_size=4), "a batch has 4 of 12 rows; BFGS compares values or gradients"),
        (lambda: L.fit(NET, lambda: [(X3, Y3)], optimiser=L.bfgs()), "BFGS needs all rows at once; give arrays"),
        (lambda: L.fit(NET, X3, Y3, optimiser=L.bfgs(), dtype="float32"), "BFGS computes in float64; leave dtype out"),
        (lambda: L.fit(NET, X3, Y3, optimiser=L.gauss_newton()), "the rule needs the residuals; name their node, residuals='e'"),
        (lambda: L.fit(NET, X3, Y3, batch_size=0), "batch_size is 0; give a whole number, at least 1"),
        (lambda: L.fit(NET, X3, Y3, batch_size=13), "a batch has 13 rows, and the data 12; give a batch_size of 1 to 12"),
        (lambda: L.fit(NET, X3, Y3, epochs=0), "epochs is 0"),
        (lambda: L.fit(NET, X3[:0], Y3[:0]), "have no rows; give at least one example"),
        (lambda: L.fit(NET, X3, Y3, validation=1.5), "give a part of (0, 1)"),
        (lambda: L.fit(NET, X3, Y3, validation=0.01), "give a part of (0, 1) that leaves rows on both sides"),
        (lambda: L.fit(NET, X3, Y3, validation=(X3, Y3[:3])), "the validation data have different numbers of rows"),
        (lambda: L.fit(NET, X3, Y3, metrics="accurate"), "did you mean 'accuracy'?"),
        (lambda: L.fit(NET, {"x": X3, "z": Y3}), "unknown input 'z'"),
        (lambda: L.fit(NET, {}), "the data are empty"),
        (lambda: L.fit(xor_network(), XOR[0], [0, 1, 2, 0]), "y of the data has 2; the targets of binary_cross_entropy are of [0, 1]"),
        (lambda: L.fit(regression((40,)), *line(), batch_size=8), "the graph takes 40 rows at once, not 8; declare the leading axis"),
        (lambda: L.fit(regression(("m",)), X3[:, :1], Y3), "each row of the data for 'x' has shape (1,)"),
        (lambda: L.fit(regression(("m",)), *line(), metrics="mse"), "name its node, prediction='p'"),
        (lambda: L.fit(NET, lambda: iter([])), "the function yields no batches"),
        (lambda: L.fit(NET, lambda: [X3]), "batch 1 is "),
        (lambda: L.fit(NET, lambda: [(X3, Y3)], Y3), "leave out y and batch_size"),
        (lambda: L.fit(NET, lambda: [(X3, Y3), (X3 * np.nan, Y3)], epochs=1), "the rows of batch 2 for 'x' have nan in row 0"),
        (lambda: L.early_stopping(0), "patience is 0"),
        (lambda: L.fit(NET, X3, Y3, metrics=lambda o, t: 0.0), "a metric is a function without a name; give it one, metrics={'name': function}"),
        (lambda: L.fit(NET, X3, Y3, metrics=3), "metrics is 3; give names of accuracy"),
        (lambda: L.fit(NET, X3, Y3, metrics=[3]), "the metric '<metric>' is 3; give a function"),
        (lambda: L.fit(NET, X3, Y3, metrics={"none": lambda o, t: None}), "the metric 'none' returns None; return a number"),
        (lambda: L.fit(NET, X3, Y3, metrics={"rows": lambda o, t: o[:, 0]}), "the metric 'rows' returns shape (12,)"),
        (lambda: L.fit(NET, X3, Y3, callbacks=[3]), "the callback is 3; give a function of the history"),
        (lambda: L.fit(NET, X3, Y3, callbacks=3), "the callback is 3; give a function of the history"),
        (lambda: L.fit(NET, lambda: None), "the function of batches returns None; let it yield batches, (X, y)"),
        (lambda: L.fit(NET, lambda: [None]), "batch 1 is None; yield (X, y) or a mapping"),
        (lambda: L.fit(NET, lambda epoch: [(X3, Y3)]), "the function of batches is called with no arguments: missing a required argument: 'epoch'"),
        (lambda: L.fit(NET, lambda: (X3, Y3)), "batch 1 is array([["),
        (lambda: L.fit(NET, ((X3, Y3) for _ in range(3))), "X is used up after one epoch; give the function that makes it"),
        (lambda: L.fit(NET, X3, Y3, metrics={"own": lambda o: 0.0}), "the metric 'own' is called with outputs and targets: too many"),
        (lambda: L.fit(NET, X3, Y3, callbacks=lambda: None), "the callback is called with the history: too many"),
        (lambda: L.fit(regression((4,)), *line(), validation=line(7), batch_size=4), "the validation data have 7 rows, and the graph takes 4 at once; give a multiple of 4"),
        (lambda: L.fit(regression((4,)), *line(), validation=line(3), batch_size=4), "the validation data have 3 rows, and the graph takes 4 at once"),
        (lambda: L.fit(regression((4,)), *line(), validation=0.075), "the validation data have 3 rows, and the graph takes 4 at once"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_a_line(call, said):
    with pytest.raises(gd.GraphdiffError) as caught:
        call()
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_digits_are_read_to_97_percent():
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(X))
    X, y = X[order] / 16, y[order]
    net = gd.models.mlp([64, 64, 10], "relu", "softmax", "cross_entropy", init="he")
    trained = L.fit(
        net, X[:1400], y[:1400], optimiser=L.adam(0.003), epochs=30,
        validation=(X[1400:], y[1400:]), metrics="accuracy",
    )  # fmt: skip
    assert trained.history["accuracy"][-1] >= 0.97


def test_inputs_with_values_of_their_own_are_no_data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = X @ [1.0, -2.0] + 0.5
    graph = gd.learning.regularised(gd.models.mlp([2, 1], x=X[:4], y=y[:4]), l2=0.01)
    assert "lambda_2" in graph
    options = {"epochs": 2, "batch_size": 4, "progress": False}
    plain = gd.learning.fit(graph, X, y, **options)
    named = gd.learning.fit(graph, {"x": X, "y": y}, **options)
    assert np.array_equal(plain.model["W__1"].value, named.model["W__1"].value)
    assert np.any(plain.model["W__1"].value != graph["W__1"].value)


@pytest.mark.parametrize("part", [0.1, 0.3, 0.75])
def test_the_part_that_is_kept_for_validation_is_the_smaller_or_as_large_as_asked(part):
    arrays = {"X": np.arange(40.0).reshape(20, 2), "y": np.arange(20.0)}
    rows, kept = divided(gd.models.mlp([2, 1]), arrays, part, seed=3)
    assert kept is not None
    assert len(kept["y"]) == round(part * 20) == 20 - len(rows["y"])
    assert sorted([*rows["y"], *kept["y"]]) == list(range(20))
    for some in (rows, kept):
        assert np.array_equal(some["X"][:, 0], 2 * some["y"])
        assert list(some["y"]) == sorted(some["y"])
    again, _ = divided(gd.models.mlp([2, 1]), arrays, part, seed=4)
    assert not np.array_equal(again["y"], rows["y"])
