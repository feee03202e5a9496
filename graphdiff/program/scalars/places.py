"""Places in a vector, read and added to as slices where they are in step."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

Vector = np.ndarray


@cache
def _sparse() -> tuple[Any, Any]:
    """Return y += A x and y += Aᵀ x for A in CSR form.

    SciPy's own inner functions, which add to y in place; without them, its public ones.
    """
    try:
        from scipy.sparse._sparsetools import csc_matvec, csr_matvec
    except ImportError:
        from scipy.sparse import csr_array

        def forward(
            rows: int, columns: int, ends: Vector, of: Vector, a: Vector, x: Vector, y: Vector
        ) -> None:
            y += csr_array((a, of, ends), shape=(rows, columns)) @ x

        def backward(
            columns: int, rows: int, ends: Vector, of: Vector, a: Vector, x: Vector, y: Vector
        ) -> None:
            y += csr_array((a, of, ends), shape=(rows, columns)).T @ x

        return forward, backward
    return csr_matvec, csc_matvec


class Rows:
    """Where the entries of a sparse matrix stand: row by row, the column of each."""

    def __init__(self, rows: Vector, columns: Vector, count: int) -> None:
        self.count = count
        self.ends = np.zeros(count + 1, np.int32)
        np.cumsum(np.bincount(rows, minlength=count), out=self.ends[1:])
        self.columns = columns.astype(np.int32)
        self._forward, self._backward = _sparse()

    def add_product(self, a: Vector, x: Vector, y: Vector) -> None:
        """Add A x to y, A with the entries a."""
        self._forward(self.count, len(x), self.ends, self.columns, a, x, y)

    def add_transposed(self, a: Vector, x: Vector, y: Vector) -> None:
        """Add Aᵀ x to y, A with the entries a."""
        self._backward(len(y), self.count, self.ends, self.columns, a, x, y)


def distinct(numbers: Vector) -> Vector:
    """Return the numbers in order, each once; sorting them is far quicker than ``np.unique``."""
    found = np.sort(numbers)
    return found[np.concatenate([[True], found[1:] != found[:-1]])[: len(found)]]


class Places:
    """A fixed list of places in a vector."""

    def __init__(self, index: Vector) -> None:
        self.index = np.ascontiguousarray(index, np.int64)
        self.key = _slice(self.index)
        self.unique = self.key is not None or len(distinct(self.index)) == len(self.index)
        self._scatter: tuple[Rows, Vector] | None = None
        if not self.unique:
            count = len(self.index)
            self._scatter = Rows(np.arange(count), self.index, count), np.ones(count)

    def read(self, vector: Vector) -> Vector:
        """Return the entries, a view where that can be."""
        return vector.take(self.index) if self.key is None else vector[self.key]

    def add(self, vector: Vector, entries: Any) -> None:
        """Add to the entries; a place that repeats receives each."""
        if self.key is not None:
            vector[self.key] += entries
        elif self._scatter is None:
            vector[self.index] += entries
        else:
            rows, ones = self._scatter
            x = np.ascontiguousarray(np.broadcast_to(entries, len(ones)), np.float64)
            rows.add_transposed(ones, x, vector)

    def put(self, vector: Vector, entries: Any) -> None:
        """Set the entries."""
        vector[self.index if self.key is None else self.key] = entries


def _slice(index: Vector) -> slice | None:
    """Return places in step as a slice."""
    if len(index) == 0:
        return slice(0, 0)
    first = int(index[0])
    if len(index) == 1:
        return slice(first, first + 1)
    step = int(index[1]) - first
    if step <= 0 or not np.array_equal(index, np.arange(first, first + step * len(index), step)):
        return None
    return slice(first, first + step * len(index), step)


class Table:
    """A matrix of places in a vector, a view of it where they are in step."""

    def __init__(self, index: Vector) -> None:
        self.index = np.ascontiguousarray(index, np.int64)
        rows, columns = self.index.shape
        first = int(self.index[0, 0])
        down = int(self.index[1, 0]) - first if rows > 1 else columns
        across = int(self.index[0, 1]) - first if columns > 1 else 1
        step = first + down * np.arange(rows)[:, None] + across * np.arange(columns)
        self._view: dict[str, Any] | None = None
        if down > 0 and across > 0 and np.array_equal(self.index, step):
            self._view = {
                "shape": (rows, columns), "offset": 8 * first, "strides": (8 * down, 8 * across),
            }  # fmt: skip

    def view(self, vector: Vector) -> Vector:
        """Return the entries as a view of a vector, if they are in step."""
        assert self._view is not None  # noqa: S101 - asked before
        return np.ndarray(dtype=np.float64, buffer=vector, **self._view)

    def read(self, vector: Vector) -> Vector:
        """Return the entries, a view where that can be."""
        return vector.take(self.index) if self._view is None else self.view(vector)

    def put_product(self, vector: Vector, a: Vector, b: Vector) -> None:
        """Set the entries to a·b, broadcast."""
        if self._view is None:
            vector[self.index] = a * b
        else:
            np.multiply(a, b, out=self.view(vector))
