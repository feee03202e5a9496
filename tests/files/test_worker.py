"""Work in a process of its own: an answer, or one line that says why there is none."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from graphdiff.errors import BudgetError, FileError
from graphdiff.files import budget, worker
from graphdiff.files.worker import Limits, WorkerError, apart

pytestmark = pytest.mark.skipif(not worker.CAN_FORK, reason="processes are not forked here")

LIMITS = Limits(20, 200_000_000)


def raises(error):
    def work():
        raise error

    return work


def fails(work, limits=LIMITS):
    began = time.monotonic()
    with pytest.raises(WorkerError) as caught:
        apart(work, limits, "a.toml")
    return str(caught.value), time.monotonic() - began


def test_plain_data_comes_back():
    value = [1, 2.5, "ŷ\x1b\ud800", None, {"a": [True]}]
    assert apart(lambda: value, LIMITS, "a") == value
    assert apart(lambda: "x" * 10_000_000, LIMITS, "a") == "x" * 10_000_000


def test_what_it_does_stays_there(capfd):
    kept = []

    def work():
        kept.append(1)
        sys.stdout.write("said\n")
        os.write(1, b"said below")
        os.write(2, b"said below")
        return len(kept)

    assert apart(lambda: worker.captured(work), LIMITS, "a")["out"] == "said\n"
    assert kept == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("work", "says"),
    [
        (raises(FileError("a.toml: not a file")), "a.toml: not a file"),
        (raises(BudgetError("it takes long")), "a.toml: it takes long"),
        (raises(KeyError("b")), "a.toml: KeyError: 'b'; --debug shows where"),
        (raises(ValueError("two\nlines")), "a.toml: ValueError: two lines; --debug shows where"),
        (raises(AssertionError()), "a.toml: AssertionError; --debug shows where"),
        (raises(RecursionError()), "a.toml: it is nested too deeply to be computed"),
        (raises(SystemExit(0)), "a.toml: SystemExit: 0; --debug shows where"),
        (
            os.abort,
            "a.toml: it was ended by SIGABRT, for lack of memory or by a fault in a library",
        ),
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "a.toml: it was ended by SIGKILL, for lack"),
        (lambda: os.kill(os.getpid(), signal.SIGSEGV), "a.toml: it was ended by SIGSEGV, for lack"),
        (lambda: os._exit(0), "a.toml: it ended by itself with code 0"),
        (lambda: os._exit(3), "a.toml: it ended by itself with code 3"),
        (lambda: object(), "a.toml: it ended by itself with code 1"),
        (
            lambda: bytearray(400_000_000),
            "a.toml: it needs more than 200 MB of memory; --no-limits",
        ),
        (lambda: np.ones(10**8), "a.toml: it needs more than 200 MB of memory; --no-limits allows"),
        (lambda: [b"x" * 1000 for _ in range(10**9)], "a.toml: it needs more than 200 MB of mem"),
        (lambda: 1 / 0, "a.toml: ZeroDivisionError: division by zero; --debug shows where"),
    ],
)
def test_failures(work, says):
    said, seconds = fails(work)
    assert said.startswith(says)
    assert "\n" not in said
    assert seconds < 10


def forever():
    while True:
        pass


def deaf():
    """Go on whatever Python raises, and whoever asks to end."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGPROF):
        signal.signal(number, signal.SIG_IGN)
    forever()


def crowd():
    subprocess.run([sys.executable, "-c", "while True: pass"])


@pytest.mark.parametrize("work", [forever, deaf, crowd, lambda: time.sleep(100)])
def test_hangs(work):
    said, seconds = fails(work, Limits(0.5, 200_000_000))
    assert said == "a.toml: it takes more than 0.5 s; --no-limits allows more"
    assert 0.5 <= seconds < 3


def test_the_traceback_is_kept():
    with pytest.raises(WorkerError) as caught:
        apart(raises(KeyError("b")), LIMITS, "a")
    assert caught.value.trace.startswith("Traceback")
    assert "KeyError: 'b'" in caught.value.trace


def test_evaluations_end_before_the_file_does():
    def work():
        undecided = 0
        while time.monotonic() < until:
            try:
                with budget.cpu(0.1):
                    forever()
            except BudgetError:
                undecided += 1
                if budget.left() <= 0:
                    break
        return undecided

    until = time.monotonic() + 10
    assert 3 <= apart(work, Limits(0.8, 200_000_000), "a") <= 8


def test_no_limits():
    def work():
        with budget.cpu(0.01):
            until = time.process_time() + 0.1
            while time.process_time() < until:
                pass
        return len(bytearray(600_000_000))

    assert apart(work, None, "a") == 600_000_000


def test_without_fork(monkeypatch):
    monkeypatch.setattr(worker, "CAN_FORK", False)
    assert apart(lambda: [1], LIMITS, "a") == [1]
    assert fails(raises(KeyError("b")))[0] == "a.toml: KeyError: 'b'; --debug shows where"


def test_no_process_is_left_behind(monkeypatch):
    begun, fork = [], os.fork
    monkeypatch.setattr(os, "fork", lambda: begun.append(child := fork()) or child)
    fails(forever, Limits(0.1, 200_000_000))
    fails(os.abort)
    assert len(begun) == 2
    for child in begun:
        with pytest.raises(ChildProcessError):
            os.waitpid(child, os.WNOHANG)
