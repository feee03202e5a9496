"""Reading and writing files: bounded in size, atomic, never over what is there unasked."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from graphdiff.errors import FileError

MAX_BYTES = 4_000_000
"""The largest file read as a graph."""


def read_text(path: str | os.PathLike[str], most: int = MAX_BYTES, what: str = "a graph") -> str:
    """Return the text of a file.

    Parameters
    ----------
    most
        How many bytes it may have.
    what
        What it is read as, for the error.

    Raises
    ------
    FileError
        If it cannot be read, is too large, or is not UTF-8.
    """
    path = Path(path)
    try:
        with open_regular(path) as stream:
            content = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {str(path)!r}: {reason(error)}") from None
    if len(content) > most:
        raise FileError(f"{str(path)!r} is larger than {most} bytes, too large for {what}")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{str(path)!r} is not a text in UTF-8 (byte {error.start}); save it as UTF-8"
        ) from None


def open_regular(path: Path) -> IO[bytes]:
    """Open a file to read, without waiting for what is none: a pipe, a device, a folder.

    Raises
    ------
    OSError
        If it cannot be opened, or is no regular file.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        if path.is_dir():
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise OSError(errno.EINVAL, "it is a pipe or a device, not a file")
    return os.fdopen(handle, "rb")


def write_new(path: str | os.PathLike[str], data: str | bytes, *, overwrite: bool = False) -> Path:
    """Write a file in one step, so that it is whole or not there at all.

    A file with the same content already is left as it is.

    Raises
    ------
    FileError
        If the file exists with other content and ``overwrite`` is false, or cannot be
        written.
    """
    path = Path(path)
    try:
        content = data.encode("utf-8") if isinstance(data, str) else data
        if not overwrite and is_there(path, content):
            return path
        target = path.resolve()  # a link stays a link
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".graphdiff-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            Path(temporary).chmod(0o666 & ~_umask())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {str(path)!r}: {reason(error)}") from None
    return path


def write_all(files: Mapping[Path, str | bytes], *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write several files, none of them unless all can be without overwriting.

    Raises
    ------
    FileError
        As :func:`write_new` does.
    """
    if not overwrite:
        for path, data in files.items():
            is_there(path, data.encode("utf-8") if isinstance(data, str) else data)
    return tuple(write_new(path, data, overwrite=overwrite) for path, data in files.items())


def is_there(path: Path, content: bytes) -> bool:
    """Whether a file has this content already.

    Raises
    ------
    FileError
        If it has other content, or cannot be read.
    """
    try:
        if not os.path.lexists(path):
            return False
        if path.is_file() and path.read_bytes() == content:
            return True
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {str(path)!r}: {reason(error)}") from None
    raise FileError(
        f"{str(path)!r} exists and would be overwritten; choose another name, "
        "or say so: overwrite=True, --force on the command line"
    )


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder, with the folders above it, unless it is there."""
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make the folder {str(path)!r}: {reason(error)}") from None
    return path


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def reason(error: Exception) -> str:
    """Return why a file cannot be read or written, in the words of the system."""
    return (getattr(error, "strerror", None) or str(error)).lower()
