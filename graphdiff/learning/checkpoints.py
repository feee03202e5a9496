"""A training between two epochs as a file: arrays of numbers and a text in JSON, without pickles.

It is written beside the old one and put in its place at once, so that there is a whole one at any
time. What is read is checked to be of the same training before anything of it is used.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from graphdiff.errors import FileError
from graphdiff.files.storage import read_bytes, write_new
from graphdiff.learning.history import Epoch, History

FORMAT = "graphdiff checkpoint"
VERSION = 2
MOST_BYTES = 2_000_000_000
"""The largest file read as a checkpoint."""

MOST_TEXT = 200_000_000
"""Bytes of the text in it, which has the numbers of each epoch."""

_DAMAGED = (
    ValueError, KeyError, TypeError, OSError, EOFError, OverflowError, AttributeError,
    NotImplementedError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@dataclass(frozen=True)
class Checkpoint:
    """A training between two epochs.

    Attributes
    ----------
    run
        What the training is of, in words and numbers: one of another cannot go on from it.
    step
        How many steps were made.
    random
        The state of the generator that shuffles.
    history
        The epochs so far.
    arrays
        θ, the best θ, and what the rule remembers.
    """

    run: Mapping[str, Any]
    step: int
    random: Mapping[str, Any]
    history: History
    arrays: Mapping[str, np.ndarray]

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, in place of what was there.

        Raises
        ------
        FileError
            If it cannot be written.
        """
        said = {
            "format": FORMAT, "version": VERSION, "run": self.run, "step": self.step,
            "random": self.random, "epochs": [asdict(epoch) for epoch in self.history],
        }  # fmt: skip
        stream = io.BytesIO()
        np.savez(stream, allow_pickle=False, said=np.array(json.dumps(said)), **self.arrays)
        write_new(path, stream.getvalue(), overwrite=True)


def load(
    path: str | os.PathLike[str], run: Mapping[str, Any], like: Mapping[str, np.ndarray]
) -> Checkpoint | None:
    """Return the checkpoint in a file, None if there is no such file.

    Parameters
    ----------
    run
        What the training is of that shall go on from it.
    like
        Arrays of the types and shapes that it must have.

    Raises
    ------
    FileError
        If it is no checkpoint, or one of another training, with what differs.
    """
    path = Path(path)
    if not path.exists():
        return None
    most = min(path.stat().st_size, MOST_BYTES)  # memory for as much is taken at once
    content = read_bytes(path, most, "a checkpoint")
    sizes = {name: array.nbytes + 1000 for name, array in like.items()} | {"said": MOST_TEXT}
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            for name in archive.files:
                if name in sizes and archive.zip.getinfo(f"{name}.npy").file_size > sizes[name]:
                    raise ValueError(name)
            arrays = {name: archive[name] for name in sizes if name in archive.files}
        said = json.loads(str(arrays.pop("said")[()]))
        if said["format"] != FORMAT:
            raise ValueError(said["format"])
        version = said["version"]
    except _DAMAGED:
        raise _damaged(path) from None
    if version != VERSION:
        raise FileError(
            f"{str(path)!r} is of version {version}, and this package reads {VERSION}; train anew, "
            "or use the package that wrote it"
        )
    _check_same(path, said["run"], run)
    for name, array in like.items():
        found = arrays.get(name)
        if found is None or found.shape != array.shape or found.dtype != array.dtype:
            raise FileError(f"{str(path)!r} has no {name!r} of {array.shape} {array.dtype}")
    try:
        np.random.default_rng().bit_generator.state = said["random"]
        history = History(tuple(Epoch(**epoch) for epoch in said["epochs"]))
        return Checkpoint(said["run"], int(said["step"]), said["random"], history, arrays)
    except _DAMAGED:
        raise _damaged(path) from None


def _damaged(path: Path) -> FileError:
    return FileError(
        f"{str(path)!r} is no checkpoint of a training, or is damaged; delete it, or give another "
        "name"
    )


def _check_same(path: Path, found: Any, wanted: Mapping[str, Any]) -> None:
    for name, other, value in _pairs(found if isinstance(found, dict) else {}, wanted):
        if other != value:
            raise FileError(
                f"{str(path)!r} is of another training: its {name} is {other!s:.80}, here it is "
                f"{value!s:.80}; give another name, or delete it to train anew"
            )


def _pairs(
    found: Mapping[str, Any], wanted: Mapping[str, Any], of: str = "{}"
) -> Iterator[tuple[str, Any, Any]]:
    """Yield what is to be the same: a name, what was found, and what is wanted."""
    for name, value in wanted.items():
        other = found.get(name)
        if isinstance(value, dict) and isinstance(other, dict) and other.keys() == value.keys():
            yield from _pairs(other, value, f"{name} of {{!r}}")
        else:
            yield of.format(name), other, value
