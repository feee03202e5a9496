"""graphdiff check page.md -o report.html: the page with its verdicts, as a file."""

import json
from pathlib import Path

import pytest
from reading_output import check_page

from graphdiff.cli import main

PAGES = Path(__file__).parent.parent / "files" / "worksheets"
NAMES = ["polynomial-step-2", "course-trace-table", "three-two-two-ipynb", "code-style-es"]


def files(name):
    folder = PAGES / name
    return next(folder.glob("page.*")), folder / "graph.toml"


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_written_with_its_verdicts(name, tmp_path, capsys):
    page, graph = map(str, files(name))
    html, text = tmp_path / "report.html", tmp_path / "report.md"
    codes = {main(["check", page, "--graph", graph, "-o", str(path)]) for path in (html, text)}
    assert codes <= {0, 1, 2} and len(codes) == 1
    said = capsys.readouterr().out
    assert f"wrote {text}" in said
    assert main(["check", page, "--graph", graph, "--format", "json"]) in codes
    report = json.loads(capsys.readouterr().out)
    read = check_page(html.read_text("utf-8"))
    shown, markdown = " ".join(read.texts), text.read_text("utf-8")
    for result in report["results"]:
        where = f"line {result['line']}"
        assert where in shown
        assert where in markdown
        assert result["verdict"] in shown
    wrong = [result for result in report["results"] if result["verdict"] == "wrong"]
    assert ("first mistake" in shown) == ("first mistake" in markdown) == bool(wrong)


def test_what_cannot_be_written_is_refused(tmp_path, capsys):
    page, graph = map(str, files("polynomial-step-2"))

    def said(*arguments):
        assert main(["check", *arguments]) == 2
        return capsys.readouterr().err

    assert ".html or .md" in said(page, "--graph", graph, "-o", str(tmp_path / "report.pdf"))
    assert "draw --check" in said(graph, "-o", str(tmp_path / "report.html"))
    assert "one page" in said(page, page, "--graph", graph, "-o", str(tmp_path / "report.html"))
    there = tmp_path / "there.html"
    there.write_text("mine")
    assert "overwritten" in said(page, "--graph", graph, "-o", str(there))
    assert there.read_text() == "mine"
    main(["check", page, "--graph", graph, "-o", str(there), "--force"])
    assert there.read_text("utf-8").startswith("<!DOCTYPE html>")
