"""Reading and writing files: bounded in size, atomic, never over what is there unasked."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from graphdiff.errors import FileError

MAX_BYTES = 4_000_000
"""The largest file read as a graph."""

NO_FILE = "it is a pipe, a socket or a device, not a file"

BEYOND = 2**30
"""A place in a file that is locked where locked places cannot be read; few files are so long."""


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
    content = read_bytes(path, most, what)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileError(
            f"{os.fspath(path)!r} is not a text in UTF-8 (byte {error.start}); save it as UTF-8"
        ) from None


def read_bytes(path: str | os.PathLike[str], most: int, what: str) -> bytes:
    """Return what is in a file, as :func:`read_text` does.

    Raises
    ------
    FileError
        If it cannot be read, or is too large.
    """
    path = Path(path)
    try:
        with open_regular(path) as stream:
            content = stream.read(most + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read {str(path)!r}: {reason(error)}") from None
    if len(content) > most:
        raise FileError(f"{str(path)!r} is larger than {most} bytes, too large for {what}")
    return content


def open_regular(path: Path) -> IO[bytes]:
    """Open a file to read, without waiting for what is none: a pipe, a device, a folder.

    Raises
    ------
    OSError
        If it cannot be opened, or is no regular file.
    """
    return os.fdopen(_opened(path, os.O_RDONLY), "rb")


def open_alone(path: Path) -> IO[bytes] | None:
    """Open a file to read and to append to, for this process alone; None if another has it.

    The lock ends with the process, however that ends, so that none is left behind; or as soon as
    the process closes the file, opened here or anywhere. A file system without locks goes without.

    Raises
    ------
    OSError
        As :func:`open_regular` does.
    """
    stream = os.fdopen(_opened(path, os.O_RDWR | os.O_CREAT | os.O_APPEND), "a+b", buffering=0)
    try:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(BEYOND)
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EDEADLK):
            stream.close()
            return None
    stream.seek(0)
    return stream


def _opened(path: Path, how: int) -> int:
    others = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, how | others, 0o666)
    except OSError as error:
        if error.errno == errno.ENXIO:  # a socket
            raise OSError(errno.EINVAL, NO_FILE) from None
        raise
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        if path.is_dir():
            raise OSError(errno.EISDIR, os.strerror(errno.EISDIR))
        raise OSError(errno.EINVAL, NO_FILE)
    return handle


def write_new(path: str | os.PathLike[str], data: str | bytes, *, overwrite: bool = False) -> Path:
    """Write a file in one step, so that it is whole or not there at all.

    A file with the same content already is left as it is.

    Raises
    ------
    FileError
        If the file exists with other content and ``overwrite`` is false, or cannot be
        written.
    """
    return write_all({Path(path): data}, overwrite=overwrite)[0]


def write_all(files: Mapping[Path, str | bytes], *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write several files: none of them unless all can be, each in one step.

    Raises
    ------
    FileError
        As :func:`write_new` does. Then all is as it was: there was no room for one of them, or one
        would be overwritten.
    """
    with contextlib.ExitStack() as stack:
        ready = [
            (temporary, target)
            for path, data in files.items()
            if (temporary := _beside(path, data, stack, overwrite=overwrite)) is not None
            for target in (path.resolve(),)  # a link stays a link
        ]
        for temporary, target in ready:
            with _cannot_write(target):
                temporary.replace(target)
    return tuple(files)


def _beside(
    path: Path, data: str | bytes, stack: contextlib.ExitStack, *, overwrite: bool
) -> Path | None:
    """Return a file with the content beside the one that it is to be; None if that has it."""
    with _cannot_write(path):
        content = data.encode("utf-8") if isinstance(data, str) else data
        if not overwrite and is_there(path, content):
            return None
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".graphdiff-")
        stack.callback(_removed, temporary := Path(name))
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        temporary.chmod(0o666 & ~_umask())
        return temporary


def _removed(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def _cannot_write(path: Path) -> Iterator[None]:
    """Raise what a system says of writing as an error that names the file."""
    try:
        yield
    except FileError:
        raise
    except (OSError, ValueError) as error:
        raise FileError(f"cannot write {str(path)!r}: {reason(error)}") from None


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
