"""What is true of every declaration of the catalogue."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from graphdiff.evaluation.floating import FLOAT64
from graphdiff.language.functions import CATALOGUE, NAMED
from graphdiff.language.functions.scalar_derivative import prime

WITH_KINKS = [
    (name, point)
    for name, function in CATALOGUE.items()
    if name != "xlogy"  # a point where the formula has a case, and no kink
    for point in function.kinks
]


@pytest.mark.parametrize("name", NAMED)
def test_latex_shows_every_argument(name):
    function = NAMED[name]
    marks = [f"mark{k}" for k in range(function.arity)]
    written = function.latex_of(marks)
    for mark in marks:
        assert written.count(mark) >= 1
    assert "{0}" not in written


@pytest.mark.parametrize(("name", "point"), WITH_KINKS)
def test_a_declared_kink_is_one(name, point):
    """The value or a derivative there differs between two directions, at any distance."""
    function = CATALOGUE[name]
    at = np.array([float(part) for part in point])
    ways = [np.array(way) for way in itertools.product((-1.0, 0.0, 1.0), repeat=function.arity)]
    computed = [FLOAT64.apply(function)]
    computed += [FLOAT64.apply(prime(function, slot)) for slot in range(function.arity)]
    for distance in (1e-6, 1e-9):
        around = np.array([[f(*(at + distance * way)) for f in computed] for way in ways])
        assert np.ptp(around, axis=0).max() > 0.005
