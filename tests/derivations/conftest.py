"""What derivations are checked with."""

import warnings
from functools import cache

import pytest


@pytest.fixture(scope="session")
def typeset():
    """What typesets a formula, each once: derivations of a graph share most of their lines."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own loading
        import ziamath
    return cache(ziamath.Latex)
