"""How much work something is, counted: the clock of a busy machine says little."""

from __future__ import annotations

import contextlib
import cProfile
import tracemalloc
from collections.abc import Iterator


@contextlib.contextmanager
def at_most(calls: float, megabytes: float | None = None) -> Iterator[None]:
    """Assert that what is done inside calls so many functions at most, and takes so much memory."""
    profile = cProfile.Profile()
    if megabytes is not None:
        tracemalloc.start()
    try:
        with profile:
            yield
        peak = tracemalloc.get_traced_memory()[1] / 1e6 if megabytes is not None else 0
    finally:
        tracemalloc.stop()
    made = sum(entry.callcount for entry in profile.getstats())
    assert made <= calls, f"{made} calls, more than {calls}"
    assert peak <= (megabytes or 0), f"{peak:.0f} MB, more than {megabytes}"
