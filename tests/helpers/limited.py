"""Runs commands in processes of their own, with limits, and measures what they take.

One process loads the package; each command is run in a fork of it, so that a test pays for
the command alone. ``python limited.py`` is that process: it reads a JSON line with the
arguments of a command, and answers with a JSON line of what came of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

MEMORY = 4_000_000_000
"""Bytes of address space, where a command is stopped in any case."""

SECONDS = 60

STEPS, SECONDS_OF_STEPS = 100_000, 0.0075
"""Steps of a loop, and what they take on a machine that is neither slow nor busy: processors that
others use as well, or that are slower, count as many times less."""


@dataclass(frozen=True)
class Outcome:
    """What a command printed, its exit code, and what it took beyond the loaded package."""

    code: int
    out: str
    err: str
    seconds: float
    """Of the processor, at the pace of a machine that is neither slow nor busy."""
    waited: float
    megabytes: float


class Runner:
    """Runs commands of ``graphdiff``, one after the other."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip

    def __call__(self, *arguments: str | Path) -> Outcome:
        self.server.stdin.write(json.dumps([str(argument) for argument in arguments]) + "\n")
        self.server.stdin.flush()
        return Outcome(**json.loads(self.server.stdout.readline()))

    def close(self) -> None:
        self.server.stdin.close()
        self.server.wait()
        self.server.stdout.close()


@pytest.fixture(scope="session")
def limited():
    """Run a command with limits: ``limited("check", "a.toml").code``."""
    if not hasattr(os, "fork"):
        pytest.skip("limits of memory and time need fork")
    runner = Runner()
    yield runner
    runner.close()


def assert_refused(outcome: Outcome, *, seconds: float = 2, megabytes: float = 500) -> str:
    """Return the one short line that a command ended with, exit code 2."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    (line,) = outcome.err.splitlines()
    assert line.startswith("graphdiff: ")
    assert len(line) <= 300, len(line)
    assert line.isprintable()
    assert outcome.seconds < seconds, outcome
    assert outcome.waited < 10 * seconds, outcome
    assert outcome.megabytes < megabytes, outcome
    return line


def _serve() -> None:
    import graphdiff.cli  # what the forks share
    import graphdiff.workbench  # noqa: F401

    for line in sys.stdin:
        print(json.dumps(_measured(json.loads(line))), flush=True)  # noqa: T201


def _measured(arguments: list[str]) -> dict[str, object]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pace = _pace()
        before, start = _resident(), time.monotonic()
        child = os.fork()
        if child == 0:
            _run(arguments, out.fileno(), err.fileno())
        _, status, usage = os.wait4(child, 0)
        waited, pace = time.monotonic() - start, max(pace, _pace())
        peak = usage.ru_maxrss / (1e3 if sys.platform != "darwin" else 1e6)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "out": _text(out),
            "err": _text(err),
            "seconds": (usage.ru_utime + usage.ru_stime) / max(1, pace),
            "waited": waited,
            "megabytes": peak - before,
        }


def _pace() -> float:
    """Return how many times longer a loop takes now than where nothing else runs."""
    start = time.process_time()
    sum(k * k % 7 for k in range(STEPS))
    return (time.process_time() - start) / SECONDS_OF_STEPS


def _run(arguments: list[str], out: int, err: int) -> None:
    import resource

    from graphdiff.cli import main

    code = 70
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        code = main(arguments)
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _resident() -> float:
    """Return the memory of this process, which a fork begins with, in megabytes."""
    import resource

    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:  # its peak, where the system does not tell more
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return pages * resource.getpagesize() / 1e6


def _text(stream) -> str:
    stream.seek(0)
    return stream.read(1_000_000).decode("utf-8", "replace")


if __name__ == "__main__":
    _serve()
