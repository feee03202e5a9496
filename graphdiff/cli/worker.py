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
import json
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, NoReturn

from graphdiff.errors import BudgetError, GraphdiffError
from graphdiff.files import budget

SHARE = 0.75
"""Of the time for a file, what evaluations may begin in; the rest is to tell the outcome."""

STARTED = 1.25
"""CPU time a process may use before the system ends it, to the time by the clock."""

MORE = "; --no-limits allows more"

ENDING = (signal.SIGINT, signal.SIGTERM)

CAN_FORK = hasattr(os, "fork") and sys.platform != "darwin"


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
    answer = _forked(work, limits) if CAN_FORK else _answer(work, Exception)
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
) -> dict[str, Any]:
    try:
        return {"done": work()}
    except caught as error:
        return {
            "problem": told(error, limits),
            "says_all": isinstance(error, GraphdiffError) and not isinstance(error, BudgetError),
            "trace": traceback.format_exc(),
        }


def _forked(work: Callable[[], Any], limits: Limits | None) -> dict[str, Any]:
    reading, writing = os.pipe()
    columns = _columns()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    # What a signal raises amid a fork would be swallowed by those who are called on it.
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of threads, which the work does without
            child = os.fork()
    except OSError:  # the system gives no process
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        os.close(reading)
        os.close(writing)
        raise
    if child == 0:
        os.close(reading)
        _work(work, limits, writing, columns, masked)
    os.close(writing)
    status, reaped = 0, False
    try:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        until = None if limits is None else time.monotonic() + limits.seconds
        with contextlib.suppress(OSError):
            os.setpgid(child, child)
        content = _read(reading, until)
        if content is None:
            assert limits is not None  # noqa: S101 - there was a deadline
            return {"problem": _too_long(limits)}
        _, status = os.waitpid(child, 0)
        reaped = True
    finally:
        os.close(reading)
        _end(child, reaped=reaped)
    if content:
        with contextlib.suppress(ValueError):
            return json.loads(content)
    return {"problem": _ended(os.waitstatus_to_exitcode(status), limits)}


def _read(reading: int, until: float | None) -> bytes | None:
    """Return all that arrives by then; None if it is not all."""
    parts: list[bytes] = []
    while True:
        remaining = None if until is None else until - time.monotonic()
        if remaining is not None and remaining <= 0:
            return None
        ready, _, _ = select.select([reading], [], [], remaining)
        if not ready:
            return None
        part = os.read(reading, 1 << 16)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _end(child: int, *, reaped: bool) -> None:
    """End a process and those it has begun, such as the layout program."""
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    if not reaped:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.waitpid(child, 0)


def _too_long(limits: Limits) -> str:
    return f"it takes more than {limits.seconds:.3g} s{MORE}"


def _ended(code: int, limits: Limits | None) -> str:
    """Return why a process ended without an answer."""
    if limits is not None and code == -signal.SIGXCPU:
        return _too_long(limits)
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
