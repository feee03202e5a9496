"""Arrays of every function of tensors are judged entry by entry, each to its printed digits."""

import re
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from layer_claims import judged
from tensor_cases import CASES, graph_of, values_for

import graphdiff as gd

NOT_READ = re.compile(r"argmax|argmin|scatter|\w'(_\d)?\(")

# Every function of tensors


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_numbers_of_every_function(case):
    graph = graph_of(case, values_for(case))
    run = graph.backward("f")
    claims = {"f": np.asarray(run.value["f"])}
    claims |= {f"P[{leaf.name}]": np.asarray(run.P[leaf.name]) for leaf in graph.leaves}
    claims |= {f"df/d{leaf.name}": np.asarray(run.gradient[leaf.name]) for leaf in graph.leaves}
    claims = {
        target: claim.tolist() if not claim.shape else claim for target, claim in claims.items()
    }
    rounded = {target: np.round(claim, 4) for target, claim in claims.items()}
    assert graph.check(rounded).ok, str(graph.check(rounded))
    for target, claim in rounded.items():
        if np.shape(claim):
            off = np.array(claim)
            off.flat[-1] += 0.25
            (result,) = graph.check({target: off})
            place = ", ".join(str(size - 1) for size in off.shape)
            assert result.verdict == "wrong"
            assert result.wrong_entries == (tuple(size - 1 for size in off.shape),)
            many = f"of {off.size} entries " if off.size > 1 else "entry "
            assert result.note.startswith(f"1 {many}is wrong: [{place}] is ")


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_formulas_of_every_function(case):
    """The gradient in matrix notation, as the package prints it, is judged correct."""
    graph = graph_of(case, values_for(case))
    weights = np.arange(1, graph["f"].size + 1).reshape(graph["f"].shape) / 8
    graph.input("w", weights if weights.shape else float(weights))
    graph.node("L", (graph["w"] * graph["f"]).sum())
    checked = 0
    for leaf in graph.leaves:
        formula = graph.gradient("L", leaf, "nodes").text
        report = graph.check(
            {f"dL/d{leaf.name}": [formula, f"({formula})*2"]}, output="L", diagnose=False
        )
        if report.with_verdict("unread"):  # of notation that only derivatives have
            assert NOT_READ.search(formula), report
            continue
        checked += 1
        assert report.results[0].verdict == "correct", str(report)
        zero = "does not depend" in report.results[1].note or formula == "0"
        assert report.results[1].verdict == ("correct" if zero else "wrong"), str(report)
    assert checked


# Printed digits, in each entry


@given(
    hnp.arrays(float, st.sampled_from([(3,), (2, 2)]), elements=st.floats(-99, 99)),
    st.integers(0, 4),  # fewer than a float32 has, which may be off in the last ones
    st.data(),
)
def test_entries_count_to_their_printed_digits(values, digits, data):
    graph = gd.Graph()
    graph.node("z", graph.input("x", values) + 0 * graph.input("o", 1))
    claims = np.vectorize(lambda x: f"{Decimal(repr(float(x))):.{digits}f}", otypes=[object])(
        values
    )
    if digits:
        assert judged("z", claims.tolist(), graph).verdict == "correct"
    place = tuple(data.draw(st.integers(0, size - 1)) for size in values.shape)
    unit = Decimal(1).scaleb(-digits)
    claims[place] = str(Decimal(claims[place]) + 2 * unit)
    result = judged("z", claims.tolist(), graph)
    assert result.verdict == "wrong"
    assert f"[{', '.join(map(str, place))}] is " in result.note or digits == 0


def test_arithmetic_in_entries():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [0.59, 0.41]) * graph.input("y", [0.41, 2]))
    assert judged("z", ["0.59*0.41", "0.82"], graph).verdict == "correct"
    assert judged("z", "[0.59*0.41, 2*0.3]", graph).verdict == "wrong"
    assert judged("z", "[0.6*0.4, 0.8]", graph).verdict == "correct"
    assert judged("z", ["0.242", "0.82"], graph).verdict == "correct"
    assert judged("z", ["0.243", "0.82"], graph).verdict == "wrong"
    assert judged("z", "2*[0.12, 0.41]", graph).verdict == "correct"
    assert judged("z", "2*[0.12, 0.42]", graph).verdict == "wrong"


def test_floats_of_a_computation_are_right_to_twelve_digits():
    graph = gd.Graph()
    graph.node("z", graph.input("x", [1, 2, 3]) / 3)
    run = graph.forward()
    off = run.value["z"] * (1 + 1e-14)
    assert judged("z", off, graph).verdict == "correct"
    assert judged("z", run.value["z"] * (1 + 1e-9), graph).verdict == "wrong"
    assert judged("z", off.tolist(), graph).verdict == "correct"
