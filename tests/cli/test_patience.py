"""What takes long says so in a terminal, and nowhere else."""

from __future__ import annotations

import io
import sys
import time

import pytest

from graphdiff.cli.patience import told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("terminal", "takes", "is_told"), [
    (Terminal, True, True), (Terminal, False, False), (io.StringIO, True, False),
])  # fmt: skip
def test_it_is_said_where_it_is_seen(monkeypatch, terminal, takes, is_told):
    monkeypatch.setattr(sys, "stderr", terminal())
    monkeypatch.setenv("TERM", "xterm")
    with told("drawing", seconds=0.0 if takes else 60.0):
        for _ in range(200 if is_told else 1):
            time.sleep(0.01)
            if "drawing" in sys.stderr.getvalue():
                break
    assert ("drawing" in sys.stderr.getvalue()) == is_told


def test_what_is_printed_goes_where_it_goes(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stderr", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with told("drawing", seconds=0.0):
        time.sleep(0.2)
        sys.stdout.write("wrote a.svg\n")
    assert capsys.readouterr().out == "wrote a.svg\n"


def test_an_error_ends_it(monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ZeroDivisionError), told("drawing", seconds=0.0):
        1 / 0  # noqa: B018
