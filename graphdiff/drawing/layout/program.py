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
from dataclasses import dataclass, field
from typing import IO, Any

CHUNK = 65_536


class Unanswered(Exception):  # noqa: N818 - it is no error of the caller
    """The program took too long, or said too much; the text says which."""


@dataclass(frozen=True)
class Answer:
    """What a program wrote, and its exit code."""

    code: int
    out: bytes
    err: bytes


@dataclass
class _Shared:
    """What several calls share: the seconds that are left, and what was answered before."""

    left: float
    answers: dict[tuple[tuple[str, ...], bytes], Answer] = field(default_factory=dict[Any, Answer])


_shared: ContextVar[_Shared | None] = ContextVar("shared", default=None)


@contextmanager
def together(seconds: float) -> Iterator[None]:
    """Let all programs that are asked within share so many seconds of waiting for them.

    What is asked again is answered as before.
    """
    before = _shared.set(_Shared(seconds))
    try:
        yield
    finally:
        _shared.reset(before)


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
    shared = _shared.get()
    if shared is None:
        return _asked(command, given, seconds, most)
    key = tuple(command), given
    if key not in shared.answers:
        start = time.monotonic()
        try:
            shared.answers[key] = _asked(command, given, min(seconds, shared.left), most)
        finally:
            shared.left = max(0.0, shared.left - (time.monotonic() - start))
    return shared.answers[key]


def _asked(command: Sequence[str], given: bytes, seconds: float, most: int) -> Answer:
    deadline = time.monotonic() + seconds
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
