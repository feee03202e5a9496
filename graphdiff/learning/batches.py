"""The batches of a training: some rows at a time, in another order in each epoch."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.learning import data
from graphdiff.learning.choices import check_takes
from graphdiff.workbench import Graph

Batch = list[np.ndarray]
"""An array for each input, of one row for each example."""


class Batches(Protocol):
    """What a training goes through in each epoch."""

    def epoch(self) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        ...

    @property
    def mark(self) -> Any:
        """What other data have not, as good as surely."""
        ...

    @property
    def count(self) -> int | None:
        """How many there are in an epoch; None where that is not known before."""
        ...


@dataclass(frozen=True)
class OfArrays:
    """Batches of rows of arrays.

    Attributes
    ----------
    arrays
        An array for each input.
    size
        The rows of a batch.
    whole
        Whether rows that are too few for a batch are left for another epoch.
    random
        Draws the order of each epoch; None to keep that of the arrays.
    """

    arrays: Batch
    size: int
    whole: bool
    random: np.random.Generator | None

    def epoch(self) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        count = len(self.arrays[0])
        if self.size >= count:
            yield self.arrays
            return
        order = np.arange(count) if self.random is None else self.random.permutation(count)
        end = count - count % self.size if self.whole else count
        for at in range(0, end, self.size):
            rows = order[at : at + self.size]
            yield [array.take(rows, axis=0) for array in self.arrays]

    @property
    def mark(self) -> int:
        """A number that other data have not, as good as surely."""
        return number_of(self.arrays)

    @property
    def count(self) -> int:
        """How many there are in an epoch."""
        rows = len(self.arrays[0])
        return max(1, rows // self.size if self.whole else math.ceil(rows / self.size))


@dataclass(frozen=True)
class OfStream:
    """Batches that a function yields, for data larger than memory.

    Attributes
    ----------
    model, names, dtype
        The graph, the inputs that data are given for, and the type of number.
    stream
        The function; each call begins an epoch.
    """

    model: Graph
    names: Sequence[str]
    dtype: np.dtype[Any]
    stream: Callable[[], Iterable[Any]]

    def epoch(self) -> Iterator[Batch]:
        """Yield the batches of an epoch."""
        for batch in streamed(self.model, self.stream):
            yield [batch[name].astype(self.dtype, copy=False) for name in self.names]

    @property
    def mark(self) -> str:
        """That nothing is known of the data."""
        return "streamed"

    @property
    def count(self) -> None:
        """How many there are in an epoch, which is not known before."""
        return None


def streamed(model: Graph, stream: Callable[[], Iterable[Any]]) -> Iterator[data.Arrays]:
    """Yield the batches of an epoch, each checked.

    Raises
    ------
    GraphError
        For a batch that is none, and where there is no batch.
    """
    number = 0
    for number, batch in enumerate(_epoch_of(stream), 1):
        yield data.arrays_of(
            model, *_pair(batch, f"batch {number}", "yield (X, y) or a mapping"),
            what=f"rows of batch {number}", all_rows=False,
        )  # fmt: skip
    if not number:
        raise GraphError("the function yields no batches; each call must begin a new epoch")


def _epoch_of(stream: Callable[[], Iterable[Any]]) -> Iterable[Any]:
    """Return what a function yields for an epoch, once it is clear that it does."""
    check_takes(stream, "the function of batches")
    epoch: Any = stream()
    if not isinstance(epoch, Iterable):
        raise GraphError(
            f"the function of batches returns {epoch!r:.40}; let it yield batches, (X, y) or "
            "mappings, or return a list of them"
        )
    return epoch


def divided(
    model: Graph, arrays: data.Arrays, validation: Any, seed: int
) -> tuple[data.Arrays, data.Arrays | None]:
    """Return the data to train on, and those to validate with, if any.

    Parameters
    ----------
    validation
        None, data of their own, or the part of the rows to keep, which the seed chooses.

    Raises
    ------
    GraphError
        For a part that leaves no rows on one side, and data of other inputs.
    """
    if validation is None:
        return arrays, None
    if isinstance(validation, float | int) and not isinstance(validation, bool):
        count = len(next(iter(arrays.values())))
        kept = round(validation * count)
        if not 0 < validation < 1 or not 0 < kept < count:
            raise GraphError(
                f"validation is {validation} of {count} rows; give a part of (0, 1) that leaves "
                "rows on both sides, or data (X, y)"
            )
        order = np.random.default_rng([seed, 1]).permutation(count)
        rows, others = np.sort(order[kept:]), np.sort(order[:kept])
        return ({name: array[rows] for name, array in arrays.items()},
                {name: array[others] for name, array in arrays.items()})  # fmt: skip
    pair = _pair(validation, "validation", "give (X, y), a mapping or a part of 1")
    held_out = data.arrays_of(model, *pair, what="validation data", all_rows=False)
    if held_out.keys() != arrays.keys():
        raise GraphError("the validation data are of other inputs than the data")
    return arrays, held_out


def number_of(arrays: Sequence[np.ndarray]) -> int:
    """Return a number that other data have not, as good as surely."""
    number = 0
    for array in arrays:
        number = zlib.crc32(np.ascontiguousarray(array).tobytes(), number)
    return number


def _pair(given: Any, what: str, wanted: str) -> tuple[Any, Any]:
    """Return rows and targets, the latter None where a mapping has both."""
    pair = (given, None) if isinstance(given, Mapping) else given
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise GraphError(f"{what} is {' '.join(repr(given).split()):.40}; {wanted}")
    return pair[0], pair[1]
