"""The mistakes on pages of others: each is told as what it is, or among the first three."""

import json

import pytest
from pages import FOLDER, NAMES, PLACES

import graphdiff as gd

KINDS = {
    "arithmetic slip": {"arithmetic"},
    "arithmetic slip (place value)": {"decimal-point"},
    "arithmetic slip that undoes the earlier one": {"arithmetic"},
    "chain rule through the wrong node": {"way-elsewhere"},
    "derivative with respect to the wrong variable (label)": {"other-variable"},
    "garbled formula (fraction lost in copying)": {"fraction-lost"},
    "inner derivative (−1) missing": {"minus-missing"},
    "missing sum over the batch": {"sum-missing"},
    "other output's target used": {"other-output"},
    "outer value in place of the inner (net input)": {"operand"},
    "sign of (y − ŷ) turned, and 1/n dropped": {("sign", "mean-as-sum")},
    "stale value (value of another set of parameters)": {"stale-value"},
    "transposed matrix": {"transposed", "factors-swapped"},
    "wrong number substituted (a neighbouring result)": {"neighbouring-number"},
    "wrong operand": {"operand"},
    "σ′ counted twice": {"slope-included", "slope-twice"},
    "σ′ counted twice: combined derivative taken for that of the loss alone": {"slope-included"},
}
"""The mistakes that were written beside equations, and what the catalogue calls them."""

CUT_OFF = "truncated instead of rounded"
"""What is no mistake here, and is told in the note."""


def cause(report, result):
    """Return the result whose mistake a result carries on, itself if it is its own."""
    while result.verdict == "follows":
        of_line = [one for one in report if one.line == result.follows]
        result = [one for one in of_line if one.verdict in ("wrong", "coincidental", "follows")][-1]
    return result


def told(name):
    """Yield each mistake of a page, and what is told of it: keys, and whether for certain."""
    folder = FOLDER / name
    (path,) = folder.glob("page.*")
    report = gd.load(folder / "graph.toml").check_file(path)
    equations = json.loads((folder / "verdicts.json").read_text("utf-8"))["equations"]
    for at, equation in zip(PLACES[name], equations, strict=True):
        mistake = equation.get("mistake")
        if mistake is None:
            continue
        here = [one for one in report if at in (one.cell or one.line,) and one.verdict != "correct"]
        if mistake == CUT_OFF:
            assert "cut off" in here[-1].note
            continue
        result = cause(report, here[-1])
        found = result.diagnosis
        keys = [
            each.faults[0] if len(each.faults) == 1 else each.faults
            for each in (found.explanations if found else ())
        ]
        yield mistake, keys, found is not None and found.certain, str(result)


@pytest.fixture(scope="module")
def all_told():
    return [each for name in NAMES for each in told(name)]


def test_each_kind_of_mistake_is_among_the_first_three(all_told):
    missed = [line for mistake, keys, _, line in all_told if not KINDS[mistake] & set(keys[:3])]
    assert len(missed) <= 0.1 * len(all_told), missed


def test_most_are_told_first(all_told):
    first = [mistake for mistake, keys, _, _ in all_told if keys and keys[0] in KINDS[mistake]]
    assert len(first) >= 0.8 * len(all_told)


def test_nothing_else_is_told_for_certain(all_told):
    sure = [(mistake, keys, line) for mistake, keys, certain, line in all_told if certain]
    assert len(sure) >= 5
    assert [line for mistake, keys, line in sure if keys[0] not in KINDS[mistake]] == []


def test_every_kind_has_a_line(all_told):
    assert {mistake for mistake, *_ in all_told} == set(KINDS)
