"""How much time and memory may be used: CPU time inside one evaluation, memory of a process.

A deadline that code must look at ends no evaluation that does not look. :func:`cpu` has
the system's timer do it: its signal raises :class:`~graphdiff.errors.BudgetError` wherever
Python is at, again and again, so that no broad ``except`` on the way out swallows it.
Where there is no such timer (Windows), outside the main thread, or if the program uses
that timer itself, nothing is interrupted, and only what looks at a deadline ends by it.
"""

from __future__ import annotations

import contextlib
import math
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType, TracebackType

from graphdiff.errors import BudgetError

EVALUATION = 2.0
"""Seconds of CPU time for one claim, or for the exact value of one leaf."""

FILE = 60.0
"""Seconds for all that is done with one file."""

MEMORY = 500_000_000
"""Bytes for one file, beyond what the loaded package takes."""

AGAIN = 0.05
"""Seconds of CPU time until the error is raised anew where it was swallowed."""

OVER = "the time for the file is used up"

_running: list[_Cpu] = []
_lifted = False
_armed = math.inf
_until = math.inf


def cpu(seconds: float, reason: str = "") -> contextlib.AbstractContextManager[None]:
    """Return a context in which a :class:`BudgetError` is raised once so much CPU time is used.

    Of budgets inside each other the one that has less left counts. One operation of a
    library in C, such as a power of large integers, is not interrupted but ends first, so
    operands are to be bounded too.

    Parameters
    ----------
    seconds
        CPU time of this process, its threads together.
    reason
        What the error says; by default that it takes more than so many seconds.

    Raises
    ------
    BudgetError
        On entering, if the time :func:`begin` gave is over.
    """
    return _Cpu(seconds, reason)


class _Cpu(contextlib.AbstractContextManager[None]):
    def __init__(self, seconds: float, reason: str) -> None:
        self.seconds = seconds
        self.deadline = math.inf
        self.reason = reason or f"it takes more than {seconds:.3g} s to compute"

    def __enter__(self) -> None:
        if _lifted:
            return
        remaining = left()
        if remaining <= 0:
            raise BudgetError(OVER)
        if not _is_ours():
            return
        if remaining < self.seconds:
            self.seconds, self.reason = remaining, OVER
        now = time.process_time()
        if _running and _running[-1].deadline <= now:
            raise BudgetError(_running[-1].reason)
        self.deadline = now + self.seconds
        if _running and _running[-1].deadline < self.deadline:
            self.deadline, self.reason = _running[-1].deadline, _running[-1].reason
        try:
            _running.append(self)
            _arm()
        except BaseException:  # interrupted: the context is not entered, and will not be left
            _running[:] = [budget for budget in _running if budget is not self]
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self in _running:
            del _running[_running.index(self) :]
            _arm()
            if error is None and self.deadline <= time.process_time():
                raise BudgetError(self.reason)


def begin(seconds: float) -> None:
    """Give what follows in this process so much time, by the clock; see :func:`left`."""
    global _until
    _until = time.monotonic() + seconds


def left() -> float:
    """Return the seconds left of those :func:`begin` gave; infinite if it gave none."""
    return _until - time.monotonic()


def lift() -> None:
    """Have no budgets in what follows in this process."""
    global _lifted, _until
    _lifted, _until = True, math.inf


def limit_memory(extra: int = MEMORY) -> None:
    """Let this process map so many bytes more than it does now; beyond is a ``MemoryError``.

    Where the system does not say what is mapped (macOS, Windows) there is no limit.
    """
    pages = Path("/proc/self/statm")
    if not pages.exists():
        return
    import resource

    mapped = int(pages.read_text("ascii").split()[0]) * resource.getpagesize()
    _lower(resource.RLIMIT_AS, mapped + extra)


def free_memory() -> None:
    """Lift the limit of memory as far as the system allows."""
    if os.name != "posix":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))


def limit_cpu(seconds: float) -> None:
    """Have the system end this process once it has used so much more CPU time."""
    if os.name != "posix":
        return
    import resource

    _lower(resource.RLIMIT_CPU, math.ceil(time.process_time() + seconds))


def _lower(kind: int, most: int) -> None:
    """Set a limit, unless there is a lower one."""
    import resource

    soft, hard = resource.getrlimit(kind)
    limits = [most, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    resource.setrlimit(kind, (min(limits), hard))


def _arm() -> None:
    """Set the timer for the innermost budget, or stop it.

    One that is set for the same time goes on, or it would never come to its signal where
    budgets are entered and left faster than that.
    """
    global _armed
    deadline = _running[-1].deadline if _running else math.inf
    if deadline == math.inf:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
    elif deadline != _armed:
        signal.setitimer(signal.ITIMER_PROF, max(deadline - time.process_time(), 0.001), AGAIN)
    _armed = deadline


def _is_ours() -> bool:
    """Whether the timer can be used; the handler stays once set, for a signal may be late."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        return False
    handler = signal.getsignal(signal.SIGPROF)
    if handler == signal.SIG_DFL:
        signal.signal(signal.SIGPROF, _alarm)
        return True
    return handler is _alarm


def _alarm(_: int, frame: FrameType | None) -> None:
    if frame is not None and frame.f_globals is globals():
        return  # a budget is being entered or left; the signal comes again
    if _running and time.process_time() >= _running[-1].deadline:
        raise BudgetError(_running[-1].reason)


def _afresh() -> None:
    """Forget the budgets of the process this one is forked from; its timer is not inherited."""
    global _armed
    _running.clear()
    _armed = math.inf


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_afresh)
