"""Another program is asked: bounded in time and in what it says, and ended as a whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO

CHUNK = 65_536


class Unanswered(Exception):  # noqa: N818 - it is no error of the caller
    """The program took too long, or said too much; the text says which."""


@dataclass(frozen=True)
class Answer:
    """What a program wrote, and its exit code."""

    code: int
    out: bytes
    err: bytes


_left: ContextVar[list[float] | None] = ContextVar("left", default=None)
"""The seconds that are left for several calls, if they share some."""


@contextmanager
def together(seconds: float) -> Iterator[None]:
    """Let all programs that are asked within share so many seconds of waiting for them."""
    before = _left.set([seconds])
    try:
        yield
    finally:
        _left.reset(before)


def ask(command: Sequence[str], given: bytes, *, seconds: float, most: int) -> Answer:
    """Run a program, without a shell, on this input.

    Parameters
    ----------
    seconds
        The time it has; also for children that hold on to its output. It has no more than is left
        to it :func:`together` with others.
    most
        The bytes it may write, on each of its outputs.

    Raises
    ------
    Unanswered
        If that is not enough. The program and its children are ended.
    OSError
        If it cannot be run.
    """
    start, left = time.monotonic(), _left.get()
    if left is not None:
        seconds = min(seconds, left[0])
    deadline = start + seconds
    with tempfile.TemporaryFile() as source:  # a pipe would wait for a program that does not read
        source.write(given)
        source.seek(0)
        process = subprocess.Popen(  # noqa: S603
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    outputs = [_Output(process, stream, most) for stream in (process.stdout, process.stderr)]
    try:
        for output in outputs:
            output.start()
        for output in outputs:
            output.join(max(0.0, deadline - time.monotonic()))
        process.wait(max(0.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        pass
    finally:
        held = process.returncode is None or any(output.is_alive() for output in outputs)
        if held:
            _end(process)
        code = process.wait()
        if left is not None:
            left[0] = max(0.0, left[0] - (time.monotonic() - start))
    if any(output.is_too_long for output in outputs):
        raise Unanswered(f"wrote more than {most // 1_000_000} MB")
    if held:
        raise Unanswered(f"took more than {seconds:g} s")
    out, err = (bytes(output.written) for output in outputs)
    return Answer(code, out, err)


class _Output(threading.Thread):
    """Reads what a program writes, and ends the program when that is too much."""

    def __init__(
        self, process: subprocess.Popen[bytes], stream: IO[bytes] | None, most: int
    ) -> None:
        super().__init__(daemon=True)  # a child that is left may hold the stream for ever
        assert stream is not None  # noqa: S101 - it is a pipe
        self._process, self._stream, self._most = process, stream, most
        self.written = bytearray()
        self.is_too_long = False

    def run(self) -> None:
        with self._stream as stream:
            while said := stream.read(CHUNK):
                self.written += said
                if len(self.written) > self._most:
                    self.is_too_long = True
                    _end(self._process)
                    return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program and its children, where the platform has groups of processes."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
