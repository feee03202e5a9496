"""Exercises as folders: what students get, and what teachers keep."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from graphdiff.exercises import moodle, qti
from graphdiff.exercises.exercise import Exercise
from graphdiff.exercises.writing import markdown, page, pages, paper, tables
from graphdiff.exercises.writing.sheet import sheet
from graphdiff.files.storage import is_there, make_folder, write_all

STUDENT, TEACHER = "student", "teacher"
"""The folder to hand out, in which there is no answer, and the one to keep."""


def files(exercise: Exercise) -> dict[str, str | bytes]:
    """Return the files of an exercise, by their place in its folder."""
    picture = exercise.picture
    found: dict[str, str | bytes] = {
        f"{STUDENT}/graph.svg": picture.svg,
        f"{STUDENT}/graph.pdf": picture.pdf,
        f"{STUDENT}/answers.toml": tables.answers(exercise, solved=False),
        f"{TEACHER}/grading.toml": tables.grading(exercise),
        f"{TEACHER}/solution.toml": tables.answers(exercise, solved=True),
    }
    found[f"{TEACHER}/moodle.xml"] = moodle.moodle([exercise])
    found[f"{TEACHER}/qti.zip"] = qti.package(exercise)
    for place, name, beside in (
        (STUDENT, "worksheet", "graph"), (TEACHER, "solution", f"../{STUDENT}/graph"),
    ):  # fmt: skip
        written = sheet(exercise, solved=place == TEACHER)
        found[f"{place}/{name}.md"] = markdown.markdown(written, f"{beside}.svg")
        found[f"{place}/{name}.tex"] = paper.latex(written, f"{beside}.pdf")
        found[f"{place}/{name}.html"] = page.html(written, picture)
        found[f"{place}/{name}.pdf"] = pages.pages(written, picture)
    return found


def save(
    exercise: Exercise, folder: str | os.PathLike[str], *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write the files of an exercise.

    Raises
    ------
    FileError
        If a file exists with other content and ``overwrite`` is false, or cannot be written.
    """
    return _written(files(exercise), Path(folder), overwrite=overwrite)


def save_several(
    exercises: Sequence[Exercise], folder: str | os.PathLike[str], *, overwrite: bool = False
) -> tuple[Path, ...]:
    """Write several exercises, each in a folder of its own, and an index of them.

    Raises
    ------
    FileError
        As :func:`save` does; nothing is written where a file exists with other content.
    """
    root, digits = Path(folder), len(str(len(exercises)))
    names = [f"{place:0{digits}d}" for place in range(1, len(exercises) + 1)]
    placed = [(root / name, each) for name, each in zip(names, exercises, strict=True)]
    found = {"index.md": index(exercises, names), "moodle.xml": moodle.moodle(exercises)}
    if not overwrite:
        _check_free(root, found)
        for place, each in placed:
            if os.path.lexists(place):
                _check_free(place, files(each))
    written = [root / name for name in found]
    for place, each in placed:
        written += save(each, place, overwrite=overwrite)
    _written(found, root, overwrite=overwrite)
    return tuple(written)


def _check_free(folder: Path, found: Mapping[str, str | bytes]) -> None:
    """Raise a FileError if one of the files is there with other content."""
    for name, content in found.items():
        is_there(folder / name, content.encode("utf-8") if isinstance(content, str) else content)


def index(exercises: Sequence[Exercise], names: Sequence[str]) -> str:
    """Return a table of several exercises as Markdown, with room for the name of who gets each."""
    rows = [
        f"| {name} |  | {made.seed} | {made.topic.name} | {made.level} "
        f"| [worksheet]({name}/{STUDENT}/worksheet.pdf) "
        f"| [solution]({name}/{TEACHER}/solution.pdf) |"
        for name, made in zip(names, exercises, strict=True)
    ]
    head = "| | student | seed | topic | level | | |\n| --- | --- | --- | --- | --- | --- | --- |"
    return "\n".join([f"# {exercises[0].title}", "", head, *rows]) + "\n"


def _written(
    found: Mapping[str, str | bytes], folder: Path, *, overwrite: bool
) -> tuple[Path, ...]:
    paths = {folder / name: content for name, content in found.items()}
    for parent in dict.fromkeys(path.parent for path in paths):
        make_folder(parent)
    return write_all(paths, overwrite=overwrite)
