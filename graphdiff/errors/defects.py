"""Defects of this package: what costs a user one line of a page, and fails tests."""

from __future__ import annotations

import os

from graphdiff.errors import GraphdiffError

RAISES = "GRAPHDIFF_RAISE"
"""The variable of the environment with which defects are raised where they would be passed over."""

EXPECTED = (GraphdiffError, MemoryError, RecursionError)
"""What may come of anything that somebody writes, and is no defect."""


def passed_over(error: Exception) -> None:
    """Pass over an error, whose line is told to be undecided; a defect is raised in tests.

    Raises
    ------
    Exception
        The error, if it is a defect and ``RAISES`` is set.
    """
    if RAISES in os.environ and not isinstance(error, EXPECTED):
        raise error
