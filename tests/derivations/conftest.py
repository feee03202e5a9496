"""What derivations are checked with."""

import warnings

import pytest


@pytest.fixture(scope="module")
def typeset():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own loading
        import ziamath
    return ziamath.Latex
