"""The record of a run: a line for each submission as soon as it is graded, so that it can go on.

A line is whole or not there: it is written at once and forced to the disk, and what a run left half
written when it was ended is cut off by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from graphdiff.errors import FileError
from graphdiff.errors.plain_text import json_text
from graphdiff.files.storage import make_folder, open_regular, reason

VERSION = 1
"""Of the records; those of another are not read."""


def key_of(*parts: str | bytes) -> str:
    """Return what a submission is known by: a digest of all that its grade depends on.

    Examples
    --------
    >>> key_of("assignment", b"w = 1") == key_of("assignment", b"w = 2")
    False
    """
    digest = hashlib.sha256(str(VERSION).encode())
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


class Record:
    """What has been graded, in a file.

    Parameters
    ----------
    path
        The file; None to keep nothing.
    anew
        Whether to begin again, and forget what is in the file.

    Raises
    ------
    FileError
        If it cannot be read or written.
    """

    def __init__(self, path: Path | None, *, anew: bool = False) -> None:
        self.path = path
        self.known: dict[str, Mapping[str, Any]] = {}
        self._stream: IO[bytes] | None = None
        if path is None:
            return
        make_folder(path.parent)
        with self._told():
            whole = 0 if anew or not path.exists() else self._read(path)
            self._stream = path.open("ab")
            self._stream.truncate(whole)

    def _read(self, path: Path) -> int:
        """Take in the lines that are whole, and return how long they are together."""
        whole = 0
        with open_regular(path) as stream:
            for line in stream:
                try:
                    entry = json.loads(line) if line.endswith(b"\n") else None
                except ValueError:
                    entry = None
                if not isinstance(entry, dict) or not isinstance(entry.get("key"), str):
                    if not line.endswith(b"\n"):  # what was being written when the run was ended
                        break
                    raise FileError(
                        f"{str(path)!r} is no record of grading; give another folder, -o FOLDER"
                    )
                self.known[entry.pop("key")] = entry
                whole += len(line)
        return whole

    def add(self, key: str, graded: Mapping[str, Any]) -> None:
        """Write down what a submission was given."""
        if self._stream is None:
            return
        with self._told():
            line = json_text({"key": key, **graded}, indent=None) + "\n"
            self._stream.write(line.encode("utf-8", "surrogatepass"))
            self._stream.flush()
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file."""
        if self._stream is not None:
            self._stream.close()

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except FileError:
            raise
        except OSError as error:
            raise FileError(f"cannot write {str(self.path)!r}: {reason(error)}") from None
