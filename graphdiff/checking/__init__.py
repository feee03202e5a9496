"""Verifying hand-computed results, line by line."""

from graphdiff.checking.claims import unreadable
from graphdiff.checking.judge import check
from graphdiff.checking.report import Report, Result, Verdict

__all__ = ["Report", "Result", "Verdict", "check", "unreadable"]
