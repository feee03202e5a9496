"""The benchmarks run, their contestants agree, and the limits compute what the sweeps do."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(FOLDER))

import contest as c  # noqa: E402
import harness  # noqa: E402
import mlps  # noqa: E402
import networks  # noqa: E402
import second_order  # noqa: E402
import table  # noqa: E402


def run(*options):
    return subprocess.run(
        [sys.executable, "-W", "error", FOLDER / "run.py", *map(str, options)],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip


def contest(*calls, goal=None, **options):
    """Return a contest of functions of nothing, which return a list of arrays."""
    contestants = [
        c.Contestant(f"c{k}", lambda call=call: call, list, goal) for k, call in enumerate(calls)
    ]
    return c.Contest("work", contestants, **options)


@pytest.mark.slow
def test_cheap_families_run_and_agree(tmp_path):
    saved = tmp_path / "numbers.json"
    families = "scalars,mlps,neuron_by_neuron,chain,second_order,models,training,checking"
    done = run("--quick", "--no-peers", "--only", families, "--json", saved)
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stdout
    contests = json.loads(saved.read_text(encoding="utf-8"))["contests"]
    for found in contests:
        names = [row["name"] for row in found["rows"]]
        assert any(name.startswith("graphdiff") for name in names), found["work"]
        assert all(row["median"] > 0 for row in found["rows"]), found["work"]
        assert f"| {found['work']} | {names[0]} |" in done.stdout


@pytest.mark.parametrize("options", [("--only", "poems"), ("--docs", "--quick")])
def test_options_that_make_no_sense_are_refused(options):
    done = run(*options)
    assert done.returncode == 2
    assert "mlps" in done.stderr if "poems" in options else "whole table" in done.stderr


def test_a_contestant_that_computes_something_else_is_not_timed(capsys):
    rows = harness.compare(
        contest(lambda: [1.0, [2.0]], lambda: [1.0, [2.1]], lambda: [1.0, [2.0 + 1e-12]]), 1, 0.0
    )
    assert [row.median is None for row in rows] == [False, True, False]
    assert [harness.failed(row) for row in rows] == [False, True, False]
    assert "array 1 is 0.1 off" in rows[1].note
    assert "c1" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [[np.nan], [1.0, 1.0], [[1.0, 1.0]]])
def test_not_a_number_and_other_sizes_do_not_agree(wrong):
    rows = harness.compare(contest(lambda: [1.0], lambda: wrong), 1, 0.0)
    assert harness.failed(rows[1])


def test_results_are_compared_before_a_buffer_is_used_again():
    buffer = np.array([1.0])

    def second():
        buffer[0] = 2.0
        return [buffer]

    assert harness.failed(harness.compare(contest(lambda: [buffer], second), 1, 0.0)[1])


def test_what_cannot_take_part_says_why_and_has_no_number():
    def absent():
        raise c.NotMeasured("not there yet")

    goal = c.Goal(2)
    rows = harness.compare(c.Contest("work", [c.Contestant("a", absent, goal=goal)]), 1, 0.0)
    assert rows == [harness.Row("a", None, None, goal, None, "not measured: not there yet")]
    assert not harness.failed(rows[0])


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (c.Goal(3), True),
        (c.Goal(1.5), False),
        (c.Goal(5, "s"), True),
        (c.Goal(3, "s"), False),
        (c.Goal(5e8, "ns"), True),
        (c.Goal(3e8, "ns"), False),
    ],
)
def test_goals_are_of_ratios_of_seconds_and_of_parts(goal, met):
    told = contest(lambda: 2.0, lambda: 4.0, goal=goal, quantity="seconds", parts=(10, "edge"))
    rows = harness.compare(told, 3)
    assert (rows[1].median, rows[1].ratio, rows[1].met) == (4.0, 2.0, met)
    assert ("**missed**" in table.lines(told, rows)[1]) is not met


def test_a_partial_is_called_with_its_arguments():
    import functools

    seen = []
    call = functools.partial(lambda *a, **k: seen.append((a, k)), 1, 2, key=3)
    harness.compare(c.Contest("work", [c.Contestant("a", lambda: call)]), 1, 0.0)
    assert set(map(str, seen)) == {"((1, 2), {'key': 3})"}


def test_the_table_takes_its_place_in_a_page_and_nothing_else_changes(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n", encoding="utf-8")
    table.put_between_marks(page, "new")
    text = page.read_text(encoding="utf-8")
    assert text == f"before\n{table.BEGIN}\nnew\n{table.END}\nafter\n"
    page.write_text("no marks", encoding="utf-8")
    with pytest.raises(ValueError, match="must have the two lines"):
        table.put_between_marks(page, "new")
    assert page.read_text(encoding="utf-8") == "no marks"
    assert [path.name for path in tmp_path.iterdir()] == ["page.md"]


def test_the_page_of_the_documentation_has_a_place_for_the_table():
    page = (FOLDER.parent / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert page.count(table.BEGIN) == page.count(table.END) == 1


# The limits against the literal sweeps


@pytest.mark.parametrize("work", mlps.QUICK, ids=lambda work: f"{work.sizes}, {work.m}")
def test_networks_by_hand_are_what_the_sweeps_find(work):
    limit = next(one for one in mlps.contest(work).contestants if one.name == "NumPy by hand")
    value, *gradients = limit.read(limit.make()())
    swept = mlps.graph(work).backward("L")
    close = {"rtol": 0, "atol": 1e-10 if work.dtype is np.float64 else 1e-5}
    np.testing.assert_allclose(value, swept.value["L"], **close)
    for name, found in zip(mlps.PARAMETERS, gradients, strict=True):
        np.testing.assert_allclose(found, swept.gradient[name], **close)


@pytest.mark.parametrize("kind", ["784-128-10", "irregular, 32 weights a neuron"])
def test_neurons_by_hand_are_what_the_sweeps_find(kind):
    import neuron_by_neuron

    network = neuron_by_neuron.KINDS[kind](True)
    by_hand = neuron_by_neuron.sparse if kind.startswith("irr") else neuron_by_neuron.matrices
    value, gradient = by_hand(network)(network.theta)
    graph = networks.graph(network)
    swept = graph.backward("L")
    assert len(network.outputs) >= 1
    np.testing.assert_allclose(value, swept.value["L"], rtol=1e-12)
    expected = [swept.gradient[leaf.name] for leaf in graph.parameters]
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-14)


def test_the_chain_by_hand_is_what_the_sweeps_find():
    import chain

    swept = chain.graph(50).backward("v50")
    found = chain.by_hand(50)(*chain.POINT)
    expected = [swept.value["v50"], swept.gradient["w"], swept.gradient["b"]]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def differences(graph, output, name, kind):
    """Differentiate the sweeps' value or gradient once more, by central differences."""
    at = np.array(graph[name].value, dtype=float)
    columns = []
    for k in range(at.size):
        step = np.zeros(at.size)
        step[k] = 1e-5
        swept = [
            graph.backward(output, {name: at + sign * step.reshape(at.shape)}) for sign in (1, -1)
        ]
        if kind == "gradient":
            ends = [one.gradient[name] for one in swept]
        else:
            ends = [one.value[output] for one in swept]
        columns.append((ends[0] - ends[1]).ravel() / 2e-5)
    return np.array(columns).T


def deep(width, loss):
    return second_order.deep(width, second_order.weights(width), loss)


@pytest.mark.parametrize(
    ("contest_", "graph", "output", "name"),
    [
        (lambda: second_order.logistic(6), second_order.logistic_graph, "L", "w"),
        (lambda: second_order.factorisation(4, 2), second_order.factorisation_graph, "L", "U"),
        (lambda: second_order.first_layer(3), lambda *_: deep(3, True), "L", "W1"),
        (lambda: second_order.network_jacobian(4), lambda *_: deep(4, False), "a10", "x"),
    ],
)
def test_second_order_by_hand_is_what_differences_of_the_sweeps_say(contest_, graph, output, name):
    limit = contest_().contestants[0]
    call = limit.make()
    found = limit.read(call())[0]
    kind = "value" if output == "a10" else "gradient"
    expected = differences(graph(*call.args), output, name, kind)
    largest = np.abs(expected).max()
    np.testing.assert_allclose(found.reshape(expected.shape), expected, atol=1e-7 * largest)
