"""Pages of public repositories, each in a notation of its own, are read and judged right."""

import json

import pytest
from pages import NAMES, page

from graphdiff.checking.report import ACCEPTED

OTHERWISE = {
    ("three-two-two-ipynb", 13): "rounded",  # 0.0775 for 0.07757: cut off, which is told
    ("two-two-two-a", 32): "wrong",  # the mistake it comes of does not stand on the page
}
"""Verdicts that differ, by page and place."""


@pytest.mark.parametrize("name", NAMES)
def test_verdicts(name):
    found = page(name)
    report = found.graph.check_file(found.path)
    assert not report.with_verdict("unread"), str(report)
    for equation in found.equations:
        at = equation["at"]
        links = [result for result in report if at in (result.cell or result.line,)]
        assert links, equation
        expected = OTHERWISE.get((name, at), equation["verdict"])
        verdict = links[-1].verdict
        if expected in ACCEPTED:
            assert verdict in ACCEPTED, [str(link) for link in links]
        else:
            assert verdict == expected, [str(link) for link in links]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_right_is_accused(name):
    found = page(name)
    right = {e["at"] for e in found.equations if e["verdict"] in ACCEPTED}
    accused = {"wrong", "coincidental"}
    for result in found.graph.check_file(found.path):
        if (result.cell or result.line) in right:
            assert result.verdict not in accused, str(result)


@pytest.mark.parametrize("name", NAMES)
def test_records(name):
    found = page(name)
    text = found.path.read_text("utf-8")
    for record in json.loads(found.graph.check_file(found.path).json())["results"]:
        assert record["line"] >= 1
        if record["cell"] is None:
            lines = text.splitlines()
            assert record["source"].split()[0] in " ".join(lines[record["line"] - 1 :])
