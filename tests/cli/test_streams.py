"""Standard output and error that are closed or full, signals, a folder that is gone."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import shell

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a shell is needed")

GRAPHDIFF = f"{shlex.quote(sys.executable)} -m graphdiff"
CLOSED = "graphdiff: cannot write the output: standard output is closed\n"
FULL = "graphdiff: cannot write the output: No space left on device\n"


def in_shell(command, folder, *lines):
    script = "\n".join([*lines, f"{GRAPHDIFF} {command}"])
    return subprocess.run(
        ["/bin/sh", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    ["run g.toml", "check colah.toml colah.toml", "derive g.toml", "example", "check fan-out.toml"],
)
def test_a_closed_output(command, folder):
    done = in_shell(f"{command} >&-", folder)
    assert (done.returncode, done.stderr) == (2, CLOSED)


@pytest.mark.slow
def test_a_closed_error(folder):
    done = in_shell("run none.toml 2>&-", folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    assert in_shell("run g.toml 2>&-", folder).returncode == 0


@pytest.mark.slow
def test_all_closed(folder):
    before = (folder / "g.toml").read_text("utf-8")
    done = in_shell("run g.toml <&- >&- 2>&-", folder)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")
    assert in_shell("run g.toml <&- 2>&-", folder).returncode == 0
    assert (folder / "g.toml").read_text("utf-8") == before


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "command",
    ["run g.toml", "check colah.toml colah.toml", "example", "example colah", "--help", "run -h"],
)
def test_a_full_output(command, folder):
    done = in_shell(f"{command} > /dev/full", folder)
    assert (done.returncode, done.stderr) == (2, FULL)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_error(folder):
    assert in_shell("run none.toml 2> /dev/full", folder).returncode == 2


@pytest.mark.slow
def test_a_folder_that_is_gone(folder):
    gone = folder / "gone"
    lines = (f"mkdir {gone}", f"cd {gone}", f"rmdir {gone}")
    for command in ("run a.toml", "draw ../g.toml -o a.svg", "demo", "check a.toml"):
        done = in_shell(command, folder, *lines)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("graphdiff: ")
        assert done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        (signal.SIGTERM, 2, "graphdiff: stopped by SIGTERM\n"),
        (signal.SIGINT, 130, "graphdiff: interrupted\n"),
    ],
)
def test_signals(number, code, line, folder):
    nodes = "\n".join(f"a{k} = 'sin(x + {k}/10**{k})'" for k in range(3000))
    claims = "\n".join(f"a{k} = {k}.5" for k in range(3000))
    (folder / "long.toml").write_text(f"[inputs]\nx = 1\n[nodes]\n{nodes}\n[claims]\n{claims}\n")
    with subprocess.Popen(
        [sys.executable, "-m", "graphdiff", "check", "long.toml"],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    ) as running:  # fmt: skip
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        until = time.monotonic() + 20
        while time.monotonic() < until and not (children.exists() and children.read_text()):
            time.sleep(0.05)
        working = children.read_text().split() if children.exists() else []
        running.send_signal(number)
        out, err = running.communicate(timeout=20)
    assert (running.returncode, out, err) == (code, "", line)
    assert not any(Path(f"/proc/{child}").exists() for child in working)


@pytest.mark.slow
def test_debug_shows_where(folder, monkeypatch):
    (folder / "a.toml").write_text("[nodes]\nz = 'x'\n", encoding="utf-8")
    for arguments in (["run", "a.toml", "--debug"], ["--debug", "run", "a.toml"]):
        done = shell(*arguments, folder=folder)
        assert done.returncode == 2
        assert done.stderr.startswith("Traceback")
        assert done.stderr.splitlines()[-1].startswith("graphdiff: a.toml: node 'z': unknown name")
    assert "Traceback" not in shell("run", "a.toml", folder=folder).stderr
