"""What earlier runs have written: it is known by how it begins or ends, so that it is not graded.

A file that is named itself is graded all the same, and what is left out is told.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

GENERATOR = "graphdiff grade"
"""What is said in the head of pages of the class and of students."""

COMMENT = f"<!-- {GENERATOR} -->"
"""How such a page ends in Markdown."""

HEAD, TAIL = 4096, 100
"""Bytes that are looked at."""

WRITTEN = {
    ".csv": re.compile(r"student,file,(?:.*,)?total,possible,percent,(?:.*,)?problem\s"),
    ".jsonl": re.compile(r'\{"student": ".*", "file": ".*", "earned": .*"marks": \['),
    ".xml": re.compile(r"(?s)<\?xml .*<testsuites>.*<property name=\"assignment\" "),
    ".json": re.compile(r'(?s)\{\s*"score": .*"test_output_format": .*"tests": \['),
    ".html": re.compile(rf'(?s)<!DOCTYPE html>.*<meta name="generator" content="{GENERATOR}">'),
    ".md": re.compile(rf"(?s).*{re.escape(COMMENT)}\s*\Z"),
}
"""By the end of the name, how what is written begins; of Markdown, how it ends."""


def is_output(path: Path) -> bool:
    """Whether a file was written by an earlier run."""
    written = WRITTEN.get(path.suffix.lower())
    if written is None or path.is_symlink() or not path.is_file():
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(HEAD)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(len(head), size - TAIL))
            head += stream.read(TAIL)
    except OSError:
        return False
    return written.match(head.decode("utf-8-sig", "replace")) is not None
