"""Pages with mistakes as students make them: each is told, first or among the first three.

A page has its graph above it, and at the end of a line with a mistake stands %% and its kind. Lines
that carry a mistake on have none.
"""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

import graphdiff as gd
from graphdiff.checking.told import told

FOLDER = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md"))
MARK = re.compile(r" ?%% *(\S+)$", re.MULTILINE)


class Judged(NamedTuple):
    """A report on a page, and the mistakes on it by their lines."""

    report: list
    mistakes: dict[int, str]


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder, found = tmp_path_factory.mktemp("pages"), {}
    for name in NAMES:
        graph, page = (FOLDER / f"{name}.md").read_text("utf-8").split("---\n", 1)
        (folder / f"{name}.toml").write_text(graph, "utf-8")
        (folder / f"{name}.md").write_text(MARK.sub("", page), "utf-8")
        report = gd.load(folder / f"{name}.toml").check_file(folder / f"{name}.md")
        lines = enumerate(page.splitlines(), 1)
        marks = {place: match[1] for place, line in lines if (match := MARK.search(line))}
        found[name] = Judged(list(report), marks)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_what_is_wrong_is_found_and_nothing_else(name, judged):
    report, mistakes = judged[name]
    assert not [str(r) for r in report if r.verdict in ("unread", "undecided")]
    wrong = {r.line for r in report if r.verdict in ("wrong", "coincidental")}
    assert wrong == set(mistakes)


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_is_among_the_first_three(name, judged):
    report, mistakes = judged[name]
    for result in report:
        if result.verdict in ("wrong", "coincidental"):
            assert result.diagnosis is not None, str(result)
            keys = [explanation.faults for explanation in result.diagnosis.explanations]
            assert (mistakes[result.line],) in keys[:3], str(result)


def test_most_are_told_first_and_none_wrongly_for_certain(judged):
    first, every = 0, 0
    for report, mistakes in judged.values():
        for result in report:
            if result.diagnosis is not None and result.diagnosis.explanations:
                key = result.diagnosis.explanations[0].faults
                is_it = key == (mistakes[result.line],)
                assert is_it or not result.diagnosis.certain, str(result)
                first, every = first + is_it, every + 1
    assert first >= 0.65 * every


def test_without_the_answer_the_mistake_is_told_still(judged):
    """There is no number in it that is right, but those that the student wrote."""
    for report, _ in judged.values():
        for result in report:
            if result.diagnosis is not None and result.diagnosis.explanations:
                said = told(result, answers=False)
                assert said.mistake, str(result)
                right = re.findall(r"\d+\.\d{3,}", result.expected)
                shown = [n for n in right if n in " ".join(said.sentences())]
                assert all(number in result.source for number in shown), str(result)


def test_what_a_printed_step_gives_is_told(judged):
    said = [str(result) for report, _ in judged.values() for result in report]
    assert any("1.2 − 0.35 is 0.85, not 0.75" in line for line in said)
