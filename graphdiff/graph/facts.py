"""What is said of a leaf, whatever its values are: that a matrix is symmetric, a number positive.

A fact is declared once, in :data:`FACTS`: how it is said, which values break it, and how a value
is changed to one that has it, for points to compare formulas at. Formulas, verdicts, files and
the check of given values ask the :class:`Facts` of a leaf.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.language.shapes import Shape, shown

Rows = Literal["distribution"]

SUM_OF_ROW = 1e-9
"""How far the sum of a row of probabilities may be from 1, and a matrix from its transpose."""


@dataclass(frozen=True, repr=False)
class Facts:
    """What is said of a leaf.

    Attributes
    ----------
    rows
        ``"distribution"`` for rows, along the last axis, that are probabilities.
    one_hot
        Whether each row, along the last axis, is a 1 among zeros.
    symmetric
        Whether it is a matrix, or a stack of them, that is its own transpose.
    positive
        Whether all entries are above 0.
    integer
        Whether all entries are whole numbers.
    constant
        Whether it is never differentiated; a value given at building is then the only one.
    """

    rows: Rows | None = None
    one_hot: bool = False
    symmetric: bool = False
    positive: bool = False
    integer: bool = False
    constant: bool = False

    def __bool__(self) -> bool:
        return self != NOTHING

    def __repr__(self) -> str:
        said = ", ".join(f"{name}={value!r}" for name, value in self.said.items())
        return f"<what is said of a leaf: {said or 'nothing'}>"

    @property
    def said(self) -> dict[str, Any]:
        """What is said, as keywords: ``{"symmetric": True}``."""
        every = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in every.items() if value}

    @property
    def names(self) -> list[str]:
        """The names of the facts, in the order in which a value is changed to have them."""
        return [name for name in FACTS if getattr(self, name)]

    @property
    def sums_to_one(self) -> bool:
        """Whether each row, along the last axis, adds up to 1."""
        return self.rows is not None or self.one_hot

    def sentence(self, fact: str, name: str) -> str:
        """Return a fact in words: ``A is symmetric``."""
        return FACTS[fact].sentence.format(name)

    def without(self, *facts: str) -> Facts:
        """Return what is said but for some facts."""
        return Facts(**{name: value for name, value in self.said.items() if name not in facts})

    def check(self, kind: str, shape: Shape, described: str) -> None:
        """Raise unless such a leaf can have these facts.

        Raises
        ------
        GraphError
            For what is no fact, one that goes with inputs only, or with arrays, and two that
            no value can have.
        """
        if self is NOTHING:
            return
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "rows" and value not in (None, "distribution"):
                raise GraphError(
                    f"the rows of {described} are {value!r:.60}; there is rows='distribution' only"
                )
            if field.name != "rows" and not isinstance(value, bool):
                raise GraphError(f"{field.name} of {described} is {value!r:.60}; say True or False")
        for name in self.said:
            if kind != "input" and FACTS[name].of_inputs:
                raise GraphError(f"{described} has {name!r}, which goes with inputs only")
            if len(shape) < FACTS[name].axes:
                what = "a scalar" if not shape else "a vector"
                wanted = "rows" if FACTS[name].axes == 1 else "rows and columns"
                raise GraphError(f"{described} is {what}, which has no {wanted}; give it a shape")
        if self.symmetric and shape[-1] != shape[-2]:
            raise GraphError(
                f"{described} has shape {shown(shape)}; a symmetric matrix has as many rows as "
                "columns"
            )
        for one, other, why in CONTRADICTIONS:
            if getattr(self, one) and getattr(self, other):
                raise GraphError(f"{described} has both {one!r} and {other!r}; {why}")

    def check_value(self, value: Any, described: str) -> None:
        """Raise if a value, or one of its samples, has not these facts.

        Raises
        ------
        GraphError
            Naming the first entry that breaks one.
        """
        for name in self.names:
            problem = FACTS[name].problem(np.asarray(value), described)
            if problem is not None:
                raise GraphError(problem)

    def obeyed(self, value: Any) -> Any:
        """Return a value of exact numbers or floats changed to one that has these facts."""
        if not self.names:
            return value
        array = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
        for name in self.names:
            array = FACTS[name].made(array)
        return array if isinstance(value, np.ndarray) else array.item()


NOTHING = Facts()


def check_variable(name: str, facts: Facts) -> None:
    """Raise for the derivative in a leaf that is constant.

    Raises
    ------
    GraphError
        Naming it.
    """
    if facts.constant:
        raise GraphError(
            f"{name!r} is constant, so there is no derivative in it; build it without "
            "constant=True if there shall be one"
        )


class Fact(NamedTuple):
    """One kind of fact.

    Attributes
    ----------
    sentence
        What it says of a leaf whose name is put in.
    problem
        Returns what is wrong with a value, which is described, or None.
    made
        Returns an array like another that has it.
    axes
        How many axes a leaf must have.
    of_inputs
        Whether a parameter cannot have it, since learning would not keep it.
    """

    sentence: str
    problem: Callable[[np.ndarray, str], str | None]
    made: Callable[[np.ndarray], np.ndarray]
    axes: int = 0
    of_inputs: bool = False


def of(keywords: Mapping[str, Any]) -> Facts:
    """Return the facts that keywords say."""
    return Facts(**{name: value for name, value in keywords.items() if value is not None})


def _place(bad: Any) -> tuple[int, ...] | None:
    """Return the first place where an array of truths is true."""
    found = np.argwhere(np.asarray(bad, dtype=bool))
    return tuple(map(int, found[0])) if len(found) else None


def _entry(place: tuple[int, ...], described: str) -> str:
    return f"entry [{', '.join(map(str, place))}] of {described}" if place else described


def _number(value: Any) -> str:
    return f"{float(value):.12g}"


def _each(change: Callable[[Any], Any], array: np.ndarray) -> np.ndarray:
    """Return an array of exact numbers, each changed."""
    result = np.empty(array.shape, dtype=object)
    for place in np.ndindex(array.shape):
        result[place] = change(array[place])
    return result


# Symmetric


def _not_symmetric(array: np.ndarray, described: str) -> str | None:
    other = np.swapaxes(array, -1, -2)
    numbers, turned = array.astype(np.float64), other.astype(np.float64)
    place = _place(np.abs(numbers - turned) > SUM_OF_ROW * np.abs(numbers) + 1e-300)
    if place is None:
        return None
    across = (*place[:-2], place[-1], place[-2])
    return (
        f"{_entry(place, described)} is {_number(array[place])}, and entry "
        f"[{', '.join(map(str, across))}] is {_number(array[across])}; in a symmetric matrix they "
        "are equal"
    )


def _symmetric(array: np.ndarray) -> np.ndarray:
    """Return the entries on and above the diagonal, and the same below."""
    above = np.tri(*array.shape[-2:], k=-1, dtype=bool)
    return np.where(above, np.swapaxes(array, -1, -2), array)


# Positive, whole


def _not_positive(array: np.ndarray, described: str) -> str | None:
    place = _place(~np.asarray(array > 0, dtype=bool))
    if place is None:
        return None
    return f"{_entry(place, described)} is {_number(array[place])}; it is positive, above 0"


def _positive(array: np.ndarray) -> np.ndarray:
    if array.dtype != object:
        return np.abs(array) + (array == 0)
    return _each(lambda entry: abs(entry) if entry != 0 else entry + 1, array)


def _not_whole(array: np.ndarray, described: str) -> str | None:
    place = _place(array - _whole(array) != 0)
    if place is None:
        return None
    return f"{_entry(place, described)} is {_number(array[place])}; it is a whole number"


def _whole(array: np.ndarray) -> np.ndarray:
    if array.dtype != object:
        return np.rint(array)
    return _each(lambda entry: entry - entry + math.floor(entry), array)


# Rows


def _row(place: tuple[int, ...], described: str) -> str:
    return f"row [{', '.join(map(str, place))}] of {described}" if place else described


def _no_distribution(array: np.ndarray, described: str) -> str | None:
    numbers = array.astype(np.float64)
    sums = numbers.sum(axis=-1)
    place = _place((np.abs(sums - 1) > SUM_OF_ROW) | (numbers < 0).any(axis=-1))
    if place is None:
        return None
    least = numbers[place].min()
    found = f"has the entry {least:.6g}" if least < 0 else f"has the sum {sums[place]:.12g}"
    return (
        f"{_row(place, described)} {found}; rows of a distribution have no entry below 0 and the "
        "sum 1"
    )


def _distribution(array: np.ndarray) -> np.ndarray:
    sizes = np.abs(array)
    empty = np.asarray(sizes.sum(axis=-1, keepdims=True) == 0, dtype=bool)
    sizes = sizes + np.where(empty, 1, 0).astype(array.dtype)
    return sizes / sizes.sum(axis=-1, keepdims=True)


def _not_one_hot(array: np.ndarray, described: str) -> str | None:
    numbers = array.astype(np.float64)
    place = _place((numbers.sum(axis=-1) != 1) | ((numbers != 0) & (numbers != 1)).any(axis=-1))
    if place is None:
        return None
    row = ", ".join(map(_number, numbers[place][:6])) + (", …" if numbers.shape[-1] > 6 else "")
    return f"{_row(place, described)} is [{row}]; a one-hot row is one 1 among zeros"


def _one_hot(array: np.ndarray) -> np.ndarray:
    """Return a 1 in the place of the largest entry of each row."""
    largest = np.argmax(array.astype(np.float64), axis=-1)
    found = np.arange(array.shape[-1]) == largest[..., None]
    return found.astype(np.float64) if array.dtype != object else _each(_zero_or_one, found)


def _zero_or_one(truth: Any) -> Fraction:
    return Fraction(int(truth))


def _as_it_is(array: np.ndarray) -> np.ndarray:
    return array


def _no_problem(_: np.ndarray, __: str) -> None:
    return None


FACTS = {
    "symmetric": Fact("{} is symmetric", _not_symmetric, _symmetric, axes=2),
    "integer": Fact("{} is a whole number", _not_whole, _whole),
    "positive": Fact("{} is positive", _not_positive, _positive),
    "one_hot": Fact("the rows of {} are one-hot", _not_one_hot, _one_hot, axes=1, of_inputs=True),
    "rows": Fact(
        "the rows of {} sum to 1", _no_distribution, _distribution, axes=1, of_inputs=True
    ),
    "constant": Fact("{} is constant", _no_problem, _as_it_is, of_inputs=True),
}
"""Every kind of fact by its keyword, in the order in which a value is changed to have it."""

CONTRADICTIONS = (
    ("one_hot", "positive", "a one-hot row has zeros"),
    ("one_hot", "symmetric", "say one of them"),
    ("rows", "symmetric", "say one of them"),
    ("rows", "one_hot", "say one_hot alone, whose rows sum to 1"),
    ("rows", "integer", "say one_hot, which rows of whole numbers with the sum 1 are"),
)
"""Facts that no leaf has together, or that no point is made for."""
