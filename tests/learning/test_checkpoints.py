"""Checkpoints: a training goes on bit for bit, and files that are none are refused."""

import json

import numpy as np
import pytest

import graphdiff as gd
from graphdiff.errors import FileError
from graphdiff.optimisers import first_order
from graphdiff.optimisers.method import method

L = gd.learning
RNG = np.random.default_rng(0)
X = RNG.normal(size=(30, 2))
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def trained(file=None, epochs=6, rule="adam", **options):
    net = gd.models.mlp([2, 4, 1], output="sigmoid", loss="binary_cross_entropy")
    chosen = {
        "optimiser": method(first_order.RULES[rule], 0.05), "batch_size": 8, "validation": 0.2,
        "metrics": "accuracy", "checkpoint": file, "epochs": epochs, **options,
    }  # fmt: skip
    return L.fit(net, X, Y, **chosen)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("rule", first_order.RULES)
def test_a_training_goes_on_bit_for_bit(rule, dtype, tmp_path):
    file = tmp_path / "run.npz"
    trained(file, 2, rule, dtype=dtype)
    trained(file, 3, rule, dtype=dtype)
    resumed, whole = trained(file, 6, rule, dtype=dtype), trained(None, 6, rule, dtype=dtype)
    assert resumed.history.epochs == whole.history.epochs
    assert resumed.steps == whole.steps
    for a, b in ((resumed.model, whole.model), (resumed.best_model, whole.best_model)):
        assert all(
            np.array_equal(x.value, y.value)
            for x, y in zip(a.parameters, b.parameters, strict=True)
        )


LINE = X @ [1.5, -1] + 0.1


def dropped(file=None, epochs=6, found=None, rate=0.5, **options):
    graph = gd.Graph()
    x, y = graph.input("x", shape=("m", 2)), graph.input("y", shape=("m",))
    W, v = graph.parameter("W", RNG_W), graph.parameter("v", [1, -1, 0.5])
    h = graph.node("h", gd.tanh(x @ W))
    e = graph.node("e", h @ v - y)
    graph.node("E", gd.mean(e**2))
    return L.fit(L.with_dropout(graph, "h", rate), X, LINE, optimiser=found, epochs=epochs,
                 checkpoint=file, **options)  # fmt: skip


RNG_W = np.random.default_rng(5).normal(size=(2, 3))
WITH_MASKS = {
    "adam": (L.adam(0.05), {"batch_size": 8}),
    "adam, clipped": (L.adam(0.05, clip_norm=0.5), {"batch_size": 8, "dtype": "float32"}),
    "bfgs": (L.bfgs(0.05), {}),
    "lbfgs": (L.lbfgs(0.05, memory=2), {}),
    "polak ribiere": (L.polak_ribiere(L.backtracking()), {}),
    "levenberg marquardt": (L.levenberg_marquardt(), {"residuals": "e"}),
}


@pytest.mark.parametrize("name", WITH_MASKS)
def test_masks_and_memories_go_on_bit_for_bit(name, tmp_path):
    found, options = WITH_MASKS[name]
    file = tmp_path / "run.npz"
    for epochs in (2, 3):
        dropped(file, epochs, found, **options)
    resumed, whole = dropped(file, 6, found, **options), dropped(None, 6, found, **options)
    assert resumed.history.epochs == whole.history.epochs
    for one, other in zip(resumed.model.parameters, whole.model.parameters, strict=True):
        assert np.array_equal(one.value, other.value)


def test_a_training_with_other_rates_of_dropout_is_another(tmp_path):
    dropped(tmp_path / "run.npz", 1)
    with pytest.raises(FileError, match=r"its held value of 'rate_h' is 0[.]5, here it is 0[.]25"):
        dropped(tmp_path / "run.npz", 2, rate=0.25)


def test_what_is_done_is_not_done_again(tmp_path):
    file = tmp_path / "run.npz"
    first = trained(file)
    before = file.read_bytes()
    again = trained(file)
    assert again.history.epochs == first.history.epochs
    assert file.read_bytes() == before
    assert np.array_equal(again.model.weights[0], first.model.weights[0])


def test_early_stopping_waits_as_if_it_had_not_been_interrupted(tmp_path):
    file, stop = tmp_path / "run.npz", [L.early_stopping(3, min_delta=0.05)]
    trained(file, 2, callbacks=stop)
    resumed = trained(file, 100, callbacks=stop)
    whole = trained(None, 100, callbacks=stop)
    assert (len(resumed.history), resumed.ended) == (len(whole.history), whole.ended)


