"""A layout program that is broken, silent, endless or malicious costs one line and a bounded time."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from drawing_graphs import regression

from graphdiff.cli import main
from graphdiff.drawing import draw
from graphdiff.drawing.layout import boxes, dot, layout
from graphdiff.errors import DrawingError
from graphdiff.errors.plain_text import is_seen

TRUE = layout.run(
    layout.find_dot(),
    dot.layout_source(*layout.in_levels(boxes.measure(draw(regression()).description), "LR")),
)

GROUP = """
import subprocess, sys, time, pathlib
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
pathlib.Path(__file__).with_name("child").write_text(str(child.pid))
"""
STRAY = """
import subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(6)"], start_new_session=True)
"""
FLOOD = "import sys\nwhile True: sys.{}.write('[' * 65536)"
NO_LAYOUT = "wrote something that is not a layout of this graph; is it Graphviz's dot?"


def changed(**by) -> str:
    """Return a program that writes the true layout with something changed."""
    layout = json.loads(json.dumps(TRUE))
    for where, what in by.items():
        layout["objects" if where in ("pos", "name") else "edges"][0].update(
            {where.strip("_"): what}
        )
    return f"print({json.dumps(layout)!r})"


PROGRAMS = {
    "an empty object": ("print('{}')", NO_LAYOUT),
    "an empty list": ("print('[]')", NO_LAYOUT),
    "a number": ("print(5)", NO_LAYOUT),
    "null": ("print('null')", NO_LAYOUT),
    "a text with the word": ("print('\"objects\"')", NO_LAYOUT),
    "a list with the word": ("print('[\"objects\"]')", NO_LAYOUT),
    "nothing": ("", NO_LAYOUT),
    "garbage": ("import os; os.write(1, bytes(range(256)))", NO_LAYOUT),
    "not UTF-8": ("import os; os.write(1, b'{\"objects\": \"\\xff\\xfe\"}')", NO_LAYOUT),
    "too deep": ("print('[' * 1_000_000)", NO_LAYOUT),
    "a number of 5000 digits": ("print('{\"objects\": ' + '9' * 5000 + '}')", NO_LAYOUT),
    "objects that are none": ("print('{\"objects\": 5}')", NO_LAYOUT),
    "objects that are texts": ("print('{\"objects\": [\"n1\"]}')", NO_LAYOUT),
    "no objects": ("print('{\"objects\": [], \"edges\": []}')", NO_LAYOUT),
    "edges that are none": ("print('{\"objects\": [], \"edges\": null}')", NO_LAYOUT),
    "a name that is a list": (changed(name=["n1"]), NO_LAYOUT),
    "another name": (changed(name="n99"), NO_LAYOUT),
    "a place that is none": (changed(pos="here"), NO_LAYOUT),
    "a place of one number": (changed(pos="1"), NO_LAYOUT),
    "a place that is a number": (changed(pos=5), NO_LAYOUT),
    "a place that is no number": (changed(pos="0,nan"), NO_LAYOUT),
    "a place far away": (changed(pos="0,1e300"), NO_LAYOUT),
    "an infinite place": (changed(pos="0,inf"), NO_LAYOUT),
    "an error": ("import sys; sys.exit('bad\\x1b[2J\\u202e\\rgraphdiff: all is well')", r"failed with exit code 1: bad\x1b[2J\u202e"),
    "an error that is not UTF-8": ("import os; os.write(2, b'bad \\xff\\x9b'); raise SystemExit(3)", r"failed with exit code 3: bad \xff\x9b"),
    "a long error": ("import sys; sys.exit('x' * 100_000)", "xxx…"),
    "an error of many lines": ("import sys; sys.exit('\\n\\n  one\\ntwo')", "failed with exit code 1: one"),
    "an error without words": ("raise SystemExit(7)", "failed with exit code 7: no message"),
    "a crash": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "failed with exit code -9: no message"),
    "a hang": ("import time; time.sleep(300)", "took more than 2 s"),
    "a hang after an answer": (changed() + "; import sys, time; sys.stdout.flush(); time.sleep(300)", "took more than 2 s"),
    "a hang with closed outputs": ("import os, time; os.close(1); os.close(2); time.sleep(300)", "took more than 2 s"),
    "a hang that stays": ("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(300)", "took more than 2 s"),
    "a child that stays": (GROUP, "took more than 2 s"),
    "a child in a session of its own": (STRAY, "took more than 2 s"),
    "a flood": (FLOOD.format("stdout"), "wrote more than 8 MB"),
    "a flood of errors": (FLOOD.format("stderr"), "wrote more than 8 MB"),
}  # fmt: skip


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Make a program with this body the layout program."""
    monkeypatch.setattr(layout, "TIMEOUT", 2)
    monkeypatch.setattr(layout, "MAX_BYTES", 8_000_000)

    def fake(body: str, interpreter: str = sys.executable):
        path = tmp_path / "dot"
        path.write_text(f"#!{interpreter} -S\n{body}\n", encoding="utf-8")
        path.chmod(0o755)
        monkeypatch.setenv(layout.VARIABLE, str(path))
        return path

    return fake


def refused() -> str:
    """Return the line that drawing with the layout program ends in."""
    began = time.monotonic()
    with pytest.raises(DrawingError) as caught:
        draw(regression()).svg  # noqa: B018
    assert time.monotonic() - began < 6
    line = str(caught.value)
    assert is_seen(line)
    assert len(line) < 700
    return line


@pytest.mark.parametrize("kind", PROGRAMS)
def test_a_bad_program_costs_one_line(fake, kind):
    body, message = PROGRAMS[kind]
    fake(body)
    assert message in refused()


def test_a_true_layout_is_drawn(fake):
    fake(changed())
    assert draw(regression()).svg.count("data-node=") == 8


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_its_children_are_ended_with_it(fake, tmp_path):
    fake(f"{GROUP}\ntime.sleep(300)")
    refused()
    pid = int((tmp_path / "child").read_text())
    for _ in range(50):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
            if stat.rpartition(")")[2].split()[0] == "Z":
                return
            os.kill(pid, 0)
        except (ProcessLookupError, FileNotFoundError):
            return
        time.sleep(0.1)
    pytest.fail("a child of the layout program is left")


def test_a_program_that_does_not_read_is_no_matter(fake):
    fake(changed())
    assert "objects" in layout.run(layout.find_dot(), "x" * 10_000_000)


@pytest.mark.parametrize("mode", [0o644, 0o000])
def test_a_program_that_may_not_run(fake, mode):
    fake("").chmod(mode)
    assert "which is no program that can be run" in refused()


def test_a_program_without_interpreter(fake):
    fake("", interpreter="/nowhere/at/all")
    assert "cannot be run" in refused()


def test_a_text_that_is_no_program(fake):
    fake("").write_text("hello", encoding="utf-8")
    assert "cannot be run" in refused()


def test_a_folder_is_no_program(tmp_path, monkeypatch):
    monkeypatch.setenv(layout.VARIABLE, str(tmp_path))
    assert "which is no program that can be run" in refused()


def test_the_command_line_says_so(fake, tmp_path, capsys):
    fake(PROGRAMS["an error"][0])
    (tmp_path / "g.toml").write_text('[inputs]\nx = 1\n[nodes]\ny = "x**2"\n', encoding="utf-8")
    assert main(["draw", str(tmp_path / "g.toml"), "-o", str(tmp_path / "g.svg")]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert is_seen(err.rstrip("\n"))
    assert not (tmp_path / "g.svg").exists()
