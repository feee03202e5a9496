"""A step computes the same in NumPy, JAX and PyTorch: the same calls, results and refusals."""

from __future__ import annotations

import importlib.util
import pickle
import threading

import numpy as np
import pytest
from closeness import close
from export_cases import CASES, NAMES, inside, loss_of, network, own_functions, without_formula

import graphdiff as gd
from graphdiff.errors import GraphdiffError, GraphError, UnknownNameError
from graphdiff.program.export.backends import BACKENDS
from graphdiff.program.tape.transforms import BLOCKS, FORMS, VECTOR_OF

SINGLE = 1e-5
"""How far results in float32 may be apart."""

LIBRARIES = [name for name, backend in BACKENDS.items() if backend is not None]
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(params=LIBRARIES)
def library(request):
    """Return the name of a backend, skipped with the reason where it is not installed."""
    pytest.importorskip(request.param)
    return request.param


def same(found, wanted, rel=1e-9):
    """Check results: the kind of each part, its keys, shape and type, and its numbers."""
    assert type(found) is type(wanted)
    if isinstance(wanted, tuple):
        assert len(found) == len(wanted)
        for one, other in zip(found, wanted, strict=True):
            same(one, other, rel)
    elif isinstance(wanted, dict):
        assert list(found) == list(wanted)
        for key in wanted:
            same(found[key], wanted[key], rel)
    else:
        assert getattr(found, "dtype", None) == getattr(wanted, "dtype", None)
        assert np.shape(found) == np.shape(wanted)
        close(found, wanted, rel)


def vectors_for(step):
    """Return a tangent or cotangent of each shape that a step takes."""
    generator = np.random.default_rng(3)
    return {name: generator.normal(size=shape) for name, shape in step._arguments.vectors.items()}


def both(graph, output, library, *arguments, **options):
    return (
        graph.compile(output, *arguments, backend=library, **options),
        graph.compile(output, *arguments, **options),
    )


@pytest.mark.parametrize("wrt", [None, "W_1", ["β", "W_2"]])
@pytest.mark.parametrize("form", FORMS)
def test_every_form(form, wrt, library):
    if form in BLOCKS and wrt != "W_1":
        pytest.skip("blocks are of one leaf")
    graph, _ = network()
    output = "ĥ" if form in ("jacobian", "jacobian_blocks", "jvp", "vjp") else "L"
    step, wanted = both(graph, output, library, wrt, form=form)
    vectors = vectors_for(wanted)
    same(step(vectors), wanted(vectors))
    if form in VECTOR_OF:
        same(step(**vectors), wanted(**vectors))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_functions_of_tensors(case, library):
    graph = loss_of(case)
    step, wanted = both(graph, "L", library)
    same(step(), wanted())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_samples_of_functions_of_tensors(case, library):
    graph = loss_of(case)
    step, wanted = both(graph, "L", library)
    leaf = graph.leaves[0]
    samples = np.stack([np.asarray(leaf.value, float) * factor for factor in (1, 0.75, 0.5)])
    same(step({leaf.name: samples}), wanted({leaf.name: samples}))


@pytest.mark.parametrize("name", NAMES)
def test_functions_of_scalars(name, library):
    graph = inside(name)
    step, wanted = both(graph, "f", library)
    same(step(), wanted())


def test_values_by_name_in_order_and_as_they_come(library):
    graph, values = network()
    step, wanted = both(graph, "L", library)
    turned = np.asfortranarray(values["X"][::-1])
    for arguments, named in (
        ((), {}),
        (tuple(values[leaf.name] for leaf in graph.leaves), {}),
        ((), {"W_1": values["W_1"] * 2}),
        (({"W_1": values["W_1"] * 2},), {"β": [1, 2, 3, 4]}),
        ((turned,), {"W_2": values["W_2"].tolist()}),
        ((values["X"].astype(np.float32),), {"β": np.ones(4)}),
        ((np.ones((5, 3), int),), {}),
    ):
        same(step(*arguments, **named), wanted(*arguments, **named))
    single = values["X"].astype(np.float32)
    same(step(single), wanted(single), SINGLE)


def test_samples_of_several_leaves_and_of_one_that_a_result_does_not_depend_on(library):
    graph, values = network()
    many = {"X": np.stack([values["X"], -values["X"]]), "β": np.ones((2, 4))}
    step, wanted = both(graph, "L", library)
    same(step(many), wanted(many))
    linear = gd.Graph()
    linear.node("L", gd.sum(linear.input("x", [1.0, 2.0]) * linear.parameter("w", [3.0, 4.0])))
    step, wanted = both(linear, "L", library)
    same(step(w=np.ones((5, 2))), wanted(w=np.ones((5, 2))))