def test_a_failed_write_leaves_the_old_one(tmp_path, monkeypatch):
    file = tmp_path / "run.npz"
    trained(file, 2)
    before = file.read_bytes()
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(FileError):
        trained(file, 3)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rule": "momentum"}, "its optimiser is adam(learning_rate=0.05"),
        ({"seed": 1}, "its seed is 0, here it is 1"),
        ({"batch_size": 4}, "its batch size is 8"),
        ({"dtype": "float32"}, "its dtype is float64"),
        ({"validation": 0.3}, "its data is"),
        ({"wrt": ["b__1"]}, "its parameters is"),
    ],
)
def test_one_of_another_training_is_refused(change, said, tmp_path):
    trained(tmp_path / "run.npz", 1)
    with pytest.raises(FileError) as caught:
        trained(tmp_path / "run.npz", 2, **change)
    assert "is of another training" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def _pickled(path):
    np.savez(path, said=np.array([{"format": "graphdiff checkpoint"}], dtype=object))


def _other_version(path):
    with np.load(path) as archive:
        arrays = dict(archive)
    said = json.loads(str(arrays.pop("said")))
    np.savez(path, said=np.array(json.dumps(said | {"version": 99})), **arrays)


def _short(path):
    with np.load(path) as archive:
        arrays = dict(archive)
    np.savez(path, **arrays | {"theta": np.zeros(3)})


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(b"no archive"), "is no checkpoint of a training"),
        (lambda path: path.write_bytes(b""), "is no checkpoint of a training"),
        (lambda path: path.write_bytes(path.read_bytes()[:-200]), "is no checkpoint of a training"),
        (lambda path: np.savez(path, theta=np.zeros(3)), "is no checkpoint of a training"),
        (_pickled, "is no checkpoint of a training"),
        (_other_version, "is of version 99, and this package reads 2"),
        (_short, "has no 'theta' of (17,) float64"),
    ],
)
def test_files_that_are_none_are_refused_in_a_line(spoil, said, tmp_path):
    file = tmp_path / "run.npz"
    trained(file, 1)
    spoil(file)
    with pytest.raises(FileError) as caught:
        trained(file, 2)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def small(
    file=None, epochs=1, *, bend="tanh", l2=0.1, first=0.5, fixed=1.0, method="sgd", **options
):
    graph = gd.Graph()
    x, y = graph.input("x", shape=("m",)), graph.input("y", shape=("m",))
    w, c = graph.parameter("w", [first, 1.0]), graph.parameter("c", fixed)
    p = graph.node("p", getattr(gd, bend)(w[0] * x + c) * w[1])
    e = graph.node("e", p - y)
    graph.node("E", gd.mean(e**2))
    found = {"sgd": L.gradient_descent(0.1)}.get(method, method)
    return L.fit(L.regularised(graph, l2=l2, wrt="w"), X[:, 0], LINE, optimiser=found, wrt="w",
                 output="J", epochs=epochs, checkpoint=file, **options)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bend": "exp"}, "its formula of 'p' is tanh(w[0]*x"),
        ({"l2": 0.2}, "its held value of 'lambda_2' is 0.1, here it is 0.2"),
        ({"fixed": 2.0}, "its held value of 'c' is 1.0, here it is 2.0"),
        ({"first": 0.25}, "its first value of 'w' is (2,), checksum "),
        ({"method": L.gradient_descent(0.1 + 1e-12)}, "its setting of 'eta' is "),
        ({"method": L.gradient_descent(0.1, ascent=True)}, "its rule is "),
        ({"residuals": "e"}, "its residuals is None, here it is e"),
    ],
)
def test_one_of_another_model_is_refused(change, said, tmp_path):
    small(tmp_path / "run.npz")
    assert len(small(tmp_path / "run.npz", 2).history) == 2
    with pytest.raises(FileError) as caught:
        small(tmp_path / "run.npz", 3, **change)
    assert "is of another training" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("change", [{"activation": "relu"}, {"l2": 0.2}, {"seed": 3}])
def test_a_network_of_another_kind_is_another_training(change, tmp_path):
    def network(**options):
        chosen = {"activation": "tanh", "l2": 0.1, "seed": 1, **options}
        return gd.models.mlp([2, 3, 1], loss="mse", **chosen)

    L.fit(network(), X, LINE, epochs=1, checkpoint=tmp_path / "run.npz")
    L.fit(network(), X, LINE, epochs=2, checkpoint=tmp_path / "run.npz")
    with pytest.raises(FileError, match="is of another training"):
        L.fit(network(**change), X, LINE, epochs=3, checkpoint=tmp_path / "run.npz")


def test_uphill_the_best_goes_on_as_the_largest(tmp_path):
    def climbed(file, epochs):
        graph = gd.Graph()
        w = graph.parameter("w", 0.0)
        graph.node("f", -((w - graph.input("x")) ** 2))
        rates = L.gradient_descent(0.9, ascent=True)
        return L.fit(
            graph, [1.0, 3.0], optimiser=rates, epochs=epochs, batch_size=1, checkpoint=file
        )

    climbed(tmp_path / "run.npz", 3)
    resumed, whole = climbed(tmp_path / "run.npz", 8), climbed(None, 8)
    assert resumed.best == whole.best == max(whole.history, key=lambda epoch: epoch.loss)
    assert resumed.best_model["w"].value == whole.best_model["w"].value
