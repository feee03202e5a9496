"""The record of a run: a line for each submission as soon as it is graded, so that it can go on.

A line is whole or not there: it is written at once and forced to the disk, and what a run left half
written when it was ended is cut off by the next.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from graphdiff import __version__
from graphdiff.errors import FileError
from graphdiff.errors.plain_text import json_text
from graphdiff.files.storage import make_folder, open_alone, reason

VERSION = 1
"""Of the records; those of another are not read."""

BEGINS = b'{"key": "'
"""The first signs of each line."""


def key_of(*parts: str | bytes) -> str:
    """Return what a submission is known by: a digest of all that its grade depends on.

    That is also which release graded it.

    Examples
    --------
    >>> key_of("assignment", b"w = 1") == key_of("assignment", b"w = 2")
    False
    """
    digest = hashlib.sha256(f"{VERSION} {__version__}".encode())
    for part in parts:
        content = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


class Record:
    """What has been graded, in a file that one run at a time writes.

    Parameters
    ----------
    path
        The file; None to keep nothing.
    anew
        Whether to begin again, and forget what is in the file.

    Attributes
    ----------
    known
        What submissions were given, by their keys.
    remarks
        What of the file could not be used.

    Raises
    ------
    FileError
        If it cannot be read or written, or another run is writing it.
    """

    def __init__(self, path: Path | None, *, anew: bool = False) -> None:
        self.path = path
        self.known: dict[str, Mapping[str, Any]] = {}
        self.remarks: tuple[str, ...] = ()
        self._stream: IO[bytes] | None = None
        if path is None:
            return
        make_folder(path.parent)
        with self._told():
            self._stream = open_alone(path)
            if self._stream is None:
                raise FileError(
                    f"another run is writing {str(path)!r}; wait until it has ended, or give "
                    "another folder, -o FOLDER"
                )
            try:
                self._stream.truncate(0 if anew else self._read(self._stream))
            except BaseException:
                self.close()
                raise

    def _read(self, stream: IO[bytes]) -> int:
        """Take in the lines that are whole, and return how long they are together.

        Only the last may be cut; it is what was being written when a run was ended.
        """
        whole = 0
        for line in io.BytesIO(stream.read()):
            entry = _entry(line) if line.endswith(b"\n") else None
            if entry is not None:
                self.known[entry.pop("key")] = entry
                whole += len(line)
            elif line.endswith(b"\n") or not (line.startswith(BEGINS) or BEGINS.startswith(line)):
                raise FileError(
                    f"{str(self.path)!r} is no record of grading; give another folder, -o FOLDER"
                )
            else:
                cut = "its last line is cut, as a run was ended that was writing it"
                self.remarks = (f"{self.path}: {cut}; that submission is graded again",)
        return whole

    def add(self, key: str, graded: Mapping[str, Any]) -> None:
        """Write down what a submission was given."""
        if self._stream is None:
            return
        with self._told("; what is graded is kept, run it again to go on"):
            line = json_text({"key": key, **graded}, indent=None) + "\n"
            rest = memoryview(line.encode("utf-8", "surrogatepass"))
            while rest:
                rest = rest[self._stream.write(rest) :]
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """Close the file, which another run may write then."""
        if self._stream is not None:
            self._stream.close()

    @contextlib.contextmanager
    def _told(self, further: str = "") -> Iterator[None]:
        try:
            yield
        except FileError:
            raise
        except OSError as error:
            said = f"cannot write {str(self.path)!r}: {reason(error)}{further}"
            raise FileError(said) from None


def _entry(line: bytes) -> dict[str, Any] | None:
    """Return what a line says, if it is one of a record."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("key"), str) else None
