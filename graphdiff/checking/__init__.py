"""Verifying hand-computed results, line by line."""

from graphdiff.checking.report import Report, Result, Verdict, schema
from graphdiff.checking.verify import check

__all__ = ["Report", "Result", "Verdict", "check", "schema"]