def test_numbers_come_back_as_numbers(library):
    graph = gd.Graph()
    graph.node("L", graph.input("x", 2) * graph.parameter("w", 3) ** 2)
    step, wanted = both(graph, "L", library)
    assert step() == wanted() == (18.0, {"w": 12.0})
    for x in (2.5, 3, np.float64(4), np.array(5.0), np.int64(6)):
        same(step(x), wanted(x))
    same(step(x=[1, 2, 3]), wanted(x=[1, 2, 3]))


def test_results_are_new_and_may_be_written_to(library):
    graph, values = network()
    step = graph.compile("L", form="gradient", backend=library)
    first = step()
    kept = {name: array.copy() for name, array in first.items()}
    for array in first.values():
        array += 1.0
    same(step(), kept)
    linear = gd.Graph()
    x = linear.parameter("x", values["X"])
    linear.node("L", gd.sum(x) + gd.sum(3 * linear.parameter("w", values["X"])))
    for array in linear.compile("L", form="gradient", backend=library)().values():
        array[0, 0] = 7.0
        assert array.sum() != 7.0 * array.size


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_type_asked_for(dtype, library):
    graph, _ = network()
    step, wanted = both(graph, "L", library, dtype=dtype)
    same(step(), wanted(), SINGLE if dtype == "float32" else 1e-9)


def test_flat_is_what_an_optimiser_calls(library):
    graph, values = network()
    step, wanted = both(graph, "L", library)
    theta = wanted.theta()
    same(step.theta(), theta)
    same(step.flat(theta * 2), wanted.flat(theta * 2))
    same(step.flat(theta, X=values["X"] + 1), wanted.flat(theta, X=values["X"] + 1))


def test_sizes_that_are_letters(library):
    graph = gd.Graph()
    X, Y = graph.input("X", shape=("m", 3)), graph.input("Y", shape=("m",))
    graph.node("F", gd.mse(X @ graph.parameter("w", [1, 2, 3]), Y))
    step, wanted = both(graph, "F", library)
    for m in (2, 5):
        same(step(X=np.ones((m, 3)), Y=np.zeros(m)), wanted(X=np.ones((m, 3)), Y=np.zeros(m)))
    assert library in step.source


def test_infinite_values_give_no_warning_and_no_error(library):
    graph = gd.Graph()
    graph.node("L", gd.sum(gd.log(graph.parameter("x", [1.0, 2.0]))))
    step, wanted = both(graph, "L", library)
    assert step(x=[0.0, 1.0])[0] == wanted(x=[0.0, 1.0])[0] == -np.inf


def test_functions_of_ones_own(library):
    graph = own_functions()
    step, wanted = both(graph, "L", library)
    same(step(), wanted())
    with pytest.raises(GraphError, match=r"^'factorial' cannot be written"):
        without_formula().compile("L", backend=library)


BAD = [
    ((), {"X": np.ones((4, 3))}),
    ((), {"X": np.ones((2, 5, 3)), "β": np.ones((3, 4))}),
    ((), {"Z": 1}),
    ((), {"L": 1}),
    ((), {"X": "a"}),
    ((), {"X": np.full((5, 3), np.nan)}),
    ((1, 2, 3, 4, 5, 6), {}),
    ((np.ones((5, 3)),), {"X": np.ones((5, 3))}),
    (({"W_1": 1},), {}),
]


@pytest.mark.parametrize("call", BAD, ids=str)
def test_bad_calls_are_refused_in_the_same_words(call, library):
    graph, _ = network()
    step, wanted = both(graph, "L", library)
    said = []
    for one in (step, wanted):
        try:
            one(*call[0], **call[1])
            said.append(None)
        except GraphdiffError as error:
            said.append((type(error), str(error)))
    assert said[0] == said[1]


def test_a_missing_value_is_named(library):
    graph = gd.Graph()
    graph.node("L", graph.input("x") * graph.parameter("w", [1.0, 2.0]).sum())
    with pytest.raises(GraphError, match=r"^no value for 'x'; give it when building the graph"):
        graph.compile("L", backend=library)()


def test_a_vector_left_out_or_of_another_shape(library):
    graph, _ = network()
    step, wanted = both(graph, "L", library, "W_1", form="hvp")
    for vectors in ({}, {"tangent": np.ones(3)}):
        said = []
        for one in (step, wanted):
            with pytest.raises(GraphError) as error:
                one(**vectors)
            said.append(str(error.value))
        assert said[0] == said[1]


def test_the_source_says_who_runs_it_and_why(library):
    graph, values = network()
    step = graph.compile("L", backend=library)
    step()
    title, how = BACKENDS[library].title, BACKENDS[library].how
    first = f"# {title} in float64, {how}: asked for by backend={library!r}"
    assert step.source.splitlines()[:2] == ["# value_and_gradient of L in W_1, β, W_2", first]
    assert "def step(X, y, W_1, β, W_2):" in step.source
    assert step.backend == library
    step(X=np.stack([values["X"]] * 2))
    assert "mapped over the first axis of what is samples" in step.source


