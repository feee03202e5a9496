"""The files that were handed in, and by whom."""

from __future__ import annotations

import csv
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from graphdiff.errors import FileError, quoted_list
from graphdiff.errors.plain_text import neutral
from graphdiff.files.pages.extraction import MAX_CHARACTERS, MAX_NOTEBOOK
from graphdiff.files.storage import open_regular, read_text, reason
from graphdiff.grading.submission import text_of

MAX_NAME = 80
"""Characters of a student's name."""

LEFT_OUT = {"submission_metadata.yml", "feedback", "Thumbs.db"}
"""Files of course platforms and systems that nobody handed in."""

_MOODLE = re.compile(r"(?P<name>.+?)_\d+_assignsubmission_(?:file|onlinetext)")
_CANVAS = re.compile(r"(?P<name>[^\W_]+)_(?:LATE_)?\d+_\d+_.+")
_ROSTER = ("name", "file")


@dataclass(frozen=True)
class HandedIn:
    """A file that was handed in.

    Attributes
    ----------
    student
        Who handed it in.
    path
        Where it is.
    """

    student: str
    path: Path

    @property
    def file(self) -> str:
        """The path as gradebooks show it, with nothing hidden in it."""
        return neutral(str(self.path))

    def content(self) -> bytes:
        """Return what is in the file.

        Raises
        ------
        FileError
            If it is a link, no regular file, or too large.
        """
        most = MAX_NOTEBOOK if self.path.suffix.lower() == ".ipynb" else MAX_CHARACTERS
        try:
            if self.path.is_symlink():
                raise FileError("it is a link to another file; hand in the file itself")
            with open_regular(self.path) as stream:
                content = stream.read(most + 1)
        except FileError:
            raise
        except (OSError, ValueError) as error:
            raise FileError(reason(error)) from None
        if len(content) > most:
            raise FileError(f"it is larger than {most} bytes")
        return content

    def text(self) -> str:
        """Return the text of the file.

        Raises
        ------
        FileError
            As :meth:`content` does, and for what is no text.
        """
        return text_of(self.content())


def handed_in(
    paths: Iterable[str | os.PathLike[str]], roster: Mapping[str, str] | None = None
) -> list[HandedIn]:
    """Return the files of paths, of folders all in them, each once, with who handed them in.

    A roster says who did. Else Moodle and Canvas write the name before their numbers; where each
    file has a folder of its own, the folder is called so; and else the file.

    Parameters
    ----------
    roster
        Names by the name of a file, or of the folder it is in.

    Raises
    ------
    FileError
        If there is no file.
    """
    files = list(dict.fromkeys(file for path in paths for file in _files(Path(path))))
    if not files:
        raise FileError("there are no submissions; name their files, or the folder they are in")
    in_folder = Counter(file.parent for file in files)
    apart = len(files) > 1 and max(in_folder.values()) == 1
    return [HandedIn(_name(file, roster or {}, apart=apart), file) for file in files]


def _files(path: Path) -> Iterator[Path]:
    """Yield a file, or those in a folder and below it, in order."""
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(one for one in folders if not one.startswith((".", "__MACOSX")))
        for name in sorted(names):
            if not name.startswith(".") and name not in LEFT_OUT:
                yield Path(folder, name)


def _name(file: Path, roster: Mapping[str, str], *, apart: bool) -> str:
    folder = file.absolute().parent.name
    given = roster.get(file.name) or roster.get(str(file)) or roster.get(folder)
    if given:
        return neutral(given, MAX_NAME)
    for place in (folder, file.name):
        if found := _MOODLE.match(place):
            return neutral(found["name"], MAX_NAME)
    if found := _CANVAS.fullmatch(file.stem):
        return neutral(found["name"], MAX_NAME)
    return neutral(folder if apart and folder else PurePath(file.name).stem, MAX_NAME)


def read_roster(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return names by file, of a table in CSV with the columns ``name`` and ``file``.

    Raises
    ------
    FileError
        If it cannot be read, or has no such columns.
    """
    lines = read_text(path, what="a roster").splitlines()
    try:
        rows = csv.DictReader(lines)
        columns = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
        missing = [name for name in _ROSTER if name not in columns]
        if missing:
            raise FileError(
                f"the roster {str(path)!r} has no column {quoted_list(missing)}; its first line "
                "must name the columns name,file"
            )
        name, file = (columns[column] for column in _ROSTER)
        return {(row[file] or "").strip(): (row[name] or "").strip() for row in rows}
    except csv.Error as error:
        raise FileError(f"the roster {str(path)!r} is no table in CSV: {error}") from None
