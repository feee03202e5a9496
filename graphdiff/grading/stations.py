"""Grading in processes that are not forked: begun anew, each for one submission after the other.

A station is told the assignment, then submissions, a line of JSON each, and answers with a line.
One that is late is ended, and another takes its place.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from graphdiff.files import worker
from graphdiff.files.worker import Answer, Limits

SERVE = "from graphdiff.grading.station import serve; serve()"


class Stations:
    """As many stations as jobs, begun when first needed.

    Parameters
    ----------
    first
        What each is told first, as plain data.
    limits
        For each submission; None for no limits.
    """

    def __init__(self, first: Any, limits: Limits | None, jobs: int) -> None:
        self._pool = ThreadPoolExecutor(jobs)
        self._all = [_Station(first, limits) for _ in range(jobs)]
        self._free: queue.SimpleQueue[_Station] = queue.SimpleQueue()
        for station in self._all:
            self._free.put(station)

    def submit(self, task: Any) -> Future[Answer]:
        """Have a task, plain data, done by a station that is free."""
        return self._pool.submit(self._done, task)

    def _done(self, task: Any) -> Answer:
        station = self._free.get()
        try:
            return station.answer(task)
        finally:
            self._free.put(station)

    def close(self) -> None:
        """End all stations."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for station in self._all:
            station.end()


class _Station:
    """A process that grades one submission after the other."""

    def __init__(self, first: Any, limits: Limits | None) -> None:
        self.first = first
        self.limits = limits
        self.process: subprocess.Popen[bytes] | None = None

    def answer(self, task: Any) -> Answer:
        """Return what comes of a task, or why nothing does."""
        late = threading.Event()
        process = self.process = self.process or self._begun()
        seconds = threading.TIMEOUT_MAX if self.limits is None else self.limits.seconds

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.daemon = True
        timer.start()
        answer = _asked(process, task)
        timer.cancel()
        timer.join()
        if answer is not None and not late.is_set():
            return answer
        code = process.wait()
        self.end()
        if late.is_set() and self.limits is not None:
            return {"problem": worker.too_long(self.limits)}
        return {"problem": worker.why_ended(code, self.limits)}

    def _begun(self) -> subprocess.Popen[bytes]:
        """Begin a process, and wait until it is ready, which no submission's time pays for."""
        process = subprocess.Popen(  # noqa: S603 - this very interpreter, and a text of ours
            [sys.executable, "-c", SERVE],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
        _asked(process, [self.first, self.limits])
        return process

    def end(self) -> None:
        """End the process; the next task begins another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()
            self.process = None


def _asked(process: subprocess.Popen[bytes], line: Any) -> Any | None:
    """Return what a process answers to a line; None if it has ended."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    with contextlib.suppress(OSError, ValueError):
        process.stdin.write(json.dumps(line).encode("ascii") + b"\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())
    return None
