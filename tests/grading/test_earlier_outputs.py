"""What earlier runs wrote is no submission, whatever stands in it; all else is."""

from datetime import datetime

import pytest
from gradebooks import gradebooks
from hypothesis import given, settings

import graphdiff as gd
from graphdiff.cli import main
from graphdiff.errors.plain_text import json_text
from graphdiff.grading.as_csv import as_csv
from graphdiff.grading.as_gradescope import as_gradescope
from graphdiff.grading.as_json_lines import as_json_lines
from graphdiff.grading.as_junit import as_junit
from graphdiff.grading.class_page import ClassPage
from graphdiff.grading.earlier import is_output
from graphdiff.grading.handed_in import handed_in, written_before

HOMEWORK = '[parameters]\nw = 3\n[nodes]\nL = "w**2"\n[grading]\nrequired = ["L", "dL/dw"]\n'
ALL = ("--csv", "--jsonl", "--junit", "--gradescope", "--class-page", "--pages")


@settings(max_examples=40)
@given(gradebooks())
def test_each_is_known_by_how_it_begins(tmp_path_factory, book):
    folder = tmp_path_factory.mktemp("written")
    page = ClassPage(book)
    files = {
        "a.csv": as_csv(book),
        "a.html": page.html,
        "a.jsonl": as_json_lines(book),
    }
    if book.graded:
        files["a.xml"] = as_junit(book, datetime(2026, 1, 1))
        files["a.json"] = json_text(as_gradescope(book.graded[0]))
    for name, content in files.items():
        (folder / name).write_bytes(content.encode("utf-8-sig" if name == "a.csv" else "utf-8"))
        if content:
            assert is_output(folder / name), content[:300]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "student,file\nada,a.md\n"),
        ("a.json", '{"dL/dw": 6}'),
        ("a.json", '{"score": 3, "tests": []}'),
        ("a.md", "$L = w^2 = 9$"),
        ("a.html", "<!DOCTYPE html><html><head><title>L</title></head><p>$L = 9$</p></html>"),
        ("a.toml", "L = 9"),
        ("a.csv", ""),
    ],
)
def test_what_is_handed_in_is_none(name, content, tmp_path):
    (tmp_path / name).write_text(content, "utf-8")
    assert not is_output(tmp_path / name)


def outputs(folder):
    made = ("grades.csv", "lines.jsonl", "junit.xml", "scope", "class.html", "pages")
    return [
        part
        for pair in zip(ALL, (str(folder / name) for name in made), strict=True)
        for part in pair
    ]


@pytest.mark.parametrize("markdown", [False, True])
def test_a_folder_graded_twice_has_the_same_rows(tmp_path, markdown):
    work = tmp_path / "in"
    work.mkdir()
    (tmp_path / "hw.toml").write_text(HOMEWORK, "utf-8")
    for name, wrong in (("ada", 6), ("bob", 7)):
        (work / f"{name}.md").write_text(f"$L = 9$ and $dL/dw = {wrong}$", "utf-8")
    command = ["grade", str(tmp_path / "hw.toml"), str(work)]
    forms = ["--markdown"] * markdown
    for _ in range(2):
        assert main([*command, *outputs(work), *forms, "--force"]) == 1
    book = gd.grading.grade(tmp_path / "hw.toml", [work])
    assert [one.student for one in book.graded] == ["ada", "bob"]
    assert len(written_before([work])) == 8
    assert any("written by an earlier run" in remark for remark in book.remarks)
    assert not written_before([work], [work])
    (named,) = handed_in([work / "grades.csv"])
    assert named.path == work / "grades.csv"
