"""Verifying hand-computed results, line by line."""

from graphdiff.checking.pages.files import build_from_page, check_file
from graphdiff.checking.report import Report, Result, Verdict, schema
from graphdiff.checking.verify import check

__all__ = ["Report", "Result", "Verdict", "build_from_page", "check", "check_file", "schema"]
