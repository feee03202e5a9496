"""Estimators of scikit-learn: its own checks, its data, pipelines and searches."""

import sys

import numpy as np
import pytest

import graphdiff as gd

SKIPPED = {
    "check_array_api_input",
    "check_classifier_data_not_an_array",
    "check_regressor_data_not_an_array",
}
"""Checks that need other libraries."""


def test_without_the_library_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    monkeypatch.setitem(sys.modules, "sklearn.base", None)
    monkeypatch.delitem(sys.modules, "graphdiff.learning.estimators", raising=False)
    with pytest.raises(
        gd.GraphdiffError, match=r"needs scikit-learn.*graphdiff-explorer\[sklearn\]"
    ):
        gd.learning.GraphClassifier  # noqa: B018


@pytest.mark.slow
@pytest.mark.parametrize("name", ["GraphClassifier", "GraphRegressor"])
@pytest.mark.filterwarnings("ignore")
def test_the_checks_of_the_library_pass(name):
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    found = checks.check_estimator(getattr(gd.learning, name)(), on_skip=None, on_fail=None)
    failed = {
        check["check_name"]: check["exception"] for check in found if check["status"] == "failed"
    }
    assert failed == {}
    assert {check["check_name"] for check in found if check["status"] == "skipped"} <= SKIPPED


def test_digits_in_a_pipeline():
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler

    X, Xt, y, yt = train_test_split(*datasets.load_digits(return_X_y=True), random_state=0)
    network = gd.learning.GraphClassifier([100], "relu", learning_rate=0.003, epochs=40)
    found = make_pipeline(MinMaxScaler(), network).fit(X, y)
    assert found.score(Xt, yt) >= 0.97
    assert np.allclose(found.predict_proba(Xt).sum(axis=1), 1)


def test_iris_wine_and_diabetes():
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    for load in (datasets.load_iris, datasets.load_wine):
        found = make_pipeline(StandardScaler(), gd.learning.GraphClassifier([8], epochs=60))
        assert cross_val_score(found, *load(return_X_y=True), cv=3).mean() > 0.93
    X, y = datasets.load_diabetes(return_X_y=True)
    X, y = X * len(X) ** 0.5, (y - y.mean()) / y.std()
    line = gd.learning.GraphRegressor([], learning_rate=0.003, epochs=150).fit(X, y)
    assert line.score(X, y) == pytest.approx(0.5177, abs=0.01)  # of the normal equations


def test_a_search_over_methods():
    datasets = pytest.importorskip("sklearn.datasets")
    from sklearn.model_selection import GridSearchCV

    X, y = datasets.load_iris(return_X_y=True)
    grid = {"optimiser": ["adam", "gradient descent"], "hidden": [[], [4]]}
    search = GridSearchCV(gd.learning.GraphClassifier(epochs=8), grid, cv=2).fit(
        X - X.mean(axis=0), y
    )
    assert len(search.cv_results_["params"]) == 4
    assert search.best_score_ > 0.6
    assert isinstance(search.best_estimator_.model_, gd.Graph)


def test_several_numbers_and_one_class():
    pytest.importorskip("sklearn")
    X = np.linspace(-1, 1, 20)[:, None]
    both = gd.learning.GraphRegressor([], learning_rate=0.1).fit(X, np.hstack([X, 1 - X]))
    assert np.allclose(both.predict([[0.5]]), [[0.5, 0.5]], atol=1e-3)
    with pytest.raises(gd.GraphdiffError, match="all 20 targets are of one class, 'a'"):
        gd.learning.GraphClassifier().fit(X, ["a"] * 20)
    with pytest.raises(gd.GraphdiffError, match=r"unknown method 'adan'.*did you mean 'adam'"):
        gd.learning.GraphRegressor(optimiser="adan").fit(X, X[:, 0])
