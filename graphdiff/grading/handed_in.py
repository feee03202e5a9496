"""The files that were handed in, and by whom."""

from __future__ import annotations

import csv
import itertools
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from graphdiff.errors import FileError, quoted_list
from graphdiff.errors.plain_text import neutral
from graphdiff.files.encodings import decoded
from graphdiff.files.pages.extraction import MAX_CHARACTERS, MAX_NOTEBOOK
from graphdiff.files.storage import open_regular, read_text, reason
from graphdiff.grading.earlier import is_output

MAX_NAME = 80
"""Characters of a student's name."""

MAX_DEPTH = 20
"""Folders one in the other that are looked into."""

LEFT_OUT = {"submission_metadata.yml", "feedback", "Thumbs.db", "grades.jsonl"}
"""Files and folders of course platforms, systems and earlier runs that nobody handed in."""

_MOODLE = re.compile(r"(?P<name>.+?)_\d+_assignsubmission_(?:file|onlinetext)(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>[^\W_]+)_(?:LATE_)?\d+_\d+_(?P<file>.+)")
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
                raise FileError("it is a link; hand in the file itself")
            if self.path.is_dir():
                next(self.path.iterdir(), None)  # which says why it cannot be looked into
                raise FileError("it is a folder with no file in it")
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
        return decoded(self.content()).text


def handed_in(
    paths: Iterable[str | os.PathLike[str]],
    roster: Mapping[str, str] | None = None,
    apart: Iterable[str | os.PathLike[str]] = (),
) -> list[HandedIn]:
    """Return the files of paths, of folders all in them, each once, with who handed them in.

    A roster says who did. Else Moodle and Canvas write the name before their numbers; where each
    file has a folder of its own, the folder is called so; and else the file. Of two with the same
    name the files are named, too. What cannot be read is among them: a link, a folder with nothing
    in it. What an earlier run wrote is not, unless it is named itself.

    Parameters
    ----------
    roster
        Names by the name of a file, or of the folder it is in.
    apart
        Files, and folders with all in them, that nobody handed in though they may lie there: the
        assignment, the roster, what is written. Such a file counts where only it is named.

    Raises
    ------
    FileError
        If there is no file.
    """
    given = [Path(path) for path in paths]
    least = 0 if len(given) > 1 else 1
    others = {_place(Path(path)) for path in apart}
    inside = {file.absolute(): file for path in given for file in _files(path, least)}
    found = {
        place: file
        for place, file in inside.items()
        if not _is_in(others, place) and (file in given or not is_output(file))
    }
    if not found and all(map(Path.is_file, given)):
        found = inside
    files = list(found.values())
    if not files:
        raise FileError("there are no submissions; name their files, or the folder they are in")
    in_folder = Counter(file.parent for file in files)
    one_each = len(files) > 1 and max(in_folder.values()) == 1
    names = [_name(file, roster or {}, in_own=one_each) for file in files]
    return list(map(HandedIn, _distinct(names, list(found)), files))


def written_before(
    paths: Iterable[str | os.PathLike[str]], apart: Iterable[str | os.PathLike[str]] = ()
) -> list[Path]:
    """Return the files in folders that earlier runs wrote, but for those known to lie apart."""
    others = {_place(Path(path)) for path in apart}
    folders = [path for path in map(Path, paths) if path.is_dir()]
    found = (file for path in folders for file in _files(path, 0) if is_output(file))
    return [file for file in found if not _is_in(others, file)]


def absent(files: Iterable[HandedIn], roster: Mapping[str, str]) -> list[str]:
    """Return the names of a roster by which nothing was handed in, in its order."""
    there = {name for one in files if (name := _on_roster(one.path, roster))}
    return [name for name in dict.fromkeys(roster.values()) if name and name not in there]


def _on_roster(file: Path, roster: Mapping[str, str]) -> str | None:
    """Return the name on a roster of a file, or of the folder it is in."""
    places = (file.name, str(file), file.absolute().parent.name)
    return next((roster[place] for place in places if roster.get(place)), None)


def _files(path: Path, least: int, depth: int = 0) -> Iterator[Path]:
    """Yield a file, or those in a folder and below it, in order.

    A folder with nothing in it is yielded itself where it stands for a submission: by its name, or
    since it is no deeper than 1, and not less than ``least``.
    """
    if path.is_symlink() or not path.is_dir() or depth > MAX_DEPTH:
        yield path
        return
    try:
        inside = [one for one in path.iterdir() if not _is_left_out(one.name)]
    except OSError:
        yield path
        return
    inside.sort(key=lambda one: (one.is_dir(), one.name))
    files = itertools.chain.from_iterable(_files(one, least, depth + 1) for one in inside)
    first = next(files, None)
    if first is not None:
        yield first
        yield from files
    elif path.suffix or least <= depth <= 1:
        yield path


def _is_in(places: Collection[Path], file: Path) -> bool:
    """Whether a file is at one of the places, or below it."""
    place = _place(file)
    return any(one in places for one in (place, *place.parents))


def _place(path: Path) -> Path:
    """Return where a file is, a link itself and not what it leads to."""
    return path.parent.resolve() / path.name


def _is_left_out(name: str) -> bool:
    return name.startswith((".", "__MACOSX")) or name in LEFT_OUT


def _name(file: Path, roster: Mapping[str, str], *, in_own: bool) -> str:
    folder = file.absolute().parent.name
    if given := _on_roster(file, roster):
        return neutral(given, MAX_NAME)
    for place in (folder, file.name):
        if found := _MOODLE.match(place):
            return neutral(found["name"], MAX_NAME)
    if found := _CANVAS.fullmatch(file.name):
        return neutral(found["name"], MAX_NAME)
    return neutral(folder if in_own and folder else PurePath(file.name).stem, MAX_NAME)


def _distinct(names: Sequence[str], files: Sequence[Path]) -> Iterator[str]:
    """Yield names, those of several files with as much of the file as tells them apart."""
    of = dict[str, list[Path]]()
    for name, file in zip(names, files, strict=True):
        of.setdefault(name, []).append(file)
    given = Counter(name for name, same in of.items() if len(same) == 1)
    for name, file in zip(names, files, strict=True):
        called = name
        if len(of[name]) > 1:
            called = f"{name} ({neutral(_told_apart(file, of[name]), MAX_NAME)})"
            given[called] += 1
            called += f" {given[called]}" if given[called] > 1 else ""
        yield called


def _told_apart(file: Path, same: Sequence[Path]) -> str:
    """Return the name of a file as its student knows it, or as much of its path as needs be."""
    if len({own_name(one.name) for one in same}) == len(same):
        return own_name(file.name)
    most = max(len(one.parts) for one in same)
    lengths = (n for n in range(1, most) if len({one.parts[-n:] for one in same}) == len(same))
    return "/".join(file.parts[-next(lengths, most) :])


def own_name(file: str) -> str:
    """Return the name of a file as its student knows it: without folders and platforms' numbers.

    Examples
    --------
    >>> own_name("in/Ada Byron_123_assignsubmission_file_hw1.md"), own_name("in/ada/hw1.md")
    ('hw1.md', 'hw1.md')
    """
    name = PurePath(file).name
    found = _MOODLE.match(name) or _CANVAS.fullmatch(name)
    return (found and found["file"].lstrip("_")) or name


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
