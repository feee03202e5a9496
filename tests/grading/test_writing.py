"""Files of what comes of grading, from the command line and from Python."""

import csv
import json
from pathlib import Path

import pytest
from gradebooks import lines
from hypothesis import given
from hypothesis import strategies as st

from graphdiff.cli import main
from graphdiff.files import worker
from graphdiff.files.worker import Limits
from graphdiff.grading import Graded
from graphdiff.grading.assignment import load_assignment
from graphdiff.grading.running import grade
from graphdiff.grading.writing import MAX_FILE_NAME, Outputs, file_names, write

TEACHER = """
title = "Parabola"
parameters.w = 3
nodes.L = "w**2"
[grading.required]
L = 1
"dL/dw" = {points = 2, hidden = true}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "hw.toml").write_text(TEACHER)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ada.md").write_text("$L = w^2 = 9$ and $dL/dw = 2w = 6$")
    (tmp_path / "in" / "bob.toml").write_text('"dL/dw" = "w"')
    (tmp_path / "in" / "eve.md").write_bytes(b"\xff\xfe\x00")
    return tmp_path


def run(*given):
    return main(["grade", *map(str, given)])


def test_the_command_writes_what_is_asked_for(folder, capsys):
    out = folder / "out"
    code = run(
        folder / "hw.toml", folder / "in", "--csv", out / "g.csv", "--jsonl", out / "g.jsonl",
        "--junit", out / "j.xml", "--gradescope", out / "gs", "--class-page", out / "c.html",
        "--pages", out / "pages",
    )  # fmt: skip
    assert code == 2
    said = capsys.readouterr().out
    assert f"wrote 3 files in {out / 'pages'}" in said
    assert f"wrote {out / 'g.csv'}" in said
    assert (out / "g.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    with (out / "g.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["student"], row["total"]) for row in rows] == [
        ("ada", "3"),
        ("bob", "0"),
        ("eve", "0"),
    ]
    assert len((out / "g.jsonl").read_text("utf-8").splitlines()) == 3
    assert sorted(path.name for path in (out / "gs").iterdir()) == [
        "ada.json",
        "bob.json",
        "eve.json",
    ]
    for name in ("ada", "bob", "eve"):
        assert f"{name}" in (out / "pages" / f"{name}.html").read_text("utf-8")
    assert "Line by line" in (out / "pages" / "ada.html").read_text("utf-8")
    assert "UTF-8" in (out / "pages" / "eve.html").read_text("utf-8")


def test_one_submission_is_the_file_that_gradescope_reads(folder, capsys):
    path = folder / "results.json"
    assert run(folder / "hw.toml", folder / "in" / "bob.toml", "--gradescope", path) == 1
    found = json.loads(path.read_text("utf-8"))
    assert found["score"] == 0
    assert [test["visibility"] for test in found["tests"]] == ["visible", "hidden"]
    assert run(folder / "hw.toml", folder / "in", "--gradescope", path, "--force") == 2
    assert "one file, for one submission" in capsys.readouterr().err


def test_nothing_is_overwritten_unasked(folder, capsys):
    path = folder / "class.md"
    path.write_text("mine")
    given = (folder / "hw.toml", folder / "in", "--class-page", path)
    assert run(*given) == 2
    assert "would be overwritten" in capsys.readouterr().err
    assert path.read_text() == "mine"
    run(*given, "--force")
    assert path.read_text("utf-8").startswith("# Parabola")
    assert run(*given[:2], "--class-page", folder / "class.txt") == 2
    assert ".html or .md" in capsys.readouterr().err


@pytest.mark.parametrize("read", ["hw.toml", "in/bob.toml"])
@pytest.mark.parametrize("option", ["--csv", "--jsonl", "--junit", "--gradescope"])
def test_what_is_read_is_not_written_over_though_forced(folder, read, option, capsys):
    before = (folder / read).read_bytes()
    assert run(folder / "hw.toml", folder / "in", option, folder / read, "--force") == 2
    assert "is read here" in capsys.readouterr().err
    assert (folder / read).read_bytes() == before


@pytest.mark.parametrize("can_fork", [True, False])
def test_a_page_that_fails_costs_the_others_nothing(folder, monkeypatch, can_fork):
    monkeypatch.setattr(worker, "CAN_FORK", can_fork and worker.CAN_FORK)
    assignment = load_assignment(folder / "hw.toml")
    book = grade(assignment, [folder / "in"])
    (folder / "in" / "ada.md").unlink()
    outputs = Outputs(pages=folder / "pages", markdown=True)
    written = write(book, assignment, outputs, limits=Limits(30, 2 << 30), jobs=2)
    texts = {path.stem: path.read_text("utf-8") for path in written}
    assert set(texts) == {"ada", "bob", "eve"}
    assert "could not be shown" in texts["ada"]
    assert "3 of 3 points" in texts["ada"]
    assert "could not be shown" not in texts["bob"]


@given(st.lists(lines, max_size=6))
def test_names_of_files_are_safe_and_apart(students):
    names = file_names([Graded(student, "", ()) for student in students])
    assert len({name.casefold() for name in names}) == len(students)
    for name in names:
        assert name == Path(name).name
        assert not name.startswith((".", "-"))
        assert 0 < len(name) <= MAX_FILE_NAME + 5
        assert not set(name) & set('/\\:*?"<>|\n\t\x00')
