"""Standard output and error, which may be closed, full, or without a reader."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from graphdiff.errors import GraphdiffError
from graphdiff.errors.plain_text import neutral_lines


class OutputError(GraphdiffError):
    """Standard output takes nothing."""


def prepare() -> None:
    """Make the streams take any text, and keep the place of those that are closed.

    A file opened later would get the number of a closed stream, and what libraries write
    on it.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without ŷ or ✓
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with contextlib.suppress(OSError):
                os.open(os.devnull, os.O_RDWR)  # the lowest number that is free


def say(text: str, end: str = "\n") -> None:
    """Print on standard output, neutral but for line breaks.

    Parts that others wrote, such as the names of files, are made neutral before they are put in.

    Raises
    ------
    OutputError
        If it cannot be written on.
    BrokenPipeError
        If its reader has left.
    """
    if sys.stdout is None:
        if text:
            raise OutputError("cannot write the output: standard output is closed")
        return
    with _said():
        sys.stdout.write(neutral_lines(text) + end)


def flush() -> None:
    """Write what is still held; raises as :func:`say` does."""
    if sys.stdout is not None:
        with _said():
            sys.stdout.flush()


@contextlib.contextmanager
def _said() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError(f"cannot write the output: {reason}") from None


def abandon() -> None:
    """Let what is still held for standard output go nowhere."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def complain(text: str) -> None:
    """Print on standard error, if that can be."""
    if sys.stderr is None or not text:
        return
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(text)
        sys.stderr.flush()
