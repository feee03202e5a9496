"""Work in a process of its own, within limits: its answer comes whole, or why there is none.

The process is forked from one that has loaded the package, so that start-up is not paid
for each file, and what ends it, an abort in a library, the system, a hang, ends nothing
else. Where processes cannot be forked safely (Windows, macOS) the work is done in this one,
with no limits but those that hold inside one evaluation.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import io
import itertools
import json
import math
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple, NoReturn, TypeVar

from graphdiff.errors import BudgetError, GraphdiffError
from graphdiff.files import budget

SHARE = 0.75
"""Of the time for a file, what evaluations may begin in; the rest is to tell the outcome."""

STARTED = 1.25
"""CPU time a process may use before the system ends it, to the time by the clock."""

MORE = "; --no-limits allows more"

ENDING = (signal.SIGINT, signal.SIGTERM)

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"


Key = TypeVar("Key")

Answer = dict[str, Any]
"""What comes of some work: ``{"done": plain data}``, or ``{"problem": why not}``."""


class WorkerError(GraphdiffError):
    """Why a process of its own gave no answer, with the traceback if there is one."""

    trace = ""


class Limits(NamedTuple):
    """What a process of its own may use: seconds by the clock, and bytes of memory."""

    seconds: float
    memory: int


def load_rooms(rooms: Iterable[str]) -> None:
    """Import what is needed for the work before it is begun, so that it is not counted."""
    for room in rooms:
        importlib.import_module(room)


def apart(work: Callable[[], Any], limits: Limits | None, name: str) -> Any:
    """Return what ``work()`` returns, plain data as JSON has it, computed in a process of its own.

    Parameters
    ----------
    limits
        None for no limits.
    name
        The file, for errors that do not name it.

    Raises
    ------
    WorkerError
        If it raises an error, is ended by a signal, or goes beyond the limits.
    """
    answer = next(each_apart([(name, work)], limits))[1] if CAN_FORK else _answer(work, Exception)
    if "done" in answer:
        return answer["done"]
    problem = answer["problem"]
    error = WorkerError(problem if answer.get("says_all") else f"{name}: {problem}")
    error.trace = answer.get("trace", "")
    raise error


def captured(work: Callable[[], int]) -> dict[str, Any]:
    """Return what ``work()`` prints and returns: nothing of it is shown if it fails half-way."""
    out, err = _Terminal(sys.stdout), _Terminal(sys.stderr)
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = work()
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


class _Terminal(io.StringIO):
    """A text that passes for the stream it will be written on."""

    def __init__(self, like: Any) -> None:
        super().__init__()
        self._like = like

    @property
    def encoding(self) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        """That of the stream."""
        return getattr(self._like, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self._like is not None and self._like.isatty()


def told(error: BaseException, limits: Limits | None = None) -> str:
    """Return what an error says on one line; of one not raised on purpose its kind too."""
    if isinstance(error, MemoryError):
        if limits is None:
            return "it needs more memory than there is"
        return f"it needs more than {limits.memory / 1e6:.0f} MB of memory{MORE}"
    if isinstance(error, RecursionError):
        return "it is nested too deeply to be computed"
    said = " ".join(str(error).split())
    if isinstance(error, GraphdiffError):
        return said
    return f"{type(error).__name__}{': ' if said else ''}{said}; --debug shows where"


def _answer(
    work: Callable[[], Any], caught: type[BaseException], limits: Limits | None = None
) -> Answer:
    try:
        return {"done": work()}
    except caught as error:
        return {
            "problem": told(error, limits),
            "says_all": isinstance(error, GraphdiffError) and not isinstance(error, BudgetError),
            "trace": traceback.format_exc(),
        }


def each_apart(
    works: Iterable[tuple[Key, Callable[[], Any]]], limits: Limits | None, *, jobs: int = 1
) -> Iterator[tuple[Key, Answer]]:
    """Yield what comes of each work, in the order in which they end, several at a time.

    Each is done in a process of its own, forked from this one when its turn has come.

    Parameters
    ----------
    works
        Works, each with what it is known by.
    jobs
        How many to do at a time.

    Yields
    ------
    tuple
        What it is known by, and ``{"done": …}`` or ``{"problem": why}``.
    """
    running: dict[_Child, Key] = {}
    waiting = iter(works)
    try:
        while True:
            for key, work in itertools.islice(waiting, jobs - len(running)):
                # What a signal raises amid a fork would be swallowed by those called on it.
                masked = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
                try:
                    running[_Child(work, limits, masked)] = key
                finally:
                    signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            if not running:
                return
            for child in _ended_of(running):
                answer = child.answer()
                child.end()
                yield running.pop(child), answer
    finally:
        for child in running:
            child.end()


def each(
    works: Iterable[tuple[Key, Callable[[], Any]]], limits: Limits | None, *, jobs: int = 1
) -> Iterator[tuple[Key, Answer]]:
    """Yield what comes of each work, as :func:`each_apart` does where processes can be forked.

    Elsewhere they are done one after the other in this process.
    """
    if CAN_FORK:
        yield from each_apart(works, limits, jobs=jobs)
    else:
        yield from ((key, _answer(work, Exception)) for key, work in works)


def _ended_of(running: Iterable[_Child]) -> list[_Child]:
    """Return the processes that have answered or are late, once there are some."""
    while True:
        remaining = min(child.until for child in running) - time.monotonic()
        timeout = None if remaining == math.inf else max(remaining, 0)
        ready, _, _ = select.select(running, [], [], timeout)
        ended = [child for child in ready if child.read()]
        ended += [child for child in running if child not in ended and child.is_late]
        if ended:
            return ended


class _Child:
    """A process forked from this one, and the pipe that its answer comes through."""

    def __init__(
        self, work: Callable[[], Any], limits: Limits | None, masked: Iterable[int]
    ) -> None:
        self.limits = limits
        self.until = math.inf if limits is None else time.monotonic() + limits.seconds
        self._parts: list[bytes] = []
        self._is_whole = self._is_reaped = False
        self._reading, writing = os.pipe()
        columns = _columns()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of threads, which the work does without
                self._process = os.fork()
        except OSError:  # the system gives no process
            os.close(self._reading)
            os.close(writing)
            raise
        if self._process == 0:
            os.close(self._reading)
            _work(work, limits, writing, columns, masked)
        os.close(writing)
        with contextlib.suppress(OSError):
            os.setpgid(self._process, self._process)

    def fileno(self) -> int:
        """Return the end of the pipe that it is read from."""
        return self._reading

    @property
    def is_late(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() >= self.until

    def read(self) -> bool:
        """Take what has arrived; return whether that is all."""
        part = os.read(self._reading, 1 << 16)
        self._parts.append(part)
        self._is_whole = not part
        return self._is_whole

    def answer(self) -> Answer:
        """Return its answer, or why there is none."""
        if not self._is_whole:
            assert self.limits is not None  # noqa: S101 - there was a deadline
            return {"problem": too_long(self.limits)}
        _, status = os.waitpid(self._process, 0)
        self._is_reaped = True
        content = b"".join(self._parts)
        if content:
            with contextlib.suppress(ValueError):
                return json.loads(content)
        return {"problem": why_ended(os.waitstatus_to_exitcode(status), self.limits)}

    def end(self) -> None:
        """End it and those it has begun, such as the layout program."""
        os.close(self._reading)
        with contextlib.suppress(OSError):
            os.killpg(self._process, signal.SIGKILL)
        if not self._is_reaped:
            with contextlib.suppress(OSError):
                os.kill(self._process, signal.SIGKILL)
            with contextlib.suppress(OSError):
                os.waitpid(self._process, 0)


def too_long(limits: Limits) -> str:
    """Return that some work takes longer than it may."""
    return f"it takes more than {limits.seconds:.3g} s{MORE}"


def why_ended(code: int, limits: Limits | None) -> str:
    """Return why a process ended without an answer."""
    if limits is not None and code == -signal.SIGXCPU:
        return too_long(limits)
    if code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"it was ended by {name}, for lack of memory or by a fault in a library"
    return f"it ended by itself with code {code}"


def _columns() -> str:
    with contextlib.suppress(OSError, ValueError, AttributeError):
        return str(os.get_terminal_size(sys.stdout.fileno()).columns)
    return ""


def _work(
    work: Callable[[], Any],
    limits: Limits | None,
    writing: int,
    columns: str,
    masked: Iterable[int],
) -> NoReturn:
    """Do the work in the forked process, and leave it: what the parent has open is the parent's."""
    code = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        for number in ENDING:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        faulthandler.disable()
        gc.freeze()
        sys.unraisablehook = lambda _: None  # a budget may end in a finaliser
        _silence()
        if columns:
            os.environ.setdefault("COLUMNS", columns)
        if limits is None:
            budget.lift()
        else:
            budget.begin(SHARE * limits.seconds)
            budget.limit_cpu(STARTED * limits.seconds)
            budget.limit_memory(limits.memory)
        answer = _answer(work, BaseException, limits)
        budget.free_memory()
        content = json.dumps(answer).encode("ascii")
        while content:
            content = content[os.write(writing, content) :]
        code = 0
    finally:
        os._exit(code)


def _silence() -> None:
    """Let libraries that write on the streams themselves write nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
