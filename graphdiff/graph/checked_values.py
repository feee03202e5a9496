"""Values of leaves: real numbers and arrays of them, of the shape of the leaf or samples of it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from graphdiff.errors import GraphError
from graphdiff.graph.facts import NOTHING, Facts
from graphdiff.language import quantity, shapes
from graphdiff.language.shapes import Shape


def checked_number(value: Any, described: str) -> Any:
    """Return a leaf's value as int, float or exact SymPy number."""
    if isinstance(value, np.generic | np.ndarray):
        value = int(value) if value.dtype == bool else value.item()
    if is_plain(value):
        return value
    number = quantity.exact(value, described)
    if isinstance(value, float):
        return value
    return int(number) if number.is_Integer else number


def is_plain(value: Any) -> bool:
    """Whether a value is an int or a float that is kept as it is, with nothing to check."""
    if type(value) is float:
        return math.isfinite(value)
    return type(value) is int and abs(value) <= 2**53


def checked_value(value: Any, shape: Shape, described: str, facts: Facts = NOTHING) -> Any:
    """Return a leaf's value of this shape, or samples of it, one for each row.

    An array is read-only, of float64, or of exact numbers where one is no float: 1/3, √2,
    10³⁰.

    Raises
    ------
    GraphError
        For a shape that is neither, what is not a finite real number, and what breaks a fact.
    """
    if not shape and not facts and is_plain(value):
        return value
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise GraphError(
            f"{described} has masked entries; fill them (value.filled(0)), or leave them out"
        )
    given = shape_of(value, described)
    if not shape and not given:
        number = checked_number(value, described)
        facts.check_value(number, described)
        return number
    if 0 in given and 0 in shape and isinstance(value, list):  # which cannot say (0, 3)
        value = np.zeros(shape)
        given = value.shape
    if not shapes.fits(given, shape) and not shapes.fits(given[1:], shape):
        raise GraphError(f"{described} has shape {given}; {_wanted(given, shape)}")
    if len(given) > len(shape) and given[0] == 0:
        raise GraphError(f"{described} has shape {given}, no entries; give one sample at least")
    array = _checked_entries(value, given, described, is_samples=len(given) > len(shape))
    facts.check_value(array, described)
    array.setflags(write=False)
    return array


def shape_of(value: Any, described: str) -> tuple[int, ...]:
    """Return the shape of a number or an array."""
    try:
        shape = tuple(np.shape(value))
    except ValueError:
        raise GraphError(
            f"{described} is no array: its rows are not equally long, or not equally deep"
        ) from None
    return shape


def _wanted(given: tuple[int, ...], shape: Shape) -> str:
    wanted = f"the node's is {shapes.shown(shape)}"
    if not shape:
        return f"{wanted}, a scalar, so samples of it have shape (m,)"
    if math.prod(given) == shapes.entries(shape):
        return f"{wanted}; the entries are as many, so reshape it if that is meant"
    return f"{wanted}, so samples of it have shape (m, {shapes.shown(shape)[1:].replace(',)', ')')}"


def _checked_entries(
    value: Any, shape: tuple[int, ...], described: str, *, is_samples: bool
) -> np.ndarray:
    if isinstance(value, list | tuple) and np.asarray(value).dtype == bool:
        value = np.asarray(value)
    if isinstance(value, np.ndarray) and value.dtype != object:
        if value.dtype.kind not in "iufb":  # bools are 1 and 0
            raise GraphError(f"{described} has entries that are not real numbers")
        array = value.astype(np.float64)
        bad = np.argwhere(~np.isfinite(array))
        if len(bad):
            place = tuple(int(axis) for axis in bad[0])
            which = _entry(place, described, is_samples=is_samples)
            raise GraphError(f"{which} is {array[place]}; it must be finite")
        return array
    objects = np.empty(shape, dtype=object)
    objects[...] = np.array(value, dtype=object).reshape(shape)
    for place in np.ndindex(shape):
        what = _entry(place, described, is_samples=is_samples)
        objects[place] = checked_number(objects[place], what)
    exactly = [entry for entry in objects.flat if not isinstance(entry, float)]
    if any(not isinstance(entry, int) or abs(entry) > 2**53 for entry in exactly):
        for place in np.ndindex(shape):
            objects[place] = quantity.exact(objects[place])
        return objects
    return objects.astype(np.float64)


def _entry(place: tuple[int, ...], described: str, *, is_samples: bool) -> str:
    shown = ", ".join(map(str, place))
    if is_samples and len(place) == 1:
        return f"sample {shown} of {described}"
    return f"entry [{shown}] of {described}"
