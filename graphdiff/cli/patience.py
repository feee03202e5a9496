"""A line in the terminal while something takes long; none where nobody sees it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 2.0
"""What is done sooner is done without a word."""


@contextmanager
def told(doing: str, seconds: float = SECONDS) -> Iterator[None]:
    """Say on stderr what is being done, once it takes longer; the line is gone at the end.

    Nothing is said where stderr is no terminal.
    """
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.live import Live
    from rich.spinner import Spinner

    line = Live(
        Spinner("dots", f"{doing} …"),
        console=Console(file=sys.stderr),
        transient=True,
        redirect_stdout=False,  # what is written there may be read by a program
        redirect_stderr=False,
    )
    timer = threading.Timer(seconds, line.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        line.stop()
