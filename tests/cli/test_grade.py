"""The command grade: tables, exit codes, errors, progress."""

import contextlib
import io
import json
import sys

import pytest
from a_class import ASSIGNMENT, HOSTILE, RIGHT, a_class

from graphdiff.cli import main
from graphdiff.cli.wide_tables import blocks
from graphdiff.notation.display import Table


@pytest.fixture
def handed_in(folder):
    a_class(folder)
    return folder / "submissions"


def test_a_class_is_a_table(run, handed_in):
    code, out, err = run("grade", "hw1.toml", "submissions")
    assert (code, err) == (1, "")
    assert out == (
        "One neuron\n"
        "student  z    a    dL/dw  dL/db  of 8\n"
        "-------  ---  ---  -----  -----  ----\n"
        "ada      ✓ 1  ✓ 2  ✓ 4    ✓ 1    8\n"
        "bob      ✓ 1  ✗    ✓ 4    ✗      5\n"
        "eve      ✓ 1  ✓ 2  ✓ 4    ✓ 1    8\n"
        "2 all correct, 1 with something wrong or missing; 7 of 8 points on average\n"
    )


def test_exit_codes(run, handed_in):
    assert run("grade", "hw1.toml", "submissions/ada.json", "submissions/eve.md")[0] == 0
    assert run("grade", "hw1.toml", "submissions/ada.json", "submissions/bob.json")[0] == 1
    (handed_in / "none.toml").write_text("", encoding="utf-8")
    code, out, _ = run("grade", "hw1.toml", "submissions")
    assert code == 2
    assert "none: could not be read: it has no claims; write [claims]" in out
    (handed_in / "none.toml").write_text('z = "tan("', encoding="utf-8")
    assert run("grade", "hw1.toml", "submissions/none.toml")[0] == 2


def test_plain_data(run, handed_in):
    code, out, _ = run("grade", "hw1.toml", "submissions", "--format", "json")
    book = json.loads(out)
    assert code == 1
    assert (book["title"], book["possible"]) == ("One neuron", 8)
    assert [(one["student"], one["earned"]) for one in book["graded"]] == [
        ("ada", 8),
        ("bob", 5),
        ("eve", 8),
    ]


def test_results_are_kept(run, handed_in, folder):
    first = run("grade", "hw1.toml", "submissions", "-o", "out")
    kept = (folder / "out" / "grades.jsonl").read_bytes()
    assert run("grade", "hw1.toml", "submissions", "-o", "out") == first
    assert (folder / "out" / "grades.jsonl").read_bytes() == kept
    assert run("grade", "hw1.toml", "submissions", "-o", "out", "--anew") == first


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["none.toml", "submissions"], "cannot read 'none.toml': no such file or directory"),
        (["submissions/eve.md", "submissions"], "submissions/eve.md: not a TOML file"),
        (["hw1.toml", "empty"], "there are no submissions"),
        (["hw1.toml", "submissions", "--executor", "cloud"], "there is no executor 'cloud'"),
        (
            ["hw1.toml", "submissions", "--jobs", "0"],
            "argument --jobs/-j: '0' is not a number from 1 to 1000",
        ),
        (
            ["hw1.toml", "submissions", "--seconds", "nan"],
            "argument --seconds: 'nan' is not a number of sec",
        ),
        (
            ["hw1.toml", "submissions", "--roster", "hw1.toml"],
            "the roster 'hw1.toml' has no column",
        ),
        (["hw1.toml", "submissions", "-o", "hw1.toml"], "cannot make the folder 'hw1.toml'"),
        (["hw1.toml"], "the following arguments are required: SUBMISSION"),
    ],
)
def test_errors(fails, handed_in, folder, arguments, says):
    (folder / "empty").mkdir()
    assert fails("grade", *arguments).startswith(says)


@pytest.mark.slow
def test_nothing_of_a_hostile_name_is_obeyed(run, tmp_path, monkeypatch):
    a_class(tmp_path, hostile=True)
    monkeypatch.chdir(tmp_path)
    code, out, err = run("grade", "hw1.toml", "submissions", "--seconds", "10")
    assert (code, err) == (2, "")
    assert not any(ord(sign) < 32 and sign != "\n" for sign in out)
    assert len(out.splitlines()) < 2 * (len(HOSTILE) + 6) + 4


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_a_bar_is_drawn_on_a_terminal_once_it_takes_long(handed_in, monkeypatch):
    from graphdiff.cli import grade

    def said():
        err = Terminal()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            assert main(["grade", "hw1.toml", "submissions"]) == 1
        return err.getvalue()

    monkeypatch.setattr(grade, "SOON", 1000)
    assert said() == ""
    monkeypatch.setattr(grade, "SOON", 0)
    monkeypatch.setattr(grade, "RATE", 0)
    monkeypatch.setenv("TERM", "xterm")
    assert "3/3" in said()


def test_narrow_terminals_have_blocks(handed_in, monkeypatch):
    out = Terminal()
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", out)
        assert main(["grade", "hw1.toml", "submissions"]) == 1
    lines = out.getvalue().splitlines()
    assert max(len(line) for line in lines if "ada" in line) <= 30
    assert sum("ada" in line for line in lines) > 1
    assert sum("dL/dw" in line for line in lines) == 1


def test_blocks_have_every_column_once():
    columns = ("name", *(f"column{k}" for k in range(9)))
    table = Table("t", columns, (tuple("x" * (k + 3) for k in range(10)),))
    for width in (1, 20, 40, 80, 400):
        parts = list(blocks(table, width))
        assert [name for part in parts for name in part.columns[1:]] == list(columns[1:])
        assert all(part.columns[0] == "name" for part in parts)
    assert len(list(blocks(table, 400))) == 1


def test_one_page_is_checked_by_the_same_file(run, handed_in):
    code, out, _ = run("check", "submissions/eve.md", "--graph", "hw1.toml")
    assert code == 0
    assert "✓ line 2: z = 0.21: correct" in out
    assert ASSIGNMENT.count("required") == 1
    assert set(RIGHT) == {"z", "a", "dL/dw", "P[b]"}


def test_a_slip_in_the_solution_of_the_teacher_is_told(run, handed_in, folder):
    text = ASSIGNMENT.replace("[grading", '[claims]\nz = ["w @ x + b", 0.22]\na = 0.5523\n[grading')
    (folder / "hw1.toml").write_text(text, encoding="utf-8")
    code, out, err = run("grade", "hw1.toml", "submissions")
    assert (code, err) == (
        1,
        "graphdiff: hw1.toml: its own claim z = 0.22 is wrong; the graph gives 0.21\n",
    )
    assert "ada      ✓ 1  ✓ 2  ✓ 4    ✓ 1    8" in out