def test_copies_run_in_the_same_library(library):
    graph, _ = network()
    step = graph.compile("L", backend=library)
    again = pickle.loads(pickle.dumps(step))
    assert again.backend == library
    same(again(), step())


def test_calls_from_several_threads(library):
    graph, values = network()
    step = graph.compile("L", backend=library)
    wanted, wrong = step(), []

    def often():
        for _ in range(20):
            try:
                same(step(**values), wanted)
            except BaseException as error:
                wrong.append(error)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_jax_stays_as_it_is_set_elsewhere():
    jax = pytest.importorskip("jax")
    graph, _ = network()
    before = jax.config.jax_enable_x64
    value, gradients = graph.compile("L", backend="jax")()
    assert jax.config.jax_enable_x64 == before
    assert {gradient.dtype for gradient in gradients.values()} == {np.dtype(np.float64)}
    close(value, graph.forward().value["L"], 1e-14)


def test_an_unknown_backend():
    graph, _ = network()
    with pytest.raises(UnknownNameError, match=r"^unknown backend 'jacks'; did you mean"):
        graph.compile("L", backend="jacks")


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_that_is_not_installed(name, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    graph, _ = network()
    title = {"jax": "JAX", "torch": "PyTorch"}[name]
    with pytest.raises(GraphError) as error:
        graph.compile("L", backend=name)
    assert str(error.value) == (
        f"backend={name!r} runs in {title}, which is not installed; install "
        f"graphdiff-explorer[{name}]"
    )


def test_jit_is_for_numpy(library):
    graph = gd.Graph()
    graph.node("L", graph.parameter("x", 1.0) ** 2)
    with pytest.raises(GraphError, match=r"^jit=True is for programs in NumPy"):
        graph.compile("L", jit=True, backend=library)


def own(library, value):
    """Return an array of a library's own, in the type of NumPy's."""
    if library == "torch":
        import torch

        return torch.tensor(value)
    import jax

    with jax.enable_x64(True):
        return jax.numpy.array(value)


def as_numpy(found):
    """Return a result with arrays of NumPy's, and check that all were another library's."""
    if isinstance(found, tuple):
        return tuple(map(as_numpy, found))
    if isinstance(found, dict):
        return {key: as_numpy(part) for key, part in found.items()}
    assert not isinstance(found, np.ndarray | np.generic | float)
    array = np.asarray(found)
    return array if array.shape else float(array)


@pytest.mark.parametrize("form", ["value_and_gradient", "jacobian", "hessian"])
def test_arrays_of_its_own_stay_there(form, library):
    graph, values = network()
    step, wanted = both(graph, "L", library, form=form)
    X = own(library, values["X"] * 2)
    for found in (step(X), step(X=X), step({"X": X}), step(X, W_1=values["W_1"] * 1.0)):
        same(as_numpy(found), wanted(values["X"] * 2))
    everything = [values[leaf.name] for leaf in graph.leaves]
    same(as_numpy(step(*(own(library, value) for value in everything))), wanted(*everything))
    same(step(values["X"]), wanted(values["X"]))
    single = values["X"].astype(np.float32)
    same(as_numpy(step(own(library, single))), as_floats(wanted(single)), SINGLE)
    mixed = {"X": own(library, single), "β": np.ones(4)}
    same(as_numpy(step(mixed)), wanted({"X": single, "β": np.ones(4)}), SINGLE)


def as_floats(found):
    """Return a result in which numbers are Python's."""
    if isinstance(found, tuple):
        return tuple(map(as_floats, found))
    return float(found) if isinstance(found, float | np.floating) else found


def test_samples_in_arrays_of_its_own(library):
    graph, values = network()
    many = np.stack([values["X"], -values["X"]])
    step, wanted = both(graph, "L", library)
    same(as_numpy(step(own(library, many))), wanted(many))
    same(step(many), wanted(many))


def test_arrays_of_its_own_that_do_not_fit_are_refused_in_the_same_words(library):
    graph, values = network()
    step, wanted = both(graph, "L", library)
    wrong = values["X"][:, :1]
    with pytest.raises(GraphdiffError) as expected:
        wanted(wrong)
    with pytest.raises(GraphdiffError) as refused:
        step(own(library, wrong))
    assert str(refused.value) == str(expected.value)


def test_sizes_that_are_letters_in_arrays_of_its_own(library):
    graph = gd.Graph()
    X, w = graph.input("X", shape=("m", 2)), graph.parameter("w", [1.0, 2.0])
    graph.node("L", ((X @ w) ** 2).mean())
    step, wanted = both(graph, "L", library)
    for rows in (3, 4):
        value = np.arange(2.0 * rows).reshape(rows, 2)
        same(as_numpy(step(own(library, value))), wanted(value))
